package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/lib/pq"
)

// Logins is where the program logs in to migrate the database, where to tabulate, and where for all else. All three are for lib/pq.
type Logins struct {
	App      string
	Owner    string
	Tabulate string // "" where DATABASE_TABULATE_URL is missing: Complete says what to do
	// SetRole says that one login serves for all: a forgotten WHERE is stopped, an injection that says RESET ROLE is not.
	SetRole bool
}

// Addresses works out the logins from DATABASE_URL, DATABASE_OWNER_URL and DATABASE_TABULATE_URL. With one of the first two alone
// the program logs in with that one for everything, and its connections take on the roles yousaid_app and yousaid_tabulate as they
// open. Errors never repeat an address: it holds a password.
func Addresses(databaseURL, ownerURL, tabulateURL string) (Logins, error) {
	var l Logins
	switch {
	case databaseURL == "" && ownerURL == "" && tabulateURL != "":
		return l, errors.New("DATABASE_TABULATE_URL is set alone; set DATABASE_URL and DATABASE_OWNER_URL as well (docs/operate.md)")
	case databaseURL == "" && ownerURL == "":
		return l, errors.New("neither DATABASE_URL nor DATABASE_OWNER_URL is set")
	case databaseURL == "" || ownerURL == "" || databaseURL == ownerURL:
		databaseURL = max(databaseURL, ownerURL)
		ownerURL = databaseURL
		l.SetRole = true
		if tabulateURL == "" {
			tabulateURL = databaseURL
		}
	}
	for _, a := range []struct {
		name, dsn, role string // no role: the login itself
		into            *string
	}{
		{"DATABASE_URL", databaseURL, App, &l.App},
		{"DATABASE_OWNER_URL", ownerURL, "", &l.Owner},
		{"DATABASE_TABULATE_URL", tabulateURL, Tabulate, &l.Tabulate},
	} {
		if a.dsn == "" {
			continue
		}
		c, err := config(a.name, a.dsn)
		if err != nil {
			return Logins{}, err
		}
		*a.into = a.dsn
		if a.role == "" || c.User == a.role && (!l.SetRole || a.dsn != ownerURL) { // a login that was given the role is as good as the role's own
			continue
		}
		if *a.into, err = withRole(a.dsn, a.role); err != nil {
			return Logins{}, err
		}
	}
	return l, nil
}

// Complete says, in a sentence with the SQL to run, that the login for tabulating is missing.
func (l Logins) Complete() error {
	if l.Tabulate != "" {
		return nil
	}
	return fmt.Errorf("DATABASE_TABULATE_URL is not set: equality answers are counted by a login of their own, which no other "+
		"connection of the site may take on. "+
		"Ask whoever runs the database server to run this, with a password of your own, put the address with %s into "+
		"DATABASE_TABULATE_URL, then start again (docs/operate.md):\n\n"+
		"    ALTER ROLE %s LOGIN PASSWORD '…';\n    REVOKE %s FROM %s;\n", Tabulate, Tabulate, Tabulate, App)
}

func config(name, dsn string) (pq.Config, error) {
	c, err := pq.NewConfig(dsn)
	if err != nil {
		return c, fmt.Errorf("%s is not an address of a PostgreSQL database; write it like "+
			"postgres://user:password@host:5432/database?sslmode=require (a password with signs such as @ or / in it has to be "+
			"percent-encoded)", name)
	}
	return c, nil
}

// withRole adds to an address that each connection takes on a role as it opens.
func withRole(dsn, role string) (string, error) {
	c, err := config("the database address", dsn)
	if err != nil {
		return "", err
	}
	options := strings.TrimSpace(c.Options + " -c role=" + role)
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return dsn + " options='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(options) + "'", nil
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "", errors.New("the database address cannot be read")
	}
	q := u.Query()
	q.Set("options", options)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// Check makes sure of what the database holds the program to: connections for the site act as yousaid_app, those for tabulating as
// yousaid_tabulate, both in the same database and under row-level security (a pooler may drop the role from the address without a
// word), and neither login can take on what the other may read. The tables must be there.
func (l Logins) Check(ctx context.Context) error {
	app, err := l.check(ctx, l.App, App, "DATABASE_URL", Tabulate)
	if err != nil {
		return err
	}
	tabulate, err := l.check(ctx, l.Tabulate, Tabulate, "DATABASE_TABULATE_URL", App)
	if err != nil {
		return err
	}
	if app != tabulate {
		return errors.New("DATABASE_TABULATE_URL leads to another database than DATABASE_URL: give both the same host, port and name")
	}
	return nil
}

