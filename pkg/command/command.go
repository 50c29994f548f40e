package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Environment is what the command needs of the machine.
type Environment struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Getenv returns the value of an environment variable, "" where it is not set.
	Getenv func(name string) string
	// Now returns the time, and Sleep waits for some, or until ctx is done.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration)
	// Width is the number of columns of the terminal that Stdout is; 0 where it is none.
	Width int
	// Version is that of the command.
	Version string
}

// exitCode is the error of a command that has said what there is to say, and ends with a code.
type exitCode int

// The codes with which commands end, beside 0.
const (
	// exitErrors: what was looked at has errors.
	exitErrors exitCode = 1
	// exitInconclusive: a gate can't say yet.
	exitInconclusive exitCode = 2
	// exitNotAsked: the question could not be asked, or not answered.
	exitNotAsked exitCode = 3
)

// Error returns the code as text.
func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// Run runs the command with arguments, without its name, and returns the code to end with: 0, 1 where errors were found or a gate fails,
// 2 where a gate is inconclusive, and 3 where something could not be read or asked, arguments included.
func Run(ctx context.Context, args []string, env Environment) int {
	root := newRoot(&env)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var code exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	default:
		fmt.Fprintf(env.Stderr, "cer: %v\n", err)
		return int(exitNotAsked)
	}
}

// newRoot returns the command with all of its subcommands.
func newRoot(env *Environment) *cobra.Command {
	root := &cobra.Command{
		Use:   "cer",
		Short: "Customer Experience Reliability on the command line",
		Long: `cer checks, compares, imports and proposes catalogs, and prints scores, states and incidents: from a
Prometheus-compatible store (--catalog and --store), or from a Grafana that has the data
source (--grafana and --datasource).

The exit code is 0 if all is well, 1 if errors were found or a gate fails, 2 if a gate is
inconclusive, and 3 if something could not be read or asked.`,
		SilenceErrors: true, SilenceUsage: true,
	}
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; `%s --help` lists the flags", err, cmd.CommandPath())
	})
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return readVariables(cmd.Flags(), env.Getenv) }
	root.AddCommand(newCheck(env), newExpand(env), newScore(env), newStatus(env), newIncidents(env), newIncident(env), newGate(env), newDiscover(env), newCalibrate(env), newBacktest(env),
		newDiff(env), newPreset(env), newImport(env), newVersion(env))
	return root
}

// newVersion returns the command that prints the version.
func newVersion(env *Environment) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Example: "  cer version", Args: arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(env.Stdout, "cer %s\n", env.Version)
			return err
		},
	}
}

// arguments returns the check that a command has from least to most arguments, any number of them where most is negative.
func arguments(least, most int, needed string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || most >= 0 && len(args) > most {
			return fmt.Errorf("`%s` needs %s, and has %d; `%s --help` shows examples", cmd.CommandPath(), needed, len(args), cmd.CommandPath())
		}
		return nil
	}
}

// variable is the annotation of flags that have an environment variable, whose name is its value.
const variable = "variable"

// withVariables gives each flag an environment variable, CER_STORE to the flag store.
func withVariables(flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		name := "CER_" + strings.NewReplacer("-", "_", ".", "_").Replace(strings.ToUpper(f.Name))
		f.Annotations = map[string][]string{variable: {name}}
		f.Usage += " [$" + name + "]"
	})
}

// unlessStated has the flags whose variable does not count where another flag is stated: whom to ask is stated by either.
var unlessStated = map[string]string{"store": "grafana", "catalog": "grafana", "grafana": "store"}

// readVariables sets the flags that were not stated from their environment variables. A variable of a flag that may be repeated
// has a value a line.
func readVariables(flags *pflag.FlagSet, getenv func(string) string) error {
	stated := map[string]bool{}
	flags.Visit(func(f *pflag.Flag) { stated[f.Name] = true })
	var errs []error
	flags.VisitAll(func(f *pflag.Flag) {
		if len(f.Annotations[variable]) == 0 || stated[f.Name] || stated[unlessStated[f.Name]] {
			return
		}
		name := f.Annotations[variable][0]
		for value := range strings.Lines(getenv(name)) {
			if err := flags.Set(f.Name, strings.TrimSpace(value)); err != nil {
				errs = append(errs, fmt.Errorf("the environment variable %s can't be used: %w", name, err))
			}
		}
	})
	return errors.Join(errs...)
}
