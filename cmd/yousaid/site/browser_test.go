package site_test

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"yousaid/cmd/yousaid/site/sitetest"
)

func TestMain(m *testing.M) { os.Exit(sitetest.Run(m)) }

const phone = 360

// answers gives what is stored of each response, oldest first.
func answers(s *sitetest.Site) (list []string) {
	s.T.Helper()
	if err := s.Database.Owner().Select(&list, `SELECT answers::text FROM responses ORDER BY change_no`); err != nil {
		s.T.Fatal(err)
	}
	return list
}

func TestACustomerOnAPhoneGoesBackAndChangesTheirMind(t *testing.T) {
	t.Parallel()
	for _, scripts := range []bool{false, true} {
		t.Run(fmt.Sprintf("scripts=%v", scripts), func(t *testing.T) {
			t.Parallel()
			s := sitetest.New(t)
			link := s.Link("web")
			w := s.Browse(phone, "")
			if !scripts {
				w.WithoutScripts()
			}
			w.Open(link).Shows("How did we do?", "Household waste", "Overall, how satisfied or dissatisfied are you")
			s.Responses(0)
			w.Choose("rating", "2").Click("main button").Shows("Your answers so far are saved")
			s.Responses(1)
			// The browser's own Back, not the link of the page.
			w.Do(chromedp.NavigateBack())
			w.Do(chromedp.WaitReady(chromedp.CSS(`input[name=rating]`)))
			w.Choose("rating", "5").Click("main button").Shows("What is the main reason")
			if got := answers(s); len(got) != 1 || got[0] != `{"rating": "5"}` {
				t.Fatalf("after changing the rating there is stored: %v", got)
			}
			// The link Back of the page, too.
			w.Click(".govuk-back-link")
			if got := w.Chosen("rating"); got != "5" {
				t.Errorf("the page goes back with %q chosen", got)
			}
			w.Choose("rating", "4").Click("main button")
			w.Choose("reason", "staff")
			w.Do(chromedp.SendKeys(chromedp.CSS(`textarea[name=comment]`), "The crew were kind"))
			w.Click("main button").Shows("Questions about you", "Equality Act 2010", "optional", "Prefer not to say")
			w.Choose("sex", "pns").Choose("age_band", "35_44").Click("main button").Shows("Thank you for your feedback", "Your receipt code")
			if got := answers(s); len(got) != 1 || got[0] != `{"rating": "4", "reason": "staff"}` {
				t.Fatalf("at the end there is stored: %v", got)
			}
			w.Click("main a[role=button]").Shows("How did we do?")
			if got := w.Chosen("rating"); got != "" {
				t.Errorf("a new form comes with %q chosen", got)
			}
			w.Choose("rating", "1").Click("main button")
			s.Responses(2)

			// A consultation officer signs in, on the same phone, and reads the two.
			email := s.Person("consultation")
			w.Open("/staff/sign-in")
			w.Do(chromedp.SendKeys(chromedp.CSS(`#email`), email), chromedp.SendKeys(chromedp.CSS(`#password`), sitetest.Password))
			w.Click("main button").Shows("How did we do?", "2 responses")
			w.Open("/staff/results?survey=customer-satisfaction").Shows("The crew were kind", "Fairly satisfied")
			table := w.Table("all-channel")
			if got, want := table.Figures("Website", "Answers", "Mean score", "Satisfied", "Fairly satisfied", "Very dissatisfied",
				"Very satisfied"), "2 2.5 50 1 1 0"; got != want {
				t.Errorf("the line of the channel Website has the figures %q, want %q:\n%v", got, want, table)
			}
		})
	}
}

func TestALinkInAnEmailShowsTheRatingChosen(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	w := s.Browse(phone, "").WithoutScripts()
	w.Open(s.Link("email") + "?r=4").Shows("You chose 4, Fairly satisfied")
	if got := w.Chosen("rating"); got != "4" {
		t.Errorf("%q stands chosen", got)
	}
	s.Responses(0)
	w.Click("main button")
	s.Responses(1)
	if got := answers(s); got[0] != `{"rating": "4"}` {
		t.Errorf("there is stored: %v", got)
	}
}

// focused says where the keyboard is.
const focused = `(e => e.name || e.className || e.tagName)(document.activeElement)`

func TestTheFirstPageByKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	w := s.Browse(phone, "").Open(s.Link("web"))
	tabTo := func(want string) {
		t.Helper()
		for range 20 {
			w.Do(chromedp.KeyEvent(kb.Tab))
			at := sitetest.Ask[string](w, focused)
			seen := sitetest.Ask[bool](w,
				`(e => {
					const near = [e, e.nextElementSibling].filter(Boolean);
					const outlined = s => s.outlineStyle !== 'none' && s.outlineWidth !== '0px' || s.boxShadow !== 'none';
					return e.getBoundingClientRect().width > 0 &&
						near.some(n => ['', '::before'].some(p => outlined(getComputedStyle(n, p || null))));
				})(document.activeElement)`)
			if !seen {
				t.Errorf("the focus cannot be seen on %s", at)
			}
			if strings.Contains(at, want) {
				return
			}
		}
		t.Fatalf("the keyboard does not reach %s", want)
	}
	tabTo("govuk-skip-link")
	tabTo("rating")
	w.Do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown))
	if got := w.Chosen("rating"); got != "3" {
		t.Fatalf("after two arrows %q is chosen", got)
	}
	tabTo("govuk-button")
	w.Goes(200, chromedp.KeyEvent(kb.Enter)).Shows("Your answers so far are saved")
	if got := answers(s); len(got) != 1 || got[0] != `{"rating": "3"}` {
		t.Errorf("there is stored: %v", got)
	}
}

func TestACustomerReadsWelsh(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	w := s.Browse(phone, "").WithoutScripts().Open(s.Link("sms"))
	w.Click("button[value=in-cy]").Shows("Sut wnaethom ni?", "Bodlon iawn")
	if lang := sitetest.Ask[string](w, `document.documentElement.lang`); lang != "cy" {
		t.Errorf("the page says it is in %q", lang)
	}
	w.Choose("rating", "5").Click("main button").Shows("Beth yw’r prif reswm").Click("main button").Shows(
		"Mae’n well gennyf beidio â dweud").Click("main button[name=action]").Shows("Diolch")
	var languages []string
	if err := s.Database.Owner().Select(&languages, `SELECT language FROM responses`); err != nil || fmt.Sprint(languages) != "[cy]" {
		t.Errorf("stored in %v, %v", languages, err)
	}
}

// The first page comes fast on a bad line, and tells nobody else that somebody reads it.
func TestTheFirstPageIsLightAndPrivate(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	link := s.Link("web")
	w := s.Browse(phone, "")
	var mu sync.Mutex
	var asked []string
	bytes, done := 0.0, map[network.RequestID]bool{}
	if err := chromedp.Listen(w.Context, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, "data:") {
				asked = append(asked, e.Request.URL)
				done[e.RequestID] = false
			}
		case *network.EventLoadingFinished:
			if _, ours := done[e.RequestID]; ours {
				done[e.RequestID] = true
				bytes += e.EncodedDataLength
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	w.Open(link)
	w.Do(chromedp.Poll[chromedp.Void](`document.readyState === 'complete'`))
	cookies, err := chromedp.Call(w.Context, network.GetCookies, network.GetCookiesParams{URLs: []string{s.URL}})
	if err != nil || len(cookies.Cookies) != 0 {
		t.Errorf("the page set cookies: %v, %v", cookies.Cookies, err)
	}
	finished := func() bool {
		mu.Lock()
		defer mu.Unlock()
		for _, yes := range done {
			if !yes {
				return false
			}
		}
		return true
	}
	for range 30_000 { // the browser may tell of the last byte after it has shown the page
		if finished() {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	mu.Lock() // from here on nothing is asked of the browser: what it tells would wait for the lock
	defer mu.Unlock()
	t.Logf("%d requests, %.0f bytes: %v", len(asked), bytes, asked)
	if len(asked) > 3 || len(asked) < 2 {
		t.Errorf("the page needs %d requests, want at most 3: %v", len(asked), asked)
	}
	if bytes > 30_000 || bytes < 1000 {
		t.Errorf("%.0f bytes are transferred, want at most 30,000", bytes)
	}
	for id, finished := range done {
		if !finished {
			t.Errorf("request %s never finished", id)
		}
	}
	host := strings.TrimPrefix(s.URL, "http://")
	for _, address := range asked {
		if u, err := url.Parse(address); err != nil || u.Host != host {
			t.Errorf("the page asks %s", address)
		}
	}
}
