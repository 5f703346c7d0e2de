package main

import "context"

func (b *bench) show(ctx context.Context, p *place) error { return nil }
