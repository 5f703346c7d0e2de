package surveys

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/staff"
	"yousaid/surveys"
)

// VersionsPage is staff/survey_versions: every version, and what changed between two of them in words.
type VersionsPage struct {
	page.Page
	ID       int64
	Heading  string
	Table    page.Table
	From, To []page.Option
	Compared bool
	Names    [2]string
	Changes  []surveys.Change
}

// draftName is what the draft is called among versions.
const draftName = "draft"

// SurveyVersions lists the versions of a survey and compares two: the last one and the draft unless others are asked for.
func (p *Pages) SurveyVersions(c echo.Context) error {
	s, err := p.survey(c)
	if err != nil {
		return err
	}
	ctx, org := c.Request().Context(), staff.Organisation(c)
	versions, err := p.Surveys.Versions(ctx, org.ID, s.ID)
	if err != nil {
		return err
	}
	d, _, err := p.Surveys.Draft(ctx, org.ID, s.ID)
	if err != nil {
		return err
	}
	view := VersionsPage{Page: page.New(c), ID: s.ID}
	view.Back = fmt.Sprintf("/staff/surveys/%d", s.ID)
	view.Heading = view.Word(d.Title)
	view.Table = page.Table{
		Caption: view.T("survey.versions_newest_first|Versions, newest first"),
		Columns: []page.Column{
			{Text: view.T("survey.version|Version")},
			{Text: view.T("survey.published|Published")},
			{Text: view.T("survey.questions|Questions"), Number: true},
		},
	}
	all := map[string]surveys.Definition{draftName: d}
	from, to := c.QueryParam("from"), c.QueryParam("to")
	for i := len(versions) - 1; i >= 0; i-- {
		v := versions[i]
		name := strconv.Itoa(v.Number)
		all[name] = v.Definition
		view.Table.Rows = append(
			view.Table.Rows,
			[]page.Cell{
				{Text: view.T("survey.version_2|Version %s", name), Head: true, Href: fmt.Sprintf("/staff/surveys/%d/preview?version=%s", s.ID, name)},
				{Text: view.Date(v.PublishedAt.In(org.Zone()))},
				{Text: strconv.Itoa(len(v.Definition.Questions())), Number: true},
			},
		)
	}
	if from == "" && len(versions) > 0 {
		from, to = strconv.Itoa(versions[len(versions)-1].Number), draftName
	}
	for i := range versions {
		name := strconv.Itoa(versions[i].Number)
		view.From = append(view.From, page.Option{Value: name, Text: view.T("survey.version_2|Version %s", name), Chosen: from == name})
		view.To = append(view.To, page.Option{Value: name, Text: view.T("survey.version_2|Version %s", name), Chosen: to == name})
	}
	view.To = append(view.To, page.Option{Value: draftName, Text: view.T("survey.the_draft|The draft"), Chosen: to == draftName})
	a, known := all[from]
	b, alsoKnown := all[to]
	if view.Compared = known && alsoKnown; view.Compared {
		view.Changes = surveys.Difference(a, b)
		view.Names = [2]string{versionName(view.Page, from), versionName(view.Page, to)}
	} else if from != "" || to != "" {
		return surveys.ErrMissing
	}
	return page.Render(c, http.StatusOK, "staff/survey_versions", view)
}

func versionName(frame page.Page, name string) string {
	if name == draftName {
		return frame.T("survey.the_draft_2|the draft")
	}
	return "version " + name
}
