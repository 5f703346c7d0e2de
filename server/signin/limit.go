package signin

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"maps"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/server/accounts"
	"yousaid/surveys/tenant"
)

// A limit lets the first tries through and then makes each wait twice as long as the one before.
type limit struct {
	free   int           // tries before the first wait
	most   time.Duration // the longest wait
	forget time.Duration // quiet after which the count starts again
}

// The limits. They hold for an account as seen from one network, and for a network; never for an account alone, since then anybody could
// lock an officer out by guessing at their address. Each organisation has its own counts: a right password at one is no proof for another,
// and wrong ones at one hold up
// nobody at another.
var (
	pairLimit    = limit{free: 5, most: 15 * time.Minute, forget: 24 * time.Hour}
	networkLimit = limit{free: 60, most: 5 * time.Minute, forget: time.Hour}
)

// remember is how long a network stays known as one from which the account has signed in. Such a pair is not held up by what others on the
// same network do: a whole council may share one address.
const remember = 30 * 24 * time.Hour

// attempt is a try that has been counted before its password was looked at, so that many tries at once are counted as many.
type attempt struct {
	pair, network, known []byte
	trusted              bool
	turn                 accounts.Turn // how soon its password is looked at: first who is known there, then the network that tried least
}

// try counts a try, or refuses it with a TooManyError.
func (auth *Authenticator) try(ctx context.Context, org tenant.Org, email string, from netip.Addr) (attempt, error) {
	at, email, network := strconv.FormatInt(int64(org), 10), strings.ToLower(strings.TrimSpace(email)), networkOf(from)
	a := attempt{
		pair:    auth.keyed("pair", at, email, network),
		network: auth.keyed("network", at, network),
		known:   auth.keyed("known", at, email, network),
	}
	if err := auth.holds.check(a.pair, auth.Now()); err != nil {
		return a, err
	}
	if err := auth.db.Global().GetContext(ctx, &a.trusted, `
		SELECT EXISTS (SELECT FROM sign_in_attempts WHERE key_hash = $1 AND last_at > $2)`, a.known, auth.Now().Add(-remember)); err != nil {
		return a, err
	}
	if !a.trusted {
		a.turn = auth.tries.add(a.network, auth.Now())
		if auth.accounts.Full(a.turn) {
			return a, accounts.ErrBusy
		}
		failures, err := auth.count(ctx, a.network, networkLimit)
		if err != nil {
			return a, err
		}
		a.turn = max(a.turn, accounts.Turn(failures))
	}
	if _, err := auth.count(ctx, a.pair, pairLimit); err != nil {
		// The network is not to blame for a try that was refused.
		return a, errors.Join(err, auth.uncount(ctx, auth.db.Global(), a))
	}
	return a, nil
}

// count adds a try to a key if its wait is over, and gives how many there are. One statement asks and counts, so tries at the same moment
// cannot all pass.
func (auth *Authenticator) count(ctx context.Context, key []byte, l limit) (failures int, err error) {
	now := auth.Now()
	if err := auth.holds.check(key, now); err != nil {
		return 0, err
	}
	err = auth.db.Global().GetContext(ctx, &failures, `
		INSERT INTO sign_in_attempts AS a (key_hash, failures, last_at)
		VALUES ($1, 1, $2)
		ON CONFLICT (key_hash) DO UPDATE
		SET    failures = CASE WHEN a.last_at <= excluded.last_at - make_interval(secs => $3) THEN 1 ELSE a.failures + 1 END,
		       last_at = excluded.last_at
		WHERE  a.failures < $4
		       OR a.last_at + make_interval(secs => least($5, power(2, least(a.failures - $4, 30)))) <= excluded.last_at
		RETURNING failures`, key, now, l.forget.Seconds(), l.free, l.most.Seconds())
	if !errors.Is(err, sql.ErrNoRows) {
		return failures, err
	}
	return 0, auth.refusal(ctx, key, l)
}

// refusal says how long the key has to wait.
func (auth *Authenticator) refusal(ctx context.Context, key []byte, l limit) error {
	row := struct {
		Failures int       `db:"failures"`
		Last     time.Time `db:"last_at"`
	}{}
	err := auth.db.Global().GetContext(ctx, &row, `
		SELECT failures, last_at
		FROM   sign_in_attempts
		WHERE  key_hash = $1`, key)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	wait := min(l.most, time.Duration(math.Pow(2, float64(min(row.Failures-l.free, 30))))*time.Second)
	refused := TooManyError{Wait: max(time.Second, row.Last.Add(wait).Sub(auth.Now()))}
	auth.holds.add(key, auth.Now().Add(refused.Wait), auth.Now())
	return refused
}

// tries counts how often each network tried lately, looked at or not, for the order of comparisons alone: it refuses nobody.
type tries struct {
	lock    sync.Mutex
	network map[string]tried
}

type tried struct {
	count accounts.Turn
	last  time.Time
}

// lately is how long a network must be quiet to begin anew.
const lately = 10 * time.Minute

