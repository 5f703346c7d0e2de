package linked

import (
	"fmt"
	"slices"
	"strings"

	"yousaid/analytics/crosstab"
	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/surveys/bank"
)

// lay makes the lattice; aggregates must have been asked for by then, so that their selections are in it.
func (j *jointTable) lay() disclosure.Lattice {
	l := j.Lattice()
	l.Dimensions = j.named
	for i := range l.Dimensions {
		l.Dimensions[i].Sets = nil
		for _, key := range slices.Sorted(func(yield func(string) bool) {
			for k := range j.sets[i] {
				if !yield(k) {
					return
				}
			}
		}) {
			l.Dimensions[i].Sets = append(l.Dimensions[i].Sets, disclosure.Group{Code: j.sets[i][key], Of: strings.Split(key, "\x1e")})
		}
	}
	l.NotAsked = j.impossible(l)
	for i := range l.NotAsked { // an answer that no version lists any more looks impossible, and is there
		for _, n := range l.Counts[i*len(l.Answers) : (i+1)*len(l.Answers)] {
			l.NotAsked[i] = l.NotAsked[i] && n == 0
		}
	}
	return l
}

// impossible marks combinations that cannot be: of a month and a directorate in which the service was elsewhere, and of
// answers to a several-of-many question that some table takes for no answer and another does not.
func (j *jointTable) impossible(l disclosure.Lattice) []bool {
	month, service := -1, -1
	cells := 1
	var ticked [][]int // the dimensions of one question
	for i, d := range j.By {
		code, _, ok := strings.Cut(d.ID, ":")
		if !ok {
			continue
		}
		at := slices.IndexFunc(ticked, func(of []int) bool { return strings.HasPrefix(j.By[of[0]].ID, code+":") })
		if at < 0 {
			ticked = append(ticked, nil)
			at = len(ticked) - 1
		}
		ticked[at] = append(ticked[at], i)
	}
	ticked = slices.DeleteFunc(ticked, func(of []int) bool { return len(of) < 2 })
	for i, d := range j.By {
		switch d.ID {
		case "month":
			month = i
		case "service":
			service = i
		}
		cells *= len(l.Dimensions[i].Codes)
	}
	if (month < 0 || service < 0) && len(ticked) == 0 {
		return nil
	}
	home := map[[2]string]string{}
	for _, s := range j.Codebook.Services {
		for _, m := range j.Months() {
			home[[2]string{s.Code, m}] = j.Codebook.Directorate(s.ID, m)
		}
	}
	out := make([]bool, cells)
	cell := 0
	crosstab.Combinations(j.Frame.Dimensions, func(codes []string) {
		if month >= 0 && service >= 0 {
			slug, directorate, _ := strings.Cut(codes[service], crosstab.CodeSeparator)
			if is, known := home[[2]string{slug, codes[month]}]; known {
				out[cell] = is != directorate
			}
		}
		for _, of := range ticked {
			silent, none := 0, 0
			for _, i := range of {
				switch codes[i] {
				case "":
					silent++
				case "no":
					none++
				}
			}
			// Who answered gave one answer at least: nobody said no to all there are.
			q, _, _ := strings.Cut(j.By[of[0]].ID, ":")
			asked, _ := j.Codebook.Merged(q)
			out[cell] = out[cell] || silent > 0 && silent < len(of) || none == len(of) && len(of) == len(asked.Options)
		}
		cell++
	})
	return out
}

// prepare lists the codes of each dimension.
func (j *jointTable) prepare() {
	l := j.Lattice() // fills the frame's dimensions
	j.named = l.Dimensions
	for i := range j.named {
		j.named[i].Groups = nil
		j.leaves = append(j.leaves, j.named[i].Codes)
		j.sets = append(j.sets, map[string]string{})
	}
}

// codes finds a combination of codes of a table in the joint lattice: split says by what it is split, surveys and months what it covers.
func (j *jointTable) codes(split, codes []string, surveys []int64, months []string, part func(i int, code string) []string) []string {
	out := make([]string, len(j.By))
	for i, of := range j.within(split, codes, surveys, months, part) {
		out[i] = j.selection(i, of)
	}
	return out
}

// within gives the codes of the joint lattice behind a combination of codes of a table, by dimension.
func (j *jointTable) within(split, codes []string, surveys []int64, months []string, part func(i int, code string) []string) [][]string {
	out := make([][]string, len(j.By))
	for i, d := range j.By {
		keep := func(string) bool { return true }
		switch d.ID {
		case "(survey)":
			keep = func(leaf string) bool {
				at := slices.IndexFunc(d.Codes, func(c figures.Code) bool { return c.Code == leaf })
				return at >= 0 && slices.Contains(surveys, j.Frame.Surveys[at].ID)
			}
		case "month":
			keep = func(leaf string) bool { return slices.Contains(months, leaf) }
		}
		var wanted []func(leaf string) bool
		for k, id := range split {
			if codes[k] == figures.All {
				continue
			}
			of := part(k, codes[k]) // the code itself, or those of its group
			in := func(code string) bool { return slices.Contains(of, code) }
			switch {
			case id == d.ID && id == "service":
				wanted = append(wanted, func(leaf string) bool { slug, _, _ := strings.Cut(leaf, crosstab.CodeSeparator); return in(slug) })
			case id == "directorate" && d.ID == "service":
				wanted = append(wanted, func(leaf string) bool { _, home, _ := strings.Cut(leaf, crosstab.CodeSeparator); return in(home) })
			case id == d.ID:
				wanted = append(wanted, in)
			case id == d.ID+"_group" && d.Equality:
				wanted = append(wanted, func(leaf string) bool { return in(bank.Group(d.ID, leaf)) })
			}
		}
		for _, leaf := range j.leaves[i] {
			if keep(leaf) && !slices.ContainsFunc(wanted, func(w func(string) bool) bool { return !w(leaf) }) {
				out[i] = append(out[i], leaf)
			}
		}
	}
	return out
}

// noMembers stands for a selection of no codes: a code that is not known any more, and that nobody has.
const noMembers = "(nobody)"

// selection names some codes of a dimension taken together.
func (j *jointTable) selection(i int, of []string) string {
	switch {
	case len(of) == 0:
		return noMembers
	case len(of) == len(j.leaves[i]):
		return figures.All
	case len(of) == 1:
		return of[0]
	}
	key := strings.Join(of, "\x1e")
	if j.sets[i][key] == "" {
		j.sets[i][key] = fmt.Sprintf("(selection %d)", len(j.sets[i])+1)
	}
	return j.sets[i][key]
}

// peopleIn counts the answers of an aggregate, given the codes behind it in each dimension.
func (j *jointTable) peopleIn(of [][]string) (n int64, answers map[string]int64) {
	answers = map[string]int64{}
	for _, c := range j.Cells {
		inside := true
		for i, code := range c.Codes {
			inside = inside && slices.Contains(of[i], code)
		}
		if inside {
			n += c.N
			for a, k := range c.Answers {
				answers[a] += k
			}
		}
	}
	return n, answers
}

// members gives the codes behind each code of an aggregate.
func (j *jointTable) members(codes []string) [][]string {
	out := make([][]string, len(codes))
	for i, code := range codes {
		out[i] = []string{code}
		if code == figures.All {
			out[i] = j.leaves[i]
		}
		for key, name := range j.sets[i] {
			if name == code {
				out[i] = strings.Split(key, "\x1e")
			}
		}
	}
	return out
}
