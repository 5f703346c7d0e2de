package server_test

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

func TestSigningInAndOut(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	asked := w.send("GET", "/staff/results?survey=customer-satisfaction", nil, nil).shows(t, 303)
	to := asked.Header.Get("Location")
	w.send("GET", to, nil, nil).
		shows(t, 200, `name="next" value="/staff/results?survey=customer-satisfaction"`, `<option value="north">North Council`,
			`<option value="south">South Council`)
	w.send("GET", to+"&organisation=", nil, nil).shows(t, 422, "Choose the council you work for", "name=\"next\"")
	w.send("GET", to+"&organisation=nowhere", nil, nil).shows(t, 422, "Choose the council you work for")
	to = w.send("GET", to+"&organisation=north", nil, nil).shows(t, 303).Header.Get("Location")
	w.send("GET", to, nil, nil).shows(t, 200, `name="next" value="/staff/results?survey=customer-satisfaction"`, "North Council")
	w.as("viewer")
	wrong := w.send("POST", "/staff/sign-in/north", url.Values{"email": {"viewer@north.example"}, "password": {"wrong words here"}}, nil)
	wrong.shows(t, 422, "There is a problem", `href="#email"`, "viewer@north.example", "Error: ").hides(t, "wrong words here")
	unknown := w.send("POST", "/staff/sign-in/north", url.Values{"email": {"nobody@north.example"}, "password": {"wrong words here"}}, nil)
	id := regexp.MustCompile(`[0-9a-f]{16}`)
	if a, b := id.ReplaceAllString(strings.ReplaceAll(wrong.body, "viewer@", "x@"), ""),
		id.ReplaceAllString(strings.ReplaceAll(unknown.body, "nobody@", "x@"), ""); a != b {
		t.Error("the page tells an unknown account from a wrong password")
	}
	// After signing in one lands where one wanted to go, and nowhere outside the site.
	for next, want := range map[string]string{"/staff/results?survey=x": "/staff/results?survey=x", "https://evil.example/staff": "/staff",
		"//evil.example/staff": "/staff",
		"/staff/../../evil":    "/staff/../../evil", "/f/ABC": "/staff", "/staff\\evil": "/staff", "/staffevil": "/staff"} {
		got := w.send("POST", "/staff/sign-in/north", url.Values{"email": {"viewer@north.example"}, "password": {phrase}, "next": {next}}, nil).
			shows(t, 303)
		if got.Header.Get("Location") != want {
			t.Errorf("%s leads to %s", next, got.Header.Get("Location"))
		}
	}
	out := w.send("POST", "/staff/sign-out", url.Values{}, w.as("viewer")).shows(t, 303)
	if to := out.Header.Get("Location"); to != "/staff/sign-in/north" {
		t.Errorf("signed out one is led to %s", to)
	}
	if c := out.Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
		t.Errorf("%v", c)
	}
	w.get("viewer", "/staff").shows(t, 303)
}

func TestTooManyWrongPasswords(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.as("viewer")
	now := time.Date(2026, 4, 15, 12, 30, 0, 0, time.UTC)
	w.auth.Now = func() time.Time { return now } // stands still: on a slow machine the wait would be over before the next guess
	wrong := url.Values{"email": {"viewer@north.example"}, "password": {"wrong words here"}}
	for range 5 {
		w.send("POST", "/staff/sign-in/north", wrong, nil).shows(t, 422)
	}
	got := w.send("POST", "/staff/sign-in/north", wrong, nil).shows(t, 429, "too many wrong passwords", "Wait a minute")
	if got.Header.Get("Retry-After") == "" {
		t.Error("429 says nothing about when to try again")
	}
	// X-Forwarded-For is not believed without a proxy: the next guess is held too.
	w.send("POST", "/staff/sign-in/north", wrong, nil, "X-Forwarded-For", "203.0.113.9").shows(t, 429)
	now = now.Add(time.Second)
	w.send("POST", "/staff/sign-in/north", wrong, nil).shows(t, 422)
}

