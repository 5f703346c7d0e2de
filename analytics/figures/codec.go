package figures

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Version is the form that the register keeps its cells in. Before it, codes stood beside the figures, so that no
// question could have the name of one; migration 0034 brought those releases to this form.
const Version = 2

// field is a name beside "by" in a cell: when it is written, and where its value is.
type field struct {
	key  string
	show func(*Cell) bool
	at   func(*Cell) any
}

// fields are all of them, in the order in which they are written: marks and counts, and the figures of List.
func fields() []field {
	list := []field{
		{"hidden", func(c *Cell) bool { return c.Hidden }, func(c *Cell) any { return &c.Hidden }},
		{"not_asked", func(c *Cell) bool { return c.NotAsked }, func(c *Cell) any { return &c.NotAsked }},
		{"n", (*Cell).printed, func(c *Cell) any { return &c.N }},
		{"dont_know", func(c *Cell) bool { return c.DontKnow > 0 }, func(c *Cell) any { return &c.DontKnow }},
	}
	for _, f := range List {
		list = append(list, field{f.Key, func(c *Cell) bool { return *f.at(c) != nil }, func(c *Cell) any { return f.at(c) }})
	}
	return append(list, []field{
		{"distribution", func(c *Cell) bool { return c.Distribution != nil }, func(c *Cell) any { return &c.Distribution }},
		{"low_reliability", func(c *Cell) bool { return c.Unreliable }, func(c *Cell) any { return &c.Unreliable }},
		{"rounded", func(c *Cell) bool { return c.Rounded > 0 }, func(c *Cell) any { return &c.Rounded }},
		{"overlap", func(c *Cell) bool { return c.Overlap }, func(c *Cell) any { return &c.Overlap }},
	}...)
}

// object writes fields of a JSON object in their order.
type object struct {
	b   bytes.Buffer
	err error
}

func (o *object) field(name string, value any) {
	raw, err1 := json.Marshal(value)
	key, err2 := json.Marshal(name)
	o.err = errors.Join(o.err, err1, err2)
	if o.b.Len() > 0 {
		o.b.WriteByte(',')
	}
	o.b.Write(key)
	o.b.WriteByte(':')
	o.b.Write(raw)
}

func (o *object) bytes() ([]byte, error) {
	return append(append([]byte{'{'}, o.b.Bytes()...), '}'), o.err
}

// MarshalJSON writes {"by": {dimension: code}, "part_of": {dimension: group}, figures}. No answer is null.
func (r Cell) MarshalJSON() ([]byte, error) {
	var codes, parts, whole object
	for i, d := range r.Dimensions {
		var code any = r.Codes[i]
		if code == "" {
			code = nil
		}
		codes.field(d, code)
		if r.PartOf != nil && r.PartOf[i] != "" {
			parts.field(d, r.PartOf[i])
		}
	}
	by, err1 := codes.bytes()
	part, err2 := parts.bytes()
	whole.err = errors.Join(err1, err2)
	whole.field("by", json.RawMessage(by))
	if r.PartOf != nil {
		whole.field("part_of", json.RawMessage(part))
	}
	for _, f := range fields() {
		if f.show(&r) {
			whole.field(f.key, f.at(&r))
		}
	}
	return whole.bytes()
}

// MarshalJSON writes {code: count} in the order of the answers.
func (d Distribution) MarshalJSON() ([]byte, error) {
	var o object
	for _, c := range d {
		o.field(c.Code, c.N)
	}
	return o.bytes()
}

// UnmarshalJSON reads {code: count} in the order in which it is written.
func (d *Distribution) UnmarshalJSON(raw []byte) error {
	var counts map[string]int64
	if err := json.Unmarshal(raw, &counts); err != nil {
		return err
	}
	*d = Distribution{}
	in := json.NewDecoder(bytes.NewReader(raw))
	_, err := in.Token()
	for err == nil && in.More() {
		var key json.Token
		var n int64
		if key, err = in.Token(); err == nil {
			err = in.Decode(&n)
		}
		if code, ok := key.(string); ok {
			*d = append(*d, Count{code, n})
		}
	}
	return err
}

// Encode writes the cells of a release for the register.
func Encode(records []Cell) ([]byte, error) {
	if records == nil {
		records = []Cell{}
	}
	return json.Marshal(struct {
		Version int    `json:"version"`
		Cells   []Cell `json:"cells"`
	}{Version, records})
}

// Decode reads what Encode wrote, of a table that is split by these dimensions. The database keeps the order of the
// cells and not of what is inside of one: distributions come in any order (see In).
func Decode(raw []byte, by []string) ([]Cell, error) {
	var kept struct {
		Version int                          `json:"version"`
		Cells   []map[string]json.RawMessage `json:"cells"`
	}
	if err := json.Unmarshal(raw, &kept); err != nil {
		return nil, fmt.Errorf("the cells are not in the form of the register: %w", err)
	}
	if kept.Version != Version {
		return nil, fmt.Errorf("the cells are in form %d of the register, and this program reads form %d", kept.Version, Version)
	}
	list := make([]Cell, 0, len(kept.Cells))
	for i, cell := range kept.Cells {
		r, err := decode(cell, by)
		if err != nil {
			return nil, fmt.Errorf("cell %d: %w", i+1, err)
		}
		list = append(list, r)
	}
	return list, nil
}

func decode(cell map[string]json.RawMessage, by []string) (r Cell, err error) {
	codes, parts := map[string]*string{}, map[string]string{}
	if err := json.Unmarshal(cell["by"], &codes); err != nil {
		return r, fmt.Errorf("it has no codes: %w", err)
	}
	if raw, there := cell["part_of"]; there {
		if err := json.Unmarshal(raw, &parts); err != nil {
			return r, fmt.Errorf("what its codes are part of: %w", err)
		}
		r.PartOf = make([]string, len(by))
	}
	for i, id := range by {
		code, there := codes[id]
		switch {
		case !there:
			return r, fmt.Errorf("it has no code of %s", id)
		case code == nil:
			code = new(string)
		}
		r.Dimensions, r.Codes = append(r.Dimensions, id), append(r.Codes, *code)
		if r.PartOf != nil {
			r.PartOf[i] = parts[id]
		}
	}
	for _, f := range fields() {
		if raw, there := cell[f.key]; there {
			if err := json.Unmarshal(raw, f.at(&r)); err != nil {
				return r, fmt.Errorf("%s: %w", f.key, err)
			}
		}
	}
	if _, there := cell["n"]; !there && r.printed() {
		return r, errors.New("it has no number of answers and is not hidden")
	}
	return r, nil
}
