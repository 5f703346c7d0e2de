package analytics

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/codebook"
	"yousaid/analytics/crosstab"
	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/linked"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
	"yousaid/surveys/tenant"
)

// Snapshot is one state of the data, from which somebody reads all that a page shows of figures: what stands side by
// side adds up, and what must be known of the surveys is read once.
type Snapshot struct {
	analytics *Analytics
	by        tenant.Actor
	tx        *sqlx.Tx
	codebooks map[string]*codebook.Book // by the names of their surveys
	viewed    []linked.Proved           // tables that are written to the audit trail
}

// Read opens a snapshot for a function, and writes to the audit trail what was seen of protected tables, before anybody is shown it.
func (a *Analytics) Read(ctx context.Context, by tenant.Actor, read func(*Snapshot) error) error {
	if a.Opened != nil {
		a.Opened()
	}
	tx, err := a.DB.BeginRead(ctx, by.Org)
	if err != nil {
		return fmt.Errorf("opening the figures: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	s := &Snapshot{analytics: a, by: by, tx: tx, codebooks: map[string]*codebook.Book{}}
	err = read(s)
	if failed := tx.Rollback(); err == nil {
		err = failed
	}
	if len(s.viewed) == 0 {
		return err
	}
	return errors.Join(err, a.recordViews(ctx, by, s.viewed))
}

// open reads the codebook of some surveys, once.
func (s *Snapshot) open(ctx context.Context, slugs []string) (b *codebook.Book, err error) {
	key := strings.Join(slugs, " ")
	if b := s.codebooks[key]; b != nil {
		return b, nil
	}
	if all := s.codebooks["all"]; all != nil {
		b, err = all.Only(slugs)
	} else {
		b, err = codebook.Read(ctx, s.tx, s.by.Org, slugs, nil)
	}
	if err == nil {
		s.codebooks[key] = b
	}
	return b, err
}

// AskTogether answers queries for staff. No query has an equality dimension or is for the public. It returns a Refusal,
// refusal.ErrNotAllowed, refusal.ErrNeedsProtection, or the database's error.
func (s *Snapshot) AskTogether(ctx context.Context, queries ...figures.Query) ([]tables.Figures, error) {
	list := make([]tables.Figures, len(queries))
	for i, q := range queries {
		if q.Audience == "" {
			q.Audience = figures.Internal
		}
		if q.Everybody && len(q.By)+len(q.Where) > 0 {
			return nil, refusal.New(refusal.AboutNothing, "",
				"refusal.the_figure_of_the|The figure of the whole council has no dimension and no filter.")
		}
		book, err := s.open(ctx, q.Surveys)
		if err != nil {
			return nil, err
		}
		t, err := crosstab.Plan(book, s.by, q)
		if err != nil {
			return nil, err
		}
		if q.Audience != figures.Internal || t.Equality || q.Rounded {
			return nil, refusal.ErrNeedsProtection
		}
		if err := t.Count(ctx, s.analytics.engine(), s.tx); err != nil {
			return nil, err
		}
		list[i] = t.Figures()
	}
	return list, nil
}

// Ask is Ask of Analytics for staff: no table leaves.
func (s *Snapshot) Ask(ctx context.Context, q figures.Query) (tables.Answer, error) {
	if q.Audience == figures.Public {
		return nil, errors.New("a table for the public is released by itself")
	}
	answer, err := s.ask(ctx, q, looking)
	if p, ok := answer.(linked.Proved); ok {
		return p.Protected, err
	}
	return answer, err
}

// Preview is Preview of Analytics.
func (s *Snapshot) Preview(ctx context.Context, q figures.Query) (tables.Protected, error) {
	q.Audience = figures.Public
	answer, err := s.ask(ctx, q, looking)
	if err != nil {
		return tables.Protected{}, err
	}
	return answer.(linked.Proved).Protected, nil
}

// purpose is what a query is put for.
type purpose uint8

const (
	looking   purpose = iota // by somebody, which is logged where an equality dimension is in it
	releasing                // to let a public table leave
	trying                   // by the program, which shows its figures to nobody
)

func (s *Snapshot) ask(ctx context.Context, q figures.Query, to purpose) (tables.Answer, error) {
	answer, err := s.once(ctx, q, to)
	return answer, s.findAlternatives(ctx, q, err)
}

// once answers a query as it is put.
func (s *Snapshot) once(ctx context.Context, q figures.Query, to purpose) (tables.Answer, error) {
	q.Everybody = false
	if q.Audience == "" {
		q.Audience = figures.Internal
	}
	if q.Audience != figures.Internal && q.Audience != figures.Public {
		return nil, refusal.New(refusal.AboutNothing, "",
			"refusal.the_audience_is_not|The audience “%s” is not known: it is internal or public.", q.Audience)
	}
	book, err := s.open(ctx, q.Surveys)
	if err != nil {
		return nil, err
	}
	t, err := crosstab.Plan(book, s.by, q)
	if err != nil {
		return nil, err
	}
	if q.Unusual && (q.Audience == figures.Public || t.Equality || q.Rounded) {
		return nil, refusal.New(refusal.AboutNothing, "",
			"refusal.unusual_answers_are_counted|Unusual answers are counted in tables for staff "+
				"only, without equality groups.")
	}
	if q.Audience == figures.Public || t.Equality || q.Rounded {
		return s.protected(ctx, book, t, to)
	}
	if err := t.Count(ctx, s.analytics.engine(), s.tx); err != nil {
		return nil, err
	}
	return t.Figures(), nil
}

// protected makes the table that may be shown.
func (s *Snapshot) protected(ctx context.Context, b *codebook.Book, t *crosstab.Table, to purpose) (tables.Answer, error) {
	a, q := s.analytics, t.Frame.Query
	if err := b.ReadFirst(ctx, s.tx); err != nil {
		return nil, err
	}
	if err := t.CheckProtected(s.by, a.Now(), b.First); err != nil {
		return nil, err
	}
	counting, err := a.DB.BeginTabulate(ctx, s.by.Org)
	if err != nil {
		return nil, fmt.Errorf("opening the figures: %w", err)
	}
	defer func() { _ = counting.Rollback() }()
	t.Tabulating = counting
	if err := t.List(ctx, s.tx); err != nil {
		return nil, err
	}
	if err := t.Count(ctx, a.engine(), s.tx); err != nil {
		return nil, err
	}
	rules := disclosure.Rules{Threshold: disclosure.Threshold, Equality: t.Equality, DistributionBase: disclosure.DistributionBase}
	if t.Equality {
		rules.Threshold = disclosure.EqualityThreshold
	}
	if rules.Key, err = a.key(ctx, s.by.Org); err != nil {
		return nil, err
	}
	answer, err := a.prover().Prove(ctx, s.tx, t, rules)
	if err != nil {
		return nil, err
	}
	if to == looking && (q.Audience == figures.Internal || t.Equality) { // a look at what may leave is a look
		s.viewed = append(s.viewed, answer)
	}
	return answer, counting.Rollback()
}
