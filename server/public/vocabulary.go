package public

import (
	"context"
	"reflect"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/surveys/tenant"
)

// Translations gives what a council has translated itself, by language: server/translations.Store.
type Translations interface {
	Words(ctx context.Context, org tenant.Org) (map[string]page.Translation, error)
}

// vocabulary is the words of a council in languages for which the program has none.
type vocabulary map[string]*translated

// translated is one of them. It never changes: when its words do, another takes its place, and pages that are ready in the old ones are
// found no more.
type translated struct {
	from  page.Translation
	words *page.Words
}

// vocabularies remembers the words of councils.
type vocabularies struct {
	mu    sync.Mutex
	known map[tenant.Org]known
}

type known struct {
	vocabulary
	at time.Time
}

// vocabulary gives the words of a council. Those that the database does not give in time are the ones from before: a page is shown in
// English rather than not at all.
func (p *Pages) vocabulary(ctx context.Context, org accounts.Organisation) vocabulary {
	return p.vocabularyAfter(ctx, org, renamed)
}

func (p *Pages) vocabularyAfter(ctx context.Context, org accounts.Organisation, old time.Duration) vocabulary {
	if p.Translations == nil || !p.foreign(org) {
		return nil
	}
	vs := &p.vocabularies
	vs.mu.Lock()
	before, had := vs.known[org.ID]
	vs.mu.Unlock()
	if had && p.Clock.since(before.at) < old {
		return before.vocabulary
	}
	list, err := p.Translations.Words(ctx, org.ID)
	now := before.vocabulary
	if err == nil {
		now = vocabulary{}
		for lang, t := range list {
			if was := before.vocabulary[lang]; was != nil && reflect.DeepEqual(was.from, t) {
				now[lang] = was
				continue
			}
			now[lang] = &translated{from: t, words: p.Pages.Council(lang, t.Words)}
		}
	}
	vs.mu.Lock()
	defer vs.mu.Unlock()
	if vs.known == nil || len(vs.known) >= mostCouncils {
		vs.known = map[tenant.Org]known{}
	}
	vs.known[org.ID] = known{now, p.Clock.now()}
	return now
}

// foreign tells whether a council has a language for which the program has no words.
func (p *Pages) foreign(org accounts.Organisation) bool {
	for _, lang := range org.Languages {
		if !p.Pages.Speaks(lang) {
			return true
		}
	}
	return false
}

// speaks returns the languages of a council in which the pages around questionnaires can be shown; English where there is none.
func (p *Pages) speaks(org accounts.Organisation, v vocabulary) []string {
	return p.speaking(org, func(lang string) bool { return v[lang] != nil && v[lang].from.Forms })
}

// reads lists those in which the council publishes: of other languages also those in which something is written.
func (p *Pages) reads(org accounts.Organisation, v vocabulary, written map[string]bool) []string {
	return p.speaking(org, func(lang string) bool { return written[lang] || v[lang] != nil && v[lang].from.Reads })
}

func (p *Pages) speaking(org accounts.Organisation, also func(lang string) bool) []string {
	var list []string
	for _, lang := range org.Languages {
		if p.Pages.Speaks(lang) || also(lang) {
			list = append(list, lang)
		}
	}
	if len(list) == 0 {
		return []string{"en"}
	}
	return list
}

// words are those of a council in the language, or nil where the program's own count.
func (v vocabulary) words(lang string) *page.Words {
	if t := v[lang]; t != nil {
		return t.words
	}
	return nil
}

// pageFor starts a page of a council in a language.
func (p *Pages) pageFor(org accounts.Organisation, v vocabulary, lang string) page.Page {
	f := p.Pages.In(lang)
	if w := v.words(lang); w != nil {
		f = f.Speaking(w)
	}
	return dress(f, org)
}

// frame starts the page of a council in a language, and keeps it for an error page that may follow.
func (p *Pages) frame(c echo.Context, org accounts.Organisation, lang string) page.Page {
	v := p.vocabulary(c.Request().Context(), org)
	f := p.pageFor(org, v, lang)
	f.Languages = here(c, p.speaks(org, v), lang)
	page.Keep(c, f)
	return page.New(c)
}
