package importing

import "fmt"

// Map says what the columns of a CSV file mean. It is written in YAML; docs/import.md explains every key and mapping.schema.json
// describes the shape.
type Map struct {
	Encoding     string // "utf-8", "cp1252" or "latin-1"
	Delimiter    rune   // 0 where the mapping does not say: the line sep= of the file, or a comma
	LooseQuotes  bool   // a stray quote mark in a cell is an ordinary character
	HeaderRows   int    // rows at the top that are no answers; at least 1
	NamesFromRow int    // the header row that holds the column names, from 1; 0 joins all header rows into one name
	SkipRows     int    // rows straight after the header that are no answers
	Guarded      bool   // another program put ' before cells that start like a formula: it is taken away

	RowID     *Column // the file's own name for a row; without it a row is known by its content
	RowPrefix string  // put before each row's id, where several files are numbered from 1
	OnlyWhen  []Condition

	Date        Value
	Formats     []string // how dates are written: names of dateFormats, or layouts of Go's time package
	Language    Value
	Channel     Value
	Mode        Value
	Service     Value
	AccessPoint Value
	About       Value

	Weight     *Column
	WeightName string

	Questions []Answer // in the order of the file
	Equality  []Answer // by the id of the harmonised question
}

// Pos is a place in the mapping, both from 1.
type Pos struct{ Line, Column int }

// Column chooses a column of the CSV: by its name, or by its number from 1 where Name is "".
type Column struct {
	Name   string
	Number int
	At     Pos
}

// String names the column as a person would.
func (c Column) String() string {
	if c.Number > 0 {
		return fmt.Sprintf("number %d", c.Number)
	}
	return fmt.Sprintf("%q", clip(c.Name))
}

// Condition keeps a row only when the cell is one of the values.
type Condition struct {
	Column Column
	Is     []string
}

// Value says where one fact of a response comes from: the same for every row (Constant), or the cell of a column.
type Value struct {
	Constant  string
	Column    *Column
	Reading   Reading
	Otherwise string // taken where the cell is blank
	At        Pos
}

// given tells whether the mapping says anything about this fact.
func (v Value) given() bool { return v.Constant != "" || v.Column != nil }

// Answer says where the answer to one question comes from: one column, one column of parts (Split), or a column for each option (Ticks).
type Answer struct {
	Question string // code of the question, or id of the harmonised equality question
	Column   *Column
	Split    string
	Ticks    []Tick
	Ticked   []string // cells that mean "ticked"; empty means the usual ones
	Any      bool     // every cell that is not blank means "ticked"
	Decimal  string   // number: the decimal mark, "." or ","
	Reading  Reading
	At       Pos
}

// Tick is the column of one option.
type Tick struct {
	Option string
	Column Column
	At     Pos
}

// Reading turns the text of a cell into a code.
type Reading struct {
	Values  []Meaning
	Fold    bool     // small and capital letters are the same
	Ignore  []string // cells that mean "no answer"
	Unknown string   // a cell that no value names: "refuse" the row, or "blank"
	List    string   // the value list this was taken from
}

// Meaning is one text and the code it stands for.
type Meaning struct {
	Text, Code string
	At         Pos
}
