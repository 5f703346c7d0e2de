//go:build linux

package localpg

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// capReadSearch is CAP_DAC_READ_SEARCH: it lets PostgreSQL's user pass through folders that are closed to it, such as the home of root.
const capReadSearch = 2

// chooseUser decides as whom PostgreSQL runs, for it refuses to run as root: as us if we are not root, else as whoever the database
// belongs to, else as postgres, else as nobody.
func (c *Cluster) chooseUser() error {
	if os.Geteuid() != 0 {
		return nil
	}
	st, err := os.Stat(c.data())
	switch {
	case err == nil && uid(st) == 0:
		return fmt.Errorf("%s belongs to root, and PostgreSQL does not run as root; give it back to the user who ran it before, for "+
			"example: chown -R postgres: %s",
			filepath.Join(c.shown, "pg"), filepath.Join(c.shown, "pg"))
	case err == nil:
		c.runAs = &syscall.Credential{Uid: uint32(uid(st)), Gid: uint32(gid(st))}
	case !errors.Is(err, os.ErrNotExist):
		return err
	default:
		if c.runAs = systemUser(c); c.runAs == nil {
			return errors.New("PostgreSQL does not run as root, and this machine has neither a user postgres nor a user nobody; run " +
				"Yousaid as a normal user")
		}
	}
	closed := closedParent(c.data(), c.runAs)
	if closed == "" {
		return nil
	}
	if !permitted(capReadSearch) {
		return fmt.Errorf("PostgreSQL does not run as root, and the user it runs as may not enter %s; use a folder outside it, for "+
			"example --data /var/lib/yousaid, or run Yousaid as a normal user", closed)
	}
	c.caps = []uintptr{capReadSearch}
	return nil
}

func systemUser(c *Cluster) *syscall.Credential {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		if name == "nobody" {
			c.opts.Log.Warn("PostgreSQL runs as nobody, a user that other programs share; make a user postgres, or run Yousaid as a normal user")
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return nil
}

// makeFolder makes a folder, if it is not there, that only PostgreSQL's user may enter.
func (c *Cluster) makeFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	if c.runAs == nil {
		return nil
	}
	return os.Chown(path, int(c.runAs.Uid), int(c.runAs.Gid))
}

// closedParent is a folder above path that the user may not pass through, or "".
func closedParent(path string, who *syscall.Credential) string {
	for p := filepath.Dir(path); p != "/"; p = filepath.Dir(p) {
		st, err := os.Stat(p)
		if err != nil {
			continue
		}
		bit := os.FileMode(0o001)
		if uid(st) == int(who.Uid) {
			bit = 0o100
		} else if gid(st) == int(who.Gid) {
			bit = 0o010
		}
		if st.Mode()&bit == 0 {
			return p
		}
	}
	return ""
}

// permitted says whether this process may pass a capability on; containers often take some from root.
func permitted(capability uint) bool {
	b, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(b)) {
		if hex, ok := strings.CutPrefix(line, "CapPrm:"); ok {
			n, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
			return err == nil && n&(1<<capability) != 0
		}
	}
	return false
}
