package page

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	plotTop    = 20
	plotHeight = 220
	plotBottom = plotTop + plotHeight
	margin     = 3.0  // per cent left free at both ends for the first and last point
	axisWide   = 52   // pixels left of the plot for the per cents: the style sheet leaves them free, and no point lies there
	narrowest  = 290  // pixels of a drawing on the narrowest screen, those for the per cents included
	letterWide = 9.35 // pixels that a letter takes at most
)

// Line draws a figure over time, one row a month (or a longer period, if the chart says so), with its 95 % band. A month
// that is hidden or has no answers breaks the line.
func Line(p Page, c Chart) template.HTML {
	l := line{Chart: c}
	for _, at := range quarters {
		h := height(float64(at) / 100)
		l.put(`<line x1="0" x2="100%%" y1="%d" y2="%d" stroke="%s"/>`, h, h, grid)
	}
	// The line and its band need coordinates without units: an inner drawing of 100 units stretched over the frame.
	l.put(`<svg x="0" y="%d" width="100%%" height="%d" viewBox="0 0 100 %d" preserveAspectRatio="none">`, plotTop, plotHeight, plotHeight)
	for _, run := range runs(c.Rows) {
		if run[1]-run[0] > 1 {
			l.band(run[0], run[1])
		}
	}
	l.put(`</svg>`)
	for i, row := range c.Rows {
		switch {
		case row.Hidden:
			l.withheld(p, i)
		case row.Value != nil:
			l.point(p, i)
		}
	}
	for _, at := range quarters {
		l.put(`<text x="-6" y="%d" text-anchor="end" fill="%s">%s</text>`, height(float64(at)/100)+5, quiet, c.Scale.mark(at))
	}
	l.months()
	l.finish(plotBottom + 32 + labelLine)
	dashed, describe := l.words(p)
	note := ""
	if slices.ContainsFunc(c.Rows, func(r Row) bool { return r.Hidden }) {
		note = fmt.Sprintf(`<p class="govuk-body-s">%s</p>`, esc(dashed))
	}
	return c.figure(p, &l.drawing, "site-chart--line", note, describe)
}

// line is the drawing of a chart over time.
type line struct {
	Chart
	drawing
}

// x is where a row stands, in per cent.
func (l *line) x(i int) float64 {
	if len(l.Rows) < 2 {
		return 50
	}
	return margin + (100-2*margin)*float64(i)/float64(len(l.Rows)-1)
}

// y is where a value stands, in pixels.
func (l *line) y(value float64) int { return height(l.Scale.at(value)) }

// height is where a part of the scale stands, in pixels.
func height(at float64) int { return plotTop + int(float64(plotHeight)*(1-at)+0.5) }

// band draws the line over the rows from one to another, and the band of their intervals.
func (l *line) band(from, to int) {
	var points, up, down strings.Builder
	for i := from; i < to; i++ {
		row := l.Rows[i]
		fmt.Fprintf(&points, "%s,%d ", num(l.x(i)), l.y(*row.Value)-plotTop)
		if row.Low != nil && row.High != nil {
			fmt.Fprintf(&up, "%s,%d ", num(l.x(i)), l.y(*row.High)-plotTop)
			at := to - 1 - (i - from)
			if back := l.Rows[at]; back.Low != nil {
				fmt.Fprintf(&down, "%s,%d ", num(l.x(at)), l.y(*back.Low)-plotTop)
			}
		}
	}
	if up.Len() > 0 {
		l.put(`<polygon points="%s" fill="%s" fill-opacity="0.35"/>`, strings.TrimSpace(up.String()+down.String()), bar)
	}
	l.put(`<polyline points="%s" fill="none" stroke="%s" stroke-width="2.5" vector-effect="non-scaling-stroke" class="%s"/>`,
		strings.TrimSpace(points.String()), stroke, classInk)
}

// withheld draws what stands instead of a point.
func (l *line) withheld(p Page, i int) {
	at := num(l.x(i))
	l.put(`<g><title>%s</title><line x1="%s%%" x2="%s%%" y1="%d" y2="%d" stroke="%s" stroke-dasharray="4 4" class="%s"/></g>`,
		esc(l.Rows[i].Label+": "+p.T("chart.hidden|not shown")), at, at, plotTop, plotBottom, quiet, classInk)
}

// point draws a point, and its interval where no band shows it.
func (l *line) point(p Page, i int) {
	row, at := l.Rows[i], num(l.x(i))
	if alone(l.Rows, i) && row.Low != nil && row.High != nil {
		l.put(`<line x1="%s%%" x2="%s%%" y1="%d" y2="%d" stroke="%s" stroke-width="6" stroke-opacity="0.5"/>`,
			at, at, l.y(*row.High), l.y(*row.Low), bar)
	}
	l.put(`<circle cx="%s%%" cy="%d" r="4" fill="%s" stroke="#fff" class="%s"><title>%s</title></circle>`,
		at, l.y(*row.Value), stroke, classFill, esc(row.tip(p, l.Scale)))
}

