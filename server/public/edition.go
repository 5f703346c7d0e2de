package public

import (
	"context"
	"slices"
	"strings"
	"sync"
	"unicode"

	"yousaid/server/accounts"
	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/responses"
	"yousaid/surveys/tenant"
)

// edition is a questionnaire as it was published, with the languages a council shows it in.
type edition struct {
	id         int64
	definition surveys.Definition
	languages  []string
}

// last tells whether nothing comes after the page (0 is the first) but thanks.
func (e *edition) last(index int) bool { return index == responses.Pages(e.definition)-1 }

// equality tells whether it is the page of equality questions.
func (e *edition) equality(index int) bool {
	return index == len(e.definition.Pages) && responses.AsksEquality(e.definition)
}

// firstRating is the first rating question of the first page, which a link may answer beforehand: its code, and its options by code.
func (e *edition) firstRating() (code string, option func(string) (question.Option, bool)) {
	if len(e.definition.Pages) > 0 {
		for _, q := range e.definition.Pages[0].Questions {
			if q.Rates() {
				return q.Code, q.Option
			}
		}
	}
	return "", func(string) (question.Option, bool) { return question.Option{}, false }
}

// rating gives the option that a link asks to choose, or "" where there is no such option.
func (e *edition) rating(wanted string) string {
	_, option := e.firstRating()
	for _, code := range []string{wanted, bare(wanted)} {
		if _, ok := option(code); ok {
			return code
		}
	}
	return ""
}

// bare is what an address says without what stood behind it in a sentence: a full stop, a bracket, a quote.
func bare(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) || r == '<' || r == '>' })
}

// editions remembers questionnaires: a version never changes, so it is read once.
type editions struct {
	mu    sync.RWMutex
	known map[volume]*edition
}

type volume struct {
	org tenant.Org
	id  int64
}

const mostEditions = 500

func (es *editions) find(ctx context.Context, from Versions, org accounts.Organisation, id int64) (*edition, error) {
	v := volume{org.ID, id}
	es.mu.RLock()
	e := es.known[v]
	es.mu.RUnlock()
	if e == nil {
		version, err := from.Version(ctx, org.ID, id)
		if err != nil {
			return nil, err
		}
		e = &edition{id: id, definition: version.Definition}
	}
	// The council may have changed its languages since.
	if languages := offered(org, e.definition); !slices.Equal(languages, e.languages) {
		e = &edition{id: id, definition: e.definition, languages: languages}
	} else {
		return e, nil
	}
	es.mu.Lock()
	defer es.mu.Unlock()
	if es.known == nil {
		es.known = map[volume]*edition{}
	}
	if _, ok := es.known[v]; !ok && len(es.known) >= mostEditions {
		for other := range es.known { // any one
			delete(es.known, other)
			break
		}
	}
	es.known[v] = e
	return e, nil
}
