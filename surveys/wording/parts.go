package wording

import (
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Names is what something is called in several languages, as a council or the bank of questions wrote it: the name in the language, or
// the nearest there is, and the language it is really in. An argument of a message may be one.
type Names interface {
	In(language string) (text, in string)
}

// Named makes a message of names.
func Named(n Names) Message { return Message{Text: "|%s", Args: []any{n}} }

// Listed makes one message of several, with a sign between them.
func Listed(between string, items []Message) Message {
	texts, args := make([]string, len(items)), make([]any, len(items))
	for i, item := range items {
		texts[i], args[i] = "%s", item
	}
	return Message{Text: "|" + strings.Join(texts, between), Args: args}
}

// Both is a list in words: "age", "age and sex", "age, sex and channel".
func Both(items []string) Message { return inWords("list.and|%s and %s", items) }

// Either is a list of which one is meant: "web, post or kiosk".
func Either(items []string) Message { return inWords("list.or|%s or %s", items) }

func inWords(last string, items []string) Message {
	switch end := len(items) - 1; {
	case end < 0:
		return Plain("")
	case end == 0:
		return Plain(items[0])
	default:
		return Say(last, strings.Join(items[:end], ", "), items[end])
	}
}

// Ours is a name that comes with the program: its names stand beside its use, and a language that has none there has it by the key. An
// argument of a message may be one.
type Ours struct {
	Key string
	Names
}

// Only is a name that was kept in one language: those who read another one are told which.
type Only struct{ Language, Text string }

// In gives the name, whatever was asked for.
func (o Only) In(string) (text, in string) { return o.Text, o.Language }

// Part is a message inside a sentence, which changes its form: no capital, no question mark. An argument of a message may be one.
type Part struct {
	Message
	Shape func(string) string
}

// String is the part in English.
func (p Part) String() string { return p.Shape(p.Message.String()) }

// LanguageName is the name of a language by its tag, which each reader has in the language of the page. An argument of a message may
// be one.
type LanguageName string

// In names it in a language, or gives the tag where it has no name there.
func (l LanguageName) In(lang string) (text, in string) {
	tag, err := language.Parse(string(l))
	if err == nil {
		if names := display.Tags(language.Make(lang)); names != nil {
			text = names.Name(tag)
		}
	}
	switch {
	case text != "":
		return text, lang
	case lang != "en" && err == nil:
		return l.In("en")
	}
	return string(l), lang
}

// Day is a day in words: "1 February 2026".
func Day(day time.Time) Message {
	return Say("date.day_month_year|%s %s %s", day.Day(), Say(monthsInDates[day.Month()-1]), day.Year())
}

// Month is a month in words: "February 2026".
func Month(day time.Time) Message {
	return Say("date.month_year|%s %s", MonthName(day.Month()), day.Year())
}

// MonthName is the name of a month by itself, as months are listed.
func MonthName(m time.Month) Message { return Say(monthNames[m-1]) }

var monthNames = [12]string{"month.1|January", "month.2|February", "month.3|March", "month.4|April", "month.5|May", "month.6|June",
	"month.7|July", "month.8|August", "month.9|September", "month.10|October", "month.11|November", "month.12|December"}

// InDate begins the keys of months that stand behind a day, where many languages have another form: "1 listopada", but "listopad". Where
// a language has only the other, that stands.
const InDate = "month.in_date."

var monthsInDates = [12]string{"month.in_date.1|January", "month.in_date.2|February", "month.in_date.3|March", "month.in_date.4|April",
	"month.in_date.5|May", "month.in_date.6|June", "month.in_date.7|July", "month.in_date.8|August", "month.in_date.9|September",
	"month.in_date.10|October", "month.in_date.11|November", "month.in_date.12|December"}
