package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// send measures the three ways of storing what is sent.
func (b *bench) send(ctx context.Context, p *place) error {
	fmt.Printf("Sending a form: a rating (%.0f %% sent twice), %.0f %% with a comment on the next page\n", 100*againShare, 100*commentShare)
	for _, connections := range b.Connect {
		results := make([][]result, len(ways))
		forms, comments := 0, 0
		for round := range b.Rounds {
			for turn := range ways {
				i := (round + turn) % len(ways) // nobody always goes first
				r, f, c, err := sendOnce(ctx, p, ways[i], connections, b.Time)
				if err != nil {
					return fmt.Errorf("%s, %d connections: %w", ways[i].name, connections, err)
				}
				results[i] = append(results[i], r)
				if i == 0 {
					forms, comments = forms+f, comments+c
				}
			}
		}
		fmt.Printf("\n%d connections\n", connections)
		names := make([]string, len(ways))
		for i, w := range ways {
			names[i] = w.name
		}
		printTable(names, results)
		printRatio("to one INSERT per request", results[0], results[1], 2.5)
		printRatio("to nothing stored", results[0], results[2], 0.3)
		printTail(results[0], 4)
		fmt.Printf("  acknowledged = stored: %d responses, %d comments\n", forms, comments)
	}
	fmt.Println()
	return nil
}

// sendOnce runs one way for a while against a council of its own and checks that everything acknowledged is stored, once.
func sendOnce(ctx context.Context, p *place, w way, connections int, measure time.Duration) (r result, forms, comments int, err error) {
	if err := ctx.Err(); err != nil {
		return r, 0, 0, err
	}
	c, err := p.council(ctx)
	if err != nil {
		return r, 0, 0, err
	}
	to, done, err := w.open(ctx, p, c)
	if err != nil {
		return r, 0, 0, err
	}
	site, err := handler(ctx, p, to)
	if err != nil {
		return r, 0, 0, err
	}
	err = serving(site, func(addr string) (err error) {
		r, err = customers{Addr: addr, Connections: connections, Measure: measure, PIDs: p.pids(), Master: p.master,
			Org: c.org, Link: c.link, Version: c.version, Code: c.code}.send(ctx)
		return err
	})
	if e := done(); err == nil {
		err = e
	}
	if err != nil || !w.stores {
		return r, 0, 0, err
	}
	if forms, comments, err = p.stored(ctx, c.org); err != nil {
		return r, 0, 0, err
	}
	if int64(forms) != r.Forms || int64(comments) != r.Comments {
		return r, 0, 0, fmt.Errorf("%d responses and %d comments were acknowledged, %d and %d are stored", r.Forms, r.Comments, forms, comments)
	}
	return r, forms, comments, nil
}

// serving runs a handler on a port of its own while f measures it.
func serving(h http.Handler, f func(addr string) error) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &http.Server{Handler: h}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	err = f(l.Addr().String())
	s.Close()
	<-ended
	return err
}
