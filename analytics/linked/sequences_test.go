package linked_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"yousaid/analytics/figures"
	"yousaid/analytics/tables"
)

// A year to date less the months before it is the last month alone: its three people by post may not come out.
func TestThisMonthMinusLast(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	for m := time.July; m <= time.August; m++ {
		c.Background(m)
		c.Answered(20, m, "web", "bins")
		c.Answered(10, m, "telephone", "bins")
	}
	c.Answered(4, time.July, "post", "bins")
	c.Few(3, time.August, "post", "bins", "1")
	july := c.Protected(public(time.July, time.July, "channel"))
	if got := shown(july, "post"); got != "20" {
		t.Fatalf("July by post: %s", got)
	}
	both := c.Protected(public(time.July, time.August, "channel"))
	if got := shown(both, "post"); got != "hidden" {
		t.Errorf("post is %s in July and August, and was 20 in July: August is 3", got)
	}
	if got := shown(both, figures.All); got != "339" {
		t.Errorf("the total is %s", got)
	}
	if len(both.AuditedWith) != 1 || both.AuditedWith[0] != july.Release || both.Lattices == 0 {
		t.Errorf("audited beside %v with %d lattices", both.AuditedWith, both.Lattices)
	}
	// Without the earlier release, nothing of it would have to be hidden.
	other := satisfaction(t)
	other.Background(time.July)
	other.Answered(40, time.July, "web", "bins")
	other.Answered(20, time.July, "telephone", "bins")
	other.Answered(4, time.July, "post", "bins")
	other.Few(3, time.August, "post", "bins", "1")
	if got := shown(other.Protected(public(time.July, time.August, "channel")), "post"); got != "23" {
		t.Errorf("alone, post is %s", got)
	}
}

// A quarter less two of its months is the third.
func TestQuarterMinusTwoMonths(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	for m := time.July; m <= time.September; m++ {
		c.Answered(20, m, "web", "bins")
		c.Answered(10, m, "telephone", "bins")
	}
	c.Answered(4, time.July, "post", "bins")
	c.Answered(4, time.August, "post", "bins")
	c.Few(2, time.September, "post", "bins", "5")
	c.Protected(public(time.July, time.July, "channel"))
	c.Protected(public(time.August, time.August, "channel"))
	if got := shown(c.Protected(public(time.July, time.September, "channel")), "post"); got != "hidden" {
		t.Errorf("post is %s in the quarter: September's two are what is left", got)
	}
}

// When even the total would disclose a few people, nothing leaves, and the officer reads which release is the reason.
func TestATotalThatBetraysIsRefused(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Answered(20, time.July, "web", "bins")
	c.Answered(20, time.July, "telephone", "bins")
	c.Few(3, time.August, "web", "bins", "1")
	july := c.Protected(public(time.July, time.July, "channel"))
	c.Refused(public(time.July, time.August, "channel"), fmt.Sprintf("not proved safe beside release %d", july.Release))
}

// The council less all services but one is that one.
func TestCouncilMinusAllServicesButOne(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Answered(20, time.July, "web", "bins")
	c.Answered(10, time.July, "web", "garden")
	c.Few(3, time.July, "web", "repairs", "1")
	services := c.Protected(public(time.July, time.July, "service"))
	if shown(services, "repairs") != "hidden" || shown(services, "garden") != "hidden" && shown(services, "bins") != "hidden" {
		t.Errorf("repairs %s, garden %s, bins %s", shown(services, "repairs"), shown(services, "garden"), shown(services, "bins"))
	}
	// Directorates: Streets is bins and garden, Housing is repairs.
	directorates := c.Protected(public(time.July, time.July, "directorate"))
	if shown(directorates, "housing") != "hidden" || shown(directorates, "streets") != "hidden" {
		t.Errorf("housing %s, streets %s", shown(directorates, "housing"), shown(directorates, "streets"))
	}
}

// Two characteristics of the same people, one after the other, and then crossed.
func TestTwoOverlappingCharacteristics(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	at := "2026-07-10T10"
	c.People(10, map[string]string{"sex": "female", "religion": "christian"}, at)
	c.People(10, map[string]string{"sex": "male", "religion": "christian"}, at)
	c.People(10, map[string]string{"sex": "female", "religion": "none"}, at)
	c.People(10, map[string]string{"sex": "male", "religion": "none"}, at)
	c.People(1, map[string]string{"sex": "male", "religion": "jewish"}, at)
	sexes := c.Protected(public(time.July, time.July, "sex"))
	crossed := c.Protected(public(time.July, time.July, "sex", "channel"))
	if len(crossed.AuditedWith) != 1 || crossed.AuditedWith[0] != sexes.Release {
		t.Errorf("audited beside %v", crossed.AuditedWith)
	}
	if shown(sexes, "female") != shown(crossed, "female", figures.All) {
		t.Errorf("female is %s and then %s", shown(sexes, "female"), shown(crossed, "female", figures.All))
	}
}

