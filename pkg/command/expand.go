package command

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// newExpand returns the command that prints PromQL.
func newExpand(env *Environment) *cobra.Command {
	var f numberFlags
	cmd := &cobra.Command{
		Use:   "expand [CATALOG]",
		Short: "Print the PromQL of a catalog",
		Long: `expand prints the PromQL of SLIs, and how their values are computed from it. With --store or
--grafana it is what would be asked there now. Without, nothing is known about the telemetry:
samples are assumed to be --scrape-interval apart, and the bounds of histograms to be bucket
edges.`,
		Example: `  cer expand shop.yaml --flow checkout
  cer expand shop.yaml --store http://localhost:9090 --flow checkout --sli fast --window 1h
  cer expand --grafana https://grafana.example --datasource cer --json`,
		Args: arguments(0, 1, "at most one catalog"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				f.catalog = args[0]
			}
			return f.expand(cmd.Context(), env)
		},
	}
	f.measure, f.level = string(query.Score), string(query.LevelSLI)
	f.bind(cmd)
	flags := cmd.Flags()
	flags.StringSliceVar(&f.flows, "flow", nil, "flows, by their names; all of them by default")
	flags.StringSliceVar(&f.slis, "sli", nil, "SLIs, by their names or as flow/sli; all of them by default")
	flags.StringSliceVar(&f.by, "by", nil, "dimensions to split by, such as region")
	flags.StringArrayVar(&f.where, "where", nil, "cohort to limit to, such as region=eu; can be repeated")
	flags.StringVar(&f.window, "window", "", "window, such as 5m; by default the catalog's")
	flags.BoolVar(&f.json, "json", false, "print JSON")
	return cmd
}

// expand prints the PromQL that the flags ask about.
func (f *numberFlags) expand(ctx context.Context, env *Environment) error {
	q, err := f.query(query.Definition)
	if err != nil {
		return err
	}
	q.Level = query.LevelSLI
	asked, err := f.openForPlans(ctx, env)
	if err != nil {
		return err
	}
	defer asked.close()
	now := env.Now()
	// A short step, so that windows are those of the definition.
	frames, err := asked.ask(ctx, question{q, now.Add(-time.Minute), now, time.Second})
	if err != nil {
		return err
	}
	var all answer
	if err := all.add(string(q.Level), frames); err != nil {
		return err
	}
	if f.json {
		return all.writeJSON(env.Stdout)
	}
	all.writeNotices(env.Stderr)
	return all.writePromQL(env.Stdout)
}

// openForPlans returns the source of the flags, or without any one that plans by the catalog alone.
func (f *numberFlags) openForPlans(ctx context.Context, env *Environment) (source, error) {
	if f.store != "" || f.grafana != "" || f.catalog == "" {
		return f.open(ctx, env)
	}
	c, err := loadCatalog(f.catalog, f.name, env.Stdin)
	if err != nil {
		return nil, err
	}
	f.store = "http://nowhere.invalid"
	return f.sourceOf(ctx, env, c, &http.Client{Transport: nowhere{}}, nil)
}

// nowhere is the transport to a store that has no series. Nothing is sent.
type nowhere struct{}

// RoundTrip answers that there is nothing.
func (nowhere) RoundTrip(r *http.Request) (*http.Response, error) {
	result := `[]`
	switch {
	case strings.HasSuffix(r.URL.Path, "/query"):
		result = `{"resultType":"vector","result":[]}`
	case strings.HasSuffix(r.URL.Path, "/query_range"):
		result = `{"resultType":"matrix","result":[]}`
	case strings.HasSuffix(r.URL.Path, "/metadata"):
		result = `{}`
	}
	body := io.NopCloser(strings.NewReader(`{"status":"success","data":` + result + `}`))
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: body, Request: r}, nil
}

// writePromQL writes the rows of the format definition: for each SLI its formula, the expressions in it, and by which merged
// expressions they are asked.
func (a *answer) writePromQL(w io.Writer) error {
	text := func(r row, name string) string { return column{name: name}.text(r) }
	var out strings.Builder
	before := ""
	for _, r := range a.rows {
		head := fmt.Sprintf("%s (window %s) = %s", text(r, "sli"), text(r, "window"), text(r, "formula"))
		if head != before {
			if before != "" {
				out.WriteString("\n")
			}
			fmt.Fprintln(&out, head)
			before = head
		}
		promQL := text(r, "promql")
		fmt.Fprintf(&out, "  #%s %s: %s\n", text(r, "leaf"), text(r, "role"), promQL)
		if request, _ := r["request"].(string); request != promQL {
			for line := range strings.SplitSeq(request, "\n") {
				fmt.Fprintf(&out, "     asked as: %s\n", printable(line))
			}
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}
