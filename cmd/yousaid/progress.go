package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// progress shows how far long work has come: a bar that is drawn again on a terminal, now and then a plain line elsewhere.
type progress struct {
	out   io.Writer
	what  string
	width int // columns of the bar; 0 for plain lines
	last  time.Time
	shown bool
}

func newProgress(out io.Writer, what string) *progress {
	p := &progress{out: out, what: what, last: time.Now()}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.width = 30
	}
	return p
}

// step says that done of so many are done. Plain lines come every five seconds at the most.
func (p *progress) step(done, of int64) {
	now := time.Now()
	over := of > 0 && done >= of
	every := 5 * time.Second
	if p.width > 0 {
		every = 100 * time.Millisecond
	}
	if now.Sub(p.last) < every && !(over && p.shown) {
		return
	}
	p.last, p.shown = now, true
	share := 0.0
	if of > 0 {
		share = min(1, float64(done)/float64(of))
	}
	if p.width == 0 {
		_, _ = fmt.Fprintf(p.out, "%s: %d of %d (%.0f %%)\n", p.what, done, of, 100*share)
		return
	}
	full := int(share * float64(p.width))
	_, _ = fmt.Fprintf(p.out, "\r%s [%s%s] %3.0f %%", p.what, strings.Repeat("#", full), strings.Repeat(".", p.width-full), 100*share)
	if over {
		p.end()
	}
}

// end moves below the bar.
func (p *progress) end() {
	if p.width > 0 && p.shown {
		_, _ = fmt.Fprintln(p.out)
		p.shown = false
	}
}
