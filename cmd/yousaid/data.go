package main

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/agnivade/levenshtein"
)

// private says whether the data is in the private PostgreSQL of the data folder.
func (c Config) private() bool {
	return c.DatabaseURL == "" && c.DatabaseOwnerURL == "" && c.DatabaseTabulateURL == ""
}

// where names the data that commands work on, without a password.
func (c Config) where() string {
	if c.private() {
		if path, err := filepath.Abs(c.Data); err == nil {
			return "folder " + path
		}
		return "folder " + c.Data
	}
	for _, address := range []string{c.DatabaseURL, c.DatabaseOwnerURL, c.DatabaseTabulateURL} {
		if address == "" {
			continue
		}
		host, name := part("host", address), part("dbname", address)
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			host, name = u.Host, strings.TrimPrefix(u.Path, "/")
		}
		return strings.TrimSpace("database " + name + " at " + host)
	}
	return ""
}

// part is a value in the keyword form of a database's address, "" where it is not said.
func part(key, address string) string {
	if m := regexp.MustCompile(key + `\s*=\s*('[^']*'|\S+)`).FindStringSubmatch(address); m != nil {
		return strings.Trim(m[1], "'")
	}
	return ""
}

// announce writes which data a command uses to standard error: a mistyped --data, or a DATABASE_URL left in the environment, is
// seen at once.
func (c Config) announce(t terminal) {
	_, _ = fmt.Fprintf(t.err, "Data: %s\n", c.where())
}

// nearest is the name most like one that does not exist, as " (did you mean NAME?)"; "" where none is like it, or where the name exists.
func nearest(wanted string, names []string) string {
	best, least := "", 1+max(2, len(wanted)/3)
	for _, name := range names {
		if name == wanted {
			return ""
		}
		distance := levenshtein.ComputeDistance(strings.ToLower(wanted), name)
		if wanted != "" && (strings.HasPrefix(name, wanted) || strings.Contains(name, "-"+wanted)) {
			distance = min(distance, 2)
		}
		if distance < least && distance < len(wanted) {
			best, least = name, distance
		}
	}
	if best == "" {
		return ""
	}
	return " (did you mean " + best + "?)"
}
