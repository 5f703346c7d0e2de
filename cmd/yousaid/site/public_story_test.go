package site_test

import (
	"archive/zip"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"

	"yousaid/analytics/actions"
	"yousaid/analytics/calendar"
	"yousaid/analytics/releases"
	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/question"
	"yousaid/surveys/tablefile"
)

// soon is a page once the site has looked again.
func soon(s *sitetest.Site, path string, words ...string) *sitetest.Answer {
	s.T.Helper()
	s.Later()
	return s.Get(path).Shows(words...)
}

// What people said and what was done is there for everybody: in both languages, as pages, files, feeds and a frame; and gone when
// it is withdrawn.
func TestThePublicReadsWhatWasDone(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	n := promised(s, actions.Published, late)
	promised(s, actions.Published, func(c *actions.Content) {
		c.Texts.YouSaid = question.Text{"en": `Bins <script>alert(1)</script> & "lids"`, "cy": "Biniau"}
		c.Service = 0
	})
	list := soon(s, "/testham/you-said-we-did", "Repairs take too long.", "Bins &lt;script&gt;").Is(200).Hides("<script>alert")
	if h := list.Header; h.Get("ETag") == "" || h.Get("X-Robots-Tag") != "" || h.Get("Set-Cookie") != "" ||
		!strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("headers %v", h)
	}
	s.Get("/testham/you-said-we-did", "If-None-Match", list.Header.Get("ETag")).Is(http.StatusNotModified)
	list.Shows("Overdue</strong> it was to be done by", `type="application/atom&#43;xml"`).Hides(`name="robots"`)
	s.Get("/testham/you-said-we-did?lang=cy").Is(200).Shows("Fe ddywedoch chi, fe wnaethom ni",
		"Mae atgyweiriadau’n cymryd gormod o amser.", "Hwyr</strong>")
	s.Get("/testham/you-said-we-did", "Accept-Language", "cy").Is(200).Shows("Fe ddywedoch chi")
	s.Get("/testham/you-said-we-did?q=r%C3%A9pairs+LONG").Is(200).Shows("Repairs take", "1 item was found", `name="robots"`).Hides("Bins &lt;")
	s.Get("/testham/you-said-we-did?service=repairs").Is(200).Shows("Repairs take").Hides("Bins &lt;")
	s.Get("/testham/you-said-we-did?service=%00%ff&q=" + url.QueryEscape(strings.Repeat("x", 5000))).Is(200).Shows("Nothing fits")
	s.Get("/testham/you-said-we-did/1").Is(200).Shows("We are doing", "We hired more fitters.", `lang="cy"`,
		"Fe wnaethom gyflogi mwy o osodwyr.")
	embed := s.Get("/testham/you-said-we-did/embed").Is(200).Shows(`target="_top"`)
	if embed.Header.Get("X-Frame-Options") != "" || !strings.Contains(embed.Header.Get("Content-Security-Policy"), "frame-ancestors *") {
		t.Errorf("the list cannot stand in a frame: %v", embed.Header)
	}
	s.Get("/testham/you-said-we-did/poster").Is(200).Shows("<svg", "/testham/you-said-we-did")
	var feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Updated string   `xml:"updated"`
		Entries []struct {
			ID, Title, Updated, Content string
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(s.Get("/testham/you-said-we-did/feed.atom").Is(200).Text), &feed); err != nil ||
		len(feed.Entries) != 2 || feed.ID == "" || feed.Updated == "" {
		t.Errorf("%+v: %v", feed, err)
	}
	var items struct {
		Version string
		Items   []struct{ ID, URL, ContentText string }
	}
	if err := json.Unmarshal([]byte(s.Get("/testham/you-said-we-did/feed.json").Is(200).Text), &items); err != nil ||
		len(items.Items) != 2 || !strings.Contains(items.Version, "1.1") {
		t.Errorf("%+v: %v", items, err)
	}
	if rows := s.Get("/testham/you-said-we-did/list.csv").CSV(); len(rows) < 3 {
		t.Errorf("%v", rows)
	}
	s.Get("/testham/you-said-we-did/list.xlsx").Workbook("Number")
	s.Get("/testham/you-said-we-did/list.html").Is(200).Shows(`<table aria-label="`, "<td>Repairs take too long.</td>", "Bins &lt;script&gt;")
	word := s.Get("/testham/you-said-we-did/list.docx?lang=cy").Is(200)
	if _, err := zip.NewReader(strings.NewReader(word.Text), int64(len(word.Text))); err != nil {
		t.Error(err)
	}
	s.Get("/testham/you-said-we-did/list.exe").Is(404)
	s.Get("/nobody/you-said-we-did").Is(404)
	s.Get("/testham/you-said-we-did/99").Is(404)
	// Withdrawn: gone from the list within moments, with the reason on its page.
	second := s.By()
	second.Name = "second"
	if err := s.Actions.Withdraw(t.Context(), second, n, question.Text{"en": "It was wrong.", "cy": "Roedd yn anghywir."}); err != nil {
		t.Fatal(err)
	}
	s.Later()
	s.Get("/testham/you-said-we-did").Is(200).Hides("Repairs take too long.")
	s.Get("/testham/you-said-we-did/1").Is(410).Shows("It was wrong.").Hides("Repairs take")
	// The thanks page leads there.
	last := s.Send(s.Link("web"), sitetest.Feedback{Rating: "4", Reasons: url.Values{}, About: url.Values{}})
	s.Get(last).Is(200).Shows(`href="/testham/you-said-we-did?lang=en"`)
}

