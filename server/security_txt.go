package server

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// securityMonths is how long a security.txt holds good: RFC 9116 advises less than a year.
const securityMonths = 6

// security tells who finds a weakness whom to tell (RFC 9116). Without a contact in the settings there is no such file.
func (s *Server) security(c echo.Context) error {
	if s.SecurityContact == "" {
		return echo.ErrNotFound
	}
	var b strings.Builder
	for _, contact := range strings.Split(s.SecurityContact, ",") {
		fmt.Fprintf(&b, "Contact: %s\n", strings.TrimSpace(contact))
	}
	now := time.Now().UTC()
	expires := time.Date(now.Year(), now.Month()+securityMonths, 1, 0, 0, 0, 0, time.UTC)
	fmt.Fprintf(
		&b,
		"Expires: %s\nPreferred-Languages: en, cy\nCanonical: %s/.well-known/security.txt\n",
		expires.Format(time.RFC3339),
		strings.TrimRight(s.BaseURL, "/"),
	)
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(b.String()))
}
