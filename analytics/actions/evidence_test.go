package actions

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/insight"
	"yousaid/analytics/quoted"
	"yousaid/analytics/releases"
	"yousaid/analytics/releasetest"
	"yousaid/analytics/tables"
)

// comment stores one about bins, in the state of a review.
func (f fixture) comment(text string, state insight.ReviewState) insight.Key {
	f.t.Helper()
	var survey, version int64
	f.must(
		f.owner.Get(&survey, `INSERT INTO surveys (organisation_id, slug, state) VALUES (1, $1, 'open') RETURNING id`, "s"+uuid.NewString()[:8]),
	)
	f.must(
		f.owner.Get(
			&version,
			`INSERT INTO versions (organisation_id, survey_id, number, definition, digest) VALUES (1, $1, 1, '{}', '') RETURNING id`,
			survey,
		),
	)
	id := uuid.New()
	f.owner.MustExec(
		`INSERT INTO responses (organisation_id, id, survey_id, version_id, source, service_id, channel, mode, language,
			answered_hour, answers, state, change_no)
		VALUES (1, $1, $2, $3, 'link', $4, 'web', 'online', 'en', '2026-03-01 10:00+00', '{}', 'finished', $5)`,
		id,
		survey,
		version,
		f.bins,
		survey,
	)
	var ref uuid.UUID
	f.must(
		f.owner.Get(
			&ref,
			`INSERT INTO comments (organisation_id, response_id, question_code, text, review_state, delete_after)
				VALUES (1, $1, 'comment', $2, $3, '2030-01-01') RETURNING ref`,
			id,
			text,
			string(state),
		),
	)
	return insight.Key{UUID: ref}
}

// A quote is a reviewed comment, and leaves the public page when the comment is decided about anew.
func TestQuoting(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	n := f.start()
	_, err := f.QuoteComment(ctx, f.writer, n, 1, f.comment("not read yet", insight.Unread), nil)
	f.is(err, insight.ErrNotReviewed)
	_, err = f.QuoteComment(ctx, f.writer, n, 1, f.comment(strings.Repeat("long ", 120), insight.AsIs), nil)
	f.is(err, ErrLongQuote)
	k := f.comment("They leave it in the road.", insight.AsIs)
	waits, err := f.QuoteComment(ctx, f.writer, n, 1, k, nil)
	if f.must(err); waits {
		t.Error("a quote of a draft does not wait")
	}
	_, err = f.QuoteComment(ctx, f.writer, n, 1, k, nil)
	f.is(err, ErrStale)
	if a := f.action(n); a.Quote == nil || a.Quote.Text != "They leave it in the road." || len(a.Comments) != 1 {
		t.Fatalf("%+v", a)
	}
	f.must(f.Send(ctx, f.writer, n, 2, ""))
	f.must(f.Approve(ctx, f.second, n, 2, today))
	if numbers, err := f.Quoting(ctx, f.local, k); err != nil || len(numbers) != 1 || numbers[0] != n {
		t.Errorf("%v %v", numbers, err)
	}
	item, err := f.Item(ctx, 1, n)
	if err != nil || item.Quote == nil || item.Quote.Text != "They leave it in the road." {
		t.Errorf("%+v %v", item.Quote, err)
	}
	var response uuid.UUID
	f.must(f.owner.Get(&response, `SELECT response_id FROM comments WHERE ref = $1`, k))
	if list, err := f.ForResponse(ctx, 1, response); err != nil || len(list) != 1 {
		t.Errorf("%d items for whoever wrote it, %v", len(list), err)
	}
	before, err := f.Changed(ctx, 1)
	f.must(err)
	// Another quote in public waits, with a note.
	other := f.comment("It blocks the path.", insight.AsIs)
	_, err = f.QuoteComment(ctx, f.writer, n, 2, other, nil)
	f.is(err, ErrNoNote)
	waits, err = f.QuoteComment(ctx, f.writer, n, 2, other, both("Another voice."))
	if f.must(err); !waits || f.action(n).Proposed.Text != "It blocks the path." {
		t.Error("it does not wait")
	}
	f.must(f.ApproveChange(ctx, f.second, n, f.action(n).Waiting.ID))
	if item, err := f.Item(ctx, 1, n); err != nil || item.Quote.Text != "It blocks the path." {
		t.Errorf("%+v %v", item.Quote, err)
	}
	// Decided about anew: it is gone from the page, the stamp tells, and it cannot be approved again.
	f.owner.MustExec(`UPDATE comments SET revision = revision + 1, review_state = 'withheld' WHERE ref = $1`, other)
	after, err := f.Changed(ctx, 1)
	if item, again := f.Item(ctx, 1, n); err != nil || again != nil || item.Quote != nil || after == before {
		t.Errorf("%+v, stamps %s and %s", item.Quote, before, after)
	}
	// Taking it out needs nobody.
	f.must(f.RemoveQuote(ctx, f.writer, n, 3))
	if f.action(n).Quote != nil {
		t.Error("the quote is still there")
	}
	draft := f.start()
	_, err = f.QuoteComment(ctx, f.writer, draft, 1, k, nil)
	f.must(err)
	f.owner.MustExec(`UPDATE comments SET revision = revision + 1 WHERE ref = $1`, k)
	f.is(f.Send(ctx, f.writer, draft, 2, ""), ErrQuoteGone)
	f.must(f.RemoveQuote(ctx, f.writer, draft, 2))
	f.must(f.Send(ctx, f.writer, draft, 3, ""))
}

