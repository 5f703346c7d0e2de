package responses

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/google/uuid"

	"yousaid/surveys/tenant"
)

// Store reads single responses back, for the pages of the form they belong to.
type Store struct{ db tenant.DB }

// NewStore makes a store.
func NewStore(db tenant.DB) Store { return Store{db: db} }

// Given is what a person has sent of one form so far. Equality answers are never part of it: the program cannot read them.
type Given struct {
	State    string     // started, finished, withdrawn
	Version  int64      // versions.id
	Language string     // of the page that was sent last
	Values   url.Values // as form fields, by question code, comments among them
}

// Finished tells whether the form is spent.
func (g Given) Finished() bool { return g.State != "started" }

// Answers gives what was sent so far; ErrNotStarted when nothing was.
func (s Store) Answers(ctx context.Context, org tenant.Org, response uuid.UUID) (Given, error) {
	fail := func(err error) (Given, error) {
		return Given{}, fmt.Errorf("reading a response: %w", err)
	}
	tx, err := s.db.Begin(ctx, org)
	if err != nil {
		return fail(err)
	}
	defer tx.Rollback()
	given := Given{Values: url.Values{}}
	var answers string
	err = tx.QueryRowxContext(ctx, `
		SELECT state, version_id, language, answers
		FROM   responses
		WHERE  organisation_id = $1 AND id = $2`, org, response).Scan(&given.State, &given.Version, &given.Language, &answers)
	if errors.Is(err, sql.ErrNoRows) {
		return Given{}, ErrNotStarted
	}
	if err != nil {
		return fail(err)
	}
	var stored map[string]any
	if err := json.Unmarshal([]byte(answers), &stored); err != nil {
		return fail(err)
	}
	for code, answer := range stored {
		switch a := answer.(type) {
		case string:
			given.Values.Set(code, a)
		case float64:
			given.Values.Set(code, strconv.FormatFloat(a, 'f', -1, 64))
		case []any:
			for _, one := range a {
				given.Values.Add(code, fmt.Sprint(one))
			}
		}
	}
	var comments []struct {
		Question string `db:"question_code"`
		Text     string `db:"text"`
	}
	err = tx.SelectContext(ctx, &comments, `
		SELECT question_code, text
		FROM   comments
		WHERE  organisation_id = $1 AND response_id = $2`, org, response)
	if err != nil {
		return fail(err)
	}
	for _, c := range comments {
		given.Values.Set(c.Question, c.Text)
	}
	return given, tx.Commit()
}