func (t *tries) add(network []byte, now time.Time) accounts.Turn {
	t.lock.Lock()
	defer t.lock.Unlock()
	if len(t.network) >= maxRemembered {
		maps.DeleteFunc(t.network, func(_ string, one tried) bool { return now.Sub(one.last) >= lately })
	}
	if t.network == nil || len(t.network) >= maxRemembered {
		t.network = map[string]tried{}
	}
	one := t.network[string(network)]
	if now.Sub(one.last) >= lately {
		one.count = 0
	}
	one.count, one.last = one.count+1, now
	t.network[string(network)] = one
	return one.count
}

// right takes a try back that had the right password.
func (t *tries) right(network []byte) {
	t.lock.Lock()
	defer t.lock.Unlock()
	if one, ok := t.network[string(network)]; ok {
		one.count--
		t.network[string(network)] = one
	}
}

// holds remembers until when keys have to wait, so that guesses in the meantime cost the database nothing and leave it to those who are let
// in.
type holds struct {
	lock  sync.Mutex
	until map[string]time.Time
}

// maxRemembered bounds what is remembered of each; who has to wait is read from the database again.
const maxRemembered = 20000

func (h *holds) check(key []byte, now time.Time) error {
	h.lock.Lock()
	defer h.lock.Unlock()
	if until := h.until[string(key)]; until.After(now) {
		return TooManyError{Wait: until.Sub(now)}
	}
	return nil
}

func (h *holds) add(key []byte, until, now time.Time) {
	h.lock.Lock()
	defer h.lock.Unlock()
	if len(h.until) >= maxRemembered {
		maps.DeleteFunc(h.until, func(_ string, until time.Time) bool { return !until.After(now) })
	}
	if h.until == nil || len(h.until) >= maxRemembered {
		h.until = map[string]time.Time{}
	}
	h.until[string(key)] = until
}

// forgive takes the try back after a right password, clears the pair, and remembers it as known.
func (auth *Authenticator) forgive(ctx context.Context, on sqlx.ExecerContext, a attempt) error {
	if !a.trusted {
		auth.tries.right(a.network)
	}
	if err := auth.uncount(ctx, on, a); err != nil {
		return err
	}
	if _, err := on.ExecContext(ctx, `
		DELETE FROM sign_in_attempts
		WHERE  key_hash = $1`, a.pair); err != nil {
		return err
	}
	_, err := on.ExecContext(ctx, `
		INSERT INTO sign_in_attempts (key_hash, failures, last_at)
		VALUES ($1, 0, $2)
		ON CONFLICT (key_hash) DO UPDATE SET last_at = excluded.last_at`, a.known, auth.Now())
	return err
}

// takeBack undoes a try whose password was not looked at, also when whoever sent it has gone meanwhile.
func (auth *Authenticator) takeBack(ctx context.Context, a attempt) error {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	if err := auth.uncount(ctx, auth.db.Global(), a); err != nil {
		return err
	}
	_, err := auth.db.Global().ExecContext(ctx, `
		UPDATE sign_in_attempts
		SET    failures = failures - 1
		WHERE  key_hash = $1 AND failures > 0`, a.pair)
	return err
}

// uncount takes a try back from its network.
func (auth *Authenticator) uncount(ctx context.Context, on sqlx.ExecerContext, a attempt) error {
	if a.trusted {
		return nil
	}
	_, err := on.ExecContext(ctx, `
		UPDATE sign_in_attempts
		SET    failures = failures - 1
		WHERE  key_hash = $1 AND failures > 0`, a.network)
	return err
}

// keyed is what the table keeps of an address: without the key, the address cannot be recovered.
func (auth *Authenticator) keyed(parts ...string) []byte {
	mac := hmac.New(sha256.New, auth.key)
	for _, p := range parts {
		_, _ = mac.Write([]byte(p))
		_, _ = mac.Write([]byte{0})
	}
	return mac.Sum(nil)
}

// networkOf is the address itself for IPv4 and the /64 for IPv6, where one household or office has so many addresses.
func networkOf(a netip.Addr) string {
	a = a.Unmap()
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// guessLimit is for codes that are guessed at in public: a library's or an office's address may look up many, and a program that tries them
// all waits.
var guessLimit = limit{free: 20, most: 5 * time.Minute, forget: time.Hour}

// Guess counts a look-up of a code from a network before it is made, or refuses it with a TooManyError. Forgive takes it back when the code
// was right.
func (auth *Authenticator) Guess(ctx context.Context, what string, from netip.Addr) error {
	_, err := auth.count(ctx, auth.keyed("guess", what, networkOf(from)), guessLimit)
	return err
}

// Forgive takes a guess back.
func (auth *Authenticator) Forgive(ctx context.Context, what string, from netip.Addr) error {
	_, err := auth.db.Global().ExecContext(ctx, `
		UPDATE sign_in_attempts
		SET    failures = failures - 1
		WHERE  key_hash = $1 AND failures > 0`, auth.keyed("guess", what, networkOf(from)))
	return err
}
