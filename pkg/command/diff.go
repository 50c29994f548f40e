package command

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cer-reliability/cer-datasource/pkg/audit"
)

// newDiff returns the command that says what changes between two catalogs.
func newDiff(env *Environment) *cobra.Command {
	var name string
	var asJSON, exit bool
	cmd := &cobra.Command{
		Use: "diff OLD NEW", Short: "Show what changes between two catalogs",
		Long: `diff lists what a new catalog changes: flows and SLIs that are new or gone, weights, objectives,
windows, what is measured, policies and maintenance. Layout, comments and order do not count.
OLD and NEW are files or folders; one of them may be -, standard input.`,
		Example: `  cer diff shop.yaml shop-new.yaml
  git show main:shop.yaml | cer diff - shop.yaml
  cer diff --exit-code old/ new/ --name shop`,
		Args: arguments(2, 2, "two catalogs, an old and a new one,"),
		RunE: func(_ *cobra.Command, args []string) error {
			if args[0] == stdin && args[1] == stdin {
				return errors.New("standard input can be one of them only; write one of the catalogs into a file")
			}
			before, err := loadCatalog(args[0], name, env.Stdin)
			if err != nil {
				return err
			}
			after, err := loadCatalog(args[1], name, env.Stdin)
			if err != nil {
				return err
			}
			changes := audit.Compare(before.Catalog, after.Catalog)
			if err := writeChanges(env, changes, asJSON, before.Revision == after.Revision); err != nil {
				return err
			}
			if exit && len(changes) > 0 {
				return exitErrors
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&name, "name", "", "name of the catalog, if there are several")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	flags.BoolVar(&exit, "exit-code", false, "exit with 1 if anything changes")
	return cmd
}

// changeJSON is a change as JSON.
type changeJSON struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Field  string `json:"field,omitempty"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	New    bool   `json:"new,omitempty"`
	Gone   bool   `json:"gone,omitempty"`
	Text   string `json:"text"`
}

// writeChanges writes changes, a line each, or as JSON.
func writeChanges(env *Environment, changes []audit.Change, asJSON, same bool) error {
	if asJSON {
		all := []changeJSON{}
		for _, c := range changes {
			all = append(all, changeJSON{c.Kind, c.Name, c.Field, c.Before, c.After, c.New, c.Gone, c.String()})
		}
		return writeJSON(env.Stdout, all)
	}
	switch {
	case same:
		fmt.Fprintln(env.Stdout, "nothing changes")
	case len(changes) == 0:
		fmt.Fprintln(env.Stdout, "nothing changes, except the order")
	}
	for _, c := range changes {
		if _, err := fmt.Fprintln(env.Stdout, printable(c.String())); err != nil {
			return err
		}
	}
	return nil
}
