package figures

import (
	"slices"
	"strings"
	"time"

	"yousaid/surveys/wording"
)

// dimensions are those of every organisation, in the order in which they are offered.
var dimensions = []Code{
	{Code: "channel", Label: wording.Say("sheet.channel|Channel")},
	{Code: "mode", Label: wording.Say("sheet.mode|How answers were collected")},
	{Code: "service", Label: wording.Say("sheet.service|Service")},
	{Code: "directorate", Label: wording.Say("sheet.directorate|Directorate")},
	{Code: "access_point", Label: wording.Say("sheet.access_point|Access point")},
	{Code: "language", Label: wording.Say("sheet.language|Language")},
	{Code: "month", Label: wording.Say("sheet.month|Month")},
	{Code: "week", Label: wording.Say("sheet.week|Week")},
	{Code: "day", Label: wording.Say("sheet.day|Day")},
}

// Dimensions lists the dimensions of every organisation.
func Dimensions() []Code { return slices.Clone(dimensions) }

// DimensionLabel is what a dimension of every organisation is called; of another its code.
func DimensionLabel(id string) wording.Message {
	for _, d := range dimensions {
		if d.Code == id {
			return d.Label
		}
	}
	return wording.Plain(id)
}

// Modes are the ways in which answers are collected.
var Modes = []Code{
	{Code: "online", Label: wording.Say("sheet.online|Online")},
	{Code: "telephone_interview", Label: wording.Say("sheet.telephone_interview|Telephone interview")},
	{Code: "face_to_face_interview", Label: wording.Say("sheet.face_to_face_interview|Face-to-face interview")},
	{Code: "paper", Label: wording.Say("sheet.paper|Paper")},
	{Code: "kiosk", Label: wording.Say("sheet.kiosk|Kiosk")},
}

// NotAnswered labels those who did not answer a question.
var NotAnswered = wording.Say("sheet.no_answer|No answer")

// CodeLabel words the codes of open dimensions, and what has no code.
func CodeLabel(id, code string) wording.Message {
	if code == "" {
		switch id {
		case "language":
			return wording.Say("sheet.another_language|Another language")
		case "service":
			return wording.Say("performance.no_service|Not about one service")
		case "channel":
			return wording.Say("performance.no_channel|No channel")
		case "access_point":
			return wording.Say("performance.no_point|No access point")
		}
		return wording.Say("performance.not_known|Not known")
	}
	switch id {
	case "month":
		if at, err := time.Parse("2006-01", code); err == nil {
			return wording.Month(at)
		}
	case "day":
		if at, err := time.Parse(time.DateOnly, code); err == nil {
			return wording.Day(at)
		}
	case "week":
		year, week, _ := strings.Cut(code, "-W")
		return wording.Say("sheet.week_of|Week %s of %s", strings.TrimPrefix(week, "0"), year)
	case "language":
		return wording.Named(wording.LanguageName(code))
	}
	return wording.Plain(code)
}