// Figures reach the public only through the register: planned, released, in time or late, corrected, withdrawn.
func TestThePublicReadsReleasedFigures(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(900)
	// So that a file in Welsh is Welsh throughout.
	s.Database.Owner().MustExec(`UPDATE services SET names = names || jsonb_build_object('cy', 'Gwasanaeth ' || (names->>'en'))`)
	team := s.SignIn(s.Person("consultation"))
	at := planned(s, 6, yesterday())
	future := planned(s, 5, tomorrow())
	soon(s, "/testham/performance", "Late: 1 day so far", "Planned").Is(200).Shows("No figures have been published yet",
		"1 publication is late")
	s.Post(at, url.Values{"do": {"withdraw"}, "sure": {"yes"}}, "Cookie", team).Is(409) // what was missed stays to be seen
	var wait sync.WaitGroup
	for range 5 {
		wait.Go(func() { s.Post(at, url.Values{"do": {"publish"}}, "Cookie", team) })
	}
	wait.Wait()
	soon(s, "/testham/performance", "No figures have been published yet") // one person alone publishes nothing
	agreed(s, at)
	var n int
	if err := s.Database.Owner().Get(&n, `SELECT count(*) FROM releases`); err != nil || n != 1 {
		t.Errorf("%d releases: %v", n, err)
	}
	public := soon(s, "/testham/performance", "1 day late", "Likely range").Is(200)
	id := strings.TrimPrefix(at, "/staff/published/")
	list, err := s.Publications.Publications(t.Context(), s.Org.ID)
	if err != nil {
		t.Fatal(err)
	}
	var release releases.Release
	for _, p := range list {
		if p.State == "published" {
			if release, err = s.Publications.Release(t.Context(), s.Org.ID, p.Release); err != nil {
				t.Fatal(err)
			}
		}
	}
	// The page and the files have the register's figures, and nothing of what it hides.
	name := regexp.MustCompile(`/testham/performance/` + id + `/1/([a-z0-9-]+)\.csv`).FindStringSubmatch(public.Text)[1]
	files := "/testham/performance/" + id + "/1/" + name
	table := s.Get("/testham/performance/" + id).Is(200).Table("main-content")
	book := s.Get(files + ".xlsx").Workbook("Service")
	sheet := s.Get(files + ".csv").CSV()
	shown, hidden := 0, 0
	labels, err := s.Catalogue.Services(t.Context(), s.Org.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range release.Cells {
		name := "Not known"
		called := map[string]int{}
		for _, sv := range labels {
			called[sv.Names["en"]]++
			if sv.Slug == c.Code() {
				name = sv.Names["en"]
			}
		}
		if called[name] > 1 {
			continue // two services of one name: their rows cannot be told apart by it
		}
		want := "[c]"
		if c.Hidden {
			hidden++
		} else {
			shown++
			want = sitetest.Table{{"", "n"}, {"x", page(c.N)}}.Figure("x", "n")
		}
		for where, got := range map[string]string{"page": strings.TrimSuffix(table.Figure(name, "People who answered"), " [u]"),
			"XLSX": book.Figure(name, "Number of answers"), "CSV": sheet.Figure(name, "Number of answers")} {
			if got != want {
				t.Errorf("%s: %s shows %q, the register has %q", name, where, got, want)
			}
		}
	}
	if shown < 3 {
		t.Errorf("%d rows shown, %d hidden: the test shows nothing", shown, hidden)
	}
	sameFiles(s, release.ID, files)
	s.Get(files + ".docx").Is(200)
	s.Get(files + ".html").Is(200).Shows(`<table aria-label="`)
	for _, bad := range []string{"/testham/performance/999", "/testham/performance/" + id + "/2/" + name + ".csv", files + ".pdf",
		"/testham/performance/" + strings.TrimPrefix(future, "/staff/published/"), "/nobody/performance/" + id} {
		s.Get(bad).Is(404)
	}
	// More answers come; what was published stays.
	before := public.Text[strings.Index(public.Text, "<main"):]
	s.Send(s.Link("web"), sitetest.Feedback{Rating: "1"})
	s.Send(s.LinkTo("customer-satisfaction", "repairs", "web"), sitetest.Feedback{Rating: "1"})
	s.LastMonth()
	s.Later()
	after := s.Get("/testham/performance").Text
	if after[strings.Index(after, "<main"):] != before {
		t.Error("what was published moved with later answers")
	}
	s.Post(at, url.Values{"do": {"correct"}, "note-en": {"Late answers were added."}}, "Cookie", team).Is(422)
	s.Post(at, url.Values{"do": {"correct"}, "note-en": {"Late answers were added."}, "note-cy": {"Ychwanegwyd atebion hwyr."}},
		"Cookie", team).Is(303)
	waits := regexp.MustCompile(`name="change" value="(\d+)"`).FindStringSubmatch(s.Get(at, "Cookie",
		team).Is(200).Shows("You proposed it", "Late answers were added.").Hides("Approve the change").Text)[1]
	s.Post(at, url.Values{"do": {"approve-change"}, "change": {waits}}, "Cookie", team).Is(303)
	if after := soon(s, "/testham/performance").Text; after[strings.Index(after, "<main"):] != before {
		t.Error("one person alone changed what is public")
	}
	boss := s.SignIn(s.Person("administrator"))
	s.Get(at, "Cookie", boss).Is(200).Shows("The public reads now", "After the change", "Approve the change")
	s.Post(at, url.Values{"do": {"approve-change"}, "change": {waits}}, "Cookie", boss).Is(303)
	soon(s, "/testham/performance", "Late answers were added.")
	// The old table stays to be compared, and says that it was corrected.
	s.Get("/testham/performance/"+id).Is(200).Shows(id+"/1/"+name+".csv", id+"/2/"+name+".csv", "since corrected")
	s.Get(files + ".docx").Is(200)
	s.Post(at, url.Values{"do": {"correct"}, "note-en": {"Again."}, "note-cy": {"Eto."}}, "Cookie", team).Is(422).Shows("nothing to correct")
	var corrected int
	if err := s.Database.Owner().Get(&corrected,
		`SELECT count(*)
		FROM   releases r JOIN releases o ON o.id = r.corrects_id
		WHERE  o.status = 'corrected' AND r.status = 'released'`); err != nil || corrected != 1 {
		t.Errorf("%d corrections: %v", corrected, err)
	}
	s.Post(at, url.Values{"do": {"withdraw"}, "sure": {"yes"}, "note-en": {"A fault."}, "note-cy": {"Nam."}}, "Cookie", team).Is(303)
	soon(s, "/testham/performance", "Withdrawn on")
	s.Get("/testham/performance/" + id).Is(410).Shows("A fault.").Hides("<table")
	s.Get(files + ".csv").Is(410).Hides("[c]")
	s.Post(future, url.Values{"do": {"withdraw"}, "sure": {"yes"}}, "Cookie", team).Is(303)
	s.Get(future, "Cookie", team).Is(404)
}

func page(n int64) string {
	b, _ := json.Marshal(n)
	return string(b)
}

// In time until the due day is over.
func TestLateness(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		due, published, today string
		days                  int
		waiting               bool
	}{{"2026-03-31", "", "2026-03-31", 0, true}, {"2026-03-31", "", "2026-04-01", 1, true},
		{"2026-10-24", "2026-10-26", "2027-01-01", 2, false}, {"2026-03-28", "2026-03-30", "2027-01-01", 2, false},
		{"2026-03-31", "2026-03-01", "2027-01-01", 0, false}} {
		days, waiting := calendar.Publication{Due: c.due, PublishedOn: c.published}.Lateness(c.today)
		if days != c.days || waiting != c.waiting {
			t.Errorf("%+v: %d, %v", c, days, waiting)
		}
	}
}

