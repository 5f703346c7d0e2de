// Package redaction finds possible personal details in comments and suggests them to an officer, who decides.
package redaction

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
	"yousaid/surveys/wording"
)

// Kind is what a span of text looks like.
type Kind string

// The kinds.
const (
	Email             Kind = "email address"
	Phone             Kind = "phone number"
	Postcode          Kind = "postcode"
	Address           Kind = "address"
	NationalInsurance Kind = "National Insurance number"
	NHS               Kind = "NHS number"
	Birth             Kind = "date of birth"
	Bank              Kind = "bank detail"
	Card              Kind = "card number"
	Reference         Kind = "case reference"
	Plate             Kind = "number plate"
	Web               Kind = "web address"
	Name              Kind = "name"
)

// words are what pages call the kinds.
var words = map[Kind]wording.Message{
	Email:             wording.Say("redaction.email|email address"),
	Phone:             wording.Say("redaction.phone|phone number"),
	Postcode:          wording.Say("redaction.postcode|postcode"),
	Address:           wording.Say("redaction.address|address"),
	NationalInsurance: wording.Say("redaction.national_insurance|National Insurance number"),
	NHS:               wording.Say("redaction.nhs|NHS number"),
	Birth:             wording.Say("redaction.birth|date of birth"),
	Bank:              wording.Say("redaction.bank|bank detail"),
	Card:              wording.Say("redaction.card|card number"),
	Reference:         wording.Say("redaction.reference|case reference"),
	Plate:             wording.Say("redaction.plate|number plate"),
	Web:               wording.Say("redaction.web|web address"),
	Name:              wording.Say("redaction.name|name"),
}

// Words is what pages call the kind, in the language of the reader.
func (k Kind) Words() wording.Message {
	if w, ok := words[k]; ok {
		return w
	}
	return wording.Plain(string(k))
}

// Span is a part of a text, in bytes from From up to and without To.
type Span struct {
	From, To int
	Kind     Kind
	Sure     bool // whether its form or a title tells what it is; otherwise word lists and the words around it do
}

// finder finds one kind. Where the pattern has a group, the span is the group's; accept decides over what the pattern
// found. A finder without a pattern has find.
type finder struct {
	kind    Kind
	pattern *regexp.Regexp
	accept  func(string) bool
	find    func(string) []span
	unsure  bool
}

// finders are tried in this order: what an earlier one has taken, a later one does not take again.
var finders = []finder{
	// written so that no program finds it: jo (at) example.com, jo at example dot com
	{
		kind: Email,
		pattern: regexp.MustCompile(
			`(?i)\b([a-z0-9][a-z0-9._%+'’-]*(?: ?[(\[{<] ?(?:at|@) ?[)\]}>] ?| @ ?|@ )[a-z0-9-]+` +
				`(?:(?:\.| ?[(\[{] ?(?:dot|\.) ?[)\]}] ?| dot )[a-z0-9-]+)+|` +
				`[a-z0-9][a-z0-9._%+'’-]* at [a-z0-9-]+(?: dot [a-z0-9-]+)+)`,
		),
	},
	{kind: Web, find: links, unsure: true},
	{
		kind: Email,
		pattern: regexp.MustCompile(
			`(?i)[a-z0-9._%'’*/=?^{|}~-]+(?:\+[a-z0-9._-]+)?@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+`,
		),
	},
	{
		kind:    NationalInsurance,
		pattern: regexp.MustCompile(`(?i)\b([a-ceghj-pr-tw-z][a-ceghj-npr-tw-z][ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[a-d])\b`),
		accept:  isNationalInsurance,
	},
	{kind: NHS, pattern: regexp.MustCompile(`\b([0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4})\b`), accept: isNHSNumber},
	{kind: Bank, find: banks},
	{kind: Card, pattern: regexp.MustCompile(`\b([0-9](?:[ -]?[0-9]){12,18})\b`), accept: luhn},
	{kind: Birth, find: birthDates},
	{kind: Reference, find: references, unsure: true},
	{kind: Phone, pattern: regexp.MustCompile(`(?:\+ ?44|\b0044|\(0|\b0)[ 0-9()./-]{8,18}[0-9]`), accept: isDialledNumber},
	{
		kind:    Phone,
		pattern: regexp.MustCompile(`\b((?:44[ -]?)?7[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3})\b`),
	}, // a mobile without its 0, or its + alone
	{kind: Phone, pattern: regexp.MustCompile(`\+ ?[1-9][ 0-9()./-]{6,20}[0-9]`), accept: isForeignNumber},
	{kind: Phone, find: locals},
	{kind: Postcode, find: postcodes},
	{kind: Plate, find: numberPlates},
	{kind: Address, find: addresses, unsure: true},
	{kind: Name, find: namesWithTitle},
	{kind: Name, find: people, unsure: true},
}

