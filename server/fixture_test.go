package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/labstack/echo/v4"

	"yousaid/migrations/pgtest"
	"yousaid/server"
	"yousaid/server/accounts"
	"yousaid/server/audit"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/static"
	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/surveystest"
	"yousaid/surveys/tenant"
)

const phrase = "kettle river armchair"

// fixture is a running site with two councils. North has people in every role and answers; South has an administrator and a survey.
type fixture struct {
	t            *testing.T
	site         *server.Server
	owner        *sqlx.DB
	db           tenant.DB
	people       *accounts.Store
	auth         *signin.Authenticator
	ledger       *audit.Ledger
	north, south accounts.Organisation
	cookies      map[string]*http.Cookie // by role, "foreign" for South's administrator
	services     map[string]int64
}

// customers stands in for the pages of customers, which are tested where they are.
type customers struct{}

func (customers) say(c echo.Context) error {
	return c.String(http.StatusOK, "customer "+c.Param("code")+" "+c.FormValue("rating"))
}
func (p customers) NotFound(echo.Context)                 {}
func (p customers) FirstPage(c echo.Context) error        { return p.say(c) }
func (p customers) SaveFirstPage(c echo.Context) error    { return p.say(c) }
func (p customers) Page(c echo.Context) error             { return p.say(c) }
func (p customers) SavePage(c echo.Context) error         { return p.say(c) }
func (p customers) Thanks(c echo.Context) error           { return p.say(c) }
func (p customers) Privacy(c echo.Context) error          { return p.say(c) }
func (p customers) Cookies(c echo.Context) error          { return p.say(c) }
func (p customers) Accessibility(c echo.Context) error    { return p.say(c) }
func (p customers) Council(c echo.Context) error          { return p.say(c) }
func (p customers) YouSaid(c echo.Context) error          { return p.say(c) }
func (p customers) YouSaidItem(c echo.Context) error      { return p.say(c) }
func (p customers) YouSaidFile(c echo.Context) error      { return p.say(c) }
func (p customers) YouSaidPoster(c echo.Context) error    { return p.say(c) }
func (p customers) Embed(c echo.Context) error            { return p.say(c) }
func (p customers) AtomFeed(c echo.Context) error         { return p.say(c) }
func (p customers) JSONFeed(c echo.Context) error         { return p.say(c) }
func (p customers) Performance(c echo.Context) error      { return p.say(c) }
func (p customers) Receipt(c echo.Context) error          { return p.say(c) }
func (p customers) UseReceipt(c echo.Context) error       { return p.say(c) }
func (p customers) PerformanceTable(c echo.Context) error { return p.say(c) }
func (p customers) PerformanceFile(c echo.Context) error  { return p.say(c) }

// previews stands in for the pages of customers in a frame, which are tested where they are.
type previews struct{}

func (previews) Preview(
	c echo.Context,
	_ accounts.Organisation,
	_ surveys.Definition,
	lang string,
	index int,
	_ func(int, string) string,
) error {
	return c.String(http.StatusOK, fmt.Sprintf("page %d in %s", index, lang))
}

// today is fixed: March 2026 is over, April is not.
var today = time.Date(2026, 4, 15, 12, 0, 0, 0, time.UTC)

func newFixture(t *testing.T, change ...func(*server.Config)) *fixture {
	t.Helper()
	database := pgtest.New(t)
	db := tenant.New(database.App()).Tabulating(database.Tabulate())
	w := &fixture{t: t, owner: database.Owner(), db: db, ledger: audit.New(db), cookies: map[string]*http.Cookie{},
		services: map[string]int64{}}
	assets, err := static.Load()
	w.must(err)
	pages, err := page.Load()
	w.must(err)
	w.people, err = accounts.New(db, w.ledger)
	w.must(err)
	auth, err := signin.New(t.Context(), db, w.people, w.ledger)
	w.must(err)
	now := func() time.Time { return today }
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	w.auth = auth
	config := server.Config{
		BaseURL:       "http://127.0.0.1:8080",
		Log:           log,
		Ready:         func(context.Context) error { return nil },
		Pages:         pages,
		Assets:        assets,
		Accounts:      w.people,
		Authenticator: auth,
		Public:        customers{},
		Staff:         staffPages(w, pages, now),
	}
	for _, c := range change {
		c(&config)
	}
	w.site, err = server.New(config)
	w.must(err)

	w.north, w.south = w.council("north", "North Moor Council"), w.council("south", "South Moor Council")
	store := surveys.Store{DB: db, Ledger: w.ledger, Reviewer: surveystest.Unreviewed{}}
	for _, o := range []accounts.Organisation{w.north, w.south} {
		d, err := surveys.Template("customer-satisfaction")
		w.must(err)
		by := tenant.CommandLine(o.ID)
		if o.ID == w.south.ID {
			d.Survey, d.Title = "south-survey", question.Text{"en": "South asks", "cy": "De"}
		}
		id, err := store.Import(t.Context(), by, d)
		w.must(err)
		_, err = store.Publish(t.Context(), by, id, surveys.Publishing{})
		w.must(err)
	}
	w.catalogue()
	w.answers()
	return w
}

