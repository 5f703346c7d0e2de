// Package analytics understands what everyone answered: Ask is the only way to a figure.
package analytics

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/register"
	"yousaid/analytics/tables"
	"yousaid/analytics/tabulate"
	"yousaid/analytics/tabulate/sql"
	"yousaid/surveys/permission"
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

	proofs proofCache
}

func (a *Analytics) engine() tabulate.Engine {
	if a.Engine != nil {
		return a.Engine
	}
	return sql.Engine{}
}

// provedTable is a protected table with what the register keeps of it when it leaves.
type provedTable struct {
	tables.Protected
	proof       disclosure.Proof
	counts      register.Coverage
	rows        map[string]map[string]string // by dimension and code: the database's id of a service or directorate
	priorIDs    []int64                      // the earlier releases that were there
	rereleaseOf int64                        // the release of this very table; 0 for none
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
		p := answer.(provedTable)
		var err error
		if p.Release, err = a.release(ctx, by, p); !errors.Is(err, errOvertaken) {
			return p.Protected, err
		}
	}
	return tables.Protected{}, refusal.New(refusal.AboutNothing, "",
		"refusal.others_are_releasing_tables|Others are releasing tables about the same answers just now. Try again in a minute.")
}

// errOvertaken says that a table about the same answers left while this one was audited.
var errOvertaken = errors.New("another release was first")

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
func (a *Analytics) recordViews(ctx context.Context, by tenant.Actor, seen []provedTable) error {
	tx, err := a.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, p := range seen {
		if err := a.Ledger.Record(ctx, tx, by, "equality.asked", p.object(), nil, p.logged()); err != nil {
			return fmt.Errorf("logging the query: %w", err)
		}
	}
	return tx.Commit()
}

// logged is what the audit table and the register keep of a query. The number of the last change is not in it: beside
// the time of an audit entry it would tell more finely than the hour when people answered.
func (p provedTable) logged() map[string]any {
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
		"surveys": slugs, "measure": p.counts.Measure(p.Query.Measure), "by": p.Query.By, "where": where,
		"from": p.From, "to": p.To, "audience": p.Query.Audience, "subtotals": p.Query.Subtotals, "rounded": p.Query.Rounded,
	}
}

func (p provedTable) object() string {
	if len(p.Surveys) == 1 {
		return "survey " + p.Surveys[0].Slug
	}
	return fmt.Sprintf("%d surveys", len(p.Surveys))
}

// release writes what leaves the building to the register, with the cells as they left.
func (a *Analytics) release(ctx context.Context, by tenant.Actor, p provedTable) (int64, error) {
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
	if err := a.Ledger.Record(ctx, tx, by, "table.released", p.object(), nil, p.logged()); err != nil {
		return 0, err
	}
	t := &table{org: by.Org, frame: p.Frame, counts: p.counts}
	now, err := t.readPriorReleases(ctx, tx)
	if err != nil {
		return 0, err
	}
	if !slices.Equal(now.ids(), p.priorIDs) {
		return 0, errOvertaken
	}
	id, added, err := register.Add(ctx, tx, by.Org, register.New{Query: p.logged(), From: p.From.String(), To: p.To.String(),
		Snapshot: snapshot, Threshold: p.Table.Rules().Threshold, Cells: p.CellsWithTotal(),
		Record: p.record(), Counts: p.counts.Questions, Proof: p.proof, RereleaseOf: p.rereleaseOf})
	if err != nil || !added {
		return id, err // released before, as it is: nothing is written, not even to the audit trail
	}
	return id, tx.Commit()
}

