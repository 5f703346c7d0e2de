package links

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/permission"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// What can be wrong with a place where answers are to be typed in.
var (
	ErrNotTaking = errors.New("the survey takes no answers: it is not published, or it is closed")
	ErrMode      = errors.New("use one of telephone_interview, face_to_face_interview, paper")
	ErrPlace     = errors.New("there is no such access point")
	ErrReach     = errors.New("the role does not cover this service")
)

// KeyedModes are the ways of collecting answers that staff type in.
var KeyedModes = []string{"telephone_interview", "face_to_face_interview", "paper"}

// NewKeyed says where answers are to be typed in: slugs and codes.
type NewKeyed struct {
	Survey      string
	Service     string // "" means about no one service
	Channel     string // "" means none
	AccessPoint string // slug of one that exists; "" means none
	Mode        string // of KeyedModes
}

// Keyed is where answers are typed in: it stands beside the links, and no customer can follow it.
type Keyed struct {
	NewKeyed
	ID          int64
	Version     int64 // of the survey, published last
	ServiceName question.Text
	PlaceName   question.Text
	ChannelName question.Text
}

// OpenKeyed finds or makes where answers are typed in, by somebody whose role covers it. ErrNotTaking, ErrMode, ErrChannel,
// ErrPlace, ErrReach, ErrService, surveys.ErrMissing, catalogue.ErrMissing.
func (s *Store) OpenKeyed(ctx context.Context, by tenant.Actor, n NewKeyed) (int64, error) {
	if !slices.Contains(KeyedModes, n.Mode) {
		return 0, ErrMode
	}
	if n.Channel != "" && !slices.Contains(catalogue.ChannelCodes(), n.Channel) {
		return 0, ErrChannel
	}
	organisation, err := s.organisation(ctx, by.Org)
	if err != nil {
		return 0, err
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	var survey, service, point int64
	err = tx.GetContext(ctx, &survey, `
		SELECT id
		FROM   surveys
		WHERE  organisation_id = $1 AND slug = $2`, by.Org, n.Survey)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("survey “%s”: %w", n.Survey, surveys.ErrMissing)
	}
	if err != nil {
		return 0, err
	}
	if n.Service != "" {
		if service, err = catalogue.OpenServiceID(ctx, tx, by.Org, n.Service, s.now().In(organisation.Zone)); err != nil {
			return 0, err
		}
	}
	if n.AccessPoint != "" {
		err = tx.GetContext(ctx, &point, `
			SELECT id
			FROM   access_points
			WHERE  organisation_id = $1 AND slug = $2`, by.Org, n.AccessPoint)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, ErrPlace
		}
		if err != nil {
			return 0, err
		}
	}
	id, err := s.keyed(ctx, tx, by, organisation.Prefix, n, survey, service, point)
	if err != nil {
		return 0, err
	}
	if _, err := s.readKeyed(ctx, tx, by, id); err != nil {
		return 0, err
	}
	return id, tx.Commit()
}

// keyed finds the row, or inserts it.
func (s *Store) keyed(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, prefix string, n NewKeyed, survey, service,
	point int64) (id int64, err error) {
	for range 20 {
		err = tx.GetContext(ctx, &id, `
			SELECT id
			FROM   links
			WHERE  organisation_id = $1 AND survey_id = $2 AND COALESCE(service_id, 0) = $3 AND COALESCE(channel, '') = $4
			AND    COALESCE(access_point_id, 0) = $5 AND keyed_mode = $6`,
			by.Org, survey, service, n.Channel, point, n.Mode)
		if !errors.Is(err, sql.ErrNoRows) {
			return id, err
		}
		err = tx.GetContext(ctx, &id, `
			INSERT INTO links (organisation_id, code, survey_id, service_id, channel, access_point_id, keyed_mode)
			VALUES ($1, $2, $3, NULLIF($4::bigint, 0), NULLIF($5, ''), NULLIF($6::bigint, 0), $7)
			ON CONFLICT DO NOTHING
			RETURNING id`, by.Org, newCode(prefix), survey, service, n.Channel, point, n.Mode)
		if err == nil {
			return id, s.Ledger.Record(ctx, tx, by, "keying.started", "survey/"+n.Survey, nil, n)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return 0, err
		}
	}
	return 0, errors.New("no free code was found: try again")
}

