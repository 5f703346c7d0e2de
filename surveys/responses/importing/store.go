package importing

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/surveys"
	"yousaid/surveys/bank"
	"yousaid/surveys/question"
	"yousaid/surveys/responses"
	"yousaid/surveys/tenant"
)

// store holds what one import needs of the database.
type store struct {
	db      tenant.DB
	ledger  tenant.Ledger
	by      tenant.Actor
	job     Job
	survey  int64
	version int64
	setting setting
	secret  []byte // of the keys of rows

	id        int64 // imports.id
	weightSet int64
}

// open reads the survey, its current questionnaire and the organisation's catalogue.
func open(ctx context.Context, job Job) (*store, error) {
	st := &store{db: job.DB, ledger: job.Ledger, by: job.By, job: job}
	if err := st.questionnaire(ctx, job.Survey); err != nil {
		return nil, err
	}
	var err error
	if st.secret, err = job.DB.Secret(ctx, "import rows"); err != nil {
		return nil, err
	}
	tx, err := job.DB.Begin(ctx, job.By.Org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var zone string
	if err := tx.GetContext(ctx, &zone, `
		SELECT time_zone
		FROM   organisations
		WHERE  id = $1`, job.By.Org); err != nil {
		return nil, fmt.Errorf("reading the organisation's time zone: %w", err)
	}
	if st.setting.zone, err = time.LoadLocation(zone); err != nil {
		return nil, fmt.Errorf("the organisation's time zone: %w", err)
	}
	st.setting.now = time.Now()
	if st.setting.services, err = places(ctx, tx, job.By.Org, `
		SELECT   id, slug, names
		FROM     services
		WHERE    organisation_id = $1
		ORDER BY slug`); err != nil {
		return nil, fmt.Errorf("reading the services: %w", err)
	}
	if st.setting.points, err = places(ctx, tx, job.By.Org, `
		SELECT   id, slug, names
		FROM     access_points
		WHERE    organisation_id = $1
		ORDER BY slug`); err != nil {
		return nil, fmt.Errorf("reading the access points: %w", err)
	}
	channels, err := places(ctx, tx, job.By.Org, `
		SELECT   0 AS id, code AS slug, names
		FROM     channels
		WHERE    organisation_id = $1
		ORDER BY code`)
	if err != nil {
		return nil, fmt.Errorf("reading the channels: %w", err)
	}
	for _, c := range channels {
		st.setting.channels = append(st.setting.channels, choice{code: c.Slug, words: c.Words})
	}
	return st, tx.Commit()
}

// questionnaire reads the newest published version of the survey.
func (st *store) questionnaire(ctx context.Context, slug string) error {
	all := surveys.Store{DB: st.db, Ledger: st.ledger}
	found, err := all.BySlug(ctx, st.by.Org, slug)
	if errors.Is(err, surveys.ErrMissing) {
		return fmt.Errorf("%w; `yousaid survey import` makes one from a questionnaire", err)
	}
	if err != nil {
		return err
	}
	current, err := all.CurrentVersion(ctx, st.by.Org, found.ID)
	if errors.Is(err, surveys.ErrNotPublished) {
		return fmt.Errorf("“%s”: %w; publish it first, so that the answers have a questionnaire that never changes", slug, err)
	}
	if err != nil {
		return err
	}
	st.survey, st.version, st.setting.definition = found.ID, current.ID, current.Definition
	for _, q := range bank.Asked(current.Definition.Equality) {
		st.setting.equality = append(st.setting.equality, q.As())
	}
	return nil
}

// places reads a part of the catalogue: one row each of id, slug and names.
func places(ctx context.Context, tx *sqlx.Tx, org tenant.Org, query string) ([]place, error) {
	var rows []struct {
		ID    int64  `db:"id"`
		Slug  string `db:"slug"`
		Names string `db:"names"`
	}
	if err := tx.SelectContext(ctx, &rows, query, org); err != nil {
		return nil, err
	}
	var all []place
	for _, r := range rows {
		var names question.Text
		if err := json.Unmarshal([]byte(r.Names), &names); err != nil {
			return nil, err
		}
		p := place{ID: r.ID, Slug: r.Slug}
		for _, n := range names {
			p.Words = append(p.Words, n)
		}
		all = append(all, p)
	}
	return all, nil
}

// start goes on with an import of the same file and mapping that was stopped, or begins a new one.
func (st *store) start(ctx context.Context, file [sha256.Size]byte, mapping string, m Map) error {
	sum := sha256.Sum256([]byte(mapping))
	hash := hex.EncodeToString(sum[:])
	kept, err := json.Marshal(map[string]string{"sha256": hash, "yaml": mapping})
	if err != nil {
		return err
	}
	tx, err := st.db.Begin(ctx, st.by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO feeds (organisation_id, last_no)
		VALUES ($1, 0)
		ON CONFLICT (organisation_id) DO NOTHING`, st.by.Org); err != nil {
		return err
	}
	action := "responses.import_resumed"
	err = tx.GetContext(ctx, &st.id, `
		SELECT   id
		FROM     imports
		WHERE    organisation_id = $1 AND survey_id = $2 AND state = 'running' AND file_sha256 = $3 AND mapping ->> 'sha256' = $4
		ORDER BY id DESC
		LIMIT    1`, st.by.Org, st.survey, file[:], hash)
	if errors.Is(err, sql.ErrNoRows) {
		action = "responses.import_started"
		err = tx.GetContext(ctx, &st.id, `
			INSERT INTO imports (organisation_id, survey_id, file_sha256, mapping, by, file_name)
			VALUES ($1, $2, $3, $4, $5, $6)
			RETURNING id`, st.by.Org, st.survey, file[:], string(kept), st.by.Name, strings.ToValidUTF8(filepath.Base(st.job.File), "?"))
	}
	if err != nil {
		return err
	}
	if m.Weight != nil {
		if err := st.weights(ctx, tx, m.WeightName); err != nil {
			return err
		}
	}
	if err := st.ledger.Record(ctx, tx, st.by, action, st.object(), nil, map[string]any{
		"import": st.id, "file": filepath.Base(st.job.File), "file_sha256": hex.EncodeToString(file[:]), "mapping_sha256": hash,
	}); err != nil {
		return err
	}
	return tx.Commit()
}

func (st *store) object() string { return "survey " + st.job.Survey }

// weights finds or makes the set that keeps the file's weights.
func (st *store) weights(ctx context.Context, tx *sqlx.Tx, name string) error {
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO weight_sets (organisation_id, survey_id, kind, name)
		VALUES ($1, $2, 'imported', $3)
		ON CONFLICT (organisation_id, survey_id, name) DO NOTHING`, st.by.Org, st.survey, name); err != nil {
		return err
	}
	err := tx.GetContext(ctx, &st.weightSet, `
		SELECT id
		FROM   weight_sets
		WHERE  organisation_id = $1 AND survey_id = $2 AND name = $3 AND kind = 'imported'`, st.by.Org, st.survey, name)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("the survey has weights called %q that were not imported: give these another name in the mapping", clip(name))
	}
	return err
}

