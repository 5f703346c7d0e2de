package public

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yousaid/server/page"
	"yousaid/surveys"
	"yousaid/surveys/bank"
	"yousaid/surveys/question"
)

// view is what one page of a form is shown with.
type view struct {
	door    *door
	edition *edition
	index   int        // of the page, from 0
	token   string     // or page.TokenMarker
	given   url.Values // answers that stand on the page
	frame   page.Page
	saved   bool // the rating was stored just now
	unsaved bool // what was sent could not be stored just now…
	minutes int  // …because too much came from the same network: so long until it may
}

func (v view) lang() string { return v.frame.Lang }

// address is that of a page of this form, from 0.
func (v view) address(index int) string {
	return v.door.address() + "/" + v.token + "/" + strconv.Itoa(index+1)
}

// thanks is the address of the page after the last.
func (v view) thanks() string { return v.door.address() + "/" + v.token + "/thanks" }

// action is where the page is sent, with the language it is shown in.
func (v view) action() string {
	to := v.door.address()
	if v.index > 0 {
		to = v.address(v.index)
	}
	return to + "?" + shownLanguage + "=" + v.lang()
}

// inOther is the page in another language.
func (v view) inOther(lang string) string {
	return v.address(v.index) + "?" + askedLanguage + "=" + lang
}

// first is the first page before anything was sent, with an option that the link chose, or "".
func (v view) first(chosen string) page.QuestionnairePage {
	code, option := v.edition.firstRating()
	if chosen != "" {
		v.given = url.Values{code: {chosen}}
	}
	v.frame.Form = answersForm
	q := v.questions()
	q.Page.Languages = page.Languages(v.edition.languages, v.lang(), func(lang string) string {
		to := v.door.address() + "?" + askedLanguage + "=" + lang
		if chosen != "" {
			to += "&r=" + url.QueryEscape(chosen)
		}
		return to
	})
	if o, ok := option(chosen); ok {
		q.Chosen = page.Find(o.Text, v.lang())
		if _, err := strconv.Atoi(chosen); err == nil {
			q.Chosen.Text = chosen + ", " + q.Chosen.Text
		}
	}
	return q
}

// questions is a page of the questionnaire.
func (v view) questions() page.QuestionnairePage {
	d, lang := v.edition.definition, v.lang()
	asked := d.Pages[v.index]
	q := page.QuestionnairePage{
		Page: v.frame, Survey: page.Find(d.Title, lang), Heading: page.Find(asked.Title, lang), Service: page.Find(v.door.service, lang),
		Number: v.index + 1, Of: len(d.Pages), Action: v.action(), Token: v.token, Saved: v.saved, Last: v.edition.last(v.index), Unsaved: v.unsaved, TryIn: v.minutes,
	}
	if v.index == 0 {
		q.Intro = page.Find(d.Intro, lang)
		q.Seconds = seconds(d)
	}
	for _, one := range asked.Questions {
		q.Questions = append(q.Questions, shown(one, lang, v.given[one.Code]))
	}
	return q
}

// shown is a question in a language, with the answer that stands on the page.
func shown(q question.Question, lang string, given []string) page.QuestionView {
	v := page.QuestionView{
		Code: q.Code, Kind: string(q.Kind), Text: page.Find(q.Text, lang), Hint: page.Find(q.Hint, lang), Required: q.Required, Max: q.Limit(),
	}
	if !q.Coded() {
		v.Value = printable(first(given))
		return v
	}
	for i, o := range q.Choices() {
		apart := o.DontKnow || o.Exclusive
		v.Options = append(v.Options, page.OptionView{
			Code: o.Code, Text: page.Find(o.Text, lang), Chosen: picked(given, o.Code, q.Kind == question.Several),
			Divider: apart && i > 0 && !v.Options[i-1].Divider,
		})
	}
	return v
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

// printable shows what no page can show as a mark that can be seen and put right.
func printable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// equality is the page of questions about the person. What stands on it was sent just now and not stored; what is stored never comes back.
func (v view) equality() page.EqualityPage {
	d, lang := v.edition.definition, v.lang()
	e := page.EqualityPage{Page: v.frame, Survey: page.Find(d.Title, lang), Action: v.action(), Token: v.token, Unsaved: v.unsaved}
	for _, id := range d.Equality {
		c, ok := bank.Find(id)
		if !ok {
			continue
		}
		for _, q := range c.Questions {
			e.Questions = append(e.Questions, v.about(c, q))
		}
	}
	return e
}

// grouped is the characteristic whose options stand under the names of their groups, as in the standard.
const grouped = "ethnic_group"

func (v view) about(c bank.Characteristic, q bank.Question) page.QuestionView {
	lang := v.lang()
	shown := page.QuestionView{Code: q.ID, Kind: string(question.Choice), Text: page.Find(q.Text, lang), Hint: page.Find(q.Hint, lang)}
	if q.ID == "llti_limit" {
		shown.When = page.Text{Text: v.frame.T("equality.if_yes|Answer this if you said yes to the question before.")}
	}
	for _, o := range q.Options {
		option := page.OptionView{Code: o.Code, Text: page.Find(o.Text, lang), Hint: page.Find(o.Hint, lang), Chosen: picked(v.given[q.ID], o.Code, false),
			Divider: !o.Divider.Empty()}
		if c.ID == grouped && o.Group != bank.PreferNotToSay {
			option.Group = page.Find(bank.GroupLabel(c.ID, o.Group), lang)
		}
		shown.Options = append(shown.Options, option)
	}
	return shown
}

// seconds is about how long a questionnaire takes, without the questions about the person: ten for a choice, thirty for words of one's own.
func seconds(d surveys.Definition) int {
	n := 0
	for _, q := range d.Questions() {
		if q.Free() {
			n += 30
		} else {
			n += 10
		}
	}
	return n
}
