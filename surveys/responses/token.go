package responses

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"yousaid/surveys/tenant"
)

// Alphabet is what link and receipt codes are made of: no 0 O 1 I L, which people misread.
const Alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

const (
	tokenVersion = 3
	jobVersion   = 4 // a form about one job: its key follows
	shownSize    = 6
	bodySize     = 1 + 16 + 3*8 + shownSize // version, response, organisation, link, version id, when it was shown
	macSize      = 16
	tokenSize    = bodySize + macSize // 63 bytes, 84 characters
	receiptSize  = 10                 // characters: 31^10, nearly 50 bits
)

// Strict decoding: a token has one spelling only.
var tokenEncoding = base64.RawURLEncoding.Strict()

// Signer signs form tokens and derives receipt codes. It is safe for use by many goroutines.
type Signer struct {
	form    sync.Pool // of *mac: an HMAC is reused, its key schedule with it
	receipt sync.Pool
}

type mac struct {
	hash.Hash
	sum [sha256.Size]byte
}

// Keys reads the master secret that all instances of the program share, makes it first if there is none, and derives the keys of
// forms and receipts.
func Keys(ctx context.Context, db tenant.DB) (*Signer, error) {
	master, err := db.Secret(ctx, "master")
	if err != nil {
		return nil, err
	}
	return NewSigner(master)
}

// Errors of KeysOutside. Their sentences are for the operator.
var (
	ErrOtherSecret = errors.New("the master secret is another one than this database was used with: forms that are open and " +
		"receipts would no longer be known; give the right one (docs/operate.md, \"The master secret\")")
	ErrSecretOutside = errors.New("this database is used with a master secret that is kept outside it: give it in " +
		"YOUSAID_MASTER_SECRET_FILE or YOUSAID_MASTER_SECRET (docs/operate.md, \"The master secret\")")
)

// KeysOutside is Keys with a master secret that is kept outside the database, or with nil as Keys. The database remembers which
// secret it was used with, by a hash that leads nowhere: another one is ErrOtherSecret, and none where one was used is
// ErrSecretOutside.
func KeysOutside(ctx context.Context, db tenant.DB, master []byte) (*Signer, error) {
	const mark = "master secret kept outside"
	var known []struct {
		Name  string `db:"name"`
		Value []byte `db:"value"`
	}
	if err := db.Global().SelectContext(ctx, &known, `
		SELECT name, value
		FROM   secrets
		WHERE  name IN ('master', $1)`, mark); err != nil {
		return nil, fmt.Errorf("reading which master secret is used: %w", err)
	}
	stored := map[string][]byte{}
	for _, k := range known {
		stored[k.Name] = k.Value
	}
	if master == nil {
		if stored[mark] != nil && stored["master"] == nil {
			return nil, ErrSecretOutside
		}
		return Keys(ctx, db)
	}
	s, err := NewSigner(master)
	if err != nil {
		return nil, err
	}
	hash, err := hkdf.Key(sha256.New, master, nil, "yousaid master secret, known again", 32)
	if err != nil {
		return nil, err
	}
	if stored["master"] != nil && !hmac.Equal(stored["master"], master) || stored[mark] != nil && !hmac.Equal(stored[mark], hash) {
		return nil, ErrOtherSecret
	}
	if stored[mark] == nil {
		if _, err := db.Global().ExecContext(ctx, `
			INSERT INTO secrets (name, value)
			VALUES ($1, $2)
			ON CONFLICT (name) DO NOTHING`, mark, hash); err != nil {
			return nil, fmt.Errorf("remembering which master secret is used: %w", err)
		}
	}
	return s, nil
}

// NewSigner derives the keys from a master secret of at least 32 bytes.
func NewSigner(master []byte) (*Signer, error) {
	if len(master) < 32 {
		return nil, fmt.Errorf("the master secret has %d bytes and needs at least 32", len(master))
	}
	s := &Signer{}
	for label, pool := range map[string]*sync.Pool{"yousaid form token": &s.form, "yousaid receipt": &s.receipt} {
		key, err := hkdf.Key(sha256.New, master, nil, label, 32)
		if err != nil {
			return nil, err
		}
		pool.New = func() any { return &mac{Hash: hmac.New(sha256.New, key)} }
	}
	return s, nil
}

// sum fills dst (at most 32 bytes) with the HMAC of body.
func sum(pool *sync.Pool, dst, body []byte) {
	m := pool.Get().(*mac)
	m.Reset()
	m.Write(body)
	copy(dst, m.Sum(m.sum[:0]))
	pool.Put(m)
}

