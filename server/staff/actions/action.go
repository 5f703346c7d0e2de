package actions

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/actions"
	"yousaid/analytics/insight"
	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/permission"
)

// ActionPage is staff/action: an action to write, to review, or to look after.
type ActionPage struct {
	page.Page
	Action    actions.Action
	New       bool
	From      string // the comment it is started from
	FromText  string // its reviewed text
	Evidence  EvidenceView
	Waiting   staff.WaitingChange // ID 0: none
	YouSaid   staff.Wording
	WeDid     staff.Wording
	Deliver   staff.Wording
	Note      staff.Wording
	Kind      string
	Kinds     []page.Option
	Service   string
	Services  []page.Option
	Theme     string
	Themes    []page.Option
	Owner     string
	Owners    []page.Option
	Target    page.DateParts
	Completed page.DateParts
	PublishOn page.DateParts
	Status    actions.Status
	Words     string // of state and status
	Advice    []actions.Finding
	// DespiteValue names the findings that the box says are meant; "" where there is none.
	DespiteValue string
	History      []HistoryLine
	CanEdit      bool // what is written
	CanSend      bool
	CanPass      bool   // approve or give back
	Second       bool   // the caller is a second person
	Public       string // address of the public page
	Theirs       []string
}

// HistoryLine is an event in words.
type HistoryLine struct{ When, Who, What, Note string }

func (p *Pages) actionPage(c echo.Context, a actions.Action, history []actions.Event) (ActionPage, error) {
	ctx, actor, org := c.Request().Context(), signin.Of(c).Actor, staff.Organisation(c)
	view := ActionPage{
		Page:    page.New(c),
		Action:  a,
		Kind:    string(a.Kind),
		Service: strconv.FormatInt(a.Service, 10),
		Theme:   strconv.FormatInt(a.Theme, 10),
		Owner:   strconv.FormatInt(a.Owner, 10),
	}
	view.Back = "/staff/actions"
	people, err := p.Accounts.People(ctx, org.ID)
	if err != nil {
		return view, err
	}
	if err := p.actionChoices(c, &view, people); err != nil {
		return view, err
	}
	view.Target, view.Completed = staff.DayParts(a.Target), staff.DayParts(a.Completed)
	today, err := p.Actions.Today(ctx, org.ID)
	if err != nil {
		return view, err
	}
	view.Status, view.Words = a.Status(today), view.T(stateOfAction[a.State])
	if a.State == actions.Published && a.PublishOn > today {
		view.Words = view.T("action.approved_public_from|Approved, public from %s", staff.DayInWords(view.Page, a.PublishOn))
	}
	view.PublishOn = staff.DayParts(today)
	view.CanEdit = a.State == actions.Draft || a.State == actions.Review || a.State == ""
	view.CanSend = a.State == actions.Draft
	view.CanPass = permission.Holds(actor, permission.PublishActions)
	view.Second = a.EditedBy != actor.Name
	if a.Waiting != nil {
		start := staff.NewWaitingChange(
			view.Page,
			*a.Waiting,
			view.T("action.a_change_waits_for|A change waits for a second person"),
			actor.Name,
			fmt.Sprintf("/staff/actions/%d", a.Number),
			org.Zone(),
			view.CanPass,
		)
		if view.Waiting, err = waitingOfAction(start, a); err != nil {
			return view, err
		}
	}
	view.Public = fmt.Sprintf("/%s/you-said-we-did/%d", org.Slug, a.Number)
	if a.State != "" {
		view.Evidence = evidenceView(view.Page, a, actor, people)
	}
	if view.CanEdit && a.State != "" {
		view.Advice = a.Review(org.Languages, a.Evidence)
		view.DespiteValue = actions.Confirmation(view.Advice)
	}
	for _, h := range history {
		view.History = append(
			view.History,
			HistoryLine{view.Date(h.At.In(org.Zone())) + h.At.In(org.Zone()).Format(" 15:04"), h.Who, h.What, h.Note},
		)
	}
	view.words(c, a.Texts)
	return view, nil
}

