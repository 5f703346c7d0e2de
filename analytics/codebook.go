package analytics

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
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

// codebook is what must be known of an organisation before its responses can be counted: its surveys' questions, services and words.
type codebook struct {
	org          tenant.Org
	name         string
	zone         *time.Location
	surveys      []publishedSurvey
	leftOut      []string
	services     []service
	directorates []catalogueEntry
	channels     []catalogueEntry
	points       []catalogueEntry // access points
	moves        []directorateMove
	snapshot     int64
	first        figures.Date
}

// publishedSurvey is a survey with every version that was ever published, newest first.
type publishedSurvey struct {
	figures.SurveyRef
	versions  []surveys.Definition
	published []time.Time // each of the versions
}

type catalogueEntry struct {
	ID    string        `db:"id"`
	Code  string        `db:"code"`
	Names questionNames `db:"names"`
}

type service struct {
	catalogueEntry
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

func (n catalogueEntry) label() wording.Message {
	if text, _ := question.Text(n.Names).In("en"); text == "" {
		return wording.Plain(n.Code)
	}
	return wording.Named(question.Text(n.Names))
}

// readCodebookOf reads the codebook of surveys by their ids.
func readCodebookOf(ctx context.Context, tx *sqlx.Tx, org tenant.Org, ids []int64) (*codebook, error) {
	return readCodebook(ctx, tx, org, nil, ids)
}

// readCodebook reads the codebook in the transaction that will count, so that both see one state of the data.
func readCodebook(ctx context.Context, tx *sqlx.Tx, org tenant.Org, slugs []string, ids []int64) (*codebook, error) {
	b := &codebook{org: org}
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
	if b.zone, err = time.LoadLocation(head.Zone); err != nil {
		return nil, fmt.Errorf("the organisation's time zone: %w", err)
	}
	b.name, _ = question.Text(head.Names).In("en")
	b.snapshot = head.Last
	if err := b.readSurveys(ctx, tx, slugs, ids); err != nil {
		return nil, err
	}
	if err := b.readCatalogue(ctx, tx); err != nil {
		return nil, err
	}
	return b, nil
}

// readFirst reads the day of the earliest response.
func (b *codebook) readFirst(ctx context.Context, tx *sqlx.Tx) error {
	if !b.first.IsZero() {
		return nil
	}
	var first sql.NullTime
	if err := tx.GetContext(ctx, &first, `
		SELECT min(answered_hour)
		FROM   responses
		WHERE  organisation_id = $1 AND survey_id = ANY ($2)`, b.org, pq.Array(b.surveyIDs())); err != nil {
		return fmt.Errorf("reading the first response: %w", err)
	}
	if first.Valid {
		b.first = figures.DateOf(first.Time.In(b.zone))
	}
	return nil
}

func (b *codebook) surveyIDs() []int64 {
	ids := make([]int64, len(b.surveys))
	for i, s := range b.surveys {
		ids[i] = s.ID
	}
	return ids
}

// readSurveys finds the surveys by slug ("all" means every one that was published) or by id, with their versions.
func (b *codebook) readSurveys(ctx context.Context, tx *sqlx.Tx, slugs []string, ids []int64) error {
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
		ORDER  BY s.slug, v.number DESC`, b.org, all, pq.Array(slugs), pq.Array(ids))
	if err != nil {
		return fmt.Errorf("reading the surveys: %w", err)
	}
	for _, r := range rows {
		var d surveys.Definition
		if err := json.Unmarshal(r.Definition, &d); err != nil {
			return fmt.Errorf("reading a version of %s: %w", r.Slug, err)
		}
		if n := len(b.surveys); n == 0 || b.surveys[n-1].ID != r.ID {
			b.surveys = append(b.surveys, publishedSurvey{SurveyRef: figures.SurveyRef{ID: r.ID, Slug: r.Slug, Title: wording.Named(d.Title)}})
		}
		last := &b.surveys[len(b.surveys)-1]
		last.versions, last.published = append(last.versions, d), append(last.published, r.Published)
	}
	return b.has(slugs)
}

// has refuses where surveys are missing.
func (b *codebook) has(slugs []string) error {
	for _, slug := range slugs {
		if slug != "all" && !slices.ContainsFunc(b.surveys, func(a publishedSurvey) bool { return a.Slug == slug }) {
			return refusal.New(refusal.AboutSurvey, "",
				"refusal.there_is_no_published|There is no published survey “%s” here. Check the name, or "+
					"publish it first.", slug)
		}
	}
	if len(b.surveys) == 0 {
		return refusal.New(refusal.AboutSurvey, "", "refusal.no_survey_has_been|No survey has been published here yet.")
	}
	return nil
}

func (b *codebook) readCatalogue(ctx context.Context, tx *sqlx.Tx) error {
	err := tx.SelectContext(ctx, &b.services, `
		SELECT id::text AS id, slug AS code, names, parent_id
		FROM   services
		WHERE  organisation_id = $1
		ORDER  BY slug`, b.org)
	if err == nil {
		err = tx.SelectContext(ctx, &b.directorates, `
		SELECT id::text AS id, slug AS code, names
		FROM   directorates
		WHERE  organisation_id = $1
		ORDER  BY slug`, b.org)
	}
	if err == nil {
		err = tx.SelectContext(ctx, &b.moves, `
		SELECT service_id::text AS service_id, valid_from, directorate_id::text AS directorate_id
		FROM   service_directorates
		WHERE  organisation_id = $1
		ORDER  BY service_id, valid_from`, b.org)
	}
	if err == nil {
		err = tx.SelectContext(ctx, &b.points, `
		SELECT id::text AS id, slug AS code, names
		FROM   access_points
		WHERE  organisation_id = $1
		ORDER  BY slug`, b.org)
	}
	if err == nil {
		err = tx.SelectContext(ctx, &b.channels, `
		SELECT code AS id, code, names
		FROM   channels
		WHERE  organisation_id = $1`, b.org)
	}
	if err != nil {
		return fmt.Errorf("reading the catalogue: %w", err)
	}
	return nil
}

// directorate gives the code of the directorate a service belonged to in a month ("2026-03"): the last move before the month ended.
// A month before the first move counts with the first directorate.
func (b *codebook) directorate(serviceID, month string) string {
	found := ""
	for _, m := range b.moves {
		if m.Service == serviceID && (found == "" || m.From.Format("2006-01") <= month) {
			found = m.Directorate
		}
	}
	for _, d := range b.directorates {
		if d.ID == found {
			return d.Code
		}
	}
	return ""
}

// find gives the question of a code in the newest version of a survey that asks it.
func (a publishedSurvey) find(code string) (question.Question, bool) {
	for _, d := range a.versions {
		if q, ok := d.Question(code); ok {
			return q, true
		}
	}
	return question.Question{}, false
}

// merged is a question with the options of every version and survey: newest first, then what older ones had besides.
func (b *codebook) merged(code string) (question.Question, bool) {
	var out question.Question
	found := false
	for _, s := range b.surveys {
		for _, d := range s.versions {
			q, ok := d.Question(code)
			if !ok {
				continue
			}
			if !found {
				out, found = q, true
				out.Options = slices.Clone(q.Options)
				continue
			}
			for _, o := range q.Options {
				if _, ok := out.Option(o.Code); !ok {
					out.Options = append(out.Options, o)
				}
			}
		}
	}
	return out, found
}

// otherwise gives the code of an answer that the survey counts differently from q, or "": a scale of the same name may
// have been made twice, and its figures would say nothing.
func (a publishedSurvey) otherwise(q question.Question) string {
	for _, d := range a.versions {
		own, _ := d.Question(q.Code)
		for _, o := range own.Options {
			same, _ := q.Option(o.Code)
			scores := o.Score == nil && same.Score == nil || o.Score != nil && same.Score != nil && *o.Score == *same.Score
			if !scores || o.Satisfied != same.Satisfied || o.DontKnow != same.DontKnow {
				return o.Code
			}
		}
	}
	return ""
}

func number(value string) float64 {
	f, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return 0
	}
	return f
}

// rows are the database's ids of services, directorates and access points, by dimension and code.
func (b *codebook) rows() map[string]map[string]string {
	services, directorates, points := map[string]string{}, map[string]string{}, map[string]string{}
	for _, s := range b.services {
		services[s.Code] = s.ID
	}
	for _, d := range b.directorates {
		directorates[d.Code] = d.ID
	}
	for _, p := range b.points {
		points[p.Code] = p.ID
	}
	return map[string]map[string]string{"service": services, "directorate": directorates, "access_point": points}
}
