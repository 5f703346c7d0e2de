package links

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/tenant"
)

// Store keeps links. It remembers organisations for a short while, so hold one Store and pass it by pointer.
type Store struct {
	DB     tenant.DB
	Ledger tenant.Ledger
	Now    func() time.Time // nil means time.Now

	draw func(prefix string) string // nil means newCode; a test makes two links draw the same code

	mu            sync.Mutex
	organisations map[string]remembered // by link prefix
	secrets       map[tenant.Org]signing
}

// What can be wrong with a link that is asked for. The sentence that wraps them says which.
var (
	ErrChannel = errors.New("use one of web, telephone, face_to_face, email, post, sms, kiosk, social_media, other")
	ErrExpires = errors.New("write the last day as a date like 2027-03-31, not in the past")
	ErrAbout   = errors.New("say what the link is about in 200 characters or fewer")
	ErrMissing = errors.New("there is no such link")
	ErrClosed  = errors.New("the link is closed already")
	ErrOpen    = errors.New("the link is open already")
	ErrService = catalogue.ErrServiceClosed
)

// State is whether a link takes feedback.
type State string

// The states of a link. Expired is open in the table and past its last day.
const (
	Open    State = "open"
	Closed  State = "closed"
	Expired State = "expired"
)

// Link leads to a survey, most often about one service that was reached by one channel.
type Link struct {
	ID          int64
	Code        string
	Survey      int64
	Service     int64      // 0 means about no one service
	Channel     string     // "" means none
	AccessPoint int64      // 0 means none
	About       string     // what it stands on: a letter, a page, a poster
	Expires     *time.Time // its last day; nil means never
	State       State
	Shared      bool // many people answer by it from one network: a kiosk, an office, a library
	NeedsJob    bool // only feedback about a job whose reference is signed counts
}

// ManyPeople tells whether many people are expected to answer by the link from one network. A kiosk is such a network always.
func (l Link) ManyPeople() bool { return l.Shared || l.Channel == "kiosk" }

// New is a link to make: slugs and codes, as people know them.
type New struct {
	Survey      string // slug
	Service     string // slug; "" means about no one service
	Channel     string // code; "" means none
	AccessPoint string // slug or name; made when there is none; "" means none
	About       string
	Expires     string // the last day, 2006-01-02; "" means never
}

// Add makes a link. The survey may be a draft still; a closed one is refused with surveys.ErrClosed.
func (s *Store) Add(ctx context.Context, by tenant.Actor, n New) (Link, error) {
	list, err := s.AddAll(ctx, by, []New{n})
	if err != nil {
		return Link{}, err
	}
	return list[0], nil
}

// AddAll makes several links, all or none.
func (s *Store) AddAll(ctx context.Context, by tenant.Actor, news []New) ([]Link, error) {
	organisation, err := s.organisation(ctx, by.Org)
	if err != nil {
		return nil, err
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var list []Link
	for _, n := range news {
		link, err := s.check(n, organisation)
		if err != nil {
			return nil, err
		}
		if err := s.add(ctx, tx, by, organisation, n, &link); err != nil {
			return nil, err
		}
		list = append(list, link)
	}
	return list, tx.Commit()
}

// check reads what can be judged without the database.
func (s *Store) check(n New, organisation Organisation) (Link, error) {
	link := Link{Channel: n.Channel, About: strings.TrimSpace(n.About), State: Open}
	if n.Channel != "" && !slices.Contains(catalogue.ChannelCodes(), n.Channel) {
		return Link{}, fmt.Errorf("the channel “%s” does not exist: %w", n.Channel, ErrChannel)
	}
	if !utf8.ValidString(link.About) || utf8.RuneCountInString(link.About) > 200 || strings.ContainsFunc(link.About, unicode.IsControl) {
		return Link{}, ErrAbout
	}
	if n.Expires != "" {
		day, err := time.Parse(time.DateOnly, n.Expires)
		if err != nil || !s.now().Before(organisation.endOf(day)) {
			return Link{}, fmt.Errorf("the last day “%s” cannot be used: %w", n.Expires, ErrExpires)
		}
		link.Expires = &day
	}
	return link, nil
}

func (s *Store) add(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, organisation Organisation, n New, link *Link) error {
	var survey surveys.Survey
	err := tx.GetContext(ctx, &survey, `
		SELECT id, slug, state, owner
		FROM   surveys
		WHERE  organisation_id = $1 AND slug = $2`, by.Org, n.Survey)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("survey “%s”: %w", n.Survey, surveys.ErrMissing)
	case err != nil:
		return err
	case survey.State == surveys.Closed:
		return fmt.Errorf("survey “%s”: %w", n.Survey, surveys.ErrClosed)
	}
	link.Survey = survey.ID
	if n.Service != "" {
		if link.Service, err = catalogue.OpenServiceID(ctx, tx, by.Org, n.Service, s.now().In(organisation.Zone)); err != nil {
			return err
		}
	}
	if n.AccessPoint != "" {
		places := catalogue.Store{DB: s.DB, Ledger: s.Ledger}
		if link.AccessPoint, err = places.EnsureAccessPoint(ctx, tx, by, n.AccessPoint, cmp.Or(n.Channel, "other")); err != nil {
			return err
		}
	}
	if err := s.insert(ctx, tx, by.Org, organisation.Prefix, link); err != nil {
		return err
	}
	return s.Ledger.Record(ctx, tx, by, "link.added", "link/"+link.Code, nil, n)
}

