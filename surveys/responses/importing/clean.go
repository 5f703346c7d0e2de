package importing

import (
	"html"
	"strings"
	"unicode"
)

// clean takes away what programs leave in names and answers: HTML spaces and signs (&nbsp; &amp;), hard and invisible spaces, and spaces that are doubled or
// stand at the ends.
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

// fold is clean, and makes small and capital letters one.
func fold(s string) string { return strings.ToLower(strings.ToUpper(clean(s))) }

// clip keeps what somebody else wrote short enough to quote.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
