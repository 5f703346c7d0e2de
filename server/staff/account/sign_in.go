package account

import (
	"errors"
	"math"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
)

// FrontPage is staff/front: what stands at the root of the site.
type FrontPage struct {
	page.Page
	Councils []page.Link // their public pages, by name
}

// Front leads to the public page of each organisation that is here, or of the only one, and to the sign-in.
func (p *Pages) Front(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
	all, err := p.Accounts.Organisations(c.Request().Context())
	if err != nil {
		return err
	}
	if len(all) == 1 {
		return c.Redirect(http.StatusSeeOther, "/"+all[0].Slug)
	}
	view := FrontPage{Page: bare(c)}
	for _, o := range all {
		name := view.Word(o.Names)
		view.Councils = append(view.Councils, page.Link{Text: name, Href: "/" + o.Slug})
	}
	slices.SortFunc(view.Councils, func(a, b page.Link) int { return strings.Compare(strings.ToLower(a.Text), strings.ToLower(b.Text)) })
	return page.Render(c, http.StatusOK, "staff/front", view)
}

// bare is the frame of a page before anybody has signed in: it has no organisation, and its brand is the product's own.
func bare(c echo.Context) page.Page {
	p := page.New(c)
	p.Brand = page.NewBrand("", "")
	return p
}

// SignInPage is staff/sign_in: email address and password, at one organisation.
type SignInPage struct {
	page.Page
	Slug  string // of the organisation
	Email string
	Next  string // where to go afterwards; a staff page of this site or ""
}

// signInForm is what SignInPage sends.
type signInForm struct {
	Email    string `form:"email" validate:"required" problem:"account.enter_email|Enter your email address."`
	Password string `form:"password" validate:"required" problem:"account.enter_your_password|Enter your password."`
	Next     string `form:"next"`
}

// ChooseCouncilPage is staff/choose_council: at which organisation somebody signs in.
type ChooseCouncilPage struct {
	page.Page
	Options []page.Option // none before the first organisation is added
	Next    string
}

// signInAt is the address of the sign-in page of an organisation.
func signInAt(slug, next string) string {
	if local(next) && next != "/staff" {
		return "/staff/sign-in/" + slug + "?next=" + url.QueryEscape(next)
	}
	return "/staff/sign-in/" + slug
}

// ChooseCouncil asks at which organisation somebody signs in, and leads there. Where there is only one it leads there at once.
func (p *Pages) ChooseCouncil(c echo.Context) error {
	if err := plain(c); err != nil {
		return err
	}
	all, err := p.Accounts.Organisations(c.Request().Context())
	if err != nil {
		return err
	}
	next, chosen := c.QueryParam("next"), c.QueryParam("organisation")
	view := ChooseCouncilPage{Page: bare(c), Options: []page.Option{{Text: page.T(c, "account.choose_a_council|Choose a council")}}}
	for _, o := range all {
		if o.Slug == chosen || len(all) == 1 {
			return c.Redirect(http.StatusSeeOther, signInAt(o.Slug, next))
		}
		name := view.Word(o.Names)
		view.Options = append(view.Options, page.Option{Value: o.Slug, Text: name})
	}
	if local(next) {
		view.Next = next
	}
	status := http.StatusOK
	if c.QueryParams().Has("organisation") {
		status = http.StatusUnprocessableEntity
		view.Problems.Add("organisation", view.T("account.choose_the_council_you|Choose the council you work for."))
	}
	return page.Render(c, status, "staff/choose_council", view)
}

// CouncilSignIn leads from the short address of an organisation to its sign-in page.
func (p *Pages) CouncilSignIn(c echo.Context) error {
	o, err := p.Accounts.BySlug(c.Request().Context(), c.Param("organisation"))
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, signInAt(o.Slug, ""))
}

