package redaction

import (
	"strings"
	"unicode"
)

// word is a run of letters and digits with the apostrophes and hyphens inside it.
type word struct {
	text, low string // as written, and in small letters without a possessive ending
	from, to  int    // without a possessive ending
	possessed bool   // whether it ends in 's
	initial   bool   // whether it begins a sentence
	gap       string // what stands between the word before and this one
}

func (w word) capital() bool {
	for _, r := range w.text {
		return unicode.IsUpper(r)
	}
	return false
}

func wordsOf(text string) []word {
	var list []word
	at, last := 0, 0
	for at < len(text) {
		from := strings.IndexFunc(text[at:], inWord)
		if from < 0 {
			break
		}
		from += at
		to := len(text)
		if n := strings.IndexFunc(text[from:], func(r rune) bool { return !inWord(r) && !strings.ContainsRune("'’-", r) }); n >= 0 {
			to = from + n
		}
		to = from + len(strings.TrimRight(text[from:to], "'’-"))
		w := word{from: from, to: to, gap: text[last:from]}
		for _, ending := range []string{"'s", "’s"} {
			if s, ok := strings.CutSuffix(text[from:to], ending); ok {
				w.to, w.possessed = from+len(s), true
			}
		}
		w.text = text[w.from:w.to]
		w.low = strings.ToLower(w.text)
		w.initial = len(list) == 0 || strings.ContainsAny(w.gap, ".!?\n")
		list = append(list, w)
		at, last = to, to
	}
	return list
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// set makes a set of the words of a list.
func set(list string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(list) {
		all[w] = true
	}
	return all
}