// actionChoices fills in what may be chosen: kinds, services of the reader's role, themes, and owners among the people.
func (p *Pages) actionChoices(c echo.Context, view *ActionPage, people []accounts.Person) error {
	for _, k := range []actions.Kind{actions.Did, actions.Doing, actions.Cannot} {
		view.Kinds = append(view.Kinds, page.Option{Value: string(k), Text: view.T(kindOfAction[k])})
	}
	services, err := p.serviceOptions(c)
	if err != nil {
		return err
	}
	scope, err := p.Insight.Services(c.Request().Context(), signin.Of(c).Actor)
	if err != nil {
		return err
	}
	if scope == nil { // the role is for all services
		services = append([]page.Option{{Value: "0", Text: view.T("action.the_whole_council|The whole council")}}, services...)
	}
	view.Services = services
	themes, err := p.Insight.Themes(c.Request().Context(), staff.Organisation(c).ID)
	if err != nil {
		return err
	}
	view.Themes = append(
		[]page.Option{{Value: "0", Text: view.T("action.no_theme|No theme")}},
		staff.ThemeOptions(view.Page, themes, "", view.Theme)...)
	view.Owners = []page.Option{{Value: "0", Text: view.T("action.nobody_yet|Nobody yet")}}
	for i, one := range people {
		if (i == 0 || people[i-1].ID != one.ID) && one.Role != "" {
			view.Owners = append(view.Owners, page.Option{Value: strconv.FormatInt(one.ID, 10), Text: one.Email})
		}
	}
	if staff.OptionText(view.Owners, view.Owner) == view.Owner {
		view.Owners = append(view.Owners, page.Option{Value: view.Owner, Text: view.T("action.somebody_who_has_left|Somebody who has left")})
	}
	return nil
}

// words prepares the fields of the texts.
func (v *ActionPage) words(c echo.Context, t actions.Texts) {
	list := staff.Languages(c)
	v.YouSaid = staff.Wording{
		Page:      v.Page,
		Name:      "you_said",
		Label:     v.T("action.you_said|You said"),
		Lines:     3,
		Languages: list,
		Text:      t.YouSaid,
	}
	v.WeDid = staff.Wording{
		Page:      v.Page,
		Name:      "we_did",
		Label:     v.T("action.what_we_did_are|What we did, are doing, or why we cannot"),
		Lines:     4,
		Languages: list,
		Text:      t.WeDid,
	}
	v.Deliver = staff.Wording{
		Page:      v.Page,
		Name:      "deliverable",
		Label:     v.T("action.what_will_be_there|What will be there to see (optional)"),
		Lines:     1,
		Languages: list,
		Text:      t.Deliverable,
	}
	v.Note = staff.Wording{
		Page:      v.Page,
		Name:      "note",
		Label:     v.T("staff.note_that_the_public|Note that the public reads"),
		Lines:     2,
		Languages: list,
		Text:      v.Note.Text,
	}
}

// NewAction starts an action, perhaps from a comment, whose reviewed text is shown beside the form.
func (p *Pages) NewAction(c echo.Context) error {
	view, err := p.newAction(c, staff.PlainText(c.QueryParam("comment")))
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/action", view)
}

func (p *Pages) newAction(c echo.Context, comment string) (ActionPage, error) {
	start := actions.Action{Content: actions.Content{Kind: actions.Doing}}
	quote := ""
	if comment != "" {
		k, err := staff.CommentKey(comment)
		if err != nil {
			return ActionPage{}, err
		}
		q, err := p.Insight.Quotable(c.Request().Context(), signin.Of(c).Actor, k)
		if err != nil {
			return ActionPage{}, err
		}
		quote = q.Text
		f, err := p.Insight.One(c.Request().Context(), signin.Of(c).Actor, k, "")
		if err != nil {
			return ActionPage{}, err
		}
		services, err := p.Catalogue.Services(c.Request().Context(), staff.Organisation(c).ID)
		if err != nil {
			return ActionPage{}, err
		}
		for _, s := range services {
			if s.Slug == f.Service {
				start.Service = s.ID
			}
		}
		if len(f.Themes) > 0 {
			start.Theme = f.Themes[0]
		}
	}
	view, err := p.actionPage(c, start, nil)
	view.New, view.From, view.FromText = true, comment, quote
	return view, err
}

