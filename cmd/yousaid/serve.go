package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"yousaid/cmd/yousaid/site"
	"yousaid/surveys/responses"
)

type serveCommand struct {
	Listen
}

// Validate is called when the command line has been read.
func (c serveCommand) Validate() error { return c.Check() }

// Run serves until the program is told to stop.
func (c serveCommand) Run(ctx context.Context, cfg *Config, t terminal) error {
	log := cfg.logger(t)
	return serve(ctx, cfg, log, c.Listen, func(_ context.Context, _ *site.Site, address string) error {
		_, err := fmt.Fprintf(t.out, "Yousaid answers on %s. Stop it with Ctrl-C.\n", address)
		return err
	})
}

// answerTime is how long a page may take: with what it costs to give up, everybody has an answer within five seconds, whatever the
// database does.
const answerTime = 3500 * time.Millisecond

// serve opens the database, answers on the address, calls ready with the address as people see it once all is there, and stops cleanly:
// requests first, then waiting answers, then the database.
func serve(ctx context.Context, cfg *Config, log *slog.Logger, at Listen,
	ready func(context.Context, *site.Site, string) error) (err error) {
	site.UseMemory()
	listener, err := listen(at.Listen)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	at.Listen = listener.Addr().String() // port 0 has become a real one
	opened, err := cfg.database(log).Serve(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	master, err := at.masterSecret()
	if err != nil {
		return err
	}
	counted, done, err := at.metrics(log)
	if err != nil {
		return err
	}
	defer done()
	s, err := site.Stores(opened.DB)
	if err != nil {
		return err
	}
	if err := s.Pages(ctx, site.Options{BaseURL: at.Address(), TrustedProxies: at.Proxy, Log: log,
		Collect: responses.Options{Log: log}, Ready: opened.Ready, Answers: opened.Answers, AnswerTime: answerTime, MasterSecret: master,
		SecurityContact: at.SecurityContact, Metrics: counted}); err != nil {
		return err
	}
	if opened.Private {
		if err := keepAddress(cfg.Data, at.Address()); err != nil {
			return err
		}
	}
	if err := ready(ctx, s, at.Address()); err != nil {
		return err
	}
	forgetting, stop := context.WithCancel(ctx)
	var behind sync.WaitGroup
	s.Jobs.Log = log
	behind.Go(func() { s.Forget(forgetting, log) })
	behind.Go(func() { s.Jobs.Run(forgetting) })
	defer func() { stop(); behind.Wait() }()
	served := make(chan error, 1)
	go func() { served <- s.Server.Serve(listener) }()
	select {
	case err = <-served:
	case <-opened.Lost():
		err = errors.New("the private PostgreSQL has ended and cannot be started again; see postgres.log in the data folder")
	case <-ctx.Done():
		log.Info("stopping")
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	return errors.Join(err, s.Server.Shutdown(last), s.Collector.Close(last))
}

// listen takes the address, or says why it cannot be had.
func listen(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	var dns *net.DNSError
	switch {
	case err == nil:
		return listener, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("another program answers on %s already: stop it, or choose another address with --listen", address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("this user may not answer on %s: choose a port from 1024 on with --listen, and let a proxy pass on what "+
			"comes to port 80 or 443", address)
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.As(err, &dns):
		return nil, fmt.Errorf("this machine does not have the address %s: choose one of its own with --listen, for example "+
			"127.0.0.1:8080", address)
	}
	return nil, fmt.Errorf("cannot answer on %s (%w): choose another address with --listen", address, err)
}

// addressFile stands in the data folder and holds the address of the site that was last served from it, for commands that print links.
const addressFile = "address"

func keepAddress(data, address string) error {
	name := filepath.Join(data, addressFile)
	_ = os.Remove(name) // one that another user wrote can be taken away, not overwritten
	if err := os.WriteFile(name, []byte(address+"\n"), 0o644); err != nil {
		return fmt.Errorf("keeping the site's address: %w", err)
	}
	return nil
}

// keptAddress is the address of the site that was last served from the folder, or "".
func keptAddress(data string) string {
	kept, err := os.ReadFile(filepath.Join(data, addressFile))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(kept))
}

type healthCommand struct {
	Listen
}

// Run asks the running site, for a container's health check.
func (c healthCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	host, port, err := net.SplitHostPort(c.Listen.Listen)
	if err != nil {
		return c.Check()
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("the site does not answer on %s", request.URL.Host)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the site answers %s", answer.Status)
	}
	return nil
}

// metrics answers GET /metrics on an address of its own, until done is called; without the setting nothing is counted.
func (l Listen) metrics(log *slog.Logger) (counted *site.Metrics, done func(), err error) {
	if l.Metrics == "" {
		return nil, func() {}, nil
	}
	listener, err := listen(l.Metrics)
	if err != nil {
		return nil, nil, err
	}
	counted = site.NewMetrics()
	own := &http.Server{Handler: counted, ReadHeaderTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	go func() { _ = own.Serve(listener) }()
	log.Info("metrics are answered", "address", "http://"+listener.Addr().String()+"/metrics")
	return counted, func() { _ = own.Close() }, nil
}
