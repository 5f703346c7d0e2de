package public_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// FuzzForm sends whatever it likes to a form; nothing may break, and no more than one response may come of one form.
func FuzzForm(f *testing.F) {
	w := newFixture(f)
	w.yaml(strings.Replace(twoPages, "second: true", "equality: [sex, age, disability]", 1))
	code := w.link("two-pages", "")
	for _, seed := range []string{
		"rating=2", "rating=2&topics=a&topics=b&visits=3&again=yes&place=x", "rating=9", "rating=", "rating=2&rating=1",
		"topics=none&topics=a&rating=1", "rating=2&visits=-0", "rating=2&visits=1e9",
		"rating=2&visits=NaN", "place=%00&rating=1", "place=%ff%fe&rating=1", "rating=%zz", "a=b;c=d", "token=x&rating=1", "action=skip&rating=1",
		"rating=2&place=%EF%BB%BF%E2%80%AE", "comment=%0D%0A%0D%0A",
		"sex=female&age_band=35_44&llti=yes", "sex=pns", "sex=female&sex=male", strings.Repeat("rating=1&", 500),
		"rating=1&place=" + strings.Repeat("%F0%9F%98%80", 200),
		`rating=1&place=%7B%22a%22%3A%22%5Cu0000%22%7D`, `rating=1&place='%3B--&topics=a%2Cb`,
	} {
		f.Add(seed, uint8(0))
		f.Add(seed, uint8(1))
		f.Add(seed, uint8(2))
	}
	f.Fuzz(func(t *testing.T, body string, page uint8) {
		if len(body) > 64<<10 {
			return
		}
		w := w.in(t)
		token := w.get("/f/" + code).token()
		address := "/f/" + code
		if page%3 > 0 {
			address += "/" + token + "/" + []string{"1", "2", "3"}[page%3]
			w.post("/f/"+code, url.Values{"token": {token}, "rating": {"1"}}).leads()
		} else {
			body = "token=" + token + "&" + body
		}
		before := w.count(`SELECT count(*) FROM responses`)
		for range 2 {
			a := w.send(http.MethodPost, address, strings.NewReader(body), "Content-Type", "application/x-www-form-urlencoded")
			if !slices.Contains([]int{http.StatusSeeOther, http.StatusUnprocessableEntity, http.StatusBadRequest, http.StatusConflict}, a.Code) {
				t.Fatalf("%q was answered %d\n%s", body, a.Code, a.text)
			}
			if strings.ContainsRune(a.text, 0) || strings.Contains(a.text, "\xff") {
				t.Fatalf("%q came back as it was", body)
			}
		}
		if grown := w.count(`SELECT count(*) FROM responses`) - before; grown > 1 || page%3 > 0 && grown != 0 {
			t.Fatalf("%q made %d responses", body, grown)
		}
	})
}

// FuzzCode opens whatever it likes as a code: a page, a kind 404 or a tidier address, and nothing is stored.
func FuzzCode(f *testing.F) {
	w := newFixture(f)
	for _, seed := range []string{w.code, strings.ToLower(w.code), w.code + "'", w.code[:4] + "-" + w.code[4:], "", "0OIL1", "ABCDEFGH",
		"\x00", "\xff\xfe", "../../x", "ſKKKKKKK", "ＡＢＣＤＥＦＧＨ",
		strings.Repeat("A", 40), "%", "%2", "a b c d e f g h", "ABCDEFGH?r=4", "ABCDEFGH/x/2", "ABCDEFGH\r\nX: y"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, code string) {
		if len(code) > 8000 {
			return
		}
		w := w.in(t)
		for _, address := range []string{"/f/" + url.PathEscape(code), "/F/" + url.PathEscape(code), "/f/" + url.PathEscape(code) + "/x/2",
			"/f/" + url.PathEscape(code) + "/x/thanks"} {
			a := w.get(address)
			if a.Code != http.StatusOK && a.Code != http.StatusNotFound && a.Code != http.StatusPermanentRedirect {
				t.Fatalf("%q was answered %d\n%s", address, a.Code, a.text)
			}
		}
		w.stored(0)
	})
}
