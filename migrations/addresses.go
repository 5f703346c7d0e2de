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

// AddressPair is where the program logs in to migrate the database, and where for all else.
type AddressPair struct {
	App     string // for lib/pq
	Owner   string // for lib/pq
	SetRole bool   // one login serves for both: a forgotten WHERE is stopped, an injection that says RESET ROLE is not
}

// Addresses works out the two addresses from DATABASE_URL and DATABASE_OWNER_URL, of which one may be empty: then the program logs in
// with the other and its connections take on the role yousaid_app as they open. Errors never repeat an address: it holds a password.
func Addresses(databaseURL, ownerURL string) (AddressPair, error) {
	var a AddressPair
	switch {
	case databaseURL == "" && ownerURL == "":
		return a, errors.New("neither DATABASE_URL nor DATABASE_OWNER_URL is set")
	case databaseURL == "" || ownerURL == "" || databaseURL == ownerURL:
		databaseURL = max(databaseURL, ownerURL)
		ownerURL = databaseURL
		a.SetRole = true
	}
	a.Owner = ownerURL
	app, err := config("DATABASE_URL", databaseURL)
	if err != nil {
		return a, err
	}
	if _, err := config("DATABASE_OWNER_URL", ownerURL); err != nil {
		return a, err
	}
	a.App = databaseURL
	if a.SetRole || app.User != App { // a login that was given the role is as good as the role's own
		a.App, err = withRole(databaseURL, App)
	}
	return a, err
}

func config(name, dsn string) (pq.Config, error) {
	c, err := pq.NewConfig(dsn)
	if err != nil {
		return c, fmt.Errorf("%s is not an address of a PostgreSQL database; write it like postgres://user:password@host:5432/database?sslmode=require (a password with signs such as @ or / in it has to be percent-encoded)", name)
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

// CheckApp makes sure that connections to this address are held by row-level security: they must act as yousaid_app (a pooler may drop
// the role from the address without a word) and be able to take on yousaid_tabulate.
func CheckApp(ctx context.Context, appDSN string) error {
	db, err := sql.Open("postgres", appDSN)
	if err != nil {
		return err
	}
	defer db.Close()
	var is string
	var above, tabulates bool
	err = db.QueryRowContext(ctx, `
		SELECT current_user, rolsuper OR rolbypassrls, pg_has_role(session_user, 'yousaid_tabulate', 'MEMBER')
		FROM   pg_roles
		WHERE  rolname = current_user`).Scan(&is, &above, &tabulates)
	switch {
	case err != nil:
		return fmt.Errorf("connecting to the database as %s: %w", App, err)
	case is != App:
		return fmt.Errorf("connections of the program act as %s, not as %s, so nothing would keep one council's rows from another's; give the address of the server itself, or log in as %s (docs/operate.md)", is, App, App)
	case above:
		return fmt.Errorf("the role %s may bypass row-level security, so nothing would keep one council's rows from another's; run: ALTER ROLE %s NOSUPERUSER NOBYPASSRLS", App, App)
	case !tabulates:
		return fmt.Errorf("the program may not make equality tables; ask whoever runs the server to run: GRANT %s TO %s", Tabulate, App)
	}
	return nil
}
