package figures

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

// Days are those of a calendar, without a zone: adding crosses months, leap days and changes of the clock.
func TestDates(t *testing.T) {
	t.Parallel()
	day := func(s string) Date {
		t.Helper()
		d, err := ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		from string
		days int
		want string
	}{{"2026-03-28", 2, "2026-03-30"}, {"2024-02-28", 1, "2024-02-29"}, {"2026-01-01", -1, "2025-12-31"}, {"2026-10-25", 0, "2026-10-25"}} {
		if got := day(c.from).AddDays(c.days).String(); got != c.want {
			t.Errorf("%s and %d days is %s, want %s", c.from, c.days, got, c.want)
		}
	}
	for _, bad := range []string{"31-03-2026", "2026-02-30", "2026-3-1", "yesterday", "2026-03-31T00:00"} {
		if d, err := ParseDate(bad); err == nil {
			t.Errorf("%q is read as %s", bad, d)
		}
	}
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	if got := day("2026-07-01").In(zone).UTC().Hour(); got != 23 {
		t.Errorf("a day in summer begins at %d o'clock UTC", got)
	}
	if got := DateOf(time.Date(2026, 6, 30, 23, 30, 0, 0, time.UTC).In(zone)); got != day("2026-07-01") {
		t.Errorf("half past eleven UTC is on %s", got)
	}
	if !day("2026-03-31").EndsMonth() || day("2026-03-30").EndsMonth() || !day("2026-03-01").StartsMonth() || day("2026-03-02").StartsMonth() {
		t.Error("first and last day of a month")
	}
	if !day("2026-03-31").Before(day("2026-04-01")) || day("2026-04-01").Before(day("2026-04-01")) {
		t.Error("which day is earlier")
	}
	if (Date{}).String() != "" || !day("").IsZero() {
		t.Error("no date is written as nothing")
	}
	type holder struct{ From, To Date }
	raw, err := json.Marshal(holder{From: day("2026-03-01")})
	var read holder
	if err != nil || string(raw) != `{"From":"2026-03-01","To":""}` || json.Unmarshal(raw, &read) != nil || read.From != day("2026-03-01") || !read.To.IsZero() {
		t.Errorf("%s %v %+v", raw, err, read)
	}
	if json.Unmarshal([]byte(`{"From":"soon"}`), &read) == nil {
		t.Error("a word is read as a date")
	}
}

func table() Frame {
	return Frame{Measure: Measure{Code: "rating", Text: "How was it?", Answers: []AnswerCode{{Code: "good"}, {Code: "poor"}, {Code: "dk", DontKnow: true}}},
		Dimensions: []Dimension{
			{ID: "month", Label: "Month", Codes: []Code{{"2026-01", "January 2026"}, {"2026-02", "February 2026"}, {"2026-07", ""}},
				Groups: []CodeGroup{{Code{"group:2026-Q1", "Quarter 1"}, []string{"2026-01", "2026-02"}}}},
			{ID: "channel", Label: "Channel", Codes: []Code{{"web", "Web"}, {"", "Not known"}}},
		}}
}

// A code is found in words, in its group, and as what it sums.
func TestDimensions(t *testing.T) {
	t.Parallel()
	f := table()
	months := f.Dimensions[0]
	for code, want := range map[string]string{"2026-01": "January 2026", "group:2026-Q1": "Quarter 1", All: "All", "2031-01": "2031-01"} {
		if got := months.Word(code); got != want {
			t.Errorf("%s is called %q, want %q", code, got, want)
		}
	}
	for code, want := range map[string]string{"2026-01": "group:2026-Q1", "2026-07": All, All: "", "group:2026-Q1": All} {
		if got := months.Part(code); got != want {
			t.Errorf("%s is part of %q, want %q", code, got, want)
		}
	}
	if !months.IsGroup("group:2026-Q1") || months.IsGroup("2026-01") {
		t.Error("which code is a subtotal")
	}
	if got := f.PartOf(0, "group:2026-Q1"); !slices.Equal(got, []string{"2026-01", "2026-02"}) {
		t.Errorf("the quarter is made of %v", got)
	}
	if got := f.PartOf(1, "web"); !slices.Equal(got, []string{"web"}) {
		t.Errorf("a code is made of %v", got)
	}
	for _, c := range []struct {
		codes []string
		want  bool
	}{{[]string{"2026-01", "web"}, true}, {[]string{"2026-01", ""}, true}, {[]string{"group:2026-Q1", "web"}, false}, {[]string{"2026-01", All}, false}} {
		if f.Finest(c.codes) != c.want {
			t.Errorf("%v is no sum: %v", c.codes, !c.want)
		}
	}
	if f.Overlapping() {
		t.Error("nobody is in two cells")
	}
	f.Dimensions[1].Overlaps = true
	if !f.Of().Overlapping() {
		t.Error("one response is in several codes")
	}
}

// A table says in words what it shows and of when.
func TestTitlesAndPeriods(t *testing.T) {
	t.Parallel()
	f := table()
	if got := f.Title(); got != "How was it: by month and channel" {
		t.Error(got)
	}
	f.Measure.Text, f.Dimensions = "", []Dimension{{Label: "LSOA"}, {Label: ""}}
	if got := f.Title(); got != "rating: by LSOA and " {
		t.Error(got)
	}
	f.Dimensions = nil
	if got := f.Title(); got != "rating" {
		t.Error(got)
	}
	first, last := Date{2026, time.March, 1}, Date{2026, time.March, 31}
	for want, period := range map[string][2]Date{
		"1 March 2026 to 31 March 2026": {first, last}, "since 1 March 2026": {first, Date{}}, "up to 31 March 2026": {Date{}, last}, "all answers so far": {},
	} {
		f.From, f.To = period[0], period[1]
		if got := f.Period(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Answers have columns of their own, but for "don't know", and numbers have none.
func TestCounted(t *testing.T) {
	t.Parallel()
	m := table().Measure
	if got := m.Counted(); len(got) != 2 || got[1].Code != "poor" {
		t.Errorf("%+v", got)
	}
	if m.Number = true; m.Counted() != nil {
		t.Error("numbers have columns")
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	if f, err := ParseFilter(" channel = web, telephone,"); err != nil || f.Dimension != "channel" || !slices.Equal(f.Values, []string{"web", "telephone"}) {
		t.Errorf("%+v %v", f, err)
	}
	for _, bad := range []string{"", "channel", "=web", "channel=", "channel=,"} {
		if f, err := ParseFilter(bad); err == nil {
			t.Errorf("%q is read as %+v", bad, f)
		}
	}
	q := Query{Measure: "rating"}
	if !q.OfEverybody().Everybody || q.Everybody {
		t.Error("the query of everybody is another one")
	}
}

// A cell knows its first code, and whether it is of everybody.
func TestCells(t *testing.T) {
	t.Parallel()
	if (Cell{}).Code() != "" || (Cell{Codes: []string{"web", "x"}}).Code() != "web" {
		t.Error("the first code of a cell")
	}
	if !(Cell{Codes: []string{All, All}}).Everybody() || (Cell{Codes: []string{All, "web"}}).Everybody() {
		t.Error("which cell is of everybody")
	}
}
