package page

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

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

// Letters of 14 px; widths are per cent of the frame, so that letters keep their size from 320 px up.
const (
	labelLine = 18 // height of a line of a label
	barHeight = 26
	rowGap    = 14
	noteWide  = 22 // letters of a note at the end of a line: a label has at least the rest of it
	lineWide  = 31 // letters that surely fit in a line on the narrowest screen: 290 px, up to 9 px a letter
	ink       = "#0b0c0c"
	quiet     = "#484949"
	grid      = "#b1b4b6"
	bar       = "#8fb8d8"
	stroke    = "#17507a"
)

// ordered are PuOr, a diverging scale that colour-blind people can tell apart: orange is worse, violet is better.
var ordered = map[int][]string{
	1:  {"#542788"},
	2:  {"#e08214", "#542788"},
	3:  {"#e08214", "#d8daeb", "#542788"},
	4:  {"#b35806", "#fdb863", "#b2abd2", "#542788"},
	5:  {"#7f3b08", "#e08214", "#d8daeb", "#8073ac", "#2d004b"},
	6:  {"#7f3b08", "#e08214", "#fee0b6", "#d8daeb", "#8073ac", "#2d004b"},
	7:  {"#7f3b08", "#e08214", "#fee0b6", "#f7f7f7", "#d8daeb", "#8073ac", "#2d004b"},
	8:  {"#b35806", "#e08214", "#fdb863", "#fee0b6", "#d8daeb", "#b2abd2", "#8073ac", "#542788"},
	9:  {"#b35806", "#e08214", "#fdb863", "#fee0b6", "#f7f7f7", "#d8daeb", "#b2abd2", "#8073ac", "#542788"},
	10: {"#7f3b08", "#b35806", "#e08214", "#fdb863", "#fee0b6", "#d8daeb", "#b2abd2", "#8073ac", "#542788", "#2d004b"},
	11: {"#7f3b08", "#b35806", "#e08214", "#fdb863", "#fee0b6", "#f7f7f7", "#d8daeb", "#b2abd2", "#8073ac", "#542788", "#2d004b"},
}

// nominal are Okabe and Ito's colours, made for colour-blind people.
var nominal = []string{"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#484949"}

// fills gives a colour to each of n parts.
func (c Chart) fills(n int) []string {
	if scale, ok := ordered[n]; ok && !c.Nominal {
		return scale
	}
	list := make([]string, n)
	for i := range list {
		list[i] = nominal[i%len(nominal)]
	}
	return list
}

// Classes of what a drawing is made of. Where the reader's system chooses the colours, the style sheet gives them to these classes.
const (
	classInk   = "site-chart__ink"   // lines on the ground of the page
	classFill  = "site-chart__fill"  // shapes on the ground of the page, filled
	classPaper = "site-chart__paper" // shapes with letters over them that may reach past their end
	classOn    = "site-chart__on"    // letters on a part of a bar, which keeps its colour
)

// drawing is under way: a list of SVGs, one below the other, between which a sheet of paper may end. Everything written by text and
// attribute is escaped.
type drawing struct {
	strings.Builder                 // the SVG under way
	done            strings.Builder // those that are finished
}

// finish ends the SVG under way, which is so many pixels high, and begins another below it.
func (d *drawing) finish(height int) {
	fmt.Fprintf(
		&d.done,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"site-chart__row\" width=\"100%%\" height=\"%d\" font-size=\"14\" "+
			"direction=\"ltr\">\n%s</svg>\n",
		height,
		d.String(),
	)
	d.Reset()
}

// put writes elements. A line end follows, or text browsers would join the words of neighbours.
func (d *drawing) put(format string, args ...any) { fmt.Fprintf(&d.Builder, format+"\n", args...) }

// text writes letters at x per cent and y pixels; anchor is start, middle or end.
func (d *drawing) text(x float64, y int, anchor, fill, s string) {
	d.put(`<text x="%s%%" y="%d" text-anchor="%s" fill="%s">%s</text>`, num(x), y, anchor, fill, esc(s))
}

