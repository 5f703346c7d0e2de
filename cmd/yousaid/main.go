// Command yousaid is the feedback and satisfaction survey platform: the site, and everything an administrator does at the keyboard.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/alecthomas/kong"

	"yousaid/analytics/attack"
	"yousaid/surveys/tablefile"
)

// version is set when the program is built.
var version = "development"

// Exit codes: what scripts can rely on.
const (
	exitDone   = 0
	exitFailed = 1 // the command was understood and could not be done; the reason is on standard error
	exitUsage  = 2 // the command was not understood
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// commands is the whole command line. The names are a contract: scripts use them.
type commands struct {
	Config

	Serve   serveCommand   `cmd:"" help:"Run the site."`
	Demo    demoCommand    `cmd:"" help:"Run the site with a made-up council in it, to look around. Answers on this machine only."`
	Org     orgCommands    `cmd:"" name:"organisation" help:"Councils and partners."`
	User    userCommands   `cmd:"" help:"People who sign in."`
	Catalog catalogueGroup `cmd:"" name:"catalogue" help:"Directorates and services."`
	Survey  surveyCommands `cmd:"" help:"Questionnaires."`
	Link    linkCommands   `cmd:"" help:"Feedback links."`
	Answers answerCommands `cmd:"" name:"responses" help:"What people answered."`
	Table   tableCommand   `cmd:"" help:"Count answers: a table by channel, service, month or group of people."`
	Attack  attackCommand  `cmd:"" help:"Try to work out what published tables hide, as an outsider would."`
	Migrate migrateGroup   `cmd:"" help:"The shape of the database."`
	Show    configCommand  `cmd:"" name:"config" help:"Print the settings in use. Passwords are hidden."`
	Health  healthCommand  `cmd:"" name:"healthcheck" hidden:"" help:"Ask a running site whether it is well; for containers."`

	Version kong.VersionFlag `help:"Print the version." group:"Settings of every command:"`
}

// terminal is where a command reads and writes.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

// Run parses and runs one command line and returns its exit code. Tests call it as main does.
func Run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	var c commands
	done, usage := -1, out
	if len(args) == 0 {
		args, usage = []string{"--help"}, errs // not understood: nothing on standard output
	}
	parser, err := kong.New(&c,
		kong.Name("yousaid"),
		kong.Description("Feedback and satisfaction surveys for councils: ask, understand, and say what changed.\n\nTo look around: "+
			"yousaid demo. To begin for real: yousaid serve, then yousaid organisation add."),
		kong.Vars{"version": version, "table_formats": tablefile.Names(tablefile.Format.HoldsFigures),
			"threshold": strconv.Itoa(attack.Threshold)},
		kong.Writers(usage, errs),
		kong.Exit(func(code int) { done = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: false}),
	)
	if err != nil {
		_, _ = fmt.Fprintln(errs, "yousaid:", err)
		return exitUsage
	}
	parsed, err := parser.Parse(args)
	switch {
	case usage == errs && done == exitDone:
		return exitUsage
	case done >= 0:
		return done // --help or --version has been printed
	case err != nil:
		_, _ = fmt.Fprintln(errs, "yousaid:", explain(err))
		return exitUsage
	}
	if err := c.Config.Check(); err != nil {
		_, _ = fmt.Fprintln(errs, "yousaid:", err)
		return exitUsage
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(&c.Config, terminal{in, out, errs})
	if err == nil {
		return exitDone
	}
	_, _ = fmt.Fprintln(errs, "yousaid:", asTyped(sentence(err)))
	var f failure
	if errors.As(err, &f) {
		return f.code
	}
	return exitFailed
}
