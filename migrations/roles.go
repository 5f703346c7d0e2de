package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// The three roles of the database.
const (
	Owner    = "yousaid_owner"    // owns the tables and migrates them
	App      = "yousaid_app"      // does all else; owns nothing, cannot bypass row-level security
	Tabulate = "yousaid_tabulate" // counts through the views that hold equality answers, and reads nothing else; the app is no member
)

// minServer is the oldest PostgreSQL that the tables work on, as server_version_num.
const minServer = 150000

// EnsureRoles makes the three roles, and the grants between them, where they are missing. An owner that may not do so gets an error that
// holds the SQL for somebody who may.
func EnsureRoles(ctx context.Context, ownerDSN string) error {
	db, err := sql.Open("postgres", ownerDSN)
	if err != nil {
		return err
	}
	defer db.Close()
	for try := 1; ; try++ {
		err = ensureRoles(ctx, db)
		// Roles belong to the whole server: somebody with another database there may have made them between our look and our step.
		if try < 4 && (pq.As(err, pqerror.UniqueViolation, pqerror.DuplicateObject) != nil) {
			continue
		}
		return err
	}
}

func ensureRoles(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("connecting to the database as its owner: %w", err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(8106479329266888)`); err != nil {
		return fmt.Errorf("connecting to the database as its owner: %w", err)
	}
	w, err := look(ctx, tx)
	if err != nil {
		return fmt.Errorf("looking at the roles of the database: %w", err)
	}
	if w.version < minServer {
		return fmt.Errorf("this database server is PostgreSQL %d, and Yousaid needs %d or newer", w.version/10000, minServer/10000)
	}
	if w.login == App {
		return fmt.Errorf("the login %s may use the tables but not make them; give the owner's address in DATABASE_OWNER_URL as well "+
			"(docs/operate.md)", App)
	}
	need, err := w.missing(ctx, tx)
	if err != nil {
		return fmt.Errorf("looking at the roles of the database: %w", err)
	}
	for _, statement := range need {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			if pq.As(err, pqerror.InsufficientPrivilege, pqerror.InvalidGrantOperation) != nil {
				return w.sentence(need)
			}
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	// A GRANT that one may not give is sometimes only a warning.
	if still, err := w.missing(ctx, tx); err != nil || len(still) > 0 {
		return errors.Join(err, w.sentence(need))
	}
	return tx.Commit()
}

// wanted is who is asking, and where.
type wanted struct {
	version            int
	login, database    string
	super, createsRole bool
}

func look(ctx context.Context, tx *sql.Tx) (w wanted, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT current_setting('server_version_num')::int, session_user, current_database(), rolsuper, rolcreaterole
		FROM   pg_roles
		WHERE  rolname = session_user`).Scan(&w.version, &w.login, &w.database, &w.super, &w.createsRole)
	return w, err
}

