package stafftest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"yousaid/analytics"
	"yousaid/analytics/actions"
	"yousaid/analytics/calendar"
	"yousaid/analytics/figures"
	"yousaid/analytics/insight"
	"yousaid/analytics/plans"
	"yousaid/analytics/releases"
	"yousaid/analytics/tables"
	"yousaid/analytics/unusual"
	"yousaid/migrations/pgtest"
	"yousaid/server/accounts"
	"yousaid/server/audit"
	"yousaid/server/jobs"
	"yousaid/server/page"
	"yousaid/server/translations"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/links"
	"yousaid/surveys/lint"
	"yousaid/surveys/question"
	"yousaid/surveys/responses"
	"yousaid/surveys/responses/exporting"
	"yousaid/surveys/tenant"
)

// Fixture is a council on a database of its own, with the stores of its pages: two directorates with a service each, the survey
// customer-satisfaction, published, and
// 120 finished answers of February and March 2026, every third with a comment. It is the 15th of April 2026.
type Fixture struct {
	T      testing.TB
	Owner  *sqlx.DB
	DB     tenant.DB
	Ledger *audit.Ledger
	Org    accounts.Organisation
	Set    *page.Set

	Accounts     *accounts.Store
	Catalogue    catalogue.Store
	Surveys      surveys.Store
	Links        *links.Store
	Analytics    *analytics.Analytics
	Insight      insight.Reader
	Comments     insight.Editor
	Unusual      unusual.Store
	Actions      actions.Store
	Publications calendar.Store
	Register     releases.Register
	Plans        plans.Store
	Exports      exporting.Store
	Jobs         *jobs.Runner
	Translations translations.Store

	Survey   int64
	Services map[string]int64 // "bins", "roads"

	faults *pgtest.Faults
	people map[string]tenant.Actor
}

// Today is the day of the tests: March 2026 is over, April is not.
var Today = time.Date(2026, 4, 15, 12, 0, 0, 0, time.UTC)

// Now is the clock of the pages.
func (f *Fixture) Now() time.Time { return Today }

// New makes a council for a test.
func New(t testing.TB) *Fixture {
	t.Helper()
	f := Empty(t)
	f.catalogue()
	d, err := surveys.Template("customer-satisfaction")
	f.check(err)
	f.Survey = f.publish(d)
	f.answers()
	return f
}

// Empty makes a council on its first day, without services and surveys.
func Empty(t testing.TB) *Fixture {
	t.Helper()
	database := pgtest.New(t)
	f := &Fixture{T: t, Owner: database.Owner(), people: map[string]tenant.Actor{}, Services: map[string]int64{}}
	app, tabulate, faults := database.Failing(t)
	f.DB, f.faults = tenant.New(app).Tabulating(tabulate), faults
	f.stores()
	var err error
	f.Org, err = f.Accounts.Add(t.Context(), tenant.CommandLine(0), accounts.Organisation{Slug: "north", LinkPrefix: "NTH",
		Names: question.Text{"en": "North Council", "cy": "Cyngor y Gogledd"}})
	f.check(err)
	return f
}

// stores joins the stores to the database.
func (f *Fixture) stores() {
	db, now := f.DB, f.Now
	f.Ledger = audit.New(db)
	var err error
	f.Set, err = page.Load()
	f.check(err)
	f.Accounts, err = accounts.New(db, f.Ledger, catalogue.SeedChannels)
	f.check(err)
	f.Catalogue = catalogue.Store{DB: db, Ledger: f.Ledger, Now: now}
	f.Translations = translations.Store{DB: db, Ledger: f.Ledger, Catalogue: f.Set.Catalogue}
	f.Surveys = surveys.Store{DB: db, Ledger: f.Ledger, Reviewer: lint.Rules{Words: f.Translations}}
	f.Accounts.Adding = f.Translations.MayAdd(f.Surveys)
	f.Links = &links.Store{DB: db, Ledger: f.Ledger}
	f.Analytics = &analytics.Analytics{DB: db, Ledger: f.Ledger, Now: now}
	f.Insight = insight.New(db)
	f.Comments = insight.Editor{Reader: f.Insight, Ledger: f.Ledger, Now: now}
	f.Unusual = unusual.Store{DB: db, Ledger: f.Ledger, Now: now}
	f.Actions = actions.Store{DB: db, Ledger: f.Ledger, Now: now}
	read := releases.Reader{DB: db}
	f.Publications = calendar.Store{Reader: read, Ledger: f.Ledger, Now: now}
	f.Register = releases.Register{Reader: read, Ledger: f.Ledger}
	f.Plans = plans.Store{Reader: read, Ledger: f.Ledger, Now: now}
	f.Jobs = &jobs.Runner{DB: db}
	f.Exports = exporting.Store{DB: db, Ledger: f.Ledger, Surveys: f.Surveys, Queue: f.Jobs, Now: now}
}

func (f *Fixture) check(err error) {
	f.T.Helper()
	if err != nil {
		f.T.Fatal(err)
	}
}

// Import publishes a questionnaire that is written as YAML, and gives its id.
func (f *Fixture) Import(yaml string) int64 {
	f.T.Helper()
	d, err := surveys.ParseYAML([]byte(yaml))
	f.check(err)
	return f.publish(d)
}

