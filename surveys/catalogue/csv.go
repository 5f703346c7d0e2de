package catalogue

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"yousaid/surveys/tablefile"
)

// columns of a catalogue file. Any order is read; this one is written.
var columns = []string{"directorate", "service", "slug", "lgsl_id", "parent"}

// Limits of a catalogue file.
const (
	maxFile = 5 << 20
	maxRows = 20_000
	maxName = 200 // characters
)

// Refused is a row that cannot be stored, and why.
type Refused struct {
	Line   int // of the file, from 1
	Reason string
}

// RefusedRows is every row that stands in the way of an import: nothing of the file is stored.
type RefusedRows []Refused

// Error gives every row on a line of its own.
func (rs RefusedRows) Error() string {
	lines := []string{"nothing was stored, because these lines need putting right:"}
	for _, r := range rs {
		lines = append(lines, fmt.Sprintf("line %d: %s", r.Line, r.Reason))
	}
	return strings.Join(lines, "\n")
}

// row is one service of a file.
type row struct {
	line        int
	directorate string // its name; "" means the parent's
	service     string
	slug        string
	lgsl        int
	parent      string // a slug, or ""
}

// readRows reads a catalogue file and refuses what cannot be right whatever stands in the database.
func readRows(from io.Reader) ([]row, error) {
	src, err := io.ReadAll(io.LimitReader(from, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	if len(src) > maxFile {
		return nil, RefusedRows{{1, "The file is larger than 5 MB. Check that it is the right one."}}
	}
	lead, err := tablefile.Look(src)
	if err != nil {
		return nil, RefusedRows{{1, strings.ToUpper(err.Error()[:1]) + err.Error()[1:] + "."}}
	}
	src = src[lead.Skip:]
	if !utf8.Valid(src) {
		line := 1 + bytes.Count(src[:invalid(src)], []byte("\n"))
		return nil, RefusedRows{{line, "There is a character that is not UTF-8. Save the file as “CSV UTF-8” and import it again. Look " +
			"at letters like ŵ and ŷ then: programs that save plain “CSV” may have made ? of them."}}
	}
	above := 0
	var text io.Reader = bytes.NewReader(src)
	if lead.CR {
		text = tablefile.Lines(text)
	}
	r := csv.NewReader(text)
	r.FieldsPerRecord = -1
	if lead.Sep != 0 {
		r.Comma, above = lead.Sep, 1
	}
	header, err := r.Read()
	if err != nil {
		return nil, RefusedRows{{1, "There is no header. The first line must be: " + strings.Join(columns, ",")}}
	}
	// The columns are known, so a header in one piece tells which sign stands between them: what follows is read with it.
	if sep := tablefile.OneColumn(header, r.Comma); sep != 0 {
		if header, err = split(header[0], sep); err != nil {
			return nil, RefusedRows{{1, "The header cannot be read. The first line must be: " + strings.Join(columns, ",")}}
		}
		r.Comma = sep
	}
	// a spreadsheet writes a separator for every column it has ever used
	for len(header) > 0 && strings.TrimSpace(header[len(header)-1]) == "" {
		header = header[:len(header)-1]
	}
	at, err := readHeader(header)
	if err != nil {
		return nil, err
	}
	var rows []row
	var refused RefusedRows
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			// What follows a broken quote cannot be told apart any more.
			return nil, append(refused, Refused{bad.StartLine + above, "The quotes of this line do not match. Put a text with quotes in " +
				"quotes, and double the quotes in it."})
		}
		if err != nil {
			return nil, fmt.Errorf("reading the catalogue: %w", err)
		}
		line, _ := r.FieldPos(0)
		line += above
		if !slices.ContainsFunc(record, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			continue
		}
		if len(rows) == maxRows {
			return nil, append(refused, Refused{line, fmt.Sprintf("There are more than %d services. Import them in parts.", maxRows)})
		}
		for len(record) > len(header) && strings.TrimSpace(record[len(record)-1]) == "" {
			record = record[:len(record)-1]
		}
		for len(record) < len(header) { // blank cells at the end are left out
			record = append(record, "")
		}
		if len(record) != len(header) {
			refused = append(refused, Refused{line,
				fmt.Sprintf("This line has %d columns and the header %d. Put a name with a comma in quotes.", len(record), len(header))})
			continue
		}
		one, reasons := readRow(record, at)
		one.line = line
		for _, reason := range reasons {
			refused = append(refused, Refused{line, reason})
		}
		rows = append(rows, one)
	}
	first := map[string]int{}
	for _, one := range rows {
		if before, twice := first[one.slug]; twice && one.slug != "" {
			refused = append(refused, Refused{one.line,
				fmt.Sprintf("The slug “%s” stands on line %d already. Give each service its own.", one.slug, before)})
		} else {
			first[one.slug] = one.line
		}
	}
	if len(refused) > 0 {
		return nil, sorted(refused)
	}
	return rows, nil
}