// finish closes the import in the same transaction as its line in the audit.
func (st *store) finish(ctx context.Context, r Report) error {
	tx, err := st.db.Begin(ctx, st.by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, `
		UPDATE imports
		SET    state = 'finished', read = $3, refused = $4, again = $5, conflicts = $6
		WHERE  organisation_id = $1 AND id = $2 AND state = 'running'`, st.by.Org, st.id, r.Read, r.Refused, r.AlreadyStored,
		r.Conflicts); err != nil {
		return err
	}
	if err := st.ledger.Record(ctx, tx, st.by, "responses.import_finished", st.object(), nil, map[string]any{
		"import": st.id, "read": r.Read, "stored": r.Stored, "already_stored": r.AlreadyStored, "conflicts": r.Conflicts,
		"refused": r.Refused, "skipped": r.Skipped,
	}); err != nil {
		return err
	}
	return tx.Commit()
}

// chunk stores the drafts that are not stored yet, in one transaction.
func (st *store) chunk(ctx context.Context, drafts []draft, sofar Report) (sifted, error) {
	tx, err := st.db.Begin(ctx, st.by.Org)
	if err != nil {
		return sifted{}, err
	}
	defer func() { _ = tx.Rollback() }()
	found, last, err := st.stamp(ctx, tx, drafts)
	if err != nil {
		return sifted{}, err
	}
	if len(found.fresh) > 0 {
		if err := st.insert(ctx, tx, found.fresh, last); err != nil {
			return sifted{}, err
		}
	}
	// The same file may be imported twice at once: the two share an import, and whoever comes second finds it finished. One that was
	// undone takes no more rows.
	done, err := tx.ExecContext(ctx, `
		UPDATE imports
		SET    read = greatest(read, $3), refused = greatest(refused, $4), stored = stored + $5
		WHERE  organisation_id = $1 AND id = $2 AND state IN ('running', 'finished')`, st.by.Org, st.id, sofar.Read, sofar.Refused,
		len(found.fresh))
	if err != nil {
		return sifted{}, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return sifted{}, errors.Join(err, ErrNotRunning)
	}
	return found, tx.Commit()
}

