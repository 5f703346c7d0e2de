// Package releaseaudit runs the attacker on a table of the register, long after it left: it brings together what is
// independent on purpose, the table with its proof and the attacker who knows neither how it was made nor who made it.
package releaseaudit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"yousaid/analytics/attack"
	"yousaid/analytics/releases"
)

// Auditor checks releases. Budget is how long it tries each time; 8 seconds when 0. Where Work is given, in the units of
// attack.Options, it counts instead of the time: tests say the same on every machine.
type Auditor struct {
	Budget time.Duration
	Work   int64
}

// Check reads the release as an outsider would, alone and beside the others that count the same people, tries to work out
// every hidden count, and adds up the whole tables of its proof again. What it printed is a sentence for people; holds
// says that nothing came out. A count that could not be judged in time is not called safe: then the whole tables must
// stand for it.
func (a Auditor) Check(r releases.Table, beside []releases.Table) (printed string, holds bool, err error) {
	own, err := table(r)
	if err != nil {
		return "", false, err
	}
	agree, all, err := checkProof(r, own)
	if err != nil {
		return "", false, err
	}
	enough, left, err := checkResiduals(r, own)
	if err != nil {
		return "", false, err
	}
	if left == 0 &&
		len(attack.WithoutSuppression([]attack.Table{own})) > 0 { // there is nothing to work out: what can be checked is what is printed
		return auditUnsuppressed(own, r.Threshold)
	}
	options := attack.Options{Threshold: r.Threshold, Budget: a.Budget, Work: a.Work}
	if options.Budget <= 0 && options.Work <= 0 {
		options.Budget = 8 * time.Second
	}
	report := attack.Attack([]attack.Table{own}, options)
	printed = fmt.Sprintf("The audit found: %s.", report.String())
	holds = report.Cells+left > 0 && report.ExactlyDisclosed == 0 && !report.Impossible && agree == all && enough == left &&
		(report.Unknown == 0 || all > 0)
	givesAway := false // beside others
	tables, numbers, apart := []attack.Table{own}, []string{}, 0
	for _, other := range beside {
		if other.ID == r.ID {
			continue
		}
		if !r.SameAnswers(other) {
			apart++
			continue
		}
		t, err := table(other)
		if err != nil {
			return "", false, err
		}
		tables, numbers = append(tables, t), append(numbers, fmt.Sprint(other.ID))
	}
	if len(tables) > 1 {
		options.Together = true
		both := attack.Attack(tables, options)
		printed += fmt.Sprintf(" Beside release %s: %s.", strings.Join(numbers, ", "), both.String())
		switch {
		case both.ExactlyDisclosed > 0 || both.Impossible:
			holds, givesAway = false, true
		case both.Unknown > 0: // the tables of the proof stand for this release alone
			holds = false
		}
	}
	if apart > 0 {
		printed += fmt.Sprintf(
			" Not attacked beside %d more that it was proved with: they count other answers, or were made before answers came or were taken back.",
			apart,
		)
	}
	if left > 0 {
		printed += fmt.Sprintf(
			" %d of %d tables of people show that what is left over, when answers that are printed are subtracted, is that of %d people or more.",
			enough,
			left,
			minResidualBase,
		)
	}
	if all > 0 {
		printed += fmt.Sprintf(" %d of %d whole tables of the proof agree with everything that is printed.", agree, all)
	}
	switch {
	case holds:
		return printed + " The release holds.", true, nil
	case report.ExactlyDisclosed == 0 && !report.Impossible && agree == all && enough == left && !givesAway:
		return printed + " The time of the audit ran out: that is no sign that anything is given away, and no proof that nothing is. " +
			"Check again when the machine is less busy.", false, nil
	}
	return printed + " The release does not hold: tell the data-protection officer.", false, nil
}

