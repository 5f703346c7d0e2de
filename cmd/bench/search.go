package main

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"yousaid/surveys/responses"
	"yousaid/surveys/tenant"
)

const (
	readers   = 64  // each in a network of its own, behind a trusted proxy
	keepsRate = 0.8 // of the rate at which answers are stored while nobody searches
)

// search measures how many answers are stored while readers ask for pages with words that nobody has asked for, against the same
// without readers: in turns, in one run.
func (b *bench) search(ctx context.Context, p *place) error {
	fmt.Printf("\nSending forms while %d readers, each in a network of its own, search for random words\n", readers)
	names := []string{"nobody searches", strconv.Itoa(readers) + " readers search"}
	for _, connections := range b.Connect {
		results := make([][]result, len(names))
		var found, refused int64
		var most int64
		for round := range b.Rounds {
			for turn := range names {
				i := (round + turn) % len(names)
				r, read, memory, err := b.searchOnce(ctx, p, connections, i == 1)
				if err != nil {
					return fmt.Errorf("%s, %d connections: %w", names[i], connections, err)
				}
				results[i] = append(results[i], r)
				found, refused, most = found+read.Forms, refused+read.Comments, max(most, memory)
			}
		}
		fmt.Printf("\n%d connections\n", connections)
		printTable(names, results)
		printRatio("to nobody searching", results[1], results[0], keepsRate)
		fmt.Printf("  searches answered %d, refused %d; memory of the program at most %d MB over what it was before the searches\n",
			found, refused, most>>20)
	}
	return nil
}

// searchOnce lets customers send, with readers beside them or without, and tells what became of both and how much memory the
// program took besides.
func (b *bench) searchOnce(ctx context.Context, p *place, connections int, searched bool) (sent, read result, memory int64, err error) {
	c, err := p.council(ctx)
	if err != nil {
		return sent, read, 0, err
	}
	if err := p.publishItems(ctx, c); err != nil {
		return sent, read, 0, err
	}
	collector := responses.NewCollector(tenant.New(p.app), p.keys, responses.Options{})
	site, err := handler(ctx, p, collector)
	if err != nil {
		return sent, read, 0, err
	}
	before, err := resident()
	if err != nil {
		return sent, read, 0, err
	}
	err = serving(site, func(addr string) error {
		over := make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() { memory = mostResident(over) })
		var searchErr error
		if searched {
			all.Go(func() {
				read, searchErr = customers{Addr: addr, Connections: readers, Measure: b.Time, PIDs: p.pids(),
					Search: "/" + c.slug + "/you-said-we-did"}.send(ctx)
			})
		}
		sent, err = customers{Addr: addr, Connections: connections, Measure: b.Time, PIDs: p.pids(), Master: p.master, Org: c.org,
			Link: c.link, Version: c.version, Code: c.code}.send(ctx)
		close(over)
		all.Wait()
		if err == nil {
			err = searchErr
		}
		return err
	})
	if e := collector.Close(context.WithoutCancel(ctx)); err == nil {
		err = e
	}
	return sent, read, memory - before, err
}

// mostResident looks until it is over how much memory this program holds, in bytes.
func mostResident(over <-chan struct{}) (most int64) {
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		if now, err := resident(); err == nil {
			most = max(most, now)
		}
		select {
		case <-over:
			tick.Stop()
			return most
		case <-tick.C:
		}
	}
}
