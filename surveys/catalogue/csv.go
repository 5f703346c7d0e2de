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
	"yousaid/surveys/wording"
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
	Reason wording.Message
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

// refuseLine says what is wrong with a line.
func refuseLine(line int, text string, args ...any) RefusedRows {
	return RefusedRows{{line, wording.Say(text, args...)}}
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
	r, above, err := openFile(from)
	if err != nil {
		return nil, err
	}
	header, err := headerOf(r)
	if err != nil {
		return nil, err
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
			return nil, append(refused, refuseLine(bad.StartLine+above, "catalogue.quotes|The quotes of this line do not match. Put a text "+
				"with quotes in quotes, and double the quotes in it.")...)
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
			return nil, append(refused, refuseLine(line, "catalogue.file_long|There are more than %s services. Import them in parts.", maxRows)...)
		}
		record = asWide(record, len(header))
		if len(record) != len(header) {
			refused = append(refused, refuseLine(line, "catalogue.line_width|This line has another number of columns (%s) than the header (%s). "+
				"Put a name with a comma in quotes.", len(record), len(header))...)
			continue
		}
		one, reasons := readRow(record, at)
		one.line = line
		for _, reason := range reasons {
			refused = append(refused, Refused{line, reason})
		}
		rows = append(rows, one)
	}
	if refused = append(refused, slugsTwice(rows)...); len(refused) > 0 {
		return nil, sorted(refused)
	}
	return rows, nil
}

// openFile reads the file as a whole and finds how its lines are written. above is how many lines stand before those of the reader.
func openFile(from io.Reader) (r *csv.Reader, above int, err error) {
	src, err := io.ReadAll(io.LimitReader(from, maxFile+1))
	if err != nil {
		return nil, 0, fmt.Errorf("reading the catalogue: %w", err)
	}
	if len(src) > maxFile {
		return nil, 0, refuseLine(1, "catalogue.file_large|The file is larger than 5 MB. Check that it is the right one.")
	}
	lead, err := tablefile.Look(src)
	if refused := (wording.Refusal{}); errors.As(err, &refused) {
		return nil, 0, RefusedRows{{1, refused.Message}}
	} else if err != nil {
		return nil, 0, err
	}
	src = src[lead.Skip:]
	if !utf8.Valid(src) {
		line := 1 + bytes.Count(src[:invalid(src)], []byte("\n"))
		return nil, 0, refuseLine(line, "catalogue.file_not_utf8|There is a character that is not UTF-8. Save the file as “CSV UTF-8” and "+
			"import it again. Look at letters like ŵ and ŷ then: programs that save plain “CSV” may have made ? of them.")
	}
	var text io.Reader = bytes.NewReader(src)
	if lead.CR {
		text = tablefile.Lines(text)
	}
	r = csv.NewReader(text)
	r.FieldsPerRecord = -1
	if lead.Sep != 0 {
		r.Comma, above = lead.Sep, 1
	}
	return r, above, nil
}

// headerOf reads the header, and sets the separator of what follows.
func headerOf(r *csv.Reader) ([]string, error) {
	header, err := r.Read()
	if err != nil {
		return nil, refuseLine(1, "catalogue.no_header|There is no header. The first line must be: %s", strings.Join(columns, ","))
	}
	// The columns are known, so a header in one piece shows which sign stands between them: what follows is read with it.
	if sep := tablefile.OneColumn(header, r.Comma); sep != 0 {
		if header, err = split(header[0], sep); err != nil {
			return nil, refuseLine(1, "catalogue.bad_header|The header cannot be read. The first line must be: %s", strings.Join(columns, ","))
		}
		r.Comma = sep
	}
	// a spreadsheet writes a separator for every column it has ever used
	for len(header) > 0 && strings.TrimSpace(header[len(header)-1]) == "" {
		header = header[:len(header)-1]
	}
	return header, nil
}

// asWide takes away blank cells at the end that the header does not have, and adds those that were left out.
func asWide(record []string, width int) []string {
	for len(record) > width && strings.TrimSpace(record[len(record)-1]) == "" {
		record = record[:len(record)-1]
	}
	for len(record) < width {
		record = append(record, "")
	}
	return record
}

// slugsTwice refuses rows whose slug an earlier row has.
func slugsTwice(rows []row) (refused RefusedRows) {
	first := map[string]int{}
	for _, one := range rows {
		if before, twice := first[one.slug]; twice && one.slug != "" {
			refused = append(refused, refuseLine(one.line,
				"catalogue.slug_twice|The slug “%s” stands on line %s already. Give each service its own.", one.slug, before)...)
		} else {
			first[one.slug] = one.line
		}
	}
	return refused
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
			return nil, refuseLine(1, "catalogue.header_more|The header has a column “%s” too many. The first line must be: %s", clip(name),
				strings.Join(columns, ","))
		}
		at[name] = i
	}
	for _, name := range columns {
		if _, ok := at[name]; !ok {
			return nil, refuseLine(1, "catalogue.header_less|The header has no column “%s”. The first line must be: %s", name,
				strings.Join(columns, ","))
		}
	}
	return at, nil
}

func readRow(record []string, at map[string]int) (one row, reasons []wording.Message) {
	field := func(name string) string { return strings.TrimSpace(tablefile.Unguard(record[at[name]])) }
	say := func(text string, args ...any) { reasons = append(reasons, wording.Say(text, args...)) }
	one = row{directorate: field("directorate"), service: field("service"), slug: field("slug"), parent: field("parent")}
	if why, bad := badName(one.directorate); bad {
		say("catalogue.directorate_name|The directorate’s name %s.", why)
	}
	if why, bad := badName(one.service); bad {
		say("catalogue.service_name|The service’s name %s.", why)
	}
	if one.service == "" {
		say("catalogue.no_name|The service has no name. Write it in the column “service”.")
	}
	if one.directorate == "" && one.parent == "" {
		say("catalogue.no_directorate|The service belongs to no directorate. Write its name in the column “directorate”.")
	} else if one.directorate != "" && Slug(one.directorate) == "" {
		say("catalogue.directorate_letters|The directorate “%s” has no letter or digit in its name.", clip(one.directorate))
	}
	if !ValidSlug(one.slug) {
		say("catalogue.slug_form|The slug “%s” must be 1 to 63 small letters, digits or “-”, and start with a letter or digit.", clip(one.slug))
	}
	if id := field("lgsl_id"); id != "" {
		n, err := strconv.Atoi(id)
		if err != nil || n < 1 || n > 9999 {
			say("catalogue.lgsl|“%s” is not a number of the Local Government Service List: use 1 to 9999, or leave it out.", clip(id))
		}
		one.lgsl = n
	}
	return one, reasons
}

// badName says in the middle of a sentence what is wrong with a name, where it is bad.
func badName(name string) (why wording.Message, bad bool) {
	switch {
	case utf8.RuneCountInString(name) > maxName:
		return wording.Say("catalogue.name_long|is longer than %s characters", maxName), true
	case strings.ContainsFunc(name, unicode.IsControl):
		return wording.Say("catalogue.name_not_text|has a character that is not text"), true
	case name != "" && tablefile.Guard(name) != name:
		return wording.Say("catalogue.name_formula|starts with =, +, - or @, which spreadsheets take for a sum"), true
	}
	return why, false
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
