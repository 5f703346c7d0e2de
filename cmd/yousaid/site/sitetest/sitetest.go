// Package sitetest drives a whole site, on a database of its own, in the words of the stories that tests tell.
package sitetest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yousaid/analytics/attack"
	"yousaid/analytics/releaseaudit"
	"yousaid/cmd/yousaid/site"
	"yousaid/migrations/pgtest"
	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/server/public"
	"yousaid/surveys"
	"yousaid/surveys/links"
	"yousaid/surveys/question"
	"yousaid/surveys/responses"
	"yousaid/surveys/surveystest"
	"yousaid/surveys/tenant"
)

// Site is a running site with one council, called Testham, two services and the template customer-satisfaction, published.
type Site struct {
	*site.Site
	T        testing.TB
	Database *pgtest.DB
	Org      accounts.Organisation
	URL      string    // http://127.0.0.1:PORT
	Set      *page.Set // the pages of its copies; nil: those of the program
	client   *http.Client
	passed   *atomic.Int64 // what Later has added to the clock of the public pages
	stop     func()
}

// Catalogue is the council's services.
const Catalogue = "directorate,service,slug,lgsl_id,parent\nStreets,Household waste,waste,524,\nHousing,Housing repairs,repairs,141,\n"

// Password is every person's in tests.
const Password = "a long password for tests"

// New starts a site for t and stops it at the test's end.
func New(t testing.TB) *Site {
	t.Helper()
	return On(t, pgtest.New(t))
}

// On is New on a database that the test has made.
func On(t testing.TB, db *pgtest.DB) *Site {
	t.Helper()
	s := empty(t, db)
	_, err := s.Catalogue.Import(t.Context(), s.By(), strings.NewReader(Catalogue))
	s.check(err)
	s.Publish("customer-satisfaction")
	return s
}

// Empty is the site on its first day: the council has no services and no surveys yet.
func Empty(t testing.TB) *Site {
	t.Helper()
	return empty(t, pgtest.New(t))
}

func empty(t testing.TB, db *pgtest.DB) *Site {
	t.Helper()
	s := on(t, db, nil)
	var err error
	s.Org, err = s.Accounts.Add(t.Context(), tenant.CommandLine(0), accounts.Organisation{
		Slug: "testham", LinkPrefix: "TST", Names: question.Text{"en": "Testham Council", "cy": "Cyngor Testham"},
	})
	s.check(err)
	return s
}

// Freeze stops the site and keeps its database, to be copied. What signed people in and led somewhere before does so on the copies.
func (s *Site) Freeze() {
	s.T.Helper()
	s.stop()
	s.Database.Close()
}

// Copy starts a site on a copy of a frozen one's database: what is done on one is not seen on another.
func (s *Site) Copy(t testing.TB) *Site {
	t.Helper()
	other := on(t, s.Database.Copy(t), s.Set)
	other.Org = s.Org
	return other
}

// on starts a site on a database, with pages or, where these are nil, those of the program.
func on(t testing.TB, db *pgtest.DB, set *page.Set) *Site {
	t.Helper()
	stores, err := site.Stores(tenant.New(db.App()).Tabulating(db.Tabulate()))
	if err != nil {
		t.Fatal(err)
	}
	stores.Check = releaseaudit.Auditor{Work: attack.DefaultWork / 2} // not by the clock: a busy machine finds the same
	if set != nil {
		stores.Translations.Catalogue = set.Catalogue
	}
	s := &Site{Site: stores, T: t, Database: db, Set: set, passed: new(atomic.Int64)}
	s.check(s.open(t))
	return s
}

// Later lets a minute pass for what the public pages believe: they look again.
func (s *Site) Later() { s.passed.Add(int64(time.Minute)) }

func (s *Site) clock() time.Time { return time.Now().Add(time.Duration(s.passed.Load())) }

// In is the same site in the hands of another test, such as a part of the one that started it.
func (s *Site) In(t testing.TB) *Site {
	other := *s
	other.T = t
	return &other
}

