package releases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys"
	"yousaid/surveys/tenant"
)

// ErrNotAsked says that no table of a question can be released.
var ErrNotAsked = errors.New("the survey does not ask this question, or not with one answer from a list")

// Countable returns ErrNotAsked where no published version of a survey asks the question, or where it is not answered
// by one choice from a list: no table of it could leave.
func Countable(ctx context.Context, tx *sqlx.Tx, org tenant.Org, survey int64, measure string) error {
	var versions [][]byte
	if err := tx.SelectContext(ctx, &versions, `
		SELECT   definition
		FROM     versions
		WHERE    organisation_id = $1 AND survey_id = $2
		ORDER BY number DESC`, org, survey); err != nil {
		return fmt.Errorf("reading what survey %d asks: %w", survey, err)
	}
	for _, raw := range versions {
		var d surveys.Definition
		if err := json.Unmarshal(raw, &d); err != nil {
			return fmt.Errorf("reading a version of survey %d: %w", survey, err)
		}
		if q, ok := d.Question(measure); ok {
			if !q.Coded() || q.Many() {
				return ErrNotAsked
			}
			return nil
		}
	}
	return ErrNotAsked
}
