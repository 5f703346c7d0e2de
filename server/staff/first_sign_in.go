package staff

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
)

// FirstSignInPage is staff/first_sign_in: somebody new chooses a password. Email is empty where the link is spent.
type FirstSignInPage struct {
	page.Page
	Email, Token string
}

type firstSignInForm struct {
	Password string `form:"password" validate:"required" problem:"Enter a password."`
	Again    string `form:"again" validate:"eqfield=Password" problem:"Write the same password twice."`
}

func (p *Pages) firstSignIn(c echo.Context) (view FirstSignInPage, status int, err error) {
	if err := plain(c); err != nil {
		return view, 0, err
	}
	view = FirstSignInPage{Page: bare(c), Token: c.Param("token")}
	view.Email, err = p.Accounts.Invited(c.Request().Context(), view.Token)
	if errors.Is(err, accounts.ErrSpent) {
		return view, http.StatusGone, nil
	}
	return view, http.StatusOK, err
}

// FirstSignIn shows the form. Looking at it does not spend the link: mail programs look too.
func (p *Pages) FirstSignIn(c echo.Context) error {
	view, status, err := p.firstSignIn(c)
	if err != nil {
		return err
	}
	return page.Render(c, status, "staff/first_sign_in", view)
}

// SendFirstSignIn sets the password, once, and leads to the sign-in page.
func (p *Pages) SendFirstSignIn(c echo.Context) error {
	view, status, err := p.firstSignIn(c)
	if err != nil {
		return err
	}
	if status == http.StatusGone {
		return page.Render(c, status, "staff/first_sign_in", view)
	}
	var form firstSignInForm
	if view.Problems, err = page.Bind(c, &form); err != nil {
		return err
	}
	if len(view.Problems) == 0 {
		err = p.Accounts.ChooseFirst(c.Request().Context(), view.Token, form.Password)
		switch {
		case err == nil:
			return c.Redirect(http.StatusSeeOther, "/staff/sign-in")
		case errors.Is(err, accounts.ErrSpent):
			view.Email = ""
			return page.Render(c, http.StatusGone, "staff/first_sign_in", view)
		}
		if err := refused(&view.Problems, err, func(field string) string { return field }); err != nil {
			return err
		}
	}
	return page.Render(c, http.StatusUnprocessableEntity, "staff/first_sign_in", view)
}
