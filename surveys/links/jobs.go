package links

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"yousaid/surveys/responses"
	"yousaid/surveys/tenant"
)

// ErrJob is a job reference that does not fit its signature, or is none.
var ErrJob = errors.New("the job reference does not fit its signature")

// mostReference is the longest job reference, in characters.
const mostReference = 100

// JobSecret signs the job references in an organisation's links. The last two are good, so that the program that makes the links
// can be changed later.
type JobSecret struct {
	Number int
	Value  string // 64 hexadecimal digits; used as they are written
}

// signatureLength is how many hexadecimal digits a signature has.
const signatureLength = 32

// SignJob is the signature of a job reference: the first 32 hexadecimal digits of HMAC-SHA256(secret, CODE + "\n" + reference),
// with the link's code in capitals.
func SignJob(secret, code, reference string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(strings.ToUpper(code) + "\n" + reference))
	return hex.EncodeToString(m.Sum(nil))[:signatureLength]
}

func secretName(org tenant.Org, number int) string {
	return fmt.Sprintf("job-links/%d/%d", org, number)
}

// JobSecrets gives the secrets that are good now, the newest first. The first one is made when it is asked for.
func (s *Store) JobSecrets(ctx context.Context, org tenant.Org) ([]JobSecret, error) {
	var names []string
	if err := s.DB.Global().SelectContext(ctx, &names, `
		SELECT name
		FROM   secrets
		WHERE  name LIKE $1`, fmt.Sprintf("job-links/%d/%%", org)); err != nil {
		return nil, fmt.Errorf("reading the secrets of job links: %w", err)
	}
	numbers := []int{}
	for _, name := range names {
		if n, err := strconv.Atoi(name[strings.LastIndexByte(name, '/')+1:]); err == nil {
			numbers = append(numbers, n)
		}
	}
	if len(numbers) == 0 {
		numbers = []int{1}
	}
	sort.Sort(sort.Reverse(sort.IntSlice(numbers)))
	var list []JobSecret
	for _, n := range numbers[:min(2, len(numbers))] {
		value, err := s.DB.Secret(ctx, secretName(org, n))
		if err != nil {
			return nil, err
		}
		list = append(list, JobSecret{n, hex.EncodeToString(value)})
	}
	return list, nil
}

// NewJobSecret makes a new secret to follow the newest, whose number the asker saw; the one before it stays good until the next is
// made. Asked for twice, or after another number than the newest, it makes none.
func (s *Store) NewJobSecret(ctx context.Context, by tenant.Actor, after int) error {
	newest, err := s.JobSecrets(ctx, by.Org)
	if err != nil {
		return err
	}
	if newest[0].Number != after {
		return nil
	}
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh) // never fails: it ends the program instead
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	done, err := tx.ExecContext(ctx, `
		INSERT INTO secrets (name, value)
		VALUES ($1, $2)
		ON CONFLICT (name) DO NOTHING`, secretName(by.Org, after+1), fresh)
	if err != nil {
		return fmt.Errorf("making a secret for job links: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	if err := s.Ledger.Record(ctx, tx, by, "job_secret.made", "job links", nil, map[string]int{"number": after + 1}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	s.mu.Lock() // only now: whoever asks before the commit would keep the old ones
	delete(s.secrets, by.Org)
	s.mu.Unlock()
	return nil
}

// signing is what jobs of an organisation are checked and distinguished with.
type signing struct {
	secrets []JobSecret
	key     []byte // of the hash that stands for a reference; it never changes
	until   time.Time
}

// Job checks a job reference in a link's address and gives the key that stands for it. ErrJob.
func (s *Store) Job(ctx context.Context, org tenant.Org, code, reference, signature string) (responses.Job, error) {
	reference = strings.TrimSpace(reference)
	if reference == "" || !utf8.ValidString(reference) || utf8.RuneCountInString(reference) > mostReference ||
		strings.ContainsFunc(reference, unicode.IsControl) {
		return responses.Job{}, ErrJob
	}
	with, err := s.signing(ctx, org)
	if err != nil {
		return responses.Job{}, err
	}
	good := false
	for _, secret := range with.secrets {
		good = hmac.Equal([]byte(SignJob(secret.Value, code, reference)), []byte(signed(signature))) || good
	}
	if !good {
		return responses.Job{}, ErrJob
	}
	return with.job(reference), nil
}

// signed is a signature as it was made: its first 32 hexadecimal digits. What a sentence or a mail program put behind it cannot
// belong to it.
func signed(signature string) string {
	signature = strings.Map(func(r rune) rune {
		if strings.ContainsRune("0123456789abcdef", r) {
			return r
		}
		return -1
	}, strings.ToLower(signature))
	return signature[:min(len(signature), signatureLength)]
}

// JobKey gives the key that stands for a reference, for staff who look for the feedback about a job.
func (s *Store) JobKey(ctx context.Context, org tenant.Org, reference string) (responses.Job, error) {
	with, err := s.signing(ctx, org)
	if err != nil {
		return responses.Job{}, err
	}
	return with.job(strings.TrimSpace(reference)), nil
}

func (w signing) job(reference string) (job responses.Job) {
	m := hmac.New(sha256.New, w.key)
	m.Write([]byte(reference))
	copy(job[:], m.Sum(nil))
	return job
}

func (s *Store) signing(ctx context.Context, org tenant.Org) (signing, error) {
	s.mu.Lock()
	known, ok := s.secrets[org]
	s.mu.Unlock()
	if ok && s.now().Before(known.until) {
		return known, nil
	}
	secrets, err := s.JobSecrets(ctx, org)
	if err != nil {
		return signing{}, err
	}
	key, err := s.DB.Secret(ctx, fmt.Sprintf("job-keys/%d", org))
	if err != nil {
		return signing{}, err
	}
	known = signing{secrets, key, s.now().Add(remember)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.secrets == nil {
		s.secrets = map[tenant.Org]signing{}
	}
	s.secrets[org] = known
	return known, nil
}
