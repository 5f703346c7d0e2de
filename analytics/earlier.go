package analytics

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/disclosure"
)

// earlier is a release that counts some of the same answers as a new one.
type earlier struct {
	ID        int64  `db:"id"`
	RawQuery  []byte `db:"query"`
	RawCells  []byte `db:"cells"`
	From      string `db:"period_from"`
	To        string `db:"period_to"`
	Threshold int    `db:"threshold"`
	RawTree   []byte `db:"tree"`
	query     struct {
		Surveys []string `json:"surveys"`
		Measure string   `json:"measure"`
		By      []string `json:"by"`
		Rounded bool     `json:"rounded"`

		Subtotals bool `json:"subtotals"`
	}
	months []string
	groups []map[string][]string // by dimension: what each subtotal is made of
	cells  []earlierCell
}

// earlierCell is a place of an earlier release, as its record has it.
type earlierCell struct {
	codes        []string
	state        disclosure.State
	n            int64
	distribution map[string]int64 // nil when it was held back
}

// earlierReleases reads what is out about the same question and some of the same surveys and months, and what hangs together with that: a quarter and two of its months give the third away,
// which shares no day with the two. Whatever became of a release since: what was once public stays known.
func (t *table) earlierReleases(ctx context.Context, tx *sqlx.Tx) ([]*earlier, error) {
	var rows []*earlier
	err := tx.SelectContext(ctx, &rows, `
		SELECT   id, query, cells, period_from::text AS period_from, period_to::text AS period_to, threshold, COALESCE(proof->'dimensions', '[]') AS tree
		FROM     releases
		WHERE    organisation_id = $1
		ORDER BY id`, t.org)
	if err != nil {
		return nil, fmt.Errorf("reading earlier releases: %w", err)
	}
	own := &earlier{From: t.frame.From.String(), To: t.frame.To.String()}
	own.query.Surveys = slugs(t.frame.Surveys)
	known := []*earlier{own}
	var others []*earlier
	for _, r := range rows {
		if err := json.Unmarshal(r.RawQuery, &r.query); err != nil {
			return nil, fmt.Errorf("reading release %d: %w", r.ID, err)
		}
		if r.query.Rounded != t.frame.Query.Rounded && r.overlaps(own) {
			return nil, refuse("This table cannot leave: release %d shows some of the same answers the other way. The same answers are never both rounded and hidden, because one table would help to undo the other.", r.ID)
		}
		if r.query.Measure == t.frame.Query.Measure && !r.query.Rounded {
			others = append(others, r)
		}
	}
	for more := true; more; {
		more = false
		others = slices.DeleteFunc(others, func(r *earlier) bool {
			meets := slices.ContainsFunc(known, r.overlaps)
			if meets {
				known, more = append(known, r), true
			}
			return meets
		})
	}
	known = known[1:]
	slices.SortFunc(known, func(a, b *earlier) int { return int(a.ID - b.ID) })
	for _, r := range known {
		if err := r.read(); err != nil {
			return nil, fmt.Errorf("reading release %d: %w", r.ID, err)
		}
	}
	return known, nil
}

// overlaps tells whether two releases count some of the same answers. Days compare as text.
func (r *earlier) overlaps(other *earlier) bool {
	return r.From <= other.To && other.From <= r.To && slices.ContainsFunc(r.query.Surveys, func(s string) bool { return slices.Contains(other.query.Surveys, s) })
}

