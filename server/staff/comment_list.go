package staff

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"yousaid/analytics/insight"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/surveys/tenant"
)

// CommentList is comments as a page shows them, with what the forms beside them offer.
type CommentList struct {
	Comments []CommentLine
	Pager    page.Pager
	Ratings  []page.Option // to filter by

	// On the page of comments alone.
	Alone      bool
	Work       bool   // may tag and mark them
	List       string // the filters, to come back to
	ThemeTable page.Table
	Themes     []page.Option // to filter by
	AddThemes  []page.Option // to give to a comment
	Marks      []page.Option
	States     []page.Option
}

// FactWords are the words for the codes of a comment's facts.
type FactWords struct{ Ratings, Channels, Services []page.Option }

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

// CommentQuery asks for the comments that the filters leave, from the place in the list that the address names.
func CommentQuery(c echo.Context, view *Filtered, limit int) (insight.Query, error) {
	f, zone := view.Filters, Organisation(c).Zone()
	older, err1 := insight.ParseCursor(PlainText(c.QueryParam("older")))
	newer, err2 := insight.ParseCursor(PlainText(c.QueryParam("newer")))
	if err := errors.Join(err1, err2); err != nil {
		return insight.Query{}, err
	}
	dates := f.Query(view.Page, &view.Problems)
	q := insight.Query{
		Surveys:      f.Surveys,
		Services:     f.Services,
		Directorates: f.Directorates,
		Channels:     f.Channels,
		Points:       f.Points,
		Measure:      f.Measure,
		Ratings:      f.Ratings,
		Words:        f.Words,
		Older:        older,
		Newer:        newer,
		Limit:        limit,
	}
	if len(f.Surveys) == 1 && f.Surveys[0] == "all" {
		q.Surveys = nil
	}
	if !dates.From.IsZero() {
		q.From = dates.From.In(zone)
	}
	if !dates.To.IsZero() {
		q.To = dates.To.AddDays(1).In(zone)
	}
	return q, nil
}

// commentReader reads comments and what they are sorted by.
type commentReader interface {
	Themes(ctx context.Context, org tenant.Org) ([]insight.Theme, error)
	Comments(ctx context.Context, by tenant.Actor, q insight.Query) (insight.List, error)
}

// Read puts a part of the comments in the list.
func (l *CommentList) Read(c echo.Context, from commentReader, view *Filtered, q insight.Query) error {
	ctx, actor, zone := c.Request().Context(), signin.Of(c).Actor, Organisation(c).Zone()
	themes, err := from.Themes(ctx, actor.Org)
	if err != nil {
		return err
	}
	list, err := from.Comments(ctx, actor, q)
	if err != nil {
		return err
	}
	facts := FactWords{Ratings: l.Ratings, Channels: view.Form.Channels, Services: view.Form.Services}
	for i, one := range list.Comments {
		line := NewCommentLine(view.Page, facts, one, view.Date(one.Hour.In(zone)))
		line.Index, line.Themes = i, ThemeNames(view.Page, themes, one.Themes)
		l.Comments = append(l.Comments, line)
	}
	at := func(name string, to insight.Cursor) string {
		if to == (insight.Cursor{}) {
			return ""
		}
		v := view.Filters.Values()
		v.Set(name, to.String())
		return "/staff/comments?" + v.Encode()
	}
	l.Pager = page.Pager{Newer: at("newer", list.Newer), Older: at("older", list.Older)}
	return nil
}

// NewCommentLine puts the facts in words: rating, channel, service, day.
func NewCommentLine(frame page.Page, facts FactWords, one insight.Comment, day string) CommentLine {
	line := CommentLine{
		Text:     one.Text,
		Redacted: one.Redacted,
		Key:      one.Key.String(),
		State:    frame.T(ReviewWords[one.State]),
		Lang:     one.Language,
	}
	for _, m := range insight.Marks {
		if one.Marked(m) {
			line.Had += string(m) + " "
		}
		line.Marks = append(line.Marks, page.Option{Value: string(m), Text: frame.T(MarkWords[m]), Chosen: one.Marked(m)})
	}
	line.Had = strings.TrimSpace(line.Had)
	var known []string
	for _, fact := range []struct {
		options []page.Option
		value   string
	}{{facts.Ratings, one.Rating}, {facts.Channels, one.Channel}, {facts.Services, one.Service}} {
		if fact.value != "" { // the option without a value stands for all of them
			known = append(known, OptionText(fact.options, fact.value))
		}
	}
	line.Facts = strings.Join(append(known, day), ", ")
	return line
}

// MarkWords say what a mark asks for.
var MarkWords = map[insight.Mark]string{
	insight.WantsReply:   "staff.needs_a_reply|Needs a reply",
	insight.ForRedaction: "staff.needs_redaction|Needs redaction",
	insight.ForYouSaid:   "staff.for_you_said|For “you said”",
}

// ReviewWords say how far a comment is read.
var ReviewWords = map[insight.ReviewState]string{
	insight.Unread:   "staff.not_reviewed|Not reviewed",
	insight.AsIs:     "staff.reviewed_as_written|Reviewed, as written",
	insight.Redacted: "staff.reviewed_redacted|Reviewed, redacted",
	insight.Withheld: "staff.withheld|Withheld",
}

// ThemeOptions lists the themes to choose from, root causes after themes and named as such where there are both.
func ThemeOptions(frame page.Page, list []insight.Theme, open string, chosen ...string) []page.Option {
	options := []page.Option{}
	if open != "" {
		options = append(options, page.Option{Text: open})
	}
	both := slices.ContainsFunc(list, func(t insight.Theme) bool { return t.Kind != insight.Cause })
	for _, t := range list {
		id := strconv.FormatInt(t.ID, 10)
		if t.Retired && !slices.Contains(chosen, id) {
			continue
		}
		name := frame.Word(t.Names)
		if both && t.Kind == insight.Cause {
			name = frame.T("staff.cause|Cause: %s", name)
		}
		options = append(options, page.Option{Value: id, Text: name, Chosen: slices.Contains(chosen, id)})
	}
	return options
}

// ThemeNames names themes by their ids.
func ThemeNames(frame page.Page, list []insight.Theme, ids []int64) (names []string) {
	for _, t := range list {
		if slices.Contains(ids, t.ID) {
			name := frame.Word(t.Names)
			names = append(names, name)
		}
	}
	return names
}

// CommentKey reads the key of a comment from an address or a form.
func CommentKey(s string) (insight.Key, error) {
	id, err := uuid.Parse(s)
	if err != nil {
		return insight.Key{}, insight.ErrNoComment
	}
	return insight.Key{UUID: id}, nil
}
