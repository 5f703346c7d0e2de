package links

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/links"
	"yousaid/surveys/permission"
)

// LinksPage is staff/links: the links with their use.
type LinksPage struct {
	page.Page
	Wanted   links.Wanted
	Surveys  []page.Option
	Services []page.Option
	Channels []page.Option
	States   []page.Option
	Table    page.Table
	Pager    page.Pager
	Secrets  bool
}

const linkPart = 50

func linkStates(frame page.Page) []page.Option {
	return []page.Option{
		{Value: "open", Text: frame.T("staff.open|Open")},
		{Value: "closed", Text: frame.T("staff.closed|Closed")},
		{Value: "expired", Text: frame.T("link.past_its_last_day|Past its last day")},
	}
}

// LinkList shows the links.
func (p *Pages) LinkList(c echo.Context) error {
	all, err := staff.AboutChoices(c, p.Surveys, p.Catalogue, staff.AllServices)
	if err != nil {
		return err
	}
	q := func(name string) string { return staff.PlainText(c.QueryParam(name)) }
	view := LinksPage{
		Page:     page.New(c),
		Surveys:  staff.WithFirst(all.Surveys, page.T(c, "link.all_surveys|All surveys")),
		Services: staff.WithFirst(all.Services, page.T(c, "staff.all_services|All services")),
		Channels: staff.WithFirst(all.Channels, page.T(c, "staff.all_channels|All channels")),
		States: staff.WithFirst(
			linkStates(page.New(c)),
			page.T(c, "link.all_links|All links"),
		),
		Secrets: permission.Holds(signin.Of(c).Actor, permission.ManageOperations),
	}
	view.Wanted = links.Wanted{
		Survey:  q("survey"),
		Service: q("service"),
		Channel: q("channel"),
		State:   links.State(q("state")),
		Words:   q("words"),
		Limit:   linkPart + 1,
	}
	view.Wanted.Before, _ = strconv.ParseInt(q("before"), 10, 64)
	list, err := p.Links.Used(c.Request().Context(), staff.Organisation(c).ID, view.Wanted)
	if err != nil {
		return err
	}
	if view.Wanted.Before > 0 {
		view.Pager.Newer = "/staff/links?" + view.values().Encode()
	}
	if len(list) > linkPart {
		list = list[:linkPart]
		v := view.values()
		v.Set("before", strconv.FormatInt(list[linkPart-1].ID, 10))
		view.Pager.Older = "/staff/links?" + v.Encode()
	}
	view.Table = linkTable(view.Page, list, all)
	return page.Render(c, http.StatusOK, "staff/links", view)
}

func (v LinksPage) values() url.Values {
	values := url.Values{}
	for name, value := range map[string]string{"survey": v.Wanted.Survey, "service": v.Wanted.Service, "channel": v.Wanted.Channel,
		"state": string(v.Wanted.State), "words": v.Wanted.Words} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values
}

func linkTable(frame page.Page, list []links.Use, all staff.Choices) page.Table {
	t := page.Table{
		Caption: frame.T("link.links_newest_first|Links, newest first"),
		Columns: []page.Column{
			{Text: frame.T("link.code|Code")},
			{Text: frame.T("link.service|Service")},
			{Text: frame.T("staff.channel|Channel")},
			{Text: frame.T("link.about_2|About")},
			{Text: frame.T("link.state|State")},
			{Text: frame.T("link.responses|Responses"), Number: true},
			{Text: frame.T("link.last_days|Last 30 days"), Number: true},
		},
	}
	for _, l := range list {
		t.Rows = append(
			t.Rows,
			[]page.Cell{
				{Text: l.Code, Href: "/staff/links/" + l.Code, Head: true},
				{Text: cmp.Or(staff.OptionText(all.Services, l.Service), frame.T(staff.NotOneService))},
				{Text: cmp.Or(staff.OptionText(all.Channels, l.Channel), frame.T(staff.NoChannel))},
				{
					Text: l.About,
				},
				{Text: staff.OptionText(linkStates(frame), string(l.State))},
				{Text: page.Number(l.Responses), Number: true},
				{Text: page.Number(l.Recent), Number: true},
			},
		)
	}
	return t
}

