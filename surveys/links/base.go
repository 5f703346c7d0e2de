package links

import (
	"errors"
	"net/url"
	"strings"
)

// errBase is an address under which no link would work.
var errBase = errors.New("not the address of a site: http:// or https://, a name, and nothing behind it")

// CheckBase tells whether links can begin with an address: a scheme and a host, and nothing behind them but one slash. Pages, style
// sheets and forms name each other from the root of the host, so a site cannot live in a folder of another one; a query, fragment
// or user would make every printed link one that does not work.
func CheckBase(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery ||
		u.Path != "" && u.Path != "/" || strings.Contains(address, "#") {
		return errBase
	}
	return nil
}
