package pgtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"yousaid/migrations"
	"yousaid/migrations/localpg"
)

// keep leaves everything running after the tests.
var keep = os.Getenv("YOUSAID_KEEP_DB") == "1"

const (
	prefix   = "yousaid-test-"
	keepFile = "kept" // in the folder of a server that is to be left alone
	youth    = time.Minute
)

// server is the one PostgreSQL of this test program.
type server struct {
	dir     string
	cluster *localpg.Cluster
	admin   *sql.DB  // the superuser, who may copy databases
	alive   *os.File // the janitor sees this close when the program ends
}

// shared starts the server and migrates the database that tests get copies of, once.
var shared = sync.OnceValues(func() (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	s := &server{}
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	if _, err := migrations.Up(ctx, s.cluster.OwnerDSN()); err != nil {
		return nil, err
	}
	var err error
	if s.admin, err = sql.Open("postgres", s.cluster.DSN("postgres", "postgres")); err != nil {
		return nil, err
	}
	s.admin.SetMaxOpenConns(4)
	_, err = s.admin.ExecContext(ctx, `ALTER DATABASE `+localpg.Database+` WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`)
	return s, err
})

func (s *server) start(ctx context.Context) (err error) {
	base := os.TempDir()
	if free("/dev/shm") > roomy { // in memory: a copy takes 25 ms there
		base = "/dev/shm"
	}
	sweep(base)
	if s.dir, err = os.MkdirTemp(base, fmt.Sprintf("%s%d-", prefix, os.Getpid())); err != nil {
		return err
	}
	if os.Geteuid() == 0 { // PostgreSQL runs as another user and has to pass through
		if err := os.Chmod(s.dir, 0o711); err != nil {
			return err
		}
	}
	if keep {
		if err := os.WriteFile(filepath.Join(s.dir, keepFile), nil, 0o600); err != nil {
			return err
		}
	} else if err := s.hireJanitor(); err != nil {
		return err
	}
	s.cluster, err = localpg.Options{
		NoSync:  true,
		Survive: keep,
		Log:     slog.New(slog.DiscardHandler),
		Settings: map[string]string{
			"max_connections":    "200",
			"shared_buffers":     "64MB",
			"synchronous_commit": "off",
			"wal_level":          "minimal",
			"max_wal_senders":    "0",
			"max_wal_size":       "256MB",
		},
	}.Start(ctx, s.dir)
	return err
}

// hireJanitor starts a process that removes the server's folder when this program has ended in whatever way: the pipe to it closes then.
// It also hurries the server, which is going down on its own account.
func (s *server) hireJanitor() error {
	in, alive, err := os.Pipe()
	if err != nil {
		return err
	}
	defer in.Close()
	cmd := exec.Command("/bin/sh", "-c", `
		cat >/dev/null
		n=0
		while pid=$(head -n 1 "$1/pg/postmaster.pid" 2>/dev/null) && [ -n "$pid" ] && [ $n -lt 100 ]; do
			case $(cut -d " " -f 3 "/proc/$pid/stat" 2>/dev/null) in "" | Z | X) break ;; esac # gone, perhaps not yet buried
			kill -QUIT "$pid" 2>/dev/null
			n=$((n + 1))
			sleep 0.1
		done
		rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }`, "janitor", s.dir)
	cmd.Stdin = in
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is not for the janitor
	if err := cmd.Start(); err != nil {
		return err
	}
	s.alive = alive
	return nil
}

// sweep removes the folders of servers whose program and janitor were both killed: nobody holds their lock.
func sweep(base string) {
	dirs, _ := filepath.Glob(filepath.Join(base, prefix+"*"))
	for _, dir := range dirs {
		st, err := os.Stat(dir)
		if err != nil || time.Since(st.ModTime()) < youth {
			continue // perhaps being made this moment
		}
		if _, err := os.Stat(filepath.Join(dir, keepFile)); err == nil {
			continue
		}
		lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR, 0)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			continue // another user's
		}
		if err != nil || syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			os.RemoveAll(dir)
		}
		lock.Close()
	}
}
