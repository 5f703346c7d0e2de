// Command bench measures what the product promises, side by side with the plain way of doing the same: same machine, same minute,
// same database, load and server together. It prints medians of alternating rounds and their ratios; absolute figures belong to the
// machine, ratios to the product.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"strconv"
	"time"

	"github.com/alecthomas/kong"

	"yousaid/cmd/yousaid/site"
)

// bench is what can be asked for on the command line.
type bench struct {
	Rounds  int           `help:"Rounds in which the ways take turns." default:"3"`
	Time    time.Duration `help:"How long each way is measured in each round." default:"2s"`
	Full    bool          `help:"The long measurement: at least 7 rounds of 8 seconds." env:"FULL"`
	Dir     string        `help:"Where the throw-away database is made; the disk under it is part of what is measured." default:"" placeholder:"FOLDER"`
	Only    string        `help:"Measure only send, show, search, stuffing, export, attack (tables and sequences) or sequences." enum:",send,show,search,stuffing,export,attack,sequences" default:""`
	Tables  int           `help:"How many tables are generated and attacked." default:"10000"`
	Follow  int           `help:"How many sequences of releases are attacked together." default:"1000" name:"sequences"`
	First   uint64        `help:"The seed of the first sequence: 1000 sequences are measured in pieces with --first 0 --sequences 250, --first 250 --sequences 250 and so on." default:"0"`
	Seeds   []uint64      `help:"Attack the sequences of these seeds only, and print each of them." placeholder:"101,188"`
	Workers int           `help:"How many sequences are attacked at the same time." default:"${workers}"`
	Rows    int           `help:"How many responses are exported." default:"1000000"`
	Connect []int         `help:"Numbers of connections." default:"64,256"`
	Profile string        `help:"Write a processor profile of this program there, for go tool pprof." placeholder:"FILE"`
}

func main() {
	if os.Getenv(asked) != "" {
		if err := beCustomers(); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	var b bench
	kong.Parse(&b, kong.Name("bench"), kong.Description("Measures sending and showing a form against the plain way of doing the "+
		"same, and attacks protected tables."), kong.Vars{"workers": strconv.Itoa(runtime.NumCPU())})
	if b.Full {
		b.Rounds, b.Time = max(b.Rounds, 7), max(b.Time, 8*time.Second)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := b.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (b *bench) run(ctx context.Context) (err error) {
	switch b.Only {
	case "attack":
		return errors.Join(b.attack(ctx), b.sequences(ctx))
	case "sequences":
		return b.sequences(ctx)
	}
	site.UseMemory()
	p, err := openPlace(ctx, b.Dir)
	if err != nil {
		return err
	}
	defer func() {
		if e := p.close(); err == nil {
			err = e
		}
	}()
	if b.Profile != "" {
		f, err := os.Create(b.Profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	fmt.Printf("%s; %d rounds of %s each way\n\n", p.describe(ctx), b.Rounds, b.Time)
	switch b.Only {
	case "export":
		return b.export(ctx, p)
	case "stuffing":
		return b.stuffing(ctx, p)
	case "search":
		return b.search(ctx, p)
	}
	if b.Only != "show" {
		if err := b.send(ctx, p); err != nil {
			return err
		}
	}
	if b.Only != "send" {
		if err := b.show(ctx, p); err != nil {
			return err
		}
	}
	if b.Only == "" {
		if err := b.search(ctx, p); err != nil {
			return err
		}
		if err := b.stuffing(ctx, p); err != nil {
			return err
		}
		if err := b.export(ctx, p); err != nil {
			return err
		}
		return errors.Join(b.attack(ctx), b.sequences(ctx))
	}
	return nil
}
