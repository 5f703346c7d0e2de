package translations

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"yousaid/server/page"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/wording"
)

// columns are those of the file that translators fill in. Only the first, the fourth and the last are read again.
var columns = []string{"name", "part", "english", "form", "numbers", "translation"}

const (
	mostFile = 1 << 20
	mostRows = 5_000
)

// FileProblem is a line of a file that was not taken, and why.
type FileProblem struct {
	Line int
	Key  string
	Why  wording.Message
}

// Write writes the wordings of a language as CSV, a line for each text: those of the part, or all where it is "".
func Write(to io.Writer, messages []page.Message, l Language, part page.Part, named func(page.Part) string) error {
	w := tablefile.NewWriter(to, true)
	if err := w.Write(columns); err != nil {
		return err
	}
	for _, m := range messages {
		if part != "" && m.Part != part {
			continue
		}
		for _, line := range linesOf(m, l, named(m.Part)) {
			if err := w.Write(line); err != nil {
				return err
			}
		}
	}
	return w.Flush()
}

func linesOf(m page.Message, l Language, part string) (lines [][]string) {
	if m.English.Forms == nil {
		return [][]string{{m.Key, part, m.English.Text, "", "", l.Words[m.Key].Text}}
	}
	for _, f := range m.FormsOf(l.Lang) {
		english := m.English.Forms["other"]
		if slices.Equal(f.Examples, []int{1}) {
			english = m.English.Forms["one"]
		}
		lines = append(lines, []string{m.Key, part, english, f.Name, Examples(f), l.Words[m.Key].Forms[f.Name]})
	}
	return lines
}

// Examples says for which numbers a form stands: "1", "2, 3, 4 …".
func Examples(f page.PluralForm) string {
	words := make([]string, len(f.Examples))
	for i, n := range f.Examples {
		words[i] = fmt.Sprint(n)
	}
	if f.Single {
		return words[0]
	}
	return strings.Join(words, ", ") + " …"
}

// Read reads such a file. A text that is left empty changes nothing. The error is a sentence on a file that cannot be read at all.
func Read(body []byte) (changes []Change, problems []FileProblem, err error) {
	if len(body) > mostFile {
		return nil, nil, wording.Refuse("file", "translations.file_large|The file is larger than 1 MB. Check that it is the right one.")
	}
	lead, err := tablefile.Look(body)
	if err != nil {
		return nil, nil, err
	}
	body = body[lead.Skip:]
	if !utf8.Valid(body) {
		return nil, nil, wording.Refuse("file", "translations.file_not_utf8|The file has a character that is not UTF-8. Save it as "+
			"“CSV UTF-8” and send it again.")
	}
	var text io.Reader = bytes.NewReader(body)
	if lead.CR {
		text = tablefile.Lines(text)
	}
	r := csv.NewReader(text)
	r.FieldsPerRecord = -1
	above := 0
	if lead.Sep != 0 {
		r.Comma, above = lead.Sep, 1
	}
	header, err := r.Read()
	if err != nil {
		return nil, nil, wording.Refuse("file", headerWanted)
	}
	if sep := tablefile.OneColumn(header, r.Comma); sep != 0 {
		again := csv.NewReader(strings.NewReader(header[0]))
		again.Comma = sep
		if header, err = again.Read(); err != nil {
			return nil, nil, wording.Refuse("file", headerWanted)
		}
		r.Comma = sep
	}
	at := map[string]int{}
	for i, name := range header {
		at[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for _, name := range []string{"name", "form", "translation"} {
		if _, ok := at[name]; !ok {
			return nil, nil, wording.Refuse("file", headerWanted)
		}
	}
	return readLines(r, at, above)
}

const headerWanted = "translations.file_header|The first line must have the columns name, form and translation. Download the " +
	"list here, fill in the last column, and send that file."

func readLines(r *csv.Reader, at map[string]int, above int) (changes []Change, problems []FileProblem, err error) {
	seen := map[[2]string]int{}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return changes, problems, nil
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return changes, append(problems, FileProblem{bad.StartLine + above, "",
				wording.Say("translations.quotes|The quotes of this line do not match, so it and what follows was not read. Double a quote " +
					"that stands in a text.")}), nil
		}
		if err != nil {
			return nil, nil, err
		}
		line, _ := r.FieldPos(0)
		line += above
		field := func(name string) string {
			if i := at[name]; i < len(record) {
				return strings.TrimSpace(tablefile.Unguard(record[i]))
			}
			return ""
		}
		c := Change{Key: field("name"), Form: field("form"), Text: field("translation")}
		if c.Key == "" || c.Text == "" {
			continue
		}
		name := [2]string{c.Key, c.Form}
		if first, twice := seen[name]; twice {
			problems = append(problems, FileProblem{line, c.Key, wording.Say("translations.twice|This wording stands on line %s already.", first)})
			continue
		}
		if len(seen) == mostRows {
			return nil, nil, wording.Refuse("file",
				"translations.file_long|The file has more than %s lines. Check that it is the right one.", mostRows)
		}
		seen[name] = line
		changes = append(changes, c)
	}
}
