package actions

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/actions"
	"yousaid/analytics/insight"
	"yousaid/analytics/review"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
)

// QuotePage is staff/action_quote: the reviewed comments to choose a quote from.
type QuotePage struct {
	page.Page
	Number   int64
	Revision int
	Public   bool // the public reads the action: a new quote waits for a second person
	Note     staff.Wording
	Now      QuoteSlot
	Most     int

	Words    string
	Service  string
	Services []page.Option
	Marked   []page.Option
	Lines    []QuoteLine
	Pager    page.Pager
}

// QuoteLine is a comment that may be quoted: its words, and nothing of who wrote them.
type QuoteLine struct {
	Key   insight.Key
	Text  page.Text
	State string
	Long  bool // too long to be quoted
}

const quotesPart = 20

// ActionQuote lists the comments that may be quoted.
func (p *Pages) ActionQuote(c echo.Context) error {
	view, err := p.quotePage(c, c.QueryParam)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/action_quote", view)
}

func (p *Pages) quotePage(c echo.Context, value func(string) string) (QuotePage, error) {
	a, _, err := p.actionSlot(c, "")
	if err != nil {
		return QuotePage{}, err
	}
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	view := QuotePage{
		Page:     page.New(c),
		Number:   a.Number,
		Revision: a.Revision,
		Public:   a.State == actions.Published,
		Words:    staff.PlainText(value("words")),
		Service:  staff.PlainText(value("service")),
		Most:     actions.MaxQuoteLength,
	}
	view.Back = fmt.Sprintf("/staff/actions/%d", a.Number)
	view.Note = staff.NoteOf(c, &view.Problems, false)
	view.Now = evidenceView(view.Page, a, actor, nil).Quote
	services, err := p.Catalogue.Services(ctx, actor.Org)
	if err != nil {
		return view, err
	}
	reach, err := p.Insight.Services(ctx, actor)
	if err != nil {
		return view, err
	}
	view.Services = []page.Option{{Value: "all", Text: view.T("staff.all_services|All services")}}
	for _, s := range staff.ByLabel(services) {
		if reach == nil || slices.Contains(reach, s.ID) {
			view.Services = append(view.Services, page.Option{Value: s.Slug, Text: staff.ServiceLabel(view.Page, s)})
		}
		if s.ID == a.Service && view.Service == "" {
			view.Service = s.Slug
		}
	}
	marked := value("marked") != ""
	view.Marked = []page.Option{
		{Value: "yes", Text: view.T("action.only_those_marked_for|Only those marked “For ‘you said’”"), Chosen: marked},
	}
	return view, p.listQuotes(c, &view, marked, value)
}

// listQuotes fills in the comments that fit.
func (p *Pages) listQuotes(c echo.Context, view *QuotePage, marked bool, value func(string) string) error {
	q := insight.Query{Quotable: true, Words: view.Words, Limit: quotesPart}
	if view.Service != "" && view.Service != "all" {
		q.Services = []string{view.Service}
	}
	if marked {
		q.Mark = insight.ForYouSaid
	}
	var err1, err2 error
	q.Older, err1 = insight.ParseCursor(value("older"))
	q.Newer, err2 = insight.ParseCursor(value("newer"))
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	list, err := p.Insight.Comments(c.Request().Context(), signin.Of(c).Actor, q)
	if err != nil {
		return err
	}
	for _, one := range list.Comments {
		view.Lines = append(
			view.Lines,
			QuoteLine{
				Key:   one.Key,
				Text:  page.Wording(one.Text, one.Language, view.Lang),
				State: view.T(staff.ReviewWords[one.State]),
				Long:  len([]rune(one.Text)) > actions.MaxQuoteLength,
			},
		)
	}
	here := url.Values{"words": {view.Words}, "service": {view.Service}}
	if marked {
		here.Set("marked", "yes")
	}
	at := func(name string, to insight.Cursor) string {
		if to == (insight.Cursor{}) {
			return ""
		}
		v := url.Values{name: {to.String()}}
		for k, values := range here {
			v[k] = values
		}
		return fmt.Sprintf("/staff/actions/%d/quote?%s", view.Number, v.Encode())
	}
	view.Pager = page.Pager{Newer: at("newer", list.Newer), Older: at("older", list.Older)}
	return nil
}

