package calendar

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/releases"
	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// edition writes down which table the public read from which day on.
func edition(ctx context.Context, tx *sqlx.Tx, org tenant.Org, id, release int64, on string, note question.Text) error {
	said, err := json.Marshal(note)
	if err != nil || note == nil {
		said = []byte("{}")
	}
	var last int
	if err := tx.GetContext(ctx, &last, `
		SELECT COALESCE(max(number), 0)
		FROM   publication_editions
		WHERE  organisation_id = $1 AND publication_id = $2`, org, id); err != nil {
		return err
	}
	// The row of the publication is locked by now: nobody else writes the same number.
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO publication_editions (organisation_id, publication_id, number, release_id, published_on, note)
		VALUES ($1, $2, $3, $4, $5::date, $6)`, org, id, last+1, release, on, string(said)); err != nil {
		return fmt.Errorf("keeping edition %d: %w", last+1, err)
	}
	return nil
}

// editions adds to each publication its tables, as they stand in the register.
func editions(ctx context.Context, tx *sqlx.Tx, org tenant.Org, id int64, list []Publication) error {
	at := map[int64]int{}
	for i, p := range list {
		at[p.ID] = i
	}
	var rows []struct {
		Publication int64  `db:"publication_id"`
		Number      int    `db:"number"`
		Release     int64  `db:"release_id"`
		On          string `db:"published_on"`
		Note        []byte `db:"note"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   publication_id, number, release_id, published_on::text AS published_on, note
		FROM     publication_editions
		WHERE    organisation_id = $1 AND ($2::bigint = 0 OR publication_id = $2)
		ORDER BY publication_id, number`, org, id); err != nil {
		return fmt.Errorf("reading what was published: %w", err)
	}
	for _, r := range rows {
		i, ok := at[r.Publication]
		if !ok {
			continue
		}
		e := Edition{Number: r.Number, On: r.On}
		var err error
		if e.Table, err = releases.Find(ctx, tx, org, r.Release); err != nil {
			return err
		}
		if err := json.Unmarshal(r.Note, &e.Note); err != nil {
			return fmt.Errorf("reading edition %d of publication %d: %w", r.Number, r.Publication, err)
		}
		list[i].Editions = append(list[i].Editions, e)
	}
	return nil
}

// words adds to each publication what was asked, in the words of the newest version that asks it, and the answers that count in any.
func words(ctx context.Context, tx *sqlx.Tx, org tenant.Org, list []Publication) error {
	known := map[int64][]surveys.Definition{}
	for i, p := range list {
		versions, ok := known[p.Survey]
		if !ok {
			var rows [][]byte
			if err := tx.SelectContext(ctx, &rows, `
				SELECT   definition
				FROM     versions
				WHERE    organisation_id = $1 AND survey_id = $2
				ORDER BY number DESC`, org, p.Survey); err != nil {
				return fmt.Errorf("reading survey %s: %w", p.SurveySlug, err)
			}
			for _, b := range rows {
				var d surveys.Definition
				if err := json.Unmarshal(b, &d); err != nil {
					return fmt.Errorf("reading a version of survey %s: %w", p.SurveySlug, err)
				}
				versions = append(versions, d)
			}
			known[p.Survey] = versions
		}
		if len(versions) > 0 {
			list[i].SurveyTitle = versions[0].Title
		}
		list[i].Question, list[i].Answers = asked(versions, p.Measure)
	}
	return nil
}

func asked(versions []surveys.Definition, code string) (words question.Text, answers []Answer) {
	seen := map[string]bool{}
	for _, d := range versions {
		q, ok := d.Question(code)
		if !ok {
			continue
		}
		if words == nil {
			words = q.Text
		}
		for _, o := range q.Choices() {
			if !o.DontKnow && !seen[o.Code] {
				seen[o.Code] = true
				answers = append(answers, Answer{o.Code, q.Word(o)})
			}
		}
	}
	return words, answers
}
