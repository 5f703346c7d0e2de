package analytics

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"sync"

	"yousaid/analytics/crosstab"
	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
)

// maxProofs is how many proofs are kept: those of the tables that somebody looks at before they are released. A proof may have megabytes.
const maxProofs = 16

// proofCache keeps the latest proofs. Everything that a proof is worked out from is its key, the numbers and the
// releases beside it among them: a table that was looked at is not proved again when it is released, and one for which
// anything is another since is. A table without a proof is kept as that.
type proofCache struct {
	mutex sync.Mutex
	list  []cachedProof // the latest first
}

type cachedProof struct {
	key    [sha256.Size]byte
	result proofResult
}

// proofResult is what a proof gave.
type proofResult struct {
	table    disclosure.Table
	proof    disclosure.Proof
	suppress []int // across questions
	err      error
}

// prove gives the kept result of an input, or works it out. Two who ask at the same moment both work it out.
func (a *Analytics) prove(rules disclosure.Rules, work func() proofResult, input ...any) proofResult {
	secret := []byte(rules.Key) // which is no text
	rules.Key = ""
	raw, err := json.Marshal(append(input, rules, secret))
	if err != nil {
		return proofResult{err: err}
	}
	key := sha256.Sum256(raw)
	if kept, ok := a.proofs.find(key); ok {
		return kept
	}
	if a.Proving != nil {
		a.Proving()
	}
	result := work()
	a.proofs.add(cachedProof{key, result})
	return result
}

func (c *proofCache) find(key [sha256.Size]byte) (proofResult, bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	at := slices.IndexFunc(c.list, func(k cachedProof) bool { return k.key == key })
	if at < 0 {
		return proofResult{}, false
	}
	found := c.list[at]
	c.list = slices.Insert(slices.Delete(c.list, at, at+1), 0, found)
	return found.result, true
}

func (c *proofCache) add(k cachedProof) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.list = slices.Insert(c.list, 0, k)
	if len(c.list) > maxProofs {
		clear(c.list[maxProofs:])
		c.list = c.list[:maxProofs]
	}
}

// proveAlone proves a table by itself.
func (a *Analytics) proveAlone(l disclosure.Lattice, rules disclosure.Rules) (disclosure.Table, disclosure.Proof, error) {
	r := a.prove(rules, func() (p proofResult) {
		p.table, p.proof, p.err = disclosure.Prove(l, rules)
		return p
	}, "alone", l)
	return r.table, r.proof, r.err
}

// proveLinked proves a table together with others. Where its aggregates are in the joint lattice is part of what is proved.
func (a *Analytics) proveLinked(dimensions []figures.Dimension, l disclosure.Lattice, j disclosure.Joint,
	rules disclosure.Rules) (disclosure.Table, disclosure.Proof, error) {
	var codes [][]string
	crosstab.EachAggregate(dimensions, func(own []string) { codes = append(codes, j.JointCodes(own)) })
	r := a.prove(rules, func() (p proofResult) {
		p.table, p.proof, p.err = disclosure.ProveLinked(l, j, rules)
		return p
	}, "linked", l, j.Lattice, j.Prior, j.Hidden, codes)
	return r.table, r.proof, r.err
}

// suppressAcross finds what a table must hide beside releases of other questions.
func (a *Analytics) suppressAcross(q disclosure.LinkedQuestions, rules disclosure.Rules) ([]int, error) {
	r := a.prove(rules, func() (p proofResult) {
		p.suppress, p.err = disclosure.SuppressAcrossQuestions(q, rules)
		return p
	}, "across", q)
	return r.suppress, r.err
}
