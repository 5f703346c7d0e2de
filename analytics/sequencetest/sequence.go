// Package sequencetest tests sequences of releases as a reader of the files sees them: generated councils ask
// analytics.Ask for random sequences of releases about the same people, and the attack reads the files that left, all
// together. It is for tests and for the bench; nothing of a running site uses it.
package sequencetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics"
	"yousaid/analytics/attack"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
	"yousaid/analytics/workbook"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// Asked is one table of a sequence: the words that ask for it, and why it was refused; "" for one that left.
type Asked struct {
	Words, Refusal string
	Epoch          int
}

// Sequence is a council, what it asked for, and what the attack made of the files.
type Sequence struct {
	Seed    uint64
	Council string // its people and what happens to them, in words
	Asked   []Asked
	Left    []attack.Publication // the files that left, as they were read
	Report  attack.PeopleReport
	Alone   []attack.PeopleReport // of each file by itself, where they leak together
	Took    time.Duration         // of the attack
}

// Accepted counts the tables that left.
func (s Sequence) Accepted() (n int) {
	for _, a := range s.Asked {
		if a.Refusal == "" {
			n++
		}
	}
	return n
}

// String tells what it takes to see a sequence again, and what came out.
func (s Sequence) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d: %s\n", s.Seed, s.Council)
	left := 0
	for _, a := range s.Asked {
		if a.Refusal != "" {
			fmt.Fprintf(&b, "  refused:       %s\n                 %s\n", a.Words, a.Refusal)
			continue
		}
		left++
		fmt.Fprintf(&b, "  publication %d: %s\n", left, a.Words)
	}
	fmt.Fprintf(&b, "  %s\n", s.Report)
	leaks := s.Report.Leaks()
	for i, f := range leaks {
		if i == 4 {
			fmt.Fprintf(&b, "  and %d more\n", len(leaks)-i)
			break
		}
		fmt.Fprintf(&b, "  %s\n", f)
	}
	for i, one := range s.Alone {
		if leaks := one.Leaks(); len(leaks) > 0 {
			leaks[0].Publication = i
			fmt.Fprintf(&b, "  by itself: %d, the first: %s\n", len(leaks), leaks[0])
		}
	}
	return b.String()
}

// Tally counts what sequences came to.
type Tally struct {
	Sequences, Accepted, Refused int
	Together                     int // sequences of which two tables or more left
	Hidden, Answers, Parts       int // judged
	Single                       int // leaking sequences of which one file leaks by itself
	Leaking, Unknown, Unreadable int // sequences that give something away; numbers and sequences that could not be judged
	Leaks                        map[attack.Leak]int
	Took                         time.Duration
}

// Add counts a sequence.
func (t *Tally) Add(s Sequence) {
	t.Sequences++
	t.Took += s.Took
	t.Accepted += s.Accepted()
	t.Refused += len(s.Asked) - s.Accepted()
	if s.Accepted() > 1 {
		t.Together++
	}
	t.Hidden, t.Answers, t.Parts, t.Unknown = t.Hidden+s.Report.Hidden, t.Answers+s.Report.Answers, t.Parts+s.Report.Parts,
		t.Unknown+s.Report.Unknown
	if s.Report.Trouble != "" {
		t.Unreadable++
	}
	if leaks := s.Report.Leaks(); len(leaks) > 0 {
		t.Leaking++
		if slices.ContainsFunc(s.Alone, func(r attack.PeopleReport) bool { return len(r.Leaks()) > 0 }) {
			t.Single++
		}
		if t.Leaks == nil {
			t.Leaks = map[attack.Leak]int{}
		}
		for _, f := range leaks {
			t.Leaks[f.Leak]++
		}
	}
}

// String says the counts in three lines.
func (t Tally) String() string {
	return fmt.Sprintf(
		"%d sequences: %d releases left, %d were refused (%.0f %%); of %d sequences two or more left\n"+
			"judged: %d hidden numbers, %d held-back answers, %d differences and remainders; not judged: %d numbers, %d sequences\n"+
			"%d sequences leak (%d by one file alone): %d numbers disclosed, %d too narrow, %d held-back answers, %d remainders, %d "+
			"differences, %d rows that tell of somebody",
		t.Sequences,
		t.Accepted,
		t.Refused,
		100*float64(t.Refused)/float64(max(1, t.Accepted+t.Refused)),
		t.Together,
		t.Hidden,
		t.Answers,
		t.Parts,
		t.Unknown,
		t.Unreadable,
		t.Leaking,
		t.Single,
		t.Leaks[attack.Disclosed],
		t.Leaks[attack.TooNarrow],
		t.Leaks[attack.DistributionDisclosed],
		t.Leaks[attack.RemainderDisclosed],
		t.Leaks[attack.DifferenceDisclosed],
		t.Leaks[attack.RowDisclosed],
	)
}

