package public

import (
	"net/url"
	"strconv"

	"yousaid/server/page"
	"yousaid/surveys"
	"yousaid/surveys/bank"
	"yousaid/surveys/responses"
)

// view is what one page of a form is shown with.
type view struct {
	target  *linkTarget
	edition *edition
	index   int // of the page, from 0
	form    responses.Form
	token   string     // the form's, or page.TokenMarker
	given   url.Values // answers that stand on the page
	frame   page.Page
	saved   bool // the rating was stored just now
	unsaved bool // what was sent could not be stored just now…
	minutes int  // …because too much came from the same network: so long until it may
}

func (v view) lang() string { return v.frame.Lang }

// address is that of a page of this form, from 0.
func (v view) address(index int) string {
	return v.target.address() + "/" + v.token + "/" + strconv.Itoa(index+1)
}

// thanks is the address of the page after the last.
func (v view) thanks() string { return v.target.address() + "/" + v.token + "/thanks" }

// action is where the page is sent, with the language it is shown in.
func (v view) action() string {
	to := v.target.address()
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
		to := v.target.address() + "?" + askedLanguage + "=" + lang
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
		Page: v.frame, Survey: page.Find(d.Title, lang), Heading: page.Find(asked.Title, lang), Service: page.Find(v.target.service, lang),
		Number: v.index + 1, Of: len(d.Pages), Action: v.action(), Token: v.token, Saved: v.saved, Last: v.edition.last(v.index),
		Unsaved: v.unsaved, TryIn: v.minutes,
	}
	if v.index == 0 {
		q.Intro = page.Find(d.Intro, lang)
		q.Seconds = seconds(d)
	}
	for _, one := range asked.Questions {
		q.Questions = append(q.Questions, v.frame.Asked(one, lang, v.given[one.Code]))
	}
	return q
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
			e.Questions = append(e.Questions, v.frame.AboutYou(c, q, v.lang(), v.given[q.ID]))
		}
	}
	return e
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
