//go:build linux

package localpg

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// leftovers are the processes of an earlier server that still use the database.
type leftovers struct {
	postmaster int   // 0: dead
	others     []int // backends whose postmaster is gone
	attached   int   // how many processes have the server's shared memory: right even where /proc hides the processes themselves
}

func (l leftovers) none() bool { return l.postmaster == 0 && len(l.others) == 0 && l.attached == 0 }

// clearStale ends what is left of a killed server and then removes its lock files, which would keep a new one from starting. We hold
// the folder's lock, so no other Yousaid runs a server here. The files are never removed while a process of the old server lives: two
// servers on one database destroy it.
func (c *Cluster) clearStale() error {
	began := time.Now()
	asked := map[int]syscall.Signal{}
	ask := func(pid int, sig syscall.Signal) {
		if asked[pid] != sig {
			_ = syscall.Kill(pid, sig) // one that has ended meanwhile is what is wanted
			asked[pid] = sig
		}
	}
	for {
		left := c.leftovers()
		if left.none() {
			break
		}
		waited := time.Since(began)
		if left.postmaster != 0 {
			if waited < stopLimit {
				ask(left.postmaster, syscall.SIGINT)
			} else {
				ask(left.postmaster, syscall.SIGQUIT)
			}
		} else {
			for _, pid := range left.others { // they end by themselves, unless busy with a long query
				if waited > patience {
					ask(pid, syscall.SIGKILL)
				} else if waited > time.Second {
					ask(pid, syscall.SIGQUIT)
				}
			}
		}
		if waited > time.Minute {
			return fmt.Errorf("processes of an earlier PostgreSQL still use %s (%d in all); end them, then start again", c.shown,
				max(left.attached, len(left.others)))
		}
		select {
		case <-c.stop:
			return errStopped
		case <-time.After(pollInterval):
		}
	}
	for _, f := range []string{filepath.Join(c.data(), "postmaster.pid"), c.sock() + socketFile + ".lock", c.sock() + socketFile} {
		if err := os.Remove(f); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// leftovers looks for them in three ways: by the pid file, by the working folder of running servers, and by shared memory. A process
// number in the pid file that now belongs to another program is none of ours.
func (c *Cluster) leftovers() leftovers {
	var left leftovers
	var pid int
	if b, err := os.ReadFile(filepath.Join(c.data(), "postmaster.pid")); err == nil {
		lines := strings.Split(string(b), "\n")
		pid, _ = strconv.Atoi(strings.TrimSpace(lines[0]))
		if len(lines) > 6 { // the seventh line: key and number of the shared memory
			if f := strings.Fields(lines[6]); len(f) == 2 {
				left.attached = attached(f[0], f[1])
			}
		}
	}
	if pid != 0 && c.isPostmaster(pid) {
		left.postmaster = pid
	}
	folders, _ := filepath.Glob("/proc/[0-9]*/cwd") // every PostgreSQL process works in the database's folder
	for _, f := range folders {
		if to, err := os.Readlink(f); err != nil || to != c.data() {
			continue
		}
		n, _ := strconv.Atoi(strings.Split(f, "/")[2])
		if n == left.postmaster || !isPostgres(n) || !alive(n) { // a shell may stand in the folder too
			continue
		}
		if c.isPostmaster(n) {
			left.postmaster = n // its pid file is gone, or damaged
			continue
		}
		left.others = append(left.others, n)
	}
	if left.attached > 0 && left.postmaster == 0 && len(left.others) == 0 {
		left.others = orphans(c.data())
	}
	return left
}

// orphans are the backends without a server that run as the owner of the database. Root in a container may not see the working folder
// of another user's processes, but their names and parents it may. A backend without a server has to end, whichever server it was.
func orphans(data string) (found []int) {
	st, err := os.Stat(data)
	if err != nil {
		return nil
	}
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, f := range folders {
		n, _ := strconv.Atoi(filepath.Base(f))
		of, err := os.Stat(f)
		if err != nil || uid(of) != uid(st) || !isPostgres(n) || !alive(n) {
			continue
		}
		title, err := os.ReadFile(filepath.Join(f, "cmdline"))
		if err == nil && strings.HasPrefix(string(title), "postgres: ") && !isPostgres(parent(n)) {
			found = append(found, n)
		}
	}
	return found
}

func parent(pid int) int {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(b), ") ") // state, parent, …
	if f := strings.Fields(rest); len(f) > 1 {
		n, _ := strconv.Atoi(f[1])
		return n
	}
	return 0
}

// isPostmaster says whether a process is a server started on this database. The command line is readable where the folder is not.
func (c *Cluster) isPostmaster(pid int) bool {
	if !isPostgres(pid) || !alive(pid) {
		return false
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return false
	}
	for arg := range strings.SplitSeq(string(b), "\x00") {
		if strings.TrimPrefix(arg, "-D") == c.data() {
			return true
		}
	}
	return false
}

func isPostgres(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	return err == nil && strings.TrimSpace(string(b)) == "postgres"
}

// attached counts the processes that hold a System V shared memory segment. PostgreSQL keeps a small one for this very question.
func attached(key, id string) int {
	b, err := os.ReadFile("/proc/sysvipc/shm") // key shmid perms size cpid lpid nattch …
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) > 6 && f[0] == key && f[1] == id {
			n, _ := strconv.Atoi(f[6])
			return n
		}
	}
	return 0
}
