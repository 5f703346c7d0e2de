package staff

import (
	"strings"
	"time"

	"yousaid/server/page"
)

func Clipped(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return strings.TrimSpace(string(r[:most])) + "…"
	}
	return s
}

// DayInWords writes 2026-03-31 as 31 March 2026.
func DayInWords(frame page.Page, day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return frame.Date(t)
}

func DayParts(day string) page.DateParts {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return page.DateParts{}
	}
	return page.DateOf(t)
}
