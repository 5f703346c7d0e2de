package linked_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"yousaid/analytics/attack"
	"yousaid/analytics/counciltest"
	"yousaid/analytics/figures"
	"yousaid/analytics/tables"
)

// answering is the node of everybody who gave an answer that counts.
const answering = "(answered)"

// besideEachOther is what several releases about the same people print, as one table of counts: every dimension of any
// of them, and every question that one of them counts, is a dimension of it.
func (c *council) besideEachOther(list ...tables.Protected) attack.Table {
	c.T.Helper()
	all := attack.Table{Name: "beside each other"}
	add := func(id string, nodes []attack.Node) {
		at := slices.IndexFunc(all.Dimensions, func(d attack.Dimension) bool { return d.ID == id })
		if at < 0 {
			at = len(all.Dimensions)
			all.Dimensions = append(all.Dimensions, attack.Dimension{ID: id})
		}
		for _, n := range nodes {
			if !slices.ContainsFunc(all.Dimensions[at].Nodes, func(o attack.Node) bool { return o.Code == n.Code }) {
				all.Dimensions[at].Nodes = append(all.Dimensions[at].Nodes, n)
			}
		}
	}
	for _, p := range list { // questions first: their answers that count are one node
		nodes := []attack.Node{{Code: answering, Parent: attack.All}}
		for _, a := range p.Measure.Answers {
			nodes = append(nodes, attack.Node{Code: a.Code, Parent: answering})
		}
		add(p.Measure.Code, nodes)
	}
	tables := make([]attack.Table, len(list))
	for i, p := range list {
		tables[i] = c.Read(p)
		for _, d := range tables[i].Dimensions {
			add(d.ID, d.Nodes)
		}
	}
	for i, p := range list {
		for _, row := range tables[i].Rows {
			codes := make([]string, len(all.Dimensions))
			for k, d := range all.Dimensions {
				codes[k] = attack.All
				if d.ID == p.Measure.Code {
					codes[k] = answering
				}
				if at := slices.IndexFunc(tables[i].Dimensions, func(o attack.Dimension) bool { return o.ID == d.ID }); at >= 0 {
					codes[k] = row.Codes[at]
				}
			}
			one := attack.Row{Codes: codes, State: row.State, N: row.N}
			all.Rows = append(all.Rows, one)
			question := slices.IndexFunc(all.Dimensions, func(d attack.Dimension) bool { return d.ID == p.Measure.Code })
			for a, n := range row.Distribution {
				of := slices.Clone(codes)
				of[question] = tables[i].Answers[a].Code
				all.Rows = append(all.Rows, attack.Row{Codes: of, State: attack.Shown, N: &n})
			}
		}
	}
	return all
}

// Two questions about the same people are one set of cells, whichever stands in the columns: what one table hides
// cannot be read from the other.
func TestTwoQuestionsAboutTheSamePeople(t *testing.T) {
	t.Parallel()
	tried, second := 0, 0
	for _, pair := range []struct {
		first, then figures.Query
		leaves      bool
	}{
		{asks("rating", "ethnic_group_group", "own"), asks("own", "ethnic_group_group", "rating"), false},
		{asks("rating", "own"), asks("own", "rating"), false},
		{asks("rating", "ethnic_group_group"), asks("own", "ethnic_group_group"), true},
		{asks("rating", "channel", "sex"), asks("own", "channel", "sex"), false},
		{asks("rating", "channel"), asks("own", "channel", "sex"), false},
		{asks("rating", "channel"), asks("own", "sex"), true}, // they share nothing
	} {
		for seed := range uint64(4) {
			c := households(t, seed, 150, int(seed%2)*20)
			var printed []tables.Protected
			for _, q := range []figures.Query{pair.first, pair.then} {
				p, ok := c.Released(q)
				if ok {
					printed = append(printed, p)
				}
			}
			tried++
			if len(printed) < 2 {
				if pair.leaves {
					t.Errorf("council %d: %s by %v does not leave after %s by %v", seed, pair.then.Measure, pair.then.By, pair.first.Measure,
						pair.first.By)
				}
				continue
			}
			second++
			table := c.besideEachOther(printed...)
			for i := range table.Dimensions[:2] {
				at := slices.IndexFunc(table.Dimensions[i].Nodes, func(n attack.Node) bool { return n.Code == attack.None })
				switch {
				case seed%2 == 0 && at >= 0: // everybody answered both, and the reader knows it
					table.Dimensions[i].Nodes = slices.Delete(table.Dimensions[i].Nodes, at, at+1)
					table.Rows = slices.DeleteFunc(table.Rows, func(r attack.Row) bool { return r.Codes[i] == attack.None })
				case seed%2 == 1 && at < 0:
					table.Dimensions[i].Nodes = append(table.Dimensions[i].Nodes, attack.Node{Code: attack.None, Parent: attack.All})
				}
			}
			threshold := 5
			if printed[0].Dimensions[0].Equality || len(printed[1].Dimensions) > 1 && printed[1].Dimensions[1].Equality {
				threshold = 10
			}
			report := attack.Attack([]attack.Table{table}, attack.Options{Threshold: threshold, Exact: true, Work: 2 * attack.DefaultWork})
			if report.ExactlyDisclosed > 0 || report.Impossible {
				t.Errorf("council %d: %s by %v after %s by %v: %s: %+v", seed, pair.then.Measure, pair.then.By, pair.first.Measure,
					pair.first.By, report, disclosed(report))
			}
			t.Logf("council %d: %s by %v after %s by %v: %s, %d and %d hidden", seed, pair.then.Measure, pair.then.By, pair.first.Measure,
				pair.first.By, report, printed[0].Table.Hidden(), printed[1].Table.Hidden())
		}
	}
	t.Logf("%d of %d second tables left", second, tried)
}

