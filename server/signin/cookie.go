package signin

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// The names of the cookie. A browser accepts the first only over https, for this host alone.
const (
	SecureCookie   = "__Host-yousaid"
	LoopbackCookie = "yousaid"
)

// Loopback tells whether a Host header names this very machine.
func Loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

// TokenOf reads the session token of a request, or "". https says whether the browser came over https, by itself or through a proxy.
func TokenOf(r *http.Request, https bool) string {
	name := LoopbackCookie
	if https {
		name = SecureCookie
	}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// Cookie carries a token to the browser; an empty token takes the cookie away. It has no date: the browser drops it when it closes.
func Cookie(token string, https bool) *http.Cookie {
	c := &http.Cookie{Name: LoopbackCookie, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if https {
		c.Name, c.Secure = SecureCookie, true
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}
