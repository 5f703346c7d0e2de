package signin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/server/accounts"
	"yousaid/server/audit"
	"yousaid/surveys/permission"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

const phrase = "kettle river armchair"

var (
	home   = netip.MustParseAddr("192.0.2.10")
	office = netip.MustParseAddr("198.51.100.7")
)

// clock is moved by hand: no test waits.
type clock struct {
	sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.Lock(); defer c.Unlock(); return c.at }
func (c *clock) on(d time.Duration) {
	c.Lock()
	defer c.Unlock()
	c.at = c.at.Add(d)
}

type house struct {
	*Authenticator
	clock  *clock
	people *accounts.Store
	owner  *sqlx.DB
	north  accounts.Organisation
	alice  int64
}

func open(t *testing.T) house {
	t.Helper()
	db, owner := fresh(t)
	ledger := audit.New(db)
	people, err := accounts.New(db, ledger)
	if err != nil {
		t.Fatal(err)
	}
	d, err := New(t.Context(), db, people, ledger)
	if err != nil {
		t.Fatal(err)
	}
	h := house{Authenticator: d, clock: &clock{at: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, people: people, owner: owner}
	d.Now = h.clock.now
	h.north = h.council(t, "north")
	h.alice = h.person(t, h.north, "alice@north.example", "viewer")
	return h
}

func (h house) council(t *testing.T, slug string) accounts.Organisation {
	t.Helper()
	o, err := h.people.Add(t.Context(), tenant.CommandLine(0), accounts.Organisation{Slug: slug, Names: question.Text{"en": slug}})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (h house) person(t *testing.T, o accounts.Organisation, email, role string) int64 {
	t.Helper()
	id, err := h.people.AddUser(t.Context(), tenant.CommandLine(o.ID), accounts.NewUser{Email: email, Password: phrase, Role: role})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (h house) in(t *testing.T, from netip.Addr) string {
	t.Helper()
	token, err := h.SignIn(t.Context(), h.north.ID, "alice@north.example", phrase, from)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (h house) guess(t *testing.T, email string, from netip.Addr) error {
	t.Helper()
	_, err := h.SignIn(t.Context(), h.north.ID, email, "not the password", from)
	if err == nil {
		t.Fatal("a wrong password opened")
	}
	return err
}

func held(err error) bool { var e TooManyError; return errors.As(err, &e) }

func TestADayAtWork(t *testing.T) {
	t.Parallel()
	h := open(t)
	token := h.in(t, home)
	s, err := h.Find(t.Context(), token)
	if err != nil || s.Actor.Person != h.alice || s.Actor.Org != h.north.ID || !permission.Holds(s.Actor, permission.SeeFigures) ||
		s.Actor.Via != "web" {
		t.Fatalf("%+v %v", s, err)
	}
	// Clicks every few hours keep it alive; a night of quiet ends it.
	for range 5 {
		h.clock.on(11 * time.Hour)
		if _, err := h.Find(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	h.clock.on(12*time.Hour + time.Second)
	if _, err := h.Find(t.Context(), token); !errors.Is(err, ErrNoSession) {
		t.Error(err)
	}
	// However often it is used, a week ends it.
	token = h.in(t, home)
	for range 16 {
		h.clock.on(10 * time.Hour)
		if _, err := h.Find(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	h.clock.on(9 * time.Hour)
	if _, err := h.Find(t.Context(), token); !errors.Is(err, ErrNoSession) {
		t.Error("a session outlived its week:", err)
	}
	token = h.in(t, home)
	if _, err := h.SignOut(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{token, "", "made up", "\x00"} {
		if _, err := h.Find(t.Context(), token); !errors.Is(err, ErrNoSession) {
			t.Errorf("%q: %v", token, err)
		}
	}
}

func TestTheTableHoldsNoTokenAndNoAddress(t *testing.T) {
	t.Parallel()
	h := open(t)
	token := h.in(t, home)
	_ = h.guess(t, "alice@north.example", office)
	var dump []string
	if err := h.owner.Select(&dump,
		`SELECT row_to_json(s)::text FROM sessions s UNION ALL SELECT row_to_json(a)::text || encode(a.key_hash, 'escape') FROM sign_in_attempts a
		UNION ALL SELECT row_to_json(a)::text FROM audit a`); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(dump, "\n")
	for _, secret := range []string{token, home.String(), office.String()} {
		if strings.Contains(all, secret) {
			t.Errorf("%s is in the database:\n%s", secret, all)
		}
	}
	if len(dump) < 4 {
		t.Errorf("too little was looked at: %s", all)
	}
}

func TestARoleThatIsTakenAwayIsGoneAtTheNextClick(t *testing.T) {
	t.Parallel()
	h := open(t)
	token := h.in(t, home)
	h.owner.MustExec(`DELETE FROM memberships WHERE person_id = $1`, h.alice)
	if _, err := h.Find(t.Context(), token); !errors.Is(err, ErrNoSession) {
		t.Error(err)
	}
	if _, err := h.SignIn(t.Context(), h.north.ID, "alice@north.example", phrase, home); !errors.Is(err, ErrNoRole) {
		t.Error(err)
	}
}

func TestGuessingIsSlowedAndNobodyIsLockedOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	for i := range 5 {
		if err := h.guess(t, "alice@north.example", office); !errors.Is(err, ErrWrong) {
			t.Fatal(i, err)
		}
	}
	if err := h.guess(t, "ALICE@north.example ", office); !held(err) {
		t.Errorf("the sixth guess was looked at: %v", err)
	}
	// Even the right password waits from where the guessing comes, and opens from anywhere else at once.
	if _, err := h.SignIn(t.Context(), h.north.ID, "alice@north.example", phrase, office); !held(err) {
		t.Errorf("from the guesser's network: %v", err)
	}
	h.in(t, home)
	// The wait doubles, and ends at a quarter of an hour.
	for _, wait := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
		h.clock.on(wait*time.Second - time.Second)
		if err := h.guess(t, "alice@north.example", office); wait > 1 && !held(err) {
			t.Errorf("before %d s: %v", wait, err)
		} else if wait == 1 && !held(err) {
			t.Errorf("at once: %v", err)
		}
		h.clock.on(time.Second)
		if err := h.guess(t, "alice@north.example", office); !errors.Is(err, ErrWrong) {
			t.Errorf("after %d s: %v", wait, err)
		}
	}
	h.clock.on(15 * time.Minute)
	h.in(t, office)
	if err := h.guess(t, "alice@north.example", office); !errors.Is(err, ErrWrong) {
		t.Errorf("a right password clears the count: %v", err)
	}
}

// A try that was sent away or given up before its password was looked at is no guess.
func TestWhatWasNotLookedAtIsNotCounted(t *testing.T) {
	t.Parallel()
	h := open(t)
	for i := range 2 * networkLimit.free {
		a, err := h.try(t.Context(), h.north.ID, "alice@north.example", office)
		if err != nil || a.turn != accounts.Turn(i+1) { // sent away or not, the network's next one is looked at later
			t.Fatalf("try %d: turn %d, %v", i, a.turn, err)
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		if err := h.takeBack(gone, a); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 5 {
		if err := h.guess(t, "alice@north.example", office); !errors.Is(err, ErrWrong) {
			t.Fatal(i, err)
		}
	}
	// Who is known there is looked at before all others, and a network the later the more it has guessed.
	h.in(t, home)
	if a, err := h.try(t.Context(), h.north.ID, "alice@north.example", home); err != nil || a.turn != 0 {
		t.Errorf("known: turn %d, %v", a.turn, err)
	}
	if a, err := h.try(t.Context(), h.north.ID, "other@north.example", office); err != nil || a.turn != accounts.Turn(2*networkLimit.free+6) {
		t.Errorf("after all these: turn %d, %v", a.turn, err)
	}
	h.clock.on(lately)
	if a, err := h.try(t.Context(), h.north.ID, "other@north.example", office); err != nil || a.turn != 7 {
		t.Errorf("after a quiet time, of which the wrong passwords are left: turn %d, %v", a.turn, err)
	}
}

// What is remembered of who has to wait is bounded, and ends with the wait.
func TestHolds(t *testing.T) {
	t.Parallel()
	var h holds
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for i := range 3 * maxRemembered {
		h.add(fmt.Append(nil, i), start.Add(time.Duration(i)*time.Second), start)
		if len(h.until) > maxRemembered {
			t.Fatalf("%d are remembered", len(h.until))
		}
	}
	last := fmt.Append(nil, 3*maxRemembered-1)
	if err := h.check(last, start); !held(err) {
		t.Error(err)
	}
	if err := h.check(last, start.Add(3*maxRemembered*time.Second)); err != nil {
		t.Error(err)
	}
	if err := h.check([]byte("unknown"), start); err != nil {
		t.Error(err)
	}
}

func TestGuessesAtTheSameMomentAreAllCounted(t *testing.T) {
	t.Parallel()
	h := open(t)
	var wg sync.WaitGroup
	var lock sync.Mutex
	looked := 0
	for range 20 {
		wg.Go(func() {
			if _, err := h.SignIn(t.Context(), h.north.ID, "alice@north.example", "not the password", office); errors.Is(err, ErrWrong) {
				lock.Lock()
				looked++
				lock.Unlock()
			}
		})
	}
	wg.Wait()
	if looked != 5 {
		t.Errorf("%d of 20 guesses at once were looked at", looked)
	}
}

// One network tries one password on many accounts. A colleague behind the same address who has signed in from there before is not held up.
func TestAWholeNetworkIsSlowedButNotThoseKnownThere(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.person(t, h.north, "new@north.example", "viewer")
	h.in(t, office)
	var err error
	n := 0
	for ; n < 100 && !held(err); n++ {
		err = h.guess(t, fmt.Sprintf("person%d@north.example", n), office)
	}
	if n != networkLimit.free+1 {
		t.Errorf("held after %d", n)
	}
	if _, err := h.SignIn(t.Context(), h.north.ID, "new@north.example", phrase, office); !held(err) {
		t.Errorf("somebody else there waits: %v", err)
	}
	h.in(t, office)
	if _, err := h.SignIn(t.Context(), h.north.ID, "new@north.example", phrase, home); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
	h.clock.on(time.Hour)
	if _, err := h.SignIn(t.Context(), h.north.ID, "new@north.example", phrase, office); err != nil {
		t.Errorf("an hour later: %v", err)
	}
}

func TestNetworks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.1", true}, {"192.0.2.1", "192.0.2.2", false}, {"::ffff:192.0.2.1", "192.0.2.1", true},
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true}, {"2001:db8:1:2::1", "2001:db8:1:3::1", false}, {"fe80::1%eth0", "fe80::2%eth1", true},
	} {
		if got := networkOf(netip.MustParseAddr(c.a)) == networkOf(netip.MustParseAddr(c.b)); got != c.same {
			t.Errorf("%+v", c)
		}
	}
}

func TestANewPassword(t *testing.T) {
	t.Parallel()
	h := open(t)
	elsewhere, here := h.in(t, office), h.in(t, home)
	s, err := h.Find(t.Context(), here)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		_, err := h.ChangePassword(t.Context(), s, "not the password", "three other words", office)
		if r := (wording.Refusal{}); i < 5 && (!errors.As(err, &r) || r.Field != "current") || i == 5 && !held(err) {
			t.Errorf("guess %d at the current password: %v", i, err)
		}
		// A refused new password says nothing about the current one and clears no count.
		if _, err := h.ChangePassword(t.Context(), s, phrase, "short", office); err == nil {
			t.Error("a short password was taken")
		}
	}
	fresh, err := h.ChangePassword(t.Context(), s, phrase, "three other words", home)
	if err != nil {
		t.Fatal(err)
	}
	for token, works := range map[string]bool{elsewhere: false, here: false, fresh: true} {
		if _, err := h.Find(t.Context(), token); (err == nil) != works {
			t.Errorf("works: %v, %v", works, err)
		}
	}
}

// Whatever happens at one council changes nothing at another: neither what opens it, nor how long a wrong password waits there.
func TestCouncilsShareNoSignIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	south := h.council(t, "south")
	const email, other = "alice@north.example", "three other words"
	if _, err := h.people.AddUser(t.Context(), tenant.CommandLine(south.ID),
		accounts.NewUser{Email: email, Password: other, Role: "equality"}); err != nil {
		t.Fatal(err)
	}
	at := func(o accounts.Organisation, password string) (string, error) {
		return h.SignIn(t.Context(), o.ID, email, password, office)
	}
	token, err := at(south, other)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := h.Find(t.Context(), token); err != nil || s.Actor.Org != south.ID || s.Actor.Person == h.alice ||
		!permission.Holds(s.Actor, permission.SeeEquality) ||
		permission.Holds(s.Actor, permission.SeeFigures) {
		t.Errorf("%+v %v", s, err)
	}
	// A right password at South between the guesses at North: they are counted all the same, and not at South.
	for i := range 6 {
		if _, err := at(h.north, other); i < 5 && !errors.Is(err, ErrWrong) || i == 5 && !held(err) {
			t.Errorf("guess %d: %v", i, err)
		}
		if _, err := at(south, other); err != nil {
			t.Errorf("at the other council after guess %d: %v", i, err)
		}
	}
	// South's sign-ins do not make the network known at North.
	for i := range networkLimit.free - 5 {
		_ = h.guess(t, fmt.Sprintf("person%d@north.example", i), office)
	}
	if err := h.guess(t, "somebody@north.example", office); !held(err) {
		t.Errorf("the network is not held at North: %v", err)
	}
	if _, err := at(south, other); err != nil {
		t.Errorf("at South: %v", err)
	}
	h.in(t, home)
	if org, err := h.SignOut(t.Context(), token); err != nil || org != south.ID {
		t.Errorf("signed out of %d, %v", org, err)
	}
}

func TestTwoInstancesShareOneKey(t *testing.T) {
	t.Parallel()
	h := open(t)
	other, err := New(t.Context(), h.db, h.people, h.ledger)
	if err != nil || !bytes.Equal(other.key, h.key) || len(h.key) != 32 {
		t.Errorf("%x %x %v", other.key, h.key, err)
	}
}

func TestCookie(t *testing.T) {
	t.Parallel()
	if c := Cookie("x", true).String(); c != "__Host-yousaid=x; Path=/; HttpOnly; Secure; SameSite=Lax" {
		t.Error(c)
	}
	if c := Cookie("x", false).String(); c != "yousaid=x; Path=/; HttpOnly; SameSite=Lax" {
		t.Error(c)
	}
	if c := Cookie("", true).String(); !strings.Contains(c, "Max-Age=0") {
		t.Error(c)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(Cookie("plain", false))
	if TokenOf(r, true) != "" || TokenOf(r, false) != "plain" {
		t.Error("over https only the cookie of https counts: the other may have been planted over http")
	}
	for host, want := range map[string]bool{"127.0.0.1:8080": true, "localhost": true, "LOCALHOST:80": true, "[::1]:8080": true, "::1": true,
		"127.9.9.9":   true,
		"example.org": false, "localhost.example.org": false, "192.168.1.2:8080": false, "": false} {
		if Loopback(host) != want {
			t.Errorf("%q", host)
		}
	}
}
