package demo

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/surveys/tenant"
)

// Target is the organisation and questionnaire that simulated responses are stored for.
type Target struct {
	DB       tenant.DB
	Ledger   tenant.Ledger
	Org      tenant.Org
	Survey   int64
	Version  int64
	Services map[string]int64           // slug → id
	Links    map[string]map[string]Link // service slug → channel → link; may lack some
}

// Link is a feedback link that online answers came by.
type Link struct{ ID, AccessPoint int64 }

// chunk is how many responses one transaction stores: well under a second of work.
const chunk = 2000

// kept is how a plan stands in the imports table, so that an interrupted simulation goes on with the same one.
type kept struct {
	Responses int    `json:"responses"`
	Seed      uint64 `json:"seed"`
	Until     string `json:"until"`
}

// Store simulates the plan and stores it, telling progress after each chunk. A simulation that was interrupted is finished with its
// own plan, a finished one is left as it is; the plan that stands in the end is returned.
func Store(ctx context.Context, to Target, by tenant.Actor, p Plan, progress func(done, of int)) (Plan, error) {
	id, p, finished, err := to.begin(ctx, by, p)
	if err != nil || finished {
		return p, err
	}
	var batch []Response
	done := 0
	flush := func() error {
		if err := to.store(ctx, id, p, batch); err != nil {
			return fmt.Errorf("storing simulated responses: %w", err)
		}
		done += len(batch)
		batch = batch[:0]
		progress(done, p.Responses)
		return nil
	}
	err = Simulate(p, func(r Response) error {
		batch = append(batch, r)
		if len(batch) < chunk {
			return ctx.Err()
		}
		return flush()
	})
	if err == nil && len(batch) > 0 {
		err = flush()
	}
	if err != nil {
		return p, err
	}
	return p, to.finish(ctx, by, id, done)
}

// begin finds the simulation of this survey, or writes down a new one.
func (to Target) begin(ctx context.Context, by tenant.Actor, p Plan) (id int64, plan Plan, finished bool, err error) {
	tx, err := to.DB.Begin(ctx, to.Org)
	if err != nil {
		return 0, p, false, err
	}
	defer func() { _ = tx.Rollback() }()
	var row struct {
		ID      int64  `db:"id"`
		Mapping []byte `db:"mapping"`
		State   string `db:"state"`
	}
	err = tx.GetContext(ctx, &row, `
		SELECT id, mapping, state
		FROM   imports
		WHERE  organisation_id = $1 AND survey_id = $2 AND by = 'demonstration'
		ORDER  BY id
		LIMIT  1`, to.Org, to.Survey)
	if err == nil {
		var k kept
		if err := json.Unmarshal(row.Mapping, &k); err != nil {
			return 0, p, false, err
		}
		until, err := time.ParseInLocation(time.DateOnly, k.Until, p.Zone)
		return row.ID, Plan{k.Responses, k.Seed, until, p.Zone}, row.State == "finished", err
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return 0, p, false, err
	}
	k := kept{p.Responses, p.Seed, p.Until.In(p.Zone).Format(time.DateOnly)}
	raw, err := json.Marshal(k)
	if err != nil {
		return 0, p, false, err
	}
	sum := sha256.Sum256(raw)
	err = tx.GetContext(ctx, &id, `
		INSERT INTO imports (organisation_id, survey_id, file_sha256, mapping, by)
		VALUES ($1, $2, $3, $4, 'demonstration')
		RETURNING id`, to.Org, to.Survey, sum[:], string(raw))
	if err != nil {
		return 0, p, false, err
	}
	if err := to.Ledger.Record(ctx, tx, by, "demonstration.simulated", fmt.Sprintf("survey %d", to.Survey), nil, k); err != nil {
		return 0, p, false, err
	}
	return id, p, false, tx.Commit()
}

