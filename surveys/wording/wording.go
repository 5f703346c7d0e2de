// Package wording has the sentences that rules give to people. A rule says what is wrong as a Message; who shows it words it in the
// reader's language.
package wording

import (
	"fmt"
	"strings"
)

// Message is a sentence by its key, its English, and what is filled in: "survey.closed|The survey %s is closed." Where Count is
// given the English has a wording for one and one for others: "link.made|%s link is made.|%s links are made." Arguments stand where
// the English has %s, or {name} where they are an Arg; an argument may be a Message itself, a Part of one, or Names.
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

// Arg is an argument with a name: it stands where the text has {name}.
type Arg struct {
	Name  string
	Value any
}

// Arg gives the argument of a name; nil where there is none.
func (m Message) Arg(name string) any {
	for _, arg := range m.Args {
		if arg, ok := arg.(Arg); ok && arg.Name == name {
			return arg.Value
		}
	}
	return nil
}

// Each gives the arguments as say words them, those with a name keep it.
func Each(args []any, say func(arg any) any) []any {
	out := make([]any, len(args))
	for i, arg := range args {
		if named, ok := arg.(Arg); ok {
			out[i] = Arg{named.Name, say(named.Value)}
			continue
		}
		out[i] = say(arg)
	}
	return out
}

// InEnglish are the arguments with English for what has names.
func (m Message) InEnglish() []any {
	return Each(m.Args, func(arg any) any {
		if names, ok := arg.(Names); ok {
			text, _ := names.In("en")
			return text
		}
		return arg
	})
}

// Fill puts the arguments where the text has %s, in their order, {1}, {2}… which number them, as the words of a council do, or
// {name}, for those that have one. A text without arguments stays as it is ("50%"); an argument is never searched for further gaps.
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
		if strings.HasPrefix(text, "%s") && next < len(args) {
			fmt.Fprint(&b, value(args[next])) // so that %s does for numbers too
			next++
			text = text[len("%s"):]
			continue
		}
		if name, rest, closed := strings.Cut(text[1:], "}"); closed && text[0] == '{' {
			if arg, found := named(name, args); found {
				fmt.Fprint(&b, arg)
				text = rest
				continue
			}
		}
		b.WriteByte(text[0])
		text = text[1:]
	}
	b.WriteString(text)
	return b.String()
}

// named is the argument of a gap: its number from 1 to 9, or its name.
func named(gap string, args []any) (arg any, found bool) {
	if len(gap) == 1 && gap[0] >= '1' && gap[0] <= '9' {
		n := int(gap[0] - '0')
		if n > len(args) {
			return nil, false
		}
		return value(args[n-1]), true
	}
	for _, arg := range args {
		if arg, ok := arg.(Arg); ok && arg.Name == gap {
			return arg.Value, true
		}
	}
	return nil, false
}

// value is an argument without its name.
func value(arg any) any {
	if named, ok := arg.(Arg); ok {
		return named.Value
	}
	return arg
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