func (r *earlier) read() error {
	from, err1 := ParseDate(r.From)
	to, err2 := ParseDate(r.To)
	if err1 != nil || err2 != nil {
		return fmt.Errorf("its period is %s to %s", r.From, r.To)
	}
	r.months = monthsBetween(from, to)
	var tree []registeredDimension
	if err := json.Unmarshal(r.RawTree, &tree); err != nil {
		return err
	}
	for i := range r.query.By {
		groups := map[string][]string{}
		if i < len(tree) {
			for _, g := range tree[i].Groups {
				groups[g.Code] = g.Of
			}
		}
		r.groups = append(r.groups, groups)
	}
	var rows []map[string]json.RawMessage
	if err := json.Unmarshal(r.RawCells, &rows); err != nil {
		return err
	}
	for _, row := range rows {
		c := earlierCell{state: disclosure.Shown}
		for _, id := range r.query.By {
			var code *string // null is the code of no answer
			if err := json.Unmarshal(row[id], &code); err != nil {
				return fmt.Errorf("a cell without %s", id)
			}
			if code == nil {
				code = new(string)
			}
			c.codes = append(c.codes, *code)
		}
		switch {
		case row["hidden"] != nil:
			c.state = disclosure.Hidden
		case row["not_asked"] != nil:
			c.state = disclosure.NotAsked
		default:
			if err := json.Unmarshal(row["n"], &c.n); err != nil {
				return err
			}
			if d := row["distribution"]; d != nil {
				if err := json.Unmarshal(d, &c.distribution); err != nil {
					return err
				}
			}
		}
		r.cells = append(r.cells, c)
	}
	return nil
}

// setApart finds the releases that share no dimension with a new table, nor with another release that does, and so on, and leaves of them what they have in common with it: their months and
// their totals. It tells whether there are any.
//
// Their other places need no proof together. A witness of the tables that hang together changes nobody's month, survey or answer, so it can be true with the others as they are, matched
// person by person within each month, survey and answer; and the others' witnesses changed no month's answers, as all of these are out in full.
func setApart(split []string, list []*earlier) bool {
	together := slices.Clone(split)
	inside := map[*earlier]bool{}
	for again := true; again; {
		again = false
		for _, r := range list {
			if !inside[r] && (r.shares(together) || r.common() == nil) {
				inside[r], again = true, true
				together = append(together, r.query.By...)
			}
		}
	}
	for _, r := range list {
		if !inside[r] {
			r.reduce()
		}
	}
	return len(inside) < len(list)
}

// shares tells whether a release is split by one of some dimensions, or by what one of them follows from. All can be told apart by month.
func (r *earlier) shares(split []string) bool {
	root := func(id string) string {
		id, _, _ = strings.Cut(strings.TrimSuffix(id, "_group"), ":")
		if id == "directorate" {
			return "service"
		}
		return id
	}
	return slices.ContainsFunc(r.query.By, func(id string) bool {
		return id != "month" && slices.ContainsFunc(split, func(other string) bool { return root(id) == root(other) })
	})
}

// common are the months and the total of a release; nil where one of them is not out with its distribution.
func (r *earlier) common() (cells []earlierCell) {
	for _, c := range r.cells {
		whole := true
		for i, id := range r.query.By {
			whole = whole && (c.codes[i] == All || id == "month")
		}
		switch {
		case !whole:
		case c.state == disclosure.Shown && c.distribution != nil:
			cells = append(cells, c)
		default:
			return nil
		}
	}
	return cells
}

// reduce leaves of a release what is common to all.
func (r *earlier) reduce() {
	at := slices.Index(r.query.By, "month")
	r.cells = r.common()
	for i, c := range r.cells {
		if at < 0 {
			r.cells[i].codes = nil
		} else {
			r.cells[i].codes = c.codes[at : at+1]
		}
	}
	if at < 0 {
		r.query.By, r.groups = nil, nil
	} else {
		r.query.By, r.groups = []string{"month"}, r.groups[at:at+1]
	}
}

// part gives the codes behind a code of a dimension: itself, or what the subtotal is made of.
func (r *earlier) part(i int, code string) []string {
	if of := r.groups[i][code]; of != nil {
		return of
	}
	return []string{code}
}

// finest tells whether a cell is no sum of others.
func (r *earlier) finest(codes []string) bool {
	for i, code := range codes {
		if code == All || r.groups[i][code] != nil {
			return false
		}
	}
	return true
}

func slugs(surveys []SurveyRef) (list []string) {
	for _, s := range surveys {
		list = append(list, s.Slug)
	}
	return list
}
