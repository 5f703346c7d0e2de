package analytics

import (
	"maps"
	"slices"
	"strings"

	"yousaid/analytics/refusal"
	"yousaid/surveys/bank"
)

// counted is what a table counts as the database knows it, whatever words asked for it: the answers to one question of
// each of some surveys, from the first day of a period to the last. Who answered is directorateOfService by that: every
// response of these surveys and days but withdrawn ones and those of a pilot. The zero value counts nothing.
type counted struct {
	questions map[int64]string // by the survey's id, the code of the question, which a survey never gives to another one
	from, to  string           // days as 2026-03-31, both counted
}

// people tells whether some response can be in both: one of a survey and a day that both count. Days compare as text.
func (c counted) people(other counted) bool {
	return c.from <= other.to && other.from <= c.to && c.shares(other, func(string, string) bool { return true })
}

// answers tells whether some answer can be in both.
func (c counted) answers(other counted) bool {
	return c.from <= other.to && other.from <= c.to && c.shares(other, func(a, b string) bool { return a == b })
}

func (c counted) shares(other counted, alike func(a, b string) bool) bool {
	for survey, question := range c.questions {
		if theirs, both := other.questions[survey]; both && alike(question, theirs) {
			return true
		}
	}
	return false
}

// is tells whether both count the very same.
func (c counted) is(other counted) bool {
	return c.from == other.from && c.to == other.to && maps.Equal(c.questions, other.questions)
}

// asks tells whether a question is what is counted, in one survey at least.
func (c counted) asks(code string) bool {
	return slices.Contains(slices.Collect(maps.Values(c.questions)), code)
}

// surveys are the ids, in order.
func (c counted) surveys() []int64 { return slices.Sorted(maps.Keys(c.questions)) }

// measure is the shortest name of the question: its code where all surveys call it the same, else the name it was asked by.
func (c counted) measure(asked string) string {
	codes := slices.Compact(slices.Sorted(maps.Values(c.questions)))
	if len(codes) == 1 {
		return codes[0]
	}
	return asked
}

// root names what a dimension is made from: one answer of several (topics:parks) from its question, the groups of a
// characteristic from the characteristic, a directorate from the service.
func root(id string) string {
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

// refuseCrossingWithItself refuses a question that is crossed with itself, under whatever name it is measured.
func (t *table) refuseCrossingWithItself() error {
	for _, d := range t.by {
		if !d.Equality && t.counts.asks(root(d.ID)) {
			return refusal.New(refusal.AboutSplit, d.ID,
				"refusal.this_table_counts_the|This table counts the answers to %s, so it cannot be split by "+
					"%s as well: every answer would stand in its own row. Split it by another question, or leave the split away.", root(d.ID), d.ID)
		}
	}
	return nil
}
