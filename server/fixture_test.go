package server_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/server"
	"yousaid/server/accounts"
	"yousaid/server/signin"
	"yousaid/server/staff/stafftest"
	"yousaid/static"
	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

const phrase = "kettle river armchair"

// fixture is a running site with two councils: North is the council of stafftest, with people in every role; South has an
// administrator and a survey.
type fixture struct {
	*stafftest.Fixture
	t       *testing.T
	site    *server.Server
	auth    *signin.Authenticator
	south   accounts.Organisation
	cookies map[string]*http.Cookie // by role, "foreign" for South's administrator
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

func newFixture(t *testing.T, change ...func(*server.Config)) *fixture {
	t.Helper()
	w := &fixture{Fixture: stafftest.New(t), t: t, cookies: map[string]*http.Cookie{}}
	assets, err := static.Load()
	w.must(err)
	w.auth, err = signin.New(t.Context(), w.DB, w.Accounts, w.Ledger)
	w.must(err)
	config := server.Config{
		BaseURL:       "http://127.0.0.1:8080",
		Log:           slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
		Ready:         func(context.Context) error { return nil },
		Pages:         w.Set,
		Assets:        assets,
		Accounts:      w.Accounts,
		Authenticator: w.auth,
		Public:        customers{},
		Staff:         staffPages(w),
	}
	for _, c := range change {
		c(&config)
	}
	w.site, err = server.New(config)
	w.must(err)
	w.south = w.council("south", "South Council")
	w.publishInSouth()
	return w
}

// council adds one more.
func (w *fixture) council(slug, name string) accounts.Organisation {
	w.t.Helper()
	o, err := w.Accounts.Add(w.t.Context(), tenant.CommandLine(0), accounts.Organisation{Slug: slug, Names: question.Text{"en": name}})
	w.must(err)
	return o
}

// publishInSouth publishes the survey south-survey.
func (w *fixture) publishInSouth() {
	w.t.Helper()
	d, err := surveys.Template("customer-satisfaction")
	w.must(err)
	d.Survey, d.Title = "south-survey", question.Text{"en": "South asks", "cy": "De"}
	by := tenant.CommandLine(w.south.ID)
	id, err := w.Surveys.Import(w.t.Context(), by, d)
	w.must(err)
	_, err = w.Surveys.Publish(w.t.Context(), by, id, surveys.Publishing{})
	w.must(err)
}

func (w *fixture) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
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
	user, by, at := accounts.NewUser{Email: role + "@north.example", Password: phrase, Role: role}, tenant.CommandLine(w.Org.ID), "north"
	switch role {
	case "foreign":
		user.Email, user.Role, by, at = "boss@south.example", "administrator", tenant.CommandLine(w.south.ID), "south"
	case "service":
		user.Services = []int64{w.Services["bins"]}
	}
	_, err := w.Accounts.AddUser(w.t.Context(), by, user)
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
