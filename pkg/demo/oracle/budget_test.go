package oracle

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore/promstoretest"
	cerplugin "github.com/cer-reliability/cer-datasource/pkg/plugin"
)

var budgetCatalogs = flag.Uint64("budget-catalogs", 400, "how many catalogs with budgets are tested")

func TestBudgetsEqualThoseOfSubqueries(t *testing.T) {
	shared := promstoretest.Open(t)
	counted := &budgetTally{counts: map[string]*budgetCount{}}
	first, last := budgetSeed+uint64(1), budgetSeed+*budgetCatalogs
	if *onlySeed > 0 {
		first, last = *onlySeed, *onlySeed
	}
	t.Run("catalogs", func(t *testing.T) {
		for seed := max(first, budgetSeed); seed <= last; seed++ {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				checkBudgets(t, shared, seed, counted)
			})
		}
	})
	if *onlySeed == 0 {
		counted.report(t, *budgetCatalogs)
	}
}

// checkBudgets compares all that is asked of the catalog of a seed.
func checkBudgets(t *testing.T, store *promstore.Store, seed uint64, counted *budgetTally) {
	t.Helper()
	c, telemetry, asked := generateBudgets(seed)
	if asked.long {
		store = promstoretest.Open(t)
	}
	if err := telemetry.write(store); err != nil {
		t.Fatal(err)
	}
	tr := budgetTrial{trial: trial{catalog: c, data: telemetry, asked: asked.question, store: store}, window: asked.window, losses: map[lossKey]float64{}}
	if err := tr.check(inProcess{cerplugin.NewFactory()}, counted); err != nil {
		t.Fatalf("seed %d: %v\n%+v\n%s", seed, err, asked, tr.yaml())
	}
}

// budgetTrial is a trial of budgets.
type budgetTrial struct {
	trial
	// window is that of the burn rate that is asked for.
	window time.Duration
	// losses remembers what the store's engine says of subqueries.
	losses map[lossKey]float64
}

// lossKey names a subquery: what of which subject, over which window, up to which instant.
type lossKey struct {
	what, subject string
	window        time.Duration
	at            int64
}

// The measures of budgets.
const (
	burn       = "burn"
	left       = "budget"
	exhaustion = "exhaustion"
)

// budgetQuery is one of the queries of a request; the window is that of a burn rate, or 0.
type budgetQuery struct {
	query
	window time.Duration
}

// String names the query.
func (q budgetQuery) String() string { return fmt.Sprint(q.query, " ", q.window) }

// queries draws those that are asked, one a level and of the whole at times only: subqueries over composites take the
// engine long.
func (tr budgetTrial) queries() []budgetQuery {
	random := newRand(tr.seed + 1)
	var all []budgetQuery
	for _, level := range []string{"flow", "component", levelSLI, overall} {
		q := budgetQuery{query: query{latest, pick(random, left, burn, burn, exhaustion), level}}
		if q.measure == burn {
			q.window = tr.window
			q.format = pick(random, latest, timeseries)
		}
		if level != overall || random.IntN(5) < 3 {
			all = append(all, q)
		}
	}
	return all
}

// asks is the query as Grafana sends it.
func (q budgetQuery) asks(of question) backend.DataQuery {
	asked := of.dataQuery(q.query)
	asked.RefID = q.String()
	if q.window > 0 {
		fields := map[string]string{"format": q.format, "measure": q.measure, "level": q.level, "window": duration(q.window)}
		raw, err := json.Marshal(fields)
		if err != nil {
			panic(err)
		}
		asked.JSON = raw
	}
	return asked
}

