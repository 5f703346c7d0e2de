package attack

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// row reads one aggregate of a table.
func (g grid) row(b *builder, c columns, l gridLine, width int, half int64) error {
	cells := make([]string, width)
	for i, s := range l.cells {
		if i < width {
			cells[i] = oneLine(s)
		} else if strings.TrimSpace(s) != "" {
			return g.wrong(l.number, "there are %d cells and %d headers: publish the table again", len(l.cells), width)
		}
	}
	row := Row{}
	for i, d := range c.dims {
		code, parent := plain(cells[d.code]), All
		if c.labels && code == "All" {
			code = All
		}
		if code == "" {
			return g.wrong(l.number, "the dimension %s has no code: write %s for the total and %s for people who gave no answer", d.id, All, None)
		}
		if d.part >= 0 {
			if parent = plain(cells[d.part]); c.labels && parent == "All" {
				parent = All
			}
		}
		label := code
		if d.label >= 0 {
			label = plain(cells[d.label])
		}
		if err := b.node(i, code, parent, label, l.number, d.part >= 0); err != nil {
			return g.wrong(l.number, "%v", err)
		}
		row.Codes = append(row.Codes, code)
	}
	for _, s := range []struct {
		at   int
		read func(cell string) error
	}{
		{c.n, func(cell string) (err error) { row.State, row.N, err = state(cell, half); return err }},
		{c.mean, func(cell string) (err error) { row.Mean, err = figure(cell, 1); return err }},
		{c.share, func(cell string) (err error) { row.Satisfied, err = figure(cell, 100); return err }},
	} {
		if s.at < 0 {
			continue
		}
		if err := s.read(cells[s.at]); err != nil {
			return g.wrong(l.number, "%v", err)
		}
	}
	for key, at := range c.others {
		f, err := figure(cells[at], 1)
		if err != nil {
			return g.wrong(l.number, "%v", err)
		}
		if f != nil && half == 0 {
			if row.Others == nil {
				row.Others = map[string]*Figure{}
			}
			row.Others[key] = f
		}
	}
	if half > 0 {
		row.Mean, row.Satisfied = nil, nil // they come from the rounded counts, and say nothing more
	}
	if err := g.answers(&row, c, cells, half); err != nil {
		return g.wrong(l.number, "%v", err)
	}
	return b.row(row, l.number, func(s string) error { return g.wrong(l.number, "%s", s) })
}

// answers reads the counts of the answers. One that is hidden beside others that are not is anything up to the number of answers.
func (g grid) answers(row *Row, c columns, cells []string, half int64) error {
	shown := 0
	var counts []Interval
	for _, at := range c.answers {
		state, count, err := state(cells[at], half)
		switch {
		case err != nil:
			return err
		case state == Shown:
			shown++
			counts = append(counts, *count)
		case state == Impossible || row.N == nil:
			counts = append(counts, Interval{})
		default:
			counts = append(counts, Interval{0, row.N.High})
		}
	}
	switch {
	case shown == 0:
		return nil
	case row.State != Shown:
		return fmt.Errorf("%d answers have a number and the “%s” has none: hide both or show both", shown, countHeader)
	}
	row.Distribution = counts
	return nil
}

// plain takes off the ' that keeps a spreadsheet program from running a text.
func plain(s string) string {
	if rest, quoted := strings.CutPrefix(
		s,
		"'",
	); quoted && rest != "" &&
		strings.ContainsAny(strings.TrimLeft(rest, " \u00a0")[:1], "=+-@\t") {
		return rest
	}
	return s
}

// whole64 reads a count: digits, with or without thousands commas.
func whole64(s string) (int64, bool) {
	v, err := strconv.ParseFloat(strings.NewReplacer(",", "", "\u00a0", "", "\u202f", "").Replace(strings.TrimSpace(s)), 64)
	if err != nil || v != math.Trunc(v) || v < 0 || v > float64(maxPrinted) {
		return 0, false
	}
	return int64(v), true
}

// state reads a count or its shorthand.
func state(cell string, half int64) (State, *Interval, error) {
	switch cell {
	case "[c]", "[x]": // asked and nobody answered says no number either
		return Hidden, nil, nil
	case "[z]":
		return Impossible, nil, nil
	}
	n, ok := whole64(cell)
	if !ok {
		return Hidden, nil, fmt.Errorf("“%s” is no count: write a whole number of at most %d, [c] or [z]", cell, maxPrinted)
	}
	return Shown, &Interval{max(0, n-half), n + half}, nil
}

