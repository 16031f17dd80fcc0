// Command dure is the back end of a city's volunteer service: one program that serves the API and keeps its own house.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"
)

// version is set by -ldflags "-X main.version=…".
var version = "dev"

func main() {
	ctx, stop := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		stop()
		<-signals // who asks twice does not want to wait
		os.Exit(1)
	}()
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

// command is one thing the program does.
type command struct {
	name, args, about string
	run               func(ctx context.Context, sh shell, args []string) error
}

func commands() []command {
	return []command{
		{"serve", "[--demo]", "answer requests until a signal comes", serve},
		{"demo", "[--scale S]", "fill an empty database with a made-up city", fillDemo},
		{"migrate", "", "bring the database to the newest schema", migrate},
		{"import", importables() + " FILE", "read reference data and listings from a file", importFile},
		{"admin", "create --login LOGIN", "make an account that administers the service", admin},
		{"keys", "rotate", "sign tokens with a new key", keys},
		{"verify", "", "prove that the books are right, or name the rows that are not", verify},
		{"rebuild", "", "make all sums and figures anew from the ledger", rebuild},
		{"backup", "FILE", "copy a SQLite database, running or not, into a new file", backup},
		{"routes", "", "list all routes and who may call them", routes},
		{"version", "", "print the version", printVersion},
	}
}

// shell is the world that a command runs in.
type shell struct {
	environ  []string
	in       io.Reader
	out, err io.Writer
}

// errUsage is the end of a command that was called in a wrong way; what was wrong has been told.
var errUsage = errors.New("wrong usage")

// run is the whole program but for the process around it; it returns the exit code:
// 0 for success, 1 for failure, 2 for a wrong call.
func run(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	sh := shell{environ, stdin, stdout, stderr}
	if len(args) == 0 {
		help(stderr)
		return 2
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		if len(args) == 2 && args[0] == "help" {
			args = []string{args[1], "-h"}
			break
		}
		help(stdout)
		return 0
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return exitCode(c.run(ctx, sh, args[1:]), stderr)
		}
	}
	fmt.Fprintf(stderr, "dure: there is no command %q\n\n", args[0])
	help(stderr)
	return 2
}

func exitCode(failure error, stderr io.Writer) int {
	switch {
	case failure == nil, errors.Is(failure, flag.ErrHelp):
		return 0
	case errors.Is(failure, errUsage):
		return 2
	}
	fmt.Fprintln(stderr, "dure:", tell(failure))
	return 1
}

func help(w io.Writer) {
	fmt.Fprint(w, "dure is the back end of a city's volunteer service.\n\nusage: dure COMMAND [FLAGS]\n\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(table, "  %s\t%s\n", strings.TrimSpace(c.name+" "+c.args), c.about)
	}
	table.Flush()
	fmt.Fprint(w, "\ndure COMMAND -h lists the flags of a command. Every flag can be set in the environment, too:\n"+
		"--database-url as DURE_DATABASE_URL.\n")
}

// call is how a command was called.
type call struct {
	*flag.FlagSet
	settings settings
	sh       shell
	takes    []string // names of the positional arguments
}

// called prepares to read a command's arguments; flags of its own may be added before load.
func (sh shell) called(name string, takes ...string) *call {
	c := &call{flag.NewFlagSet("dure "+name, flag.ContinueOnError), readSettings(sh.environ), sh, takes}
	c.SetOutput(io.Discard)
	if name != "serve" { // what a command did, it prints
		c.quiet()
	}
	c.settings.flags(c.FlagSet)
	return c
}

// quiet leaves only warnings in the log, unless something else is set.
func (c *call) quiet() {
	c.settings.setDefault("LOG_LEVEL", "warn")
	c.settings.setDefault("LOG_FORMAT", "text")
}

// load reads flags, positional arguments and configuration.
func (c *call) load(args []string) (config, []string, error) {
	positional := []string{}
	for {
		if err := c.Parse(args); err != nil {
			return config{}, nil, c.refuse(err)
		}
		if c.NArg() == 0 {
			break
		}
		positional, args = append(positional, c.Arg(0)), c.Args()[1:]
	}
	if len(positional) != len(c.takes) {
		return config{}, nil, c.refuse(fmt.Errorf("%d arguments where %d are needed", len(positional), len(c.takes)))
	}
	if f := c.Lookup("demo"); f != nil && f.Value.String() == "true" { // people look on
		c.quiet()
	}
	cfg, err := c.settings.load()
	return cfg, positional, err
}

// refuse tells how the command is called: because somebody asked, or because he got it wrong.
func (c *call) refuse(err error) error {
	usage := strings.Join(append([]string{"usage:", c.Name(), "[FLAGS]"}, c.takes...), " ")
	if !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(c.sh.err, "%s: %v\n%s\n%s -h lists the flags\n", c.Name(), err, usage, c.Name())
		return errUsage
	}
	fmt.Fprintf(c.sh.out, "%s\n\n", usage)
	c.SetOutput(c.sh.out)
	c.PrintDefaults()
	return err
}

func printVersion(_ context.Context, sh shell, _ []string) error {
	_, err := fmt.Fprintln(sh.out, "dure", version)
	return err
}
