package sequencetest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"yousaid/analytics/attack"
	"yousaid/surveys"
	"yousaid/surveys/bank"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/lint"
	"yousaid/surveys/responses"
	"yousaid/surveys/tenant"
)

// The first survey asks a rating, a question of its own and one with several answers; the second rates on the same scale,
// under the same code or another, and shares the question.
const (
	mainSurvey = `
survey: first
title: {en: First, cy: Cyntaf}
pages:
  - questions:
      - {code: rating, kind: rating, scale: four, text: {en: How good, cy: Pa mor dda}, options: [
          {code: "4", score: 4, satisfied: true, text: {en: Very good, cy: Da iawn}},
          {code: "3", score: 3, satisfied: true, text: {en: Good, cy: Da}},
          {code: "2", score: 2, text: {en: Poor, cy: Gwael}}, {code: "1", score: 1, text: {en: Very poor, cy: Gwael iawn}},
          {code: dk, dont_know: true, text: {en: Do not know, cy: Ddim yn gwybod}}]}
      - {code: own, kind: choice, text: {en: Own, cy: Own}, options: [{code: a, text: {en: A, cy: A}}, {code: b, text: {en: B, cy: B}}]}
      - {code: topics, kind: several, text: {en: Which, cy: Pa},
        options: [{code: x, text: {en: X, cy: X}}, {code: y, text: {en: Y, cy: Y}}]}
equality: [sex, religion]
`
	otherSurvey = `
survey: second
title: {en: Second, cy: Ail}
pages:
  - questions:
      - {code: RATING, kind: rating, scale: four, text: {en: How good, cy: Pa mor dda}, options: [
          {code: "4", score: 4, satisfied: true, text: {en: Very good, cy: Da iawn}},
          {code: "3", score: 3, satisfied: true, text: {en: Good, cy: Da}},
          {code: "2", score: 2, text: {en: Poor, cy: Gwael}}, {code: "1", score: 1, text: {en: Very poor, cy: Gwael iawn}},
          {code: dk, dont_know: true, text: {en: Do not know, cy: Ddim yn gwybod}}]}
      - {code: own, kind: choice, text: {en: Own, cy: Own}, options: [{code: a, text: {en: A, cy: A}}, {code: b, text: {en: B, cy: B}}]}
equality: [sex]
`
	catalogueCSV = "directorate,service,slug,lgsl_id,parent\nStreets,Bins,bins,524,\nStreets,Garden " +
		"bins,garden,530,bins\nHousing,Repairs,repairs,141,\n"
	moved = "garden" // where a service moves, it is this one, to housing
)

// council is a plan in a database.
type council struct {
	db      tenant.DB
	org     tenant.Org
	ids     map[string][2]int64 // of surveys and their versions
	service map[string]int64
	rows    []string // ids of the responses, in the order of the people; "" before they come
}

// createCouncil makes the organisation with its catalogue, surveys and the people who are there from the beginning.
func (p *plan) createCouncil(ctx context.Context, db tenant.DB) (*council, error) {
	c := &council{db: db, ids: map[string][2]int64{}, service: map[string]int64{}, rows: make([]string, len(p.people))}
	n := p.seed + 14_415 // the bench's own councils have the first prefixes
	prefix := make([]byte, 3)
	for i := range prefix {
		prefix[i], n = responses.Alphabet[n%uint64(len(responses.Alphabet))], n/uint64(len(responses.Alphabet))
	}
	if err := db.Global().GetContext(
		ctx,
		&c.org,
		`INSERT INTO organisations (slug, link_prefix, names) VALUES ($1, $2, '{"en": "Test Council"}') RETURNING id`,
		fmt.Sprintf("outside-%d", p.seed),
		string(prefix),
	); err != nil {
		return nil, err
	}
	tx, err := db.Begin(ctx, c.org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, `INSERT INTO feeds (organisation_id, last_no) VALUES ($1, 0)`, c.org); err != nil {
		return nil, err
	}
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	if err := p.keys(ctx, c); err != nil {
		return nil, err
	}
	by := tenant.CommandLine(c.org)
	if err := p.catalogue(ctx, c, by); err != nil {
		return nil, err
	}
	for _, text := range p.surveys() {
		d, err := surveys.ParseYAML([]byte(text))
		if err != nil {
			return nil, err
		}
		store := surveys.Store{DB: db, Ledger: noLedger{}, Reviewer: lint.Rules{}}
		id, err := store.Import(ctx, by, d)
		if err != nil {
			return nil, err
		}
		v, err := store.Publish(ctx, by, id, surveys.Publishing{Override: "made up, to be attacked"})
		if err != nil {
			return nil, err
		}
		c.ids[d.Survey] = [2]int64{id, v.ID}
		if !p.general {
			continue
		}
		if err := c.imported(ctx, id); err != nil {
			return nil, err
		}
	}
	return c, c.change(ctx, p, 0)
}

