package accounts

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sort"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// ErrBusy means that more passwords wait to be checked than can be; it passes within seconds. The password was not looked at.
var ErrBusy = errors.New("too many people are signing in at the same moment")

// Turn says who is first when passwords wait to be checked: 0 before all others, then the lower number, then who came first.
type Turn int

const (
	maxWaiting = 40               // passwords that wait, a second or two on a quiet machine; who is last in the queue is sent away
	maxWait    = 10 * time.Second // in the queue
)

// hasher makes and checks argon2id hashes. Each takes 19 MB for some 40 ms of one core, so few are made at the same time and the others
// wait for their turn.
type hasher struct {
	params  argon2id.Params
	decoy   string                                    // the hash that a guess at an unknown account is compared with
	compare func(password, hash string) (bool, error) // argon2id's; tests count and hold it

	lock    sync.Mutex
	free    int       // places
	waiting []*waiter // who is next first
}

// waiter is a password that waits for its turn.
type waiter struct {
	turn Turn
	in   chan bool // true for a place, false when it is sent away; takes one value without a reader
}

// hashing are the parameters of every new hash.
var hashing = argon2id.Params{Memory: 19456, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// decoy is compared with where no person has the address, so that both take as long. One serves all stores of a program: it takes
// 20 MB and as much time as a sign-in.
var decoy = sync.OnceValues(func() (string, error) { return argon2id.CreateHash("nobody has this password", &hashing) })

func newHasher() (*hasher, error) {
	h := &hasher{
		params:  hashing,
		compare: argon2id.ComparePasswordAndHash,
	}
	h.free = places(runtime.GOMAXPROCS(0))
	var err error
	h.decoy, err = decoy()
	return h, err
}

// places leaves at least half of the cores to those who answer questionnaires: 2 hashes at a time use 38 MB.
func places(cores int) int { return max(1, min(2, cores/2)) }

// enter waits for a place, ten seconds at most; ErrBusy.
func (h *hasher) enter(ctx context.Context, turn Turn) error {
	h.lock.Lock()
	if h.free > 0 {
		h.free--
		h.lock.Unlock()
		return nil
	}
	w := &waiter{turn, make(chan bool, 1)}
	at := sort.Search(len(h.waiting), func(i int) bool { return h.waiting[i].turn > turn })
	h.waiting = slices.Insert(h.waiting, at, w)
	if n := len(h.waiting) - 1; n == maxWaiting {
		h.waiting[n].in <- false
		h.waiting = h.waiting[:n]
	}
	h.lock.Unlock()
	late := time.NewTimer(maxWait)
	defer late.Stop()
	err := ErrBusy
	select {
	case in := <-w.in:
		if in {
			return nil
		}
		return ErrBusy
	case <-ctx.Done():
		err = ctx.Err()
	case <-late.C:
	}
	h.giveUp(w)
	return err
}

// Full tells whether a password of this turn would be sent away at this moment, so that nothing else need be done for it.
func (s *Store) Full(turn Turn) bool { return s.hasher.full(turn) }

func (h *hasher) full(turn Turn) bool {
	h.lock.Lock()
	defer h.lock.Unlock()
	n := len(h.waiting)
	return n >= maxWaiting && h.waiting[n-1].turn <= turn
}

// giveUp takes out one who waits no longer, and gives back a place that came at the same moment.
func (h *hasher) giveUp(w *waiter) {
	h.lock.Lock()
	if i := slices.Index(h.waiting, w); i >= 0 {
		h.waiting = slices.Delete(h.waiting, i, i+1)
		h.lock.Unlock()
		return
	}
	h.lock.Unlock()
	if <-w.in {
		h.pass()
	}
}

// leave gives the place to who is next. The library takes new memory for each hash; the garbage collector runs seldom in this program and
// would let some fifty of them
// pile up, so it runs here first.
func (h *hasher) leave() {
	runtime.GC()
	h.pass()
}

func (h *hasher) pass() {
	h.lock.Lock()
	defer h.lock.Unlock()
	if len(h.waiting) == 0 {
		h.free++
		return
	}
	h.waiting[0].in <- true
	h.waiting = slices.Delete(h.waiting, 0, 1)
}

// hash makes the hash of a new password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx, 0); err != nil {
		return "", err
	}
	defer h.leave()
	return argon2id.CreateHash(norm.NFKC.String(password), &h.params)
}

// matches compares a password with a hash. An empty hash stands for an account that does not exist: it takes as long and never matches.
func (h *hasher) matches(ctx context.Context, turn Turn, password, hash string) (bool, error) {
	if err := h.enter(ctx, turn); err != nil {
		return false, err
	}
	defer h.leave()
	if utf8.RuneCountInString(password) > MaxPassword {
		password = "" // no account has one so long; it costs as much as any other
	}
	known := hash != ""
	if !known {
		hash = h.decoy
	}
	same, err := h.compare(norm.NFKC.String(password), hash)
	return same && known, err
}
