package accounts

import (
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// inBrowser is an administrator who works in the browser.
func inBrowser(org tenant.Org) tenant.Actor { return tenant.Actor{Org: org, Name: "boss", Via: "web"} }

// refusal wants a refusal that says something.
func refusal(t *testing.T, err error, says string) {
	t.Helper()
	var r wording.Refusal
	if !errors.As(err, &r) || !strings.Contains(r.Error(), says) {
		t.Errorf("got %v, want a refusal with %q", err, says)
	}
}

// Somebody new chooses a password once, by a link that no other council can make or use.
func TestAPasswordLink(t *testing.T) {
	t.Parallel()
	s, owner := store(t)
	north, south := council(t, s, "north"), council(t, s, "south")
	by, ctx := inBrowser(north.ID), t.Context()
	person, err := s.AddUser(ctx, by, NewUser{Email: "New@example.org", Role: "viewer", Invited: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.Login(ctx, north.ID, "new@example.org", "", 0); ok || err != nil {
		t.Errorf("somebody without a password signs in: %t, %v", ok, err)
	}
	link := func() string {
		t.Helper()
		token, err := s.PasswordLink(ctx, by, person)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	old, token := link(), link()
	if _, err := s.Invited(ctx, north.ID, old); !errors.Is(err, ErrSpent) {
		t.Errorf("the link that was replaced: %v", err)
	}
	if i, err := s.Invited(ctx, north.ID, token); err != nil || i.Email != "new@example.org" || !i.New || i.Person != person {
		t.Errorf("%+v, %v", i, err)
	}
	// Another council can neither make a link for the account nor use one.
	_, err = s.PasswordLink(ctx, inBrowser(south.ID), person)
	refusal(t, err, "no such person here")
	if _, err := s.Invited(ctx, south.ID, token); !errors.Is(err, ErrSpent) {
		t.Errorf("another council looks at the link: %v", err)
	}
	if err := s.ChoosePassword(ctx, south.ID, token, phrase); !errors.Is(err, ErrSpent) {
		t.Errorf("another council uses the link: %v", err)
	}
	refusal(t, s.ChoosePassword(ctx, north.ID, token, "short"), "at least 12")
	// Pressed several times at once: one password is set.
	results := make([]error, 4)
	var all errgroup.Group
	for i := range results {
		all.Go(func() error {
			results[i] = s.ChoosePassword(ctx, north.ID, token, phrase+strings.Repeat("x", i))
			return nil
		})
	}
	_ = all.Wait()
	set := 0
	for i, err := range results {
		switch {
		case err == nil:
			set++
			if _, ok, _ := s.Login(ctx, north.ID, "new@example.org", phrase+strings.Repeat("x", i), 0); !ok {
				t.Error("the password that was chosen does not open")
			}
		case !errors.Is(err, ErrSpent):
			t.Error(err)
		}
	}
	if set != 1 {
		t.Errorf("%d passwords were set", set)
	}
	// Who forgot it gets another link. The password works until that is used; then the sessions end.
	if err := s.SetPassword(ctx, tenant.CommandLine(north.ID), "new@example.org", phrase); err != nil {
		t.Fatal(err)
	}
	owner.MustExec(
		`INSERT INTO sessions (token_hash, person_id, organisation, expires_at) VALUES ('x', $1, $2, $3)`,
		person,
		int64(north.ID),
		time.Now().Add(time.Hour),
	)
	again := link()
	if i, err := s.Invited(ctx, north.ID, again); err != nil || i.New {
		t.Errorf("%+v, %v", i, err)
	}
	if _, ok, _ := s.Login(ctx, north.ID, "new@example.org", phrase, 0); !ok {
		t.Error("making a link changed the password")
	}
	if err := s.ChoosePassword(ctx, north.ID, again, "three other words"); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := s.Login(ctx, north.ID, "new@example.org", "three other words", 0); !ok {
		t.Error("the new password does not open")
	}
	// A link that was made is spent by any other change of the password, and by time.
	early, late := link(), ""
	if err := s.SetPassword(ctx, tenant.CommandLine(north.ID), "new@example.org", phrase); err != nil {
		t.Fatal(err)
	}
	late = link()
	s.now = func() time.Time { return time.Now().Add(PasswordLinkLasts + time.Second) }
	for name, token := range map[string]string{"before a change": early, "last week's": late} {
		if err := s.ChoosePassword(ctx, north.ID, token, phrase); !errors.Is(err, ErrSpent) {
			t.Errorf("the link of %s: %v", name, err)
		}
	}
	var sessions int
	var actions []string
	if err := owner.Get(&sessions, `SELECT count(*) FROM sessions`); err != nil || sessions != 0 {
		t.Errorf("%d sessions are left, %v", sessions, err)
	}
	if err := owner.Select(&actions, `SELECT action FROM audit WHERE organisation_id = $1 AND object = 'person new@example.org' ORDER BY id`,
		north.ID); err != nil {
		t.Fatal(err)
	}
	if want := "person.role_given person.invited person.invited person.first_signed_in person.password_set person.password_link_made " +
		"person.password_chosen person.password_link_made person.password_set person.password_link_made"; strings.Join(
		actions,
		" ",
	) != want {
		t.Errorf("the audit has %v", actions)
	}
}

// However many administrators take the role from each other at once, one who can sign in is left.
func TestAnAdministratorIsLeft(t *testing.T) {
	t.Parallel()
	s, _ := store(t)
	o := council(t, s, "north")
	by, ctx := inBrowser(o.ID), t.Context()
	var bosses []int64
	for _, name := range []string{"a", "b", "c"} {
		person, err := s.AddUser(ctx, tenant.CommandLine(o.ID), NewUser{Email: name + "@example.org", Password: phrase, Role: "administrator"})
		if err != nil {
			t.Fatal(err)
		}
		bosses = append(bosses, person)
	}
	if _, err := s.AddUser(ctx, by, NewUser{Email: "never-came@example.org", Role: "administrator", Invited: true}); err != nil {
		t.Fatal(err)
	}
	refused := make([]error, len(bosses))
	var all errgroup.Group
	for i, person := range bosses {
		all.Go(func() error { refused[i] = s.TakeRole(ctx, by, person, "administrator", 0); return nil })
	}
	_ = all.Wait()
	left := 0
	for i, person := range bosses {
		m, err := s.Member(ctx, o.ID, person)
		if err != nil {
			t.Fatal(err)
		}
		left += len(m.Grants)
		if refused[i] != nil {
			refusal(t, refused[i], "last administrator")
		}
	}
	if left != 1 {
		t.Errorf("%d administrators are left", left)
	}
	refusal(t, s.TakeRole(ctx, by, bosses[0], "viewer", 0), "does not have this role")
	// A role of two services is taken one at a time.
	bins := service(t, s, o)
	person, err := s.AddUser(ctx, by, NewUser{Email: "s@example.org", Role: "service", Services: []int64{bins}, Invited: true})
	if err != nil {
		t.Fatal(err)
	}
	refusal(t, s.TakeRole(ctx, by, person, "service", 0), "does not have this role")
	if err := s.TakeRole(ctx, by, person, "service", bins); err != nil {
		t.Error(err)
	}
	if err := s.TakeRole(ctx, inBrowser(council(t, s, "south").ID), bosses[0], "administrator", 0); err == nil {
		t.Error("another council took a role")
	}
}
