package translations

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/server/translations"
	"yousaid/surveys/permission"
	"yousaid/surveys/wording"
)

// mostWordings is how many wordings one page of the list has.
const mostWordings = 25

// TranslationPartPage is staff/translation_part: wordings of a part with fields for their translation.
type TranslationPartPage struct {
	page.Page
	Line          TranslatedLine
	Part          string
	PartName      string
	All, Complete int
	From          int    // of the first wording, from 0
	Only          string // "missing" lists those alone
	Wordings      []WordingFields
	Pager         page.Pager
	Action        string
	May           bool
}

// WordingFields is a wording in English with the fields of its translation.
type WordingFields struct {
	Key     string
	English string
	Counts  bool   // it has forms for numbers
	Gaps    string // what has to stand in the translation too
	Changed string // the English that was translated, where it is another now
	Stands  string // a text in English in which it stands, where it has another form by itself
	Fields  []WordingField
}

// ID is where the wording stands on the page.
func (w WordingFields) ID() string { return idOf(w.Key) }

// Several tells whether it has forms for numbers.
func (w WordingFields) Several() bool { return w.Counts }

// Hinted tells whether something is said about it.
func (w WordingFields) Hinted() bool { return w.Gaps != "" || w.Changed != "" || w.Stands != "" }

// Described gives the ids of what is said about a field.
func (w WordingFields) Described(f WordingField) string {
	var ids []string
	if w.Hinted() {
		ids = append(ids, w.ID()+"-hint")
	}
	if f.Problem != "" {
		ids = append(ids, f.ID+"-error")
	}
	return strings.Join(ids, " ")
}

// WordingField is a field for one text: its name is that of the wording, and its form.
type WordingField struct {
	Name    string
	ID      string
	English string
	Form    string // for which numbers it stands; "" for one that does not count
	Value   string
	Was     string
	Problem string
	Lines   int
}

func idOf(name string) string { return "w-" + strings.NewReplacer(".", "-", ":", "-").Replace(name) }

// formWords name the forms for numbers.
func formWords(frame page.Page, f page.PluralForm) string {
	if f.Single {
		return frame.T("translations.for_number|for %s", translations.Examples(f))
	}
	return frame.T("translations.for_numbers_such_as|for numbers such as %s", translations.Examples(f))
}

func fieldName(key, form string) string {
	if form == "" {
		return key
	}
	return key + ":" + form
}

// translationPart reads a part of a language. What was sent stands in the fields again.
func (p *Pages) translationPart(c echo.Context, l translations.Language) (TranslationPartPage, error) {
	part := page.Part(c.Param("part"))
	at := slices.IndexFunc(l.Parts, func(s translations.PartStatus) bool { return s.Part == part })
	if at < 0 {
		return TranslationPartPage{}, translations.ErrMissing
	}
	base := "/staff/translations/" + l.Lang
	view := TranslationPartPage{
		Page:     page.New(c),
		Line:     languageLine(c, l.Status),
		Part:     string(part),
		PartName: page.T(c, partWords[part]),
		All:      l.Parts[at].All,
		Complete: l.Parts[at].Complete,
		May:      permission.Holds(signin.Of(c).Actor, permission.ManageSurveys),
	}
	view.Back = base
	if c.QueryParam("show") == "missing" {
		view.Only = "missing"
	}
	var list []page.Message
	for _, m := range p.Set.Messages() {
		if m.Part == part &&
			(view.Only == "" || !m.Complete(l.Lang, l.Words[m.Key]) || c.Request().PostForm.Has("was:"+fieldName(m.Key, firstForm(m, l.Lang)))) {
			list = append(list, m)
		}
	}
	view.From, _ = strconv.Atoi(c.QueryParam("from"))
	view.From = max(0, min(view.From, len(list)))
	to := min(len(list), view.From+mostWordings)
	for _, m := range list[view.From:to] {
		view.Wordings = append(view.Wordings, fieldsOf(view.Page, m, l))
	}
	address := func(from int) string {
		q := url.Values{}
		if from > 0 {
			q.Set("from", strconv.Itoa(from))
		}
		if view.Only != "" {
			q.Set("show", view.Only)
		}
		if len(q) == 0 {
			return base + "/" + view.Part
		}
		return base + "/" + view.Part + "?" + q.Encode()
	}
	view.Action = address(view.From)
	if view.From > 0 {
		view.Pager.Newer = address(max(0, view.From-mostWordings))
	}
	if to < len(list) {
		view.Pager.Older = address(to)
	}
	return view, nil
}

func firstForm(m page.Message, lang string) string {
	if forms := m.FormsOf(lang); forms != nil {
		return forms[0].Name
	}
	return ""
}

