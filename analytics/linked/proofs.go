package linked

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"sync"

	"yousaid/analytics/crosstab"
	"yousaid/analytics/disclosure"
)

// maxProofs is how many proofs are kept: those of the tables that somebody looks at before they are released. A proof may have megabytes.
const maxProofs = 16

// Proofs keeps the latest proofs. Everything that a proof is worked out from is its key, the numbers and the
// releases beside it among them: a table that was looked at is not proved again when it is released, and one for which
// anything is another since is. A table without a proof is kept as that. The zero value keeps none yet.
type Proofs struct {
	mutex sync.Mutex
	list  []keptProof // the latest first
}

type keptProof struct {
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

// once gives the kept result of an input, or works it out. Two who ask at the same moment both work it out.
func (p Prover) once(rules disclosure.Rules, work func() proofResult, input ...any) proofResult {
	secret := []byte(rules.Key) // which is no text
	rules.Key = ""
	raw, err := json.Marshal(append(input, rules, secret))
	if err != nil {
		return proofResult{err: err}
	}
	key := sha256.Sum256(raw)
	if kept, ok := p.Proofs.find(key); ok {
		return kept
	}
	if p.Proving != nil {
		p.Proving()
	}
	result := work()
	p.Proofs.add(keptProof{key, result})
	return result
}

func (c *Proofs) find(key [sha256.Size]byte) (proofResult, bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	at := slices.IndexFunc(c.list, func(k keptProof) bool { return k.key == key })
	if at < 0 {
		return proofResult{}, false
	}
	found := c.list[at]
	c.list = slices.Insert(slices.Delete(c.list, at, at+1), 0, found)
	return found.result, true
}

func (c *Proofs) add(k keptProof) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.list = slices.Insert(c.list, 0, k)
	if len(c.list) > maxProofs {
		clear(c.list[maxProofs:])
		c.list = c.list[:maxProofs]
	}
}

// proveAlone proves the table by itself.
func (w *tableProof) proveAlone() (disclosure.Table, disclosure.Proof, error) {
	r := w.once(w.rules, func() (p proofResult) {
		p.table, p.proof, p.err = disclosure.Prove(w.lattice, w.rules)
		return p
	}, "alone", w.lattice)
	return r.table, r.proof, r.err
}

// proveLinked proves the table together with others. Where its aggregates are in the joint lattice is part of what is proved.
func (w *tableProof) proveLinked(j disclosure.Joint) (disclosure.Table, disclosure.Proof, error) {
	var codes [][]string
	crosstab.EachAggregate(w.answer.Dimensions, func(own []string) { codes = append(codes, j.JointCodes(own)) })
	r := w.once(w.rules, func() (p proofResult) {
		p.table, p.proof, p.err = disclosure.ProveLinked(w.lattice, j, w.rules)
		return p
	}, "linked", w.lattice, j.Lattice, j.Prior, j.Hidden, codes)
	return r.table, r.proof, r.err
}

// suppressAcross finds what the table must hide beside releases of other questions.
func (w *tableProof) suppressAcross(q disclosure.LinkedQuestions) ([]int, error) {
	r := w.once(w.rules, func() (p proofResult) {
		p.suppress, p.err = disclosure.SuppressAcrossQuestions(q, w.rules)
		return p
	}, "across", q)
	return r.suppress, r.err
}
