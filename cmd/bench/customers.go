package main

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"time"

	"yousaid/surveys/responses"
	"yousaid/surveys/tenant"
)

const (
	againShare   = 0.10 // of forms whose rating is sent twice
	commentShare = 0.25 // of forms with a reason and a comment on the next page
	warm         = 500 * time.Millisecond
)

// shown is what the forms' addresses carry besides: the language they were shown in.
const shown = "?in=en"

// words is a comment of middling length.
const words = "I had to ring three times before anybody could tell me when the bin would be collected. The person on the phone was kind."

// customers is an order for a load: it goes to a process of its own, so that the site's goroutines do not queue behind those of the load.
type customers struct {
	Addr        string
	Connections int
	Measure     time.Duration
	PIDs        []int // whose processor time counts

	Search        string // the path to get with new words each time, from as many networks as there are connections; or
	Show          string // the path to get; or else forms are sent:
	Master        []byte // signs their tokens
	Org           tenant.Org
	Link, Version int64
	Code          string
}

// asked is the environment variable that makes this program the load.
const asked = "YOUSAID_BENCH_CUSTOMERS"

// send starts the process and reads what it measured.
func (o customers) send(ctx context.Context) (r result, err error) {
	order, err := json.Marshal(o)
	if err != nil {
		return r, err
	}
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), asked+"=1")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(order), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return r, fmt.Errorf("the load: %w", err)
	}
	return r, gob.NewDecoder(bytes.NewReader(out)).Decode(&r)
}

// beCustomers is the other end of send.
func beCustomers() error {
	var o customers
	if err := json.NewDecoder(os.Stdin).Decode(&o); err != nil {
		return err
	}
	var forms, comments atomic.Int64
	v := showing(o.Show)
	if o.Search != "" {
		v = searching(o.Search, &forms, &comments)
	} else if o.Show == "" {
		keys, err := responses.NewSigner(o.Master)
		if err != nil {
			return err
		}
		v = o.sending(keys, &forms, &comments)
	}
	pids := append(o.PIDs, os.Getpid())
	r, err := load(o.Addr, o.Connections, warm, o.Measure, func() time.Duration { return used(pids...) }, v)
	if err != nil {
		return err
	}
	r.Forms, r.Comments = forms.Load(), comments.Load()
	return gob.NewEncoder(os.Stdout).Encode(r)
}

// sending is a customer with a form of their own: a rating, perhaps an impatient second click, perhaps a comment.
func (o customers) sending(keys *responses.Signer, forms, comments *atomic.Int64) visit {
	return func(conn *client, t *timer) error {
		// Customers come from networks of their own, read before they send, and write words of their own: nobody's answers are unusual.
		conn.from = netip.AddrFrom4([4]byte{10, byte(rand.N(256)), byte(rand.N(256)), byte(rand.N(256))}).String()
		form := responses.NewForm(o.Org, o.Link, o.Version)
		form.Shown -= 20_000
		token := keys.Mint(form)
		second := url.Values{"reason": {"time"}, "comment": {words + " " + strconv.FormatUint(rand.Uint64(), 36)}}.Encode()
		first := "token=" + token + "&rating=" + string(rune('1'+rand.N(5)))
		sends := 1
		if rand.Float64() < againShare {
			sends = 2
		}
		var next string
		for range sends {
			a, err := t.time(func() (answer, error) { return conn.post("/f/"+o.Code+shown, first) })
			if err != nil {
				return err
			}
			if a.status != http.StatusSeeOther {
				return fmt.Errorf("sending a rating: status %d", a.status)
			}
			next = a.location
		}
		forms.Add(1)
		if rand.Float64() >= commentShare {
			return nil
		}
		a, err := t.time(func() (answer, error) { return conn.post(next+shown, second) })
		if err != nil {
			return err
		}
		if a.status != http.StatusSeeOther {
			return fmt.Errorf("sending a comment to %s: status %d", next, a.status)
		}
		comments.Add(1)
		return nil
	}
}

// searching is a reader who asks for words that nobody has asked for, in a network of their own behind the proxy. It counts pages
// that were found, and refusals.
func searching(path string, found, refused *atomic.Int64) visit {
	return func(conn *client, t *timer) error {
		if conn.from == "" {
			conn.from, conn.accepts = netip.AddrFrom4([4]byte{11, byte(rand.N(256)), byte(rand.N(256)), byte(rand.N(256))}).String(), "gzip, br"
		}
		a, err := t.time(func() (answer, error) { return conn.get(path + "?q=" + strconv.FormatUint(rand.Uint64(), 36)) })
		switch {
		case err != nil:
		case a.status == http.StatusOK:
			found.Add(1)
		case a.status == http.StatusTooManyRequests:
			refused.Add(1)
		default:
			err = fmt.Errorf("searching: status %d", a.status)
		}
		return err
	}
}

// showing is a customer who only looks.
func showing(path string) visit {
	return func(conn *client, t *timer) error {
		a, err := t.time(func() (answer, error) { return conn.get(path) })
		if err == nil && (a.status != http.StatusOK || a.bytes == 0) {
			err = fmt.Errorf("looking at %s: status %d, %d bytes", path, a.status, a.bytes)
		}
		return err
	}
}
