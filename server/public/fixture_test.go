package public_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"yousaid/migrations/pgtest"
	"yousaid/server"
	"yousaid/server/accounts"
	"yousaid/server/audit"
	"yousaid/server/page"
	"yousaid/server/public"
	"yousaid/server/signin"
	"yousaid/static"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/links"
	"yousaid/surveys/responses"
	"yousaid/surveys/surveystest"
	"yousaid/surveys/tenant"
)

// fixture is a running site with a council, Moor, that asks customer-satisfaction about its bins.
type fixture struct {
	t        testing.TB
	site     *server.Server
	pool     *sqlx.DB // of the program
	owner    *sqlx.DB // sees every row
	keys     *responses.Signer
	services catalogue.Store
	surveys  surveys.Store
	links    *links.Store
	people   *accounts.Store
	moor     accounts.Organisation
	by       tenant.Actor
	survey   int64
	code     string   // of the link to bins
	time     *stopped // of all instances
}

func newFixture(t testing.TB, change ...func(*public.Config)) *fixture {
	t.Helper()
	database := pgtest.New(t)
	w := &fixture{t: t, pool: database.App(), owner: database.Owner(), time: &stopped{}}
	w.serve(change...)
	var err error
	w.moor, err = w.people.Add(
		t.Context(),
		tenant.CommandLine(0),
		accounts.Organisation{Slug: "moor", Names: map[string]string{"en": "Moor Council", "cy": "Cyngor y Rhos"},
			Brand: accounts.Brand{Colour: "#6b1f4e"}},
	)
	w.must(err)
	w.by = tenant.CommandLine(w.moor.ID)
	_, err = w.services.Import(
		t.Context(),
		w.by,
		strings.NewReader("directorate,service,slug,lgsl_id,parent\nPlaces,Bins and recycling,bins,,\n"),
	)
	w.must(err)
	w.survey = w.ask("customer-satisfaction")
	w.code = w.link("customer-satisfaction", "")
	return w
}

// another is a second instance of the program on the same database.
func (w *fixture) another() *fixture {
	w.t.Helper()
	other := *w
	other.serve()
	return &other
}