// noLedger is an audit trail that nobody reads. It locks as the real one does: who writes an entry is alone with the
// organisation until the end of the transaction.
type noLedger struct{}

func (noLedger) Record(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, _, _ string, _, _ any) error {
	var no int64
	return tx.GetContext(ctx, &no, `SELECT last_no FROM feeds WHERE organisation_id = $1 FOR UPDATE`, by.Org)
}

// Now is the day on which all sequences ask: every month of theirs is over.
func Now() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// Run makes the council of a seed in the database, lets it ask, and attacks what left. The same seed is the same sequence
// with the same figures: disclosure key and ids are made from it. An error is one of the program or the database, never a
// refusal.
func Run(ctx context.Context, db tenant.DB, seed uint64) (Sequence, error) {
	plan := newPlan(seed)
	s := Sequence{Seed: seed, Council: plan.describe()}
	c, err := plan.createCouncil(ctx, db)
	if err != nil {
		return s, fmt.Errorf("making the council of seed %d: %w", seed, err)
	}
	ask := &analytics.Analytics{DB: db, Ledger: noLedger{}, Now: Now}
	var published []attack.Publication
	epoch := 0
	for i, q := range plan.queries {
		for epoch < plan.epochs[i] {
			epoch++
			if err := c.change(ctx, plan, epoch); err != nil {
				return s, fmt.Errorf("changing answers of seed %d: %w", seed, err)
			}
		}
		asked := Asked{Words: commandLine(q), Epoch: epoch}
		if epoch > 0 {
			asked.Words += fmt.Sprintf(" (after change %d)", epoch)
		}
		answer, err := ask.Ask(ctx, tenant.CommandLine(c.org), q)
		var refused refusal.Refusal
		switch {
		case errors.As(err, &refused):
			asked.Refusal = refused.Error()
		case err != nil:
			return s, fmt.Errorf("asking for %s of seed %d: %w", asked.Words, seed, err)
		default:
			one, err := publish(answer.(tables.Protected), i%2 == 0)
			if err != nil {
				return s, fmt.Errorf("reading %s of seed %d: %w", asked.Words, seed, err)
			}
			one.Epoch = epoch
			published = append(published, one)
		}
		s.Asked = append(s.Asked, asked)
	}
	s.Left = published
	if len(published) == 0 {
		return s, nil
	}
	start := time.Now()
	o := attack.PeopleOptions{Options: attack.Options{Budget: 10 * time.Minute}, Changes: plan.changes, Truth: plan.people}
	s.Report = attack.People(plan.questionnaire(), published, o)
	for i := range published {
		if len(s.Report.Leaks()) > 0 {
			s.Alone = append(s.Alone, attack.People(plan.questionnaire(), published[i:i+1], o))
		}
	}
	s.Took = time.Since(start)
	return s, nil
}

// publish writes a release as its file, JSON or CSV, and reads that again. What it counts stands on its page: the
// question, the surveys and the months.
func publish(p tables.Protected, asJSON bool) (attack.Publication, error) {
	var file bytes.Buffer
	name := "table.csv"
	if asJSON {
		name = "table.json"
		raw, err := json.Marshal(p.CellsWithTotal())
		if err != nil {
			return attack.Publication{}, err
		}
		file.Write(raw)
	} else if err := tablefile.WriteCSV(&file, workbook.Book(p, wording.English, "Ask us.", Now())); err != nil {
		return attack.Publication{}, err
	}
	tables, err := attack.Read(name, file.Bytes())
	if err != nil {
		return attack.Publication{}, err
	}
	one := attack.Publication{Table: tables[0], Measure: p.Query.Measure, From: p.From.String()[:7], To: p.To.String()[:7]}
	for _, s := range p.Surveys {
		one.Surveys = append(one.Surveys, s.Slug)
	}
	return one, nil
}

// commandLine is the arguments of the command that asks for a table.
func commandLine(q figures.Query) string {
	out := "table --survey " + strings.Join(
		q.Surveys,
		" --survey ",
	) + " --measure " + q.Measure + " --by " + strings.Join(
		q.By,
		",",
	) + " --from " + q.From.String() + " --to " + q.To.String()
	if q.Subtotals {
		out += " --subtotals"
	}
	if q.Rounded {
		out += " --rounded"
	}
	return out + " --audience public"
}
