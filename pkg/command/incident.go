package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/cer-reliability/cer-datasource/pkg/postmortem"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// incidentFlags say which incident is asked for, and how its report is printed.
type incidentFlags struct {
	sourceFlags
	where      []string
	to         string
	last, json bool
}

// newIncident returns the command that prints the report of an incident.
func newIncident(env *Environment) *cobra.Command {
	var f incidentFlags
	cmd := &cobra.Command{
		Use: "incident FLOW [START]", Short: "Print the report of an incident, for a postmortem",
		Long: `incident prints what is known about one incident of a flow, as a document in Markdown to complete:
timeline, scores and SLIs before, during and after it, what caused it, alerts, events near its
onset, error budget and revenue, and open questions. START is when it began, as "cer incidents"
prints it, or a time at which it was under way.`,
		Example: `  cer incident checkout --last --catalog shop.yaml --store http://localhost:9090 > postmortem.md
  cer incident checkout 2026-03-04T11:31:00Z -c shop.yaml --store http://localhost:9090 --json
  cer incident checkout --last --where region=eu --grafana https://grafana.example --datasource cer`,
		Args: arguments(1, 2, "the name of a flow, and the start of an incident or --last"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), env, args) },
	}
	f.bind(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&f.where, "where", nil, "cohort to limit to, such as region=eu; can be repeated")
	flags.StringVar(&f.to, "to", "", "end of the evaluated time, at which the error budget is reported; by default an hour after the end of the incident")
	flags.BoolVar(&f.last, "last", false, "print the newest incident of the last 28 days")
	flags.BoolVar(&f.json, "json", false, "print JSON")
	return cmd
}

// run asks for a report, and prints it.
func (f *incidentFlags) run(ctx context.Context, env *Environment, args []string) error {
	start, err := f.start(args, env.Now())
	if err != nil {
		return err
	}
	parameters, err := f.parameters(env.Now())
	if err != nil {
		return err
	}
	asked, err := f.open(ctx, env)
	if err != nil {
		return err
	}
	defer asked.close()
	report, err := asked.incident(ctx, args[0], start, parameters)
	if err != nil {
		return err
	}
	if f.json {
		return writeJSON(env.Stdout, report)
	}
	_, err = io.WriteString(env.Stdout, report.Markdown())
	return err
}

// start returns the start that is asked for, as the data source reads it.
func (f *incidentFlags) start(args []string, now time.Time) (string, error) {
	switch {
	case f.last && len(args) == 2:
		return "", errors.New("--last is the newest incident; leave the start out")
	case f.last:
		return postmortem.Last, nil
	case len(args) < 2:
		return "", errors.New("there is no start of an incident; write a time as cer incidents prints it, such as 2026-03-04T12:00:00Z, or --last for the newest one")
	}
	at, err := timeOf("start", args[1], now)
	if err != nil {
		return "", fmt.Errorf("the start is %q; write a time (2026-03-04T12:00:00Z), a date, seconds since 1970, or how long ago (1h)", args[1])
	}
	return at.UTC().Format(time.RFC3339), nil
}

// parameters returns the cohorts to keep, and the newest time, as the data source reads them.
func (f *incidentFlags) parameters(now time.Time) (url.Values, error) {
	values := url.Values{}
	for _, text := range f.where {
		dimension, cohort, err := cohortOf(text)
		if err != nil {
			return nil, err
		}
		values.Add("filter", dimension+"|=|"+cohort)
	}
	if f.to == "" {
		return values, nil
	}
	at, err := timeOf("to", f.to, now)
	values.Set("to", at.UTC().Format(time.RFC3339))
	return values, err
}

// incident writes the report by the engine.
func (s *storeSource) incident(ctx context.Context, flow, start string, parameters url.Values) (*postmortem.Report, error) {
	asked, err := postmortem.ParseRequest(flow, start, parameters)
	if err != nil {
		return nil, err
	}
	report, err := postmortem.Write(ctx, s.engine, s.catalog, asked, s.now)
	if err != nil {
		return nil, inFlags(err)
	}
	return report, nil
}

// incident asks for the report by the data source's resource.
func (g *grafanaSource) incident(ctx context.Context, flow, start string, parameters url.Values) (*postmortem.Report, error) {
	status, body, err := g.send(ctx, http.MethodGet, g.resource("incidents", flow, start)+"?"+parameters.Encode(), nil)
	if err != nil {
		return nil, err
	}
	var answer struct {
		postmortem.Report
		Message string   `json:"message"`
		Nearest []string `json:"nearest"`
	}
	err = json.Unmarshal(body, &answer)
	switch {
	case err == nil && status == http.StatusOK && answer.State != "":
		return &answer.Report, nil
	case status == http.StatusBadRequest && answer.Message != "":
		return nil, &query.Invalid{Message: g.clean(answer.Message)}
	case status == http.StatusNotFound && answer.Nearest != nil: // Grafana itself names no incidents.
		return nil, errors.New(g.clean(answer.Message))
	default:
		return nil, g.fault(status, answer.Message)
	}
}
