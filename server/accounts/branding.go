package accounts

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // logos may be JPEG
	"image/png"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// ErrChanged says that somebody else changed the organisation after it was looked at.
var ErrChanged = errors.New("somebody else changed this after you opened it: nothing was saved")

// Branding is what a council can change of itself in the browser.
type Branding struct {
	Names     question.Text
	Header    question.Text // the name in the page header; the organisation's where empty
	Colour    string
	Languages []string // the main one first
}

// Branding gives how an organisation looks.
func (o Organisation) Branding() Branding {
	return Branding{o.Names, o.Brand.Name, o.Brand.Colour, o.Languages}
}

// Mark tells whether the organisation still looks as it did: see ChangeBranding.
func (l Branding) Mark() string {
	b, _ := json.Marshal(l) // texts
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

const (
	maxOrganisationName = 120
	maxLanguages        = 12
	maxLogo             = 300 << 10
	maxLogoSide         = 2000 // pixels
)

var (
	languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
	logoForm     = regexp.MustCompile(`^/[a-z0-9][a-z0-9-]{0,62}/logo/[0-9a-f]{16}\.png$`)
)

func (l Branding) check() error {
	if l.Names.Empty() {
		return refuse("names", "accounts.write_the_name_of|Write the name of the council in at least one language.")
	}
	for field, text := range map[string]question.Text{"names": l.Names, "header": l.Header} {
		if why, faulty := text.Fault(); faulty {
			return refuse(field, "accounts.write_this_again|Write this again: %s.", why)
		}
		for _, name := range text {
			if utf8.RuneCountInString(name) > maxOrganisationName || strings.ContainsAny(name, "\n\t") {
				return refuse(field, "accounts.write_this_in_one|Write this in one line of %s characters at the most.", maxOrganisationName)
			}
		}
	}
	switch {
	case len(l.Languages) == 0:
		return refuse("main", "accounts.choose_the_main_language|Choose the main language.")
	case len(l.Languages) > maxLanguages:
		return refuse(
			"languages",
			"accounts.choose_no_more_than|Choose no more than %s languages: each survey has to be written in all of them.",
			maxLanguages,
		)
	}
	for i, lang := range l.Languages {
		if !languageForm.MatchString(lang) || slices.Contains(l.Languages[:i], lang) {
			return refuse("languages", "accounts.choose_languages_from_the|Choose languages from the list.")
		}
	}
	return Brand{Colour: l.Colour}.Check()
}

// ChangeBranding changes names, colour and languages of an organisation that was seen as the mark says: ErrChanged where somebody changed
// it since.
func (s *Store) ChangeBranding(ctx context.Context, by tenant.Actor, was string, l Branding) error {
	if err := l.check(); err != nil {
		return err
	}
	return s.changeOrganisation(ctx, by, "organisation.look_changed", func(tx *sqlx.Tx, o *Organisation) error {
		if was != "" && was != o.Branding().Mark() {
			return ErrChanged
		}
		for _, lang := range l.Languages {
			if s.Adding != nil && !slices.Contains(o.Languages, lang) {
				if err := s.Adding(ctx, tx, by.Org, lang); err != nil {
					return err
				}
			}
		}
		o.Names, o.Brand.Name, o.Brand.Colour, o.Languages = l.Names, l.Header, l.Colour, l.Languages
		return nil
	})
}

// changeOrganisation changes an organisation's names, brand, languages and where complaints go. Those who do it at once do it one after the
// other.
func (s *Store) changeOrganisation(ctx context.Context, by tenant.Actor, action string, change func(*sqlx.Tx, *Organisation) error) error {
	tx, err := s.db.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var row organisationRow
	if err := tx.GetContext(ctx, &row, `
		SELECT `+organisationColumns+`
		FROM   organisations
		WHERE  id = $1
		FOR    NO KEY UPDATE`, int64(by.Org)); err != nil {
		return err
	}
	o, err := row.organisation()
	if err != nil {
		return err
	}
	before := o.facts()
	if err := change(tx, &o); err != nil {
		return err
	}
	names, _ := json.Marshal(o.Names)
	brand, _ := json.Marshal(o.Brand)
	complaints, _ := json.Marshal(o.Complaints)
	if _, err := tx.ExecContext(ctx, `
		UPDATE organisations
		SET    names = $2, brand = $3, languages = $4, complaints = $5
		WHERE  id = $1`, int64(by.Org), string(names), string(brand), pq.StringArray(o.Languages), string(complaints)); err != nil {
		return fmt.Errorf("changing organisation %s: %w", o.Slug, err)
	}
	if err := s.ledger.Record(ctx, tx, by, action, "organisation "+o.Slug, before, o.facts()); err != nil {
		return err
	}
	return tx.Commit()
}

// SetLogo shows a picture (PNG or JPEG) in the header of the organisation's pages; none takes it away. The picture is drawn anew, so that
// nothing else travels in the file.
func (s *Store) SetLogo(ctx context.Context, by tenant.Actor, picture []byte) error {
	var drawn []byte
	if len(picture) > 0 {
		var err error
		if drawn, err = redraw(picture); err != nil {
			return err
		}
	}
	return s.changeOrganisation(ctx, by, "organisation.logo_changed", func(tx *sqlx.Tx, o *Organisation) error {
		if _, err := tx.ExecContext(ctx, `
			DELETE FROM logos
			WHERE  organisation_id = $1`, by.Org); err != nil {
			return err
		}
		o.Brand.Logo = ""
		if drawn == nil {
			return nil
		}
		sum := sha256.Sum256(drawn)
		name := hex.EncodeToString(sum[:8]) + ".png"
		o.Brand.Logo = "/" + o.Slug + "/logo/" + name
		_, err := tx.ExecContext(ctx, `
			INSERT INTO logos (organisation_id, name, picture)
			VALUES ($1, $2, $3)`, by.Org, name, drawn)
		return err
	})
}

func redraw(picture []byte) ([]byte, error) {
	if len(picture) > maxLogo {
		return nil, refuse("logo", "accounts.choose_a_picture_of|Choose a picture of at most %s kB.", maxLogo>>10)
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return nil, refuse("logo", "accounts.choose_a_picture_that|Choose a picture that is a PNG or JPEG file.")
	}
	if size.Width < 1 || size.Height < 1 || size.Width > maxLogoSide ||
		size.Height > maxLogoSide { // before it is drawn: a small file can hold a huge picture
		return nil, refuse("logo", "accounts.choose_a_picture_of_at|Choose a picture of at most %s by %s pixels.", maxLogoSide, maxLogoSide)
	}
	drawn, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, refuse("logo", "accounts.choose_a_picture_that|Choose a picture that is a PNG or JPEG file.")
	}
	var b bytes.Buffer
	err = png.Encode(&b, drawn)
	return b.Bytes(), err
}

// Logo gives the picture of an organisation by its name; ErrNoOrganisation where there is none.
func (s *Store) Logo(ctx context.Context, slug, name string) ([]byte, error) {
	o, err := s.BySlug(ctx, slug)
	if err != nil {
		return nil, err
	}
	tx, err := s.db.Begin(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var picture []byte
	err = tx.GetContext(ctx, &picture, `
		SELECT picture
		FROM   logos
		WHERE  organisation_id = $1 AND name = $2`, o.ID, name)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoOrganisation
	}
	return picture, err
}
