package linked

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"yousaid/analytics/crosstab"
	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/tabulate"
)

// suppressForLinkedQuestions proves that the numbers of people of a table, as it is to leave, tell nothing beside
// releases of other questions about the same people, and gives the aggregates that must be hidden for that, the hidden
// ones among them: nil where none must.
func (w *tableProof) suppressForLinkedQuestions(ctx context.Context, list []*priorRelease) ([][]string, error) {
	answer := &w.answer
	for _, r := range list {
		if r.crosses(asRelease(w.table.Frame, w.table.Counts)) && !mayBeCrossed(w.table, r, answer.Table) {
			return nil, disclosure.LinkageError{Prior: []int64{r.ID}}
		}
	}
	q, aggregates, err := w.people(ctx, list)
	if err != nil {
		return nil, err
	}
	more, err := w.suppressAcross(q)
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
func (w *tableProof) people(ctx context.Context, list []*priorRelease) (q disclosure.LinkedQuestions, aggregates [][]string, err error) {
	j, ids, err := w.finest(ctx, list)
	if err != nil {
		return q, nil, err
	}
	// everybody, whatever they answered
	j.Measure = crosstab.Measure{Measure: figures.Measure{Answers: []figures.AnswerCode{{Code: "1"}}},
		Field: tabulate.Field{Of: tabulate.Everybody}}
	of, err := j.asked(w.table, list, ids)
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
	}), w.table, list); err != nil {
		return q, nil, err
	}
	if err := j.List(ctx, w.tx); err != nil {
		return q, nil, err
	}
	for _, one := range questions {
		j.answering(one)
	}
	if err := j.Count(ctx, w.Engine, w.tx); err != nil {
		return q, nil, err
	}
	if j.combinations() > disclosure.MaxJointCells {
		return q, nil, disclosure.ErrUnproven
	}
	j.prepare()
	j.findSameRespondents(questions)
	q.New, aggregates = j.own(of[0], &w.answer)
	for i, r := range list {
		if q.Prior, err = j.printed(r, of[i+1], q.Prior, &w.answer); err != nil {
			return q, nil, err
		}
	}
	q.Lattice = j.lay()
	j.excludeUnobserved(&q.Lattice, questions)
	return q, aggregates, nil
}

// own is what the new table is to print.
func (j *jointTable) own(of *countedQuestion, answer *Proved) (list []disclosure.QuestionCell, aggregates [][]string) {
	state := map[string]disclosure.State{}
	key := func(codes []string) string { return strings.Join(codes, "\x00") }
	for _, c := range slices.Concat(answer.Table.Cells(), answer.Table.Margins()) {
		state[key(c.Codes)] = c.State
	}
	months := crosstab.MonthsBetween(answer.From, answer.To)
	crosstab.EachAggregate(answer.Dimensions, func(codes []string) {
		g, known := j.group(answer.Query.By, codes, answer.Counts, months, of, answer.PartOf)
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
func (j *jointTable) printed(r *priorRelease, of *countedQuestion, list []disclosure.QuestionCell, answer *Proved) (
	[]disclosure.QuestionCell, error) {
	rules, changed := disclosure.RulesOf(r.Threshold), false
	crosses := r.crosses(asRelease(answer.Frame, answer.Counts))
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
			if c.distribution != nil && crosses && !changed {
				n, _ := j.peopleIn(j.members(codes))
				changed = n != c.distribution[of.counts[k]]
			}
		}
	}
	if changed && crosses {
		return nil, disclosure.LinkageError{Prior: []int64{r.ID}}
	}
	if changed && !r.counts.SameQuestions(answer.Counts) {
		answer.Limits = append(answer.Limits, fmt.Sprintf("Since release %d some of the answers it counts have changed. It was looked "+
			"at as if it had been made of those of today.", r.ID))
	}
	return list, nil
}
