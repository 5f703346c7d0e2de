package analytics_test

import (
	"fmt"
	"strings"
	"testing"

	"yousaid/analytics/figures"
	"yousaid/analytics/tables"
	"yousaid/surveys/catalogue"
)

// points makes an access point and puts every second response there.
func (c *council) points() {
	c.T.Helper()
	store := catalogue.Store{DB: c.DB, Ledger: c.Ledger}
	tx, err := c.DB.Begin(c.T.Context(), c.Org)
	c.Check(err)
	id, err := store.EnsureAccessPoint(c.T.Context(), tx, c.By(), "Market Street", "face_to_face")
	c.Check(err)
	c.Must(tx.Exec(`UPDATE responses SET access_point_id = $2 WHERE organisation_id = $1 AND change_no % 2 = 0`, c.Org, id))
	c.Check(tx.Commit())
}

// Access points split and filter as channels do, in tables of staff and in protected ones. What has none is a row of its own.
func TestByAccessPoint(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.People(20, sex("female"), "2026-09-10T10")
	c.People(20, sex("male"), "2026-09-10T10")
	c.points()
	rows := func(a tables.Answer, cells []figures.Cell) string {
		var list []string
		for _, cell := range cells {
			list = append(list, fmt.Sprintf("%s %d", a.Of().Dimensions[0].Word(cell.Codes[0]), cell.N))
		}
		return strings.Join(list, ", ")
	}
	f := c.Figures(query("access_point"))
	if got, want := rows(f, f.Cells), "Market Street 100, No access point 100"; got != want {
		t.Errorf("by access point: %s, want %s", got, want)
	}
	q := query("channel")
	q.Where = []figures.Filter{{Dimension: "access_point", Values: []string{"market-street"}}}
	if f := c.Figures(q); f.Total.N != 100 {
		t.Errorf("at one access point: %d", f.Total.N)
	}
	q.Where[0].Values[0] = "market-stret"
	c.Refused(q, "market-street")
	p := c.Protected(query("sex", "access_point"))
	printed := 0
	for _, codes := range [][]string{{"female", "market-street"}, {"female", ""}, {"male", "market-street"}, {"male", ""}} {
		switch got := shown(p, codes...); got {
		case "50":
			printed++
		case "hidden": // so that what nobody said cannot be told from the rest
		default:
			t.Errorf("protected, %q: %s", codes, got)
		}
	}
	if got := shown(p, "pns", "market-street"); printed == 0 || got != "hidden" {
		t.Errorf("%d of the large groups are shown, a group without anybody is %s", printed, got)
	}
	q = query("access_point")
	q.Audience = figures.Public
	if got := shown(c.Protected(q), "market-street"); got != "100" {
		t.Errorf("public: %s", got)
	}
}

// What is not about a service, or came by no channel, says so.
func TestNotAboutOneService(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Store(3, answer{Answers: rated("5"), Service: "bins"}, answer{Answers: rated("2")})
	f := c.Figures(query("service"))
	var names []string
	for _, cell := range f.Cells {
		names = append(names, f.Dimensions[0].Word(cell.Codes[0]).String())
	}
	if got := strings.Join(names, ", "); got != "Bins, Not about one service" {
		t.Errorf("rows: %s", got)
	}
}
