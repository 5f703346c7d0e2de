package account

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// https tells whether the browser came over https: the middleware of server has put the scheme right.
func https(c echo.Context) bool { return c.Scheme() == "https" }

// SignInFor is the address of the sign-in page that leads back to the page that was asked for.
func SignInFor(r *http.Request) string {
	if r.Method != http.MethodGet || !local(r.URL.RequestURI()) || r.URL.Path == "/staff" {
		return "/staff/sign-in"
	}
	return "/staff/sign-in?next=" + url.QueryEscape(r.URL.RequestURI())
}

// local keeps an address to staff pages of this site: nobody can be sent elsewhere after signing in.
func local(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "" && u.Host == "" && (u.Path == "/staff" || strings.HasPrefix(u.Path, "/staff/")) &&
		strings.HasPrefix(address, "/staff") && !strings.ContainsAny(address, "\\\r\n")
}

// ErrPlain is an attempt to sign in over plain http from another machine, where the password could be read on the way.
var ErrPlain = errors.New("signing in needs https")
