package analytics

import (
	"slices"
	"sort"
	"strings"
	"time"

	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tabulate"
	"yousaid/surveys/bank"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// dimension reads its code or codes from the values of the fields that are counted.
type dimension struct {
	figures.Dimension
	codes  func(values []string) []string
	filter func(codes []string) tabulate.Filter // keeps some codes; nil where they are read from several values
	label  func(code string) wording.Message    // for codes that were not known beforehand
	open   bool                                 // any code may be met (days, languages): a filter is not checked against the list
}

// dimensionLabel is what a dimension of every organisation is called.
func dimensionLabel(id string) wording.Message {
	for _, f := range fixed {
		if f.id == id {
			return wording.Say(f.label)
		}
	}
	return wording.Plain(id)
}

func modeLabels() (list []wording.Message) {
	for _, m := range modes {
		list = append(list, m.Label)
	}
	return list
}

// accepts refuses a filter on codes that the dimension does not have: a typing error must not look like an empty table.
func (d dimension) accepts(values []string) error {
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
	id, label string // key|English
	of        tabulate.Of
	fill      func(b *codebook) []figures.Code
	open      bool
}{
	{id: "channel", label: "sheet.channel|Channel", of: tabulate.Channel, fill: (*codebook).channelCodes},
	{id: "mode", label: "sheet.mode|How answers were collected", of: tabulate.Mode, fill: func(*codebook) []figures.Code { return modes }},
	{id: "service", label: "sheet.service|Service", of: tabulate.Service, fill: (*codebook).serviceCodes},
	{id: "directorate", label: "sheet.directorate|Directorate", of: tabulate.Service, fill: (*codebook).directorateCodes},
	{id: "access_point", label: "sheet.access_point|Access point", of: tabulate.AccessPoint, fill: (*codebook).pointCodes},
	{id: "language", label: "sheet.language|Language", of: tabulate.Language, open: true},
	{id: "month", label: "sheet.month|Month", of: tabulate.Month, open: true},
	{id: "week", label: "sheet.week|Week", of: tabulate.Week, open: true},
	{id: "day", label: "sheet.day|Day", of: tabulate.Day, open: true},
}

var modes = []figures.Code{
	{Code: "online", Label: wording.Say("sheet.online|Online")},
	{Code: "telephone_interview", Label: wording.Say("sheet.telephone_interview|Telephone interview")},
	{Code: "face_to_face_interview", Label: wording.Say("sheet.face_to_face_interview|Face-to-face interview")},
	{Code: "paper", Label: wording.Say("sheet.paper|Paper")},
	{Code: "kiosk", Label: wording.Say("sheet.kiosk|Kiosk")},
}

// channelOrder is the order in which channels are listed everywhere.
var channelOrder = []figures.Code{
	{Code: "web", Label: wording.Say("sheet.web|Web")},
	{Code: "telephone", Label: wording.Say("sheet.telephone|Telephone")},
	{Code: "face_to_face", Label: wording.Say("sheet.face_to_face|Face to face")},
	{Code: "email", Label: wording.Say("sheet.email|Email")},
	{Code: "post", Label: wording.Say("sheet.post|Post")},
	{Code: "sms", Label: wording.Say("sheet.sms|SMS")},
	{Code: "kiosk", Label: wording.Say("sheet.kiosk|Kiosk")},
	{Code: "social_media", Label: wording.Say("sheet.social_media|Social media")},
	{Code: "other", Label: wording.Say("sheet.other|Other")},
}

func (b *codebook) channelCodes() []figures.Code {
	out := slices.Clone(channelOrder)
	for i, c := range out {
		for _, n := range b.channels {
			if n.Code == c.Code {
				out[i].Label = n.label()
			}
		}
	}
	return out
}

func (b *codebook) serviceCodes() []figures.Code {
	out := make([]figures.Code, 0, len(b.services))
	for _, s := range b.services {
		out = append(out, figures.Code{Code: s.Code, Label: s.label()})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Label.String() < out[j].Label.String() })
	return out
}

