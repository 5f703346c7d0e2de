package attack

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// judgement is what the attack looks for in one target of the model.
type judgement struct {
	kind        Leak
	publication int
	row         int
	of          string
	threshold   int
}

// file says what one publication prints about the people.
func (p *population) file(number int) error {
	one := &p.published[number]
	if err := p.answers(number); err != nil {
		return err
	}
	codes := make([][]string, len(one.Dimensions)) // of each dimension and person counted
	for d, dim := range one.Dimensions {
		code, err := p.read(dim.ID)
		if err != nil {
			return err
		}
		codes[d] = make([]string, len(p.base[number]))
		for i, cell := range p.base[number] {
			if codes[d][i] = code(int(cell)); codes[d][i] == "" {
				codes[d][i] = None
			}
		}
	}
	under := make([]map[string]map[string]bool, len(one.Dimensions)) // the codes that each code counts
	for d, dim := range one.Dimensions {
		t, err := newTree(dim)
		if err != nil {
			return err
		}
		under[d] = map[string]map[string]bool{}
		var leaves func(code string) map[string]bool
		leaves = func(code string) map[string]bool {
			set := map[string]bool{}
			if len(t.children[code]) == 0 {
				set[code] = true
			}
			for _, c := range t.children[code] {
				for leaf := range leaves(c) {
					set[leaf] = true
				}
			}
			return set
		}
		for code := range t.known {
			under[d][code] = leaves(code)
		}
	}
	p.listed(number, codes, under)
	for r := range one.Rows {
		var cells []int32
	person:
		for i, cell := range p.base[number] {
			for d, code := range one.Rows[r].Codes {
				if code != All && !under[d][code][codes[d][i]] {
					continue person
				}
			}
			cells = append(cells, cell)
		}
		p.rows[number] = append(p.rows[number], cells)
		if err := p.row(number, r, cells); err != nil {
			return fmt.Errorf("%v: %w", one.Rows[r].Codes, err)
		}
	}
	return nil
}

// answers finds who is counted, and by which answer.
func (p *population) answers(number int) error {
	one := &p.published[number]
	var scale []Answer
	type way struct {
		axis int
		list []string
	}
	ways := map[string]way{}
	for _, s := range one.Surveys {
		q, _ := p.asked.counted(one.Measure, s)
		if q.Several || q.Code == "" {
			return fmt.Errorf("%s has no one answer for each person", one.Measure)
		}
		if scale == nil {
			scale = q.Answers
		}
		if !slices.EqualFunc(scale, q.Answers, func(a, b Answer) bool { return a.Code == b.Code }) {
			return fmt.Errorf("%s has other answers in %s", one.Measure, s)
		}
		ways[s] = way{p.at[q.Code], p.axes[p.at[q.Code]].codes}
	}
	if len(one.Table.Answers) > 0 && len(one.Table.Answers) != len(scale) {
		return fmt.Errorf("it prints %d answers, and %s has %d", len(one.Table.Answers), one.Measure, len(scale))
	}
	one.Table.Answers = scale
	months := monthsOf(one.From, one.To)
	p.answer[number] = make([]int8, len(p.cells))
	for c, cell := range p.cells {
		p.answer[number][c] = -1
		w, counted := ways[p.axes[0].codes[cell[0]]]
		if !counted || !slices.Contains(months, p.axes[1].codes[cell[1]]) || !present(p.axes[2].codes[cell[2]], one.Epoch) {
			continue
		}
		code := w.list[cell[w.axis]]
		if at := slices.IndexFunc(scale, func(a Answer) bool { return a.Code == code }); at >= 0 {
			p.answer[number][c] = int8(at) // a list of answers is short
			p.base[number] = append(p.base[number], int32(c))
		}
	}
	return nil
}

