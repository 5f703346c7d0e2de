package attack

import (
	"fmt"
	"slices"
	"strings"
)

// peopleAxis tells people apart, as finely as any file does.
type peopleAxis struct {
	id    string
	codes []string
}

// population is the finest lattice of everybody, and the files in it.
type population struct {
	asked      Questionnaire
	published  []Publication
	options    PeopleOptions
	axes       []peopleAxis
	at         map[string]int // the axis of a name
	span       map[string]string
	cells      [][]uint8
	epochs     int
	model      *model
	base       [][]int32   // of each publication, the unknowns that it counts
	rows       [][][]int32 // of each publication and row, the unknowns of its aggregate
	answer     [][]int8    // of each publication and unknown, which of its answers, -1 for none
	judgements []judgement
	truth      []int64
	report     *PeopleReport
}

const (
	maxPeople  = 60000 // unknowns of the finest lattice
	axisSurvey = "(survey)"
	axisMonth  = "(month)"
	axisEpoch  = "(epoch)"
	always     = "always"
)

// read gives the code of somebody in a dimension of a file.
func (p *population) read(id string) (code func(cell int) string, err error) {
	if c, grouped, ok := p.asked.characteristic(id); ok {
		axis, there := p.at[c.ID]
		if !there {
			return nil, fmt.Errorf("nothing is known of %s", id)
		}
		whole := p.axes[axis].codes
		return func(cell int) string {
			own := whole[p.cells[cell][axis]]
			if grouped && own != "" {
				if group := c.Groups[own]; group != "" {
					return group
				}
			}
			return own
		}, nil
	}
	name, option, ticked := strings.Cut(id, ":")
	switch id {
	case "month":
		name = axisMonth
	case "directorate":
		name = "service"
	}
	axis, there := p.at[name]
	if !there {
		return nil, fmt.Errorf("the questionnaire has no %s", id)
	}
	codes := p.axes[axis].codes
	switch {
	case id == "directorate":
		month := p.at[axisMonth]
		homes := map[string]func(string) string{}
		for _, s := range p.asked.Services {
			homes[s.Slug] = s.Home
		}
		return func(cell int) string {
			home := homes[codes[p.cells[cell][axis]]]
			if home == nil {
				return ""
			}
			return home(p.axes[month].codes[p.cells[cell][month]])
		}, nil
	case ticked:
		return func(cell int) string {
			own := codes[p.cells[cell][axis]]
			switch {
			case own == "":
				return ""
			case slices.Contains(strings.Split(own, ","), option):
				return "yes"
			}
			return "no"
		}, nil
	}
	return func(cell int) string { return codes[p.cells[cell][axis]] }, nil
}

// layOut finds the axes that the files mention, and lists everybody who could be.
func (p *population) layOut() error {
	var months, surveys []string
	p.epochs = 1
	byMonth, services := false, false
	for _, one := range p.published {
		for _, m := range monthsOf(one.From, one.To) {
			if !slices.Contains(months, m) {
				months = append(months, m)
			}
		}
		for _, s := range one.Surveys {
			if !slices.Contains(surveys, s) {
				surveys = append(surveys, s)
			}
		}
		p.epochs = max(p.epochs, one.Epoch+1)
		for _, d := range one.Dimensions {
			byMonth = byMonth || d.ID == "month"
			services = services || d.ID == "service" || d.ID == "directorate"
		}
	}
	if len(months) == 0 || len(surveys) == 0 || len(p.options.Changes) < p.epochs-1 {
		return fmt.Errorf("a publication without surveys or months, or changes that nobody explains")
	}
	slices.Sort(months)
	p.at = map[string]int{}
	p.axis(axisSurvey, surveys)
	p.axis(axisMonth, p.spans(months, byMonth, services))
	states := []string{always}
	for i, c := range p.options.Changes[:p.epochs-1] {
		if c&Left != 0 {
			states = append(states, fmt.Sprintf("left %d", i+1))
		}
		if c&Came != 0 {
			states = append(states, fmt.Sprintf("came %d", i+1))
		}
	}
	p.axis(axisEpoch, states)
	for _, one := range p.published {
		for _, s := range one.Surveys {
			q, ok := p.asked.counted(one.Measure, s)
			if !ok {
				return fmt.Errorf("%s is not asked in %s", one.Measure, s)
			}
			p.question(q)
		}
		for _, d := range one.Dimensions {
			if err := p.dimension(d.ID); err != nil {
				return err
			}
		}
	}
	return p.everybody()
}

func (p *population) axis(id string, codes []string) {
	if _, there := p.at[id]; there {
		return
	}
	p.at[id] = len(p.axes)
	p.axes = append(p.axes, peopleAxis{id, codes})
}

func (p *population) question(q Question) {
	codes := []string{""}
	for _, a := range q.Answers {
		codes = append(codes, a.Code)
	}
	if q.Several { // every choice of some of the answers
		codes = []string{""}
		for set := 1; set < 1<<len(q.Answers); set++ {
			var some []string
			for i, a := range q.Answers {
				if set&(1<<i) != 0 {
					some = append(some, a.Code)
				}
			}
			codes = append(codes, strings.Join(some, ","))
		}
	}
	p.axis(q.Code, append(codes, q.Uncounted...))
}

