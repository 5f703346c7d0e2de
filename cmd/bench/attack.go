package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"yousaid/analytics/attack"
	"yousaid/analytics/disclosure"
	"yousaid/analytics/disclosuretest"
)

// attack sets the attacker on as many generated tables as asked for, and on those of shared/data where it is, protected the
// product's way and, beside it, the greedy way. An error where it finds anything.
func (b *bench) attack(ctx context.Context) error {
	fmt.Printf("Hiding: %d generated tables, and real ones, protected, written, read again and attacked by independent code\n", b.Tables)
	generated, err := b.attackGenerated(ctx)
	if err != nil {
		return err
	}
	real := realCases()
	realOurs := attackCases(real, true)
	council, err := disclosuretest.Council(20_000, 1)
	if err != nil {
		return err
	}
	counciled := attackCases(council, false)
	generated.print()
	printTally("the simulated council, 20,000 responses", counciled)
	if len(real) > 0 {
		printTally("real, of shared/data", realOurs)
	} else {
		fmt.Println("  real tables: shared/data is not here")
	}
	all := disclosuretest.Tally{}
	for _, t := range []disclosuretest.Tally{generated.ours, generated.singletons, counciled, realOurs} {
		if t.First != "" {
			fmt.Println("  found first:", t.First)
		}
		for _, why := range t.Why[:min(2, len(t.Why))] {
			fmt.Println("  refused:", why)
		}
		all.Add(t)
	}
	timeLargeTables()
	fmt.Println()
	if all.Attacked == 0 {
		return errors.New("the attacker judged nothing: no table was generated, or all were refused")
	}
	if all.ExactlyDisclosed+all.Unknown+all.TooNarrow+all.Contradicted+all.Disagreeing > 0 {
		return fmt.Errorf("the attacker found something: %s", all.First)
	}
	return nil
}

// attacked is what the attacker found in generated tables: protected the product's way, the greedy way, and with the knowledge
// of respondents who are singletons.
type attacked struct{ ours, greedy, singletons disclosuretest.Tally }

func (a attacked) print() {
	printTally("generated", a.ours)
	fmt.Printf("    as %d respondents of singletons (alone, or one of two, in a hidden cell) see every tenth table: %d exactly "+
		"disclosed, %d known not to be empty or enough, %d unknown of %d small places\n",
		a.singletons.Tables, a.singletons.ExactlyDisclosed, a.singletons.TooNarrow, a.singletons.Unknown, a.singletons.Attacked)
	printTally("generated, the greedy way", a.greedy)
}

// attackGenerated attacks the generated tables on all processors.
func (b *bench) attackGenerated(ctx context.Context) (attacked, error) {
	var found attacked
	var lock sync.Mutex
	var next, done atomic.Int64
	var workers sync.WaitGroup
	start := time.Now()
	for range runtime.NumCPU() {
		workers.Go(func() {
			for n := next.Add(1) - 1; n < int64(b.Tables) && ctx.Err() == nil; n = next.Add(1) - 1 {
				c := disclosuretest.Generate(uint64(n)) // never negative
				one := disclosuretest.Run(c, disclosuretest.Protected, false)
				var other disclosuretest.Tally
				if c.Linked == nil {
					other = disclosuretest.Run(c, disclosuretest.Greedy, false)
				}
				var known disclosuretest.Tally
				if n%10 == 9 {
					known = disclosuretest.Singletons(c, 20, attack.DefaultWork/2)
				}
				lock.Lock()
				found.ours.Add(one)
				found.greedy.Add(other)
				found.singletons.Add(known)
				lock.Unlock()
				if k := done.Add(1); k%2000 == 0 && k < int64(b.Tables) {
					fmt.Printf("  %d tables after %s\n", k, time.Since(start).Round(time.Second))
				}
			}
		})
	}
	workers.Wait()
	return found, ctx.Err()
}

