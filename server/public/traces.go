package public

import (
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/surveys/responses"
)

// How long an address of a form, found in the history of a browser, shows something. Each page that is sent starts the time anew: its
// answer leads to an address with
// a new token. docs/operate.md ("How long things are kept") tells them.
const (
	formLife   = 22 * time.Hour   // pages of a form that was not sent to its end, to look at and to send
	sharedLife = 20 * time.Minute // …to look at, by a link that many people use on one computer; to send they live as long as others
	codeLife   = 5 * time.Minute  // the receipt code, after the form was sent to its end: it can be reloaded meanwhile
	sharedCode = 2 * time.Minute  // …by a link that many people use on one computer
	renewed    = time.Minute      // a token is as good as new for this long, and a second click comes within it
)

// age is how long ago the token of a form was made.
func (p *Pages) age(f responses.Form) time.Duration { return p.Clock.since(time.UnixMilli(f.Shown)) }

// sendable tells whether a page of a form can still be sent. Tokens of earlier versions do not say when they were made (Shown is 0): they
// can be sent, because they may
// be in pages that were open while the program was replaced.
func (p *Pages) sendable(f responses.Form) bool { return f.Shown == 0 || p.age(f) <= formLife }

// visible tells whether what was answered before may be shown under the token of a form. Tokens of earlier versions would never end, so
// they show nothing.
func (p *Pages) visible(d *linkTarget, f responses.Form) bool {
	if d.shared {
		return f.Shown != 0 && p.age(f) <= sharedLife
	}
	return f.Shown != 0 && p.age(f) <= formLife
}

// showsCode tells whether the thanks page may show the receipt code under the token of a form.
func (p *Pages) showsCode(d *linkTarget, f responses.Form) bool {
	if d.shared {
		return p.age(f) <= sharedCode
	}
	return p.age(f) <= codeLife
}

// newForm starts a form by the clock of the pages.
func (p *Pages) newForm(d *linkTarget) responses.Form {
	f := responses.NewForm(d.org.ID, d.link, d.edition.id)
	f.Shown = p.Clock.now().UnixMilli()
	return f
}

// renew gives a form a token of this moment, so that it lives on while somebody answers.
func (p *Pages) renew(f responses.Form, token string) string {
	if f.Shown != 0 && p.age(f) < renewed {
		return token
	}
	f.Shown = p.Clock.now().UnixMilli()
	return p.Signer.Mint(f)
}

// after gives the token of the page that follows what was sent just now. A form that was at its end before keeps its old one, or whoever
// sends a page of it once more
// would be shown the receipt code again; but not for a second click on the same button, whose answer is the one that a browser shows.
func (p *Pages) after(f responses.Form, token string, last, ended bool) string {
	if ended {
		if _, lately := p.ends.find(f.Response, p.Clock); !lately {
			return token
		}
	}
	if last {
		p.ends.keep(f.Response, f, p.Clock)
	}
	return p.renew(f, token)
}

// begin gives the form that a first page belongs to. A page that stood open for longer than its answers may be seen begins a form of its
// own: what was stored under its token may be another person's, who used the computer before. A second click meets the same form. The form
// says when the page was really shown, by which answers
// that come too fast are told; its token is of this moment.
func (p *Pages) begin(d *linkTarget, f responses.Form, token string) (responses.Form, string) {
	if f.Shown == 0 || p.visible(d, f) {
		return f, token
	}
	own := f
	own.Response = uuid.New()
	own = p.anew.keep(f.Response, own, p.Clock)
	return own, p.renew(own, token)
}

// recent remembers forms of the last minute, each under the id of a response. The zero value is empty.
type recent struct {
	mu    sync.Mutex
	known map[uuid.UUID]remembered
}

type remembered struct {
	form responses.Form
	at   time.Time
}

// mostRecent is how many forms are remembered. For one that is forgotten a second click shows no receipt code, or is a response of its own.
const mostRecent = 20_000

// keep remembers a form, unless one is remembered already, and gives the one that is. A second call does not lengthen the time of the
// first.
func (r *recent) keep(response uuid.UUID, f responses.Form, c Clock) responses.Form {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.known[response]; ok && c.since(known.at) <= renewed {
		return known.form
	}
	if r.known == nil {
		r.known = map[uuid.UUID]remembered{}
	}
	if len(r.known) >= mostRecent {
		for one, known := range r.known {
			if c.since(known.at) > renewed {
				delete(r.known, one)
			}
		}
		if len(r.known) >= mostRecent {
			clear(r.known)
		}
	}
	r.known[response] = remembered{f, c.now()}
	return f
}

func (r *recent) find(response uuid.UUID, c Clock) (responses.Form, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known, ok := r.known[response]
	return known.form, ok && c.since(known.at) <= renewed
}

// left says that a form was left too long, and that its answers are stored. The words on the page that was sent now are given back; sent is
// nil where nothing was.
func (p *Pages) left(c echo.Context, v view, sent url.Values) error {
	left := page.SpentPage{
		Page:   v.frame,
		Survey: page.Find(v.edition.definition.Title, v.lang()),
		Again:  p.again(c, v.target, v.lang()),
		Left:   true,
	}
	if sent != nil {
		left.Written = v.written()
		v.keep(&left)
	}
	return page.Render(c, http.StatusGone, "public/spent", left)
}

// toStart has the browser of a kiosk go back to the first page when the receipt code is over: nobody there turns the page for the next
// person.
func toStart(c echo.Context, address string) {
	c.Response().Header().Set("Refresh", strconv.Itoa(int(sharedCode/time.Second))+"; url="+address)
}
