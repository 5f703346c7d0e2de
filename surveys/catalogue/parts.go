package catalogue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// AddDirectorate adds a directorate and gives its id. An empty slug is made from the name.
func (s Store) AddDirectorate(ctx context.Context, by tenant.Actor, slug string, names question.Text) (id int64, err error) {
	if err := checkNames(names); err != nil {
		return 0, err
	}
	if slug, err = newSlug(slug, names); err != nil {
		return 0, err
	}
	err = s.change(ctx, by, func(tx *sqlx.Tx, month time.Time) (event, error) {
		err := tx.GetContext(ctx, &id, `
			INSERT INTO directorates (organisation_id, slug, names)
			VALUES ($1, $2, $3)
			ON CONFLICT (organisation_id, slug) DO NOTHING
			RETURNING id`, by.Org, slug, encode(names))
		if errors.Is(err, sql.ErrNoRows) {
			return event{}, refuse("names", "catalogue.there_is_or_was|There is or was a directorate with the short name “%s”. Reopen it, "+
				"or write another name.", slug)
		}
		return event{"directorate.added", "directorate/" + slug, nil, map[string]any{"names": names}}, err
	})
	return id, err
}

func findDirectorate(ctx context.Context, tx *sqlx.Tx, org tenant.Org, id int64) (Directorate, error) {
	list, err := directorates(ctx, tx, org)
	if err != nil {
		return Directorate{}, err
	}
	i := slices.IndexFunc(list, func(d Directorate) bool { return d.ID == id })
	if i < 0 {
		return Directorate{}, fmt.Errorf("directorate %d: %w", id, ErrMissing)
	}
	return list[i], nil
}

// ChangeDirectorate gives a directorate, seen as the mark says, another name.
func (s Store) ChangeDirectorate(ctx context.Context, by tenant.Actor, id int64, was string, names question.Text) error {
	if err := checkNames(names); err != nil {
		return err
	}
	return s.change(ctx, by, func(tx *sqlx.Tx, month time.Time) (event, error) {
		before, err := findDirectorate(ctx, tx, by.Org, id)
		if err == nil {
			err = same(was, before.Mark())
		}
		if err != nil {
			return event{}, err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE directorates
			SET    names = $3
			WHERE  organisation_id = $1 AND id = $2`, by.Org, id, encode(names))
		return event{"directorate.changed", "directorate/" + before.Slug, map[string]any{"names": before.Names},
			map[string]any{"names": names}}, err
	})
}

// CloseDirectorate ends a directorate after a day. Its services must belong to another one first.
func (s Store) CloseDirectorate(ctx context.Context, by tenant.Actor, id int64, on time.Time) error {
	if err := checkDay("on", on); err != nil {
		return err
	}
	return s.change(ctx, by, func(tx *sqlx.Tx, month time.Time) (event, error) {
		before, err := findDirectorate(ctx, tx, by.Org, id)
		if err != nil {
			return event{}, err
		}
		if before.ClosedOn != nil {
			return event{}, refuse("on", "catalogue.the_directorate_is_closed|The directorate is closed already.")
		}
		after := time.Date(on.Year(), on.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, 1, 0)
		list, err := services(ctx, tx, by.Org, after)
		if err != nil {
			return event{}, err
		}
		list = slices.DeleteFunc(list, func(one Service) bool {
			return one.Directorate != id || one.ClosedOn != nil && one.ClosedOn.Before(after)
		})
		if len(list) > 0 {
			return event{}, refuse("on", "catalogue.move_its_services_to|Move its services to another directorate first, by %s: %s.",
				wording.Month(after), labels(list))
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE directorates
			SET    closed_on = $3
			WHERE  organisation_id = $1 AND id = $2 AND closed_on IS NULL`, by.Org, id, day(on))
		return event{"directorate.closed", "directorate/" + before.Slug, nil, map[string]any{"closed_on": day(on)}}, err
	})
}

