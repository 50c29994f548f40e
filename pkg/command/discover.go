package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cer-reliability/cer-datasource/pkg/discover"
)

// discoverFlags say which store is looked at, and what is proposed.
type discoverFlags struct {
	sourceFlags
	services, trust []string
	catalogName     string
	objective       float64
	weights, output string
	json            bool
}

// newDiscover returns the command that says what a store has, and proposes a catalog.
func newDiscover(env *Environment) *cobra.Command {
	var f discoverFlags
	cmd := &cobra.Command{
		Use: "discover", Short: "Find services in a store, and propose a catalog",
		Long: `discover recognises the metrics of well-known exporters by cer's presets, lists their services on
standard error, and writes a catalog with a flow for each of the busiest ones that users reach,
or for those that --service names. Bounds of latencies are bucket edges that the store has.
Nothing is changed.

The exit code is 0, 1 if nothing can be proposed, and 3 if the store can't be asked.`,
		Example: `  cer discover --store http://localhost:9090 > shop.yaml
  cer discover --store http://localhost:9090 --name shop -o shop.yaml --trust 'cluster="eu"'
  cer discover --store http://localhost:9090 --service istio/checkout --service checkout=postgres/shop`,
		Args: arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd.Context(), env) },
	}
	f.bindStore(cmd)
	flags := cmd.Flags()
	withVariables(flags)
	flags.StringArrayVar(&f.services, "service", nil, "service to make a flow of, as PRESET/SERVICE, or to add to a flow, as FLOW=PRESET/SERVICE; can be repeated")
	flags.StringArrayVar(&f.trust, "trust", nil, "matcher that all series must have, such as 'cluster=\"eu\"'; can be repeated")
	flags.StringVar(&f.catalogName, "name", discover.DefaultName, "name of the catalog")
	flags.Float64Var(&f.objective, "objective", discover.DefaultObjective, "objective of the flows, to start with")
	flags.StringVar(&f.weights, "weights", string(discover.ByTraffic), "weights of the flows: traffic or equal")
	flags.StringVarP(&f.output, "output", "o", "", "file to write the catalog to, instead of standard output")
	flags.BoolVar(&f.json, "json", false, "print JSON")
	complete(cmd, "weights", string(discover.ByTraffic), string(discover.Equal))
	return cmd
}

// run asks the store and writes what is proposed.
func (f *discoverFlags) run(ctx context.Context, env *Environment) error {
	if f.store == "" {
		return errors.New("there is no store to ask; name its address with --store")
	}
	request, err := f.request()
	if err != nil {
		return err
	}
	client, secrets, err := f.storeClient()
	if err != nil {
		return err
	}
	store, err := f.newStore(env, client, secrets)
	if err != nil {
		return inFlags(err)
	}
	defer store.Close()
	answer, err := discover.Run(ctx, store, request, env.Now())
	if err != nil {
		return inFlags(err)
	}
	for i := range answer.Issues {
		answer.Issues[i].Message = flagNames.Replace(answer.Issues[i].Message)
	}
	if err := f.write(env, answer); err != nil {
		return err
	}
	if answer.Definition == "" {
		return exitErrors
	}
	return nil
}

// request returns what is asked for.
func (f *discoverFlags) request() (discover.Request, error) {
	r := discover.Request{Name: f.catalogName, Objective: &f.objective, Weights: discover.Weights(f.weights), Trust: f.trust}
	for _, text := range f.services {
		preset, service, ok := strings.Cut(text, "/")
		if !ok {
			return r, fmt.Errorf("--service is %q; write PRESET/SERVICE, such as istio/checkout, or FLOW=PRESET/SERVICE to add its SLIs to a flow", text)
		}
		choice := discover.Choice{Preset: preset, Service: service}
		if flow, preset, ok := strings.Cut(preset, "="); ok {
			choice.Flow, choice.Preset = flow, preset
		}
		r.Services = append(r.Services, choice)
	}
	return r, nil
}

// write writes the definition, what was found, and what is to be said of it.
func (f *discoverFlags) write(env *Environment, answer *discover.Answer) error {
	if f.output != "" && answer.Definition != "" {
		if err := os.WriteFile(f.output, []byte(answer.Definition), 0o644); err != nil {
			return err
		}
	}
	if f.json {
		return writeJSON(env.Stdout, answer)
	}
	if f.output == "" {
		if _, err := io.WriteString(env.Stdout, answer.Definition); err != nil {
			return err
		}
	}
	if services := servicesOf(answer); len(services.rows) > 0 {
		if err := services.writeTable(env.Stderr, env.Width); err != nil {
			return err
		}
	}
	for _, i := range answer.Issues {
		line := i.Severity + ": " + i.Message
		if i.Preset != "" {
			line = i.Severity + ": " + i.Preset + ": " + i.Message
		}
		fmt.Fprintln(env.Stderr, printable(line))
	}
	_, err := fmt.Fprintf(env.Stderr, "%s recognised by %s; %s with %s proposed\n",
		count(len(answer.Presets), "preset"), count(answer.Questions, "question"), count(answer.Flows, "flow"), count(answer.SLIs, "SLI"))
	return err
}

// maxRows is the number of services of a preset in the table, beside those that are proposed.
const maxRows = 5

// servicesOf returns the busiest services of presets as rows of a table, and how many there are else.
func servicesOf(found *discover.Answer) *answer {
	a := &answer{columns: []column{{name: "preset"}, {name: "service", isText: true}, {name: "events/s", unit: "reqps"}, {name: "SLIs", isText: true}, {name: "proposed"}}}
	for _, p := range found.Presets {
		left := p.More
		for i, s := range p.Services {
			if i >= maxRows && !s.Proposed {
				left++
				continue
			}
			r := row{"preset": p.Name, "service": s.Name, "SLIs": strings.Join(s.SLIs, ", "), "proposed": ""}
			if s.EventsPerSecond != nil {
				r["events/s"] = *s.EventsPerSecond
			}
			if s.Proposed {
				r["proposed"] = "yes"
			}
			a.rows = append(a.rows, r)
		}
		if left > 0 {
			a.rows = append(a.rows, row{"preset": p.Name, "service": fmt.Sprintf("and %d more", left), "SLIs": "", "proposed": ""})
		}
	}
	if !slices.ContainsFunc(a.rows, func(r row) bool { return r["proposed"] != "" }) {
		a.columns = a.columns[:len(a.columns)-1]
	}
	return a
}