// Keyed reads where answers are typed in, for somebody whose role covers it. ErrMissing, ErrReach, and ErrNotTaking, beside which
// the rest is given for forms that are open already.
func (s *Store) Keyed(ctx context.Context, by tenant.Actor, id int64) (Keyed, error) {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return Keyed{}, err
	}
	defer func() { _ = tx.Rollback() }()
	return s.readKeyed(ctx, tx, by, id)
}

func (s *Store) readKeyed(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, id int64) (Keyed, error) {
	var row struct {
		Survey  string        `db:"survey"`
		State   surveys.State `db:"state"`
		Version int64         `db:"version"`
		Service int64         `db:"service_id"`
		Slug    string        `db:"service"`
		Name    []byte        `db:"service_names"`
		Channel string        `db:"channel"`
		Called  []byte        `db:"channel_names"`
		Point   string        `db:"point"`
		Place   []byte        `db:"point_names"`
		Mode    string        `db:"keyed_mode"`

		PointService int64 `db:"point_service"` // whose access point it is; 0: of all services
	}
	err := tx.GetContext(ctx, &row, `
		SELECT l.keyed_mode, COALESCE(l.channel, '') AS channel, COALESCE(l.service_id, 0) AS service_id, s.slug AS survey, s.state,
		       COALESCE((
		           SELECT   v.id
		           FROM     versions v
		           WHERE    v.organisation_id = $1 AND v.survey_id = l.survey_id
		           ORDER BY v.number DESC
		           LIMIT    1), 0) AS version,
		       COALESCE(w.slug, '') AS service, COALESCE(w.names, '{}') AS service_names, COALESCE(c.names, '{}') AS channel_names,
		       COALESCE(a.slug, '') AS point, COALESCE(a.names, '{}') AS point_names, COALESCE(a.service_id, 0) AS point_service
		FROM   links l
		JOIN   surveys s ON s.organisation_id = $1 AND s.id = l.survey_id
		LEFT   JOIN services w ON w.organisation_id = $1 AND w.id = l.service_id
		LEFT   JOIN channels c ON c.organisation_id = $1 AND c.code = l.channel
		LEFT   JOIN access_points a ON a.organisation_id = $1 AND a.id = l.access_point_id
		WHERE  l.organisation_id = $1 AND l.id = $2 AND l.keyed_mode IS NOT NULL`, by.Org, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Keyed{}, ErrMissing
	}
	if err != nil {
		return Keyed{}, fmt.Errorf("reading where answers are typed in: %w", err)
	}
	reach, err := permission.Scope(by, permission.KeyAnswers).Of(ctx, tx, by.Org)
	if err != nil {
		return Keyed{}, err
	}
	if !reach.Covers(row.Service) || row.PointService != 0 && !reach.Covers(row.PointService) {
		return Keyed{}, ErrReach
	}
	k := Keyed{NewKeyed: NewKeyed{Survey: row.Survey, Service: row.Slug, Channel: row.Channel, AccessPoint: row.Point, Mode: row.Mode},
		ID: id, Version: row.Version}
	for text, raw := range map[*question.Text][]byte{&k.ServiceName: row.Name, &k.ChannelName: row.Called, &k.PlaceName: row.Place} {
		if err := json.Unmarshal(raw, text); err != nil {
			return Keyed{}, fmt.Errorf("reading names: %w", err)
		}
	}
	if row.State != surveys.Open || row.Version == 0 {
		return k, ErrNotTaking
	}
	return k, nil
}

// Words says where answers are typed in, in English: service, channel, access point.
func (k Keyed) Words() string {
	var parts []string
	for _, t := range []question.Text{k.ServiceName, k.ChannelName, k.PlaceName} {
		if text, _ := t.In("en"); text != "" {
			parts = append(parts, text)
		}
	}
	if k.Service == "" {
		parts = append([]string{"Not about one service"}, parts...)
	}
	return strings.Join(parts, ", ")
}
