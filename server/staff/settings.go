package staff

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/permission"
)

// SettingsPage is staff/settings: what can be set, each with a page of its own.
type SettingsPage struct {
	page.Page
	Settings []Setting
	Missing  MissingComplaints
}

// Setting is one of them.
type Setting struct {
	Text, Href, What string
	permission       permission.Permission
}

var settings = []Setting{
	{"Services", "/staff/services", "What the council does, to which directorate it belongs and belonged, what was closed or merged.", permission.ManageOperations},
	{"Directorates", "/staff/directorates", "The parts of the council that services are counted under.", permission.ManageOperations},
	{"Access points", "/staff/access-points", "Counters, phone numbers and addresses at which people reach you.", permission.ManageOperations},
	{"Names of channels", "/staff/channels", "What the council calls the ways to reach it.", permission.ManageOperations},
	{"Name, colour and languages", "/staff/brand", "How pages look to customers, and the languages they are in.", permission.ManageOperations},
	{"Complaints about personal data", complaintsAddress, "Whom people complain to first, and where your complaints procedure is. The privacy page says so.", permission.ManageOperations},
	{"People", "/staff/people", "Who works here, and in which role.", permission.SeePeople},
	{"Themes and root causes", "/staff/themes", "The list that comments are sorted by.", permission.ManageSurveys},
	{"Translations", "/staff/translations", "The words of the pages for customers in other languages, and Welsh that no speaker has checked yet.", permission.SeeTranslations},
	{"Audit", "/staff/audit", "Who did what, and when.", permission.SeeAudit},
}

// isSetting tells whether an address is that of a page of settings, or below one.
func isSetting(path string) bool {
	return slices.ContainsFunc(settings, func(s Setting) bool { return path == s.Href || strings.HasPrefix(path, s.Href+"/") })
}

// Settings lists what the caller may set.
func (p *Pages) Settings(c echo.Context) error {
	view := SettingsPage{Page: page.New(c), Missing: missingComplaints(c)}
	for _, s := range settings {
		if permission.Holds(signin.Of(c).Actor, s.permission) {
			view.Settings = append(view.Settings, s)
		}
	}
	return page.Render(c, http.StatusOK, "staff/settings", view)
}

// changedSince is what to say when somebody else was faster. The form that is shown again is saved on top of theirs if it is sent once more.
const changedSince = "Somebody else changed this after you opened it. Nothing is saved yet. It is now: %s. Save once more to replace that."

// refused puts what a store refused on the form, each at its field: place gives the field of the form. An error of another kind is given back.
func refused(ps *page.Problems, err error, place func(field string) string) error {
	list := page.ProblemsOf(err)
	if list == nil {
		return err
	}
	for _, one := range list {
		ps.Add(place(one.Field), one.Text)
	}
	return nil
}

// typedDay reads a day, or says at its field what is wrong with it.
func typedDay(c echo.Context, ps *page.Problems, field string, now time.Time) (time.Time, page.DateParts) {
	parts := page.DateFrom(c.FormValue, field)
	if parts.Empty() {
		return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC), parts
	}
	day, problem := parts.Time(time.UTC)
	if problem != "" {
		ps.Add(field, problem)
	}
	return day, parts
}

func label(s catalogue.Service) string {
	text := catalogue.Label(s.Names, "en")
	if s.ClosedOn != nil {
		text += " (closed " + s.ClosedOn.Format("2 January 2006") + ")"
	}
	return text
}

// byLabel orders services as a reader looks for them.
func byLabel(list []catalogue.Service) []catalogue.Service {
	slices.SortStableFunc(list, func(a, b catalogue.Service) int {
		return cmp.Compare(strings.ToLower(catalogue.Label(a.Names, "en")), strings.ToLower(catalogue.Label(b.Names, "en")))
	})
	return list
}
