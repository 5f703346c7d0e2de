package links

import (
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/server/staff/stafftest"
	"yousaid/surveys/links"
)

func serve(f *stafftest.Fixture) *stafftest.Site {
	p := &Pages{
		Links:     f.Links,
		Surveys:   f.Surveys,
		Catalogue: f.Catalogue,
		Words:     f.Translations,
		Set:       f.Set,
		BaseURL:   "https://feedback.example",
		Now:       f.Now,
	}
	return f.Serve(map[string]echo.HandlerFunc{
		"GET /staff/links": p.LinkList, "GET /staff/links/new": p.NewLink, "POST /staff/links/new": p.MakeLinks,
		"GET /staff/links/jobs":  p.JobLinks,
		"POST /staff/links/jobs": p.MakeJobSecret, "GET /staff/links/:code": p.Link, "POST /staff/links/:code": p.ChangeLink,
		"GET /staff/links/:code/qr.svg": p.LinkSVG,
		"GET /staff/links/:code/qr.png": p.LinkPNG, "GET /staff/links/:code/poster": p.LinkPoster,
	})
}

// made makes a link and gives its page.
func made(t *testing.T, site *stafftest.Site, more ...string) string {
	t.Helper()
	form := url.Values{"survey": {"customer-satisfaction"}, "service": {"bins"}, "channel": {"web"}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	a := site.EachFault("consultation", "/staff/links/new", form)
	at := a.Header.Get("Location")
	if !strings.HasPrefix(at, "/staff/links/NTH") {
		a.LeadsTo("/staff/links/NTH…")
		t.FailNow()
	}
	return at
}

func TestALink(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	site.EachFault("consultation", "/staff/links/new?survey=customer-satisfaction", nil).Is(200, "How did we do?", "North bins", "Website")
	at := made(t, site, "about", "The lid of the bin", "expires-day", "1", "expires-month", "1", "expires-year", "2030")
	page := site.EachFault("consultation", at, nil).
		Is(200, "https://feedback.example/f/", "The lid of the bin", "North bins", "For the foot of an email", "Very satisfied")
	page.Hides("/staff/links/jobs")
	site.Get("administrator", at).Is(200)
	site.EachFault("consultation", at+"/qr.svg", nil).Is(200, "<svg")
	site.EachFault("consultation", at+"/qr.png?size=large", nil).Is(200, "PNG")
	site.Get("consultation", at+"/qr.png").Is(200, "PNG")
	site.EachFault("consultation", at+"/poster", nil).Is(200, "North Council", "How did we do?", "North bins")
	site.Get("consultation", at+"/poster?paper=a4").Is(200)
	site.Post("consultation", at, url.Values{"do": {"use"}, "shared": {"yes"}}).LeadsTo(at)
	site.Post("consultation", at, url.Values{"do": {"close"}}).Is(200, "Close the link")
	site.EachFault("consultation", at, url.Values{"do": {"close"}, "sure": {"yes"}}).LeadsTo(at)
	site.Post("consultation", at, url.Values{"do": {"close"}}).Fails(links.ErrClosed)
	site.Post("consultation", at, url.Values{"do": {"reopen"}}).LeadsTo(at)
	site.Post("consultation", at, url.Values{"do": {"reopen"}}).Fails(links.ErrOpen)
	site.Post("consultation", at, url.Values{"do": {"dance"}}).FailsWith(400)
	for _, path := range []string{"", "/qr.svg", "/qr.png", "/poster"} {
		site.Get("consultation", "/staff/links/ABC23456"+path).Fails(links.ErrMissing)
	}
	site.Post("consultation", "/staff/links/ABC23456", url.Values{"do": {"close"}}).Fails(links.ErrMissing)
}

// The address of a council that has one of its own stands on its links.
func TestACouncilsOwnAddress(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	at := made(t, site)
	f.Owner.MustExec(`UPDATE organisations SET base_url = 'https://say.north.example', languages = '{en,ur}'`)
	site.Get("consultation", at).Is(200, "https://say.north.example/f/")
	site.EachFault("consultation", at+"/poster", nil).Is(200, "North Council")
}

func TestManyLinks(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	form := url.Values{"survey": {"customer-satisfaction"}, "service": {"bins", "roads", "-"}, "channel": {"web", "-"}}
	site.Post("consultation", "/staff/links/new", form).Is(200, "6 links")
	form.Set("sure", "6")
	site.EachFault("consultation", "/staff/links/new", form).LeadsTo("/staff/links?survey=customer-satisfaction")
	site.EachFault("consultation", "/staff/links?survey=customer-satisfaction&state=open", nil).
		Is(200, "North bins", "Not about one service", "No channel")
	site.Get("administrator", "/staff/links?words=nothing").Is(200, "/staff/links/jobs")
	for range 9 {
		site.Post("consultation", "/staff/links/new", form).LeadsTo("/staff/links?survey=customer-satisfaction")
	}
	first := site.Get("consultation", "/staff/links?channel=").Is(200, "before=")
	at := first.Body[strings.Index(first.Body, "/staff/links?before="):]
	site.Get("consultation", at[:strings.IndexByte(at, '"')]).Is(200, `rel="prev"`)
	for says, wrong := range map[string]url.Values{
		"Choose at least one service":    {"survey": {"customer-satisfaction"}, "channel": {"web"}},
		"Choose at least one channel":    {"survey": {"customer-satisfaction"}, "service": {"bins"}},
		"Choose the survey":              {},
		"Choose a survey from the list":  {"survey": {"absent"}, "service": {"bins"}, "channel": {"web"}},
		"Choose a service from the list": {"survey": {"customer-satisfaction"}, "service": {"absent"}, "channel": {"web"}},
		"Choose a channel from the list": {"survey": {"customer-satisfaction"}, "service": {"bins"}, "channel": {"pigeon"}},
		"The last day is over already": {"survey": {"customer-satisfaction"}, "service": {"bins"}, "channel": {"web"}, "expires-day": {"1"},
			"expires-month": {"1"}, "expires-year": {"2026"}},
		"Make no more than 200 at once": {"survey": {"customer-satisfaction"}, "service": many(30), "channel": many(30)},
	} {
		if a := site.Post("consultation", "/staff/links/new", wrong).Is(422, says); a.Status != 422 {
			t.Errorf("that was %q", says)
		}
	}
}

func many(n int) (list []string) {
	for i := range n {
		list = append(list, string(rune('a'+i%26))+strings.Repeat("x", i/26))
	}
	return list
}

func TestJobSecrets(t *testing.T) {
	t.Parallel()
	site := serve(stafftest.New(t))
	const at = "/staff/links/jobs"
	site.EachFault("administrator", at, nil).Is(200, "?job=REFERENCE&amp;sig=SIGNATURE")
	site.Post("administrator", at, url.Values{"after": {"1"}}).Is(200, "Make a new secret for job links?", "Secret 1 stays good")
	site.EachFault("administrator", at, url.Values{"after": {"1"}, "sure": {"yes"}}).LeadsTo(at)
	site.Post("administrator", at, url.Values{"after": {"1"}}).LeadsTo(at) // a second click
	site.Post("administrator", at, url.Values{"after": {"2"}}).Is(200, "Secret 1 ends at once")
	site.Post("administrator", at, nil).FailsWith(400)
}
