package oracle

import (
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore/promstoretest"

	"context"
	"encoding/json"
	"flag"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	cerplugin "github.com/cer-reliability/cer-datasource/pkg/plugin"
)

var stateCatalogs = flag.Uint64("state-catalogs", 80, "how many catalogs with policies are tested")

// TestStatesOfCohortsEqualThoseFromRawSamples asks for the states of flows that have cohorts of their own, by policies with by and
// delta, of all flows and of each alone, over a range and at its end.
func TestStatesOfCohortsEqualThoseFromRawSamples(t *testing.T) {
	counted := &stateTally{}
	first, last := stateSeed+uint64(1), stateSeed+*stateCatalogs
	if *onlySeed > 0 {
		first, last = *onlySeed, *onlySeed
	}
	t.Run("catalogs", func(t *testing.T) {
		for seed := max(first, stateSeed); seed <= last; seed++ {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				store := promstoretest.Open(t)
				c, telemetry, asked, views := generateStates(seed)
				if err := telemetry.write(store); err != nil {
					t.Fatal(err)
				}
				tr := trial{catalog: c, data: telemetry, asked: asked, store: store}
				tr.checkStates(t, inProcess{cerplugin.NewFactory()}, views, counted)
			})
		}
	})
	if *onlySeed == 0 {
		counted.report(t)
	}
}

// stateTally counts the states that were compared.
type stateTally struct {
	mu                             sync.Mutex
	all, unknown, ok, ticket, page int
}

func (c *stateTally) add(states column) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all += len(states)
	for _, state := range states {
		switch {
		case missing(state):
			c.unknown++
		case state == 0:
			c.ok++
		case state == 1:
			c.ticket++
		default:
			c.page++
		}
	}
}

// report prints the counts, and fails where there are too few of a state.
func (c *stateTally) report(t *testing.T) {
	t.Helper()
	t.Logf("%d states are those from raw samples, none was left out: %d unknown, %d ok, %d ticket, %d page", c.all, c.unknown, c.ok, c.ticket, c.page)
	if least := min(c.unknown, c.ok, c.ticket, c.page); least < c.all/50 {
		t.Errorf("of a state there are only %d", least)
	}
}

// stateQuery is a query for states.
type stateQuery struct {
	format, level string
	// flow is the one that is asked for; "" for all.
	flow string
	step time.Duration
}

// longestStep is the longest of the steps in which states are asked for.
const longestStep = 7 * time.Minute

func (tr trial) stateQueries() []stateQuery {
	all := []stateQuery{
		{timeseries, levelFlow, "", time.Minute}, {timeseries, overall, "", time.Minute}, {latest, levelFlow, "", time.Minute},
		{timeseries, levelFlow, "", longestStep}, {timeseries, overall, "", 90 * time.Second},
	}
	for _, f := range tr.flows {
		all = append(all, stateQuery{timeseries, levelFlow, f.name, time.Minute})
	}
	return all
}

// stateQuery is a query in the k-th view as Grafana sends it.
func (q question) stateQuery(k int, v inView, of stateQuery) backend.DataQuery {
	asked := q.viewQuery(k, v, query{of.format, "state", of.level})
	fields := map[string]any{}
	if err := json.Unmarshal(asked.JSON, &fields); err != nil {
		panic(err)
	}
	if of.flow != "" {
		fields["flows"] = []string{of.flow}
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	asked.RefID, asked.JSON, asked.Interval = fmt.Sprint(k, of), raw, of.step
	return asked
}

// checkStates compares what the plugin answers in each view with what the raw samples make of it.
func (tr trial) checkStates(t *testing.T, p plugin, views []inView, counted *stateTally) {
	t.Helper()
	settings := tr.source()
	req := &backend.QueryDataRequest{PluginContext: backend.PluginContext{OrgID: 1, PluginID: settings.Type, DataSourceInstanceSettings: &settings}}
	for k, v := range views {
		for _, q := range tr.stateQueries() {
			req.Queries = append(req.Queries, tr.asked.stateQuery(k, v, q))
		}
	}
	response, err := p.QueryData(context.Background(), req)
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", tr.seed, err, tr.yaml())
	}
	for k, v := range views {
		s := tr.states(v)
		for _, q := range tr.stateQueries() {
			if err := s.check(q, response.Responses[fmt.Sprint(k, q)], counted); err != nil {
				t.Fatalf("seed %d, %+v in %+v: %v\n%+v\n%s", tr.seed, q, v, err, tr.asked, tr.yaml())
			}
		}
	}
}

// check compares the members of an answer with those that there should be.
func (s *stateOracle) check(q stateQuery, response backend.DataResponse, counted *stateTally) error {
	in := instants{floor(s.asked.from, q.step), floor(s.asked.to, q.step), q.step, nil}
	if q.format == latest {
		in.start = in.end
	}
	members, err := in.members(response)
	if err != nil {
		return err
	}
	main := s.part()
	if q.flow == "" && q.format == timeseries {
		if err := main.checkCohorts(query{q.format, "state", q.level}, members); err != nil {
			return err
		}
	}
	for _, m := range members {
		of := make([]string, len(main.split))
		for k, d := range main.split {
			of[k] = m.labels[d.name]
		}
		var f *flow
		if q.level == levelFlow {
			f = main.flow(m.labels["flow"])
		}
		want := s.of(f, of)
		if q.format == latest {
			late := int(s.asked.to.Sub(floor(s.asked.latest(s.catalog).end, s.in.step)) / s.in.step)
			want = want[len(want)-1-late : len(want)-late]
		} else {
			want = s.worst(want, in)
		}
		for i, state := range m.column {
			if state != want[i] && !(missing(state) && missing(want[i])) {
				return fmt.Errorf("%v: the state is %v at %s, not %v", m.labels, state, in.start.Add(time.Duration(i)*in.step).UTC(), want[i])
			}
		}
		counted.add(want)
	}
	for _, o := range s.parts {
		if o.failed != nil {
			return o.failed
		}
	}
	return nil
}
