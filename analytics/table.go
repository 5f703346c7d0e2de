package analytics

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/stats"
	"yousaid/surveys/tenant"
)

// table is a query on its way to an answer: which raw columns to group by, and how raw values become codes.
type table struct {
	org      tenant.Org
	book     *book
	frame    figures.Frame
	first    figures.Date // the day of the earliest response
	by       []dimension
	where    []condition
	measure  measure
	counts   counted // the question of each survey; its days once the table is one that is protected
	equality bool
	columns  []string
	args     []any
	span     map[string]string // where months are told apart only by which releases count them: the first month that is counted alike (nil: each for itself)
	scope    map[string]bool   // ids of the services the actor may see; nil means all
	tabulate *sqlx.Tx          // of the login for tabulating, where the table is to be protected; nil: an internal one without equality answers

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

// column adds a raw column to the grouping and gives its place. Arguments replace ? in the expression.
func (t *table) column(expression string, args ...any) int {
	for _, a := range args {
		t.args = append(t.args, a)
		expression = strings.Replace(expression, "?", fmt.Sprintf("$%d", len(t.args)), 1)
	}
	if at := slices.Index(t.columns, expression); at >= 0 {
		return at
	}
	t.columns = append(t.columns, expression)
	return len(t.columns) - 1
}

// count groups in the database and folds the groups into cells. Raw groups are few beside responses: codes × codes × answers. A table to be
// protected is counted by the login for tabulating, through views that know whole months and fingerprints for ids; all others in tx.
func (t *table) count(ctx context.Context, tx *sqlx.Tx) error {
	if len(t.columns) == 0 {
		return fmt.Errorf("counting: no columns")
	}
	from, set, read := `
		FROM   responses r
		WHERE  ($3::timestamptz IS NULL OR r.answered_hour >= $3) AND ($4::timestamptz IS NULL OR r.answered_hour < $4)`, "0", strings.NewReplacer()
	excludedColumn := "r.excluded_no IS NOT NULL"
	t.args[1] = pq.Array(t.surveyIDs())
	t.args[2], t.args[3] = t.bounds()
	if t.tabulate != nil {
		tx, from, read = t.tabulate, `
		FROM   tabulated_responses r
		WHERE  r.month >= $3::date AND r.month <= $4::date`, strings.NewReplacer(hourMonth, viewMonth, equalityAnswers, "r.equality")
		excludedColumn = "r.excluded"
		if t.equality {
			from = `
		FROM   tabulated_equality r
		WHERE  r.month >= $3::date AND r.month <= $4::date`
		}
		t.args[2], t.args[3] = t.frame.From.String(), t.frame.To.String()
		if t.frame.Query.Rounded {
			set = "bit_xor(r.fingerprint)"
		}
	}
	selected := make([]string, len(t.columns))
	groups := make([]string, len(t.columns))
	for i, c := range t.columns {
		selected[i] = "COALESCE((" + read.Replace(c) + ")::text, '')"
		groups[i] = fmt.Sprint(i + 1)
	}
	query := `
		SELECT ` + strings.Join(selected, ", ") + `, count(*), ` + set + `, ` + excludedColumn + from + `
		AND    r.organisation_id = $1 AND r.survey_id = ANY ($2) AND response_counts(r.state, r.source, NULL)
		AND    $5::text <> ''
		GROUP  BY ` + strings.Join(groups, ", ") + `, ` + excludedColumn
	rows, err := tx.QueryContext(ctx, query, t.args...)
	if err != nil {
		return fmt.Errorf("counting responses: %w", err)
	}
	defer func() { _ = rows.Close() }()
	raw := make([]string, len(t.columns))
	var n, people int64
	var excluded bool
	into := make([]any, 0, len(raw)+2)
	for i := range raw {
		into = append(into, &raw[i])
	}
	into = append(into, &n, &people, &excluded)
	t.cells, t.total = map[string]*tally{}, newTally(nil)
	t.filled = make([][]string, len(t.by))
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("counting responses: %w", err)
		}
		if excluded && !t.frame.Query.Unusual {
			t.leftOut(raw, n)
			continue
		}
		t.add(raw, n, uint64(people)) // all bits of a fingerprint
	}
	return rows.Err()
}

func (t *table) surveyIDs() []int64 {
	ids := make([]int64, len(t.frame.Surveys))
	for i, s := range t.frame.Surveys {
		ids[i] = s.ID
	}
	return ids
}