// missing is the SQL that would put the roles right, in order; nothing when they are.
func (w wanted) missing(ctx context.Context, tx *sql.Tx) (need []string, err error) {
	there := map[string]bool{}
	for _, r := range []struct{ name, make string }{
		{Owner, `CREATE ROLE yousaid_owner NOLOGIN`},
		{App, `CREATE ROLE yousaid_app NOLOGIN NOINHERIT`},
		{Tabulate, `CREATE ROLE yousaid_tabulate NOLOGIN`},
	} {
		var is bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, r.name).Scan(&is); err != nil {
			return nil, err
		}
		if there[r.name] = is; !is {
			need = append(need, r.make)
		}
	}
	// test adds a statement unless the roles exist and the question about them is answered with yes.
	test := func(statement, question string, roles ...string) {
		for _, r := range roles {
			if !there[r] {
				need = append(need, statement)
				return
			}
		}
		var yes bool
		if err == nil {
			if err = tx.QueryRowContext(ctx, `SELECT `+question).Scan(&yes); err == nil && !yes {
				need = append(need, statement)
			}
		}
	}
	may := `'MEMBER'`
	if w.version >= 160000 {
		may = `'SET'` // since 16 a member is not always one who may SET ROLE
	}
	login, database := pq.QuoteIdentifier(w.login), pq.QuoteIdentifier(w.database)
	if there[App] && there[Tabulate] { // versions before 0019 made the app a member
		revoke, err := w.revocations(ctx, tx)
		if err != nil {
			return nil, err
		}
		need = append(need, revoke...)
	}
	if !w.super && w.login != Owner {
		test(`GRANT yousaid_owner TO `+login, `pg_has_role(session_user, 'yousaid_owner', `+may+`)`, Owner)
	}
	if !w.super && (w.login != Owner || w.createsRole) { // with one address for both, the owner's login acts as the app as well
		test(`GRANT yousaid_app TO `+login, `pg_has_role(session_user, 'yousaid_app', `+may+`)`, App)
		test(`GRANT yousaid_tabulate TO `+login, `pg_has_role(session_user, 'yousaid_tabulate', `+may+`)`, Tabulate)
	}
	test(`GRANT CREATE, CONNECT ON DATABASE `+database+` TO yousaid_owner`,
		`has_database_privilege('yousaid_owner', current_database(), 'CREATE')
		AND has_database_privilege('yousaid_owner', current_database(), 'CONNECT')`, Owner)
	test(`GRANT CREATE, USAGE ON SCHEMA public TO yousaid_owner`,
		`has_schema_privilege('yousaid_owner', 'public', 'CREATE') AND has_schema_privilege('yousaid_owner', 'public', 'USAGE')`, Owner)
	test(`GRANT CONNECT ON DATABASE `+database+` TO yousaid_app, yousaid_tabulate`,
		`has_database_privilege('yousaid_app', current_database(), 'CONNECT')
		AND has_database_privilege('yousaid_tabulate', current_database(), 'CONNECT')`, App, Tabulate)
	test(`GRANT USAGE ON SCHEMA public TO yousaid_app, yousaid_tabulate`,
		`has_schema_privilege('yousaid_app', 'public', 'USAGE') AND has_schema_privilege('yousaid_tabulate', 'public', 'USAGE')`, App, Tabulate)
	return need, err
}

// revocations is the SQL that takes the app's membership of yousaid_tabulate away, one statement for each who gave it; nothing
// where there is none.
func (w wanted) revocations(ctx context.Context, tx *sql.Tx) (statements []string, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT   DISTINCT grantor::regrole::text
		FROM     pg_auth_members
		WHERE    roleid = 'yousaid_tabulate'::regrole AND member = 'yousaid_app'::regrole
		ORDER BY 1`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var grantor string
		if err := rows.Scan(&grantor); err != nil {
			return nil, err
		}
		revoke := `REVOKE yousaid_tabulate FROM yousaid_app`
		if w.version >= 160000 { // since then each grant is its giver's, and one that somebody else gave stands
			revoke += ` GRANTED BY ` + grantor
		}
		statements = append(statements, revoke)
	}
	return statements, rows.Err()
}

func (w wanted) sentence(need []string) error {
	var sql strings.Builder
	for _, s := range need {
		fmt.Fprintf(&sql, "    %s;\n", s)
		if strings.HasPrefix(s, `CREATE ROLE yousaid_app`) {
			sql.WriteString("    -- where DATABASE_URL is to log in as yousaid_app: ALTER ROLE yousaid_app LOGIN PASSWORD '…';\n")
		}
		if strings.HasPrefix(s, `CREATE ROLE yousaid_tabulate`) || strings.HasPrefix(s, `REVOKE yousaid_tabulate`) {
			sql.WriteString("    -- where DATABASE_TABULATE_URL is to log in as yousaid_tabulate: ALTER ROLE yousaid_tabulate LOGIN PASSWORD '…';\n")
		}
	}
	return fmt.Errorf("the login %s may not set up the roles that Yousaid needs; ask whoever runs the database server to run this "+
		"in the database %s, then start again:\n\n%s",
		w.login, w.database, sql.String())
}