// Wrong passwords stand in the audit, added up and without a network, and on the page of whose account it is.
func TestFailedSignInsAreShown(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	boss := w.as("administrator")
	w.as("viewer")
	at := time.Date(2026, 4, 15, 9, 59, 0, 0, time.UTC) // 10:59 in London
	w.auth.Now = func() time.Time { return at }
	mine := w.signIn("north", "viewer@north.example", phrase)
	w.send("GET", "/staff/password", nil, mine).shows(t, 200, "Nobody wrote a wrong password")
	guess := func(email string) {
		w.send("POST", "/staff/sign-in/north", url.Values{"email": {email}, "password": {"wrong words here"}}, nil).shows(t, 422)
	}
	guess("viewer@north.example")
	guess("VIEWER@north.example")
	at = at.Add(time.Minute)
	guess("viewer@north.example")
	guess("my password typed here@north.example")
	w.send("GET", "/staff/password", nil, mine).shows(t, 200, "Wrong passwords for your account", "15 April 2026", "10:00 and 12:00", ">3<")
	for range 2 { // looking again adds nothing
		page := w.send("GET", "/staff/audit", nil, boss).shows(t, 200, "person viewer@north.example", "addresses without an account",
			`{&#34;count&#34;:3,&#34;first_hour&#34;:&#34;2026-04-15T09:00:00Z&#34;,&#34;last_hour&#34;:&#34;2026-04-15T10:00:00Z&#34;}`)
		page.hides(t, "typed here", "192.0.2.1")
		if n := strings.Count(page.body, "person.sign_in_failed"); n != 2 {
			t.Errorf("%d entries about failed sign-ins, want 2", n)
		}
	}
	w.send("GET", "/staff/audit", nil, w.as("foreign")).shows(t, 200).hides(t, "sign_in_failed")
	// A month later the counts are gone from the page; what was written into the audit stays.
	at = at.Add(31 * 24 * time.Hour)
	mine = w.signIn("north", "viewer@north.example", phrase)
	w.send("GET", "/staff/password", nil, mine).shows(t, 200, "Nobody wrote a wrong password")
	var left int
	w.must(w.Owner.Get(&left, `SELECT count(*) FROM sign_in_failures`))
	if n, err := w.Ledger.Verify(t.Context(), w.Org.ID); left != 0 || err != nil || n == 0 {
		t.Errorf("%d counts are left; %d entries hold, %v", left, n, err)
	}
}

func TestChangingAPassword(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	old := w.as("viewer")
	w.send("POST", "/staff/password", url.Values{"current": {"wrong words here"}, "password": {"three other words"},
		"again": {"three other words"}}, old).
		shows(t, 422, "not your current password", `href="#current"`).
		hides(t, "three other words")
	w.send("POST", "/staff/password", url.Values{"current": {phrase}, "password": {"short"}, "again": {"short"}}, old).
		shows(t, 422, "at least 12")
	changed := w.send("POST", "/staff/password", url.Values{"current": {phrase}, "password": {"three other words"},
		"again": {"three other words"}}, old).
		shows(t, 303)
	var fresh *http.Cookie
	for _, c := range changed.Cookies() {
		if c.Name == "yousaid" {
			fresh = c
		}
	}
	w.send("GET", "/staff/password", nil, fresh).shows(t, 200, "viewer@north.example")
	w.send("GET", "/staff", nil, old).shows(t, 303)
}

