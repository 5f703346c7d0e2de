package attack

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// countHeader is the column that makes a table one of ours.
const countHeader = "Number of answers"

// grid is a table as it stands in a file, with what stands above it.
type grid struct {
	file  string
	word  string // what its lines are called
	knows []Heading
	lines []gridLine
}

// figure is the name in JSON of the further figure that a column has; "" for none.
func (g grid) figure(name string) string {
	for _, h := range g.knows {
		if h.Text == name {
			return h.Key
		}
	}
	return ""
}

type gridLine struct {
	number int
	cells  []string
}

func (g grid) wrong(number int, format string, args ...any) error {
	return fmt.Errorf("%s, %s %d: %s", g.file, g.word, number, fmt.Sprintf(format, args...))
}

// columns say where in a line everything stands; -1 for what there is not.
type columns struct {
	dims      []dimColumns
	n         int
	answers   []int
	codes     []string // of the answers
	mean      int
	share     int
	shareEnds [2]int
	others    map[string]int // of further figures, by their names in JSON
	labels    bool           // there are no codes: labels are codes, and All is the total
}

type dimColumns struct {
	id                string
	label, code, part int
}

var (
	marker  = regexp.MustCompile(`\[\pL+ \d+\]`)
	unit    = regexp.MustCompile(`^(.*\S) \((number|percent|rounded to the nearest \d+)\)$`)
	codeOf  = regexp.MustCompile(`^Code of (.+)$`)
	partOf  = regexp.MustCompile(`^Part of \((.+)\)$`)
	rounded = regexp.MustCompile(`(?i)rounded to the nearest (\d+)`)
)

// oneLine makes one line of a text.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// headerMeasure is a header without its notes and unit.
func headerMeasure(header string) (name, measure string) {
	name = oneLine(marker.ReplaceAllString(header, " "))
	if m := unit.FindStringSubmatch(name); m != nil {
		return m[1], m[2]
	}
	return name, ""
}

// table finds the header and reads what is below it. It is not found when no line has the column of counts. Words that
// stand elsewhere on a page are around.
func (g grid) table(name, around string) (t Table, found bool, err error) {
	header := slices.IndexFunc(g.lines, func(l gridLine) bool {
		return slices.ContainsFunc(l.cells, func(c string) bool {
			name, _ := headerMeasure(c)
			return strings.EqualFold(name, countHeader)
		})
	})
	if header < 0 {
		return t, false, nil
	}
	for _, l := range g.lines[:header+1] {
		around += " " + strings.Join(l.cells, " ")
	}
	half, err := halfWidth(around)
	if err != nil {
		return t, true, g.wrong(g.lines[header].number, "%v", err)
	}
	c, err := g.columns(header)
	if err != nil {
		return t, true, err
	}
	t.Name = name
	for _, code := range c.codes {
		t.Answers = append(t.Answers, Answer{Code: code})
	}
	b := newBuilder(&t)
	for _, d := range c.dims {
		b.dimension(d.id)
	}
	for _, l := range g.lines[header+1:] {
		if strings.TrimSpace(strings.Join(l.cells, "")) == "" {
			continue
		}
		if err := g.row(b, c, l, len(g.lines[header].cells), half); err != nil {
			return t, true, err
		}
	}
	if len(t.Rows) == 0 {
		return t, true, g.wrong(g.lines[header].number, "the table has no rows: publish it again")
	}
	return t, true, b.finish(func(number int, s string) error { return g.wrong(number, "%s", s) })
}

// halfWidth is how far a count may be from what is printed: a random rounding to 5 moves it by 4 at most.
func halfWidth(text string) (int64, error) {
	m := rounded.FindStringSubmatch(text)
	if m == nil {
		return 0, nil
	}
	base, ok := whole64(m[1])
	if !ok || base < 1 || base > 1000 {
		return 0, fmt.Errorf("counts “%s” are not rounded as our tables are: to 1000 at most", m[0])
	}
	return base - 1, nil
}

// columns reads the header.
func (g grid) columns(header int) (c columns, err error) {
	cells := g.lines[header].cells
	c = columns{n: -1, mean: -1, share: -1, shareEnds: [2]int{-1, -1}, others: map[string]int{}}
	used := make([]bool, len(cells))
	var codes, parts []dimColumns
	for i, h := range cells {
		name, measure := headerMeasure(h)
		used[i] = true
		switch m := codeOf.FindStringSubmatch(name); {
		case strings.EqualFold(name, countHeader) && c.n < 0:
			c.n = i
		case m != nil:
			codes = append(codes, dimColumns{id: m[1], label: i - 1, code: i, part: -1})
		case partOf.MatchString(name):
			parts = append(parts, dimColumns{id: partOf.FindStringSubmatch(name)[1], code: i})
		case name == "Mean score":
			c.mean = i
		case name == "Satisfied" && measure != "number":
			c.share = i
		case name == "Satisfied, low end" && measure != "number":
			c.shareEnds[0] = i
		case name == "Satisfied, high end" && measure != "number":
			c.shareEnds[1] = i
		case measure != "number" && g.figure(name) != "":
			c.others[g.figure(name)] = i
		case measure == "number":
			c.answers, c.codes = append(c.answers, i), append(c.codes, name)
		default:
			used[i] = name == "Reliability"
		}
	}
	c.dims = codes
	if len(codes) == 0 {
		c.labels = true
		for i := range c.n {
			if name, _ := headerMeasure(cells[i]); !used[i] && name != "" && name != "Who" {
				c.dims = append(c.dims, dimColumns{id: name, label: i, code: i, part: -1})
			}
		}
	}
	for _, p := range parts {
		at := slices.IndexFunc(c.dims, func(d dimColumns) bool { return d.id == p.id })
		if at < 0 {
			return c, g.wrong(
				g.lines[header].number,
				"the column “Part of (%s)” speaks of a dimension that has no column: publish the table again",
				p.id,
			)
		}
		c.dims[at].part = p.code
	}
	if len(c.answers) == 0 { // pages write the answers without their unit
		end := len(cells)
		for _, at := range slices.AppendSeq([]int{c.mean, c.share, c.shareEnds[0], c.shareEnds[1]}, maps.Values(c.others)) {
			if at >= 0 {
				end = min(end, at)
			}
		}
		for i := c.n + 1; i < end; i++ {
			if name, _ := headerMeasure(cells[i]); !used[i] && name != "" && g.counts(header, i) {
				c.answers, c.codes = append(c.answers, i), append(c.codes, name)
			}
		}
	}
	for i, code := range c.codes {
		if slices.Contains(c.codes[:i], code) {
			return c, g.wrong(g.lines[header].number, "two columns are called “%s”: give each a header of its own", code)
		}
	}
	return c, nil
}

// counts says whether a column has nothing but counts and shorthand.
func (g grid) counts(header, column int) bool {
	for _, l := range g.lines[header+1:] {
		if column >= len(l.cells) {
			continue
		}
		if _, ok := whole64(l.cells[column]); !ok && !strings.HasPrefix(oneLine(l.cells[column]), "[") && oneLine(l.cells[column]) != "" {
			return false
		}
	}
	return true
}