// listed finds codes that could occur and are not listed. Then the table lists what somebody has: nobody has the codes
// that are missing, and each that is there is somebody's.
func (p *population) listed(number int, codes [][]string, under []map[string]map[string]bool) {
	one := p.published[number]
	for d, dim := range one.Dimensions {
		missing := map[string]bool{}
		var nobody []int32
		of := map[string][]int32{}
		for i, cell := range p.base[number] {
			code := codes[d][i]
			if !under[d][All][code] {
				missing[code] = true
				nobody = append(nobody, cell)
			}
			of[code] = append(of[code], cell)
		}
		if len(missing) == 0 {
			continue
		}
		p.model.constrain(sum{cells: nobody}, 0, 0)
		for _, code := range slices.Sorted(maps.Keys(missing)) {
			p.found(
				PeopleFinding{
					Leak:        RowDisclosed,
					Publication: number,
					Codes:       []string{code},
					Of:          dim.ID,
					Why:         fmt.Sprintf("%s lists only codes that somebody has: one that is missing is nobody", dim.ID),
				},
			)
		}
		for _, code := range slices.Sorted(maps.Keys(under[d][All])) {
			// That a printed group is there tells nothing; that a hidden one is, tells that it is somebody.
			hidden := slices.ContainsFunc(one.Rows, func(r Row) bool {
				return r.State == Hidden && !slices.ContainsFunc(r.Codes, func(c string) bool { return c != All && c != code }) && r.Codes[d] == code
			})
			if !hidden || len(of[code]) == 0 {
				continue
			}
			p.model.constrain(sum{cells: of[code]}, 1, unlimited)
			p.found(PeopleFinding{Leak: RowDisclosed, Publication: number, Codes: []string{code}, Of: dim.ID, Low: 1, High: Unlimited,
				Why: fmt.Sprintf("%s lists only codes that somebody has: a hidden one is somebody", dim.ID)})
		}
	}
}

// row says what is printed about one aggregate, as one table by itself does, and notes what is to be found out.
func (p *population) row(number, r int, cells []int32) error {
	one := p.published[number]
	row := one.Rows[r]
	threshold := p.threshold(number)
	n := sum{cells: cells}
	switch row.State {
	case Impossible:
		p.model.constrain(n, 0, 0)
		return nil
	case Hidden:
		if row.N != nil || row.Distribution != nil {
			return errors.New("it is hidden and has counts")
		}
		// Beside rounded numbers, hiding promises another number; otherwise nobody and the threshold.
		p.addJudgement(judgement{kind: Disclosed, publication: number, row: r, threshold: threshold}, n, rounds(one.Table))
		return nil
	}
	if row.N == nil {
		return errors.New("it is shown and has no number")
	}
	p.model.constrain(n, row.N.Low, row.N.High)
	ranged := row.N.Low != row.N.High
	if ranged {
		p.addJudgement(judgement{kind: Disclosed, publication: number, row: r}, n, true)
	}
	if row.Distribution != nil {
		for a, d := range row.Distribution {
			s := sum{cells: p.giving(number, cells, a)}
			p.model.constrain(s, d.Low, d.High)
			if ranged && d.Low != d.High {
				p.addJudgement(judgement{kind: Disclosed, publication: number, row: r, of: one.Table.Answers[a].Code}, s, true)
			}
		}
		return nil
	}
	if ranged {
		return nil
	}
	if err := figures(
		p.model,
		n,
		p.published[number].Table.Answers,
		row,
		func(i int) int { return int(p.answer[number][cells[i]]) },
	); err != nil {
		return err
	}
	for a := range one.Table.Answers {
		if p.follows(number, row, cells, a) {
			continue // its number, mean and share leave no choice
		}
		p.addJudgement(
			judgement{kind: DistributionDisclosed, publication: number, row: r, of: one.Table.Answers[a].Code, threshold: threshold},
			sum{cells: p.giving(number, cells, a)},
			true,
		)
	}
	return nil
}

// rounds tells whether a table prints rounded numbers.
func rounds(t Table) bool {
	return slices.ContainsFunc(t.Rows, func(r Row) bool { return r.N != nil && r.N.Low != r.N.High })
}

