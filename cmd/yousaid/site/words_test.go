package site_test

import (
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/server/page/pagetest"
)

var (
	// rawKey is the key of a message, where its words should stand.
	rawKey = regexp.MustCompile(`\b[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+\|[^\s"<]*`)
	// leftMark is a sign by which a text remembers its language until the page is whole.
	leftMark  = regexp.MustCompile("[\uFDD0-\uFDD2]")
	fileLink  = regexp.MustCompile(`href="(/[^"#]*(?:\.(?:csv|xlsx|docx|html|json|atom|svg)|/file)(?:\?[^"#]*)?)"`)
	formToken = regexp.MustCompile(`name="token" value="([^"]+)"`)
)

// Every page that somebody signed in may see, and every file that it offers, in a made-up language that has words for every key: words
// stand where messages were, no sign that is for the program alone is left in them, and nothing is English but what people wrote. A
// council, a service or a question has its name in the language too, so that English in a page or a file is a sentence that nobody can
// translate.
func TestEveryPageSpeaksAMadeUpLanguage(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	written := speakMadeUp(t, c)
	c.freeze()
	var seen sync.Map // files that were read
	for _, v := range pages {
		if v.who == "" && v.as == nil || v.site(c) == c.away || v.site(c) == c.urdu.site {
			continue
		}
		t.Run(v.name(), func(t *testing.T) {
			t.Parallel()
			s, cookie := v.open(c, t), v.cookie(c)
			at := v.address(c, s)
			s.Post("/staff/language", url.Values{"language": {pagetest.MadeUp}}, "Cookie", cookie)
			var a *sitetest.Answer
			if v.post == nil {
				a = s.Get(at, "Cookie", cookie)
			} else {
				form := maps.Clone(v.post)
				if token := formToken.FindStringSubmatch(s.Get(at, "Cookie", cookie).Text); token != nil {
					form.Set("token", token[1])
				}
				a = s.Post(at, form, "Cookie", cookie)
			}
			if a.StatusCode != v.status() && a.StatusCode != http.StatusSeeOther {
				t.Errorf("%s answers %d, want %d", at, a.StatusCode, v.status())
			}
			worded(t, at, a)
			own := written.with(t, s, v.post)
			own.translated(t, at, a.Text)
			for _, link := range fileLink.FindAllStringSubmatch(a.Text, -1) {
				address := html.UnescapeString(link[1])
				if _, before := seen.LoadOrStore(address, true); !before {
					file := s.Get(address, "Cookie", cookie)
					worded(t, address, file)
					own.translated(t, address, file.Text)
				}
			}
		})
	}
}

func worded(t *testing.T, address string, a *sitetest.Answer) {
	t.Helper()
	text := bytesOf(t, a)
	if key := rawKey.FindString(text); key != "" {
		t.Errorf("%s shows the key of a message: %q", address, key)
	}
	if at := leftMark.FindStringIndex(text); at != nil {
		t.Errorf("%s has a mark of a language: %q", address, text[max(0, at[0]-60):min(len(text), at[1]+60)])
	}
	if a.Text == text && strings.Contains(text, "%!") { // the bytes of a packed file may be anything
		t.Errorf("%s has a sentence that was filled in wrongly", address)
	}
}
