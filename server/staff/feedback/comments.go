package feedback

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/insight"
	"yousaid/analytics/refusal"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/permission"
)

// CommentsPage is staff/comments: what people wrote, part by part.
type CommentsPage struct {
	staff.Filtered
	staff.CommentList
}

// Comments lists what people wrote, newest first.
func (p *Pages) Comments(c echo.Context) error {
	var view CommentsPage
	err := p.Analytics.Read(c.Request().Context(), signin.Of(c).Actor, func(read *analytics.Snapshot) error {
		form, _, err := staff.FilteredPage(c, read)
		if err != nil {
			return err
		}
		view = CommentsPage{Filtered: form}
		return view.ratings(c, read)
	})
	if err != nil {
		return err
	}
	view.Alone = true
	if len(view.Problems) > 0 {
		return page.Render(c, http.StatusUnprocessableEntity, "staff/comments", view)
	}
	q, err := staff.CommentQuery(c, &view.Filtered, 25)
	if err != nil {
		return err
	}
	if err := p.working(c, &view, &q); err != nil {
		return err
	}
	if err := view.Read(c, p.Insight, &view.Filtered, q); err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/comments", view)
}

// ratings offers the answers of the question to filter by, and says what cannot be asked.
func (v *CommentsPage) ratings(c echo.Context, read *analytics.Snapshot) error {
	q := v.Filters.Query(v.Page, &v.Problems)
	if len(v.Problems) > 0 || q.Measure == "" {
		return nil
	}
	a, err := read.Ask(c.Request().Context(), q)
	if refused := (refusal.Refusal{}); errors.As(err, &refused) {
		// Surveys on different scales cannot be counted together; what people wrote in them can be read together.
		if !slices.Equal(v.Filters.Surveys, []string{"all"}) {
			v.Problems.Add("", v.Say(refused.Message()))
		}
		return nil
	}
	if err != nil {
		return err
	}
	v.Ratings = staff.RatingOptions(v.Page, a.Of().Measure, v.Filters.Ratings)
	return nil
}

// working adds what the page of comments alone has: filters by theme, mark and review, and how often each theme is named.
func (p *Pages) working(c echo.Context, view *CommentsPage, q *insight.Query) error {
	ctx, actor, f := c.Request().Context(), signin.Of(c).Actor, view.Filters
	themes, err := p.Insight.Themes(ctx, actor.Org)
	if err != nil {
		return err
	}
	counts, err := p.Insight.ThemeCounts(ctx, actor, *q)
	if err != nil {
		return err
	}
	q.Mark, q.State = insight.Mark(f.Mark), insight.ReviewState(f.State)
	if q.Untagged = f.Theme == untagged; !q.Untagged {
		q.Theme, _ = strconv.ParseInt(f.Theme, 10, 64)
	}
	withheld := permission.Holds(actor, permission.RedactComments)
	if q.State == insight.Withheld && !withheld {
		q.State = ""
	}
	view.Work, view.List = permission.Holds(actor, permission.WorkComments), f.Values().Encode()
	view.ThemeTable = themeTable(view.Page, counts, themes, f)
	view.Themes = append(
		staff.ThemeOptions(view.Page, themes, view.T("comment.any_theme|Any theme"), f.Theme),
		page.Option{Value: untagged, Text: view.T("comment.without_a_theme|Without a theme"), Chosen: q.Untagged},
	)
	view.AddThemes = staff.ThemeOptions(view.Page, themes, view.T("comment.no_more|No more"))
	view.Marks, view.States = markOptions(view.Page, view.T("comment.any|Any"), q.Mark), stateOptions(view.Page, withheld, q.State)
	return nil
}