// keys stores the organisation's disclosure secret before analytics draws one: which of equally good patterns is printed
// follows from it, and the same seed is to print the same.
func (p *plan) keys(ctx context.Context, c *council) error {
	secret := sha256.Sum256(fmt.Appendf(nil, "disclosure of seed %d", p.seed))
	_, err := c.db.Global().ExecContext(ctx, `
		INSERT INTO secrets (name, value)
		VALUES ($1, $2)
		ON CONFLICT (name) DO NOTHING`, fmt.Sprintf("disclosure of %d", c.org), secret[:])
	return err
}

// id makes an id from the seed: rounding draws by the ids of those who are counted.
func (p *plan) id(kind string, i int) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s %d of seed %d", kind, i, p.seed)).String()
}

// imported notes an import whose rows are about no service: what mappings and links there are says which rows a table can have.
func (c *council) imported(ctx context.Context, survey int64) error {
	tx, err := c.db.Begin(ctx, c.org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	mapping, err := json.Marshal(map[string]string{"yaml": "date: 2026-04-10\nchannel: web\nlanguage: en\nquestions: {rating: Rating}"})
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO imports (organisation_id, survey_id, file_sha256, mapping, by)
		VALUES ($1, $2, '', $3, 'outside')`, c.org, survey, string(mapping)); err != nil {
		return err
	}
	return tx.Commit()
}

func (p *plan) catalogue(ctx context.Context, c *council, by tenant.Actor) error {
	store := catalogue.Store{DB: c.db, Ledger: noLedger{}}
	if _, err := store.Import(ctx, by, strings.NewReader(catalogueCSV)); err != nil {
		return err
	}
	services, err := store.Services(ctx, c.org)
	if err != nil {
		return err
	}
	for _, s := range services {
		c.service[s.Slug] = s.ID
	}
	if p.moves == "" {
		return nil
	}
	directorates, err := store.Directorates(ctx, c.org)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(directorates, func(d catalogue.Directorate) bool { return d.Slug == "housing" })
	from, err := time.Parse("2006-01", p.moves)
	if err != nil {
		return err
	}
	return store.MoveService(ctx, by, c.service[moved], from, directorates[at].ID)
}

// change stores those who come in an epoch, and takes back the answers of those who leave.
func (c *council) change(ctx context.Context, p *plan, epoch int) error {
	tx, err := c.db.Begin(ctx, c.org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var no int64
	if err := tx.GetContext(
		ctx,
		&no,
		`UPDATE feeds SET last_no = last_no + $2 WHERE organisation_id = $1 RETURNING last_no`,
		c.org,
		len(p.people),
	); err != nil {
		return err
	}
	no -= int64(len(p.people))
	for i, one := range p.people {
		no++
		if epoch > 0 && one.Left == epoch {
			if _, err := tx.ExecContext(ctx, `
				UPDATE responses
				SET    state = 'withdrawn', answers = '{}', change_no = $3
				WHERE  organisation_id = $1 AND id = $2`, c.org, c.rows[i], no); err != nil {
				return err
			}
		}
		if one.Came == epoch {
			if err := c.answer(ctx, tx, p, i, no); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

// answer stores the response of a person, as a change with a number.
func (c *council) answer(ctx context.Context, tx *sqlx.Tx, p *plan, i int, no int64) error {
	one := p.people[i]
	answers, equality := map[string]any{}, map[string]string{}
	for code, v := range one.Codes {
		switch {
		case v == "":
		case code == "topics":
			answers[code] = strings.Split(v, ",")
		case slices.Contains([]string{"rating", "overall", "own"}, code):
			answers[code] = v
		case slices.Contains([]string{"sex", "religion"}, code):
			characteristic, _ := bank.Find(code)
			equality[characteristic.Questions[0].ID] = v
		}
	}
	ids := c.ids[one.Survey]
	var equalityID *string
	if len(equality) > 0 {
		id := p.id("equality answers", i)
		equalityID = &id
		given, err := json.Marshal(equality)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO equality_answers (organisation_id, id, survey_id, version_id, answers)
			VALUES ($1, $2, $3, $4, $5)`, c.org, id, ids[0], ids[1], string(given)); err != nil {
			return err
		}
	}
	var service *int64
	if slug := one.Codes["service"]; slug != "" {
		id := c.service[slug]
		service = &id
	}
	raw, err := json.Marshal(answers)
	if err != nil {
		return err
	}
	c.rows[i] = p.id("response", i)
	_, err = tx.ExecContext(ctx, `
		INSERT INTO responses (organisation_id, id, survey_id, version_id, source, service_id, channel, mode, language, answered_hour, answers,
		                       state, equality_id, change_no)
		VALUES ($1, $2, $3, $4, 'link', $5, $6, $7, $8, $9, $10, 'finished', $11, $12)`,
		c.org, c.rows[i], ids[0], ids[1], service, one.Codes["channel"], one.Codes["mode"], one.Codes["language"],
		one.Month+"-10T10:00:00Z", string(raw), equalityID, no)
	return err
}

