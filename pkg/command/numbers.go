package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// numberFlags say which numbers are asked for, and how they are printed.
type numberFlags struct {
	sourceFlags
	flows, slis, components, by, where []string
	level, measure, window             string
	at, from                           string
	json                               bool
}

// bindCohorts adds the flags that say whose numbers are asked for.
func (f *numberFlags) bindCohorts(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.flows, "flow", nil, "flows, by their names; all of them by default")
	flags.StringSliceVar(&f.by, "by", nil, "dimensions and labels of flows to split by, such as region")
	flags.StringArrayVar(&f.where, "where", nil, "cohort to limit to, such as region=eu; can be repeated")
	flags.BoolVar(&f.json, "json", false, "print JSON")
}

// newScore returns the command that prints scores.
func newScore(env *Environment) *cobra.Command {
	var f numberFlags
	cmd := &cobra.Command{
		Use: "score", Short: "Print scores, or another measure, at one time",
		Long: `score prints the newest numbers, by default the overall score and the scores of all flows. They
are the same as those of the data source's format latest. Notices are printed on standard error.`,
		Example: `  cer score --catalog shop.yaml --store http://localhost:9090
  cer score -c shop.yaml --store http://localhost:9090 --flow checkout --by region --at 2026-03-04T12:00:00Z
  cer score -c shop.yaml --store http://localhost:9090 --level sli --measure value --window 1h --json
  CER_GRAFANA_TOKEN=... cer score --grafana https://grafana.example --datasource cer`,
		Args: arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := f.query(query.Latest)
			if err != nil {
				return err
			}
			return f.print(cmd.Context(), env, q, f.levels(), time.Hour)
		},
	}
	f.bind(cmd)
	f.bindCohorts(cmd)
	flags := cmd.Flags()
	flags.StringSliceVar(&f.slis, "sli", nil, "SLIs, by their names or as flow/sli, at the level sli")
	flags.StringSliceVar(&f.components, "component", nil, "components, at the levels component and sli")
	flags.StringVar(&f.level, "level", "", "overall, flow, component or sli; by default overall and flow")
	flags.StringVar(&f.measure, "measure", string(query.Score), "measure: score, value, budget, burn, ...")
	flags.StringVar(&f.window, "window", "", "window, such as 5m; by default the catalog's")
	flags.StringVar(&f.at, "at", "", "time: how long ago (1h), or a time (2026-03-04T12:00:00Z); by default now")
	complete(cmd, "level", "overall", "flow", "component", "sli")
	complete(cmd, "measure", measureNames()...)
	return cmd
}

// measureNames returns the names of all measures.
func measureNames() []string {
	var names []string
	for _, m := range query.Measures() {
		names = append(names, string(m))
	}
	return names
}

// newStatus returns the command that prints states and budgets.
func newStatus(env *Environment) *cobra.Command {
	var f numberFlags
	cmd := &cobra.Command{
		Use: "status", Short: "Print states and error budgets",
		Long: `status prints the overall state and the state of each flow (ok, ticket, page), with scores and
error budgets. The exit code is 0 in any state.`,
		Example: `  cer status --catalog shop.yaml --store http://localhost:9090
  cer status -c definitions/ --name shop --store http://localhost:9090 --header 'X-Scope-OrgID: shop'
  cer status --grafana https://grafana.example --datasource cer --token-file token --json`,
		Args: arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := f.query(query.Table)
			if err != nil {
				return err
			}
			columns := append(append([]string{"flow"}, f.by...), "state", "policies", "score", "objective", "budget", "burn", "exhaustion")
			return f.print(cmd.Context(), env, q, f.levels(), time.Hour, columns...)
		},
	}
	f.measure = string(query.State)
	f.bind(cmd)
	f.bindCohorts(cmd)
	cmd.Flags().StringVar(&f.at, "at", "", "time: how long ago (1h), or a time (2026-03-04T12:00:00Z); by default now")
	return cmd
}

