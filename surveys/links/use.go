package links

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"

	"yousaid/surveys/tenant"
)

// Use is a link with how often feedback came by it.
type Use struct {
	Link
	Survey    string // slug
	Service   string // slug; "" about no one service
	Responses int    // those that count
	Recent    int    // of the last 30 days
}

// Wanted says which links to list; empty fields ask for all.
type Wanted struct {
	Survey, Service string // slugs
	Channel         string
	State           State
	Code            string // the one link with this code, as it is stored
	Words           string // part of the code or of what it is about
	Before          int64  // links made before the one with this id; 0 from the newest
	Limit           int
}

// Used lists links with their use, newest first.
func (s *Store) Used(ctx context.Context, org tenant.Org, w Wanted) ([]Use, error) {
	organisation, err := s.organisation(ctx, org)
	if err != nil {
		return nil, err
	}
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []struct {
		linkRow
		Slug        string `db:"survey"`
		ServiceSlug string `db:"service"`
	}
	today := s.now().In(organisation.Zone).Format(time.DateOnly)
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   l.id, l.code, l.survey_id, COALESCE(l.service_id, 0) AS service_id, COALESCE(l.channel, '') AS channel,
		         COALESCE(l.access_point_id, 0) AS access_point, l.about, l.expires_on, l.state, l.shared, l.needs_job,
		         s.slug AS survey, COALESCE(v.slug, '') AS service
		FROM     links l
		JOIN     surveys s ON s.organisation_id = $1 AND s.id = l.survey_id
		LEFT     JOIN services v ON v.organisation_id = $1 AND v.id = l.service_id
		WHERE    l.organisation_id = $1 AND l.keyed_mode IS NULL
		AND      ($2 = '' OR s.slug = $2) AND ($3 = '' OR v.slug = $3) AND ($4 = '' OR l.channel = $4)
		AND      ($5 = '' OR l.code ILIKE $6 OR l.about ILIKE $6)
		AND      ($7 = '' OR $7 = CASE WHEN l.state = 'open' AND l.expires_on < $8::date THEN 'expired' ELSE l.state END)
		AND      ($9::bigint = 0 OR l.id < $9::bigint)
		AND      ($11 = '' OR l.code = $11)
		ORDER BY l.id DESC
		LIMIT    $10`, org, w.Survey, w.Service, w.Channel, w.Words, pattern(w.Words), string(w.State), today, w.Before, w.Limit,
		w.Code); err != nil {
		return nil, fmt.Errorf("listing the links: %w", err)
	}
	list, at, ids := make([]Use, len(rows)), map[int64]int{}, make([]int64, len(rows))
	for i, r := range rows {
		list[i] = Use{Link: r.link(s.now(), organisation), Survey: r.Slug, Service: r.ServiceSlug}
		at[r.ID], ids[i] = i, r.ID
	}
	var counts []struct {
		Link   int64 `db:"link_id"`
		All    int   `db:"all_of_them"`
		Recent int   `db:"recent"`
	}
	if err := tx.SelectContext(ctx, &counts, `
		SELECT   link_id, count(*) AS all_of_them, count(*) FILTER (WHERE answered_hour >= $3) AS recent
		FROM     responses
		WHERE    organisation_id = $1 AND link_id = ANY ($2::bigint[]) AND response_counts(state, source, excluded_no)
		GROUP BY link_id`, org, pq.Int64Array(ids), s.now().AddDate(0, 0, -30)); err != nil {
		return nil, fmt.Errorf("counting the use of links: %w", err)
	}
	for _, c := range counts {
		list[at[c.Link]].Responses, list[at[c.Link]].Recent = c.All, c.Recent
	}
	return list, nil
}

// Called finds one link by its code, with its use; ErrMissing.
func (s *Store) Called(ctx context.Context, org tenant.Org, code string) (Use, error) {
	normal, ok := Normalise(code)
	if !ok {
		return Use{}, ErrMissing
	}
	list, err := s.Used(ctx, org, Wanted{Code: normal, Limit: 1})
	if err != nil {
		return Use{}, err
	}
	if len(list) == 0 {
		return Use{}, ErrMissing
	}
	return list[0], nil
}

// pattern looks for words as they stand.
func pattern(words string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(words) + "%"
}
