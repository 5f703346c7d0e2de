package settings

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/question"
)

// ListPage is staff/directorates and staff/access_points: every entry with its own form, and one to add.
type ListPage struct {
	page.Page
	Add      staff.Wording
	Channel  string
	Service  string
	Lines    []ListLine
	Channels []page.Option
	Services []page.Option
}

// ListLine is one entry.
type ListLine struct {
	ID       int64
	Name     string
	Closed   string
	Was      string
	Open     bool // its form is shown at once
	Words    staff.Wording
	On       page.DateParts
	Channel  string
	Service  string
	About    string // in a few words
	Channels []page.Option
	Services []page.Option
}

// Field is the name of a field of the line.
func (l ListLine) Field(name string) string { return fmt.Sprintf("%s%d", name, l.ID) }

func (p *Pages) directoratesPage(c echo.Context) (ListPage, error) {
	list, err := p.Catalogue.Directorates(c.Request().Context(), staff.Organisation(c).ID)
	view := ListPage{Page: page.New(c)}
	view.Back = "/staff/settings"
	view.Add = staff.Wording{Page: view.Page, Name: "names", Label: view.T("setting.name|Name"), Languages: staff.Languages(c)}
	for _, d := range list {
		line := ListLine{ID: d.ID, Name: catalogue.Label(d.Names, "en"), Was: d.Mark()}
		line.Words = staff.Wording{
			Page:      view.Page,
			Name:      line.Field("names"),
			Label:     view.T("setting.name|Name"),
			Languages: staff.Languages(c),
			Text:      d.Names,
		}
		if d.ClosedOn != nil {
			line.Closed = view.Date(*d.ClosedOn)
		}
		view.Lines = append(view.Lines, line)
	}
	return view, err
}