// Suggest lists what to look at, in the order of the text; spans do not overlap. White space and dashes of any kind count
// as space and hyphen.
func Suggest(text string) []Span {
	var all []Span
	read := normalise(text)
	ways := []string{read.text}
	if other := letterOToZero(read.text); other != read.text {
		ways = append(ways, other)
	}
	add := func(found span, kind Kind, sure bool) bool {
		from, to := read.from[found[0]], read.to[found[1]-1]
		if slices.ContainsFunc(all, func(s Span) bool { return from < s.To && s.From < to }) {
			return false
		}
		all = append(all, Span{from, to, kind, sure})
		return true
	}
	for _, seen := range ways {
		var names []int // where they end
		for _, f := range finders {
			for _, found := range f.spans(seen) {
				if add(found, f.kind, !f.unsure) && f.kind == Name {
					names = append(names, found[1])
				}
			}
		}
		if len(names) > 0 {
			for _, found := range besideNames(seen, names) {
				add(found, Birth, false)
			}
		}
	}
	slices.SortFunc(all, func(a, b Span) int { return a.From - b.From })
	return all
}

func (f finder) spans(text string) []span {
	if f.find != nil {
		return f.find(text)
	}
	return slices.DeleteFunc(submatchSpans(f.pattern, text), func(s span) bool { return f.accept != nil && !f.accept(text[s[0]:s[1]]) })
}

// normalised is a text with one sign for what looks alike. The byte i of it stands for the bytes from[i] to to[i] of the
// text as it was written.
type normalised struct {
	text     string
	from, to []int
}

// normalise makes one space of white space of any kind but line ends, a hyphen of each dash and minus, and letters of
// full-width ones; what cannot be seen goes.
func normalise(text string) normalised {
	var b strings.Builder
	var f normalised
	put := func(r rune, from, to int) {
		b.WriteRune(r)
		for len(f.from) < b.Len() {
			f.from, f.to = append(f.from, from), append(f.to, to)
		}
	}
	spaced := -1 // where the last byte of f is when it is a space
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		next := at + size
		switch {
		case r == '\n', r == '\r', r == '\u2028', r == '\u2029':
			put('\n', at, next)
		case unicode.IsSpace(r):
			if spaced == b.Len()-1 && spaced >= 0 {
				f.to[spaced] = next
			} else {
				put(' ', at, next)
				spaced = b.Len() - 1
			}
		case unicode.Is(unicode.Cf, r):
		case unicode.Is(unicode.Pd, r), r == '\u2212', r == '\u2043':
			put('-', at, next)
		case r >= '！' && r <= '～':
			put(r-'！'+'!', at, next)
		default:
			put(r, at, next)
		}
		at = next
	}
	f.text = b.String()
	return f
}

var letterO = regexp.MustCompile(`[0-9][Oo]|[Oo][0-9]`)

// letterOToZero is the text with a nought for each letter O that stands beside a digit, as people type it.
func letterOToZero(text string) string {
	return letterO.ReplaceAllStringFunc(text, func(s string) string { return strings.NewReplacer("O", "0", "o", "0").Replace(s) })
}

// Apply puts "[kind]" in the place of each span.
func Apply(text string, spans []Span) string {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.From])
		b.WriteString("[" + string(s.Kind) + "]")
		at = s.To
	}
	b.WriteString(text[at:])
	return b.String()
}

func digits(s string) []int {
	var list []int
	for _, r := range s {
		if r >= '0' && r <= '9' {
			list = append(list, int(r-'0'))
		}
	}
	return list
}

// isNHSNumber checks the last digit of an NHS number: the weighted sum of the first nine, modulo 11.
func isNHSNumber(s string) bool {
	d := digits(s)
	if len(d) != 10 {
		return false
	}
	sum := 0
	for i := range 9 {
		sum += d[i] * (10 - i)
	}
	return (11-sum%11)%11 == d[9]
}

// luhn checks the last digit of a card number.
func luhn(s string) bool {
	d := digits(s)
	sum := 0
	for i := range d {
		n := d[len(d)-1-i]
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0 && len(d) >= 13
}

// isNationalInsurance leaves out prefixes that are never given.
func isNationalInsurance(s string) bool {
	prefix := strings.ToUpper(s[:2])
	return !slices.Contains([]string{"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}, prefix)
}

// day is the beginning of a date: 04/10/21 13.45 is no number to dial.
var day = regexp.MustCompile(`^0[0-9]/[01][0-9]/`)

// isDialledNumber wants as many digits as a British number has: 10 or 11 with its 0.
func isDialledNumber(s string) bool {
	if day.MatchString(s) {
		return false
	}
	d := digits(s)
	n := len(d)
	switch {
	case strings.HasPrefix(s, "+"):
		n -= 2
		if strings.Contains(s, "(0)") {
			n--
		}
		n++
	case strings.HasPrefix(s, "0044"):
		n -= 3
	}
	return (n == 10 || n == 11)
}

// isForeignNumber wants as many digits as a number with a country code has (E.164: up to 15).
func isForeignNumber(s string) bool {
	n := len(digits(s))
	return n >= 8 && n <= 15
}
