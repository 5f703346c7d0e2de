package staff

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/insight"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/surveys/permission"
)

// CommentLine is a comment with the facts beside it, in words.
type CommentLine struct {
	Text, Facts string
	Redacted    bool
	Key         string
	Themes      []string
	Marks       []page.Option
	Had         string // the marks it shows, by their names
	State       string
	Lang        string
	Index       int
}

// Number is the comment's place on the page, from 1: two comments may have the same facts, and no two groups the same name.
func (l CommentLine) Number() string { return strconv.Itoa(l.Index + 1) }

// Field is the name of a field of the comment's row.
func (l CommentLine) Field() string { return "c" + strconv.Itoa(l.Index) }

// Comments lists what people wrote, newest first, part by part: the results page with its comments alone.
func (p *Pages) Comments(c echo.Context) error {
	view, _, err := p.resultsPage(c)
	if err != nil {
		return err
	}
	view.Alone = true
	q := view.Filters.query(&view.Problems)
	if len(view.Problems) == 0 && q.Measure != "" {
		a, err := p.Analytics.Ask(c.Request().Context(), signin.Of(c).Actor, q)
		if refusal := (analytics.Refusal{}); errors.As(err, &refusal) {
			// Surveys on different scales cannot be counted together; what people wrote in them can be read together.
			if !slices.Equal(view.Filters.Surveys, []string{"all"}) {
				view.Problems.Add("", refusal.Sentence)
			}
		} else if err != nil {
			return err
		} else {
			view.Ratings, view.Period = ratingOptions(a.Of().Measure, view.Filters.Ratings), a.Of().Period()
		}
	}
	if len(view.Problems) > 0 {
		return page.Render(c, http.StatusUnprocessableEntity, "staff/results", view)
	}
	if err := p.below(c, &view, 25); err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/results", view)
}

// below reads the comments that the filters leave.
func (p *Pages) below(c echo.Context, view *ResultsPage, limit int) error {
	f, zone := view.Filters, organisation(c).Zone()
	older, err1 := insight.ParseCursor(plainText(c.QueryParam("older")))
	newer, err2 := insight.ParseCursor(plainText(c.QueryParam("newer")))
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	dates := f.query(&view.Problems)
	q := insight.Query{Surveys: f.Surveys, Services: f.Services, Directorates: f.Directorates, Channels: f.Channels, Points: f.Points, Measure: f.Measure, Ratings: f.Ratings,
		Words: f.Words, Older: older, Newer: newer, Limit: limit}
	if len(f.Surveys) == 1 && f.Surveys[0] == "all" {
		q.Surveys = nil
	}
	if !dates.From.IsZero() {
		q.From = dates.From.In(zone)
	}
	if !dates.To.IsZero() {
		q.To = dates.To.AddDays(1).In(zone)
	}
	if view.Alone {
		if err := p.working(c, view, &q); err != nil {
			return err
		}
	}
	themes, err := p.Insight.Themes(c.Request().Context(), signin.Of(c).Actor.Org)
	if err != nil {
		return err
	}
	list, err := p.Insight.Comments(c.Request().Context(), signin.Of(c).Actor, q)
	if err != nil {
		return err
	}
	for i, one := range list.Comments {
		line := commentLine(view, one, one.Hour.In(zone).Format("2 January 2006"))
		line.Index, line.Themes = i, themeNames(themes, one.Themes)
		view.Comments = append(view.Comments, line)
	}
	at := func(name string, to insight.Cursor) string {
		if to == (insight.Cursor{}) {
			return ""
		}
		v := f.values()
		v.Set(name, to.String())
		return "/staff/comments?" + v.Encode()
	}
	view.Pager = page.Pager{Newer: at("newer", list.Newer), Older: at("older", list.Older)}
	return nil
}

// working adds what the page of comments alone has: filters by theme, mark and review, and how often each theme is named.
func (p *Pages) working(c echo.Context, view *ResultsPage, q *insight.Query) error {
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
	view.Work, view.List = permission.Holds(actor, permission.WorkComments), f.values().Encode()
	view.ThemeTable = themeTable(counts, themes, f)
	view.Themes = append(themeOptions(themes, "Any theme", f.Theme), page.Option{Value: untagged, Text: "Without a theme", Chosen: q.Untagged})
	view.AddThemes = themeOptions(themes, "No more")
	view.Marks, view.States = markOptions("Any", q.Mark), stateOptions(withheld, q.State)
	return nil
}

// commentLine puts the facts in words: rating, channel, service, day.
func commentLine(view *ResultsPage, one insight.Comment, day string) CommentLine {
	word := func(list []page.Option, code string) string {
		for _, o := range list {
			if o.Value == code {
				return o.Text
			}
		}
		return code
	}
	line := CommentLine{Text: one.Text, Redacted: one.Redacted, Key: one.Key.String(), State: stateWords[one.State], Lang: one.Language}
	for _, m := range insight.Marks {
		if one.Marked(m) {
			line.Had += string(m) + " "
		}
		line.Marks = append(line.Marks, page.Option{Value: string(m), Text: markWords[m], Chosen: one.Marked(m)})
	}
	line.Had = strings.TrimSpace(line.Had)
	for _, fact := range []string{word(view.Ratings, one.Rating), word(view.Form.Channels, one.Channel), word(view.Form.Services, one.Service), day} {
		if fact != "" && fact != "All channels" && fact != "All services" && fact != "Any answer" {
			if line.Facts != "" {
				line.Facts += ", "
			}
			line.Facts += fact
		}
	}
	return line
}
