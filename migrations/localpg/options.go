package localpg

import "log/slog"

// The roles and the database that every private cluster has.
const (
	OwnerRole    = "yousaid_owner"    // owns the schema and migrates it
	AppRole      = "yousaid_app"      // does all else, owns nothing
	TabulateRole = "yousaid_tabulate" // counts equality answers, through views
	Database     = "yousaid"
	superuser    = "postgres"
)

// Options changes how the server runs. The zero value is what a council's data needs.
type Options struct {
	Settings map[string]string // more PostgreSQL settings, by name; they win over ours
	NoSync   bool              // do not wait for the disk: for tests and throw-away data only
	Survive  bool              // leave the server running when this process is killed: for looking at a test's database
	BinDirs  []string          // where to look for initdb and postgres, instead of PG_BINDIR, PATH and the usual folders
	Log      *slog.Logger      // where restarts and waits are logged; slog.Default() when nil
}
