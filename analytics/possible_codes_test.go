package analytics_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"yousaid/analytics/tables"
)

// imported notes an import of the survey with a mapping.
func (c *council) imported(mapping string) {
	c.t.Helper()
	raw, err := json.Marshal(map[string]string{"yaml": mapping})
	c.check(err)
	tx, err := c.db.Begin(c.t.Context(), c.org)
	c.check(err)
	c.must(tx.Exec(`INSERT INTO imports (organisation_id, survey_id, file_sha256, mapping, by) VALUES ($1, $2, '', $3, 'test')`, c.org,
		c.surveys["customer-satisfaction"][0], string(raw)))
	c.check(tx.Commit())
}

// rows are the codes of a protected table, each row as a word.
func (c *council) rows(by string) (list []string) {
	c.t.Helper()
	for _, r := range tables.Cells(c.protected(query("sex", by))) {
		if code := strings.TrimSpace(r.Codes[1]); !slices.Contains(list, code) {
			list = append(list, code)
		}
	}
	return list
}

// A row that is only there when somebody is in it says that there is somebody. The first answer of a kind changes no
// row of a table that hides small groups.
func TestTheFirstAnswerOfAKindMakesNoRow(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		by      string
		mapping string // of an import
		change  string // to the one answer
		code    string
	}{
		"the first in Welsh": {"language", "", "language = 'cy'", "cy"},
		"the first in a language of an import": {"language", "date: 2026-09-10\nlanguage: pl\nquestions: {rating: Rating}",
			"language = 'pl'", "pl"},
		"the first in a language that a file says": {"language",
			"date: 2026-09-10\nlanguage: {column: Tongue}\nquestions: {rating: Rating}", "language = 'ur'", ""},
		"the first for no service": {"service", "date: 2026-09-10\nchannel: web\nquestions: {rating: Rating}",
			"service_id = NULL", ""},
		"the first for no directorate": {"directorate", "date: 2026-09-10\nchannel: web\nquestions: {rating: Rating}",
			"service_id = NULL", ""},
		"the first by no channel": {"channel", "date: 2026-09-10\nservice: bins\nquestions: {rating: Rating}",
			"channel = NULL", ""},
		"the first by text message":    {"channel", "", "channel = 'sms'", "sms"},
		"the first on paper":           {"mode", "", "mode = 'paper'", "paper"},
		"the first who gives a reason": {"reason", "", `answers = '{"rating": "4", "reason": "time"}'`, "time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := satisfaction(t)
			if one.mapping != "" {
				c.imported(one.mapping)
			}
			c.people(20, sex("female"), "2026-09-10T10")
			c.people(20, sex("male"), "2026-09-10T10")
			before := c.rows(one.by)
			c.store(1, answer{answers: rated("4"), service: "bins", at: "2026-09-10T10", equality: sex("female")})
			tx, err := c.db.Begin(t.Context(), c.org)
			c.check(err)
			c.must(tx.Exec(`UPDATE responses SET `+one.change+
				` WHERE organisation_id = $1 AND change_no = (SELECT last_no FROM feeds WHERE organisation_id = $1)`, c.org))
			c.check(tx.Commit())
			if after := c.rows(one.by); !slices.Equal(before, after) {
				t.Errorf("before %q, after %q", before, after)
			}
			if !slices.Contains(before, one.code) {
				t.Errorf("%q is not among %q", one.code, before)
			}
		})
	}
}

// What cannot be is not listed: every hidden row takes another with it.
func TestRowsThatCannotBeAreNotListed(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.people(20, sex("female"), "2026-09-10T10")
	for _, by := range []string{"service", "channel", "directorate", "language"} {
		if list := c.rows(by); slices.Contains(list, "") {
			t.Errorf("%s lists nothing known among %q, and every link has one", by, list)
		}
	}
}