// check looks through one connection. place tells one database from another.
func (l Logins) check(ctx context.Context, dsn, role, variable, other string) (place string, err error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return "", err
	}
	defer db.Close()
	var is, login string
	var above, member bool
	if err := db.QueryRowContext(ctx, `
		SELECT current_user, session_user, rolsuper OR rolbypassrls,
		       pg_has_role(session_user, $1, 'MEMBER') OR pg_has_role(session_user, 'yousaid_owner', 'MEMBER'),
		       current_database() || COALESCE((SELECT string_agg(v.relname || v.oid, ' ' ORDER BY v.relname) FROM pg_class v
		                                       WHERE v.relname IN ('tabulated_responses', 'tabulated_equality')), '')
		FROM   pg_roles
		WHERE  rolname = current_user`, other).Scan(&is, &login, &above, &member, &place); err != nil {
		if role == Tabulate {
			return "", fmt.Errorf("connecting to the database as %s: %w\nIf it may not log in yet, whoever runs the server can run: ALTER "+
				"ROLE %s LOGIN PASSWORD '…'", role, err, role)
		}
		return "", fmt.Errorf("connecting to the database as %s: %w", role, err)
	}
	switch {
	case is != role:
		return "", fmt.Errorf("connections of the program act as %s, not as %s, so nothing would keep one council's rows from "+
			"another's; give the address of the server itself, or log in as %s (docs/operate.md)", is, role, role)
	case above:
		return "", fmt.Errorf("the role %s may bypass row-level security, so nothing would keep one council's rows from another's; "+
			"run: ALTER ROLE %s NOSUPERUSER NOBYPASSRLS", role, role)
	case member && !l.SetRole:
		return "", fmt.Errorf("the login %s in %s may take on %s or %s as well, and an injection through it could join equality "+
			"answers to people; log in as %s, or ask whoever runs the server to run: REVOKE %s, %s FROM %s",
			login, variable, other, Owner, role, other, Owner, pq.QuoteIdentifier(login))
	}
	return place, l.readsToo(ctx, db, role, login)
}

// readsToo finds what a login may read that the other one is for.
func (l Logins) readsToo(ctx context.Context, db *sql.DB, role, login string) error {
	if l.SetRole {
		login = role // the login itself may do everything, as the documentation says
	}
	var found, column sql.NullString
	err := db.QueryRowContext(ctx, `
		SELECT min(c.relname), CASE WHEN min(c.relname) = 'equality_answers' AND $2 <> 'yousaid_tabulate' THEN 'answers' END
		FROM   pg_class c
		WHERE  c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
		AND    CASE WHEN $2 = 'yousaid_tabulate' THEN c.relname NOT IN ('tabulated_responses', 'tabulated_equality')
		                 AND has_any_column_privilege($1, c.oid, 'SELECT, INSERT, UPDATE')
		            WHEN c.relname = 'equality_answers' THEN has_column_privilege($1, c.oid, 'answers', 'SELECT')
		            ELSE c.relname IN ('tabulated_responses', 'tabulated_equality')
		                 AND has_any_column_privilege($1, c.oid, 'SELECT') END`, login, role).Scan(&found, &column)
	if err != nil {
		return fmt.Errorf("looking at the privileges of %s: %w", login, err)
	}
	if !found.Valid {
		return nil
	}
	who := pq.QuoteIdentifier(login)
	revoke := fmt.Sprintf("REVOKE ALL ON %s FROM %s, PUBLIC", pq.QuoteIdentifier(found.String), who)
	if column.Valid { // the program writes the table, and may see which ids stand
		revoke = fmt.Sprintf("REVOKE SELECT ON equality_answers FROM %s, PUBLIC; GRANT SELECT (organisation_id, id) ON "+
			"equality_answers TO %s", who, App)
	}
	return fmt.Errorf("the login %s may use %s, and an injection through it could join equality answers to people; as the owner of "+
		"the tables, run: %s", login, found.String, revoke)
}
