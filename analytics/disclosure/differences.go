package disclosure

import (
	"fmt"
	"slices"
	"strings"
)

// deriveDifferences finds what a reader can subtract: where aggregates of different tables differ in one dimension only,
// what is in one and not in the other, and the smallest parts that all of them together tell apart. It adds these
// selections to the lattice's dimensions, and gives their aggregates.
func deriveDifferences(l *Lattice, tables [][][]string) (aggregates [][]string) {
	dimensions := slices.Clone(l.Dimensions)
	for i := range dimensions {
		dimensions[i].Sets = slices.Clone(dimensions[i].Sets)
	}
	l.Dimensions = dimensions
	for i := range l.Dimensions {
		d := newSelections(&l.Dimensions[i])
		// Aggregates that agree in all other dimensions, with the tables they are in.
		alike := map[string]map[string][]int{}
		var order []string
		for n, table := range tables {
			for _, codes := range table {
				rest := slices.Clone(codes)
				rest[i] = ""
				key := strings.Join(rest, "\x1f")
				if alike[key] == nil {
					alike[key] = map[string][]int{}
					order = append(order, key)
				}
				if !slices.Contains(alike[key][codes[i]], n) {
					alike[key][codes[i]] = append(alike[key][codes[i]], n)
				}
			}
		}
		for _, key := range order {
			for _, code := range d.distinguishable(alike[key]) {
				codes := strings.Split(key, "\x1f")
				codes[i] = code
				aggregates = append(aggregates, codes)
			}
		}
	}
	return aggregates
}

// selections are the sets of codes of a dimension, by the codes they stand under.
type selections struct {
	of    *Dimension
	known map[string]string // codes taken together -> code
}

func newSelections(d *Dimension) selections {
	s := selections{d, map[string]string{strings.Join(d.Codes, "\x1e"): All}}
	for _, code := range d.Codes {
		s.known[code] = code
	}
	for _, g := range d.Sets {
		s.known[s.key(g.Of)] = g.Code
	}
	return s
}

// key joins codes in the order of the dimension.
func (s selections) key(codes []string) string {
	var in []string
	for _, c := range s.of.Codes {
		if slices.Contains(codes, c) {
			in = append(in, c)
		}
	}
	return strings.Join(in, "\x1e")
}

func (s selections) codes(code string) []string {
	if code == All {
		return s.of.Codes
	}
	for _, g := range slices.Concat(s.of.Groups, s.of.Sets) {
		if g.Code == code {
			return g.Of
		}
	}
	return []string{code}
}

// name gives the code of some codes taken together, and makes it.
func (s selections) name(codes []string) string {
	key := s.key(codes)
	if s.known[key] == "" {
		s.known[key] = fmt.Sprintf("(difference %d)", len(s.known))
		s.of.Sets = append(s.of.Sets, Group{Code: s.known[key], Of: strings.Split(key, "\x1e")})
	}
	return s.known[key]
}

// distinguishable gives the selections that can be told from those printed by different tables: differences of two, and the smallest parts.
func (s selections) distinguishable(printed map[string][]int) (list []string) {
	codes := make([]string, 0, len(printed))
	tables := map[int]bool{}
	for code, in := range printed {
		codes = append(codes, code)
		for _, n := range in {
			tables[n] = true
		}
	}
	if len(tables) < 2 {
		return nil // one table is protected as a whole
	}
	slices.Sort(codes)
	add := func(of []string) {
		if len(of) == 0 {
			return
		}
		if name := s.name(of); printed[name] == nil && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	parts := map[string][]string{} // which of the selections a code is in -> codes
	for _, c := range s.of.Codes {
		var in []string
		for _, code := range codes {
			if slices.Contains(s.codes(code), c) {
				in = append(in, code)
			}
		}
		if len(in) > 0 {
			key := strings.Join(in, "\x1e")
			parts[key] = append(parts[key], c)
		}
	}
	for _, code := range codes {
		for _, other := range codes {
			if slices.Equal(printed[code], printed[other]) && len(printed[code]) == 1 {
				continue // of the same table only
			}
			inside := s.codes(other)
			add(slices.DeleteFunc(slices.Clone(s.codes(code)), func(c string) bool { return slices.Contains(inside, c) }))
		}
	}
	for _, key := range sortedKeys(parts) {
		add(parts[key])
	}
	return list
}

func sortedKeys(m map[string][]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
