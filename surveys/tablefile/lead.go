package tablefile

import (
	"bytes"
	"io"
	"strings"

	"yousaid/surveys/wording"
)

// Lead is what the first bytes of a CSV file show of the program that wrote it.
type Lead struct {
	Marked bool // UTF-8 with its byte order mark
	Sep    rune // the delimiter of a first line sep=; as Excel writes it; 0 where there is none
	Skip   int  // bytes before the header: the mark and the line sep=
	CR     bool // lines end in CR alone, as Excel for Mac writes them
}

// Separators are the delimiters that are known.
const Separators = ",;\t|"

// Look reads the lead of a file from its first bytes (a few kilobytes are enough). The error is a wording.Refusal, which says what
// to do with a file that is no CSV in a known encoding.
func Look(head []byte) (Lead, error) {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return Lead{}, wording.Refuse("file", "csv.utf16|The file is written in UTF-16. Open it and save it again as “CSV UTF-8”.")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return Lead{}, wording.Refuse("file", "csv.workbook|The file is a spreadsheet workbook. Open it and save it as “CSV UTF-8”.")
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return Lead{}, wording.Refuse("file",
			"csv.old_workbook|The file is an old spreadsheet workbook (.xls). Open it and save it as “CSV UTF-8”.")
	}
	var l Lead
	if bytes.HasPrefix(head, []byte(Mark)) {
		l.Marked, l.Skip = true, len(Mark)
	}
	l.CR = endsInCR(head[l.Skip:])
	line := head[l.Skip:]
	if end := bytes.IndexAny(line, "\r\n"); end >= 0 {
		line = line[:end]
	}
	text := strings.TrimSuffix(strings.TrimPrefix(string(line), `"`), `"`)
	if len(text) == 5 && strings.EqualFold(text[:4], "sep=") && strings.ContainsRune(Separators, rune(text[4])) {
		l.Sep = rune(text[4])
		l.Skip += len(line)
		rest := head[l.Skip:]
		for _, end := range []string{"\r\n", "\n", "\r"} {
			if bytes.HasPrefix(rest, []byte(end)) {
				l.Skip += len(end)
				break
			}
		}
	}
	return l, nil
}

// endsInCR tells whether the first line that ends outside quotes ends in CR alone.
func endsInCR(head []byte) bool {
	quoted := false
	for i, b := range head {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '\n':
			return false
		case b == '\r':
			return i+1 < len(head) && head[i+1] != '\n'
		}
	}
	return false
}

// Lines gives the bytes with every line end as LF, for files whose lines end in CR alone.
func Lines(r io.Reader) io.Reader { return &lines{r: r} }

type lines struct {
	r  io.Reader
	cr bool // the last byte was a CR
}

// Read implements io.Reader.
func (l *lines) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	out := 0
	for _, b := range p[:n] {
		switch {
		case b == '\r':
			p[out] = '\n'
			out++
		case b != '\n' || !l.cr:
			p[out] = b
			out++
		}
		l.cr = b == '\r'
	}
	return out, err
}

// OneColumn tells whether a header that was read as one column was probably written with another delimiter: the one it has most of, or 0.
func OneColumn(header []string, delimiter rune) rune {
	if len(header) != 1 {
		return 0
	}
	best, most := rune(0), 0
	for _, sep := range Separators {
		if n := strings.Count(header[0], string(sep)); sep != delimiter && n > most {
			best, most = sep, n
		}
	}
	return best
}

// DelimiterName is a delimiter as a mapping or a sentence has it.
func DelimiterName(sep rune) string {
	if sep == '\t' {
		return "tab"
	}
	return string(sep)
}
