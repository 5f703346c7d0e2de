package equality

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/register"
	"yousaid/analytics/tables"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
)

// EqualityReleasePage is staff/equality_release: exactly what will leave, and the button that lets it.
type EqualityReleasePage struct {
	page.Page
	Title, Period string
	Table         page.Table
	Suppression   staff.Suppression
	Lattices      int // whole tables that prove it
	Shown         bool
	Fields        []Hidden  // the question, sent back with the button
	Seen          string    // of the figures that are shown: what leaves is what was seen
	Earlier       page.Link // the release that a refusal names
}

// Hidden is a field of a form that nobody sees.
type Hidden struct{ Name, Value string }

// ConfirmRelease shows the table as it would leave. Nothing is released.
func (p *Pages) ConfirmRelease(c echo.Context) error {
	view, _, err := p.releasePage(c, c.QueryParams())
	if err != nil {
		return err
	}
	return page.Render(c, staff.StatusFor(view.Page), "staff/equality_release", view)
}

// ReleaseEquality lets the table out: into the register, and to its page there. Sent twice it is the same release.
func (p *Pages) ReleaseEquality(c echo.Context) error {
	sent, err := c.FormParams()
	if err != nil {
		return err
	}
	left, err := p.leftAlready(c, staff.FiltersOf(sent), sent.Get("seen"))
	if err != nil {
		return err
	}
	if left != 0 { // the button was pressed twice
		return c.Redirect(http.StatusSeeOther, fmt.Sprintf("/staff/releases/%d", left))
	}
	view, q, err := p.releasePage(c, sent)
	if err != nil {
		return err
	}
	if view.Shown && sent.Get("seen") != view.Seen {
		view.Problems.Add(
			"release",
			view.T(
				"equality.the_figures_have_changed|The figures have changed since you looked at them. Look at them again below, then release them.",
			),
		)
	}
	if len(view.Problems) > 0 {
		return page.Render(c, http.StatusUnprocessableEntity, "staff/equality_release", view)
	}
	q.Audience = figures.Public
	a, err := p.Analytics.Ask(c.Request().Context(), signin.Of(c).Actor, q)
	if refused := (refusal.Refusal{}); errors.As(err, &refused) {
		view.refuse(refused)
		return page.Render(c, http.StatusUnprocessableEntity, "staff/equality_release", view)
	}
	if err != nil {
		return err
	}
	released := a.(tables.Protected) // the public gets nothing else
	page.Flash(c, view.T("equality.the_table_is_released|The table is released. It is number %s of the register.", released.Release))
	return c.Redirect(http.StatusSeeOther, fmt.Sprintf("/staff/releases/%d", released.Release))
}

// leftAlready finds the release of the very figures that were looked at: a second audit would set it beside itself.
func (p *Pages) leftAlready(c echo.Context, f staff.Filters, seen string) (int64, error) {
	asked := register.Query{Surveys: f.Surveys, Measure: f.Measure, By: []string{f.By}, Subtotals: f.Subtotals}
	if f.And != "" {
		asked.By = append(asked.By, f.And)
	}
	var problems page.Problems
	if q := f.Query(page.New(c), &problems); len(problems) > 0 || q.From.IsZero() || q.To.IsZero() || seen == "" {
		return 0, nil // the form has the days that were shown
	}
	ids, err := p.Register.Same(c.Request().Context(), signin.Of(c).Actor.Org, asked, f.From, f.To)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		r, err := p.Register.Table(c.Request().Context(), signin.Of(c).Actor, id)
		if err != nil {
			return 0, err
		}
		cells, err := r.JSON()
		if err != nil {
			return 0, err
		}
		if digestOf(cells) == seen {
			return id, nil
		}
	}
	return 0, nil
}

func (p *Pages) releasePage(c echo.Context, from url.Values) (EqualityReleasePage, figures.Query, error) {
	view := EqualityReleasePage{Page: page.New(c)}
	f := staff.FiltersOf(from)
	view.Back = "/staff/equality?" + f.Values().Encode()
	var q figures.Query
	var a tables.Protected
	err := p.Analytics.Read(c.Request().Context(), signin.Of(c).Actor, func(read *analytics.Snapshot) error {
		offer, err := read.Offer(c.Request().Context(), f.Surveys)
		if err != nil {
			return err
		}
		if changed := f.Complete(view.Page, offer); changed != "" {
			return refusal.Refuse(refusal.AboutNothing, staff.NotAskedHere)
		}
		if q, err = equalityQuery(view.Page, f, offer); err == nil {
			a, err = read.Preview(c.Request().Context(), q)
		}
		return err
	})
	if refused := (refusal.Refusal{}); errors.As(err, &refused) {
		view.refuse(refused)
		return view, q, nil
	}
	if err != nil {
		return view, q, err
	}
	if view.Seen, err = digest(a); err != nil {
		return view, q, err
	}
	// The form has the days that were shown: when a month ends before the button is pressed, the table does not grow by it.
	f.From, f.To = a.Of().From.String(), a.Of().To.String()
	for name, list := range f.Values() {
		for _, value := range list {
			view.Fields = append(view.Fields, Hidden{name, value})
		}
	}
	slices.SortFunc(view.Fields, func(a, b Hidden) int { return strings.Compare(a.Name, b.Name) })
	if view.Suppression = staff.SuppressionOf(a); view.Suppression.All {
		view.refuse(
			refusal.Refuse(
				refusal.AboutNothing,
				"equality.nothing_of_this_table|Nothing of this table can be shown, so there is nothing to release. Ask for broader groups or a "+
					"longer period.",
			),
		)
		return view, q, nil
	}
	view.Shown, view.Title, view.Period = true, view.Say(a.Of().Title()), view.Say(a.Of().Period())
	view.Table, view.Lattices = staff.ProtectedTable(view.Page, a), a.Lattices
	return view, q, nil
}

// refuse says what the register refused, with the way to the first release that it names.
func (v *EqualityReleasePage) refuse(r refusal.Refusal) {
	v.Problems.Add("release", v.Say(r.Message()))
	if len(r.AuditedWith) > 0 {
		v.Earlier = page.Link{
			Text: v.T("equality.open_release|Open release %s", r.AuditedWith[0]),
			Href: fmt.Sprintf("/staff/releases/%d", r.AuditedWith[0]),
		}
	}
}

// digest stands for the cells of a table: what leaves must be what was looked at.
func digest(a tables.Protected) (string, error) {
	cells, err := json.Marshal(a.CellsWithTotal())
	if err != nil {
		return "", err
	}
	return digestOf(cells), nil
}

func digestOf(cells []byte) string {
	sum := sha256.Sum256(cells)
	return hex.EncodeToString(sum[:12])
}