// One more answer and a mean to one decimal would tell what it was.
func TestAMeanBeforeAndAfterOneAnswer(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Background(time.July)
	c.Answered(20, time.July, "web", "bins")
	c.Answered(20, time.July, "telephone", "bins")
	first := c.Protected(public(time.July, time.July, "channel"))
	c.Few(1, time.July, "web", "bins", "5") // a late paper form
	c.Refused(public(time.July, time.July, "channel"),
		fmt.Sprintf("not proved safe beside release %d, so it cannot leave: a few of the answers", first.Release))
	c.Refused(public(time.July, time.August, "channel"),
		fmt.Sprintf("not proved safe beside release %d, so it cannot leave: a few of the answers", first.Release))
	c.Few(5, time.July, "web", "bins", "5")
	again := c.Protected(public(time.July, time.July, "channel"))
	if again.Release == first.Release || len(again.Limits) != 1 || shown(again, "web") != "106" {
		t.Errorf("release %d after %d, limits %v, web %s", again.Release, first.Release, again.Limits, shown(again, "web"))
	}
}

// The same table asked by two officers, at once and later, is one release.
func TestTheSameTableTwice(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Answered(20, time.July, "web", "bins")
	c.Answered(20, time.July, "telephone", "bins")
	c.Few(2, time.July, "post", "bins", "1")
	var wait sync.WaitGroup
	ids := make([]int64, 6)
	for i := range ids {
		wait.Go(func() {
			a, err := c.Ask.Ask(t.Context(), c.By(), public(time.July, time.July, "channel"))
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = a.(tables.Protected).Release
		})
	}
	wait.Wait()
	later := c.Protected(public(time.July, time.July, "channel"))
	for _, id := range ids {
		if id != later.Release {
			t.Errorf("releases %v, and later %d", ids, later.Release)
			break
		}
	}
	// Taken back and asked again it is another release of the same cells, with the same proof.
	tx, err := c.DB.Begin(t.Context(), c.Org)
	c.Check(err)
	c.Must(tx.Exec(`UPDATE releases SET status = 'withdrawn' WHERE organisation_id = $1`, c.Org))
	c.Check(tx.Commit())
	again := c.Protected(public(time.July, time.July, "channel"))
	if again.Release == later.Release || again.Lattices == 0 || again.Lattices != later.Lattices ||
		shown(again, "web") != shown(later, "web") {
		t.Errorf("release %d with %d lattices after %d with %d", again.Release, again.Lattices, later.Release, later.Lattices)
	}
}

// A service that is moved to another directorate after a release: the difference of the directorates would be the service.
func TestAServiceMovedBetweenDirectorates(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Answered(20, time.July, "web", "bins")
	c.Answered(20, time.July, "web", "repairs")
	c.Few(3, time.July, "web", "garden", "1")
	first := c.Protected(public(time.July, time.July, "directorate"))
	if shown(first, "streets") != "103" {
		t.Fatalf("streets %s", shown(first, "streets"))
	}
	tx, err := c.DB.Begin(t.Context(), c.Org)
	c.Check(err)
	c.Must(tx.Exec(`
		UPDATE service_directorates
		SET    directorate_id = (SELECT d.id FROM directorates d WHERE d.organisation_id = $1 AND d.slug = 'housing')
		WHERE  organisation_id = $1 AND service_id = $2`, c.Org, c.Services["garden"]))
	c.Check(tx.Commit())
	c.Refused(public(time.July, time.July, "directorate"),
		fmt.Sprintf("not proved safe beside release %d, so it cannot leave: a few of the answers", first.Release))
	// The service by itself is told apart by the two, and stays hidden with its neighbour.
	other := satisfaction(t)
	other.Answered(20, time.July, "web", "bins")
	other.Answered(20, time.July, "web", "repairs")
	other.Few(3, time.July, "web", "garden", "1")
	other.Protected(public(time.July, time.July, "directorate"))
	services := other.Protected(public(time.July, time.July, "service"))
	if shown(services, "garden") != "hidden" || shown(services, "bins") != "hidden" {
		t.Errorf("garden %s, bins %s: streets was released as 103", shown(services, "garden"), shown(services, "bins"))
	}
}

