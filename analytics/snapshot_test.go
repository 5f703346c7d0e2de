package analytics_test

import (
	"errors"
	"testing"

	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
	"yousaid/surveys/tenant"
)

// Who sees one service only still knows how the whole council does, and nothing else of it.
func TestTheWholeCouncilIsKnownToEveryRole(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Store(60, answer{Answers: rated("5"), Service: "bins"})
	c.Store(30, answer{Answers: rated("1"), Service: "repairs"})
	c.Store(10, answer{Answers: rated("4")}) // about no service
	manager := tenant.Actor{Org: c.Org, Grants: []tenant.Grant{{Role: "service", Service: c.Services["repairs"]}}}
	both, err := c.Ask.AskTogether(t.Context(), manager, query().OfEverybody(), query())
	c.Check(err)
	if whole := both[0]; whole.Total.N != 100 || *whole.Total.Satisfied != 0.7 {
		t.Errorf("the whole council is %d answers, %v satisfied", whole.Total.N, *whole.Total.Satisfied)
	}
	alone, err := c.Ask.Ask(t.Context(), manager, query().OfEverybody())
	c.Check(err)
	if alone.(tables.Figures).Total.N != 30 {
		t.Error("a query by itself is answered for everybody")
	}
	if f := both[1]; f.Total.N != 30 || *f.Total.Satisfied != 0 {
		t.Errorf("the own services are %d answers, %v satisfied", f.Total.N, *f.Total.Satisfied)
	}
	filtered := query()
	filtered.Where = []figures.Filter{{Dimension: "service", Values: []string{"bins"}}}
	for _, q := range []figures.Query{query("service"), filtered} {
		if _, err := c.Ask.AskTogether(t.Context(), manager, q.OfEverybody()); !errors.As(err, new(refusal.Refusal)) {
			t.Errorf("%+v is answered for the whole council: %v", q, err)
		}
	}
	nobody := tenant.Actor{Org: c.Org, Grants: []tenant.Grant{{Role: "frontline"}}}
	if _, err := c.Ask.AskTogether(t.Context(), nobody, query().OfEverybody()); !errors.Is(err, refusal.ErrNotAllowed) {
		t.Errorf("somebody without figures: %v", err)
	}
}

// What is asked together is from one moment, whatever is stored meanwhile, and is what each query gives by itself.
func TestWhatIsAskedTogetherAddsUp(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Store(5, answer{Answers: rated("5"), Service: "bins", Channel: "web"}, answer{Answers: rated("1"), Service: "repairs", Channel: "post"})
	queries := []figures.Query{query(), query("channel"), query("service"), query("directorate", "month"), query("month")}
	together, err := c.Ask.AskTogether(t.Context(), c.By(), queries...)
	c.Check(err)
	for i, q := range queries {
		if alone := c.Figures(q); table(alone) != table(together[i]) {
			t.Errorf("%v: together\n%s\nalone\n%s", q.By, table(together[i]), table(alone))
		}
	}
	stop, stored := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stored)
		for {
			select {
			case <-stop:
				return
			default:
				c.Store(1, answer{Answers: rated("4"), Service: "bins", Channel: "web"})
			}
		}
	}()
	for range 20 {
		list, err := c.Ask.AskTogether(t.Context(), c.By(), queries...)
		c.Check(err)
		for i, f := range list {
			n := int64(0)
			for _, cell := range f.Cells {
				n += cell.N
			}
			if f.Total.N != list[0].Total.N || len(f.Dimensions) > 0 && n != f.Total.N {
				t.Errorf("by %v there are %d answers and %d in all, by nothing %d", queries[i].By, n, f.Total.N, list[0].Total.N)
			}
		}
	}
	close(stop)
	<-stored
	if _, err := c.Ask.AskTogether(t.Context(), c.By(), query(), query("sex")); !errors.Is(err, refusal.ErrNeedsProtection) {
		t.Errorf("an equality group: %v", err)
	}
	public := query("channel")
	public.Audience = figures.Public
	if _, err := c.Ask.AskTogether(t.Context(), c.By(), public); !errors.Is(err, refusal.ErrNeedsProtection) {
		t.Errorf("for the public: %v", err)
	}
	other := query()
	other.Surveys = []string{"all"}
	if list, err := c.Ask.AskTogether(t.Context(), c.By(), query(), other); err != nil || len(list) != 2 ||
		len(list[1].Surveys) < len(list[0].Surveys) {
		t.Errorf("with other surveys: %v, %v", list, err)
	}
	viewer := tenant.Actor{Org: c.Org, Grants: []tenant.Grant{{Role: tenant.Viewer}}}
	if _, err := c.Ask.AskTogether(t.Context(), viewer, query(), query("sex")); !errors.Is(err, refusal.ErrNotAllowed) {
		t.Errorf("a viewer asks for an equality group: %v", err)
	}
}
