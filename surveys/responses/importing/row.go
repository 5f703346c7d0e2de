package importing

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"yousaid/surveys/question"
)

// maxAbout is how long the subject of a response may be, in characters.
const maxAbout = 200

// maxReasons is how many reasons one refused row is given.
const maxReasons = 5

// draft is one row, read and checked, ready to be stored.
type draft struct {
	key      string
	older    string // the key that earlier versions of this program gave the row; "" where it is the same
	id       uuid.UUID
	row      row    // as it was read
	cut      bool   // a text was longer than can be kept
	answers  string // JSON object of the coded and numeric answers
	comments []comment
	equality string // JSON object by equality question id, or ""
	weight   *float64
	service  int64 // 0 for none, as the access point
	point    int64
	channel  string // "" for none
	mode     string
	language string
	about    string
	hour     time.Time
}

type comment struct{ question, text string }

// wanted tells whether the mapping's only_when keeps the row.
func (p *plan) wanted(r row) bool {
	for _, t := range p.onlyWhen {
		if !slices.Contains(t.is, fold(cell(r.cells, t.index))) {
			return false
		}
	}
	return true
}

// read turns a row into a draft, or says why it cannot be stored.
func (p *plan) read(r row) (d draft, reasons []string) {
	refuse := func(format string, args ...any) { reasons = append(reasons, fmt.Sprintf(format, args...)) }
	for _, extra := range r.cells[p.width:] {
		if strings.TrimSpace(extra) != "" {
			return d, []string{fmt.Sprintf("the row has %d cells, the header has %d: is a comma without quotes in a cell?", len(r.cells), p.width)}
		}
	}
	if i := slices.IndexFunc(r.cells, func(c string) bool { return strings.ContainsRune(c, 0) }); i >= 0 {
		return d, []string{fmt.Sprintf("column %d holds a NUL character, which is no text", i+1)}
	}
	p.facts(r, &d, refuse)
	answers, equality := map[string]any{}, map[string]any{}
	for _, q := range p.questions {
		a, cut, reason := q.answer(r.cells)
		switch text, free := a.(string); {
		case reason != "":
			refuse("%s: %s", q.question.Code, reason)
		case a == nil:
		case free && q.question.Free():
			d.cut = d.cut || cut
			d.comments = append(d.comments, comment{q.question.Code, text})
		default:
			answers[q.question.Code] = a
		}
	}
	for _, q := range p.equality {
		a, _, reason := q.answer(r.cells)
		switch {
		case reason != "":
			refuse("%s: %s", q.question.Code, reason)
		case a != nil:
			equality[q.question.Code] = a
		}
	}
	if r.found < p.width && len(reasons) == 0 && len(answers)+len(equality)+len(d.comments) == 0 {
		refuse("the row has %d cells, the header has %d, and there is no answer in it: is a line broken in two?", r.found, p.width)
	}
	d.answers = object(answers)
	if len(equality) > 0 {
		d.equality = object(equality)
	}
	if len(reasons) > maxReasons {
		reasons = append(reasons[:maxReasons], fmt.Sprintf("and %d more", len(reasons)-maxReasons))
	}
	return d, reasons
}

func object(m map[string]any) string {
	b, err := json.Marshal(m)
	if err != nil {
		panic("importing: codes, lists of codes and numbers are always JSON: " + err.Error())
	}
	return string(b)
}

// facts reads all but the answers.
func (p *plan) facts(r row, d *draft, refuse func(string, ...any)) {
	read := func(f fact) string {
		s, ok := f.read(r.cells)
		if !ok {
			refuse("%s: %q in column %s is not known", strings.ReplaceAll(f.name, "_", " "), clip(clean(cell(r.cells, f.index))), f.column)
		}
		return s
	}
	d.hour = p.fixed
	if p.date.index >= 0 {
		if text := clean(cell(r.cells, p.date.index)); !p.date.lookup.blankCell(text) {
			t, err := parseDate(text, p.formats, p.zone)
			switch {
			case err != nil:
				hint := ""
				if other := fits(text, p.formats, p.zone); other != "" && !errors.Is(err, errZone) {
					hint = fmt.Sprintf("; %q would read it", other)
				}
				refuse("date: %q %s (%s)%s", clip(text), err, strings.Join(p.formats, " or "), hint)
			case t.After(p.now.Add(24 * time.Hour)):
				refuse("date: %q lies in the future: are day and month the right way round?", clip(text))
			case t.Year() < 1950:
				refuse("date: %q is too long ago", clip(text))
			}
			d.hour = t
		} else if p.fixed.IsZero() {
			refuse("date: the cell is blank")
		}
	}
	d.language = read(p.language)
	switch {
	case d.language == "":
		d.language = "en"
	case !languageTag.MatchString(d.language):
		refuse("language: %q is not a language code like en or cy", clip(d.language))
	}
	d.channel, d.mode = read(p.channel), read(p.mode)
	if d.mode == "" {
		d.mode = modeOf[d.channel]
	}
	if d.mode == "" {
		d.mode = "online"
	}
	d.service, d.point = p.services[read(p.service)], p.points[read(p.point)]
	var cut bool
	d.about, cut = shortened(read(p.about), maxAbout)
	d.cut = d.cut || cut
	if p.weight >= 0 {
		text := clean(cell(r.cells, p.weight))
		w, err := strconv.ParseFloat(text, 64)
		switch {
		case text == "":
		case err != nil || !(w >= 0 && w < 1e6):
			refuse("weight: %q is not a weight from 0 to 1,000,000", clip(text))
		default:
			d.weight = &w
		}
	}
}

