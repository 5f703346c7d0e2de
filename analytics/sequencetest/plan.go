package sequencetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"yousaid/analytics/attack"
	"yousaid/analytics/figures"
)

// plan is a council with its people and the tables that it asks for, all from one seed.
type plan struct {
	seed    uint64
	theme   string
	second  string // the code of the second survey's rating; "" without a second survey
	moves   string // the month in which a service moves; "" when none does
	general bool   // there are answers that are about no service
	months  []string
	people  []attack.Person
	changes []attack.Change
	queries []figures.Query
	epochs  []int // of each query

	dice *rand.Rand
}

func (p *plan) describe() string {
	out := fmt.Sprintf("%s; %d people in %d months", p.theme, len(p.people), len(p.months))
	if p.second != "" {
		out += ", a second survey with " + p.second
	}
	if p.general {
		out += ", answers about no service"
	}
	if p.moves != "" {
		out += ", a service moves in " + p.moves
	}
	for i := range p.changes {
		came, left := 0, 0
		for _, one := range p.people {
			if one.Came == i+1 {
				came++
			}
			if one.Left == i+1 {
				left++
			}
		}
		out += fmt.Sprintf(", change %d: %d came, %d left", i+1, came, left)
	}
	return out
}

// theme is what the tables of one sequence have in common: outsiders look for tables that share people.
type theme struct {
	name     string
	measures []string
	by       [][]string
	periods  bool // tables of different months
}

var themes = []theme{
	{"names", []string{"rating", "scale:four"}, [][]string{{"mode"}, {"sex"}, {"sex", "mode"}, {"service"}}, true},
	{
		"crossed both ways",
		[]string{"rating", "own", "scale:four"},
		[][]string{{"sex"}, {"mode"}, {"own"}, {"rating"}, {"mode", "own"}, {"mode", "rating"}, {"sex", "own"}, {"sex", "rating"}},
		false,
	},
	{
		"two characteristics",
		[]string{"rating"},
		[][]string{
			{"sex", "religion_group"},
			{"sex", "directorate"},
			{"religion_group", "mode"},
			{"religion_group", "directorate"},
			{"sex"},
			{"religion_group"},
		},
		false,
	},
	{
		"rows",
		[]string{"rating", "own"},
		[][]string{{"language"}, {"language", "mode"}, {"service"}, {"language", "service"}, {"directorate", "language"}},
		true,
	},
	{
		"moved services",
		[]string{"rating", "scale:four"},
		[][]string{{"service"}, {"directorate"}, {"month"}, {"service", "month"}, {"directorate", "month"}, {"directorate", "mode"}},
		true,
	},
	{
		"several answers",
		[]string{"rating", "own"},
		[][]string{{"topics:x"}, {"topics:y"}, {"topics:x", "mode"}, {"topics:y", "mode"}, {"mode"}},
		true,
	},
	{"months", []string{"rating", "scale:four", "own"}, [][]string{{"month"}, {"mode"}, {"month", "mode"}, {"sex"}}, true},
	{"channels", []string{"rating", "scale:four"}, [][]string{{"channel"}, {"channel", "own"}, {"own"}}, true},
	{"groups", []string{"rating", "scale:four"}, [][]string{{"religion"}, {"religion_group"}, {"sex"}}, true},
}

// newPlan makes the plan of a seed.
func newPlan(seed uint64) *plan {
	p := &plan{seed: seed, dice: rand.New(rand.NewPCG(seed, 10))}
	d := p.dice
	of := themes[int(seed%uint64(len(themes)))]
	p.theme = of.name
	for m := range 1 + d.IntN(4) {
		p.months = append(p.months, fmt.Sprintf("2026-%02d", 4+m))
	}
	if d.IntN(3) == 0 {
		p.second = []string{"rating", "overall"}[d.IntN(2)]
	}
	if len(p.months) > 1 && (of.name == "moved services" || d.IntN(6) == 0) {
		p.moves = p.months[1+d.IntN(len(p.months)-1)]
	}
	p.addPeople(40 + d.IntN(240))
	if d.IntN(4) == 0 {
		p.changeAnswers()
	}
	p.addQueries(of)
	return p
}

