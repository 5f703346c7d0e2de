package importing

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"yousaid/surveys"
	"yousaid/surveys/question"
)

// setting is what the organisation and the survey have, to which a mapping is fitted.
type setting struct {
	definition surveys.Definition
	equality   []question.Question // the harmonised questions this survey asks
	services   []place
	points     []place
	channels   []choice // the organisation's own words for the channels
	zone       *time.Location
	now        time.Time
}

// place is a service or an access point.
type place struct {
	ID    int64
	Slug  string
	Words []string
}

// plan is a mapping fitted to one file and one survey: every column found, every code checked.
type plan struct {
	width     int
	rowID     int // column from 0, or -1
	weight    int // column from 0, or -1
	onlyWhen  []test
	date      fact
	formats   []string
	zone      *time.Location
	now       time.Time
	fixed     time.Time // the date of all rows, when it is the same
	language  fact
	channel   fact
	mode      fact
	service   fact
	point     fact
	about     fact
	services  map[string]int64
	points    map[string]int64
	questions []answerReader
	equality  []answerReader
}

// test is one condition on a row.
type test struct {
	index int
	is    []string
}

// fact reads one fact of a response.
type fact struct {
	name      string
	constant  string
	index     int // column from 0, or -1
	column    string
	free      bool // any text is taken
	otherwise string
	lookup    lookup
}

// answerReader reads the answer to one question.
type answerReader struct {
	question question.Question
	from     Answer
	index    int
	column   string
	lookup   lookup
	ticks    []tick
}

