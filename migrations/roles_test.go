package migrations

import (
	"database/sql"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"yousaid/migrations/localpg"
)

// bare is a server without the three roles, as a council's own is.
func bare(t *testing.T) *localpg.Cluster {
	t.Helper()
	c := cluster(t)
	run(t, c.DSN("postgres", "postgres"), `DROP DATABASE yousaid`, `DROP ROLE yousaid_app, yousaid_tabulate, yousaid_owner`)
	return c
}

// spine is what must work once the roles are there: tables by the owner, rows by the app, equality answers by yousaid_tabulate alone.
func spine(t *testing.T, a AddressPair) {
	t.Helper()
	if err := EnsureRoles(t.Context(), a.Owner); err != nil {
		t.Fatal(err)
	}
	n, err := up(t.Context(), a.Owner, steps("0003_grants.sql", `
		GRANT SELECT, INSERT ON scratch_people TO yousaid_app;
		GRANT SELECT ON scratch_services TO yousaid_tabulate;`))
	if n != 3 || err != nil {
		t.Fatalf("%d steps, %v", n, err)
	}
	if err := CheckApp(t.Context(), a.App); err != nil {
		t.Error(err)
	}
	run(t, a.App, `INSERT INTO scratch_people VALUES (1)`, `BEGIN; SET LOCAL ROLE yousaid_tabulate; SELECT * FROM scratch_services; COMMIT`)
	db, err := sql.Open("postgres", a.App)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{`SELECT * FROM scratch_services`, `CREATE TABLE mine (n int)`, `DROP TABLE scratch_people`} {
		if _, err := db.Exec(statement); err == nil {
			t.Errorf("the app may %s", statement)
		}
	}
}

func TestRolesByASuperuser(t *testing.T) {
	t.Parallel()
	c := bare(t)
	a, err := Addresses("", c.DSN("postgres", "postgres"))
	if err != nil || !a.SetRole {
		t.Fatal(a, err)
	}
	spine(t, a)
}

func TestRolesByALoginThatMayMakeRoles(t *testing.T) {
	t.Parallel()
	c := bare(t)
	run(t, c.DSN("postgres", "postgres"), `CREATE ROLE council LOGIN CREATEROLE`, `CREATE DATABASE feedback OWNER council`)
	a, err := Addresses(c.DSN("council", "feedback"), "")
	if err != nil || !a.SetRole {
		t.Fatal(a, err)
	}
	spine(t, a)
}

// An owner that may not make roles gets the SQL, and the SQL is right.
func TestRolesByTheSQLInTheSentence(t *testing.T) {
	t.Parallel()
	c := bare(t)
	run(t, c.DSN("postgres", "postgres"), `CREATE ROLE "the council" LOGIN`, `CREATE DATABASE feedback OWNER "the council"`)
	owner := strings.Replace(c.DSN("USER", "feedback"), "USER", "'the council'", 1)
	err := EnsureRoles(t.Context(), owner)
	wants(t, err, "the login the council may not", "in the database feedback", "CREATE ROLE yousaid_owner NOLOGIN;", `GRANT yousaid_app TO "the council";`)
	if _, err := up(t.Context(), owner, steps()); err == nil {
		t.Error("Up went on without the roles")
	}
	_, sentence, _ := strings.Cut(err.Error(), "\n\n")
	run(t, c.DSN("postgres", "feedback"), sentence)
	a, err := Addresses("", owner)
	if err != nil {
		t.Fatal(err)
	}
	spine(t, a)
}

func TestTwoAddresses(t *testing.T) {
	t.Parallel()
	c := bare(t)
	run(t, c.DSN("postgres", "postgres"), `CREATE ROLE yousaid_owner LOGIN`, `CREATE ROLE yousaid_tabulate`, `CREATE ROLE yousaid_app LOGIN NOINHERIT IN ROLE yousaid_tabulate`,
		`CREATE DATABASE feedback OWNER yousaid_owner`)
	a, err := Addresses(c.DSN(App, "feedback"), c.DSN(Owner, "feedback"))
	if err != nil || a.SetRole || a.App != c.DSN(App, "feedback") {
		t.Fatal(a, err)
	}
	spine(t, a)
	wants(t, EnsureRoles(t.Context(), a.App), "DATABASE_OWNER_URL")
	_, err = up(t.Context(), a.App, steps())
	wants(t, err, "DATABASE_OWNER_URL")
	wants(t, CheckApp(t.Context(), a.Owner), "act as yousaid_owner, not as yousaid_app")
	run(t, c.DSN("postgres", "feedback"), `REVOKE yousaid_tabulate FROM yousaid_app`)
	wants(t, CheckApp(t.Context(), a.App), "GRANT yousaid_tabulate TO yousaid_app")
	wants(t, EnsureRoles(t.Context(), a.Owner), "GRANT yousaid_tabulate TO yousaid_app;")
	run(t, c.DSN("postgres", "feedback"), `ALTER ROLE yousaid_app BYPASSRLS`)
	wants(t, CheckApp(t.Context(), a.App), "NOBYPASSRLS")
}

// The private cluster has all it needs: looking at it changes nothing.
func TestThePrivateCluster(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	spine(t, AddressPair{App: c.AppDSN(), Owner: c.OwnerDSN()})
}

func TestAddresses(t *testing.T) {
	t.Setenv("PGOPTIONS", "")
	for _, c := range []struct{ app, owner, wantApp, wantOwner string }{
		{"postgres://yousaid_app:a@db/f", "postgres://yousaid_owner:o@db/f", "postgres://yousaid_app:a@db/f", "postgres://yousaid_owner:o@db/f"},
		{"postgres://council:p%40@db:5433/f?sslmode=require", "", "postgres://council:p%40@db:5433/f?options=-c+role%3Dyousaid_app&sslmode=require", "postgres://council:p%40@db:5433/f?sslmode=require"},
		{"", "host=db user=council", "host=db user=council options='-c role=yousaid_app'", "host=db user=council"},
		{"host=db user=x options='-c a=b\\'c'", "", "host=db user=x options='-c a=b\\'c' options='-c a=b\\'c -c role=yousaid_app'", "host=db user=x options='-c a=b\\'c'"},
		{"postgres://member@db/f", "postgres://yousaid_owner@db/f", "postgres://member@db/f?options=-c+role%3Dyousaid_app", "postgres://yousaid_owner@db/f"},
	} {
		a, err := Addresses(c.app, c.owner)
		if err != nil || a.App != c.wantApp || a.Owner != c.wantOwner || a.SetRole != (c.app == "" || c.owner == "") {
			t.Errorf("%q %q: %+v, %v", c.app, c.owner, a, err)
		}
	}
	for _, c := range [][2]string{{"", ""}, {"mysql://council:secret@db/f", ""}, {"postgres://council:sec%ret@db/f", ""}, {"host=db", "postgres://council:secret@[db/f"}} {
		_, err := Addresses(c[0], c[1])
		wants(t, err, "DATABASE_")
		if regexp.MustCompile(`sec%?ret`).MatchString(err.Error()) {
			t.Errorf("the password is in %q", err)
		}
	}
}

// As a URL, on a real server: the role must arrive.
func TestARoleInAURL(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	host := regexp.MustCompile(`host='([^']*)'`).FindStringSubmatch(c.OwnerDSN())[1]
	a, err := Addresses("postgres://postgres@/yousaid?sslmode=disable&options=-c+statement_timeout%3D5s&host="+url.QueryEscape(host), "")
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, a.App, `SELECT current_user || ' ' || current_setting('statement_timeout')`); got != "yousaid_app 5s" {
		t.Error(got)
	}
}
