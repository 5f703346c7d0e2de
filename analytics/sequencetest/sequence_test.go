package sequencetest

import (
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"yousaid/migrations/pgtest"
	"yousaid/surveys/tenant"
)

// run makes so many sequences, from a seed on.
func run(t *testing.T, from, n uint64) (all Tally, list []Sequence) {
	t.Helper()
	made := pgtest.New(t)
	db := tenant.New(made.App()).Tabulating(made.Tabulate())
	var lock sync.Mutex
	var next atomic.Uint64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < n; i = next.Add(1) - 1 {
				s, err := Run(t.Context(), db, from+i)
				if err != nil {
					t.Error(err)
					return
				}
				lock.Lock()
				all.Add(s)
				list = append(list, s)
				lock.Unlock()
			}
		})
	}
	workers.Wait()
	return all, list
}

// A hundred councils release tables about the same people, one after the other, and whoever reads all the files that left
// finds nobody. The attack must have had something to read and to judge: a sequence of which everything was refused proves
// nothing.
func TestSequencesOfReleases(t *testing.T) {
	t.Parallel()
	all, list := run(t, 0, 100)
	for _, s := range list {
		if s.Report.Trouble != "" || len(s.Report.Leaks()) > 0 {
			t.Errorf("%s", s)
		}
	}
	t.Logf("%s", all)
	judged := all.Hidden + all.Answers + all.Parts
	switch {
	case all.Sequences != 100 || all.Accepted < 200 || all.Together < 60:
		t.Error("too little leaves")
	case all.Hidden < 1000 || all.Answers < 100 || all.Parts < 1000 || all.Unreadable > 0:
		t.Error("too little was judged")
	case all.Unknown*20 > judged:
		t.Error("more than one number in twenty could not be judged")
	}
}

// The same seed is the same council and the same queries.
func TestASeedIsOnePlan(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		one, again := newPlan(seed), newPlan(seed)
		one.dice, again.dice = nil, nil
		if !reflect.DeepEqual(one, again) {
			t.Errorf("seed %d: %+v, and then %+v", seed, one, again)
		}
	}
}

// The same seed is the same files, in any database and after any other organisation: the figures of one run are those of the next.
func TestASeedIsOneSequence(t *testing.T) {
	t.Parallel()
	seeds := []uint64{1, 3, 6, 13, 14, 195} // two surveys, changed answers, and rounded tables among them
	var found [2][]Sequence
	for i := range found {
		made := pgtest.New(t)
		for _, seed := range seeds {
			s, err := Run(t.Context(), tenant.New(made.App()).Tabulating(made.Tabulate()), seed)
			if err != nil {
				t.Fatal(err)
			}
			found[i] = append(found[i], s)
		}
		slices.Reverse(seeds)
	}
	slices.Reverse(found[1])
	for i, one := range found[0] {
		again := found[1][i]
		if len(one.Left) == 0 {
			t.Errorf("nothing of seed %d left", one.Seed)
		}
		if !reflect.DeepEqual(one.Left, again.Left) || !reflect.DeepEqual(one.Report, again.Report) {
			t.Errorf("the first database published\n%s\nand the second\n%s", one, again)
		}
	}
}

// Sequences that gave something away before, whichever the reason, and refusals that name what they are about.
func TestSequencesThatLeaked(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{
		101, // a group whose answers are held back, in a total in which nobody gave one of them
		188, // a hidden number that late answers, as far as they are printed, do not account for
		661, // a month of one survey, and of two
		195, // a month before and after three answers of it were taken back
	} {
		_, list := run(t, seed, 1)
		for _, s := range list {
			if s.Report.Trouble != "" || len(s.Report.Leaks()) > 0 || len(s.Left) == 0 {
				t.Errorf("%s", s)
			}
			for _, a := range s.Asked {
				if strings.Contains(a.Refusal, "beside ,") || strings.Contains(a.Refusal, "does not agree") {
					t.Errorf("seed %d, %s: %s", seed, a.Words, a.Refusal)
				}
			}
		}
	}
}