// What a council usually releases, about two questions of one survey, still leaves: each by one dimension after the other.
func TestTheUsualReleasesOfTwoQuestionsLeave(t *testing.T) {
	t.Parallel()
	c := simulated(t, 8000)
	first := map[string]int64{}
	for _, by := range []string{"service", "channel", "sex", "age_group", "ethnic_group_group", "disability", "directorate"} {
		for _, measure := range []string{"rating", "reason"} {
			q := named(query(by), measure)
			q.Audience = figures.Public
			q.From, q.To = figures.Date{Year: 2025, Month: 11, Day: 1}, figures.Date{Year: 2026, Month: 10, Day: 31}
			p := c.Protected(q)
			if measure == "rating" {
				first[by] = p.Release
			} else if !slices.Contains(p.AuditedWith, first[by]) || len(p.Limits) == 0 {
				t.Errorf("%s by %s left beside %v, not beside release %d, and with the limits %v", measure, by, p.AuditedWith, first[by], p.Limits)
			}
		}
	}
}

// Releases of two questions that count other people, or other days of the same, have nothing to do with each other.
func TestQuestionsOfOtherPeople(t *testing.T) {
	t.Parallel()
	c := households(t, 1, 150, 20)
	c.Protected(asks("rating", "channel"))
	for _, channel := range []string{"web", "post"} {
		c.Store(20, answer{Survey: "tenure", Answers: map[string]any{"rating": "4", "own": "own"}, Channel: channel,
			At: "2026-08-10T10"}, answer{Survey: "tenure", Answers: map[string]any{"rating": "2",
			"own": "rent"}, Channel: channel, At: "2026-08-10T10"})
	}
	august := asks("own", "channel")
	august.From, _ = month(time.August)
	_, august.To = month(time.August)
	// Nobody answered without a channel, which is hidden; one of the two that are as large goes with it, by the council's key.
	if p := c.Protected(august); len(p.AuditedWith) > 0 || len(p.Limits) > 0 || shown(p, "web") != "40" && shown(p, "post") != "40" {
		t.Errorf("beside %v with the limits %v: %s by web, %s by post", p.AuditedWith, p.Limits, shown(p, "web"), shown(p, "post"))
	}
}

// Everybody answered both questions, so the quarter of one less two months of the other is the third month: its three
// people by post may not come out.
func TestAQuarterOfOneQuestionLessTwoMonthsOfAnother(t *testing.T) {
	t.Parallel()
	for _, skip := range []int{0, 1} {
		c := newCouncil(t)
		c.Publish(counciltest.Tenure)
		both := func(n int, m time.Month, channel string) {
			for k := range n {
				answers := rated(fmt.Sprint(1 + k%5))
				answers["own"] = []string{"own", "rent", "other"}[k%3]
				c.Store(1, answer{Survey: "tenure", Answers: answers, Channel: channel, At: fmt.Sprintf("2026-%02d-10T10", int(m))})
			}
		}
		for m := time.July; m <= time.September; m++ {
			both(40, m, "web")
			both(40, m, "telephone")
			both(4, m, "sms")
			both(4, m, "kiosk")
		}
		both(30, time.July, "post")
		both(3, time.September, "post")
		for range 40 * skip { // or many answered one of them only
			c.Store(1, answer{Survey: "tenure", Answers: rated("3"), Channel: "post", At: "2026-08-10T10"})
		}
		quarter, two := asks("rating", "channel"), asks("own", "channel")
		_, quarter.To = month(time.September)
		_, two.To = month(time.August)
		first := c.Protected(quarter)
		if shown(first, "post") == "hidden" {
			t.Fatal("post is hidden in the quarter, and this tests nothing")
		}
		p, left := c.Released(two)
		if skip == 0 && left && shown(p, "post") != "hidden" {
			t.Errorf("post is %s in the quarter by one question and %s in two months by another", shown(first, "post"), shown(p, "post"))
		}
		if skip == 1 && (!left || shown(p, "post") != "30") {
			t.Error("what nobody can subtract is hidden")
		}
	}
}
