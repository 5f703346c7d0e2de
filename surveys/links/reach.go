package links

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/surveys/tenant"
)

// keyingRoles may type in answers, all or for the services of their grants.
var keyingRoles = []string{"frontline", "consultation", "administrator"}

// KeyingReach is what somebody may type in answers about.
type KeyingReach struct {
	All      bool    // every service, and what is about no one service
	Services []int64 // ids, where not all
}

// Covers tells whether it includes a service by its id; 0 is what is about no one service.
func (r KeyingReach) Covers(service int64) bool { return r.All || slices.Contains(r.Services, service) }

// KeyingReach finds what the grants of the actor cover: a grant for a service covers its parts, one for a directorate the services that belong to it now.
func (s *Store) KeyingReach(ctx context.Context, by tenant.Actor) (KeyingReach, error) {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return KeyingReach{}, err
	}
	defer func() { _ = tx.Rollback() }()
	return keyingReach(ctx, tx, by)
}

func keyingReach(ctx context.Context, tx *sqlx.Tx, by tenant.Actor) (KeyingReach, error) {
	own, directorates := []int64{}, []int64{}
	for _, g := range by.Grants {
		switch {
		case !slices.Contains(keyingRoles, g.Role):
		case g.Service == 0 && g.Directorate == 0:
			return KeyingReach{All: true}, nil
		case g.Service != 0:
			own = append(own, g.Service)
		default:
			directorates = append(directorates, g.Directorate)
		}
	}
	var r KeyingReach
	if err := tx.SelectContext(ctx, &r.Services, `
		SELECT s.id
		FROM   services s
		WHERE  s.organisation_id = $1
		AND    (s.id = ANY ($2) OR s.parent_id = ANY ($2) OR (
		           SELECT   d.directorate_id
		           FROM     service_directorates d
		           WHERE    d.organisation_id = $1 AND d.service_id = s.id
		           ORDER BY d.valid_from DESC
		           LIMIT    1) = ANY ($3))`, by.Org, pq.Array(own), pq.Array(directorates)); err != nil {
		return r, fmt.Errorf("reading what a role covers: %w", err)
	}
	return r, nil
}
