package counciltest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

// Answer is a response to store.
type Answer struct {
	Survey   string // customer-satisfaction when empty
	Answers  map[string]any
	Service  string
	Channel  string
	Mode     string
	Language string
	At       string // 2026-03-14T15 in UTC
	Equality map[string]string
	State    string
	Source   string
}

// Rated is the answer to the question "rating".
func Rated(rating string) map[string]any { return map[string]any{"rating": rating} }

// Sex are the equality answers of somebody who said their sex.
func Sex(code string) map[string]string { return map[string]string{"sex": code} }

// Store writes responses; n copies of each.
func (c *Council) Store(n int, list ...Answer) {
	c.T.Helper()
	tx, err := c.DB.Begin(c.T.Context(), c.Org)
	c.Check(err)
	for _, a := range list {
		for range n {
			c.store(tx, a)
		}
	}
	c.Check(tx.Commit())
}

func (c *Council) store(tx *sqlx.Tx, a Answer) {
	c.T.Helper()
	ids := c.Surveys[cmp.Or(a.Survey, "customer-satisfaction")]
	at, err := time.Parse("2006-01-02T15", cmp.Or(a.At, "2026-09-10T10"))
	c.Check(err)
	raw, err := json.Marshal(a.Answers)
	c.Check(err)
	var service *int64
	if id := c.Services[a.Service]; a.Service != "" {
		service = &id
	}
	var equality *string
	if len(a.Equality) > 0 {
		id := uuid.NewString()
		equality = &id
		given, err := json.Marshal(a.Equality)
		c.Check(err)
		c.Must(tx.Exec(`INSERT INTO equality_answers (organisation_id, id, survey_id, version_id, answers) VALUES ($1, $2, $3, $4, $5)`,
			c.Org, id, ids[0], ids[1], string(given)))
	}
	var no int64
	c.Check(tx.Get(&no, `UPDATE feeds SET last_no = last_no + 1 WHERE organisation_id = $1 RETURNING last_no`, c.Org))
	c.Must(tx.Exec(`
		INSERT INTO responses (organisation_id, id, survey_id, version_id, source, service_id, channel, mode, language, answered_hour, answers,
		                       state, equality_id, change_no)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		c.Org, uuid.NewString(), ids[0], ids[1], cmp.Or(a.Source, "link"), service, cmp.Or(a.Channel, "web"), cmp.Or(a.Mode, "online"),
		cmp.Or(a.Language, "en"), at, string(raw), cmp.Or(a.State, "finished"), equality, no))
}

// ratings are those of the template.
var ratings = []string{"1", "2", "3", "4", "5"}

// People stores n responses of each rating with these equality answers.
func (c *Council) People(n int, equality map[string]string, at string) {
	c.T.Helper()
	for _, r := range ratings {
		c.Store(n, Answer{Answers: Rated(r), Equality: equality, At: at, Channel: "web", Service: "bins"})
	}
}

// Answered stores n responses of each rating in a month of 2026.
func (c *Council) Answered(n int, m time.Month, channel, service string) {
	c.T.Helper()
	for _, r := range ratings {
		c.Store(n, Answer{Answers: Rated(r), Channel: channel, Service: service, At: fmt.Sprintf("2026-%02d-10T10", int(m))})
	}
}

// Few stores n responses of one rating in a month of 2026.
func (c *Council) Few(n int, m time.Month, channel, service, rating string) {
	c.T.Helper()
	c.Store(n, Answer{Answers: Rated(rating), Channel: channel, Service: service, At: fmt.Sprintf("2026-%02d-12T10", int(m))})
}

// Background stores two small groups that hide each other, and the channels nobody used with them: no other group has
// to be hidden for these.
func (c *Council) Background(m time.Month) {
	for _, channel := range []string{"kiosk", "sms"} {
		for _, rating := range []string{"1", "2", "4", "5"} {
			c.Few(1, m, channel, "bins", rating)
		}
	}
}
