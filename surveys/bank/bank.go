// Package bank holds ready questions and questionnaires: the harmonised equality questions, and templates a council can start from.
//
// harmonised.json gathers the questions of the Government Statistical Service's harmonised standards and of the Census 2021 for
// England and Wales, with the Welsh of the census (Office for National Statistics, Open Government Licence v3.0) and of GOV.UK
// Forms (Crown copyright, MIT licence). Each entry names its source. What the sources do not have in Welsh stands in welsh.go and
// has not been checked by a speaker.
package bank

import (
	"slices"
	"strings"

	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// PreferNotToSay is the code of "Prefer not to say": an answer, unlike a question left blank.
const PreferNotToSay = "pns"

// Characteristic is something about a person that the law or the council asks to compare: tables name it by its ID, as a dimension.
type Characteristic struct {
	ID        string
	Name      question.Text // short, for the head of a table
	Special   bool          // special category data (UK GDPR Article 9), or to be treated alike
	Questions []Question    // asked in the form, in this order
	Codes     []Label       // every value a table can have, in order, "pns" last
	Groups    []Label       // every value of the high-level grouping, in order, "pns" last
}

// Question is one harmonised question. Its ID is the name of the form field and the key of the stored answer.
type Question struct {
	ID          string
	Text        question.Text
	Hint        question.Text
	Options     []Option
	NotReviewed bool // the Welsh of the question or of an option was not checked by a speaker
}

// Option is one answer to a harmonised question.
type Option struct {
	Code    string
	Group   string        // the code of its high-level group; "pns" for "pns"; "" where only the characteristic has groups
	Text    question.Text // what is shown
	Hint    question.Text // a line below it; may be empty
	Divider question.Text // the word above it that sets it apart ("or"); empty for most
}

// Key names a text of a question in the lists of translations: of its question, its hint ("hint"), an answer, or the hint of one. "Prefer
// not to say" is one wording for all of them.
func Key(question, text string) string {
	if text == PreferNotToSay {
		return "about.pns"
	}
	return "about." + question + "." + text
}

// In tables a characteristic is called by its name, its values by their codes and its groups by theirs; in lists of translations by
// these keys.
func (c Characteristic) nameKey() string { return Key(c.ID, "name") }

func (c Characteristic) groupKey(code string) string { return Key(c.ID+"-group", code) }

func (c Characteristic) codeKey(code string) string {
	if c.ID == "disability" { // its values are made of two questions
		return c.groupKey(code)
	}
	return Key(c.Questions[0].ID, code)
}

// Called is the name of a characteristic, in every language that the program speaks.
func (c Characteristic) Called() wording.Ours { return wording.Ours{Key: c.nameKey(), Names: c.Name} }

// Value is what a value of a characteristic is called in tables.
func (c Characteristic) Value(code string) wording.Ours {
	return wording.Ours{Key: c.codeKey(code), Names: label(c.Codes, code)}
}

// Group is what a high-level group is called in tables.
func (c Characteristic) Group(code string) wording.Ours {
	return wording.Ours{Key: c.groupKey(code), Names: label(c.Groups, code)}
}

// KeyOf is the key of the name of a dimension of tables (""), of a value, or of a group ("group:…"); "" where it is no characteristic.
func KeyOf(dimension, code string) string {
	c, ok := Find(dimension)
	group, grouped := strings.CutPrefix(code, "group:")
	if !ok {
		if c, ok = Find(strings.TrimSuffix(dimension, "_group")); !ok {
			return ""
		}
		group, grouped = code, code != ""
	}
	switch {
	case grouped:
		return c.groupKey(group)
	case code != "":
		return c.codeKey(code)
	}
	return c.nameKey()
}

// Words lists the texts of a characteristic by their keys: those of its questions, in the order in which they are asked, and those of
// tables alone.
func (c Characteristic) Words() (asked, tables []wording.Ours) {
	add := func(to *[]wording.Ours, key string, text question.Text) {
		if text["en"] != "" {
			*to = append(*to, wording.Ours{Key: key, Names: text})
		}
	}
	for _, q := range c.Questions {
		add(&asked, Key(q.ID, "question"), q.Text)
		add(&asked, Key(q.ID, "hint"), q.Hint)
		for _, o := range q.Options {
			add(&asked, Key(q.ID, o.Code), o.Text)
			add(&asked, Key(q.ID, o.Code+"-hint"), o.Hint)
		}
	}
	groups := &tables
	if c.ID == Grouped {
		groups = &asked
	}
	for _, g := range c.Groups {
		add(groups, c.groupKey(g.Code), g.Text)
	}
	add(&tables, c.nameKey(), c.Name)
	return asked, tables
}

// Grouped is the characteristic whose options stand under the names of their groups in the form, as in the standard.
const Grouped = "ethnic_group"

// Label is a code and what people call it.
type Label struct {
	Code string
	Text question.Text
}

// As makes the harmonised question a question of kind choice, so that question.Parse can read its answer. It is never required.
func (q Question) As() question.Question {
	as := question.Question{Code: q.ID, Kind: question.Choice, Bank: q.ID, Text: q.Text, Hint: q.Hint}
	for _, o := range q.Options {
		as.Options = append(as.Options, question.Option{Code: o.Code, Text: o.Text, DontKnow: o.Code == PreferNotToSay})
	}
	return as
}

// Characteristics lists what can be asked, in the order of the standard. Deprivation is not offered: it needs a postcode.
func Characteristics() []Characteristic { return characteristics() }

// IDs lists the ids of all characteristics.
func IDs() []string {
	var ids []string
	for _, c := range characteristics() {
		ids = append(ids, c.ID)
	}
	return ids
}

// Find gives the characteristic with the id.
func Find(id string) (Characteristic, bool) {
	for _, c := range characteristics() {
		if c.ID == id {
			return c, true
		}
	}
	return Characteristic{}, false
}

// Asked lists the questions of the characteristics, in the order given; unknown ids are left out.
func Asked(ids []string) []Question {
	var asked []Question
	for _, id := range ids {
		c, _ := Find(id)
		asked = append(asked, c.Questions...)
	}
	return asked
}

// Derive gives the value of a characteristic from stored answers by question id: one of Codes, or "" where nothing or nothing
// decisive was answered.
func Derive(characteristic string, answers map[string]string) string {
	if characteristic == "disability" {
		return disability(answers["llti"], answers["llti_limit"])
	}
	c, ok := Find(characteristic)
	if !ok {
		return ""
	}
	given := answers[c.Questions[0].ID]
	if slices.ContainsFunc(c.Codes, func(l Label) bool { return l.Code == given }) {
		return given
	}
	return ""
}

// disability is the core definition of the Equality Act 2010: a long-lasting condition that limits a little or a lot. "pns" where
// somebody's wish not to say leaves it open, "" where a blank does.
func disability(condition, limit string) string {
	switch {
	case condition == "no":
		return "not_disabled"
	case condition == PreferNotToSay, limit == PreferNotToSay:
		return PreferNotToSay
	case condition == "yes" && (limit == "lot" || limit == "little"):
		return "disabled"
	case condition == "yes" && limit == "not":
		return "not_disabled"
	default:
		return ""
	}
}

// Group gives the high-level group of a value: one of Groups, or "" for an unknown or blank one.
func Group(characteristic, code string) string {
	c, _ := Find(characteristic)
	if characteristic == "disability" {
		if slices.ContainsFunc(c.Codes, func(l Label) bool { return l.Code == code }) {
			return code
		}
		return ""
	}
	for _, q := range c.Questions {
		for _, o := range q.Options {
			if o.Code == code {
				return o.Group
			}
		}
	}
	return ""
}

// Codes lists every value a characteristic can have, in order, "pns" last; nil for an unknown characteristic.
func Codes(characteristic string) []string {
	c, _ := Find(characteristic)
	return codes(c.Codes)
}

func codes(labels []Label) []string {
	var all []string
	for _, l := range labels {
		all = append(all, l.Code)
	}
	return all
}

func label(labels []Label, code string) question.Text {
	for _, l := range labels {
		if l.Code == code {
			return l.Text
		}
	}
	return nil
}
