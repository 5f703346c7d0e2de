package signin

import (
	"net/netip"
	"testing"
	"time"

	"yousaid/migrations/pgtest"
	"yousaid/server/accounts"
	"yousaid/server/audit"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// Whatever statement fails, nobody is signed in and the caller gets an error; the next try succeeds.
func TestSigningInOnADatabaseThatFails(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	app, _, faults := pgtest.New(t).Failing(t)
	db := tenant.New(app)
	people, err := accounts.New(db, audit.New(db))
	if err != nil {
		t.Fatal(err)
	}
	o, err := people.Add(ctx, tenant.CommandLine(0), accounts.Organisation{Slug: "north", Names: question.Text{"en": "North"}})
	if err != nil {
		t.Fatal(err)
	}
	const email, first, next = "ann@north.example", "three plain words of a test", "other plain words of a test"
	user := accounts.NewUser{Email: email, Password: first, Role: tenant.Viewer}
	if _, err := people.AddUser(ctx, tenant.CommandLine(o.ID), user); err != nil {
		t.Fatal(err)
	}
	var auth *Authenticator
	faults.Each(t, func() (err error) {
		auth, err = New(ctx, db, people, audit.New(db))
		return err
	})
	from, at := netip.MustParseAddr("192.0.2.7"), time.Now()
	auth.Now = func() time.Time { return at }
	var token string
	faults.Each(t, func() (err error) {
		at = at.Add(20 * time.Minute) // a try that could not be taken back is held against the next
		token, err = auth.SignIn(ctx, o.ID, email, first, from)
		return err
	})
	var session Session
	faults.Each(t, func() (err error) {
		session, err = auth.Find(ctx, token)
		return err
	})
	faults.Each(t, func() (err error) {
		at = at.Add(20 * time.Minute)
		fresh, err := auth.ChangePassword(ctx, session, first, next, from)
		faults.Paused(func() {
			password, open := first, token // where it failed, everything is as it was
			if err == nil {
				password, open = next, fresh
			}
			if _, right, _ := people.Login(ctx, o.ID, email, password, 0); !right {
				t.Errorf("%v, and the password is another one", err)
			}
			if _, gone := auth.Find(ctx, open); gone != nil {
				t.Errorf("%v, and the session: %v", err, gone)
			}
		})
		if err == nil {
			token = fresh
		}
		return err
	})
	faults.Each(t, func() error { return auth.Guess(ctx, "a receipt", from) })
	faults.Each(t, func() error { return auth.Forgive(ctx, "a receipt", from) })
	if _, err := auth.SignIn(ctx, o.ID, email, "wrong plain words", from); err == nil {
		t.Error("a wrong password opens a session")
	}
	faults.Each(t, func() error {
		_, err := auth.Failures(ctx, session.Actor)
		return err
	})
	faults.Each(t, func() error { return auth.RecordFailures(ctx, o.ID) })
	faults.Each(t, func() error {
		_, err := auth.SignOut(ctx, token)
		return err
	})
	if _, err := auth.Find(ctx, token); err == nil {
		t.Error("the session is still open")
	}
}
