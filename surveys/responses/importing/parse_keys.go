package importing

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

// reader walks the YAML and fills a Map.
type reader struct {
	lists map[string]Reading
}

// keys reads a YAML mapping whose keys are known; each function reads the value of one.
type keys map[string]func(ast.Node) error

func (k keys) read(n ast.Node, what string) error {
	all, err := entries(n, what+" must be keys and values, each on a line of its own")
	if err != nil {
		return err
	}
	for _, e := range all {
		f, known := k[e.key]
		if !known {
			return Error{e.at, fmt.Sprintf("%q is not a key of %s; it can have: %s", clip(e.key), what, strings.Join(k.names(), ", "))}
		}
		if err := f(e.value); err != nil {
			return err
		}
	}
	return nil
}

func (k keys) names() []string {
	var names []string
	for name := range k {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (r *reader) mapping(n ast.Node) (Map, error) {
	m := Map{Encoding: "utf-8", HeaderRows: 1, NamesFromRow: 1}
	all, err := entries(n, "a mapping must be keys and values, each on a line of its own")
	if err != nil {
		return Map{}, err
	}
	// The lists are read first, so that they may stand anywhere.
	for _, e := range all {
		if e.key == "value_lists" {
			if err := r.valueLists(e.value); err != nil {
				return Map{}, err
			}
		}
	}
	var names struct {
		set    bool
		joined bool
		row    int
		at     Pos
	}
	top := keys{
		"value_lists":  func(ast.Node) error { return nil },
		"encoding":     oneOf(&m.Encoding, "utf-8", "cp1252", "latin-1"),
		"delimiter":    delimiter(&m.Delimiter),
		"loose_quotes": yesNo(&m.LooseQuotes),
		"header_rows":  integer(&m.HeaderRows, 1, 20),
		"names_from_row": func(n ast.Node) error {
			names.set, names.at = true, at(n)
			if s, ok := scalar(n); ok && s == "joined" {
				names.joined = true
				return nil
			}
			return integer(&names.row, 1, 20)(n)
		},
		"skip_rows_after_header": integer(&m.SkipRows, 0, 1000),
		"apostrophes":            func(n ast.Node) error { return apostrophes(n, &m.Guarded) },
		"row_id":                 func(n ast.Node) error { return rowID(n, &m) },
		"only_when":              func(n ast.Node) error { return r.conditions(n, &m.OnlyWhen) },
		"date":                   func(n ast.Node) error { return r.value(n, "date", &m.Date, &m.Formats) },
		"language":               func(n ast.Node) error { return r.value(n, "language", &m.Language, nil) },
		"channel":                func(n ast.Node) error { return r.value(n, "channel", &m.Channel, nil) },
		"mode":                   func(n ast.Node) error { return r.value(n, "mode", &m.Mode, nil) },
		"service":                func(n ast.Node) error { return r.value(n, "service", &m.Service, nil) },
		"access_point":           func(n ast.Node) error { return r.value(n, "access_point", &m.AccessPoint, nil) },
		"about":                  func(n ast.Node) error { return r.value(n, "about", &m.About, nil) },
		"weight":                 func(n ast.Node) error { return r.weight(n, &m) },
		"questions":              func(n ast.Node) error { return r.answers(n, "questions", &m.Questions) },
		"equality":               func(n ast.Node) error { return r.answers(n, "equality", &m.Equality) },
	}
	if err := top.read(n, "a mapping"); err != nil {
		return Map{}, err
	}
	switch {
	case names.joined:
		m.NamesFromRow = 0
	case names.set && names.row > m.HeaderRows:
		return Map{}, Error{names.at, fmt.Sprintf("names_from_row is %d, but header_rows says there are only %d", names.row, m.HeaderRows)}
	case names.set:
		m.NamesFromRow = names.row
	case m.HeaderRows > 1:
		return Map{}, Error{at(n), "header_rows is more than 1: add names_from_row with the number of the row that holds the column " +
			"names, or joined"}
	}
	if !m.Date.given() {
		return Map{}, Error{at(n), "say when people answered: date: 2026-03-31 for all rows, or date: {column: …, format: dmy}"}
	}
	if len(m.Questions) == 0 && len(m.Equality) == 0 {
		return Map{}, Error{at(n), "no question is mapped: write at least one under questions:"}
	}
	return m, nil
}

// valueLists reads the lists that several questions share.
func (r *reader) valueLists(n ast.Node) error {
	all, err := entries(n, "value_lists must be names, each with values:")
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.key == "" {
			return Error{e.at, "give this value list a name"}
		}
		var list Reading
		k := r.reading(&list, false)
		if err := k.read(e.value, "a value list"); err != nil {
			return err
		}
		if len(list.Values) == 0 {
			return Error{e.at, fmt.Sprintf("the value list %q has no values", clip(e.key))}
		}
		if err := list.finish(); err != nil {
			return err
		}
		list.List = e.key
		r.lists[e.key] = list
	}
	return nil
}

// reading gives the keys by which a cell's text is read.
func (r *reader) reading(to *Reading, shared bool) keys {
	k := keys{
		"fold":    yesNo(&to.Fold),
		"ignore":  texts(&to.Ignore),
		"unknown": oneOf(&to.Unknown, "refuse", "blank"),
		"values": func(n ast.Node) error {
			if name, ok := scalar(n); ok && shared {
				list, there := r.lists[name]
				if !there {
					return Error{at(n), fmt.Sprintf("there is no value list %q: write it under value_lists, or write the values here", clip(name))}
				}
				to.Values, to.List = list.Values, name
				to.Fold = to.Fold || list.Fold
				to.Ignore = append(to.Ignore, list.Ignore...)
				if to.Unknown == "" {
					to.Unknown = list.Unknown
				}
				return nil
			}
			all, err := entries(n, `values must be lines of "text in the file": code`)
			if err != nil {
				return err
			}
			for _, e := range all {
				code, ok := scalar(e.value)
				if !ok || code == "" {
					return Error{e.at, fmt.Sprintf("give the code that %q stands for", clip(e.key))}
				}
				if clean(e.key) == "" {
					return Error{e.at, "a blank cell is no answer and cannot have a code; take this line away"}
				}
				to.Values = append(to.Values, Meaning{Text: e.key, Code: code, At: e.at})
			}
			return nil
		},
	}
	return k
}

// finish settles what was left out and refuses two meanings of one text.
func (r *Reading) finish() error {
	if r.Unknown == "" {
		r.Unknown = "refuse"
	}
	seen := map[string]Meaning{}
	for _, v := range r.Values {
		key := v.Text
		if r.Fold {
			key = fold(key)
		}
		if was, twice := seen[key]; twice && was.Code != v.Code {
			return Error{v.At, fmt.Sprintf("%q stands for %q here and for %q on line %d", clip(v.Text), clip(v.Code), clip(was.Code), was.At.Line)}
		}
		seen[key] = v
	}
	return nil
}

// value reads a fact that is the same for all rows (a plain text) or comes from a column.
func (r *reader) value(n ast.Node, name string, to *Value, formats *[]string) error {
	to.At = at(n)
	if s, ok := scalar(n); ok {
		if s == "" {
			return Error{to.At, name + " is empty: write its value, or {column: …}"}
		}
		to.Constant = s
		return nil
	}
	k := keys{"column": columnInto(&to.Column), "otherwise": text(&to.Otherwise)}
	if formats != nil {
		k["format"] = texts(formats)
		k["ignore"] = texts(&to.Reading.Ignore)
	} else {
		for key, f := range r.reading(&to.Reading, true) {
			k[key] = f
		}
	}
	if err := k.read(n, name); err != nil {
		return err
	}
	if to.Column == nil {
		return Error{to.At, name + " needs a column: the name or number of the column that holds it"}
	}
	if formats != nil && len(*formats) == 0 {
		return Error{to.At, "date needs a format, like dmy, \"dmy hm\", ymd or excel"}
	}
	if formats != nil {
		for _, f := range *formats {
			if err := checkFormat(f); err != nil {
				return Error{to.At, err.Error()}
			}
		}
	}
	return to.Reading.finish()
}

// rowID reads the column of the rows' ids, alone or with a prefix for all of them.
func rowID(n ast.Node, m *Map) error {
	if _, plain := scalar(n); plain {
		return columnInto(&m.RowID)(n)
	}
	k := keys{"column": columnInto(&m.RowID), "prefix": text(&m.RowPrefix)}
	if err := k.read(n, "row_id"); err != nil {
		return err
	}
	if m.RowID == nil {
		return Error{at(n), "row_id needs a column: the name or number of the column that holds it"}
	}
	if utf8.RuneCountInString(m.RowPrefix) > 100 {
		return Error{at(n), "the prefix of row_id must have 100 characters or fewer"}
	}
	return nil
}

// apostrophes reads what becomes of apostrophes that another program put before formulas.
func apostrophes(n ast.Node, guarded *bool) error {
	choice := ""
	if err := oneOf(&choice, "keep", "remove")(n); err != nil {
		return err
	}
	*guarded = choice == "remove"
	return nil
}

func (r *reader) weight(n ast.Node, m *Map) error {
	m.WeightName = "imported"
	k := keys{"column": columnInto(&m.Weight), "name": text(&m.WeightName)}
	if err := k.read(n, "weight"); err != nil {
		return err
	}
	if m.Weight == nil {
		return Error{at(n), "weight needs a column"}
	}
	if m.WeightName == "" || utf8.RuneCountInString(m.WeightName) > 100 {
		return Error{at(n), "the name of the weights must have 1 to 100 characters"}
	}
	return nil
}

func (r *reader) conditions(n ast.Node, to *[]Condition) error {
	all, err := entries(n, "only_when must be lines of column: value, or column: [value, value]")
	if err != nil {
		return err
	}
	for _, e := range all {
		c := Condition{}
		if c.Column, err = columnOf(e.key, e.quote, e.at); err != nil {
			return err
		}
		if err := texts(&c.Is)(e.value); err != nil {
			return err
		}
		*to = append(*to, c)
	}
	return nil
}

func (r *reader) answers(n ast.Node, block string, to *[]Answer) error {
	all, err := entries(n, block+" must be codes of questions, each with its column:")
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return Error{at(n), block + " is empty: write at least one question, or take the key away"}
	}
	for _, e := range all {
		a := Answer{Question: e.key, At: e.at}
		// A plain name or number is the short way to write {column: …}.
		if s, ok := scalar(e.value); ok {
			_, number := e.value.(*ast.IntegerNode)
			c, err := columnOf(s, !number, at(e.value))
			if err != nil {
				return err
			}
			a.Column = &c
			a.Reading.Unknown = "refuse"
			*to = append(*to, a)
			continue
		}
		k := r.reading(&a.Reading, true)
		k["column"] = columnInto(&a.Column)
		k["columns"] = func(n ast.Node) error { return ticks(n, &a.Ticks) }
		k["ticked"] = func(n ast.Node) error {
			if s, ok := scalar(n); ok && s == "any" {
				a.Any = true
				return nil
			}
			return texts(&a.Ticked)(n)
		}
		k["split"] = text(&a.Split)
		k["decimal"] = oneOf(&a.Decimal, ".", ",")
		if err := k.read(e.value, "a question"); err != nil {
			return err
		}
		switch {
		case a.Column == nil && len(a.Ticks) == 0:
			return Error{e.at, fmt.Sprintf("%q needs column: (one column) or columns: (a column for each option)", clip(e.key))}
		case a.Column != nil && len(a.Ticks) > 0:
			return Error{e.at, fmt.Sprintf("%q has both column: and columns:; keep one", clip(e.key))}
		case len(a.Ticks) > 0 && (len(a.Reading.Values) > 0 || a.Split != "" || a.Decimal != ""):
			return Error{e.at, fmt.Sprintf("%q has columns: for its options, so values:, split: and decimal: do not belong here; use ticked:",
				clip(e.key))}
		case len(a.Ticks) == 0 && (a.Any || len(a.Ticked) > 0):
			return Error{e.at, fmt.Sprintf("%q has ticked:, which belongs to columns: (a column for each option)", clip(e.key))}
		}
		if err := a.Reading.finish(); err != nil {
			return err
		}
		*to = append(*to, a)
	}
	return nil
}

