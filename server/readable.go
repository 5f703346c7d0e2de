package server

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
)

// readable makes text of what a request says before any handler reads it. Bytes that are no UTF-8, and NUL, which PostgreSQL stores in no
// text, are left out of queries; in forms
// they become U+FFFD, so that whoever reads the words sees that something stood there. An address with such a part names nothing here.
func readable(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if !isText(r.URL.Path) {
			return echo.NewHTTPError(http.StatusNotFound)
		}
		if strings.ContainsAny(r.URL.RawQuery, "%\x00") || !utf8.ValidString(r.URL.RawQuery) {
			if values, err := url.ParseQuery(r.URL.RawQuery); err != nil || makeText(values, "") {
				r.URL.RawQuery = values.Encode() // what could be read of it
			}
		}
		if strings.HasPrefix(strings.ToLower(r.URL.Path), "/f/") {
			return next(c) // a customer's form shows which answer cannot be saved
		}
		for _, values := range []url.Values{r.PostForm, r.Form} {
			makeText(values, replacement)
		}
		if r.MultipartForm != nil {
			makeText(r.MultipartForm.Value, replacement)
		}
		return next(c)
	}
}

const replacement = "\uFFFD"

func isText(s string) bool { return strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) }

// makeText changes the values that are no text, leaves out names that are none, and tells whether there were any.
func makeText(values map[string][]string, with string) (changed bool) {
	for name, list := range values {
		for i, v := range list {
			if !isText(v) {
				list[i], changed = textOf(v, with), true
			}
		}
		if !isText(name) {
			delete(values, name) // no field here is called so
			changed = true
		}
	}
	return changed
}

func textOf(s, with string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, with), "\x00", with)
}
