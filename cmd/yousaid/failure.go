package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/lib/pq"
)

// failure carries an exit code other than 1.
type failure struct {
	code int
	err  error
}

func (f failure) Error() string { return f.err.Error() }
func (f failure) Unwrap() error { return f.err }

// sentence is an error as a person reads it: what files, networks and the database's driver say is put plainly, our own words stay.
func sentence(err error) string {
	cancelled := errors.Is(err, context.Canceled)
	for _, e := range all[*pq.Error](err) {
		cancelled = cancelled || e.Code == "57014" // lib/pq tells of a cancelled statement in the server's words
	}
	if cancelled {
		return "stopped before it was done. What was stored stays stored: run the same command again to go on"
	}
	text := err.Error()
	for _, e := range all[*fs.PathError](err) {
		text = strings.ReplaceAll(text, e.Error(), filePlainly(e.Path, e.Err))
	}
	for _, e := range all[*os.LinkError](err) {
		text = strings.ReplaceAll(text, e.Error(), filePlainly(e.New, e.Err))
	}
	for _, e := range all[*net.OpError](err) {
		text = strings.ReplaceAll(text, e.Error(), networkPlainly(e))
	}
	for _, e := range all[*pq.Error](err) {
		text = strings.ReplaceAll(text, e.Error(), databasePlainly(e))
	}
	text = strings.NewReplacer("pq: ", "", "sql: ", "", "driver: bad connection", "the connection to the database was lost").Replace(text)
	return strings.TrimRight(text, "\n")
}

// all finds every error of a kind in a tree of errors.
func all[E error](err error) (found []E) {
	if e, ok := err.(E); ok { //nolint:errorlint // it walks the tree itself, to find all of them
		return []E{e}
	}
	switch e := err.(type) { //nolint:errorlint // as above
	case interface{ Unwrap() error }:
		if e.Unwrap() != nil {
			found = all[E](e.Unwrap())
		}
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			found = append(found, all[E](one)...)
		}
	}
	return found
}

func filePlainly(name string, why error) string {
	switch {
	case errors.Is(why, fs.ErrNotExist):
		return "there is no file or folder " + name
	case errors.Is(why, fs.ErrPermission):
		return "this user may not use " + name
	case errors.Is(why, syscall.EISDIR):
		return name + " is a folder, not a file"
	case errors.Is(why, syscall.ENOTDIR):
		return "a file stands where a folder is needed: " + name
	case errors.Is(why, syscall.ENOSPC), errors.Is(why, syscall.EDQUOT):
		return "there is no room left for " + name
	case errors.Is(why, syscall.EROFS):
		return name + " can only be read, not written"
	}
	return fmt.Sprintf("%s cannot be used (%v)", name, why)
}

func networkPlainly(e *net.OpError) string {
	where := ""
	if e.Addr != nil {
		where = " at " + e.Addr.String()
	}
	var dns *net.DNSError
	switch {
	case errors.As(e.Err, &dns):
		return fmt.Sprintf("no machine called %q was found: check the address", dns.Name)
	case e.Op == "dial":
		return "nobody answers" + where + ": check the address, and that the database server runs"
	}
	return "the connection" + where + " was lost"
}

func databasePlainly(e *pq.Error) string {
	switch e.Code {
	case "28P01", "28000":
		return "the database server does not accept this user and password: check the address"
	case "3D000":
		return "the database server has no such database: make it first, or check the address"
	case "53300":
		return "the database server has no connection free: try again"
	case "57P01", "57P02", "57P03":
		return "the database server is stopping or starting: try again"
	case "53100":
		return "the database server has no room left on its disk"
	}
	return "the database says: " + e.Message
}
