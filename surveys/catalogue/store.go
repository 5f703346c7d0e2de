package catalogue

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// SeedChannels gives a new organisation its channels, in the transaction that makes it. What is there already stays.
func SeedChannels(ctx context.Context, tx *sqlx.Tx, org tenant.Org) error {
	for _, c := range channels {
		names, err := json.Marshal(c.Names)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO channels (organisation_id, code, rollup, names)
			VALUES ($1, $2, $3, $4)
			ON CONFLICT (organisation_id, code) DO NOTHING`, org, c.Code, c.Rollup, string(names)); err != nil {
			return fmt.Errorf("seeding the channel %s: %w", c.Code, err)
		}
	}
	return nil
}

// Directorates lists the directorates by slug, closed ones too.
func (s Store) Directorates(ctx context.Context, org tenant.Org) ([]Directorate, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	return directorates(ctx, tx, org)
}

func directorates(ctx context.Context, tx *sqlx.Tx, org tenant.Org) ([]Directorate, error) {
	var rows []struct {
		ID       int64      `db:"id"`
		Slug     string     `db:"slug"`
		Names    []byte     `db:"names"`
		ClosedOn *time.Time `db:"closed_on"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   id, slug, names, closed_on
		FROM     directorates
		WHERE    organisation_id = $1
		ORDER BY slug`, org); err != nil {
		return nil, fmt.Errorf("listing the directorates: %w", err)
	}
	list := make([]Directorate, len(rows))
	for i, r := range rows {
		list[i] = Directorate{r.ID, r.Slug, decodeNames(r.Names), r.ClosedOn}
	}
	return list, nil
}

// Services lists the services by slug, closed ones too, with the directorate each belongs to this month.
func (s Store) Services(ctx context.Context, org tenant.Org) ([]Service, error) {
	month, err := s.month(ctx, org)
	if err != nil {
		return nil, err
	}
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	return services(ctx, tx, org, month)
}

func services(ctx context.Context, tx *sqlx.Tx, org tenant.Org, month time.Time) ([]Service, error) {
	var rows []struct {
		ID          int64      `db:"id"`
		Slug        string     `db:"slug"`
		Names       []byte     `db:"names"`
		LGSL        int        `db:"lgsl"`
		Parent      int64      `db:"parent"`
		Directorate int64      `db:"directorate"`
		ClosedOn    *time.Time `db:"closed_on"`
		Successor   int64      `db:"successor"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   s.id, s.slug, s.names, COALESCE(s.lgsl_id, 0) AS lgsl, COALESCE(s.parent_id, 0) AS parent, s.closed_on,
		         COALESCE(s.successor_id, 0) AS successor,
		         COALESCE((
		             SELECT   d.directorate_id
		             FROM     service_directorates AS d
		             WHERE    d.organisation_id = $1 AND d.service_id = s.id AND d.valid_from <= $2::date
		             ORDER BY d.valid_from DESC
		             LIMIT    1), 0) AS directorate
		FROM     services AS s
		WHERE    s.organisation_id = $1
		ORDER BY s.slug`, org, month.Format(time.DateOnly)); err != nil {
		return nil, fmt.Errorf("listing the services: %w", err)
	}
	list := make([]Service, len(rows))
	for i, r := range rows {
		list[i] = Service{r.ID, r.Slug, decodeNames(r.Names), r.LGSL, r.Parent, r.Directorate, r.ClosedOn, r.Successor}
	}
	return list, nil
}

// Rollup is where a service belonged from a month on, until its next Rollup.
type Rollup struct {
	Service     int64     `db:"service_id"`
	From        time.Time `db:"valid_from"` // the first day of a month
	Directorate int64     `db:"directorate_id"`
}

// Rollups lists which directorate each service belonged to and since when, by service and day.
func (s Store) Rollups(ctx context.Context, org tenant.Org) ([]Rollup, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []Rollup
	err = tx.SelectContext(ctx, &rows, `
		SELECT   service_id, valid_from, directorate_id
		FROM     service_directorates
		WHERE    organisation_id = $1
		ORDER BY service_id, valid_from`, org)
	return rows, err
}

// ServiceID finds a service by its slug; ErrMissing.
func (s Store) ServiceID(ctx context.Context, org tenant.Org, slug string) (int64, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	return ServiceID(ctx, tx, org, slug)
}

// ServiceID finds a service by its slug in a transaction that another store has open; ErrMissing.
func ServiceID(ctx context.Context, tx *sqlx.Tx, org tenant.Org, slug string) (int64, error) {
	var id int64
	err := tx.GetContext(ctx, &id, `
		SELECT id
		FROM   services
		WHERE  organisation_id = $1 AND slug = $2`, org, slug)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("service “%s”: %w", slug, ErrMissing)
	}
	return id, err
}

// ErrServiceClosed is a service that is over. The sentence that wraps it names the one that follows, where there is one.
var ErrServiceClosed = errors.New("the service is closed")

// OpenServiceID is ServiceID for a service that new links may be about on the day: ErrServiceClosed for one that is over.
func OpenServiceID(ctx context.Context, tx *sqlx.Tx, org tenant.Org, slug string, day time.Time) (int64, error) {
	var row struct {
		ID        int64  `db:"id"`
		Over      bool   `db:"is_over"`
		Successor string `db:"successor"`
	}
	err := tx.GetContext(ctx, &row, `
		SELECT s.id, COALESCE(s.closed_on < $3::date, false) AS is_over, COALESCE(n.slug, '') AS successor
		FROM   services s
		LEFT   JOIN services n ON n.organisation_id = $1 AND n.id = s.successor_id
		WHERE  s.organisation_id = $1 AND s.slug = $2`, org, slug, day.Format(time.DateOnly))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, fmt.Errorf("service “%s”: %w", slug, ErrMissing)
	case err == nil && row.Over && row.Successor != "":
		return 0, fmt.Errorf("service “%s” is followed by “%s”: %w", slug, row.Successor, ErrServiceClosed)
	case err == nil && row.Over:
		return 0, fmt.Errorf("service “%s”: %w", slug, ErrServiceClosed)
	}
	return row.ID, err
}

// Channels lists the organisation's channels in the fixed order.
func (s Store) Channels(ctx context.Context, org tenant.Org) ([]Channel, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []struct {
		Code   string `db:"code"`
		Rollup string `db:"rollup"`
		Names  []byte `db:"names"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT code, rollup, names
		FROM   channels
		WHERE  organisation_id = $1`, org); err != nil {
		return nil, fmt.Errorf("listing the channels: %w", err)
	}
	var list []Channel
	for _, code := range ChannelCodes() {
		for _, r := range rows {
			if r.Code == code {
				list = append(list, Channel{r.Code, r.Rollup, decodeNames(r.Names)})
			}
		}
	}
	return list, nil
}

// AccessPoints lists the access points by slug.
func (s Store) AccessPoints(ctx context.Context, org tenant.Org) ([]AccessPoint, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []struct {
		ID      int64  `db:"id"`
		Slug    string `db:"slug"`
		Channel string `db:"channel"`
		Service int64  `db:"service"`
		Names   []byte `db:"names"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   id, slug, channel, COALESCE(service_id, 0) AS service, names
		FROM     access_points
		WHERE    organisation_id = $1
		ORDER BY slug`, org); err != nil {
		return nil, fmt.Errorf("listing the access points: %w", err)
	}
	list := make([]AccessPoint, len(rows))
	for i, r := range rows {
		list[i] = AccessPoint{r.ID, r.Slug, r.Channel, r.Service, decodeNames(r.Names)}
	}
	return list, nil
}

// EnsureAccessPoint finds the access point with the slug or name, or makes it for the channel, in a transaction that another store
// has open.
func (s Store) EnsureAccessPoint(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, name, channel string) (int64, error) {
	slug := Slug(name)
	if slug == "" {
		return 0, fmt.Errorf("the access point “%s” has no letter or digit in its name: give it another", name)
	}
	names, err := json.Marshal(question.Text{"en": name})
	if err != nil {
		return 0, err
	}
	var id int64
	err = tx.GetContext(ctx, &id, `
		INSERT INTO access_points (organisation_id, slug, channel, names)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (organisation_id, slug) DO NOTHING
		RETURNING id`, by.Org, slug, channel, string(names))
	if errors.Is(err, sql.ErrNoRows) {
		err = tx.GetContext(ctx, &id, `
			SELECT id
			FROM   access_points
			WHERE  organisation_id = $1 AND slug = $2`, by.Org, slug)
		return id, err
	}
	if err != nil {
		return 0, fmt.Errorf("adding the access point “%s”: %w", name, err)
	}
	return id, s.Ledger.Record(ctx, tx, by, "access_point.added", "access_point/"+slug, nil,
		map[string]string{"name": name, "channel": channel})
}

// month is the first day of the current month where the organisation is.
func (s Store) month(ctx context.Context, org tenant.Org) (time.Time, error) {
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	var zone string
	if err := s.DB.Global().GetContext(ctx, &zone, `
		SELECT time_zone
		FROM   organisations
		WHERE  id = $1`, org); err != nil {
		return time.Time{}, fmt.Errorf("finding the time zone of the organisation: %w", err)
	}
	place, err := time.LoadLocation(zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("the organisation’s time zone: %w", err)
	}
	there := now().In(place)
	return time.Date(there.Year(), there.Month(), 1, 0, 0, 0, 0, time.UTC), nil
}

// NamesOf are what the rows of a table are called that is split by service, channel, access_point or directorate: names by code.
func (s Store) NamesOf(ctx context.Context, org tenant.Org, by string) (map[string]question.Text, error) {
	list := map[string]question.Text{}
	switch by {
	case "service":
		services, err := s.Services(ctx, org)
		for _, one := range services {
			list[one.Slug] = one.Names
		}
		return list, err
	case "access_point":
		points, err := s.AccessPoints(ctx, org)
		for _, one := range points {
			list[one.Slug] = one.Names
		}
		return list, err
	case "directorate":
		directorates, err := s.Directorates(ctx, org)
		for _, one := range directorates {
			list[one.Slug] = one.Names
		}
		return list, err
	case "channel":
		channels, err := s.Channels(ctx, org)
		for _, one := range channels {
			list[one.Code] = one.Names
		}
		return list, err
	}
	return nil, fmt.Errorf("the catalogue has no names for rows by %q", by)
}
