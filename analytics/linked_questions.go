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
	"yousaid/analytics/register"
	"yousaid/analytics/tabulate"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// linkedReleases finds what hangs together with a new table when other questions are looked at, too. Two releases hang
// together when they count some of the same people and
//   - are split by one dimension, or
//   - one counts a question that the other is split by, or
//   - one is split by months that are not all printed, and the other is so as well, or counts only some of them,
//
// or through others that do. It gives nothing when all that hangs together counts the same question: that is proved with its answers.
//
// All other releases can stay as they are beside any table that proves what is hidden: such a table prints how many
// gave which answer, and people who gave the same one can be exchanged with all that the other releases tell of them.
func linkedReleases(own *priorRelease, all []*priorRelease) []*priorRelease {
	inside := []*priorRelease{own}
	for more := true; more; {
		more = false
		for _, r := range all {
			if !slices.Contains(inside, r) && slices.ContainsFunc(inside, r.isLinked) {
				inside, more = append(inside, r), true
			}
		}
	}
	inside = inside[1:]
	if !slices.ContainsFunc(inside, func(r *priorRelease) bool { return !r.counts.SameQuestions(own.counts) }) {
		return nil
	}
	slices.SortFunc(inside, func(a, b *priorRelease) int { return int(a.ID - b.ID) })
	return inside
}

func (r *priorRelease) isLinked(o *priorRelease) bool {
	if !r.counts.SharesPeople(o.counts) {
		return false
	}
	return r.shares(o.Query.By) || r.crosses(o) || !r.counts.SharesAnswers(o.counts) && r.sharesMonths(o)
}

// crosses tells whether one of two releases is split by the question that the other counts.
func (r *priorRelease) crosses(o *priorRelease) bool {
	by := func(split []string, c register.Coverage) bool {
		return slices.ContainsFunc(split, func(id string) bool { return c.Asks(register.Root(id)) })
	}
	return by(r.Query.By, o.counts) || by(o.Query.By, r.counts)
}

// sharesMonths tells whether what one release hides of months may bear on the other.
func (r *priorRelease) sharesMonths(o *priorRelease) bool {
	within := r.counts.From != o.counts.From || r.counts.To != o.counts.To
	hides := func(one, other *priorRelease) bool {
		return slices.Contains(one.Query.By, "month") && one.monthsAndTotal() == nil && (within || slices.Contains(other.Query.By, "month"))
	}
	return hides(r, o) || hides(o, r)
}

// cloneReleases are releases that can be changed without changing these.
func cloneReleases(list []*priorRelease) (out []*priorRelease) {
	for _, r := range list {
		one := *r
		out = append(out, &one)
	}
	return out
}

// validAnswers stands for all the answers to a question that count.
const validAnswers = "(valid)"

// countedQuestion is a question as a dimension of the people who may have answered it, and where it is counted.
type countedQuestion struct {
	id        string
	questions map[int64]string // by survey, its code
	counts    []string         // the answers that count
	as        *countedQuestion // a question that the same people answered: itself, or one before it
}

// asked gives the question that each table counts, the new one's first. Releases that count one question of different surveys count one.
func (j *jointTable) asked(t *crosstab.Table, list []*priorRelease, ids []string) (of []*countedQuestion, err error) {
	var all []*countedQuestion
	for _, c := range append([]register.Coverage{t.Counts}, countsOf(list)...) {
		at := slices.IndexFunc(all, func(q *countedQuestion) bool {
			known := register.Coverage{Questions: q.questions}
			return known.SameQuestions(c) && (known.Measure("") != "" && known.Measure("") == c.Measure("") ||
				known.Shares(c, func(a, b string) bool { return a == b }))
		})
		if at < 0 {
			at = len(all)
			all = append(all, &countedQuestion{questions: map[int64]string{}})
		}
		maps.Copy(all[at].questions, c.Questions)
		of = append(of, all[at])
	}
	for i, q := range all {
		known := register.Coverage{Questions: q.questions}
		split := slices.ContainsFunc(ids, func(id string) bool { return known.Asks(register.Root(id)) })
		q.id = known.Measure("")
		if q.id == "" {
			q.id = fmt.Sprintf("(question %d)", i)
			if split {
				return nil, disclosure.ErrUnproven // one dimension would have to be read from several questions
			}
		}
		for _, s := range j.Codebook.Surveys {
			if _, asks := s.Find(q.id); asks {
				q.questions[s.ID] = q.id
			}
		}
	}
	return of, nil
}

func countsOf(list []*priorRelease) (counts []register.Coverage) {
	for _, r := range list {
		counts = append(counts, r.counts)
	}
	return counts
}

