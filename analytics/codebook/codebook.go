// Package codebook reads what must be known of an organisation before its responses can be counted.
package codebook

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// Book has the questions of the surveys of an organisation, its services and the words of both.
type Book struct {
	Org          tenant.Org
	Name         string
	Zone         *time.Location
	Surveys      []Survey
	LeftOut      []string
	Services     []service
	Directorates []Entry
	channels     []Entry
	points       []Entry // access points
	moves        []directorateMove
	Snapshot     int64
	First        figures.Date
}

// Survey is a survey with every version that was ever published, newest first.
type Survey struct {
	figures.SurveyRef
	Versions  []surveys.Definition
	Published []time.Time // each of the versions
}

// Entry is a line of the catalogue.
type Entry struct {
	ID    string        `db:"id"`
	Code  string        `db:"code"`
	Names questionNames `db:"names"`
}

type service struct {
	Entry
	Parent sql.NullInt64 `db:"parent_id"`
}

// directorateMove says from when a service belonged to a directorate.
type directorateMove struct {
	Service     string    `db:"service_id"`
	From        time.Time `db:"valid_from"`
	Directorate string    `db:"directorate_id"`
}

// questionNames reads a names column.
type questionNames question.Text

// Scan reads jsonb.
func (n *questionNames) Scan(src any) error {
	b, ok := src.([]byte)
	if !ok {
		return fmt.Errorf("names are not JSON")
	}
	return json.Unmarshal(b, (*question.Text)(n))
}

// Label is the name, or the code where there is none.
func (n Entry) Label() wording.Message {
	if text, _ := question.Text(n.Names).In("en"); text == "" {
		return wording.Plain(n.Code)
	}
	return wording.Named(question.Text(n.Names))
}

// ReadOf reads the codebook of surveys by their ids.
func ReadOf(ctx context.Context, tx *sqlx.Tx, org tenant.Org, ids []int64) (*Book, error) {
	return Read(ctx, tx, org, nil, ids)
}

// Read reads the codebook in the transaction that will count, so that both see one state of the data.
func Read(ctx context.Context, tx *sqlx.Tx, org tenant.Org, slugs []string, ids []int64) (*Book, error) {
	b := &Book{Org: org}
	var head struct {
		Zone  string        `db:"time_zone"`
		Names questionNames `db:"names"`
		Last  int64         `db:"last_no"`
	}
	err := tx.GetContext(ctx, &head, `
		SELECT o.time_zone, o.names, COALESCE((SELECT f.last_no FROM feeds f WHERE f.organisation_id = $1), 0) AS last_no
		FROM   organisations o
		WHERE  o.id = $1`, org)
	if err != nil {
		return nil, fmt.Errorf("reading the organisation: %w", err)
	}
	if b.Zone, err = time.LoadLocation(head.Zone); err != nil {
		return nil, fmt.Errorf("the organisation's time zone: %w", err)
	}
	b.Name, _ = question.Text(head.Names).In("en")
	b.Snapshot = head.Last
	if err := b.readSurveys(ctx, tx, slugs, ids); err != nil {
		return nil, err
	}
	if err := b.readCatalogue(ctx, tx); err != nil {
		return nil, err
	}
	return b, nil
}

// ReadFirst reads the day of the earliest response.
func (b *Book) ReadFirst(ctx context.Context, tx *sqlx.Tx) error {
	if !b.First.IsZero() {
		return nil
	}
	var first sql.NullTime
	if err := tx.GetContext(ctx, &first, `
		SELECT min(answered_hour)
		FROM   responses
		WHERE  organisation_id = $1 AND survey_id = ANY ($2)`, b.Org, pq.Array(b.surveyIDs())); err != nil {
		return fmt.Errorf("reading the first response: %w", err)
	}
	if first.Valid {
		b.First = figures.DateOf(first.Time.In(b.Zone))
	}
	return nil
}

func (b *Book) surveyIDs() []int64 {
	ids := make([]int64, len(b.Surveys))
	for i, s := range b.Surveys {
		ids[i] = s.ID
	}
	return ids
}

// readSurveys finds the surveys by slug ("all" means every one that was published) or by id, with their versions.
func (b *Book) readSurveys(ctx context.Context, tx *sqlx.Tx, slugs []string, ids []int64) error {
	if len(slugs)+len(ids) == 0 {
		return refusal.New(refusal.AboutSurvey, "", "refusal.name_a_survey_or|Name a survey, or all.")
	}
	all := slices.Contains(slugs, "all")
	var rows []struct {
		ID         int64     `db:"id"`
		Slug       string    `db:"slug"`
		Definition []byte    `db:"definition"`
		Published  time.Time `db:"published_at"`
	}
	err := tx.SelectContext(ctx, &rows, `
		SELECT s.id, s.slug, v.definition, v.published_at
		FROM   surveys s
		JOIN   versions v ON v.organisation_id = s.organisation_id AND v.survey_id = s.id
		WHERE  s.organisation_id = $1 AND ($2 OR s.slug = ANY ($3) OR s.id = ANY ($4))
		ORDER  BY s.slug, v.number DESC`, b.Org, all, pq.Array(slugs), pq.Array(ids))
	if err != nil {
		return fmt.Errorf("reading the surveys: %w", err)
	}
	for _, r := range rows {
		var d surveys.Definition
		if err := json.Unmarshal(r.Definition, &d); err != nil {
			return fmt.Errorf("reading a version of %s: %w", r.Slug, err)
		}
		if n := len(b.Surveys); n == 0 || b.Surveys[n-1].ID != r.ID {
			b.Surveys = append(b.Surveys, Survey{SurveyRef: figures.SurveyRef{ID: r.ID, Slug: r.Slug, Title: wording.Named(d.Title)}})
		}
		last := &b.Surveys[len(b.Surveys)-1]
		last.Versions, last.Published = append(last.Versions, d), append(last.Published, r.Published)
	}
	return b.has(slugs)
}

// has refuses where surveys are missing.
func (b *Book) has(slugs []string) error {
	for _, slug := range slugs {
		if slug != "all" && !slices.ContainsFunc(b.Surveys, func(a Survey) bool { return a.Slug == slug }) {
			return refusal.New(refusal.AboutSurvey, "",
				"refusal.there_is_no_published|There is no published survey “%s” here. Check the name, or "+
					"publish it first.", slug)
		}
	}
	if len(b.Surveys) == 0 {
		return refusal.New(refusal.AboutSurvey, "", "refusal.no_survey_has_been|No survey has been published here yet.")
	}
	return nil
}

// Only is the codebook with some of its surveys.
func (b *Book) Only(slugs []string) (*Book, error) {
	own := *b
	own.First = figures.Date{}
	if !slices.Contains(slugs, "all") {
		own.Surveys = slices.DeleteFunc(slices.Clone(b.Surveys), func(a Survey) bool { return !slices.Contains(slugs, a.Slug) })
	}
	return &own, own.has(slugs)
}
