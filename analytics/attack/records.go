package attack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

// recordWords are the fields of a record that are no dimensions, in tables that have the codes beside the figures; a
// record with "by" has them there, and any code can be the name of a dimension. Figures that are no words of this list are
// numbers, so that they are no dimensions either.
var recordWords = wordsOf(reflect.TypeFor[record]())

func wordsOf(of reflect.Type) (words []string) {
	for i := range of.NumField() {
		words = append(words, of.Field(i).Tag.Get("json"))
	}
	return words
}

// object is a JSON object with the order of its fields.
type object struct {
	fields []string
	values map[string]json.RawMessage
	codes  *object // what stands under "by"; nil where the codes stand beside the figures
	line   int
}

// reader reads JSON piece by piece and knows where it is.
type reader struct {
	name    string
	content []byte
	dec     *json.Decoder
}

func (r *reader) lineNow() int {
	rest := r.content[r.dec.InputOffset():]
	skipped := len(rest) - len(bytes.TrimLeft(rest, ", \t\r\n"))
	return 1 + bytes.Count(r.content[:int(r.dec.InputOffset())+skipped], []byte("\n"))
}

func (r *reader) wrong(number int, format string, args ...any) error {
	return fmt.Errorf("%s, line %d: %s", r.name, number, fmt.Sprintf(format, args...))
}

func (r *reader) broken() error {
	return r.wrong(
		r.lineNow(),
		"this is not what a table looks like in JSON: give the answer as it was sent, an array of records or an object with cells",
	)
}

func readJSON(name string, content []byte) ([]Table, error) {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	r := &reader{name: name, content: content, dec: json.NewDecoder(bytes.NewReader(content))}
	var dims []string
	var answers []Answer
	var cells []object
	first, err := r.dec.Token()
	switch {
	case err != nil:
		return nil, r.broken()
	case first == json.Delim('['):
		cells, err = r.records()
	case first == json.Delim('{'):
		dims, answers, cells, err = r.wrapper()
	default:
		err = r.broken()
	}
	if err == nil {
		if _, more := r.dec.Token(); !errors.Is(more, io.EOF) {
			err = r.broken()
		}
	}
	if err != nil {
		return nil, err
	}
	if len(cells) == 0 {
		return nil, fmt.Errorf("%s has no cells: publish the table again", name)
	}
	if dims == nil {
		dims = dimensions(cells[0])
	}
	t := Table{Name: name, Answers: answers}
	b := newBuilder(&t)
	for _, id := range dims {
		b.dimension(id)
	}
	for _, c := range cells {
		if err := r.cell(b, c); err != nil {
			return nil, err
		}
	}
	return []Table{t}, b.finish(func(number int, s string) error { return r.wrong(number, "%s", s) })
}

// dimensions are the names of the codes of a record.
func dimensions(o object) (names []string) {
	if o.codes != nil {
		return o.codes.fields
	}
	for _, field := range o.fields {
		if first := bytes.TrimSpace(o.values[field])[0]; !slices.Contains(recordWords, field) && (first == '"' || first == 'n') {
			names = append(names, field)
		}
	}
	return names
}

// wrapper reads an object with dimensions, answers and cells.
func (r *reader) wrapper() (dims []string, answers []Answer, cells []object, err error) {
	for r.dec.More() {
		at := r.lineNow()
		key, err := r.dec.Token()
		if err != nil {
			return nil, nil, nil, r.broken()
		}
		switch key {
		case "dimensions":
			dims = []string{}
			err = r.dec.Decode(&dims)
		case "answers":
			var list []struct {
				Code      *string
				Score     *float64
				Satisfied *bool
				Weights   map[string]float64
			}
			err = r.dec.Decode(&list)
			for _, a := range list {
				if a.Code == nil || slices.ContainsFunc(answers, func(b Answer) bool { return b.Code == *a.Code }) {
					return nil, nil, nil, r.wrong(at, "each answer needs a code of its own")
				}
				answers = append(answers, Answer{*a.Code, a.Score, a.Satisfied, a.Weights})
			}
		case "cells":
			start, e := r.dec.Token()
			if e != nil || start != json.Delim('[') {
				return nil, nil, nil, r.broken()
			}
			if cells, err = r.records(); err != nil {
				return nil, nil, nil, err
			}
		default:
			var other json.RawMessage
			err = r.dec.Decode(&other)
		}
		if err != nil {
			return nil, nil, nil, r.broken()
		}
	}
	if _, err = r.dec.Token(); err != nil {
		return nil, nil, nil, r.broken()
	}
	for i, d := range dims {
		if d == "" || slices.Contains(dims[:i], d) {
			return nil, nil, nil, r.wrong(1, "each dimension needs a name of its own")
		}
	}
	return dims, answers, cells, nil
}