func (f *Fixture) publish(d surveys.Definition) int64 {
	f.T.Helper()
	by := tenant.CommandLine(f.Org.ID)
	id, err := f.Surveys.Import(f.T.Context(), by, d)
	f.check(err)
	_, err = f.Surveys.Publish(f.T.Context(), by, id, surveys.Publishing{})
	f.check(err)
	return id
}

// catalogue gives the council two directorates with a service each.
func (f *Fixture) catalogue() {
	f.T.Helper()
	for directorate, service := range map[string]string{"environment": "bins", "highways": "roads"} {
		var d, s int64
		f.check(
			f.Owner.Get(
				&d,
				`INSERT INTO directorates (organisation_id, slug, names) VALUES ($1, $2, $3) RETURNING id`,
				f.Org.ID,
				directorate,
				`{"en": "The `+directorate+`"}`,
			),
		)
		f.check(
			f.Owner.Get(
				&s,
				`INSERT INTO services (organisation_id, slug, names) VALUES ($1, $2, $3) RETURNING id`,
				f.Org.ID,
				service,
				`{"en": "North `+service+`"}`,
			),
		)
		f.Owner.MustExec(
			`INSERT INTO service_directorates (organisation_id, service_id, valid_from, directorate_id) VALUES ($1, $2, '2025-01-01', $3)`,
			f.Org.ID,
			s,
			d,
		)
		f.Services[service] = s
	}
}

// answers gives the council 120 answers, half of them about bins, with comments and the sex of who answered: 76 women, 40 men and 4 who
// would rather not say.
func (f *Fixture) answers() {
	f.T.Helper()
	var version int64
	f.check(f.Owner.Get(&version, `SELECT id FROM versions WHERE organisation_id = $1 AND survey_id = $2`, f.Org.ID, f.Survey))
	tx := f.Owner.MustBegin()
	defer func() { f.check(tx.Commit()) }()
	for i := range 120 {
		service, channel, month := "bins", "web", time.February
		if i%2 == 1 {
			service, channel = "roads", "telephone"
		}
		if i%4 > 1 {
			month = time.March
		}
		sex := "female"
		switch {
		case i < 40:
			sex = "male"
		case i < 44:
			sex = "pns"
		}
		response, equality := uuid.New(), uuid.New()
		answers, err := json.Marshal(map[string]string{"rating": fmt.Sprint(1 + i%5)})
		f.check(err)
		tx.MustExec(`INSERT INTO equality_answers (organisation_id, id, survey_id, version_id, answers) VALUES ($1, $2, $3, $4, $5)`,
			f.Org.ID, equality, f.Survey, version, `{"sex": "`+sex+`"}`)
		tx.MustExec(
			`INSERT INTO responses (organisation_id, id, survey_id, version_id, source, service_id, channel, mode, language,
			                        answered_hour, answers, state, equality_id, change_no)
			VALUES ($1, $2, $3, $4, 'link', $5, $6, 'online', 'en', $7, $8, 'finished', $9, $10)`,
			f.Org.ID,
			response,
			f.Survey,
			version,
			f.Services[service],
			channel,
			time.Date(2026, month, 1+i%28, 10, 0, 0, 0, time.UTC),
			string(answers),
			equality,
			i+1,
		)
		if i%3 == 0 {
			tx.MustExec(
				`INSERT INTO comments (organisation_id, response_id, question_code, text, delete_after) VALUES ($1, $2, 'comment', $3, '2030-01-01')`,
				f.Org.ID,
				response,
				fmt.Sprintf("remark %03d about %s <b>", i, service),
			)
		}
	}
}

// As is somebody of the council with a role; the role of a service is for the bins. "second" is another administrator.
func (f *Fixture) As(role string) tenant.Actor {
	f.T.Helper()
	if by, ok := f.people[role]; ok {
		return by
	}
	user := accounts.NewUser{Email: role + "@north.example", Role: role, Invited: true}
	if role == "second" {
		user.Role = tenant.Administrator
	}
	grant := tenant.Grant{Role: user.Role}
	if role == tenant.ServiceRole {
		user.Services, grant.Service = []int64{f.Services["bins"]}, f.Services["bins"]
	}
	person, err := f.Accounts.AddUser(f.T.Context(), tenant.CommandLine(f.Org.ID), user)
	f.check(err)
	by := tenant.Actor{Org: f.Org.ID, Person: person, Name: user.Email, Via: "web", Grants: []tenant.Grant{grant}}
	f.people[role] = by
	return by
}

// Signer makes the keys of forms.
func (f *Fixture) Signer() *responses.Signer {
	f.T.Helper()
	keys, err := responses.KeysOutside(f.T.Context(), f.DB, nil)
	f.check(err)
	return keys
}

// Release lets a table of the two months leave, split by a dimension, and gives its number in the register.
func (f *Fixture) Release(by string) int64 {
	f.T.Helper()
	q := figures.Query{Surveys: []string{"customer-satisfaction"}, Measure: "rating", By: []string{by}, Audience: figures.Public}
	var err error
	q.From, err = figures.ParseDate("2026-02-01")
	f.check(err)
	q.To, err = figures.ParseDate("2026-03-31")
	f.check(err)
	a, err := f.Analytics.Ask(f.T.Context(), f.As(string(tenant.Administrator)), q)
	f.check(err)
	return a.(tables.Protected).Release
}