// newIncidents returns the command that prints incidents.
func newIncidents(env *Environment) *cobra.Command {
	var f numberFlags
	cmd := &cobra.Command{
		Use: "incidents", Short: "Print the incidents of a time range",
		Long: `incidents prints the times in which states were ticket or page: when each began, the time to
detect (TTD) and to recover (TTR, - if it is ongoing or unknown), the lowest score, how much of
the error budget was spent, and the SLIs that caused it.`,
		Example: `  cer incidents --catalog shop.yaml --store http://localhost:9090 --from 24h
  cer incidents -c shop.yaml --store http://localhost:9090 --from 2026-03-01 --to 2026-03-08 --flow checkout
  cer incidents --grafana https://grafana.example --datasource cer --from 7d --json`,
		Args: arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := f.query(query.Incidents)
			if err != nil {
				return err
			}
			columns := append(append([]string{"time", "flow"}, f.by...), "state", "timeToDetect", "timeToRecover", "lowestScore", "budgetSpent", "slis")
			return f.print(cmd.Context(), env, q, f.levels(), 0, columns...)
		},
	}
	f.measure = string(query.State)
	f.bind(cmd)
	f.bindCohorts(cmd)
	cmd.Flags().StringVar(&f.from, "from", "24h", "start: how long ago (24h), a time or a date")
	cmd.Flags().StringVar(&f.at, "to", "", "end: how long ago, a time or a date; by default now")
	cmd.Flags().StringVar(&f.level, "level", "", "overall or flow; by default both")
	complete(cmd, "level", "overall", "flow")
	return cmd
}

// levels returns those that are asked for: the stated one, or that of the names that are stated, or else the whole and the flows.
func (f *numberFlags) levels() []query.Level {
	switch {
	case f.level != "":
		return []query.Level{query.Level(f.level)}
	case len(f.slis) > 0:
		return []query.Level{query.LevelSLI}
	case len(f.components) > 0:
		return []query.Level{query.LevelComponent}
	case len(f.flows) > 0:
		return []query.Level{query.LevelFlow}
	default:
		return []query.Level{query.LevelOverall, query.LevelFlow}
	}
}

// query returns the query that the flags state, but for its level.
func (f *numberFlags) query(format query.Format) (query.Query, error) {
	q := query.Query{
		Measure: query.Measure(f.measure), Format: format, Flows: f.flows, SLIs: f.slis, Components: f.components, By: f.by, Window: f.window,
		Where: map[string]query.Names{},
	}
	for _, text := range f.where {
		dimension, cohort, err := cohortOf(text)
		if err != nil {
			return q, err
		}
		q.Where[dimension] = append(q.Where[dimension], cohort)
	}
	return q, nil
}

// cohortOf reads a value of the flag --where, such as region=eu.
func cohortOf(text string) (dimension, cohort string, err error) {
	dimension, cohort, _ = strings.Cut(text, "=")
	if dimension == "" || cohort == "" {
		err = fmt.Errorf("--where is %q; write a dimension and one of its cohorts, such as region=eu", text)
	}
	return dimension, cohort, err
}

// print asks a query at levels, up to the stated time and from the stated one, or else from a span before, and prints the answers.
func (f *numberFlags) print(ctx context.Context, env *Environment, q query.Query, levels []query.Level, span time.Duration, columns ...string) error {
	from, to, err := f.times(env.Now(), span)
	if err != nil {
		return err
	}
	asked, err := f.open(ctx, env)
	if err != nil {
		return err
	}
	defer asked.close()
	all, err := askLevels(ctx, asked, question{q, from, to, time.Minute}, levels)
	if err != nil {
		return err
	}
	if f.json {
		return all.writeJSON(env.Stdout)
	}
	all.writeNotices(env.Stderr)
	if len(all.rows) == 0 {
		fmt.Fprintln(env.Stderr, "nothing to show")
		return nil
	}
	return all.writeTable(env.Stdout, env.Width, columns...)
}

// askLevels asks a question at each level. What there is not at one of several, such as a budget of the whole where only flows have
// objectives, is a notice.
func askLevels(ctx context.Context, asked source, q question, levels []query.Level) (answer, error) {
	var all answer
	var none error
	for _, level := range levels {
		q.Level = level
		frames, err := asked.ask(ctx, q)
		if invalid := (*query.Invalid)(nil); errors.As(err, &invalid) && len(levels) > 1 {
			none = err
			all.notices = append(all.notices, notice{"warning", fmt.Sprintf("at the level %s: %s", level, invalid.Message)})
			continue
		}
		if err != nil {
			return all, err
		}
		if err := all.add(string(level), frames); err != nil {
			return all, err
		}
	}
	if all.Revision == "" && none != nil {
		return all, none
	}
	return all, nil
}

// times returns the range of the question.
func (f *numberFlags) times(now time.Time, span time.Duration) (from, to time.Time, err error) {
	flag := "at"
	if f.from != "" {
		flag = "to"
	}
	if to, err = timeOf(flag, cmp.Or(f.at, "0s"), now); err != nil {
		return from, to, err
	}
	if to.After(now) {
		return from, to, fmt.Errorf("--%s is in the future; choose a time in the past", flag)
	}
	from = to.Add(-span)
	if f.from != "" {
		from, err = timeOf("from", f.from, now)
	}
	if err == nil && span == 0 && !from.Before(to) {
		err = errors.New("--from must be before --to; write an earlier time")
	}
	return from, to, err
}
