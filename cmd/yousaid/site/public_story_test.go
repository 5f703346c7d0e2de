package site_test

import (
	"archive/zip"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"yousaid/analytics/actions"
	"yousaid/analytics/releases"
	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/question"
)

// soon waits for what the site believes for a second.
func soon(s *sitetest.Site, path string, words ...string) *sitetest.Answer {
	s.T.Helper()
	var a *sitetest.Answer
	for range 60 {
		a = s.Get(path)
		all := true
		for _, w := range words {
			all = all && strings.Contains(a.Text, w)
		}
		if all {
			return a
		}
		time.Sleep(50 * time.Millisecond)
	}
	return a.Shows(words...)
}

// What people said and what was done is there for everybody: in both languages, as pages, files, feeds and a frame; and gone when it is withdrawn.
func TestThePublicReadsWhatWasDone(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	n := promised(s, actions.Published, late)
	promised(s, actions.Published, func(c *actions.Content) {
		c.Texts.YouSaid = question.Text{"en": `Bins <script>alert(1)</script> & "lids"`, "cy": "Biniau"}
		c.Service = 0
	})
	list := soon(s, "/testham/you-said-we-did", "Repairs take too long.", "Bins &lt;script&gt;").Is(200).Hides("<script>alert")
	if h := list.Header; h.Get("ETag") == "" || h.Get("X-Robots-Tag") != "" || h.Get("Set-Cookie") != "" || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("headers %v", h)
	}
	s.Get("/testham/you-said-we-did", "If-None-Match", list.Header.Get("ETag")).Is(http.StatusNotModified)
	list.Shows("Overdue: this should have been done by")
	s.Get("/testham/you-said-we-did?lang=cy").Is(200).Shows("Fe ddywedoch chi, fe wnaethom ni", "Mae atgyweiriadau’n cymryd gormod o amser.", "Hwyr:")
	s.Get("/testham/you-said-we-did", "Accept-Language", "cy").Is(200).Shows("Fe ddywedoch chi")
	s.Get("/testham/you-said-we-did?words=repairs+LONG").Is(200).Shows("Repairs take", "1 thing was found").Hides("Bins")
	s.Get("/testham/you-said-we-did?service=repairs").Is(200).Shows("Repairs take").Hides("Bins")
	s.Get("/testham/you-said-we-did?service=%00%ff&words=" + url.QueryEscape(strings.Repeat("x", 5000))).Is(200).Shows("Nothing fits")
	s.Get("/testham/you-said-we-did/1").Is(200).Shows("We are doing", "We hired more fitters.")
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
	if err := xml.Unmarshal([]byte(s.Get("/testham/you-said-we-did/feed.atom").Is(200).Text), &feed); err != nil || len(feed.Entries) != 2 || feed.ID == "" || feed.Updated == "" {
		t.Errorf("%+v: %v", feed, err)
	}
	var items struct {
		Version string
		Items   []struct{ ID, URL, ContentText string }
	}
	if err := json.Unmarshal([]byte(s.Get("/testham/you-said-we-did/feed.json").Is(200).Text), &items); err != nil || len(items.Items) != 2 || !strings.Contains(items.Version, "1.1") {
		t.Errorf("%+v: %v", items, err)
	}
	if rows := s.Get("/testham/you-said-we-did/list.csv").CSV(); len(rows) < 3 {
		t.Errorf("%v", rows)
	}
	s.Get("/testham/you-said-we-did/list.xlsx").Workbook("Number")
	s.Get("/testham/you-said-we-did/list.html").Is(200).Shows("<h2>1. Repairs take too long.</h2>")
	word := s.Get("/testham/you-said-we-did/list.docx?lang=cy").Is(200)
	if _, err := zip.NewReader(strings.NewReader(word.Text), int64(len(word.Text))); err != nil {
		t.Error(err)
	}
	s.Get("/testham/you-said-we-did/list.exe").Is(404)
	s.Get("/nobody/you-said-we-did").Is(404)
	s.Get("/testham/you-said-we-did/99").Is(404)
	// Withdrawn: gone from the list within moments, and its page says why.
	second := s.By()
	second.Name = "second"
	if err := s.Actions.Withdraw(t.Context(), second, n, question.Text{"en": "It was wrong.", "cy": "Roedd yn anghywir."}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1200 * time.Millisecond)
	s.Get("/testham/you-said-we-did").Is(200).Hides("Repairs take too long.")
	s.Get("/testham/you-said-we-did/1").Is(410).Shows("It was wrong.").Hides("Repairs take")
	// The thanks page leads there.
	last := s.Send(s.Link("web"), sitetest.Feedback{Rating: "4", Reasons: url.Values{}, About: url.Values{}})
	s.Get(last).Is(200).Shows(`href="/testham/you-said-we-did"`)
}

