package catalogue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// ServiceChange is what can be changed of a service.
type ServiceChange struct {
	Names  question.Text
	LGSL   int   // 0 means none
	Parent int64 // 0 means none
}

func (c ServiceChange) facts() map[string]any {
	return map[string]any{"names": c.Names, "lgsl": c.LGSL, "parent": c.Parent}
}

// tree is the services of an organisation by id, as they stand in a transaction.
type tree map[int64]Service

func readTree(ctx context.Context, tx *sqlx.Tx, org tenant.Org, month time.Time) (tree, error) {
	list, err := services(ctx, tx, org, month)
	all := tree{}
	for _, one := range list {
		all[one.ID] = one
	}
	return all, err
}

// parts lists the open services right below one.
func (t tree) parts(id int64) (list []Service) {
	for _, one := range t {
		if one.Parent == id && one.ClosedOn == nil {
			list = append(list, one)
		}
	}
	return list
}

// checkParent refuses a parent that is missing, closed, too deep or below the service itself.
func (t tree) checkParent(id, parent int64) error {
	if parent == 0 {
		return nil
	}
	one, ok := t[parent]
	switch {
	case !ok:
		return refuse("parent", "catalogue.choose_a_service_from|Choose a service from the list.")
	case one.ClosedOn != nil:
		return refuse("parent", "catalogue.is_closed_choose_an|“%s” is closed. Choose an open service.", Label(one.Names, "en"))
	}
	level := 1
	for up := parent; up != 0; up = t[up].Parent {
		if up == id {
			return refuse("parent", "catalogue.is_a_part_of|“%s” is a part of this service. A service cannot be a part of its own part.",
				Label(one.Names, "en"))
		}
		if level++; level > maxLevels {
			return refuse("parent", "catalogue.there_are_more_than|There are more than %s levels of services above this one. Choose one "+
				"higher up.", maxLevels)
		}
	}
	return nil
}

func checkService(t tree, id int64, c ServiceChange) error {
	if err := checkNames(c.Names); err != nil {
		return err
	}
	if c.LGSL < 0 || c.LGSL > maxLGSL {
		return refuse("lgsl", "catalogue.write_the_number_of|Write the number of the service in the Local Government Service List, or "+
			"leave it empty.")
	}
	return t.checkParent(id, c.Parent)
}

// AddService adds a service that belongs to a directorate (0 for none) from the beginning, and gives its id. An empty slug is made
// from the name. A short name is never used for another service.
func (s Store) AddService(ctx context.Context, by tenant.Actor, slug string, c ServiceChange, directorate int64) (id int64, err error) {
	err = s.change(ctx, by, func(tx *sqlx.Tx, month time.Time) (event, error) {
		t, err := readTree(ctx, tx, by.Org, month)
		if err != nil {
			return event{}, err
		}
		if err := checkService(t, 0, c); err != nil {
			return event{}, err
		}
		if slug, err = newSlug(slug, c.Names); err != nil {
			return event{}, err
		}
		err = tx.GetContext(ctx, &id, `
			INSERT INTO services (organisation_id, slug, names, lgsl_id, parent_id)
			VALUES ($1, $2, $3, NULLIF($4::int, 0), NULLIF($5::bigint, 0))
			ON CONFLICT (organisation_id, slug) DO NOTHING
			RETURNING id`, by.Org, slug, encode(c.Names), c.LGSL, c.Parent)
		if errors.Is(err, sql.ErrNoRows) {
			return event{}, refuse("slug", "catalogue.another_service_has_or|Another service has or had the short name “%s”. A short name "+
				"is never used again: write another one.", slug)
		}
		if err != nil {
			return event{}, fmt.Errorf("adding the service “%s”: %w", slug, err)
		}
		if directorate != 0 {
			first, _ := time.Parse(time.DateOnly, always)
			if err := rollUp(ctx, tx, by.Org, id, first, directorate); err != nil {
				return event{}, err
			}
		}
		after := c.facts()
		after["directorate"] = directorate
		return event{"service.added", "service/" + slug, nil, after}, nil
	})
	return id, err
}

