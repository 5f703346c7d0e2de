package public_test

import (
	"sync/atomic"
	"time"

	"yousaid/server/public"
)

// started is a whole millisecond, as tokens tell moments.
var started = time.Now().Truncate(time.Millisecond)

// stopped is a clock that stands still until a test moves it on, however slow the machine is.
type stopped struct{ at atomic.Int64 }

func (s *stopped) clock() public.Clock {
	return public.Clock{Now: func() time.Time { return started.Add(time.Duration(s.at.Load())) }, Patience: time.Hour, Lookup: time.Hour}
}

func (s *stopped) pass(d time.Duration) { s.at.Add(int64(d)) }