// months names some rows below the plot.
func (l *line) months() {
	for i, row := range l.Rows {
		if !marked(l.Rows, i) {
			continue
		}
		anchor := "middle" // the first may reach below the per cents
		if i == len(l.Rows)-1 && len(l.Rows) > 1 {
			anchor = "end"
		}
		l.put(`<line x1="%[1]s%%" x2="%[1]s%%" y1="%[2]d" y2="%[3]d" stroke="%[4]s" class="%[5]s"/>`,
			num(l.x(i)), plotBottom, plotBottom+6, quiet, classInk)
		for below, words := range belowPoint(row.Label) {
			l.text(l.x(i), plotBottom+24+labelLine*below, anchor, ink, words)
		}
	}
}

// words say what a dashed line is, and what the drawing shows.
func (l *line) words(p Page) (dashed, describe string) {
	n, count := len(l.Rows), Number(len(l.Rows))
	dashed = p.T("chart.dashed|A dashed line is a month that is not shown.")
	describe = p.Plural("chart.describe_line|A point for %s month, with its interval of 95 per cent. The same figures are in the table.|A "+
		"line over %s months, with a band of 95 per cent. The same figures are in the table.", n, count)
	if l.Periods {
		dashed = p.T("chart.dashed_period|A dashed line is a period that is not shown.")
		describe = p.Plural("chart.describe_periods|A point for %s period, with its interval of 95 per cent. The same figures are in the "+
			"table.|A line over %s periods, with a band of 95 per cent. The same figures are in the table.", n, count)
	}
	if !l.ranged() {
		describe = p.Plural("chart.describe_points|A point for %s period. The same figures are in the table.|A line over %s periods. The same "+
			"figures are in the table.", n, count)
	}
	return dashed, describe
}

// ranged tells whether some row has an interval, or none needs one.
func (c Chart) ranged() bool {
	return c.Scale == (Scale{}) || slices.ContainsFunc(c.Rows, func(r Row) bool { return r.Low != nil })
}

// runs lists where the line goes without a break, as [from, to).
func runs(rows []Row) [][2]int {
	var list [][2]int
	start := -1
	for i := 0; i <= len(rows); i++ {
		drawn := i < len(rows) && !rows[i].Hidden && rows[i].Value != nil
		if drawn && start < 0 {
			start = i
		}
		if !drawn && start >= 0 {
			list = append(list, [2]int{start, i})
			start = -1
		}
	}
	return list
}

// alone tells that a point has no drawn neighbour, so that no band shows its interval.
func alone(rows []Row, i int) bool {
	for _, run := range runs(rows) {
		if run[0] == i && run[1] == i+1 {
			return true
		}
	}
	return false
}

// belowPoint breaks the name of a month or period into the lines below its point: "November" over "2025".
func belowPoint(label string) []string {
	plain, again := measured(clean(label))
	lines := linesBelow(strings.Fields(plain))
	for i, line := range lines {
		lines[i] = again(line)
	}
	return lines
}

func linesBelow(words []string) []string {
	if len(words) < 2 {
		return []string{cut(strings.Join(words, ""), belowWide)}
	}
	last := len(words) - 1
	if utf8.RuneCountInString(strings.Join(words[:last], " ")) > belowWide { // "January to" over "March 2026"
		return wrap(strings.Join(words, " "), belowWide, belowWide)
	}
	return []string{cut(strings.Join(words[:last], " "), belowWide), cut(words[last], belowWide)}
}

// belowWide is how many letters of a line below the first and the last point fit beside each other on the narrowest screen.
const belowWide = 14

// marked picks up to three months to name: the first, the last, and the middle one where a phone has room for it.
func marked(rows []Row, i int) bool {
	n := len(rows)
	if i == 0 || i == n-1 {
		return true
	}
	if n <= 4 || i != n/2 {
		return false
	}
	wide := func(row Row) (most float64) { // in pixels, with a gap
		for _, line := range belowPoint(row.Label) {
			most = max(most, float64(utf8.RuneCountInString(Unmarked(line))+1))
		}
		return most * letterWide
	}
	at := func(percent float64) float64 { return axisWide + (narrowest-axisWide)*percent/100 }
	middle, half := at(margin+(100-2*margin)*float64(i)/float64(n-1)), wide(rows[i])/2
	return at(margin)+wide(rows[0])/2 <= middle-half && middle+half <= at(100-margin)-wide(rows[n-1])
}
