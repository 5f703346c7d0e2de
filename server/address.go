package server

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"
)

// writtenAmpersand is an ampersand as some mail programs, text messages and link checkers write it: for HTML, once or twice over, with its
// semicolon escaped or not. A value
// that holds these signs has its own & escaped as %26, so nothing that was meant is lost.
var writtenAmpersand = regexp.MustCompile(`(?i)&(?:amp(?:;|%3b))+`)

// tidyAddress takes what people, mail programs and content systems add to an address: &amp; for & in its query, a slash at the end, two
// slashes for one, and capitals in its first part, which never has any (a council's name, f, staff). What differs in its path leads to the
// address as it should be, with its query; 308 keeps the form of one that is
// sent.
func tidyAddress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if writtenAmpersand.MatchString(r.URL.RawQuery) {
			u := *r.URL
			u.RawQuery = writtenAmpersand.ReplaceAllString(u.RawQuery, "&")
			r.URL = &u
		}
		tidy := tidyPath(r.URL.EscapedPath())
		if tidy == r.URL.EscapedPath() {
			return next(c)
		}
		if r.URL.RawQuery != "" {
			tidy += "?" + r.URL.RawQuery
		}
		return c.Redirect(http.StatusPermanentRedirect, tidy)
	}
}

// tidyPath gives a path that begins with one slash and has no other that needs not be; it never names another host.
func tidyPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.Contains(path, "\\") {
		return path
	}
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	if len(parts) == 0 {
		return "/"
	}
	if parts[0] != "F" { // links are printed in capitals, for smaller QR codes
		parts[0] = strings.ToLower(parts[0])
	}
	return "/" + strings.Join(parts, "/")
}
