package oracle

import (
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore/promstoretest"

	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/demo/stores"
	cerplugin "github.com/cer-reliability/cer-datasource/pkg/plugin"
)

var (
	worlds = flag.Uint64("worlds", 24, "how many worlds are tested whose scrape intervals, instances and buckets change")
)

// TestWorldsEqualThoseOfRawSamples asks for scores, coverage, burn rates, budgets and states on telemetry of which the plugin has to
// find out how often it is scraped and which buckets it has: see world.
func TestWorldsEqualThoseOfRawSamples(t *testing.T) {
	counted := &worldTally{met: map[string]int{}, compared: map[string]int{}, numbers: map[string]int{}}
	first, last := worldSeed+uint64(1), worldSeed+*worlds
	if *onlySeed > 0 {
		first, last = *onlySeed, *onlySeed
	}
	t.Run("worlds", func(t *testing.T) {
		for seed := max(first, worldSeed); seed <= last; seed++ {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				checkWorld(t, seed, counted, nil, engine{})
			})
		}
	})
	if *onlySeed == 0 {
		counted.report(t, *worlds)
	}
}

// checkWorld compares all that is asked of the world of a seed, where instead is not nil of that store, which evaluates by an engine.
func checkWorld(t *testing.T, seed uint64, counted *worldTally, instead *stores.Store, engine engine) {
	t.Helper()
	c, world, telemetry, facts, asked := generateWorld(seed, engine)
	store := promstoretest.Open(t)
	if err := telemetry.write(store); err != nil {
		t.Fatal(err)
	}
	if instead != nil {
		instead.Write(t, telemetry.samples()...)
	}
	now := asked.now()
	p := inProcess{cerplugin.NewFactoryAt(func() time.Time { return now })}
	tr := trial{catalog: c, data: telemetry, asked: asked.question, store: store, facts: facts, real: instead, engine: engine}
	facts.border = engine.border()
	scores := &featureTally{}
	states := &stateTally{}
	tr.checkViews(t, p, asked.views, scores)
	tr.checkStates(t, p, asked.views, states)
	if err := tr.checkBurns(p, asked, counted); err != nil {
		t.Fatalf("seed %d: %v\n%+v\n%s", seed, err, asked, tr.yaml())
	}
	counted.add(world, c.policies, scores, states)
}

// worldBurn is a query for a burn rate or a budget.
type worldBurn struct {
	measure, level, format string
}

var worldBurns = []worldBurn{
	{burn, levelSLI, timeseries}, {burn, levelFlow, timeseries}, {burn, overall, timeseries},
	{left, levelSLI, timeseries}, {left, levelFlow, timeseries}, {left, overall, timeseries}, {left, levelFlow, latest}, {burn, overall, latest},
}

// checkBurns compares burn rates and budgets in each view.
func (tr trial) checkBurns(p plugin, asked worldQuestion, counted *worldTally) error {
	settings := tr.source()
	req := &backend.QueryDataRequest{PluginContext: backend.PluginContext{OrgID: 1, PluginID: settings.Type, DataSourceInstanceSettings: &settings}}
	for k, v := range asked.views {
		for _, q := range worldBurns {
			req.Queries = append(req.Queries, asked.burnQuery(k, v, q))
		}
	}
	response, err := p.QueryData(context.Background(), req)
	if err != nil {
		return err
	}
	for k, v := range asked.views {
		l := tr.losses(v, max(asked.burn, tr.budget.window)+tr.budget.slice)
		for _, q := range worldBurns {
			err := l.compare(q, asked, response.Responses[fmt.Sprint(k, q)], counted)
			if err := errors.Join(err, l.failed); err != nil {
				return fmt.Errorf("%v in %+v: %w", q, v, err)
			}
		}
	}
	return nil
}

