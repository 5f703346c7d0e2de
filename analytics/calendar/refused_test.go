package calendar_test

import (
	"context"
	"errors"
	"testing"

	"yousaid/analytics/calendar"
	"yousaid/surveys/question"
)

// What cannot be planned, published or corrected now is refused by the store, and changes nothing.
func TestWhatTheCalendarRefuses(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	ctx := t.Context()
	entry := calendar.Publication{Titles: question.Text{"en": "By service"}, Survey: 2, Measure: "rating", By: "service",
		From: "2026-01-01", To: "2026-03-31", Due: "2026-04-30"}
	mood := entry
	mood.By = "mood"
	_, err := c.store.Plan(ctx, c.by, []calendar.Publication{mood})
	c.is(err, calendar.ErrSplit)
	id := c.plan("2026-01-01", "2026-03-31", "2026-04-30")
	_, err = c.store.Plan(ctx, c.by, []calendar.Publication{entry})
	c.is(err, calendar.ErrPlanned)
	_, err = c.store.Publication(ctx, 1, 999)
	c.is(err, calendar.ErrNoPublication)
	first, note := c.release(10), question.Text{"en": "Put right."}
	c.is(c.store.Publish(ctx, c.by, 999, first, nil), calendar.ErrNoPublication)
	c.is(c.store.Correct(ctx, c.by, id, first, nil, note), calendar.ErrNotNow)
	planned, err := c.store.Publication(ctx, 1, id)
	if _, published := planned.Last(); err != nil || published {
		t.Errorf("a planned table is published: %v", err)
	}
	c.is(c.store.Publish(ctx, c.by, id, first, nil), nil)
	c.agreed(id, "2026-04-20")
	c.is(c.store.Publish(ctx, c.by, id, first, nil), nil) // published with it already
	c.is(c.store.Publish(ctx, c.by, id, c.release(11), nil), calendar.ErrNotNow)
	one, err := c.store.Publication(ctx, 1, id)
	if last, published := one.Last(); err != nil || !published || last.On != "2026-04-20" || one.State != "published" || one.Release != first {
		t.Errorf("%+v, %v", one, err)
	}
}

// A request that ends takes its questions to the database with it.
func TestACancelledRequestChangesNothing(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	id := c.plan("2026-01-01", "2026-03-31", "2026-04-30")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	entry := calendar.Publication{Survey: 2, Measure: "rating", By: "service", From: "2026-04-01", To: "2026-06-30", Due: "2026-07-30"}
	for name, do := range map[string]func() error{
		"publications": func() error { _, err := c.store.Publications(ctx, 1); return err },
		"publication":  func() error { _, err := c.store.Publication(ctx, 1, id); return err },
		"changed":      func() error { _, err := c.store.Changed(ctx, 1); return err },
		"waiting":      func() error { _, err := c.store.Waiting(ctx, 1, id); return err },
		"plan":         func() error { _, err := c.store.Plan(ctx, c.by, []calendar.Publication{entry}); return err },
		"publish":      func() error { return c.store.Publish(ctx, c.by, id, 1, nil) },
		"correct":      func() error { return c.store.Correct(ctx, c.by, id, 1, nil, nil) },
		"withdraw":     func() error { return c.store.Withdraw(ctx, c.by, id, question.Text{"en": "x"}, "2026-04-20") },
		"approve":      func() error { return c.store.ApproveChange(ctx, c.second, id, 1, "2026-04-20") },
		"return":       func() error { return c.store.ReturnChange(ctx, c.second, id, 1) },
	} {
		if err := do(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if one, err := c.store.Publication(t.Context(), 1, id); err != nil || one.State != "planned" {
		t.Errorf("%+v %v", one, err)
	}
}
