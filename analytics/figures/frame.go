package figures

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yousaid/surveys/wording"

	"yousaid/surveys/question"
)

// Frame says what a table is about.
type Frame struct {
	Query        Query
	Organisation string
	Zone         *time.Location
	Surveys      []SurveyRef
	LeftOut      []string // surveys of "all" that do not ask the measure
	Measure      Measure
	Dimensions   []Dimension
	From, To     Date  // what was really covered; zero where it is open
	Snapshot     int64 // the number of the last change that is counted
}

// Of gives the frame itself; it lets an Answer be described without being opened.
func (f Frame) Of() Frame { return f }

// IDs are the names of the dimensions.
func (f Frame) IDs() []string {
	ids := make([]string, len(f.Dimensions))
	for i, d := range f.Dimensions {
		ids[i] = d.ID
	}
	return ids
}

// Overlapping tells whether a response can be counted in more than one cell (several-of-many dimensions).
func (f Frame) Overlapping() bool {
	for _, d := range f.Dimensions {
		if d.Overlaps {
			return true
		}
	}
	return false
}

// SurveyRef names a survey in a frame.
type SurveyRef struct {
	ID    int64
	Slug  string
	Title wording.Message
}

// Measure is what is counted: the question, its scale and its answers in questionnaire order.
type Measure struct {
	Code     string
	Text     wording.Message
	Scale    string
	Kind     question.Kind
	Chart    question.Chart // how tables of the answers are drawn where no figure of List is drawn
	Number   bool           // the answers are numbers, not codes
	Several  bool           // a response can give several answers
	HasMean  bool
	HasShare bool // some answers count as satisfied
	Answers  []AnswerCode
}

// AnswerCode is one answer of a measure.
type AnswerCode struct {
	Code      string
	Label     wording.Message
	Score     *float64
	Satisfied bool
	DontKnow  bool
}

// Dimension is a way to split the figures. Codes are in their natural order; the code "" stands for "no answer" or "not known".
type Dimension struct {
	ID       string
	Label    wording.Message
	Overlaps bool // several of many: one response is in several codes, and the parts do not add up to the whole
	Equality bool
	Codes    []Code
	Groups   []CodeGroup // subtotals; only in protected tables
}

// CodeGroup is a subtotal: some of a dimension's codes together.
type CodeGroup struct {
	Code
	Of []string
}

// Part gives the code of the group that a code is in: All for a code in none, "" for All itself.
func (d Dimension) Part(code string) string {
	if code == All {
		return ""
	}
	for _, g := range d.Groups {
		if slices.Contains(g.Of, code) {
			return g.Code.Code
		}
	}
	return All
}

// IsGroup tells whether a code is a subtotal.
func (d Dimension) IsGroup(code string) bool {
	return slices.ContainsFunc(d.Groups, func(g CodeGroup) bool { return g.Code.Code == code })
}

// Code is one value of a dimension with its label.
type Code struct {
	Code  string
	Label wording.Message
}

// Everybody is the label of all people together.
var Everybody = wording.Say("sheet.all|All")

// Word finds the label of a code, or gives the code back.
func (d Dimension) Word(code string) wording.Message {
	for _, c := range d.Codes {
		if c.Code == code {
			return c.Label
		}
	}
	for _, g := range d.Groups {
		if g.Code.Code == code {
			return g.Label
		}
	}
	if code == All {
		return Everybody
	}
	return wording.Plain(code)
}

// PartOf gives the codes behind a code of a dimension: itself, or what the subtotal is made of.
func (f Frame) PartOf(i int, code string) []string {
	for _, g := range f.Dimensions[i].Groups {
		if g.Code.Code == code {
			return g.Of
		}
	}
	return []string{code}
}

// Finest tells whether a group is no sum of others.
func (f Frame) Finest(codes []string) bool {
	for i, code := range codes {
		if code == All || f.Dimensions[i].IsGroup(code) {
			return false
		}
	}
	return true
}

// Period says in words what is covered: "1 March 2026 to 31 March 2026".
func (f Frame) Period() wording.Message {
	from, to := wording.Day(f.From.In(time.UTC)), wording.Day(f.To.In(time.UTC))
	switch {
	case f.From.IsZero() && f.To.IsZero():
		return wording.Say("sheet.all_so_far|all answers so far")
	case f.From.IsZero():
		return wording.Say("sheet.up_to|up to %s", to)
	case f.To.IsZero():
		return wording.Say("sheet.since|since %s", from)
	}
	return wording.Say("sheet.from_to|%s to %s", from, to)
}

// Title says what the table shows: the question, and how it is split.
func (f Frame) Title() wording.Message {
	title := f.Measure.Text
	if title.String() == "" {
		title = wording.Plain(f.Measure.Code)
	}
	asked := wording.Part{Message: title, Shape: statement}
	switch len(f.Dimensions) {
	case 0:
		return title
	case 1:
		return wording.Say("sheet.title_by|%s: by %s", asked, Within(f.Dimensions[0].Label))
	}
	return wording.Say("sheet.title_by_two|%s: by %s and %s", asked, Within(f.Dimensions[0].Label), Within(f.Dimensions[1].Label))
}

// statement is a question before a colon.
func statement(s string) string { return strings.TrimRight(s, "?.؟ ") }

// Within is a label inside a sentence, without its capital; the text of a question keeps it, as a short form does.
func Within(label wording.Message) wording.Part { return wording.Part{Message: label, Shape: lower} }

func lower(s string) string {
	if s == "" || strings.ContainsAny(s, "?.؟") || strings.ToUpper(s) == s {
		return s
	}
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToLower(s[:n]) + s[n:]
}

// Counted lists the answers with a column of their own. Numbers have none: there may be thousands.
func (m Measure) Counted() []AnswerCode {
	if m.Number {
		return nil
	}
	var out []AnswerCode
	for _, a := range m.Answers {
		if !a.DontKnow {
			out = append(out, a)
		}
	}
	return out
}