// surveys are the questionnaires of the council.
func (p *plan) surveys() []string {
	if p.second == "" {
		return []string{mainSurvey}
	}
	return []string{mainSurvey, strings.ReplaceAll(otherSurvey, "RATING", p.second)}
}

// questionnaire is what anybody knows of the council.
func (p *plan) questionnaire() attack.Questionnaire {
	score := func(code string, s float64, satisfied bool) attack.Answer {
		return attack.Answer{Code: code, Score: &s, Satisfied: &satisfied}
	}
	rating := attack.Question{Code: "rating", Scale: "four", Surveys: []string{"first"}, Uncounted: []string{"dk"},
		Answers: []attack.Answer{score("4", 4, true), score("3", 3, true), score("2", 2, false), score("1", 1, false)}}
	own := attack.Question{Code: "own", Surveys: []string{"first"}, Answers: []attack.Answer{{Code: "a"}, {Code: "b"}}}
	topics := attack.Question{Code: "topics", Surveys: []string{"first"}, Several: true, Answers: []attack.Answer{{Code: "x"}, {Code: "y"}}}
	q := attack.Questionnaire{Lists: map[string][]string{"language": {"en", "cy"}, "mode": modes, "channel": channels}}
	switch p.second {
	case "":
	case "rating":
		rating.Surveys, own.Surveys = []string{"first", "second"}, []string{"first", "second"}
	default:
		other := rating
		other.Code, other.Surveys = p.second, []string{"second"}
		own.Surveys = []string{"first", "second"}
		q.Questions = append(q.Questions, other)
	}
	q.Questions = append(q.Questions, rating, own, topics)
	for _, id := range []string{"sex", "religion"} {
		c := attack.Characteristic{ID: id, Codes: bank.Codes(id), Groups: map[string]string{}}
		for _, code := range c.Codes {
			c.Groups[code] = bank.Group(id, code)
		}
		q.Characteristics = append(q.Characteristics, c)
	}
	home := func(directorate string) func(string) string { return func(string) string { return directorate } }
	if p.general {
		q.Services = []attack.Service{{Slug: ""}}
	}
	q.Services = append(
		q.Services,
		[]attack.Service{
			{Slug: "bins", Home: home("streets")},
			{Slug: "repairs", Home: home("housing")},
			{Slug: moved, Home: func(month string) string {
				if p.moves != "" && month >= p.moves {
					return "housing"
				}
				return "streets"
			}},
		}...)
	return q
}

var (
	modes    = []string{"online", "telephone_interview", "face_to_face_interview", "paper", "kiosk"}
	channels = []string{"web", "telephone", "face_to_face", "email", "post", "sms", "kiosk", "social_media", "other"}
)
