package importing

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// dateFormats are the ways of writing a date that have a name. Separators may be / - or . and leading noughts may be left out; layouts are Go's.
var dateFormats = map[string][]string{
	"dmy":     {"2/1/2006", "2/1/06", "2 Jan 2006", "2 January 2006", "2/Jan/2006", "2/Jan/06"},
	"dmy hm":  {"2/1/2006 15:04", "2/1/06 15:04", "2 Jan 2006 15:04", "2/1/2006 3:04 PM", "2/1/2006 3:04PM", "2/1/06 3:04 PM"},
	"dmy hms": {"2/1/2006 15:04:05", "2/1/06 15:04:05", "2 Jan 2006 15:04:05", "2/1/2006 3:04:05 PM"},
	"mdy":     {"1/2/2006", "1/2/06", "Jan 2, 2006", "January 2, 2006"},
	"mdy hm":  {"1/2/2006 15:04", "1/2/06 15:04", "1/2/2006 3:04 PM", "1/2/2006 3:04PM", "1/2/06 3:04 PM"},
	"mdy hms": {"1/2/2006 15:04:05", "1/2/06 15:04:05", "1/2/2006 3:04:05 PM"},
	"ymd":     {"2006/1/2"},
	"ymd hm":  {"2006/1/2 15:04", "2006/1/2T15:04"},
	"ymd hms": {"2006/1/2 15:04:05", "2006/1/2T15:04:05"},
	"iso":     nil, // RFC 3339 and its short forms
	"excel":   nil, // days since 30 December 1899, with the time as a fraction
}

// isoLayouts are tried in turn for "iso"; those with a zone win over the organisation's own.
var isoLayouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05",
	"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"}

// checkFormat refuses a format that is neither a name nor a layout.
func checkFormat(f string) error {
	if _, named := dateFormats[f]; named {
		return nil
	}
	if strings.Contains(f, "2006") || strings.Contains(f, "06") {
		return nil
	}
	return fmt.Errorf("%q is not a way to write a date: use dmy, \"dmy hm\", \"dmy hms\" (or mdy, ymd), iso or excel, or write 2 January 2006, 15:04 "+
		"the way the file does, like \"02.01.2006 15h04\"", clip(f))
}

var errDate = errors.New("is not a date in the format of the mapping")

// parseDate reads a date written in one of the formats, as a clock in zone shows it, and gives the whole hour it lies in.
func parseDate(s string, formats []string, zone *time.Location) (time.Time, error) {
	for _, f := range formats {
		layouts, named := dateFormats[f]
		text := s
		switch {
		case f == "excel":
			if t, ok := excelDate(s, zone); ok {
				return hour(t), nil
			}
			continue
		case f == "iso":
			layouts = isoLayouts
		case named:
			text = strings.NewReplacer("-", "/", ".", "/", " at ", " ").Replace(s)
		default:
			layouts = []string{f}
		}
		for _, layout := range layouts {
			if t, err := time.ParseInLocation(layout, text, zone); err == nil {
				return hour(t), nil
			}
		}
	}
	return time.Time{}, errDate
}

func hour(t time.Time) time.Time { return t.UTC().Truncate(time.Hour) }

// excelDate reads a spreadsheet's number of days. 60 and below are refused: the 29 February 1900 of spreadsheets never was.
func excelDate(s string, zone *time.Location) (time.Time, bool) {
	days, err := strconv.ParseFloat(s, 64)
	if err != nil || !(days > 60 && days < 2958466) {
		return time.Time{}, false
	}
	whole, part := math.Modf(days)
	seconds := int(math.Round(part * 86400))
	return time.Date(1899, 12, 30+int(whole), 0, 0, seconds, 0, zone), true
}