// figures says what a mean and a share tell. The unknown i gives the answer of.
func figures(m *model, n sum, answers []Answer, row Row, of func(i int) int) error {
	weigh := func(weights []int64) sum {
		w := sum{cells: n.cells, coef: make([]int64, len(n.cells))}
		for i := range n.cells {
			w.coef[i] = weights[of(i)]
		}
		return w
	}
	if row.Mean != nil {
		if whole, scale, ok := scores(answers); ok {
			if err := m.figure(weigh(whole), *row.Mean, scale, row.N); err != nil {
				return err
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(row.Others)) {
		f := row.Others[key]
		if whole, scale, ok := weights(answers, key); ok {
			if err := m.figure(weigh(whole), *f, scale, row.N); err != nil {
				return err
			}
		}
	}
	if row.Satisfied != nil {
		one, said := make([]int64, len(answers)), false
		for i, a := range answers {
			said = said || a.Satisfied != nil
			if a.Satisfied != nil && *a.Satisfied {
				one[i] = 1
			}
		}
		if said {
			return m.figure(weigh(one), *row.Satisfied, 1, row.N)
		}
	}
	return nil
}

// follows tells whether a number, a mean and a share say by themselves how many gave an answer: then nothing could hold
// that back. Figures that are printed rounded may be printed whole elsewhere, so those of the truth are taken, where it is
// known.
func (p *population) follows(number int, row Row, cells []int32, answer int) bool {
	answers := p.published[number].Table.Answers
	if p.truth != nil && row.N.Low > 0 {
		total, satisfied, others := 0.0, 0.0, map[string]float64{}
		for i, a := range answers {
			n := float64(value(sum{cells: p.giving(number, cells, i)}, p.truth))
			if a.Score != nil {
				total += *a.Score * n
			}
			if a.Satisfied != nil && *a.Satisfied {
				satisfied += n
			}
			for key, weight := range a.Weights {
				others[key] += weight * n
			}
		}
		exact := func(f *Figure, v float64) *Figure {
			if f == nil {
				return nil
			}
			return &Figure{v/float64(row.N.Low) - 1e-9, v/float64(row.N.Low) + 1e-9}
		}
		row.Mean, row.Satisfied = exact(row.Mean, total), exact(row.Satisfied, satisfied)
		printed := row.Others
		row.Others = map[string]*Figure{}
		for key, f := range printed {
			row.Others[key] = exact(f, others[key])
		}
	}
	m := &model{cells: len(answers)}
	n := sum{}
	for i := range answers {
		n.cells = append(n.cells, int32(i)) // few
	}
	m.constrain(n, row.N.Low, row.N.High)
	if figures(m, n, answers, row, func(i int) int { return i }) != nil {
		return false
	}
	m.targets = []target{{sum: sum{cells: []int32{int32(answer)}}, scale: 1, rounded: true}} // few
	s, possible := m.reduce()
	if !possible {
		return false
	}
	o := p.options.Options
	s.effort, s.deadline = o.begin()
	return s.start(o) && s.bound(0, o).Kind == ExactlyDisclosed
}

// giving are the people of an aggregate who gave an answer.
func (p *population) giving(number int, cells []int32, answer int) (list []int32) {
	for _, c := range cells {
		if int(p.answer[number][c]) == answer {
			list = append(list, c)
		}
	}
	return list
}

// threshold of a table is a higher one beside an equality characteristic.
func (p *population) threshold(number int) int {
	if p.asked.equality(p.published[number].Table) {
		return max(EqualityThreshold, p.options.Threshold)
	}
	return p.options.Threshold
}

// addJudgement notes a target. Another asks whether it can be any other number; otherwise whether it can be nobody and the threshold.
func (p *population) addJudgement(w judgement, s sum, another bool) {
	p.judgements = append(p.judgements, w)
	p.model.targets = append(
		p.model.targets,
		target{sum: s, table: w.publication, codes: p.published[w.publication].Rows[w.row].Codes, of: w.of, scale: 1, rounded: another},
	)
}
