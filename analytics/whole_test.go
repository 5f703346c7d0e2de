package analytics_test

import (
	"errors"
	"testing"

	"yousaid/analytics"
	"yousaid/surveys/tenant"
)

// Who sees one service only still knows how the whole council does, and nothing else of it.
func TestTheWholeCouncilIsKnownToEveryRole(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.store(60, answer{answers: rated("5"), service: "bins"})
	c.store(30, answer{answers: rated("1"), service: "repairs"})
	c.store(10, answer{answers: rated("4")}) // about no service
	manager := tenant.Actor{Org: c.org, Grants: []tenant.Grant{{Role: "service", Service: c.services["repairs"]}}}
	whole, err := c.ask.Whole(t.Context(), manager, query())
	c.check(err)
	if whole.Total.N != 100 || *whole.Total.Satisfied != 0.7 {
		t.Errorf("the whole council is %d answers, %v satisfied", whole.Total.N, *whole.Total.Satisfied)
	}
	own, err := c.ask.Ask(t.Context(), manager, query())
	c.check(err)
	if f := own.(analytics.Figures); f.Total.N != 30 || *f.Total.Satisfied != 0 {
		t.Errorf("the own services are %d answers, %v satisfied", f.Total.N, *f.Total.Satisfied)
	}
	filtered := query()
	filtered.Where = []analytics.Filter{{Dimension: "service", Values: []string{"bins"}}}
	for _, q := range []analytics.Query{query("service"), filtered} {
		if _, err := c.ask.Whole(t.Context(), manager, q); !errors.As(err, new(analytics.Refusal)) {
			t.Errorf("%+v is answered for the whole council: %v", q, err)
		}
	}
	nobody := tenant.Actor{Org: c.org, Grants: []tenant.Grant{{Role: "frontline"}}}
	if _, err := c.ask.Whole(t.Context(), nobody, query()); !errors.Is(err, analytics.ErrNotAllowed) {
		t.Errorf("somebody without figures: %v", err)
	}
}