// split takes one line apart at another sign.
func split(line string, sep rune) ([]string, error) {
	r := csv.NewReader(strings.NewReader(line))
	r.Comma = sep
	return r.Read()
}

func sorted(rs RefusedRows) RefusedRows {
	slices.SortStableFunc(rs, func(a, b Refused) int { return a.Line - b.Line })
	return rs
}

// invalid is the place of the first byte that is not UTF-8.
func invalid(src []byte) int {
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(src)
}

func readHeader(header []string) (at map[string]int, err error) {
	at = map[string]int{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := at[name]; twice || !slices.Contains(columns, name) {
			return nil, RefusedRows{{1,
				fmt.Sprintf("The header has a column “%s” too many. The first line must be: %s", clip(name), strings.Join(columns, ","))}}
		}
		at[name] = i
	}
	for _, name := range columns {
		if _, ok := at[name]; !ok {
			return nil, RefusedRows{{1, fmt.Sprintf("The header has no column “%s”. The first line must be: %s", name, strings.Join(columns, ","))}}
		}
	}
	return at, nil
}

func readRow(record []string, at map[string]int) (one row, reasons []string) {
	field := func(name string) string { return strings.TrimSpace(tablefile.Unguard(record[at[name]])) }
	say := func(format string, a ...any) { reasons = append(reasons, fmt.Sprintf(format, a...)) }
	one = row{directorate: field("directorate"), service: field("service"), slug: field("slug"), parent: field("parent")}
	for _, name := range []string{"directorate", "service"} {
		if why := badName(field(name)); why != "" {
			say("The %s’s name %s.", name, why)
		}
	}
	if one.service == "" {
		say("The service has no name. Write it in the column “service”.")
	}
	if one.directorate == "" && one.parent == "" {
		say("The service belongs to no directorate. Write its name in the column “directorate”.")
	} else if one.directorate != "" && Slug(one.directorate) == "" {
		say("The directorate “%s” has no letter or digit in its name.", clip(one.directorate))
	}
	if !ValidSlug(one.slug) {
		say("The slug “%s” must be 1 to 63 small letters, digits or “-”, and start with a letter or digit.", clip(one.slug))
	}
	if id := field("lgsl_id"); id != "" {
		n, err := strconv.Atoi(id)
		if err != nil || n < 1 || n > 9999 {
			say("“%s” is not a number of the Local Government Service List: use 1 to 9999, or leave it out.", clip(id))
		}
		one.lgsl = n
	}
	return one, reasons
}

func badName(name string) string {
	switch {
	case utf8.RuneCountInString(name) > maxName:
		return fmt.Sprintf("is longer than %d characters", maxName)
	case strings.ContainsFunc(name, unicode.IsControl):
		return "has a character that is not text"
	case name != "" && tablefile.Guard(name) != name:
		return "starts with =, +, - or @, which spreadsheets take for a sum"
	}
	return ""
}

// clip keeps what somebody else wrote short enough to quote.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// writeRows writes a catalogue file as readRows reads it.
func writeRows(to io.Writer, rows []row) error {
	w := tablefile.NewWriter(to, false)
	if err := w.Write(columns); err != nil {
		return err
	}
	for _, one := range rows {
		lgsl := ""
		if one.lgsl != 0 {
			lgsl = strconv.Itoa(one.lgsl)
		}
		if err := w.Write([]string{one.directorate, one.service, one.slug, lgsl, one.parent}); err != nil {
			return err
		}
	}
	return w.Flush()
}
