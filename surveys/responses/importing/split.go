package importing

import (
	"encoding/json"
	"strings"
)

// isList tells whether a cell is a list in JSON, as Microsoft Forms writes the ticks of one question: ["Bins","Roads"].
func isList(cell string) bool {
	cell = strings.TrimSpace(cell)
	return strings.HasPrefix(cell, "[") && strings.HasSuffix(cell, "]") && json.Valid([]byte(cell))
}

// parts takes a cell with several answers apart. An answer may hold the separator itself: the longest run of pieces that is an
// answer is taken first.
func (l lookup) parts(cell, separator string) []string {
	if list := []string{}; isList(cell) && json.Unmarshal([]byte(cell), &list) == nil {
		return list
	}
	if separator == "" {
		return []string{cell}
	}
	pieces := strings.Split(cell, separator)
	most := l.pieces(separator)
	var all []string
	for len(pieces) > 0 {
		take := 1
		for n := min(len(pieces), most); n > 1; n-- {
			if l.knows(strings.Join(pieces[:n], separator)) {
				take = n
				break
			}
		}
		all = append(all, strings.Join(pieces[:take], separator))
		pieces = pieces[take:]
	}
	return all
}

// pieces is the most pieces into which the separator cuts one answer. Spaces may differ, so its characters alone count.
func (l lookup) pieces(separator string) int {
	sign := strings.TrimSpace(separator)
	if sign == "" {
		sign = separator
	}
	most := 1
	for text := range l.exact {
		most = max(most, strings.Count(text, sign)+1)
	}
	return most
}
