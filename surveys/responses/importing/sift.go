package importing

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// sifted are the drafts that are new, and the rows that were stored before with other answers. The rest were stored before as they are.
type sifted struct {
	fresh     []draft
	conflicts []listed
}

// stored is a response that came from a row with the same key.
type stored struct {
	Key      string    `db:"import_row_key"`
	ID       string    `db:"id"`
	Import   int64     `db:"import"`
	State    string    `db:"state"`
	Service  int64     `db:"service"`
	Channel  string    `db:"channel"`
	Mode     string    `db:"mode"`
	Point    int64     `db:"point"`
	About    string    `db:"about"`
	Language string    `db:"language"`
	Hour     time.Time `db:"answered_hour"`
	Answers  []byte    `db:"answers"`
	words    map[string]string
}

// sift compares the drafts with what is stored under their keys.
func (st *store) sift(ctx context.Context, tx *sqlx.Tx, drafts []draft) (found sifted, err error) {
	there, err := st.stored(ctx, tx, drafts)
	if err != nil {
		return found, err
	}
	taken := map[string]bool{}
	for _, d := range drafts {
		was, before := there[d.key]
		if !before && d.older != "" {
			was, before = there[d.older]
		}
		switch {
		case before:
			if others := st.differences(d, was); len(others) > 0 {
				found.conflicts = append(found.conflicts, listed{d.row, []string{st.conflict(others, was.Import)}})
			}
		case !taken[d.key]:
			taken[d.key] = true
			found.fresh = append(found.fresh, d)
		}
	}
	return found, nil
}

// stored reads the responses that have the keys of the drafts, with their words.
func (st *store) stored(ctx context.Context, tx *sqlx.Tx, drafts []draft) (map[string]*stored, error) {
	there := map[string]*stored{}
	keys := make([]string, 0, len(drafts))
	for _, d := range drafts {
		keys = append(keys, d.key)
		if d.older != "" {
			keys = append(keys, d.older)
		}
	}
	if len(keys) == 0 {
		return there, nil
	}
	var rows []*stored
	if err := tx.SelectContext(ctx, &rows, `
		SELECT import_row_key, id::text AS id, COALESCE(import_id, 0) AS import, state, COALESCE(service_id, 0) AS service,
			COALESCE(channel, '') AS channel, mode,
		       COALESCE(access_point_id, 0) AS point, about, language, answered_hour, answers
		FROM   responses
		WHERE  organisation_id = $1 AND survey_id = $2 AND import_row_key = ANY ($3::text[])`, st.by.Org, st.survey, pq.Array(keys)); err != nil {
		return nil, fmt.Errorf("finding rows that are stored: %w", err)
	}
	byID := map[string]*stored{}
	var ids []string
	for _, r := range rows {
		r.words = map[string]string{}
		there[r.Key], byID[r.ID] = r, r
		ids = append(ids, r.ID)
	}
	if len(ids) == 0 {
		return there, nil
	}
	var words []struct {
		Response string `db:"response_id"`
		Question string `db:"question_code"`
		Text     string `db:"text"`
	}
	if err := tx.SelectContext(ctx, &words, `
		SELECT response_id::text AS response_id, question_code, text
		FROM   comments
		WHERE  organisation_id = $1 AND response_id = ANY ($2::uuid[])`, st.by.Org, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("finding comments that are stored: %w", err)
	}
	for _, w := range words {
		byID[w.Response].words[w.Question] = w.Text
	}
	return there, nil
}

// differences names what a row says otherwise than the response that is stored under its key. What was withdrawn is not compared,
// nor are comments that have been deleted meanwhile, weights, and equality answers, which the program cannot read.
func (st *store) differences(d draft, was *stored) (others []string) {
	if was.State == "withdrawn" {
		return nil
	}
	var now, then map[string]any
	if json.Unmarshal([]byte(d.answers), &now) != nil || json.Unmarshal(was.Answers, &then) != nil {
		return []string{"answers"}
	}
	words := map[string]string{}
	for _, c := range d.comments {
		words[c.question] = c.text
	}
	for _, q := range st.setting.definition.Questions() {
		if q.Free() {
			if stands, ok := was.words[q.Code]; ok && stands != words[q.Code] {
				others = append(others, q.Code)
			}
		} else if !reflect.DeepEqual(now[q.Code], then[q.Code]) {
			others = append(others, q.Code)
		}
	}
	for _, fact := range []struct {
		name string
		same bool
	}{
		{"date", d.hour.Equal(was.Hour)}, {"service", d.service == was.Service}, {"channel", d.channel == was.Channel},
		{"mode", d.mode == was.Mode},
		{"access point", d.point == was.Point}, {"language", d.language == was.Language}, {"about", d.about == was.About},
	} {
		if !fact.same {
			others = append(others, fact.name)
		}
	}
	return others
}

// conflict says why a row stays out that was stored with other answers.
func (st *store) conflict(others []string, earlier int64) string {
	if len(others) > maxReasons {
		others = append(others[:maxReasons:maxReasons], fmt.Sprintf("%d more", len(others)-maxReasons))
	}
	return fmt.Sprintf("this row was stored before with other answers (%s) by import %d", strings.Join(others, ", "), earlier)
}