// compare tells what chunk would do with the drafts, and stores nothing.
func (st *store) compare(ctx context.Context, drafts []draft, _ Report) (sifted, error) {
	tx, err := st.db.Begin(ctx, st.by.Org)
	if err != nil {
		return sifted{}, err
	}
	defer func() { _ = tx.Rollback() }()
	return st.sift(ctx, tx, drafts)
}

// stamp takes the feed's lock, finds the drafts that are new, and takes a number for each of those and for no other: the feed has
// no gaps. It gives the last number taken. Every writer of responses holds this lock, so what is new stays new until the commit.
func (st *store) stamp(ctx context.Context, tx *sqlx.Tx, drafts []draft) (found sifted, last int64, err error) {
	if len(drafts) == 0 {
		return sifted{}, 0, nil
	}
	if err := tx.GetContext(ctx, &last, `
		UPDATE feeds
		SET    last_no = last_no
		WHERE  organisation_id = $1
		RETURNING last_no`, st.by.Org); err != nil {
		return sifted{}, 0, fmt.Errorf("taking the feed's lock: %w", err)
	}
	if found, err = st.sift(ctx, tx, drafts); err != nil || len(found.fresh) == 0 {
		return found, 0, err
	}
	err = tx.GetContext(ctx, &last, `
		UPDATE feeds
		SET    last_no = last_no + $2
		WHERE  organisation_id = $1
		RETURNING last_no`, st.by.Org, len(found.fresh))
	return found, last, err
}

