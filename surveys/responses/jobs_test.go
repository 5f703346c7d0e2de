package responses

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
)

func (c *council) about(job byte) Form {
	f := c.form()
	f.Job = Job{job, 1}
	return f
}

// One response for each job, whoever sends, however many at once, and nobody else's feedback suffers.
func TestOneResponseForEachJob(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	mine := c.about(7)
	c.is(c.send(rating(mine, "4")), nil)
	c.is(c.send(rating(mine, "2")), nil) // sent again with another mind: still the one response
	c.is(c.send(rating(c.about(7), "1")), ErrJobTaken)
	c.is(c.send(reason(mine, "time", "slow")), nil)
	if n := c.count(`SELECT count(*) FROM responses WHERE job_key = $1 AND answers->>'rating' = '2'`, Job{7, 1}.String()); n != 1 {
		t.Errorf("%d responses hold the job", n)
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	stored, taken := map[byte]int{}, 0
	for i := range 240 {
		job := byte(20 + i%8)
		wait.Go(func() {
			f := c.about(job)
			if i%3 == 0 {
				f = c.form() // about no job
			}
			_, err := c.collector.Submit(context.Background(), rating(f, "3"))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && f.Job.None():
				stored[0]++
			case err == nil:
				stored[job]++
			case errors.Is(err, ErrJobTaken):
				taken++
			default:
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if stored[0] != 80 || taken != 160-8 {
		t.Errorf("%d without a job, %d refused", stored[0], taken)
	}
	for job := byte(20); job < 28; job++ {
		if stored[job] != 1 {
			t.Errorf("job %d was stored %d times", job, stored[job])
		}
	}
	if n, last := c.count(`SELECT count(*) FROM responses`), c.count(`SELECT last_no FROM feeds`); n != 89 || last < 89 {
		t.Errorf("%d responses, feed at %d", n, last)
	}
	// two pages of the first job stand under their last number
	if gaps := c.count(`SELECT max(change_no) - count(DISTINCT change_no) FROM responses`); gaps > 3 {
		t.Errorf("%d gaps in the order of changes", gaps)
	}
}

func TestTokensOfJobs(t *testing.T) {
	t.Parallel()
	s, err := NewSigner(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	f := NewForm(1, 2, 3)
	f.Job = Job{9, 8, 7}
	token := s.Mint(f)
	if got, err := s.Open(token); err != nil || got != f {
		t.Errorf("%+v reads back as %+v: %v", f, got, err)
	}
	plain := f
	plain.Job = Job{}
	if got, err := s.Open(s.Mint(plain)); err != nil || got != plain {
		t.Errorf("%+v reads back as %+v: %v", plain, got, err)
	}
	for i := range token {
		for _, other := range []string{"A", "_"} {
			if bad := token[:i] + other + token[i+1:]; bad != token {
				if _, err := s.Open(bad); !errors.Is(err, ErrToken) {
					t.Fatalf("a token changed at %d is taken: %v", i, err)
				}
			}
		}
	}
	if fmt.Sprint(Job{}) != "" || len(f.Job.String()) != 32 {
		t.Error("the key of a job is 32 characters, and none is empty")
	}
}

// A reference is one job in each survey: two surveys about the same job that are sent at the same moment, and so in one batch, are
// both stored.
func TestAJobIsOfItsSurvey(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	var survey, version, link int64
	c.must(&survey, `INSERT INTO surveys (organisation_id, slug, state) VALUES ($1, 'phone', 'open') RETURNING id`, c.org)
	c.must(&version, `INSERT INTO versions (organisation_id, survey_id, number, definition, digest)
		VALUES ($1, $2, 1, '{}', '') RETURNING id`, c.org, survey)
	c.must(&link, `INSERT INTO links (organisation_id, code, survey_id, service_id, channel, about)
		VALUES ($1, 'NRT76543', $2, $3, 'web', '') RETURNING id`, c.org, survey, c.service)
	other := NewForm(c.org, link, version)
	other.Job = Job{9, 1}
	errs := c.inOneBatch([]Submission{rating(c.about(9), "4"), rating(other, "4"), rating(c.about(9), "4")})
	c.is(errs[0], nil)
	c.is(errs[1], nil)
	c.is(errs[2], ErrJobTaken)
	// Sent again behind another response for the same job, the response that holds the job keeps it.
	mine := c.about(10)
	c.is(c.send(rating(mine, "4")), nil)
	errs = c.inOneBatch([]Submission{rating(c.about(10), "1"), rating(mine, "1")})
	c.is(errs[0], ErrJobTaken)
	c.is(errs[1], nil)
}

// A job is not taken by a response that was refused: the next one in line is stored.
func TestARefusedResponseHoldsNoJob(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	open := c.link
	c.link = c.newLink("NRT65432", "2026-06-30")
	late := c.about(11)
	c.link = open
	errs := c.inOneBatch([]Submission{rating(late, "4"), rating(c.about(11), "3")})
	c.is(errs[0], ErrClosed)
	c.is(errs[1], nil)
}
