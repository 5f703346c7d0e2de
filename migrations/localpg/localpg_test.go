//go:build linux

package localpg

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain is also the other Yousaid of the stories: the test binary, started again, holds a folder until it is killed or its input ends.
func TestMain(m *testing.M) {
	if as := os.Getenv("LOCALPG_TEST_AS"); as != "" {
		os.Exit(other(as, os.Getenv("LOCALPG_TEST_DIR")))
	}
	os.Exit(m.Run())
}

func other(as, dir string) int {
	start := quick.Start
	if as == "command" {
		start = quick.Attach
	}
	c, err := start(context.Background(), dir)
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	fmt.Println("ready", c.PID(), c.Runs())
	bufio.NewReader(os.Stdin).ReadString('\n')
	fmt.Println("stopping")
	if err := c.Stop(); err != nil {
		fmt.Println("error", err)
		return 1
	}
	return 0
}

type process struct {
	t   *testing.T
	cmd *exec.Cmd
	in  interface{ Close() error }
	out *bufio.Scanner
	pg  int
}

// another starts another Yousaid on the folder and waits until it says that it is ready.
func another(t *testing.T, as, dir string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LOCALPG_TEST_AS="+as, "LOCALPG_TEST_DIR="+dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: cmd, in: in, out: bufio.NewScanner(out)}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	f := strings.Fields(p.line())
	if len(f) != 3 || f[0] != "ready" {
		t.Fatalf("the other Yousaid says %q", f)
	}
	p.pg, _ = strconv.Atoi(f[1])
	return p
}

func (p *process) line() string {
	if !p.out.Scan() {
		return ""
	}
	return p.out.Text()
}

func (p *process) kill() {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
}

// quick does not wait for the disk: what these stories kill are processes, and the operating system keeps what they wrote.
var quick = Options{NoSync: true, Settings: map[string]string{"shared_buffers": "16MB"}}

func needBinaries(t *testing.T) {
	t.Helper()
	if found, err := (&Cluster{}).binDirs(); err != nil || len(found) == 0 {
		t.Fatal("PostgreSQL is not installed here: run make test, which installs it")
	}
}

func folder(t *testing.T) string {
	t.Helper()
	needBinaries(t)
	base := ""
	if st, err := os.Stat("/dev/shm"); err == nil && st.IsDir() {
		base = "/dev/shm"
	}
	dir, err := os.MkdirTemp(base, "localpg-test-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "data")
}

func start(t *testing.T, dir string) *Cluster {
	t.Helper()
	c, err := quick.Start(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Stop() })
	return c
}

func exec1(t *testing.T, dsn, statement string) {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func one(t *testing.T, dsn, query string) (value string) {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), query).Scan(&value); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return value
}

// comesBack waits until the kept rating can be read again.
func comesBack(t *testing.T, c *Cluster) {
	t.Helper()
	db, err := sql.Open("postgres", c.OwnerDSN())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for deadline := time.Now().Add(10 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		var rating int
		err := db.QueryRowContext(t.Context(), `SELECT rating FROM kept`).Scan(&rating)
		if err == nil && rating == 4 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("rating %d, %v", rating, err)
		}
	}
}

const keep = `CREATE TABLE kept (rating int); INSERT INTO kept VALUES (4)`

func wants(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("%q does not say %q", err, p)
		}
	}
}

func TestStartAndStop(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, dir)
	if !c.Runs() {
		t.Error("it does not run the server")
	}
	if got := one(t, c.AppDSN(), `SELECT current_user || ' ' ||
		       (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)`); got != "yousaid_app false" {
		t.Errorf("the app is %q", got)
	}
	if got := one(t, c.OwnerDSN(),
		`SELECT rolname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE datname = current_database()`); got != OwnerRole {
		t.Errorf("the database belongs to %q", got)
	}
	if got := one(t, c.TabulateDSN(),
		`SELECT current_user || ' ' || pg_has_role('yousaid_app', current_user, 'MEMBER')`); got != "yousaid_tabulate false" {
		t.Errorf("the login for tabulating, and whether the app may take it on: %q", got)
	}
	if got := one(t, c.OwnerDSN(), `SHOW listen_addresses`); got != "" {
		t.Errorf("it listens on %q", got)
	}
	if got := one(t, c.OwnerDSN(), `SHOW data_checksums`); got != "on" {
		t.Errorf("checksums are %q", got)
	}
	exec1(t, c.OwnerDSN(), keep)
	pid := c.PID()
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
	if err := c.Stop(); err != nil {
		t.Error("stopping twice:", err)
	}
	if _, open := <-c.Done(); open || c.Err() != nil || alive(pid) {
		t.Error("it did not stop cleanly:", c.Err())
	}
	comesBack(t, start(t, dir))
}

