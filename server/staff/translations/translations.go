package translations

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/server/translations"
	"yousaid/surveys/permission"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/wording"
)

// partWords name the parts of the list of wordings.
var partWords = map[page.Part]string{
	page.PartQuestions: "translations.pages_with_questions|Pages with questions",
	page.PartAnswers:   "translations.what_to_put_right|What to put right in an answer",
	page.PartAfter:     "translations.thanks_receipts_and_closed|Thanks, receipts and closed forms",
	page.PartErrors:    "translations.when_something_goes_wrong|When something goes wrong",
	page.PartNotices:   "translations.privacy_cookies_and_accessibility|Privacy, cookies and accessibility",
	page.PartAbout:     "translations.questions_about_the_person|Questions about the person",
	page.PartCouncil:   "translations.what_the_council_publishes|What the council publishes",
}

// partUses say who needs a part.
var partUses = map[page.Part]string{
	page.PartAbout: "translations.needed_for_surveys_that|Needed for surveys that ask them.",
	page.PartCouncil: "translations.not_needed_for_surveys|Not needed for surveys. With all of it, “You said, we did” and the published " +
		"figures are in the language too.",
}

// TranslationsPage is staff/translations.
type TranslationsPage struct {
	page.Page
	Languages []TranslatedLine
	Choices   []page.Option // languages to start
	Language  string
	Code      string
	Table     page.Table // Welsh that nobody has checked
	Count     int
	Staff     []string // how much of the staff pages stays in English, by language
	May       bool     // may translate
}

// TranslatedLine is a language that the council translates into.
type TranslatedLine struct {
	Lang, Dir, Name, Own string
	Missing              int
	Used                 bool // it is a language of the council
	Started              bool // there is something to open
	Forms                bool
}

func languageLine(c echo.Context, s translations.Status) TranslatedLine {
	return TranslatedLine{
		Lang:    s.Lang,
		Dir:     page.Direction(s.Lang),
		Name:    page.New(c).LanguageWord(s.Lang),
		Own:     page.LanguageName(s.Lang),
		Missing: s.Missing,
		Forms:   s.Forms,
		Started: len(s.Parts) > 0,
		Used:    slices.Contains(staff.Organisation(c).Languages, s.Lang),
	}
}

func (p *Pages) translationsPage(c echo.Context) (TranslationsPage, error) {
	view := TranslationsPage{Page: page.New(c), May: permission.Holds(signin.Of(c).Actor, permission.ManageSurveys)}
	view.Back = "/staff/settings"
	list, err := p.Words.Languages(c.Request().Context(), staff.Organisation(c).ID)
	if err != nil {
		return view, err
	}
	started := map[string]bool{}
	for _, s := range list {
		started[s.Lang] = true
		view.Languages = append(view.Languages, languageLine(c, s))
	}
	for _, lang := range staff.Organisation(c).Languages { // those that surveys are waiting for
		if !started[lang] && !p.Set.Speaks(lang) {
			view.Languages = append(view.Languages, languageLine(c, translations.Status{Lang: lang, Missing: p.needed()}))
			started[lang] = true
		}
	}
	view.Choices = append(view.Choices, page.Option{Text: view.T("translations.choose|Choose")})
	for _, lang := range page.KnownLanguages(nil) {
		if !started[lang] && !p.Set.Speaks(lang) {
			view.Choices = append(view.Choices, page.Option{Value: lang, Text: view.LanguageWord(lang) + " – " + page.LanguageName(lang)})
		}
	}
	slices.SortFunc(view.Choices[1:], func(a, b page.Option) int { return strings.Compare(a.Text, b.Text) })
	for _, lang := range p.Set.Shipped()[1:] {
		missing, all := p.Set.Untranslated(lang)
		view.Staff = append(view.Staff, view.T("translation.staff_left|%s: still in English: %s of %s.",
			view.LanguageWord(lang), page.Number(missing), page.Number(all)))
	}
	words := p.Set.UnreviewedWelsh()
	view.Count = len(words)
	view.Table = page.Table{
		Caption: view.T("translations.welsh_wordings_that_no|Welsh wordings that no speaker has checked"),
		Columns: []page.Column{
			{Text: view.T("translations.english|English")},
			{Text: view.T("translations.welsh|Welsh")},
			{Text: view.T("translations.where|Where")},
		},
	}
	for _, w := range words {
		view.Table.Rows = append(view.Table.Rows, []page.Cell{{Text: w.English, Head: true}, {Text: w.Text}, {Text: w.Key}})
	}
	return view, nil
}

// needed is how many wordings every questionnaire needs.
func (p *Pages) needed() (n int) {
	for _, m := range p.Set.Messages() {
		if m.Needed(nil) {
			n++
		}
	}
	return n
}

