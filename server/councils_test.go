package server_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"yousaid/server/accounts"
	"yousaid/surveys/tenant"
)

// linkForm finds the link to choose a password on the page that shows it once.
var linkForm = regexp.MustCompile(`/staff/choose-password/[a-z-]+/[A-Za-z0-9_-]+`)

// invite gives an address the role at the council of the cookie's administrator, in the browser, and gives the link that the page shows.
func (w *fixture) invite(boss *http.Cookie, email, role string) (link string, page answer) {
	w.t.Helper()
	page = w.send("POST", "/staff/people", url.Values{"do": {"give"}, "email": {email}, "role": {role}}, boss)
	return linkForm.FindString(page.body), page
}

// choose sets a password by a link.
func (w *fixture) choose(link, password string) answer {
	w.t.Helper()
	return w.send("POST", link, url.Values{"password": {password}, "again": {password}}, nil)
}

// signIn tries to sign in at a council and gives the cookie, nil where that is refused.
func (w *fixture) signIn(council, email, password string) *http.Cookie {
	w.t.Helper()
	r := w.send("POST", "/staff/sign-in/"+council, url.Values{"email": {email}, "password": {password}}, nil)
	if r.StatusCode == http.StatusSeeOther && len(r.Cookies()) == 1 {
		return r.Cookies()[0]
	}
	return nil
}

// alike takes from a page what differs each time.
func alike(page, email string) string {
	for _, noise := range []string{`[0-9a-f]{16}`, linkForm.String(), `person-\d+`, `(link|take) \d+`} {
		page = regexp.MustCompile(noise).ReplaceAllString(page, "")
	}
	return strings.ReplaceAll(page, email, "x@")
}

// An administrator of South invites somebody of North, chooses the password, and tries it at North, before and after North gives this
// address a role.
func TestNoCouncilTakesOverAnAccountOfAnother(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	const alice, future, theirs = "viewer@north.example", "future@north.example", "chosen by the attacker"
	w.as("viewer")
	attacker, boss := w.as("foreign"), w.as("administrator")

	// South's page is the same for somebody who works at North and for somebody unknown.
	link, known := w.invite(attacker, alice, "viewer")
	for _, table := range []string{"memberships", "password_links"} { // the next page lists the same people again
		w.Owner.MustExec(`DELETE FROM `+table+` WHERE organisation_id = $1 AND person_id = $2`, w.south.ID, w.personAt(w.south, alice))
	}
	w.Owner.MustExec(`DELETE FROM people WHERE organisation_id = $1 AND email = $2`, w.south.ID, alice)
	_, unknown := w.invite(attacker, "nobody@north.example", "viewer")
	if known.StatusCode != unknown.StatusCode || alike(known.body, alice) != alike(unknown.body, "nobody@north.example") {
		t.Errorf("South learns whether North has an account:\n%s\n%s", known.body, unknown.body)
	}
	if link == "" {
		t.Fatalf("no link:\n%s", known.body)
	}

	// The password that the attacker chooses opens South, with South's role, and nothing at North.
	link, _ = w.invite(attacker, alice, "viewer")
	w.choose(strings.Replace(link, "/south/", "/north/", 1), theirs).shows(t, 410)
	w.choose(link, theirs).shows(t, 303)
	if w.signIn("north", alice, theirs) != nil {
		t.Error("a password chosen at South opens North")
	}
	if w.signIn("south", alice, phrase) != nil {
		t.Error("a password of North opens South")
	}
	in := w.signIn("south", alice, theirs)
	w.send("GET", "/staff", nil, in).shows(t, 200, "South Council").hides(t, "North Council")
	w.send("GET", "/staff", nil, w.as("viewer")).shows(t, 200, "North Council")
	if w.signIn("north", alice, phrase) == nil {
		t.Error("the password at North has changed")
	}

	// Invited at South first, given a role at North later: North lets in only whom its own link was given to.
	link, _ = w.invite(attacker, future, "administrator")
	w.choose(link, theirs).shows(t, 303)
	own, page := w.invite(boss, future, "equality")
	page.shows(t, 200, "Send this link", "Has not signed in yet")
	if w.signIn("north", future, theirs) != nil {
		t.Error("whoever was invited at South first is let into North")
	}
	w.choose(strings.Replace(own, "/north/", "/south/", 1), phrase).shows(t, 410)
	w.choose(own, phrase).shows(t, 303)
	if w.signIn("north", future, theirs) != nil || w.signIn("north", future, phrase) == nil {
		t.Error("the link of North does not decide what opens North")
	}

	// A new password at South, by a link or by the command line, ends nothing at North.
	atNorth := w.signIn("north", alice, phrase)
	link = linkForm.FindString(
		w.send("POST", "/staff/people", url.Values{"do": {"link " + w.personAt(w.south, alice)}}, attacker).shows(t, 200).body,
	)
	w.choose(link, "another one by them").shows(t, 303)
	line := tenant.CommandLine(w.south.ID)
	if _, err := w.Accounts.AddUser(t.Context(), line, accounts.NewUser{Email: alice, Password: "by the command line",
		Role: "administrator"}); err != nil {
		t.Fatal(err)
	}
	w.must(w.Accounts.SetPassword(t.Context(), line, alice, "by the command line"))
	w.send("GET", "/staff/results", nil, atNorth).shows(t, 200)
	if w.signIn("north", alice, phrase) == nil || w.signIn("north", alice, "by the command line") != nil ||
		w.signIn("south", alice, "by the command line") == nil {
		t.Error("the command line of South decides what opens North")
	}
}

