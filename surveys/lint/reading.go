package lint

import (
	"math"
	"strings"
	"unicode"
)

// FleschKincaid is the school grade that a text of so many words, sentences and syllables needs: 0.39 · words/sentences + 11.8 ·
// syllables/words − 15.59 (Kincaid et al. 1975). A reading age is about the grade plus 5.
func FleschKincaid(words, sentences, syllables int) float64 {
	if words == 0 || sentences == 0 {
		return math.Inf(-1)
	}
	return 0.39*float64(words)/float64(sentences) + 11.8*float64(syllables)/float64(words) - 15.59
}

// Grade is that of an English text, by counting vowels that sound.
func Grade(text string) float64 {
	words, syllables := 0, 0
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }) {
		words++
		syllables += Syllables(w)
	}
	return FleschKincaid(words, max(1, Sentences(text)), syllables)
}

// Sentences counts what ends in a full stop, question mark or exclamation mark; a text without any is one.
func Sentences(text string) int {
	n := 0
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == '.' || r == '?' || r == '!' || r == '\n' }) {
		if strings.ContainsFunc(part, unicode.IsLetter) {
			n++
		}
	}
	return max(1, n)
}

// Syllables guesses those of an English word: groups of vowels, less a silent e at the end, at least one.
func Syllables(word string) int {
	w := strings.ToLower(strings.Trim(word, "'’"))
	n, before := 0, false
	for _, r := range w {
		vowel := strings.ContainsRune("aeiouy", r)
		if vowel && !before {
			n++
		}
		before = vowel
	}
	if n > 1 && strings.HasSuffix(w, "e") && !strings.HasSuffix(w, "le") && !strings.HasSuffix(w, "ee") {
		n--
	}
	if n > 1 && strings.HasSuffix(w, "ed") && !strings.HasSuffix(w, "ted") && !strings.HasSuffix(w, "ded") && !strings.HasSuffix(w, "ied") {
		n--
	}
	return max(1, n)
}