// councilOf finds the organisation of the address and the frame of its pages for somebody who has not signed in.
func (p *Pages) councilOf(c echo.Context) (accounts.Organisation, page.Page, error) {
	if err := plain(c); err != nil {
		return accounts.Organisation{}, page.Page{}, err
	}
	o, err := p.Accounts.BySlug(c.Request().Context(), c.Param("organisation"))
	if err != nil {
		return o, page.Page{}, err
	}
	frame := bare(c)
	frame.Organisation = frame.Word(o.Names)
	frame.Base, frame.Brand = "/"+o.Slug, page.NewBrand(o.Brand.Colour, o.Brand.Logo)
	return o, frame, nil
}

// SignIn shows the form of an organisation.
func (p *Pages) SignIn(c echo.Context) error {
	o, frame, err := p.councilOf(c)
	if err != nil {
		return err
	}
	form := SignInPage{Page: frame, Slug: o.Slug}
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

// StartSession opens a session, or shows the form again with one sentence that does not say which of the two was wrong.
func (p *Pages) StartSession(c echo.Context) error {
	o, frame, err := p.councilOf(c)
	if err != nil {
		return err
	}
	var sent signInForm
	problems, err := page.Bind(c, &sent)
	if err != nil {
		return err
	}
	form := SignInPage{Page: frame, Slug: o.Slug, Email: sent.Email}
	if local(sent.Next) {
		form.Next = sent.Next
	}
	if form.Problems = problems; len(problems) > 0 {
		return page.Render(c, http.StatusUnprocessableEntity, "staff/sign_in", form)
	}
	token, err := p.Authenticator.SignIn(c.Request().Context(), o.ID, sent.Email, sent.Password, network(c))
	if status, shown := refusedSignIn(c, &form.Page, "email", err); shown {
		return page.Render(c, status, "staff/sign_in", form)
	}
	if err != nil {
		return err
	}
	if old := signin.TokenOf(c.Request(), https(c)); old != "" {
		if _, err := p.Authenticator.SignOut(c.Request().Context(), old); err != nil {
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
		p.Problems.Add(field, p.T("account.the_email_address_or|The email address or the password is not right. Check both and try again."))
		return http.StatusUnprocessableEntity, true
	case errors.As(err, &tooMany):
		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(tooMany.Wait.Seconds()))))
		p.Problems.Add(
			field,
			p.T(
				"account.there_were_too_many|There were too many wrong passwords from here. Wait %s, then try again.",
				wait(*p, tooMany.Wait.Minutes()),
			),
		)
		return http.StatusTooManyRequests, true
	case errors.Is(err, accounts.ErrBusy):
		c.Response().Header().Set(echo.HeaderRetryAfter, "10")
		p.Problems.Add(
			field,
			p.T(
				"account.too_many_people_are|Too many people are signing in at this moment, so your password was not looked at. Wait a few seconds, "+
					"then send it again.",
			),
		)
		return http.StatusServiceUnavailable, true
	}
	return 0, false
}

func wait(frame page.Page, minutes float64) string {
	if m := int(math.Ceil(minutes)); m > 1 {
		return strconv.Itoa(m) + " minutes"
	}
	return frame.T("account.a_minute|a minute")
}

// network is the visitor's address. It is used for the limits and kept nowhere.
func network(c echo.Context) netip.Addr {
	a, err := netip.ParseAddr(c.RealIP())
	if err != nil {
		return netip.IPv6Unspecified()
	}
	return a
}

// SignOut ends the session, takes the cookie away and leads to where one signs in again. Nobody signed in is no error.
func (p *Pages) SignOut(c echo.Context) error {
	to := "/staff/sign-in"
	if token := signin.TokenOf(c.Request(), https(c)); token != "" {
		org, err := p.Authenticator.SignOut(c.Request().Context(), token)
		if err != nil {
			return err
		}
		if o, err := p.Accounts.Organisation(c.Request().Context(), org); err == nil {
			to = signInAt(o.Slug, "")
		}
	}
	c.SetCookie(signin.Cookie("", https(c)))
	return c.Redirect(http.StatusSeeOther, to)
}

// PasswordPage is staff/password: who is signed in, with which roles, and a new password.
type PasswordPage struct {
	page.Page
	Email  string
	Roles  []string
	Reads  []page.Option // languages of the staff pages
	Failed page.Table    // wrong passwords for the account in the last 30 days, by day
}