func fieldsOf(frame page.Page, m page.Message, l translations.Language) WordingFields {
	w := WordingFields{Key: m.Key, English: m.English.Text, Gaps: strings.Join(m.Gaps(), " ")}
	if l.Changed(m) {
		w.Changed = l.English[m.Key]
	}
	if strings.HasPrefix(m.Key, wording.InDate) {
		w.Stands = "1 " + m.English.Text
	}
	field := func(form, english, now string) WordingField {
		name := fieldName(m.Key, form)
		return WordingField{Name: name, ID: idOf(name), English: english, Value: now, Was: now, Lines: 1 + len(english)/40}
	}
	forms := m.FormsOf(l.Lang)
	if w.Counts = forms != nil; w.Counts {
		w.English = m.English.Forms["other"]
	} else {
		w.Fields = []WordingField{field("", m.English.Text, l.Words[m.Key].Text)}
	}
	for _, f := range forms {
		english := m.English.Forms["other"]
		if slices.Equal(f.Examples, []int{1}) {
			english = m.English.Forms["one"]
		}
		one := field(f.Name, english, l.Words[m.Key].Forms[f.Name])
		one.Form = formWords(frame, f)
		w.Fields = append(w.Fields, one)
	}
	return w
}

// TranslationPart shows wordings of a part.
func (p *Pages) TranslationPart(c echo.Context) error {
	l, err := p.Words.Language(c.Request().Context(), staff.Organisation(c).ID, c.Param("language"))
	if err != nil {
		return err
	}
	view, err := p.translationPart(c, l)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/translation_part", view)
}

// SaveTranslation saves the texts of a page that are right, and shows the others again.
func (p *Pages) SaveTranslation(c echo.Context) error {
	ctx, org, lang := c.Request().Context(), staff.Organisation(c).ID, c.Param("language")
	saved, err := p.Words.Save(ctx, signin.Of(c).Actor, lang, p.writtenWords(c))
	if err != nil {
		return err
	}
	l, err := p.Words.Language(ctx, org, lang)
	if err != nil {
		return err
	}
	view, err := p.translationPart(c, l)
	if err != nil {
		return err
	}
	said := page.New(c).Plural("translation.saved|%s text is saved|%s texts are saved", saved.Saved, page.Number(saved.Saved))
	if len(saved.Kept) == 0 {
		page.Flash(c, fmt.Sprintf("%s. %s", said, stillMissing(c, lang, saved.Missing)))
		return c.Redirect(http.StatusSeeOther, view.Action)
	}
	view.keep(saved.Kept)
	if saved.Saved > 0 {
		view.Flash = &page.FlashMessage{Text: view.T("translations.the_others_are_marked|%s. The others are marked below.", said), Good: true}
	}
	return page.Render(c, http.StatusUnprocessableEntity, "staff/translation_part", view)
}

func stillMissing(c echo.Context, lang string, n int) string {
	if n == 0 {
		return page.T(c, "translations.surveys_can_be_published|Surveys can be published in %s.", page.New(c).LanguageWord(lang))
	}
	return page.New(c).
		Plural("translation.missing|%s wording that surveys need is missing.|%s wordings that surveys need are missing.", n, page.Number(n))
}

// writtenWords are the texts of a form, each with what stood there when it was opened.
func (p *Pages) writtenWords(c echo.Context) (changes []translations.Change) {
	form, lang := c.Request().PostForm, c.Param("language")
	for _, m := range p.Set.Messages() {
		names := []string{""}
		if forms := m.FormsOf(lang); forms != nil {
			names = nil
			for _, f := range forms {
				names = append(names, f.Name)
			}
		}
		for _, name := range names {
			if field := fieldName(m.Key, name); form.Has(field) {
				was := form.Get("was:" + field)
				changes = append(changes, translations.Change{Key: m.Key, Form: name, Text: strings.TrimSpace(form.Get(field)), Was: &was})
			}
		}
	}
	return changes
}

// keep shows the texts that were not saved again, each with what is wrong with it.
func (v *TranslationPartPage) keep(kept []translations.Kept) {
	for _, k := range kept {
		name := fieldName(k.Key, k.Form)
		for i := range v.Wordings {
			for j := range v.Wordings[i].Fields {
				f := &v.Wordings[i].Fields[j]
				if f.Name == name {
					f.Value, f.Problem, f.Was = page.Printable(k.Text), v.Say(k.Why), k.Now
					v.Problems.Add(f.ID, v.Say(wording.Say("translations.about|“%s”: %s", beginning(f.English), k.Why)))
				}
			}
		}
	}
}

// beginning is a wording short enough to name it by.
func beginning(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return strings.TrimSpace(string(r[:most-1])) + "…"
	}
	return s
}
