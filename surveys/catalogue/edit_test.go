package catalogue

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"yousaid/migrations/pgtest"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

func named(name string) ServiceChange { return ServiceChange{Names: question.Text{"en": name}} }

func date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// refusedAt wants a refusal at a field that says something.
func refusedAt(t *testing.T, err error, field, says string) {
	t.Helper()
	var r wording.Refusal
	if !errors.As(err, &r) || r.Field != field || !strings.Contains(r.Error(), says) {
		t.Errorf("got %v, want a refusal at %s with %q", err, field, says)
	}
}

// A council reorganises: a service moves, is renamed, split into parts, merged, closed and reopened, and its past stays where it was.
func TestACouncilReorganises(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	must := func(id int64, err error) int64 {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	place := must(c.AddDirectorate(ctx, c.by, "", question.Text{"en": "Place & Highways", "cy": "Lle"}))
	people := must(c.AddDirectorate(ctx, c.by, "people", question.Text{"en": "People"}))
	waste := must(c.AddService(ctx, c.by, "", named("Waste"), place))
	bins := must(c.AddService(ctx, c.by, "", ServiceChange{question.Text{"en": "Bins"}, 524, waste}, place))
	tips := must(c.AddService(ctx, c.by, "", named("Tips"), 0))

	ok(c.MoveService(ctx, c.by, bins, date("2026-07-01"), people))
	ok(c.MoveService(ctx, c.by, bins, date("2026-07-01"), people)) // pressed twice
	rollups, err := c.Rollups(ctx, c.by.Org)
	ok(err)
	var history []string
	for _, r := range rollups {
		if r.Service == bins {
			history = append(history, r.From.Format(time.DateOnly))
		}
	}
	if got := strings.Join(history, " "); got != "1900-01-01 2026-07-01" {
		t.Errorf("the history of bins begins on %s", got)
	}
	refusedAt(t, c.MoveService(ctx, c.by, bins, date("2026-07-02"), people), "from", "Choose a month")
	refusedAt(t, c.MoveService(ctx, c.by, bins, time.Time{}, people), "from", "Choose a month")
	refusedAt(t, c.MoveService(ctx, c.by, bins, date("2026-07-01"), bins), "directorate", "open directorate")

	// Seen before somebody else changed it.
	list, err := c.Services(ctx, c.by.Org)
	ok(err)
	var seen Service
	for _, s := range list {
		if s.ID == bins {
			seen = s
		}
	}
	ok(c.ChangeService(ctx, c.by, bins, seen.Mark(), ServiceChange{question.Text{"en": "Bins and boxes", "cy": "Biniau"}, 524, waste}))
	if err := c.ChangeService(ctx, c.by, bins, seen.Mark(), named("Mine")); !errors.Is(err, ErrChanged) {
		t.Errorf("an old form: %v", err)
	}
	// The tree stays a tree.
	refusedAt(t, c.ChangeService(ctx, c.by, waste, "", ServiceChange{question.Text{"en": "Waste"}, 0, bins}), "parent", "part of its own part")
	refusedAt(t, c.ChangeService(ctx, c.by, waste, "", ServiceChange{question.Text{"en": "Waste"}, 0, 999}), "parent", "from the list")
	for name, change := range map[string]ServiceChange{"none": {}, "spaces": named("  "), "lines": named("a\nb"),
		"long": named(strings.Repeat("x", 300)), "nul": named("a\x00b")} {
		if err := c.ChangeService(ctx, c.by, waste, "", change); err == nil {
			t.Errorf("a name of %s was taken", name)
		}
	}
	refusedAt(t, c.ChangeService(ctx, c.by, waste, "", ServiceChange{question.Text{"en": "Waste"}, -1, 0}), "lgsl", "number")

	refusedAt(t, c.CloseService(ctx, c.by, waste, date("2026-06-30"), 0), "on", "Bins and boxes")
	refusedAt(t, c.MergeService(ctx, c.by, waste, date("2026-06-30"), bins), "successor", "part of this service")
	refusedAt(t, c.MergeService(ctx, c.by, waste, date("2026-06-30"), waste), "successor", "cannot follow itself")
	refusedAt(t, c.CloseService(ctx, c.by, tips, date("0026-06-30"), 0), "on", "1990")
	ok(c.MergeService(ctx, c.by, waste, date("2026-06-30"), tips))
	if err := c.CloseService(ctx, c.by, waste, date("2026-06-30"), 0); !errors.Is(err, ErrServiceClosed) {
		t.Errorf("closed twice: %v", err)
	}
	list, err = c.Services(ctx, c.by.Org)
	ok(err)
	for _, s := range list {
		switch {
		case s.ID == bins && s.Parent != tips:
			t.Error("the parts did not go with the merger")
		case s.ID == waste && (s.Successor != tips || s.ClosedOn == nil):
			t.Errorf("merged: %+v", s)
		}
	}
	refusedAt(t, c.CloseService(ctx, c.by, bins, date("2026-06-30"), waste), "successor", "is closed")
	_, err = c.AddService(ctx, c.by, "waste", named("Waste again"), place)
	refusedAt(t, err, "slug", "never used again")
	ok(c.ReopenService(ctx, c.by, waste))
	refusedAt(t, c.ReopenService(ctx, c.by, waste), "reopen", "open already")

	// A directorate goes when nothing belongs to it any more.
	refusedAt(t, c.CloseDirectorate(ctx, c.by, place, date("2026-08-15")), "on", "by September 2026: “Waste”")
	ok(c.MoveService(ctx, c.by, waste, date("2026-09-01"), people))
	ok(c.CloseDirectorate(ctx, c.by, place, date("2026-08-15")))
	refusedAt(t, c.MoveService(ctx, c.by, bins, date("2026-10-01"), place), "directorate", "open directorate")
	ok(c.ReopenDirectorate(ctx, c.by, place))
	said := strings.Join(c.ledger.said, "\n")
	for _, want := range []string{"directorate.added directorate/place-and-highways", "service.moved service/bins",
		"service.merged service/waste", "service.reopened service/waste", "directorate.closed"} {
		if !strings.Contains(said, want) {
			t.Errorf("the audit trail does not say %s", want)
		}
	}
	// Nobody reaches into another council.
	other := newCouncil(t, c.db, "elsewhere", "ESE")
	if err := other.ChangeService(ctx, other.by, bins, "", named("Ours now")); !errors.Is(err, ErrMissing) {
		t.Errorf("another council's service: %v", err)
	}
	if err := other.CloseDirectorate(ctx, other.by, place, date("2026-08-15")); !errors.Is(err, ErrMissing) {
		t.Errorf("another council's directorate: %v", err)
	}
}

// slow is an audit trail that takes its time.
type slow struct{}

func (slow) Record(context.Context, *sqlx.Tx, tenant.Actor, string, string, any, any) error {
	time.Sleep(20 * time.Millisecond)
	return nil
}

func TestPlacesAndChannels(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	ctx := t.Context()
	tx, err := c.DB.Begin(ctx, c.by.Org)
	if err != nil {
		t.Fatal(err)
	}
	if err := SeedChannels(ctx, tx, c.by.Org); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	id, err := c.AddAccessPoint(ctx, c.by, AccessPoint{Channel: "face_to_face", Names: question.Text{"en": "Southfields reception"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.AddAccessPoint(ctx, c.by, AccessPoint{Channel: "face_to_face", Names: question.Text{"en": "Southfields Reception"}})
	refusedAt(t, err, "names", "already")
	_, err = c.AddAccessPoint(ctx, c.by, AccessPoint{Channel: "pigeon", Names: question.Text{"en": "Loft"}})
	refusedAt(t, err, "channel", "Choose a channel")
	_, err = c.AddAccessPoint(ctx, c.by, AccessPoint{Channel: "post", Service: 7, Names: question.Text{"en": "PO box"}})
	refusedAt(t, err, "service", "Choose a service")
	points, err := c.AccessPoints(ctx, c.by.Org)
	if err != nil || len(points) != 1 || points[0].ID != id {
		t.Fatalf("%v, %v", points, err)
	}
	changed := points[0]
	changed.Names = question.Text{"en": "Southfields", "cy": "Southfields"}
	if err := c.ChangeAccessPoint(ctx, c.by, points[0].Mark(), changed); err != nil {
		t.Fatal(err)
	}
	if err := c.ChangeAccessPoint(ctx, c.by, points[0].Mark(), changed); !errors.Is(err, ErrChanged) {
		t.Errorf("an old form: %v", err)
	}
	// Many rename the same channel at once from the same form: one wins, the others are told.
	list, err := c.Channels(ctx, c.by.Org)
	if err != nil {
		t.Fatal(err)
	}
	c.Store.Ledger = slow{} // each is still at work when the next begins
	results := make([]error, 8)
	var all errgroup.Group
	for i := range results {
		all.Go(func() error {
			results[i] = c.NameChannel(ctx, c.by, "web", list[0].Mark(), question.Text{"en": "Online " + string(rune('a'+i))})
			return nil
		})
	}
	_ = all.Wait()
	won := 0
	for _, err := range results {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, ErrChanged):
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d of 8 were saved", won)
	}
	if err := c.NameChannel(ctx, c.by, "pigeon", "", question.Text{"en": "x"}); !errors.Is(err, ErrMissing) {
		t.Errorf("no such channel: %v", err)
	}
}
