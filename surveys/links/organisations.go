package links

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// Organisation is what the first page needs to know of whose link it is. One that was merged is followed to the organisation it went into.
type Organisation struct {
	ID        tenant.Org
	Slug      string
	Prefix    string // of the codes of its new links
	Names     question.Text
	Brand     json.RawMessage // server reads it
	Zone      *time.Location
	Languages []string
	BaseURL   string
}

// endOf is the first moment after a day, where the organisation is.
func (o Organisation) endOf(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, o.Zone)
}

// remembered is an organisation and until when it is believed.
type remembered struct {
	organisation Organisation
	until        time.Time
}

// An organisation is read again after this long, so that a new name or colour shows soon. Prefixes that are nobody's are not
// remembered: a new organisation is there at once, and guessing fills no memory.
const remember = 30 * time.Second

func (s *Store) byPrefix(ctx context.Context, prefix string) (Organisation, error) {
	s.mu.Lock()
	known, ok := s.organisations[prefix]
	s.mu.Unlock()
	if ok && s.now().Before(known.until) {
		return known.organisation, nil
	}
	o, err := s.readOrganisation(ctx, `
		SELECT o.id, o.slug, o.link_prefix, o.names, o.brand, o.time_zone, o.languages, o.base_url
		FROM   organisations AS was
		JOIN   organisations AS o ON o.id = COALESCE(was.merged_into, was.id)
		WHERE  was.link_prefix = $1`, prefix)
	if err != nil {
		return Organisation{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.organisations == nil {
		s.organisations = map[string]remembered{}
	}
	s.organisations[prefix] = remembered{o, s.now().Add(remember)}
	return o, nil
}

func (s *Store) organisation(ctx context.Context, org tenant.Org) (Organisation, error) {
	return s.readOrganisation(ctx, `
		SELECT o.id, o.slug, o.link_prefix, o.names, o.brand, o.time_zone, o.languages, o.base_url
		FROM   organisations AS o
		WHERE  o.id = $1`, org)
}

func (s *Store) readOrganisation(ctx context.Context, query string, key any) (Organisation, error) {
	var row struct {
		ID        tenant.Org     `db:"id"`
		Slug      string         `db:"slug"`
		Prefix    string         `db:"link_prefix"`
		Names     []byte         `db:"names"`
		Brand     []byte         `db:"brand"`
		TimeZone  string         `db:"time_zone"`
		Languages pq.StringArray `db:"languages"`
		BaseURL   string         `db:"base_url"`
	}
	err := s.DB.Global().GetContext(ctx, &row, query, key)
	if errors.Is(err, sql.ErrNoRows) {
		return Organisation{}, ErrUnknown
	}
	if err != nil {
		return Organisation{}, fmt.Errorf("reading the organisation of a link: %w", err)
	}
	o := Organisation{ID: row.ID, Slug: row.Slug, Prefix: row.Prefix, Brand: row.Brand, Languages: row.Languages, BaseURL: row.BaseURL}
	if err := json.Unmarshal(row.Names, &o.Names); err != nil {
		return Organisation{}, fmt.Errorf("reading the names of organisation %s: %w", row.Slug, err)
	}
	if o.Zone, err = time.LoadLocation(row.TimeZone); err != nil {
		return Organisation{}, fmt.Errorf("the time zone of organisation %s: %w", row.Slug, err)
	}
	return o, nil
}
