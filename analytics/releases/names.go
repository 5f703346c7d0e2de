package releases

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"yousaid/analytics/codebook"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
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
func (r Register) Names(ctx context.Context, by tenant.Actor, of Table) (Names, error) {
	tx, err := r.DB.BeginRead(ctx, by.Org)
	if err != nil {
		return Names{}, fmt.Errorf("opening the figures: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	slugs, ids := []string{}, []int64{}
	for _, one := range of.Surveys {
		if one.ID != 0 {
			ids = append(ids, one.ID)
		} else {
			slugs = append(slugs, one.Slug)
		}
	}
	b, err := codebook.Read(ctx, tx, by.Org, slugs, ids)
	if refused := (refusal.Refusal{}); errors.As(err, &refused) {
		b, err = &codebook.Book{}, nil
	}
	if err != nil {
		return Names{}, err
	}
	n := Names{Answers: map[string]question.Text{}}
	asked, _ := b.Merged(of.countedBy(b))
	n.Question = english(asked.Text, of.Measure.Text.String())
	for _, answer := range of.Measure.Answers {
		o, _ := asked.Option(answer.Code)
		n.Answers[answer.Code] = english(o.Text, answer.Label.String())
	}
	for _, d := range of.Dimensions {
		known := b.Names(d.ID)
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

// countedBy is the code of the question that a release counts, where all its surveys have one code for it.
func (r Table) countedBy(b *codebook.Book) string {
	if !strings.HasPrefix(r.Measure.Code, figures.ScalePrefix) {
		return r.Measure.Code
	}
	found := ""
	for _, s := range b.Surveys {
		code := r.counts.Questions[s.ID]
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