// answering tells people apart by their answer to a question.
func (j *jointTable) answering(q *countedQuestion) {
	at := j.Field(tabulate.AnswerInEach(maps.Clone(q.questions)))
	d := crosstab.Dimension{Dimension: figures.Dimension{ID: q.id}, LabelOf: wording.Plain}
	for _, s := range j.Codebook.Surveys {
		for _, v := range s.Versions {
			one, _ := v.Question(q.questions[s.ID])
			for _, a := range codebook.Measured(one).Answers {
				if slices.ContainsFunc(d.Codes, func(c figures.Code) bool { return c.Code == a.Code }) {
					continue
				}
				d.Codes = append(d.Codes, figures.Code{Code: a.Code})
				if !a.DontKnow {
					q.counts = append(q.counts, a.Code)
				}
			}
		}
	}
	d.Codes = append(d.Codes, figures.Code{})
	d.Read = func(raw []string) []string { return raw[at : at+1] }
	j.By = append(j.By, d)
}

// suppressForLinkedQuestions proves that the numbers of people of a table, as it is to leave, tell nothing beside
// releases of other questions about the same people, and gives the aggregates that must be hidden for that, the hidden
// ones among them: nil where none must.
func (a *Analytics) suppressForLinkedQuestions(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, t *crosstab.Table, list []*priorRelease,
	answer *provedTable, rules disclosure.Rules) ([][]string, error) {
	for _, r := range list {
		if r.crosses(asRelease(t)) && !mayBeCrossed(t, r, answer.Table) {
			return nil, disclosure.LinkageError{Prior: []int64{r.ID}}
		}
	}
	q, aggregates, err := a.people(ctx, tx, by, t, list, answer)
	if err != nil {
		return nil, err
	}
	more, err := a.suppressAcross(q, rules)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		if !slices.Contains(answer.AuditedWith, r.ID) {
			answer.AuditedWith = append(answer.AuditedWith, r.ID)
		}
	}
	slices.Sort(answer.AuditedWith)
	answer.Limits = append(answer.Limits, "Releases of other questions count the same people. Proved together with them is how "+
		"many people are in each group; what they answered is proved for each question by itself.")
	if more == nil {
		return nil, nil
	}
	var hide [][]string
	for i, codes := range aggregates {
		if !q.New[i].Shown || slices.Contains(more, i) {
			hide = append(hide, codes)
		}
	}
	return hide, nil
}

// mayBeCrossed tells whether a table may be looked at beside a release that is split by the question that it counts, or
// counts the question that it is split by: the cells of one are answers in the other. What is held back of answers is
// then no longer proved by each for itself, so there must be none of it; and both must count the same surveys and days,
// as their difference would show single answers.
func mayBeCrossed(t *crosstab.Table, r *priorRelease, p disclosure.Table) bool {
	if r.counts.From != t.Counts.From || r.counts.To != t.Counts.To || !slices.Equal(r.counts.Surveys(), t.Counts.Surveys()) {
		return false
	}
	for _, c := range r.cells {
		if c.state == disclosure.Shown && c.distribution == nil {
			return false
		}
	}
	for _, c := range slices.Concat(p.Cells(), p.Margins()) {
		if c.State == disclosure.Shown && c.Figures.Distribution == nil {
			return false
		}
	}
	return true
}

// people counts the people behind a table, as it is to leave, and releases of several questions, and says what each
// prints of them. The aggregates are those of New.
func (a *Analytics) people(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, t *crosstab.Table, list []*priorRelease,
	answer *provedTable) (q disclosure.LinkedQuestions, aggregates [][]string, err error) {
	j, ids, err := a.finest(ctx, tx, by, t, list)
	if err != nil {
		return q, nil, err
	}
	// everybody, whatever they answered
	j.Measure = crosstab.Measure{Measure: figures.Measure{Answers: []figures.AnswerCode{{Code: "1"}}},
		Field: tabulate.Field{Of: tabulate.Everybody}}
	of, err := j.asked(t, list, ids)
	if err != nil {
		return q, nil, err
	}
	var questions []*countedQuestion
	for _, one := range of {
		if !slices.Contains(questions, one) {
			questions = append(questions, one)
		}
	}
	if err := j.split(slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		return slices.ContainsFunc(questions, func(q *countedQuestion) bool { return q.id == id })
	}), t, list); err != nil {
		return q, nil, err
	}
	if err := j.List(ctx, tx); err != nil {
		return q, nil, err
	}
	for _, one := range questions {
		j.answering(one)
	}
	if err := j.Count(ctx, a.engine(), tx); err != nil {
		return q, nil, err
	}
	if j.combinations() > disclosure.MaxJointCells {
		return q, nil, disclosure.ErrUnproven
	}
	j.prepare()
	j.findSameRespondents(questions)
	q.New, aggregates = j.own(t, of[0], answer)
	for i, r := range list {
		if q.Prior, err = j.printed(r, of[i+1], q.Prior, answer, t); err != nil {
			return q, nil, err
		}
	}
	q.Lattice = j.lay()
	j.excludeUnobserved(&q.Lattice, questions)
	return q, aggregates, nil
}

