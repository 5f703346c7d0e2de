package equality

import (
	"strings"
	"testing"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
	"yousaid/server/page"
	"yousaid/server/staff"
	"yousaid/surveys/wording"
)

// A crossed table has a line for each group and one for all, a column for each of the second dimension and one for all, and a word for
// every cell without a figure.
func TestACrossedTable(t *testing.T) {
	t.Parallel()
	l := disclosure.Lattice{
		Dimensions: []disclosure.Dimension{{ID: "sex", Codes: []string{"f", "m", ""}}, {ID: "channel", Codes: []string{"web", "kiosk"}}},
		Answers:    []disclosure.Answer{{Code: "2", HasSatisfied: true, Satisfied: true}, {Code: "1", HasSatisfied: true}},
		Counts:     []int64{40, 20, 2, 1, 30, 45, 0, 0, 12, 14, 3, 2},
		NotAsked:   []bool{false, false, false, true, false, false},
	}
	protected, err := disclosure.Protect(l, disclosure.Rules{Equality: true, Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	a := tables.Protected{Table: protected}
	a.Measure.HasShare = true
	a.Dimensions = []figures.Dimension{
		{ID: "sex", Label: wording.Plain("Sex"), Codes: []figures.Code{
			{Code: "f", Label: wording.Plain("Female")},
			{Code: "m", Label: wording.Plain("Male")},
			{Code: "", Label: wording.Plain("No answer")},
		}},
		{ID: "channel", Label: wording.Plain("Channel"), Codes: []figures.Code{
			{Code: "web", Label: wording.Plain("Website")},
			{Code: "kiosk", Label: wording.Plain("Kiosk")},
		}},
	}
	table := staff.ProtectedTable(page.Page{}, a)
	var lines []string
	for _, row := range table.Rows {
		var line []string
		for i, c := range row {
			line = append(line, strings.TrimSpace(c.Text+" "+c.More))
			if c.Head != (i == 0) || c.Text[0] == '[' && c.Spoken == "" {
				t.Errorf("%+v", c)
			}
		}
		lines = append(lines, strings.Join(line, " | "))
	}
	got := strings.Join(lines, "\n")
	if !strings.HasPrefix(got, "Female | ") || !strings.Contains(got, "Male | ") || !strings.Contains(got, "| [z] |") ||
		!strings.Contains(got, "\nNo answer |") ||
		!strings.Contains(got, "\nAll |") ||
		len(table.Columns) != 4 ||
		len(lines) != 4 {
		t.Errorf("%s", got)
	}
	look := staff.SuppressionOf(a)
	if look.Cells != 12 || look.NotAsked != 1 || look.Hidden != strings.Count(got, "[c]") || look.Hidden == 0 {
		t.Errorf("%+v of\n%s", look, got)
	}
	for _, hidden := range []string{"n = 3 ", "n = 5 "} { // of the small groups
		if strings.Contains(got+" ", hidden) {
			t.Errorf("a small group is shown:\n%s", got)
		}
	}
	words := assessment(page.Page{}, a)
	for _, part := range []string{"Which groups differ", "Section 149 of the Equality Act 2010", "not weighted"} {
		if !strings.Contains(words, part) {
			t.Errorf("%q is not in\n%s", part, words)
		}
	}
}

// A refusal of the register that names an earlier release leads to it.
func TestARefusalLeadsToTheReleaseItNames(t *testing.T) {
	t.Parallel()
	var view EqualityReleasePage
	unproved := refusal.Refuse(refusal.AboutNothing, "refusal.unproved|It was not proved safe.")
	unproved.AuditedWith = []int64{1234}
	view.refuse(unproved)
	if view.Earlier.Href != "/staff/releases/1234" || view.Problems.For("release") == "" {
		t.Errorf("%+v", view)
	}
	view = EqualityReleasePage{}
	view.refuse(refusal.Refuse(refusal.AboutTo, "refusal.the_period_ends_before|The period ends before it begins."))
	if view.Earlier != (page.Link{}) {
		t.Errorf("%+v", view.Earlier)
	}
}

func TestPointsHaveTheirSign(t *testing.T) {
	t.Parallel()
	for diff, want := range map[float64]string{-0.2184: "−21.8", 0.002: "+0.2", 0.0001: "0.0", -0.0001: "0.0"} {
		if got := points(diff); got != want {
			t.Errorf("%g is written %s, not %s", diff, got, want)
		}
	}
	for want, g := range map[string]tables.Difference{
		"No clear gap": {Low: -0.1, High: 0.1},
		"No clear gap once several groups are compared":         {Low: 0.01, High: 0.1},
		"Higher: significant at 0.05 level":                     {Low: 0.01, High: 0.1, Clear: true, Higher: true},
		"Lower: significant at 0.05 level; low reliability [u]": {Low: -0.1, High: -0.1, Clear: true, Unreliable: true},
	} {
		if got := called(page.Page{}, g); got != want {
			t.Errorf("%+v is called %q, not %q", g, got, want)
		}
	}
}

// A refusal stands at the field that can put it right; nothing reads its sentence for that.
func TestARefusalStandsAtItsField(t *testing.T) {
	t.Parallel()
	crossed := staff.Filters{By: "sex", And: "channel"}
	for _, c := range []struct {
		about refusal.About
		of    string
		f     staff.Filters
		want  string
	}{
		{refusal.AboutFrom, "", crossed, "from"},
		{refusal.AboutTo, "", crossed, "to"},
		{refusal.AboutSurvey, "", crossed, "survey"},
		{refusal.AboutMeasure, "", crossed, "measure"},
		{refusal.AboutFilter, "access_point", crossed, "access_point"},
		{refusal.AboutFilter, "channel", crossed, "channel"},
		{refusal.AboutFilter, "", crossed, "service"},
		{refusal.AboutSplit, "channel", crossed, "and"},
		{refusal.AboutSplit, "", crossed, "and"},
		{refusal.AboutSplit, "sex", crossed, "by"},
		{refusal.AboutSplit, "", staff.Filters{By: "sex"}, "by"},
		{refusal.AboutNothing, "", crossed, "by"},
	} {
		if got := fieldOf(c.f, refusal.Refusal{About: c.about, Of: c.of}); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.about, c.of, got, c.want)
		}
	}
}
