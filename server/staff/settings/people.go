package settings

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/permission"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// PeoplePage is staff/people: who works here, in which roles.
type PeoplePage struct {
	page.Page
	People   []PersonLine
	Manage   bool // roles can be given and taken
	Form     roleForm
	Roles    []page.Option
	Services []page.Option
	Link     string // to choose a password, shown this once
	LinkFor  string
	LinkNew  bool // it is for somebody who has not chosen one yet
}

// PersonLine is one person.
type PersonLine struct {
	ID          int64
	Email, Name string
	Waiting     bool // has not chosen a password yet
	Roles       []RoleLine
}

// RoleLine is one role of a person, with what its button says.
type RoleLine struct {
	Text, Do string
}

// roleForm gives a role.
type roleForm struct {
	Email    string
	Name     string
	Role     string
	Services []string
}

// roleWords say what a role may do.
func roleWords(frame page.Page) map[string][2]string {
	return map[string][2]string{
		tenant.Viewer: {
			frame.T("setting.viewer|Viewer"),
			frame.T("setting.sees_figures|Sees figures."),
		}, tenant.ServiceRole: {frame.T("staff.service|Service"), frame.T("setting.sees_the_figures_and|Sees the figures and comments of the " +
			"services ticked below, and works on them.")}, tenant.FrontLine: {frame.T("setting.front_line|Front line"),
			frame.T("setting.types_in_answers_for|Types in answers: for the services ticked below or, where none is ticked, for all.")},
		tenant.Consultation: {
			frame.T("setting.consultation|Consultation"),
			frame.T("setting.makes_surveys_and_links|Makes surveys and links, works on comments and actions, publishes figures."),
		}, tenant.Equality: {frame.T("staff.equality|Equality"), frame.T("setting.sees_protected_equality_tables|Sees protected equality " +
			"tables, no comments.")},
		tenant.Administrator: {
			frame.T("setting.administrator|Administrator"),
			frame.T("setting.all_of_these_people|All of these, people and settings."),
		},
	}
}

func (p *Pages) peoplePage(c echo.Context) (PeoplePage, error) {
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	view := PeoplePage{Page: page.New(c), Manage: permission.Holds(actor, permission.ManageOperations)}
	view.Back = "/staff/settings"
	people, err := p.Accounts.People(ctx, actor.Org)
	if err != nil {
		return view, err
	}
	services, err := p.Catalogue.Services(ctx, actor.Org)
	if err != nil {
		return view, err
	}
	names, alike := map[int64]string{}, map[string]int{}
	for _, s := range services {
		alike[staff.ServiceLabel(view.Page, s)]++
	}
	for _, s := range staff.ByLabel(services) {
		if names[s.ID] = staff.ServiceLabel(view.Page, s); alike[staff.ServiceLabel(view.Page, s)] > 1 {
			names[s.ID] += " (" + s.Slug + ")"
		}
		view.Services = append(view.Services, page.Option{Value: strconv.FormatInt(s.ID, 10), Text: names[s.ID]})
	}
	for _, one := range people {
		if n := len(view.People); n == 0 || view.People[n-1].ID != one.ID {
			view.People = append(view.People, PersonLine{ID: one.ID, Email: one.Email, Name: one.Name, Waiting: one.Waiting})
		}
		if one.Role == "" {
			continue // the roles were taken away
		}
		line := &view.People[len(view.People)-1]
		text := roleWords(view.Page)[one.Role][0]
		if one.ServiceID != 0 {
			text += ": " + names[one.ServiceID]
		}
		line.Roles = append(
			line.Roles,
			RoleLine{text, strings.Join([]string{"take", strconv.FormatInt(one.ID, 10), one.Role, strconv.FormatInt(one.ServiceID, 10)}, " ")},
		)
	}
	for _, role := range tenant.Roles {
		view.Roles = append(view.Roles, page.Option{Value: role, Text: roleWords(view.Page)[role][0], Hint: roleWords(view.Page)[role][1]})
	}
	return view, nil
}

