package redaction

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	streets = set(
		`road rd street st lane ln avenue ave close cl drive dr way court ct crescent cres terrace gardens gdns grove place pl square sq
		hill walk gate row
		mews parade rise view park green mount croft paddock meadow meadows bank fold yard wharf quay end common circus approach boulevard
		broadway vale dale
		path chase copse field fields brow garth nook villas cottages heights ridge wynd bridge side mead spinney orchard`,
	)
	houses = set(`house court tower towers heights point lodge building buildings mansions place hall cottage apartments flats block`)
	// The first word of a Welsh street or house, which comes before its name.
	welshStreets = set(
		`heol ffordd stryd lôn lon maes clos rhodfa cae allt cilgant teras rhes parc llys gerddi pen bryn erw tan trem llwyn dôl heol-y-bryn y`,
	)
	welshHouses = set(
		`bryn tŷ ty plas cae hafod tan maes nant glan min awel gwel trem pant llwyn erw dôl bron pen tyddyn hendre isfryn arosfa`,
	)
	// What stands between a number and a street when the number is not a house's.
	counted = set(
		`in on at to of and or for from with by off near along down up into bus buses car cars mph km m years year weeks week days day
		months hours houses
		metres meters miles minutes people times shops bins lights trees potholes am pm st nd rd th is are was were has have do not no new
		more other big large small mae
		ar yn i o a neu mewn the residents homes flats spaces service train tram x per but my our your its their this that these those all
		every each
		road roads street streets lane lanes park parks bank court square`,
	)
	// What stands before a number that is not a house's.
	numbered = set(
		`bus buses route service train tram room table unit year bay line ward junction column light class group phase page grade platform
		gate stop bws about around
		nearly over almost approximately only`,
	)
	// What stands before a year.
	dated = set(`in since by from until before after during yn ers`)
	// What is counted along a street: "8 High Street shops".
	amenities = set(`shops bins lights flats residents potholes cars trees buses`)
	// The small words inside a Welsh name of a street.
	joins      = set(`y yr ap ab a'r ar dan uwch`)
	namedHouse = regexp.MustCompile(
		`\b((?:\p{Lu}[\p{L}'’-]+ ){1,2}(?:Cottage|House|Lodge|Farm|Villa|Barn|Bungalow|Grange|Manor|Vicarage|Rectory|Hall)), ` +
			`(?:[0-9]{1,4}[a-zA-Z]? )?(?:\p{Lu}[\p{L}'’-]+ ){1,3}(?:Road|Rd|Street|St|Lane|Avenue|Ave|Close|Drive|Way|Crescent|` +
			`Terrace|Gardens|Grove|Place|Square|Hill|Walk|Row|Mews|Park|Green)\b`,
	)
)

// addresses finds houses: a number and a street, a flat and its building, or a house's name and a street. English streets
// end in what they are, Welsh ones begin with it. A street without a house is no one's address.
func addresses(text string) []span {
	var list []span
	words := wordsOf(text)
	for i := 0; i < len(words); i++ {
		flat := flatWord(words, i)
		start := i
		if flat {
			if to := building(words, i+2); to > 0 {
				list = append(list, span{words[i].from, words[to].to})
				i = to
				continue
			}
			i += 2
		}
		if i >= len(words) {
			break
		}
		to := street(words, i)
		if to < 0 {
			if flat {
				i--
			}
			continue
		}
		list = append(list, span{words[start].from, words[to].to})
		i = to
	}
	for _, m := range namedHouse.FindAllStringIndex(text, -1) {
		list = append(list, span{m[0], m[1]})
	}
	return longest(append(list, welshNamed(words)...))
}

// flatWord says whether a flat and its number begin at word i.
func flatWord(words []word, i int) bool {
	return i+2 < len(words) && (words[i].low == "flat" || words[i].low == "apartment" || words[i].low == "apt" || words[i].low == "fflat") &&
		len(words[i+1].text) <= 4 && (strings.ContainsFunc(words[i+1].text, unicode.IsDigit) || len(words[i+1].text) == 1)
}

