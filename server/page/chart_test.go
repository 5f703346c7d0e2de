package page

import (
	"encoding/xml"
	"errors"
	"html/template"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func f(x float64) *float64 { return &x }

// parsed reads the drawing as strict XML and gives its elements.
type element struct {
	name string
	attr map[string]string
	text string
}

func parsed(t *testing.T, drawn template.HTML) []element {
	t.Helper()
	var list []element
	dec := xml.NewDecoder(strings.NewReader(string(drawn)))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("the drawing is not well formed: %v\n%s", err, drawn)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attr: map[string]string{}}
			for _, a := range token.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			list = append(list, e)
		case xml.CharData:
			if len(list) > 0 {
				list[len(list)-1].text += string(token)
			}
		}
	}
}

func widths(t *testing.T, list []element) (sum float64, n int) {
	t.Helper()
	for _, e := range list {
		if w, ok := strings.CutSuffix(e.attr["width"], "%"); ok && e.name == "rect" && e.attr["stroke-dasharray"] == "" {
			v, err := strconv.ParseFloat(w, 64)
			if err != nil {
				t.Fatal(err)
			}
			sum += v
			n++
		}
	}
	return sum, n
}

func TestStackedBarsShowEveryPartAndBase(t *testing.T) {
	c := Chart{
		ID:    "by channel",
		Title: "Ratings <by> channel",
		Parts: []string{"Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied"},
		Rows: []Row{
			{Label: "Web", N: 1200, Parts: []float64{0.05, 0.1, 0.15, 0.3, 0.4}},
			{Label: `"><script>alert(1)</script>`, N: 4, Parts: []float64{0, 0, 0, 0.25, 0.75}},
			{Label: "Kiosk", N: 3, Hidden: true, Parts: []float64{0.333, 0, 0, 0, 0.667}},
			{Label: "Post", N: 0},
		},
	}
	drawn := StackedBars(all(t).In("en"), c)
	list := parsed(t, drawn)
	sum, n := widths(t, list)
	if n != 7 || sum < 199.9 || sum > 200.1 {
		t.Errorf("%d parts that add up to %v, want 7 and 200", n, sum)
	}
	s := string(drawn)
	for _, want := range []string{"n = 1,200", "n = 4", "not shown", "no answers", "40%", "Web, Very satisfied: 40%, 480 of 1,200 answers",
		"Ratings &lt;by&gt; channel", `role="img"`, `aria-labelledby="by-channel-t" aria-describedby="by-channel-d"`} {
		if !strings.Contains(s, want) {
			t.Errorf("the drawing does not say %q", want)
		}
	}
	for _, bad := range []string{"<script", "n = 3", "33%", "67%", "style="} {
		if strings.Contains(s, bad) {
			t.Errorf("the drawing says %q", bad)
		}
	}
}

func TestShareBarsShowIntervals(t *testing.T) {
	drawn := Bars(all(t).In("cy"), Chart{ID: "s", Title: "Share", Rows: []Row{
		{Label: "Web", N: 120, Value: f(0.62), Low: f(0.53), High: f(0.7)},
		{Label: "Post", N: 0},
		{Label: "Kiosk", N: 2, Value: f(0.5), Low: f(0.1), High: f(0.9), Hidden: true},
		{Label: "All", N: 9, Value: f(1), Low: f(0.7), High: f(1)},
	}})
	list := parsed(t, drawn)
	var whiskers []string
	for _, e := range list {
		if e.name == "line" && e.attr["stroke"] == "" && e.attr["x1"] != e.attr["x2"] {
			whiskers = append(whiskers, e.attr["x1"]+" "+e.attr["x2"])
		}
	}
	if got := strings.Join(whiskers, ", "); got != "53% 70%, 70% 100%" {
		t.Errorf("whiskers %q", got)
	}
	if sum, n := widths(t, list); n != 2 || sum != 162 {
		t.Errorf("%d bars that add up to %v, want 2 and 162", n, sum)
	}
	if s := string(drawn); !strings.Contains(s, "62% (53 i 70)") || !strings.Contains(s, "heb ei ddangos") ||
		strings.Contains(s, "50%<") && strings.Count(s, "50%<") > 1 ||
		strings.Contains(s, "n = 2<") {
		t.Errorf("%s", s)
	}
}