// findSameRespondents finds for each question the first one that the very same people answered.
func (j *jointTable) findSameRespondents(questions []*countedQuestion) {
	at := func(q *countedQuestion) int {
		return slices.IndexFunc(j.By, func(d crosstab.Dimension) bool { return d.ID == q.id })
	}
	for _, q := range questions {
		q.as = q
		for _, other := range questions {
			same := true
			for _, c := range j.Cells {
				same = same && slices.Contains(q.counts, c.Codes[at(q)]) == slices.Contains(other.counts, c.Codes[at(other)])
			}
			if same {
				q.as = other
				break
			}
		}
	}
}

// combinations is how many there are of the codes of all dimensions.
func (j *jointTable) combinations() int {
	n := 1
	for i, d := range j.Arrange(true) {
		n *= max(1, len(j.Complete(j.By[i], d).Codes))
		if n > disclosure.MaxJointCells {
			break
		}
	}
	return n
}

// group finds a group of a table, and its answers, in the joint lattice.
func (j *jointTable) group(split, codes []string, c register.Coverage, months []string, of *countedQuestion,
	part func(i int, code string) []string) (g disclosure.QuestionCell, known bool) {
	at := func(question *countedQuestion, answer string) []string {
		return j.codes(append(slices.Clone(split), question.id), append(slices.Clone(codes), answer), c.Surveys(), months,
			func(i int, code string) []string {
				switch {
				case i < len(codes):
					return part(i, code)
				case code == validAnswers:
					return question.counts
				}
				return []string{code}
			})
	}
	g.Codes, g.Total = at(of.as, validAnswers), !slices.ContainsFunc(codes, func(code string) bool { return code != figures.All })
	for _, a := range of.counts {
		g.Answers = append(g.Answers, at(of, a))
	}
	return g, !slices.Contains(g.Codes, noMembers)
}

// own is what the new table is to print.
func (j *jointTable) own(t *crosstab.Table, of *countedQuestion, answer *provedTable) (list []disclosure.QuestionCell,
	aggregates [][]string) {
	state := map[string]disclosure.State{}
	key := func(codes []string) string { return strings.Join(codes, "\x00") }
	for _, c := range slices.Concat(answer.Table.Cells(), answer.Table.Margins()) {
		state[key(c.Codes)] = c.State
	}
	months := crosstab.MonthsBetween(answer.From, answer.To)
	crosstab.EachAggregate(answer.Dimensions, func(codes []string) {
		g, known := j.group(answer.Query.By, codes, t.Counts, months, of, answer.PartOf)
		if g.Total {
			state[key(codes)] = answer.Table.Total().State
		}
		if !known || state[key(codes)] == disclosure.NotAsked {
			return
		}
		g.Shown, g.Rules, g.Finest = state[key(codes)] == disclosure.Shown, answer.Table.Rules(), answer.Finest(codes)
		list, aggregates = append(list, g), append(aggregates, codes)
	})
	return list, aggregates
}

// printed adds what a release prints. Where answers were changed since by few people, a release that crosses the new
// table's question is refused: the difference would show them.
func (j *jointTable) printed(r *priorRelease, of *countedQuestion, list []disclosure.QuestionCell, answer *provedTable,
	t *crosstab.Table) ([]disclosure.QuestionCell, error) {
	rules := r.rules()
	changed := false
	for _, c := range r.cells {
		g, known := j.group(r.Query.By, c.codes, r.counts, r.months, of, r.part)
		if !known || c.state == disclosure.NotAsked {
			continue
		}
		g.Shown, g.Rules, g.Finest, g.Number = c.state == disclosure.Shown, rules, r.finest(c.codes), r.ID
		list = append(list, g)
		if !g.Shown {
			continue
		}
		n, _ := j.peopleIn(j.members(g.Codes))
		changed = changed || n != c.n
		for k, codes := range g.Answers {
			if c.distribution != nil && r.crosses(asRelease(t)) && !changed {
				n, _ := j.peopleIn(j.members(codes))
				changed = n != c.distribution[of.counts[k]]
			}
		}
	}
	if changed && r.crosses(asRelease(t)) {
		return nil, disclosure.LinkageError{Prior: []int64{r.ID}}
	}
	if changed && !r.counts.SameQuestions(t.Counts) {
		answer.Limits = append(answer.Limits, fmt.Sprintf("Since release %d some of the answers it counts have changed. It was looked "+
			"at as if it had been made of those of today.", r.ID))
	}
	return list, nil
}

// excludeUnobserved marks as impossible what nobody did: to answer some of the questions and leave the others.
func (j *jointTable) excludeUnobserved(l *disclosure.Lattice, questions []*countedQuestion) {
	did := map[string]bool{}
	var list []string
	crosstab.Combinations(j.Frame.Dimensions, func(codes []string) {
		which := ""
		for i, d := range j.By {
			for _, q := range questions {
				if q.id == d.ID {
					which += fmt.Sprint(slices.Contains(q.counts, codes[i]), " ")
				}
			}
		}
		list = append(list, which)
		did[which] = did[which] || l.Counts[len(list)-1] > 0
	})
	if l.NotAsked == nil {
		l.NotAsked = make([]bool, len(list))
	}
	for i, which := range list {
		l.NotAsked[i] = l.NotAsked[i] || !did[which]
	}
}
