package accounts

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"testing"

	"github.com/jmoiron/sqlx"

	"yousaid/migrations/pgtest"
	"yousaid/server/audit"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// Whatever statement fails, the caller gets an error and nothing is changed, so that the next try succeeds.
func TestADatabaseThatFailsInTheMiddle(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	app, _, faults := pgtest.New(t).Failing(t)
	db := tenant.New(app)
	s, err := New(db, audit.New(db), func(context.Context, *sqlx.Tx, tenant.Org) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	var o Organisation
	faults.Each(t, func() error {
		o, err = s.Add(ctx, tenant.CommandLine(0), Organisation{Slug: "north", Names: question.Text{"en": "North", "cy": "Gogledd"}})
		return err
	})
	by := tenant.CommandLine(o.ID)
	faults.Each(t, func() error {
		_, err := s.Organisations(ctx)
		return err
	})
	faults.Each(t, func() error {
		now, err := s.BySlug(ctx, "north")
		if err != nil {
			return err
		}
		wanted := now.Branding()
		wanted.Colour = "#6b1f4e"
		return s.ChangeBranding(ctx, by, now.Branding().Mark(), wanted)
	})
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewRGBA(image.Rect(0, 0, 60, 30))); err != nil {
		t.Fatal(err)
	}
	faults.Each(t, func() error { return s.SetLogo(ctx, by, logo.Bytes()) })
	if o, err = s.ByLinkPrefix(ctx, o.LinkPrefix); err != nil || o.Brand.Logo == "" {
		t.Fatal(o, err)
	}
	faults.Each(t, func() error {
		_, err := s.Logo(ctx, "north", o.Brand.Logo[len("/north/logo/"):])
		return err
	})
	faults.Each(t, func() error { return s.SetLogo(ctx, by, nil) })
	faults.Each(t, func() error { return s.SetBrand(ctx, by, Brand{Colour: "#1d70b8"}) })
	faults.Each(t, func() error {
		return s.ChangeComplaints(ctx, by, o.Complaints.Mark(), Complaints{Contact: "dpo@north.example"})
	})
	faults.Each(t, func() error {
		if _, err := s.Successor(ctx, "north"); !errors.Is(err, ErrNoOrganisation) {
			return err
		}
		return nil
	})
	people(t, s, faults, by)
}

// people does all that is done to the people of a council.
func people(t *testing.T, s *Store, faults *pgtest.Faults, by tenant.Actor) {
	t.Helper()
	ctx := t.Context()
	var ann int64
	faults.Each(t, func() (err error) {
		ann, err = s.AddUser(ctx, by, NewUser{Email: "ann@north.example", Role: tenant.Viewer, Invited: true})
		return err
	})
	if _, err := s.AddUser(ctx, by, NewUser{Email: "ann@north.example", Role: tenant.Consultation, Invited: true}); err != nil {
		t.Fatal(err)
	}
	var token string
	faults.Each(t, func() (err error) {
		token, err = s.PasswordLink(ctx, by, ann)
		return err
	})
	faults.Each(t, func() error {
		_, err := s.Invited(ctx, by.Org, token)
		return err
	})
	faults.Each(t, func() error { return s.ChoosePassword(ctx, by.Org, token, phrase) })
	faults.Each(t, func() error { return s.SetPassword(ctx, by, "ann@north.example", phrase) })
	faults.Each(t, func() error {
		has, err := s.HasPassword(ctx, by.Org, "ann@north.example")
		if err == nil && !has {
			return errors.New("the password is not there")
		}
		return err
	})
	me := tenant.Actor{Org: by.Org, Person: ann, Name: "ann@north.example", Via: "web"}
	faults.Each(t, func() error {
		return s.ChangePassword(ctx, me, phrase, "other words of a test", func(*sqlx.Tx) error { return nil })
	})
	faults.Each(t, func() error { return s.ChooseLanguage(ctx, me, "cy") })
	faults.Each(t, func() error {
		m, err := s.Member(ctx, by.Org, ann)
		if err == nil && len(m.Grants) != 2 {
			t.Errorf("%+v", m)
		}
		return err
	})
	faults.Each(t, func() error {
		list, err := s.People(ctx, by.Org)
		if err == nil && len(list) == 0 {
			t.Error("nobody is there")
		}
		return err
	})
	faults.Each(t, func() error {
		_, ok, err := s.Login(ctx, by.Org, "ann@north.example", "other words of a test", 0)
		if err == nil && !ok {
			t.Error("the password is not taken")
		}
		return err
	})
	faults.Each(t, func() error { return s.TakeRole(ctx, by, ann, tenant.Viewer, 0) })
}
