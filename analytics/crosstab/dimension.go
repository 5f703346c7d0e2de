package crosstab

import (
	"slices"
	"strings"

	"yousaid/analytics/codebook"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tabulate"
	"yousaid/surveys/bank"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// Dimension reads its code or codes from the values of the fields that are counted.
type Dimension struct {
	figures.Dimension
	Read    func(values []string) []string
	filter  func(codes []string) tabulate.Filter // keeps some codes; nil where they are read from several values
	LabelOf func(code string) wording.Message    // for codes that were not known beforehand
	open    bool                                 // any code may be met (days, languages): a filter is not checked against the list
}

// accepts refuses a filter on codes that the dimension does not have: a typing error must not look like an empty table.
func (d Dimension) accepts(values []string) error {
	if d.open {
		return nil
	}
	for _, v := range values {
		if !slices.ContainsFunc(d.Codes, func(c figures.Code) bool { return c.Code == v }) {
			known := []string{}
			for _, c := range d.Codes {
				if c.Code != "" {
					known = append(known, c.Code)
				}
			}
			return refusal.New(refusal.AboutFilter, d.ID,
				"refusal.has_no_value_it|%s has no value “%s”. It has %s.", d.ID, v, strings.Join(known, ", "))
		}
	}
	return nil
}

// fixed are the dimensions every organisation has, with the field each is read from.
var fixed = []struct {
	id   string
	of   tabulate.Of
	fill func(b *codebook.Book) []figures.Code
	open bool
}{
	{id: "channel", of: tabulate.Channel, fill: (*codebook.Book).ChannelCodes},
	{id: "mode", of: tabulate.Mode, fill: func(*codebook.Book) []figures.Code { return figures.Modes }},
	{id: "service", of: tabulate.Service, fill: (*codebook.Book).ServiceCodes},
	{id: "directorate", of: tabulate.Service, fill: (*codebook.Book).DirectorateCodes},
	{id: "access_point", of: tabulate.AccessPoint, fill: (*codebook.Book).PointCodes},
	{id: "language", of: tabulate.Language, open: true},
	{id: "month", of: tabulate.Month, open: true},
	{id: "week", of: tabulate.Week, open: true},
	{id: "day", of: tabulate.Day, open: true},
}

// Dimension finds a dimension by its id: a fixed one, a coded question, or an equality characteristic and its groups.
func (t *Table) Dimension(id string) (Dimension, error) {
	for _, f := range fixed {
		if f.id == id {
			return t.fixed(f.id, tabulate.Field{Of: f.of}, f.fill, f.open), nil
		}
	}
	if c, ok := bank.Find(id); ok { // before the groups: one characteristic is called ethnic_group itself
		return t.characteristic(id, c, false)
	}
	if c, ok := bank.Find(strings.TrimSuffix(id, "_group")); ok {
		return t.characteristic(id, c, true)
	}
	if q, ok := t.Codebook.Merged(id); ok {
		if !q.Coded() {
			return Dimension{}, refusal.New(refusal.AboutSplit, id,
				"refusal.cannot_split_a_table|“%s” cannot split a table: only questions answered from a list can.", id)
		}
		return t.question(q), nil
	}
	if code, option, ok := strings.Cut(id, ":"); ok {
		if q, ok := t.Codebook.Merged(code); ok && q.Many() {
			if o, ok := q.Option(option); ok {
				return t.ticked(id, q, o), nil
			}
			return Dimension{}, refusal.New(refusal.AboutSplit, "",
				"refusal.has_no_answer_choose|%s has no answer “%s”. Choose one of its answers.",
				code, option)
		}
	}
	return Dimension{}, refusal.New(refusal.AboutSplit, id,
		"refusal.there_is_no_dimension|There is no dimension “%s”. Use channel, mode, service, directorate, access_point, language, "+
			"month, week, day, a question answered from a list, or an equality characteristic such as age or sex.", id)
}

func (t *Table) fixed(id string, field tabulate.Field, fill func(*codebook.Book) []figures.Code, open bool) Dimension {
	d := Dimension{Dimension: figures.Dimension{ID: id, Label: figures.DimensionLabel(id)}, open: open}
	d.LabelOf = func(code string) wording.Message { return figures.CodeLabel(id, code) }
	at := t.Field(field)
	d.Read = func(values []string) []string { return values[at : at+1] }
	d.filter = func(codes []string) tabulate.Filter { return tabulate.Filter{Field: field, Values: codes} }
	if fill != nil {
		d.Codes = fill(t.Codebook)
	}
	switch id {
	case "service":
		d.coded(at, field, t.Codebook.Rows()["service"])
	case "access_point":
		d.coded(at, field, t.Codebook.Rows()["access_point"])
	case "directorate":
		month := t.Field(tabulate.Field{Of: tabulate.Month})
		d.Read = func(values []string) []string { return []string{t.Codebook.Directorate(values[at], values[month])} }
		d.filter = nil
	}
	return d
}

// coded reads a dimension whose values are ids of the database, by the id of each code.
func (d *Dimension) coded(at int, field tabulate.Field, ids map[string]string) {
	codes := map[string]string{}
	for code, id := range ids {
		codes[id] = code
	}
	d.Read = func(values []string) []string { return []string{codes[values[at]]} }
	d.filter = func(wanted []string) tabulate.Filter {
		f := tabulate.Filter{Field: field}
		for _, code := range wanted {
			f.Values = append(f.Values, ids[code]) // no code is no id
		}
		return f
	}
}

// question splits by the answers to a coded question; "" is everyone who did not answer it.
func (t *Table) question(q question.Question) Dimension {
	d := Dimension{Dimension: figures.Dimension{ID: q.Code, Label: wording.Named(q.Text), Overlaps: q.Many()}}
	for _, o := range q.Choices() {
		d.Codes = append(d.Codes, figures.Code{Code: o.Code, Label: wording.Named(q.Word(o))})
	}
	d.Codes = append(d.Codes, figures.Code{Code: "", Label: figures.NotAnswered})
	d.LabelOf = wording.Plain
	at := t.Field(tabulate.AnswerTo(q.Code))
	d.Read = func(values []string) []string {
		if d.Overlaps && values[at] != "" {
			return list(values[at])
		}
		return values[at : at+1]
	}
	if !d.Overlaps {
		d.filter = func(codes []string) tabulate.Filter {
			return tabulate.Filter{Field: tabulate.AnswerTo(q.Code), Values: codes}
		}
	}
	return d
}

// ticked splits by whether one answer of a several-of-many question was given: such a table adds up, and can be protected.
func (t *Table) ticked(id string, q question.Question, o question.Option) Dimension {
	label := wording.Message{Text: "|%s %s", Args: []any{q.Text, o.Text}}
	d := Dimension{Dimension: figures.Dimension{ID: id, Label: label}}
	d.Codes = []figures.Code{{Code: "yes", Label: wording.Say("sheet.ticked|Yes: %s", o.Text)},
		{Code: "no", Label: wording.Say("sheet.not_ticked|No")}, {Code: "", Label: figures.NotAnswered}}
	d.LabelOf = wording.Plain
	at := t.Field(tabulate.AnswerTo(q.Code))
	d.Read = func(values []string) []string {
		switch {
		case values[at] == "":
			return []string{""}
		case slices.Contains(list(values[at]), o.Code):
			return []string{"yes"}
		}
		return []string{"no"}
	}
	return d
}

// characteristic splits by a characteristic, or by its high-level groups. One that was never asked makes no table: every cell
// would be hidden for no reason.
func (t *Table) characteristic(id string, c bank.Characteristic, grouped bool) (Dimension, error) {
	if !t.Codebook.Asks(c.ID) {
		var others []wording.Message
		for _, known := range bank.Characteristics() {
			if t.Codebook.Asks(known.ID) {
				others = append(others, wording.Named(known.Called()))
			}
		}
		if len(others) == 0 {
			return Dimension{}, refusal.New(refusal.AboutSplit, id,
				"refusal.was_never_asked_there|%s was never asked: there are no equality questions here.", c.Called())
		}
		return Dimension{}, refusal.New(refusal.AboutSplit, id,
			"refusal.was_never_asked_here|%s was never asked here. The equality characteristics asked are: %s.", c.Called(),
			wording.Listed(", ", others))
	}
	d := Dimension{Dimension: figures.Dimension{ID: id, Label: wording.Named(c.Called()), Equality: true}}
	d.LabelOf = wording.Plain
	listed, called := c.Codes, c.Value
	if grouped {
		listed, called = c.Groups, c.Group
	}
	for _, l := range listed {
		d.Codes = append(d.Codes, figures.Code{Code: l.Code, Label: wording.Named(called(l.Code))})
	}
	d.Codes = append(d.Codes, figures.Code{Code: "", Label: figures.NotAnswered})
	at := make([]int, len(c.Questions))
	for i, q := range c.Questions {
		at[i] = t.Field(tabulate.Field{Of: tabulate.EqualityAnswer, Question: q.ID})
	}
	d.Read = func(values []string) []string {
		answers := map[string]string{}
		for i, q := range c.Questions {
			if v := values[at[i]]; v != "" {
				answers[q.ID] = v
			}
		}
		code := bank.Derive(c.ID, answers)
		if grouped {
			code = bank.Group(c.ID, code)
		}
		return []string{code}
	}
	return d, nil
}
