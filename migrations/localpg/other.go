//go:build !linux

// Package localpg runs a private PostgreSQL inside a data folder. It does so on Linux only: elsewhere it says to bring a server.
package localpg

import (
	"context"
	"errors"
)

var errLinux = errors.New("the private PostgreSQL runs on Linux only; set DATABASE_URL to use a server of your own")

// Cluster never exists here.
type Cluster struct{}

// Start says that it cannot.
func Start(context.Context, string) (*Cluster, error) { return nil, errLinux }

// Start says that it cannot.
func (Options) Start(context.Context, string) (*Cluster, error) { return nil, errLinux }

// Attach says that it cannot.
func (Options) Attach(context.Context, string) (*Cluster, error) { return nil, errLinux }

func (*Cluster) DSN(role, database string) string { return "" }
func (*Cluster) OwnerDSN() string                 { return "" }
func (*Cluster) AppDSN() string                   { return "" }
func (*Cluster) TabulateDSN() string              { return "" }
func (*Cluster) Runs() bool                       { return false }
func (*Cluster) PID() int                         { return 0 }
func (*Cluster) Done() <-chan struct{}            { return nil }
func (*Cluster) Err() error                       { return errLinux }
func (*Cluster) Stop() error                      { return nil }
