// Package linked proves a table together with the releases that count some of the same people: linked tables, as disclosure control
// calls them. It finds these in the register, builds the finest table behind them all, and asks analytics/disclosure for the proof.
package linked

import (
	"context"
	"errors"
	"slices"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/crosstab"
	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/register"
	"yousaid/analytics/tables"
	"yousaid/analytics/tabulate"
)

// Prover proves tables.
type Prover struct {
	Engine  tabulate.Engine // counts the finest table behind a new one and the releases beside it
	Proofs  *Proofs         // those that are kept
	Proving func()          // hears of each proof that is worked out; may be nil
}

// tableProof is the proof of one table while it is worked out.
type tableProof struct {
	Prover
	tx      *sqlx.Tx
	table   *crosstab.Table
	lattice disclosure.Lattice
	rules   disclosure.Rules
	answer  Proved
}

// Prove makes of a table that was counted the one that may be shown. One for the public is proved together with what is out already
// about some of the same answers, and about the same people. It returns a refusal, or the database's error.
func (p Prover) Prove(ctx context.Context, tx *sqlx.Tx, t *crosstab.Table, rules disclosure.Rules) (Proved, error) {
	w := tableProof{Prover: p, tx: tx, table: t, lattice: t.Lattice(), rules: rules}
	w.answer = Proved{Protected: tables.Protected{Frame: t.Frame}, Counts: t.Counts, org: t.Org, rows: t.Codebook.Rows()}
	err := w.prove(ctx)
	w.answer.Lattices = w.answer.proof.Lattices()
	return w.answer, err
}

func (w *tableProof) prove(ctx context.Context) (err error) {
	var known priorReleases
	if w.table.Frame.Query.Audience == figures.Public {
		if known, err = readPriorReleases(ctx, w.tx, w.table); err != nil {
			return err
		}
	}
	w.answer.priorIDs = known.ids()
	for _, r := range slices.Concat(known.same, known.other) {
		r.useCurrentCodes(w.table.Codebook)
	}
	if w.table.Frame.Query.Rounded {
		w.answer.Table, err = disclosure.Round(w.lattice, w.rules)
		w.answer.Limits = []string{"The counts are rounded at random and audited within this table, by what every printed number can " +
			"stand for. They are not proved together with other rounded tables."}
		return refusal.From(err)
	}
	if same := unchanged(w.table, known.same, w.rules); same != nil {
		return w.rerelease(ctx, same)
	}
	err = w.proveLinkedTables(ctx, known)
	return addOtherPeriods(refusal.From(err), w.table.Frame, slices.Concat(known.same, known.other))
}

// rerelease gives the very same table again, with its proof, also where it was withdrawn.
func (w *tableProof) rerelease(ctx context.Context, same *priorRelease) (err error) {
	if w.answer.Table, err = disclosure.Rerelease(w.lattice, w.rules, same.printed); err != nil {
		return refusal.From(err)
	}
	w.answer.rereleaseOf = same.ID
	_, w.answer.proof, _, err = register.Proof(ctx, w.tx, w.table.Org, same.ID)
	w.answer.AuditedWith = same.Record.AuditedWith
	return err
}

// proveLinkedTables proves a table beside what is out about the same answers, and then beside what is out about other
// questions; what it must hide for these it hides from the first on.
func (w *tableProof) proveLinkedTables(ctx context.Context, known priorReleases) error {
	prove, err := w.proofWithLinked(ctx, known.same)
	if err != nil {
		return err
	}
	if w.answer.Table, w.answer.proof, err = prove(nil); err != nil || known.other == nil {
		return namePriorReleases(err, known.same)
	}
	hide, err := w.suppressForLinkedQuestions(ctx, known.other)
	if err != nil || hide == nil {
		return namePriorReleases(err, known.other)
	}
	w.answer.Table, w.answer.proof, err = prove(hide)
	return namePriorReleases(err, known.other)
}

// namePriorReleases says beside which releases no proof was found where the search ended without knowing which of them stand against it.
func namePriorReleases(err error, list []*priorRelease) error {
	var b disclosure.LinkageError
	unnamed := errors.As(err, &b) && len(b.Prior) == 0
	if !unnamed && !errors.Is(err, disclosure.ErrUnproven) || len(list) == 0 {
		return err
	}
	return disclosure.LinkageError{Prior: priorReleases{same: list}.ids()}
}

// proofWithLinked prepares the proof of a table by itself, or together with the releases about the same question; given
// aggregates to hide in any case, it hides them.
func (w *tableProof) proofWithLinked(ctx context.Context, list []*priorRelease) (
	func(hide [][]string) (disclosure.Table, disclosure.Proof, error), error) {
	if len(list) == 0 {
		return func(hide [][]string) (disclosure.Table, disclosure.Proof, error) {
			if hide == nil {
				return w.proveAlone()
			}
			return w.proveLinked(disclosure.Joint{Lattice: w.lattice, Hidden: hide,
				JointCodes: func(codes []string) []string { return codes }})
		}, nil
	}
	list = cloneReleases(list)
	dropIndependent(asRelease(w.table.Frame, w.table.Counts), list)
	j, err := w.buildJointTable(ctx, list)
	if err != nil {
		return nil, err
	}
	together, err := j.audit(&w.answer, list, w.rules)
	return func(hide [][]string) (disclosure.Table, disclosure.Proof, error) {
		together.Hidden = hide
		return w.proveLinked(together)
	}, err
}

// addOtherPeriods adds the days of a table before and after those of the releases beside which it was not proved.
func addOtherPeriods(err error, f figures.Frame, list []*priorRelease) error {
	var r refusal.Refusal
	if !errors.As(err, &r) || r.AuditedWith == nil || r.Why == refusal.RoundedOtherwise {
		return err
	}
	from, to := f.To.AddDays(1), f.From.AddDays(-1) // the days that they count
	for _, e := range list {
		if !slices.Contains(r.AuditedWith, e.ID) {
			continue
		}
		if first, err := figures.ParseDate(e.From); err == nil && first.Before(from) {
			from = first
		}
		if last, err := figures.ParseDate(e.To); err == nil && to.Before(last) {
			to = last
		}
	}
	if f.From.Before(from) {
		r.OtherPeriods = append(r.OtherPeriods, [2]figures.Date{f.From, from.AddDays(-1)})
	}
	if to.Before(f.To) {
		r.OtherPeriods = append(r.OtherPeriods, [2]figures.Date{to.AddDays(1), f.To})
	}
	return r
}