func (w *fixture) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *fixture) council(slug, name string) accounts.Organisation {
	w.t.Helper()
	o, err := w.people.Add(w.t.Context(), tenant.CommandLine(0), accounts.Organisation{Slug: slug, Names: question.Text{"en": name}})
	w.must(err)
	return o
}

// catalogue gives North two directorates with a service each.
func (w *fixture) catalogue() {
	for directorate, service := range map[string]string{"environment": "bins", "highways": "roads"} {
		var d, s int64
		w.must(
			w.owner.Get(
				&d,
				`INSERT INTO directorates (organisation_id, slug, names) VALUES ($1, $2, $3) RETURNING id`,
				w.north.ID,
				directorate,
				`{"en": "`+strings.ToUpper(directorate)+`"}`,
			),
		)
		w.must(
			w.owner.Get(
				&s,
				`INSERT INTO services (organisation_id, slug, names) VALUES ($1, $2, $3) RETURNING id`,
				w.north.ID,
				service,
				`{"en": "North `+service+`"}`,
			),
		)
		w.owner.MustExec(
			`INSERT INTO service_directorates (organisation_id, service_id, valid_from, directorate_id) VALUES ($1, $2, '2025-01-01', $3)`,
			w.north.ID,
			s,
			d,
		)
		w.services[service] = s
	}
}

// answers gives North 120 answers in February and March 2026, half of them about bins, with comments and the sex of who answered. Of 120
// there are 76 women, 40 men and
// 4 who would rather not say; each month and service has as many.
func (w *fixture) answers() {
	var survey, version int64
	w.must(w.owner.QueryRow(`SELECT survey_id, id FROM versions WHERE organisation_id = $1`, w.north.ID).Scan(&survey, &version))
	tx := w.owner.MustBegin()
	defer func() { w.must(tx.Commit()) }()
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
		answers, _ := json.Marshal(map[string]string{"rating": fmt.Sprint(1 + i%5)})
		tx.MustExec(`INSERT INTO equality_answers (organisation_id, id, survey_id, version_id, answers) VALUES ($1, $2, $3, $4, $5)`,
			w.north.ID, equality, survey, version, `{"sex": "`+sex+`"}`)
		tx.MustExec(
			`INSERT INTO responses (organisation_id, id, survey_id, version_id, source, service_id, channel, mode, language,
			                        answered_hour, answers, state, equality_id, change_no)
			VALUES ($1, $2, $3, $4, 'link', $5, $6, 'online', 'en', $7, $8, 'finished', $9, $10)`,
			w.north.ID,
			response,
			survey,
			version,
			w.services[service],
			channel,
			time.Date(2026, month, 1+i%28, 10, 0, 0, 0, time.UTC),
			string(answers),
			equality,
			i+1,
		)
		if i%3 == 0 {
			tx.MustExec(
				`INSERT INTO comments (organisation_id, response_id, question_code, text, delete_after) VALUES ($1, $2, 'comment', $3, '2030-01-01')`,
				w.north.ID,
				response,
				fmt.Sprintf("remark %03d about %s <b>", i, service),
			)
		}
	}
}

// as signs somebody in, once: a role of North, or "foreign".
func (w *fixture) as(role string) *http.Cookie {
	w.t.Helper()
	if role == "" {
		return nil
	}
	if c := w.cookies[role]; c != nil {
		return c
	}
	user, by, at := accounts.NewUser{Email: role + "@north.example", Password: phrase, Role: role}, tenant.CommandLine(w.north.ID), "north"
	switch role {
	case "foreign":
		user.Email, user.Role, by, at = "boss@south.example", "administrator", tenant.CommandLine(w.south.ID), "south"
	case "service":
		user.Services = []int64{w.services["bins"]}
	}
	_, err := w.people.AddUser(w.t.Context(), by, user)
	w.must(err)
	r := w.send("POST", "/staff/sign-in/"+at, url.Values{"email": {user.Email}, "password": {phrase}}, nil)
	if r.StatusCode != http.StatusSeeOther || len(r.Cookies()) != 1 {
		w.t.Fatalf("%s cannot sign in: %d\n%s", role, r.StatusCode, r.body)
	}
	w.cookies[role] = r.Cookies()[0]
	return w.cookies[role]
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body string
}

func (w *fixture) send(method, path string, form url.Values, cookie *http.Cookie, headers ...string) answer {
	w.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+path, body)
	r.Host = "127.0.0.1:8080"
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if cookie != nil {
		r.AddCookie(cookie)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.site.ServeHTTP(rec, r)
	return answer{rec.Result(), rec.Body.String()}
}

func (w *fixture) get(role, path string) answer {
	w.t.Helper()
	return w.send("GET", path, nil, w.as(role))
}

// shows fails unless the answer has the status and every text.
func (a answer) shows(t *testing.T, status int, texts ...string) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("status %d, not %d:\n%s", a.StatusCode, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Errorf("%q is not shown:\n%s", text, a.body)
		}
	}
	return a
}

func (a answer) hides(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(a.body, text) {
			t.Errorf("%q is shown:\n%s", text, a.body)
		}
	}
}

var roles = tenant.Roles