// check asks the plugin, and compares each number with what the store's engine says.
func (tr budgetTrial) check(p plugin, counted *budgetTally) error {
	settings := tr.source()
	req := &backend.QueryDataRequest{PluginContext: backend.PluginContext{OrgID: 1, PluginID: settings.Type, DataSourceInstanceSettings: &settings}}
	queries := tr.queries()
	for _, q := range queries {
		req.Queries = append(req.Queries, q.asks(tr.asked))
	}
	response, err := p.QueryData(context.Background(), req)
	if err != nil {
		return err
	}
	for _, q := range queries {
		if err := tr.compareAnswer(q, response.Responses[q.String()], counted); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	return nil
}

// compareAnswer compares the answer to a query, which has to be about every subject of its level.
func (tr budgetTrial) compareAnswer(q budgetQuery, answer backend.DataResponse, counted *budgetTally) error {
	in := tr.instants(q.format)
	members, err := in.members(answer)
	if err != nil {
		return err
	}
	got := map[string]column{}
	for _, m := range members {
		got[subjectName(m.labels)] = m.column
	}
	for _, s := range tr.subjects() {
		if s.level != q.level {
			continue
		}
		numbers, ok := got[s.name]
		if !ok {
			return fmt.Errorf("nothing is said of %q", s.name)
		}
		delete(got, s.name)
		for i, t := range in.times() {
			if err := tr.compareNumber(q, s, t, numbers[i], counted); err != nil {
				return err
			}
		}
	}
	if len(got) > 0 {
		return fmt.Errorf("nobody asks about %v", got)
	}
	return nil
}

// subjectName joins the labels that name a subject.
func subjectName(labels data.Labels) string {
	var names []string
	for _, label := range []string{"flow", "component", "sli"} {
		if labels[label] != "" {
			names = append(names, labels[label])
		}
	}
	return strings.Join(names, "/")
}

// compareNumber compares a number at an instant, in milliseconds.
func (tr budgetTrial) compareNumber(q budgetQuery, s subject, t int64, got float64, counted *budgetTally) error {
	want, err := tr.want(q, s, t)
	if err != nil {
		return err
	}
	if missing(want) != missing(got) || math.Abs(got-want) > tolerance*math.Abs(want)+1e-12 {
		return fmt.Errorf("%s at %d ms is %v, not %v: %s", s.name, t, got, want, tr.said(s, tr.windowOf(q), t))
	}
	features, err := tr.features(q, s, t, want)
	counted.add(features, missing(want))
	return err
}

// windowOf is the window of a query: of a burn rate an hour in whole slices unless it says otherwise.
func (tr budgetTrial) windowOf(q budgetQuery) time.Duration {
	switch {
	case q.measure == left:
		return tr.budget.window
	case q.window > 0:
		return q.window
	default:
		return upTo(time.Hour, tr.budget.slice)
	}
}

// want is the number that the store's engine makes of the subqueries.
func (tr budgetTrial) want(q budgetQuery, s subject, t int64) (float64, error) {
	burns, err := tr.burnOver(s, tr.windowOf(q), t)
	if err != nil || q.measure == burn {
		return burns, err
	}
	if q.measure == left {
		return 1 - burns, nil
	}
	spent, err := tr.burnOver(s, tr.budget.window, t)
	if !(burns > 0) {
		return none, err
	}
	return math.Max(0, 1-spent) * tr.budget.window.Seconds() / burns, err
}

// burnOver is the burn rate of a subject over a window.
func (tr budgetTrial) burnOver(s subject, window time.Duration, t int64) (float64, error) {
	loss, err := tr.ask("loss", s, window, t)
	if loss < 1e-12 { // It is due to rounding.
		loss = 0
	}
	return loss / (1 - s.objective), err
}

// ends returns the instant at which subqueries are evaluated so that a slice ends at t, and how long after t that is.
// Slices end on the minute; those of long windows at multiples of their width.
func (tr budgetTrial) ends(window time.Duration, t int64) (at time.Time, offset time.Duration) {
	minute, slice := floor(time.UnixMilli(t), time.Minute), tr.budget.slice
	at = floor(minute, slice)
	if window <= fineWindow && at.Before(minute) {
		at = at.Add(slice)
		offset = at.Sub(minute)
	}
	return at, offset
}

// said is the subquery for the loss of a subject.
func (tr budgetTrial) said(s subject, window time.Duration, t int64) string {
	_, offset := tr.ends(window, t)
	return s.slices(sliced{tr.catalog, offset}).over(window, tr.budget.slice)
}

// ask has the store's engine evaluate a subquery: the loss of a subject, or how many slices are quiet or known.
func (tr budgetTrial) ask(what string, s subject, window time.Duration, t int64) (float64, error) {
	at, offset := tr.ends(window, t)
	key := lossKey{what, s.level + s.name, window, at.Add(-offset).UnixMilli()}
	if known, ok := tr.losses[key]; ok {
		return known, nil
	}
	slices := s.slices(sliced{tr.catalog, offset})
	expr := map[string]func(window, slice time.Duration) string{
		"loss": slices.over, "quiet": slices.quietOver, "known": slices.knownOver,
	}[what](window, tr.budget.slice)
	if what == "quiet" && slices.quiet == "" {
		return none, nil
	}
	column, err := instants{start: at, end: at, step: time.Minute}.evaluate(tr.store, expr)
	if err != nil {
		return 0, err
	}
	tr.losses[key] = column[0]
	return column[0], nil
}

// features names what a number stands for.
func (tr budgetTrial) features(q budgetQuery, s subject, t int64, want float64) ([]string, error) {
	window := tr.windowOf(q)
	features := []string{q.measure + " of " + q.level, "by " + s.method}
	note := func(feature string, is bool) {
		if is {
			features = append(features, feature)
		}
	}
	_, offset := tr.ends(window, t)
	note("over up to 6 h", window <= fineWindow)
	note("over more than 6 h", window > fineWindow)
	note("slices off the multiples", offset > 0)
	note("aggregate "+string(tr.aggregate), s.level != levelSLI)
	note("with a key SLI", s.key)
	note("overspent", q.measure == left && want < 0)
	note("spacing stated", tr.ownScrape)
	note("spacing measured", !tr.ownScrape)
	note("over days", window >= 24*time.Hour || q.measure == exhaustion && tr.budget.window >= 24*time.Hour)
	if q.measure == exhaustion || s.level != levelSLI {
		return features, nil // Counting slices takes the engine as long as adding up what they lost.
	}
	quiet, err := tr.ask("quiet", s, window, t)
	if err != nil {
		return nil, err
	}
	knows, err := tr.ask("known", s, window, t)
	note("some slices idle", quiet > 0)
	note("all slices idle", quiet > 0 && quiet == knows)
	note("some slices missing", !(knows >= float64(window/tr.budget.slice)))
	return features, err
}
