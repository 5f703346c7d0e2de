package surveys

import "errors"

// What can be wrong with asking for a survey. Pages show the sentence that wraps the sentinel.
var (
	ErrMissing      = errors.New("there is no such survey")
	ErrNotOpen      = errors.New("the survey is not open")
	ErrClosed       = errors.New("the survey is closed: reopen it as a draft first")
	ErrNotClosed    = errors.New("only a closed survey can be reopened")
	ErrNotPublished = errors.New("the survey has not been published yet")
	ErrSlugTaken    = errors.New("another survey has this short name: choose another one")
	ErrStaleDraft   = errors.New("somebody else has saved this draft since you opened it: open it again and repeat your change")
)
