package actions

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"yousaid/analytics/figures"
	"yousaid/analytics/quoted"
	"yousaid/analytics/register"
	"yousaid/analytics/releases"
	"yousaid/analytics/tables"
	"yousaid/surveys/tenant"
)

// Choice is one figure of a released table.
type Choice struct {
	Release  int64
	Row      int // of the rows of the release, which never change
	Measured quoted.Measured
	Answer   string // of quoted.Share: the code of the answer
}

// shareBase is the base from which the share of one answer may be published.
const shareBase = 30

// FigureOf freezes a figure of a release that stands, for somebody who may release it. ErrMayNotRelease, ErrNoFigure,
// ErrFigureGone, releases.ErrMissing, refusal.ErrNotAllowed.
func (s Store) FigureOf(ctx context.Context, by tenant.Actor, choice Choice) (Figure, error) {
	if !mayRelease(by) {
		return Figure{}, ErrMayNotRelease
	}
	reader := releases.Register{Reader: releases.Reader{DB: s.DB}}
	r, err := reader.Table(ctx, by, choice.Release)
	if err != nil {
		return Figure{}, err
	}
	if r.Status != register.Released {
		return Figure{}, ErrFigureGone
	}
	names, err := reader.Names(ctx, by, r)
	if err != nil {
		return Figure{}, err
	}
	return figureOf(r, names, choice)
}

func figureOf(r releases.Table, names releases.Names, choice Choice) (Figure, error) {
	rows := tables.Rows(r)
	if choice.Row < 0 || choice.Row >= len(rows) {
		return Figure{}, ErrNoFigure
	}
	row := rows[choice.Row]
	if row.Hidden || row.NotAsked || row.N == 0 {
		return Figure{}, ErrNoFigure
	}
	f := Figure{
		Release:    r.ID,
		Question:   r.Measure.Text.String(),
		Asked:      names.Question,
		Measured:   choice.Measured,
		N:          row.N,
		Rounded:    row.Rounded > 0,
		Unreliable: row.Unreliable,
		From:       r.From.String(),
		To:         r.To.String(),
		State:      quoted.Released,
	}
	for i, d := range r.Dimensions {
		switch code := row.Codes[i]; {
		case code == figures.All:
		case d.ID == "month":
			f.From, f.To = months(code, f.From, f.To)
		default:
			f.Parts = append(f.Parts, quoted.Part{Dimension: d.ID, Code: code, Names: names.Codes[i][code].Clone()})
		}
	}
	return f, measure(&f, row.Cell, names, choice)
}

// measure fills in the value. ErrNoFigure where the row does not show it.
func measure(f *Figure, r figures.Cell, names releases.Names, choice Choice) error {
	if one, listed := figures.Quoted(string(choice.Measured)); listed && one.Of(r) != nil {
		f.Value = *one.Of(r)
		if low, high := one.Ends(); low != nil {
			f.Low, f.High = low.Of(r), high.Of(r)
		}
		return nil
	}
	switch {
	case choice.Measured == quoted.Answers:
		f.Value = float64(r.N)
		return nil
	case choice.Measured == quoted.Share && r.N >= shareBase:
		for _, a := range r.Distribution {
			if a.Code == choice.Answer {
				f.Answer, f.Value = names.Answers[a.Code], math.Round(100*float64(a.N)/float64(r.N))/100 // no count of an answer
				return nil
			}
		}
	}
	return ErrNoFigure
}

// months are the days of a month ("2026-03") or of a quarter ("group:2026-Q1") of a table that is split by month.
func months(code, from, to string) (first, last string) {
	length := 1
	at, err := time.Parse("2006-01", code)
	if quarter, ok := strings.CutPrefix(code, "group:"); ok {
		var year, q int
		if _, scanned := fmt.Sscanf(quarter, "%d-Q%d", &year, &q); scanned != nil {
			return from, to
		}
		at, err, length = time.Date(year, time.Month(3*q-2), 1, 0, 0, 0, 0, time.UTC), nil, 3
	}
	if err != nil {
		return from, to
	}
	return at.Format(time.DateOnly), at.AddDate(0, length, -1).Format(time.DateOnly)
}
