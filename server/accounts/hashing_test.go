package accounts

import (
	"context"
	"errors"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"yousaid/surveys/tenant"
)

// slow is a hasher with one place whose comparisons end when the test allows it; it notes their order.
type slow struct {
	*hasher
	end   chan struct{}
	order []string
}

func newSlow() *slow {
	s := &slow{hasher: &hasher{free: 1, decoy: "decoy"}, end: make(chan struct{})}
	s.compare = func(password, _ string) (bool, error) {
		<-s.end
		s.order = append(s.order, password)
		return false, nil
	}
	return s
}

// send has a password checked and waits until it is looked at, stands in the queue or is sent away. The error comes later.
func (s *slow) send(ctx context.Context, turn Turn, password string) *error {
	err := new(error)
	*err = errors.New("no answer yet")
	go func() { _, *err = s.matches(ctx, turn, password, "x") }()
	synctest.Wait()
	return err
}

// finish lets every comparison end.
func (s *slow) finish() {
	close(s.end)
	synctest.Wait()
}

// The queue lets in first who has done least to be suspected, whenever they come.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow()
		for _, c := range []struct {
			turn     Turn
			password string
		}{{40, "first"}, {40, "guess 40"}, {7, "guess 7"}, {1, "new here"}, {1, "new too"}, {0, "known here"}} {
			s.send(t.Context(), c.turn, c.password)
		}
		s.finish()
		if want := []string{"first", "known here", "new here", "new too", "guess 7", "guess 40"}; !slices.Equal(s.order, want) {
			t.Errorf("looked at in the order %q, want %q", s.order, want)
		}
		if s.free != 1 || len(s.waiting) != 0 {
			t.Errorf("%d places and %d waiting are left", s.free, len(s.waiting))
		}
	})
}

// A full queue sends away who is last in it, not who comes; who goes away or waits too long leaves no place taken.
func TestAFullQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow()
		s.send(t.Context(), 1, "first")
		var guesses []*error
		for i := range maxWaiting {
			guesses = append(guesses, s.send(t.Context(), 9, "guess "+strconv.Itoa(i)))
		}
		if s.full(8) || !s.full(9) || !s.full(10) {
			t.Error("the queue does not know for whom it is full")
		}
		if err := s.send(t.Context(), 9, "one guess more"); !errors.Is(*err, ErrBusy) {
			t.Errorf("a guess beyond the queue: %v", *err)
		}
		fresh := s.send(t.Context(), 1, "new here")
		ctx, cancel := context.WithCancel(t.Context())
		gone := s.send(ctx, 0, "gone")
		cancel()
		synctest.Wait()
		if !errors.Is(*gone, context.Canceled) {
			t.Errorf("gone: %v", *gone)
		}
		away := 0
		for _, err := range guesses {
			if errors.Is(*err, ErrBusy) {
				away++
			}
		}
		if away != 2 || !errors.Is(*guesses[maxWaiting-1], ErrBusy) {
			t.Errorf("%d guesses were sent away, the last with %v", away, *guesses[maxWaiting-1])
		}
		s.end <- struct{}{}
		s.end <- struct{}{}
		synctest.Wait()
		if want := []string{"first", "new here"}; *fresh != nil || !slices.Equal(s.order, want) {
			t.Errorf("looked at in the order %q, want %q: %v", s.order, want, *fresh)
		}
		time.Sleep(maxWait) // the clock of the bubble: all others have waited too long
		s.finish()
		if !errors.Is(*guesses[5], ErrBusy) || s.free != 1 || len(s.waiting) != 0 {
			t.Errorf("after ten seconds: %v; %d places and %d waiting are left", *guesses[5], s.free, len(s.waiting))
		}
	})
}

func TestPlaces(t *testing.T) {
	for cores, want := range map[int]int{1: 1, 2: 1, 3: 1, 4: 2, 64: 2} {
		if got := places(cores); got != want {
			t.Errorf("%d cores: %d places, want %d", cores, got, want)
		}
	}
}

// An address without an account, one that was only invited and one with another password cost the same: one comparison.
func TestEveryGuessIsLookedAt(t *testing.T) {
	t.Parallel()
	s, _ := store(t)
	o := council(t, s, "north")
	by := tenant.CommandLine(o.ID)
	for _, u := range []NewUser{{Email: "a@x.example", Password: phrase, Role: "viewer"},
		{Email: "invited@x.example", Role: "viewer", Invited: true}} {
		if _, err := s.AddUser(t.Context(), by, u); err != nil {
			t.Fatal(err)
		}
	}
	compare, looked := s.hasher.compare, 0
	s.hasher.compare = func(password, hash string) (bool, error) {
		looked++
		if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("compared with %q", hash)
		}
		return compare(password, hash)
	}
	for i, email := range []string{"a@x.example", "invited@x.example", "nobody@x.example", "", "\x00", "a@x.example\x00"} {
		if _, ok, err := s.Login(t.Context(), o.ID, email, "not the password", 1); ok || err != nil || looked != i+1 {
			t.Errorf("%q: %t, %v, %d comparisons", email, ok, err, looked)
		}
	}
}

// Sixty guesses at once take the memory of the places, not of the guesses. It measures the program's own memory, so nothing runs beside it.
func TestTheMemoryOfManyGuesses(t *testing.T) {
	h, err := newHasher()
	if err != nil {
		t.Fatal(err)
	}
	h.free = 2
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // as the site runs
	debug.FreeOSMemory()
	idle := resident(t)
	var all sync.WaitGroup
	for i := range 60 {
		all.Go(func() {
			if _, err := h.matches(t.Context(), Turn(i), "not the password", ""); err != nil && !errors.Is(err, ErrBusy) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	after := resident(t)
	t.Logf("idle %d MB, after 60 guesses %d MB", idle>>20, after>>20)
	if after-idle > 64<<20 {
		t.Errorf("60 guesses took %d MB over idle, want at most 64", (after-idle)>>20)
	}
}

// resident is how many bytes of memory the program has now.
func resident(t *testing.T) int64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(b))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}
