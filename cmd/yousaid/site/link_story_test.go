package site_test

import (
	"bytes"
	"image/png"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/links"
)

// Links are made, shown with everything to put them on, used, and closed.
func TestLinksAreMadeInTheBrowser(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	me := s.SignIn(s.Person("consultation"))
	get := func(path string) *sitetest.Answer { return s.Get(path, "Cookie", me) }
	post := func(path string, v url.Values) *sitetest.Answer { return s.Post(path, v, "Cookie", me) }
	want := url.Values{"survey": {"customer-satisfaction"}, "service": {"waste", "repairs"}, "channel": {"web", "email"},
		"about": {"Letter CT04"}, "place": {""}}
	post("/staff/links/new", want).Is(200).Shows("This makes 4 links")
	want.Set("sure", "4")
	post("/staff/links/new", want).Is(http.StatusSeeOther)
	list := get("/staff/links?survey=customer-satisfaction&words=ct04").Is(200).Shows("Letter CT04")
	codes := regexp.MustCompile(`/staff/links/(TST[0-9A-Z]{7})`).FindAllStringSubmatch(list.Text, -1)
	if len(codes) != 4 {
		t.Fatalf("%d links are listed", len(codes))
	}
	code := codes[0][1]
	page := get("/staff/links/"+code).Is(200).Shows("/f/"+code, "?lang=en&amp;amp;r=5", "Very satisfied", "Bodlon iawn", "0 responses")
	if strings.Contains(page.Text, "&lt;img") {
		t.Error("a signature has a picture")
	}
	// Each address of the signature opens the form with that answer chosen, and stores nothing.
	text := page.Text[strings.Index(page.Text, `id="text-en"`):]
	addresses := regexp.MustCompile(`http://[^\s<]+`).FindAllString(text[:strings.Index(text, "</textarea>")], -1)
	if len(addresses) != 5 {
		t.Fatalf("the signature has %d addresses", len(addresses))
	}
	s.Get(strings.ReplaceAll(addresses[0], "&amp;", "&")).Is(200).Shows("You chose 5, Very satisfied").Stored(0)
	// The code reads as the address in capitals, and leads to the form.
	picture := get("/staff/links/" + code + "/qr.png?size=receipt").Is(200)
	if _, err := png.Decode(bytes.NewReader([]byte(picture.Text))); err != nil {
		t.Fatal(err)
	}
	read := scanned(t, []byte(picture.Text))
	if read != strings.ToUpper(s.URL+"/f/"+code) {
		t.Errorf("the code reads %q", read)
	}
	s.Get(strings.TrimPrefix(read, strings.ToUpper(s.URL))).Is(200).Shows("Overall, how satisfied")
	if svg := get("/staff/links/" + code + "/qr.svg").Is(200); !strings.HasPrefix(svg.Header.Get("Content-Type"), "image/svg+xml") {
		t.Errorf("the drawing is %s", svg.Header.Get("Content-Type"))
	}
	w := s.Browse(800, me)
	w.Open("/staff/links/" + code + "/poster")
	if got := scanned(t, w.Seen()); got != read {
		t.Errorf("the poster on the screen reads %q", got)
	}
	s.Send("/f/"+code, sitetest.Feedback{Rating: "4"})
	get("/staff/links/" + code).Shows("1 response")
	post("/staff/links/"+code, url.Values{"do": {"close"}, "sure": {"yes"}}).Is(http.StatusSeeOther)
	post("/staff/links/"+code, url.Values{"do": {"close"}, "sure": {"yes"}}).Is(409).Shows("closed already")
	s.Later() // what a code leads to is believed for a while
	s.Get("/f/" + code).Is(http.StatusGone)
	// What cannot be made is said at its field.
	post("/staff/links/new", url.Values{"survey": {"nothing"}, "service": {"waste"},
		"channel": {"web"}}).Is(422).Shows("Choose a survey from the list")
	post("/staff/links/new", url.Values{"survey": {"customer-satisfaction"}, "service": {"waste"},
		"channel": {"pigeon"}}).Is(422).Shows("Choose a channel from the list")
	post("/staff/links/new", url.Values{"survey": {"customer-satisfaction"}, "service": {"waste"}, "channel": {"web"},
		"expires-day": {"1"}, "expires-month": {"2"}, "expires-year": {"2020"}}).Is(422).Shows("The last day is over already")
	post("/staff/links/new", url.Values{"survey": {"customer-satisfaction"}, "service": {"waste"}, "channel": {"web"},
		"about": {"<script>"}}).Is(http.StatusSeeOther)
}

