package importing

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// order is which part of a date comes first, and clock how fine its time is.
type (
	order string
	clock uint8
)

const (
	noClock clock = iota
	minutes
	seconds
	anyClock
)

// named is a way of writing a date that has a name. Separators may be / - . or spaces, months may be words, leading noughts may be
// left out.
type named struct {
	order order
	clock clock
}

// dateFormats are the ways of writing a date that have a name; "excel" is days since 30 December 1899, with the time as a fraction.
var dateFormats = map[string]named{
	"dmy": {"dmy", noClock}, "dmy hm": {"dmy", minutes}, "dmy hms": {"dmy", seconds},
	"mdy": {"mdy", noClock}, "mdy hm": {"mdy", minutes}, "mdy hms": {"mdy", seconds},
	"ymd": {"ymd", noClock}, "ymd hm": {"ymd", minutes}, "ymd hms": {"ymd", seconds},
	"iso":   {"iso", anyClock}, // RFC 3339, its short forms, and what PostgreSQL and Ruby write
	"excel": {},
}

// checkFormat refuses a format that is neither a name nor a layout.
func checkFormat(f string) error {
	if _, named := dateFormats[f]; named {
		return nil
	}
	if strings.Contains(f, "2006") || strings.Contains(f, "06") {
		return nil
	}
	return fmt.Errorf("%q is not a way to write a date: use dmy, \"dmy hm\", \"dmy hms\" (or mdy, ymd), iso or excel, or write 2 "+
		"January 2006, 15:04 "+
		"the way the file does, like \"02.01.2006 15h04\"", clip(f))
}

// What parseDate cannot read.
var (
	errDate = errors.New("is not a date in the format of the mapping")
	errZone = errors.New("has a time zone that nobody can tell for sure: write it as +01:00, or take it away")
)

// parseDate reads a date written in one of the formats, as a clock in zone shows it, and gives the whole hour it lies in.
func parseDate(s string, formats []string, zone *time.Location) (time.Time, error) {
	problem := errDate
	for _, f := range formats {
		t, err := parseAs(s, f, zone)
		if err == nil {
			return hour(t), nil
		}
		if errors.Is(err, errZone) {
			problem = errZone
		}
	}
	return time.Time{}, problem
}

func parseAs(s, format string, zone *time.Location) (time.Time, error) {
	if format == "excel" {
		return excelDate(s, zone)
	}
	if n, ok := dateFormats[format]; ok {
		return n.parse(s, zone)
	}
	t, err := time.ParseInLocation(format, s, zone)
	if err != nil {
		return t, errDate
	}
	// Go takes the letters of a zone that it does not know for UTC.
	if name, offset := t.Zone(); strings.Contains(format, "MST") && offset == 0 && !greenwich[name] && t.Location().String() != zone.String() {
		return t, errZone
	}
	return t, nil
}

var greenwich = map[string]bool{"UTC": true, "GMT": true, "Z": true, "WET": true}

func hour(t time.Time) time.Time { return t.UTC().Truncate(time.Hour) }

// fits names a format that reads what the mapping's formats do not: the one that was probably meant, or "".
func fits(s string, formats []string, zone *time.Location) string {
	for _, f := range formats {
		n, ok := dateFormats[f]
		if !ok || f == "excel" {
			continue
		}
		for _, c := range []string{"", " hm", " hms"} {
			if other := string(n.order) + c; n.order != "iso" && other != f {
				if _, err := parseAs(s, other, zone); err == nil {
					return other
				}
			}
		}
	}
	for _, other := range []string{"iso", "excel"} {
		if _, err := parseAs(s, other, zone); err == nil {
			return other
		}
	}
	return ""
}

// months are the names of months in English and Welsh, in small letters, whole and short.
var months = map[string]int{
	"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10,
	"november": 11, "december": 12,
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
	"ionawr": 1, "chwefror": 2, "mawrth": 3, "ebrill": 4, "mai": 5, "mehefin": 6, "gorffennaf": 7, "awst": 8, "medi": 9, "hydref": 10,
	"tachwedd": 11, "rhagfyr": 12,
	"ion": 1, "chwe": 2, "chw": 2, "maw": 3, "ebr": 4, "meh": 6, "gorff": 7, "gor": 7, "hyd": 10, "tach": 11, "rhag": 12,
}

var (
	weekday = regexp.MustCompile(`^(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?|` +
		`dydd (?:llun|mawrth|mercher|iau|gwener|sadwrn|sul)|(?:llun|mercher|iau|gwen(?:er)?|sad(?:wrn)?|sul))\b[., ]*`)
	ordinal = regexp.MustCompile(`^([0-9]{1,2})(?:st|nd|rd|th|af|il|ail|ydd|fed|eg|ain)\b`)
	part    = regexp.MustCompile(`^([0-9]{1,4}|\pL+)`)
	between = regexp.MustCompile(`^(?: of |[ ]*[-/., ][ ]*)`)
	timing  = regexp.MustCompile(`^([0-9]{1,2})[:.h]([0-9]{2})(?:[:.]([0-9]{2})(?:[.,][0-9]{1,9})?)?(?: ?([ap])\.?m\b\.?)?` +
		`(?: ?(z|utc|gmt|bst|[+-][0-9]{2}(?::?[0-9]{2})?)(?: ?(?:utc|gmt))?)?$`)
	zoneName = regexp.MustCompile(`^(.*[0-9m.]) ?([a-z]{2,5})$`)
	aloneHr  = regexp.MustCompile(`^([0-9]{1,2}) ?([ap])\.?m\b\.?$`)
)