// NewForm starts a form: a response that exists nowhere yet, with a random identity.
func NewForm(org tenant.Org, link, version int64) Form {
	return Form{Response: uuid.New(), Organisation: org, Link: link, Version: version, Shown: time.Now().UnixMilli()}
}

// Mint signs a form: 84 characters of base64url. It is done for every page view, so it costs about a microsecond and touches no database.
func (s *Signer) Mint(f Form) string {
	if !f.Job.None() {
		return s.mintJob(f)
	}
	var b [tokenSize]byte
	b[0] = tokenVersion
	copy(b[1:], f.Response[:])
	binary.BigEndian.PutUint64(b[17:], uint64(f.Organisation))
	binary.BigEndian.PutUint64(b[25:], uint64(f.Link))
	binary.BigEndian.PutUint64(b[33:], uint64(f.Version))
	putShown(b[41:], f.Shown)
	sum(&s.form, b[bodySize:], b[:bodySize])
	return tokenEncoding.EncodeToString(b[:])
}

// jobSize is the length of a token about one job: 79 bytes, 106 characters.
const jobSize = bodySize + len(Job{}) + macSize

// mintJob signs a form about one job.
func (s *Signer) mintJob(f Form) string {
	job := f.Job
	f.Job = Job{}
	plain, _ := tokenEncoding.DecodeString(s.Mint(f)) // just written
	b := append(plain[:bodySize:bodySize], job[:]...)
	b[0] = jobVersion
	var signature [macSize]byte
	sum(&s.form, signature[:], b)
	return tokenEncoding.EncodeToString(append(b, signature[:]...))
}

// putShown writes the six bytes of a moment in milliseconds.
func putShown(b []byte, shown int64) {
	binary.BigEndian.PutUint16(b, uint16(shown>>32))
	binary.BigEndian.PutUint32(b[2:], uint32(shown))
}

// tokenSizes are the bytes of a token by its version. Versions 1 and 2 did not say when the form was shown: they are in forms that
// were open when the program was renewed.
var tokenSizes = [...]int{1: tokenSize - shownSize, 2: jobSize - shownSize, tokenVersion: tokenSize, jobVersion: jobSize}

// Open reads a token back. Whatever is garbled, forged or not ours is ErrToken.
func (s *Signer) Open(token string) (Form, error) {
	var b [jobSize + 2]byte
	if len(token) > tokenEncoding.EncodedLen(jobSize) {
		return Form{}, ErrToken
	}
	n, err := tokenEncoding.Decode(b[:], []byte(token))
	version := int(b[0])
	// The decoder skips line breaks: then too few bytes come out for the characters.
	if err != nil || version == 0 || version >= len(tokenSizes) || n != tokenSizes[version] || len(token) != tokenEncoding.EncodedLen(n) {
		return Form{}, ErrToken
	}
	var want [macSize]byte
	sum(&s.form, want[:], b[:n-macSize])
	if !hmac.Equal(want[:], b[n-macSize:n]) {
		return Form{}, ErrToken
	}
	f := Form{
		Response:     uuid.UUID(b[1:17]),
		Organisation: tenant.Org(binary.BigEndian.Uint64(b[17:])),
		Link:         int64(binary.BigEndian.Uint64(b[25:])),
		Version:      int64(binary.BigEndian.Uint64(b[33:])),
	}
	if version >= tokenVersion {
		f.Shown = int64(binary.BigEndian.Uint16(b[41:]))<<32 | int64(binary.BigEndian.Uint32(b[43:]))
	}
	if version == 2 || version == jobVersion {
		f.Job = Job(b[n-macSize-len(Job{}) : n-macSize])
	}
	return f, nil
}

// Receipt derives the code a person keeps: ten characters as "ABCDE-FGHJK". The same response always gives the same code, so the
// thanks page can be reloaded although the table holds only its hash.
func (s *Signer) Receipt(response uuid.UUID) string {
	var d [8]byte
	sum(&s.receipt, d[:], response[:])
	n := binary.BigEndian.Uint64(d[:]) // 2^64 over 31^10 is 22,000 to one: no character is favoured by more than that
	var out [receiptSize + 1]byte
	for i := len(out) - 1; i >= 0; i-- {
		if i == receiptSize/2 {
			out[i] = '-'
			continue
		}
		out[i] = Alphabet[n%uint64(len(Alphabet))]
		n /= uint64(len(Alphabet))
	}
	return string(out[:])
}

// ReceiptHash is what the table holds of a receipt code, in whatever case and with whatever spaces and hyphens it was typed:
// SHA-256, 32 bytes.
func ReceiptHash(code string) []byte {
	code = strings.NewReplacer("-", "", " ", "").Replace(strings.ToUpper(code))
	h := sha256.Sum256([]byte(code))
	return h[:]
}
