package attack

import (
	"slices"
	"strings"
)

// Questionnaire is what anybody can know besides the published files: what was asked, of whom, and how the council is made up.
type Questionnaire struct {
	Questions       []Question
	Characteristics []Characteristic
	Services        []Service
	Lists           map[string][]string // the codes of other dimensions, such as channel, mode and language; "" for none of them
}

// Question is asked in some surveys. Answers are those that count, in their order; Uncounted are others, such as "don't
// know". Where people may give several answers, each answer is a dimension of yes and no called code:answer.
type Question struct {
	Code, Scale string
	Surveys     []string
	Answers     []Answer
	Uncounted   []string
	Several     bool
}

// Characteristic is an equality characteristic. Its groups make the dimension that is called ID with "_group" after it.
type Characteristic struct {
	ID     string
	Codes  []string
	Groups map[string]string // by code
}

// Service belongs to a directorate by month. The service "" stands for answers that are not about one service.
type Service struct {
	Slug string
	Home func(month string) (directorate string)
}

// Publication is a published table with what stands around it: what it counts of which months of which surveys. Epoch is
// how many times answers had changed when it was made.
type Publication struct {
	Table
	Measure  string // the code of a question, or "scale:" with the name of a scale
	Surveys  []string
	From, To string // the first and the last month, such as 2026-03
	Epoch    int
}

// Change is what a reader takes to have happened to closed months between two epochs.
type Change uint8

const (
	Came Change = 1 << iota // answers came late
	Left                    // answers were taken back
)

// Person is somebody who answered. Codes has the service, channel, mode, language, and the answers to questions and
// characteristics that are there; several answers are joined by a comma in the order of the question. The person is
// counted from the epoch Came to the epoch Left, not counting the latter; never leaving is 0.
type Person struct {
	Survey, Month string
	Codes         map[string]string
	Came, Left    int
}

// PeopleOptions say what else is known, and how hard to try. Nodes limits each search by a count instead of a clock.
type PeopleOptions struct {
	Options
	Changes []Change // between one epoch and the next
	Nodes   int      // 200 when 0

	// Truth is everybody who answered. The attack does not use it to find anything out: it shows that the model agrees with
	// how the files were made, saves the search for a first table, and tells which of the hidden numbers are small ones that
	// must be able to be nobody and the threshold.
	Truth []Person
}

// equality tells whether a table is split by an equality characteristic.
func (q Questionnaire) equality(t Table) bool {
	return slices.ContainsFunc(t.Dimensions, func(d Dimension) bool { _, _, ok := q.characteristic(d.ID); return ok })
}

func (q Questionnaire) characteristic(id string) (c Characteristic, grouped, ok bool) {
	for _, c := range q.Characteristics {
		if c.ID == id {
			return c, false, true
		}
	}
	for _, c := range q.Characteristics {
		if c.ID+"_group" == id {
			return c, true, true
		}
	}
	return c, false, false
}

func (q Questionnaire) question(code string) (Question, bool) {
	for _, one := range q.Questions {
		if one.Code == code {
			return one, true
		}
	}
	return Question{}, false
}

// counted is the question that a survey is counted by.
func (q Questionnaire) counted(measure, survey string) (Question, bool) {
	scale, byScale := strings.CutPrefix(measure, "scale:")
	for _, one := range q.Questions {
		if slices.Contains(one.Surveys, survey) && (byScale && one.Scale == scale || !byScale && one.Code == measure) {
			return one, true
		}
	}
	return Question{}, false
}
