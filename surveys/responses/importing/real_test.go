package importing_test

import (
	"math"
	"testing"

	"yousaid/surveys/responses/importing"
	"yousaid/surveys/responses/importing/importingtest"
)

// TestPublishedFigures imports surveys of other people and counts in the database what they published.
func TestPublishedFigures(t *testing.T) {
	for _, s := range []struct {
		survey        importingtest.Survey
		rows, figures int64
	}{{importingtest.Flying, 1040, 11}, {importingtest.RSE, 273, 507}, {importingtest.Toronto, 962, 282}} {
		t.Run(s.survey.Slug, func(t *testing.T) {
			t.Parallel()
			c := council{Council: importingtest.New(t), t: t}
			r := c.Import(t, s.survey)
			if report(r) != (importing.Report{Read: s.rows, Stored: s.rows}) {
				t.Errorf("%+v", r)
			}
			c.sound(s.rows)
			truth := s.survey.Truth(t, s.survey)
			right := int64(0)
			for _, f := range truth {
				count, base := c.count(f)
				switch {
				case count != f.Count || f.Base >= 0 && base != f.Base:
					t.Errorf("%s: %d of %d, published %d of %d", f.Says, count, base, f.Count, f.Base)
				case f.Percent != nil && math.Round(100*float64(count)/float64(base)) != *f.Percent:
					t.Errorf("%s: %d of %d is not %v per cent", f.Says, count, base, *f.Percent)
				default:
					right++
				}
			}
			if right != s.figures {
				t.Errorf("%d figures, want %d", right, s.figures)
			}
			t.Logf("%d of %d published figures", right, len(truth))
		})
	}
}

// count counts one figure in the database.
func (c council) count(f importingtest.Figure) (count, base int64) {
	c.t.Helper()
	get := func(query string, args ...any) (n int64) {
		c.t.Helper()
		if err := c.Test.Owner().GetContext(c.t.Context(), &n, query, args...); err != nil {
			c.t.Fatal(err)
		}
		return n
	}
	if f.Question == "" {
		n := get(`SELECT count(*) FROM responses`)
		return n, n
	}
	if f.Text {
		n := get(`SELECT count(*) FROM comments WHERE question_code = $1`, f.Question)
		return n, n
	}
	base = get(`SELECT count(*) FROM responses WHERE answers -> $1 IS NOT NULL`, f.Question)
	if f.Missing {
		return get(`SELECT count(*) FROM responses`) - base, base
	}
	if f.Codes == nil {
		return base, base
	}
	for _, code := range f.Codes {
		count += get(`SELECT count(*) FROM responses WHERE answers ->> $1 = $2 OR answers -> $1 @> jsonb_build_array($2::text)`, f.Question, code)
	}
	return count, base
}

// TestEqualityAnswersOfARealSurvey: sex is stored apart, and the share that finds reclining rude is as others counted it.
func TestEqualityAnswersOfARealSurvey(t *testing.T) {
	t.Parallel()
	c := council{Council: importingtest.New(t), t: t}
	c.Import(t, importingtest.Flying)
	for sex, want := range importingtest.RudeBySex(t) {
		c.has(want.Base, `SELECT count(*) FROM responses r JOIN equality_answers e ON e.id = r.equality_id
			WHERE  e.answers ->> 'sex' = $1 AND r.answers ? 'recline_rude'`, sex)
		c.has(want.Rude, `SELECT count(*) FROM responses r JOIN equality_answers e ON e.id = r.equality_id WHERE e.answers ->> 'sex' = $1
			AND r.answers ->> 'recline_rude' IN ('very', 'somewhat')`, sex)
	}
	c.has(0, `SELECT count(*) FROM responses WHERE answers ? 'sex'`)
}