// parse reads a date of the format's order and a time as fine as it says.
func (n named) parse(s string, zone *time.Location) (time.Time, error) {
	rest := strings.ToLower(plainSpaces(s))
	rest = weekday.ReplaceAllString(rest, "")
	sequence := n.order
	if n.order == "iso" {
		sequence = "ymd"
	}
	var year, month, day int
	digits := 0
	for i, letter := range sequence {
		if i > 0 {
			gap := between.FindString(rest)
			if gap == "" || n.order == "iso" && gap != "-" {
				return time.Time{}, errDate
			}
			rest = rest[len(gap):]
		}
		if m := ordinal.FindStringSubmatch(rest); m != nil && letter == 'd' {
			rest = m[1] + rest[len(m[0]):]
		}
		found := part.FindStringSubmatch(rest)
		if found == nil {
			return time.Time{}, errDate
		}
		word := found[1]
		rest = rest[len(word):]
		number, err := strconv.Atoi(word)
		if err != nil {
			if number = months[word]; number == 0 || letter != 'm' || n.order == "iso" {
				return time.Time{}, errDate
			}
			rest = strings.TrimPrefix(rest, ".") // Sept.
		}
		switch letter {
		case 'd':
			day = number
		case 'm':
			month = number
		case 'y':
			year, digits = number, len(word)
		}
		if letter != 'y' && err == nil && len(word) > 2 {
			return time.Time{}, errDate
		}
	}
	switch {
	case digits == 2 && sequence != "ymd":
		if year += 2000; year > 2068 {
			year -= 100
		}
	case digits != 4:
		return time.Time{}, errDate
	}
	at, offset, err := n.clock.parse(rest)
	if err != nil {
		return time.Time{}, err
	}
	if offset != nil {
		zone = offset
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day || int(t.Month()) != month || month == 0 {
		return time.Time{}, errDate // 31 February
	}
	return time.Date(year, time.Month(month), day, at[0], at[1], at[2], 0, zone), nil
}

// plainSpaces makes one space of each run of white space.
func plainSpaces(s string) string { return strings.Join(strings.Fields(s), " ") }

var lead = regexp.MustCompile(`^(?:t|,? (?:at|am|o) |,? ?)`) // Welsh: am 14:59

// parse reads what stands behind a date: hour, minute and second, and the zone where there is one.
func (c clock) parse(rest string) (at [3]int, zone *time.Location, err error) {
	if rest == "" {
		if c == noClock || c == anyClock {
			return at, nil, nil
		}
		return at, nil, errDate
	}
	if c == noClock {
		return at, nil, errDate
	}
	gap := lead.FindString(rest)
	if gap == "" {
		return at, nil, errDate
	}
	rest = rest[len(gap):]
	m := timing.FindStringSubmatch(rest)
	if alone := aloneHr.FindStringSubmatch(rest); alone != nil && c != seconds {
		m = []string{rest, alone[1], "00", "", alone[2], ""}
	}
	if letters := zoneName.FindStringSubmatch(rest); m == nil && letters != nil && timing.MatchString(letters[1]) {
		return at, nil, errZone // EST is five hours behind London in one country and ten before it in another
	}
	if m == nil || c == seconds && m[3] == "" || c == minutes && m[3] != "" {
		return at, nil, errDate
	}
	for i := range at {
		at[i], _ = strconv.Atoi(m[i+1]) // digits, or nothing
	}
	switch {
	case m[4] == "p" && at[0] < 12:
		at[0] += 12
	case m[4] == "a" && at[0] == 12:
		at[0] = 0
	case m[4] == "a" && at[0] > 12:
		return at, nil, errDate
	}
	if at[0] > 23 || at[1] > 59 || at[2] > 59 {
		return at, nil, errDate
	}
	return at, zoneOf(m[5]), nil
}

// zoneOf is the zone that stands behind a time; nil where there is none.
func zoneOf(s string) *time.Location {
	switch s {
	case "":
		return nil
	case "z", "utc", "gmt":
		return time.UTC
	case "bst":
		return time.FixedZone("BST", 3600)
	}
	digits := strings.ReplaceAll(s[1:], ":", "") + "00"
	hours, _ := strconv.Atoi(digits[:2])
	minutes, _ := strconv.Atoi(digits[2:4])
	offset := hours*3600 + minutes*60
	if s[0] == '-' {
		offset = -offset
	}
	return time.FixedZone("", offset)
}

// excelDate reads a spreadsheet's number of days. 60 and below are refused: the 29 February 1900 of spreadsheets never was.
func excelDate(s string, zone *time.Location) (time.Time, error) {
	days, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil || !(days > 60 && days < 2958466) {
		return time.Time{}, errDate
	}
	whole, part := math.Modf(days)
	seconds := int(math.Round(part * 86400))
	return time.Date(1899, 12, 30+int(whole), 0, 0, seconds, 0, zone), nil
}
