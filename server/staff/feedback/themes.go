package feedback

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/insight"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
)

// ThemesPage is staff/themes: the organisation's own list of themes and root causes.
type ThemesPage struct {
	page.Page
	Themes []ThemeLine
	Add    staff.Wording
	Kind   string
	Kinds  []page.Option
}

// ThemeLine is one theme with its forms.
type ThemeLine struct {
	ID      int64
	Kind    string
	Name    string
	Retired bool
	Words   staff.Wording
	Others  []page.Option
}

func (p *Pages) themesPage(c echo.Context) (ThemesPage, error) {
	list, err := p.Insight.Themes(c.Request().Context(), staff.Organisation(c).ID)
	view := ThemesPage{
		Page: page.New(c),
		Kind: string(insight.About),
		Kinds: []page.Option{{Value: string(insight.About), Text: page.T(c, "comment.theme_what_comments_are|Theme: what comments are about")},
			{Value: string(insight.Cause), Text: page.T(c, "comment.root_cause_why_it|Root cause: why it went as it did")}},
	}
	view.Add = staff.Wording{Page: view.Page, Name: "name", Label: view.T("comment.name|Name"), Languages: staff.Languages(c)}
	for _, t := range list {
		name := view.Word(t.Names)
		line := ThemeLine{ID: t.ID, Kind: view.T(kindOfTheme[t.Kind]), Name: name, Retired: t.Retired,
			Words: staff.Wording{
				Page:      view.Page,
				Name:      fmt.Sprintf("name%d", t.ID),
				Label:     view.T("comment.name|Name"),
				Languages: staff.Languages(c),
				Text:      t.Names,
			}}
		for _, o := range list {
			if o.ID != t.ID && o.Kind == t.Kind && !o.Retired {
				other := view.Word(o.Names)
				line.Others = append(line.Others, page.Option{Value: strconv.FormatInt(o.ID, 10), Text: other})
			}
		}
		view.Themes = append(view.Themes, line)
	}
	return view, err
}

// ThemeList shows the list of themes.
func (p *Pages) ThemeList(c echo.Context) error {
	view, err := p.themesPage(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/themes", view)
}

// ChangeThemes does what a button says: "add", "start", "name 7", "retire 7", "back 7", "merge 7".
func (p *Pages) ChangeThemes(c echo.Context) error {
	view, err := p.themesPage(c)
	if err != nil {
		return err
	}
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	order, about, _ := strings.Cut(c.FormValue("do"), " ")
	id, _ := strconv.ParseInt(about, 10, 64)
	field := "name-" + staff.Organisation(c).Languages[0]
	switch order {
	case "start":
		err = p.Comment.AddDefaultThemes(ctx, actor)
	case "add":
		view.Kind, view.Add.Text = c.FormValue("kind"), staff.WordingOf(c, "name", nil)
		_, err = p.Comment.AddTheme(ctx, actor, insight.ThemeKind(view.Kind), view.Add.Text)
	case "name":
		field = fmt.Sprintf("name%d-%s", id, staff.Organisation(c).Languages[0])
		err = p.Comment.RenameTheme(ctx, actor, id, staff.WordingOf(c, fmt.Sprintf("name%d", id), nil))
	case "retire", "back":
		err = p.Comment.RetireTheme(ctx, actor, id, order == "retire")
	case "merge":
		into, _ := strconv.ParseInt(c.FormValue("into"+about), 10, 64)
		if sure, err := staff.Confirmed(c, staff.Confirmation{Heading: view.T("comment.merge_these_two_themes|Merge these two themes?"),
			Button: view.T("comment.merge_them|Merge them"), Keep: "/staff/themes",
			Undo: view.T("comment.a_merger_cannot_be|A merger cannot be undone. To stop using a theme and keep its comments apart, take it off " +
				"the list instead."),
			Happens: []string{view.T("comment.comments_that_are_marked|Comments that are marked with the first are counted with the second from " +
				"now on."), view.T("comment.the_first_is_off|The first is off the list.")}}); !sure {
			return err
		}
		err = p.Comment.MergeTheme(ctx, actor, id, into)
	default:
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	switch {
	case err == nil:
		page.Flash(c, view.T("comment.saved|Saved."))
		return c.Redirect(http.StatusSeeOther, "/staff/themes")
	case errors.Is(err, insight.ErrThemeTaken):
		view.Problems.Add(field, view.T("comment.there_is_a_theme|There is a theme with this name already. Choose another name."))
	case errors.Is(err, insight.ErrThemeName):
		view.Problems.Add(field, view.T("comment.write_a_name_with|Write a name with letters or digits, 100 characters at most."))
	default:
		return err
	}
	view.Add.Page = view.Page
	for i := range view.Themes {
		view.Themes[i].Words.Page = view.Page
	}
	return page.Render(c, http.StatusUnprocessableEntity, "staff/themes", view)
}

// themeTable counts what comments are about, each leading to its comments.
func themeTable(frame page.Page, counts []insight.ThemeCount, list []insight.Theme, f staff.Filters) page.Table {
	t := page.Table{
		Caption: frame.T("comment.what_comments_are_about|What comments are about"),
		Columns: []page.Column{
			{Text: frame.T("comment.theme_or_cause|Theme or cause")},
			{Text: frame.T("staff.comments|Comments"), Number: true},
		},
	}
	for _, n := range counts {
		v := f.Values()
		v.Set("theme", strconv.FormatInt(n.Theme, 10))
		name := staff.ThemeOptions(frame, list, "", strconv.FormatInt(n.Theme, 10))
		t.Rows = append(
			t.Rows,
			[]page.Cell{
				{Text: staff.OptionText(name, strconv.FormatInt(n.Theme, 10)), Head: true, Href: "/staff/comments?" + v.Encode()},
				{Text: page.Number(n.Comments), Number: true},
			},
		)
	}
	return t
}

var kindOfTheme = map[insight.ThemeKind]string{insight.About: "comment.theme|Theme", insight.Cause: "comment.root_cause|Root cause"}
