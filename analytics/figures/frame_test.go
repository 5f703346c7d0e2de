package figures

import (
	"encoding/json"
	"testing"
	"time"

	"yousaid/surveys/wording"
)

func day(y int, m time.Month, d int) Date { return Date{Year: y, Month: m, Day: d} }

func TestDates(t *testing.T) {
	t.Parallel()
	d, err := ParseDate("2026-03-31")
	if err != nil || d != day(2026, 3, 31) || d.String() != "2026-03-31" || !d.EndsMonth() || d.StartsMonth() ||
		!d.AddDays(1).StartsMonth() || !d.Before(d.AddDays(1)) || d.IsZero() {
		t.Errorf("%v %v", d, err)
	}
	if zero, err := ParseDate(""); err != nil || !zero.IsZero() || zero.String() != "" {
		t.Errorf("%v %v", zero, err)
	}
	if _, err := ParseDate("31.3.2026"); err == nil {
		t.Error("a date the other way round is read")
	}
	raw, err := json.Marshal(struct{ D Date }{d})
	var back struct{ D Date }
	if err != nil || json.Unmarshal(raw, &back) != nil || back.D != d {
		t.Errorf("%s comes back as %v: %v", raw, back.D, err)
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	f, err := ParseFilter(" channel = web, telephone,")
	if err != nil || f.Dimension != "channel" || len(f.Values) != 2 || f.Values[1] != "telephone" {
		t.Errorf("%+v %v", f, err)
	}
	for _, bad := range []string{"", "channel", "=web", "channel=", "channel= , "} {
		if f, err := ParseFilter(bad); err == nil {
			t.Errorf("%q is read as %+v", bad, f)
		}
	}
	if q := (Query{}).OfEverybody(); !q.Everybody {
		t.Error("it is not of everybody")
	}
}

// A frame says in words what its table is about, and what its subtotals are made of.
func TestFrames(t *testing.T) {
	t.Parallel()
	f := Frame{Measure: Measure{Code: "rating", Text: wording.Plain("How satisfied are you?"),
		Answers: []AnswerCode{{Code: "5"}, {Code: "dk", DontKnow: true}}},
		Dimensions: []Dimension{{ID: "service", Label: wording.Plain("Service"),
			Codes:  []Code{{"bins", wording.Plain("Bins")}, {"repairs", wording.Plain("Repairs")}},
			Groups: []CodeGroup{{Code{"group:streets", wording.Plain("Streets, together")}, []string{"bins"}}}},
			{ID: "sex", Label: wording.Plain("Sex"), Overlaps: true}}}
	d := f.Dimensions[0]
	if f.Title().String() != "How satisfied are you: by service and sex" ||
		(Frame{Measure: Measure{Code: "rating"}}).Title().String() != "rating" ||
		!f.Overlapping() || (Frame{}).Overlapping() || f.Of().Measure.Code != "rating" {
		t.Errorf("%q", f.Title().String())
	}
	if d.Word("bins").String() != "Bins" || d.Word("group:streets").String() != "Streets, together" || d.Word(All).String() != "All" ||
		d.Word("x").String() != "x" ||
		!d.IsGroup("group:streets") || d.IsGroup("bins") {
		t.Error("the words of a dimension")
	}
	if d.Part("bins") != "group:streets" || d.Part("repairs") != All || d.Part(All) != "" ||
		f.PartOf(0, "group:streets")[0] != "bins" || f.PartOf(0, "bins")[0] != "bins" {
		t.Error("the parts of a subtotal")
	}
	if !f.Finest([]string{"bins", "x"}) || f.Finest([]string{All, "x"}) || f.Finest([]string{"group:streets", "x"}) {
		t.Error("which groups are sums")
	}
	if len(f.Measure.Counted()) != 1 || (Measure{Number: true, Answers: f.Measure.Answers}).Counted() != nil {
		t.Error("the answers with a column")
	}
	for _, one := range []struct {
		from, to Date
		want     string
	}{
		{Date{}, Date{}, "all answers so far"}, {Date{}, day(2026, 3, 31), "up to 31 March 2026"}, {day(2026, 3, 1), Date{},
			"since 1 March 2026"},
		{day(2026, 3, 1), day(2026, 3, 31), "1 March 2026 to 31 March 2026"},
	} {
		if got := (Frame{From: one.from, To: one.to}).Period().String(); got != one.want {
			t.Errorf("%q, not %q", got, one.want)
		}
	}
	if (Cell{}).Code() != "" || (Cell{Codes: []string{"a", "b"}}).Code() != "a" {
		t.Error("the first code of a cell")
	}
}
