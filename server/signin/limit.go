package signin

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"yousaid/surveys/tenant"
)

// A limit lets the first tries through and then makes each wait twice as long as the one before.
type limit struct {
	free   int           // tries before the first wait
	most   time.Duration // the longest wait
	forget time.Duration // quiet after which the count starts again
}

// The limits. They hold for an account as seen from one network, and for a network; never for an account alone, since then anybody could
// lock an officer out by guessing at their address. Each organisation has its own counts: a right password at one is no proof for another, and wrong ones at one hold up
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
}

// try counts a try, or refuses it with a TooManyError.
func (d *Door) try(ctx context.Context, org tenant.Org, email string, from netip.Addr) (attempt, error) {
	at, email, network := strconv.FormatInt(int64(org), 10), strings.ToLower(strings.TrimSpace(email)), networkOf(from)
	a := attempt{pair: d.keyed("pair", at, email, network), network: d.keyed("network", at, network), known: d.keyed("known", at, email, network)}
	if err := d.db.Global().GetContext(ctx, &a.trusted, `
		SELECT EXISTS (SELECT FROM sign_in_attempts WHERE key_hash = $1 AND last_at > $2)`, a.known, d.now().Add(-remember)); err != nil {
		return a, err
	}
	if !a.trusted {
		if err := d.count(ctx, a.network, networkLimit); err != nil {
			return a, err
		}
	}
	if err := d.count(ctx, a.pair, pairLimit); err != nil {
		// The network is not to blame for a try that was refused.
		return a, errors.Join(err, d.uncount(ctx, a))
	}
	return a, nil
}

// count adds a try to a key if its wait is over. One statement asks and counts, so tries at the same moment cannot all pass.
func (d *Door) count(ctx context.Context, key []byte, l limit) error {
	now, failures := d.now(), 0
	err := d.db.Global().GetContext(ctx, &failures, `
		INSERT INTO sign_in_attempts AS a (key_hash, failures, last_at)
		VALUES ($1, 1, $2)
		ON CONFLICT (key_hash) DO UPDATE
		SET    failures = CASE WHEN a.last_at <= excluded.last_at - make_interval(secs => $3) THEN 1 ELSE a.failures + 1 END,
		       last_at = excluded.last_at
		WHERE  a.failures < $4
		       OR a.last_at + make_interval(secs => least($5, power(2, least(a.failures - $4, 30)))) <= excluded.last_at
		RETURNING failures`, key, now, l.forget.Seconds(), l.free, l.most.Seconds())
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return d.refusal(ctx, key, l)
}

// refusal says how long the key has to wait.
func (d *Door) refusal(ctx context.Context, key []byte, l limit) error {
	row := struct {
		Failures int       `db:"failures"`
		Last     time.Time `db:"last_at"`
	}{}
	err := d.db.Global().GetContext(ctx, &row, `
		SELECT failures, last_at
		FROM   sign_in_attempts
		WHERE  key_hash = $1`, key)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	wait := min(l.most, time.Duration(math.Pow(2, float64(min(row.Failures-l.free, 30))))*time.Second)
	return TooManyError{Wait: max(time.Second, row.Last.Add(wait).Sub(d.now()))}
}

// forgive takes the try back after a right password, clears the pair, and remembers it as known.
func (d *Door) forgive(ctx context.Context, a attempt) error {
	if err := d.uncount(ctx, a); err != nil {
		return err
	}
	if _, err := d.db.Global().ExecContext(ctx, `
		DELETE FROM sign_in_attempts
		WHERE  key_hash = $1`, a.pair); err != nil {
		return err
	}
	_, err := d.db.Global().ExecContext(ctx, `
		INSERT INTO sign_in_attempts (key_hash, failures, last_at)
		VALUES ($1, 0, $2)
		ON CONFLICT (key_hash) DO UPDATE SET last_at = excluded.last_at`, a.known, d.now())
	return err
}

// uncount takes a try back from its network.
func (d *Door) uncount(ctx context.Context, a attempt) error {
	if a.trusted {
		return nil
	}
	_, err := d.db.Global().ExecContext(ctx, `
		UPDATE sign_in_attempts
		SET    failures = failures - 1
		WHERE  key_hash = $1 AND failures > 0`, a.network)
	return err
}

// keyed is what the table keeps of an address: without the key, nobody can tell which address it was.
func (d *Door) keyed(parts ...string) []byte {
	mac := hmac.New(sha256.New, d.key)
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

// guessLimit is for codes that are guessed at in public: a library's or an office's address may look up many, and a program that tries them all waits.
var guessLimit = limit{free: 20, most: 5 * time.Minute, forget: time.Hour}

// Guess counts a look-up of a code from a network before it is made, or refuses it with a TooManyError. Forgive takes it back when the code was right.
func (d *Door) Guess(ctx context.Context, what string, from netip.Addr) error {
	return d.count(ctx, d.keyed("guess", what, networkOf(from)), guessLimit)
}

// Forgive takes a guess back.
func (d *Door) Forgive(ctx context.Context, what string, from netip.Addr) error {
	_, err := d.db.Global().ExecContext(ctx, `
		UPDATE sign_in_attempts
		SET    failures = failures - 1
		WHERE  key_hash = $1 AND failures > 0`, d.keyed("guess", what, networkOf(from)))
	return err
}