// release puts a table by channel into the register: satisfaction of two large groups, and of two small ones, which are suppressed.
func (f fixture) release() int64 {
	f.t.Helper()
	var survey int64
	f.must(
		f.owner.Get(&survey, `INSERT INTO surveys (organisation_id, slug, state) VALUES (1, $1, 'open') RETURNING id`, "s"+uuid.NewString()[:8]),
	)
	return releasetest.Add(
		f.t,
		f.owner,
		releasetest.Table{
			Survey:   survey,
			By:       disclosure.Dimension{ID: "channel", Codes: []string{"web", "telephone", "post", "kiosk"}},
			Answers:  releasetest.Rating(),
			Counts:   []int64{20, 10, 5, 15, 8, 9, 1, 1, 1, 2, 1, 0},
			From:     "2026-01-01",
			To:       "2026-03-31",
			Snapshot: survey,
		},
	)
}

// row is the number of a row of the release, by its code.
func (f fixture) row(release int64, code string) int {
	f.t.Helper()
	r, err := releases.Register{Reader: releases.Reader{DB: f.DB}}.Table(f.t.Context(), f.writer, release)
	f.must(err)
	return slices.IndexFunc(tables.Rows(r), func(row figures.Row) bool { return row.Codes[0] == code })
}

// A figure is a cell of a release that stands, frozen with its base, months and names; what a release hides cannot be chosen.
func TestChoosingFigures(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	id := f.release()
	web, kiosk := f.row(id, "web"), f.row(id, "kiosk")
	figure, err := f.FigureOf(ctx, f.writer, Choice{Release: id, Row: web, Measured: quoted.Satisfied})
	if err != nil || figure.N != 35 || figure.Value < 0.571 || figure.Value > 0.572 || figure.Low == nil || figure.From != "2026-01-01" ||
		figure.Parts[0].Code != "web" {
		t.Errorf("%+v %v", figure, err)
	}
	for measured, want := range map[quoted.Measured]float64{quoted.Answers: 35, quoted.Share: 0.57} {
		if figure, err := f.FigureOf(
			ctx,
			f.writer,
			Choice{Release: id, Row: web, Measured: measured, Answer: "good"},
		); err != nil ||
			figure.Value != want {
			t.Errorf("%s: %+v %v", measured, figure, err)
		}
	}
	if figure, err := f.FigureOf(
		ctx,
		f.writer,
		Choice{Release: id, Row: web, Measured: quoted.Mean},
	); err != nil || figure.Value < 2.4 ||
		figure.Value > 2.5 {
		t.Errorf("%+v %v", figure, err)
	}
	for name, c := range map[string]Choice{
		"a suppressed group":            {Release: id, Row: kiosk, Measured: quoted.Satisfied},
		"no row":                        {Release: id, Row: 99, Measured: quoted.Satisfied},
		"an answer that is not there":   {Release: id, Row: web, Measured: quoted.Share, Answer: "splendid"},
		"a measure that does not exist": {Release: id, Row: web, Measured: "median"},
	} {
		if _, err := f.FigureOf(ctx, f.writer, c); !errors.Is(err, ErrNoFigure) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = f.FigureOf(ctx, f.local, Choice{Release: id, Row: web, Measured: quoted.Satisfied})
	f.is(err, ErrMayNotRelease)
	_, err = f.FigureOf(ctx, f.writer, Choice{Release: 999, Row: web, Measured: quoted.Satisfied})
	f.is(err, releases.ErrMissing)
}

// A figure is put into a draft at once and into a published action by a second person; nothing goes to the public with a
// figure whose release does not stand.
func TestFiguresBesideAnAction(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	id, later := f.release(), f.release()
	choice := &Choice{Release: id, Row: f.row(id, "web"), Measured: quoted.Satisfied}
	after := &Choice{Release: later, Row: f.row(later, "web"), Measured: quoted.Satisfied}
	n := f.start()
	_, err := f.ChooseFigure(ctx, f.local, n, 1, Before, choice, nil)
	f.is(err, ErrMayNotRelease)
	waits, err := f.ChooseFigure(ctx, f.writer, n, 1, Before, choice, nil)
	if f.must(err); waits || f.action(n).At(Before).Value != f.action(n).Figure.Value || f.action(n).At(After) != nil {
		t.Error("the figure is not beside what people said")
	}
	f.must(f.Send(ctx, f.writer, n, 2, ""))
	f.must(f.Approve(ctx, f.second, n, 2, today))
	_, err = f.ChooseFigure(ctx, f.writer, n, 2, After, after, nil)
	f.is(err, ErrNoNote)
	waits, err = f.ChooseFigure(ctx, f.writer, n, 2, After, after, both("Measured again."))
	if f.must(err); !waits {
		t.Error("it does not wait")
	}
	f.must(f.ApproveChange(ctx, f.second, n, f.action(n).Waiting.ID))
	item, err := f.Item(ctx, 1, n)
	if err != nil || item.After == nil || item.After.Release != later || item.Figure.Release != id {
		t.Errorf("%+v %v", item.Evidence, err)
	}
	before, err := f.Changed(ctx, 1)
	f.must(err)
	// Of a withdrawn release the public reads no number.
	f.owner.MustExec(`UPDATE releases SET status = 'withdrawn' WHERE id = $1`, id)
	stamp, err := f.Changed(ctx, 1)
	f.must(err)
	item, err = f.Item(ctx, 1, n)
	if err != nil || stamp == before || item.Figure == nil || item.Figure.N != 0 || item.Figure.Value != 0 ||
		item.Figure.State != quoted.Withdrawn {
		t.Errorf("%+v %v", item.Figure, err)
	}
	_, err = f.FigureOf(ctx, f.writer, *choice)
	f.is(err, ErrFigureGone)
	draft := f.start()
	_, err = f.ChooseFigure(ctx, f.writer, draft, 1, Before, after, nil)
	f.must(err)
	f.must(f.Send(ctx, f.writer, draft, 2, ""))
	f.owner.MustExec(`UPDATE releases SET status = 'corrected' WHERE id = $1`, later)
	f.is(f.Approve(ctx, f.second, draft, 2, today), ErrFigureGone)
	f.must(f.Return(ctx, f.second, draft, "the table was corrected"))
	f.is(f.Send(ctx, f.writer, draft, 2, ""), ErrFigureGone)
	waits, err = f.ChooseFigure(ctx, f.writer, draft, 2, Before, nil, nil)
	if f.must(err); waits || f.action(draft).Figure != nil {
		t.Error("it was not taken out")
	}
	f.must(f.Send(ctx, f.writer, draft, 3, ""))
}

// Figures of a table by month are of that month or quarter.
func TestMonthsOfFigures(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{"2026-02": "2026-02-01 2026-02-28", "group:2026-Q2": "2026-04-01 2026-06-30",
		"": "2026-01-01 2026-12-31", "group:total": "2026-01-01 2026-12-31"} {
		if first, last := months(code, "2026-01-01", "2026-12-31"); first+" "+last != want {
			t.Errorf("%q is from %s to %s, want %s", code, first, last, want)
		}
	}
}