// figure reads a mean or, with 100, a percentage: nil for a shorthand. Figures have one decimal place, or as many as are written.
func figure(cell string, of float64) (*Figure, error) {
	if cell == "" || strings.HasPrefix(cell, "[") {
		return nil, nil
	}
	text := strings.ReplaceAll(strings.TrimSpace(strings.TrimSuffix(cell, "%")), ",", "")
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > 1e6 {
		return nil, fmt.Errorf("“%s” is no mean and no percentage: write a number or a shorthand such as [c]", cell)
	}
	_, decimals, _ := strings.Cut(text, ".")
	grid := of * 20
	if places := len(decimals); places > 1 {
		grid = of * 2 * math.Pow10(places)
	}
	f := Figure{v / of, v / of}
	if grid <= 2000 {
		f = around(math.Round(v/of*grid/2), int64(grid))
	} else {
		f.Low, f.High = f.Low-1/grid-1e-9, f.High+1/grid+1e-9
	}
	return &f, nil
}

// builder puts a table together and remembers on which line everything stood.
type builder struct {
	t     *Table
	lines []map[string]int // of each dimension, where a code first stood
	at    []map[string]int // of each dimension, which node it is

	rows map[string]int
}

func newBuilder(t *Table) *builder { return &builder{t: t, rows: map[string]int{}} }

func (b *builder) dimension(id string) {
	b.t.Dimensions = append(b.t.Dimensions, Dimension{ID: id})
	b.lines, b.at = append(b.lines, map[string]int{}), append(b.at, map[string]int{})
}

// node notes a code and its parent.
func (b *builder) node(dim int, code, parent, label string, number int, divided bool) error {
	if code == All {
		if divided && parent != "" && parent != All && parent != "[z]" && parent != "[x]" { // spreadsheets have no blank cells
			return fmt.Errorf("%s is part of “%s”, and it can be part of nothing: leave that empty", All, parent)
		}
		return nil
	}
	if parent == "" {
		return fmt.Errorf("“%s” is part of nothing: write %s, or the code of the row that it is part of", code, All)
	}
	d := &b.t.Dimensions[dim]
	if at, there := b.at[dim][code]; there {
		if d.Nodes[at].Parent != parent {
			return fmt.Errorf(
				"“%s” is part of “%s” here and of “%s” further up (%d): give it one parent",
				code,
				parent,
				d.Nodes[at].Parent,
				b.lines[dim][code],
			)
		}
		return nil
	}
	b.at[dim][code], b.lines[dim][code] = len(d.Nodes), number
	d.Nodes = append(d.Nodes, Node{code, parent, label})
	return nil
}

// row adds an aggregate, once.
func (b *builder) row(r Row, number int, wrong func(string) error) error {
	key := Key(r.Codes...)
	if before, there := b.rows[key]; there {
		return wrong(
			fmt.Sprintf("the place %s stands here a second time, the first is %d: leave one of them out", strings.Join(r.Codes, ", "), before),
		)
	}
	b.rows[key] = number
	b.t.Rows = append(b.t.Rows, r)
	return nil
}

// finish looks whether the codes form trees.
func (b *builder) finish(wrong func(number int, s string) error) error {
	for i, d := range b.t.Dimensions {
		if d.ID == "" {
			return errors.New("a dimension has no name")
		}
		for _, n := range d.Nodes {
			if n.Parent == All {
				continue
			}
			if _, there := b.at[i][n.Parent]; !there {
				return wrong(
					b.lines[i][n.Code],
					fmt.Sprintf("“%s” is part of “%s”, and no row has that code: publish the row of “%s” as well", n.Code, n.Parent, n.Parent),
				)
			}
			up := n
			for range d.Nodes {
				if up.Parent == All {
					break
				}
				up = d.Nodes[b.at[i][up.Parent]]
			}
			if up.Parent != All {
				return wrong(
					b.lines[i][n.Code],
					fmt.Sprintf("“%s” is in the end part of itself: put right what it and the codes above it are part of", n.Code),
				)
			}
		}
	}
	return nil
}