// serve puts an instance of the program on the database.
func (w *fixture) serve(change ...func(*public.Config)) {
	w.t.Helper()
	db := tenant.New(w.pool)
	ledger := audit.New(db)
	assets, err := static.Load()
	w.must(err)
	pages, err := page.Load()
	w.must(err)
	w.services = catalogue.Store{DB: db, Ledger: ledger}
	w.people, err = accounts.New(db, ledger, catalogue.SeedChannels)
	w.must(err)
	auth, err := signin.New(w.t.Context(), db, w.people, ledger)
	w.must(err)
	w.keys, err = responses.Keys(w.t.Context(), db)
	w.must(err)
	collector := responses.NewCollector(db, w.keys, responses.Options{Log: slog.New(slog.DiscardHandler)})
	w.t.Cleanup(func() { w.must(collector.Close(context.Background())) })
	w.surveys = surveys.Store{DB: db, Ledger: ledger, Reviewer: surveystest.Unreviewed{}}
	w.links = &links.Store{DB: db, Ledger: ledger}
	config := public.Config{
		Pages:     pages,
		Links:     w.links,
		Surveys:   w.surveys,
		Catalogue: w.services,
		Accounts:  w.people,
		Signer:    w.keys,
		Collector: collector,
		Responses: responses.NewStore(db),
		Clock:     w.time.clock(),
	}
	for _, c := range change {
		c(&config)
	}
	w.site, err = server.New(
		server.Config{
			BaseURL:       "http://127.0.0.1:8080",
			Log:           slog.New(slog.NewTextHandler(w.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
			Ready:         func(context.Context) error { return nil },
			Pages:         pages,
			Assets:        assets,
			Accounts:      w.people,
			Authenticator: auth,
			Public:        public.New(config),
			Staff:         &server.Staff{},
		},
	)
	w.must(err)
}

// in is the same fixture in a test inside the test.
func (w *fixture) in(t testing.TB) *fixture {
	inner := *w
	inner.t = t
	return &inner
}

func (w *fixture) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// ask publishes a ready questionnaire.
func (w *fixture) ask(template string) int64 {
	w.t.Helper()
	d, err := surveys.Template(template)
	w.must(err)
	return w.publish(d)
}

// yaml publishes a questionnaire.
func (w *fixture) yaml(src string) int64 {
	w.t.Helper()
	d, err := surveys.ParseYAML([]byte(src))
	w.must(err)
	return w.publish(d)
}

func (w *fixture) publish(d surveys.Definition) int64 {
	w.t.Helper()
	id, err := w.surveys.Import(w.t.Context(), w.by, d)
	w.must(err)
	_, err = w.surveys.Publish(w.t.Context(), w.by, id, surveys.Publishing{})
	w.must(err)
	return id
}

// link makes a link about bins and gives its code.
func (w *fixture) link(survey, expires string) string {
	w.t.Helper()
	l, err := w.links.Add(w.t.Context(), w.by, links.New{Survey: survey, Service: "bins", Channel: "web", Expires: expires})
	w.must(err)
	return l.Code
}

// Header is what the browser got, whatever became of the map since.
func (a answer) Header() http.Header { return a.Result().Header }

// main is what a failure shows of a page: the part that matters.
func (a answer) main() string {
	_, after, _ := strings.Cut(a.text, "<main")
	inside, _, _ := strings.Cut(after, "</main>")
	if inside == "" {
		inside = a.text
	}
	return inside[:min(len(inside), 4000)]
}

// answer is what came back, unpacked.
type answer struct {
	*httptest.ResponseRecorder
	w    *fixture
	text string
	sent int // bytes of the body as sent
}

// call sends a request, with headers in pairs of name and value.
func (w *fixture) call(method, address string, form url.Values, headers ...string) answer {
	w.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
		headers = append(headers, "Content-Type", "application/x-www-form-urlencoded")
	}
	return w.send(method, address, body, headers...)
}

func (w *fixture) send(method, address string, body io.Reader, headers ...string) answer {
	w.t.Helper()
	r := httptest.NewRequest(method, address, body)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	a := answer{ResponseRecorder: httptest.NewRecorder(), w: w}
	w.site.ServeHTTP(a.ResponseRecorder, r)
	a.sent = a.Body.Len()
	a.text = a.Body.String()
	if a.Header().Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(a.Body.Bytes()))
		w.must(err)
		plain, err := io.ReadAll(z)
		w.must(err)
		a.text = string(plain)
	}
	if got := a.Header().Get("Set-Cookie"); got != "" {
		w.t.Errorf("%s %s set a cookie: %s", method, address, got)
	}
	return a
}

func (w *fixture) get(address string, headers ...string) answer {
	w.t.Helper()
	return w.call(http.MethodGet, address, nil, headers...)
}

func (w *fixture) post(address string, form url.Values, headers ...string) answer {
	w.t.Helper()
	return w.call(http.MethodPost, address, form, headers...)
}

// is holds the status, and for pages what is true of all of them.
func (a answer) is(status int) answer {
	a.w.t.Helper()
	if a.Code != status {
		a.w.t.Fatalf("the status is %d, not %d; Location %q\n%s", a.Code, status, a.Header().Get("Location"), a.main())
	}
	for header, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex",
		"X-Content-Type-Options": "nosniff"} {
		if got := a.Header().Get(header); !strings.Contains(got, want) {
			a.w.t.Errorf("the header %s is %q, not %q", header, got, want)
		}
	}
	for _, header := range []string{"ETag", "Last-Modified"} {
		if got := a.Header().Get(header); got != "" {
			a.w.t.Errorf("there is a header %s: %s", header, got)
		}
	}
	return a
}

// shows holds what stands on the page.
func (a answer) shows(texts ...string) answer {
	a.w.t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.text, text) {
			a.w.t.Fatalf("the page does not show %q\n%s", text, a.main())
		}
	}
	return a
}