// burnQuery is a query in the k-th view as Grafana sends it.
func (q worldQuestion) burnQuery(k int, v inView, of worldBurn) backend.DataQuery {
	asked := q.viewQuery(k, v, query{of.format, of.measure, of.level})
	fields := map[string]any{}
	if err := json.Unmarshal(asked.JSON, &fields); err != nil {
		panic(err)
	}
	if of.measure == burn {
		fields["window"] = duration(q.burn)
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	asked.RefID, asked.JSON = fmt.Sprint(k, of), raw
	return asked
}

// compare compares the members of an answer with what the slices lost.
func (l *worldLosses) compare(q worldBurn, asked worldQuestion, response backend.DataResponse, counted *worldTally) error {
	in := l.instants(q.format)
	members, err := in.members(response)
	if err != nil {
		return err
	}
	if len(members) == 0 {
		return errors.New("there is nothing")
	}
	for _, m := range members {
		of := make([]string, len(l.split))
		for k, d := range l.split {
			of[k] = m.labels[d.name]
		}
		window, objective := l.budget.window, l.objectiveOf(m.labels["flow"], m.labels["sli"])
		if q.measure == burn {
			window = asked.burn
		}
		wanted := make(column, len(m.column))
		for i, t := range in.times() {
			at := time.UnixMilli(t)
			want := l.over(m.labels, of, window, at) / (1 - objective)
			if q.measure == left {
				want = 1 - want
			}
			if missing(want) != missing(m.column[i]) || math.Abs(want-m.column[i]) > tolerance*max(1, math.Abs(want)) {
				return fmt.Errorf("%v at %s over %s is %v, not %v", m.labels, at.UTC().Format(time.TimeOnly), window, m.column[i], want)
			}
			wanted[i] = want
		}
		counted.compare(q.measure+" of "+q.level, wanted)
	}
	return nil
}

// objectiveOf returns the objective of an SLI, of a flow or of the whole.
func (c *catalog) objectiveOf(flow, name string) float64 {
	for k := range c.flows {
		f := &c.flows[k]
		if f.name != flow {
			continue
		}
		for j := range f.slis {
			if f.slis[j].name == name {
				return f.slis[j].objective
			}
		}
		return f.objective
	}
	return c.budget.objective
}

// worldTally counts points.
type worldTally struct {
	mu                sync.Mutex
	worlds            int
	met               map[string]int
	compared, numbers map[string]int
}

func (c *worldTally) compare(what string, numbers column) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, x := range numbers {
		c.compared[what]++
		c.numbers[what] += one(known(x))
	}
}

// add adds what was compared of a world.
func (c *worldTally) add(w *world, policies []statePolicy, scores *featureTally, states *stateTally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.worlds++
	for what, n := range w.met {
		c.met[what] += n
	}
	c.met["counters without a sample"] += w.absent
	for _, p := range policies {
		c.met["policies with by"] += one(len(p.by) > 0)
		c.met["policies with delta"] += one(p.number == delta)
	}
	for what, n := range scores.compared {
		c.compared[what] += n
		c.numbers[what] += scores.numbers[what]
	}
	c.compared["states"] += states.all
	c.numbers["states"] += states.all - states.unknown
}

// worldKinds is how many kinds of changes there have to be.
const worldKinds = 9

// leastWorldPoints is how many points there have to be of a world.
const leastWorldPoints = 2500

// report prints the counts, also to the end of the file that CER_TRUTH_REPORT names, and fails where they are too low.
func (c *worldTally) report(t *testing.T, worlds uint64) {
	t.Helper()
	all := 0
	var out strings.Builder
	for _, what := range slices.Sorted(maps.Keys(c.compared)) {
		all += c.compared[what]
		fmt.Fprintf(&out, "%-24s %10d, %d of them null\n", what, c.compared[what], c.compared[what]-c.numbers[what])
	}
	for _, what := range slices.Sorted(maps.Keys(c.met)) {
		fmt.Fprintf(&out, "%10d %s\n", c.met[what], what)
		if c.met[what] == 0 {
			t.Errorf("there are no %s", what)
		}
	}
	if len(c.met) < worldKinds {
		t.Errorf("there are %d kinds of changes, not %d", len(c.met), worldKinds)
	}
	text := fmt.Sprintf("%d worlds, %d points compared, none excluded; counters whose samples are over a minute apart begin at least %s before the end\n%s",
		c.worlds, all, tooYoung, out.String())
	t.Log(text)
	appendReport(t, text)
	if uint64(c.worlds) == worlds && all < leastWorldPoints*c.worlds {
		t.Errorf("%d points of %d worlds are too few", all, c.worlds)
	}
}
