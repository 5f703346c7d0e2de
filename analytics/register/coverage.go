package register

import (
	"maps"
	"slices"
	"strings"

	"yousaid/surveys/bank"
)

// Coverage is what a table counts as the database knows it, whatever words asked for it: the answers to one question of
// each of some surveys, from the first day of a period to the last. Who answered is decided by that: every
// response of these surveys and days but withdrawn ones and those of a pilot. The zero value counts nothing.
type Coverage struct {
	Questions map[int64]string // by the survey's id, the code of the question, which a survey never gives to another one
	From, To  string           // days as 2026-03-31, both counted
}

// SharesPeople tells whether some response can be in both: one of a survey and a day that both count. Days compare as text.
func (c Coverage) SharesPeople(other Coverage) bool {
	return c.From <= other.To && other.From <= c.To && c.Shares(other, func(string, string) bool { return true })
}

// SharesAnswers tells whether some answer can be in both.
func (c Coverage) SharesAnswers(other Coverage) bool {
	return c.From <= other.To && other.From <= c.To && c.Shares(other, func(a, b string) bool { return a == b })
}

// Shares tells whether both count a survey by questions that are alike.
func (c Coverage) Shares(other Coverage, alike func(a, b string) bool) bool {
	for survey, question := range c.Questions {
		if theirs, both := other.Questions[survey]; both && alike(question, theirs) {
			return true
		}
	}
	return false
}

// Is tells whether both count the very same.
func (c Coverage) Is(other Coverage) bool {
	return c.From == other.From && c.To == other.To && maps.Equal(c.Questions, other.Questions)
}

// Asks tells whether a question is what is counted, in one survey at least.
func (c Coverage) Asks(code string) bool {
	return slices.Contains(slices.Collect(maps.Values(c.Questions)), code)
}

// Surveys are the ids, in order.
func (c Coverage) Surveys() []int64 { return slices.Sorted(maps.Keys(c.Questions)) }

// Measure is the shortest name of the question: its code where all surveys call it the same, else the name it was asked by.
func (c Coverage) Measure(asked string) string {
	codes := slices.Compact(slices.Sorted(maps.Values(c.Questions)))
	if len(codes) == 1 {
		return codes[0]
	}
	return asked
}

// Root names what a dimension is made from: one answer of several (topics:parks) from its question, the groups of a
// characteristic from the characteristic, a directorate from the service.
func Root(id string) string {
	if id == "directorate" {
		return "service"
	}
	if _, known := bank.Find(id); known {
		return id
	}
	if whole := strings.TrimSuffix(id, "_group"); whole != id {
		if _, known := bank.Find(whole); known {
			return whole
		}
	}
	question, _, _ := strings.Cut(id, ":")
	return question
}

// SameQuestions tells whether no survey is counted by two questions.
func (c Coverage) SameQuestions(other Coverage) bool {
	for survey, question := range c.Questions {
		if theirs, both := other.Questions[survey]; both && theirs != question {
			return false
		}
	}
	return true
}
