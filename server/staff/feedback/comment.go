package feedback

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/insight"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/permission"
	"yousaid/surveys/redaction"
	"yousaid/surveys/wording"
)

func markOptions(frame page.Page, open string, chosen insight.Mark) []page.Option {
	list := []page.Option{{Text: open}}
	for _, m := range insight.Marks {
		list = append(list, page.Option{Value: string(m), Text: frame.T(staff.MarkWords[m]), Chosen: m == chosen})
	}
	return list
}

func stateOptions(frame page.Page, withheld bool, chosen insight.ReviewState) []page.Option {
	list := []page.Option{{Text: frame.T("comment.any|Any")}}
	for _, s := range []insight.ReviewState{insight.Unread, insight.AsIs, insight.Redacted, insight.Withheld} {
		if s != insight.Withheld || withheld {
			list = append(list, page.Option{Value: string(s), Text: frame.T(staff.ReviewWords[s]), Chosen: s == chosen})
		}
	}
	return list
}

// untagged is the value of the theme filter that finds comments without one.
const untagged = "none"

// SaveComments saves what was ticked in the list of comments, row by row. Each row brings what it showed, so that only what changed is
// changed.
func (p *Pages) SaveComments(c echo.Context) error {
	var changes []insight.Change
	for i := range 50 {
		key := c.FormValue(fmt.Sprintf("c%d", i))
		if key == "" {
			break
		}
		k, err := staff.CommentKey(key)
		if err != nil {
			return err
		}
		change := insight.Change{Key: k}
		had := strings.Split(c.FormValue(fmt.Sprintf("c%d-had", i)), " ")
		for _, m := range insight.Marks {
			is, was := slices.Contains(c.Request().PostForm[fmt.Sprintf("c%d-mark", i)], string(m)), slices.Contains(had, string(m))
			switch {
			case is && !was:
				change.Mark = append(change.Mark, m)
			case was && !is:
				change.Unmark = append(change.Unmark, m)
			}
		}
		if id, err := strconv.ParseInt(c.FormValue(fmt.Sprintf("c%d-theme", i)), 10, 64); err == nil {
			change.Tag = []int64{id}
		}
		changes = append(changes, change)
	}
	err := p.Comment.Apply(c.Request().Context(), signin.Of(c).Actor, changes)
	if errors.Is(err, insight.ErrNoComment) {
		page.Flash(
			c,
			page.T(
				c,
				"comment.one_of_these_comments|One of these comments was taken back by its writer or is over its time. Nothing was changed: look at "+
					"the list again.",
			),
		)
	} else if err != nil {
		return err
	} else {
		page.Flash(c, page.T(c, "comment.saved|Saved."))
	}
	return c.Redirect(http.StatusSeeOther, "/staff/comments?"+staff.PlainText(c.FormValue("list")))
}

// CommentPage is staff/comment: one comment, what it is about, and how it is shown.
type CommentPage struct {
	page.Page
	Line     staff.CommentLine
	Address  string
	Themes   []page.Option
	Causes   []page.Option
	Marks    []page.Option
	Had      string
	State    string
	Decide   bool          // may decide how it is shown
	Original template.HTML // with what may identify somebody marked
	Spans    []SpanLine
	Warnings []string // of what is often missed, a sentence each
	Text     string   // to show
	Revision int
	Theirs   string      // what somebody else decided meanwhile
	CanAct   bool        // may start an action from it
	Quoted   []page.Link // by these actions
	Quotable bool
}

// SpanLine is a suggestion: a part of the comment that may say who somebody is.
type SpanLine struct {
	Index  int
	Kind   wording.Message
	Text   string
	Chosen bool
}

