package settings

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/permission"
)

// SettingsPage is staff/settings: what can be set, each with a page of its own.
type SettingsPage struct {
	page.Page
	Settings []staff.Setting
	Missing  staff.MissingComplaints
}

// Settings lists what the caller may set.
func (p *Pages) Settings(c echo.Context) error {
	view := SettingsPage{Page: page.New(c), Missing: staff.ComplaintsMissing(c)}
	for _, s := range staff.Settings(view.Page) {
		if permission.Holds(signin.Of(c).Actor, s.Permission) {
			view.Settings = append(view.Settings, s)
		}
	}
	return page.Render(c, http.StatusOK, "staff/settings", view)
}
