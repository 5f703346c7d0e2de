// Package wording has the sentences that rules give to people. A rule says what is wrong as a Message; who shows it words it in the
// reader's language.
package wording

import (
	"fmt"
	"strings"
)

// Message is a sentence by its key, its English, and what is filled in: "survey.closed|The survey %s is closed." Where Count is
// given the English has a wording for one and one for others: "link.made|%s link is made.|%s links are made." Arguments stand where
// the English has %s; an argument may be a Message itself, a Part of one, or Names.
type Message struct {
	Text  string
	Count *int
	Args  []any
}

// Say makes a sentence.
func Say(text string, args ...any) Message { return Message{Text: text, Args: args} }

// Counting makes a sentence about n things.
func Counting(text string, n int, args ...any) Message {
	return Message{Text: text, Count: &n, Args: args}
}

// Plain makes a sentence of words that somebody typed, which no language changes.
func Plain(text string) Message { return Message{Text: "|%s", Args: []any{text}} }

// Key names the sentence among translations.
func (m Message) Key() string {
	key, _, _ := strings.Cut(m.Text, "|")
	return key
}

// String is the sentence in English, for the command line, logs and what is frozen in English.
func (m Message) String() string {
	_, english, _ := strings.Cut(m.Text, "|")
	if m.Count != nil {
		one, others, _ := strings.Cut(english, "|")
		english = others
		if *m.Count == 1 {
			english = one
		}
	}
	return Fill(english, m.InEnglish())
}

// InEnglish are the arguments with English for what has names.
func (m Message) InEnglish() []any {
	args := make([]any, len(m.Args))
	for i, arg := range m.Args {
		args[i] = arg
		if names, ok := arg.(Names); ok {
			args[i], _ = names.In("en")
		}
	}
	return args
}

// Fill puts the arguments where the text has %s, in their order, or {1}, {2}… which name them, as the words of a council do. A text
// without arguments stays as it is ("50%").
func Fill(text string, args []any) string {
	if len(args) == 0 {
		return text
	}
	var b strings.Builder
	next := 0
	for text != "" {
		at := strings.IndexAny(text, "%{")
		if at < 0 {
			break
		}
		b.WriteString(text[:at])
		text = text[at:]
		switch n := numbered(text); {
		case strings.HasPrefix(text, "%s") && next < len(args):
			fmt.Fprint(&b, args[next]) // so that %s does for numbers too
			next++
			text = text[2:]
		case n > 0 && n <= len(args):
			fmt.Fprint(&b, args[n-1])
			text = text[len("{1}"):]
		default:
			b.WriteByte(text[0])
			text = text[1:]
		}
	}
	b.WriteString(text)
	return b.String()
}

// numbered is the number of the gap that a text begins with: 1 for {1}; 0 for none.
func numbered(text string) int {
	if len(text) >= 3 && text[0] == '{' && text[1] >= '1' && text[1] <= '9' && text[2] == '}' {
		return int(text[1] - '0')
	}
	return 0
}

// Refusal is something that cannot be done as it was asked, with the field of a form that can put it right ("" for none) and a
// sentence that says how.
type Refusal struct {
	Field string
	Message
}

// Refuse makes a refusal about a field.
func Refuse(field, text string, args ...any) error { return Refusal{field, Say(text, args...)} }

// Error is the sentence in English.
func (r Refusal) Error() string { return r.Message.String() }

// EachProblem makes a refusal what pages look for.
func (r Refusal) EachProblem(tell func(field string, why Message)) { tell(r.Field, r.Message) }