func (p *Pages) commentPage(c echo.Context) (CommentPage, insight.Full, error) {
	actor := signin.Of(c).Actor
	k, err := staff.CommentKey(c.Param("comment"))
	if err != nil {
		return CommentPage{}, insight.Full{}, err
	}
	f, err := p.Insight.One(c.Request().Context(), actor, k, "rating")
	if err != nil {
		return CommentPage{}, f, err
	}
	decide := permission.Holds(actor, permission.RedactComments)
	if f.State == insight.Withheld && !decide {
		return CommentPage{}, f, insight.ErrNoComment
	}
	view := CommentPage{
		Page:     page.New(c),
		Address:  c.Request().URL.Path,
		Decide:   decide,
		State:    page.T(c, staff.ReviewWords[f.State]),
		Revision: f.Revision,
		CanAct:   permission.Holds(actor, permission.EditActions),
		Quotable: f.State == insight.AsIs || f.State == insight.Redacted,
	}
	view.Back = "/staff/comments"
	if view.Line, err = p.commentFacts(c, f.Comment); err != nil {
		return view, f, err
	}
	themes, err := p.Insight.Themes(c.Request().Context(), actor.Org)
	if err != nil {
		return view, f, err
	}
	var chosen []string
	for _, id := range f.Themes {
		chosen = append(chosen, strconv.FormatInt(id, 10))
	}
	for _, kind := range []insight.ThemeKind{insight.About, insight.Cause} {
		of := slices.DeleteFunc(slices.Clone(themes), func(t insight.Theme) bool { return t.Kind != kind })
		options := staff.ThemeOptions(view.Page, of, "", chosen...)
		if kind == insight.About {
			view.Themes = options
		} else {
			view.Causes = options
		}
	}
	had := chosen
	for _, m := range insight.Marks {
		if f.Marked(m) {
			had = append(had, string(m))
		}
		view.Marks = append(view.Marks, page.Option{Value: string(m), Text: view.T(staff.MarkWords[m]), Chosen: f.Marked(m)})
	}
	view.Had = strings.Join(had, " ")
	if decide {
		view.decide(f, nil)
	}
	numbers, err := p.Actions.Quoting(c.Request().Context(), actor, k)
	for _, n := range numbers {
		view.Quoted = append(view.Quoted, page.Link{Text: view.T("comment.action|Action %s", n), Href: fmt.Sprintf("/staff/actions/%d", n)})
	}
	return view, f, err
}

// commentFacts puts the facts about one comment in words: rating, channel, service, day.
func (p *Pages) commentFacts(c echo.Context, one insight.Comment) (staff.CommentLine, error) {
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	offer, err := p.Analytics.Offer(ctx, actor, []string{one.Survey})
	if err != nil {
		return staff.CommentLine{}, err
	}
	facts := staff.FactWords{Channels: staff.Options(page.New(c), "", offer.Channels),
		Services: staff.Options(page.New(c), "", offer.Services)}
	if facts.Ratings, err = p.ratingWords(c, one.Survey); err != nil {
		return staff.CommentLine{}, err
	}
	return staff.NewCommentLine(page.New(c), facts, one, page.New(c).Date(one.Hour.In(staff.Organisation(c).Zone()))), nil
}

// ratingWords are the answers of the rating of a survey; none where it has none.
func (p *Pages) ratingWords(c echo.Context, slug string) (list []page.Option, err error) {
	ctx, org := c.Request().Context(), staff.Organisation(c).ID
	s, err := p.Surveys.BySlug(ctx, org, slug)
	if err != nil {
		return nil, err
	}
	v, err := p.Surveys.CurrentVersion(ctx, org, s.ID)
	if err != nil {
		return nil, err
	}
	if q, ok := v.Definition.Question("rating"); ok {
		for _, o := range q.Choices() {
			label := page.New(c).Word(q.Word(o))
			list = append(list, page.Option{Value: o.Code, Text: label})
		}
	}
	return list, nil
}

// decide prepares the form for how the comment is shown: with the suggestions that were ticked, or all where none were asked about yet.
func (v *CommentPage) decide(f insight.Full, ticked []string) {
	spans := redaction.Suggest(f.Original)
	var marked strings.Builder
	var take []redaction.Span
	at := 0
	for i, s := range spans {
		chosen := ticked == nil || slices.Contains(ticked, strconv.Itoa(i))
		if chosen {
			take = append(take, s)
		}
		v.Spans = append(v.Spans, SpanLine{i, s.Kind.Words(), f.Original[s.From:s.To], chosen})
		marked.WriteString(template.HTMLEscapeString(f.Original[at:s.From]))
		fmt.Fprintf(
			&marked,
			`<mark>%s<span class="govuk-visually-hidden"> (%s)</span></mark>`,
			template.HTMLEscapeString(f.Original[s.From:s.To]),
			template.HTMLEscapeString(v.Say(s.Kind.Words())),
		)
		at = s.To
	}
	marked.WriteString(template.HTMLEscapeString(f.Original[at:]))
	v.Original = template.HTML(marked.String()) // every part is escaped
	for _, warning := range redaction.Warnings() {
		v.Warnings = append(v.Warnings, v.Say(warning))
	}
	v.Text = redaction.Apply(f.Original, take)
	if f.State == insight.Redacted && ticked == nil {
		v.Text = f.Text
	}
}