// insert writes new responses with what belongs to them. last is the number of the last of them.
func (st *store) insert(ctx context.Context, tx *sqlx.Tx, fresh []draft, last int64) error {
	var c columns
	for i, d := range fresh {
		c.add(d, last-int64(len(fresh)-1-i))
	}
	if err := st.equality(ctx, tx, c); err != nil {
		return fmt.Errorf("equality answers: %w", err)
	}
	var ids []string
	if err := tx.SelectContext(ctx, &ids, `
		INSERT INTO responses (organisation_id, id, survey_id, version_id, source, service_id, channel,
			mode, access_point_id, about, language, answered_hour,
		                       answers, state, equality_id, import_id, import_row_key, change_no)
		SELECT $1, r.id, $2, $3, 'import', NULLIF(r.service, 0), NULLIF(r.channel, ''), r.mode, NULLIF(r.point, 0), r.about, r.language, r.hour,
		       r.answers::jsonb, 'finished', NULLIF(r.equality, '')::uuid, $4, r.key, r.no
		FROM   unnest($5::uuid[], $6::bigint[], $7::text[], $8::text[], $9::bigint[], $10::text[], $11::text[], $12::timestamptz[], $13::text[],
		              $14::text[], $15::text[], $16::bigint[])
		       AS r (id, service, channel, mode, point, about, language, hour, answers, equality, key, no)
		ON CONFLICT (organisation_id, survey_id, import_row_key) WHERE import_row_key IS NOT NULL DO NOTHING
		RETURNING id`,
		st.by.Org, st.survey, st.version, st.id, pq.Array(c.id), pq.Array(c.service), pq.Array(c.channel), pq.Array(c.mode), pq.Array(c.point),
		pq.Array(c.about), pq.Array(c.language), pq.Array(c.hour), pq.Array(c.answers), pq.Array(c.equality), pq.Array(c.key),
		pq.Array(c.no)); err != nil {
		return fmt.Errorf("responses: %w", err)
	}
	if len(ids) != len(fresh) {
		return fmt.Errorf("%d of %d rows could not be stored: somebody stored the same rows at the same time; run the import again",
			len(fresh)-len(ids), len(fresh))
	}
	if len(c.text) > 0 {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO comments (organisation_id, response_id, question_code, text, delete_after)
			SELECT $1, c.response, c.question, c.text, $2::date
			FROM   unnest($3::uuid[], $4::text[], $5::text[]) AS c (response, question, text)
			ON CONFLICT (organisation_id, response_id, question_code) DO NOTHING`,
			st.by.Org, st.setting.now.Add(responses.CommentLife).In(st.setting.zone).Format(time.DateOnly),
			pq.Array(c.commented), pq.Array(c.asked), pq.Array(c.text)); err != nil {
			return fmt.Errorf("comments: %w", err)
		}
	}
	if len(c.weight) > 0 {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO weights (organisation_id, weight_set_id, response_id, weight)
			SELECT $1, $2, w.response, w.weight
			FROM   unnest($3::uuid[], $4::double precision[]) AS w (response, weight)
			ON CONFLICT (organisation_id, weight_set_id, response_id) DO NOTHING`,
			st.by.Org, st.weightSet, pq.Array(c.weighed), pq.Array(c.weight)); err != nil {
			return fmt.Errorf("weights: %w", err)
		}
	}
	return nil
}

// equality writes the equality answers in the order of their random ids, so that not even their place on disk says whose they are.
func (st *store) equality(ctx context.Context, tx *sqlx.Tx, c columns) error {
	if len(c.apart) == 0 {
		return nil
	}
	slices.SortFunc(c.apart, func(a, b apart) int { return slices.Compare(a.id[:], b.id[:]) })
	var ids, answers []string
	for _, a := range c.apart {
		ids, answers = append(ids, a.id.String()), append(answers, a.answers)
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO equality_answers (organisation_id, id, survey_id, version_id, answers)
		SELECT $1, e.id, $2, $3, e.answers::jsonb
		FROM   unnest($4::uuid[], $5::text[]) AS e (id, answers)
		ON CONFLICT (organisation_id, id) DO NOTHING`, st.by.Org, st.survey, st.version, pq.Array(ids), pq.Array(answers))
	return err
}

// columns turns drafts into the arrays that one statement takes.
type columns struct {
	id, channel, mode, about, language, answers, equality, key []string
	hour                                                       []string
	service, point, no                                         []int64
	commented, asked, text                                     []string
	weighed                                                    []string
	weight                                                     []float64
	apart                                                      []apart
}

// apart are the equality answers of one response.
type apart struct {
	id      uuid.UUID
	answers string
}

func (c *columns) add(d draft, no int64) {
	id, equality := d.id.String(), ""
	if d.equality != "" {
		a := apart{id: uuid.New(), answers: d.equality}
		c.apart, equality = append(c.apart, a), a.id.String()
	}
	c.id, c.channel, c.mode, c.about = append(c.id, id), append(c.channel, d.channel), append(c.mode, d.mode), append(c.about, d.about)
	c.language, c.answers, c.equality = append(c.language, d.language), append(c.answers, d.answers), append(c.equality, equality)
	c.key, c.hour, c.no = append(c.key, d.key), append(c.hour, d.hour.Format(time.RFC3339)), append(c.no, no)
	c.service, c.point = append(c.service, d.service), append(c.point, d.point)
	for _, t := range d.comments {
		c.commented, c.asked, c.text = append(c.commented, id), append(c.asked, t.question), append(c.text, t.text)
	}
	if d.weight != nil {
		c.weighed, c.weight = append(c.weighed, id), append(c.weight, *d.weight)
	}
}
