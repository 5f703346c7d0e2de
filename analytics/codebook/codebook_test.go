package codebook_test

import (
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/codebook"
	"yousaid/analytics/counciltest"
	"yousaid/analytics/figures"
	"yousaid/surveys/catalogue"
)

const (
	firstVersion = "survey: bins\ntitle: {en: Bins, cy: Biniau}\nequality: [sex]\n" +
		"pages: [{questions: [{code: why, kind: yesno, text: {en: Why}}]}]\n"
	nextVersion = "survey: bins\ntitle: {en: Our bins}\npages: [{questions: [{code: how, kind: yesno, text: {en: How}}]}]\n"
)

// change writes to the database of a council.
func change(c *counciltest.Council, do func(tx *sqlx.Tx)) {
	c.T.Helper()
	tx, err := c.DB.Begin(c.T.Context(), c.Org)
	c.Check(err)
	do(tx)
	c.Check(tx.Commit())
}

// reading gives a transaction that reads.
func reading(c *counciltest.Council) *sqlx.Tx {
	c.T.Helper()
	tx, err := c.DB.BeginRead(c.T.Context(), c.Org)
	c.Check(err)
	c.T.Cleanup(func() { _ = tx.Rollback() })
	return tx
}

// A codebook has the surveys that it was asked for with all their versions, newest first, and nobody else's.
func TestTheSurveysOfACodebook(t *testing.T) {
	t.Parallel()
	c := counciltest.New(t)
	tx := reading(c)
	_, err := codebook.Read(t.Context(), tx, c.Org, []string{"all"}, nil)
	refused(t, err, "No survey has been published here yet")
	_, err = codebook.Read(t.Context(), tx, c.Org, nil, nil)
	refused(t, err, "Name a survey, or all")
	c.Check(tx.Rollback())

	c.Publish(firstVersion)
	c.Publish(nextVersion)
	c.Publish(counciltest.Odd)
	c.Store(1, counciltest.Answer{Survey: "bins", At: "2026-03-14T23"}, counciltest.Answer{Survey: "odd", At: "2026-01-10T10"})
	tx = reading(c)
	read := func(slugs ...string) *codebook.Book {
		t.Helper()
		b, err := codebook.Read(t.Context(), tx, c.Org, slugs, nil)
		c.Check(err)
		return b
	}
	b := read("bins")
	is(t, "what is read", []any{b.Name, b.Zone, b.Snapshot, len(b.Surveys), b.Surveys[0].ID, b.Surveys[0].Title},
		[]any{"Test Council", "Europe/London", 2, 1, c.Surveys["bins"][0], "Our bins"})
	versions := b.Surveys[0].Versions
	if len(versions) != 2 || len(b.Surveys[0].Published) != 2 || versions[0].Title["en"] != "Our bins" || versions[1].Title["cy"] != "Biniau" {
		t.Errorf("the versions are %+v", versions)
	}
	if !b.Asks("sex") || b.Asks("age") {
		t.Error("an older version asks sex, and none asks age")
	}
	byID, err := codebook.ReadOf(t.Context(), tx, c.Org, []int64{c.Surveys["odd"][0]})
	c.Check(err)
	is(t, "the survey by its id", byID.Surveys[0].Slug, "odd")
	_, err = codebook.Read(t.Context(), tx, c.Org, []string{"bins", "nosuch"}, nil)
	refused(t, err, "no published survey “nosuch”")
	other := c.Organisation("other", "XYZ")
	if _, err = codebook.Read(t.Context(), tx, other, []string{"all"}, nil); err == nil {
		t.Error("the surveys of another organisation are read")
	}

	// Days are those of the organisation; some surveys of a codebook have a first day of their own.
	all := read("all")
	c.Check(all.ReadFirst(t.Context(), tx))
	is(t, "the first day of all", all.First, figures.Date{Year: 2026, Month: time.January, Day: 10})
	own, err := all.Only([]string{"bins"})
	c.Check(err)
	c.Check(own.ReadFirst(t.Context(), tx))
	is(t, "the first day of one", own.First, figures.Date{Year: 2026, Month: time.March, Day: 14})
	is(t, "the surveys of each", []int{len(all.Surveys), len(own.Surveys)}, []int{2, 1})
	if _, err := all.Only([]string{"nosuch"}); err == nil {
		t.Error("a survey that is not there is left out silently")
	}
	same, err := all.Only([]string{"all"})
	c.Check(err)
	is(t, "all of them", len(same.Surveys), 2)
}

