package redaction

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// span is a found part of a text, in bytes.
type span [2]int

// submatchSpans gives the first group that matched of each match, or the match.
func submatchSpans(pattern *regexp.Regexp, text string) []span {
	var list []span
	for _, m := range pattern.FindAllStringSubmatchIndex(text, -1) {
		found := span{m[0], m[1]}
		for i := 2; i < len(m); i += 2 {
			if m[i] >= 0 {
				found = span{m[i], m[i+1]}
				break
			}
		}
		list = append(list, found)
	}
	return list
}

// textBefore gives up to n bytes before a place, within its line.
func textBefore(text string, at, n int) string {
	part := text[max(0, at-n):at]
	return part[strings.LastIndexByte(part, '\n')+1:]
}

var (
	sortNamed = regexp.MustCompile(
		`(?i)(?:\bsort(?:ing)?(?: code)?|\bs/c|cod didoli)(?: number| no\.?)?[ :,(-]{0,3}(?:is |was |yw |of |and |here )?` +
			`([0-9]{2}[- ]?[0-9]{2}[- ]?[0-9]{2})\b`,
	)
	sortBare    = regexp.MustCompile(`\b[0-9]{2}-[0-9]{2}-[0-9]{2}\b`)
	eight       = regexp.MustCompile(`\b(?:[0-9]{8}|[0-9]{4} [0-9]{4})\b`)
	accountBank = regexp.MustCompile(`(?i)(?:\b(?:bank|banc|building society)\b[^.\n]{0,40}|\ba/c[^.\n]{0,12})\b([0-9]{8})\b`)
	iban        = regexp.MustCompile(`(?i)\b[a-z]{2}[0-9]{2}(?: ?[a-z0-9]{4}){3,7}(?: ?[a-z0-9]{1,3})?\b`)
)

// banks finds sort codes and account numbers of banks, and IBANs (by their check digits). Three pairs of digits are a sort
// code where the text says so or an account number of eight digits stands near, and such a number is an account of a bank
// where the text has a sort code or speaks of a bank.
func banks(text string) []span {
	var list []span
	for _, s := range submatchSpans(iban, text) {
		if ibanChecks(text[s[0]:s[1]]) {
			list = append(list, s)
		}
	}
	sorts := submatchSpans(sortNamed, text)
	accounts := submatchSpans(eight, text)
	for _, s := range submatchSpans(sortBare, text) {
		for _, a := range accounts {
			if a[0]-s[1] >= 0 && a[0]-s[1] < 40 || s[0]-a[1] >= 0 && s[0]-a[1] < 40 {
				sorts = append(sorts, s)
				break
			}
		}
	}
	if len(sorts) > 0 {
		list = append(append(list, sorts...), accounts...)
	}
	return append(list, submatchSpans(accountBank, text)...)
}

