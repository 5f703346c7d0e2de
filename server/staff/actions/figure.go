package actions

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/actions"
	"yousaid/analytics/figures"
	"yousaid/analytics/quoted"
	"yousaid/analytics/tables"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/permission"
	"yousaid/surveys/wording"
)

// FigurePage is staff/action_figure: the released tables to choose a figure from, or the figures of one of them.
type FigurePage struct {
	page.Page
	Number   int64
	Revision int
	Slot     FigureSlot
	Public   bool // the public reads the action: a change waits for a second person
	Note     staff.Wording
	New      string // where a new table is released

	// The tables.
	Equality bool // tables by equality groups are listed, too
	Form     FigureForm
	Words    string
	Lines    []ReleaseLine
	Pager    page.Pager

	// One of them.
	Release int64
	Title   string
	Period  string
	Table   page.Table
	Later   string
	Rows    []page.Option
	Row     string
	Kinds   []page.Option
	Kind    string
	Tables  string    // address of the tables
	Preview []Preview // the chosen figure as the public would read it; none until it can be shown
}

// Preview is a figure as the public would read it in a language.
type Preview struct{ Lang, Dir, Text, Question, Source string }

// ActionFigure lists the released tables, or shows one of them with its figures.
func (p *Pages) ActionFigure(c echo.Context) error {
	view, err := p.figurePage(c, c.QueryParam)
	if err != nil {
		return err
	}
	return page.Render(c, staff.StatusFor(view.Page), "staff/action_figure", view)
}

func (p *Pages) figurePage(c echo.Context, value func(string) string) (FigurePage, error) {
	a, slot, err := p.actionSlot(c, value("slot"))
	if err != nil {
		return FigurePage{}, err
	}
	actor := signin.Of(c).Actor
	view := FigurePage{
		Page:     page.New(c),
		Number:   a.Number,
		Revision: a.Revision,
		Public:   a.State == actions.Published,
		Equality: permission.Holds(actor, permission.SeeEquality),
	}
	view.Slot = figureSlot(view.Page, a, slot, true)
	view.Back = fmt.Sprintf("/staff/actions/%d", a.Number)
	view.Note = staff.NoteOf(c, &view.Problems, false)
	view.New = fmt.Sprintf("/staff/actions/%d/figure/new?slot=%s", a.Number, slot)
	view.Tables = figureAt(a.Number, slot, nil)
	if release, err := strconv.ParseInt(value("release"), 10, 64); err == nil {
		view.Release = release
		return view, p.figuresOf(c, &view, value)
	}
	return view, p.listTables(c, &view, value)
}

// figuresOf fills in the figures of one table, and how the chosen one would be read.
func (p *Pages) figuresOf(c echo.Context, view *FigurePage, value func(string) string) error {
	r, err := p.Register.Table(c.Request().Context(), signin.Of(c).Actor, view.Release)
	if err != nil {
		return err
	}
	if r, err = p.Register.InWords(c.Request().Context(), signin.Of(c).Actor, r); err != nil {
		return err
	}
	view.Title, view.Period, view.Table, view.Row, view.Kind = view.Say(r.Title()), view.Say(r.Period()), staff.ProtectedTable(
		view.Page,
		r,
	), value(
		"row",
	), value(
		"kind",
	)
	if view.Later, err = staff.LaterExcluded(c, view.Page, p.Register, r.ID); err != nil {
		return err
	}
	for i, row := range tables.Rows(r) {
		if !row.Hidden && !row.NotAsked && row.N > 0 {
			n := strconv.Itoa(i)
			view.Rows = append(view.Rows, page.Option{Value: n, Text: view.Say(wording.Listed(", ", row.Labels)), Chosen: n == view.Row})
		}
	}
	view.Kinds = figureKinds(view.Page, r.Measure)
	if view.Row == "" && view.Kind == "" {
		return nil
	}
	return p.preview(c, view)
}

