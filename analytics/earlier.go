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

// earlierReleases reads what is out about the same question and some of the same surveys and months, whatever became of it since: what was once
// public stays known.
func (t *table) earlierReleases(ctx context.Context, tx *sqlx.Tx) ([]*earlier, error) {
	var rows []*earlier
	err := tx.SelectContext(ctx, &rows, `
		SELECT   id, query, cells, period_from::text AS period_from, period_to::text AS period_to, threshold, COALESCE(proof->'dimensions', '[]') AS tree
		FROM     releases
		WHERE    organisation_id = $1 AND period_from <= $3::date AND period_to >= $2::date
		ORDER BY id`, t.org, t.frame.From.String(), t.frame.To.String())
	if err != nil {
		return nil, fmt.Errorf("reading earlier releases: %w", err)
	}
	var list []*earlier
	for _, r := range rows {
		if err := json.Unmarshal(r.RawQuery, &r.query); err != nil {
			return nil, fmt.Errorf("reading release %d: %w", r.ID, err)
		}
		shared := slices.ContainsFunc(t.frame.Surveys, func(s SurveyRef) bool { return slices.Contains(r.query.Surveys, s.Slug) })
		if shared && r.query.Rounded != t.frame.Query.Rounded {
			return nil, refuse("This table cannot leave: release %d shows some of the same answers the other way. The same answers are never both rounded and hidden, because one table would help to undo the other.", r.ID)
		}
		if !shared || r.query.Measure != t.frame.Query.Measure || r.query.Rounded {
			continue
		}
		if err := r.read(); err != nil {
			return nil, fmt.Errorf("reading release %d: %w", r.ID, err)
		}
		list = append(list, r)
	}
	return list, nil
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

// reduce leaves of a release that shares no dimension with a new table what they have in common: its months and its total. It tells whether it could. The other
// places need no proof together: a witness of the new table changes nobody's month, survey or answer, so it can be true together with the old table as it is, matched person by person
// within each month, survey and answer; and the old table's witnesses changed no month's answers, as all of these are out in full.
func (r *earlier) reduce(split []string) bool {
	same := func(a, b string) bool {
		a, b = strings.TrimSuffix(a, "_group"), strings.TrimSuffix(b, "_group")
		place := func(id string) bool { return id == "service" || id == "directorate" }
		question := func(id string) string { q, _, _ := strings.Cut(id, ":"); return q }
		return a == b || place(a) && place(b) || question(a) == question(b)
	}
	for _, id := range r.query.By {
		if id != "month" && slices.ContainsFunc(split, func(other string) bool { return same(id, other) }) {
			return false
		}
	}
	var kept []earlierCell
	for _, c := range r.cells {
		common := true
		for i, id := range r.query.By {
			common = common && (c.codes[i] == All || id == "month")
		}
		if !common {
			continue
		}
		if c.state == disclosure.Hidden || c.state == disclosure.Shown && c.distribution == nil {
			return false
		}
		kept = append(kept, c)
	}
	if len(kept) == 0 {
		return false
	}
	r.cells = kept
	at := slices.Index(r.query.By, "month")
	for i := range r.cells {
		if at < 0 {
			r.cells[i].codes = nil
		} else {
			r.cells[i].codes = r.cells[i].codes[at : at+1]
		}
	}
	if at < 0 {
		r.query.By, r.groups = nil, nil
	} else {
		r.query.By, r.groups = []string{"month"}, r.groups[at:at+1]
	}
	return true
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