// passwordForm is what PasswordPage sends. What makes a good password is accounts' business.
type passwordForm struct {
	Current  string `form:"current" validate:"required" problem:"account.enter_current|Enter the password you have now."`
	Password string `form:"password" validate:"required" problem:"account.enter_new|Enter a new password."`
	Again    string `form:"again" validate:"eqfield=Password" problem:"account.new_twice|Write the same new password twice."`
}

func (p *Pages) passwordPage(c echo.Context) (PasswordPage, error) {
	actor := signin.Of(c).Actor
	form := PasswordPage{Page: page.New(c), Email: actor.Name}
	for i, g := range actor.Grants {
		if i == 0 || g.Role != actor.Grants[i-1].Role {
			form.Roles = append(form.Roles, g.Role)
		}
	}
	for _, lang := range page.Shipped(c) {
		form.Reads = append(form.Reads, page.Option{Value: lang, Text: page.LanguageName(lang), Chosen: lang == form.Lang})
	}
	failures, err := p.Authenticator.Failures(c.Request().Context(), actor)
	form.Failed = failureTable(form.Page, failures, staff.Organisation(c).Zone())
	return form, err
}

// failureTable adds up wrong passwords by day, newest first. Only hours are known.
func failureTable(frame page.Page, failures []signin.Failures, zone *time.Location) page.Table {
	t := page.Table{
		Caption: frame.T("account.wrong_passwords_for_your|Wrong passwords for your account in the last 30 days"),
		Columns: []page.Column{
			{Text: frame.T("account.day|Day")},
			{Text: frame.T("account.between|Between")},
			{Text: frame.T("account.how_many|How many"), Number: true},
		},
	}
	for i := 0; i < len(failures); {
		last, count := failures[i].Hour.In(zone), 0
		first := last
		for ; i < len(failures) && failures[i].Hour.In(zone).Format(time.DateOnly) == last.Format(time.DateOnly); i++ {
			first, count = failures[i].Hour.In(zone), count+failures[i].Count
		}
		t.Rows = append(
			t.Rows,
			[]page.Cell{
				{Text: frame.Date(last), Head: true},
				{Text: frame.T("account.from_to|%s and %s", first.Format("15:04"), last.Add(time.Hour).Format("15:04"))},
				{Text: strconv.Itoa(count), Number: true},
			},
		)
	}
	return t
}

// ChooseLanguage has the staff pages in another language from now on. What is not translated stays English, and says so to screen readers.
func (p *Pages) ChooseLanguage(c echo.Context) error {
	lang := c.FormValue("language")
	if !slices.Contains(page.Shipped(c), lang) {
		form, err := p.passwordPage(c)
		if err != nil {
			return err
		}
		form.Problems.Add("language", form.T("account.choose_a_language|Choose a language from the list."))
		return page.Render(c, http.StatusUnprocessableEntity, "staff/password", form)
	}
	if err := p.Accounts.ChooseLanguage(c.Request().Context(), signin.Of(c).Actor, lang); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/staff/password")
}

// Password shows the form.
func (p *Pages) Password(c echo.Context) error {
	form, err := p.passwordPage(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/password", form)
}

// ChangePassword changes the password and ends the person's other sessions.
func (p *Pages) ChangePassword(c echo.Context) error {
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
	token, err := p.Authenticator.ChangePassword(c.Request().Context(), signin.Of(c), sent.Current, sent.Password, network(c))
	if status, shown := refusedSignIn(c, &form.Page, "current", err); shown {
		return page.Render(c, status, "staff/password", form)
	}
	if form.Problems = form.RefusedIn(err); form.Problems != nil {
		return page.Render(c, http.StatusUnprocessableEntity, "staff/password", form)
	}
	if err != nil {
		return err
	}
	c.SetCookie(signin.Cookie(token, https(c)))
	page.Flash(c, form.T("account.your_password_is_changed|Your password is changed. You are signed out everywhere else."))
	return c.Redirect(http.StatusSeeOther, "/staff/password")
}
