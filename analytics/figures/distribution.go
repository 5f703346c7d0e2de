package figures

// Count is how often an answer was given.
type Count struct {
	Code string
	N    int64
}

// Distribution is how often each answer was given, in the order of the questionnaire.
type Distribution []Count

// Of is the count of an answer, and whether it is among them.
func (d Distribution) Of(code string) (n int64, there bool) {
	for _, c := range d {
		if c.Code == code {
			return c.N, true
		}
	}
	return 0, false
}

// In puts the counts in the order of some answers, with 0 for those that are missing: the database does not keep the
// order in which they were written. nil stays nil.
func (d Distribution) In(answers []string) Distribution {
	if d == nil {
		return nil
	}
	ordered := make(Distribution, len(answers))
	for i, code := range answers {
		n, _ := d.Of(code)
		ordered[i] = Count{code, n}
	}
	return ordered
}
