package crosstab

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

// Table is a query on its way to an answer: by which fields responses are counted, and how their values become codes.
type Table struct {
	Org      tenant.Org
	Codebook *codebook.Book
	Frame    figures.Frame
	By       []Dimension
	where    []condition       // that are read from several values
	filters  []tabulate.Filter // the others
	Measure  Measure
	Counts   register.Coverage // the question of each survey; its days once the table is one that is protected
	Equality bool
	fields   []tabulate.Field // by which responses are counted
	// where months are told apart only by which releases count them: the first month that is counted alike (nil: each for
	// itself)
	Span  map[string]string
	Scope map[string]bool // ids of the services the actor may see; nil means all
	// of the login for tabulating, where the table is to be protected; nil: an internal one without equality answers
	Tabulating *sqlx.Tx

	Cells  map[string]*Tally
	total  *Tally
	filled [][]string // codes met, by dimension

	unanswered, excluded int64 // responses that the table is about: without an answer to the measure, and left out as unusual
}

type condition struct {
	dimension Dimension
	values    []string
}

// Tally counts one cell.
type Tally struct {
	Codes    []string
	N        int64
	dontKnow int64
	Answers  map[string]int64
	sets     map[string]uint64 // by answer, a fingerprint of who gave it; only when counts are to be rounded
}

func newTally(codes []string) *Tally {
	return &Tally{Codes: codes, Answers: map[string]int64{}, sets: map[string]uint64{}}
}

// Field adds a field to those by which responses are counted, and gives its position.
func (t *Table) Field(f tabulate.Field) int {
	if at := slices.IndexFunc(t.fields, f.Is); at >= 0 {
		return at
	}
	t.fields = append(t.fields, f)
	return len(t.fields) - 1
}

// Count has the engine count the responses, and folds the counts into cells. A table to be protected is counted by the
// login for tabulating, through views that know whole months and fingerprints for ids; all others in tx.
func (t *Table) Count(ctx context.Context, engine tabulate.Engine, tx *sqlx.Tx) error {
	q := tabulate.Query{Org: t.Org, Surveys: t.surveyIDs(), Zone: t.Frame.Zone, Dimensions: t.fields, Measure: t.Measure.Field,
		Filters: slices.Clone(t.filters)}
	q.From, q.To = t.bounds()
	if t.Scope != nil {
		q.Filters = append(q.Filters, tabulate.Filter{Field: tabulate.Field{Of: tabulate.Service}, Values: slices.Sorted(maps.Keys(t.Scope))})
	}
	if t.Tabulating != nil {
		tx, q.Protected, q.People = t.Tabulating, true, t.Frame.Query.Rounded
	}
	counts, err := engine.Count(ctx, tx, q)
	if err != nil {
		return err
	}
	t.Cells, t.total = map[string]*Tally{}, newTally(nil)
	t.filled = make([][]string, len(t.By))
	for _, c := range counts {
		switch {
		case !t.within(c.Values):
		case c.Excluded && !t.Frame.Query.Unusual:
			t.leftOut(c)
		default:
			t.add(c)
		}
	}
	return nil
}

func (t *Table) surveyIDs() []int64 {
	ids := make([]int64, len(t.Frame.Surveys))
	for i, s := range t.Frame.Surveys {
		ids[i] = s.ID
	}
	return ids
}

// bounds are the moments between which responses count: from the start of the first day up to the end of the last; zero
// where the period is open.
func (t *Table) bounds() (from, to time.Time) {
	if !t.Frame.From.IsZero() {
		from = t.Frame.From.In(t.Frame.Zone)
	}
	if !t.Frame.To.IsZero() {
		to = t.Frame.To.AddDays(1).In(t.Frame.Zone)
	}
	return from, to
}

// within tells whether the table is about a combination of values, as far as the engine has not looked at it: filters
// on what is read from several values.
func (t *Table) within(values []string) bool {
	for _, c := range t.where {
		if !slices.ContainsFunc(c.dimension.Read(values), func(code string) bool { return slices.Contains(c.values, code) }) {
			return false
		}
	}
	return true
}

// leftOut counts responses that are left out as unusual.
func (t *Table) leftOut(c tabulate.Count) {
	if answers, _ := t.Measure.answers(c.Answer); len(answers) > 0 {
		t.excluded += c.N
	}
}

// add folds a count into every cell it belongs to.
func (t *Table) add(c tabulate.Count) {
	answers, valid := t.Measure.answers(c.Answer)
	if len(answers) == 0 {
		t.unanswered += c.N
		return
	}
	t.total.count(answers, valid, c)
	cells := [][]string{nil}
	for i, d := range t.By {
		var wider [][]string
		for _, code := range d.Read(c.Values) {
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
		if t.Cells[key] == nil {
			t.Cells[key] = newTally(codes)
		}
		t.Cells[key].count(answers, valid, c)
	}
}

func (c *Tally) count(answers []string, valid bool, of tabulate.Count) {
	if !valid {
		c.dontKnow += of.N
		return
	}
	c.N += of.N
	for _, a := range answers {
		c.Answers[a] += of.N
		c.sets[a] ^= of.People
	}
}

// Arrange gives each dimension its codes: the known ones in their order, then any others that were met.
func (t *Table) Arrange(all bool) []figures.Dimension {
	out := make([]figures.Dimension, len(t.By))
	for i, d := range t.By {
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
			out[i].Codes = append(out[i].Codes, figures.Code{Code: code, Label: d.LabelOf(code)})
		}
	}
	return out
}

