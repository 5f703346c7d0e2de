package site

import (
	"context"
	"log/slog"
	"time"

	"yousaid/server/accounts"
	"yousaid/surveys/responses"
)

// Forget keeps the promise of the privacy page: at once and then four times an hour it takes away the comments and the exported
// files whose time is over, and writes failed sign-ins into the audit, until ctx ends.
func (s *Site) Forget(ctx context.Context, log *slog.Logger) {
	again := time.NewTicker(15 * time.Minute)
	defer again.Stop()
	for {
		s.forget(ctx, log)
		s.expire(ctx, log)
		s.recordFailures(ctx, log)
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}

func (s *Site) forget(ctx context.Context, log *slog.Logger) {
	all, err := s.Accounts.Organisations(ctx)
	for _, o := range all {
		if err != nil {
			break
		}
		if o.Kind == accounts.Demonstration {
			continue // nobody said it, and a made-up year may lie long ago
		}
		var n int
		n, err = responses.Forget(ctx, s.DB, o.ID, time.Now().In(o.Zone()))
		if n > 0 {
			log.Info("comments whose time is over were taken away", "organisation", o.Slug, "comments", n)
		}
	}
	if err != nil && ctx.Err() == nil {
		log.Error("old comments could not be taken away; it will be tried again", "problem", err.Error())
	}
}

// expire takes away exported files whose time is over.
func (s *Site) expire(ctx context.Context, log *slog.Logger) {
	all, err := s.Accounts.Organisations(ctx)
	for _, o := range all {
		if err != nil {
			break
		}
		_, err = s.Exports.Expire(ctx, o.ID)
	}
	if err != nil && ctx.Err() == nil {
		log.Error("old exports could not be taken away; it will be tried again", "problem", err.Error())
	}
}

// recordFailures writes the failed sign-ins of each organisation into its audit.
func (s *Site) recordFailures(ctx context.Context, log *slog.Logger) {
	if s.Authenticator == nil {
		return // a site without pages, where nobody signs in
	}
	all, err := s.Accounts.Organisations(ctx)
	for _, o := range all {
		if err != nil {
			break
		}
		err = s.Authenticator.RecordFailures(ctx, o.ID)
	}
	if err != nil && ctx.Err() == nil {
		log.Error("failed sign-ins could not be written into the audit; it will be tried again", "problem", err.Error())
	}
}