// insert draws codes until one is free.
func (s *Store) insert(ctx context.Context, tx *sqlx.Tx, org tenant.Org, prefix string, link *Link) error {
	var expires any
	if link.Expires != nil {
		expires = link.Expires.Format(time.DateOnly)
	}
	draw := newCode
	if s.draw != nil {
		draw = s.draw
	}
	for range 20 {
		link.Code = draw(prefix)
		err := tx.GetContext(ctx, &link.ID, `
			INSERT INTO links (organisation_id, code, survey_id, service_id, channel, access_point_id, about, expires_on)
			VALUES ($1, $2, $3, NULLIF($4::bigint, 0), NULLIF($5, ''), NULLIF($6::bigint, 0), $7, $8::date)
			ON CONFLICT (organisation_id, code) DO NOTHING
			RETURNING id`, org, link.Code, link.Survey, link.Service, link.Channel, link.AccessPoint, link.About, expires)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	return errors.New("no free code was found for the link: try again")
}

// Close ends a link. ErrMissing, or ErrClosed when it is closed already.
func (s *Store) Close(ctx context.Context, by tenant.Actor, id int64) error {
	return s.move(ctx, by, id, "link.closed", ErrClosed, `
		UPDATE links
		SET    state = 'closed'
		WHERE  organisation_id = $1 AND id = $2 AND state = 'open' AND keyed_mode IS NULL
		RETURNING code`)
}

// Reopen lets a closed link take feedback again, until its last day where it has one. ErrMissing, or ErrOpen when it is open already.
func (s *Store) Reopen(ctx context.Context, by tenant.Actor, id int64) error {
	return s.move(ctx, by, id, "link.reopened", ErrOpen, `
		UPDATE links
		SET    state = 'open'
		WHERE  organisation_id = $1 AND id = $2 AND state = 'closed' AND keyed_mode IS NULL
		RETURNING code`)
}

// move changes the state where the statement finds the link in the right one; otherwise is the error where it is in another.
func (s *Store) move(ctx context.Context, by tenant.Actor, id int64, action string, otherwise error, statement string) error {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var code string
	err = tx.GetContext(ctx, &code, statement, by.Org, id)
	if errors.Is(err, sql.ErrNoRows) {
		var state State
		err = tx.GetContext(ctx, &state, `
			SELECT state
			FROM   links
			WHERE  organisation_id = $1 AND id = $2 AND keyed_mode IS NULL`, by.Org, id)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%s, link %d: %w", action, id, ErrMissing)
		}
		if err == nil {
			err = otherwise
		}
	}
	if err != nil {
		return fmt.Errorf("%s, link %d: %w", action, id, err)
	}
	if err := s.Ledger.Record(ctx, tx, by, action, "link/"+code, nil, nil); err != nil {
		return err
	}
	return tx.Commit()
}

// SetUse says how answers by a link are judged: whether many people answer by it from one network, and whether only feedback about
// a signed job counts. It holds for what is sent from now on. ErrMissing.
func (s *Store) SetUse(ctx context.Context, by tenant.Actor, id int64, shared, needsJob bool) error {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var code string
	err = tx.GetContext(ctx, &code, `
		UPDATE links
		SET    shared = $3, needs_job = $4
		WHERE  organisation_id = $1 AND id = $2 AND keyed_mode IS NULL
		RETURNING code`, by.Org, id, shared, needsJob)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("changing link %d: %w", id, ErrMissing)
	}
	if err != nil {
		return fmt.Errorf("changing link %d: %w", id, err)
	}
	if err := s.Ledger.Record(ctx, tx, by, "link.use_set", "link/"+code, nil,
		map[string]bool{"shared": shared, "needs_job": needsJob}); err != nil {
		return err
	}
	return tx.Commit()
}

