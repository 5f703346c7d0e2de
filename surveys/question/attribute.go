package question

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"

	"yousaid/surveys/wording"
)

// Attribute is what can be said of a question, or of an option of one, beside its code and its kind. Files, the editor, comparisons, the
// schema and the page for authors take all attributes from a list, and know none by name. What an attribute does is for the kinds that
// have it: their check, their parse, and the template of the kind.
//
// How it is written follows from the type of its field: a mark (bool), a whole number (int, 0 for none), a number (*float64), a name
// (string, as ValidCode takes it), or a wording by language (Text).
type Attribute[T any] struct {
	Key    string // its name in a questionnaire, in JSON and in forms
	Every  bool   // all kinds have it; otherwise those that name it in their keys
	Needed bool   // none is without it
	About  string // what authors of questionnaires read of it, in Markdown

	// In the editor: key|English. Without a label it is not edited there.
	Label string
	Early bool // it stands before those that only some kinds have
	Hint  string
	Lines int // of a wording; 0 for a field of one line
	Width int // of the field of a number or name, in characters

	Least, Most float64 // of numbers

	// What is said where two questions are compared: key|English. Of a mark when it is set and when it is taken away, of a wording what
	// it is called, of others a sentence with what it is and what it was. Sentences on an option name that first.
	Set, Unset, Subject, Now string
	Value                    func(T) wording.Message // how it is called in Now; its value where there is none

	at func(*T) any
}

// WordsFirst lists attributes as people read and fill them in: wordings, then those that come early, then the others.
func WordsFirst[T any](list []Attribute[T]) []Attribute[T] {
	rank := func(a Attribute[T]) int {
		if _, words := a.at(new(T)).(*Text); words {
			return 0
		}
		if a.Early {
			return 1
		}
		return 2
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Attribute[T]) int { return rank(a) - rank(b) })
	return list
}

// Of is the field that holds the attribute: a *bool, *int, **float64, *string or *Text.
func (a Attribute[T]) Of(one *T) any { return a.at(one) }

// For tells whether questions of a kind, or their options, have the attribute.
func (a Attribute[T]) For(k Kind) bool { return a.Every || k.Has(a.Key) }

// Given tells whether one has it.
func (a Attribute[T]) Given(one T) bool { return !a.Same(one, *new(T)) }

// Same tells whether two have the same of it. A language without wording is one that is not there.
func (a Attribute[T]) Same(one, other T) bool {
	if text, ok := a.at(&one).(*Text); ok {
		return text.Same(*a.at(&other).(*Text))
	}
	return reflect.DeepEqual(a.at(&one), a.at(&other))
}

// Merge puts into one what two people made of it who worked from the same base: what one left alone is as the other has it, what both
// changed is as in mine. Wordings are merged language by language.
func (a Attribute[T]) Merge(into *T, base, mine, theirs T) {
	if text, ok := a.at(into).(*Text); ok {
		*text = MergeText(*a.at(&base).(*Text), *a.at(&mine).(*Text), *a.at(&theirs).(*Text))
		return
	}
	from := theirs
	if !a.Same(base, mine) {
		from = mine
	}
	a.Copy(into, from)
}

// Copy gives one what another has of it.
func (a Attribute[T]) Copy(into *T, from T) {
	switch to := a.at(into).(type) {
	case *Text:
		*to = a.at(&from).(*Text).Clone()
	case **float64:
		if *to = *a.at(&from).(**float64); *to != nil {
			f := **to
			*to = &f
		}
	default:
		reflect.ValueOf(to).Elem().Set(reflect.ValueOf(a.at(&from)).Elem())
	}
}

// Difference says what became of it, with what the sentence is about before the values; nothing where it is the same, or is never
// edited.
func (a Attribute[T]) Difference(before, after T, about ...any) []wording.Message {
	if a.Same(before, after) {
		return nil
	}
	switch is := a.at(&after).(type) {
	case *Text:
		if a.Subject == "" { // as the option is called
			return Wordings(about[0].(wording.Message), *a.at(&before).(*Text), *is)
		}
		return Wordings(wording.Say(a.Subject), *a.at(&before).(*Text), *is)
	case *bool:
		if *is {
			return []wording.Message{wording.Say(a.Set, about...)}
		}
		return []wording.Message{wording.Say(a.Unset, about...)}
	}
	if a.Now == "" {
		return nil
	}
	return []wording.Message{wording.Say(a.Now, append(about, a.value(after), a.value(before))...)}
}

func (a Attribute[T]) value(one T) wording.Message {
	if a.Value != nil {
		return a.Value(one)
	}
	if !a.Given(one) && reflect.TypeOf(a.at(&one)) != reflect.TypeFor[*string]() {
		return wording.Say("difference.nothing|nothing")
	}
	return wording.Plain(a.Written(one))
}

// Written is its value as a form shows it; "" for a mark, for a wording, and where there is none.
func (a Attribute[T]) Written(one T) string {
	switch v := a.at(&one).(type) {
	case *string:
		return *v
	case *int:
		if *v != 0 {
			return strconv.Itoa(*v)
		}
	case **float64:
		if *v != nil {
			return Decimal(**v)
		}
	}
	return ""
}

// Decimal writes a number in figures.
func Decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// check says what is wrong with it, whatever it means to the kind. A wording is called as the subject says.
func (a Attribute[T]) check(one T, kind Kind, subject wording.Message) []wording.Message {
	if !a.For(kind) && a.Given(one) {
		return []wording.Message{wording.Say("question.only|Only these kinds of question can have “%s”: %s. Take it away or choose another kind.",
			a.Key, having(a.Key))}
	}
	say := func(text string, args ...any) []wording.Message { return []wording.Message{wording.Say(text, args...)} }
	switch v := a.at(&one).(type) {
	case *Text:
		if why, bad := v.Fault(); bad {
			return say("question.wording|%s has wording that cannot be used: %s. Write it again.", subject, why)
		}
	case *string:
		if *v != "" && !ValidCode(*v) {
			return say("question.name|“%s” must be 1 to 41 small letters, digits, “-” or “_”, and start with a letter or digit, not “%s”.", a.Key,
				clip(*v))
		}
	case *int:
		if *v != 0 && (float64(*v) < a.Least || float64(*v) > a.Most) {
			return say("question.whole_number|“%s” must be a whole number from %s to %s.", a.Key, thousands(int(a.Least)), thousands(int(a.Most)))
		}
	case **float64:
		if *v != nil && !(**v >= a.Least && **v <= a.Most) {
			return say("question.number|“%s” must be a number from %s to %s.", a.Key, plain(a.Least), plain(a.Most))
		}
	}
	return nil
}

// Typed puts what somebody typed into the field; false where it cannot be that. Nothing typed takes the value away.
func (a Attribute[T]) Typed(one *T, typed string) bool {
	number, err := strconv.ParseFloat(typed, 64)
	good := typed == "" || err == nil && !math.IsNaN(number) && number >= a.Least && number <= a.Most
	switch to := a.at(one).(type) {
	case *string:
		*to = typed
		return typed == "" || ValidCode(typed)
	case *int:
		whole, err := strconv.Atoi(typed)
		*to = whole
		return typed == "" || err == nil && good
	case **float64:
		if *to = nil; good && typed != "" {
			*to = &number
		}
		return good
	}
	panic(fmt.Sprintf("%s is not typed", a.Key))
}

// cloned is a copy with which it shares nothing.
func cloned[T any](list []Attribute[T], one T) T {
	from := one
	for _, a := range list {
		a.Copy(&one, from)
	}
	return one
}
