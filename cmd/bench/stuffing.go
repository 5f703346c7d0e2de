package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"yousaid/server/public"
	"yousaid/surveys/responses"
	"yousaid/surveys/responses/quality"
	"yousaid/surveys/responses/quality/trial"
	"yousaid/surveys/tenant"
)

const (
	honestADay  = 2000
	honestLost  = 0.01 // at most so much of the honest answers may be left out where something is promised
	plantedAs   = "1"  // the rating of planted answers: honest ones give others, so that the table tells them apart
	senders     = 64
	historyDays = 28
)

// stuffed is what became of one day's answers, as the tables have it.
type stuffed struct {
	planted, stored, refused, counted int
	honest, lost                      int
	took                              time.Duration
}

// stuffing plants answers among honest ones, through the whole site and with a clock of its own, and prints how many count in the end.
func (b *bench) stuffing(ctx context.Context, p *place) error {
	fmt.Printf("Ballot stuffing: %d honest answers to one link in a day, which usually takes as many, and planted ones. Time is "+
		"simulated\n\n", honestADay)
	fmt.Printf("  %-50s %8s %8s %8s %8s %10s %12s\n", "planted", "sent", "refused", "stored", "counted", "kept out", "honest lost")
	for _, plan := range trial.Plans {
		s, err := p.stuff(ctx, plan.Plan)
		if err != nil {
			return fmt.Errorf("%s: %w", plan.Name, err)
		}
		out, lost := 1-float64(s.counted)/float64(s.planted), float64(s.lost)/float64(s.honest)
		told := "no promise"
		if plan.Caught > 0 {
			told = verdict(out >= plan.Caught && lost <= honestLost)
		}
		fmt.Printf("  %-50s %8d %8d %8d %8d %8.2f %% %10.2f %%   %s\n", plan.Name, s.planted, s.refused, s.stored, s.counted, 100*out,
			100*lost, told)
	}
	fmt.Println()
	return nil
}

// day is the simulated day, a Monday.
var day = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)

// stuff sends a day's answers to a council of its own.
func (p *place) stuff(ctx context.Context, plan trial.Plan) (s stuffed, err error) {
	c, err := p.council(ctx)
	if err != nil {
		return s, err
	}
	if err := p.history(ctx, c); err != nil {
		return s, err
	}
	var clock atomic.Int64
	clock.Store(day.UnixNano())
	now := func() time.Time { return time.Unix(0, clock.Load()).UTC() }
	collector := responses.NewCollector(tenant.New(p.app), p.keys, responses.Options{Now: now})
	if err := collector.Learn(ctx, c.org); err != nil {
		return s, err
	}
	site, err := handler(ctx, p, collector, func(c *public.Config) { c.Now, c.Limits = now, &quality.Limits{} })
	if err != nil {
		return s, err
	}
	r := rand.New(rand.NewPCG(1, uint64(p.made))) // a count
	events := trial.Merge(trial.Honest(r, day, honestADay), trial.Planted(r, day, plan))
	var refused atomic.Int64
	began := time.Now()
	err = inOrder(ctx, events, &clock, func(e trial.Event) error {
		status, err := p.answer(site, c, e)
		if status == http.StatusTooManyRequests && e.Planted {
			refused.Add(1)
			return nil
		}
		return err
	})
	if e := collector.Close(ctx); err == nil {
		err = e
	}
	if err != nil {
		return s, err
	}
	s = stuffed{planted: plan.Answers, refused: int(refused.Load()), honest: honestADay, took: time.Since(began)}
	var honest int
	err = p.owner.QueryRowxContext(ctx, `
		SELECT count(*) FILTER (WHERE answers->>'rating' = $2), count(*) FILTER (WHERE answers->>'rating' = $2 AND excluded_no IS NULL),
		       count(*) FILTER (WHERE answers->>'rating' <> $2 AND excluded_no IS NULL)
		FROM   responses
		WHERE  organisation_id = $1 AND answered_hour >= $3`, c.org, plantedAs, day).Scan(&s.stored, &s.counted, &honest)
	s.lost = honestADay - honest
	if err == nil && s.stored+s.refused != s.planted {
		err = fmt.Errorf("%d were stored and %d refused of %d", s.stored, s.refused, s.planted)
	}
	return s, err
}

// inOrder sends events in their order, some at the same moment, and moves the clock along.
func inOrder(ctx context.Context, events []trial.Event, clock *atomic.Int64, send func(trial.Event) error) error {
	all, ctx := errgroup.WithContext(ctx)
	queue := make(chan trial.Event)
	for range senders {
		all.Go(func() error {
			for e := range queue {
				if err := send(e); err != nil {
					return err
				}
			}
			return nil
		})
	}
	all.Go(func() error {
		defer close(queue)
		for _, e := range events {
			clock.Store(max(clock.Load(), e.At.UnixNano()))
			select {
			case queue <- e:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return all.Wait()
}

// ratings are those of honest answers, in turn.
var ratings = sync.OnceValue(func() func() string {
	var n atomic.Uint64
	return func() string { return string(rune('2' + n.Add(1)%4)) }
})

// answer sends one event: a rating, and a comment on the next page where there is one.
func (p *place) answer(site http.Handler, c council, e trial.Event) (status int, err error) {
	form := responses.NewForm(c.org, c.link, c.version)
	form.Shown = e.Shown.UnixMilli()
	rating := plantedAs
	if !e.Planted {
		rating = ratings()()
	}
	post := func(path string, fields url.Values) *http.Response {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(fields.Encode()))
		r.RemoteAddr = "127.0.0.1:1"
		r.Header.Set("X-Forwarded-For", e.From.String())
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		return w.Result()
	}
	sent := post("/f/"+c.code+shown, url.Values{"token": {p.keys.Mint(form)}, "rating": {rating}})
	if sent.StatusCode != http.StatusSeeOther {
		return sent.StatusCode, fmt.Errorf("sending a rating: status %d", sent.StatusCode)
	}
	if e.Comment == "" {
		return sent.StatusCode, nil
	}
	next := post(sent.Header.Get("Location")+shown, url.Values{"reason": {"time"}, "comment": {e.Comment}})
	if next.StatusCode != http.StatusSeeOther {
		return next.StatusCode, fmt.Errorf("sending a comment: status %d", next.StatusCode)
	}
	return next.StatusCode, nil
}

// history gives the link four weeks like the honest day.
func (p *place) history(ctx context.Context, c council) error {
	r := rand.New(rand.NewPCG(2, 2)) // simulated
	hours := map[time.Time]int{}
	for d := range historyDays {
		for _, e := range trial.Honest(r, day.AddDate(0, 0, d-historyDays-1), honestADay) {
			hours[e.At.Truncate(time.Hour)]++
		}
	}
	for hour, n := range hours {
		if _, err := p.owner.ExecContext(ctx, `
			INSERT INTO responses (organisation_id, id, survey_id, version_id, link_id, source, service_id, channel, mode, language, answered_hour,
			                       answers, state, change_no)
			SELECT $1, gen_random_uuid(), $2, $3, $4, 'link', $5, 'web', 'online', 'en', $6, '{"rating": "4"}', 'finished', i
			FROM   generate_series(1, $7::int) AS i
			ON CONFLICT DO NOTHING`, c.org, c.survey, c.version, c.link, c.service, hour, n); err != nil {
			return fmt.Errorf("giving the link a past: %w", err)
		}
	}
	return nil
}