// building gives the last word of a building's name that begins at word i, or -1.
func building(words []word, i int) int {
	for j := i; j < len(words) && j < i+4 && words[j].capital() && strings.Trim(words[j].gap, " ,") == ""; j++ {
		if j > i && houses[words[j].low] {
			return j
		}
	}
	return -1
}

// street gives the last word of a street whose house number is word i, or -1.
func street(words []word, i int) int {
	if !houseNumber(words[i]) || i > 0 && numbered[words[i-1].low] && words[i].gap == " " {
		return -1
	}
	if i > 1 && (words[i-1].low == "and" || words[i-1].low == "to") && i > 2 && words[i-3].low == "between" {
		return -1
	}
	if n := words[i].low; len(n) == 4 && n >= "1800" && n < "2100" && i > 0 && dated[words[i-1].low] {
		return -1
	}
	at := i + 1
	if at < len(words) && words[at].low == "the" && at+1 < len(words) && words[at+1].capital() && streets[words[at+1].low] {
		return at + 1
	}
	if at < len(words) && welshStreets[words[at].low] && words[at].capital() && strings.Trim(words[at].gap, " ,") == "" {
		if to := welshName(words, at); to > at {
			return to
		}
	}
	last, small := -1, 0
	for j := at; j < len(words) && j < at+4; j++ {
		w := words[j]
		if strings.Trim(w.gap, " ,") != "" && w.gap != ". " || j > at && strings.Contains(w.gap, ",") {
			break
		}
		if j > at && streets[w.low] && (w.capital() || small > 0 && last < 0) {
			last = j
			continue
		}
		if last >= 0 || counted[w.low] && !(w.capital() && streets[w.low]) || houseNumber(w) {
			break
		}
		if !w.capital() {
			if small++; small > 2 {
				break
			}
		}
	}
	if next := last + 1; last >= 0 && next < len(words) && words[next].gap == " " && amenities[words[next].low] {
		return -1
	}
	if last < 0 && at < len(words) && words[at].capital() && (words[at].low == "broadway" || words[at].low == "parade") {
		return at
	}
	return last
}

// houseNumber says whether a word is a number as houses have it: 7, 9a, 14-16.
func houseNumber(w word) bool {
	n := strings.TrimRight(w.low, "abcdefgh")
	return len(w.low)-len(n) <= 1 && len(n) > 0 && len(n) <= 9 && n[0] != '0' && strings.Trim(n, "0123456789-") == "" &&
		len(strings.SplitN(n, "-", 2)[0]) <= 4
}

// welshName gives the last word of a Welsh street or house that begins at word i: capitals, joined by y, yr, a and the like.
func welshName(words []word, i int) int {
	to := i
	for j := i + 1; j < len(words) && j < i+5 && words[j].gap == " "; j++ {
		if words[j].capital() {
			to = j
		} else if !joins[words[j].low] {
			break
		}
	}
	return to
}

// welshNamed finds a house's name with a Welsh street after a comma: Bryn Awel, Ffordd Caernarfon.
func welshNamed(words []word) []span {
	var list []span
	for i := range words {
		if !words[i].capital() || !welshHouses[words[i].low] {
			continue
		}
		to := welshName(words, i)
		if next := to + 1; next < len(words) && strings.HasPrefix(words[next].gap, ",") && words[next].capital() &&
			welshStreets[words[next].low] {
			if end := welshName(words, next); end > next {
				list = append(list, span{words[i].from, words[end].to})
			}
		}
	}
	return list
}

// longest keeps of spans that overlap the one that is longest.
func longest(list []span) []span {
	var kept []span
	for i, s := range list {
		best := true
		for j, o := range list {
			if i != j && s[0] < o[1] && o[0] < s[1] && (o[1]-o[0] > s[1]-s[0] || o[1]-o[0] == s[1]-s[0] && j < i) {
				best = false
			}
		}
		if best {
			kept = append(kept, s)
		}
	}
	return kept
}