func (s *Site) open(t testing.TB) error {
	server := httptest.NewUnstartedServer(nil)
	s.URL = "http://" + server.Listener.Addr().String()
	err := s.Pages(t.Context(), site.Options{
		BaseURL: s.URL, Log: slog.New(slog.DiscardHandler), Collect: responses.Options{},
		Ready: func(ctx context.Context) error { return s.DB.Global().PingContext(ctx) },
		Clock: public.Clock{Now: s.clock, Patience: time.Hour, Lookup: time.Hour}, Set: s.Set,
	})
	if err != nil {
		return err
	}
	server.Config.Handler = s.Server
	server.Start()
	s.client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	s.stop = sync.OnceFunc(func() {
		server.CloseClientConnections() // browsers keep theirs open
		server.Close()
		if err := s.Collector.Close(context.Background()); err != nil {
			t.Errorf("stopping the collector: %v", err)
		}
	})
	t.Cleanup(s.stop)
	return nil
}

func (s *Site) check(err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
}

// By is the administrator at the command line.
func (s *Site) By() tenant.Actor { return tenant.CommandLine(s.Org.ID) }

// Publish makes a survey of a template and publishes it.
func (s *Site) Publish(template string) {
	s.T.Helper()
	d, err := surveys.Template(template)
	s.check(err)
	id, err := s.Surveys.Create(s.T.Context(), s.By(), d.Survey, d)
	s.check(err)
	_, err = s.Surveys.Publish(s.T.Context(), s.By(), id, surveys.Publishing{})
	s.check(err)
}

// Ask makes a survey of a questionnaire written as YAML and publishes it, whatever the rules find: customers also meet surveys that
// were published before there was a rule, or before the council took another language.
func (s *Site) Ask(yaml string) {
	s.T.Helper()
	d, err := surveys.ParseYAML([]byte(yaml))
	s.check(err)
	id, err := s.Surveys.Import(s.T.Context(), s.By(), d)
	s.check(err)
	store := s.Surveys
	store.Reviewer = surveystest.Unreviewed{}
	_, err = store.Publish(s.T.Context(), s.By(), id, surveys.Publishing{})
	s.check(err)
}

// Speaks gives the council its languages, the main one first.
func (s *Site) Speaks(languages ...string) {
	s.T.Helper()
	now, err := s.Accounts.BySlug(s.T.Context(), s.Org.Slug)
	s.check(err)
	look := now.Branding()
	look.Languages = languages
	s.check(s.Accounts.ChangeBranding(s.T.Context(), s.By(), now.Branding().Mark(), look))
	s.Later()
}

// Link makes a feedback link about the service waste and gives its path, /f/CODE.
func (s *Site) Link(channel string) string {
	s.T.Helper()
	return s.LinkTo("customer-satisfaction", "waste", channel)
}

// LinkTo makes a feedback link of a survey about a service and gives its path.
func (s *Site) LinkTo(survey, service, channel string) string {
	s.T.Helper()
	l, err := s.Links.Add(s.T.Context(), s.By(), links.New{Survey: survey, Service: service, Channel: channel})
	s.check(err)
	return "/f/" + l.Code
}

// Person adds somebody with a role; service officers get the service repairs.
func (s *Site) Person(role string) (email string) {
	s.T.Helper()
	email = role + "@" + s.Org.Slug + ".example"
	user := accounts.NewUser{Email: email, Password: Password, Role: role}
	if role == "service" {
		id, err := s.Catalogue.ServiceID(s.T.Context(), s.Org.ID, "repairs")
		s.check(err)
		user.Services = []int64{id}
	}
	_, err := s.Accounts.AddUser(s.T.Context(), s.By(), user)
	s.check(err)
	return email
}

// Answer is what came back from the site.
type Answer struct {
	*http.Response
	Text string
	site *Site
}

