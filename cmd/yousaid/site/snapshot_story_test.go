package site_test

import (
	"fmt"
	"net/url"
	"sync/atomic"
	"testing"

	"yousaid/analytics/actions"
	"yousaid/analytics/plans"
	"yousaid/cmd/yousaid/site/sitetest"
)

// Every page with figures reads them from one state of the data, in one transaction; a table that is looked at and then released is
// proved once.
func TestAPageReadsOneSnapshot(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(4000)
	var snapshots, proofs atomic.Int64
	s.Analytics.Opened, s.Analytics.Proving = func() { snapshots.Add(1) }, func() { proofs.Add(1) }
	cookies := map[string]string{}
	for _, role := range []string{"administrator", "service", "equality"} {
		cookies[role] = s.SignIn(s.Person(role))
	}
	survey, err := s.Surveys.BySlug(t.Context(), s.Org.ID, "customer-satisfaction")
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range [][]string{{"age_group"}, {"sex"}} {
		if _, err := s.Plans.Add(t.Context(), s.By(),
			plans.Plan{Survey: survey.ID, Measure: "rating", By: by, Cadence: plans.Quarterly, Standing: true}); err != nil {
			t.Fatal(err)
		}
	}
	months := someMonths(4, 2, "sex")
	for _, one := range []struct {
		who, path string
		reads     int64
	}{
		{"administrator", "/staff", 1},
		{"administrator", "/staff/results", 1},
		{"administrator", "/staff/results?by=channel&and=language", 1},
		{"service", "/staff/results", 1},
		{"administrator", "/staff/results/table.csv?by=channel", 1},
		{"administrator", "/staff/comments", 1},
		{"administrator", "/staff/council", 1},
		{"service", "/staff/council", 1},
		{"administrator", "/staff/exports", 1},
		{"administrator", fmt.Sprintf("/staff/unusual/%d", survey.ID), 1},
		{"administrator", "/staff/published", 0},
		{"administrator", "/staff/published/new", 1},
		{"equality", "/staff/equality", 1},
		{"equality", "/staff/equality?" + months.Encode(), 1},
		{"equality", "/staff/equality/table.csv?" + months.Encode(), 1},
		{"equality", "/staff/equality/release?" + months.Encode(), 1},
		{"equality", "/staff/equality/plan", 1},
		{"equality", "/staff/equality/report", 1},
		{"administrator", promise(actions.Draft)(nil, s) + "/figure/new?" + someMonths(4, 2, "channel").Encode() + "&slot=before", 1},
	} {
		snapshots.Store(0)
		s.Get(one.path, "Cookie", cookies[one.who]).Is(200)
		if n := snapshots.Load(); n != one.reads {
			t.Errorf("%s opens %d snapshots for the %s, not %d", one.path, n, one.who, one.reads)
		}
	}

	// The officer has looked at the table by now: what leaves has the proof of what was seen.
	form := fields(s.Get("/staff/equality/release?"+months.Encode(), "Cookie", cookies["equality"]).Is(200))
	proofs.Store(0)
	released := s.Post("/staff/equality/release", form, "Cookie", cookies["equality"]).To()
	if n := proofs.Load(); n != 0 {
		t.Errorf("%d proofs were worked out for a table that was proved when it was looked at", n)
	}
	s.Get(released, "Cookie", cookies["equality"]).Is(200)
	s.Get("/staff/equality/report", "Cookie", cookies["equality"]).Is(200)
	proofs.Store(0)
	s.Get("/staff/equality/report?"+url.Values{"survey": {"customer-satisfaction"}}.Encode(), "Cookie", cookies["equality"]).Is(200)
	if n := proofs.Load(); n != 0 {
		t.Errorf("%d proofs were worked out for a report that was seen before", n)
	}
}
