// Package server is the running site: it starts and stops, knows every address and who may call it, and turns errors into pages.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/surveys/links"
)

// Config is what a site is put together from. All but TrustedProxies and Log must be given.
type Config struct {
	BaseURL string // how browsers reach the site; https here means a proxy in front ends TLS
	// networks (CIDR) of proxies whose X-Forwarded-For is believed, besides this machine; with https only
	TrustedProxies []string
	Log            *slog.Logger                    // slog.Default() when nil
	Ready          func(ctx context.Context) error // the database answers and has the migrations of this program
	Answers        func(ctx context.Context) error // the database answers, asked before work that takes long; nil: not asked
	AnswerTime     time.Duration                   // how long a page may take; 0: 30 s
	// SecurityContact is where weaknesses are reported: mailto: or https: addresses with commas between; "" gives no security.txt.
	SecurityContact string
	Observed        func(method, route string, status int, took time.Duration) // called after each request that was answered; may be nil
	Pages           *page.Set
	Assets          http.Handler // /assets/…
	Accounts        *accounts.Store
	Authenticator   *signin.Authenticator
	Public          Public
	Staff           *Staff
}

// Server answers requests.
type Server struct {
	Config
	https  bool // browsers come over https
	echo   *echo.Echo
	http   *http.Server
	routes []Route
}

// New puts the site together, or says in a sentence what is wrong with its settings.
func New(c Config) (*Server, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if links.CheckBase(c.BaseURL) != nil {
		return nil, fmt.Errorf("the base URL %q cannot be used: write it like https://feedback.example.org", c.BaseURL)
	}
	s := &Server{Config: c, https: strings.HasPrefix(strings.ToLower(c.BaseURL), "https:"), echo: echo.New()}
	e := s.echo
	e.HideBanner, e.HidePort = true, true
	e.Renderer = c.Pages
	e.HTTPErrorHandler = s.fail
	// What a browser or a proxy writes about the scheme is not believed; what the base URL says is.
	e.SchemeExtractor = func(r *http.Request) string {
		if s.https || r.TLS != nil {
			return "https"
		}
		return "http"
	}
	var err error
	if e.IPExtractor, err = extractor(s.https, c.TrustedProxies); err != nil {
		return nil, err
	}
	e.Use(s.identify, s.observe, s.recover, s.protect, tidyAddress, s.limit, readable, s.sameOrigin, compress)
	s.routes = s.table()
	for _, r := range s.routes {
		e.Add(r.Method, r.Path, s.permit(r))
		if r.Method == http.MethodGet {
			e.Add(http.MethodHead, r.Path, s.permit(r)) // net/http leaves the body out
		}
	}
	e.RouteNotFound("/*", func(echo.Context) error { return echo.ErrNotFound })
	s.http = &http.Server{
		Handler:           e,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      exportTime + 10*time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(c.Log.Handler(), slog.LevelDebug),
	}
	return s, nil
}

// extractor says where a visitor's address is read. Without a proxy only the connection itself is believed: anybody can write a header.
func extractor(https bool, proxies []string) (echo.IPExtractor, error) {
	if !https {
		return echo.ExtractIPDirect(), nil
	}
	trust := []echo.TrustOption{echo.TrustLoopback(true), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		_, network, err := net.ParseCIDR(strings.TrimSpace(p))
		if err != nil {
			return nil, fmt.Errorf("the trusted proxy %q is not understood: write a network like 172.16.0.0/12", p)
		}
		trust = append(trust, echo.TrustIPRange(network))
	}
	return echo.ExtractIPFromXFFHeader(trust...), nil
}

// ServeHTTP answers one request, for tests and for whoever brings a listener of their own.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.http.Handler.ServeHTTP(w, r) }

// Routes lists every address with its permission.
func (s *Server) Routes() []Route { return s.routes }

// Serve answers on the listener until Shutdown. It returns nil after a shutdown.
func (s *Server) Serve(l net.Listener) error {
	if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Shutdown lets requests that are being answered finish, until ctx ends; then it cuts them off.
func (s *Server) Shutdown(ctx context.Context) error {
	if err := s.http.Shutdown(ctx); err != nil {
		return errors.Join(err, s.http.Close())
	}
	return nil
}
