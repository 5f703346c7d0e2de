package public_test

import (
	"sync/atomic"
	"time"

	"yousaid/server/public"
)

// stopped is a clock that stands still until a test moves it on, however slow the machine is.
type stopped struct{ at atomic.Int64 }

func (s *stopped) clock() public.Clock {
	return public.Clock{Now: func() time.Time { return time.Unix(1_780_000_000, s.at.Load()) }, Patience: time.Hour, Lookup: time.Hour}
}

func (s *stopped) pass(d time.Duration) { s.at.Add(int64(d)) }
