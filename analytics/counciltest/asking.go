package counciltest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"yousaid/analytics/attack"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
)

// Query is one about the rating of the template.
func Query(by ...string) figures.Query {
	return figures.Query{Surveys: []string{"customer-satisfaction"}, Measure: "rating", By: by}
}

// Month is a whole month of 2026.
func Month(m time.Month) (from, to figures.Date) {
	from = figures.Date{Year: 2026, Month: m, Day: 1}
	return from, from.AddDays(time.Date(2026, m+1, 0, 0, 0, 0, 0, time.UTC).Day() - 1)
}

// Public asks for a release by these dimensions from one month to another.
func Public(first, last time.Month, by ...string) figures.Query {
	q := Query(by...)
	q.Audience = figures.Public
	q.From, _ = Month(first)
	_, q.To = Month(last)
	return q
}

// Figures asks and expects an unprotected table.
func (c *Council) Figures(q figures.Query) tables.Figures {
	c.T.Helper()
	a, err := c.Ask.Ask(c.T.Context(), c.By(), q)
	c.Check(err)
	f, ok := a.(tables.Figures)
	if !ok {
		c.T.Fatalf("the answer is a %T", a)
	}
	return f
}

// Protected asks and expects a protected table.
func (c *Council) Protected(q figures.Query) tables.Protected {
	c.T.Helper()
	a, err := c.Ask.Ask(c.T.Context(), c.By(), q)
	c.Check(err)
	p, ok := a.(tables.Protected)
	if !ok {
		c.T.Fatalf("the answer is a %T", a)
	}
	return p
}

// Refused asks and expects a sentence that holds the words.
func (c *Council) Refused(q figures.Query, words string) {
	c.T.Helper()
	_, err := c.Ask.Ask(c.T.Context(), c.By(), q)
	var r refusal.Refusal
	if !errors.As(err, &r) || !strings.Contains(r.Error(), words) {
		c.T.Errorf("asking %v: %v; want a refusal with %q", q, err, words)
	}
}

// Released asks for a release; false where it is refused, which is safe.
func (c *Council) Released(q figures.Query) (tables.Protected, bool) {
	c.T.Helper()
	a, err := c.Ask.Ask(c.T.Context(), c.By(), q)
	if refused := (refusal.Refusal{}); errors.As(err, &refused) {
		c.NamesNoGroup(q, refused)
		return tables.Protected{}, false
	}
	c.Check(err)
	return a.(tables.Protected), true
}

// Read gives the attacker what a release prints.
func (c *Council) Read(p tables.Protected) attack.Table {
	c.T.Helper()
	raw, err := json.Marshal(p.CellsWithTotal())
	c.Check(err)
	tables, err := attack.Read("release.json", raw)
	c.Check(err)
	return tables[0]
}

// Text is the cells of an answer in JSON, one a line.
func Text(a tables.Answer) string {
	var out []string
	for _, r := range tables.Cells(a) {
		raw, _ := json.Marshal(r)
		out = append(out, string(raw))
	}
	return strings.Join(out, "\n")
}

// Shown gives the base of a released group; "hidden" when it is.
func Shown(p tables.Protected, codes ...string) string {
	for _, r := range p.CellsWithTotal() {
		if strings.Join(r.Codes, " ") == strings.Join(codes, " ") {
			if r.Hidden {
				return "hidden"
			}
			return fmt.Sprint(r.N)
		}
	}
	return "missing"
}