func (b *codebook) pointCodes() []figures.Code {
	out := make([]figures.Code, 0, len(b.points))
	for _, p := range b.points {
		out = append(out, figures.Code{Code: p.Code, Label: p.label()})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Label.String() < out[j].Label.String() })
	return out
}

func (b *codebook) directorateCodes() []figures.Code {
	out := make([]figures.Code, 0, len(b.directorates))
	for _, d := range b.directorates {
		out = append(out, figures.Code{Code: d.Code, Label: d.label()})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Label.String() < out[j].Label.String() })
	return out
}

// dimension finds a dimension by its id: a fixed one, a coded question, or an equality characteristic and its groups.
func (b *codebook) dimension(t *table, id string) (dimension, error) {
	for _, f := range fixed {
		if f.id == id {
			return b.fixed(t, f.id, f.label, tabulate.Field{Of: f.of}, f.fill, f.open), nil
		}
	}
	if c, ok := bank.Find(id); ok { // before the groups: one characteristic is called ethnic_group itself
		return b.equality(t, id, c, false)
	}
	if c, ok := bank.Find(strings.TrimSuffix(id, "_group")); ok {
		return b.equality(t, id, c, true)
	}
	if q, ok := b.merged(id); ok {
		if !q.Coded() {
			return dimension{}, refusal.New(refusal.AboutSplit, id,
				"refusal.cannot_split_a_table|“%s” cannot split a table: only questions answered from a list can.", id)
		}
		return b.question(t, q), nil
	}
	if code, option, ok := strings.Cut(id, ":"); ok {
		if q, ok := b.merged(code); ok && q.Many() {
			if o, ok := q.Option(option); ok {
				return b.ticked(t, id, q, o), nil
			}
			return dimension{}, refusal.New(refusal.AboutSplit, "",
				"refusal.has_no_answer_choose|%s has no answer “%s”. Choose one of its answers.",
				code, option)
		}
	}
	return dimension{}, refusal.New(refusal.AboutSplit, id,
		"refusal.there_is_no_dimension|There is no dimension “%s”. Use channel, mode, service, directorate, access_point, language, "+
			"month, week, day, a question answered from a list, or an equality characteristic such as age or sex.", id)
}

func (b *codebook) fixed(t *table, id, label string, field tabulate.Field, fill func(*codebook) []figures.Code, open bool) dimension {
	d := dimension{Dimension: figures.Dimension{ID: id, Label: wording.Say(label)}, open: open}
	d.label = func(code string) wording.Message { return codeLabel(id, code) }
	at := t.field(field)
	d.codes = func(values []string) []string { return values[at : at+1] }
	d.filter = func(codes []string) tabulate.Filter { return tabulate.Filter{Field: field, Values: codes} }
	if fill != nil {
		d.Codes = fill(b)
	}
	switch id {
	case "service":
		d.coded(at, field, b.rows()["service"])
	case "access_point":
		d.coded(at, field, b.rows()["access_point"])
	case "directorate":
		month := t.field(tabulate.Field{Of: tabulate.Month})
		d.codes = func(values []string) []string { return []string{b.directorate(values[at], values[month])} }
		d.filter = nil
	}
	return d
}

// coded reads a dimension whose values are ids of the database, by the id of each code.
func (d *dimension) coded(at int, field tabulate.Field, ids map[string]string) {
	codes := map[string]string{}
	for code, id := range ids {
		codes[id] = code
	}
	d.codes = func(values []string) []string { return []string{codes[values[at]]} }
	d.filter = func(wanted []string) tabulate.Filter {
		f := tabulate.Filter{Field: field}
		for _, code := range wanted {
			f.Values = append(f.Values, ids[code]) // no code is no id
		}
		return f
	}
}

// notAnswered labels those who did not answer a question.
var notAnswered = wording.Say("sheet.no_answer|No answer")