// Get fetches a path.
func (s *Site) Get(path string, headers ...string) *Answer {
	s.T.Helper()
	return s.send(http.MethodGet, path, nil, headers)
}

// Post sends a form.
func (s *Site) Post(path string, form url.Values, headers ...string) *Answer {
	s.T.Helper()
	return s.send(http.MethodPost, path, strings.NewReader(form.Encode()),
		append(headers, "Content-Type", "application/x-www-form-urlencoded"))
}

// Upload sends a body as it is.
func (s *Site) Upload(path, body string, headers ...string) *Answer {
	s.T.Helper()
	return s.send(http.MethodPost, path, strings.NewReader(body), headers)
}

func (s *Site) send(method, path string, body io.Reader, headers []string) *Answer {
	s.T.Helper()
	if strings.HasPrefix(path, "/") {
		path = s.URL + path
	}
	r, err := http.NewRequestWithContext(s.T.Context(), method, path, body)
	s.check(err)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.client.Do(r)
	s.check(err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	s.check(err)
	return &Answer{res, string(text), s}
}

// Is expects a status.
func (a *Answer) Is(status int) *Answer {
	a.site.T.Helper()
	if a.StatusCode != status {
		a.site.T.Fatalf("%s %s answers %d, want %d:\n%.1500s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, a.Text)
	}
	return a
}

// Shows expects words on the page.
func (a *Answer) Shows(words ...string) *Answer {
	a.site.T.Helper()
	for _, w := range words {
		if !strings.Contains(a.Text, w) {
			a.site.T.Errorf("%s does not show %q:\n%.3000s", a.Request.URL.Path, w, a.Text)
		}
	}
	return a
}

// Hides expects words not to be on the page.
func (a *Answer) Hides(words ...string) *Answer {
	a.site.T.Helper()
	for _, w := range words {
		if strings.Contains(a.Text, w) {
			a.site.T.Errorf("%s shows %q", a.Request.URL.Path, w)
		}
	}
	return a
}

// Stored expects so many responses in the database by now.
func (a *Answer) Stored(n int) *Answer {
	a.site.T.Helper()
	a.site.Responses(n)
	return a
}

// To is where a redirect leads: a path.
func (a *Answer) To() string {
	a.site.T.Helper()
	return a.Is(http.StatusSeeOther).Header.Get("Location")
}

var hidden = regexp.MustCompile(`name="token" value="([^"]+)"`)

// Token is the form's token on the page.
func (a *Answer) Token() string {
	a.site.T.Helper()
	m := hidden.FindStringSubmatch(a.Text)
	if m == nil {
		a.site.T.Fatalf("there is no token on %s:\n%.1500s", a.Request.URL.Path, a.Text)
	}
	return m[1]
}

// Responses expects so many responses in the database.
func (s *Site) Responses(n int) {
	s.T.Helper()
	var got int
	s.check(s.Database.Owner().Get(&got, `SELECT count(*) FROM responses WHERE organisation_id = $1`, s.Org.ID))
	if got != n {
		s.T.Errorf("%d responses are stored, want %d", got, n)
	}
}

// SignInAt is the address of the council's sign-in page.
func (s *Site) SignInAt() string { return "/staff/sign-in/" + s.Org.Slug }

// SignIn signs a person in at the council and gives the cookie header.
func (s *Site) SignIn(email string) (cookie string) {
	s.T.Helper()
	return s.Post(s.SignInAt(), url.Values{"email": {email}, "password": {Password}}).Is(http.StatusSeeOther).Session()
}

// Session is the cookie header for what comes after an answer that opened a session.
func (a *Answer) Session() (cookie string) {
	a.site.T.Helper()
	for _, c := range a.Cookies() {
		if c.MaxAge >= 0 && c.Value != "" && strings.HasSuffix(c.Name, "yousaid") {
			return c.Name + "=" + c.Value
		}
	}
	a.site.T.Fatalf("%s gave no cookie", a.Request.URL.Path)
	return ""
}