// Figures reach the public only through the register: planned, released, in time or late, corrected, withdrawn.
func TestThePublicReadsReleasedFigures(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(900)
	team := s.SignIn(s.Person("consultation"))
	at := planned(s, 6, yesterday())
	future := planned(s, 6, tomorrow())
	soon(s, "/testham/performance", "Late by 1 day, not published yet", "To come").Is(200).Shows("No figures have been published yet")
	var wait sync.WaitGroup
	for range 5 {
		wait.Go(func() { s.Post(at, url.Values{"do": {"publish"}}, "Cookie", team) })
	}
	wait.Wait()
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
	table := public.Table("table-" + id)
	book := s.Get("/testham/performance/" + id + ".xlsx").Workbook("Service")
	sheet := s.Get("/testham/performance/" + id + ".csv").CSV()
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
			if sv.Slug == c.Code {
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
		for where, got := range map[string]string{"page": table.Figure(name, "Answers"), "XLSX": book.Figure(name, "Answers"), "CSV": sheet.Figure(name, "Answers")} {
			if got != want {
				t.Errorf("%s: %s shows %q, the register has %q", name, where, got, want)
			}
		}
	}
	if shown < 3 {
		t.Errorf("%d rows shown, %d hidden: the test shows nothing", shown, hidden)
	}
	s.Get("/testham/performance/" + id + ".docx").Is(200)
	s.Get("/testham/performance/" + id + ".html").Is(200).Shows("<caption>")
	s.Get("/testham/performance/999.csv").Is(404)
	// More answers come; what was published stays.
	before := public.Text[strings.Index(public.Text, "<main"):]
	s.Send(s.Link("web"), sitetest.Feedback{Rating: "1"})
	s.Send(s.LinkTo("customer-satisfaction", "repairs", "web"), sitetest.Feedback{Rating: "1"})
	s.LastMonth()
	time.Sleep(1200 * time.Millisecond)
	after := s.Get("/testham/performance").Text
	if after[strings.Index(after, "<main"):] != before {
		t.Error("what was published moved with later answers")
	}
	s.Post(at, url.Values{"do": {"correct"}, "note-en": {"Late answers were added."}}, "Cookie", team).Is(422)
	s.Post(at, url.Values{"do": {"correct"}, "note-en": {"Late answers were added."}, "note-cy": {"Ychwanegwyd atebion hwyr."}}, "Cookie", team).Is(303)
	soon(s, "/testham/performance", "Late answers were added.")
	var corrected int
	if err := s.Database.Owner().Get(&corrected, `SELECT count(*) FROM releases r JOIN releases o ON o.id = r.corrects_id WHERE o.status = 'corrected' AND r.status = 'released'`); err != nil || corrected != 1 {
		t.Errorf("%d corrections: %v", corrected, err)
	}
	s.Post(at, url.Values{"do": {"withdraw"}, "note-en": {"A fault."}, "note-cy": {"Nam."}}, "Cookie", team).Is(303)
	soon(s, "/testham/performance", "Withdrawn: A fault.").Hides("table-" + id + `"`)
	s.Post(future, url.Values{"do": {"withdraw"}}, "Cookie", team).Is(303)
	s.Get(future, "Cookie", team).Is(404)
	// When the database is away, what was read stays.
	s.Get("/testham/you-said-we-did").Is(200)
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
	}{{"2026-03-31", "", "2026-03-31", 0, true}, {"2026-03-31", "", "2026-04-01", 1, true}, {"2026-10-24", "2026-10-26", "2027-01-01", 2, false}, {"2026-03-28", "2026-03-30", "2027-01-01", 2, false}, {"2026-03-31", "2026-03-01", "2027-01-01", 0, false}} {
		days, waiting := releases.Publication{Due: c.due, PublishedOn: c.published}.Lateness(c.today)
		if days != c.days || waiting != c.waiting {
			t.Errorf("%+v: %d, %v", c, days, waiting)
		}
	}
}
