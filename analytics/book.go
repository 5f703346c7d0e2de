package analytics

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// book is what must be known of an organisation before its responses can be counted: its surveys' questions, services and words.
type book struct {
	org           tenant.Org
	name          string
	zone          *time.Location
	surveys       []asked
	leftOut       []string
	services      []service
	directorates  []named
	channels      []named
	moves         []move
	snapshot      int64
	first         Date
	serviceColumn int
}

// asked is a survey with every version that was ever published, newest first.
type asked struct {
	SurveyRef
	versions []surveys.Definition
}

type named struct {
	ID    string        `db:"id"`
	Code  string        `db:"code"`
	Names questionNames `db:"names"`
}

type service struct {
	named
	Parent sql.NullInt64 `db:"parent_id"`
}

// move says from when a service belonged to a directorate.
type move struct {
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

func (n named) label() string {
	text, _ := question.Text(n.Names).In("en")
	if text == "" {
		return n.Code
	}
	return text
}

// open reads the book in the transaction that will count, so that both see one state of the data.
func open(ctx context.Context, tx *sqlx.Tx, org tenant.Org, q Query) (*book, error) {
	b := &book{org: org}
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
	if err := b.readSurveys(ctx, tx, q.Surveys); err != nil {
		return nil, err
	}
	if err := b.readCatalogue(ctx, tx); err != nil {
		return nil, err
	}
	var first sql.NullTime
	err = tx.GetContext(ctx, &first, `
		SELECT min(answered_hour)
		FROM   responses
		WHERE  organisation_id = $1 AND survey_id = ANY ($2)`, org, pq.Array(b.surveyIDs()))
	if err != nil {
		return nil, fmt.Errorf("reading the first response: %w", err)
	}
	if first.Valid {
		b.first = DateOf(first.Time.In(b.zone))
	}
	return b, nil
}

func (b *book) surveyIDs() []int64 {
	ids := make([]int64, len(b.surveys))
	for i, s := range b.surveys {
		ids[i] = s.ID
	}
	return ids
}

// readSurveys finds the surveys by slug ("all" means every one that was published) with their versions.
func (b *book) readSurveys(ctx context.Context, tx *sqlx.Tx, slugs []string) error {
	if len(slugs) == 0 {
		return refuse("name a survey, or all")
	}
	all := slices.Contains(slugs, "all")
	var rows []struct {
		ID         int64  `db:"id"`
		Slug       string `db:"slug"`
		Definition []byte `db:"definition"`
	}
	err := tx.SelectContext(ctx, &rows, `
		SELECT s.id, s.slug, v.definition
		FROM   surveys s
		JOIN   versions v ON v.organisation_id = s.organisation_id AND v.survey_id = s.id
		WHERE  s.organisation_id = $1 AND ($2 OR s.slug = ANY ($3))
		ORDER  BY s.slug, v.number DESC`, b.org, all, pq.Array(slugs))
	if err != nil {
		return fmt.Errorf("reading the surveys: %w", err)
	}
	for _, r := range rows {
		var d surveys.Definition
		if err := json.Unmarshal(r.Definition, &d); err != nil {
			return fmt.Errorf("reading a version of %s: %w", r.Slug, err)
		}
		if n := len(b.surveys); n == 0 || b.surveys[n-1].ID != r.ID {
			title, _ := d.Title.In("en")
			b.surveys = append(b.surveys, asked{SurveyRef: SurveyRef{ID: r.ID, Slug: r.Slug, Title: title}})
		}
		last := &b.surveys[len(b.surveys)-1]
		last.versions = append(last.versions, d)
	}
	for _, slug := range slugs {
		if slug != "all" && !slices.ContainsFunc(b.surveys, func(a asked) bool { return a.Slug == slug }) {
			return refuse("there is no published survey %q here: check the name, or publish it first", slug)
		}
	}
	if len(b.surveys) == 0 {
		return refuse("no survey has been published here yet")
	}
	return nil
}

func (b *book) readCatalogue(ctx context.Context, tx *sqlx.Tx) error {
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
func (b *book) directorate(serviceID, month string) string {
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
func (a asked) find(code string) (question.Question, bool) {
	for _, d := range a.versions {
		if q, ok := d.Question(code); ok {
			return q, true
		}
	}
	return question.Question{}, false
}

// merged is a question with the options of every version and survey: newest first, then what older ones had besides.
func (b *book) merged(code string) (question.Question, bool) {
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

// otherwise gives the code of an answer that the survey counts differently from q, or "": a scale of the same name may have been made twice, and
// its figures would say nothing.
func (a asked) otherwise(q question.Question) string {
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

// measure finds what is counted, and refuses surveys that ask it on another scale.
func (b *book) measure(t *table, code string) error {
	var kept []asked
	for _, s := range b.surveys {
		if _, ok := s.find(code); ok {
			kept = append(kept, s)
			continue
		}
		if !slices.Contains(t.frame.Query.Surveys, "all") {
			return refuse("the survey %s does not ask %q: its questions are %s", s.Slug, code, b.codesOf(s))
		}
		b.leftOut = append(b.leftOut, s.Slug)
	}
	if len(kept) == 0 {
		return refuse("none of the surveys asks %q", code)
	}
	b.surveys = kept
	first, _ := kept[0].find(code)
	for _, s := range kept[1:] {
		other, _ := s.find(code)
		if scale(other) != scale(first) {
			return refuse("%s cannot be joined: %s asks it on the scale %s, %s on the scale %s. Name surveys of one scale.",
				code, kept[0].Slug, scale(first), s.Slug, scale(other))
		}
	}
	q, _ := b.merged(code)
	for _, s := range kept[1:] {
		if differs := s.otherwise(q); differs != "" {
			return refuse("%s cannot be joined: the answer %s counts one way in %s and another way in %s. Name one of them.", code, differs, kept[0].Slug, s.Slug)
		}
	}
	if q.Free() {
		return refuse("%q is answered in people's own words: there is nothing to count. Choose another question.", code)
	}
	m := Measure{Code: code, Scale: scale(first), Number: q.Kind == question.Number, Several: q.Kind == question.Several}
	m.Text, _ = q.Text.In("en")
	scored := 0
	valid := 0
	for _, o := range options(q) {
		label, _ := o.Text.In("en")
		m.Answers = append(m.Answers, AnswerCode{Code: o.Code, Label: label, Score: o.Score, Satisfied: o.Satisfied, DontKnow: o.DontKnow})
		if o.DontKnow {
			continue
		}
		valid++
		if o.Score != nil {
			scored++
		}
		m.HasShare = m.HasShare || o.Satisfied
	}
	m.HasMean = m.Number || valid > 0 && scored == valid && !m.Several
	t.measure = measure{Measure: m, column: t.column("r.answers->>?::text", code)}
	return nil
}

// asks tells whether any version of the surveys asks an equality characteristic.
func (b *book) asks(characteristic string) bool {
	return slices.ContainsFunc(b.surveys, func(s asked) bool {
		return slices.ContainsFunc(s.versions, func(d surveys.Definition) bool { return slices.Contains(d.Equality, characteristic) })
	})
}

func (b *book) codesOf(s asked) string {
	out := ""
	for _, q := range s.versions[0].Questions() {
		if q.Free() {
			continue
		}
		if out != "" {
			out += ", "
		}
		out += q.Code
	}
	return out
}

// scale names what makes two measures the same: their declared scale, or else the kind with its option codes.
func scale(q question.Question) string {
	if q.Scale != "" {
		return q.Scale
	}
	out := string(q.Kind)
	if q.Kind == question.YesNo || q.Kind == question.Number {
		return out
	}
	codes := []string{}
	for _, o := range q.Options {
		codes = append(codes, o.Code)
	}
	sort.Strings(codes)
	for _, c := range codes {
		out += " " + c
	}
	return out
}

// options lists the options of a coded question; yes and no have theirs by nature.
func options(q question.Question) []question.Option {
	if q.Kind == question.YesNo && len(q.Options) == 0 {
		return []question.Option{
			{Code: "yes", Text: question.Text{"en": "Yes", "cy": "Ie"}},
			{Code: "no", Text: question.Text{"en": "No", "cy": "Na"}},
		}
	}
	return q.Options
}

func number(value string) float64 {
	f, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return 0
	}
	return f
}

// plan turns a query into raw columns and readers.
func (b *book) plan(by tenant.Actor, q Query) (*table, error) {
	t := &table{org: b.org, book: b, first: b.first, args: []any{b.org, nil, nil, nil, b.zone.String()}}
	t.frame = Frame{Query: q, Organisation: b.name, Zone: b.zone, From: q.From, To: q.To, Snapshot: b.snapshot}
	if !q.From.IsZero() && !q.To.IsZero() && q.To.Before(q.From) {
		return nil, refuse("the period ends (%s) before it begins (%s)", q.To, q.From)
	}
	if len(q.By) > 2 {
		return nil, refuse("a table can be split by two dimensions at the most; these are %d", len(q.By))
	}
	if err := b.measure(t, q.Measure); err != nil {
		return nil, err
	}
	for i, id := range q.By {
		if slices.Contains(q.By[:i], id) {
			return nil, refuse("%s is named twice: cross two different dimensions", id)
		}
		d, err := b.dimension(t, id)
		if err != nil {
			return nil, err
		}
		t.by = append(t.by, d)
		t.equality = t.equality || d.Equality
	}
	for _, f := range q.Where {
		d, err := b.dimension(t, f.Dimension)
		if err != nil {
			return nil, err
		}
		if err := d.accepts(f.Values); err != nil {
			return nil, err
		}
		t.where = append(t.where, condition{d, f.Values})
		t.equality = t.equality || d.Equality
	}
	if err := b.restrict(t, by); err != nil {
		return nil, err
	}
	for _, s := range b.surveys {
		t.frame.Surveys = append(t.frame.Surveys, s.SurveyRef)
	}
	t.frame.LeftOut = b.leftOut
	t.frame.Measure = t.measure.Measure
	for _, d := range t.by {
		t.frame.Dimensions = append(t.frame.Dimensions, d.Dimension)
	}
	return t, nil
}

// restrict holds who may see which figures (DATA.md), and keeps an actor who works for some services to these and their parts.
func (b *book) restrict(t *table, by tenant.Actor) error {
	roles := []string{"viewer", "service", "consultation", "administrator"}
	switch {
	case t.equality:
		roles = []string{"equality", "administrator"}
	case t.frame.Query.Audience == Public:
		roles = []string{"consultation", "administrator"} // a public table is published for the whole council
	}
	may := map[string]bool{}
	seen := false
	for _, g := range by.Grants {
		if !slices.Contains(roles, g.Role) {
			continue
		}
		seen = true
		if g.Service == 0 && g.Directorate == 0 && g.Role != "service" {
			return nil
		}
		for _, s := range b.services {
			id, _ := strconv.ParseInt(s.ID, 10, 64)
			own := g.Service != 0 && (id == g.Service || s.Parent.Int64 == g.Service)
			if g.Directorate != 0 {
				now := b.directorate(s.ID, "9999-12")
				own = own || slices.ContainsFunc(b.directorates, func(d named) bool { return d.Code == now && d.ID == strconv.FormatInt(g.Directorate, 10) })
			}
			if own {
				may[s.ID] = true
			}
		}
	}
	if !seen {
		return ErrNotAllowed
	}
	t.scope = may
	b.serviceColumn = t.column("r.service_id")
	return nil
}
