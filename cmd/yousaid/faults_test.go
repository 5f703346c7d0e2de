package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

// A council's site is killed in every way there is while customers send the real form. Whoever was thanked is stored once; whoever was not
// sends the same form again and is stored once. The stories follow each other on one data folder, as the weeks of a bad month would.
func TestABadMonth(t *testing.T) {
	t.Parallel()
	dir := emptyData(t)
	run(t, dir, "organisation add riverton --name Riverton").ok()
	files := &keyboard{t: t, dir: t.TempDir()}
	run(t, dir, "catalogue import "+files.file("c.csv", riverton)+" --organisation riverton").ok()
	run(t, dir, "survey add --template customer-satisfaction --organisation riverton --publish").ok()
	p := start(t, dir, "serve")
	link := strings.TrimSpace(run(t, dir,
		"link add --organisation riverton --survey customer-satisfaction --service waste --channel web").ok())
	if !strings.HasPrefix(link, p.address+"/f/") {
		t.Fatalf("the link %s does not lead to the site on %s", link, p.address)
	}
	c := &crowd{t: t, path: strings.TrimPrefix(link, p.address), forms: map[string]*form{}}
	serve := func() { p = start(c.t, dir, "serve") } // lives on after the story that starts it

	for _, blow := range []struct {
		name            string
		program, server bool
	}{{"the program is killed", true, false}, {"PostgreSQL is killed", false, true}, {"both are killed", true, true}} {
		t.Run(blow.name, func(t *testing.T) {
			stop := c.sends(p)
			c.more(200)
			server := p.postmaster()
			if blow.server {
				if err := syscall.Kill(server, syscall.SIGKILL); err != nil {
					t.Fatal(err)
				}
			}
			if blow.program {
				p.signal(syscall.SIGKILL)
				p.end()
				stop()
				serve()
				stop = c.sends(p)
			}
			c.more(200) // without anybody's help
			stop()
			if now := p.postmaster(); now == 0 || now == server {
				t.Errorf("PostgreSQL %d was not killed", now)
			}
			c.agrees(t, dir, p)
		})
	}
	t.Run("a second site on the folder is refused, commands attach", func(t *testing.T) {
		stop := c.sends(p)
		second := launch(t, dir, "serve")
		if code := second.end(); code != exitFailed || !strings.Contains(second.errs.String(),
			fmt.Sprintf("another Yousaid (process %d) is already serving", p.cmd.Process.Pid)) ||
			!strings.Contains(second.errs.String(), "--data") || second.out.String() != "" {
			t.Errorf("exit code %d\n%s%s", code, &second.out, &second.errs)
		}
		run(t, dir, "survey export customer-satisfaction --organisation riverton").ok()
		run(t, dir, "table --organisation riverton --survey customer-satisfaction --measure rating --format json --out -").ok()
		run(t, dir, "user add jo@riverton.example --organisation riverton --role viewer", "correct long words here").ok()
		stop()
		c.agrees(t, dir, p)
	})
	t.Run("SIGTERM under load", func(t *testing.T) {
		stop := c.sends(p)
		c.more(100)
		p.signal(syscall.SIGTERM)
		code := p.end()
		stop()
		if code != exitDone {
			t.Errorf("exit code %d\n%s", code, &p.errs)
		}
		if strings.Contains(p.errs.String(), "level=ERROR") {
			t.Errorf("stopping is not clean:\n%s", &p.errs)
		}
		if n, stored := c.acknowledged(), c.stored(t, dir); len(stored) != n {
			t.Errorf("after a clean stop %d are stored and %d were thanked", len(stored), n)
		}
		serve()
		c.agrees(t, dir, p)
	})
	t.Run("a survey that is closed at the keyboard is closed on the site", func(t *testing.T) {
		late := c.open(p)
		run(t, dir, "survey close customer-satisfaction --organisation riverton").ok()
		closed := time.Now()
		eventually(t, "the link answers 410", func() bool { return status(t, p.address+c.path) == http.StatusGone })
		t.Logf("the site noticed after %v", time.Since(closed).Round(10*time.Millisecond))
		if code := c.post(p, late); code != http.StatusGone {
			t.Errorf("a form that was opened before is answered %d", code)
		}
		c.forget(late)
		c.agrees(t, dir, p)
	})
}

// crowd sends the real form, each customer with a token of their own.
type crowd struct {
	t    *testing.T
	path string

	mu    sync.Mutex
	forms map[string]*form // by token
	sent  atomic.Int64
}

// form is one page that a customer opened.
type form struct {
	token, rating string
	thanked       bool
}

var hiddenToken = regexp.MustCompile(`name="token" value="([^"]+)"`)

// customer comes from another network each time, as customers do: all of 127.0.0.0/8 is this machine.
var customer = &http.Client{
	Timeout: patience,
	Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		from := net.IPv4(127, byte(1+rand.N(254)), byte(rand.N(256)), byte(1+rand.N(254)))
		return (&net.Dialer{LocalAddr: &net.TCPAddr{IP: from}}).DialContext(ctx, network, address)
	}},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// open fetches the page; nil when the site is away.
