package question

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"yousaid/surveys/wording"
)

// Text is a wording in each language it has, by BCP 47 tag: {"en": "How did we do?", "cy": "Sut wnaethom ni?"}.
type Text map[string]string

// In gives the wording in the language, or the nearest there is, and the language it is really in: the asked one, English, then any.
func (t Text) In(language string) (text, in string) {
	for _, tag := range []string{language, "en"} {
		if s, ok := t[tag]; ok && s != "" {
			return s, tag
		}
	}
	best := ""
	for tag, s := range t {
		if s != "" && (best == "" || tag < best) {
			best = tag
		}
	}
	return t[best], best
}

// Clone copies a wording.
func (t Text) Clone() Text { return maps.Clone(t) }

// Empty tells whether there is no wording in any language.
func (t Text) Empty() bool {
	for _, s := range t {
		if strings.TrimSpace(s) != "" {
			return false
		}
	}
	return true
}

// Fault says why a wording cannot be used, as a part of a sentence.
func (t Text) Fault() (why wording.Message, bad bool) {
	for _, tag := range slices.Sorted(maps.Keys(t)) {
		s := t[tag]
		switch {
		case !language.MatchString(tag):
			return wording.Say("question.not_a_language|“%s” is not a language code like en or cy", clip(tag)), true
		case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
			return wording.Say("question.no_text|it has a character that is not text"), true
		case utf8.RuneCountInString(s) > MaxWording:
			return wording.Say("question.wording_long|it is longer than %s characters", thousands(MaxWording)), true
		}
	}
	return wording.Message{}, false
}

// Same tells whether two wordings say the same: a language without wording is one that is not there.
func (t Text) Same(other Text) bool {
	for _, list := range []Text{t, other} {
		for tag := range list {
			if t[tag] != other[tag] {
				return false
			}
		}
	}
	return true
}

// MergeText merges a wording language by language.
func MergeText(base, mine, theirs Text) Text {
	var merged Text
	for _, t := range []Text{mine, theirs} {
		for tag := range t {
			s := mine[tag]
			if s == base[tag] {
				s = theirs[tag]
			}
			if s != "" {
				if merged == nil {
					merged = Text{}
				}
				merged[tag] = s
			}
		}
	}
	return merged
}

// Languages gives English first, then Welsh, then the others by their codes.
func (t Text) Languages() []string {
	rank := map[string]string{"en": "", "cy": " "}
	key := func(tag string) string {
		if r, ok := rank[tag]; ok {
			return r
		}
		return tag
	}
	return slices.SortedFunc(maps.Keys(t), func(a, b string) int {
		if key(a) < key(b) {
			return -1
		}
		return 1
	})
}

// Wordings says what became of a wording in each language.
func Wordings(what wording.Message, before, after Text) []wording.Message {
	var all []wording.Message
	tags := before.Languages()
	for _, tag := range after.Languages() {
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	for _, tag := range tags {
		a, b := before[tag], after[tag]
		switch in := wording.LanguageName(tag); {
		case a == b:
		case a == "":
			all = append(all, wording.Say("difference.text_added|%s has wording in %s now: “%s”.", what, in, b))
		case b == "":
			all = append(all, wording.Say("difference.text_gone|%s has no wording in %s any more; it was “%s”.", what, in, a))
		default:
			all = append(all, wording.Say("difference.text|%s reads “%s” in %s instead of “%s”.", what, b, in, a))
		}
	}
	return all
}
