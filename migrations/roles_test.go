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
func spine(t *testing.T, a Logins) {
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
	run(t, a.App, `INSERT INTO scratch_people VALUES (1)`)
	run(t, a.Tabulate, `SELECT * FROM scratch_services`)
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
	a, err := Addresses("", c.DSN("postgres", "postgres"), "")
	if err != nil || !a.SetRole {
		t.Fatal(a, err)
	}
	spine(t, a)
}

func TestRolesByALoginThatMayMakeRoles(t *testing.T) {
	t.Parallel()
	c := bare(t)
	run(t, c.DSN("postgres", "postgres"), `CREATE ROLE council LOGIN CREATEROLE`, `CREATE DATABASE feedback OWNER council`)
	a, err := Addresses(c.DSN("council", "feedback"), "", "")
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
	wants(t, err, "the login the council may not", "in the database feedback", "CREATE ROLE yousaid_owner NOLOGIN;",
		`GRANT yousaid_app TO "the council";`)
	if _, err := up(t.Context(), owner, steps()); err == nil {
		t.Error("Up went on without the roles")
	}
	_, sentence, _ := strings.Cut(err.Error(), "\n\n")
	run(t, c.DSN("postgres", "feedback"), sentence)
	a, err := Addresses("", owner, "")
	if err != nil {
		t.Fatal(err)
	}
	spine(t, a)
}

// threeLogins is a bare server with the three logins, as docs/operate.md says, and the tables of this program.
func threeLogins(t *testing.T) (*localpg.Cluster, Logins) {
	t.Helper()
	c := bare(t)
	run(t, c.DSN("postgres", "postgres"), `CREATE ROLE yousaid_owner LOGIN`, `CREATE ROLE yousaid_tabulate LOGIN`,
		`CREATE ROLE yousaid_app LOGIN NOINHERIT`,
		`CREATE DATABASE feedback OWNER yousaid_owner`)
	l, err := Addresses(c.DSN(App, "feedback"), c.DSN(Owner, "feedback"), c.DSN(Tabulate, "feedback"))
	if err != nil || l.SetRole || l.App != c.DSN(App, "feedback") || l.Tabulate != c.DSN(Tabulate, "feedback") {
		t.Fatal(l, err)
	}
	return c, l
}

func TestThreeAddresses(t *testing.T) {
	t.Parallel()
	_, l := threeLogins(t)
	spine(t, l)
	wants(t, EnsureRoles(t.Context(), l.App), "DATABASE_OWNER_URL")
	_, err := up(t.Context(), l.App, steps())
	wants(t, err, "DATABASE_OWNER_URL")
}