func TestTheDiskIsWaitedFor(t *testing.T) {
	t.Parallel()
	c, err := Start(t.Context(), folder(t))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		if got := one(t, c.OwnerDSN(), `SHOW `+setting); got != "on" {
			t.Errorf("%s is %s", setting, got)
		}
	}
}

func TestAnswersStayOutOfTheLog(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, dir)
	db, err := sql.Open("postgres", c.OwnerDSN())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TABLE comments (text text CHECK (text = ''))`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO comments VALUES ('my neighbour')`); err == nil {
		t.Fatal("the check let it through")
	}
	if _, err := db.Exec(`INSERT INTO comments VALUES ($1)`, "my neighbour"); err == nil {
		t.Fatal("the check let it through")
	}
	b, err := os.ReadFile(filepath.Join(dir, "postgres.log"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), "violates check constraint") || strings.Contains(string(b), "neighbour") {
		t.Errorf("the log says:\n%s", b)
	}
}

func TestASecondServeIsRefusedAndCommandsAttach(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, dir)
	exec1(t, c.OwnerDSN(), keep)
	_, err := quick.Start(t.Context(), dir)
	wants(t, err, "another Yousaid (process "+strconv.Itoa(os.Getpid())+") is already serving "+dir, "stop it first", "--data")

	p := another(t, "command", dir)
	if p.pg != 0 {
		t.Error("the command runs a server of its own")
	}
	p.in.Close()
	if p.line() != "stopping" || p.cmd.Wait() != nil {
		t.Error("the command did not end well")
	}
	comesBack(t, c) // and left the server running
}

// A command that finds no server starts one, and does not stop it while a second command uses it.
func TestCommandsShareAServerOfTheirOwn(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := another(t, "command", dir)
	if first.pg == 0 {
		t.Fatal("the first command runs no server")
	}
	second, err := quick.Attach(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	exec1(t, second.OwnerDSN(), keep)
	first.in.Close()
	if got := first.line(); got != "stopping" {
		t.Fatal(got)
	}
	if !alive(first.pg) {
		t.Error("the server went away")
	}
	comesBack(t, second)
	if err := second.Stop(); err != nil {
		t.Error(err)
	}
	if err := first.cmd.Wait(); err != nil {
		t.Error(err)
	}
	if alive(first.pg) {
		t.Error("the server outlived the last command")
	}
}

func TestThreeCommandsAtOnceOnAnEmptyFolder(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	var running int
	found := make(chan *process, 3)
	for range 3 {
		go func() { found <- another(t, "command", dir) }()
	}
	for range 3 {
		if p := <-found; p.pg != 0 {
			running++
		}
	}
	if running != 1 {
		t.Errorf("%d of three run the server", running)
	}
}

func TestKillingPostgreSQL(t *testing.T) {
	t.Parallel()
	c := start(t, folder(t))
	exec1(t, c.OwnerDSN(), keep)
	for range 2 {
		pid := c.PID()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		for c.PID() == pid {
			time.Sleep(time.Millisecond)
		}
		comesBack(t, c)
	}
	select {
	case <-c.Done():
		t.Error("it gave up:", c.Err())
	default:
	}
}

// A backend busy with a long query does not notice that its server is gone.
func TestKillingPostgreSQLUnderALongQuery(t *testing.T) {
	t.Parallel()
	c := start(t, folder(t))
	exec1(t, c.OwnerDSN(), keep)
	db, err := sql.Open("postgres", c.OwnerDSN())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ended := make(chan error, 1)
	go func() {
		_, err := db.Exec(`DO $$ BEGIN LOOP END LOOP; END $$`)
		ended <- err
	}()
	t.Cleanup(func() { // if all else fails, no endless query may outlive the test
		if left := c.leftovers(); left.postmaster == 0 {
			for _, pid := range left.others {
				syscall.Kill(pid, syscall.SIGKILL)
			}
		}
	})
	for one(t, c.OwnerDSN(), `SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO %' AND state = 'active'`) != "1" {
		time.Sleep(10 * time.Millisecond)
	}
	syscall.Kill(c.PID(), syscall.SIGKILL)
	if err := <-ended; err == nil {
		t.Error("the endless query ended well")
	}
	comesBack(t, c)
}

func TestKillingTheProgram(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	p := another(t, "serve", dir)
	exec1(t, dsnOf(dir), keep)
	p.kill()
	comesBack(t, start(t, dir)) // at once, while the old server is still going down
	if alive(p.pg) {
		t.Error("the old server still runs")
	}
}

func TestKillingBoth(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	for i := range 3 {
		p := another(t, "serve", dir)
		if i == 0 {
			exec1(t, dsnOf(dir), keep)
		}
		syscall.Kill(p.pg, syscall.SIGKILL)
		p.kill()
	}
	comesBack(t, start(t, dir))
}

func dsnOf(dir string) string { return (&Cluster{dir: dir}).OwnerDSN() }

func TestAServerThatCannotBeStartedAgain(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, dir)
	exec1(t, c.OwnerDSN(), keep)
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	bad := quick
	bad.Settings = map[string]string{"shared_buffers": "lots"}
	_, err := bad.Start(t.Context(), dir)
	wants(t, err, "PostgreSQL did not start in "+dir, "postgres.log", "invalid value for parameter")
	comesBack(t, start(t, dir)) // the folder was let go
}