func (to Target) finish(ctx context.Context, by tenant.Actor, id int64, done int) error {
	tx, err := to.DB.Begin(ctx, to.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	_, err = tx.ExecContext(ctx, `
		UPDATE imports
		SET    state = 'finished', read = $3, stored = $3
		WHERE  organisation_id = $1 AND id = $2`, to.Org, id, done)
	if err != nil {
		return err
	}
	if err := to.Ledger.Record(ctx, tx, by, "demonstration.finished", fmt.Sprintf("survey %d", to.Survey), nil,
		map[string]int{"stored": done}); err != nil {
		return err
	}
	return tx.Commit()
}

func (to Target) store(ctx context.Context, importID int64, p Plan, batch []Response) error {
	tx, err := to.DB.Begin(ctx, to.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if batch, err = to.missing(ctx, tx, batch); err != nil || len(batch) == 0 {
		return err
	}
	var last int64
	err = tx.GetContext(ctx, &last, `
		UPDATE feeds
		SET    last_no = last_no + $2
		WHERE  organisation_id = $1
		RETURNING last_no`, to.Org, len(batch))
	if err != nil {
		return err
	}
	if err := to.equality(ctx, tx, batch); err != nil {
		return err
	}
	if err := to.responses(ctx, tx, importID, batch, last-int64(len(batch))); err != nil {
		return err
	}
	if err := to.comments(ctx, tx, p, batch); err != nil {
		return err
	}
	return tx.Commit()
}

// missing leaves out what an interrupted simulation has stored already.
func (to Target) missing(ctx context.Context, tx *sqlx.Tx, batch []Response) ([]Response, error) {
	ids := make([]string, len(batch))
	for i, r := range batch {
		ids[i] = r.ID.String()
	}
	var there []string
	err := tx.SelectContext(ctx, &there, `
		SELECT id::text
		FROM   responses
		WHERE  organisation_id = $1 AND id = ANY ($2::uuid[])`, to.Org, pq.Array(ids))
	if err != nil || len(there) == 0 {
		return batch, err
	}
	return slices.DeleteFunc(slices.Clone(batch), func(r Response) bool { return slices.Contains(there, r.ID.String()) }), nil
}

// equalityID is another random id for the answers that stand apart; drawn from the response's own so that it needs no second table here.
func equalityID(r Response) string {
	sum := sha256.Sum256(append([]byte("equality"), r.ID[:]...))
	id := uuid.UUID(sum[:16])
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id.String()
}

func (to Target) equality(ctx context.Context, tx *sqlx.Tx, batch []Response) error {
	var ids, answers []string
	for _, r := range batch {
		if len(r.Equality) == 0 {
			continue
		}
		raw, err := json.Marshal(r.Equality)
		if err != nil {
			return err
		}
		ids, answers = append(ids, equalityID(r)), append(answers, string(raw))
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO equality_answers (organisation_id, id, survey_id, version_id, answers)
		SELECT $1, u.id, $2, $3, u.answers
		FROM   unnest($4::uuid[], $5::jsonb[]) AS u (id, answers)
		ON CONFLICT DO NOTHING`, to.Org, to.Survey, to.Version, pq.Array(ids), pq.Array(answers))
	return err
}

func (to Target) responses(ctx context.Context, tx *sqlx.Tx, importID int64, batch []Response, before int64) error {
	n := len(batch)
	ids, channels, modes, languages, answers, states := make([]string, n), make([]string, n), make([]string, n), make([]string, n),
		make([]string, n), make([]string, n)
	hours, equality := make([]string, n), make([]*string, n)
	links, services, points, numbers := make([]*int64, n), make([]int64, n), make([]*int64, n), make([]int64, n)
	for i, r := range batch {
		given := map[string]string{"rating": fmt.Sprint(r.Rating)}
		if r.Reason != "" {
			given["reason"] = r.Reason
		}
		raw, err := json.Marshal(given)
		if err != nil {
			return err
		}
		ids[i], channels[i], modes[i], languages[i], answers[i], states[i] = r.ID.String(), r.Channel, r.Mode, r.Language, string(raw), "started"
		if r.Finished {
			states[i] = "finished"
		}
		hours[i], services[i], numbers[i] = r.Hour.UTC().Format(time.RFC3339), to.Services[r.Service], before+int64(i)+1
		if len(r.Equality) > 0 {
			id := equalityID(r)
			equality[i] = &id
		}
		if link, ok := to.Links[r.Service][r.Channel]; ok && r.Mode == "online" {
			links[i] = &link.ID
			if link.AccessPoint != 0 {
				points[i] = &link.AccessPoint
			}
		}
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO responses (organisation_id, id, survey_id, version_id, link_id, source, service_id, channel, mode, access_point_id, language,
		                       answered_hour, answers, state, equality_id, import_id, change_no)
		SELECT $1, u.id, $2, $3, u.link_id, 'demo', u.service_id, u.channel, u.mode, u.access_point_id, u.language,
		       u.answered_hour, u.answers, u.state, u.equality_id, $16, u.change_no
		FROM   unnest($4::uuid[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::bigint[], $10::text[], $11::timestamptz[], $12::jsonb[],
		              $13::text[], $14::uuid[], $15::bigint[])
		       AS u (id, link_id, service_id, channel, mode, access_point_id, language, answered_hour, answers, state, equality_id, change_no)
		ON CONFLICT DO NOTHING`,
		to.Org, to.Survey, to.Version, pq.Array(ids), pq.Array(links), pq.Array(services), pq.Array(channels), pq.Array(modes), pq.Array(points),
		pq.Array(languages), pq.Array(hours), pq.Array(answers), pq.Array(states), pq.Array(equality), pq.Array(numbers), importID)
	return err
}

func (to Target) comments(ctx context.Context, tx *sqlx.Tx, p Plan, batch []Response) error {
	var ids, texts []string
	for _, r := range batch {
		if r.Comment != "" {
			ids, texts = append(ids, r.ID.String()), append(texts, r.Comment)
		}
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO comments (organisation_id, response_id, question_code, text, delete_after)
		SELECT $1, u.id, 'comment', u.text, $2
		FROM   unnest($3::uuid[], $4::text[]) AS u (id, text)
		ON CONFLICT DO NOTHING`, to.Org, p.Until.AddDate(1, 0, 0).Format(time.DateOnly), pq.Array(ids), pq.Array(texts))
	return err
}