// Figures is the table as staff may see it.
func (t *Table) Figures() tables.Figures {
	f := tables.Figures{Frame: t.Frame, Unanswered: t.unanswered, Excluded: t.excluded}
	f.Dimensions = t.Arrange(false)
	t.Measure.meet(t.total)
	f.Measure = t.Measure.Measure
	Combinations(f.Dimensions, func(codes []string) {
		if c := t.Cells[strings.Join(codes, "\x00")]; c != nil && c.N > 0 && len(t.By) > 0 {
			f.Cells = append(f.Cells, t.Measure.cell(c))
		}
	})
	f.Total = t.Measure.cell(t.total)
	return f
}

// Combinations calls visit with every combination of codes, the last dimension fastest.
func Combinations(dimensions []figures.Dimension, visit func(codes []string)) {
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

// Lattice is the table as disclosure control takes it: counts by every code of the dimension and every valid answer.
func (t *Table) Lattice() disclosure.Lattice {
	t.Frame.Dimensions = t.Arrange(true)
	for i, d := range t.By {
		t.Frame.Dimensions[i] = t.Complete(d, t.Frame.Dimensions[i])
	}
	t.Frame.Measure = t.Measure.Measure
	var l disclosure.Lattice
	for _, d := range t.Frame.Dimensions {
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
	valid := t.Measure.Valid()
	if !t.Measure.HasMean {
		valid = slices.Clone(valid)
		for i := range valid {
			valid[i].Score = nil
		}
	}
	for _, a := range valid {
		l.Answers = append(l.Answers, disclosure.Answer{Code: a.Code, Score: a.Score, HasSatisfied: t.Measure.HasShare, Satisfied: a.Satisfied})
	}
	Combinations(t.Frame.Dimensions, func(codes []string) {
		c := t.Cells[strings.Join(codes, "\x00")]
		for _, a := range valid {
			var n int64
			var people uint64
			if c != nil {
				n, people = c.Answers[a.Code], c.sets[a.Code]
			}
			l.Counts = append(l.Counts, n)
			if t.Frame.Query.Rounded {
				l.Sets = append(l.Sets, people)
			}
		}
	})
	return l
}

// Measure reads the answer of responses that are counted together.
type Measure struct {
	figures.Measure
	Field tabulate.Field
}

// answers gives the codes of an answer, and whether they count towards the base. No codes: the question was not answered.
func (m *Measure) answers(value string) (codes []string, valid bool) {
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
func (m *Measure) meet(total *Tally) {
	if !m.Number {
		return
	}
	m.Answers = nil
	for value := range total.Answers {
		score := number(value)
		m.Answers = append(m.Answers, figures.AnswerCode{Code: value, Label: wording.Plain(value), Score: &score})
	}
	sort.Slice(m.Answers, func(i, j int) bool { return *m.Answers[i].Score < *m.Answers[j].Score })
}

// Valid lists the answers that count towards the base.
func (m *Measure) Valid() []figures.AnswerCode {
	return slices.DeleteFunc(slices.Clone(m.Answers), func(a figures.AnswerCode) bool { return a.DontKnow })
}

// cell has the figures of a tally.
func (m *Measure) cell(c *Tally) figures.Cell {
	out, answers := figures.Cell{Codes: c.Codes, N: c.N, DontKnow: c.dontKnow}, m.Valid()
	for _, a := range answers {
		out.Distribution = append(out.Distribution, figures.Count{Code: a.Code, N: c.Answers[a.Code]})
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

// People counts the answers of an aggregate of the table itself, which may be a subtotal or a total.
func (t *Table) People(codes []string) (n int64, answers map[string]int64) {
	answers = map[string]int64{}
	for _, c := range t.Cells {
		inside := true
		for i, code := range codes {
			in := code == figures.All || c.Codes[i] == code
			for _, g := range t.Frame.Dimensions[i].Groups {
				in = in || g.Code.Code == code && slices.Contains(g.Of, c.Codes[i])
			}
			inside = inside && in
		}
		if inside {
			n += c.N
			for a, k := range c.Answers {
				answers[a] += k
			}
		}
	}
	return n, answers
}

// EachAggregate visits every combination of codes, groups and All.
func EachAggregate(dimensions []figures.Dimension, visit func(codes []string)) {
	wide := slices.Clone(dimensions)
	for i, d := range wide {
		wide[i].Codes = slices.Clone(d.Codes)
		for _, g := range d.Groups {
			wide[i].Codes = append(wide[i].Codes, g.Code)
		}
		wide[i].Codes = append(wide[i].Codes, figures.Code{Code: figures.All})
	}
	Combinations(wide, visit)
}
