package linked

import (
	"fmt"
	"maps"
	"slices"

	"yousaid/analytics/codebook"
	"yousaid/analytics/crosstab"
	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/register"
	"yousaid/analytics/tabulate"
	"yousaid/surveys/wording"
)

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
