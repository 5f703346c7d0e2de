package staff

import (
	"errors"
	"math"
	"net/http"
	"net/netip"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/surveys/tenant"
)

// FrontPage is staff/front: what stands at the root of the site.
type FrontPage struct{ page.Page }

// Front names the product and leads to the sign-in.
func (p *Pages) Front(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
	return page.Render(c, http.StatusOK, "staff/front", FrontPage{bare(c)})
}

// bare is the frame of a page before anybody has signed in: it has no organisation, and its brand is the product's own.
func bare(c echo.Context) page.Page {
	p := page.New(c)
	p.Brand = page.NewBrand("", "")
	return p
}

// SignInPage is staff/sign_in.
type SignInPage struct {
	page.Page
	Email string
	Next  string // where to go afterwards; a staff page of this site or ""
}

// signInForm is what SignInPage sends.
type signInForm struct {
	Email    string `form:"email" validate:"required" problem:"Enter your email address."`
	Password string `form:"password" validate:"required" problem:"Enter your password."`
	Next     string `form:"next"`
}

// SignIn shows the form.
func (p *Pages) SignIn(c echo.Context) error {
	if err := plain(c); err != nil {
		return err
	}
	form := SignInPage{Page: bare(c)}
	if next := c.QueryParam("next"); local(next) {
		form.Next = next
	}
	return page.Render(c, http.StatusOK, "staff/sign_in", form)
}

// plain refuses to ask for a password where it would travel in the clear.
func plain(c echo.Context) error {
	if !https(c) && !signin.Loopback(c.Request().Host) {
		return ErrPlain
	}
	return nil
}

// SendSignIn opens a session, or shows the form again with one sentence that does not say which of the two was wrong.
func (p *Pages) SendSignIn(c echo.Context) error {
	if err := plain(c); err != nil {
		return err
	}
	var sent signInForm
	problems, err := page.Bind(c, &sent)
	if err != nil {
		return err
	}
	form := SignInPage{Page: bare(c), Email: sent.Email}
	if local(sent.Next) {
		form.Next = sent.Next
	}
	if form.Problems = problems; len(problems) > 0 {
		return page.Render(c, http.StatusUnprocessableEntity, "staff/sign_in", form)
	}
	token, err := p.Door.SignIn(c.Request().Context(), sent.Email, sent.Password, network(c))
	if status, shown := refusedSignIn(c, &form.Page, "email", err); shown {
		return page.Render(c, status, "staff/sign_in", form)
	}
	if err != nil {
		return err
	}
	if old := signin.TokenOf(c.Request(), https(c)); old != "" {
		if err := p.Door.SignOut(c.Request().Context(), old); err != nil {
			return err
		}
	}
	c.SetCookie(signin.Cookie(token, https(c)))
	if form.Next != "" {
		return c.Redirect(http.StatusSeeOther, form.Next)
	}
	return c.Redirect(http.StatusSeeOther, "/staff")
}

// refusedSignIn puts a refusal on the form that was sent.
func refusedSignIn(c echo.Context, p *page.Page, field string, err error) (status int, shown bool) {
	var tooMany signin.TooManyError
	switch {
	case errors.Is(err, signin.ErrWrong):
		p.Problems.Add(field, "The email address or the password is not right. Check both and try again.")
		return http.StatusUnprocessableEntity, true
	case errors.As(err, &tooMany):
		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(tooMany.Wait.Seconds()))))
		p.Problems.Add(field, "There were too many wrong passwords from here. Wait "+wait(tooMany.Wait.Minutes())+", then try again.")
		return http.StatusTooManyRequests, true
	}
	return 0, false
}

func wait(minutes float64) string {
	if m := int(math.Ceil(minutes)); m > 1 {
		return strconv.Itoa(m) + " minutes"
	}
	return "a minute"
}

// network is the visitor's address. It is used for the limits and kept nowhere.
func network(c echo.Context) netip.Addr {
	a, err := netip.ParseAddr(c.RealIP())
	if err != nil {
		return netip.IPv6Unspecified()
	}
	return a
}