// The codes every organisation has.
var (
	channelCodes = []string{"web", "telephone", "face_to_face", "email", "post", "sms", "kiosk", "social_media", "other"}
	modeCodes    = []string{"online", "telephone_interview", "face_to_face_interview", "paper", "kiosk"}
	// modeOf is how a response was given when only its channel is known.
	modeOf = map[string]string{"telephone": "telephone_interview", "face_to_face": "face_to_face_interview", "post": "paper", "kiosk": "kiosk"}

	languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// maxProblems is how many mistakes of a mapping are reported at once.
const maxProblems = 20

// fitting collects what does not fit.
type fitting struct {
	names    []string
	problems []error
}

func (f *fitting) wrong(at Pos, format string, args ...any) {
	f.problems = append(f.problems, Error{at, fmt.Sprintf(format, args...)})
}

// fit joins a mapping with the header of a file and with a survey. The error names every place to put right.
func fit(m Map, names []string, in setting) (*plan, error) {
	f := &fitting{names: names}
	p := &plan{width: len(names), rowID: -1, weight: -1, zone: in.zone, now: in.now, services: map[string]int64{}, points: map[string]int64{}}
	if m.RowID != nil {
		p.rowID = f.column(*m.RowID)
	}
	if m.Weight != nil {
		p.weight = f.column(*m.Weight)
	}
	for _, c := range m.OnlyWhen {
		t := test{index: f.column(c.Column)}
		for _, s := range c.Is {
			t.is = append(t.is, fold(s))
		}
		p.onlyWhen = append(p.onlyWhen, t)
	}
	f.facts(p, m, in)
	for _, a := range m.Questions {
		q, ok := in.definition.Question(a.Question)
		if !ok {
			var codes []string
			for _, q := range in.definition.Questions() {
				codes = append(codes, q.Code)
			}
			f.wrong(a.At, "the survey has no question %q; it has: %s", clip(a.Question), strings.Join(codes, ", "))
			continue
		}
		p.questions = append(p.questions, f.question(a, q))
	}
	for _, a := range m.Equality {
		i := slices.IndexFunc(in.equality, func(q question.Question) bool { return q.Code == a.Question })
		if i < 0 {
			var codes []string
			for _, q := range in.equality {
				codes = append(codes, q.Code)
			}
			f.wrong(a.At, "the survey does not ask the equality question %q; it asks: %s. Add the characteristic to the survey's "+
				"equality: list first.",
				clip(a.Question), strings.Join(codes, ", "))
			continue
		}
		p.equality = append(p.equality, f.question(a, in.equality[i]))
	}
	if n := len(f.problems); n > maxProblems {
		f.problems = append(f.problems[:maxProblems], fmt.Errorf("and %d more", n-maxProblems))
	}
	return p, errors.Join(f.problems...)
}

// facts fits where channel, service and the other facts of a response come from.
func (f *fitting) facts(p *plan, m Map, in setting) {
	p.date, p.formats = f.fact("date", m.Date, nil, true), m.Formats
	for _, s := range []struct {
		text string
		to   *time.Time
	}{{m.Date.Constant, &p.fixed}, {m.Date.Otherwise, &p.fixed}} {
		if s.text == "" {
			continue
		}
		t, err := parseDate(s.text, []string{"iso"}, in.zone)
		if err != nil {
			f.wrong(m.Date.At, "%q is not a date: write it like 2026-03-31, or \"2026-03-31 14:00\"", clip(s.text))
		} else if t.After(in.now.Add(24 * time.Hour)) {
			f.wrong(m.Date.At, "%s lies in the future: nobody can have answered then", clip(s.text))
		}
		*s.to = t
	}
	p.language = f.fact("language", m.Language, nil, true)
	if c := p.language.constant; c != "" && !languageTag.MatchString(c) {
		f.wrong(m.Language.At, "%q is not a language code like en or cy", clip(c))
	}
	var channels, modes []choice
	for _, code := range channelCodes {
		c := choice{code: code}
		for _, own := range in.channels {
			if own.code == code {
				c.words = own.words
			}
		}
		channels = append(channels, c)
	}
	for _, code := range modeCodes {
		modes = append(modes, choice{code: code})
	}
	p.channel = f.fact("channel", m.Channel, channels, false)
	p.mode = f.fact("mode", m.Mode, modes, false)
	known := func(places []place, to map[string]int64) []choice {
		var all []choice
		for _, s := range places {
			to[s.Slug] = s.ID
			all = append(all, choice{code: s.Slug, words: s.Words})
		}
		return all
	}
	p.service = f.fact("service", m.Service, known(in.services, p.services), false)
	p.point = f.fact("access_point", m.AccessPoint, known(in.points, p.points), false)
	p.about = f.fact("about", m.About, nil, true)
	if len([]rune(m.About.Constant)) > maxAbout {
		f.wrong(m.About.At, "about must have %d characters or fewer", maxAbout)
	}
}

// fact fits one fact; a fact that is not free must be one of the choices.
func (f *fitting) fact(name string, v Value, choices []choice, free bool) fact {
	t := fact{name: name, constant: v.Constant, index: -1, free: free && len(v.Reading.Values) == 0, otherwise: v.Otherwise}
	known := func(code string) bool {
		return free || slices.ContainsFunc(choices, func(c choice) bool { return c.code == code })
	}
	check := func(at Pos, code string) {
		if code != "" && !known(code) {
			var codes []string
			for _, c := range choices {
				codes = append(codes, c.code)
			}
			f.wrong(at, "there is no %s %q; there are: %s", strings.ReplaceAll(name, "_", " "), clip(code), clipList(codes))
		}
	}
	check(v.At, v.Constant)
	check(v.At, v.Otherwise)
	if v.Column != nil {
		t.index, t.column = f.column(*v.Column), v.Column.String()
		for _, m := range v.Reading.Values {
			check(m.At, m.Code)
		}
		t.lookup = newLookup(v.Reading, choices)
	}
	return t
}

// question fits the answer to one question.
func (f *fitting) question(a Answer, q question.Question) answerReader {
	q.Required = false // people were asked elsewhere, by other rules: a blank is a blank
	if q.Free() {
		q.MaxLength = question.MostText
	}
	r := answerReader{question: q, from: a, index: -1, lookup: newLookup(a.Reading, choicesOf(q))}
	if a.Column != nil {
		r.index, r.column = f.column(*a.Column), a.Column.String()
	}
	if len(a.Ticks) > 0 && !q.Many() {
		f.wrong(a.At, "%q is a question of kind %s and has one column; columns: belongs to the kind several", q.Code, q.Kind)
	}
	if a.Split != "" && !q.Many() {
		f.wrong(a.At, "%q is a question of kind %s and takes one answer; split: belongs to the kind several", q.Code, q.Kind)
	}
	if a.Decimal != "" && !q.Numeric() {
		f.wrong(a.At, "%q is a question of kind %s; decimal: belongs to the kind number", q.Code, q.Kind)
	}
	if q.Free() && len(a.Reading.Values) > 0 {
		f.wrong(a.At, "%q takes people's own words, which have no codes: take values: away", q.Code)
	}
	for _, t := range a.Ticks {
		if !q.Many() {
			break
		}
		o, ok := q.Option(t.Option)
		if !ok {
			f.wrong(t.At, "the question %q has no option %q; it has: %s", q.Code, clip(t.Option), clipList(optionCodes(q)))
		}
		one := tick{option: t.Option, index: f.column(t.Column)}
		for _, w := range o.Text {
			one.words = append(one.words, fold(w))
		}
		r.ticks = append(r.ticks, one)
	}
	for _, v := range a.Reading.Values {
		if q.Free() {
			break
		}
		if _, problem := question.Parse(q, []string{v.Code}); problem != nil {
			if q.Coded() {
				f.wrong(v.At, "the question %q has no option %q; it has: %s", q.Code, clip(v.Code), clipList(optionCodes(q)))
			} else {
				f.wrong(v.At, "%q cannot be an answer to %q: %s", clip(v.Code), q.Code, problem.String())
			}
			if a.Reading.List != "" {
				break // once per list and question is enough
			}
		}
	}
	return r
}

func optionCodes(q question.Question) []string {
	var codes []string
	for _, o := range q.Choices() {
		codes = append(codes, o.Code)
	}
	return codes
}

// clipList joins codes, and no more than a person wants to read.
func clipList(codes []string) string {
	if len(codes) == 0 {
		return "none"
	}
	if len(codes) > 20 {
		return strings.Join(codes[:20], ", ") + fmt.Sprintf(" and %d more", len(codes)-20)
	}
	return strings.Join(codes, ", ")
}

// column finds a column from 0; -1, and a problem, when there is none or there are two.
func (f *fitting) column(c Column) int {
	if c.Number > 0 {
		if c.Number > len(f.names) {
			f.wrong(c.At, "there is no column %d: the header has %d columns", c.Number, len(f.names))
			return -1
		}
		return c.Number - 1
	}
	name := clean(c.Name)
	is := func(n string) bool { return n == name }
	if !slices.Contains(f.names, name) {
		key := plain(name)
		is = func(n string) bool { return plain(n) == key }
	}
	i := slices.IndexFunc(f.names, is)
	if i < 0 {
		f.wrong(c.At, "there is no column called %q%s", clip(name), f.nearest(name))
		return -1
	}
	if again := slices.IndexFunc(f.names[i+1:], is); again >= 0 {
		f.wrong(c.At, "columns %d and %d are both called %q: give the number of the one you mean", i+1, i+again+2, clip(name))
		return -1
	}
	return i
}

// nearest names the column that is most like the name that was not found, from where it differs.
func (f *fitting) nearest(name string) string {
	best, likeness, differs := -1, 0.4, 0
	wanted := []rune(fold(name))
	for i, n := range f.names {
		there := []rune(fold(n))
		most, least := max(len(wanted), len(there)), min(len(wanted), len(there))
		if most == 0 {
			continue
		}
		start, end := 0, 0
		for start < least && wanted[start] == there[start] {
			start++
		}
		for end < least-start && wanted[len(wanted)-1-end] == there[len(there)-1-end] {
			end++
		}
		if like := float64(start+end) / float64(most); like > likeness {
			best, likeness, differs = i, like, start
		}
	}
	if best < 0 {
		return ""
	}
	shown := []rune(f.names[best])
	if differs > 40 && differs < len(shown) {
		return fmt.Sprintf("; column %d is called nearly the same, but from its character %d on: %q", best+1, differs+1,
			clip("…"+string(shown[differs-10:])))
	}
	return fmt.Sprintf("; column %d is called %q", best+1, clip(f.names[best]))
}