func (w *fixture) personAt(o accounts.Organisation, email string) string {
	w.t.Helper()
	var id int64
	w.must(w.Owner.Get(&id, `SELECT id FROM people WHERE organisation_id = $1 AND email = $2`, o.ID, email))
	return strconv.FormatInt(id, 10)
}

// What an administrator of South can send about people of North finds nobody, and a session of South opens South alone.
func TestASessionOpensOneCouncil(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.as("viewer")
	attacker := w.as("foreign")
	viewer := w.personAt(w.Org, "viewer@north.example")
	for _, do := range []string{"link " + viewer, "take " + viewer + " viewer 0"} {
		w.send("POST", "/staff/people", url.Values{"do": {do}}, attacker).shows(t, 422).hides(t, "north.example", "choose-password")
	}
	w.get("viewer", "/staff").shows(t, 200, "North Council")
	// South's session beside North's addresses, and beside North's sign-in: it shows the form, as to anybody.
	w.send("GET", "/staff/sign-in/north", nil, attacker).shows(t, 200, "Email address").hides(t, "boss@south.example")
	var survey int64
	w.must(w.Owner.Get(&survey, `SELECT id FROM surveys WHERE organisation_id = $1`, w.Org.ID))
	w.send("GET", "/staff/surveys/"+strconv.FormatInt(survey, 10), nil, attacker).shows(t, 404)
	w.send("GET", "/staff/results?survey=customer-satisfaction", nil, attacker).shows(t, 422).hides(t, "remark")
	// A session row that names an account of one council and another council opens nothing.
	w.Owner.MustExec(`UPDATE sessions SET organisation = $1 WHERE person_id = $2`, w.Org.ID, w.personAt(w.south, "boss@south.example"))
	w.send("GET", "/staff/people", nil, attacker).shows(t, 303)
}

// A council whose short name sorts first gives the same address a role: nobody's sign-in leads anywhere else than before.
func TestAnotherCouncilDoesNotChangeWhereASignInLeads(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.as("viewer")
	first := w.council("aaa", "Aaa Council")
	if _, err := w.Accounts.AddUser(t.Context(), tenant.CommandLine(first.ID),
		accounts.NewUser{Email: "viewer@north.example", Password: phrase, Role: "administrator"}); err != nil {
		t.Fatal(err)
	}
	w.send("GET", "/staff", nil, w.signIn("north", "viewer@north.example", phrase)).shows(t, 200, "North Council").hides(t, "Aaa")
	w.send("GET", "/staff/people", nil, w.signIn("north", "viewer@north.example", phrase)).shows(t, 403)
	w.send("GET", "/staff", nil, w.signIn("aaa", "viewer@north.example", phrase)).shows(t, 200, "Aaa Council").hides(t, "North")
	w.get("viewer", "/staff").shows(t, 200, "North Council")
}

// The sign-in page answers the same for a wrong password, for somebody who never came, for somebody of another council only, and for an
// unknown address.
func TestTheSignInPageTellsNoAccounts(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.as("viewer")
	w.as("foreign")
	w.invite(w.as("administrator"), "invited@north.example", "viewer")
	var first string
	for i, email := range []string{"viewer@north.example", "invited@north.example", "boss@south.example", "nobody@north.example"} {
		r := w.send("POST", "/staff/sign-in/north", url.Values{"email": {email}, "password": {"wrong words here"}}, nil).shows(t, 422)
		if page := alike(r.body, email); i == 0 {
			first = page
		} else if page != first {
			t.Errorf("the page tells of %s:\n%s", email, r.body)
		}
	}
	w.send("GET", "/staff/sign-in/nowhere", nil, nil).shows(t, 404)
	w.send("POST", "/staff/sign-in/nowhere", url.Values{"email": {"a@b.example"}, "password": {"x"}}, nil).shows(t, 404)
}