// linkRow is a link as the table holds it.
type linkRow struct {
	ID          int64      `db:"id"`
	Code        string     `db:"code"`
	Survey      int64      `db:"survey_id"`
	Service     int64      `db:"service_id"`
	Channel     string     `db:"channel"`
	AccessPoint int64      `db:"access_point"`
	About       string     `db:"about"`
	Expires     *time.Time `db:"expires_on"`
	State       State      `db:"state"`
	Shared      bool       `db:"shared"`
	NeedsJob    bool       `db:"needs_job"`
}

func (r linkRow) link(now time.Time, o Organisation) Link {
	l := Link(r)
	if l.State == Open && l.Expires != nil && !now.Before(o.endOf(*l.Expires)) {
		l.State = Expired
	}
	return l
}

// Links lists the links of a survey (0: of all), newest first, that were made before the one with the id (0: from the newest), at
// most limit of them.
func (s *Store) Links(ctx context.Context, org tenant.Org, survey, before int64, limit int) ([]Link, error) {
	organisation, err := s.organisation(ctx, org)
	if err != nil {
		return nil, err
	}
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []linkRow
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   id, code, survey_id, COALESCE(service_id, 0) AS service_id, COALESCE(channel, '') AS channel,
		         COALESCE(access_point_id, 0) AS access_point, about, expires_on, state, shared, needs_job
		FROM     links
		WHERE    organisation_id = $1 AND keyed_mode IS NULL AND ($2::bigint = 0 OR survey_id = $2::bigint)
		AND      ($3::bigint = 0 OR id < $3::bigint)
		ORDER BY id DESC
		LIMIT    $4`, org, survey, before, limit); err != nil {
		return nil, fmt.Errorf("listing the links: %w", err)
	}
	list := make([]Link, len(rows))
	for i, r := range rows {
		list[i] = r.link(s.now(), organisation)
	}
	return list, nil
}

// Found is what a code leads to.
type Found struct {
	Organisation Organisation
	Link         Link
	Survey       surveys.Survey // its title is not read: it is in the version
	Version      int64          // id of the version published last; 0 when none was
}

// Takes tells whether somebody new can give feedback here now.
func (f Found) Takes() bool {
	return f.Link.State == Open && f.Survey.State == surveys.Open && f.Version != 0
}

// Find follows a code as typed, before anybody knows whose it is: its first three characters say so. A closed or expired link, or
// one of a closed survey, is found too: see Takes. ErrUnknown.
func (s *Store) Find(ctx context.Context, typed string) (Found, error) {
	code, ok := Normalise(typed)
	if !ok {
		return Found{}, ErrUnknown
	}
	organisation, err := s.byPrefix(ctx, code[:prefixLength])
	if err != nil {
		return Found{}, err
	}
	tx, err := s.DB.Begin(ctx, organisation.ID)
	if err != nil {
		return Found{}, err
	}
	defer func() { _ = tx.Rollback() }()
	var row struct {
		linkRow
		Slug        string        `db:"slug"`
		SurveyState surveys.State `db:"survey_state"`
		Owner       string        `db:"owner"`
		Version     int64         `db:"version"`
	}
	err = tx.GetContext(ctx, &row, `
		SELECT l.id, l.code, l.survey_id, COALESCE(l.service_id, 0) AS service_id, COALESCE(l.channel, '') AS channel,
		       COALESCE(l.access_point_id, 0) AS access_point, l.about, l.expires_on, l.state, l.shared, l.needs_job,
		       s.slug, s.state AS survey_state, s.owner,
		       COALESCE((
		           SELECT   v.id
		           FROM     versions AS v
		           WHERE    v.organisation_id = $1 AND v.survey_id = l.survey_id
		           ORDER BY v.number DESC
		           LIMIT    1), 0) AS version
		FROM   links AS l
		JOIN   surveys AS s ON s.organisation_id = l.organisation_id AND s.id = l.survey_id
		WHERE  l.organisation_id = $1 AND l.code = $2 AND l.keyed_mode IS NULL`, organisation.ID, code)
	if errors.Is(err, sql.ErrNoRows) {
		return Found{}, ErrUnknown
	}
	if err != nil {
		return Found{}, fmt.Errorf("following a link: %w", err)
	}
	return Found{
		Organisation: organisation,
		Link:         row.link(s.now(), organisation),
		Survey:       surveys.Survey{ID: row.Survey, Slug: row.Slug, State: row.SurveyState, Owner: row.Owner},
		Version:      row.Version,
	}, nil
}

func (s *Store) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}