// SignOut ends the session and takes the cookie away. Nobody signed in is no error: the outcome is the same.
func (p *Pages) SignOut(c echo.Context) error {
	if token := signin.TokenOf(c.Request(), https(c)); token != "" {
		if err := p.Door.SignOut(c.Request().Context(), token); err != nil {
			return err
		}
	}
	c.SetCookie(signin.Cookie("", https(c)))
	return c.Redirect(http.StatusSeeOther, "/staff/sign-in")
}

// PasswordPage is staff/password: who is signed in, with which roles, and a new password.
type PasswordPage struct {
	page.Page
	Email   string
	Roles   []string
	Several bool // the person works for more than one organisation
}

// passwordForm is what PasswordPage sends. What makes a good password is accounts' business.
type passwordForm struct {
	Current  string `form:"current" validate:"required" problem:"Enter the password you have now."`
	Password string `form:"password" validate:"required" problem:"Enter a new password."`
	Again    string `form:"again" validate:"eqfield=Password" problem:"Write the same new password twice."`
}

func (p *Pages) passwordPage(c echo.Context) (PasswordPage, error) {
	actor := signin.Of(c).Actor
	form := PasswordPage{Page: page.New(c), Email: actor.Name}
	for i, g := range actor.Grants {
		if i == 0 || g.Role != actor.Grants[i-1].Role {
			form.Roles = append(form.Roles, g.Role)
		}
	}
	places, err := p.Accounts.Workplaces(c.Request().Context(), actor.Person)
	form.Several = len(places) > 1
	return form, err
}

// Password shows the form.
func (p *Pages) Password(c echo.Context) error {
	form, err := p.passwordPage(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/password", form)
}

// SendPassword changes the password and ends the person's other sessions.
func (p *Pages) SendPassword(c echo.Context) error {
	form, err := p.passwordPage(c)
	if err != nil {
		return err
	}
	var sent passwordForm
	if form.Problems, err = page.Bind(c, &sent); err != nil {
		return err
	}
	if len(form.Problems) > 0 {
		return page.Render(c, http.StatusUnprocessableEntity, "staff/password", form)
	}
	token, err := p.Door.ChangePassword(c.Request().Context(), signin.Of(c), sent.Current, sent.Password, network(c))
	if status, shown := refusedSignIn(c, &form.Page, "current", err); shown {
		return page.Render(c, status, "staff/password", form)
	}
	if form.Problems = page.ProblemsOf(err); form.Problems != nil {
		return page.Render(c, http.StatusUnprocessableEntity, "staff/password", form)
	}
	if err != nil {
		return err
	}
	c.SetCookie(signin.Cookie(token, https(c)))
	page.Tell(c, "Your password is changed. You are signed out everywhere else.")
	return c.Redirect(http.StatusSeeOther, "/staff/password")
}

// OrganisationPage is staff/organisation: for somebody who works for more than one.
type OrganisationPage struct {
	page.Page
	Current string // slug
	Options []page.Option
}

// Organisation asks for which organisation the person works now.
func (p *Pages) Organisation(c echo.Context) error {
	form, _, err := p.organisationPage(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/organisation", form)
}

func (p *Pages) organisationPage(c echo.Context) (OrganisationPage, []accounts.Organisation, error) {
	form := OrganisationPage{Page: page.New(c), Current: organisation(c).Slug}
	places, err := p.Accounts.Workplaces(c.Request().Context(), signin.Of(c).Actor.Person)
	for _, o := range places {
		name, _ := o.Names.In("en")
		form.Options = append(form.Options, page.Option{Value: o.Slug, Text: name})
	}
	return form, places, err
}

// SendOrganisation moves the session there.
func (p *Pages) SendOrganisation(c echo.Context) error {
	form, places, err := p.organisationPage(c)
	if err != nil {
		return err
	}
	var to tenant.Org
	for _, o := range places {
		if o.Slug == c.FormValue("organisation") {
			to = o.ID
		}
	}
	if to == 0 {
		form.Problems.Add("organisation", "Choose the organisation you want to work for.")
		return page.Render(c, http.StatusUnprocessableEntity, "staff/organisation", form)
	}
	token, err := p.Door.SwitchTo(c.Request().Context(), signin.Of(c), to)
	if err != nil {
		return err
	}
	c.SetCookie(signin.Cookie(token, https(c)))
	return c.Redirect(http.StatusSeeOther, "/staff")
}
