package analytics

import (
	"context"
	"errors"
	"strings"

	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/surveys/bank"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// Names are the words of a released table in all languages: the register keeps English ones only.
type Names struct {
	Question question.Text
	Answers  map[string]question.Text   // by code
	Codes    []map[string]question.Text // of each dimension, by code; subtotals by the code of their group
}

// Names finds what the question, the answers and the rows of a release are called. English stays as the table left;
// other languages are those of today, because they were not kept. Where a survey or a service is gone there is English
// only.
func (a *Analytics) Names(ctx context.Context, by tenant.Actor, r Released) (n Names, err error) {
	err = a.Read(ctx, by, func(s *Snapshot) error {
		n, err = s.names(ctx, r)
		return err
	})
	return n, err
}

func (s *Snapshot) names(ctx context.Context, r Released) (Names, error) {
	slugs, ids := []string{}, []int64{}
	for _, one := range r.Surveys {
		if one.ID != 0 {
			ids = append(ids, one.ID)
		} else {
			slugs = append(slugs, one.Slug)
		}
	}
	b, err := readCodebook(ctx, s.tx, s.by.Org, slugs, ids)
	if refused := (refusal.Refusal{}); errors.As(err, &refused) {
		b, err = &codebook{}, nil
	}
	if err != nil {
		return Names{}, err
	}
	n := Names{Answers: map[string]question.Text{}}
	asked, _ := b.merged(r.counted(b))
	n.Question = english(asked.Text, r.Measure.Text.String())
	for _, answer := range r.Measure.Answers {
		o, _ := asked.Option(answer.Code)
		n.Answers[answer.Code] = english(o.Text, answer.Label.String())
	}
	for _, d := range r.Dimensions {
		known := b.names(d.ID)
		list := map[string]question.Text{}
		for _, c := range d.Codes {
			list[c.Code] = english(known[c.Code], c.Label.String())
		}
		for _, g := range d.Groups {
			list[g.Code.Code] = english(known[g.Code.Code], g.Label.String())
		}
		n.Codes = append(n.Codes, list)
	}
	return n, nil
}

// counted is the code of the question that a release counts, where all its surveys have one code for it.
func (r Released) counted(b *codebook) string {
	if !strings.HasPrefix(r.Measure.Code, figures.ScalePrefix) {
		return r.Measure.Code
	}
	found := ""
	for _, s := range b.surveys {
		code := r.counts.questions[s.ID]
		if code == "" || found != "" && code != found {
			return ""
		}
		found = code
	}
	return found
}

// english is a wording with the English of the register.
func english(known question.Text, label string) question.Text {
	out := question.Text{"en": label}
	for lang, text := range known {
		if lang != "en" && strings.TrimSpace(text) != "" {
			out[lang] = text
		}
	}
	return out
}

// names are the words of the codes of a dimension in all languages, where they are anybody's own: months and the like
// are worded by the page.
func (b *codebook) names(id string) map[string]question.Text {
	list := map[string]question.Text{}
	add := func(prefix string, all []catalogueEntry) {
		for _, n := range all {
			list[prefix+n.Code] = question.Text(n.Names)
		}
	}
	switch id {
	case "channel":
		add("", b.channels)
		return list
	case "access_point":
		add("", b.points)
		return list
	case "directorate":
		add("", b.directorates)
		return list
	case "service":
		for _, s := range b.services {
			list[s.Code] = question.Text(s.Names)
		}
		add("group:", b.directorates)
		return list
	}
	if c, ok := bank.Find(id); ok {
		for _, l := range c.Codes {
			list[l.Code] = l.Text
		}
		for _, g := range c.Groups {
			list["group:"+g.Code] = g.Text
		}
		return list
	}
	if c, ok := bank.Find(strings.TrimSuffix(id, "_group")); ok {
		for _, g := range c.Groups {
			list[g.Code] = g.Text
		}
		return list
	}
	code, ticked, _ := strings.Cut(id, ":")
	q, _ := b.merged(code)
	for _, o := range q.Choices() {
		if ticked == "" {
			list[o.Code] = o.Text
		} else if o.Code == ticked {
			list["yes"] = o.Text
		}
	}
	return list
}
