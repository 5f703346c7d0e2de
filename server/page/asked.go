package page

import (
	"slices"
	"strings"

	"yousaid/surveys/bank"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// Asked is a question in the words of a language, on a page in another perhaps, with the answer that stands on the page.
func (p Page) Asked(q question.Question, lang string, given []string) QuestionView {
	v := QuestionView{Question: q, Code: q.Code, Kind: string(q.Kind), Required: q.Required, Words: map[string]Text{}}
	for _, a := range question.Attributes {
		if words, ok := a.Of(&q).(*question.Text); ok {
			v.Words[a.Key] = p.find(*words, lang)
		}
	}
	v.Text, v.Hint = v.Words["text"], v.Words["hint"]
	if !q.Coded() {
		v.Value = Printable(first(given))
		return v
	}
	for i, o := range q.Choices() {
		apart := o.DontKnow || o.Exclusive
		v.Options = append(v.Options, OptionView{
			Code: o.Code, Text: p.find(q.Word(o), lang), Chosen: picked(given, o.Code, q.Many()),
			Divider: apart && i > 0 && !v.Options[i-1].Divider,
		})
	}
	return v
}

// find gives words in a language, that of the page or the one in which its questions are read out, marked where it is not the page's.
func (p Page) find(words wording.Names, lang string) Text {
	text, in := words.In(lang)
	for _, w := range []*Words{p.speaks(), p.script} {
		if w != nil && w.lang == lang && in != lang {
			text, in = w.named(words)
		}
	}
	return Wording(text, in, p.Lang)
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

// AboutYou is a question of an equality characteristic in the words of a language, on a page in another perhaps, with the answer that
// stands on the page.
func (p Page) AboutYou(c bank.Characteristic, q bank.Question, lang string, given []string) QuestionView {
	shown := QuestionView{
		Code: q.ID,
		Kind: string(question.Choice),
		Text: p.find(ours(q.Text, q.ID, "question"), lang),
		Hint: p.find(ours(q.Hint, q.ID, "hint"), lang),
	}
	if q.ID == "llti_limit" {
		shown.When = Text{Text: p.T("equality.if_yes|Answer this if you said yes to the question before.")}
	}
	for _, o := range q.Options {
		option := OptionView{
			Code:    o.Code,
			Text:    p.find(ours(o.Text, q.ID, o.Code), lang),
			Hint:    p.find(ours(o.Hint, q.ID, o.Code+"-hint"), lang),
			Chosen:  picked(given, o.Code, false),
			Divider: !o.Divider.Empty(),
		}
		if c.ID == bank.Grouped && o.Group != bank.PreferNotToSay {
			option.Group = p.find(c.Group(o.Group), lang)
		}
		shown.Options = append(shown.Options, option)
	}
	return shown
}

// ours is a text of a question of ours, with the key of its translations.
func ours(text question.Text, asked, what string) wording.Ours {
	return wording.Ours{Key: bank.Key(asked, what), Names: text}
}
