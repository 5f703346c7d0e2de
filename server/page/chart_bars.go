package page

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

var quarters = []int{0, 25, 50, 75, 100}

// ruler draws the lines at quarters behind a bar, from top to bottom.
func (d *drawing) ruler(top int) {
	for _, p := range quarters {
		d.put(`<line x1="%[1]d%%" x2="%[1]d%%" y1="%[2]d" y2="%[3]d" stroke="%[4]s"/>`, p, top-2, top+barHeight+4, grid)
	}
}

// axis writes the values of the scale below the bars.
func (d *drawing) axis(y int, s Scale) {
	for _, p := range quarters {
		anchor := "middle"
		if p == 0 {
			anchor = "start"
		} else if p == 100 {
			anchor = "end"
		}
		d.text(float64(p), y, anchor, quiet, s.mark(p))
	}
}

// StackedBars draws the distribution of answers in each row as a bar of parts, with its base.
func StackedBars(p Page, c Chart) template.HTML {
	var d drawing
	for _, row := range c.Rows {
		note := p.T("chart.base|n = %s", Number(row.N))
		switch {
		case row.Hidden:
			note = ""
		case row.N == 0:
			note = p.T("chart.none|no answers")
		}
		top := d.label(row.Label, note)
		if row.Hidden || row.N == 0 {
			d.blank(p, top, row.Hidden)
		} else {
			d.parts(p, c, row, top)
		}
		d.finish(top + barHeight + rowGap)
	}
	return c.figure(p, &d, "site-chart--bars", c.key(), p.Plural("chart.describe_parts|Bars of the parts of answers for %s group. The same "+
		"figures are in the table.|Bars of the parts of answers for %s groups. The same figures are in the table.", len(c.Rows),
		Number(len(c.Rows))))
}

// parts draws a bar of parts, each with its share where that fits.
func (d *drawing) parts(p Page, c Chart, row Row, top int) {
	fills := c.fills(len(c.Parts))
	x := 0.0
	for i, share := range row.Parts {
		if i >= len(fills) || !(share > 0) {
			continue
		}
		share = math.Min(share, 1-x)
		count := int(math.Round(share * float64(row.N)))
		d.put(`<rect x="%s%%" y="%d" width="%s%%" height="%d" fill="%s" stroke="#fff" class="%s"><title>%s</title></rect>`, num(100*x), top,
			num(100*share), barHeight, fills[i], classInk,
			esc(p.Plural("chart.part|%s, %s: %s, %s of %s answer|%s, %s: %s, %s of %s answers", row.N, row.Label, c.Parts[i], Percent(share),
				Number(count), Number(row.N))))
		if share >= 0.13 {
			on, _ := parseColour(fills[i])
			d.textOn(100*(x+share/2), top+barHeight/2+5, inkOn(on), Percent(share))
		}
		x += share
	}
}

// key says which colour is which part.
func (c Chart) key() string {
	fills := c.fills(len(c.Parts))
	var key strings.Builder
	key.WriteString(`<ul class="site-chart__key">`)
	for i, part := range c.Parts {
		fmt.Fprintf(&key, `<li><svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" aria-hidden="true">`+
			`<rect x="0.5" y="0.5" width="15" height="15" fill="%s" stroke="%s" class="%s"/></svg> %s</li>`, fills[i], ink, classInk, esc(part))
	}
	key.WriteString(`</ul>`)
	return key.String()
}

// blank draws what stands instead of a bar.
func (d *drawing) blank(p Page, top int, hidden bool) {
	if !hidden {
		d.put(`<line x1="0" x2="100%%" y1="%d" y2="%d" stroke="%s"/>`, top+barHeight/2, top+barHeight/2, grid)
		return
	}
	d.put(
		`<rect x="0" y="%d" width="100%%" height="%d" fill="#fff" stroke="%s" stroke-dasharray="4 4" class="%s"/>`,
		top,
		barHeight,
		quiet,
		classPaper,
	)
	d.text(50, top+barHeight/2+5, "middle", quiet, p.T("chart.hidden|not shown"))
}

// Bars draws a figure in each row as a bar from 0 to its value, with its interval as a whisker.
func Bars(p Page, c Chart) template.HTML {
	var d drawing
	for i, row := range c.Rows {
		note := ""
		switch {
		case row.Hidden:
		case row.Value == nil:
			note = p.T("chart.none|no answers")
		case row.Low != nil && row.High != nil:
			note = p.T(
				"chart.range|%s (%s to %s)",
				c.Scale.text(*row.Value),
				strings.TrimSuffix(c.Scale.text(*row.Low), "%"),
				strings.TrimSuffix(c.Scale.text(*row.High), "%"),
			)
		default:
			note = c.Scale.text(*row.Value)
		}
		top := d.label(row.Label, note)
		if row.Hidden || row.Value == nil {
			d.blank(p, top, row.Hidden)
		} else {
			d.ruler(top)
			from, to := c.Scale.at(0), c.Scale.at(*row.Value)
			d.put(`<rect x="%s%%" y="%d" width="%s%%" height="%d" fill="%s" stroke="%s" class="%s"><title>%s</title></rect>`,
				num(100*min(from, to)), top, num(100*math.Abs(to-from)), barHeight, bar, stroke, classPaper, esc(row.tip(p, c.Scale)))
			d.text(1.5, top+barHeight/2+5, "start", ink, p.T("chart.base|n = %s", Number(row.N)))
			if row.Low != nil && row.High != nil {
				low, high, mid := num(100*c.Scale.at(*row.Low)), num(100*c.Scale.at(*row.High)), top+barHeight/2
				d.put(`<g class="%s" stroke="%s" stroke-width="2"><line x1="%s%%" x2="%s%%" y1="%d" y2="%d"/>`, classInk, ink, low, high, mid, mid)
				for _, x := range []string{low, high} {
					d.put(`<line x1="%s%%" x2="%s%%" y1="%d" y2="%d"/>`, x, x, mid-6, mid+6)
				}
				d.put(`</g>`)
			}
		}
		y := top + barHeight + rowGap
		if i == len(c.Rows)-1 { // the scale stands on the sheet of the last bar
			d.axis(y+4, c.Scale)
			y += 12
		}
		d.finish(y)
	}
	least, most := c.Scale.ends()
	describe := p.Plural("chart.describe_figures|A bar from %s to %s for %s group. The same figures are in the table.|Bars from %s to %s for "+
		"%s groups. The same figures are in the table.", len(c.Rows), c.Scale.text(least), c.Scale.text(most), Number(len(c.Rows)))
	if c.Scale == (Scale{}) {
		describe = p.Plural(
			"chart.describe_shares|A bar from 0 to 100 per cent for %s group, with a 95 per cent interval. The same figures are in the "+
				"table.|Bars from 0 to 100 per cent for %s groups, with 95 per cent intervals. The same figures are in the table.",
			len(c.Rows),
			Number(len(c.Rows)),
		)
	}
	return c.figure(p, &d, "site-chart--bars", "", describe)
}