// TestReported24OneAnswer: a row with one answer is read out with the word for one.
func TestReported24OneAnswer(t *testing.T) {
	page := all(t).In("en")
	rows := []Row{
		{Label: "September 2026", N: 1, Value: f(1), Low: f(0.21), High: f(1), Parts: []float64{1}},
		{Label: "Web", N: 1, Value: f(1), Parts: []float64{1}},
	}
	drawn := string(
		Bars(page, Chart{ID: "s", Title: "Share", Rows: rows}),
	) + string(
		StackedBars(page, Chart{ID: "p", Title: "Parts", Parts: []string{"Good"}, Rows: rows}),
	)
	for _, want := range []string{"September 2026: 100%, between 21% and 100%, 1 answer<", "Web: 100%, 1 answer<", "Web, Good: 100%, 1 of " +
		"1 answer<"} {
		if !strings.Contains(drawn, want) {
			t.Errorf("the drawing does not say %q", want)
		}
	}
	if strings.Contains(drawn, "1 answers") {
		t.Error("the drawing says “1 answers”")
	}
}

func TestShareLineBreaksWhereAMonthIsNotShown(t *testing.T) {
	rows := []Row{
		{Label: "January 2026", N: 50, Value: f(0.5), Low: f(0.4), High: f(0.6)},
		{Label: "February 2026", N: 60, Value: f(0.6), Low: f(0.5), High: f(0.7)},
		{Label: "March 2026", N: 2, Value: f(0.99), Low: f(0.3), High: f(1), Hidden: true},
		{Label: "April 2026", N: 60, Value: f(0.7), Low: f(0.6), High: f(0.8)},
		{Label: "May 2026", N: 60, Value: f(0.75), Low: f(0.65), High: f(0.85)},
		{Label: "June 2026"},
		{Label: "July 2026", N: 8, Value: f(0.8), Low: f(0.5), High: f(0.95)},
	}
	drawn := Line(all(t).In("en"), Chart{ID: "m", Title: "By month", Rows: rows})
	list := parsed(t, drawn)
	var lines, bands, points int
	for _, e := range list {
		switch e.name {
		case "polyline":
			lines++
			if n := len(strings.Fields(e.attr["points"])); n != 2 {
				t.Errorf("a line of %d points", n)
			}
		case "polygon":
			bands++
			if n := len(strings.Fields(e.attr["points"])); n != 4 {
				t.Errorf("a band of %d points", n)
			}
		case "circle":
			points++
		}
	}
	if lines != 2 || bands != 2 || points != 5 {
		t.Errorf("%d lines, %d bands, %d points; want 2, 2, 5", lines, bands, points)
	}
	if s := string(drawn); strings.Contains(s, "99%") || !strings.Contains(s, "March 2026: not shown") ||
		!strings.Contains(s, "January 2026") ||
		!strings.Contains(s, ">July</text>\n") ||
		!strings.Contains(s, ">2026</text>") {
		t.Errorf("%s", s)
	}
	// y of the first point: 20 + 220 × (1 − 0.5)
	if !strings.Contains(string(drawn), `cx="3%" cy="130"`) {
		t.Errorf("the first point is not at a half: %s", drawn)
	}
}

func TestEmptyAndOddCharts(t *testing.T) {
	p := all(t).In("en")
	for _, draw := range []func(Page, Chart) template.HTML{StackedBars, Bars, Line} {
		if s := string(draw(p, Chart{ID: "e", Title: "Empty"})); !strings.Contains(s, "nothing to draw") || strings.Contains(s, "<svg") {
			t.Errorf("an empty chart: %s", s)
		}
		odd := Chart{ID: `"x y`, Title: "a\x00b", Parts: []string{"One"}, Rows: []Row{
			{Label: strings.Repeat("Llanfairpwllgwyngyll ", 20), N: 1, Parts: []float64{1}, Value: f(1)},
			{Label: strings.Repeat("x", 500), N: 1, Parts: []float64{2, 3}, Value: f(1.7), Low: f(-1), High: f(9)},
			{Label: "", N: 1},
		}}
		drawn := draw(p, odd)
		parsed(t, drawn)
		for _, bad := range []string{"NaN", "-1", "170%<"} {
			if bad != "170%<" && strings.Contains(regexp.MustCompile(`(x|y|x1|x2|width|cy)="[^"]*"`).FindString(string(drawn)), bad) {
				t.Errorf("%q in %s", bad, drawn)
			}
		}
	}
}

