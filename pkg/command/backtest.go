package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cer-reliability/cer-datasource/pkg/replay"
)

// backtestDays is how many days a backtest looks at by default.
const backtestDays = 7

// newBacktest returns the command that says what a changed catalog would have done.
func newBacktest(env *Environment) *cobra.Command {
	var f replayFlags
	var changed string
	cmd := &cobra.Command{
		Use: "backtest FLOW", Short: "Compare what the saved and a changed catalog would have done",
		Long: `backtest replays the states of a flow over the last days with the catalog and with a changed one, and
prints pages, tickets, the minutes in each state, and the incidents of both.`,
		Example: `  cer backtest checkout --catalog shop.yaml --changed shop-new.yaml --store http://localhost:9090
  git show main:shop.yaml | cer backtest checkout -c - --changed shop.yaml --store http://localhost:9090 --days 28
  cer backtest checkout --changed shop.yaml --grafana https://grafana.example --datasource cer --json`,
		Args: arguments(1, 1, "the name of one flow"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.backtest(cmd.Context(), env, args[0], changed) },
	}
	f.bind(cmd, backtestDays)
	cmd.Flags().StringVar(&changed, "changed", "", "changed catalog: a file, a folder, or - for standard input")
	return cmd
}

// backtest compares a flow by the catalog with that by a changed one, and prints the answer.
func (f *replayFlags) backtest(ctx context.Context, env *Environment, flow, changed string) error {
	if changed == "" {
		return errors.New("there is nothing to compare with; name the changed catalog with --changed, a file or a folder")
	}
	if changed == stdin && f.catalog == stdin {
		return errors.New("standard input can be one catalog only; write one of them into a file")
	}
	asked, err := f.open(ctx, env)
	if err != nil {
		return err
	}
	defer asked.close()
	found, err := asked.backtest(ctx, env, replayRequest{Flow: flow, Days: f.days, changed: changed})
	if err != nil {
		return err
	}
	if f.json {
		return writeJSON(env.Stdout, found)
	}
	writeNotices(env.Stderr, found.Notices)
	return writeComparison(env.Stdout, env.Width, found.Comparison)
}

// outcomeColumns are those of the table of what catalogs made of a flow.
var outcomeColumns = []column{
	{name: "catalog", isText: true}, {name: "pages", unit: "none"}, {name: "tickets", unit: "none"}, {name: "page min", unit: "none"},
	{name: "ticket min", unit: "none"}, {name: "ok min", unit: "none"}, {name: "unknown min", unit: "none"}, {name: "left", unit: "percentunit"},
}

// incidentColumns are those of the table of incidents.
var incidentColumns = []column{
	{name: "catalog", isText: true}, {name: "time"}, {name: "end"}, {name: "severity"}, {name: "policies", isText: true},
}

// writeComparison writes a row for each catalog, and one for each incident, for people.
func writeComparison(w io.Writer, width int, c *replay.Comparison) error {
	outcomes, incidents := answer{columns: outcomeColumns}, answer{columns: incidentColumns}
	for _, of := range []struct {
		name    string
		outcome *replay.Outcome
	}{{"now", c.Saved}, {"changed", c.Changed}} {
		o := of.outcome
		if o == nil {
			fmt.Fprintf(w, "the catalog %q has no flow %s, or no policy that applies to it\n", of.name, printable(c.Flow))
			continue
		}
		line := row{"catalog": of.name, "pages": float64(o.Pages), "tickets": float64(o.Tickets), "page min": float64(o.Minutes.Page),
			"ticket min": float64(o.Minutes.Ticket), "ok min": float64(o.Minutes.OK), "unknown min": float64(o.Minutes.Unknown)}
		if o.Left != nil {
			line["left"] = *o.Left
		}
		outcomes.rows = append(outcomes.rows, line)
		for _, i := range o.Incidents {
			one := row{"catalog": of.name, "time": i.From, "end": i.To, "severity": string(i.Severity), "policies": strings.Join(i.Policies, ", ")}
			if i.Ongoing {
				one["end"] = nil
			}
			incidents.rows = append(incidents.rows, one)
		}
	}
	if err := outcomes.writeTable(w, width); err != nil || len(incidents.rows) == 0 {
		return err
	}
	fmt.Fprintln(w)
	return incidents.writeTable(w, width)
}