// dimension makes the axis behind a dimension. A characteristic that is only there by its groups is told apart by these.
func (p *population) dimension(id string) error {
	if c, _, ok := p.asked.characteristic(id); ok {
		whole := false
		for _, one := range p.published {
			whole = whole || slices.ContainsFunc(one.Dimensions, func(d Dimension) bool { return d.ID == c.ID })
		}
		codes := []string{""}
		for _, code := range c.Codes {
			if !whole {
				code = c.Groups[code]
			}
			if !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
		p.axis(c.ID, codes)
		return nil
	}
	name, _, _ := strings.Cut(id, ":")
	switch name {
	case "month":
		return nil
	case "service", "directorate":
		var codes []string
		for _, s := range p.asked.Services {
			codes = append(codes, s.Slug)
		}
		p.axis("service", codes)
		return nil
	}
	if q, ok := p.asked.question(name); ok {
		p.question(q)
		return nil
	}
	list, ok := p.asked.Lists[name]
	if !ok {
		return fmt.Errorf("the questionnaire has no %s", id)
	}
	p.axis(name, list)
	return nil
}

// spans gives each month the first one that every file counts alike; each is told apart where a file does.
func (p *population) spans(months []string, byMonth, services bool) (first []string) {
	p.span = map[string]string{}
	alike := map[string]string{}
	for _, m := range months {
		var in strings.Builder
		for _, one := range p.published {
			fmt.Fprint(&in, one.From <= m && m <= one.To, " ")
		}
		if byMonth {
			in.WriteString(m)
		}
		if services {
			for _, s := range p.asked.Services {
				if s.Home != nil {
					in.WriteString(s.Home(m) + " ")
				}
			}
		}
		if alike[in.String()] == "" {
			alike[in.String()] = m
			first = append(first, m)
		}
		p.span[m] = alike[in.String()]
	}
	return first
}

// everybody lists the combinations: a question that a survey does not ask has no answer in it.
func (p *population) everybody() error {
	asks := make([]func(survey string) bool, len(p.axes))
	for i, a := range p.axes {
		if q, ok := p.asked.question(a.id); ok {
			asks[i] = func(survey string) bool { return slices.Contains(q.Surveys, survey) }
		}
	}
	cell := make([]uint8, len(p.axes))
	var walk func(i int) bool
	walk = func(i int) bool {
		if i == len(p.axes) {
			p.cells = append(p.cells, slices.Clone(cell))
			return len(p.cells) <= maxPeople
		}
		for k, code := range p.axes[i].codes {
			if asks[i] != nil && code != "" && !asks[i](p.axes[0].codes[cell[0]]) {
				continue
			}
			cell[i] = uint8(k) // no list has 256 codes: below
			if !walk(i + 1) {
				return false
			}
		}
		return true
	}
	for _, a := range p.axes {
		if len(a.codes) > 255 {
			return fmt.Errorf("%s has too many codes to be searched", a.id)
		}
	}
	if !walk(0) {
		return fmt.Errorf("what the files mention taken together has more than %d combinations", maxPeople)
	}
	return nil
}

func monthsOf(from, to string) (list []string) {
	var y, m int
	if _, err := fmt.Sscanf(from, "%d-%d", &y, &m); err != nil || m < 1 || m > 12 {
		return nil
	}
	for range 600 {
		at := fmt.Sprintf("%04d-%02d", y, m)
		if at > to {
			return list
		}
		list = append(list, at)
		if m++; m > 12 {
			y, m = y+1, 1
		}
	}
	return list
}

// present tells whether somebody with this state was there in an epoch.
func present(state string, epoch int) bool {
	var at int
	switch {
	case state == always:
		return true
	case strings.HasPrefix(state, "left "):
		_, _ = fmt.Sscanf(state, "left %d", &at)
		return epoch < at
	}
	_, _ = fmt.Sscanf(state, "came %d", &at)
	return epoch >= at
}

// state is the code of somebody on the axis of epochs, of which there are so many; "" for somebody who comes later than all of them.
func (one Person) state(epochs int) string {
	switch {
	case one.Left > 0 && one.Left < epochs:
		return fmt.Sprintf("left %d", one.Left)
	case one.Came >= epochs:
		return ""
	case one.Came > 0:
		return fmt.Sprintf("came %d", one.Came)
	}
	return always
}

// count puts everybody who answered into the lattice.
func (p *population) count() error {
	places := map[string]int{}
	for i, c := range p.cells {
		places[string(c)] = i
	}
	p.truth = make([]int64, len(p.cells))
	for _, one := range p.options.Truth {
		month, counted := p.span[one.Month]
		state := one.state(p.epochs)
		if !counted || state == "" || !slices.Contains(p.axes[0].codes, one.Survey) {
			continue // no file counts anybody of that month, survey or time
		}
		cell := make([]uint8, len(p.axes))
		for i, a := range p.axes {
			var code string
			switch a.id {
			case axisSurvey:
				code = one.Survey
			case axisMonth:
				code = month
			case axisEpoch:
				code = state
			default:
				code = one.Codes[a.id]
				if c, _, ok := p.asked.characteristic(a.id); ok && code != "" && !slices.Contains(a.codes, code) {
					code = c.Groups[code]
				}
			}
			at := slices.Index(a.codes, code)
			if at < 0 {
				if a.id == axisEpoch {
					return fmt.Errorf("somebody %s, which the changes rule out", code)
				}
				return fmt.Errorf("somebody has the code %q of %s, which it does not have", code, a.id)
			}
			cell[i] = uint8(at) // below 255
		}
		at, there := places[string(cell)]
		if !there {
			return fmt.Errorf("somebody answered a question that was not asked in %s", one.Survey)
		}
		p.truth[at]++
	}
	return nil
}