func (a answer) hides(texts ...string) answer {
	a.w.t.Helper()
	for _, text := range texts {
		if strings.Contains(a.text, text) {
			a.w.t.Fatalf("the page shows %q\n%s", text, a.main())
		}
	}
	return a
}

// kept holds how long the answer may be kept.
func (a answer) kept(want string) answer {
	a.w.t.Helper()
	if got := a.Header().Get("Cache-Control"); got != want {
		a.w.t.Errorf("Cache-Control is %q, not %q", got, want)
	}
	return a
}

// to holds a redirect and gives its address.
func (a answer) to(want string) string {
	a.w.t.Helper()
	got := a.is(http.StatusSeeOther).Header().Get("Location")
	if got != want {
		a.w.t.Fatalf("the redirect leads to %q, not %q", got, want)
	}
	return got
}

// leads gives the address of a redirect.
func (a answer) leads() string {
	a.w.t.Helper()
	return a.is(http.StatusSeeOther).Header().Get("Location")
}

var tokenField = regexp.MustCompile(`name="token" value="([A-Za-z0-9_-]{84})"`)

// token gives the form's token.
func (a answer) token() string {
	a.w.t.Helper()
	m := tokenField.FindStringSubmatch(a.text)
	if m == nil {
		a.w.t.Fatalf("the page has no token\n%s", a.main())
	}
	return m[1]
}

// checked gives the value of the radio or box that is chosen in a field, or "".
func (a answer) checked(field string) string {
	m := regexp.MustCompile(`name="` + field + `" type="[a-z]+" value="([^"]*)" checked`).FindStringSubmatch(a.text)
	if m == nil {
		return ""
	}
	return m[1]
}

// action gives where the form is sent.
func (a answer) action() string {
	a.w.t.Helper()
	m := regexp.MustCompile(`<form method="post" action="([^"]*)"`).FindStringSubmatch(a.text)
	if m == nil {
		a.w.t.Fatalf("the page has no form\n%s", a.main())
	}
	return strings.ReplaceAll(m[1], "&amp;", "&")
}

// count gives a number from the database.
func (w *fixture) count(query string, args ...any) int {
	w.t.Helper()
	var n int
	w.must(w.owner.GetContext(context.Background(), &n, query, args...))
	return n
}

// stored holds how many responses there are.
func (w *fixture) stored(n int) {
	w.t.Helper()
	if got := w.count(`SELECT count(*) FROM responses`); got != n {
		w.t.Fatalf("%d responses are stored, not %d", got, n)
	}
}

// row is the one response there is.
type row struct {
	Answers  string `db:"answers"`
	State    string `db:"state"`
	Language string `db:"language"`
	Channel  string `db:"channel"`
	Comments string `db:"comments"`
	Equality string `db:"equality"`
}

func (w *fixture) only() row {
	w.t.Helper()
	w.stored(1)
	var r row
	w.must(w.owner.GetContext(context.Background(), &r, `
		SELECT r.answers, r.state, r.language, r.channel,
		       COALESCE((SELECT string_agg(c.question_code || '=' || c.text, ';') FROM comments c WHERE c.response_id = r.id), '') AS comments,
		       COALESCE((SELECT e.answers::text FROM equality_answers e WHERE e.id = r.equality_id), '') AS equality
		FROM   responses r`))
	return r
}

// rated sends a rating and gives the token and the address of the next page.
func (w *fixture) rated(rating string) (token, next string) {
	w.t.Helper()
	token = w.get("/f/" + w.code).is(http.StatusOK).token()
	return token, w.post("/f/"+w.code, url.Values{"token": {token}, "rating": {rating}}).to(fmt.Sprintf("/f/%s/%s/2", w.code, token))
}

// finished sends a form to its end.
func (w *fixture) finished(rating string) (token, thanks string) {
	w.t.Helper()
	token, next := w.rated(rating)
	next = w.post(next, url.Values{"reason": {"time"}, "comment": {"Thank you"}}).leads()
	return token, w.post(next, url.Values{"action": {"skip"}}).leads()
}