// A consultation on the budget: its link is about no one service and stands for no channel, which tables show. Access points split
// and filter as channels do.
func TestABudgetConsultation(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	cookie := s.SignIn(s.Person("consultation"))
	get := func(to string) *sitetest.Answer { return s.Get(to, "Cookie", cookie) }
	get("/staff/results?survey=customer-satisfaction").Is(200).Hides("By access point", "All access points") // there is none yet
	if _, err := s.Links.Add(t.Context(), s.By(),
		links.New{Survey: "customer-satisfaction", Service: "waste", Channel: "kiosk", AccessPoint: "Town hall"}); err != nil {
		t.Fatal(err)
	}
	at := s.Post("/staff/links/new",
		url.Values{"survey": {"customer-satisfaction"}, "service": {"-"}, "channel": {"-"}, "place": {"town-hall"}}, "Cookie",
		cookie).Is(303).To()
	get(at).Is(200).Shows("Not about one service", "No channel", "Town hall")
	get("/staff/links").Is(200).Shows("Not about one service", "No channel")
	get(at + "/poster").Is(200).Shows("How did we do?").Hides("Not about one service")
	link := "/f/" + strings.TrimPrefix(at, "/staff/links/")
	s.Get(link).Is(200).Hides("Not about one service")
	s.Send(link, sitetest.Feedback{Rating: "2", Reasons: url.Values{"comment": {"Spend it on libraries"}}})
	s.Send(s.Link("web"), sitetest.Feedback{Rating: "5", Reasons: url.Values{"comment": {"Always on time"}}})
	page := get("/staff/results?survey=customer-satisfaction").Is(200).Shows("By access point", "All access points",
		"Not about one service", "No channel", "No access point")
	if n := page.Table("all-access_point").Figure("Town hall", "Answers"); n != "1" {
		t.Errorf("the town hall has %s answers", n)
	}
	get("/staff/results?survey=customer-satisfaction&access_point=town-hall").Is(200).Shows("1 response counts here.",
		"Spend it on libraries").Hides("Always on time")
	get("/staff/results?survey=customer-satisfaction&access_point=nowhere").Is(422).Shows("town-hall")
	get("/staff/comments?survey=customer-satisfaction&access_point=town-hall").Is(200).Shows("Spend it on libraries").Hides("Always on time")
	get("/staff/results/table.csv?survey=customer-satisfaction&by=access_point").Is(200).Shows("Town hall", "No access point")
	get("/staff/council").Is(200)
	for _, role := range []string{"service", "viewer", "administrator"} {
		s.Get("/staff/results?survey=customer-satisfaction&access_point=town-hall", "Cookie", s.SignIn(s.Person(role))).Is(200)
	}
}

func scanned(t *testing.T, picture []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "code.png")
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "zbarimg", "--quiet", "--raw", file).Output()
	if err != nil {
		t.Errorf("zbarimg cannot read the code (make test installs it): %v", err)
	}
	return strings.TrimSpace(string(out))
}

// One response for one job; a reference that nobody signed opens nothing; and the reference is stored nowhere.
func TestJobLinks(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	boss := s.SignIn(s.Person("administrator"))
	link := s.Link("telephone")
	to := jobAddress(s, link, "Repair 12/ŵ")
	first, second := s.Get(to).Is(200), s.Get(to).Is(200)
	if first.Header.Get("Cache-Control") != "no-store" || first.Token() == second.Token() {
		t.Error("the form of a job may be kept and shown to somebody else")
	}
	later := s.Post(link, url.Values{"token": {first.Token()}, "rating": {"2"}}).Stored(1).To()
	s.Post(link, url.Values{"token": {first.Token()}, "rating": {"1"}}).Is(303).Stored(1) // a second click
	s.Post(link, url.Values{"token": {second.Token()},
		"rating": {"5"}}).Is(409).Shows("Feedback about this job has been sent already").Stored(1)
	s.Post(later, url.Values{"reason": {"time"}, "comment": {"It dripped"}}).Is(303).Stored(1)
	// What mail programs and sentences add to the address does not keep the form from opening.
	for _, spoilt := range []string{strings.Replace(to, "&sig=", "&amp;sig=", 1), to + ".", to + ")", to + "%20", to + "%3E,"} {
		s.Get(spoilt).Is(200)
	}
	query := strings.TrimPrefix(to, link)
	s.Get(link + "/" + query).Is(308)
	s.Get(link + "?job=Repair+13&sig=00").Is(404).Shows("does not fit its signature")
	s.Get(link + "?job=Repair+13").Is(404)
	s.Get(strings.Replace(to, "Repair", "repair", 1)).Is(404)
	s.Get(link).Is(200)
	var found int
	if err := s.Database.Owner().Get(&found,
		`SELECT count(*) FROM responses WHERE to_jsonb(responses)::text ILIKE '%repair 12%'`); err != nil || found != 0 {
		t.Errorf("the reference stands in %d rows: %v", found, err)
	}
	// A new secret leaves the old one good; the next ends it.
	s.Get("/staff/links/jobs", "Cookie",
		boss).Is(200).Shows("<code class=\"site-code\">"+s.URL+"/f/CODE?job=REFERENCE&amp;sig=SIGNATURE</code>").Shows("Secret 1",
		"openssl", "HMACSHA256", "hash_hmac")
	s.Post("/staff/links/jobs", url.Values{"after": {"1"}, "sure": {"yes"}}, "Cookie", boss).Is(303)
	s.Post("/staff/links/jobs", url.Values{"after": {"1"}}, "Cookie", boss).Is(303) // a second click makes no third
	s.Get(to).Is(200)
	s.Get(jobAddress(s, link, "Repair 14")).Is(200)
	s.Post("/staff/links/jobs", url.Values{"after": {"2"}, "sure": {"yes"}}, "Cookie", boss).Is(303)
	s.Get(to).Is(404)
	officer := s.SignIn(s.Person("consultation"))
	s.Get("/staff/links/jobs", "Cookie", officer).Is(403)
}
