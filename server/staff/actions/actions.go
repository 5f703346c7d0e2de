package actions

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/actions"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
)

var kindOfAction = map[actions.Kind]string{
	actions.Did:    "action.we_did|We did",
	actions.Doing:  "action.we_are_doing|We are doing",
	actions.Cannot: "action.we_cannot_because|We cannot, because",
}

var stateOfAction = map[actions.State]string{
	actions.Draft:     "staff.draft|Draft",
	actions.Review:    "action.in_review|In review",
	actions.Published: "action.published|Published",
	actions.Withdrawn: "action.withdrawn|Withdrawn",
}

var statusOfAction = map[actions.Status]string{
	actions.Done:     "action.done|Done",
	actions.UnderWay: "action.under_way|Under way",
	actions.Overdue:  "action.overdue_2|Overdue",
	actions.CannotDo: "action.cannot_be_done|Cannot be done",
}

// ActionsPage is staff/actions.
type ActionsPage struct {
	page.Page
	State    string
	Service  string
	Show     string
	States   []page.Option
	Services []page.Option
	Shows    []page.Option
	Table    page.Table
	Pager    page.Pager
}

const actionPart = 50

// ActionList lists the actions.
func (p *Pages) ActionList(c echo.Context) error {
	actor := signin.Of(c).Actor
	q := func(name string) string { return staff.PlainText(c.QueryParam(name)) }
	view := ActionsPage{Page: page.New(c), State: q("state"), Service: q("service"), Show: q("show")}
	view.States = []page.Option{{Text: view.T("action.any_state|Any state")}}
	for _, s := range []actions.State{actions.Draft, actions.Review, actions.Published, actions.Withdrawn} {
		view.States = append(view.States, page.Option{Value: string(s), Text: view.T(stateOfAction[s])})
	}
	view.Shows = []page.Option{
		{Text: view.T("staff.all|All")},
		{Value: "mine", Text: view.T("action.mine|Mine")},
		{Value: "overdue", Text: view.T("action.overdue_2|Overdue")},
	}
	services, err := p.serviceOptions(c)
	if err != nil {
		return err
	}
	view.Services = staff.WithFirst(services, view.T("staff.all_services|All services"))
	w := actions.Filter{State: actions.State(view.State), Overdue: view.Show == "overdue", Limit: actionPart + 1}
	w.Service, _ = strconv.ParseInt(view.Service, 10, 64)
	w.Before, _ = strconv.ParseInt(q("before"), 10, 64)
	if view.Show == "mine" {
		w.Owner = actor.Person
	}
	list, err := p.Actions.Actions(c.Request().Context(), actor, w)
	if err != nil {
		return err
	}
	v := url.Values{"state": {view.State}, "service": {view.Service}, "show": {view.Show}}
	if w.Before > 0 {
		view.Pager.Newer = "/staff/actions?" + v.Encode()
	}
	if len(list) > actionPart {
		list = list[:actionPart]
		v.Set("before", strconv.FormatInt(list[actionPart-1].Number, 10))
		view.Pager.Older = "/staff/actions?" + v.Encode()
	}
	today, err := p.Actions.Today(c.Request().Context(), actor.Org)
	if err != nil {
		return err
	}
	view.Table = page.Table{
		Caption: view.T("action.actions_newest_first|Actions, newest first"),
		Columns: []page.Column{
			{Text: view.T("action.number|Number")},
			{Text: view.T("action.you_said|You said")},
			{Text: view.T("staff.service|Service")},
			{Text: view.T("action.state|State")},
			{Text: view.T("action.status|Status")},
			{Text: view.T("action.target_2|Target")},
		},
	}
	for _, a := range list {
		said := view.Word(a.Texts.YouSaid)
		status := view.T(statusOfAction[a.Status(today)])
		view.Table.Rows = append(
			view.Table.Rows,
			[]page.Cell{
				{Text: strconv.FormatInt(a.Number, 10), Head: true},
				{
					Text: cmp.Or(staff.Clipped(said, 80), view.T("action.nothing_written_yet|Nothing written yet")),
					Href: fmt.Sprintf("/staff/actions/%d", a.Number),
				},
				{
					Text: staff.OptionText(services, strconv.FormatInt(a.Service, 10)),
				},
				{Text: view.T(stateOfAction[a.State])},
				{Text: status},
				{Text: staff.DayInWords(view.Page, a.Target)},
			},
		)
	}
	return page.Render(c, http.StatusOK, "staff/actions", view)
}

// serviceOptions are the services that the caller may work on, by id.
func (p *Pages) serviceOptions(c echo.Context) ([]page.Option, error) {
	actor, ctx := signin.Of(c).Actor, c.Request().Context()
	services, err := p.Catalogue.Services(ctx, actor.Org)
	if err != nil {
		return nil, err
	}
	scope, err := p.Insight.Services(ctx, actor)
	if err != nil {
		return nil, err
	}
	var list []page.Option
	for _, s := range services {
		if scope == nil || slices.Contains(scope, s.ID) {
			name := page.New(c).Word(s.Names)
			list = append(list, page.Option{Value: strconv.FormatInt(s.ID, 10), Text: name})
		}
	}
	slices.SortFunc(list, func(a, b page.Option) int { return strings.Compare(a.Text, b.Text) })
	return list, nil
}