// onService is change for one service, which is read with all the others first.
func (s Store) onService(ctx context.Context, by tenant.Actor, id int64,
	edit func(tx *sqlx.Tx, t tree, before Service) (event, error)) error {
	return s.change(ctx, by, func(tx *sqlx.Tx, month time.Time) (event, error) {
		t, err := readTree(ctx, tx, by.Org, month)
		if err != nil {
			return event{}, err
		}
		before, ok := t[id]
		if !ok {
			return event{}, fmt.Errorf("service %d: %w", id, ErrMissing)
		}
		return edit(tx, t, before)
	})
}

// ChangeService changes the name, number or parent of a service that was seen as the mark says: ErrChanged where somebody changed it since.
func (s Store) ChangeService(ctx context.Context, by tenant.Actor, id int64, was string, c ServiceChange) error {
	return s.onService(ctx, by, id, func(tx *sqlx.Tx, t tree, before Service) (event, error) {
		if err := same(was, before.Mark()); err != nil {
			return event{}, err
		}
		if c.Parent == before.Parent { // one that was closed since is no new mistake
			if err := checkService(t, id, ServiceChange{c.Names, c.LGSL, 0}); err != nil {
				return event{}, err
			}
		} else if err := checkService(t, id, c); err != nil {
			return event{}, err
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE services
			SET    names = $3, lgsl_id = NULLIF($4::int, 0), parent_id = NULLIF($5::bigint, 0)
			WHERE  organisation_id = $1 AND id = $2`, by.Org, id, encode(c.Names), c.LGSL, c.Parent); err != nil {
			return event{}, fmt.Errorf("changing the service “%s”: %w", before.Slug, err)
		}
		return event{"service.changed", "service/" + before.Slug, ServiceChange{before.Names, before.LGSL, before.Parent}.facts(), c.facts()}, nil
	})
}

// MoveService has a service belong to a directorate from a month on, until the next month for which its history says otherwise.
func (s Store) MoveService(ctx context.Context, by tenant.Actor, id int64, from time.Time, directorate int64) error {
	return s.onService(ctx, by, id, func(tx *sqlx.Tx, t tree, before Service) (event, error) {
		if from.Day() != 1 || from.Year() < 1900 || from.Year() > 2100 {
			return event{}, refuse("from", "catalogue.choose_a_month_from|Choose a month from the list.")
		}
		if err := rollUp(ctx, tx, by.Org, id, from, directorate); err != nil {
			return event{}, err
		}
		return event{"service.moved", "service/" + before.Slug, map[string]any{"directorate": before.Directorate},
			map[string]any{"directorate": directorate, "from": day(from)}}, nil
	})
}

func rollUp(ctx context.Context, tx *sqlx.Tx, org tenant.Org, service int64, from time.Time, directorate int64) error {
	var closed *time.Time
	err := tx.GetContext(ctx, &closed, `
		SELECT closed_on
		FROM   directorates
		WHERE  organisation_id = $1 AND id = $2`, org, directorate)
	if errors.Is(err, sql.ErrNoRows) || err == nil && closed != nil {
		return refuse("directorate", "catalogue.choose_an_open_directorate|Choose an open directorate from the list.")
	}
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO service_directorates (organisation_id, service_id, valid_from, directorate_id)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (organisation_id, service_id, valid_from) DO UPDATE SET directorate_id = excluded.directorate_id`, org, service,
		day(from), directorate)
	return err
}

// CloseService ends a service after a day. Its feedback stays under its name; successor is the service that follows, or 0. Its
// parts must be closed or moved first.
func (s Store) CloseService(ctx context.Context, by tenant.Actor, id int64, on time.Time, successor int64) error {
	return s.end(ctx, by, id, on, successor, false)
}

// MergeService closes a service after a day in favour of another, which takes over its parts. Feedback that came in stays under the
// old name.
func (s Store) MergeService(ctx context.Context, by tenant.Actor, id int64, on time.Time, into int64) error {
	if into == 0 {
		return refuse("successor", "catalogue.choose_the_service_that|Choose the service that it is merged into.")
	}
	return s.end(ctx, by, id, on, into, true)
}

func (s Store) end(ctx context.Context, by tenant.Actor, id int64, on time.Time, successor int64, merge bool) error {
	return s.onService(ctx, by, id, func(tx *sqlx.Tx, t tree, before Service) (event, error) {
		if err := t.checkEnd(before, on, successor, merge); err != nil {
			return event{}, err
		}
		if merge {
			if _, err := tx.ExecContext(ctx, `
				UPDATE services
				SET    parent_id = $3
				WHERE  organisation_id = $1 AND parent_id = $2 AND closed_on IS NULL`, by.Org, id, successor); err != nil {
				return event{}, fmt.Errorf("moving the parts of “%s”: %w", before.Slug, err)
			}
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE services
			SET    closed_on = $3, successor_id = NULLIF($4::bigint, 0)
			WHERE  organisation_id = $1 AND id = $2 AND closed_on IS NULL`, by.Org, id, day(on), successor); err != nil {
			return event{}, fmt.Errorf("closing the service “%s”: %w", before.Slug, err)
		}
		action := "service.closed"
		if merge {
			action = "service.merged"
		}
		return event{action, "service/" + before.Slug, nil, map[string]any{"closed_on": day(on), "successor": t[successor].Slug}}, nil
	})
}

func (t tree) checkEnd(one Service, on time.Time, successor int64, merge bool) error {
	if one.ClosedOn != nil {
		return fmt.Errorf("closing the service “%s”: %w", one.Slug, ErrServiceClosed)
	}
	if err := checkDay("on", on); err != nil {
		return err
	}
	if successor != 0 {
		next, ok := t[successor]
		switch {
		case !ok:
			return refuse("successor", "catalogue.choose_a_service_from|Choose a service from the list.")
		case successor == one.ID:
			return refuse("successor", "catalogue.a_service_cannot_follow|A service cannot follow itself. Choose another one.")
		case next.ClosedOn != nil:
			return refuse("successor", "catalogue.is_closed_choose_an|“%s” is closed. Choose an open service.", Label(next.Names, "en"))
		}
		for up := next.Parent; merge && up != 0; up = t[up].Parent {
			if up == one.ID {
				return refuse("successor",
					"catalogue.is_a_part_of_this|“%s” is a part of this service. Move it out first, or choose another service.", Label(next.Names, "en"))
			}
		}
	}
	if parts := t.parts(one.ID); len(parts) > 0 && !merge {
		return refuse("on", "catalogue.close_or_move_its|Close or move its parts first: %s.", labels(parts))
	}
	return nil
}

// labels names the first few services of a list.
func labels(list []Service) wording.Message {
	const most = 5
	var names []wording.Message
	for _, one := range list {
		names = append(names, wording.Say("catalogue.quoted|“%s”", one.Names))
	}
	if len(names) > most {
		names = append(names[:most], wording.Say("catalogue.and_more|and %s more", len(names)-most))
	}
	return wording.Listed(", ", names)
}

// ReopenService takes back that a service was closed or merged. The parts that another took over stay there.
func (s Store) ReopenService(ctx context.Context, by tenant.Actor, id int64) error {
	return s.onService(ctx, by, id, func(tx *sqlx.Tx, t tree, before Service) (event, error) {
		switch {
		case before.ClosedOn == nil:
			return event{}, refuse("reopen", "catalogue.the_service_is_open|The service is open already.")
		case before.Parent != 0 && t[before.Parent].ClosedOn != nil:
			return event{}, refuse("reopen", "catalogue.to_which_it_belongs|“%s”, to which it belongs, is closed. Reopen that first.",
				Label(t[before.Parent].Names, "en"))
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE services
			SET    closed_on = NULL, successor_id = NULL
			WHERE  organisation_id = $1 AND id = $2`, by.Org, id); err != nil {
			return event{}, fmt.Errorf("reopening the service “%s”: %w", before.Slug, err)
		}
		return event{"service.reopened", "service/" + before.Slug,
			map[string]any{"closed_on": day(*before.ClosedOn), "successor": t[before.Successor].Slug}, nil}, nil
	})
}
