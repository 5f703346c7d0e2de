package insight

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"yousaid/surveys/catalogue"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// ThemeKind tells what a comment is about from why it came to be.
type ThemeKind string

// The kinds of theme.
const (
	About ThemeKind = "theme"      // what comments are about
	Cause ThemeKind = "root_cause" // why it went as it did
)

// Theme is an entry of the organisation's own list.
type Theme struct {
	ID      int64
	Kind    ThemeKind
	Slug    string
	Names   question.Text
	Retired bool // offered no more; comments keep it
}

// What can be wrong with a theme.
var (
	ErrNoTheme    = errors.New("there is no such theme")
	ErrThemeTaken = errors.New("there is a theme with this name already")
	ErrThemeName  = errors.New("the name of a theme needs a letter or digit and at most 100 characters")
)

// defaultThemes is the list that a council may start with.
var defaultThemes = []struct {
	kind  ThemeKind
	names question.Text
}{
	{About, question.Text{"en": "Waiting times", "cy": "Amseroedd aros"}},
	{About, question.Text{"en": "Staff", "cy": "Staff"}},
	{About, question.Text{"en": "Getting through", "cy": "Cysylltu â ni"}},
	{About, question.Text{"en": "Information", "cy": "Gwybodaeth"}},
	{
		About,
		question.Text{"en": "Quality of work", "cy": "Ansawdd y gwaith"},
	},
	{About, question.Text{"en": "Website and forms", "cy": "Gwefan a ffurflenni"}},
	{About, question.Text{"en": "Cost", "cy": "Cost"}},
	{About, question.Text{"en": "Access for everyone", "cy": "Mynediad i bawb"}},
	{
		Cause,
		question.Text{"en": "Not enough people", "cy": "Dim digon o bobl"},
	},
	{Cause, question.Text{"en": "Missed appointment", "cy": "Apwyntiad a gollwyd"}},
	{
		Cause,
		question.Text{"en": "Not told what happens next", "cy": "Heb ddweud beth sy’n digwydd nesaf"},
	},
	{Cause, question.Text{"en": "Rules unclear", "cy": "Rheolau aneglur"}},
	{Cause, question.Text{"en": "System fault", "cy": "Nam ar y system"}},
}

