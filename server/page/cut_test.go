package page_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"yousaid/server/page"
)

func TestCutsAndLetters(t *testing.T) {
	for most := range 12 {
		if got := page.Cut("aŵ👩b", most); !utf8.ValidString(got) || len(got) > most || !strings.HasPrefix("aŵ👩b", got) ||
			most >= 8 && got != "aŵ👩b" {
			t.Errorf("%d bytes: %q", most, got)
		}
	}
	for _, s := range [][3]string{{"ŵyn", "Ŵyn", "ŵyn"}, {"Élan", "Élan", "élan"}, {"", "", ""}, {"1 a", "1 a", "1 a"}} {
		if page.Capital(s[0]) != s[1] || page.Small(s[0]) != s[2] {
			t.Errorf("%q: %q, %q", s[0], page.Capital(s[0]), page.Small(s[0]))
		}
	}
}