// OneComment shows one comment.
func (p *Pages) OneComment(c echo.Context) error {
	view, _, err := p.commentPage(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/comment", view)
}

// SaveComment saves what a comment is about, or decides how it is shown.
func (p *Pages) SaveComment(c echo.Context) error {
	view, f, err := p.commentPage(c)
	if err != nil {
		return err
	}
	switch do := c.FormValue("do"); do {
	case "work":
		return p.workOn(c, f)
	case "suggest", "as-is", "redact", "withhold":
		if !view.Decide {
			return echo.NewHTTPError(http.StatusForbidden)
		}
		return p.reviewComment(c, view, f, do)
	}
	return echo.NewHTTPError(http.StatusBadRequest)
}

func (p *Pages) workOn(c echo.Context, f insight.Full) error {
	change := insight.Change{Key: f.Key}
	had, is := strings.Fields(c.FormValue("had")), append(slices.Clone(c.Request().PostForm["theme"]), c.Request().PostForm["mark"]...)
	for _, m := range insight.Marks {
		switch was, now := slices.Contains(had, string(m)), slices.Contains(is, string(m)); {
		case now && !was:
			change.Mark = append(change.Mark, m)
		case was && !now:
			change.Unmark = append(change.Unmark, m)
		}
	}
	for _, value := range append(slices.Clone(is), had...) {
		id, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			continue
		}
		switch was, now := slices.Contains(had, value), slices.Contains(is, value); {
		case now && !was:
			change.Tag = append(change.Tag, id)
		case was && !now:
			change.Untag = append(change.Untag, id)
		}
	}
	if err := p.Comment.Apply(c.Request().Context(), signin.Of(c).Actor, []insight.Change{change}); err != nil {
		return err
	}
	page.Flash(c, page.T(c, "comment.saved|Saved."))
	return c.Redirect(http.StatusSeeOther, c.Request().URL.Path)
}

const mostShown = 10_000 // characters of a redacted text

func (p *Pages) reviewComment(c echo.Context, view CommentPage, f insight.Full, do string) error {
	text := staff.LongText(c.FormValue("text"))
	if do == "suggest" {
		view.Spans = nil
		ticked := c.Request().PostForm["span"]
		view.decide(f, append([]string{}, ticked...))
		return page.Render(c, http.StatusOK, "staff/comment", view)
	}
	state := map[string]insight.ReviewState{"as-is": insight.AsIs, "redact": insight.Redacted, "withhold": insight.Withheld}[do]
	if state == insight.Redacted {
		switch {
		case text == "":
			view.Problems.Add("text", view.T("comment.write_what_may_be|Write what may be shown, or withhold the comment."))
		case len([]rune(text)) > mostShown:
			view.Problems.Add("text", view.T("comment.keep_the_text_to|Keep the text to %s characters.", mostShown))
		case text == f.Original:
			state = insight.AsIs
		}
	}
	revision, _ := strconv.Atoi(c.FormValue("revision"))
	if state == insight.Withheld && f.State != insight.Withheld && revision == f.Revision {
		if sure, err := staff.Confirmed(c, withholding(view.Page, c.Request().URL.Path)); !sure {
			return err
		}
	}
	if len(view.Problems) == 0 {
		err := p.Comment.Review(c.Request().Context(), signin.Of(c).Actor, f.Key, revision, state, text)
		if err == nil {
			page.Flash(c, view.T("comment.saved_2|Saved: %s.", page.Small(view.T(staff.ReviewWords[state]))))
			return c.Redirect(http.StatusSeeOther, c.Request().URL.Path)
		}
		if !errors.Is(err, insight.ErrStaleComment) {
			return err
		}
		view.Problems.Add(
			"theirs",
			view.T(
				"comment.somebody_else_decided_about|Somebody else decided about this comment, or its writer changed it, after you opened it. "+
					"Nothing is saved yet: read how it stands, then decide.",
			),
		)
		view.Theirs = view.T(staff.ReviewWords[f.State]) + ": " + f.Text
	}
	view.Text = text
	return page.Render(c, http.StatusUnprocessableEntity, "staff/comment", view)
}

// withholding asks before a comment is kept from everybody but those who decide.
func withholding(frame page.Page, at string) staff.Confirmation {
	return staff.Confirmation{
		Heading: frame.T("comment.withhold_this_comment|Withhold this comment?"),
		Button:  frame.T("comment.withhold|Withhold it"),
		Keep:    at,
		Happens: []string{
			frame.T(
				"comment.lists_searches_counts_of|Lists, searches, counts of themes and row exports leave it out. Only people who decide how " +
					"comments are shown can open it.",
			),
			frame.T(
				"comment.finished_export_files_that|Finished export files that may hold it are taken away. Whoever needs one asks for it again.",
			),
			frame.T("comment.where_you_said_we|Where “You said, we did” quotes it, the quote leaves the public page at once."),
			frame.T("comment.the_rating_and_the|The rating and the other answers of this person count as before."),
		},
		Undo: frame.T(
			"comment.choose_the_review_state|Choose the review state “Withheld” above the list of comments, open the comment, and show it as it " +
				"was written or as redacted. Export files that were taken away do not come back, and a quote has to be chosen again.",
		),
	}
}