// bounds are the moments between which responses count: from the start of the first day up to the end of the last.
func (t *table) bounds() (from, to any) {
	if !t.frame.From.IsZero() {
		from = t.frame.From.In(t.frame.Zone)
	}
	if !t.frame.To.IsZero() {
		to = t.frame.To.AddDays(1).In(t.frame.Zone)
	}
	return from, to
}

// within tells whether the table is about a raw group.
func (t *table) within(raw []string) bool {
	if t.scope != nil && !t.scope[raw[t.book.serviceColumn]] {
		return false
	}
	for _, c := range t.where {
		if !slices.ContainsFunc(c.dimension.codes(raw), func(code string) bool { return slices.Contains(c.values, code) }) {
			return false
		}
	}
	return true
}

// leftOut counts a raw group of responses that are left out as unusual.
func (t *table) leftOut(raw []string, n int64) {
	if answers, _ := t.measure.answers(raw); t.within(raw) && len(answers) > 0 {
		t.excluded += n
	}
}

// add folds one raw group of n responses into every cell it belongs to.
func (t *table) add(raw []string, n int64, people uint64) {
	if !t.within(raw) {
		return
	}
	answers, valid := t.measure.answers(raw)
	if len(answers) == 0 {
		t.unanswered += n
		return
	}
	t.total.count(answers, valid, n, people)
	cells := [][]string{nil}
	for i, d := range t.by {
		var wider [][]string
		for _, code := range d.codes(raw) {
			if !slices.Contains(t.filled[i], code) {
				t.filled[i] = append(t.filled[i], code)
			}
			for _, c := range cells {
				wider = append(wider, append(slices.Clone(c), code))
			}
		}
		cells = wider
	}
	for _, codes := range cells {
		key := strings.Join(codes, "\x00")
		if t.cells[key] == nil {
			t.cells[key] = newTally(codes)
		}
		t.cells[key].count(answers, valid, n, people)
	}
}

func (c *tally) count(answers []string, valid bool, n int64, people uint64) {
	if !valid {
		c.dontKnow += n
		return
	}
	c.n += n
	for _, a := range answers {
		c.answers[a] += n
		c.sets[a] ^= people
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
func (t *table) figures() Figures {
	f := Figures{Frame: t.frame, Unanswered: t.unanswered, Excluded: t.excluded}
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

// measure reads the raw answer of a group.
type measure struct {
	figures.Measure
	column int
}

// answers gives the codes of a raw answer, and whether they count towards the base. No codes: the question was not answered.
func (m *measure) answers(raw []string) (codes []string, valid bool) {
	value := raw[m.column]
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
		m.Answers = append(m.Answers, figures.AnswerCode{Code: value, Label: value, Score: &score})
	}
	sort.Slice(m.Answers, func(i, j int) bool { return *m.Answers[i].Score < *m.Answers[j].Score })
}

// valid lists the answers that count towards the base.
func (m *measure) valid() []figures.AnswerCode {
	return slices.DeleteFunc(slices.Clone(m.Answers), func(a figures.AnswerCode) bool { return a.DontKnow })
}

// cell works out the figures of a tally. Mean: Σ score·count / n. Interval: Wilson (1927), see stats.
func (m *measure) cell(c *tally) figures.Cell {
	out := figures.Cell{Codes: c.codes, N: c.n, DontKnow: c.dontKnow}
	var sum float64
	var satisfied int64
	for _, a := range m.valid() {
		n := c.answers[a.Code]
		out.Distribution = append(out.Distribution, figures.Count{Code: a.Code, N: n})
		if a.Score != nil {
			sum += *a.Score * float64(n)
		}
		if a.Satisfied {
			satisfied += n
		}
	}
	if c.n == 0 {
		return out
	}
	if m.HasMean {
		mean := sum / float64(c.n)
		out.Mean = &mean
	}
	if m.HasShare {
		p, low, high := stats.Wilson(satisfied, c.n, 0.95)
		out.Satisfied, out.Low, out.High = &p, &low, &high
	}
	return out
}

// list reads the stored form of several answers, a JSON array of codes.
func list(value string) (codes []string) {
	if json.Unmarshal([]byte(value), &codes) != nil {
		return []string{value}
	}
	return codes
}