// Services, directorates and access points are listed by name, each with its id; channels in an order of their own.
func TestTheCatalogueOfACodebook(t *testing.T) {
	t.Parallel()
	c := counciltest.New(t)
	c.Publish(firstVersion)
	store := catalogue.Store{DB: c.DB, Ledger: c.Ledger}
	change(c, func(tx *sqlx.Tx) {
		_, err := store.EnsureAccessPoint(t.Context(), tx, c.By(), "Market Street", "face_to_face")
		c.Check(err)
		c.Must(tx.Exec(`UPDATE services SET names = '{"cy": "Atgyweirio"}' WHERE organisation_id = $1 AND slug = 'repairs'`, c.Org))
		c.Must(tx.Exec(`UPDATE services SET names = '{"en": "Waste"}' WHERE organisation_id = $1 AND slug = 'bins'`, c.Org))
		c.Must(tx.Exec(`INSERT INTO channels (organisation_id, code, names) VALUES ($1, 'post', '{"en": "Letter"}')
			ON CONFLICT (organisation_id, code) DO UPDATE SET names = excluded.names`, c.Org))
		// Bins were with housing from July on.
		c.Must(tx.Exec(`UPDATE service_directorates SET valid_from = '2026-01-01' WHERE organisation_id = $1`, c.Org))
		c.Must(tx.Exec(`
			INSERT INTO service_directorates (organisation_id, service_id, valid_from, directorate_id)
			VALUES ($1, $2, '2026-07-15', (SELECT id FROM directorates WHERE organisation_id = $1 AND slug = 'housing'))`,
			c.Org, c.Services["bins"]))
	})
	b, err := codebook.Read(t.Context(), reading(c), c.Org, []string{"all"}, nil)
	c.Check(err)
	is(t, "the services by name", codes(b.ServiceCodes()), []string{"repairs", "garden", "bins"}) // the first has a Welsh name only
	is(t, "the directorates", codes(b.DirectorateCodes()), []string{"housing", "streets"})
	is(t, "the access points", codes(b.PointCodes()), []string{"market-street"})
	is(t, "the channels", codes(b.ChannelCodes()),
		[]string{"web", "telephone", "face_to_face", "email", "post", "sms", "kiosk", "social_media", "other"})
	is(t, "a channel that the council names", b.ChannelCodes()[4].Label, "Letter")
	rows := b.Rows()
	id := rows["service"]["bins"]
	is(t, "the ids", []any{id, len(rows["service"]), len(rows["directorate"]), len(rows["access_point"])}, []any{c.Services["bins"], 3, 2, 1})
	is(t, "all that is offered", codes(b.Offered(nil)), codes(b.ServiceCodes()))
	is(t, "what is offered to one service", codes(b.Offered(map[string]bool{id: true})), []string{"bins"})

	// A month before the first move counts with the first directorate, the month of a move with the new one.
	for month, want := range map[string]string{"2025-01": "streets", "2026-06": "streets", "2026-07": "housing", "9999-12": "housing"} {
		is(t, "the directorate in "+month, b.Directorate(id, month), want)
	}
	is(t, "the directorate of nothing", b.Directorate("0", "2026-07"), "")
	if b.HasServiceWithoutDirectorate([]string{"2026-06", "2026-07"}) {
		t.Error("a service is in no directorate")
	}
	for dimension, code := range map[string]string{"service": "bins", "directorate": "streets", "channel": "post",
		"access_point": "market-street"} {
		if said, _ := b.Names(dimension)[code].In("en"); said == "" {
			t.Errorf("%s %s has no words: %v", dimension, code, b.Names(dimension))
		}
	}
	if said, _ := b.Names("service")["group:streets"].In("en"); said != "Streets" {
		t.Errorf("the services of a directorate together are called %q", said)
	}
	change(c, func(tx *sqlx.Tx) {
		c.Must(tx.Exec(`INSERT INTO services (organisation_id, slug, names) VALUES ($1, 'parks', '{}')`, c.Org))
	})
	b, err = codebook.Read(t.Context(), reading(c), c.Org, []string{"all"}, nil)
	c.Check(err)
	is(t, "the services by name, of which one has none", codes(b.ServiceCodes()), []string{"repairs", "garden", "bins", "parks"})
	if !b.HasServiceWithoutDirectorate([]string{"2026-06"}) {
		t.Error("a service that is in no directorate is not noticed")
	}
}
