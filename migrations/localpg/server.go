//go:build linux

package localpg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	maxFailures = 10       // restarts in a row, each ending within a minute, before we give up
	logLimit    = 10 << 20 // bytes
)

// initialise makes the database in a folder of its own and renames it: after a crash there is all of it or none.
func (c *Cluster) initialise(ctx context.Context) error {
	if err := c.chooseUser(); err != nil {
		return err
	}
	if err := c.makeFolder(c.sock()); err != nil {
		return err
	}
	if made, err := c.madeBy(); err != nil || made != 0 {
		return err
	}
	unfinished, _ := filepath.Glob(filepath.Join(c.dir, "pg.init-*")) // ours, from a start that was killed: we hold the lock
	for _, d := range unfinished {
		if err := os.RemoveAll(d); err != nil {
			return err
		}
	}
	temp, err := os.MkdirTemp(c.dir, "pg.init-")
	if err != nil {
		return fmt.Errorf("the data folder cannot be used: %w", err)
	}
	defer os.RemoveAll(temp)
	if err := c.makeFolder(temp); err != nil {
		return err
	}
	args := []string{"-D", temp, "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"}
	if c.opts.NoSync {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, "initdb"), args...)
	cmd.SysProcAttr, cmd.Dir, cmd.Env = c.attributes(syscall.SIGKILL), "/", environment()
	runtime.LockOSThread() // the death signal follows the thread
	out, err := cmd.CombinedOutput()
	runtime.UnlockOSThread()
	if err != nil {
		return fmt.Errorf("making a database in %s: initdb: %w: %s", c.shown, err, strings.TrimSpace(string(out)))
	}
	if err := os.Rename(temp, c.data()); err != nil {
		return err
	}
	if c.opts.NoSync {
		return nil
	}
	d, err := os.Open(c.dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync() // keeps the rename
}

// supervise starts the server and, once it has been up, starts it again whenever it ends unasked. It tells started how the first go went.
func (c *Cluster) supervise(started chan<- error) {
	runtime.LockOSThread() // the death signal follows the thread that starts the server, so that thread has to last
	defer runtime.UnlockOSThread()
	defer close(c.done)
	for failures := 0; ; {
		began := time.Now()
		err := c.run(started)
		started = nil
		if closed(c.stop) {
			return
		}
		if !closed(c.ready) { // it has never been up: the person is waiting for the reason
			c.fail(err)
			return
		}
		if time.Since(began) > time.Minute {
			failures = 0
		}
		if failures++; failures > maxFailures {
			c.fail(c.startError(err))
			return
		}
		c.opts.Log.Warn("PostgreSQL ended without being asked to; starting it again", "folder", c.shown, "why", err)
		select {
		case <-c.stop:
			return
		case <-time.After(min(100*time.Millisecond<<(failures-1), 5*time.Second)):
		}
	}
}

// run starts the server and returns when it has ended.
func (c *Cluster) run(started chan<- error) error {
	cmd, err := c.launch()
	if started != nil {
		started <- err
	}
	if err != nil {
		return err
	}
	err = cmd.Wait()
	c.mu.Lock()
	c.proc = nil
	c.mu.Unlock()
	if err == nil {
		err = errors.New("somebody else stopped it")
	}
	return err
}

func (c *Cluster) launch() (*exec.Cmd, error) {
	if err := c.clearStale(); err != nil {
		return nil, err
	}
	c.rotateLog()
	out, err := c.ownFile("postgres.log", os.O_APPEND|os.O_WRONLY)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	args := []string{"-D", c.data()}
	settings := c.settings()
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	death := syscall.SIGINT // a fast, clean shutdown when this process is killed
	if c.opts.Survive {
		death = 0
	}
	cmd := exec.Command(filepath.Join(c.bin, "postgres"), args...)
	cmd.SysProcAttr, cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.attributes(death), "/", environment(), out, out
	c.mu.Lock()
	defer c.mu.Unlock()
	if closed(c.stop) {
		return nil, errStopped
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("PostgreSQL could not be started: %w", err)
	}
	c.proc = cmd.Process
	return cmd, nil
}

var errStopped = errors.New("stopped")

func closed(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}

func (c *Cluster) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
}

// settings are those of the server's command line, which win over postgresql.conf.
func (c *Cluster) settings() map[string]string {
	s := map[string]string{
		"listen_addresses":           "", // no network at all
		"unix_socket_directories":    `"` + strings.ReplaceAll(c.sock(), `"`, `""`) + `"`,
		"unix_socket_permissions":    "0700",
		"port":                       port,
		"max_connections":            "100",
		"dynamic_shared_memory_type": "mmap", // containers have a /dev/shm of 64 MB; systemd clears it for users who log out
		"timezone":                   "UTC",
		"log_timezone":               "UTC",
		"logging_collector":          "off",
		"log_line_prefix":            "%m [%p] ",
		// What people answered has no place in a log: no DETAIL with the row, no text of the statement.
		"log_error_verbosity":     "terse",
		"log_min_error_statement": "panic",
	}
	if c.opts.NoSync {
		s["fsync"], s["full_page_writes"] = "off", "off" // not synchronous_commit: that would lose answers when only PostgreSQL is killed
	}
	maps.Copy(s, c.opts.Settings)
	return s
}

// environment is all that PostgreSQL needs; the program's own, with its secrets, is not passed on.
func environment() []string { return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"} }

// attributes keep the terminal's Ctrl-C from PostgreSQL, so that the program can close its connections before it stops the server.
func (c *Cluster) attributes(death syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: c.runAs, AmbientCaps: c.caps, Setpgid: true, Pdeathsig: death}
}

func (c *Cluster) rotateLog() {
	path := filepath.Join(c.dir, "postgres.log")
	if st, err := os.Stat(path); err == nil && st.Size() > logLimit {
		_ = os.Rename(path, path+".1") // otherwise the log goes on in the same file
	}
}

// logTail is the last lines of postgres.log, at most 1 kB.
func (c *Cluster) logTail() string {
	f, err := os.Open(filepath.Join(c.dir, "postgres.log"))
	if err != nil {
		return ""
	}
	defer f.Close()
	if size, err := f.Seek(0, io.SeekEnd); err == nil {
		_, _ = f.Seek(max(0, size-1024), io.SeekStart) // otherwise more of the log is shown
	}
	b, _ := io.ReadAll(f)
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-6):], "\n")
}
