package page

import (
	"strings"
	"unicode/utf8"
)

// Cut gives at most so many bytes of a text, and no part of a character.
func Cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// Capital writes the first letter of a sentence large.
func Capital(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:n]) + s[n:]
}

// Small writes the first letter of a label small, for the middle of a sentence.
func Small(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToLower(s[:n]) + s[n:]
}
