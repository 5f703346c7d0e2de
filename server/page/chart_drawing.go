package page

import (
	"fmt"
	"html/template"
	"strings"
	"unicode/utf8"
)

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
