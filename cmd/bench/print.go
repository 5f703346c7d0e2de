package main

import (
	"fmt"
	"strings"
)

// of gathers one figure of each round.
func of(rounds []result, figure func(result) float64) []float64 {
	var all []float64
	for _, r := range rounds {
		all = append(all, figure(r))
	}
	return all
}

func rate(r result) float64 { return r.Rate }

func millis(p float64) func(result) float64 {
	return func(r result) float64 { return float64(r.percentile(p).Microseconds()) / 1000 }
}

// printTable prints the medians of each way.
func printTable(names []string, results [][]result) {
	fmt.Printf("  %-34s %12s %10s %10s %14s\n", "", "requests/s", "p50 ms", "p99 ms", "cpu µs each")
	for i, name := range names {
		fmt.Printf("  %-34s %12.0f %10.2f %10.2f %14.0f\n", name,
			median(of(results[i], rate)), median(of(results[i], millis(0.5))), median(of(results[i], millis(0.99))),
			median(of(results[i], func(r result) float64 { return r.CPU })))
	}
}

// printRatio compares two ways round by round, which cancels what the machine was doing besides.
func printRatio(name string, ours, theirs []result, target float64) {
	var ratios []float64
	for i := range ours {
		if theirs[i].Rate > 0 {
			ratios = append(ratios, ours[i].Rate/theirs[i].Rate)
		}
	}
	m := median(ratios)
	fmt.Printf("  ratio %-28s %12.2f   (at least %.1f: %s)   rounds: %s\n", name, m, target, verdict(m >= target), list(ratios))
}

// printTail tells how much longer the slowest hundredth waits than the middle one.
func printTail(ours []result, target float64) {
	var ratios []float64
	for _, r := range ours {
		if p50 := r.percentile(0.5); p50 > 0 {
			ratios = append(ratios, float64(r.percentile(0.99))/float64(p50))
		}
	}
	m := median(ratios)
	fmt.Printf("  ratio %-28s %12.2f   (at most %.1f: %s)   rounds: %s\n", "p99 to p50", m, target, verdict(m <= target), list(ratios))
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "NOT MET"
}

func list(figures []float64) string {
	var s []string
	for _, f := range figures {
		s = append(s, fmt.Sprintf("%.2f", f))
	}
	return strings.Join(s, " ")
}
