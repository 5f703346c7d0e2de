package page

import (
	"strings"

	"yousaid/surveys/wording"
)

// InOneLanguage makes what is read outside a page, such as a file: in the page's language where every word of it has one, else in
// English. In a file nothing would say that a part is in another language.
func InOneLanguage[T any](p Page, make func(in wording.Speaker) T) T {
	in := &noting{words: p.speaks()}
	if made := make(in); !in.missed {
		return made
	}
	return make(wording.English)
}

// noting is a speaker that notes what it cannot say in its language.
type noting struct {
	words  *Words
	missed bool
}

func (n *noting) Language() string { return n.words.lang }

func (n *noting) Say(m wording.Message) string {
	text := n.words.say(m)
	n.missed = n.missed || strings.ContainsRune(text, openMark)
	return Unmarked(text)
}