// addPeople makes people: codes are common or rare, and go together more often than by chance.
func (p *plan) addPeople(n int) {
	d := p.dice
	skewed := func(codes []string, most int) func(kind int) string {
		codes = slices.Clone(codes)
		d.Shuffle(len(codes), func(i, j int) { codes[i], codes[j] = codes[j], codes[i] })
		codes = codes[:min(most, len(codes))]
		rare := 0.35 + d.Float64()*0.4
		return func(kind int) string {
			at := 0
			for at < len(codes)-1 && d.Float64() < rare {
				at++
			}
			return codes[(at+kind)%len(codes)]
		}
	}
	nobody := []string{"en", "cy"}[:1+d.IntN(2)]
	services := []string{"bins", "repairs", moved, ""}
	if p.general = d.IntN(2) == 0; !p.general {
		services = services[:3]
	}
	pick := map[string]func(int) string{
		"rating": skewed(
			[]string{"4", "3", "2", "1"},
			4,
		),
		"own":     skewed([]string{"a", "b"}, 2),
		"topics":  skewed([]string{"", "x", "y", "x,y"}, 4),
		"mode":    skewed(modes, 4),
		"channel": skewed(channels, 4),
		"language": skewed(
			nobody,
			2,
		),
		"service":  skewed(services, 4),
		"sex":      skewed([]string{"female", "male", "pns", ""}, 4),
		"month":    skewed(p.months, 4),
		"religion": skewed([]string{"none", "christian", "muslim", "sikh", "pns", ""}, 6),
	}
	names := []string{"rating", "own", "topics", "mode", "channel", "language", "service", "sex", "religion", "month"}
	for range n {
		one := attack.Person{Survey: "first", Codes: map[string]string{}}
		kind := 0
		if d.IntN(4) == 0 {
			kind = 1
		}
		for _, name := range names {
			k := 0
			if d.IntN(2) == 0 {
				k = kind
			}
			one.Codes[name] = pick[name](k)
		}
		one.Month = one.Codes["month"]
		delete(one.Codes, "month")
		switch d.IntN(12) {
		case 0:
			one.Codes["rating"] = "dk"
		case 1:
			one.Codes["own"] = ""
		}
		if p.second != "" && d.IntN(3) == 0 {
			one.Survey = "second"
			rating := one.Codes["rating"]
			for _, gone := range []string{"rating", "topics", "religion"} {
				delete(one.Codes, gone)
			}
			one.Codes[p.second] = rating
		}
		p.people = append(p.people, one)
	}
}

// changeAnswers lets answers come late, or be taken back, once: one, a few, or many.
func (p *plan) changeAnswers() {
	d := p.dice
	k := []int{1, 2, 5, 12, 25}[d.IntN(5)]
	at := d.Perm(len(p.people))[:min(k, len(p.people)/2)]
	late := d.IntN(2) == 0
	for _, i := range at {
		if late {
			p.people[i].Came = 1
		} else {
			p.people[i].Left = 1
		}
	}
	p.changes = []attack.Change{attack.Left}
	if late {
		p.changes[0] = attack.Came
	}
}

// addQueries makes the queries of a theme.
func (p *plan) addQueries(of theme) {
	d := p.dice
	n := 2 + d.IntN(4)
	rounded := d.IntN(16) == 0
	changed := 1 + d.IntN(n-1)
	for i := range n {
		q := figures.Query{
			Surveys:   []string{"first"},
			Measure:   of.measures[d.IntN(len(of.measures))],
			By:        slices.Clone(of.by[d.IntN(len(of.by))]),
			Audience:  figures.Public,
			Rounded:   rounded,
			Subtotals: d.IntN(5) == 0,
		}
		if d.IntN(2) == 0 {
			slices.Reverse(q.By)
		}
		if p.second != "" {
			q.Surveys = [][]string{{"first"}, {"second"}, {"first", "second"}, {"all"}}[d.IntN(4)]
			if p.second == "overall" && q.Measure == "rating" && slices.Contains(q.Surveys, "second") {
				q.Measure = "scale:four"
			}
		}
		first, last := 0, len(p.months)-1
		if of.periods && d.IntN(2) == 0 {
			first = d.IntN(len(p.months))
			last = first + d.IntN(len(p.months)-first)
		}
		q.From, q.To = day(p.months[first], 0), day(p.months[last], 1)
		p.queries = append(p.queries, q)
		epoch := 0
		if len(p.changes) > 0 && i >= changed {
			epoch = 1
		}
		p.epochs = append(p.epochs, epoch)
	}
	if d.IntN(10) == 0 { // a public table has no filters: this one is to be refused
		p.queries[n-1].Where = []figures.Filter{{Dimension: "mode", Values: modes[:1+d.IntN(4)]}}
	}
	if strings.HasPrefix(of.name, "crossed") && d.IntN(2) == 0 && n > 1 { // the one table and its mirror
		split := []string{"sex", "mode"}[d.IntN(2)]
		p.queries[0].Measure, p.queries[0].By, p.queries[0].Surveys = "rating", []string{split, "own"}, []string{"first"}
		p.queries[1].Measure, p.queries[1].By, p.queries[1].Surveys = "own", []string{split, "rating"}, []string{"first"}
	}
}

// day is the first day of a month, or the last day of the month before the one that comes so many after it.
func day(month string, after int) figures.Date {
	at, _ := time.Parse("2006-01", month)
	return figures.DateOf(at.AddDate(0, after, -after))
}
