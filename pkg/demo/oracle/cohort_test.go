package oracle

import (
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore/promstoretest"

	"context"
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	cerplugin "github.com/cer-reliability/cer-datasource/pkg/plugin"
)

var cohortCatalogs = flag.Uint64("cohort-catalogs", 300, "how many catalogs with cohorts are tested")

func TestScoresOfCohortsEqualThoseFromRawSamples(t *testing.T) {
	store := promstoretest.Open(t)
	counted := &featureTally{}
	first, last := cohortSeed+uint64(1), cohortSeed+*cohortCatalogs
	if *onlySeed > 0 {
		first, last = *onlySeed, *onlySeed
	}
	t.Run("catalogs", func(t *testing.T) {
		for seed := max(first, cohortSeed); seed <= last; seed++ {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				c, telemetry, asked, views := generateCohorts(seed)
				if err := telemetry.write(store); err != nil {
					t.Fatal(err)
				}
				tr := trial{catalog: c, data: telemetry, asked: asked, store: store}
				tr.checkViews(t, inProcess{cerplugin.NewFactory()}, views, counted)
			})
		}
	})
	if *onlySeed == 0 {
		counted.report(t, *cohortCatalogs)
	}
}

// The levels below the whole, and further measures.
const (
	levelSLI       = "sli"
	levelComponent = "component"
	levelFlow      = "flow"
	ofValue        = "value"
	traffic        = "traffic"
	weight         = "weight"
	impact         = "impact"
)

// cohortQueries are those that are asked in every view, and cohortMeasures in the first view, which neither splits nor
// filters, and in the last.
var (
	cohortQueries = []query{
		{timeseries, score, levelSLI}, {timeseries, score, levelFlow}, {timeseries, score, overall},
		{timeseries, coverage, levelFlow}, {timeseries, coverage, overall}, {latest, score, levelSLI}, {latest, score, overall},
	}
	cohortMeasures = []query{
		{timeseries, score, levelComponent}, {timeseries, coverage, levelSLI}, {timeseries, coverage, levelComponent},
		{timeseries, ofValue, levelSLI}, {timeseries, traffic, levelSLI}, {timeseries, traffic, levelFlow}, {timeseries, traffic, overall},
		{timeseries, weight, levelSLI}, {timeseries, weight, levelComponent}, {timeseries, weight, levelFlow},
		{timeseries, impact, levelSLI}, {timeseries, impact, levelComponent}, {timeseries, impact, levelFlow},
	}
)

// queriesOf returns those that are asked in the k-th of some views.
func queriesOf(k int, views []inView) []query {
	if k == 0 || k == len(views)-1 {
		return slices.Concat(cohortQueries, cohortMeasures)
	}
	return cohortQueries
}

// cohortMember is one series of an answer: of an SLI, a flow or the whole, for a cohort.
type cohortMember struct {
	labels data.Labels
	column column
}

// checkViews compares what the plugin answers in each view with what the raw samples make of it.
func (tr trial) checkViews(t *testing.T, p plugin, views []inView, counted *featureTally) {
	t.Helper()
	settings := tr.source()
	req := &backend.QueryDataRequest{PluginContext: backend.PluginContext{OrgID: 1, PluginID: settings.Type, DataSourceInstanceSettings: &settings}}
	for k, v := range views {
		for _, q := range queriesOf(k, views) {
			req.Queries = append(req.Queries, tr.asked.viewQuery(k, v, q))
		}
	}
	response, err := p.QueryData(context.Background(), req)
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", tr.seed, err, tr.yaml())
	}
	for k, v := range views {
		oracles := map[string]*oracle{timeseries: tr.oracle(v, tr.instants(timeseries)), latest: tr.oracle(v, tr.instants(latest))}
		for _, q := range queriesOf(k, views) {
			o := oracles[q.format]
			members, err := o.in.members(response.Responses[refID(k, q)])
			if err == nil {
				err = o.check(q, members, counted)
			}
			if err == nil {
				err = o.failed
			}
			if err != nil {
				t.Fatalf("seed %d, %s in %+v: %v\n%+v\n%s", tr.seed, q, v, err, tr.asked, tr.yaml())
			}
		}
	}
}

// refID names a query in the k-th view.
func refID(k int, q query) string { return fmt.Sprintf("%d %s", k, q) }

// viewQuery is a query in the k-th view as Grafana sends it.
func (q question) viewQuery(k int, v inView, of query) backend.DataQuery {
	asked := q.dataQuery(of)
	fields := map[string]any{}
	if err := json.Unmarshal(asked.JSON, &fields); err != nil {
		panic(err)
	}
	where, adhoc := map[string][]string{}, []map[string]string{}
	for _, f := range v.filters {
		if f.op == "" {
			where[f.key] = f.values
			continue
		}
		adhoc = append(adhoc, map[string]string{"key": f.key, "operator": f.op, "value": strings.Join(f.values, "|")})
	}
	fields["by"], fields["where"], fields["adhocFilters"] = v.by, where, adhoc
	raw, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	asked.RefID, asked.JSON = refID(k, of), raw
	return asked
}

// members reads the frames of a response.
func (in instants) members(response backend.DataResponse) ([]cohortMember, error) {
	if response.Error != nil {
		return nil, response.Error
	}
	var members []cohortMember
	for _, frame := range response.Frames {
		if len(frame.Fields) == 0 {
			continue // There is nothing but notices.
		}
		c, _, err := in.read(frame)
		if err != nil {
			return nil, err
		}
		members = append(members, cohortMember{frame.Fields[len(frame.Fields)-1].Labels, c})
	}
	return members, nil
}

// check compares the members of an answer with those that there should be.
func (o *oracle) check(q query, members []cohortMember, counted *featureTally) error {
	if err := o.checkCohorts(q, members); err != nil {
		return err
	}
	for _, m := range members {
		of := make([]string, len(o.split))
		for k, d := range o.split {
			of[k] = m.labels[d.name]
		}
		numbers, verdicts := o.numbers(q, m.labels, of)
		if err := o.in.differ(m.column, numbers); err != nil {
			return fmt.Errorf("%v: %w", m.labels, err)
		}
		if q.format == timeseries {
			counted.compare(q, numbers)
		}
		if q.format == timeseries && q.measure == score {
			counted.add(verdicts, o.way(of))
		}
	}
	return nil
}

// way says what all numbers of a cohort have in common.
func (o *oracle) way(of []string) how {
	way := how(0)
	if slices.ContainsFunc(of, func(value string) bool { return value != "" }) {
		way |= bySplit
	}
	if len(of) > 1 {
		way |= byTwo
	}
	if slices.Contains(o.view.by, teamLabel) {
		way |= byTeam
	}
	return way
}

// flow returns the flow of a name.
func (o *oracle) flow(name string) *flow {
	k := slices.IndexFunc(o.flows, func(f flow) bool { return f.name == name })
	return &o.flows[k]
}

// group returns the flows that make up a whole: all that are shown, or those of a team.
func (o *oracle) group(team string) []*flow {
	if !slices.Contains(o.view.by, teamLabel) {
		return o.shown()
	}
	return slices.DeleteFunc(o.shown(), func(f *flow) bool { return f.team != team })
}