// records reads objects up to the end of their array.
func (r *reader) records() (list []object, err error) {
	for r.dec.More() {
		o := object{values: map[string]json.RawMessage{}, line: r.lineNow()}
		if start, err := r.dec.Token(); err != nil || start != json.Delim('{') {
			return nil, r.broken()
		}
		if err := r.fields(r.dec, &o); err != nil {
			return nil, err
		}
		if by := bytes.TrimSpace(o.values["by"]); len(by) > 0 && by[0] == '{' {
			o.codes = &object{values: map[string]json.RawMessage{}, line: o.line}
			inner := json.NewDecoder(bytes.NewReader(by))
			if _, err := inner.Token(); err != nil {
				return nil, r.broken()
			}
			if err := r.fields(inner, o.codes); err != nil {
				return nil, err
			}
		}
		list = append(list, o)
	}
	if _, err := r.dec.Token(); err != nil {
		return nil, r.broken()
	}
	return list, nil
}

// fields reads the rest of an object whose opening was read.
func (r *reader) fields(dec *json.Decoder, o *object) error {
	for dec.More() {
		key, err := dec.Token()
		field, text := key.(string)
		var value json.RawMessage
		if err != nil || !text || dec.Decode(&value) != nil {
			return r.broken()
		}
		if _, twice := o.values[field]; twice {
			return r.wrong(o.line, "the field %q stands in it twice: publish the table again", field)
		}
		o.fields, o.values[field] = append(o.fields, field), value
	}
	if _, err := dec.Token(); err != nil {
		return r.broken()
	}
	return nil
}

// record is what the fields of a cell say besides its codes.
type record struct {
	Hidden       bool              `json:"hidden"`
	NotAsked     bool              `json:"not_asked"`
	N            *int64            `json:"n"`
	DontKnow     int64             `json:"dont_know"`
	Mean         *float64          `json:"mean"`
	Satisfied    *float64          `json:"satisfied"`
	Low          *float64          `json:"low"` // both ends follow from the share
	High         *float64          `json:"high"`
	Distribution json.RawMessage   `json:"distribution"`
	PartOf       map[string]string `json:"part_of"`
	Unreliable   bool              `json:"low_reliability"`
	Rounded      int64             `json:"rounded"`
	Overlap      bool              `json:"overlap"`
}

