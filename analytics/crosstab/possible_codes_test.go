package crosstab_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"yousaid/analytics/tables"
)

// imported notes an import of the survey with a mapping.
func (c *council) imported(mapping string) {
	c.T.Helper()
	raw, err := json.Marshal(map[string]string{"yaml": mapping})
	c.Check(err)
	tx, err := c.DB.Begin(c.T.Context(), c.Org)
	c.Check(err)
	c.Must(tx.Exec(`INSERT INTO imports (organisation_id, survey_id, file_sha256, mapping, by) VALUES ($1, $2, '', $3, 'test')`, c.Org,
		c.Surveys["customer-satisfaction"][0], string(raw)))
	c.Check(tx.Commit())
}

// rows are the codes of a protected table, each row as a word.
func (c *council) rows(by string) (list []string) {
	c.T.Helper()
	for _, r := range tables.Cells(c.Protected(query("sex", by))) {
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
			c.People(20, sex("female"), "2026-09-10T10")
			c.People(20, sex("male"), "2026-09-10T10")
			before := c.rows(one.by)
			c.Store(1, answer{Answers: rated("4"), Service: "bins", At: "2026-09-10T10", Equality: sex("female")})
			tx, err := c.DB.Begin(t.Context(), c.Org)
			c.Check(err)
			c.Must(tx.Exec(`UPDATE responses SET `+one.change+
				` WHERE organisation_id = $1 AND change_no = (SELECT last_no FROM feeds WHERE organisation_id = $1)`, c.Org))
			c.Check(tx.Commit())
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
	c.People(20, sex("female"), "2026-09-10T10")
	for _, by := range []string{"service", "channel", "directorate", "language"} {
		if list := c.rows(by); slices.Contains(list, "") {
			t.Errorf("%s lists nothing known among %q, and every link has one", by, list)
		}
	}
}
