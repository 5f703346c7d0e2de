package settings

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
)

// ComplaintsPage is staff/complaints: where complaints about personal data go.
type ComplaintsPage struct {
	page.Page
	Was       string
	Contact   string
	Procedure staff.Wording
	Days      int    // within how many days the law wants a complaint to be acknowledged
	Privacy   string // the address of the privacy page, which says all this
}

func complaintsPage(c echo.Context, of accounts.Complaints) ComplaintsPage {
	org := staff.Organisation(c)
	view := ComplaintsPage{
		Page:    page.New(c),
		Was:     org.Complaints.Mark(),
		Contact: of.Contact,
		Days:    accounts.ComplaintDays,
		Privacy: "/" + org.Slug + "/privacy",
	}
	view.Back = "/staff/settings"
	view.Procedure = staff.Wording{
		Page:      view.Page,
		Name:      "procedure",
		Label:     view.T("setting.address_of_your_complaints|Address of your complaints procedure"),
		Hint:      view.T("setting.whole_address|The whole address of the page, such as https://www.example.gov.uk/complaints"),
		Languages: staff.Languages(c),
		Text:      of.Procedure,
	}
	return view
}

// Complaints shows where complaints about personal data go.
func (p *Pages) Complaints(c echo.Context) error {
	return page.Render(c, http.StatusOK, "staff/complaints", complaintsPage(c, staff.Organisation(c).Complaints))
}

// SaveComplaints saves it.
func (p *Pages) SaveComplaints(c echo.Context) error {
	org := staff.Organisation(c)
	wanted := accounts.Complaints{
		Contact:   staff.PlainText(c.FormValue("contact")),
		Procedure: staff.WordingOf(c, "procedure", org.Complaints.Procedure),
	}
	err := p.Accounts.ChangeComplaints(c.Request().Context(), signin.Of(c).Actor, c.FormValue("was"), wanted)
	if err == nil {
		page.Flash(c, page.T(c, "setting.saved_the_privacy_page|Saved. The privacy page says it now."))
		return c.Redirect(http.StatusSeeOther, staff.ComplaintsAddress)
	}
	view := complaintsPage(c, wanted)
	main := "procedure-" + org.Languages[0]
	if errors.Is(err, accounts.ErrChanged) {
		procedure, _ := org.Complaints.Procedure.In(org.Languages[0])
		view.Problems.Add(
			"contact",
			fmt.Sprintf(
				view.T(staff.ChangedSince),
				cmp.Or(org.Complaints.Contact, view.T("setting.no_contact|no contact"))+", "+cmp.Or(procedure, view.T("setting.no_address|no address")),
			),
		)
	} else if err := staff.PutRefusals(view.Page, &view.Problems, err, func(field string) string {
		if field == "procedure" {
			return main
		}
		return field
	}); err != nil {
		return err
	}
	view.Procedure.Page = view.Page
	return page.Render(c, http.StatusUnprocessableEntity, "staff/complaints", view)
}
