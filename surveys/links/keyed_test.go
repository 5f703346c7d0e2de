package links

import (
	"errors"
	"testing"

	"golang.org/x/sync/errgroup"

	"yousaid/migrations/pgtest"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/tenant"
)

func TestWhereAnswersAreTypedIn(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	c, other := newCouncil(t, db, "anytown", "ANY"), newCouncil(t, db, "elsewhere", "EWR")
	ctx := t.Context()
	n := NewKeyed{Survey: "customer-satisfaction", Service: "bins", Channel: "telephone", Mode: "paper"}
	if _, err := c.OpenKeyed(ctx, c.by, n); !errors.Is(err, ErrNotTaking) {
		t.Errorf("of a survey that is not published: %v", err)
	}
	if _, err := c.surveys.Publish(ctx, c.by, c.survey, surveys.Publishing{}); err != nil {
		t.Fatal(err)
	}
	for name, one := range map[string]struct {
		change func(*NewKeyed)
		want   error
	}{
		"survey":  {func(n *NewKeyed) { n.Survey = "nothing" }, surveys.ErrMissing},
		"service": {func(n *NewKeyed) { n.Service = "nothing" }, catalogue.ErrMissing},
		"channel": {func(n *NewKeyed) { n.Channel = "pigeon" }, ErrChannel},
		"place":   {func(n *NewKeyed) { n.AccessPoint = "nowhere" }, ErrPlace},
		"mode":    {func(n *NewKeyed) { n.Mode = "online" }, ErrMode},
	} {
		asked := n
		one.change(&asked)
		if _, err := c.OpenKeyed(ctx, c.by, asked); !errors.Is(err, one.want) {
			t.Errorf("a wrong %s: %v", name, err)
		}
	}

	// The same choice is one place, however many make it at once.
	ids := make([]int64, 8)
	var all errgroup.Group
	for i := range ids {
		all.Go(func() (err error) {
			ids[i], err = c.OpenKeyed(ctx, c.by, n)
			return err
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("one choice is several places: %v", ids)
		}
	}
	nothing := n
	nothing.Service, nothing.Channel = "", ""
	general, err := c.OpenKeyed(ctx, c.by, nothing)
	if err != nil || general == ids[0] {
		t.Fatalf("about no service: %d, %v", general, err)
	}
	if k, err := c.Keyed(ctx, c.by, general); err != nil || k.Words() != "Not about one service" {
		t.Errorf("%q, %v", k.Words(), err)
	}

	// No customer follows it, no list of links has it, and it is not closed as a link.
	var code string
	if err := db.Owner().Get(&code, `SELECT code FROM links WHERE id = $1`, ids[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Find(ctx, code); !errors.Is(err, ErrUnknown) {
		t.Errorf("followed by a customer: %v", err)
	}
	if list, err := c.Links(ctx, c.by.Org, 0, 0, 10); err != nil || len(list) != 0 {
		t.Errorf("listed: %v, %v", list, err)
	}
	if err := c.Close(ctx, c.by, ids[0]); !errors.Is(err, ErrMissing) {
		t.Errorf("closed: %v", err)
	}
	if err := c.SetUse(ctx, c.by, ids[0], true, true); !errors.Is(err, ErrMissing) {
		t.Errorf("changed: %v", err)
	}

	// Who may.
	var bins, roads int64
	if err := db.Owner().Get(&bins, `SELECT id FROM services WHERE slug = 'bins' AND organisation_id = $1`, c.by.Org); err != nil {
		t.Fatal(err)
	}
	if err := db.Owner().Get(&roads, `SELECT id FROM services WHERE slug = 'roads' AND organisation_id = $1`, c.by.Org); err != nil {
		t.Fatal(err)
	}
	var place int64
	if err := db.Owner().Get(&place, `SELECT id FROM directorates WHERE organisation_id = $1`, c.by.Org); err != nil {
		t.Fatal(err)
	}
	for name, one := range map[string]struct {
		grants []tenant.Grant
		id     int64
		want   error
	}{
		"the front line":                        {[]tenant.Grant{{Role: "frontline"}}, general, nil},
		"of bins, bins":                         {[]tenant.Grant{{Role: "frontline", Service: bins}}, ids[0], nil},
		"of bins, no one service":               {[]tenant.Grant{{Role: "frontline", Service: bins}}, general, ErrReach},
		"of roads, bins":                        {[]tenant.Grant{{Role: "frontline", Service: roads}}, ids[0], ErrReach},
		"of the directorate, bins":              {[]tenant.Grant{{Role: "frontline", Directorate: place}}, ids[0], nil},
		"of another directorate, bins":          {[]tenant.Grant{{Role: "frontline", Directorate: place + 1}}, ids[0], ErrReach},
		"a viewer":                              {[]tenant.Grant{{Role: "viewer"}}, ids[0], ErrReach},
		"the service role opens no typing":      {[]tenant.Grant{{Role: "service", Service: bins}}, ids[0], ErrReach},
		"nobody":                                {nil, ids[0], ErrReach},
		"a link for customers is no such place": {[]tenant.Grant{{Role: "frontline"}}, c.add(t, nil).ID, ErrMissing},
	} {
		if _, err := c.Keyed(ctx, tenant.Actor{Org: c.by.Org, Grants: one.grants}, one.id); !errors.Is(err, one.want) {
			t.Errorf("%s: %v, want %v", name, err, one.want)
		}
	}
	if _, err := other.Keyed(ctx, other.by, ids[0]); !errors.Is(err, ErrMissing) {
		t.Errorf("another council: %v", err)
	}
	if err := c.surveys.Close(ctx, c.by, c.survey); err != nil {
		t.Fatal(err)
	}
	if k, err := c.Keyed(ctx, c.by, ids[0]); !errors.Is(err, ErrNotTaking) || k.ID != ids[0] {
		t.Errorf("closed: %v", err)
	}
}