func TestLabelsWrapInTwoLinesAndAreCut(t *testing.T) {
	for _, c := range []struct{ label, want string }{
		{"Web", "Web"},
		{"Housing repairs and maintenance of council homes", "Housing repairs and maintenance of|council homes"},
		{"One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen", "One two three four five six seven|eight " +
			"nine ten eleven twelve thirteen…"},
		{strings.Repeat("x", 80), strings.Repeat("x", 34) + "|" + strings.Repeat("x", 37) + "…"},
		{"  ", ""},
	} {
		if got := strings.Join(wrap(c.label, 34, 38), "|"); got != c.want {
			t.Errorf("wrap(%q) = %q, want %q", c.label, got, c.want)
		}
	}
}

// Letters on every fill can be read: WCAG 1.4.3.
func TestLettersOnChartsCanBeRead(t *testing.T) {
	all := append([]string{bar}, nominal...)
	for _, scale := range ordered {
		all = append(all, scale...)
	}
	for _, fill := range all {
		ground, ok := parseColour(fill)
		if !ok {
			t.Fatalf("%q is no colour", fill)
		}
		letters, _ := parseColour(inkOn(ground))
		if got := contrast(letters, ground); got < 4.5 {
			t.Errorf("letters on %s have a contrast of %.2f", fill, got)
		}
	}
	for _, letters := range []string{ink, quiet} {
		c, _ := parseColour(letters)
		if got := contrast(c, white); got < 4.5 {
			t.Errorf("%s on white has a contrast of %.2f", letters, got)
		}
	}
	dark, _ := parseColour(ink)
	ground, _ := parseColour(bar)
	if got := contrast(dark, ground); got < 4.5 {
		t.Errorf("ink on a bar has a contrast of %.2f", got)
	}
}

// A screen reader reads the name and the description one after the other, and a text browser reads every word of a drawing.
func TestChartsAreNamedOnceAndSpaced(t *testing.T) {
	p := all(t).In("en")
	rows := []Row{
		{Label: "Web", N: 8, Parts: []float64{0.5, 0.5}, Value: f(0.5), Low: f(0.4), High: f(0.6)},
		{Label: "Post", N: 4, Parts: []float64{0.25, 0.75}, Value: f(0.25), Low: f(0.1), High: f(0.4)},
	}
	for _, draw := range []func(Page, Chart) template.HTML{StackedBars, Bars, Line} {
		drawn := draw(p, Chart{ID: "c", Title: "By channel", Parts: []string{"Bad", "Good"}, Rows: rows})
		ids := map[string]string{}
		var svg element
		for _, e := range parsed(t, drawn) {
			if id := e.attr["id"]; id != "" {
				ids[id] = strings.TrimSpace(e.text)
			}
			if e.attr["role"] == "img" {
				svg = e
			}
		}
		name, about := ids[svg.attr["aria-labelledby"]], ids[svg.attr["aria-describedby"]]
		if name != "By channel" || about == "" || strings.Contains(about, name) {
			t.Errorf("the drawing is called %q and described as %q", name, about)
		}
		if joined := regexp.MustCompile(`[^\s<>]</(text|title|desc|figcaption)>(<[^/>][^>]*>)*[^\s<>]`).FindString(string(drawn)); joined != "" {
			t.Errorf("words are joined where elements have no meaning: %s\n%s", joined, drawn)
		}
	}
}

// A per cent beside a line stands left of the plot, where no point of the line can lie, whatever the figures and however narrow the screen.
func TestNoPointLiesOnThePerCents(t *testing.T) {
	drawn := Line(all(t).In("en"), Chart{ID: "m", Title: "By month", Rows: []Row{
		{Label: "January 2026", N: 50, Value: f(0.5), Low: f(0), High: f(1)}, {Label: "February 2026", N: 60, Value: f(1)}}})
	percents := 0
	for _, e := range parsed(t, drawn) {
		if e.name == "text" && strings.HasSuffix(strings.TrimSpace(e.text), "%") {
			if x, err := strconv.Atoi(e.attr["x"]); err != nil || x >= 0 || e.attr["text-anchor"] != "end" {
				t.Errorf("%s stands at %s", e.text, e.attr["x"])
			}
			percents++
		}
		if e.name == "circle" && strings.HasPrefix(e.attr["cx"], "-") {
			t.Errorf("a point lies at %s", e.attr["cx"])
		}
	}
	if percents != len(quarters) {
		t.Errorf("%d per cents", percents)
	}
}

