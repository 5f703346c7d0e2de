package disclosure

// interchangeable reports whether, for every group shown without its distribution, some people in it could have answered
// differently: two of its answers swapped for two answers found in another held-back group (all hidden ones count as one group),
// with every printed number, mean, share and total unchanged. Otherwise the held-back distribution could be worked out.
//
// Groups whose own mean and share already leave no such choice are passed over: with two or three answers the two figures say it
// all, and the rules release these two.
func interchangeable(groups []group, answers []Answer) bool {
	hidden, number := together(groups, func(g group) bool { return g.hidden })
	var held []pairs
	if number > 0 {
		held = append(held, pairsOf(hidden.counts, answers))
	}
	first := len(held)
	for _, g := range groups {
		if g.asked && g.bare && !g.hidden {
			held = append(held, pairsOf(g.counts, answers))
		}
	}
	plenty := make([]int64, len(answers))
	for a := range plenty {
		plenty[a] = 2
	}
	anything := pairsOf(plenty, answers)
	for i := first; i < len(held); i++ {
		if !held[i].swaps(anything) {
			continue
		}
		open := false
		for j := range held {
			if i != j && held[i].swaps(held[j]) {
				open = true
				break
			}
		}
		if !open {
			return false
		}
	}
	return true
}

// worth is what two answers add to the printed figures.
type worth struct {
	score     float64
	satisfied int
}

// pairs are the pairs of answers found in a group by their worth: at most two of each, enough to know whether another differs.
type pairs map[worth][][2]int

func pairsOf(counts []int64, answers []Answer) pairs {
	p := pairs{}
	for a := range counts {
		for b := a; b < len(counts); b++ {
			if counts[a] == 0 || counts[b] == 0 || a == b && counts[a] < 2 {
				continue
			}
			var w worth
			for _, i := range [2]int{a, b} {
				if answers[i].Score != nil {
					w.score += *answers[i].Score
				}
				if answers[i].Satisfied {
					w.satisfied++
				}
			}
			if len(p[w]) < 2 {
				p[w] = append(p[w], [2]int{a, b})
			}
		}
	}
	return p
}

// swaps reports whether p has a pair of answers and q a different one of the same worth.
func (p pairs) swaps(q pairs) bool {
	for w, mine := range p {
		theirs := q[w]
		if len(theirs) > 0 && (len(mine) > 1 || len(theirs) > 1 || mine[0] != theirs[0]) {
			return true
		}
	}
	return false
}