// ChooseActionQuote puts a quote into the action, or takes the one that is there out.
func (p *Pages) ChooseActionQuote(c echo.Context) error {
	view, err := p.quotePage(c, c.FormValue)
	if err != nil {
		return err
	}
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	revision, _ := strconv.Atoi(c.FormValue("revision"))
	waits, done := false, view.T("action.the_quote_is_taken|The quote is taken out.")
	if c.FormValue("do") == "take-out" {
		if view.Public {
			if sure, err := staff.Confirmed(c, takingQuote(view.Page, view.Number)); !sure {
				return err
			}
			done = view.T("action.the_quote_is_taken_out|The quote is taken out. The public does not read it any more.")
		}
		err = p.Actions.RemoveQuote(ctx, actor, view.Number, revision)
	} else {
		var k insight.Key
		if k, err = staff.CommentKey(c.FormValue("comment")); err != nil {
			return err
		}
		if view.Public {
			view.Note = staff.NoteOf(c, &view.Problems, true)
		}
		if done = view.T("action.the_quote_stands_in|The quote stands in the action."); len(view.Problems) == 0 {
			waits, err = p.Actions.QuoteComment(ctx, actor, view.Number, revision, k, view.Note.Text)
		}
	}
	if err == nil && len(view.Problems) == 0 {
		return p.evidenceChosen(c, view.Number, waits, done)
	}
	if err != nil && !busy(view.Page, &view.Problems, err) && !view.refused(err) {
		return err
	}
	view.Note.Page = view.Page
	return page.Render(c, http.StatusUnprocessableEntity, "staff/action_quote", view)
}

// refused says what the store would not take.
func (v *QuotePage) refused(err error) bool {
	switch {
	case errors.Is(err, actions.ErrLongQuote):
		v.Problems.Add(
			"quotes",
			v.T(
				"action.this_comment_has_more|This comment has more than %s characters. Open it and redact it to the part that is to be quoted.",
				actions.MaxQuoteLength,
			),
		)
	case errors.Is(err, insight.ErrNotReviewed):
		v.Problems.Add(
			"quotes",
			v.T(
				"action.this_comment_has_not|This comment has not been reviewed, so it cannot be quoted. Ask the consultation team to review it first.",
			),
		)
	case errors.Is(err, insight.ErrNotCounted):
		v.Problems.Add(
			"quotes",
			v.T(
				"action.this_comment_is_from|This comment is from answers that are left out of the figures, so it cannot be quoted. "+
					"Choose another one.",
			),
		)
	case errors.Is(err, insight.ErrNoComment):
		v.Problems.Add(
			"quotes",
			v.T("action.this_comment_was_taken|This comment was taken back by its writer, was withheld, or is over its time. Choose another one."),
		)
	default:
		return false
	}
	return true
}

// busy says that somebody else was faster; false for any other error.
func busy(frame page.Page, problems *page.Problems, err error) bool {
	switch {
	case errors.Is(err, actions.ErrStale):
		problems.Add(
			"",
			frame.T(
				"action.somebody_else_changed_this_action|Somebody else changed this action after you opened this page. Nothing is changed: read "+
					"the action as it stands now, then choose once more.",
			),
		)
	case errors.Is(err, review.ErrWaiting):
		problems.Add(
			"",
			frame.T(
				"action.another_change_of_this_action|Another change of this action waits for a second person. Have it approved or taken back first.",
			),
		)
	case errors.Is(err, actions.ErrNoNote):
		problems.Add("note-en", frame.T("action.say_what_changed_and|Say what changed and why: the public reads it."))
	default:
		return false
	}
	return true
}

// takingQuote asks before a quote is taken away from the public.
func takingQuote(frame page.Page, number int64) staff.Confirmation {
	return staff.Confirmation{
		Heading: frame.T("action.take_the_quote_out|Take the quote out?"),
		Button:  frame.T("action.take_it_out|Take it out"),
		Keep:    fmt.Sprintf("/staff/actions/%d/quote", number),
		Happens: []string{
			frame.T("action.the_public_does_not|The public does not read the quote any more, within a minute. The rest of the item stays."),
			frame.T("action.it_needs_no_second|It needs no second person, because what says too much must go at once."),
		},
		Undo: frame.T("action.choose_the_quote_again|Choose the quote again. A second person has to approve it before the public reads it."),
	}
}