// Themes lists themes and root causes by kind and name, retired ones last.
func (r Reader) Themes(ctx context.Context, org tenant.Org) ([]Theme, error) {
	tx, err := r.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []struct {
		ID      int64     `db:"id"`
		Kind    ThemeKind `db:"kind"`
		Slug    string    `db:"slug"`
		Names   []byte    `db:"names"`
		Retired bool      `db:"retired"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   id, kind, slug, names, retired_on IS NOT NULL AS retired
		FROM     themes
		WHERE    organisation_id = $1
		ORDER BY kind DESC, retired_on IS NOT NULL, names->>'en', slug`, org); err != nil {
		return nil, fmt.Errorf("listing the themes: %w", err)
	}
	list := make([]Theme, len(rows))
	for i, row := range rows {
		list[i] = Theme{row.ID, row.Kind, row.Slug, nil, row.Retired}
		if err := json.Unmarshal(row.Names, &list[i].Names); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Editor changes the list of themes and what is made of comments.
type Editor struct {
	Reader
	Ledger tenant.Ledger
	Now    func() time.Time
}

// AddDefaultThemes gives a council without any the usual list.
func (e Editor) AddDefaultThemes(ctx context.Context, by tenant.Actor) error {
	for _, u := range defaultThemes {
		if _, err := e.AddTheme(ctx, by, u.kind, u.names); err != nil && !errors.Is(err, ErrThemeTaken) {
			return err
		}
	}
	return nil
}

// AddTheme adds one to the list. ErrThemeTaken, ErrThemeName.
func (e Editor) AddTheme(ctx context.Context, by tenant.Actor, kind ThemeKind, names question.Text) (int64, error) {
	text, slug, err := named(kind, names)
	if err != nil {
		return 0, err
	}
	tx, err := e.DB.Begin(ctx, by.Org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	var id int64
	err = tx.GetContext(ctx, &id, `
		INSERT INTO themes (organisation_id, kind, slug, names)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (organisation_id, slug) DO NOTHING
		RETURNING id`, by.Org, kind, slug, text)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrThemeTaken
	}
	if err != nil {
		return 0, fmt.Errorf("adding the theme “%s”: %w", slug, err)
	}
	if err := e.Ledger.Record(ctx, tx, by, "theme.added", "theme/"+slug, nil, names); err != nil {
		return 0, err
	}
	return id, tx.Commit()
}

func named(kind ThemeKind, names question.Text) (text, slug string, err error) {
	name, _ := names.In("en")
	slug = catalogue.Slug(name)
	if kind == Cause && slug != "" {
		slug = "cause-" + slug[:min(len(slug), 56)]
	}
	if _, faulty := names.Fault(); faulty || !catalogue.ValidSlug(slug) || len([]rune(name)) > 100 || kind != About && kind != Cause {
		return "", "", ErrThemeName
	}
	b, err := json.Marshal(names)
	return string(b), slug, err
}

// RenameTheme gives a theme another name; its short name stays.
func (e Editor) RenameTheme(ctx context.Context, by tenant.Actor, id int64, names question.Text) error {
	text, _, err := named(About, names)
	if err != nil {
		return err
	}
	return e.changeTheme(ctx, by, "theme.named", names, `
		UPDATE themes
		SET    names = $3
		WHERE  organisation_id = $1 AND id = $2
		RETURNING slug`, id, text)
}

// RetireTheme takes a theme off the list, or brings it back. Comments keep it.
func (e Editor) RetireTheme(ctx context.Context, by tenant.Actor, id int64, retired bool) error {
	var day any
	if retired {
		day = e.Now().Format(time.DateOnly)
	}
	return e.changeTheme(ctx, by, "theme.retired", map[string]bool{"retired": retired}, `
		UPDATE themes
		SET    retired_on = $3::date
		WHERE  organisation_id = $1 AND id = $2
		RETURNING slug`, id, day)
}

func (e Editor) changeTheme(ctx context.Context, by tenant.Actor, action string, after any, statement string, id int64, args ...any) error {
	tx, err := e.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var slug string
	err = tx.GetContext(ctx, &slug, statement, append([]any{by.Org, id}, args...)...)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoTheme
	}
	if err != nil {
		return fmt.Errorf("%s %d: %w", action, id, err)
	}
	if err := e.Ledger.Record(ctx, tx, by, action, "theme/"+slug, nil, after); err != nil {
		return err
	}
	return tx.Commit()
}

// MergeTheme gives every comment of one theme the other, and retires the one.
func (e Editor) MergeTheme(ctx context.Context, by tenant.Actor, from, into int64) error {
	list, err := e.Themes(ctx, by.Org)
	if err != nil {
		return err
	}
	find := func(id int64) (Theme, error) {
		i := slices.IndexFunc(list, func(t Theme) bool { return t.ID == id })
		if i < 0 {
			return Theme{}, ErrNoTheme
		}
		return list[i], nil
	}
	one, err1 := find(from)
	other, err2 := find(into)
	if err := errors.Join(err1, err2); err != nil || from == into || one.Kind != other.Kind {
		return ErrNoTheme
	}
	tx, err := e.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, statement := range []string{`
		INSERT INTO comment_tags (organisation_id, response_id, question_code, theme_id)
		SELECT t.organisation_id, t.response_id, t.question_code, $3::bigint
		FROM   comment_tags t
		WHERE  t.organisation_id = $1 AND t.theme_id = $2
		ON CONFLICT (organisation_id, response_id, question_code, theme_id) DO NOTHING`, `
		DELETE FROM comment_tags
		WHERE  organisation_id = $1 AND theme_id = $2 AND $3::bigint > 0`, `
		UPDATE themes
		SET    retired_on = COALESCE(retired_on, current_date)
		WHERE  organisation_id = $1 AND id = $2 AND $3::bigint > 0`} {
		if _, err := tx.ExecContext(ctx, statement, by.Org, from, into); err != nil {
			return fmt.Errorf("merging themes: %w", err)
		}
	}
	if err := e.Ledger.Record(ctx, tx, by, "theme.merged", "theme/"+one.Slug, nil, map[string]string{"into": other.Slug}); err != nil {
		return err
	}
	return tx.Commit()
}
