package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"yousaid/cmd/yousaid/site"
)

type serveCommand struct {
	Listen
}

// Validate is called when the command line has been read.
func (c serveCommand) Validate() error { return c.Check() }

// Run serves until the program is told to stop.
func (c serveCommand) Run(ctx context.Context, cfg *Config, t terminal) error {
	log := cfg.logger(t)
	return serve(ctx, cfg, log, c.Listen, func(context.Context, *site.Site) error {
		_, err := fmt.Fprintf(t.out, "Yousaid answers on %s. Stop it with Ctrl-C.\n", c.Address())
		return err
	})
}

// serve opens the database, answers on the address, calls ready once it does, and stops cleanly: requests first, then waiting answers, then
// the database.
func serve(ctx context.Context, cfg *Config, log *slog.Logger, at Listen, ready func(context.Context, *site.Site) error) (err error) {
	listener, err := net.Listen("tcp", at.Listen)
	if err != nil {
		return fmt.Errorf("cannot answer on %s: %w. Choose another address with --listen", at.Listen, err)
	}
	defer func() { _ = listener.Close() }()
	opened, err := cfg.database(log).Serve(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	s, err := site.Stores(opened.DB)
	if err != nil {
		return err
	}
	if err := s.Pages(ctx, site.Options{BaseURL: at.Address(), TrustedProxies: at.Proxy, Log: log, Ready: opened.Ready}); err != nil {
		return err
	}
	if err := ready(ctx, s); err != nil {
		return err
	}
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
		return fmt.Errorf("the site does not answer: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the site answers %s", answer.Status)
	}
	return nil
}
