package page

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"

	"yousaid/analytics/figures"
)

// Chart is what a drawing shows. The page that holds it shows the same figures in a table beside it.
type Chart struct {
	ID      string // unique on the page; letters, digits and hyphens
	Title   string
	Parts   []string // StackedBars: what the parts of a bar are, in order, worst first
	Nominal bool     // StackedBars: the parts have no order (reasons, not ratings)
	Rows    []Row
	Periods bool // Line: the rows are longer than a month
	Scale   Scale
}

// Scale is what Bars and Line are drawn on: from 0 to 100 per cent where it says nothing.
type Scale struct {
	Least, Most float64 // numbers that are no shares
}

// ScaleOf is that of a figure.
func ScaleOf(f figures.Figure) Scale {
	if f.Percent {
		return Scale{}
	}
	return Scale{f.Least, f.Most}
}

// Point is the row of a cell, by the figure that is drawn of it.
func Point(label string, d figures.Drawing, c figures.Cell) Row {
	row := Row{Label: label, N: int(c.N), Value: d.Figure.Of(c), Hidden: c.Hidden}
	if d.Low != nil {
		row.Low, row.High = d.Low.Of(c), d.High.Of(c)
	}
	return row
}

// ends are the lowest and the highest value of the scale.
func (s Scale) ends() (least, most float64) {
	if s == (Scale{}) {
		return 0, 1
	}
	return s.Least, s.Most
}

// at is where a value stands on the scale, from 0 to 1.
func (s Scale) at(v float64) float64 {
	least, most := s.ends()
	return unit((v - least) / (most - least))
}

// text writes a value in whole per cent, or as a whole number.
func (s Scale) text(v float64) string {
	if s == (Scale{}) {
		return Percent(v)
	}
	return strconv.FormatFloat(math.Round(v)+0, 'f', 0, 64) // + 0 makes -0 plain 0
}

// mark is the value at so many per cent of the scale, in words.
func (s Scale) mark(percent int) string {
	least, most := s.ends()
	return s.text(least + (most-least)*float64(percent)/100)
}

// Row is one bar, or one point of a line.
type Row struct {
	Label  string
	N      int       // answers behind it
	Parts  []float64 // StackedBars: shares from 0 to 1 in the order of Chart.Parts, adding up to 1
	Value  *float64  // Bars and Line: the figure, a share from 0 to 1; nil where there is none
	Low    *float64  // of the 95 % interval; nil shows none
	High   *float64
	Hidden bool // withheld by disclosure control: "not shown", and nothing of the row is drawn or written
}

// tip is what a row says when pointed at.
func (r Row) tip(p Page, s Scale) string {
	if r.Low != nil && r.High != nil {
		return p.Plural(
			"chart.share|%s: %s, between %s and %s, %s answer|%s: %s, between %s and %s, %s answers",
			r.N,
			r.Label,
			s.text(*r.Value),
			s.text(*r.Low),
			s.text(*r.High),
			Number(r.N),
		)
	}
	return p.Plural("chart.share_only|%s: %s, %s answer|%s: %s, %s answers", r.N, r.Label, s.text(*r.Value), Number(r.N))
}

func unit(x float64) float64 {
	if !(x > 0) { // NaN too
		return 0
	}
	return math.Min(x, 1)
}

// figure closes a drawing: caption, key, and the SVGs, which are one image with a name and a description.
func (c Chart) figure(p Page, d *drawing, class, key, description string) template.HTML {
	id := strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, c.ID)
	if len(c.Rows) == 0 {
		return template.HTML(fmt.Sprintf(`<figure class="site-chart"><figcaption>%s</figcaption><p class="govuk-body">%s</p></figure>`,
			esc(c.Title), esc(p.T("chart.empty|There is nothing to draw yet."))))
	}
	return template.HTML(fmt.Sprintf(`<figure class="site-chart %[3]s"><figcaption id="%[1]s-t">%[2]s</figcaption>
%[4]s<div class="site-chart__drawing" role="img" aria-labelledby="%[1]s-t" aria-describedby="%[1]s-d">
%[6]s</div>
<p id="%[1]s-d" hidden="">%[5]s</p></figure>`,
		id, esc(c.Title), class, key, esc(description), d.done.String()))
}
