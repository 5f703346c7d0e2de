package attack

import (
	"fmt"
	"strings"
)

// Difference lists in sentences what follows for the people by whom two publications of one table differ: two periods of which one holds the other, or a
// table and the same table without a group. A difference of 0 says nothing, and one of the threshold or more is about enough people. Only aggregates that show
// exact numbers of answers in both are compared; what is hidden in one of them is the business of Attack with Together.
func Difference(a, b Table, o Options) (says []string) {
	o = o.filled()
	before := map[string]Row{}
	for _, r := range a.Rows {
		before[Key(r.Codes...)] = r
	}
	for _, r := range b.Rows {
		old, there := before[Key(r.Codes...)]
		if !there || old.N == nil || r.N == nil || old.State != Shown || r.State != Shown || old.N.Low != old.N.High || r.N.Low != r.N.High {
			continue
		}
		more := r.N.Low - old.N.Low
		if more == 0 || abs(more) >= int64(o.Threshold) {
			continue
		}
		place := strings.Join(r.Codes, ", ")
		if place == "" {
			place = "all"
		}
		says = append(says, fmt.Sprintf("%s: %s, which is below %d", place, people(more), o.Threshold))
		if more < 0 {
			says = append(says, change(place, b, r, old, -more)...)
		} else {
			says = append(says, change(place, b, old, r, more)...)
		}
	}
	return says
}

func people(more int64) string {
	word, noun := "more", "people"
	if more < 0 {
		word = "fewer"
	}
	if abs(more) == 1 {
		noun = "person"
	}
	return fmt.Sprintf("%d %s %s", abs(more), noun, word)
}

// change says what the few people are known to have answered: by their answers, by the sum of their scores and by how many of them are satisfied.
func change(place string, t Table, fewer, more Row, n int64) (says []string) {
	if len(fewer.Distribution) == len(t.Answers) && len(more.Distribution) == len(t.Answers) && len(t.Answers) > 0 {
		var answers []string
		for i, a := range t.Answers {
			if d := more.Distribution[i].Low - fewer.Distribution[i].Low; d != 0 && more.Distribution[i].Low == more.Distribution[i].High {
				answers = append(answers, fmt.Sprintf("%d gave the answer %s", d, a.Code))
			}
		}
		return []string{fmt.Sprintf("%s: of these %s", place, strings.Join(answers, ", "))}
	}
	if whole, scale, ok := scores(t.Answers); ok && fewer.Mean != nil && more.Mean != nil {
		least, most := whole[0], whole[0]
		for _, s := range whole {
			least, most = min(least, s), max(most, s)
		}
		low, high := few(*fewer.Mean, fewer.N.Low, *more.Mean, more.N.Low, scale, least, most, n)
		says = append(says, known(place, "the scores of these", low, high, scale)...)
	}
	if fewer.Satisfied != nil && more.Satisfied != nil {
		low, high := few(*fewer.Satisfied, fewer.N.Low, *more.Satisfied, more.N.Low, 1, 0, 1, n)
		says = append(says, known(place, "those satisfied among these", low, high, 1)...)
	}
	return says
}

// few bounds the sum over n people by the sums over all people with and without them, in 1/scale.
func few(without Figure, nWithout int64, with Figure, nWith, scale, least, most, n int64) (low, high int64) {
	lowWithout, highWithout := sums(without, nWithout, scale, least, most)
	lowWith, highWith := sums(with, nWith, scale, least, most)
	return max(lowWith-highWithout, n*least), min(highWith-lowWithout, n*most)
}

// sums gives the whole sums that a figure allows.
func sums(f Figure, n, scale, least, most int64) (low, high int64) {
	m := &model{}
	base := Interval{n, n}
	if n == 0 || m.figure(sum{}, sum{}, f, scale, &base) != nil || len(m.statements) == 0 {
		return n * least, n * most
	}
	return max(n*least, m.statements[0].low), min(n*most, m.statements[0].high)
}

func known(place, what string, low, high, scale int64) []string {
	switch {
	case low > high:
		return []string{fmt.Sprintf("%s: %s cannot be: the two publications do not fit together", place, what)}
	case low == high:
		return []string{fmt.Sprintf("%s: %s come to exactly %g", place, what, float64(low)/float64(scale))}
	}
	return nil
}

// Bases lists the numbers of people up to most of which a share can be printed so: a share of 33.3 percent needs 3 people, or 6, and tells so when the base
// is hidden.
func Bases(share Figure, most int64) (bases []int64) {
	for n := int64(1); n <= most; n++ {
		if low, high := sums(share, n, 1, 0, 1); low <= high {
			bases = append(bases, n)
		}
	}
	return bases
}

// Classes lists in sentences the aggregates below a base (30, say) where all people, or all but one, gave the same answer: whoever knows that somebody is among
// them knows the answer, though no count is small. Only printed answers are looked at; Attack with Deeper finds what follows for others.
func Classes(t Table, base int64) (says []string) {
	for _, r := range t.Rows {
		if r.State != Shown || r.N == nil || r.N.Low >= base || r.N.Low < 1 {
			continue
		}
		for i, d := range r.Distribution {
			if d.Low == d.High && r.N.Low == r.N.High && r.N.Low-d.Low < 2 && i < len(t.Answers) {
				says = append(says, fmt.Sprintf("%s: %d of %d gave the answer %s", strings.Join(r.Codes, ", "), d.Low, r.N.Low, t.Answers[i].Code))
				break
			}
		}
	}
	return says
}
