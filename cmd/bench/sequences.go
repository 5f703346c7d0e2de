package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"yousaid/analytics/sequencetest"
	"yousaid/surveys/tenant"
)

// sequences lets made-up councils release tables about the same people, one after the other, and attacks all files of each together.
func (b *bench) sequences(ctx context.Context) (err error) {
	seeds := b.Seeds
	for i := range uint64(max(0, b.Follow)) {
		if b.Seeds == nil {
			seeds = append(seeds, b.First+i)
		}
	}
	fmt.Printf("Releases beside releases: %d generated councils ask for tables, and the files of each are attacked together, from "+
		"the questionnaire and the files alone\n", len(seeds))
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
	var all sequencetest.Tally
	var failed error
	var leaking []uint64
	var lock sync.Mutex
	var next atomic.Int64
	var workers sync.WaitGroup
	start := time.Now()
	for range max(1, b.Workers) {
		workers.Go(func() {
			for n := next.Add(1) - 1; n < int64(len(seeds)) && ctx.Err() == nil; n = next.Add(1) - 1 {
				s, err := sequencetest.Run(ctx, db, seeds[n])
				lock.Lock()
				if err != nil {
					failed = errors.Join(failed, err)
					lock.Unlock()
					return
				}
				all.Add(s)
				leaks := len(s.Report.Leaks()) > 0 || s.Report.Trouble != ""
				if leaks {
					leaking = append(leaking, s.Seed)
				}
				if leaks || b.Seeds != nil {
					fmt.Print(s)
				}
				if all.Sequences%100 == 0 && all.Sequences < len(seeds) {
					fmt.Printf("  %d sequences after %s\n", all.Sequences, time.Since(start).Round(time.Second))
				}
				lock.Unlock()
			}
		})
	}
	workers.Wait()
	slices.Sort(leaking)
	if failed = errors.Join(failed, ctx.Err()); failed != nil {
		return failed
	}
	fmt.Printf("%s\n%.0f s, of which attacking %.0f s of processors\n\n", all, time.Since(start).Seconds(), all.Took.Seconds())
	switch {
	case all.Hidden+all.Answers+all.Parts == 0:
		return errors.New("no number was judged: nothing left, or nothing could be read")
	case len(leaking) > 0:
		return fmt.Errorf("%d of %d sequences give something away, and %d could not be read: seeds %v", all.Leaking, all.Sequences,
			all.Unreadable, leaking)
	}
	return nil
}