// read gives the code or text of a fact; ok is false when the cell's text is unknown.
func (f fact) read(cells []string) (string, bool) {
	if f.index < 0 {
		return f.constant, true
	}
	text := cell(cells, f.index)
	if f.lookup.blankCell(text) {
		return f.otherwise, true
	}
	if f.free {
		return clean(text), true
	}
	code, ok := f.lookup.code(text)
	if code == "" {
		code = f.otherwise
	}
	return code, ok
}

// shortened keeps a text within a number of characters; cut tells whether it was longer, and then it ends in […].
func shortened(s string, most int) (kept string, cut bool) {
	const end = " […]"
	if utf8.RuneCountInString(s) <= most {
		return s, false
	}
	return strings.TrimSpace(string([]rune(s)[:most-utf8.RuneCountInString(end)])) + end, true
}

// answer reads the answer to one question as it is stored, by the same check as a form; nil is no answer, and cut tells that a text
// was longer than is kept. The reason says why it cannot be stored.
func (q answerReader) answer(cells []string) (answer any, cut bool, reason string) {
	var values []string
	switch {
	case len(q.ticks) > 0:
		for _, t := range q.ticks {
			text := cell(cells, t.index)
			yes, ok := t.ticked(q.from, q.lookup, text)
			if !ok {
				return nil, false, fmt.Sprintf("%q in column %d does not say whether %q is ticked", clip(clean(text)), t.index+1, t.option)
			}
			if yes {
				values = append(values, t.option)
			}
		}
	case q.question.Many() && (q.from.Split != "" || isList(cell(cells, q.index))):
		text := cell(cells, q.index)
		if q.lookup.blankCell(text) {
			break
		}
		for _, part := range q.lookup.parts(text, q.from.Split) {
			code, ok := q.lookup.code(part)
			if !ok {
				return nil, false, q.unknown(part)
			}
			if code != "" {
				values = append(values, code)
			}
		}
	case q.question.Free():
		// Words are kept whatever the form's own limit: they were written elsewhere, and a rating does not wait for a shorter comment.
		if text := strings.TrimSpace(cell(cells, q.index)); !q.lookup.blankCell(text) {
			text, cut = shortened(text, question.MostText)
			values = []string{text}
		}
	case q.question.Numeric():
		text := cell(cells, q.index)
		code, ok := q.lookup.code(text)
		switch {
		case code != "":
			values = []string{code}
		case q.lookup.blankCell(text):
		default:
			number, plain := figures(text, q.from.Decimal)
			_, problem := question.Parse(q.question, []string{number})
			switch {
			case plain && problem == nil:
				values = []string{number}
			case !ok && plain:
				return nil, false, fmt.Sprintf("%q in column %s: %s", clip(clean(text)), q.column, problem.String())
			case !ok:
				return nil, false, fmt.Sprintf("%q in column %s mixes a point with a decimal comma", clip(clean(text)), q.column)
			}
		}
	default:
		code, ok := q.lookup.code(cell(cells, q.index))
		if !ok {
			return nil, false, q.unknown(cell(cells, q.index))
		}
		if code != "" {
			values = []string{code}
		}
	}
	answer, problem := question.Parse(q.question, values)
	if problem != nil {
		return nil, false, problem.String()
	}
	return answer, cut, ""
}

func (q answerReader) unknown(text string) string {
	return fmt.Sprintf("%q in column %s is not one of the answers", clip(clean(text)), q.column)
}