// What the start refuses, with the SQL that puts it right.
func TestLoginsThatReachTooFar(t *testing.T) {
	t.Parallel()
	c, l := threeLogins(t)
	if _, err := Up(t.Context(), l.Owner); err != nil {
		t.Fatal(err)
	}
	if err := l.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	super := c.DSN("postgres", "feedback")
	run(t, super, `CREATE ROLE member LOGIN`, `GRANT yousaid_app, yousaid_tabulate TO member`, `CREATE DATABASE elsewhere OWNER yousaid_owner`)
	if _, err := Up(t.Context(), c.DSN(Owner, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	member, err := Addresses(c.DSN("member", "feedback"), l.Owner, l.Tabulate)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []struct {
		change, back string
		logins       Logins
		want         []string
	}{
		{"", "", Logins{App: l.Owner, Owner: l.Owner, Tabulate: l.Tabulate}, []string{"act as yousaid_owner, not as yousaid_app"}},
		{"", "", Logins{App: l.App, Owner: l.Owner, Tabulate: l.App}, []string{"act as yousaid_app, not as yousaid_tabulate"}},
		{"", "", member, []string{"the login member in DATABASE_URL may take on yousaid_tabulate", "log in as yousaid_app",
			`REVOKE yousaid_tabulate, yousaid_owner FROM "member"`}},
		{"", "", Logins{App: l.App, Owner: l.Owner, Tabulate: c.DSN(Tabulate, "elsewhere")}, []string{"another database"}},
		{`ALTER ROLE yousaid_app BYPASSRLS`, `ALTER ROLE yousaid_app NOBYPASSRLS`, l, []string{"yousaid_app NOSUPERUSER NOBYPASSRLS"}},
		{`ALTER ROLE yousaid_tabulate BYPASSRLS`, `ALTER ROLE yousaid_tabulate NOBYPASSRLS`, l,
			[]string{"yousaid_tabulate NOSUPERUSER NOBYPASSRLS"}},
		{`ALTER ROLE yousaid_tabulate NOLOGIN`, `ALTER ROLE yousaid_tabulate LOGIN`, l,
			[]string{"as yousaid_tabulate", "ALTER ROLE yousaid_tabulate LOGIN PASSWORD"}},
		{`GRANT yousaid_app TO yousaid_tabulate`, `REVOKE yousaid_app FROM yousaid_tabulate`, l,
			[]string{"DATABASE_TABULATE_URL may take on yousaid_app"}},
		{`GRANT yousaid_owner TO yousaid_app`, `REVOKE yousaid_owner FROM yousaid_app`, l,
			[]string{"DATABASE_URL may take on", `yousaid_owner FROM "yousaid_app"`}},
		{`GRANT SELECT ON comments TO yousaid_tabulate`, `REVOKE SELECT ON comments FROM yousaid_tabulate`, l,
			[]string{`REVOKE ALL ON "comments" FROM "yousaid_tabulate", PUBLIC`}},
		{`GRANT SELECT (id) ON responses TO PUBLIC`, `REVOKE SELECT (id) ON responses FROM PUBLIC`, l,
			[]string{"yousaid_tabulate may use responses"}},
		{`GRANT SELECT (answers) ON equality_answers TO yousaid_app`, `REVOKE SELECT (answers) ON equality_answers FROM yousaid_app`, l,
			[]string{`REVOKE SELECT ON equality_answers FROM "yousaid_app", PUBLIC; GRANT SELECT (organisation_id, id)`}},
		{`GRANT SELECT ON tabulated_equality TO yousaid_app`, `REVOKE SELECT ON tabulated_equality FROM yousaid_app`, l,
			[]string{"yousaid_app may use tabulated_equality"}},
	} {
		if w.change != "" {
			run(t, super, w.change)
		}
		wants(t, w.logins.Check(t.Context()), w.want...)
		if w.back != "" {
			run(t, super, w.back)
		}
	}
	if err := l.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Versions before 0019 made the app a member of yousaid_tabulate. An owner that may take that back does; another gets the SQL, and
// the SQL is right.
func TestTheAppIsNoLongerAMember(t *testing.T) {
	t.Parallel()
	for _, w := range []struct{ name, attributes string }{{"an owner that may", "SUPERUSER"}, {"an owner that may not", ""}} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			c, l := threeLogins(t)
			super := c.DSN("postgres", "feedback")
			if w.attributes != "" {
				run(t, super, `ALTER ROLE yousaid_owner `+w.attributes)
			}
			run(t, super, `GRANT yousaid_tabulate TO yousaid_app`)
			_, err := Up(t.Context(), l.Owner)
			if w.attributes == "" {
				wants(t, err, "the login yousaid_owner may not", "REVOKE yousaid_tabulate FROM yousaid_app",
					"ALTER ROLE yousaid_tabulate LOGIN PASSWORD", "DATABASE_TABULATE_URL")
				_, sentence, _ := strings.Cut(err.Error(), "\n\n")
				run(t, super, sentence)
				_, err = Up(t.Context(), l.Owner)
			}
			if err != nil {
				t.Fatal(err)
			}
			run(t, super, `ALTER ROLE yousaid_owner NOSUPERUSER`)
			if err := l.Check(t.Context()); err != nil {
				t.Error(err)
			}
			if got := ask(t, super, `SELECT pg_has_role('yousaid_app', 'yousaid_tabulate', 'MEMBER')`); got != "false" {
				t.Errorf("yousaid_app is still a member: %s", got)
			}
		})
	}
}

func TestALoginForTabulatingIsMissing(t *testing.T) {
	l, err := Addresses("postgres://yousaid_app:secret@db/f", "postgres://yousaid_owner:secret@db/f", "")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, l.Complete(), "DATABASE_TABULATE_URL is not set", "ALTER ROLE yousaid_tabulate LOGIN PASSWORD '…';",
		"REVOKE yousaid_tabulate FROM yousaid_app;")
	// everything by one login, which the documentation calls by its name
	for _, one := range [][2]string{{"postgres://council@db/f", ""}, {"", "postgres://council@db/f"}} {
		if l, err := Addresses(one[0], one[1], ""); err != nil || l.Complete() != nil || !l.SetRole {
			t.Errorf("%q: %+v, %v, %v", one, l, err, l.Complete())
		}
	}
	_, err = Addresses("", "", "postgres://yousaid_tabulate@db/f")
	wants(t, err, "DATABASE_TABULATE_URL is set alone")
}

