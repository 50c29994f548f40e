package command

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/importer"
)

// importFlags say how files of other tools are imported.
type importFlags struct {
	importer.Options
	period       model.Duration
	output       string
	json, strict bool
}

// newImport returns the command that imports the files of other tools.
func newImport(env *Environment) *cobra.Command {
	f := importFlags{period: model.Duration(30 * 24 * time.Hour)}
	cmd := &cobra.Command{
		Use:   "import FILE|FOLDER...",
		Short: "Convert Sloth, Pyrra and OpenSLO files into a catalog",
		Long: `import reads files of Sloth (prometheus/v1, PrometheusServiceLevel), Pyrra
(ServiceLevelObjective) and OpenSLO v1, and writes one catalog: a flow for each service, an SLI
for each objective, and their alerts as policies. In a folder it reads the files that end in
.yaml or .yml; - is standard input. It does not ask a store.

Everything that was not imported as it is, is listed on standard error with file, line and
replacement. The exit code is 0 if all objectives are in the catalog (with --strict: if
nothing is listed), 1 if some are not, and 3 if something could not be read.`,
		Example: `  cer import slos.yaml > shop.yaml
  cer import --name shop -o shop.yaml sloth/ pyrra/
  kubectl get slo -A -o yaml | cer import --recorded - > shop.yaml`,
		Args: arguments(1, -1, "a file or a folder to import"),
		RunE: func(_ *cobra.Command, paths []string) error { return f.run(env, paths) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.output, "output", "o", "", "file to write the catalog to, instead of standard output")
	flags.StringVar(&f.Name, "name", "", "name of the catalog; by default that of its only service, or imported")
	flags.BoolVar(&f.Recorded, "recorded", false, "read the series that Sloth and Pyrra record, to run both tools side by side")
	flags.Var(&f.period, "sloth-period", "period of Sloth's objectives, as its --default-slo-period")
	flags.BoolVar(&f.json, "json", false, "print JSON")
	flags.BoolVar(&f.strict, "strict", false, "exit with 1 if anything is listed")
	return cmd
}

// run imports files.
func (f *importFlags) run(env *Environment, paths []string) error {
	if f.period <= 0 {
		return errors.New("--sloth-period is a duration above 0, such as 28d")
	}
	f.SlothPeriod = time.Duration(f.period)
	read := readDefinitions(paths, env.Stdin)
	result := importer.Import(f.Options, read.sources...)
	if err := f.write(env, result, len(read.sources)); err != nil {
		return err
	}
	for _, text := range read.unread {
		fmt.Fprintln(env.Stderr, "cer: "+text)
	}
	isLost := func(i definition.Issue) bool { return !i.Warning }
	switch {
	case len(read.unread) > 0:
		return exitNotAsked
	case slices.ContainsFunc(result.Issues, isLost), f.strict && len(result.Issues) > 0:
		return exitErrors
	default:
		return nil
	}
}

// write writes the definition that was made of a number of files, and what is to be said of it.
func (f *importFlags) write(env *Environment, result importer.Result, files int) error {
	if f.output != "" && result.YAML != nil {
		if err := os.WriteFile(f.output, result.YAML, 0o644); err != nil {
			return err
		}
	}
	if f.json {
		return writeJSON(env.Stdout, result.Answer())
	}
	if f.output == "" {
		if _, err := env.Stdout.Write(result.YAML); err != nil {
			return err
		}
	}
	for _, i := range result.Issues {
		fmt.Fprintln(env.Stderr, humanLine(i))
	}
	_, err := fmt.Fprintf(env.Stderr, "%s with %s imported from %s: %s\n",
		count(result.Flows, "flow"), count(result.SLIs, "SLI"), count(files, "file"), count(len(result.Issues), "issue"))
	return err
}
