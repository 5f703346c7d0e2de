package accounts

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"yousaid/surveys/links"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// Kind tells a council's own organisation from one that was made up to look at.
type Kind string

// The kinds of organisation.
const (
	Real          Kind = "real"
	Demonstration Kind = "demonstration"
)

// Organisation is a council or partner: the tenant to which every row belongs.
type Organisation struct {
	ID         tenant.Org
	Slug       string        // in addresses and on the command line
	LinkPrefix string        // the first three characters of its link codes
	Names      question.Text // by language
	Brand      Brand
	TimeZone   string   // an IANA name; its days and months are counted there
	Languages  []string // of its pages, the main one first
	BaseURL    string   // "https://feedback.example.org", without a slash at the end; empty to use the program's own
	Kind       Kind
	Complaints Complaints
}

// Brand is what makes a page look like the council's. The other colours of a page are worked out from the one.
type Brand struct {
	Name   question.Text `json:"name,omitempty"`   // in the page header; the organisation's name where empty
	Colour string        `json:"colour,omitempty"` // #rrggbb; the product's own where empty
	Logo   string        `json:"logo,omitempty"`   // the address of a picture on this site: "/assets/…"
}

// Zone is the organisation's time zone.
func (o Organisation) Zone() *time.Location {
	zone, err := time.LoadLocation(o.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// Reserved are words that an organisation's slug may not be: the program's own addresses begin with them.
var Reserved = []string{
	"f",
	"staff",
	"api",
	"assets",
	"healthz",
	"readyz",
	"metrics",
	"sign-in",
	"sign-out",
	"privacy",
	"cookies",
	"accessibility",
}

var (
	slugForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	prefixForm = regexp.MustCompile(`^[2-9A-HJKMNP-Z]{3}$`)
	colourForm = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
)

// IsSlug reports whether a part of an address could be the slug of an organisation.
func IsSlug(s string) bool { return slugForm.MatchString(s) }

// linkLetters are the signs of a link code: no 0 O 1 I L, which people mix up.
const linkLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// Check refuses what an organisation may not be, with a sentence.
func (o Organisation) Check() error {
	switch {
	case slices.Contains(Reserved, o.Slug):
		return refuse("slug", "accounts.the_short_name_is|The short name “%s” is used by the program itself. Choose another one.", o.Slug)
	case !slugForm.MatchString(o.Slug):
		return refuse(
			"slug",
			"accounts.the_short_name_cannot|The short name “%s” cannot be used. Write it in small letters, numbers and hyphens, for example "+
				"north-moor.",
			o.Slug,
		)
	case o.LinkPrefix != "" && !prefixForm.MatchString(o.LinkPrefix):
		return refuse(
			"link_prefix",
			"accounts.the_link_prefix_cannot|The link prefix “%s” cannot be used. Choose three letters or numbers, without 0, O, 1, I and L, for "+
				"example ABC.",
			o.LinkPrefix,
		)
	}
	if name, _ := o.Names.In("en"); strings.TrimSpace(name) == "" {
		return refuse("name", "accounts.give_the_organisation_a|Give the organisation a name.")
	}
	if _, err := time.LoadLocation(o.TimeZone); err != nil {
		return refuse("time_zone", "accounts.the_time_zone_is|The time zone “%s” is not known. Write one like Europe/London.", o.TimeZone)
	}
	if err := checkBaseURL(o.BaseURL); err != nil {
		return err
	}
	return o.Brand.Check()
}

func checkBaseURL(address string) error {
	if address != "" && links.CheckBase(address) != nil {
		return refuse(
			"base_url",
			"accounts.the_address_cannot_be|The address “%s” cannot be used. Write it like https://feedback.example.org, without a folder, user "+
				"or anything else behind the name.",
			address,
		)
	}
	return nil
}

// Check refuses a brand that would not show, with a sentence.
func (b Brand) Check() error {
	if b.Colour != "" && !colourForm.MatchString(b.Colour) {
		return refuse(
			"colour",
			"accounts.the_colour_is_not|The colour “%s” is not understood. Write it as a hash and six signs, for example #1f4e5f.",
			b.Colour,
		)
	}
	if b.Logo != "" && (!strings.HasPrefix(b.Logo, "/assets/") || strings.Contains(b.Logo, "..")) && !logoForm.MatchString(b.Logo) {
		return refuse("logo", "accounts.the_logo_must_be|The logo must be a file of this site, with an address that begins with /assets/.")
	}
	return nil
}

// Add makes an organisation with all it starts with, and gives it back with its id and link prefix. by.Org is not looked at.
func (s *Store) Add(ctx context.Context, by tenant.Actor, o Organisation) (Organisation, error) {
	o.LinkPrefix = strings.ToUpper(o.LinkPrefix)
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
	if o.TimeZone == "" {
		o.TimeZone = "Europe/London"
	}
	if len(o.Languages) == 0 {
		o.Languages = []string{"en", "cy"}
	}
	if o.Kind == "" {
		o.Kind = Real
	}
	if err := o.Check(); err != nil {
		return o, err
	}
	if o.LinkPrefix != "" {
		return s.add(ctx, by, o)
	}
	// A random prefix may be taken: the unique key says so, and the next one is tried.
	for range 50 {
		o.LinkPrefix = randomPrefix()
		made, err := s.add(ctx, by, o)
		var r wording.Refusal
		if errors.As(err, &r) && r.Field == "link_prefix" {
			continue
		}
		return made, err
	}
	return o, refuse(
		"link_prefix",
		"accounts.no_free_link_prefix|No free link prefix was found by chance. Choose one of three letters or numbers.",
	)
}

func randomPrefix() string {
	// 31 letters: bytes of 248 and more are thrown away so that each letter is as likely.
	var prefix []byte
	for b := make([]byte, 1); len(prefix) < 3; {
		_, _ = rand.Read(b)
		if b[0] < 248 {
			prefix = append(prefix, linkLetters[b[0]%31])
		}
	}
	return string(prefix)
}

func (s *Store) add(ctx context.Context, by tenant.Actor, o Organisation) (Organisation, error) {
	if err := s.db.Global().GetContext(ctx, &o.ID, `SELECT nextval('ids')`); err != nil {
		return o, err
	}
	by.Org = o.ID
	tx, err := s.db.Begin(ctx, o.ID)
	if err != nil {
		return o, err
	}
	defer func() { _ = tx.Rollback() }()
	names, _ := json.Marshal(o.Names)
	brand, _ := json.Marshal(o.Brand)
	_, err = tx.ExecContext(ctx, `
		INSERT INTO organisations (id, slug, link_prefix, names, brand, time_zone, languages, base_url, kind)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		o.ID, o.Slug, o.LinkPrefix, string(names), string(brand), o.TimeZone, pq.StringArray(o.Languages), o.BaseURL, o.Kind)
	switch taken(err) {
	case "slug":
		return o, refuse("slug", "accounts.there_is_already_an|There is already an organisation with the short name “%s”.", o.Slug)
	case "link_prefix":
		return o, refuse(
			"link_prefix",
			"accounts.another_organisation_has_the|Another organisation has the link prefix “%s”. Choose another one.",
			o.LinkPrefix,
		)
	}
	if err != nil {
		return o, fmt.Errorf("adding organisation %s: %w", o.Slug, err)
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO feeds (organisation_id, last_no)
		VALUES ($1, 0)
		ON CONFLICT (organisation_id) DO NOTHING`, o.ID); err != nil {
		return o, err
	}
	for _, seed := range s.seeds {
		if err := seed(ctx, tx, o.ID); err != nil {
			return o, fmt.Errorf("adding organisation %s: %w", o.Slug, err)
		}
	}
	if err := s.ledger.Record(ctx, tx, by, "organisation.added", "organisation "+o.Slug, nil, o.facts()); err != nil {
		return o, err
	}
	return o, tx.Commit()
}

// taken says which of an organisation's unique columns a unique violation is about.
func taken(err error) string {
	var e *pq.Error
	if !errors.As(err, &e) || e.Code != "23505" {
		return ""
	}
	for _, column := range []string{"slug", "link_prefix"} {
		if strings.HasPrefix(e.Constraint, "organisations_"+column) {
			return column
		}
	}
	return ""
}

// facts are what the audit trail remembers of an organisation.
func (o Organisation) facts() map[string]any {
	return map[string]any{"slug": o.Slug, "link_prefix": o.LinkPrefix, "names": o.Names, "brand": o.Brand, "time_zone": o.TimeZone,
		"languages": o.Languages, "base_url": o.BaseURL, "kind": o.Kind, "complaints": o.Complaints}
}

// organisationRow is an organisation as the table keeps it.
type organisationRow struct {
	ID         tenant.Org     `db:"id"`
	Slug       string         `db:"slug"`
	LinkPrefix string         `db:"link_prefix"`
	Names      string         `db:"names"`
	Brand      string         `db:"brand"`
	TimeZone   string         `db:"time_zone"`
	Languages  pq.StringArray `db:"languages"`
	BaseURL    string         `db:"base_url"`
	Kind       Kind           `db:"kind"`
	Complaints string         `db:"complaints"`
}

func (r organisationRow) organisation() (Organisation, error) {
	o := Organisation{
		ID:         r.ID,
		Slug:       r.Slug,
		LinkPrefix: r.LinkPrefix,
		TimeZone:   r.TimeZone,
		Languages:  r.Languages,
		BaseURL:    r.BaseURL,
		Kind:       r.Kind,
	}
	if err := json.Unmarshal([]byte(r.Names), &o.Names); err != nil {
		return o, err
	}
	if err := json.Unmarshal([]byte(r.Complaints), &o.Complaints); err != nil {
		return o, err
	}
	return o, json.Unmarshal([]byte(r.Brand), &o.Brand)
}

const organisationColumns = `id, slug, link_prefix, names, brand, time_zone, languages, base_url, kind, complaints`

// Organisations lists all organisations that are not merged into another, by slug.
func (s *Store) Organisations(ctx context.Context) ([]Organisation, error) {
	var rows []organisationRow
	if err := s.db.Global().SelectContext(ctx, &rows, `
		SELECT `+organisationColumns+`
		FROM   organisations
		WHERE  merged_into IS NULL
		ORDER  BY slug`); err != nil {
		return nil, err
	}
	list := make([]Organisation, 0, len(rows))
	for _, r := range rows {
		o, err := r.organisation()
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, nil
}

// Organisation finds one by its id, or ErrNoOrganisation.
func (s *Store) Organisation(ctx context.Context, org tenant.Org) (Organisation, error) {
	return s.organisation(ctx, `id = $1`, int64(org))
}

// BySlug finds one by its slug, or ErrNoOrganisation.
func (s *Store) BySlug(ctx context.Context, slug string) (Organisation, error) {
	return s.organisation(ctx, `slug = $1`, slug)
}

// ByLinkPrefix finds the organisation of a link code by its first three characters, in capitals, or ErrNoOrganisation.
func (s *Store) ByLinkPrefix(ctx context.Context, prefix string) (Organisation, error) {
	return s.organisation(ctx, `link_prefix = $1`, prefix)
}

func (s *Store) organisation(ctx context.Context, where string, arg any) (Organisation, error) {
	var r organisationRow
	err := s.db.Global().GetContext(ctx, &r, `
		SELECT `+organisationColumns+`
		FROM   organisations
		WHERE  merged_into IS NULL AND `+where, arg)
	if errors.Is(err, sql.ErrNoRows) {
		return Organisation{}, fmt.Errorf("finding organisation %v: %w", arg, ErrNoOrganisation)
	}
	if err != nil {
		return Organisation{}, err
	}
	return r.organisation()
}

// Successor finds the organisation that one of this slug was merged into, over several mergers if need be, or ErrNoOrganisation.
func (s *Store) Successor(ctx context.Context, slug string) (Organisation, error) {
	var r organisationRow
	err := s.db.Global().GetContext(ctx, &r, `
		WITH RECURSIVE line AS (
			SELECT id, merged_into, 1 AS steps
			FROM   organisations
			WHERE  slug = $1 AND merged_into IS NOT NULL
			UNION  ALL
			SELECT o.id, o.merged_into, line.steps + 1
			FROM   organisations o
			JOIN   line ON o.id = line.merged_into
			WHERE  line.steps < 10)
		SELECT `+organisationColumns+`
		FROM   organisations
		WHERE  merged_into IS NULL AND id IN (SELECT line.id FROM line)`, slug)
	if errors.Is(err, sql.ErrNoRows) {
		return Organisation{}, fmt.Errorf("finding who took over %s: %w", slug, ErrNoOrganisation)
	}
	if err != nil {
		return Organisation{}, err
	}
	return r.organisation()
}

// SetBrand changes how the organisation's pages look.
func (s *Store) SetBrand(ctx context.Context, by tenant.Actor, b Brand) error {
	if err := b.Check(); err != nil {
		return err
	}
	before, err := s.Organisation(ctx, by.Org)
	if err != nil {
		return err
	}
	tx, err := s.db.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	text, _ := json.Marshal(b)
	if _, err := tx.ExecContext(ctx, `
		UPDATE organisations
		SET    brand = $2
		WHERE  id = $1`, by.Org, string(text)); err != nil {
		return err
	}
	if err := s.ledger.Record(ctx, tx, by, "organisation.brand_changed", "organisation "+before.Slug, before.Brand, b); err != nil {
		return err
	}
	return tx.Commit()
}
