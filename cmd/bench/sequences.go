package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"yousaid/analytics/outside"
	"yousaid/surveys/tenant"
)

// mostLeaking is how many of the sequences that give something away are printed.
const mostLeaking = 10

// sequences lets made-up councils release tables about the same people, one after the other, and attacks all files of each together.
func (b *bench) sequences(ctx context.Context) (err error) {
	fmt.Printf("Releases beside releases: %d made-up councils ask for tables, and the files of each are attacked together, from the questionnaire and the files alone\n", b.Follow)
	p, err := openPlace(ctx, b.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	tabulate, err := pool(ctx, p.cluster.TabulateDSN())
	if err != nil {
		return err
	}
	defer tabulate.Close()
	db := tenant.New(p.app).Tabulating(tabulate)
	var all outside.Tally
	var failed error
	var leaking []outside.Sequence
	var lock sync.Mutex
	var next atomic.Int64
	var workers sync.WaitGroup
	start := time.Now()
	for range runtime.NumCPU() {
		workers.Go(func() {
			for n := next.Add(1) - 1; n < int64(b.Follow) && ctx.Err() == nil; n = next.Add(1) - 1 {
				s, err := outside.Run(ctx, db, uint64(n)) // never negative
				lock.Lock()
				if err != nil {
					failed = errors.Join(failed, err)
					lock.Unlock()
					return
				}
				all.Add(s)
				if len(s.Report.Leaks()) > 0 || s.Report.Trouble != "" {
					leaking = append(leaking, s)
				}
				if all.Sequences%200 == 0 && all.Sequences < b.Follow {
					fmt.Printf("  %d sequences after %s\n", all.Sequences, time.Since(start).Round(time.Second))
				}
				lock.Unlock()
			}
		})
	}
	workers.Wait()
	slices.SortFunc(leaking, func(a, b outside.Sequence) int { return cmp.Compare(a.Seed, b.Seed) })
	for _, s := range leaking[:min(len(leaking), mostLeaking)] {
		fmt.Print(s)
	}
	if failed = errors.Join(failed, ctx.Err()); failed != nil {
		return failed
	}
	fmt.Printf("%s\n%.0f s, of which attacking %.0f s of processors\n\n", all, time.Since(start).Seconds(), all.Took.Seconds())
	switch {
	case all.Hidden+all.Answers+all.Parts == 0:
		return errors.New("no number was judged: nothing left, or nothing could be read")
	case all.Leaking > 0 || all.Unreadable > 0:
		return fmt.Errorf("%d of %d sequences give something away, and %d could not be read", all.Leaking, all.Sequences, all.Unreadable)
	}
	return nil
}
