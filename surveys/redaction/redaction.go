// Package redaction finds what may say who somebody is in a person's own words, for an officer to look at: it suggests, and never decides.
package redaction

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Kind is what a span of text looks like.
type Kind string

// The kinds.
const (
	Email             Kind = "email address"
	Phone             Kind = "phone number"
	Postcode          Kind = "postcode"
	NationalInsurance Kind = "National Insurance number"
	NHS               Kind = "NHS number"
	Card              Kind = "card number"
	Name              Kind = "name"
)

// Span is a part of a text, in bytes from From up to and without To.
type Span struct {
	From, To int
	Kind     Kind
}

// finder finds one kind. Where the pattern has a group, the span is the group's; accept decides over what the pattern found.
type finder struct {
	kind    Kind
	pattern *regexp.Regexp
	accept  func(string) bool
}

// finders are tried in this order: what an earlier one has taken, a later one does not take again.
var finders = []finder{
	{Email, regexp.MustCompile(`(?i)[a-z0-9._%'’*/=?^{|}~-]+(?:\+[a-z0-9._-]+)?@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+`), nil},
	{NationalInsurance, regexp.MustCompile(`(?i)\b([a-ceghj-pr-tw-z][a-ceghj-npr-tw-z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d])\b`), insured},
	{NHS, regexp.MustCompile(`\b([0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4})\b`), nhs},
	{Card, regexp.MustCompile(`\b([0-9](?:[ -]?[0-9]){12,18})\b`), luhn},
	{Phone, regexp.MustCompile(`(?:\+ ?44|\b0044|\(0|\b0)[ 0-9()./-]{8,18}[0-9]`), dialled},
	{Phone, regexp.MustCompile(`\+ ?[1-9][ 0-9()./-]{6,20}[0-9]`), abroad},
	{Postcode, regexp.MustCompile(`(?i)(?:\b|[+=_])([a-pr-uwyz](?:[0-9]{1,2}|[a-hk-y][0-9]|[a-hk-y][0-9][0-9]|[0-9][a-hjkps-uw]|[a-hk-y][0-9][abehmnprv-y])(?: |\+|%20){0,3}[0-9][abd-hjlnp-uw-z]{2}[a-z]?|GIR ?0AA)\b`), nil},
	{Name, regexp.MustCompile(`\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Doctor|Prof|Professor|Cllr|Councillor|Sir|Dame|Lady|Lord|Rev|Reverend|Sgt|PC|Cyng|Cynghorydd|Mstr)\.? ((?:\p{Lu}\.? ){0,2}\p{Lu}[\p{L}\p{M}'’-]*\p{Ll}[\p{L}\p{M}'’-]*(?: \p{Lu}[\p{L}\p{M}'’-]*\p{Ll}[\p{L}\p{M}'’-]*){0,2})`), nil},
}

// Suggest lists what to look at, in the order of the text; spans do not overlap.
func Suggest(text string) []Span {
	var all []Span
	for _, f := range finders {
		for _, m := range f.pattern.FindAllStringSubmatchIndex(text, -1) {
			from, to := m[0], m[1]
			if len(m) > 2 && m[2] >= 0 {
				from, to = m[2], m[3]
			}
			taken := slices.ContainsFunc(all, func(s Span) bool { return from < s.To && s.From < to })
			if !taken && (f.accept == nil || f.accept(text[from:to])) {
				all = append(all, Span{from, to, f.kind})
			}
		}
	}
	slices.SortFunc(all, func(a, b Span) int { return a.From - b.From })
	return all
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

// nhs checks the last digit of an NHS number: the weighted sum of the first nine, modulo 11.
func nhs(s string) bool {
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

// insured leaves out prefixes that are never given.
func insured(s string) bool {
	prefix := strings.ToUpper(s[:2])
	return !slices.Contains([]string{"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}, prefix)
}

// dialled wants as many digits as a British number has: 10 or 11 with its 0, and no more spaces than people write.
func dialled(s string) bool {
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
	return (n == 10 || n == 11) && !strings.Contains(s, "  ") && strings.ContainsFunc(s, unicode.IsDigit)
}

// abroad wants as many digits as a number with a country code has (E.164: up to 15).
func abroad(s string) bool {
	n := len(digits(s))
	return n >= 8 && n <= 15 && !strings.Contains(s, "  ")
}
