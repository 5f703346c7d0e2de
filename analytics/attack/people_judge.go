package attack

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// People attacks files that count some of the same people, whatever they are about: it lays one lattice of everybody by
// all that the files mention, says in it what each file prints, and bounds each hidden number, each answer that is held
// back, and what the files differ by. What it cannot judge is NotJudged.
func People(asked Questionnaire, published []Publication, o PeopleOptions) PeopleReport {
	report := PeopleReport{}
	o.Options = o.Options.filled()
	if o.nodes = o.Nodes; o.nodes == 0 {
		o.nodes = 200
	}
	p := &population{asked: asked, published: slices.Clone(published), options: o, model: &model{}, report: &report,
		base: make([][]int32, len(published)), answer: make([][]int8, len(published)), rows: make([][][]int32, len(published))}
	if err := p.attack(); err != nil {
		report = PeopleReport{Trouble: err.Error(), Unknown: 1, Findings: []PeopleFinding{{Leak: NotJudged, Why: err.Error()}}}
	}
	return report
}

func (p *population) found(f PeopleFinding) { p.report.Findings = append(p.report.Findings, f) }

func (p *population) attack() error {
	if len(p.published) == 0 {
		return fmt.Errorf("there are no files")
	}
	if err := p.layOut(); err != nil {
		return err
	}
	p.model.cells = len(p.cells)
	if p.options.Truth != nil {
		if err := p.count(); err != nil {
			return err
		}
	}
	for i := range p.published {
		if err := p.file(i); err != nil {
			return fmt.Errorf("publication %d: %w", i+1, err)
		}
	}
	p.differences()
	p.spansOfRows()
	p.remainders()
	o := p.options.Options
	if p.truth != nil {
		for _, s := range p.model.statements {
			if v := value(s.sum, p.truth); v < s.low || v > s.high {
				return fmt.Errorf("the files do not say what is true: %d where %d to %d is printed", v, s.low, s.high)
			}
		}
		o.seed = p.truth
	}
	s, possible := p.model.reduce()
	if possible {
		s.effort, s.deadline = o.begin()
		possible = s.start(o)
	}
	if !possible {
		return fmt.Errorf("the files agree with no people")
	}
	left := map[string][]Finding{} // the answers of what is left over, by aggregate
	for i, w := range p.judgements {
		each := o
		each.Threshold = max(w.threshold, 1)
		f := s.bound(i, each)
		if w.kind == RemainderDisclosed {
			key := fmt.Sprint(w.publication, w.row, w.of[:strings.LastIndex(w.of, ":")])
			left[key] = append(left[key], f)
			p.remainder(w, left[key])
			continue
		}
		p.judge(w, i, f)
	}
	return nil
}

func value(s sum, x []int64) (v int64) {
	for i, c := range s.cells {
		v += s.at(i) * x[c]
	}
	return v
}

// judge says what the ends of one number mean.
func (p *population) judge(w judgement, i int, f Finding) {
	out := PeopleFinding{
		Leak:        w.kind,
		Publication: w.publication,
		Codes:       p.published[w.publication].Rows[w.row].Codes,
		Of:          w.of,
		Low:         f.Low,
		High:        f.High,
		Why:         f.Why,
	}
	switch {
	case f.Kind == Unknown:
		out.Leak = NotJudged
		p.report.Unknown++
		p.found(out)
		return
	case w.kind == DistributionDisclosed:
		p.report.Answers++
	case w.kind == DifferenceDisclosed:
		p.report.Parts++
	default:
		p.report.Hidden++
	}
	small := func(n int64) bool { return n > 0 && n < int64(w.threshold) }
	switch {
	case w.kind == DifferenceDisclosed:
		if f.Kind == ExactlyDisclosed && small(f.Low) {
			p.found(out)
		}
	case f.Kind == ExactlyDisclosed:
		p.found(out)
	case f.Kind == IntervalTooNarrow:
		known := f.High < int64(w.threshold) // one that cannot be nobody may be a large one, hidden for another's sake
		if p.truth != nil {
			known = small(value(p.model.targets[i].sum, p.truth))
		}
		if known {
			out.Leak = TooNarrow
			p.found(out)
		}
	}
}

// remainder judges what is left over when the last of its answers is known.
func (p *population) remainder(w judgement, answers []Finding) {
	if len(answers) < len(p.published[w.publication].Table.Answers) {
		return
	}
	p.report.Parts++
	n, exact, unknown := int64(0), true, false
	for _, f := range answers {
		n += f.Low
		exact = exact && f.Kind == ExactlyDisclosed
		unknown = unknown || f.Kind == Unknown
	}
	out := PeopleFinding{
		Leak:        RemainderDisclosed,
		Publication: w.publication,
		Codes:       p.published[w.publication].Rows[w.row].Codes,
		Of:          w.of[:strings.LastIndex(w.of, ":")],
		Low:         n,
		High:        n,
		Why:         "the answers of these people are known, and are fewer than 30",
	}
	switch {
	case exact && n > 0 && n < 30:
		p.found(out)
	case unknown && !slices.ContainsFunc(answers, func(f Finding) bool { return f.Kind == Open }):
		out.Leak = NotJudged
		p.report.Unknown++
		p.found(out)
	}
}

