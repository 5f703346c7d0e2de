package public_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yousaid/server/accounts"
	"yousaid/server/public"
	"yousaid/surveys/links"
)

// within tries once two seconds have passed.
func (w *fixture) within(what string, try func() bool) {
	w.t.Helper()
	w.time.pass(2 * time.Second)
	if !try() {
		w.t.Errorf("not noticed within two seconds: %s", what)
	}
}

func TestEveryInstanceNoticesWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	one := newFixture(t)
	two := one.another()
	both := func(code int, text string) func() bool {
		return func() bool {
			for _, w := range []*fixture{one, two} {
				if a := w.get("/f/" + w.code); a.Code != code || !strings.Contains(a.text, text) {
					return false
				}
			}
			return true
		}
	}
	one.within("the page", both(http.StatusOK, "How did we do?"))
	// A new version is shown, and those who have the old one go on with it.
	token, next := one.rated("4")
	d, err := one.surveys.Export(t.Context(), one.moor.ID, "customer-satisfaction")
	one.must(err)
	d.Title = map[string]string{"en": "Say it again"}
	one.publish(d)
	one.within("a new version", both(http.StatusOK, "Say it again"))
	two.get(next).is(http.StatusOK).shows("How did we do?").hides("Say it again")
	two.post(next, url.Values{"reason": {"time"}}).leads()
	if n := one.count(`SELECT count(*) FROM responses WHERE version_id = (SELECT id FROM versions WHERE number = 1)`); n != 1 {
		t.Errorf("%d responses to the first version", n)
	}
	if two.get("/f/"+two.code).token() == token {
		t.Error("the form came twice")
	}
	one.must(one.surveys.Close(t.Context(), one.by, one.survey))
	one.within("that the survey closed", both(http.StatusGone, "This survey has closed"))
}

func TestALinkThatClosesIsNoticed(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.get("/f/" + w.code).is(http.StatusOK)
	w.must(w.links.Close(t.Context(), w.by, int64(w.count(`SELECT id FROM links`))))
	w.within("that the link closed", func() bool { return w.get("/f/"+w.code).Code == http.StatusGone })
}

func TestALinkThatIsMadeIsThereSoonAfterItWasMissed(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	code := w.code[:3] + "2345678"
	w.get("/f/" + code).is(http.StatusNotFound)
	if _, err := w.owner.Exec(`UPDATE links SET code = $1`, code); err != nil {
		t.Fatal(err)
	}
	w.within("the new link", func() bool { return w.get("/f/"+code).Code == http.StatusOK })
}

// Many readers are one question to the database, and guesses push nobody out.
func TestReadersShareOneLook(t *testing.T) {
	t.Parallel()
	var looks atomic.Int64
	w := newFixture(t, func(c *public.Config) {
		real := c.Links
		c.Links = finder(func(ctx context.Context, code string) (links.Found, error) {
			looks.Add(1)
			return real.Find(ctx, code)
		})
	})
	tokens := map[string]bool{}
	for range 500 {
		tokens[w.get("/f/"+w.code).is(http.StatusOK).token()] = true
	}
	if len(tokens) != 500 {
		t.Errorf("500 looks gave %d forms", len(tokens))
	}
	if looks.Load() != 1 {
		t.Errorf("the database was asked %d times within one second, where once is enough", looks.Load())
	}
	looks.Store(0)
	for range 50 {
		w.get("/f/ABCDEFGH").is(http.StatusNotFound)
	}
	if looks.Load() != 1 {
		t.Errorf("a code that is nobody's was looked up %d times within one second", looks.Load())
	}
}

// The page that is ready and the page that is compressed are the same page.
func TestTheFirstPageIsSmallAndTheSameCompressed(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for _, address := range []string{"/f/" + w.code, "/f/" + w.code + "?lang=cy", "/f/" + w.code + "?r=1"} {
		plain, compressed := w.get(address).is(http.StatusOK), w.get(address, "Accept-Encoding", "gzip, deflate, br").is(http.StatusOK)
		if compressed.Header().Get("Content-Encoding") != "gzip" || compressed.Header().Get("Content-Length") != fmt.Sprint(compressed.sent) {
			t.Fatalf("not compressed, or of another length: %v", compressed.Header())
		}
		if strings.Replace(plain.text, plain.token(), compressed.token(), 1) != compressed.text {
			t.Error("the compressed page is another")
		}
		if plain.sent >= 14_000 {
			t.Errorf("%s has %d bytes", address, plain.sent)
		}
		if compressed.sent >= plain.sent/2 {
			t.Errorf("%s compressed has %d of %d bytes", address, compressed.sent, plain.sent)
		}
		if got := w.get(address, "Accept-Encoding", "gzip;q=0, br").Header().Get("Content-Encoding"); got != "" {
			t.Errorf("a browser that does not read gzip got %s", got)
		}
		t.Logf("%s: %d bytes, compressed %d", address, plain.sent, compressed.sent)
		// At most three requests and 30 kB: the page and its style sheet; the icon is empty.
		assets := map[string]bool{}
		for _, quote := range strings.Split(plain.text, `"`) {
			if strings.HasPrefix(quote, "/assets/") {
				assets[quote] = true
			}
		}
		total := compressed.sent
		for asset := range assets {
			total += w.getAsset(asset)
		}
		if len(assets) != 1 || total > 30_000 {
			t.Errorf("%d assets, %d bytes in all", len(assets), total)
		}
		if strings.Contains(plain.text, "<script") || strings.Contains(plain.text, "http://") || strings.Contains(plain.text, "https://") {
			t.Error("the page needs a script or another host")
		}
	}
}

func (w *fixture) getAsset(address string) int {
	w.t.Helper()
	a := w.get(address, "Accept-Encoding", "gzip")
	if a.Code != http.StatusOK {
		w.t.Fatalf("%s: %d", address, a.Code)
	}
	return a.sent
}

func TestANewLookIsShown(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.get("/f/" + w.code).is(http.StatusOK).shows("#6b1f4e")
	w.must(w.people.SetBrand(t.Context(), w.by, accounts.Brand{Colour: "#004b23", Name: map[string]string{"en": "Moor Borough"}}))
	w.another().get("/f/"+w.code).is(http.StatusOK).shows("#004b23", "Moor Borough").hides("#6b1f4e")
}