// Translations lists the languages that the council translates into, and the Welsh that customers see and no speaker has checked.
func (p *Pages) Translations(c echo.Context) error {
	view, err := p.translationsPage(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/translations", view)
}

// AddTranslation starts a language.
func (p *Pages) AddTranslation(c echo.Context) error {
	lang, code := staff.PlainText(c.FormValue("language")), staff.PlainText(c.FormValue("code"))
	wanted := lang
	if code != "" {
		wanted = code
	}
	err := p.Words.Add(c.Request().Context(), signin.Of(c).Actor, wanted)
	if err == nil {
		return c.Redirect(http.StatusSeeOther, "/staff/translations/"+wanted)
	}
	view, failed := p.translationsPage(c)
	if failed != nil {
		return failed
	}
	view.Language, view.Code = lang, code
	if err := staff.PutRefusals(view.Page, &view.Problems, err, func(string) string {
		if code != "" {
			return "code"
		}
		return "language"
	}); err != nil {
		return err
	}
	return page.Render(c, http.StatusUnprocessableEntity, "staff/translations", view)
}

// TranslationPage is staff/translation: a language, part by part.
type TranslationPage struct {
	page.Page
	Line    TranslatedLine
	Needed  int
	Parts   []PartLine
	May     bool
	Empty   bool // nothing is translated
	Refused []translations.FileProblem
	Done    string // what became of a file
}

// PartLine is a part of the list with how much of it is translated.
type PartLine struct {
	Href, Name, Use string
	All, Complete   int
}

// Whole tells whether nothing is missing.
func (l PartLine) Whole() bool { return l.All == l.Complete }

func (p *Pages) translationPage(c echo.Context, l translations.Language) TranslationPage {
	view := TranslationPage{
		Page:   page.New(c),
		Line:   languageLine(c, l.Status),
		Needed: p.needed(),
		Empty:  len(l.Words) == 0,
		May:    permission.Holds(signin.Of(c).Actor, permission.ManageSurveys),
	}
	view.Back = "/staff/translations"
	for _, part := range l.Parts {
		view.Parts = append(
			view.Parts,
			PartLine{
				Href:     "/staff/translations/" + l.Lang + "/" + string(part.Part),
				Name:     view.T(partWords[part.Part]),
				Use:      view.T(partUses[part.Part]),
				All:      part.All,
				Complete: part.Complete,
			},
		)
	}
	return view
}

// Translation shows a language, part by part.
func (p *Pages) Translation(c echo.Context) error {
	l, err := p.Words.Language(c.Request().Context(), staff.Organisation(c).ID, c.Param("language"))
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/translation", p.translationPage(c, l))
}

// ChangeTranslation does what a button says: "upload", "remove".
func (p *Pages) ChangeTranslation(c echo.Context) error {
	ctx, actor, lang := c.Request().Context(), signin.Of(c).Actor, c.Param("language")
	switch c.FormValue("do") {
	case "upload":
		return p.uploadTranslation(c)
	case "remove":
		if err := p.Words.Remove(ctx, actor, lang); err != nil {
			return err
		}
		page.Flash(c, page.T(c, "translations.is_taken_off_the|%s is taken off the list.", page.New(c).LanguageWord(lang)))
		return c.Redirect(http.StatusSeeOther, "/staff/translations")
	}
	return echo.NewHTTPError(http.StatusBadRequest)
}

// uploadTranslation saves what is right in a file, and lists the lines that are not.
func (p *Pages) uploadTranslation(c echo.Context) error {
	ctx, lang := c.Request().Context(), c.Param("language")
	body, err := sentTranslation(c)
	var changes []translations.Change
	var problems []translations.FileProblem
	if err == nil {
		changes, problems, err = translations.Read(body)
	}
	var saved translations.Saved
	if err == nil {
		saved, err = p.Words.Save(ctx, signin.Of(c).Actor, lang, changes)
	}
	l, failed := p.Words.Language(ctx, staff.Organisation(c).ID, lang)
	if failed != nil {
		return failed
	}
	view := p.translationPage(c, l)
	if err != nil {
		if err := staff.PutRefusals(view.Page, &view.Problems, err, func(string) string { return "file" }); err != nil {
			return err
		}
		return page.Render(c, http.StatusUnprocessableEntity, "staff/translation", view)
	}
	for _, k := range saved.Kept {
		name := k.Key
		if k.Form != "" {
			name += ", " + k.Form
		}
		problems = append(problems, translations.FileProblem{Key: name, Why: k.Why})
	}
	view.Refused = problems
	view.Done = view.T(
		"translations.from_the_file|%s from the file.",
		page.New(c).Plural("translation.saved|%s text is saved|%s texts are saved", saved.Saved, page.Number(saved.Saved)),
	)
	if len(problems) == 0 {
		page.Flash(c, view.Done)
		return c.Redirect(http.StatusSeeOther, "/staff/translations/"+lang)
	}
	view.Problems.Add(
		"file",
		page.New(c).
			Plural("translation.refused|%s line of the file was not taken. It is listed below.|%s lines of the file were not taken. They are "+
				"listed below.", len(problems), page.Number(len(problems))),
	)
	return page.Render(c, http.StatusUnprocessableEntity, "staff/translation", view)
}

// sentTranslation reads the file of the form. The middleware has bounded the whole form.
func sentTranslation(c echo.Context) ([]byte, error) {
	header, err := c.FormFile("file")
	if err != nil {
		return nil, wording.Refuse("file", "translations.choose_a_file|Choose a file.")
	}
	file, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(file)
}

// TranslationFile is the list of a language as a CSV file for a translator: all of it, or one part.
func (p *Pages) TranslationFile(c echo.Context) error {
	l, err := p.Words.Language(c.Request().Context(), staff.Organisation(c).ID, c.Param("language"))
	if err != nil {
		return err
	}
	part := page.Part(c.QueryParam("part"))
	if _, known := partWords[part]; part != "" && !known {
		return echo.ErrNotFound
	}
	plain := page.New(c).Plain()
	var b bytes.Buffer
	if err := translations.Write(&b, p.Set.Messages(), l, part, func(part page.Part) string { return plain.T(partWords[part]) }); err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="words-`+l.Lang+`.csv"`)
	csv, _ := tablefile.Named("csv", tablefile.Format.HoldsTables)
	return c.Blob(http.StatusOK, csv.MIME, b.Bytes())
}