// figureKinds are the figures that a table may have. Shares of one answer are named by its code.
func figureKinds(frame page.Page, m figures.Measure) (list []page.Option) {
	for _, f := range figures.SharesFirst(figures.InMeasure(m)) {
		if f.Quote == "" {
			continue
		}
		name := frame.T(f.Name())
		if low, _ := f.Ends(); low != nil {
			name = frame.T("action.with_its_range|%s, with its likely range", name)
		}
		list = append(list, page.Option{Value: f.Key, Text: name})
	}
	list = append(list, page.Option{Value: string(quoted.Answers), Text: frame.T("action.number_of_people_who|Number of people who answered")})
	for _, a := range m.Counted() {
		list = append(
			list,
			page.Option{Value: string(quoted.Share) + " " + a.Code, Text: frame.T("action.share_who_answered|Share who answered “%s”", a.Label)},
		)
	}
	return list
}

// choice is the figure that the form names.
func (v FigurePage) choice() actions.Choice {
	row, err := strconv.Atoi(v.Row)
	if err != nil {
		row = -1
	}
	kind, answer, _ := strings.Cut(v.Kind, " ")
	return actions.Choice{Release: v.Release, Row: row, Measured: quoted.Measured(kind), Answer: answer}
}

// preview shows the chosen figure as the public would read it, in each language of the council that has words for it.
func (p *Pages) preview(c echo.Context, view *FigurePage) error {
	f, err := p.Actions.FigureOf(c.Request().Context(), signin.Of(c).Actor, view.choice())
	if err != nil {
		return view.refused(err)
	}
	for _, t := range staff.Languages(c) {
		if !p.Set.Speaks(t.Lang) {
			continue
		}
		in := p.Set.In(t.Lang)
		asked, _ := f.Words().In(t.Lang)
		view.Preview = append(
			view.Preview,
			Preview{
				t.Lang,
				t.Dir,
				in.FigureInWords(f),
				in.T("performance.question|The question was: %s", asked),
				in.T("said.source|Source: release %s", strconv.FormatInt(f.Release, 10)),
			},
		)
	}
	return nil
}

// refused says at its field what the store would not take.
func (v *FigurePage) refused(err error) error {
	switch {
	case errors.Is(err, actions.ErrNoFigure) && !slices.ContainsFunc(v.Rows, func(o page.Option) bool { return o.Value == v.Row }):
		v.Problems.Add("row", v.T("action.choose_a_row_that|Choose a row that is shown."))
	case errors.Is(err, actions.ErrNoFigure) && !slices.ContainsFunc(v.Kinds, func(o page.Option) bool { return o.Value == v.Kind }):
		v.Problems.Add("kind", v.T("action.choose_which_figure_to|Choose which figure to show."))
	case errors.Is(err, actions.ErrNoFigure):
		v.Problems.Add(
			"kind",
			v.T(
				"action.the_table_does_not|The table does not show this figure for this row. Shares of one answer need 30 people. Choose another "+
					"figure or another row.",
			),
		)
	case errors.Is(err, actions.ErrFigureGone):
		v.Problems.Add("row", v.T("action.this_table_was_withdrawn|This table was withdrawn or corrected. Choose another one."))
	default:
		return err
	}
	return nil
}

// ChooseActionFigure puts the chosen figure into the action, or takes the one that is there out.
func (p *Pages) ChooseActionFigure(c echo.Context) error {
	view, err := p.figurePage(c, c.FormValue)
	if err != nil {
		return err
	}
	if view.Public {
		view.Note = staff.NoteOf(c, &view.Problems, true)
	}
	var choice *actions.Choice
	done := view.T("action.the_figure_is_taken|The figure is taken out.")
	if c.FormValue("do") != "take-out" {
		one := view.choice()
		choice, done = &one, view.T("action.the_figure_stands_in|The figure stands in the action.")
		if view.Release == 0 {
			view.Problems.Add("", view.T("action.choose_a_table_first|Choose a table first, and then one of its figures."))
		}
	}
	if len(view.Problems) == 0 {
		revision, _ := strconv.Atoi(c.FormValue("revision"))
		waits, err := p.Actions.ChooseFigure(
			c.Request().Context(),
			signin.Of(c).Actor,
			view.Number,
			revision,
			view.Slot.Slot,
			choice,
			view.Note.Text,
		)
		if err == nil {
			return p.evidenceChosen(c, view.Number, waits, done)
		}
		if !busy(view.Page, &view.Problems, err) {
			if err := view.refused(err); err != nil {
				return err
			}
		}
	}
	view.Note.Page = view.Page
	return page.Render(c, http.StatusUnprocessableEntity, "staff/action_figure", view)
}
