package accounts

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"yousaid/surveys/tenant"
)

// inBrowser is an administrator who works in the browser.
func inBrowser(org tenant.Org) tenant.Actor { return tenant.Actor{Org: org, Name: "boss", Via: "web"} }

// refusal wants a refusal that says something.
func refusal(t *testing.T, err error, says string) {
	t.Helper()
	var r Refusal
	if !errors.As(err, &r) || !strings.Contains(r.Sentence, says) {
		t.Errorf("got %v, want a refusal with %q", err, says)
	}
}

// Somebody new chooses a password once, by a link that others cannot use and that no other council can make.
func TestFirstSignIn(t *testing.T) {
	t.Parallel()
	s, owner := store(t)
	north, south := council(t, s, "north"), council(t, s, "south")
	by, ctx := inBrowser(north.ID), t.Context()
	person, err := s.AddUser(ctx, by, NewUser{Email: "New@example.org", Role: "viewer", Invited: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.Login(ctx, "new@example.org", ""); ok || err != nil {
		t.Errorf("somebody without a password signs in: %t, %v", ok, err)
	}
	old, err := s.FirstSignIn(ctx, by, person)
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.FirstSignIn(ctx, by, person)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Invited(ctx, old); !errors.Is(err, ErrSpent) {
		t.Errorf("the link that was replaced: %v", err)
	}
	if email, err := s.Invited(ctx, token); err != nil || email != "new@example.org" {
		t.Errorf("%s, %v", email, err)
	}
	// Another council can neither make a link for them nor share them before they have come.
	if _, err := s.FirstSignIn(ctx, inBrowser(south.ID), person); err == nil {
		t.Error("another council made a link for a person")
	}
	_, err = s.AddUser(ctx, inBrowser(south.ID), NewUser{Email: "new@example.org", Role: "administrator", Invited: true})
	refusal(t, err, "invited elsewhere")
	refusal(t, s.ChooseFirst(ctx, token, "short"), "at least 12")
	// Pressed several times at once: one password is set.
	results := make([]error, 4)
	var all errgroup.Group
	for i := range results {
		all.Go(func() error { results[i] = s.ChooseFirst(ctx, token, phrase+strings.Repeat("x", i)); return nil })
	}
	_ = all.Wait()
	set := 0
	for i, err := range results {
		switch {
		case err == nil:
			set++
			if _, ok, _ := s.Login(ctx, "new@example.org", phrase+strings.Repeat("x", i)); !ok {
				t.Error("the password that was chosen does not open the door")
			}
		case !errors.Is(err, ErrSpent):
			t.Error(err)
		}
	}
	if set != 1 {
		t.Errorf("%d passwords were set", set)
	}
	_, err = s.FirstSignIn(ctx, by, person)
	refusal(t, err, "has chosen a password")
	if _, err := s.AddUser(ctx, inBrowser(south.ID), NewUser{Email: "new@example.org", Role: "viewer", Invited: true}); err != nil {
		t.Errorf("afterwards another council may share them: %v", err)
	}
	var kept int
	if err := owner.Get(&kept, `SELECT count(*) FROM first_sign_ins`); err != nil || kept != 0 {
		t.Errorf("%d links are left, %v", kept, err)
	}
	// Too old.
	late, err := s.AddUser(ctx, by, NewUser{Email: "late@example.org", Role: "viewer", Invited: true})
	if err != nil {
		t.Fatal(err)
	}
	if token, err = s.FirstSignIn(ctx, by, late); err != nil {
		t.Fatal(err)
	}
	owner.MustExec(`UPDATE first_sign_ins SET expires_at = now() - interval '1 second'`)
	if err := s.ChooseFirst(ctx, token, phrase); !errors.Is(err, ErrSpent) {
		t.Errorf("a link of last week: %v", err)
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
		grants, err := s.Grants(ctx, o.ID, person)
		if err != nil {
			t.Fatal(err)
		}
		left += len(grants)
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
