package figures

import (
	"fmt"
	"strings"
)

// Audience is who will read the figures; it decides their protection (docs/equality.md, docs/figures.md).
type Audience string

// The audiences.
const (
	Internal Audience = "internal"
	Public   Audience = "public"
)

// ScalePrefix before the name of a scale asks for that scale as the measure: every survey is counted by its own rating
// question on it, whatever the question's code.
const ScalePrefix = "scale:"

// Query is a question to the figures: how was Measure answered, by these dimensions, among these responses?
type Query struct {
	Surveys []string // slugs; or the one word "all"
	Measure string   // a question code
	By      []string // one or two dimensions; none gives the one figure for all
	// Subtotals asks for the groups of a protected table's codes, too: months by quarter, services by directorate, the answers to a
	// characteristic by its groups.
	Subtotals bool
	// Rounded asks for counts rounded to 5 instead of hidden ones, in a table for the public.
	Rounded bool
	// Unusual counts also the responses that are left out as unusual: to see what they would change. For staff only.
	Unusual  bool
	Where    []Filter
	From, To Date // both inclusive, in the organisation's own days; zero means from the beginning, to the end
	Audience Audience
	// Everybody asks for the one figure of the whole organisation, also for those who see the answers of some services
	// only: what they see is compared with it, and everybody who may see figures may know it. It has no dimension and no
	// filter.
	Everybody bool
}

// Filter keeps the responses whose dimension has one of the values.
type Filter struct {
	Dimension string
	Values    []string
}

// ParseFilter reads "channel=web,telephone".
func ParseFilter(s string) (Filter, error) {
	dimension, values, ok := strings.Cut(s, "=")
	f := Filter{Dimension: strings.TrimSpace(dimension)}
	for _, v := range strings.Split(values, ",") {
		if v = strings.TrimSpace(v); v != "" {
			f.Values = append(f.Values, v)
		}
	}
	if !ok || f.Dimension == "" || len(f.Values) == 0 {
		return Filter{}, fmt.Errorf("the filter %q is not understood: write it as dimension=value or dimension=value,value", s)
	}
	return f, nil
}

// OfEverybody is the query with Everybody.
func (q Query) OfEverybody() Query {
	q.Everybody = true
	return q
}