// Somebody takes their feedback back: the release stays as it left, and the same table cannot leave again until the
// difference says nothing.
func TestACorrectedRelease(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Background(time.July)
	c.Answered(20, time.July, "web", "bins")
	c.Answered(20, time.July, "telephone", "bins")
	first := c.Protected(public(time.July, time.July, "channel"))
	withdraw := func(n int) {
		tx, err := c.DB.Begin(t.Context(), c.Org)
		c.Check(err)
		c.Must(tx.Exec(`
			UPDATE responses
			SET    state = 'withdrawn', answers = '{}', change_no = change_no + 1000
			WHERE  organisation_id = $1 AND id IN (SELECT id FROM responses WHERE organisation_id = $1 AND channel = 'web'
			                                       AND answers->>'rating' = '1' AND state <> 'withdrawn' LIMIT $2)`, c.Org, n))
		c.Check(tx.Commit())
	}
	withdraw(1)
	c.Refused(public(time.July, time.July, "channel"),
		fmt.Sprintf("not proved safe beside release %d, so it cannot leave: a few of the answers", first.Release))
	withdraw(4)
	again := c.Protected(public(time.July, time.July, "channel"))
	if shown(again, "web") != "95" || again.Release == first.Release {
		t.Errorf("web %s in release %d", shown(again, "web"), again.Release)
	}
	var cells string
	tx, err := c.DB.Begin(t.Context(), c.Org)
	c.Check(err)
	defer func() { _ = tx.Rollback() }()
	c.Check(tx.Get(&cells, `SELECT cells FROM releases WHERE organisation_id = $1 AND id = $2`, c.Org, first.Release))
	if !strings.Contains(cells, `"n": 100`) {
		t.Errorf("the frozen release has changed: %s", cells)
	}
}

// Tables that share no dimension are proved apart, however many there are: only their months and totals are compared.
func TestTablesThatShareNothing(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	for _, m := range []time.Month{time.July, time.August, time.September} {
		c.Background(m)
		c.Answered(20, m, "web", "bins")
		c.Answered(20, m, "telephone", "repairs")
		c.Few(2, m, "telephone", "garden", "3")
	}
	for _, split := range [][]string{{"channel"}, {"sex", "age"}, {"ethnic_group_group"}, {"month"}, {"service", "month"}} {
		c.Must(c.Ask.Ask(t.Context(), c.By(), public(time.July, time.September, split...)))
	}
	c.Must(c.Ask.Ask(t.Context(), c.By(), public(time.July, time.August, "directorate")))
	last := c.Protected(public(time.July, time.September, "mode", "disability"))
	if len(last.AuditedWith) != 6 {
		t.Errorf("audited beside %v", last.AuditedWith)
	}
	// A month of three more would still be known from the totals.
	c.Few(3, time.October, "web", "bins", "1")
	c.Refused(public(time.July, time.October, "mode"), "not proved safe beside")
}

// Two tables that would disclose each other’s hidden cells, asked for at the same moment: one leaves.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Answered(20, time.July, "web", "bins")
	c.Answered(20, time.July, "telephone", "bins")
	c.Few(3, time.August, "web", "bins", "1")
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for i, last := range []time.Month{time.July, time.August} {
		wait.Go(func() { _, errs[i] = c.Ask.Ask(t.Context(), c.By(), public(time.July, last, "channel")) })
	}
	wait.Wait()
	var n int
	tx, err := c.DB.Begin(t.Context(), c.Org)
	c.Check(err)
	defer func() { _ = tx.Rollback() }()
	c.Check(tx.Get(&n, `SELECT count(*) FROM releases WHERE organisation_id = $1`, c.Org))
	if n != 1 || (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("%d releases; %v and %v", n, errs[0], errs[1])
	}
}

// What is only the sum of what is out already may always leave.
func TestARollUp(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	for m := time.July; m <= time.September; m++ {
		c.Background(m)
		c.Answered(10, m, "web", "bins")
		c.Answered(5, m, "telephone", "bins")
		c.Few(2, m, "post", "bins", "1")
	}
	months := c.Protected(public(time.July, time.September, "month", "channel"))
	for _, by := range []string{"channel", "month"} {
		p := c.Protected(public(time.July, time.September, by))
		for _, r := range p.CellsWithTotal() {
			codes := []string{figures.All, figures.All}
			codes[map[string]int{"month": 0, "channel": 1}[by]] = r.Codes[0]
			if got, before := shown(p, r.Codes...), shown(months, codes...); got != before {
				t.Errorf("by %s, %v is %s, and was %s", by, r.Codes, got, before)
			}
		}
	}
}
