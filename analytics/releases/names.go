package releases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"yousaid/analytics/codebook"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// Names are the words of a released table in all languages: the register keeps English ones only.
type Names struct {
	Question question.Text
	Answers  map[string]question.Text   // by code
	Codes    []map[string]question.Text // of each dimension, by code; subtotals by the code of their group
	Splits   []question.Text            // what each dimension is called
	Surveys  []question.Text            // their titles
}

// together is what the English of a subtotal ends in, which pages say in their language.
const together = ", together"

// InWords is a release with its words in all languages, so that whoever shows it has those of the reader.
func (r Register) InWords(ctx context.Context, by tenant.Actor, of Table) (Table, error) {
	n, err := r.Names(ctx, by, of)
	if err != nil {
		return Table{}, err
	}
	return of.with(n), nil
}

func (r Table) with(n Names) Table {
	r.Measure.Text = wording.Named(n.Question)
	r.Measure.Answers = slices.Clone(r.Measure.Answers)
	for i, answer := range r.Measure.Answers {
		r.Measure.Answers[i].Label = usualOr(r.Measure.Kind, answer, n.Answers[answer.Code])
	}
	r.Surveys = slices.Clone(r.Surveys)
	for i := range r.Surveys {
		r.Surveys[i].Title = wording.Named(n.Surveys[i])
	}
	r.Dimensions = slices.Clone(r.Dimensions)
	for i, d := range r.Dimensions {
		d.Label = anyone(d.Label, n.Splits[i], codebook.KeyOf(d.ID, ""))
		d.Codes, d.Groups = slices.Clone(d.Codes), slices.Clone(d.Groups)
		for j, c := range d.Codes {
			d.Codes[j].Label = anyone(c.Label, n.Codes[i][c.Code], codebook.KeyOf(d.ID, c.Code))
		}
		for j, g := range d.Groups {
			if names, key := n.Codes[i][g.Code.Code], codebook.KeyOf(d.ID, g.Code.Code); len(names) > 1 || key != "" {
				d.Groups[j].Label = wording.Say("sheet.together|%s, together", named(names, key))
			}
		}
		r.Dimensions[i] = d
	}
	return r
}

// anyone is a label with names in other languages, where there are any: those of the catalogue or, by the key, of the program.
func anyone(label wording.Message, names question.Text, key string) wording.Message {
	if len(names) < 2 && key == "" {
		return label
	}
	return wording.Named(named(names, key))
}

func named(names question.Text, key string) wording.Names {
	if key == "" {
		return names
	}
	return wording.Ours{Key: key, Names: names}
}

// usualOr is what an answer is called: the usual word of the kind, where it left as that.
func usualOr(kind question.Kind, answer figures.AnswerCode, names question.Text) wording.Message {
	usual := question.Question{Kind: kind}
	if o, ok := usual.Option(answer.Code); ok && o.Text["en"] == names["en"] {
		return wording.Named(usual.Word(o))
	}
	return wording.Named(names)
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
	for _, one := range of.Surveys {
		n.Surveys = append(n.Surveys, english(b.Title(one), one.Title.String()))
	}
	for _, d := range of.Dimensions {
		known := b.Names(d.ID)
		n.Splits = append(n.Splits, english(b.Split(d.ID), d.Label.String()))
		list := map[string]question.Text{}
		for _, c := range d.Codes {
			list[c.Code] = english(known[c.Code], c.Label.String())
		}
		for _, g := range d.Groups {
			list[g.Code.Code] = english(known[g.Code.Code], strings.TrimSuffix(g.Label.String(), together))
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
