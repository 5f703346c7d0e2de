package linked

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/register"
	"yousaid/migrations/pgtest"
	"yousaid/surveys/tenant"
)

// randomRegister is a council whose register has releases of random surveys, questions, dimensions and periods.
type randomRegister struct {
	t    *testing.T
	rand *rand.Rand
	tx   *sqlx.Tx
	list []*priorRelease
}

const randomSurveys = 30

func newRegister(t *testing.T, n int) *randomRegister {
	t.Helper()
	db := pgtest.New(t)
	owner := db.Owner()
	owner.MustExec(`INSERT INTO organisations (id, slug, link_prefix, names) VALUES (1, 'testham', 'TST', '{"en": "T"}')`)
	owner.MustExec(`INSERT INTO surveys (organisation_id, id, slug, state)
		SELECT 1, n, 's' || n, 'open' FROM generate_series(1, $1::int) AS s (n)`, randomSurveys)
	tx, err := tenant.New(db.App()).Begin(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	m := &randomRegister{t: t, rand: rand.New(rand.NewPCG(1, 2)), tx: tx}
	for range n {
		m.list = append(m.list, m.add())
	}
	return m
}

func (m *randomRegister) one(of ...string) string { return of[m.rand.IntN(len(of))] }

// table is a random table, as a release of it would be.
func (m *randomRegister) table() *priorRelease {
	r := &priorRelease{counts: register.Coverage{Questions: map[int64]string{}}}
	for range 1 + m.rand.IntN(2) {
		r.counts.Questions[1+int64(m.rand.IntN(randomSurveys))] = m.one("rating", "ease", "overall", "topics", "age")
	}
	year, month, length := 2020+m.rand.IntN(5), 1+m.rand.IntN(12), []int{1, 1, 1, 3, 6}[m.rand.IntN(5)]
	from := figures.Date{Year: year, Month: 1, Day: 1}
	from = figures.DateOf(from.In(time.UTC).AddDate(0, month-1, 0))
	r.counts.From, r.counts.To = from.String(), figures.DateOf(from.In(time.UTC).AddDate(0, length, -1)).String()
	r.From, r.To = r.counts.From, r.counts.To
	dimensions := []string{"channel", "service", "directorate", "month", "age", "age_group", "ethnic_group", "ethnic_group_group",
		"sex", "topics:parks", "rating", "ease", "language"}
	for range 1 + m.rand.IntN(2) {
		if id := m.one(dimensions...); !slices.Contains(r.Query.By, id) {
			r.Query.By = append(r.Query.By, id)
		}
	}
	r.Query.Rounded = m.rand.IntN(12) == 0
	return r
}

func (m *randomRegister) add() *priorRelease {
	r := m.table()
	cell := figures.Cell{Dimensions: r.Query.By, N: 40, Distribution: figures.Distribution{{Code: "1", N: 40}}}
	for range r.Query.By {
		cell.Codes = append(cell.Codes, figures.All)
	}
	if m.rand.IntN(3) == 0 {
		cell.Distribution = nil // its total is not printed with its distribution: what it hides of months may bear on others
	}
	state := disclosure.Shown
	r.cells = []priorCell{{codes: cell.Codes, state: state, n: cell.N}}
	if cell.Distribution != nil {
		r.cells[0].distribution = map[string]int64{"1": 40}
	}
	id, added, err := register.Add(context.Background(), m.tx, 1,
		register.New{Query: r.Query, From: r.counts.From, To: r.counts.To, Snapshot: int64(len(m.list)), Threshold: 5,
			Cells: []figures.Cell{cell}, Counts: r.counts.Questions})
	if err != nil || !added {
		m.t.Fatal(added, err)
	}
	r.ID = id
	return r
}

// together are the releases that the audit of a table needs, found by looking at every release: those of the same
// answers and what hangs together with these, those linked through other questions, and those that forbid it because
// they are rounded and it is not, or the other way round.
func (m *randomRegister) together(own *priorRelease) (need []int64) {
	var exact []*priorRelease
	for _, r := range m.list {
		if r.Query.Rounded != own.Query.Rounded && r.counts.SharesPeople(own.counts) {
			need = append(need, r.ID)
		}
		if !r.Query.Rounded {
			exact = append(exact, r)
		}
	}
	if own.Query.Rounded {
		return need
	}
	for _, r := range slices.Concat(sameAnswers(own, exact), linkedReleases(own, exact)) {
		need = append(need, r.ID)
	}
	return need
}

// What the register selects for an audit is all that has to be proved together, whichever way it is linked, and not the whole register.
func TestTheRegisterSelectsAllThatIsProvedTogether(t *testing.T) {
	t.Parallel()
	m := newRegister(t, 600)
	read, needed := 0, 0
	for range 300 {
		own := m.table()
		got, err := register.Linked(t.Context(), m.tx, 1, own.asked())
		if err != nil {
			t.Fatal(err)
		}
		var ids []int64
		for _, r := range got {
			ids = append(ids, r.ID)
		}
		if !slices.IsSorted(ids) {
			t.Errorf("the releases come in the order %v", ids)
		}
		for _, id := range m.together(own) {
			if !slices.Contains(ids, id) {
				at := slices.IndexFunc(m.list, func(r *priorRelease) bool { return r.ID == id })
				t.Fatalf("release %v by %v is not read for %v by %v", m.list[at].counts, m.list[at].Query, own.counts, own.Query)
			}
			needed++
		}
		read += len(ids)
	}
	if read > 300*len(m.list)/4 {
		t.Errorf("%d of %d releases are read for a table: they are hardly selected", read/300, len(m.list))
	}
	t.Logf("for a table %d of %d releases are read, of which %d are proved together with it", read/300, len(m.list), needed/300)
}
