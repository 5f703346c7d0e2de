package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// client is one kept-alive connection. It implements just enough of HTTP/1.1 to cost little beside the server it measures.
type client struct {
	conn net.Conn
	in   *bufio.Reader
	out  []byte
	host string
	from string // the address that a proxy in front would tell; "" for none

	accepts string // Accept-Encoding; "" for none
}

func dial(addr string) (*client, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 32<<10), host: addr}, nil
}

// answer is what came back: its status, where it sends the browser, and how many bytes its body has.
type answer struct {
	status   int
	location string
	bytes    int
}

func (c *client) get(path string) (answer, error) { return c.do("GET", path, "") }

func (c *client) post(path, form string) (answer, error) { return c.do("POST", path, form) }

func (c *client) do(method, path, form string) (answer, error) {
	b := append(c.out[:0], method...)
	b = append(b, ' ')
	b = append(b, path...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, c.host...)
	b = append(b, "\r\nAccept-Language: en-GB,en;q=0.9\r\n"...)
	if c.from != "" {
		b = append(append(append(b, "X-Forwarded-For: "...), c.from...), "\r\n"...)
	}
	if c.accepts != "" {
		b = append(append(append(b, "Accept-Encoding: "...), c.accepts...), "\r\n"...)
	}
	if method == "POST" {
		b = append(b, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(len(form)), 10)
		b = append(b, "\r\n"...)
	}
	b = append(append(b, "\r\n"...), form...)
	c.out = b
	if _, err := c.conn.Write(b); err != nil {
		return answer{}, err
	}
	return c.read()
}

func (c *client) read() (a answer, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return a, err
	}
	if len(line) < 12 {
		return a, fmt.Errorf("not HTTP: %q", line)
	}
	if a.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return a, err
	}
	length, chunked := 0, false
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return a, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		switch name, value, _ := bytes.Cut(line, []byte(": ")); string(name) {
		case "Content-Length":
			if length, err = strconv.Atoi(string(value)); err != nil {
				return a, err
			}
		case "Transfer-Encoding":
			chunked = true
		case "Location":
			a.location = string(value)
		}
	}
	if !chunked {
		a.bytes, err = c.in.Discard(length)
		return a, err
	}
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return a, err
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(line)), 16, 32)
		if err != nil {
			return a, err
		}
		if _, err := c.in.Discard(int(n) + 2); err != nil {
			return a, err
		}
		a.bytes += int(n)
		if n == 0 {
			return a, nil
		}
	}
}

// result is what one way did in one round.
type result struct {
	Rate            float64         // requests a second
	Took            []time.Duration // each request, sorted
	CPU             float64         // processor microseconds per request: load, program and database
	Forms, Comments int64           // what the customers were told was stored
}

func (r result) percentile(p float64) time.Duration {
	if len(r.Took) == 0 {
		return 0
	}
	return r.Took[min(len(r.Took)-1, int(p*float64(len(r.Took))))]
}

// visit is what one customer does over and over on a connection; it times its requests with t.
type visit func(c *client, t *timer) error

// timer collects how long the requests of one connection took, once the warm-up is over.
type timer struct {
	took []time.Duration
	on   *atomic.Bool
}

func (t *timer) time(f func() (answer, error)) (answer, error) {
	began := time.Now()
	a, err := f()
	if err == nil && t.on.Load() {
		t.took = append(t.took, time.Since(began))
	}
	return a, err
}

// load lets customers visit over so many connections for a while, each as fast as it is answered.
func load(addr string, connections int, warm, measure time.Duration, used func() time.Duration, v visit) (result, error) {
	var on, over atomic.Bool
	timers := make([]*timer, connections)
	errs := make([]error, connections)
	var all sync.WaitGroup
	for i := range connections {
		c, err := dial(addr)
		if err != nil {
			return result{}, err
		}
		timers[i] = &timer{on: &on, took: make([]time.Duration, 0, 1<<14)}
		all.Go(func() {
			defer c.conn.Close()
			for !over.Load() && errs[i] == nil {
				errs[i] = v(c, timers[i])
			}
		})
	}
	time.Sleep(warm)
	before, began := used(), time.Now()
	on.Store(true)
	time.Sleep(measure)
	on.Store(false)
	elapsed, cpu := time.Since(began), used()-before
	over.Store(true)
	all.Wait()
	var r result
	for _, t := range timers {
		r.Took = append(r.Took, t.took...)
	}
	slices.Sort(r.Took)
	r.Rate = float64(len(r.Took)) / elapsed.Seconds()
	r.CPU = float64(cpu.Microseconds()) / float64(max(1, len(r.Took)))
	for _, err := range errs {
		if err != nil {
			return r, err // one tells enough
		}
	}
	return r, nil
}

// median of figures; 0 of none.
func median(figures []float64) float64 {
	if len(figures) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(figures))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}