func TestGivingUp(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	t.Parallel()
	c := start(t, folder(t))
	if err := os.Rename(filepath.Join(c.data(), "global"), filepath.Join(c.data(), "gone")); err != nil {
		t.Fatal(err)
	}
	syscall.Kill(c.PID(), syscall.SIGKILL)
	select {
	case <-c.Done():
		wants(t, c.Err(), "PostgreSQL did not start", "pg_control")
	case <-time.After(10 * time.Minute):
		t.Fatal("it never gave up")
	}
}

func TestAnotherMajorVersionIsRefusedAndItsDataUntouched(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	start(t, dir).Stop()
	version := filepath.Join(dir, "pg", "PG_VERSION")
	if err := os.WriteFile(version, []byte("11\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := listing(t, filepath.Join(dir, "pg"))
	_, err := quick.Start(t.Context(), dir)
	wants(t, err, "made by PostgreSQL 11", "nothing was changed", "postgresql-11", "docs/operate.md")
	_, err = quick.Attach(t.Context(), dir)
	wants(t, err, "made by PostgreSQL 11")
	if listing(t, filepath.Join(dir, "pg")) != before {
		t.Error("the data changed")
	}
}

func TestAFolderThatIsNotPostgreSQLsIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if err := os.MkdirAll(filepath.Join(dir, "pg"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "pg", "letters.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	before := listing(t, filepath.Join(dir, "pg"))
	_, err := quick.Start(t.Context(), dir)
	wants(t, err, "not a PostgreSQL folder", "left as it is")
	if listing(t, filepath.Join(dir, "pg")) != before {
		t.Error("the folder changed")
	}
}

// listing is every file with its size and time of change.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		st, err := d.Info()
		fmt.Fprintln(&b, path, st.Size(), st.ModTime().UnixNano())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAPidFileWithTheNumberOfAnotherProgram(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, dir)
	exec1(t, c.OwnerDSN(), keep)
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	sleep := exec.Command("sleep", "600")
	sleep.Dir = filepath.Join(dir, "pg") // like a shell that somebody left there
	if err := sleep.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { sleep.Process.Kill(); sleep.Wait() }()
	for _, f := range []string{"pg/postmaster.pid", "run/.s.PGSQL.5432.lock"} {
		if err := os.WriteFile(filepath.Join(dir, f), fmt.Appendf(nil, "%d\n%s\n", sleep.Process.Pid, filepath.Join(dir, "pg")),
			0o600); err != nil {
			t.Fatal(err)
		}
	}
	comesBack(t, start(t, dir))
	if !alive(sleep.Process.Pid) {
		t.Error("the other program was killed")
	}
}

func TestAServerLeftRunning(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	left := quick
	left.Survive = true
	c, err := left.Start(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	exec1(t, c.OwnerDSN(), keep)
	old := c.PID()
	close(c.stop) // forget it, as a killed process would
	c.release()
	comesBack(t, start(t, dir))
	if alive(old) {
		t.Error("two servers ran on one database")
	}
}

func TestAPathTooLongForASocket(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), strings.Repeat("deep/", 20))
	_, err := quick.Start(t.Context(), dir)
	wants(t, err, "too long", "107", "--data")
}

func TestAFolderWithOddCharacters(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), `cyngor'n "dda" \x`)
	c := start(t, dir)
	exec1(t, c.OwnerDSN(), keep)
	comesBack(t, c)
	_, err := quick.Start(t.Context(), filepath.Join(folder(t), "one, two"))
	wants(t, err, "a comma", "--data")
}

