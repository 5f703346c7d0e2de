package catalogue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"yousaid/migrations/pgtest"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// ledger is a four-line audit trail.
type ledger struct{ said []string }

func (l *ledger) Record(_ context.Context, _ *sqlx.Tx, _ tenant.Actor, action, object string, _, after any) error {
	l.said = append(l.said, fmt.Sprint(action, " ", object, " ", after))
	return nil
}

type council struct {
	Store
	db     *pgtest.DB
	by     tenant.Actor
	ledger *ledger
	at     *time.Time
}

func newCouncil(t *testing.T, db *pgtest.DB, slug, prefix string) council {
	t.Helper()
	var org tenant.Org
	if err := db.Owner().Get(&org,
		`INSERT INTO organisations (slug, link_prefix, names) VALUES ($1, $2, '{"en": "Anytown"}') RETURNING id`, slug, prefix); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	c := council{db: db, by: tenant.CommandLine(org), ledger: &ledger{}, at: &at}
	c.Store = Store{DB: tenant.New(db.App()), Ledger: c.ledger, Now: func() time.Time { return at }}
	return c
}

func (c council) imported(t *testing.T, file string) Report {
	t.Helper()
	report, err := c.Import(t.Context(), c.by, strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func (c council) exported(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Export(t.Context(), c.by.Org, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const header = "directorate,service,slug,lgsl_id,parent\n"

const sample = header + `Place,Waste,waste,,
Resources,Council tax,council-tax,57,
Place,"Bins, household",bins,524,waste
Place,Garden waste,garden-waste,530,bins
`

func TestImport(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	// The child first, a byte order mark, Windows line ends and blank lines: as spreadsheets save it.
	messy := "\ufeff" + strings.ReplaceAll("slug,directorate, Service ,lgsl_id,parent\ngarden-waste,,Garden "+
		"waste,530,bins\n\n,,,,\nbins,Place,\"Bins, household\",524,waste\nwaste,Place,Waste,,\ncouncil-tax,Resources,Council tax,57,\n",
		"\n", "\r\n")
	if diff := cmp.Diff(Report{Read: 4, Added: 4, Directorates: 2}, c.imported(t, messy)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("\ufeff"+header+"Resources,Council tax,council-tax,57,\nPlace,Waste,waste,,\nPlace,\"Bins, "+
		"household\",bins,524,waste\nPlace,Garden waste,garden-waste,530,bins\n",
		c.exported(t)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Report{Read: 4, Unchanged: 4}, c.imported(t, c.exported(t))); diff != "" {
		t.Errorf("read again: %s", diff)
	}
	before := c.exported(t)
	if diff := cmp.Diff(Report{Read: 4, Unchanged: 4}, c.imported(t, sample)); diff != "" {
		t.Error(diff)
	}
	// Another name for a service and another spelling of a directorate; what is not in the file stays.
	if diff := cmp.Diff(Report{Read: 1, Changed: 1}, c.imported(t, header+"PLACE,Household bins,bins,524,waste\n")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(strings.NewReplacer(`"Bins, household"`, "Household bins", "Place", "PLACE").Replace(before),
		c.exported(t)); diff != "" {
		t.Error(diff)
	}
	if len(c.ledger.said) != 4 || !strings.HasPrefix(c.ledger.said[0], "catalogue.imported catalogue") {
		t.Error(c.ledger.said)
	}
	id, err := c.ServiceID(t.Context(), c.by.Org, "bins")
	if err != nil || id == 0 {
		t.Error(id, err)
	}
	if _, err := c.ServiceID(t.Context(), c.by.Org, "nothing"); !errors.Is(err, ErrMissing) {
		t.Error(err)
	}
}

func TestKeepOtherLanguages(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	c.imported(t, sample)
	if _, err := c.db.Owner().Exec(`UPDATE services SET names = names || '{"cy": "Biniau"}' WHERE slug = 'bins'`); err != nil {
		t.Fatal(err)
	}
	c.imported(t, header+"Place,Bins,bins,,\n")
	services, err := c.Services(t.Context(), c.by.Org)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(services, func(s Service) bool { return s.Slug == "bins" })
	if got := services[at]; !cmp.Equal(got.Names, question.Text{"en": "Bins", "cy": "Biniau"}) || got.LGSL != 0 || got.Parent != 0 {
		t.Errorf("%+v", got)
	}
	if Label(services[at].Names, "cy") != "Biniau" || Label(services[at].Names, "fr") != "Bins" {
		t.Error("a name in another language than asked")
	}
}

// TestMove: a service is rolled up as it was in each month.
func TestMove(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	c.imported(t, header+"Place,Bins,bins,,\n")
	if got := c.imported(t, header+"Homes,Bins,bins,,\n"); got.Moved != 1 || got.Changed != 0 {
		t.Errorf("%+v", got)
	}
	c.imported(t, header+"People,Bins,bins,,\n")           // the same month again: the last word counts
	*c.at = time.Date(2026, 6, 30, 23, 30, 0, 0, time.UTC) // half past midnight on 1 July where the council is
	c.imported(t, header+"Place,Bins,bins,,\n")
	parts, err := c.Directorates(t.Context(), c.by.Org)
	if err != nil {
		t.Fatal(err)
	}
	names := map[int64]string{}
	for _, d := range parts {
		names[d.ID] = d.Slug
	}
	rollups, err := c.Rollups(t.Context(), c.by.Org)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rollups {
		got = append(got, r.From.Format(time.DateOnly)+" "+names[r.Directorate])
	}
	if diff := cmp.Diff([]string{"1900-01-01 place", "2026-05-01 people", "2026-07-01 place"}, got); diff != "" {
		t.Error(diff)
	}
	*c.at = time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC)
	services, _ := c.Services(t.Context(), c.by.Org)
	if names[services[0].Directorate] != "people" {
		t.Errorf("in June it belongs to %s", names[services[0].Directorate])
	}
}

func TestRefuseRows(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	c.imported(t, sample+"Place,Old,old,,\n")
	if _, err := c.db.Owner().Exec(`UPDATE services SET closed_on = '2026-01-31' WHERE slug = 'old'`); err != nil {
		t.Fatal(err)
	}
	before := c.exported(t)
	if strings.Contains(before, ",old,") {
		t.Error("a closed service is exported")
	}
	chain := header
	for i := range 12 {
		chain += fmt.Sprintf("Place,S%d,s%d,,%s\n", i, i, map[bool]string{true: fmt.Sprintf("s%d", i-1)}[i > 0])
	}
	for _, bad := range []struct {
		name, file string
		line       int
		says       string
	}{
		{"an empty file", "", 1, "no header"},
		{"no header", "Place,Bins,bins,524,\n", 1, "“place” too many"},
		{"a column missing", "directorate,service,slug,parent\n", 1, "no column “lgsl_id”"},
		{"a column twice", "directorate,service,slug,slug,parent\n", 1, "“slug” too many"},
		{"no slug", header + "Place,New,,,\n", 2, "The slug “”"},
		{"a slug with capitals", header + "Place,New,New,,\n", 2, "The slug “New”"},
		{"a slug twice", header + "Place,New,new,,\nPlace,Newer,new,,\n", 3, "stands on line 2 already"},
		{"no name", header + "Place,,new,,\n", 2, "The service has no name"},
		{"no directorate", header + ",New,new,,\n", 2, "belongs to no directorate"},
		{"a directorate of signs", header + "***,New,new,,\n", 2, "no letter or digit"},
		{"a formula", header + "Place,=1+1,new,,\n", 2, "spreadsheets take for a sum"},
		{"a line end in a name", header + "Place,\"New\nservice\",new,,\n", 2, "not text"},
		{"a number that is none", header + "Place,New,new,x,\n", 2, "“x” is not a number"},
		{"a number too large", header + "Place,New,new,10000,\n", 2, "“10000” is not a number"},
		{"an unknown parent", header + "Place,New,new,,nobody\n", 2, "The parent “nobody”"},
		{"its own parent", header + "Place,New,new,,new\n", 2, "round in a circle: new → new"},
		{"a circle", header + "Place,A,a,,b\nPlace,B,b,,a\n", 2, "round in a circle"},
		{"a circle with what is stored", header + "Place,Waste,waste,,garden-waste\n", 2,
			"round in a circle: waste → garden-waste → bins → waste"},
		{"a slug of a closed service", header + "Place,New,old,,\n", 2, "closed on 31 January 2026"},
		{"too many columns", header + "Place,Bins, household,bins,,waste\n", 2, "columns (6) than the header (5)"},
		{"a broken quote", header + "Place,\"Bins,bins,,\nPlace,B,b,,\n", 2, "quotes"},
		{"not UTF-8", header + "Place,Caf\xe9,cafe,,\n", 2, "CSV UTF-8"},
		{"twelve levels", chain, 12, "more than 10 levels"},
		{"one good and one bad", header + "Place,New,new,,\nPlace,Bad,BAD,,\n", 3, "The slug “BAD”"},
	} {
		t.Run(bad.name, func(t *testing.T) {
			_, err := c.Import(t.Context(), c.by, strings.NewReader(bad.file))
			var rows RefusedRows
			if !errors.As(err, &rows) {
				t.Fatalf("not refused: %v", err)
			}
			if !slices.ContainsFunc(rows, func(r Refused) bool { return r.Line == bad.line && strings.Contains(r.Reason.String(), bad.says) }) {
				t.Errorf("want line %d: %s\n got %v", bad.line, bad.says, err)
			}
		})
	}
	if after := c.exported(t); after != before || len(c.ledger.said) != 1 {
		t.Errorf("something of a refused file was stored: %s", cmp.Diff(before, after))
	}
}

// TestFormsOfSpreadsheets reads what spreadsheet programs make of a catalogue file.
func TestFormsOfSpreadsheets(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	c := newCouncil(t, db, "anytown", "ANY")
	c.imported(t, header+"Children’s services,Parks,parks,,\n")
	for name, file := range map[string]string{
		"separators behind the header": "directorate,service,slug,lgsl_id,parent,,,\r\nChildren's services,Parks,parks,,,,,\r\n",
		"blank cells left out":         "directorate,service,slug,lgsl_id,parent\r\nChildrenʼs services,Parks,parks\r\n",
		"semicolons":                   "directorate;service;slug;lgsl_id;parent\r\nChildren’s services;Parks;parks;;\r\n",
		"tabs":                         "directorate\tservice\tslug\tlgsl_id\tparent\nChildren’s services\tParks\tparks\t\t\n",
		"sep=":                         "\ufeffsep=;\r\ndirectorate;service;slug;lgsl_id;parent\r\nChildren’s services;Parks;parks;;\r\n",
		"CR":                           "directorate,service,slug,lgsl_id,parent\rChildren’s services,Parks,parks,,\r",
	} {
		if diff := cmp.Diff(Report{Read: 1, Unchanged: 1}, c.imported(t, file)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if _, err := c.Import(t.Context(), c.by, strings.NewReader("PK\x03\x04\x14\x00")); err == nil || !strings.Contains(err.Error(),
		"a spreadsheet workbook. Open it and save it as “CSV UTF-8”") {
		t.Errorf("a workbook: %v", err)
	}
	if s := (Report{Read: 1, Added: 1, Directorates: 1}).String(); s != "Read 1 service: 1 added, 0 changed, 0 moved to another "+
		"directorate, 0 as before. Added 1 directorate." {
		t.Error(s)
	}
}

// TestReported12ShortRowsOfTheCatalogue reads the catalogue of a reported case.
func TestReported12ShortRowsOfTheCatalogue(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../../shared/data/17_reported_cases/12-short-rows-of-excel/catalogue.csv")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the folder shared/data is not beside the project: the reported case is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	if diff := cmp.Diff(Report{Read: 1, Added: 1, Directorates: 1}, c.imported(t, string(b))); diff != "" {
		t.Error(diff)
	}
}

func TestTwoCouncils(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	a, b := newCouncil(t, db, "anytown", "ANY"), newCouncil(t, db, "betown", "BET")
	a.imported(t, sample)
	if got := b.exported(t); got != "\ufeff"+header {
		t.Errorf("Betown has %s", got)
	}
	if diff := cmp.Diff(Report{Read: 4, Added: 4, Directorates: 2}, b.imported(t, sample)); diff != "" {
		t.Error(diff)
	}
}

func TestSeedChannels(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	for range 2 { // a second time changes nothing
		tx, err := c.DB.Begin(t.Context(), c.by.Org)
		if err != nil {
			t.Fatal(err)
		}
		if err := SeedChannels(t.Context(), tx, c.by.Org); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	list, err := c.Channels(t.Context(), c.by.Org)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(channels, list); diff != "" || len(list) != 9 {
		t.Error(diff)
	}
	for _, ch := range list {
		if ch.Names["en"] == "" || ch.Names["cy"] == "" || ch.Rollup == "" {
			t.Errorf("%+v", ch)
		}
	}
}

func TestAccessPoints(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	ensure := func(name string) int64 {
		tx, err := c.DB.Begin(t.Context(), c.by.Org)
		if err != nil {
			t.Fatal(err)
		}
		id, err := c.EnsureAccessPoint(t.Context(), tx, c.by, name, "face_to_face")
		if err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		return id
	}
	id := ensure("Town Hall")
	if ensure("town-hall") != id || ensure("TOWN HALL") != id || ensure("Library") == id {
		t.Error("the same place is not found again")
	}
	list, err := c.AccessPoints(t.Context(), c.by.Org)
	if err != nil || len(list) != 2 || list[1].Names["en"] != "Town Hall" || list[1].Channel != "face_to_face" {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Children’s Services": "childrens-services", "Adults & Health": "adults-and-health", "  Tŷ  Coed ": "ty-coed", "S.E.N.D.": "send",
		"Lle / Place": "lle-place", "***": "", strings.Repeat("a ", 100): strings.Trim(strings.Repeat("a-", 32), "-"), "&": "",
	} {
		if got := Slug(name); got != want || got != "" && !ValidSlug(got) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
