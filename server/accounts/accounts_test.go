package accounts

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/server/audit"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

const phrase = "kettle river armchair"

func store(t *testing.T) (*Store, *sqlx.DB) {
	t.Helper()
	db, owner := fresh(t)
	s, err := New(db, audit.New(db), func(ctx context.Context, tx *sqlx.Tx, org tenant.Org) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO services (organisation_id, slug, names) VALUES ($1, 'bins', '{"en": "Bins"}')`, org)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, owner
}

func council(t *testing.T, s *Store, slug string) Organisation {
	t.Helper()
	o, err := s.Add(t.Context(), tenant.CommandLine(0), Organisation{Slug: slug, Names: question.Text{"en": strings.ToUpper(slug)}})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func service(t *testing.T, s *Store, o Organisation) (id int64) {
	t.Helper()
	tx, err := s.db.Begin(t.Context(), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if err := tx.GetContext(t.Context(), &id, `SELECT id FROM services WHERE organisation_id = $1`, o.ID); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestAnOrganisationStartsWithAllItNeeds(t *testing.T) {
	t.Parallel()
	s, owner := store(t)
	o := council(t, s, "north-moor")
	if !prefixForm.MatchString(o.LinkPrefix) || o.TimeZone != "Europe/London" || o.Kind != Real || o.Zone().String() != "Europe/London" {
		t.Errorf("%+v", o)
	}
	for _, table := range []string{"feeds", "services", "audit"} {
		var n int
		if err := owner.Get(&n, `SELECT count(*) FROM `+table+` WHERE organisation_id = $1`, o.ID); err != nil || n != 1 {
			t.Errorf("%s: %d rows, %v", table, n, err)
		}
	}
	if got, err := s.BySlug(t.Context(), "north-moor"); err != nil || got.ID != o.ID || got.Names["en"] != "NORTH-MOOR" {
		t.Errorf("%+v %v", got, err)
	}
	if got, err := s.ByLinkPrefix(t.Context(), o.LinkPrefix); err != nil || got.ID != o.ID {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := s.BySlug(t.Context(), "nowhere"); !errors.Is(err, ErrNoOrganisation) {
		t.Error(err)
	}
	if err := s.SetBrand(t.Context(), tenant.CommandLine(o.ID), Brand{Colour: "#123456"}); err != nil {
		t.Error(err)
	}
	if got, _ := s.Organisation(t.Context(), o.ID); got.Brand.Colour != "#123456" {
		t.Errorf("%+v", got.Brand)
	}
	council(t, s, "south-moor")
	if list, err := s.Organisations(t.Context()); err != nil || len(list) != 2 || list[0].Slug != "north-moor" {
		t.Errorf("%v %v", list, err)
	}
}

func TestOrganisationsThatCannotBe(t *testing.T) {
	t.Parallel()
	s, _ := store(t)
	if _, err := s.Add(t.Context(), tenant.CommandLine(0), Organisation{Slug: "taken", LinkPrefix: "abc",
		Names: question.Text{"en": "T"}}); err != nil {
		t.Fatal(err)
	}
	ok := Organisation{Slug: "fine", Names: question.Text{"en": "Fine"}}
	for name, c := range map[string]struct {
		change func(o *Organisation)
		says   string
	}{
		"a reserved word":       {func(o *Organisation) { o.Slug = "staff" }, "used by the program itself"},
		"capitals":              {func(o *Organisation) { o.Slug = "North Moor" }, "small letters"},
		"a slug that is taken":  {func(o *Organisation) { o.Slug = "taken" }, "already an organisation"},
		"a prefix that is used": {func(o *Organisation) { o.LinkPrefix = "ABC" }, "has the link prefix"},
		"a prefix with O":       {func(o *Organisation) { o.LinkPrefix = "ABO" }, "without 0, O, 1"},
		"no name":               {func(o *Organisation) { o.Names = nil }, "a name"},
		"a time zone":           {func(o *Organisation) { o.TimeZone = "Moon" }, "time zone"},
		"an address":            {func(o *Organisation) { o.BaseURL = "feedback.example.org" }, "https://"},
		"an address with parts": {func(o *Organisation) { o.BaseURL = "https://example.org/feedback" }, "https://"},
		"a colour":              {func(o *Organisation) { o.Brand.Colour = "red" }, "#1f4e5f"},
		"a logo elsewhere":      {func(o *Organisation) { o.Brand.Logo = "https://elsewhere.example/logo.svg" }, "file of this site"},
	} {
		o := ok
		c.change(&o)
		_, err := s.Add(t.Context(), tenant.CommandLine(0), o)
		var r wording.Refusal
		if !errors.As(err, &r) || !strings.Contains(r.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, _ := s.Organisations(t.Context()); len(list) != 1 {
		t.Errorf("something was stored: %v", list)
	}
}

func TestPeopleAndTheirRoles(t *testing.T) {
	t.Parallel()
	s, _ := store(t)
	north, south := council(t, s, "north"), council(t, s, "south")
	bins := service(t, s, north)
	by := tenant.CommandLine(north.ID)
	alice, err := s.AddUser(t.Context(), by, NewUser{Email: "Alice@North.example", Password: phrase, Role: "viewer"})
	if err != nil {
		t.Fatal(err)
	}
	// A second role without a password keeps the one there is; the same role twice is the same role.
	for range 2 {
		again, err := s.AddUser(t.Context(), by, NewUser{Email: "alice@north.example", Role: "service", Services: []int64{bins}})
		if err != nil || again != alice {
			t.Fatal(again, err)
		}
	}
	if id, ok, err := s.Login(t.Context(), north.ID, " ALICE@north.example ", phrase, 0); err != nil || !ok || id != alice {
		t.Errorf("signing in: %d %v %v", id, ok, err)
	}
	m, err := s.Member(t.Context(), north.ID, alice)
	if g := m.Grants; err != nil || len(g) != 2 || g[0] != (tenant.Grant{Role: "service", Service: bins}) ||
		g[1] != (tenant.Grant{Role: "viewer"}) ||
		m.Email != "alice@north.example" {
		t.Errorf("%+v %v", m, err)
	}
	if _, err := s.Member(t.Context(), south.ID, alice); !errors.Is(err, ErrNoPerson) {
		t.Errorf("another council has the account: %v", err)
	}
	if people, err := s.People(t.Context(), north.ID); err != nil || len(people) != 2 || people[0].Service != "bins" {
		t.Errorf("%+v %v", people, err)
	}
	for _, gone := range []struct {
		role    string
		service int64
	}{{"viewer", 0}, {"service", bins}} {
		if err := s.TakeRole(t.Context(), by, alice, gone.role, gone.service); err != nil {
			t.Fatal(err)
		}
	}
	if people, err := s.People(t.Context(), north.ID); err != nil || len(people) != 1 || people[0].Role != "" ||
		people[0].Email != "alice@north.example" {
		t.Errorf("somebody without a role is not listed: %+v %v", people, err)
	}
}

// The same address at two councils is two accounts: each has its own password, roles and sessions, and neither council learns of the other.
func TestAnAddressAtTwoCouncils(t *testing.T) {
	t.Parallel()
	s, owner := store(t)
	north, south := council(t, s, "north"), council(t, s, "south")
	const other = "three other words"
	add := func(o Organisation, password string) int64 {
		id, err := s.AddUser(t.Context(), tenant.CommandLine(o.ID), NewUser{Email: "alice@north.example", Password: password, Role: "viewer"})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	atNorth, atSouth := add(north, phrase), add(south, other)
	if atNorth == atSouth {
		t.Error("both councils have one account")
	}
	opens := func(o Organisation, password string, want bool) {
		t.Helper()
		if _, ok, err := s.Login(t.Context(), o.ID, "alice@north.example", password, 0); err != nil || ok != want {
			t.Errorf("%s opens %s: %t, %v", password, o.Slug, ok, err)
		}
	}
	opens(north, phrase, true)
	opens(north, other, false)
	opens(south, other, true)
	opens(south, phrase, false)
	for _, o := range []Organisation{north, south} {
		id := map[int64]int64{int64(north.ID): atNorth, int64(south.ID): atSouth}[int64(o.ID)]
		owner.MustExec(
			`INSERT INTO sessions (token_hash, person_id, organisation, expires_at) VALUES ($1, $2, $3, $4)`,
			[]byte(o.Slug),
			id,
			int64(o.ID),
			time.Now().Add(time.Hour),
		)
	}
	if err := s.SetPassword(t.Context(), tenant.CommandLine(south.ID), "Alice@North.example", "some new words here"); err != nil {
		t.Fatal(err)
	}
	opens(north, phrase, true)
	opens(south, other, false)
	opens(south, "some new words here", true)
	var left []string
	if err := owner.Select(&left, `SELECT convert_from(token_hash, 'UTF8') FROM sessions`); err != nil || len(left) != 1 ||
		left[0] != "north" {
		t.Errorf("sessions left: %v, %v", left, err)
	}
	if err := s.SetPassword(t.Context(), tenant.CommandLine(south.ID), "nobody@north.example", phrase); !errors.Is(err, ErrNoPerson) {
		t.Error(err)
	}
	third := council(t, s, "third")
	if has, err := s.HasPassword(t.Context(), third.ID, "alice@north.example"); has || err != nil {
		t.Errorf("a third council finds the account: %t, %v", has, err)
	}
	if people, err := s.People(t.Context(), third.ID); err != nil || len(people) != 0 {
		t.Errorf("a third council lists %v, %v", people, err)
	}
}

func TestPeopleWhoCannotBeAdded(t *testing.T) {
	t.Parallel()
	s, _ := store(t)
	north, south := council(t, s, "north"), council(t, s, "south")
	web := tenant.Actor{Org: north.ID, Name: "admin@north.example", Via: "web"}
	for name, c := range map[string]struct {
		user NewUser
		says string
	}{
		"no address":              {NewUser{Email: "bob", Password: phrase, Role: "viewer"}, "not an email address"},
		"two addresses":           {NewUser{Email: "Bob <bob@x.example>", Password: phrase, Role: "viewer"}, "not an email address"},
		"no such role":            {NewUser{Email: "a@x.example", Password: phrase, Role: "king"}, "Choose one of: viewer, service"},
		"a service role for none": {NewUser{Email: "a@x.example", Password: phrase, Role: "service"}, "at least one service"},
		"a viewer of one service": {NewUser{Email: "a@x.example", Password: phrase, Role: "viewer", Services: []int64{1}}, "whole organisation"},
		"another council's part": {NewUser{Email: "a@x.example", Password: phrase, Role: "service", Services: []int64{service(t, s, south)}},
			"no service with the number"},
		"new without a password": {NewUser{Email: "a@x.example", Role: "viewer"}, "no password here yet"},
		"a short password":       {NewUser{Email: "a@x.example", Password: "short", Role: "viewer"}, "at least 12"},
	} {
		_, err := s.AddUser(t.Context(), web, c.user)
		var r wording.Refusal
		if !errors.As(err, &r) || !strings.Contains(r.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if people, _ := s.People(t.Context(), north.ID); len(people) != 0 {
		t.Errorf("somebody was added: %v", people)
	}
	if _, err := s.AddUser(t.Context(), web, NewUser{Email: "bob@north.example", Password: phrase, Role: "viewer"}); err != nil {
		t.Fatal(err)
	}
	for _, email := range []string{"", "nobody@x.example", "bob@north.example\x00", "\xff@x.example", strings.Repeat("a", 300)} {
		if _, ok, err := s.Login(t.Context(), north.ID, email, phrase, 0); ok || err != nil {
			t.Errorf("%q: %v %v", email, ok, err)
		}
	}
}

func TestANewPasswordEndsOtherSessions(t *testing.T) {
	t.Parallel()
	s, owner := store(t)
	north := council(t, s, "north")
	alice, err := s.AddUser(t.Context(), tenant.CommandLine(north.ID), NewUser{Email: "alice@north.example", Password: phrase, Role: "viewer"})
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{"here", "elsewhere"} {
		owner.MustExec(
			`INSERT INTO sessions (token_hash, person_id, organisation, expires_at) VALUES ($1, $2, $3, $4)`,
			[]byte(token),
			alice,
			int64(north.ID),
			time.Now().Add(time.Hour),
		)
	}
	left := func() (tokens []string) {
		if err := owner.Select(&tokens, `SELECT convert_from(token_hash, 'UTF8') FROM sessions ORDER BY 1`); err != nil {
			t.Fatal(err)
		}
		return tokens
	}
	me := tenant.Actor{Org: north.ID, Person: alice, Name: "alice@north.example", Via: "web"}
	again := func(tx *sqlx.Tx) error { // signed in anew
		_, err := tx.Exec(`INSERT INTO sessions (token_hash, person_id, organisation, expires_at) VALUES ('anew', $1, $2, $3)`,
			alice, int64(north.ID),
			time.Now().Add(time.Hour))
		return err
	}
	broken := errors.New("no session can be opened")
	if err := s.ChangePassword(t.Context(), me, phrase, "three other words", func(*sqlx.Tx) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("no session can be opened: %v", err)
	}
	for _, c := range []struct{ current, next, says string }{
		{"wrong words here", "three other words", "not your current"},
		{phrase, "short", "at least 12"},
		{phrase, phrase, "not the one you have"},
		{phrase, "alice@north.example", "not your email"},
	} {
		if err := s.ChangePassword(t.Context(), me, c.current, c.next, again); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if len(left()) != 2 {
		t.Error("a refused change ended a session")
	}
	if err := s.ChangePassword(t.Context(), me, phrase, "three other words", again); err != nil {
		t.Fatal(err)
	}
	if got := left(); len(got) != 1 || got[0] != "anew" {
		t.Errorf("sessions left: %v", got)
	}
	if _, ok, _ := s.Login(t.Context(), north.ID, me.Name, phrase, 0); ok {
		t.Error("the old password still opens")
	}
	// Another role changes no password and ends nothing; a password set at the command line ends every session.
	for _, password := range []string{"", phrase} {
		if _, err := s.AddUser(t.Context(), tenant.CommandLine(north.ID),
			NewUser{Email: me.Name, Password: password, Role: "equality"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok, _ := s.Login(t.Context(), north.ID, me.Name, "three other words", 0); !ok || len(left()) != 1 {
		t.Error("a second role changed the password")
	}
	if err := s.SetPassword(t.Context(), tenant.CommandLine(north.ID), me.Name, phrase); err != nil {
		t.Fatal(err)
	}
	if got := left(); len(got) != 0 {
		t.Errorf("sessions left: %v", got)
	}
}