func attackCases(list []disclosuretest.Case, exact bool) (found disclosuretest.Tally) {
	for _, c := range list {
		found.Add(disclosuretest.Run(c, disclosuretest.Protected, exact))
	}
	return found
}

// timeLargeTables prints how long large tables take to be protected and proved.
func timeLargeTables() {
	fmt.Println("\n  Time for large tables, one after the other:")
	for _, shape := range [][]int{{40, 50}, {20, 10, 10}} {
		for _, people := range []int{20_000, 100_000} {
			large := disclosuretest.Large(shape, people)
			start := time.Now()
			table, _, err := disclosure.Prove(large.Lattice, large.Rules)
			took := time.Since(start)
			if err != nil {
				fmt.Printf("  %-42s %8.2f s  refused: %v\n", large.Name, took.Seconds(), err)
				continue
			}
			fmt.Printf("  %-42s %8.2f s  %d places hidden\n", large.Name, took.Seconds(), table.Hidden())
		}
	}
}

func printTally(name string, t disclosuretest.Tally) {
	fmt.Printf("  %s: %d tables, %d refused, %d hidden whole\n", name, t.Tables, t.Refused, t.Empty)
	fmt.Printf("    %d places, %d small, %d hidden: %.2f beyond the small ones for each of them\n", t.Aggregates, t.Primary, t.Hidden,
		float64(t.Hidden-t.Primary)/float64(max(1, t.Primary)))
	fmt.Printf("    %d exactly disclosed, %d unknown of %d hidden places attacked; %d known not to be empty or enough; %d judged by "+
		"tables of the proof; %d tables of proofs disagree\n",
		t.ExactlyDisclosed, t.Unknown, t.Attacked, t.TooNarrow, t.Witnessed, t.Disagreeing)
	fmt.Printf("    protecting %.1f s, attacking %.1f s\n", t.Protecting.Seconds(), t.Attacking.Seconds())
}

// realCases are the tables of the suppression reference, where they are beside the repository.
func realCases() (list []disclosuretest.Case) {
	files, _ := filepath.Glob(filepath.Join("..", "shared", "data", "09_suppression_reference", "*_input_cells.csv"))
	for _, file := range files {
		l, err := readCells(file)
		if err != nil {
			fmt.Printf("  %s: %v\n", filepath.Base(file), err)
			continue
		}
		c := disclosuretest.Case{Name: strings.TrimSuffix(filepath.Base(file), "_input_cells.csv"), Lattice: l,
			Rules: disclosure.Rules{Threshold: 5}}
		list = append(list, c)
		c.Rules = disclosure.Rules{Equality: true}
		list = append(list, c)
		if len(l.Dimensions) == 3 {
			c.Linked = []string{l.Dimensions[0].ID, l.Dimensions[1].ID}
			list = append(list, c)
		}
	}
	return list
}

func readCells(file string) (disclosure.Lattice, error) {
	f, err := os.Open(file)
	if err != nil {
		return disclosure.Lattice{}, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return disclosure.Lattice{}, err
	}
	l := disclosure.Lattice{Answers: []disclosure.Answer{{Code: "n"}}}
	dims, cells := len(rows[0])-1, 1
	for i := range dims {
		d := disclosure.Dimension{ID: rows[0][i]}
		for _, r := range rows[1:] {
			if !slices.Contains(d.Codes, r[i]) {
				d.Codes = append(d.Codes, r[i])
			}
		}
		l.Dimensions = append(l.Dimensions, d)
		cells *= len(d.Codes)
	}
	l.Counts = make([]int64, cells)
	for _, r := range rows[1:] {
		at := 0
		for i, d := range l.Dimensions {
			at = at*len(d.Codes) + slices.Index(d.Codes, r[i])
		}
		n, err := strconv.ParseInt(r[dims], 10, 64)
		if err != nil {
			return l, err
		}
		l.Counts[at] += n
	}
	return l, nil
}
