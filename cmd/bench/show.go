package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// show measures the first page of a form, each with a token of its own, against a handler that writes as many constant bytes under
// the same headers.
func (b *bench) show(ctx context.Context, p *place) error {
	c, err := p.council(ctx)
	if err != nil {
		return err
	}
	site, err := handler(ctx, p, nothing{})
	if err != nil {
		return err
	}
	if err := p.publishItems(ctx, c); err != nil {
		return err
	}
	for _, one := range []struct{ title, name, path string }{
		{"Showing a form", "first page (Yousaid)", "/f/" + c.code},
		{"Showing what was done", "you said, we did (Yousaid)", "/" + c.slug + "/you-said-we-did"},
	} {
		if err := b.showOne(ctx, p, site, one.title, one.name, one.path); err != nil {
			return err
		}
	}
	return nil
}

// showOne measures one page that the site has in memory.
func (b *bench) showOne(ctx context.Context, p *place, site http.Handler, title, name, path string) error {
	constant, bytes, err := constantOf(site, path)
	if err != nil {
		return err
	}
	names := []string{name, "as many constant bytes"}
	handlers := []http.Handler{site, constant}
	fmt.Printf("\n%s: GET %s, %d bytes\n", title, path, bytes)
	for _, connections := range b.Connect {
		results := make([][]result, len(names))
		for round := range b.Rounds {
			for turn := range names {
				i := (round + turn) % len(names)
				err := serving(handlers[i], func(addr string) error {
					r, err := customers{Addr: addr, Connections: connections, Measure: b.Time, PIDs: p.pids(), Show: path}.send(ctx)
					results[i] = append(results[i], r)
					return err
				})
				if err != nil {
					return fmt.Errorf("%s, %d connections: %w", names[i], connections, err)
				}
			}
		}
		fmt.Printf("\n%d connections\n", connections)
		printTable(names, results)
		printRatio("to constant bytes", results[0], results[1], 0.6)
	}
	return nil
}

// constantOf gives a handler that answers with the same headers and as many bytes as the site does for the path.
func constantOf(site http.Handler, path string) (h http.Handler, size int, err error) {
	var header http.Header
	var body []byte
	err = serving(site, func(addr string) error {
		req, err := http.NewRequest("GET", "http://"+addr+path, nil)
		if err != nil {
			return err
		}
		req.Header.Set("Accept-Encoding", "identity")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		header = res.Header.Clone()
		if body, err = io.ReadAll(res.Body); err == nil && res.StatusCode != http.StatusOK {
			err = fmt.Errorf("GET %s: status %d", path, res.StatusCode)
		}
		return err
	})
	header.Del("Date")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, values := range header {
			w.Header()[name] = values
		}
		w.Write(body)
	}), len(body), err
}