func TestResultsPage(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	got := w.get("consultation", "/staff/results?survey=customer-satisfaction&by=service&and=channel").shows(t, 200,
		"By channel", "By service", "By directorate", "By month", "Your own table", "Phone", "North bins", "The environment", "March 2026",
		"<svg", "95 percent", "remark 111", "Older", "/staff/results/table.csv?")
	// 120 answers, each rating 24 times: mean 3.0, two in five satisfied.
	for _, figure := range []string{">120<", ">24<", ">3.0<", ">40.0%<", ">60<"} {
		if !strings.Contains(got.body, figure) {
			t.Errorf("%s is missing", figure)
		}
	}
	got.hides(t, "[c]", "remark 000 about bins <b>")
	w.get("consultation", "/staff/results?survey=customer-satisfaction&from=2026-03-01&to=2026-03-31&channel=web").
		shows(t, 200, ">30<").
		hides(t, ">120<", "February 2026")
	w.get("consultation", "/staff/results?survey=all").shows(t, 200, ">120<")
	for query, says := range map[string]string{
		"survey=customer-satisfaction&from=soon":      "Write the first day",
		"survey=customer-satisfaction&channel=pigeon": "channel has no value",
		"survey=absent": "no published survey",
		"survey=customer-satisfaction&measure=comment": "own words",
		"survey=customer-satisfaction&by=shoe":         "no dimension",
		"survey=customer-satisfaction&by=%00%ff":       "",
	} {
		status := 422
		if says == "" {
			status = 200
		}
		w.get("consultation", "/staff/results?"+query).shows(t, status, says)
	}
	// A viewer has the figures and not the words; nobody gets groups of people here.
	w.get("viewer", "/staff/results?survey=customer-satisfaction").shows(t, 200, ">120<").hides(t, "remark 1", `id="comments"`)
	w.get("viewer", "/staff/results?survey=customer-satisfaction&by=sex").shows(t, 403)
	w.get("administrator", "/staff/results?survey=customer-satisfaction&by=sex").shows(t, 422, "page Equality").hides(t, "Female")
}

// A service officer has the bins: not the figures of roads, not their comments, whatever the address asks for.
func TestAServiceOfficerSeesOneService(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for _, query := range []string{"", "?survey=customer-satisfaction", "?survey=customer-satisfaction&by=service",
		"?survey=all&channel=telephone", "?survey=customer-satisfaction&service=roads",
		"?survey=customer-satisfaction&directorate=highways", "?survey=customer-satisfaction&words=remark"} {
		for _, path := range []string{"/staff/results", "/staff/comments", "/staff/results/table.csv"} {
			got := w.get("service", path+query)
			if got.StatusCode >= 500 {
				t.Errorf("%s%s: %d", path, query, got.StatusCode)
			}
			got.hides(t, ">120<", ",120,", "North roads", "about roads", "The highways")
		}
	}
	w.get("service", "/staff/results?survey=customer-satisfaction").shows(t, 200, ">60<", "your own services", "about bins")
}

func TestCommentsPageByPage(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	remark := regexp.MustCompile(`remark \d{3} about \w+ &lt;b&gt;`)
	link := regexp.MustCompile(`href="([^"]+)" rel="(next|prev)"`)
	follow := func(body, rel string) string {
		for _, m := range link.FindAllStringSubmatch(body, -1) {
			if m[2] == rel {
				return strings.ReplaceAll(m[1], "&amp;", "&")
			}
		}
		return ""
	}
	var all []string
	path, last := "/staff/comments?survey=customer-satisfaction", ""
	for path != "" {
		got := w.get("consultation", path).shows(t, 200)
		all = append(all, remark.FindAllString(got.body, -1)...)
		last, path = path, follow(got.body, "next")
	}
	if len(all) != 40 || all[0] != "remark 111 about roads &lt;b&gt;" || all[39] != "remark 000 about bins &lt;b&gt;" {
		t.Errorf("%d comments: %v", len(all), all)
	}
	back := w.get("consultation", follow(w.get("consultation", last).body, "prev")).shows(t, 200)
	if got := remark.FindAllString(back.body, -1); len(got) != 25 || got[0] != all[0] || follow(back.body, "prev") != "" {
		t.Errorf("back: %v", got)
	}
	for query, want := range map[string]int{"words=ABOUT+roads+remark": 20, "words=099": 1, "words=%25": 0, "words=_": 0, "rating=1": 8,
		"channel=web": 20, "service=roads": 20,
		"directorate=highways": 20, "from=2026-03-01": 20, "to=2026-02-28": 20, "rating=1&rating=2&channel=telephone": 8} {
		path, n := "/staff/comments?survey=customer-satisfaction&"+query, 0
		for path != "" {
			got := w.get("consultation", path).shows(t, 200)
			n += len(remark.FindAllString(got.body, -1))
			path = follow(got.body, "next")
		}
		if n != want {
			t.Errorf("%s: %d comments, not %d", query, n, want)
		}
	}
	w.get("consultation", "/staff/comments?older=x").shows(t, 404)
	// Redacted is read as redacted and not found by what was there; withheld and withdrawn are not read.
	w.Owner.MustExec(`UPDATE comments SET redacted = 'about [name]' WHERE text LIKE 'remark 111%'`)
	w.Owner.MustExec(`UPDATE comments SET review_state = 'withheld' WHERE text LIKE 'remark 027%'`)
	w.Owner.MustExec(`UPDATE responses SET state = 'withdrawn' WHERE change_no = 55`)
	w.get("consultation", "/staff/comments?survey=customer-satisfaction").
		shows(t, 200, "about [name]", "Redacted", "remark 051").
		hides(t, "remark 111", "remark 027", "remark 054")
	w.get("consultation", "/staff/comments?survey=customer-satisfaction&words=111").shows(t, 200, "No comments fit this").hides(t, "[name]")
}

