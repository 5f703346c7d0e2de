package page

import (
	"math"
	"strconv"
	"strings"
	"time"

	"yousaid/analytics/figures"
	"yousaid/analytics/quoted"
)

// FigureInWords says a released figure with its base, its likely range and its dates, in the page's language: "Household waste: 62% of 412
// people were satisfied (likely range 57%
// to 67%), January 2026 to March 2026".
func (p Page) FigureInWords(f quoted.Figure) string {
	name, count := p.figureOf(f), Number(int(f.N))
	if f.Rounded {
		count = p.T("figure.about|about %s", count)
	}
	var said string
	switch f.Measured {
	case quoted.Share:
		answer := p.Word(f.Answer)
		said = p.T("figure.share|%s: %s of %s people answered “%s”", name, whole(f.Value), count, answer)
	case quoted.Answers:
		said = p.T("figure.answers|%s: %s people answered", name, count)
	default:
		said = p.quotedFigure(f, name, count)
	}
	said += ", " + p.Period(f.From, f.To)
	if f.Unreliable {
		said += ". " + p.T("figure.few|Few people answered: read it with care")
	}
	return said
}

// quotedFigure is one of the list of figures in words.
func (p Page) quotedFigure(f quoted.Figure, name, count string) string {
	one, listed := figures.Quoted(string(f.Measured))
	switch {
	case !listed:
		return p.T("figure.answers|%s: %s people answered", name, count)
	case !one.Percent:
		return p.T(one.Quote, name, count, strconv.FormatFloat(math.Round(f.Value*10)/10, 'f', 1, 64))
	}
	said := p.T(one.Quote, name, whole(f.Value), count)
	if f.Low != nil && f.High != nil {
		said += " " + p.T("figure.range|(likely range %s to %s)", whole(*f.Low), whole(*f.High))
	}
	return said
}

// figureOf says what a figure is about.
func (p Page) figureOf(f quoted.Figure) string {
	if len(f.Parts) == 0 {
		if name := p.Word(f.Of); name != "" {
			return name
		}
		return p.T("figure.everybody|Everybody who answered")
	}
	var names []string
	for _, part := range f.Parts {
		names = append(names, p.partName(part))
	}
	return strings.Join(names, ", ")
}

// partName is one dimension of a row in words.
func (p Page) partName(part quoted.Part) string {
	name := p.Word(part.Names)
	known := ""
	switch part.Dimension + " " + part.Code {
	case "service ":
		known = p.T("performance.no_service|Not about one service")
	case "channel ":
		known = p.T("performance.no_channel|No channel")
	case "access_point ":
		known = p.T("performance.no_point|No access point")
	case "language ":
		known = p.T("figure.other_language|Another language")
	case "language en":
		known = p.T("figure.english|In English")
	case "language cy":
		known = p.T("figure.welsh|In Welsh")
	case "mode online":
		known = p.T("figure.online|Answered online")
	case "mode telephone_interview":
		known = p.T("figure.telephone|Interviewed by telephone")
	case "mode face_to_face_interview":
		known = p.T("figure.face_to_face|Interviewed face to face")
	case "mode paper":
		known = p.T("figure.paper|Answered on paper")
	case "mode kiosk":
		known = p.T("figure.kiosk|Answered at a kiosk")
	case part.Dimension + " ":
		known = p.T("figure.no_answer|No answer")
	}
	if known == "" && strings.HasPrefix(part.Code, "group:") {
		known = p.T("figure.together|%s, together", name)
	}
	if known != "" {
		return known
	}
	return name
}

// whole is a share in whole per cent, rounded half away from zero.
func whole(share float64) string { return strconv.Itoa(int(math.Round(share*100))) + "%" }

// Period is a span of whole months in words: "January 2026", "January 2026 to March 2026". Days that cannot be read are left as they are.
func (p Page) Period(from, to string) string {
	a, err1 := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	switch {
	case err1 != nil || err2 != nil:
		return from + " – " + to
	case a.Year() == b.Year() && a.Month() == b.Month():
		return p.Month(a)
	}
	return p.T("figure.period|%s to %s", p.Month(a), p.Month(b))
}