// What one reader asks for is never another reader's page, and a page that is kept is let go within the second.
func TestPublicPagesAreKeptApart(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	n := promised(s, actions.Published)
	for _, path := range []string{"/testham/you-said-we-did", "/testham/you-said-we-did/embed", "/testham/you-said-we-did/poster",
		"/testham/performance", "/testham/you-said-we-did/1"} {
		soon(s, path+"?utm=evil-words&q=zebra&service=none&lang=en").Is(200)
		s.Get(path).Is(200).Hides("evil-words", "zebra")
		if path != "/testham/performance" {
			soon(s, path, "Repairs take too long.")
		}
	}
	welsh := s.Get("/testham/you-said-we-did", "Accept-Language", "cy").Is(200).Shows("Fe ddywedoch chi").Header
	english := s.Get("/testham/you-said-we-did").Is(200).Header
	if welsh.Get("ETag") == english.Get("ETag") || !strings.Contains(english.Get("Vary"), "Accept-Language") {
		t.Errorf("one page for two languages: %v %v", welsh, english)
	}
	// Written compressed in every way, it is the same page.
	plain := s.Get("/testham/you-said-we-did", "Accept-Encoding", "identity").Text
	for _, coding := range []string{"gzip", "br", "gzip;q=0, br;q=0"} {
		a := s.Get("/testham/you-said-we-did", "Accept-Encoding", coding)
		text := []byte(a.Text)
		switch a.Header.Get("Content-Encoding") {
		case "br":
			text = read(t, brotli.NewReader(strings.NewReader(a.Text)))
		case "gzip":
			r, err := gzip.NewReader(strings.NewReader(a.Text))
			if err != nil {
				t.Fatal(err)
			}
			text = read(t, r)
		}
		if string(text) != plain {
			t.Errorf("%s gives another page", coding)
		}
	}
	second := s.By()
	second.Name = "second"
	if err := s.Actions.Withdraw(t.Context(), second, n, question.Text{"en": "Wrong.", "cy": "Anghywir."}); err != nil {
		t.Fatal(err)
	}
	s.Later()
	for _, path := range []string{"", "/embed", "/feed.atom", "/feed.json", "?service=repairs&lang=en"} {
		s.Get("/testham/you-said-we-did" + path).Is(200).Hides("Repairs take too long.")
	}
	s.Get("/testham/you-said-we-did/list.csv").Is(200).Shows("none").Hides("Repairs")
}