// remainders adds what is left of each line of a table beside an equality characteristic: the aggregates that print no
// distribution, taken together.
func (p *population) remainders() {
	for number, one := range p.published {
		if !p.asked.equality(one.Table) || rounds(one.Table) {
			continue
		}
		at := map[string]int{}
		for r, row := range one.Rows {
			at[Key(row.Codes...)] = r
		}
		for d, dim := range one.Dimensions {
			children := map[string][]string{}
			for _, n := range dim.Nodes {
				children[n.Parent] = append(children[n.Parent], n.Code)
			}
			for r, row := range one.Rows {
				var cells []int32
				var of []string
				for _, child := range children[row.Codes[d]] {
					codes := slices.Clone(row.Codes)
					codes[d] = child
					k, there := at[Key(codes...)]
					if !there || one.Rows[k].Distribution != nil || one.Rows[k].State == Impossible {
						continue
					}
					cells = append(cells, p.rows[number][k]...)
					of = append(of, child)
				}
				_, _, split := p.asked.characteristic(dim.ID)
				if len(of) < 2 || p.sensitive(number, row) == p.options.Threshold && (!split || len(of) == len(children[row.Codes[d]])) {
					continue // a single one is an aggregate of its own, and everybody is no group of a characteristic
				}
				for a := range one.Table.Answers {
					p.addJudgement(
						judgement{kind: RemainderDisclosed, publication: number, row: r, of: fmt.Sprintf("%s together:%d", strings.Join(of, " and "), a)},
						sum{cells: p.giving(number, cells, a)},
						true,
					)
				}
			}
		}
	}
}

// spansOfRows adds the parts of each aggregate that the files tell apart by month, survey and change: a year less two
// halves of it, or who left between two files.
func (p *population) spansOfRows() {
	known := map[string]bool{}
	for number := range p.published {
		for _, cells := range p.rows[number] {
			known[p.key(cells)] = true
		}
	}
	for number := range p.published {
		for r, cells := range p.rows[number] {
			for axis := range 3 {
				parts := map[uint8][]int32{}
				for _, c := range cells {
					parts[p.cells[c][axis]] = append(parts[p.cells[c][axis]], c)
				}
				for _, code := range slices.Sorted(maps.Keys(parts)) {
					part := parts[code]
					key := p.key(part)
					if len(parts) < 2 && axis < 2 || known[key] || axis == 2 && p.axes[2].codes[code] == always {
						continue
					}
					known[key] = true
					p.addJudgement(
						judgement{
							kind:        DifferenceDisclosed,
							publication: number,
							row:         r,
							of:          p.axes[axis].codes[code],
							threshold:   p.sensitive(number, p.published[number].Rows[r]),
						},
						sum{cells: part},
						true,
					)
				}
			}
		}
	}
}

// differences compares printed aggregates of different files of which one has everybody of the other: what is between them
// is known by one subtraction.
func (p *population) differences() {
	type place struct {
		number, row int
		in          []uint64
		size        int
	}
	var all []place
	for number, one := range p.published {
		for r, row := range one.Rows {
			if row.State != Shown || row.N.Low != row.N.High {
				continue
			}
			in := make([]uint64, (len(p.cells)+63)/64)
			for _, c := range p.rows[number][r] {
				in[c/64] |= 1 << (c % 64)
			}
			all = append(all, place{number, r, in, len(p.rows[number][r])})
		}
	}
	for _, a := range all {
	other:
		for _, b := range all {
			if a.number == b.number || a.size <= b.size {
				continue
			}
			for i := range a.in {
				if b.in[i]&^a.in[i] != 0 {
					continue other
				}
			}
			rowA, rowB := p.published[a.number].Rows[a.row], p.published[b.number].Rows[b.row]
			n := rowA.N.Low - rowB.N.Low
			threshold := int64(max(p.sensitive(a.number, rowA), p.sensitive(b.number, rowB)))
			p.report.Parts++
			out := PeopleFinding{Leak: DifferenceDisclosed, Publication: a.number, Codes: rowA.Codes,
				Of: fmt.Sprintf("less publication %d, %s", b.number+1, strings.Join(rowB.Codes, ", ")), Low: n, High: n,
				Why: "one printed number less another"}
			if n > 0 && n < threshold {
				p.found(out)
			} else if threshold > int64(p.options.Threshold) &&
				n >= threshold && n < 30 && rowA.Distribution != nil && rowB.Distribution != nil {
				out.Leak, out.Why = RemainderDisclosed, "one printed distribution less another is that of fewer than 30 people"
				p.found(out)
			}
		}
	}
}

// sensitive is the threshold for an aggregate: the higher one where it says something about an equality characteristic.
func (p *population) sensitive(number int, row Row) int {
	for d, dim := range p.published[number].Dimensions {
		if _, _, equality := p.asked.characteristic(dim.ID); equality && row.Codes[d] != All {
			return p.threshold(number)
		}
	}
	return p.options.Threshold
}

func (p *population) key(cells []int32) string {
	var b strings.Builder
	for _, c := range cells {
		b.WriteByte(byte(c))
		b.WriteByte(byte(c >> 8))
	}
	return b.String()
}