// codeLabel words the codes of open dimensions, and what has no code.
func codeLabel(id, code string) wording.Message {
	if code == "" {
		switch id {
		case "language":
			return wording.Say("sheet.another_language|Another language")
		case "service":
			return wording.Say("performance.no_service|Not about one service")
		case "channel":
			return wording.Say("performance.no_channel|No channel")
		case "access_point":
			return wording.Say("performance.no_point|No access point")
		}
		return wording.Say("performance.not_known|Not known")
	}
	switch id {
	case "month":
		if at, err := time.Parse("2006-01", code); err == nil {
			return wording.Month(at)
		}
	case "day":
		if at, err := time.Parse(time.DateOnly, code); err == nil {
			return wording.Day(at)
		}
	case "week":
		year, week, _ := strings.Cut(code, "-W")
		return wording.Say("sheet.week_of|Week %s of %s", strings.TrimPrefix(week, "0"), year)
	case "language":
		return wording.Named(wording.LanguageName(code))
	}
	return wording.Plain(code)
}

// question splits by the answers to a coded question; "" is everyone who did not answer it.
func (b *codebook) question(t *table, q question.Question) dimension {
	d := dimension{Dimension: figures.Dimension{ID: q.Code, Label: wording.Named(q.Text), Overlaps: q.Many()}}
	for _, o := range q.Choices() {
		d.Codes = append(d.Codes, figures.Code{Code: o.Code, Label: wording.Named(o.Text)})
	}
	d.Codes = append(d.Codes, figures.Code{Code: "", Label: notAnswered})
	d.label = wording.Plain
	at := t.field(tabulate.AnswerTo(q.Code))
	d.codes = func(values []string) []string {
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
func (b *codebook) ticked(t *table, id string, q question.Question, o question.Option) dimension {
	label := wording.Message{Text: "|%s %s", Args: []any{q.Text, o.Text}}
	d := dimension{Dimension: figures.Dimension{ID: id, Label: label}}
	d.Codes = []figures.Code{{Code: "yes", Label: wording.Say("sheet.ticked|Yes: %s", o.Text)},
		{Code: "no", Label: wording.Say("sheet.not_ticked|No")}, {Code: "", Label: notAnswered}}
	d.label = wording.Plain
	at := t.field(tabulate.AnswerTo(q.Code))
	d.codes = func(values []string) []string {
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

// equality splits by a characteristic, or by its high-level groups. One that was never asked makes no table: every cell
// would be hidden for no reason.
func (b *codebook) equality(t *table, id string, c bank.Characteristic, grouped bool) (dimension, error) {
	if !b.asks(c.ID) {
		var others []string
		for _, known := range bank.IDs() {
			if b.asks(known) {
				others = append(others, known)
			}
		}
		if len(others) == 0 {
			return dimension{}, refusal.New(refusal.AboutSplit, id,
				"refusal.was_never_asked_there|%s was never asked: there are no equality questions here.", id)
		}
		return dimension{}, refusal.New(refusal.AboutSplit, id,
			"refusal.was_never_asked_here|%s was never asked here. The equality characteristics asked are: %s.", id, strings.Join(others, ", "))
	}
	d := dimension{Dimension: figures.Dimension{ID: id, Label: wording.Named(c.Name), Equality: true}}
	d.label = wording.Plain
	listed := c.Codes
	if grouped {
		listed = c.Groups
	}
	for _, l := range listed {
		d.Codes = append(d.Codes, figures.Code{Code: l.Code, Label: wording.Named(l.Text)})
	}
	d.Codes = append(d.Codes, figures.Code{Code: "", Label: notAnswered})
	at := make([]int, len(c.Questions))
	for i, q := range c.Questions {
		at[i] = t.field(tabulate.Field{Of: tabulate.EqualityAnswer, Question: q.ID})
	}
	d.codes = func(values []string) []string {
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