func TestEqualityPage(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.get("equality", "/staff/equality").shows(t, 200, "Choose a characteristic", "Sex").hides(t, "<table")
	got := w.get("equality", "/staff/equality?survey=customer-satisfaction&by=sex").
		shows(t, 200, "Female", "[c]", "not shown", "groups are not shown", "/staff/equality/table.csv?")
	// Four who would rather not say are hidden, and no figure of theirs is on the page.
	got.hides(t, ">4<")
	for query, says := range map[string]string{
		"by=sex&from=2026-03-02&to=2026-03-31": "first of a month",
		"by=sex&from=2026-04-01&to=2026-04-30": "not over",
		"by=sex&channel=web&service=bins":      "one filter",
		"by=channel":                           "characteristics that the survey asks",
		"by=religion":                          "characteristics that the survey asks",
		"by=shoe":                              "characteristics that the survey asks",
		"by=sex&directorate=highways":          "one service, one channel or one access point",
		"by=sex&from=tomorrow":                 "first day",
	} {
		w.get("equality", "/staff/equality?survey=customer-satisfaction&"+query).shows(t, 422, says).hides(t, "Female</")
	}
	w.get("administrator", "/staff/audit").shows(t, 200, "equality.asked", "equality@north.example")
	w.get("equality", "/staff").shows(t, 200).hides(t, "/staff/results", "120 responses")
}

// The file has what the page has.
func TestFiles(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	csv := w.get("viewer", "/staff/results/table.csv?survey=customer-satisfaction&by=channel&to=2026-02-28").
		shows(t, 200, "Phone", "telephone", "30")
	if got := csv.Header.Get("Content-Disposition"); got != "attachment; filename=customer-satisfaction-rating-by-channel.csv" {
		t.Error(got)
	}
	file := w.get("viewer", "/staff/results/table.xlsx?survey=customer-satisfaction&by=service&and=channel").shows(t, 200)
	book, err := excelize.OpenReader(bytes.NewReader([]byte(file.body)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			all.WriteString(strings.Join(r, "|") + "\n")
		}
	}
	if !strings.Contains(all.String(), "North bins|bins|Website|web|60|") {
		t.Errorf("the workbook has not the table of the page:\n%s", all.String())
	}
	hidden := w.get("equality", "/staff/equality/table.csv?survey=customer-satisfaction&by=sex").shows(t, 200, "[c]", "Female")
	hidden.hides(t, ",4,")
	for path, status := range map[string]int{"/staff/results/table.csv?by=sex": 403, "/staff/results/table.csv?from=x": 422,
		"/staff/results/table.xlsx?channel=pigeon": 422} {
		w.get("viewer", path).shows(t, status)
	}
	w.get("administrator", "/staff/results/table.csv?by=sex").shows(t, 422, "page Equality").hides(t, "Female")
	w.get("equality", "/staff/equality/table.csv?by=channel").shows(t, 422).hides(t, "Telephone,")
}
