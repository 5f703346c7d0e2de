package permission

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/tenant"
)

// Reach is how much of the organisation a permission opens to one actor.
type Reach struct {
	Everything   bool    // every service, and what is about no one service
	Directorates []int64 // ids, where not everything
	Services     []int64 // ids, where not everything
}

// Scope tells how far the permission reaches for the actor. The role of some services never reaches everything: without a service
// it reaches nothing.
func Scope(a tenant.Actor, p Permission) Reach {
	var r Reach
	for _, g := range a.Grants {
		switch {
		case !slices.Contains(matrix[p], g.Role):
		case g.Service != 0:
			r.Services = append(r.Services, g.Service)
		case g.Directorate != 0:
			r.Directorates = append(r.Directorates, g.Directorate)
		case g.Role != tenant.ServiceRole:
			return Reach{Everything: true}
		}
	}
	return r
}

// Covers tells whether the reach includes a service, by its id, that of the service it is a part of, and that of the directorate it
// belongs to now; 0 for none. Its own ids of 0 stand for what is about no one service.
func (r Reach) Covers(service, parent, directorate int64) bool {
	has := func(list []int64, id int64) bool { return id != 0 && slices.Contains(list, id) }
	return r.Everything || has(r.Services, service) || has(r.Services, parent) || has(r.Directorates, directorate)
}

// Services are those that a reach includes today.
type Services struct {
	All bool    // every service, and what is about no one service
	IDs []int64 // where not all; never nil then
}

// Covers tells whether they include a service by its id; 0 is what is about no one service.
func (s Services) Covers(id int64) bool { return s.All || id != 0 && slices.Contains(s.IDs, id) }

// Of finds the services that the reach includes: a service brings its parts, a directorate what belongs to it now.
func (r Reach) Of(ctx context.Context, tx *sqlx.Tx, org tenant.Org) (Services, error) {
	if r.Everything {
		return Services{All: true}, nil
	}
	var rows []struct {
		ID          int64 `db:"id"`
		Parent      int64 `db:"parent_id"`
		Directorate int64 `db:"directorate_id"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT s.id, COALESCE(s.parent_id, 0) AS parent_id, COALESCE(m.directorate_id, 0) AS directorate_id
		FROM   services s
		LEFT   JOIN LATERAL (SELECT m.directorate_id
		                     FROM   service_directorates m
		                     WHERE  m.organisation_id = $1 AND m.service_id = s.id
		                     ORDER  BY m.valid_from DESC
		                     LIMIT  1) m ON true
		WHERE  s.organisation_id = $1`, org); err != nil {
		return Services{}, fmt.Errorf("reading which services a role covers: %w", err)
	}
	found := Services{IDs: []int64{}}
	for _, s := range rows {
		if r.Covers(s.ID, s.Parent, s.Directorate) {
			found.IDs = append(found.IDs, s.ID)
		}
	}
	return found, nil
}
