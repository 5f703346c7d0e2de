package page

import (
	"slices"
	"strings"

	"yousaid/surveys/bank"
	"yousaid/surveys/question"
)

// Asked is a question in the words of a language, on a page in another perhaps, with the answer that stands on the page.
func (p Page) Asked(q question.Question, lang string, given []string) QuestionView {
	v := QuestionView{
		Code: q.Code, Kind: string(q.Kind), Text: p.find(q.Text, lang), Hint: p.find(q.Hint, lang), Required: q.Required, Max: q.Limit(),
	}
	if !q.Coded() {
		v.Value = Printable(first(given))
		return v
	}
	usual := q.Coded() && len(q.Options) == 0
	for i, o := range q.Choices() {
		apart := o.DontKnow || o.Exclusive
		text := p.find(o.Text, lang)
		if usual {
			if text = p.findOwn(o.Text, lang, usualKey(o.Code)); !wordy(text.Text) {
				text = Text{Text: text.Text}
			}
		}
		v.Options = append(v.Options, OptionView{
			Code: o.Code, Text: text, Chosen: picked(given, o.Code, q.Many()),
			Divider: apart && i > 0 && !v.Options[i-1].Divider,
		})
	}
	return v
}

// find gives words in a language, marked where that is not the page's.
func (p Page) find(words question.Text, lang string) Text {
	text, in := words.In(lang)
	return Wording(text, in, p.Lang)
}

// findOwn does so for words of ours, for which a council may have its own in the language.
func (p Page) findOwn(words question.Text, lang, key string) Text {
	for _, w := range []*Words{p.speaks(), p.script} {
		if w != nil && w.lang == lang && words[lang] == "" && w.list[key].Text != "" {
			return Wording(w.list[key].Text, lang, p.Lang)
		}
	}
	return p.find(words, lang)
}

// picked tells whether an option stands chosen: only one can, but of several-of-many.
func picked(given []string, code string, several bool) bool {
	if several {
		return slices.ContainsFunc(given, func(g string) bool { return strings.TrimSpace(g) == code })
	}
	return strings.TrimSpace(first(given)) == code
}

func first(given []string) string {
	if len(given) == 0 {
		return ""
	}
	return given[0]
}

// Printable shows what no page can show as a mark that can be seen and put right.
func Printable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// grouped is the characteristic whose options stand under the names of their groups, as in the standard.
const grouped = "ethnic_group"

// AboutYou is a question of an equality characteristic in the words of a language, on a page in another perhaps, with the answer that
// stands on the page.
func (p Page) AboutYou(c bank.Characteristic, q bank.Question, lang string, given []string) QuestionView {
	shown := QuestionView{
		Code: q.ID,
		Kind: string(question.Choice),
		Text: p.findOwn(q.Text, lang, aboutKey(q.ID, "question")),
		Hint: p.findOwn(q.Hint, lang, aboutKey(q.ID, "hint")),
	}
	if q.ID == "llti_limit" {
		shown.When = Text{Text: p.T("equality.if_yes|Answer this if you said yes to the question before.")}
	}
	for _, o := range q.Options {
		option := OptionView{
			Code:    o.Code,
			Text:    p.findOwn(o.Text, lang, aboutKey(q.ID, o.Code)),
			Hint:    p.findOwn(o.Hint, lang, aboutKey(q.ID, o.Code+"-hint")),
			Chosen:  picked(given, o.Code, false),
			Divider: !o.Divider.Empty(),
		}
		if c.ID == grouped && o.Group != bank.PreferNotToSay {
			option.Group = p.findOwn(bank.GroupLabel(c.ID, o.Group), lang, aboutKey(c.ID+"-group", o.Group))
		}
		shown.Options = append(shown.Options, option)
	}
	return shown
}
