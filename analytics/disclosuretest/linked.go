package disclosuretest

import (
	"slices"

	"yousaid/analytics/attack"
	"yousaid/analytics/disclosure"
)

// linked makes the two tables of a case, the second beside the first as the register does.
func linked(c Case) (printed []attack.Table, truths []disclosure.Lattice, err error) {
	second := []string{c.Linked[0]}
	for _, d := range c.Lattice.Dimensions {
		if !slices.Contains(c.Linked, d.ID) {
			second = append(second, d.ID)
		}
	}
	a, b := collapse(c.Lattice, c.Linked), collapse(c.Lattice, second)
	first, err := disclosure.Protect(a, c.Rules)
	if err != nil {
		return nil, nil, err
	}
	place := func(split []string) func(codes []string) []string {
		return func(codes []string) []string {
			out := make([]string, len(c.Lattice.Dimensions))
			for i, d := range c.Lattice.Dimensions {
				out[i] = disclosure.All
				if at := slices.Index(split, d.ID); at >= 0 {
					out[i] = codes[at]
				}
			}
			return out
		}
	}
	earlier := disclosure.PriorTable{Number: 1, Rules: c.Rules}
	total := first.Total()
	for range c.Linked {
		total.Codes = append(total.Codes, disclosure.All)
	}
	for _, cell := range slices.Concat(first.Cells(), first.Margins(), []disclosure.Cell{total}) {
		earlier.Cells = append(earlier.Cells, disclosure.PriorCell{Codes: place(c.Linked)(cell.Codes), State: cell.State,
			Distribution: cell.Figures != nil && cell.Figures.Distribution != nil, Finest: !slices.Contains(cell.Codes, disclosure.All)})
	}
	both := c.Lattice
	other, _, err := disclosure.ProveLinked(
		b,
		disclosure.Joint{Lattice: both, JointCodes: place(second), Prior: []disclosure.PriorTable{earlier}},
		c.Rules,
	)
	if err != nil {
		return nil, nil, err
	}
	for _, table := range []disclosure.Table{first, other} {
		read, err := Reread(table)
		if err != nil {
			return nil, nil, err
		}
		printed = append(printed, read)
	}
	return printed, []disclosure.Lattice{a, b}, nil
}

// collapse adds a lattice up over the dimensions that are not kept; they come in the order of keep.
func collapse(l disclosure.Lattice, keep []string) disclosure.Lattice {
	out := disclosure.Lattice{Answers: l.Answers}
	from := make([]int, len(keep))
	cells := 1
	for k, id := range keep {
		from[k] = slices.IndexFunc(l.Dimensions, func(d disclosure.Dimension) bool { return d.ID == id })
		out.Dimensions = append(out.Dimensions, l.Dimensions[from[k]])
		cells *= len(l.Dimensions[from[k]].Codes)
	}
	out.Counts = make([]int64, cells*len(l.Answers))
	for cell := range len(l.Counts) / len(l.Answers) {
		codes, rest := make([]int, len(l.Dimensions)), cell
		for i := len(codes) - 1; i >= 0; i-- {
			codes[i] = rest % len(l.Dimensions[i].Codes)
			rest /= len(l.Dimensions[i].Codes)
		}
		to := 0
		for _, i := range from {
			to = to*len(l.Dimensions[i].Codes) + codes[i]
		}
		for a := range l.Answers {
			out.Counts[to*len(l.Answers)+a] += l.Counts[cell*len(l.Answers)+a]
		}
	}
	return out
}
