package importing

import (
	"html"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// clean takes away what programs leave in names and answers: HTML spaces and signs (&nbsp; &amp;), hard and invisible spaces, and
// spaces that are doubled or stand at the ends.
func clean(s string) string {
	if strings.ContainsRune(s, '&') {
		s = html.UnescapeString(s)
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u200b', r == '\u200c', r == '\u200d', r == '\u2060', r == '\ufeff', r == '\u00ad':
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// signs are the typographic forms of one sign. Phones, Word and web pages write them for what a keyboard has.
var signs = strings.NewReplacer(
	"‘", "'", "’", "'", "‚", "'", "‛", "'", "ʼ", "'", "ʹ", "'", "′", "'", "`", "'", "´", "'", "＇", "'",
	"“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«", `"`, "»", `"`, "″", `"`, "＂", `"`,
	"‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "―", "-", "−", "-", "﹣", "-", "－", "-",
	"…", "...",
)

// plain is clean, and makes one of what differs only in its signs: apostrophes, quotes and dashes of all kinds (with or without
// spaces around a dash), and letters with accents that are written as one character or as two.
func plain(s string) string {
	s = signs.Replace(norm.NFC.String(clean(s)))
	if strings.Contains(s, "-") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, " -", "-"), "- ", "-")
	}
	return s
}

// fold is plain, and makes small and capital letters one.
func fold(s string) string { return strings.ToLower(strings.ToUpper(plain(s))) }

// clip keeps what somebody else wrote short enough to quote.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