// Each bar is an SVG of its own with its name and base, so that paper ends between two of them; the per cents below the last are on its
// sheet.
func TestPaperEndsBetweenBars(t *testing.T) {
	rows := []Row{
		{Label: "Web", N: 8, Parts: []float64{0.5, 0.5}, Value: f(0.5), Low: f(0.4), High: f(0.6)},
		{Label: "Post", N: 4, Parts: []float64{0.25, 0.75}, Value: f(0.25)},
		{Label: "Kiosk", N: 3, Hidden: true},
	}
	for _, draw := range []func(Page, Chart) template.HTML{StackedBars, Bars} {
		drawn := string(draw(all(t).In("en"), Chart{ID: "c", Title: "By channel", Parts: []string{"Bad", "Good"}, Rows: rows}))
		pieces := strings.Split(drawn, `class="site-chart__row"`)[1:]
		if len(pieces) != len(rows) {
			t.Fatalf("%d pieces: %s", len(pieces), drawn)
		}
		for i, row := range rows {
			if !strings.Contains(pieces[i], ">"+row.Label+"</text>") || strings.Count(pieces[i], "</svg>") != 1 ||
				row.Hidden != strings.Contains(pieces[i], "not shown") {
				t.Errorf("the piece of %s: %s", row.Label, pieces[i])
			}
			if axis := strings.Contains(pieces[i], ">75%</text>\n<text"); axis && i < len(rows)-1 {
				t.Errorf("per cents below %s, which is not the last", row.Label)
			}
		}
	}
}

// What the letters below a line need is never more than the narrowest screen has.
func TestTheMiddleMonthIsNamedWhereItFits(t *testing.T) {
	months := func(first, last string, n int) []Row {
		rows := make([]Row, n)
		for i := range rows {
			rows[i].Label = "May 2026"
		}
		rows[0].Label, rows[n-1].Label = first, last
		return rows
	}
	for _, c := range []struct {
		first, last string
		n           int
		want        bool
	}{
		{"November 2025", "October 2026", 12, true},
		{"November 2025", "October 2026", 5, true},
		{"November 2025", "October 2026", 4, false},
		{"Ninety-ninth-week 2025", "Hundredth-week-of 2026", 12, false},
		{"NovemberNovember", "OctoberOctoberOct", 13, false},
	} {
		rows := months(c.first, c.last, c.n)
		if got := marked(rows, c.n/2); got != c.want {
			t.Errorf("%s to %s, %d months: the middle is named: %v, want %v", c.first, c.last, c.n, got, c.want)
		}
		if !marked(rows, 0) || !marked(rows, c.n-1) {
			t.Errorf("%s to %s: the ends are not named", c.first, c.last)
		}
	}
}

// A figure that is no share is drawn on its own scale: bars begin at 0, and what is below it goes to the left.
func TestAFigureOnItsOwnScale(t *testing.T) {
	p := all(t).In("en")
	c := Chart{ID: "net", Title: "Net score", Scale: Scale{-100, 100}, Rows: []Row{
		{Label: "Web", N: 50, Value: f(50)}, {Label: "Post", N: 50, Value: f(-25)}, {Label: "Kiosk", Hidden: true}}}
	bars := parsed(t, Bars(p, c))
	var rects, texts []string
	for _, e := range bars {
		if e.name == "rect" && e.attr["stroke-dasharray"] == "" {
			rects = append(rects, e.attr["x"]+" "+e.attr["width"])
		}
		if e.name == "text" || e.name == "p" {
			texts = append(texts, strings.TrimSpace(e.text))
		}
	}
	if !slices.Equal(rects, []string{"50% 25%", "37.5% 12.5%"}) {
		t.Errorf("bars are at %q", rects)
	}
	for _, want := range []string{"50", "-25", "-100", "-50", "0", "100",
		"Bars from -100 to 100 for 3 groups. The same figures are in the table."} {
		if !slices.Contains(texts, want) {
			t.Errorf("%q is missing in %q", want, texts)
		}
	}
	line := string(Line(p, c))
	for _, want := range []string{">-100</text>", "A line over 3 periods. The same figures are in the table.", "Web: 50, 50 answers"} {
		if !strings.Contains(line, want) {
			t.Errorf("the line does not say %q", want)
		}
	}
	if strings.Contains(line, "<polygon") || strings.Contains(line, "%</text>") {
		t.Error("the line has a band or per cents")
	}
}
