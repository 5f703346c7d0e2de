package releaseaudit

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"yousaid/analytics/attack"
	"yousaid/analytics/releases"
)

// minResidualBase is the fewest people whose answers may be left over when printed ones are subtracted, beside an equality characteristic.
const minResidualBase = 30

// peopleProof is the part of a proof that is about the answers that are left over.
type peopleProof struct {
	Base   []int64      `json:"base"`
	Others [][][2]int64 `json:"others"`
}

// checkResiduals adds up the tables of people of a proof again. Each must have the number of every place that prints its
// distribution; and each place that prints its number, of fewer than 30 people, and no distribution must have 30 in one of
// them. It counts the tables, and those that do; a place without its table counts as one that does not. A release of
// before there was such a proof has none.
func checkResiduals(r releases.Table, printed attack.Table) (agree, all int, err error) {
	var kept struct {
		Dimensions []dimension `json:"dimensions"`
		Proof      struct {
			People *peopleProof `json:"people"`
		} `json:"proof"`
	}
	if err := json.Unmarshal(r.Proof(), &kept); err != nil {
		return 0, 0, fmt.Errorf("reading the proof of release %d: %w", r.ID, err)
	}
	p := kept.Proof.People
	if p == nil {
		return 0, 0, nil
	}
	people, keys := printed, keysOf(kept.Dimensions)
	people.Answers, people.Rows = nil, nil
	var few []attack.Row
	for _, row := range printed.Rows {
		switch {
		case row.State == attack.Impossible || row.State == attack.Shown && row.Distribution != nil:
			row.Distribution, row.Mean, row.Satisfied = nil, nil, nil
			people.Rows = append(people.Rows, row)
		// beside others some may be out already
		case row.State == attack.Shown && row.N != nil && row.N.High < minResidualBase && len(r.Proven.AuditedWith) == 0:
			few = append(few, attack.Row{Codes: row.Codes, State: attack.Shown, N: &attack.Interval{Low: minResidualBase, High: math.MaxInt64}})
		}
	}
	var lattices []attack.Lattice
	for i := range 1 + len(p.Others) {
		if p.Base == nil {
			break // nothing had to be shown
		}
		counts := slices.Clone(p.Base)
		if len(counts) != len(keys) {
			return 0, 0, fmt.Errorf("the proof of release %d has %d numbers of people for %d places", r.ID, len(counts), len(keys))
		}
		if i > 0 {
			for _, d := range p.Others[i-1] {
				if d[0] < 0 || d[0] >= int64(len(counts)) {
					return 0, 0, fmt.Errorf("the proof of release %d names a number of people that is not there", r.ID)
				}
				counts[d[0]] += d[1]
			}
		}
		lattice := attack.Lattice{Counts: map[string][]int64{}}
		for j, key := range keys {
			lattice.Counts[key] = counts[j : j+1]
		}
		lattices = append(lattices, lattice)
		all++
		if attack.Agrees(people, lattice) == nil {
			agree++
		}
	}
	for _, row := range few {
		people.Rows = []attack.Row{row}
		if !slices.ContainsFunc(lattices, func(l attack.Lattice) bool { return attack.Agrees(people, l) == nil }) {
			all++
		}
	}
	return agree, all, nil
}
