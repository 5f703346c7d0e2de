package surveys

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/server/staff"
	"yousaid/surveys"
)

// Previewer shows a page of a questionnaire as customers would see it, from a definition that nobody can answer: server/public.
type Previewer interface {
	// Preview renders page index (from 0) of d; at gives the address of another page of the preview. Past the last page it says what comes
	// then.
	Preview(
		c echo.Context,
		org accounts.Organisation,
		d surveys.Definition,
		lang string,
		index int,
		at func(index int, lang string) string,
	) error
}

// PreviewPage is staff/survey_preview: the draft on a phone and on a desk.
type PreviewPage struct {
	page.Page
	ID            int64
	Heading       string
	What          string // "the draft" or "version 2"
	FormLanguages []staff.Language
	Lang          string
	Number        int
	Pages         []page.Link
	Source        string // of the frames
}

// previewed is what the address asks to see: the draft, or a version.
func (p *Pages) previewed(c echo.Context) (s surveys.Survey, d surveys.Definition, version string, err error) {
	if s, err = p.survey(c); err != nil {
		return s, d, "", err
	}
	version = c.QueryParam("version")
	if version == "" || version == draftName {
		d, _, err = p.Surveys.Draft(c.Request().Context(), staff.Organisation(c).ID, s.ID)
		return s, d, draftName, err
	}
	versions, err := p.Surveys.Versions(c.Request().Context(), staff.Organisation(c).ID, s.ID)
	for _, v := range versions {
		if strconv.Itoa(v.Number) == version {
			return s, v.Definition, version, nil
		}
	}
	if err == nil {
		err = surveys.ErrMissing
	}
	return s, d, "", err
}

func previewAddress(survey int64, version string) func(int, string) string {
	return func(index int, lang string) string {
		return fmt.Sprintf("/staff/surveys/%d/preview/%d?%s", survey, index+1, url.Values{"version": {version}, "lang": {lang}}.Encode())
	}
}

// Preview shows the two frames.
func (p *Pages) Preview(c echo.Context) error {
	s, d, version, err := p.previewed(c)
	if err != nil {
		return err
	}
	view := PreviewPage{
		Page:          page.New(c),
		ID:            s.ID,
		What:          versionName(page.New(c), version),
		FormLanguages: staff.Languages(c),
		Lang:          c.QueryParam("lang"),
	}
	view.Framing = page.HoldsFrames
	view.Back = fmt.Sprintf("/staff/surveys/%d", s.ID)
	view.Heading = view.Word(d.Title)
	if view.Lang == "" {
		view.Lang = staff.Organisation(c).Languages[0]
	}
	view.Number, _ = strconv.Atoi(c.QueryParam("page"))
	view.Number = min(max(1, view.Number), max(1, len(d.Pages)))
	for i := range d.Pages {
		n := strconv.Itoa(i + 1)
		view.Pages = append(view.Pages, page.Link{Text: view.T("survey.page|Page %s", n), Current: i+1 == view.Number,
			Href: "?" + url.Values{"version": {version}, "lang": {view.Lang}, "page": {n}}.Encode()})
	}
	view.Source = previewAddress(s.ID, version)(view.Number-1, view.Lang)
	return page.Render(c, http.StatusOK, "staff/survey_preview", view)
}

// PreviewPart is one page of the questionnaire inside a frame. Sent, it leads to the next one and stores nothing.
func (p *Pages) PreviewPart(c echo.Context) error {
	s, d, version, err := p.previewed(c)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Param("page"))
	if err != nil || n < 1 {
		return surveys.ErrMissing
	}
	lang := c.QueryParam("lang")
	if c.Request().Method == http.MethodPost {
		return c.Redirect(http.StatusSeeOther, previewAddress(s.ID, version)(n, lang))
	}
	return p.Previews.Preview(c, staff.Organisation(c), d, lang, n-1, previewAddress(s.ID, version))
}