// People lists who works for the organisation.
func (p *Pages) People(c echo.Context) error {
	view, err := p.peoplePage(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/people", view)
}

// ChangePeople does what a button says: "give", "take 7 viewer 0", "link 7".
func (p *Pages) ChangePeople(c echo.Context) error {
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	words := strings.Fields(c.FormValue("do"))
	if len(words) == 0 {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	number := func(i int) int64 {
		if i >= len(words) {
			return -1
		}
		n, err := strconv.ParseInt(words[i], 10, 64)
		if err != nil {
			return -1
		}
		return n
	}
	form := roleForm{
		Email:    strings.ToLower(staff.PlainText(c.FormValue("email"))),
		Name:     staff.PlainText(c.FormValue("name")),
		Role:     c.FormValue("role"),
		Services: c.Request().PostForm["services"],
	}
	var link string
	var err error
	said, of := "", form.Email
	switch {
	case words[0] == "give":
		said, link, err = p.giveRole(c, form)
	case words[0] == "take" && len(words) == 4:
		if sure, err := p.takingRole(c, number(1), c.FormValue("do")); !sure {
			return err
		}
		said, err = page.T(
			c,
			"setting.the_role_is_taken|The role is taken away. It is gone at the person’s next click.",
		), p.Accounts.TakeRole(
			ctx,
			actor,
			number(1),
			words[2],
			number(3),
		)
	case words[0] == "link" && len(words) == 2:
		link, err = p.passwordLink(c, number(1))
	default:
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	if err == nil && link == "" {
		page.Flash(c, said)
		return c.Redirect(http.StatusSeeOther, "/staff/people")
	}
	view, readErr := p.peoplePage(c)
	if readErr != nil {
		return readErr
	}
	if err == nil {
		for _, one := range view.People {
			if words[0] == "link" && one.ID == number(1) || words[0] == "give" && one.Email == of {
				view.LinkFor, view.LinkNew = one.Email, one.Waiting
			}
		}
		view.Link = link
		return page.Render(c, http.StatusOK, "staff/people", view)
	}
	if err := staff.PutRefusals(view.Page, &view.Problems, err, func(field string) string { return field }); err != nil {
		return err
	}
	if words[0] == "give" {
		view.Form = form
		for i := range view.Services {
			view.Services[i].Chosen = slices.Contains(form.Services, view.Services[i].Value)
		}
	}
	return page.Render(c, http.StatusUnprocessableEntity, "staff/people", view)
}

// takingRole asks before a role is taken away.
func (p *Pages) takingRole(c echo.Context, person int64, do string) (bool, error) {
	view, err := p.peoplePage(c)
	if err != nil {
		return false, err
	}
	for _, one := range view.People {
		for _, role := range one.Roles {
			if one.ID == person && role.Do == do {
				return staff.Confirmed(
					c,
					staff.Confirmation{
						Heading: view.T("setting.take_the_role_away|Take the role “%s” away from %s?", role.Text, one.Email),
						Button:  view.T("setting.take_the_role_away_2|Take the role away"),
						Keep:    "/staff/people",
						Happens: []string{
							view.T("setting.the_role_is_gone|The role is gone at the person’s next click. Other roles stay."),
							view.T(
								"setting.the_person_stays_in|The person stays in the list, also without any role, and keeps the password. What they did stays " +
									"in the audit.",
							),
						},
						Undo: view.T("setting.give_the_role_again|Give the role again below the list, with the same email address."),
					},
				)
			}
		}
	}
	return true, nil // the store refuses it with the reason
}

// giveRole gives a role, and a link to choose a password to somebody who has none yet.
func (p *Pages) giveRole(c echo.Context, form roleForm) (said, link string, err error) {
	user := accounts.NewUser{Email: form.Email, Name: form.Name, Role: form.Role, Invited: true}
	if form.Role == "" {
		return "", "", wording.Refuse("role", "setting.choose_a_role|Choose a role.")
	}
	for _, text := range form.Services {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return "", "", wording.Refuse("services", "setting.choose_services_from_the|Choose services from the list.")
		}
		user.Services = append(user.Services, id)
	}
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	person, err := p.Accounts.AddUser(ctx, actor, user)
	if err != nil {
		return "", "", err
	}
	if has, err := p.Accounts.HasPassword(ctx, actor.Org, user.Email); err != nil || has {
		return page.T(c, "setting.the_role_is_given|The role is given. The person signs in as before."), "", err
	}
	link, err = p.passwordLink(c, person)
	return "", link, err
}

// passwordLink is the address at which a person of the organisation chooses a password.
func (p *Pages) passwordLink(c echo.Context, person int64) (string, error) {
	token, err := p.Accounts.PasswordLink(c.Request().Context(), signin.Of(c).Actor, person)
	if err != nil {
		return "", err
	}
	o := staff.Organisation(c)
	base := o.BaseURL
	if base == "" {
		base = p.BaseURL
	}
	return strings.TrimSuffix(base, "/") + "/staff/choose-password/" + o.Slug + "/" + token, nil
}