// ReopenDirectorate takes back that a directorate was closed.
func (s Store) ReopenDirectorate(ctx context.Context, by tenant.Actor, id int64) error {
	return s.change(ctx, by, func(tx *sqlx.Tx, month time.Time) (event, error) {
		before, err := findDirectorate(ctx, tx, by.Org, id)
		if err != nil {
			return event{}, err
		}
		if before.ClosedOn == nil {
			return event{}, refuse("on", "catalogue.the_directorate_is_open|The directorate is open already.")
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE directorates
			SET    closed_on = NULL
			WHERE  organisation_id = $1 AND id = $2`, by.Org, id)
		return event{"directorate.reopened", "directorate/" + before.Slug, map[string]any{"closed_on": day(*before.ClosedOn)}, nil}, err
	})
}

// NameChannel gives a channel, seen as the mark says, the council's own name. What a channel counts as never changes.
func (s Store) NameChannel(ctx context.Context, by tenant.Actor, code, was string, names question.Text) error {
	if err := checkNames(names); err != nil {
		return err
	}
	return s.change(ctx, by, func(tx *sqlx.Tx, month time.Time) (event, error) {
		var stored []byte
		err := tx.GetContext(ctx, &stored, `
			SELECT names
			FROM   channels
			WHERE  organisation_id = $1 AND code = $2`, by.Org, code)
		if errors.Is(err, sql.ErrNoRows) {
			return event{}, fmt.Errorf("channel “%s”: %w", code, ErrMissing)
		}
		before := decodeNames(stored)
		if err == nil {
			err = same(was, Channel{Names: before}.Mark())
		}
		if err != nil {
			return event{}, err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE channels
			SET    names = $3
			WHERE  organisation_id = $1 AND code = $2`, by.Org, code, encode(names))
		return event{"channel.named", "channel/" + code, map[string]any{"names": before}, map[string]any{"names": names}}, err
	})
}

func checkAccessPoint(ctx context.Context, tx *sqlx.Tx, org tenant.Org, month time.Time, a AccessPoint) error {
	if err := checkNames(a.Names); err != nil {
		return err
	}
	if !slices.Contains(ChannelCodes(), a.Channel) {
		return refuse("channel", "catalogue.choose_a_channel_from|Choose a channel from the list.")
	}
	if a.Service == 0 {
		return nil
	}
	t, err := readTree(ctx, tx, org, month)
	if _, known := t[a.Service]; err == nil && !known {
		return refuse("service", "catalogue.choose_a_service_from|Choose a service from the list.")
	}
	return err
}

// AddAccessPoint adds a place, number or address at which people reach the council. An empty slug is made from the name.
func (s Store) AddAccessPoint(ctx context.Context, by tenant.Actor, a AccessPoint) (id int64, err error) {
	err = s.change(ctx, by, func(tx *sqlx.Tx, month time.Time) (event, error) {
		if err := checkAccessPoint(ctx, tx, by.Org, month, a); err != nil {
			return event{}, err
		}
		if a.Slug, err = newSlug(a.Slug, a.Names); err != nil {
			return event{}, err
		}
		err = tx.GetContext(ctx, &id, `
			INSERT INTO access_points (organisation_id, slug, channel, service_id, names)
			VALUES ($1, $2, $3, NULLIF($4::bigint, 0), $5)
			ON CONFLICT (organisation_id, slug) DO NOTHING
			RETURNING id`, by.Org, a.Slug, a.Channel, a.Service, encode(a.Names))
		if errors.Is(err, sql.ErrNoRows) {
			return event{}, refuse("names", "catalogue.there_is_an_access|There is an access point with the short name “%s” already. "+
				"Write another name.", a.Slug)
		}
		return event{"access_point.added", "access_point/" + a.Slug, nil,
			map[string]any{"names": a.Names, "channel": a.Channel, "service": a.Service}}, err
	})
	return id, err
}

// ChangeAccessPoint changes an access point that was seen as the mark says. Links that name it keep the channel they were made with.
func (s Store) ChangeAccessPoint(ctx context.Context, by tenant.Actor, was string, a AccessPoint) error {
	return s.change(ctx, by, func(tx *sqlx.Tx, month time.Time) (event, error) {
		before, err := accessPoint(ctx, tx, by.Org, a.ID)
		if err == nil {
			err = same(was, before.Mark())
		}
		if err == nil {
			err = checkAccessPoint(ctx, tx, by.Org, month, a)
		}
		if err != nil {
			return event{}, err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE access_points
			SET    names = $3, channel = $4, service_id = NULLIF($5::bigint, 0)
			WHERE  organisation_id = $1 AND id = $2`, by.Org, a.ID, encode(a.Names), a.Channel, a.Service)
		return event{"access_point.changed", "access_point/" + before.Slug,
			map[string]any{"names": before.Names, "channel": before.Channel, "service": before.Service},
			map[string]any{"names": a.Names, "channel": a.Channel, "service": a.Service}}, err
	})
}

func accessPoint(ctx context.Context, tx *sqlx.Tx, org tenant.Org, id int64) (AccessPoint, error) {
	var row struct {
		Slug    string `db:"slug"`
		Channel string `db:"channel"`
		Service int64  `db:"service"`
		Names   []byte `db:"names"`
	}
	err := tx.GetContext(ctx, &row, `
		SELECT slug, channel, COALESCE(service_id, 0) AS service, names
		FROM   access_points
		WHERE  organisation_id = $1 AND id = $2`, org, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("access point %d: %w", id, ErrMissing)
	}
	return AccessPoint{id, row.Slug, row.Channel, row.Service, decodeNames(row.Names)}, err
}
