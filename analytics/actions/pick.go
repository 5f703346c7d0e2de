package actions

import "yousaid/analytics"

// Pick freezes a figure of a released table; false where its row is not shown or has no such figure.
func Pick(a analytics.Protected, code string, kind Measured) (Figure, bool) {
	for _, r := range analytics.Records(a) {
		if r.Hidden || r.NotAsked || len(r.Codes) == 0 || r.Codes[0] != code {
			continue
		}
		f := Figure{Release: a.Release, Question: a.Measure.Text, Dimension: a.Dimensions[0].ID, Measured: kind, N: r.N, From: a.From.String(), To: a.To.String(),
			Of: map[string]string{"en": a.Dimensions[0].Word(code)}}
		switch {
		case kind == Satisfied && r.Satisfied != nil:
			f.Value, f.Low, f.High = *r.Satisfied, r.Low, r.High
		case kind == Mean && r.Mean != nil:
			f.Value = *r.Mean
		case kind == Answers:
			f.Value = float64(r.N)
		default:
			return f, false
		}
		return f, true
	}
	return Figure{}, false
}
