//go:build linux

package localpg

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// minMajor is the oldest PostgreSQL that the schema works on (UNIQUE NULLS NOT DISTINCT came with 15).
const minMajor = 15

// binDir is a folder that holds both initdb and postgres.
type binDir struct {
	path  string
	major int
}

// choose picks the binaries: the same major version that made the data, or for a new folder the first usable ones.
func (c *Cluster) choose() error {
	found, err := c.binDirs()
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return errors.New("PostgreSQL was not found on this machine; install it (on Debian or Ubuntu: sudo apt install postgresql), or " +
			"set DATABASE_URL to use a server of your own")
	}
	made, err := c.madeBy()
	if err != nil {
		return err
	}
	for _, b := range found {
		if b.major == made || made == 0 && b.major >= minMajor {
			c.bin = b.path
			return nil
		}
	}
	var have []string
	for _, b := range found {
		if s := strconv.Itoa(b.major); !slices.Contains(have, s) {
			have = append(have, s)
		}
	}
	if made == 0 {
		return fmt.Errorf("Yousaid needs PostgreSQL %d or newer, and this machine has only %s; install a newer one, or set "+
			"DATABASE_URL to use a server of your own",
			minMajor, strings.Join(have, " and "))
	}
	return fmt.Errorf("the database in %s was made by PostgreSQL %d, and this machine has only PostgreSQL %s; nothing was changed. "+
		"Install the old version beside the new one (on Debian or Ubuntu: sudo apt install postgresql-%d) and start again; to move to "+
		"a newer version, dump with the old one and restore with the new one (docs/operate.md)",
		c.shown, made, strings.Join(have, " and "), made)
}

// madeBy is the major version that made the database, 0 when there is none yet.
func (c *Cluster) madeBy() (int, error) {
	b, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if err == nil {
		n, err := strconv.Atoi(strings.TrimSpace(string(b)))
		if err != nil {
			return 0, fmt.Errorf("%s is not a PostgreSQL version; the folder is damaged or not ours, and was left as it is",
				filepath.Join(c.shown, "pg", "PG_VERSION"))
		}
		return n, nil
	}
	if inside, err := os.ReadDir(c.data()); err == nil && len(inside) > 0 {
		return 0, fmt.Errorf("%s holds files but is not a PostgreSQL folder (PG_VERSION is missing); it was left as it is: restore it "+
			"from a backup, move it away, or use another folder with --data",
			filepath.Join(c.shown, "pg"))
	}
	if !errors.Is(err, os.ErrNotExist) {
		return 0, err
	}
	return 0, nil
}

// binDirs lists the folders with PostgreSQL's programs, best first: PG_BINDIR alone if it is set, else PATH, else the usual places,
// newest version first.
func (c *Cluster) binDirs() ([]binDir, error) {
	if c.opts.BinDirs != nil {
		return usable(c.opts.BinDirs), nil
	}
	if d := os.Getenv("PG_BINDIR"); d != "" {
		b := usable([]string{d})
		if len(b) == 0 {
			return nil, fmt.Errorf("PG_BINDIR is %s, but initdb and postgres are not both there", d)
		}
		return b, nil
	}
	var path, usual []string
	if p, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			path = append(path, filepath.Dir(real)) // where a link points to: postgres may not be linked as well
		}
		path = append(path, filepath.Dir(p))
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin", "/usr/libexec/postgresql*"} {
		found, _ := filepath.Glob(pattern)
		usual = append(usual, found...)
	}
	newest := usable(usual)
	slices.SortStableFunc(newest, func(a, b binDir) int { return b.major - a.major })
	return append(usable(path), newest...), nil
}

// usable keeps the folders in which initdb and a postgres that answers stand side by side.
func usable(dirs []string) (found []binDir) {
	for _, d := range dirs {
		if st, err := os.Stat(filepath.Join(d, "initdb")); err != nil || st.Mode()&0o111 == 0 {
			continue
		}
		out, err := exec.Command(filepath.Join(d, "postgres"), "-V").Output() // postgres (PostgreSQL) 15.18 (Debian …)
		if f := strings.Fields(string(out)); err == nil && len(f) >= 3 {
			digits := f[2] // 15.18, 19beta1
			if i := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
				digits = digits[:i]
			}
			if n, err := strconv.Atoi(digits); err == nil {
				found = append(found, binDir{d, n})
			}
		}
	}
	return found
}