// One login for everything takes on the roles as its connections open.
func TestOneLoginForEverything(t *testing.T) {
	t.Parallel()
	c := bare(t)
	run(t, c.DSN("postgres", "postgres"), `CREATE ROLE council LOGIN CREATEROLE`, `CREATE DATABASE feedback OWNER council`,
		`CREATE DATABASE mine`)
	for _, address := range []string{c.DSN("council", "feedback"), c.DSN("postgres", "mine")} {
		l, err := Addresses("", address, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Up(t.Context(), l.Owner); err != nil {
			t.Fatal(err)
		}
		if err := l.Check(t.Context()); err != nil {
			t.Error(err)
		}
		if got := ask(t, l.Tabulate, `SELECT current_user || ' ' || count(*) FROM tabulated_equality`); got != "yousaid_tabulate 0" {
			t.Error(got)
		}
	}
}

// The private cluster has all it needs: looking at it changes nothing.
func TestThePrivateCluster(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	l := Logins{App: c.AppDSN(), Owner: c.OwnerDSN(), Tabulate: c.TabulateDSN()}
	spine(t, l)
}

func TestAddresses(t *testing.T) {
	t.Setenv("PGOPTIONS", "")
	for _, c := range []struct{ app, owner, tabulate, wantApp, wantOwner, wantTabulate string }{
		{"postgres://yousaid_app:a@db/f", "postgres://yousaid_owner:o@db/f", "postgres://yousaid_tabulate:t@db/f",
			"postgres://yousaid_app:a@db/f", "postgres://yousaid_owner:o@db/f", "postgres://yousaid_tabulate:t@db/f"},
		{"postgres://council:p%40@db:5433/f?sslmode=require", "", "",
			"postgres://council:p%40@db:5433/f?options=-c+role%3Dyousaid_app&sslmode=require",
			"postgres://council:p%40@db:5433/f?sslmode=require",
			"postgres://council:p%40@db:5433/f?options=-c+role%3Dyousaid_tabulate&sslmode=require"},
		{"", "host=db user=council", "", "host=db user=council options='-c role=yousaid_app'", "host=db user=council",
			"host=db user=council options='-c role=yousaid_tabulate'"},
		{"host=db user=x options='-c a=b\\'c'", "", "", "host=db user=x options='-c a=b\\'c' options='-c a=b\\'c -c role=yousaid_app'",
			"host=db user=x options='-c a=b\\'c'", "host=db user=x options='-c a=b\\'c' options='-c a=b\\'c -c role=yousaid_tabulate'"},
		{"postgres://member@db/f", "postgres://yousaid_owner@db/f", "postgres://counter@db/f",
			"postgres://member@db/f?options=-c+role%3Dyousaid_app", "postgres://yousaid_owner@db/f",
			"postgres://counter@db/f?options=-c+role%3Dyousaid_tabulate"},
	} {
		a, err := Addresses(c.app, c.owner, c.tabulate)
		if err != nil || a.App != c.wantApp || a.Owner != c.wantOwner || a.Tabulate != c.wantTabulate ||
			a.SetRole != (c.app == "" || c.owner == "") {
			t.Errorf("%q %q: %+v, %v", c.app, c.owner, a, err)
		}
	}
	for _, c := range [][2]string{{"", ""}, {"mysql://council:secret@db/f", ""}, {"postgres://council:sec%ret@db/f", ""},
		{"host=db", "postgres://council:secret@[db/f"}} {
		_, err := Addresses(c[0], c[1], "")
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
	a, err := Addresses("postgres://postgres@/yousaid?sslmode=disable&options=-c+statement_timeout%3D5s&host="+url.QueryEscape(host), "", "")
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, a.App, `SELECT current_user || ' ' || current_setting('statement_timeout')`); got != "yousaid_app 5s" {
		t.Error(got)
	}
}