// NewLinkPage is staff/link_new: one link, or one for each service and channel that is ticked.
type NewLinkPage struct {
	page.Page
	Form     newLinkForm
	Surveys  []page.Option
	Services []page.Option
	Channels []page.Option
	Places   []page.Option
	Expires  page.DateParts
	Count    int // of links to make, asked once more before more than one is made
}

type newLinkForm struct {
	staff.AboutForm
	About string `form:"about" validate:"max=200" problem:"link.about_long|Say what the links stand on in 200 characters or fewer."`
	Sure  string `form:"sure"`
}

const mostLinks = 200 // made at once

func (p *Pages) newLink(c echo.Context) (NewLinkPage, error) {
	all, err := staff.AboutChoices(c, p.Surveys, p.Catalogue, staff.AllServices)
	view := NewLinkPage{
		Page:     page.New(c),
		Surveys:  staff.WithFirst(all.Surveys, page.T(c, "link.choose_a_survey|Choose a survey")),
		Services: staff.OrNone(all.Services, page.T(c, staff.NotOneService)),
		Channels: staff.OrNone(all.Channels, page.T(c, staff.NoChannel)),
		Places:   staff.WithFirst(all.Places, page.T(c, "link.no_place|No place")),
	}
	view.Back = "/staff/links"
	return view, err
}

// NewLink asks what to make links for.
func (p *Pages) NewLink(c echo.Context) error {
	view, err := p.newLink(c)
	if err != nil {
		return err
	}
	view.Form.Survey = staff.PlainText(c.QueryParam("survey"))
	return page.Render(c, http.StatusOK, "staff/link_new", view)
}

// MakeLinks makes the links. More than one is asked for once more, with their number.
func (p *Pages) MakeLinks(c echo.Context) error {
	view, err := p.newLink(c)
	if err != nil {
		return err
	}
	if view.Problems, err = page.Bind(c, &view.Form); err != nil {
		return err
	}
	view.Form.Clean()
	if len(view.Form.Services) == 0 {
		view.Problems.Add("service", view.T("link.choose_at_least_one|Choose at least one service."))
	}
	if len(view.Form.Channels) == 0 {
		view.Problems.Add("channel", view.T("link.choose_at_least_one_channel|Choose at least one channel."))
	}
	var expires string
	expires, view.Expires = staff.TypedDay(c, &view.Problems, "expires")
	if expires != "" && expires < p.Now().In(staff.Organisation(c).Zone()).Format(time.DateOnly) {
		view.Problems.Add("expires", view.T("link.the_last_day_is|The last day is over already. Choose today or a later day."))
	}
	for i, o := range view.Services {
		view.Services[i].Chosen = slices.Contains(view.Form.Services, o.Value)
	}
	for i, o := range view.Channels {
		view.Channels[i].Chosen = slices.Contains(view.Form.Channels, o.Value)
	}
	view.Count = len(view.Form.Services) * len(view.Form.Channels)
	if view.Count > mostLinks {
		view.Problems.Add(
			"service",
			view.T("link.that_would_be_links|That would be %s links. Make no more than %s at once.", view.Count, mostLinks),
		)
	}
	if len(view.Problems) == 0 && (view.Count == 1 || view.Form.Sure == strconv.Itoa(view.Count)) {
		var news []links.New
		for _, service := range view.Form.Services {
			for _, channel := range view.Form.Channels {
				news = append(
					news,
					links.New{
						Survey:      view.Form.Survey,
						Service:     staff.ChosenOf(service),
						Channel:     staff.ChosenOf(channel),
						AccessPoint: view.Form.Place,
						About:       view.Form.About,
						Expires:     expires,
					},
				)
			}
		}
		made, err := p.Links.AddAll(c.Request().Context(), signin.Of(c).Actor, news)
		if err == nil {
			if len(made) == 1 {
				return c.Redirect(http.StatusSeeOther, "/staff/links/"+made[0].Code)
			}
			page.Flash(c, view.Plural("link.links_are_made|%s link is made.|%s links are made.", len(made), len(made)))
			return c.Redirect(http.StatusSeeOther, "/staff/links?survey="+url.QueryEscape(view.Form.Survey))
		}
		if !staff.PutRefusalAbout(view.Page, &view.Problems, err) {
			return err
		}
	}
	status := http.StatusUnprocessableEntity
	if len(view.Problems) == 0 {
		status = http.StatusOK // nothing is wrong: it is asked once more
	}
	return page.Render(c, status, "staff/link_new", view)
}
