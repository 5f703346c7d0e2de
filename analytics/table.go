package analytics

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/codebook"
	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/register"
	"yousaid/analytics/tables"
	"yousaid/analytics/tabulate"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// table is a query on its way to an answer: by which fields responses are counted, and how their values become codes.
type table struct {
	org      tenant.Org
	codebook *codebook.Book
	frame    figures.Frame
	by       []dimension
	where    []condition       // that are read from several values
	filters  []tabulate.Filter // the others
	measure  measure
	counts   register.Coverage // the question of each survey; its days once the table is one that is protected
	equality bool
	fields   []tabulate.Field // by which responses are counted
	// where months are told apart only by which releases count them: the first month that is counted alike (nil: each for
	// itself)
	span  map[string]string
	scope map[string]bool // ids of the services the actor may see; nil means all
	// of the login for tabulating, where the table is to be protected; nil: an internal one without equality answers
	tabulating *sqlx.Tx

	cells  map[string]*tally
	total  *tally
	filled [][]string // codes met, by dimension

	unanswered, excluded int64 // responses that the table is about: without an answer to the measure, and left out as unusual
}

type condition struct {
	dimension dimension
	values    []string
}

// tally counts one cell.
type tally struct {
	codes    []string
	n        int64
	dontKnow int64
	answers  map[string]int64
	sets     map[string]uint64 // by answer, a fingerprint of who gave it; only when counts are to be rounded
}

func newTally(codes []string) *tally {
	return &tally{codes: codes, answers: map[string]int64{}, sets: map[string]uint64{}}
}

// field adds a field to those by which responses are counted, and gives its position.
func (t *table) field(f tabulate.Field) int {
	if at := slices.IndexFunc(t.fields, f.Is); at >= 0 {
		return at
	}
	t.fields = append(t.fields, f)
	return len(t.fields) - 1
}

// count has the engine count the responses, and folds the counts into cells. A table to be protected is counted by the
// login for tabulating, through views that know whole months and fingerprints for ids; all others in tx.
func (t *table) count(ctx context.Context, engine tabulate.Engine, tx *sqlx.Tx) error {
	q := tabulate.Query{Org: t.org, Surveys: t.surveyIDs(), Zone: t.frame.Zone, Dimensions: t.fields, Measure: t.measure.field,
		Filters: slices.Clone(t.filters)}
	q.From, q.To = t.bounds()
	if t.scope != nil {
		q.Filters = append(q.Filters, tabulate.Filter{Field: tabulate.Field{Of: tabulate.Service}, Values: slices.Sorted(maps.Keys(t.scope))})
	}
	if t.tabulating != nil {
		tx, q.Protected, q.People = t.tabulating, true, t.frame.Query.Rounded
	}
	counts, err := engine.Count(ctx, tx, q)
	if err != nil {
		return err
	}
	t.cells, t.total = map[string]*tally{}, newTally(nil)
	t.filled = make([][]string, len(t.by))
	for _, c := range counts {
		switch {
		case !t.within(c.Values):
		case c.Excluded && !t.frame.Query.Unusual:
			t.leftOut(c)
		default:
			t.add(c)
		}
	}
	return nil
}

func (t *table) surveyIDs() []int64 {
	ids := make([]int64, len(t.frame.Surveys))
	for i, s := range t.frame.Surveys {
		ids[i] = s.ID
	}
	return ids
}

// bounds are the moments between which responses count: from the start of the first day up to the end of the last; zero
// where the period is open.
func (t *table) bounds() (from, to time.Time) {
	if !t.frame.From.IsZero() {
		from = t.frame.From.In(t.frame.Zone)
	}
	if !t.frame.To.IsZero() {
		to = t.frame.To.AddDays(1).In(t.frame.Zone)
	}
	return from, to
}

// within tells whether the table is about a combination of values, as far as the engine has not looked at it: filters
// on what is read from several values.
func (t *table) within(values []string) bool {
	for _, c := range t.where {
		if !slices.ContainsFunc(c.dimension.codes(values), func(code string) bool { return slices.Contains(c.values, code) }) {
			return false
		}
	}
	return true
}

// leftOut counts responses that are left out as unusual.
func (t *table) leftOut(c tabulate.Count) {
	if answers, _ := t.measure.answers(c.Answer); len(answers) > 0 {
		t.excluded += c.N
	}
}

// add folds a count into every cell it belongs to.
func (t *table) add(c tabulate.Count) {
	answers, valid := t.measure.answers(c.Answer)
	if len(answers) == 0 {
		t.unanswered += c.N
		return
	}
	t.total.count(answers, valid, c)
	cells := [][]string{nil}
	for i, d := range t.by {
		var wider [][]string
		for _, code := range d.codes(c.Values) {
			if !slices.Contains(t.filled[i], code) {
				t.filled[i] = append(t.filled[i], code)
			}
			for _, codes := range cells {
				wider = append(wider, append(slices.Clone(codes), code))
			}
		}
		cells = wider
	}
	for _, codes := range cells {
		key := strings.Join(codes, "\x00")
		if t.cells[key] == nil {
			t.cells[key] = newTally(codes)
		}
		t.cells[key].count(answers, valid, c)
	}
}

func (c *tally) count(answers []string, valid bool, of tabulate.Count) {
	if !valid {
		c.dontKnow += of.N
		return
	}
	c.n += of.N
	for _, a := range answers {
		c.answers[a] += of.N
		c.sets[a] ^= of.People
	}
}