func read(t *testing.T, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A council that was merged into another leads there.
func TestAMergedCouncilLeadsToItsSuccessor(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	for _, slug := range []string{"oldham", "elderham"} {
		s.Database.Owner().MustExec(`INSERT INTO organisations (slug, link_prefix, names) VALUES ($1, $2, '{"en": "Old"}')`, slug,
			map[string]string{"oldham": "XYZ", "elderham": "XYW"}[slug])
	}
	s.Database.Owner().MustExec(`
		UPDATE organisations
		SET    merged_into = (SELECT id FROM organisations WHERE slug = 'testham')
		WHERE  slug = 'oldham'`)
	s.Database.Owner().MustExec(`
		UPDATE organisations
		SET    merged_into = (SELECT id FROM organisations WHERE slug = 'oldham')
		WHERE  slug = 'elderham'`)
	for from, to := range map[string]string{"/oldham/you-said-we-did": "/testham/you-said-we-did",
		"/elderham/performance": "/testham/performance", "/oldham/you-said-we-did/12": "/testham/you-said-we-did",
		"/oldham/you-said-we-did/feed.atom": "/testham/you-said-we-did/feed.atom"} {
		if at := s.Get(from).Is(http.StatusPermanentRedirect).Header.Get("Location"); at != to {
			t.Errorf("%s leads to %s", from, at)
		}
	}
}

// The list is walked in parts by its items, not by counting: one that is published meanwhile shifts nothing.
func TestTheListIsWalkedInParts(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	for range 45 {
		promised(s, actions.Published)
	}
	seen := map[string]bool{}
	at := "/testham/you-said-we-did?lang=en"
	soon(s, at, "45 items")
	parts := 0
	for at != "" {
		a := s.Get(at).Is(200)
		parts++
		for _, m := range regexp.MustCompile(`id="item-(\d+)"`).FindAllStringSubmatch(a.Text, -1) {
			if seen[m[1]] {
				t.Errorf("item %s is there twice", m[1])
			}
			seen[m[1]] = true
		}
		if parts == 1 {
			promised(s, actions.Published)
			s.Later()
		}
		next := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(a.Text)
		at = ""
		if next != nil {
			at = html.UnescapeString(next[1])
		}
	}
	if len(seen) != 45 || parts != 3 {
		t.Errorf("%d items in %d parts", len(seen), parts)
	}
}

// sameFiles: what staff download of a release and what the public downloads of it are the same bytes, in each format and language.
func sameFiles(s *sitetest.Site, release int64, public string) {
	s.T.Helper()
	staff := s.SignIn(s.Person("consultation"))
	for _, lang := range []string{"en", "cy"} {
		s.Post("/staff/language", url.Values{"language": {lang}}, "Cookie", staff)
		for _, f := range tablefile.Formats(tablefile.Format.HoldsTables) {
			own := s.Get(fmt.Sprintf("/staff/releases/%d/table%s", release, f.Extension()), "Cookie", staff).Is(200).Text
			theirs := s.Get(public + f.Extension() + "?lang=" + lang).Is(200).Text
			if own != theirs {
				s.T.Errorf("release %d as %s in %s differs for staff and the public: %s", release, f.Name, lang, cmp.Diff(inFile(theirs), inFile(own)))
			}
		}
	}
}

// inFile is what a file holds: its parts where it is packed.
func inFile(file string) map[string]string {
	z, err := zip.NewReader(strings.NewReader(file), int64(len(file)))
	if err != nil {
		return map[string]string{"": file}
	}
	parts := map[string]string{}
	for _, one := range z.File {
		r, err := one.Open()
		if err != nil {
			return map[string]string{"": err.Error()}
		}
		body, err := io.ReadAll(r)
		parts[one.Name] = string(body) + fmt.Sprint(err)
		_ = r.Close()
	}
	return parts
}
