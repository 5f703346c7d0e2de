package site_test

import (
	"strings"
	"testing"

	"yousaid/cmd/yousaid/site/sitetest"
)

// Mail programs, text messages and link checkers write the & of an address as they would in HTML. Every page that anybody may open
// means the same then.
func TestAmpersandsAsMailProgramsWriteThem(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	link := s.Link("web")
	later := s.Send(link, sitetest.Feedback{Rating: "2"})
	done := s.Send(link, finished)
	job := jobAddress(s, link, "Repair 12/ŵ")
	for address, shows := range map[string]string{
		link + "?lang=cy&r=2":                            `value="2" checked`,
		link + "?r=2&lang=cy":                            `value="2" checked`,
		job + "&lang=cy":                                 `value="5"`,
		later + "?x=1&lang=cy":                           "Parhau",
		done + "?x=1&lang=cy":                            "Diolch am eich adborth",
		"/testham?x=1&lang=cy":                           "lang=cy",
		"/testham/privacy?x=1&lang=cy":                   "Preifatrwydd",
		"/testham/receipt?x=1&lang=cy":                   "Cod derbynneb",
		"/testham/you-said-we-did?q=bins&lang=cy":        `value="bins"`,
		"/testham/you-said-we-did/poster?x=1&lang=cy":    "testham/you-said-we-did",
		"/testham/performance?x=1&lang=cy":               "fodlon",
		"/testham/you-said-we-did/999999?x=1&lang=cy":    "",
		"/testham/you-said-we-did/feed.atom?q=a&lang=cy": `xml:lang="cy"`,
		"/f/ZZZZZZZZ?r=2&lang=cy":                        "",
	} {
		usual := s.Get(address)
		for _, and := range []string{"&amp;", "&AMP;", "&amp%3B", "&amp%3b", "&amp;amp;", "&amp;amp%3B"} {
			a := s.Get(strings.ReplaceAll(address, "&", and))
			if a.StatusCode != usual.StatusCode || !strings.Contains(a.Text, shows) || !strings.Contains(a.Text, `lang="cy"`) {
				t.Errorf("%s with %s answers %d (%d with &); %q is not there or it is not Welsh", address, and, a.StatusCode, usual.StatusCode, shows)
			}
		}
	}
	// What was written as a value stays it.
	s.Get("/testham/you-said-we-did?lang=cy&q=bins%26amp;roads").Is(200)
	s.Get("/testham/you-said-we-did?lang=cy&q=bins%26amp%3Broads").Is(200).Shows(`value="bins&amp;amp;roads"`)
}