// ibanChecks is the check of an IBAN: the country and check digits moved to the end, letters as numbers from 10, modulo 97.
func ibanChecks(s string) bool {
	s = strings.ToUpper(strings.ReplaceAll(s, " ", ""))
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	rest := 0
	for _, r := range s[4:] + s[:4] {
		switch {
		case r >= '0' && r <= '9':
			rest = (rest*10 + int(r-'0')) % 97
		case r >= 'A' && r <= 'Z':
			rest = (rest*100 + int(r-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

// besideNames finds dates right behind a name, as in "Jo Bloggs, 07/07/1999" or "Jo Bloggs (7 July 1999)".
func besideNames(text string, ends []int) []span {
	return slices.DeleteFunc(submatchSpans(date, text), func(s span) bool {
		return !slices.ContainsFunc(ends, func(end int) bool {
			return end < s[0] && s[0]-end < 4 && strings.Trim(text[end:s[0]], " ,(-") == ""
		})
	})
}

const (
	months = `(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|` +
		`nov(?:ember)?|dec(?:ember)?|` +
		`ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr)`
	nth = `(?:st|nd|rd|th|af|ail|ydd|fed|eg|ain)?`
)

var (
	date = regexp.MustCompile(
		`(?i)\b(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2} ?[-/.] ?[0-9]{1,2} ?[-/.] ?(?:[0-9]{4}|[0-9]{2})|` +
			`[0-9]{1,2} [0-9]{1,2} (?:19|20)[0-9]{2}|` +
			`[0-9]{1,2}` + nth + ` ?(?:of |o )?` + months + `\b\.?,?(?: ?(?:[0-9]{4}|'?[0-9]{2})\b)?|` +
			months + ` [0-9]{1,2}` + nth + `,?(?: [0-9]{4})?)\b`,
	)
	birth = regexp.MustCompile(`(?i)(?:\bd\.? ?o\.? ?b\b|\bbirth|\bborn\b|ganwyd|\b[gn]?h?eni\b|ben-?blwydd|mhen-?blwydd)[^0-9\n]{0,40}$`)
)

// birthDates finds dates that the words before them call a date of birth, and dates given as its correction ("… as 3 May
// 1956 and it should be 3 May 1965").
func birthDates(text string) []span {
	var list []span
	last := -100
	for _, s := range submatchSpans(date, text) {
		if birth.MatchString(textBefore(text, s[0], 60)) || s[0]-last < 30 {
			list = append(list, s)
			last = s[1]
		}
	}
	return list
}

var (
	referred = regexp.MustCompile(
		`(?i)\b((?:planning |in )?(?:case|claim|reference|ref|complaint|account|acc|tenancy|enquiry|incident|crime|application|pcn|` +
			`customer|client|appeal|penalty|` +
			`(?:n?[gc]?h?yfeirnod)|achos|cyfrif|cwyn|cais|gais|hawliad|tenantiaeth|cwsmer|trosedd))\b\.?` +
			`((?:[ :#,(.-]{1,3}(?:number|num|no|nos|ref|reference|id|case|is|was|yw|ydy|oedd|of|y|cais|achos|cyfrif|rhif|under|quoted))*)` +
			`[ :#,(.-]{1,4}([a-z0-9]+(?:[-/_.][a-z0-9]+)*)`,
	)
	gbCode = regexp.MustCompile(`^[0-9]{2}/[0-9]{4,5}/[A-Z]{3}$`)
)

// references finds numbers of cases, claims and accounts by the word before them. Planning applications are public, and
// jobs and works orders nobody's.
func references(text string) []span {
	var list []span
	for at := 0; at < len(text); {
		m := referred.FindStringSubmatchIndex(text[at:])
		if m == nil {
			break
		}
		for i := range m {
			m[i] += at
		}
		word, joined, token := strings.ToLower(text[m[2]:m[3]]), text[m[4]:m[5]], text[m[6]:m[7]]
		numbers, letters := len(digits(token)), strings.ContainsFunc(token, unicode.IsLetter)
		parts := strings.ContainsAny(token, "-/")
		fits := numbers >= 6 || numbers >= 4 && (letters || parts || joined != "") || numbers >= 3 && letters && parts
		switch {
		case strings.HasPrefix(word, "planning "), gbCode.MatchString(token), strings.HasPrefix(word, "in ") && joined == "" && !letters:
			fits = false
		case date.MatchString(token) && !letters:
			fits = false
		}
		if fits {
			list = append(list, span{m[6], m[7]})
			at = m[7]
		} else {
			at = m[3]
		}
	}
	return list
}

var (
	plateNow    = regexp.MustCompile(`(?i)\b([a-hj-pr-y][a-hj-y][0-9]{2} ?[a-hj-pr-z]{3})\b`)
	platePrefix = regexp.MustCompile(`(?i)\b([a-hj-npr-tv-y][0-9]{1,3} ?[a-hj-pr-y]{3})\b`)
	plateSuffix = regexp.MustCompile(`(?i)\b([a-hj-pr-y]{3} ?[0-9]{1,3}[a-hj-npr-tv-y])\b`)
	plateNI     = regexp.MustCompile(`(?i)\b([a-z]{1,2}[iz][a-z]? ?[0-9]{2,4})\b`)
	vehicle     = regexp.MustCompile(
		`(?i)\b(?:reg|registration|registered|plate|car|van|fan|vehicle|lorry|motorbike|motorhome|taxi|cerbyd|cofrestru|permit|ford|mini)\b` +
			`[^\n]{0,40}$`,
	)
	plain = regexp.MustCompile(
		`(?i)(?:the|and|for|was|are|not|but|you|all|has|had|her|his|one|our|out|day|can|who|she|any|new|now|per|bus|via|car|mph|mon|tue|` +
			`wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)$`,
	)
)

// numberPlates finds number plates: the form since 2001 anywhere, older ones in capitals or where the words before speak of a vehicle.
func numberPlates(text string) []span {
	var list []span
	for i, p := range []*regexp.Regexp{plateNow, platePrefix, plateSuffix, plateNI} {
		for _, s := range submatchSpans(p, text) {
			plate := text[s[0]:s[1]]
			upper, near := plate == strings.ToUpper(plate), vehicle.MatchString(textBefore(text, s[0], 50))
			numbers := len(digits(plate))
			var ok bool
			switch i {
			case 0:
				ok = upper || near || !plain.MatchString(plate)
			case 1:
				ok = near || upper && numbers == 3
			case 2:
				ok = near || upper && numbers >= 2
			case 3:
				ok = near && upper
			}
			word := i < 2 && !near && plain.MatchString(plate) // "on A453 AND" in a comment in capitals
			if i == 0 && upper && text != strings.ToUpper(text) {
				word = false
			}
			if ok && !word && (upper || plate == strings.ToLower(plate)) {
				list = append(list, s)
			}
		}
	}
	return list
}

var (
	link = regexp.MustCompile(
		`(?i)\b((?:https?://|www\.)[^\s<>"]*[^\s<>".,;:!?)'\]]|` +
			`(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:(?:com|co\.uk|org|org\.uk|me\.uk|net|cymru|wales)\b(?:/[^\s<>"]*[^\s<>".,;:!?)'\]])?|` +
			`[a-z]{2,8}/[^\s<>"]*[^\s<>".,;:!?)'\]]))`,
	)
	public = regexp.MustCompile(
		`(?i)^(?:https?://)?(?:[a-z0-9-]+\.)*(?:gov\.uk|gov\.wales|gov\.scot|llyw\.cymru|nhs\.uk|nhs\.wales|parliament\.uk|police\.uk|` +
			`senedd\.wales|senedd\.cymru|bbc\.co\.uk|bbc\.com)(?:[/:?#]|$)`,
	)
	site = regexp.MustCompile(
		`(?i)^(?:https?://)?(?:www\.)?(?:facebook|google|twitter|x|instagram|youtube|amazon|ebay|tiktok|linkedin|whatsapp|microsoft|apple)` +
			`\.(?:com|co\.uk)/?$`,
	)
)

// mailbox is the rest of an address of mail behind what looks like an address on the web: jo.me@example.org.
var mailbox = regexp.MustCompile(`^[A-Za-z0-9._%+'’-]*@`)

// links finds addresses on the web, but those of public bodies and the first pages of the large sites, which say nothing about a person.
func links(text string) []span {
	var list []span
	for _, s := range submatchSpans(link, text) {
		address := text[s[0]:s[1]]
		if !public.MatchString(address) && !site.MatchString(address) && !strings.HasSuffix(text[:s[0]], "@") &&
			!mailbox.MatchString(text[s[1]:]) {
			list = append(list, s)
		}
	}
	return list
}

var (
	postcode = regexp.MustCompile(
		`(?i)(?:\b|[+=_])([a-pr-uwyz](?:[0-9]{1,2}|[a-hk-y][0-9]|[a-hk-y][0-9][0-9]|[0-9][a-hjkps-uw]|[a-hk-y][0-9][abehmnprv-y])` +
			`(?: |\+|%20){0,3}[0-9][abd-hjlnp-uw-z]{2}[a-z]?|GIR ?0AA)\b`,
	)
	ordinal = regexp.MustCompile(`(?:1st|2nd|3rd|[04-9]th)$`)
	posted  = regexp.MustCompile(`(?i)(?:post ?code|cod post)[^0-9\n]{0,20}$`)
)

// postcodes finds postcodes. "M1 1st junction" is none, unless the words before say so.
func postcodes(text string) []span {
	return slices.DeleteFunc(submatchSpans(postcode, text), func(s span) bool {
		return ordinal.MatchString(text[s[0]:s[1]]) && !posted.MatchString(textBefore(text, s[0], 40))
	})
}

var local = regexp.MustCompile(
	`(?i)\b(?:ring|call|phone|tel|telephone|text|ffoniwch|ffôn)(?: (?:me|us|fi|ni))?(?: (?:on|at|ar|number|no))?[ :.]{1,3}` +
		`([0-9]{6}|[0-9]{3} [0-9]{3})\b`,
)

// locals finds numbers of six digits that somebody asks to be called on. Numbers of emergency and advice lines have three.
func locals(text string) []span {
	var list []span
	for _, s := range submatchSpans(local, text) {
		if n, err := strconv.Atoi(strings.ReplaceAll(text[s[0]:s[1]], " ", "")); err == nil && n%1000 != 0 {
			list = append(list, s)
		}
	}
	return list
}