func (c *crowd) open(p *program) *form {
	res, err := customer.Get(p.address + c.path)
	if err != nil {
		return nil
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	m := hiddenToken.FindSubmatch(text)
	if err != nil || m == nil {
		return nil
	}
	f := &form{token: string(m[1]), rating: fmt.Sprint(1 + rand.N(5))}
	c.mu.Lock()
	c.forms[f.token] = f
	c.mu.Unlock()
	return f
}

// post sends the form and notes whether the customer was thanked; 0 when there was no answer.
func (c *crowd) post(p *program, f *form) int {
	c.sent.Add(1)
	res, err := customer.PostForm(p.address+c.path, url.Values{"token": {f.token}, "rating": {f.rating}})
	if err != nil {
		return 0
	}
	_ = res.Body.Close()
	if res.StatusCode == http.StatusSeeOther {
		c.mu.Lock()
		f.thanked = true
		c.mu.Unlock()
	}
	return res.StatusCode
}

func (c *crowd) forget(f *form) {
	c.mu.Lock()
	delete(c.forms, f.token)
	c.mu.Unlock()
}

// sends has 24 customers at a time send forms until stop is called, which returns when the last has had an answer.
func (c *crowd) sends(p *program) (stop func()) {
	done := make(chan struct{})
	var all sync.WaitGroup
	for range 24 {
		all.Go(func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(time.Duration(10+rand.N(20)) * time.Millisecond): // moderate: this is no race
				}
				if f := c.open(p); f != nil {
					c.post(p, f)
				}
			}
		})
	}
	return sync.OnceFunc(func() {
		close(done)
		all.Wait()
	})
}

func (c *crowd) acknowledged() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.forms {
		if f.thanked {
			n++
		}
	}
	return n
}

// more waits until so many more customers have been thanked.
func (c *crowd) more(n int) {
	want := c.acknowledged() + n
	eventually(c.t, fmt.Sprintf("%d customers are thanked", n), func() bool { return c.acknowledged() >= want })
}

// stored gives the rating of every response by its identity.
func (c *crowd) stored(t *testing.T, dir string) map[uuid.UUID]string {
	t.Helper()
	db, done := database(t, dir)
	defer done()
	var rows []struct {
		ID     uuid.UUID `db:"id"`
		Rating string    `db:"rating"`
	}
	if err := db.Select(&rows, `SELECT id, answers->>'rating' AS rating FROM responses`); err != nil {
		t.Fatal(err)
	}
	ratings := map[uuid.UUID]string{}
	for _, r := range rows {
		ratings[r.ID] = r.Rating
	}
	if len(ratings) != len(rows) {
		t.Errorf("%d of %d responses are stored twice", len(rows)-len(ratings), len(rows))
	}
	if n, numbers := number(t, db, `SELECT last_no FROM feeds`),
		number(t, db, `SELECT count(DISTINCT change_no) FROM responses`); n < len(rows) || numbers != len(rows) {
		t.Errorf("%d responses have %d numbers, and the feed is at %d", len(rows), numbers, n)
	}
	return ratings
}

// agrees holds the promise: all who were thanked are stored, with what they sent; the others send again, and then every form is
// stored once.
func (c *crowd) agrees(t *testing.T, dir string, p *program) {
	t.Helper()
	thanked := c.acknowledged()
	before := c.stored(t, dir)
	again := 0
	for _, f := range c.forms {
		id := identity(t, f.token)
		if f.thanked && before[id] != f.rating {
			t.Errorf("%s was thanked for %s, and %q is stored", id, f.rating, before[id])
		}
		if !f.thanked {
			again++
			if code := c.post(p, f); code != http.StatusSeeOther {
				t.Errorf("sending the form again is answered %d", code)
			}
		}
	}
	after := c.stored(t, dir)
	if len(after) != len(c.forms) {
		t.Errorf("%d forms were sent and %d are stored", len(c.forms), len(after))
	}
	for _, f := range c.forms {
		if after[identity(t, f.token)] != f.rating {
			t.Errorf("a form with the rating %s is stored with %q", f.rating, after[identity(t, f.token)])
		}
	}
	t.Logf("so far %d sendings of %d forms: %d were thanked at once, %d stored; %d sent again: %d stored", c.sent.Load(), len(c.forms),
		thanked, len(before), again, len(after))
}

// identity is the response that a token stands for: after the first byte, 16 bytes.
func identity(t *testing.T, token string) uuid.UUID {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) < 17 {
		t.Fatalf("the token %q: %v", token, err)
	}
	return uuid.UUID(b[1:17])
}

func number(t *testing.T, db *sqlx.DB, query string) (n int) {
	t.Helper()
	if err := db.Get(&n, query); err != nil {
		t.Fatal(query, err)
	}
	return n
}
