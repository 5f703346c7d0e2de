package surveys

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yousaid/surveys/question"
)

// WriteYAML writes a questionnaire as ParseYAML reads it: the same definition always gives the same bytes, and reading them gives
// the definition again.
func WriteYAML(d Definition) []byte {
	var w writer
	w.line(0, "survey: ", scalar(d.Survey))
	w.wording(0, "title", d.Title)
	w.wording(0, "intro", d.Intro)
	if len(d.NotReviewed) > 0 {
		w.line(0, "not_reviewed: ", flow(d.NotReviewed))
	}
	w.line(0, "pages:")
	for _, p := range d.Pages {
		w.dash = true
		w.wording(2, "title", p.Title)
		w.line(2, "questions:")
		for _, q := range p.Questions {
			w.question(q)
		}
	}
	if len(d.Equality) > 0 {
		w.line(0, "equality: ", flow(d.Equality))
	}
	return w.Bytes()
}

type writer struct {
	bytes.Buffer
	dash bool // the next line begins an entry of a list
}

func (w *writer) line(indent int, parts ...string) {
	lead := strings.Repeat(" ", indent)
	if w.dash {
		lead += "- "
		w.dash = false
	} else if indent > 0 {
		lead += "  "
	}
	w.WriteString(lead + strings.Join(parts, "") + "\n")
}

func (w *writer) question(q question.Question) {
	const in = 6
	w.dash = true
	w.line(in, "code: ", scalar(q.Code))
	w.line(in, "kind: ", scalar(string(q.Kind)))
	for _, a := range question.Attributes {
		if text, ok := a.Of(&q).(*question.Text); ok {
			w.wording(in, a.Key, *text)
		} else if a.Given(q) {
			w.line(in, a.Key, ": ", written(a.Of(&q)))
		}
	}
	if len(q.Options) > 0 {
		w.line(in, "options:")
	}
	for _, o := range q.Options {
		parts := []string{"code: " + scalar(o.Code)}
		for _, a := range question.OptionAttributes {
			if a.Needed || a.Given(o) {
				parts = append(parts, a.Key+": "+written(a.Of(&o)))
			}
		}
		w.dash = true
		w.line(10, "{", strings.Join(parts, ", "), "}")
	}
}

// written is the value of an attribute on one line.
func written(value any) string {
	switch v := value.(type) {
	case *bool:
		return strconv.FormatBool(*v)
	case *int:
		return strconv.Itoa(*v)
	case **float64:
		return question.Decimal(**v)
	case *question.Text:
		var text []string
		for _, tag := range v.Languages() {
			text = append(text, scalar(tag)+": "+scalar((*v)[tag]))
		}
		return "{" + strings.Join(text, ", ") + "}"
	}
	return scalar(*value.(*string))
}

func (w *writer) wording(indent int, key string, t question.Text) {
	if len(t) == 0 {
		return
	}
	w.line(indent, key, ":")
	for _, tag := range t.Languages() {
		under := indent + 2
		if indent == 0 {
			under = 0 // line adds two
			w.WriteString("  ")
		}
		w.line(under, scalar(tag), ": ", scalar(t[tag]))
	}
}

func flow(values []string) string {
	var parts []string
	for _, v := range values {
		parts = append(parts, scalar(v))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// plain is a word that YAML cannot take for anything else once the words of truth and nothing are left out.
var plain = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

var notPlain = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

// scalar writes a text: plain where it is safe, else in double quotes, whose escapes YAML shares with JSON.
func scalar(s string) string {
	if plain.MatchString(s) && !slices.Contains(notPlain, s) {
		return s
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes, and a Buffer always writes
	return strings.TrimSuffix(b.String(), "\n")
}
