package analytics

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/codebook"
	"yousaid/analytics/crosstab"
	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/tabulate"
	"yousaid/surveys/bank"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// jointTable is the finest table behind a new release and the earlier ones.
type jointTable struct {
	*crosstab.Table
	leaves [][]string
	sets   []map[string]string // by dimension: the codes taken together -> the code of the selection
	named  []disclosure.Dimension
}

// buildJointTable counts the answers behind a new table and earlier ones by everything that any of them is split by.
func (a *Analytics) buildJointTable(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, t *crosstab.Table,
	list []*priorRelease) (*jointTable, error) {
	questions := maps.Clone(t.Counts.Questions)
	for _, r := range list {
		maps.Copy(questions, r.counts.Questions)
	}
	j, ids, err := a.finest(ctx, tx, by, t, list)
	if err != nil {
		return nil, err
	}
	if err := j.MeasureAlike(t.Measure.Measure, questions); err != nil {
		return nil, err
	}
	if err := j.split(ids, t, list); err != nil {
		return nil, err
	}
	if err := j.List(ctx, tx); err != nil {
		return nil, err
	}
	if err := j.Count(ctx, a.engine(), tx); err != nil {
		return nil, err
	}
	return j, nil
}

// finest opens the surveys and the period of a new table and earlier ones together, and says by what it must be split.
func (a *Analytics) finest(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, t *crosstab.Table, list []*priorRelease) (j *jointTable,
	ids []string, err error) {
	q := t.Frame.Query
	q.Where, q.By, q.Surveys = nil, nil, nil
	q.From, q.To = t.Frame.From, t.Frame.To
	surveys := t.Counts.Surveys()
	add := func(split []string) {
		for _, id := range split {
			if id == "directorate" {
				id = "service"
			}
			if id != "month" && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	add(t.Frame.Query.By)
	for _, r := range list {
		add(r.Query.By)
		surveys = append(surveys, r.counts.Surveys()...)
		from, _ := figures.ParseDate(r.From)
		to, _ := figures.ParseDate(r.To)
		if from.Before(q.From) {
			q.From = from
		}
		if q.To.Before(to) {
			q.To = to
		}
	}
	// A characteristic that is there whole and by its groups is counted whole.
	ids = slices.DeleteFunc(ids, func(id string) bool {
		whole := strings.TrimSuffix(id, "_group")
		_, known := bank.Find(whole)
		return whole != id && known && slices.Contains(ids, whole)
	})
	slices.Sort(surveys)
	book, err := codebook.ReadOf(ctx, tx, by.Org, slices.Compact(surveys))
	if err != nil {
		return nil, nil, err
	}
	jt := &crosstab.Table{Org: book.Org, Codebook: book, Tabulating: t.Tabulating}
	jt.Frame = figures.Frame{Query: q, Organisation: book.Name, Zone: book.Zone, From: q.From, To: q.To}
	for _, s := range book.Surveys {
		jt.Frame.Surveys = append(jt.Frame.Surveys, s.SurveyRef)
	}
	return &jointTable{Table: jt}, ids, nil
}

// split tells apart the surveys, months and dimensions that some of the tables tell apart.
func (j *jointTable) split(ids []string, t *crosstab.Table, list []*priorRelease) error {
	jt := j.Table
	add := func(d crosstab.Dimension) {
		jt.By = append(jt.By, d)
		jt.Equality = jt.Equality || d.Equality
	}
	byMonth := slices.Contains(t.Frame.Query.By, "month")
	several, periods := false, byMonth
	for _, r := range list {
		byMonth = byMonth || slices.Contains(r.Query.By, "month")
		several = several || !slices.Equal(r.counts.Surveys(), t.Counts.Surveys())
		periods = periods || byMonth || r.From != t.Frame.From.String() || r.To != t.Frame.To.String()
	}
	if several {
		add(j.surveyDimension())
	}
	if periods {
		d, err := jt.Dimension("month")
		if err != nil {
			return err
		}
		if !byMonth && !slices.Contains(ids, "service") { // a service may be in another directorate within a span
			jt.Span = spans(t.Frame, list, crosstab.MonthsBetween(jt.Frame.From, jt.Frame.To))
			months := d.Read
			d.Read = func(raw []string) []string { return []string{jt.Span[months(raw)[0]]} }
		}
		add(d)
	}
	for _, id := range ids {
		d, err := jt.Dimension(id)
		if err != nil {
			return err
		}
		if id == "service" {
			d = j.serviceDimension(d)
		}
		add(d)
	}
	return nil
}

// spans gives each month the first one that the same releases count.
func spans(own figures.Frame, list []*priorRelease, months []string) map[string]string {
	first, out := map[string]string{}, map[string]string{}
	for _, m := range months {
		in := fmt.Sprint(slices.Contains(crosstab.MonthsBetween(own.From, own.To), m))
		for _, r := range list {
			in += fmt.Sprint(slices.Contains(r.months, m))
		}
		if first[in] == "" {
			first[in] = m
		}
		out[m] = first[in]
	}
	return out
}

// surveyDimension tells the surveys apart, by the order of their ids: which aggregates are hidden depends on the names
// of codes, and is not to depend on what other organisations made before.
func (j *jointTable) surveyDimension() crosstab.Dimension {
	at := j.Field(tabulate.Field{Of: tabulate.Survey})
	d := crosstab.Dimension{Dimension: figures.Dimension{ID: "(survey)"}, LabelOf: wording.Plain}
	byID := map[string][]string{}
	for i, s := range j.Frame.Surveys {
		code := fmt.Sprint(i + 1)
		d.Codes = append(d.Codes, figures.Code{Code: code})
		byID[fmt.Sprint(s.ID)] = []string{code}
	}
	d.Read = func(raw []string) []string { return byID[raw[at]] }
	return d
}

// serviceDimension tells services apart, and the directorates they belonged to.
func (j *jointTable) serviceDimension(service crosstab.Dimension) crosstab.Dimension {
	month := j.Field(tabulate.Field{Of: tabulate.Month})
	at := j.Field(tabulate.Field{Of: tabulate.Service})
	d := crosstab.Dimension{Dimension: figures.Dimension{ID: "service"}, LabelOf: wording.Plain}
	for _, s := range j.Codebook.Services {
		for _, m := range j.Months() {
			code := s.Code + crosstab.CodeSeparator + j.Codebook.Directorate(s.ID, m)
			if !slices.ContainsFunc(d.Codes, func(c figures.Code) bool { return c.Code == code }) {
				d.Codes = append(d.Codes, figures.Code{Code: code})
			}
		}
	}
	d.Read = func(raw []string) []string {
		slug := service.Read(raw)[0]
		return []string{slug + crosstab.CodeSeparator + j.Codebook.Directorate(raw[at], raw[month])}
	}
	return d
}

// lay makes the lattice; aggregates must have been asked for by then, so that their selections are in it.
func (j *jointTable) lay() disclosure.Lattice {
	l := j.Lattice()
	l.Dimensions = j.named
	for i := range l.Dimensions {
		l.Dimensions[i].Sets = nil
		for _, key := range slices.Sorted(func(yield func(string) bool) {
			for k := range j.sets[i] {
				if !yield(k) {
					return
				}
			}
		}) {
			l.Dimensions[i].Sets = append(l.Dimensions[i].Sets, disclosure.Group{Code: j.sets[i][key], Of: strings.Split(key, "\x1e")})
		}
	}
	l.NotAsked = j.impossible(l)
	for i := range l.NotAsked { // an answer that no version lists any more looks impossible, and is there
		for _, n := range l.Counts[i*len(l.Answers) : (i+1)*len(l.Answers)] {
			l.NotAsked[i] = l.NotAsked[i] && n == 0
		}
	}
	return l
}

// impossible marks combinations that cannot be: of a month and a directorate in which the service was elsewhere, and of
// answers to a several-of-many question that some table takes for no answer and another does not.
func (j *jointTable) impossible(l disclosure.Lattice) []bool {
	month, service := -1, -1
	cells := 1
	var ticked [][]int // the dimensions of one question
	for i, d := range j.By {
		code, _, ok := strings.Cut(d.ID, ":")
		if !ok {
			continue
		}
		at := slices.IndexFunc(ticked, func(of []int) bool { return strings.HasPrefix(j.By[of[0]].ID, code+":") })
		if at < 0 {
			ticked = append(ticked, nil)
			at = len(ticked) - 1
		}
		ticked[at] = append(ticked[at], i)
	}
	ticked = slices.DeleteFunc(ticked, func(of []int) bool { return len(of) < 2 })
	for i, d := range j.By {
		switch d.ID {
		case "month":
			month = i
		case "service":
			service = i
		}
		cells *= len(l.Dimensions[i].Codes)
	}
	if (month < 0 || service < 0) && len(ticked) == 0 {
		return nil
	}
	home := map[[2]string]string{}
	for _, s := range j.Codebook.Services {
		for _, m := range j.Months() {
			home[[2]string{s.Code, m}] = j.Codebook.Directorate(s.ID, m)
		}
	}
	out := make([]bool, cells)
	cell := 0
	crosstab.Combinations(j.Frame.Dimensions, func(codes []string) {
		if month >= 0 && service >= 0 {
			slug, directorate, _ := strings.Cut(codes[service], crosstab.CodeSeparator)
			if is, known := home[[2]string{slug, codes[month]}]; known {
				out[cell] = is != directorate
			}
		}
		for _, of := range ticked {
			silent, none := 0, 0
			for _, i := range of {
				switch codes[i] {
				case "":
					silent++
				case "no":
					none++
				}
			}
			// Who answered gave one answer at least: nobody said no to all there are.
			q, _, _ := strings.Cut(j.By[of[0]].ID, ":")
			asked, _ := j.Codebook.Merged(q)
			out[cell] = out[cell] || silent > 0 && silent < len(of) || none == len(of) && len(of) == len(asked.Options)
		}
		cell++
	})
	return out
}

// prepare lists the codes of each dimension.
func (j *jointTable) prepare() {
	l := j.Lattice() // fills the frame's dimensions
	j.named = l.Dimensions
	for i := range j.named {
		j.named[i].Groups = nil
		j.leaves = append(j.leaves, j.named[i].Codes)
		j.sets = append(j.sets, map[string]string{})
	}
}

// codes finds a combination of codes of a table in the joint lattice: split says by what it is split, surveys and months what it covers.
func (j *jointTable) codes(split, codes []string, surveys []int64, months []string, part func(i int, code string) []string) []string {
	out := make([]string, len(j.By))
	for i, of := range j.within(split, codes, surveys, months, part) {
		out[i] = j.selection(i, of)
	}
	return out
}

// within gives the codes of the joint lattice behind a combination of codes of a table, by dimension.
func (j *jointTable) within(split, codes []string, surveys []int64, months []string, part func(i int, code string) []string) [][]string {
	out := make([][]string, len(j.By))
	for i, d := range j.By {
		keep := func(string) bool { return true }
		switch d.ID {
		case "(survey)":
			keep = func(leaf string) bool {
				at := slices.IndexFunc(d.Codes, func(c figures.Code) bool { return c.Code == leaf })
				return at >= 0 && slices.Contains(surveys, j.Frame.Surveys[at].ID)
			}
		case "month":
			keep = func(leaf string) bool { return slices.Contains(months, leaf) }
		}
		var wanted []func(leaf string) bool
		for k, id := range split {
			if codes[k] == figures.All {
				continue
			}
			of := part(k, codes[k]) // the code itself, or those of its group
			in := func(code string) bool { return slices.Contains(of, code) }
			switch {
			case id == d.ID && id == "service":
				wanted = append(wanted, func(leaf string) bool { slug, _, _ := strings.Cut(leaf, crosstab.CodeSeparator); return in(slug) })
			case id == "directorate" && d.ID == "service":
				wanted = append(wanted, func(leaf string) bool { _, home, _ := strings.Cut(leaf, crosstab.CodeSeparator); return in(home) })
			case id == d.ID:
				wanted = append(wanted, in)
			case id == d.ID+"_group" && d.Equality:
				wanted = append(wanted, func(leaf string) bool { return in(bank.Group(d.ID, leaf)) })
			}
		}
		for _, leaf := range j.leaves[i] {
			if keep(leaf) && !slices.ContainsFunc(wanted, func(w func(string) bool) bool { return !w(leaf) }) {
				out[i] = append(out[i], leaf)
			}
		}
	}
	return out
}

// noMembers stands for a selection of no codes: a code that is not known any more, and that nobody has.
const noMembers = "(nobody)"

// selection names some codes of a dimension taken together.
func (j *jointTable) selection(i int, of []string) string {
	switch {
	case len(of) == 0:
		return noMembers
	case len(of) == len(j.leaves[i]):
		return figures.All
	case len(of) == 1:
		return of[0]
	}
	key := strings.Join(of, "\x1e")
	if j.sets[i][key] == "" {
		j.sets[i][key] = fmt.Sprintf("(selection %d)", len(j.sets[i])+1)
	}
	return j.sets[i][key]
}

// peopleIn counts the answers of an aggregate, given the codes behind it in each dimension.
func (j *jointTable) peopleIn(of [][]string) (n int64, answers map[string]int64) {
	answers = map[string]int64{}
	for _, c := range j.Cells {
		inside := true
		for i, code := range c.Codes {
			inside = inside && slices.Contains(of[i], code)
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

// members gives the codes behind each code of an aggregate.
func (j *jointTable) members(codes []string) [][]string {
	out := make([][]string, len(codes))
	for i, code := range codes {
		out[i] = []string{code}
		if code == figures.All {
			out[i] = j.leaves[i]
		}
		for key, name := range j.sets[i] {
			if name == code {
				out[i] = strings.Split(key, "\x1e")
			}
		}
	}
	return out
}
