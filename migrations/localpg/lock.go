//go:build linux

package localpg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// kind is what a process wants the server for.
type kind string

const (
	serve   kind = "serve"   // a site: it alone may run the server
	command kind = "command" // one command: it shares
)

func (c *Cluster) data() string { return filepath.Join(c.dir, "pg") }
func (c *Cluster) sock() string { return filepath.Join(c.dir, "run") }

// folder makes the data folder and opens its lock files, with a sentence for every reason it cannot be used.
func (c *Cluster) folder() error {
	abs, err := filepath.Abs(c.shown)
	if err != nil {
		return err
	}
	mode := fs.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o711 // PostgreSQL runs as another user and has to pass through
	}
	if err := os.MkdirAll(abs, mode); err != nil {
		return fmt.Errorf("the data folder cannot be made: %w; use another with --data", err)
	}
	if c.dir, err = filepath.EvalSymlinks(abs); err != nil {
		return err
	}
	if n := len(c.sock() + socketFile); n > maxSocket {
		return fmt.Errorf("the path of the data folder is too long: PostgreSQL's socket in %s would have %d bytes, and %d is the most; "+
			"use a shorter one, for example --data /var/lib/yousaid",
			c.dir, n, maxSocket)
	}
	if strings.Contains(c.dir, ",") { // the driver would take it for a list of servers
		return fmt.Errorf("the path of the data folder, %s, has a comma in it, which PostgreSQL's addresses cannot hold; use another "+
			"with --data", c.dir)
	}
	for _, f := range []struct {
		name string
		file **os.File
	}{{"lock", &c.lock}, {"users", &c.users}} {
		if *f.file, err = c.ownFile(f.name, os.O_RDWR); err != nil {
			c.release()
			return err
		}
	}
	if st, err := os.Stat(c.data()); err == nil && os.Geteuid() != 0 && uid(st) != os.Geteuid() {
		c.release()
		return c.notOurs(uid(st))
	}
	return nil
}

// ownFile opens a file of the data folder. Root gives a new one to whom the folder belongs, so that this person can use it later.
func (c *Cluster) ownFile(name string, flag int) (*os.File, error) {
	path := filepath.Join(c.dir, name)
	f, err := os.OpenFile(path, flag|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrPermission) {
		for _, p := range []string{path, c.dir} {
			if st, statErr := os.Stat(p); statErr == nil && uid(st) != os.Geteuid() {
				return nil, c.notOurs(uid(st))
			}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the data folder cannot be used: %w", err)
	}
	if st, err := os.Stat(c.dir); err == nil && os.Geteuid() == 0 {
		_ = f.Chown(uid(st), gid(st)) // a convenience for the owner of the folder
	}
	return f, nil
}

func (c *Cluster) notOurs(owner int) error {
	name := "user " + strconv.Itoa(owner)
	if u, err := user.LookupId(strconv.Itoa(owner)); err == nil {
		name = u.Username
	}
	return fmt.Errorf("the data folder %s belongs to %s; run Yousaid as %s, or use another folder with --data", c.shown, name, name)
}

// acquire takes the folder's lock, or, for a command, attaches to the server of the process that has it.
func (c *Cluster) acquire(ctx context.Context) error {
	began, logged := time.Now(), false
	for {
		if flock(c.lock, syscall.LOCK_EX) {
			c.owner = true
			return c.sign()
		}
		pid, holder := c.holder()
		waited := time.Since(began)
		switch {
		case c.kind == command:
			if c.attach(ctx) {
				return nil
			}
			if waited > attachLimit {
				return fmt.Errorf("another Yousaid (process %d) runs the database in %s, but the database does not answer; see %s",
					pid, c.shown, filepath.Join(c.shown, "postgres.log"))
			}
		case holder == command && alive(pid):
			if waited > commandWait {
				return fmt.Errorf("a Yousaid command (process %d) is still using %s; wait until it has ended, then start again", pid, c.shown)
			}
			if !logged {
				c.opts.Log.Info("waiting for a Yousaid command to end", "process", pid, "folder", c.shown)
				logged = true
			}
		case alive(pid) && waited > settle:
			return fmt.Errorf("another Yousaid (process %d) is already serving %s; stop it first, or use another folder with --data", pid, c.shown)
		case waited > patience: // a holder we cannot see, perhaps in another container
			return fmt.Errorf("another Yousaid is already serving %s; stop it first, or use another folder with --data", c.shown)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s, which another Yousaid holds: %w", c.shown, ctx.Err())
		case <-time.After(pollInterval):
		}
	}
}

// attach joins the server of another process: it says so in "users" first, so that a command which runs the server waits for us.
func (c *Cluster) attach(ctx context.Context) bool {
	if !flock(c.users, syscall.LOCK_SH) {
		return false // the server is being stopped
	}
	db, err := sql.Open("postgres", c.AppDSN())
	if err == nil {
		defer db.Close()
		if err = db.PingContext(ctx); err == nil {
			return true
		}
	}
	_ = syscall.Flock(int(c.users.Fd()), syscall.LOCK_UN) // closing the file does the same
	return false
}

// waitForUsers returns when no other command uses the server, and keeps new ones out.
func (c *Cluster) waitForUsers() {
	for logged := false; !flock(c.users, syscall.LOCK_EX); time.Sleep(pollInterval) {
		if !logged {
			c.opts.Log.Info("the work is done; waiting for other Yousaid commands that use this database", "folder", c.shown)
			logged = true
		}
	}
}

// release lets go of the folder.
func (c *Cluster) release() {
	for _, f := range []*os.File{c.users, c.lock} {
		if f != nil {
			f.Close()
		}
	}
}

// sign writes who holds the lock, for the sentences of others.
func (c *Cluster) sign() error {
	text := fmt.Sprintf("%d %s\n", os.Getpid(), c.kind)
	if err := c.lock.Truncate(0); err != nil {
		return err
	}
	_, err := c.lock.WriteAt([]byte(text), 0)
	return err
}

// holder reads what sign wrote; 0 when nothing is there.
func (c *Cluster) holder() (pid int, k kind) {
	b, err := os.ReadFile(c.lock.Name())
	if f := strings.Fields(string(b)); err == nil && len(f) == 2 {
		pid, _ = strconv.Atoi(f[0])
		k = kind(f[1])
	}
	return pid, k
}

// flock tries to lock; false when another process has it.
func flock(f *os.File, how int) bool { return syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB) == nil }

// alive says whether a process runs; one that has ended and whose parent has not yet asked for its exit code does not.
func alive(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(b), ") ") // the name, in brackets, may hold anything
	return rest != "" && !strings.ContainsAny(rest[:1], "ZX")
}

func uid(st os.FileInfo) int { return int(st.Sys().(*syscall.Stat_t).Uid) }
func gid(st os.FileInfo) int { return int(st.Sys().(*syscall.Stat_t).Gid) }
