package links

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"yousaid/migrations/pgtest"
	"yousaid/surveys"
	"yousaid/surveys/responses"
	"yousaid/surveys/tenant"
)

// A job reference counts with the signature of one of the last two secrets, for its own link, reference and council.
func TestJobReferences(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	c, other := newCouncil(t, db, "anytown", "ANY"), newCouncil(t, db, "elsewhere", "EWR")
	ctx := t.Context()
	secrets, err := c.JobSecrets(ctx, c.by.Org)
	if err != nil || len(secrets) != 1 || secrets[0].Number != 1 || len(secrets[0].Value) != 64 {
		t.Fatalf("%+v, %v", secrets, err)
	}
	first := secrets[0].Value
	const code, reference = "ANY2345678", "R-2026/1234"
	sig := SignJob(first, code, reference)
	job, err := c.Job(ctx, c.by.Org, code, reference, sig)
	if err != nil || job == (responses.Job{}) {
		t.Fatalf("%x, %v", job, err)
	}
	// However the address came: the code in small letters, space around the reference, capitals and a full stop at the signature.
	for _, one := range [][3]string{
		{strings.ToLower(code), reference, sig}, {code, " " + reference + "\n", sig}, {code, reference, strings.ToUpper(sig) + "."},
		{code, reference, sig + " and some more words"},
	} {
		if got, err := c.Job(ctx, c.by.Org, one[0], one[1], one[2]); err != nil || got != job {
			t.Errorf("%q: %x, %v", one, got, err)
		}
	}
	for name, one := range map[string][3]string{
		"another link":             {"ANY2345679", reference, sig},
		"another reference":        {code, "R-2026/1235", sig},
		"no signature":             {code, reference, ""},
		"half a signature":         {code, reference, sig[:16]},
		"no reference":             {code, " ", SignJob(first, code, "")},
		"a reference of no text":   {code, "\xff", SignJob(first, code, "\xff")},
		"a control character":      {code, "a\x00b", SignJob(first, code, "a\x00b")},
		"a reference too long":     {code, strings.Repeat("ŵ", 101), SignJob(first, code, strings.Repeat("ŵ", 101))},
		"a signature far too long": {code, reference, strings.Repeat("z", 100_000)},
	} {
		if got, err := c.Job(ctx, c.by.Org, one[0], one[1], one[2]); !errors.Is(err, ErrJob) || got != (responses.Job{}) {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
	if _, err := c.Job(ctx, c.by.Org, code, strings.Repeat("ŵ", 100), SignJob(first, code, strings.Repeat("ŵ", 100))); err != nil {
		t.Errorf("the longest reference: %v", err)
	}
	if _, err := other.Job(ctx, other.by.Org, code, reference, sig); !errors.Is(err, ErrJob) {
		t.Errorf("another council: %v", err)
	}
	if key, err := c.JobKey(ctx, c.by.Org, " "+reference+" "); err != nil || key != job {
		t.Errorf("staff look for %x, %v; customers gave %x", key, err, job)
	}
	if key, err := other.JobKey(ctx, other.by.Org, reference); err != nil || key == job {
		t.Errorf("the key of another council is the same: %v", err)
	}
}

// A new secret leaves the one before it good, and the one before that not; pressing the button twice makes one.
func TestSecretsOfJobLinksFollowEachOther(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	ctx := t.Context()
	const code, reference = "ANY2345678", "7"
	takes := func(secret JobSecret) bool {
		_, err := c.Job(ctx, c.by.Org, code, reference, SignJob(secret.Value, code, reference))
		return err == nil
	}
	newest := func() []JobSecret {
		list, err := c.JobSecrets(ctx, c.by.Org)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	first := newest()[0]
	if !takes(first) {
		t.Fatal("the first secret is not good")
	}
	for range 2 {
		if err := c.NewJobSecret(ctx, c.by, 1); err != nil {
			t.Fatal(err)
		}
	}
	list := newest()
	if len(list) != 2 || list[0].Number != 2 || list[1] != first || list[0].Value == first.Value {
		t.Fatalf("%+v", list)
	}
	if second := list[0]; !takes(second) || !takes(first) {
		t.Error("of the last two secrets one is not good")
	}
	if err := c.NewJobSecret(ctx, c.by, 7); err != nil || len(newest()) != 2 {
		t.Errorf("asked after a number that is not the newest: %v, %+v", err, newest())
	}
	if err := c.NewJobSecret(ctx, c.by, 2); err != nil {
		t.Fatal(err)
	}
	if takes(first) {
		t.Error("the secret before the last two is good")
	}
	if got := strings.Join(c.ledger.said, ", "); got != "job_secret.made job links, job_secret.made job links" {
		t.Errorf("the trail is %s", got)
	}

	// Another instance remembers the secrets for a short while only.
	beside := &Store{DB: c.DB, Ledger: c.ledger, Now: func() time.Time { return c.at }}
	third := newest()[0]
	if _, err := beside.Job(ctx, c.by.Org, code, reference, SignJob(third.Value, code, reference)); err != nil {
		t.Fatal(err)
	}
	if err := c.NewJobSecret(ctx, c.by, 3); err != nil {
		t.Fatal(err)
	}
	signature := SignJob(newest()[0].Value, code, reference)
	c.at = c.at.Add(remember)
	if _, err := beside.Job(ctx, c.by.Org, code, reference, signature); err != nil {
		t.Errorf("the instance beside does not know the new secret: %v", err)
	}
}

// Whatever statement fails, the caller gets an error, and nothing is changed.
func TestLinksWhoseDatabaseFails(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	c := newCouncil(t, db, "anytown", "ANY")
	link := c.add(t, func(n *New) { n.AccessPoint = "Town Hall" })
	if _, err := c.surveys.Publish(t.Context(), c.by, c.survey, surveys.Publishing{}); err != nil {
		t.Fatal(err)
	}
	app, _, faults := db.Failing(t)
	ctx, org := t.Context(), c.by.Org
	fresh := func() *Store { // it remembers nothing
		return &Store{DB: tenant.New(app), Ledger: &ledger{}, Now: func() time.Time { return c.at }}
	}
	keyed := NewKeyed{Survey: "customer-satisfaction", Service: "bins", Channel: "telephone", AccessPoint: "town-hall", Mode: "paper"}
	id, err := c.OpenKeyed(ctx, c.by, keyed)
	if err != nil {
		t.Fatal(err)
	}
	secrets, err := c.JobSecrets(ctx, org)
	if err != nil {
		t.Fatal(err)
	}
	signature := SignJob(secrets[0].Value, link.Code, "7")
	for _, read := range []func(s *Store) error{
		func(s *Store) error { _, err := s.Find(ctx, link.Code); return err },
		func(s *Store) error { _, err := s.Links(ctx, org, 0, 0, 10); return err },
		func(s *Store) error { _, err := s.Used(ctx, org, Wanted{Limit: 10}); return err },
		func(s *Store) error { _, err := s.Called(ctx, org, link.Code); return err },
		func(s *Store) error { _, err := s.JobSecrets(ctx, org); return err },
		func(s *Store) error { _, err := s.JobKey(ctx, org, "7"); return err },
		func(s *Store) error { _, err := s.Job(ctx, org, link.Code, "7", signature); return err },
		func(s *Store) error { _, err := s.Keying(ctx, c.by); return err },
		func(s *Store) error { _, err := s.Keyed(ctx, c.by, id); return err },
		func(s *Store) error { _, err := s.OpenKeyed(ctx, c.by, keyed); return err },
	} {
		faults.Each(t, func() error { return read(fresh()) })
	}

	standing := func() (rows []string) {
		if err := db.Owner().Select(&rows, `
			SELECT concat_ws(' ', 'link', id, state, shared, needs_job, keyed_mode) FROM links
			UNION ALL SELECT 'secret ' || name FROM secrets WHERE name LIKE 'job-links/%'
			UNION ALL SELECT 'place ' || slug FROM access_points
			ORDER BY 1`); err != nil {
			t.Fatal(err)
		}
		return rows
	}
	keyed.Mode = "telephone_interview"
	for _, change := range []struct {
		name string
		make func(s *Store) error
	}{
		{"open another place to type in", func(s *Store) error { _, err := s.OpenKeyed(ctx, c.by, keyed); return err }},
		{"set the use", func(s *Store) error { return s.SetUse(ctx, c.by, link.ID, true, true) }},
		{"add", func(s *Store) error {
			_, err := s.Add(ctx, c.by, New{Survey: "customer-satisfaction", Service: "bins", Channel: "web", AccessPoint: "Library"})
			return err
		}},
		{"make a secret", func(s *Store) error { return s.NewJobSecret(ctx, c.by, 1) }},
		{"close", func(s *Store) error { return s.Close(ctx, c.by, link.ID) }},
		{"reopen", func(s *Store) error { return s.Reopen(ctx, c.by, link.ID) }},
	} {
		before := standing()
		faults.Each(t, func() error {
			err := change.make(fresh())
			faults.Paused(func() {
				if after := standing(); err != nil && !slices.Equal(before, after) {
					t.Errorf("%s failed with %v and left %v of %v", change.name, err, after, before)
				}
			})
			return err
		})
		if slices.Equal(before, standing()) {
			t.Errorf("%s changed nothing", change.name)
		}
	}
}

// A closed link can be opened again, and takes feedback until its last day.
func TestReopenLink(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	c, other := newCouncil(t, db, "anytown", "ANY"), newCouncil(t, db, "elsewhere", "EWR")
	ctx := t.Context()
	if _, err := c.surveys.Publish(ctx, c.by, c.survey, surveys.Publishing{}); err != nil {
		t.Fatal(err)
	}
	link := c.add(t, func(n *New) { n.Expires = "2026-05-04" })
	if err := c.Reopen(ctx, c.by, link.ID); !errors.Is(err, ErrOpen) {
		t.Errorf("an open link: %v", err)
	}
	if err := c.Close(ctx, c.by, link.ID); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"another council": other.Reopen(ctx, other.by, link.ID), "no link": c.Reopen(ctx, c.by, 1),
	} {
		if !errors.Is(err, ErrMissing) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := c.Reopen(ctx, c.by, link.ID); err != nil {
		t.Fatal(err)
	}
	if found, err := c.Find(ctx, link.Code); err != nil || !found.Takes() {
		t.Errorf("opened again: %+v, %v", found.Link, err)
	}
	c.at = c.at.AddDate(0, 0, 1)
	if found, err := c.Find(ctx, link.Code); err != nil || found.Takes() || found.Link.State != Expired {
		t.Errorf("past its last day: %+v, %v", found.Link, err)
	}
}

// How answers by a link are judged can be changed, and its use is counted: answers that count, and those of the last 30 days.
func TestUseOfLinks(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	c, other := newCouncil(t, db, "anytown", "ANY"), newCouncil(t, db, "elsewhere", "EWR")
	ctx := t.Context()
	v, err := c.surveys.Publish(ctx, c.by, c.survey, surveys.Publishing{})
	if err != nil {
		t.Fatal(err)
	}
	web := c.add(t, func(n *New) { n.About = "100% of letters_2" })
	roads := c.add(t, func(n *New) { n.Service, n.Channel = "roads", "kiosk" })
	if err := c.SetUse(ctx, c.by, web.ID, true, true); err != nil {
		t.Fatal(err)
	}
	if err := other.SetUse(ctx, other.by, web.ID, false, false); !errors.Is(err, ErrMissing) {
		t.Errorf("another council: %v", err)
	}
	for i, r := range []struct{ state, source, ago string }{
		{"finished", "link", "1 day"}, {"started", "link", "29 days"}, {"finished", "link", "31 days"}, {"withdrawn", "link", "1 day"},
		{"finished", "pilot", "1 day"},
	} {
		db.Owner().MustExec(`
			INSERT INTO responses (organisation_id, id, survey_id, version_id, link_id, source, service_id, channel, mode, language, answered_hour,
			                       answers, state, change_no)
			VALUES ($1, gen_random_uuid(), $2, $3, $4, $5, $6, 'web', 'online', 'en', $7::timestamptz - $8::interval, '{}', $9, $10)`,
			c.by.Org, c.survey, v.ID, web.ID, r.source, web.Service, c.at, r.ago, r.state, i+1)
	}
	use, err := c.Called(ctx, c.by.Org, strings.ToLower(web.Code))
	if err != nil || use.Responses != 3 || use.Recent != 2 || !use.Shared || !use.NeedsJob ||
		use.Service != "bins" || use.Survey != "customer-satisfaction" {
		t.Errorf("%+v, %v", use, err)
	}
	for _, code := range []string{"", "!!", "ANY2222222", strings.Repeat("A", 10_000)} {
		if _, err := c.Called(ctx, c.by.Org, code); !errors.Is(err, ErrMissing) {
			t.Errorf("%.20q: %v", code, err)
		}
	}
	if _, err := other.Called(ctx, other.by.Org, web.Code); !errors.Is(err, ErrMissing) {
		t.Errorf("another council: %v", err)
	}
	for _, one := range []struct {
		wanted Wanted
		want   []int64
	}{
		{Wanted{}, []int64{roads.ID, web.ID}}, {Wanted{Service: "roads"}, []int64{roads.ID}}, {Wanted{Channel: "web"}, []int64{web.ID}},
		{Wanted{Survey: "customer-satisfaction", State: Open}, []int64{roads.ID, web.ID}},
		{Wanted{Survey: "nothing"}, nil}, {Wanted{State: Closed}, nil},
		{Wanted{Words: "LETTERS"}, []int64{web.ID}}, {Wanted{Words: "100%"}, []int64{web.ID}}, {Wanted{Words: "s_2"}, []int64{web.ID}},
		{Wanted{Words: "%"}, []int64{web.ID}}, {Wanted{Words: "rs%_"}, nil},
		{Wanted{Words: `\`}, nil}, {Wanted{Words: roads.Code[3:]}, []int64{roads.ID}},
		{Wanted{Before: roads.ID}, []int64{web.ID}}, {Wanted{Limit: 1}, []int64{roads.ID}},
	} {
		one.wanted.Limit = cmp.Or(one.wanted.Limit, 10)
		list, err := c.Used(ctx, c.by.Org, one.wanted)
		var got []int64
		for _, u := range list {
			got = append(got, u.ID)
		}
		if err != nil || !slices.Equal(got, one.want) {
			t.Errorf("%+v: %v, %v, want %v", one.wanted, got, err, one.want)
		}
	}
}

// Which services somebody may type in answers about.
func TestWhoMayTypeIn(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	c := newCouncil(t, db, "anytown", "ANY")
	link := c.add(t, nil)
	for name, one := range map[string]struct {
		grants        []tenant.Grant
		bins, nothing bool
	}{
		"the whole front line": {[]tenant.Grant{{Role: tenant.FrontLine}}, true, true},
		"of bins":              {[]tenant.Grant{{Role: tenant.FrontLine, Service: link.Service}}, true, false},
		"of another service":   {[]tenant.Grant{{Role: tenant.FrontLine, Service: link.Service + 1000}}, false, false},
		"a viewer":             {[]tenant.Grant{{Role: tenant.Viewer}}, false, false},
		"nobody":               {nil, false, false},
	} {
		reach, err := c.Keying(t.Context(), tenant.Actor{Org: c.by.Org, Grants: one.grants})
		if err != nil || reach.Covers(link.Service) != one.bins || reach.Covers(0) != one.nothing {
			t.Errorf("%s: bins %v, no one service %v, %v", name, reach.Covers(link.Service), reach.Covers(0), err)
		}
	}
}

func TestManyPeopleAnswerByAKiosk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		link Link
		want bool
	}{{Link{Channel: "kiosk"}, true}, {Link{Channel: "web", Shared: true}, true}, {Link{Channel: "web"}, false}, {Link{}, false}} {
		if got := c.link.ManyPeople(); got != c.want {
			t.Errorf("%+v: %v", c.link, got)
		}
	}
}

// What links can begin with: a scheme and a host, because pages name each other from the root of the host.
func TestAddressesOfASite(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"https://say.anytown.gov.uk", "https://say.anytown.gov.uk/", "http://localhost:8080",
		"http://[::1]:8080", "HTTPS://a.b"} {
		if err := CheckBase(address); err != nil {
			t.Errorf("%q is refused: %v", address, err)
		}
	}
	for _, address := range []string{"", "say.anytown.gov.uk", "//say.anytown.gov.uk", "ftp://say.anytown.gov.uk",
		"https://", "https:///f", "https://a/folder",
		"https://a?", "https://a?x=1", "https://a#", "https://a/#top", "https://user@a", "https://u:p@a",
		"javascript:alert(1)", "https://a b", "https://a:port",
		"https://%zz", "http://[::1"} {
		if err := CheckBase(address); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
}