// content reads the form, with what cannot be saved at its field.
func (v *ActionPage) content(c echo.Context, before actions.Content) actions.Content {
	v.Kind, v.Service, v.Theme, v.Owner = c.FormValue("kind"), c.FormValue("service"), c.FormValue("theme"), c.FormValue("owner")
	out := actions.Content{Kind: actions.Kind(v.Kind), Texts: actions.Texts{YouSaid: staff.WordingOf(c, "you_said", before.Texts.YouSaid),
		WeDid: staff.WordingOf(c, "we_did", before.Texts.WeDid), Deliverable: staff.WordingOf(c, "deliverable", before.Texts.Deliverable)}}
	if _, known := kindOfAction[out.Kind]; !known {
		v.Problems.Add("kind", v.T("action.choose_what_the_council|Choose what the council says."))
	}
	chosen := func(field, value string, options []page.Option) int64 {
		id, err := strconv.ParseInt(value, 10, 64)
		if err != nil || !slices.ContainsFunc(options, func(o page.Option) bool { return o.Value == value }) {
			v.Problems.Add(field, v.T("action.choose_one_from_the|Choose one from the list."))
		}
		return id
	}
	out.Service, out.Theme, out.Owner = chosen(
		"service",
		v.Service,
		v.Services,
	), chosen(
		"theme",
		v.Theme,
		v.Themes,
	), chosen(
		"owner",
		v.Owner,
		v.Owners,
	)
	out.Target, v.Target = staff.TypedDay(c, &v.Problems, "target")
	out.Completed, v.Completed = staff.TypedDay(c, &v.Problems, "completed")
	staff.WordingFaults(v.Page, &v.Problems, "you_said", out.Texts.YouSaid)
	staff.WordingFaults(v.Page, &v.Problems, "we_did", out.Texts.WeDid)
	staff.WordingFaults(v.Page, &v.Problems, "deliverable", out.Texts.Deliverable)
	v.words(c, out.Texts)
	return out
}

// CreateAction saves a first draft.
func (p *Pages) CreateAction(c echo.Context) error {
	from := c.FormValue("from")
	view, err := p.newAction(c, from)
	if err != nil {
		return err
	}
	content := view.content(c, actions.Content{})
	if content.Texts.YouSaid.Empty() && content.Texts.WeDid.Empty() {
		view.Problems.Add("you_said-"+staff.Organisation(c).Languages[0], view.T("action.write_what_people_said|Write what people said."))
	}
	if len(view.Problems) == 0 {
		var keys []insight.Key
		if from != "" {
			k, err := staff.CommentKey(from)
			if err != nil {
				return err
			}
			keys = append(keys, k)
		}
		number, err := p.Actions.Create(c.Request().Context(), signin.Of(c).Actor, content, keys...)
		if err != nil {
			return err
		}
		page.Flash(
			c,
			view.T("action.action_is_started_nobody|Action %s is started. Nobody outside sees it before a second person has approved it.", number),
		)
		return c.Redirect(http.StatusSeeOther, fmt.Sprintf("/staff/actions/%d", number))
	}
	view.words(c, content.Texts)
	return page.Render(c, http.StatusUnprocessableEntity, "staff/action", view)
}

func (p *Pages) action(c echo.Context) (actions.Action, []actions.Event, error) {
	number, err := strconv.ParseInt(c.Param("number"), 10, 64)
	if err != nil {
		return actions.Action{}, nil, actions.ErrMissing
	}
	return p.Actions.Action(c.Request().Context(), signin.Of(c).Actor, number)
}

// Action shows an action with what can be done to it.
func (p *Pages) Action(c echo.Context) error {
	a, history, err := p.action(c)
	if err != nil {
		return err
	}
	view, err := p.actionPage(c, a, history)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/action", view)
}