// auditUnsuppressed checks a table that hides nothing: each of its numbers is nobody, or as many as the threshold.
func auditUnsuppressed(t attack.Table, threshold int) (printed string, holds bool, err error) {
	if len(t.Rows) == 0 {
		return "Nothing was checked: the release has no cells. The release does not hold: tell the data-protection officer.", false, nil
	}
	if small := attack.SmallCells(t, threshold); len(small) > 0 {
		return fmt.Sprintf(
			"The release hides no number, and %d of its %d numbers are from 1 to %d. The release does not hold: tell the data-protection officer.",
			len(small),
			len(t.Rows),
			threshold-1,
		), false, nil
	}
	return fmt.Sprintf(
		"The release hides no number, so there is nothing to work out. Each of its %d numbers is %d or more, or 0. The release holds.",
		len(t.Rows),
		threshold,
	), true, nil
}

// table reads a release as it is printed, with the scores of its answers, which the questionnaire tells everybody.
func table(r releases.Table) (attack.Table, error) {
	cells, err := r.JSON()
	if err != nil {
		return attack.Table{}, err
	}
	type answer struct {
		Code      string             `json:"code"`
		Score     *float64           `json:"score,omitempty"`
		Satisfied *bool              `json:"satisfied,omitempty"`
		Weights   map[string]float64 `json:"weights,omitempty"`
	}
	printed := struct {
		Dimensions []string        `json:"dimensions"`
		Answers    []answer        `json:"answers"`
		Cells      json.RawMessage `json:"cells"`
	}{Dimensions: r.Query.By, Cells: cells}
	for _, a := range r.Measure.Answers {
		one := answer{Code: a.Code, Score: a.Score, Weights: r.Measure.Weights(a)}
		if r.Measure.HasShare {
			one.Satisfied = &a.Satisfied
		}
		printed.Answers = append(printed.Answers, one)
	}
	content, err := json.Marshal(printed)
	if err != nil {
		return attack.Table{}, err
	}
	tables, err := attack.Read(fmt.Sprintf("release-%d.json", r.ID), content)
	if err != nil {
		return attack.Table{}, err
	}
	return tables[0], nil
}

// dimension is one that a proof is split by.
type dimension struct {
	Codes []string `json:"codes"`
}

// keysOf are the attacker's keys of all combinations of codes, in the order of a proof's counts.
func keysOf(dimensions []dimension) []string {
	keys := []string{""}
	for i, d := range dimensions {
		var wider []string
		for _, key := range keys {
			for _, code := range d.Codes {
				if code == "" {
					code = attack.None
				}
				if i > 0 {
					code = attack.Key(key, code)
				}
				wider = append(wider, code)
			}
		}
		keys = wider
	}
	return keys
}

// checkProof counts the whole tables of the proof that agree with what is printed.
func checkProof(r releases.Table, printed attack.Table) (agree, all int, err error) {
	var kept struct {
		Dimensions []dimension       `json:"dimensions"`
		Answers    []json.RawMessage `json:"answers"`
		Proof      struct {
			Base   []int64      `json:"base"`
			Others [][][2]int64 `json:"others"`
		} `json:"proof"`
	}
	if err := json.Unmarshal(r.Proof(), &kept); err != nil {
		return 0, 0, fmt.Errorf("reading the proof of release %d: %w", r.ID, err)
	}
	if kept.Proof.Base == nil {
		return 0, 0, nil
	}
	keys := keysOf(kept.Dimensions)
	n := len(kept.Answers)
	if len(kept.Proof.Base) != len(keys)*n {
		return 0, 0, fmt.Errorf("the proof of release %d has %d counts for %d places and %d answers", r.ID, len(kept.Proof.Base), len(keys), n)
	}
	for i := range 1 + len(kept.Proof.Others) {
		counts := slices.Clone(kept.Proof.Base)
		if i > 0 {
			for _, d := range kept.Proof.Others[i-1] {
				if d[0] < 0 || d[0] >= int64(len(counts)) {
					return 0, 0, fmt.Errorf("the proof of release %d names a count that is not there", r.ID)
				}
				counts[d[0]] += d[1]
			}
		}
		lattice := attack.Lattice{Counts: map[string][]int64{}}
		for j, key := range keys {
			lattice.Counts[key] = counts[j*n : (j+1)*n]
		}
		all++
		if attack.Agrees(printed, lattice) == nil {
			agree++
		}
	}
	return agree, all, nil
}
