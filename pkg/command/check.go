package command

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
)

// outputs are the formats in which check writes issues, by their names.
var outputs = map[string]func(io.Writer, checkReport) error{
	"human": writeHuman, "json": writeIssuesJSON, "sarif": writeSARIF, "github": writeGitHub,
}

// outputNames are those of outputs, as they are offered.
var outputNames = []string{"human", "json", "sarif", "github"}

// checkReport is what check writes.
type checkReport struct {
	checked
	files int
	// version is that of the command.
	version string
}

// newCheck returns the command that checks definitions.
func newCheck(env *Environment) *cobra.Command {
	var output string
	var strict bool
	cmd := &cobra.Command{
		Use:   "check FILE|FOLDER...",
		Short: "Check catalogs",
		Long: `check reads catalogs and lists all of their errors and warnings, with line and column. In a
folder it reads the files that end in .yaml or .yml; - is standard input. It does not ask a
store.

The exit code is 0 if there are no errors (with --strict: no warnings either), 1 if there are
some, and 3 if something could not be read.`,
		Example: `  cer check shop.yaml
  cer check --strict definitions/
  helm template shop | yq .data.shop | cer check -
  cer check --output sarif definitions/ > cer.sarif`,
		Args: arguments(1, -1, "a file or a folder to check"),
		RunE: func(_ *cobra.Command, paths []string) error {
			write, ok := outputs[output]
			if !ok {
				return fmt.Errorf("--output is %q; it can be %s", output, list.Or(outputNames))
			}
			return runCheck(env, paths, strict, write)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "human", "format: "+list.Or(outputNames))
	cmd.Flags().BoolVar(&strict, "strict", false, "treat warnings as errors")
	complete(cmd, "output", outputNames...)
	return cmd
}

// complete has a shell complete the values of a flag.
func complete(cmd *cobra.Command, flag string, values ...string) {
	if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic("the flag is one of the command's: " + err.Error())
	}
}

// runCheck checks what paths name, and writes what it found.
func runCheck(env *Environment, paths []string, strict bool, write func(io.Writer, checkReport) error) error {
	read := readDefinitions(paths, env.Stdin)
	report := checkReport{checked: check(read.sources), files: len(read.sources), version: env.Version}
	if err := write(env.Stdout, report); err != nil {
		return err
	}
	for _, text := range read.unread {
		fmt.Fprintln(env.Stderr, "cer: "+text)
	}
	switch {
	case len(read.unread) > 0:
		return exitNotAsked
	case report.issues.Faulty(), strict && len(report.issues) > 0:
		return exitErrors
	default:
		return nil
	}
}

// severity returns what an issue is called: what withholds a flow's score is an error, be it that the catalog loads.
func severity(i definition.Issue) string {
	if i.Warning {
		return "warning"
	}
	return "error"
}

// message returns what an issue says, with the place in the document and the text that stands there.
func message(i definition.Issue) string {
	text := i.Message
	if i.Path != "" {
		text = i.Path + ": " + text
	}
	if i.Text != "" {
		text += " (here: " + i.Text + ")"
	}
	return text
}

// humanLine returns an issue on one line, as compilers print it.
func humanLine(i definition.Issue) string {
	at := ""
	if i.File != "" {
		at = fmt.Sprintf("%s:%d:%d: ", i.File, i.Line, i.Column)
	}
	return printable(at + severity(i) + ": " + message(i))
}

// writeHuman writes a line an issue, and a summary.
func writeHuman(w io.Writer, r checkReport) error {
	for _, i := range r.issues {
		fmt.Fprintln(w, humanLine(i))
	}
	warnings := len(slices.DeleteFunc(slices.Clone(r.issues), func(i definition.Issue) bool { return !i.Warning }))
	_, err := fmt.Fprintf(w, "%s in %s: %s, %s\n", count(len(r.names), "catalog"), count(r.files, "file"),
		count(len(r.issues)-warnings, "error"), count(warnings, "warning"))
	return err
}

// count returns a number of things, such as 2 files.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// issueJSON is an issue as JSON.
type issueJSON struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Severity string `json:"severity"`
	Path     string `json:"path,omitempty"`
	Message  string `json:"message"`
	Text     string `json:"text,omitempty"`
}

// catalogJSON is a catalog as JSON.
type catalogJSON struct {
	Name     string `json:"name"`
	Revision string `json:"revision"`
	Flows    int    `json:"flows"`
}

// writeIssuesJSON writes issues and catalogs as JSON.
func writeIssuesJSON(w io.Writer, r checkReport) error {
	all := struct {
		Catalogs []catalogJSON `json:"catalogs"`
		Issues   []issueJSON   `json:"issues"`
	}{[]catalogJSON{}, []issueJSON{}}
	for _, c := range r.catalogs {
		all.Catalogs = append(all.Catalogs, catalogJSON{Name: c.Name, Revision: c.Revision, Flows: len(c.Flows)})
	}
	for _, i := range r.issues {
		all.Issues = append(all.Issues, issueJSON{i.File, i.Line, i.Column, severity(i), i.Path, i.Message, i.Text})
	}
	return writeJSON(w, all)
}

// writeGitHub writes issues as the commands by which GitHub Actions annotates files.
func writeGitHub(w io.Writer, r checkReport) error {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, i := range r.issues {
		_, err := fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d::%s\n", severity(i), property.Replace(i.File), i.Line, i.Column, data.Replace(message(i)))
		if err != nil {
			return err
		}
	}
	return nil
}
