package account

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/server/staff"
)

// ChoosePasswordPage is staff/choose_password: somebody chooses a password by a link that an administrator made. Email is empty where the
// link is spent.
type ChoosePasswordPage struct {
	page.Page
	Slug, Token string
	Email       string
	New         bool // the first password; otherwise other sessions end
}

type choosePasswordForm struct {
	Password string `form:"password" validate:"required" problem:"account.enter_password|Enter a password."`
	Again    string `form:"again" validate:"eqfield=Password" problem:"account.password_twice|Write the same password twice."`
}

func (p *Pages) choosePassword(c echo.Context) (o accounts.Organisation, view ChoosePasswordPage, status int, err error) {
	o, frame, err := p.councilOf(c)
	if err != nil {
		return o, view, 0, err
	}
	view = ChoosePasswordPage{Page: frame, Slug: o.Slug, Token: c.Param("token")}
	invited, err := p.Accounts.Invited(c.Request().Context(), o.ID, view.Token)
	if errors.Is(err, accounts.ErrSpent) {
		return o, view, http.StatusGone, nil
	}
	view.Email, view.New = invited.Email, invited.New
	return o, view, http.StatusOK, err
}

// ChoosePassword shows the form. Looking at it does not spend the link: mail programs look too.
func (p *Pages) ChoosePassword(c echo.Context) error {
	_, view, status, err := p.choosePassword(c)
	if err != nil {
		return err
	}
	return page.Render(c, status, "staff/choose_password", view)
}

// SetPassword sets the password, once, and leads to the organisation's sign-in page.
func (p *Pages) SetPassword(c echo.Context) error {
	o, view, status, err := p.choosePassword(c)
	if err != nil {
		return err
	}
	if status == http.StatusGone {
		return page.Render(c, status, "staff/choose_password", view)
	}
	var form choosePasswordForm
	if view.Problems, err = page.Bind(c, &form); err != nil {
		return err
	}
	if len(view.Problems) == 0 {
		err = p.Accounts.ChoosePassword(c.Request().Context(), o.ID, view.Token, form.Password)
		switch {
		case err == nil:
			return c.Redirect(http.StatusSeeOther, signInAt(o.Slug, ""))
		case errors.Is(err, accounts.ErrSpent):
			view.Email = ""
			return page.Render(c, http.StatusGone, "staff/choose_password", view)
		}
		if err := staff.PutRefusals(view.Page, &view.Problems, err, func(field string) string { return field }); err != nil {
			return err
		}
	}
	return page.Render(c, http.StatusUnprocessableEntity, "staff/choose_password", view)
}