// Directorates lists them.
func (p *Pages) Directorates(c echo.Context) error {
	view, err := p.directoratesPage(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/directorates", view)
}

// ChangeDirectorates does what a button says: "add", "save 7", "close 7", "reopen 7".
func (p *Pages) ChangeDirectorates(c echo.Context) error {
	view, err := p.directoratesPage(c)
	if err != nil {
		return err
	}
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	order, about, _ := strings.Cut(c.FormValue("do"), " ")
	line, known := view.line(about)
	switch {
	case order == "add":
		view.Add.Text = staff.WordingOf(c, "names", nil)
		_, err = p.Catalogue.AddDirectorate(ctx, actor, "", view.Add.Text)
	case !known:
		return catalogue.ErrMissing
	case order == "save":
		line.Words.Text = staff.WordingOf(c, line.Field("names"), line.Words.Text)
		err = p.Catalogue.ChangeDirectorate(ctx, actor, line.ID, c.FormValue(line.Field("was")), line.Words.Text)
	case order == "close":
		day, parts := staff.TypedDayOrToday(c, &view.Problems, line.Field("on"), p.Now().In(staff.Organisation(c).Zone()))
		if line.On = parts; len(view.Problems) == 0 {
			if sure, err := staff.Confirmed(c, staff.Confirmation{Heading: view.T("setting.close_the_directorate|Close the directorate “%s”?",
				line.Name), Button: view.T("setting.close_it|Close it"), Keep: "/staff/directorates",
				Undo: view.T("setting.reopen_it_in_this|Reopen it in this list."),
				Happens: []string{view.T("setting.no_service_can_be|No service can be moved to it any more."),
					view.T("setting.figures_by_directorate_keep|Figures by directorate keep it for the months in which it was there.")}}); !sure {
				return err
			}
			err = p.Catalogue.CloseDirectorate(ctx, actor, line.ID, day)
		}
	case order == "reopen":
		err = p.Catalogue.ReopenDirectorate(ctx, actor, line.ID)
	default:
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	return p.listAgain(c, view, line, err, "/staff/directorates", "staff/directorates")
}

func (v *ListPage) line(about string) (*ListLine, bool) {
	id, _ := strconv.ParseInt(about, 10, 64)
	for i := range v.Lines {
		if v.Lines[i].ID == id {
			return &v.Lines[i], true
		}
	}
	return nil, false
}

// listAgain leads back to the list after a change, or shows it with what is wrong at the line it is about.
func (p *Pages) listAgain(c echo.Context, view ListPage, line *ListLine, err error, address, name string) error {
	if err == nil && len(view.Problems) == 0 {
		page.Flash(c, view.T("setting.saved|Saved."))
		return c.Redirect(http.StatusSeeOther, address)
	}
	field := func(name string) string { return name }
	if line != nil {
		field, line.Open = line.Field, true
	}
	main := "-" + staff.Organisation(c).Languages[0]
	switch {
	case errors.Is(err, catalogue.ErrChanged):
		view.Problems.Add(field("names")+main, fmt.Sprintf(view.T(staff.ChangedSince), line.Name))
	case err != nil:
		if err := staff.PutRefusals(view.Page, &view.Problems, err, func(name string) string {
			if name == "names" || name == "slug" {
				return field("names") + main
			}
			return field(name)
		}); err != nil {
			return err
		}
	}
	view.Add.Page = view.Page
	for i := range view.Lines {
		view.Lines[i].Words.Page = view.Page
	}
	return page.Render(c, http.StatusUnprocessableEntity, name, view)
}

func (p *Pages) accessPointsPage(c echo.Context) (ListPage, error) {
	ctx, org := c.Request().Context(), staff.Organisation(c).ID
	view := ListPage{Page: page.New(c)}
	view.Back = "/staff/settings"
	view.Add = staff.Wording{
		Page:      view.Page,
		Name:      "names",
		Label:     view.T("setting.name|Name"),
		Hint:      view.T("setting.such_as_southfields_reception|Such as Southfields reception, or Contact centre."),
		Languages: staff.Languages(c),
	}
	channels, err := p.Catalogue.Channels(ctx, org)
	if err != nil {
		return view, err
	}
	services, err := p.Catalogue.Services(ctx, org)
	if err != nil {
		return view, err
	}
	words := map[string]string{}
	for _, ch := range channels {
		words[ch.Code] = catalogue.Label(ch.Names, "en")
		view.Channels = append(view.Channels, page.Option{Value: ch.Code, Text: words[ch.Code]})
	}
	view.Services = openServices(services, view.T("staff.all_services|All services"), 0)
	points, err := p.Catalogue.AccessPoints(ctx, org)
	for _, a := range points {
		line := ListLine{
			ID:       a.ID,
			Name:     catalogue.Label(a.Names, "en"),
			Was:      a.Mark(),
			Channel:  a.Channel,
			Service:  idText(a.Service),
			About:    words[a.Channel],
			Channels: view.Channels,
			Services: view.Services,
		}
		line.Words = staff.Wording{
			Page:      view.Page,
			Name:      line.Field("names"),
			Label:     view.T("setting.name|Name"),
			Languages: staff.Languages(c),
			Text:      a.Names,
		}
		for _, s := range services {
			if s.ID == a.Service {
				line.About += ", " + staff.ServiceLabel(view.Page, s)
				if s.ClosedOn != nil {
					line.Services = append(
						line.Services[:len(line.Services):len(line.Services)],
						page.Option{Value: line.Service, Text: staff.ServiceLabel(view.Page, s)},
					)
				}
			}
		}
		view.Lines = append(view.Lines, line)
	}
	return view, err
}

// AccessPoints lists them.
func (p *Pages) AccessPoints(c echo.Context) error {
	view, err := p.accessPointsPage(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/access_points", view)
}

// ChangeAccessPoints does what a button says: "add", "save 7".
func (p *Pages) ChangeAccessPoints(c echo.Context) error {
	view, err := p.accessPointsPage(c)
	if err != nil {
		return err
	}
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	order, about, _ := strings.Cut(c.FormValue("do"), " ")
	line, known := view.line(about)
	service := func(text string) int64 {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil && text != "" {
			return -1
		}
		return id
	}
	switch {
	case order == "add":
		view.Add.Text, view.Channel, view.Service = staff.WordingOf(
			c,
			"names",
			nil,
		), c.FormValue(
			"channel",
		), staff.PlainText(
			c.FormValue("service"),
		)
		_, err = p.Catalogue.AddAccessPoint(
			ctx,
			actor,
			catalogue.AccessPoint{Channel: view.Channel, Service: service(view.Service), Names: view.Add.Text},
		)
	case !known:
		return catalogue.ErrMissing
	case order == "save":
		line.Words.Text = staff.WordingOf(c, line.Field("names"), line.Words.Text)
		line.Channel, line.Service = c.FormValue(line.Field("channel")), staff.PlainText(c.FormValue(line.Field("service")))
		err = p.Catalogue.ChangeAccessPoint(ctx, actor, c.FormValue(line.Field("was")),
			catalogue.AccessPoint{ID: line.ID, Channel: line.Channel, Service: service(line.Service), Names: line.Words.Text})
	default:
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	return p.listAgain(c, view, line, err, "/staff/access-points", "staff/access_points")
}

// ChannelsPage is staff/channels: the names of the channels.
type ChannelsPage struct {
	page.Page
	Channels []ChannelLine
}

// ChannelLine is one channel.
type ChannelLine struct {
	Code, Was string
	Words     staff.Wording
}

func (p *Pages) channelsPage(c echo.Context) (ChannelsPage, error) {
	list, err := p.Catalogue.Channels(c.Request().Context(), staff.Organisation(c).ID)
	view := ChannelsPage{Page: page.New(c)}
	view.Back = "/staff/settings"
	for _, ch := range list {
		view.Channels = append(
			view.Channels,
			ChannelLine{
				ch.Code,
				ch.Mark(),
				staff.Wording{
					Page:      view.Page,
					Name:      ch.Code,
					Label:     view.Word(catalogue.ChannelName(ch.Code)),
					Languages: staff.Languages(c),
					Text:      ch.Names,
				},
			},
		)
	}
	return view, err
}

// Channels shows the names.
func (p *Pages) Channels(c echo.Context) error {
	view, err := p.channelsPage(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/channels", view)
}

// SaveChannels saves the names that were changed. One that cannot be saved holds up no other.
func (p *Pages) SaveChannels(c echo.Context) error {
	view, err := p.channelsPage(c)
	if err != nil {
		return err
	}
	for i := range view.Channels {
		line := &view.Channels[i]
		before := line.Words.Text
		line.Words.Text = staff.WordingOf(c, line.Code, before)
		was := c.FormValue("was-" + line.Code)
		if sameWords(before, line.Words.Text) || was == (catalogue.Channel{Names: line.Words.Text}).Mark() {
			line.Words.Text = before // not touched in this form, whatever somebody else made of it meanwhile
			continue
		}
		field := line.Code + "-" + staff.Organisation(c).Languages[0]
		err := p.Catalogue.NameChannel(c.Request().Context(), signin.Of(c).Actor, line.Code, was, line.Words.Text)
		if errors.Is(err, catalogue.ErrChanged) {
			view.Problems.Add(field, fmt.Sprintf(view.T(staff.ChangedSince), catalogue.Label(before, "en")))
		} else if err := staff.PutRefusals(view.Page, &view.Problems, err, func(string) string { return field }); err != nil {
			return err
		}
	}
	if len(view.Problems) == 0 {
		page.Flash(c, view.T("setting.saved|Saved."))
		return c.Redirect(http.StatusSeeOther, "/staff/channels")
	}
	for i := range view.Channels {
		view.Channels[i].Words.Page = view.Page
	}
	return page.Render(c, http.StatusUnprocessableEntity, "staff/channels", view)
}

func sameWords(a, b question.Text) bool { return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b) }
