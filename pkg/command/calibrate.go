package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cer-reliability/cer-datasource/pkg/replay"
)

// newCalibrate returns the command that says which objectives would have been kept.
func newCalibrate(env *Environment) *cobra.Command {
	var f replayFlags
	cmd := &cobra.Command{
		Use: "calibrate FLOW[/SLI]", Short: "Recommend an objective for a flow",
		Long: `calibrate tries objectives from 0.9 to 0.9999 on the last days of a flow, or of one of its SLIs: how
much error budget each would have left, how often each default policy would have been active, and
which is the tightest objective that leaves 30% of its budget and pages at most once a week.`,
		Example: `  cer calibrate checkout --catalog shop.yaml --store http://localhost:9090
  cer calibrate checkout/success -c shop.yaml --store http://localhost:9090 --days 14 --json
  cer calibrate checkout --grafana https://grafana.example --datasource cer --token-file token`,
		Args: arguments(1, 1, "the name of one flow, or flow/sli"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.calibrate(cmd.Context(), env, args[0]) },
	}
	f.bind(cmd, replay.MaxDays)
	return cmd
}

// calibrate asks about a flow, or flow/sli, and prints the answer.
func (f *replayFlags) calibrate(ctx context.Context, env *Environment, name string) error {
	asked, err := f.open(ctx, env)
	if err != nil {
		return err
	}
	defer asked.close()
	flow, sli, _ := strings.Cut(name, "/")
	found, err := asked.calibrate(ctx, env, replayRequest{Flow: flow, SLI: sli, Days: f.days})
	if err != nil {
		return err
	}
	if f.json {
		return writeJSON(env.Stdout, found)
	}
	writeNotices(env.Stderr, found.Notices)
	return writeCalibration(env.Stdout, env.Width, found.Calibration)
}

// writeCalibration writes the reason for what is recommended, and a row an objective, for people.
func writeCalibration(w io.Writer, width int, c *replay.Calibration) error {
	if _, err := fmt.Fprintln(w, printable(c.Reason)); err != nil || c.Score == nil {
		return err
	}
	table := answer{columns: []column{{name: "objective", isText: true}, {name: "left", unit: "percentunit"}, {name: "pages", unit: "none"}, {name: "tickets", unit: "none"}}}
	for _, r := range c.Rows {
		line := row{"objective": fmt.Sprint(r.Objective), "pages": float64(r.Pages), "tickets": float64(r.Tickets), "": remark(r)}
		if r.Left != nil {
			line["left"] = *r.Left
		}
		for _, p := range r.Policies {
			table.addColumn(column{name: p.Policy, unit: "none"})
			if line[p.Policy] = float64(p.Count); !p.Possible {
				line[p.Policy] = nil
			}
		}
		table.rows = append(table.rows, line)
	}
	table.addColumn(column{isText: true})
	return table.writeTable(w, width)
}

// remark says what is special about an objective.
func remark(r replay.CandidateRow) string {
	var all []string
	if r.Recommended {
		all = append(all, "recommended")
	}
	if r.Stated {
		all = append(all, "current")
	}
	return strings.Join(all, ", ")
}