func TestNoBinaries(t *testing.T) {
	t.Parallel()
	o := Options{BinDirs: []string{t.TempDir()}}
	_, err := o.Start(t.Context(), filepath.Join(t.TempDir(), "d"))
	wants(t, err, "apt install postgresql", "DATABASE_URL")
}

// initdb in PATH may be a wrapper without postgres beside it, or a link from elsewhere.
func TestFindingTheBinaries(t *testing.T) {
	needBinaries(t)
	real, err := (&Cluster{}).binDirs()
	if err != nil {
		t.Fatal(err)
	}
	wrapper, link := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(wrapper, "initdb"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(real[0].path, "initdb"), filepath.Join(link, "initdb")); err != nil {
		t.Fatal(err)
	}
	want, _ := filepath.EvalSymlinks(real[0].path)
	t.Setenv("PATH", link)
	if got, err := (&Cluster{}).binDirs(); err != nil || len(got) == 0 || got[0].path != want {
		t.Errorf("by a link: %v, %v; want %s", got, err, want)
	}
	t.Setenv("PATH", wrapper)
	if got, err := (&Cluster{}).binDirs(); err != nil || len(got) > 0 && got[0].path == wrapper {
		t.Errorf("with a wrapper: %v, %v", got, err)
	}
	t.Setenv("PG_BINDIR", wrapper)
	_, err = (&Cluster{}).binDirs()
	wants(t, err, "PG_BINDIR", "initdb and postgres")
}

func TestTheLogIsRotated(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if err := os.MkdirAll(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(dir, "postgres.log")
	if err := os.WriteFile(log, make([]byte, logLimit+1), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, dir)
	old, err := os.Stat(log + ".1")
	if err != nil || old.Size() != logLimit+1 {
		t.Error("the old log is not there:", err)
	}
	if st, err := os.Stat(log); err != nil || st.Size() > logLimit {
		t.Error("the new log is not new:", err)
	}
}

// As root, below a folder that PostgreSQL's user may not enter.
func TestAClosedParent(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if os.Geteuid() != 0 {
		t.Skip("only root runs PostgreSQL as another user")
	}
	if err := os.Chmod(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	if !permitted(capReadSearch) { // as in most containers
		_, err := quick.Start(t.Context(), dir)
		wants(t, err, "may not enter "+filepath.Dir(dir), "--data", "normal user")
		return
	}
	p := another(t, "serve", dir)
	exec1(t, dsnOf(dir), keep)
	p.kill()
	for alive(p.pg) { // the death signal has to reach it with capabilities too
		time.Sleep(10 * time.Millisecond)
	}
	comesBack(t, start(t, dir))
}

// A folder of one user, used by another.
func TestAFolderOfSomebodyElse(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if os.Geteuid() != 0 {
		t.Skip("only root can become somebody else")
	}
	start(t, dir).Stop()
	binary := filepath.Join(filepath.Dir(dir), "program")
	b, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(binary, b, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "LOCALPG_TEST_AS=serve", "LOCALPG_TEST_DIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, _ := cmd.CombinedOutput()
	wants(t, fmt.Errorf("%s", out), "the data folder "+dir+" belongs to root", "run Yousaid as root", "--data")

	// Its own folder works, and root may then serve it without taking it away.
	own := filepath.Join(filepath.Dir(dir), "own")
	if err := os.Mkdir(own, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(own, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	as := func() string {
		cmd := exec.Command(binary)
		cmd.Dir, cmd.Stdin = "/", strings.NewReader("\n")
		cmd.Env = append(os.Environ(), "LOCALPG_TEST_AS=serve", "LOCALPG_TEST_DIR="+own)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, _ := cmd.CombinedOutput()
		return string(out)
	}
	if got := as(); !strings.HasPrefix(got, "ready") {
		t.Fatal(got)
	}
	start(t, own).Stop()
	if got := as(); !strings.HasPrefix(got, "ready") {
		t.Fatal(got)
	}
}
