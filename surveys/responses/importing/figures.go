package importing

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"yousaid/surveys/question"
)

// Figures are the first figures of a file: what a dry run shows, so that a wrong mapping is seen before anything is stored. They
// count the rows that would be stored.
type Figures struct {
	From, To  time.Time // the first and the last hour of answering
	Services  []Count   // by slug; "" for rows of no service
	Channels  []Count
	Languages []Count
	Questions []Answered
	Equality  []Answered // only how many answered: what they answered is shown in protected tables alone
	Outside   []string   // the first rows that stay out, with their lines and reasons
	Before    []int64    // earlier imports of the same file by another mapping

	zone  *time.Location
	slugs map[int64]string
}

// Count is how many rows have a value.
type Count struct {
	Code string
	Rows int64
}

// Answered is how one question was answered.
type Answered struct {
	Code      string
	Text      string // the question, in English
	Rows      int64  // with an answer
	Answers   []Count
	Words     map[string]string // the wording of each code
	Satisfied int64             // with an answer that counts as satisfied
	Base      int64             // with an answer that is on the scale; 0 where the question has no satisfied answers
	Least     float64           // of a number
	Most      float64
}

const mostOutside = 10

func newFigures(p *plan) Figures {
	f := Figures{zone: p.zone, slugs: map[int64]string{}}
	for slug, id := range p.services {
		f.slugs[id] = slug
	}
	for _, q := range p.questions {
		a := Answered{Code: q.question.Code, Words: map[string]string{}}
		a.Text, _ = q.question.Text.In("en")
		for _, o := range q.question.Choices() {
			a.Words[o.Code], _ = o.Text.In("en")
			a.Answers = append(a.Answers, Count{Code: o.Code})
		}
		f.Questions = append(f.Questions, a)
	}
	for _, q := range p.equality {
		a := Answered{Code: q.question.Code}
		a.Text, _ = q.question.Text.In("en")
		f.Equality = append(f.Equality, a)
	}
	return f
}

func count(list *[]Count, code string) {
	if i := slices.IndexFunc(*list, func(c Count) bool { return c.Code == code }); i >= 0 {
		(*list)[i].Rows++
		return
	}
	*list = append(*list, Count{code, 1})
}

// outside keeps the first rows that stay out.
func (f *Figures) outside(w listed) {
	if len(f.Outside) < mostOutside {
		f.Outside = append(f.Outside, fmt.Sprintf("line %d: %s", w.row.line, strings.Join(w.reasons, "; ")))
	}
}

// add counts rows that would be stored.
func (f *Figures) add(p *plan, rows []draft) {
	for _, d := range rows {
		if at := d.hour.In(f.zone); f.From.IsZero() || at.Before(f.From) {
			f.From = at
		}
		if at := d.hour.In(f.zone); at.After(f.To) {
			f.To = at
		}
		count(&f.Services, f.slugs[d.service])
		count(&f.Channels, d.channel)
		count(&f.Languages, d.language)
		var answers, equality map[string]any
		_ = json.Unmarshal([]byte(d.answers), &answers) // written by object
		if d.equality != "" {
			_ = json.Unmarshal([]byte(d.equality), &equality)
		}
		for _, c := range d.comments {
			answers[c.question] = c.text
		}
		for i, q := range p.questions {
			if a := answers[q.question.Code]; a != nil {
				f.Questions[i].add(q.question, a)
			}
		}
		for i, q := range p.equality {
			if equality[q.question.Code] != nil {
				f.Equality[i].Rows++
			}
		}
	}
}

func (a *Answered) add(q question.Question, answer any) {
	a.Rows++
	switch answer := answer.(type) {
	case []any:
		for _, code := range answer {
			count(&a.Answers, fmt.Sprint(code))
		}
	case float64:
		if a.Rows == 1 || answer < a.Least {
			a.Least = answer
		}
		if a.Rows == 1 || answer > a.Most {
			a.Most = answer
		}
	case string:
		if !q.Coded() {
			return
		}
		count(&a.Answers, answer)
		o, _ := q.Option(answer)
		if slices.ContainsFunc(q.Options, func(o question.Option) bool { return o.Satisfied }) && !o.DontKnow {
			a.Base++
			if o.Satisfied {
				a.Satisfied++
			}
		}
	}
}