// textOn writes letters in the middle of a part of a bar.
func (d *drawing) textOn(x float64, y int, fill, s string) {
	d.put(`<text class="%s" x="%s%%" y="%d" text-anchor="middle" fill="%s">%s</text>`, classOn, num(x), y, fill, esc(s))
}

func num(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", x), "0"), ".")
}

func esc(s string) string { return template.HTMLEscapeString(clean(s)) }

// clean drops what XML cannot hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError || r == 0xfffe || r == 0xffff {
			return ' '
		}
		return r
	}, s)
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

// label writes a row's name over its bar, in up to two lines, with a note at the end of the first; it returns the y of the bar.
func (d *drawing) label(label, note string) int {
	plain, again := measured(note)
	note = again(cut(plain, noteWide)) // words of a council may be long
	plain, again = measured(clean(label))
	lines := wrap(plain, lineWide-utf8.RuneCountInString(Unmarked(note)), lineWide)
	d.put(`<g>`)
	if len(lines) == 2 && strings.HasSuffix(lines[1], "…") {
		d.put(`<title>%s</title>`, esc(label))
	}
	for i, line := range lines {
		d.text(0, labelLine*(i+1)-4, "start", ink, again(line))
	}
	d.put(`</g>`)
	d.text(100, labelLine-4, "end", quiet, note)
	return labelLine*len(lines) + 2
}

// measured gives a text without its marks, to be measured and cut, and what marks a piece of it again.
func measured(text string) (plain string, again func(string) string) {
	plain, lang := mostly(text, "")
	if lang == "" {
		return plain, func(piece string) string { return piece }
	}
	return plain, func(piece string) string { return inLanguage(lang, piece) }
}

// wrap breaks a label into one or two lines, the first of up to first letters, the second of up to width, and cuts what is longer.
func wrap(s string, first, width int) []string {
	words := strings.Fields(s)
	if len(words) == 0 {
		return []string{""}
	}
	first, width = max(first, 1), max(width, 1)
	widths := [2]int{first, width}
	var lines []string
	line := ""
	for i, word := range words {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= widths[len(lines)]:
			line += " " + word
		case len(lines) == 1:
			return []string{lines[0], cut(line+" "+strings.Join(words[i:], " "), width)}
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if len(lines) == 0 && utf8.RuneCountInString(line) > first { // one endless word
		runes := []rune(line)
		return []string{string(runes[:first]), cut(string(runes[first:]), width)}
	}
	lines = append(lines, line)
	for i := range lines {
		lines[i] = cut(lines[i], widths[i])
	}
	return lines
}

func cut(s string, width int) string {
	runes := []rune(s)
	if len(runes) <= width {
		return s
	}
	width = max(width, 1)
	return strings.TrimSpace(string(runes[:width-1])) + "…"
}

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
	fills := c.fills(len(c.Parts))
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
		d.finish(top + barHeight + rowGap)
	}
	var key strings.Builder
	key.WriteString(`<ul class="site-chart__key">`)
	for i, part := range c.Parts {
		fmt.Fprintf(
			&key,
			`<li><svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" aria-hidden="true"><rect x="0.5" y="0.5" width="15" height="15" fill="%s" stroke="%s" class="%s"/></svg> %s</li>`,
			fills[i],
			ink,
			classInk,
			esc(part),
		)
	}
	key.WriteString(`</ul>`)
	return c.figure(
		p,
		&d,
		"site-chart--bars",
		key.String(),
		p.Plural(
			"chart.describe_parts|Bars of the parts of answers for %s group. The same figures are in the table.|Bars of the parts of answers for "+
				"%s groups. The same figures are in the table.",
			len(c.Rows),
			Number(len(c.Rows)),
		),
	)
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
	describe := p.Plural("chart.describe_figures|A bar from %s to %s for %s group. The same figures are in the table.|Bars from %s to %s for %s "+
		"groups. The same figures are in the table.", len(c.Rows), c.Scale.text(least), c.Scale.text(most), Number(len(c.Rows)))
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