// arrange gives each dimension its codes: the known ones in their order, then any others that were met.
func (t *table) arrange(all bool) []figures.Dimension {
	out := make([]figures.Dimension, len(t.by))
	for i, d := range t.by {
		out[i] = d.Dimension
		out[i].Codes = nil
		met := slices.Clone(t.filled[i])
		for _, c := range d.Codes {
			at := slices.Index(met, c.Code)
			if at >= 0 {
				met = slices.Delete(met, at, at+1)
			}
			if at >= 0 || all {
				out[i].Codes = append(out[i].Codes, c)
			}
		}
		sort.Strings(met)
		for _, code := range met {
			out[i].Codes = append(out[i].Codes, figures.Code{Code: code, Label: d.label(code)})
		}
	}
	return out
}

// figures is the table as staff may see it.
func (t *table) figures() tables.Figures {
	f := tables.Figures{Frame: t.frame, Unanswered: t.unanswered, Excluded: t.excluded}
	f.Dimensions = t.arrange(false)
	t.measure.meet(t.total)
	f.Measure = t.measure.Measure
	combinations(f.Dimensions, func(codes []string) {
		if c := t.cells[strings.Join(codes, "\x00")]; c != nil && c.n > 0 && len(t.by) > 0 {
			f.Cells = append(f.Cells, t.measure.cell(c))
		}
	})
	f.Total = t.measure.cell(t.total)
	return f
}

// combinations calls visit with every combination of codes, the last dimension fastest.
func combinations(dimensions []figures.Dimension, visit func(codes []string)) {
	codes := make([]string, len(dimensions))
	var walk func(i int)
	walk = func(i int) {
		if i == len(dimensions) {
			visit(slices.Clone(codes))
			return
		}
		for _, c := range dimensions[i].Codes {
			codes[i] = c.Code
			walk(i + 1)
		}
	}
	walk(0)
}

// lattice is the table as disclosure control takes it: counts by every code of the dimension and every valid answer.
func (t *table) lattice() disclosure.Lattice {
	t.frame.Dimensions = t.arrange(true)
	for i, d := range t.by {
		t.frame.Dimensions[i] = t.complete(d, t.frame.Dimensions[i])
	}
	t.frame.Measure = t.measure.Measure
	var l disclosure.Lattice
	for _, d := range t.frame.Dimensions {
		codes := make([]string, len(d.Codes))
		for i, c := range d.Codes {
			codes[i] = c.Code
		}
		dimension := disclosure.Dimension{ID: d.ID, Codes: codes}
		for _, g := range d.Groups {
			dimension.Groups = append(dimension.Groups, disclosure.Group{Code: g.Code.Code, Of: g.Of})
		}
		l.Dimensions = append(l.Dimensions, dimension)
	}
	valid := t.measure.valid()
	if !t.measure.HasMean {
		valid = slices.Clone(valid)
		for i := range valid {
			valid[i].Score = nil
		}
	}
	for _, a := range valid {
		l.Answers = append(l.Answers, disclosure.Answer{Code: a.Code, Score: a.Score, HasSatisfied: t.measure.HasShare, Satisfied: a.Satisfied})
	}
	combinations(t.frame.Dimensions, func(codes []string) {
		c := t.cells[strings.Join(codes, "\x00")]
		for _, a := range valid {
			var n int64
			var people uint64
			if c != nil {
				n, people = c.answers[a.Code], c.sets[a.Code]
			}
			l.Counts = append(l.Counts, n)
			if t.frame.Query.Rounded {
				l.Sets = append(l.Sets, people)
			}
		}
	})
	return l
}

// measure reads the answer of responses that are counted together.
type measure struct {
	figures.Measure
	field tabulate.Field
}

// answers gives the codes of an answer, and whether they count towards the base. No codes: the question was not answered.
func (m *measure) answers(value string) (codes []string, valid bool) {
	if value == "" {
		return nil, false
	}
	codes = []string{value}
	if m.Several {
		codes = list(value)
	}
	for _, code := range codes {
		for _, a := range m.Answers {
			if a.Code == code && a.DontKnow {
				return codes, false
			}
		}
	}
	return codes, true
}

// meet adds the values that a number question was answered with, smallest first.
func (m *measure) meet(total *tally) {
	if !m.Number {
		return
	}
	m.Answers = nil
	for value := range total.answers {
		score := number(value)
		m.Answers = append(m.Answers, figures.AnswerCode{Code: value, Label: wording.Plain(value), Score: &score})
	}
	sort.Slice(m.Answers, func(i, j int) bool { return *m.Answers[i].Score < *m.Answers[j].Score })
}

// valid lists the answers that count towards the base.
func (m *measure) valid() []figures.AnswerCode {
	return slices.DeleteFunc(slices.Clone(m.Answers), func(a figures.AnswerCode) bool { return a.DontKnow })
}

// cell has the figures of a tally.
func (m *measure) cell(c *tally) figures.Cell {
	out, answers := figures.Cell{Codes: c.codes, N: c.n, DontKnow: c.dontKnow}, m.valid()
	for _, a := range answers {
		out.Distribution = append(out.Distribution, figures.Count{Code: a.Code, N: c.answers[a.Code]})
	}
	out.Compute(m.Measure, answers)
	return out
}

// list reads the stored form of several answers, a JSON array of codes.
func list(value string) (codes []string) {
	if json.Unmarshal([]byte(value), &codes) != nil {
		return []string{value}
	}
	return codes
}

func number(value string) float64 {
	f, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return 0
	}
	return f
}
