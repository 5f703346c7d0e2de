package responses

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"yousaid/surveys/responses/quality"
)

// from has a submission come over the web from a network of the number, read for so long before it was sent.
func (c *council) from(s Submission, network int, read time.Duration) Submission {
	s.Origin.Network = quality.Network(network)
	s.Shown = c.now.Load().Add(-read).UnixMilli()
	return s
}

// standing are the rows of responses that were left out.
func (c *council) standing(verdict string) (n int) {
	c.t.Helper()
	return c.count(`SELECT count(*) FROM responses WHERE verdict = $1 AND excluded_no = change_no`, verdict)
}

// Verdicts are written with the answers they are about, and with those that came before: each takes a number of its own from the
// feed, and no number twice.
func TestVerdictsAreWrittenWithTheAnswers(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	first := c.form()
	c.is(c.send(c.from(rating(first, "1"), 1, 0)), nil)
	if n := c.standing("fast"); n != 0 {
		t.Fatalf("one quick answer: %d are marked", n)
	}
	for i := 2; i <= quality.FastLeast; i++ {
		c.is(c.send(c.from(rating(c.form(), "1"), i, 0)), nil)
	}
	if n := c.standing("fast"); n != quality.FastLeast {
		t.Errorf("%d of %d are marked as fast", n, quality.FastLeast)
	}
	c.is(c.send(c.from(rating(c.form(), "5"), 99, 20*time.Second)), nil)
	if all, numbers := c.count(`SELECT count(*) FROM responses`),
		c.count(`SELECT count(DISTINCT change_no) FROM responses`); all != quality.FastLeast+1 || numbers != all {
		t.Errorf("%d responses have %d numbers", all, numbers)
	}
	if n := c.count(`SELECT count(*) FROM responses WHERE response_counts(state, source, excluded_no)`); n != 1 {
		t.Errorf("%d count, want the one that was read", n)
	}
	// The next page of a response that is left out is stored like every other.
	c.is(c.send(c.from(reason(first, "time", "slow"), 1, 0)), nil)
	if n := c.standing("fast"); n != quality.FastLeast-1 {
		t.Errorf("%d stand as they were marked", n)
	}
	if n := c.count(`SELECT count(*) FROM responses
		WHERE  id = $1 AND verdict = 'fast' AND excluded_no IS NOT NULL AND answers->>'reason' = 'time'`, first.Response); n != 1 {
		t.Error("the later page, or the verdict, is lost")
	}
}

// Many at once, in whatever batches they come: equality answers and blanks go the long way, which writes verdicts too.
func TestVerdictsOfManyAtOnce(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	var all sync.WaitGroup
	const n = 300
	for i := range n {
		all.Go(func() {
			s := c.from(rating(c.form(), "1"), 7, 20*time.Second)
			if i%3 == 0 {
				s.Equality = `{"sex":"female"}`
			}
			if err := c.send(s); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if marked := c.standing("burst"); marked != n {
		t.Errorf("%d of %d from one network are marked", marked, n)
	}
}

// A submission that the database refuses is taken out of its batch; the verdicts of the others are not lost with it.
func TestVerdictsSurviveABatchThatIsTakenApart(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	c.is(c.send(rating(c.form(), "4")), nil)
	l := c.collector.lines[c.org]
	var batch []*waiting
	for i := range quality.FastLeast {
		s := c.from(rating(c.form(), "1"), i+1, 0)
		if i == 5 {
			s.Answers = `{"rating":"\u0000"}`
		}
		batch = append(batch, &waiting{
			Submission: s, hour: c.now.Load().UTC().Truncate(time.Hour), at: *c.now.Load(), arrived: time.Now(), done: make(chan outcome, 1),
		})
	}
	refused := batch[5]
	l.mu.Lock()
	l.count += len(batch)
	l.mu.Unlock()
	l.store(append([]*waiting(nil), batch...))
	if o := <-refused.done; o.err == nil {
		t.Error("an answer with a NUL was stored")
	}
	if n := c.standing("fast"); n != quality.FastLeast-1 {
		t.Errorf("%d of %d are marked", n, quality.FastLeast-1)
	}
}

// What a person decided stands against the rules, and a response that was taken back has no verdict.
func TestAPersonsDecisionStandsAgainstTheRules(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	kept, gone := c.form(), c.form()
	c.is(c.send(c.from(rating(kept, "1"), 1, 0)), nil)
	c.is(c.send(c.from(rating(gone, "1"), 2, 0)), nil)
	c.exec(`UPDATE responses SET decision_id = 5 WHERE id = $1`, kept.Response)
	c.exec(`UPDATE responses SET state = 'withdrawn' WHERE id = $1`, gone.Response)
	for i := 3; i <= quality.FastLeast; i++ {
		c.is(c.send(c.from(rating(c.form(), "1"), i, 0)), nil)
	}
	for _, id := range []uuid.UUID{kept.Response, gone.Response} {
		if n := c.count(`SELECT count(*) FROM responses WHERE id = $1 AND verdict = '' AND excluded_no IS NULL`, id); n != 1 {
			t.Errorf("%s was marked all the same", id)
		}
	}
	if n := c.standing("fast"); n != quality.FastLeast-2 {
		t.Errorf("%d of %d are marked", n, quality.FastLeast-2)
	}
}

// What is usual is learnt from what counts, four weeks back and not the last day.
func TestWhatIsUsualIsLearnt(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	past := func(ago time.Duration, n int, excluded bool) {
		at := c.now.Load().Add(-ago).Truncate(time.Hour)
		for range n {
			c.exec(`INSERT INTO responses (organisation_id, id, survey_id, version_id, link_id, source, mode, language,
				answered_hour, answers, state, verdict, excluded_no, change_no)
				VALUES ($1, gen_random_uuid(), $2, $3, $4, 'link', 'online', 'en', $5, '{}', 'finished', CASE WHEN $6 THEN 'burst' ELSE '' END,
				        CASE WHEN $6 THEN 1::bigint END, 1)`,
				c.org, c.survey, c.version, c.link, at, excluded)
		}
	}
	past(50*time.Hour, 4, false)
	past(49*time.Hour, 3, false)
	past(100*time.Hour, 2, false)
	past(100*time.Hour, 30, true) // an attack of last week
	past(5*time.Hour, 20, false)  // today
	past(40*24*time.Hour, 9, false)
	if err := c.collector.Learn(t.Context(), c.org); err != nil {
		t.Fatal(err)
	}
	if got, want := c.collector.lines[c.org].watch.usualOf(c.link), (quality.Usual{Hour: 4, Day: 7}); got != want {
		t.Errorf("usual is %+v, want %+v", got, want)
	}
}