// cell makes a row of a record.
func (r *reader) cell(b *builder, o object) error {
	known := map[string]json.RawMessage{}
	for _, w := range recordWords {
		if v, there := o.values[w]; there && w != "distribution" {
			known[w] = v
		}
	}
	raw, err := json.Marshal(known)
	var c record
	if err != nil || json.Unmarshal(raw, &c) != nil {
		return r.wrong(
			o.line,
			"a figure is of the wrong kind: n is a whole number, mean and satisfied are numbers, hidden and not_asked are true or false",
		)
	}
	if c.Overlap {
		return r.wrong(o.line, "people can stand in several cells of this table, so its cells do not add up: it cannot be attacked by addition")
	}
	row, codes := Row{}, o.values
	if o.codes != nil {
		codes = o.codes.values
	}
	for i, d := range b.t.Dimensions {
		value, there := codes[d.ID]
		var code *string
		if !there || json.Unmarshal(value, &code) != nil {
			return r.wrong(o.line, "the record has no code for the dimension %s: write a text, or null for people who gave no answer", d.ID)
		}
		if code == nil || *code == "" {
			none := None
			code = &none
		}
		parent, divided := c.PartOf[d.ID]
		if !divided {
			parent = All
		}
		if err := b.node(i, *code, parent, "", o.line, divided); err != nil {
			return r.wrong(o.line, "%v", err)
		}
		row.Codes = append(row.Codes, *code)
	}
	switch {
	case c.Hidden && c.N != nil:
		return r.wrong(o.line, "the record is hidden and has a number of answers: leave out one")
	case c.Hidden:
	case c.NotAsked:
		row.State = Impossible
	case c.N == nil || *c.N < 0 || *c.N > maxPrinted || c.Rounded < 0 || c.Rounded > 1000:
		return r.wrong(o.line, "n is missing or no number of answers: give one from 0 to %d, or \"hidden\":true", maxPrinted)
	default:
		row.State, row.N = Shown, spread(*c.N, c.Rounded)
	}
	exact := func(v *float64) *Figure {
		if v == nil {
			return nil
		}
		return &Figure{*v - 1e-9, *v + 1e-9} // written whole: apart from what floating point loses
	}
	if c.Rounded == 0 { // otherwise they come from the rounded counts, and say nothing more
		row.Mean, row.Satisfied = exact(c.Mean), exact(c.Satisfied)
		if err := r.others(b, o, &row, exact); err != nil {
			return err
		}
	}
	if err := r.distribution(b, o, c, &row); err != nil {
		return err
	}
	return b.row(row, o.line, func(s string) error { return r.wrong(o.line, "%s", s) })
}

// others reads the figures for which the file says what each answer counts.
func (r *reader) others(b *builder, o object, row *Row, exact func(*float64) *Figure) error {
	for _, a := range b.t.Answers {
		for key := range a.Weights {
			raw, there := o.values[key]
			if !there || row.Others[key] != nil || slices.Contains(recordWords, key) {
				continue
			}
			var v *float64
			if json.Unmarshal(raw, &v) != nil {
				return r.wrong(o.line, "the figure %q is no number", key)
			}
			if v != nil {
				if row.Others == nil {
					row.Others = map[string]*Figure{}
				}
				row.Others[key] = exact(v)
			}
		}
	}
	return nil
}

func spread(n, base int64) *Interval {
	half := max(0, base-1)
	return &Interval{max(0, n-half), n + half}
}

// distribution reads the counts by answer; the first that is read says what the answers are, unless the file did.
func (r *reader) distribution(b *builder, o object, c record, row *Row) error {
	raw, there := o.values["distribution"]
	if !there || string(bytes.TrimSpace(raw)) == "null" {
		return nil
	}
	if row.State != Shown {
		return r.wrong(o.line, "the record is hidden or not asked and has a distribution: leave out one")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return r.wrong(o.line, "the distribution is no object of codes with counts")
	}
	counts := map[string]int64{}
	var codes []string
	for dec.More() {
		key, _ := dec.Token()
		code, text := key.(string)
		var n *int64
		if !text || dec.Decode(&n) != nil || n == nil || *n < 0 || *n > maxPrinted {
			return r.wrong(o.line, "the count of the answer %q is no whole number from 0 to %d", code, maxPrinted)
		}
		if _, twice := counts[code]; twice {
			return r.wrong(o.line, "the answer %q stands in the distribution twice", code)
		}
		counts[code] = *n
		codes = append(codes, code)
	}
	if len(b.t.Answers) == 0 {
		for _, code := range codes {
			b.t.Answers = append(b.t.Answers, Answer{Code: code})
		}
	}
	for _, a := range b.t.Answers {
		n, there := counts[a.Code]
		if !there || len(counts) != len(b.t.Answers) {
			return r.wrong(
				o.line,
				"the distribution has the answers %s, and others have %d: every record needs all answers, and no more",
				strings.Join(codes, ", "),
				len(b.t.Answers),
			)
		}
		row.Distribution = append(row.Distribution, *spread(n, c.Rounded))
	}
	return nil
}
