// Package analytics understands what everyone answered: Ask is the only way to a figure.
package analytics

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"yousaid/analytics/figures"
	"yousaid/analytics/linked"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
	"yousaid/analytics/tabulate"
	"yousaid/analytics/tabulate/sql"
	"yousaid/surveys/tenant"
)

// Analytics answers questions to the figures of an organisation.
type Analytics struct {
	DB     tenant.DB
	Ledger tenant.Ledger
	Now    func() time.Time

	Engine tabulate.Engine // counts the responses; nil for the one of analytics/tabulate/sql

	Refused func() // hears of each table that was refused for the public; may be nil
	Opened  func() // hears of each snapshot that is opened; may be nil
	Proving func() // hears of each proof that is worked out; may be nil

	proofs linked.Proofs
}

func (a *Analytics) engine() tabulate.Engine {
	if a.Engine != nil {
		return a.Engine
	}
	return sql.Engine{}
}

func (a *Analytics) prover() linked.Prover {
	return linked.Prover{Engine: a.engine(), Proofs: &a.proofs, Proving: a.Proving}
}

// Ask answers a query for an actor: Figures for staff, Protected when an equality dimension or the public is involved.
// A table for the public is released by it. It returns a Refusal (what to ask instead), refusal.ErrNotAllowed, or the
// database's error.
func (a *Analytics) Ask(ctx context.Context, by tenant.Actor, q figures.Query) (answer tables.Answer, err error) {
	if q.Audience != figures.Public {
		err = a.Read(ctx, by, func(s *Snapshot) error {
			answer, err = s.Ask(ctx, q)
			return err
		})
		return answer, err
	}
	p, err := a.askPublic(ctx, by, q)
	if a.Refused != nil && errors.As(err, new(refusal.Refusal)) {
		a.Refused()
	}
	return p, err
}

// askPublic proves a table and lets it leave. Where another table about the same answers was released meanwhile, it is
// proved again beside that.
func (a *Analytics) askPublic(ctx context.Context, by tenant.Actor, q figures.Query) (tables.Protected, error) {
	for range 3 {
		var answer tables.Answer
		if err := a.Read(ctx, by, func(s *Snapshot) (err error) {
			answer, err = s.ask(ctx, q, releasing)
			return err
		}); err != nil {
			return tables.Protected{}, err
		}
		p := answer.(linked.Proved)
		var err error
		if p.Release, err = a.release(ctx, by, p); !errors.Is(err, linked.ErrOvertaken) {
			return p.Protected, err
		}
	}
	return tables.Protected{}, refusal.New(refusal.AboutNothing, "",
		"refusal.others_are_releasing_tables|Others are releasing tables about the same answers just now. Try again in a minute.")
}

// AskTogether answers queries for staff from one snapshot, see there.
func (a *Analytics) AskTogether(ctx context.Context, by tenant.Actor, queries ...figures.Query) (list []tables.Figures, err error) {
	err = a.Read(ctx, by, func(s *Snapshot) error {
		list, err = s.AskTogether(ctx, queries...)
		return err
	})
	return list, err
}

// Preview is Ask for the public without letting anything out: it shows staff the protected table as it would leave, and
// writes no release. With an equality dimension the look is logged like every other.
func (a *Analytics) Preview(ctx context.Context, by tenant.Actor, q figures.Query) (p tables.Protected, err error) {
	err = a.Read(ctx, by, func(s *Snapshot) error {
		p, err = s.Preview(ctx, q)
		return err
	})
	return p, err
}

// key is the organisation's secret for the choice among cells to hide.
func (a *Analytics) key(ctx context.Context, org tenant.Org) (string, error) {
	secret, err := a.DB.Secret(ctx, fmt.Sprintf("disclosure of %d", org))
	return string(secret), err
}

// recordViews writes internal queries with an equality dimension to the audit table: differencing between such queries
// is limited and logged.
func (a *Analytics) recordViews(ctx context.Context, by tenant.Actor, seen []linked.Proved) error {
	tx, err := a.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, p := range seen {
		if err := a.Ledger.Record(ctx, tx, by, "equality.asked", object(p), nil, logged(p)); err != nil {
			return fmt.Errorf("logging the query: %w", err)
		}
	}
	return tx.Commit()
}

// logged is what the audit table and the register keep of a query. The number of the last change is not in it: beside
// the time of an audit entry it would tell more finely than the hour when people answered.
func logged(p linked.Proved) map[string]any {
	where := []string{}
	for _, f := range p.Query.Where {
		for _, v := range f.Values {
			where = append(where, f.Dimension+"="+v)
		}
	}
	slugs := make([]string, len(p.Surveys))
	for i, s := range p.Surveys {
		slugs[i] = s.Slug
	}
	return map[string]any{
		"surveys": slugs, "measure": p.Counts.Measure(p.Query.Measure), "by": p.Query.By, "where": where,
		"from": p.From, "to": p.To, "audience": p.Query.Audience, "subtotals": p.Query.Subtotals, "rounded": p.Query.Rounded,
	}
}

func object(p linked.Proved) string {
	if len(p.Surveys) == 1 {
		return "survey " + p.Surveys[0].Slug
	}
	return fmt.Sprintf("%d surveys", len(p.Surveys))
}

// release writes a table that leaves to the register, with the cells as they left.
func (a *Analytics) release(ctx context.Context, by tenant.Actor, p linked.Proved) (int64, error) {
	tx, err := a.DB.Begin(ctx, by.Org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	// The snapshot is the last change of the period itself, not of today: beside the time of the release, today's number
	// would tell when somebody answered, more finely than the hour.
	ids := make([]int64, len(p.Surveys))
	for i, s := range p.Surveys {
		ids[i] = s.ID
	}
	var snapshot int64
	if err := tx.GetContext(ctx, &snapshot, `
		SELECT COALESCE(max(change_no), 0)
		FROM   responses
		WHERE  organisation_id = $1 AND survey_id = ANY ($2) AND answered_hour < $3`,
		by.Org, pq.Array(ids), p.To.AddDays(1).In(p.Zone)); err != nil {
		return 0, fmt.Errorf("reading the snapshot: %w", err)
	}
	// The ledger's lock puts those who release the same at the same moment one after the other: the table leaves once.
	if err := a.Ledger.Record(ctx, tx, by, "table.released", object(p), nil, logged(p)); err != nil {
		return 0, err
	}
	id, added, err := p.Register(ctx, tx, logged(p), snapshot)
	if err != nil || !added {
		return id, err // released before, as it is: nothing is written, not even to the audit trail
	}
	return id, tx.Commit()
}