// checkProtected holds the rules of DATA.md for tables that need protection, and fills in the period.
func (t *table) checkProtected(by tenant.Actor, now time.Time, first figures.Date) error {
	if t.equality && !permission.Holds(by, permission.SeeEquality) {
		return refusal.ErrNotAllowed
	}
	if len(t.by) == 0 {
		return refusal.New(refusal.AboutSplit, "", "refusal.choose_one_dimension_to|Choose one dimension to split this table by.")
	}
	if t.frame.Query.Rounded && t.frame.Query.Audience != figures.Public {
		return refusal.New(refusal.AboutNothing, "", "refusal.counts_are_rounded_only|Counts are rounded only in tables for the public.")
	}
	for _, d := range t.by {
		if d.Overlaps {
			return refusal.New(refusal.AboutSplit, d.ID,
				"refusal.lets_people_choose_several|%s lets people choose several answers, so its rows do "+
					"not add up. Ask for one answer at a time: split by %s:%s, and so on. What leaves is protected together.", d.ID, d.ID, d.Codes[0].Code)
		}
		if slices.Contains([]string{"week", "day"}, d.ID) {
			return refusal.New(refusal.AboutSplit, d.ID,
				"refusal.a_protected_table_counts|A protected table counts whole months: split it by month "+
					"instead of %s.", d.ID)
		}
	}
	if err := t.refuseDependentDimensions(); err != nil {
		return err
	}
	if t.frame.Measure.Number || t.frame.Measure.Several {
		return refusal.New(refusal.AboutMeasure, "",
			"refusal.cannot_be_protected_yet|%s cannot be protected yet: choose a question with one "+
				"answer from a list.", t.frame.Measure.Code)
	}
	if t.frame.Query.Audience == figures.Public && len(t.frame.Query.Where) > 0 {
		return refusal.New(refusal.AboutFilter, t.frame.Query.Where[0].Dimension,
			"refusal.a_public_table_counts|A public table counts every response of its months: take the filter on %s "+
				"away.", t.frame.Query.Where[0].Dimension)
	}
	if len(t.frame.Query.Where) > 1 {
		return refusal.New(refusal.AboutFilter, "",
			"refusal.a_table_with_an|A table with an equality group may have one filter at the most, on "+
				"service, channel or access point.")
	}
	for _, f := range t.frame.Query.Where {
		if !slices.Contains([]string{"service", "channel", "access_point"}, f.Dimension) || len(f.Values) > 1 {
			return refusal.New(refusal.AboutFilter, f.Dimension,
				"refusal.a_table_with_an_equality|A table with an equality group may have one filter at the most, on one service, one "+
					"channel or one access point. Take the filter on %s away.", f.Dimension)
		}
	}
	return t.closedMonths(now, first)
}

// closedMonths makes the period whole months that are over: an open month could be asked again after one more answer.
func (t *table) closedMonths(now time.Time, first figures.Date) error {
	today := figures.DateOf(now.In(t.frame.Zone))
	lastClosed := figures.Date{Year: today.Year, Month: today.Month, Day: 1}.AddDays(-1)
	if t.frame.From.IsZero() {
		t.frame.From = first
		if first.IsZero() || lastClosed.Before(first) {
			t.frame.From = lastClosed
		}
		t.frame.From.Day = 1
	}
	if t.frame.To.IsZero() {
		t.frame.To = lastClosed
	}
	switch {
	case !t.frame.From.StartsMonth():
		return refusal.New(refusal.AboutFrom, "",
			"refusal.this_table_counts_whole|This table counts whole months: let it start on the first of a "+
				"month, not on %s.", t.frame.From)
	case !t.frame.To.EndsMonth():
		return refusal.New(refusal.AboutTo, "",
			"refusal.this_table_counts_whole_months|This table counts whole months: let it end on the last day "+
				"of a month, not on %s.", t.frame.To)
	case lastClosed.Before(t.frame.To):
		return refusal.New(refusal.AboutTo, "",
			"refusal.this_table_counts_months|This table counts months that are over. %s is not over yet: the "+
				"last day you can ask for is %s.", t.frame.To, lastClosed)
	case t.frame.To.Before(t.frame.From):
		return refusal.New(refusal.AboutTo, "",
			"refusal.the_period_ends_before|The period ends (%s) before it begins (%s).", t.frame.To, t.frame.From)
	}
	t.counts.From, t.counts.To = t.frame.From.String(), t.frame.To.String()
	return nil
}