func ticks(n ast.Node, to *[]Tick) error {
	all, err := entries(n, "columns must be lines of option code: column")
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return Error{at(n), "columns must be lines of option code: column"}
	}
	for _, e := range all {
		s, ok := scalar(e.value)
		if !ok {
			return Error{e.at, fmt.Sprintf("give the column of the option %q", clip(e.key))}
		}
		_, number := e.value.(*ast.IntegerNode)
		c, err := columnOf(s, !number, at(e.value))
		if err != nil {
			return err
		}
		*to = append(*to, Tick{Option: e.key, Column: c, At: e.at})
	}
	return nil
}

// columnOf reads a column: a plain whole number is its place, anything else (a number in quotes too) its name.
func columnOf(s string, name bool, at Pos) (Column, error) {
	if name {
		if clean(s) == "" {
			return Column{}, Error{at, "a column is missing here: write its name, or its number from 1"}
		}
		return Column{Name: s, At: at}, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 20000 {
		return Column{}, Error{at, fmt.Sprintf("%s is not the number of a column: the first column is 1. "+
			"A name made of figures stands in quotes.",
			clip(s))}
	}
	return Column{Number: n, At: at}, nil
}

func columnInto(to **Column) func(ast.Node) error {
	return func(n ast.Node) error {
		s, ok := scalar(n)
		if !ok {
			return Error{at(n), "a column is one name, or one number from 1"}
		}
		_, number := n.(*ast.IntegerNode)
		c, err := columnOf(s, !number, at(n))
		if err != nil {
			return err
		}
		*to = &c
		return nil
	}
}

func text(to *string) func(ast.Node) error {
	return func(n ast.Node) error {
		s, ok := scalar(n)
		if !ok || s == "" {
			return Error{at(n), "one text is wanted here"}
		}
		*to = s
		return nil
	}
}

// texts reads one text or a list of them.
func texts(to *[]string) func(ast.Node) error {
	return func(n ast.Node) error {
		if s, ok := scalar(n); ok {
			*to = append(*to, s)
			return nil
		}
		list, ok := n.(*ast.SequenceNode)
		if !ok || len(list.Values) == 0 {
			return Error{at(n), "one text, or a list of texts like [\"1\", \"Yes\"], is wanted here"}
		}
		for _, v := range list.Values {
			s, ok := scalar(v)
			if !ok {
				return Error{at(v), "each entry of this list must be one text"}
			}
			*to = append(*to, s)
		}
		return nil
	}
}

func oneOf(to *string, allowed ...string) func(ast.Node) error {
	return func(n ast.Node) error {
		s, ok := scalar(n)
		if !ok || !slices.Contains(allowed, s) {
			return Error{at(n), fmt.Sprintf("%q cannot stand here; write one of: %s", clip(s), strings.Join(allowed, ", "))}
		}
		*to = s
		return nil
	}
}

func yesNo(to *bool) func(ast.Node) error {
	return func(n ast.Node) error {
		s, ok := n.(*ast.BoolNode)
		if !ok {
			return Error{at(n), "write true or false here"}
		}
		*to = s.Value
		return nil
	}
}

func integer(to *int, least, most int) func(ast.Node) error {
	return func(n ast.Node) error {
		i, ok := n.(*ast.IntegerNode)
		if !ok {
			return Error{at(n), fmt.Sprintf("write a whole number from %d to %d here", least, most)}
		}
		v, err := strconv.Atoi(i.GetToken().Value)
		if err != nil || v < least || v > most {
			return Error{at(n), fmt.Sprintf("write a whole number from %d to %d here", least, most)}
		}
		*to = v
		return nil
	}
}

func delimiter(to *rune) func(ast.Node) error {
	return func(n ast.Node) error {
		s, ok := scalar(n)
		if s == "tab" {
			s = "\t"
		}
		d, size := utf8.DecodeRuneInString(s)
		if !ok || size != len(s) || !strings.ContainsRune(",;\t|", d) {
			return Error{at(n), `the delimiter must be one of "," ";" "|" or tab`}
		}
		*to = d
		return nil
	}
}
