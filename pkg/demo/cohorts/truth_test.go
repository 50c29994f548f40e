package cohorts

import (
	"context"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/prometheus/prometheus/promql"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// catalogs is how many random catalogs are tested.
const catalogs = 200

// asked is a query with what it asks of cohorts, for the recomputation.
type asked struct {
	json  string
	where map[string]string
	by    []string
}

var queries = []asked{
	{`{"format":"timeseries"%s}`, nil, nil},
	{`{"level":"flow"%s}`, nil, nil},
	{`{"level":"sli"%s}`, nil, nil},
	{`{"level":"flow","measure":"coverage"%s}`, nil, nil},
	{`{"level":"flow","measure":"weight"%s}`, nil, nil},
}

var cohortsAsked = []asked{
	{"", nil, nil},
	{`,"by":["region"]`, nil, []string{"region"}},
	{`,"by":["region","tier"]`, nil, []string{"region", "tier"}},
	{`,"where":{"region":["eu"]}`, map[string]string{"region": "eu"}, nil},
	{`,"by":["region"],"where":{"tier":["gold"]}`, map[string]string{"tier": "gold"}, []string{"region"}},
}

// tally counts the points that were compared, by what was in effect.
type tally map[string]int

func TestCohortsEqualTheirRecomputation(t *testing.T) {
	store, err := promstore.Open(promstore.Config{Dir: filepath.Join(t.TempDir(), "store"), Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	counted := tally{}
	for seed := range uint64(catalogs) {
		w := newWorld(t, store, seed)
		for _, q := range queries {
			for _, c := range cohortsAsked {
				w.check(t, store, seed, asked{fmt.Sprintf(q.json, c.json), c.where, c.by}, counted)
			}
		}
	}
	for _, feature := range slices.Sorted(maps.Keys(counted)) {
		t.Logf("%-20s %7d points", feature, counted[feature])
		if counted[feature] < 1000 {
			t.Errorf("only %d points with %s were compared", counted[feature], feature)
		}
	}
}

// check compares the answer to a query with the recomputation.
func (w *world) check(t *testing.T, store *promstore.Store, seed uint64, q asked, counted tally) {
	t.Helper()
	parsed, err := query.Parse([]byte(q.json))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Build(parsed, fixture.Compile(w.catalog), plan.Times{From: minute(20), To: minute(minutes - 1), Now: minute(minutes), Interval: 60e9, Scrape: 60e9}, expand.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	result, err := eval.Evaluate(p, answers(t, store, p), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range result.Members {
		v := view{by: map[string]string{}, where: q.where}
		for _, d := range q.by {
			v.by[d] = m.Cohort[d]
		}
		for n, got := range m.Columns[parsed.Measure] {
			want := w.want(m, parsed, v, 20+n)
			if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 1e-9 {
				t.Fatalf("seed %d, %s: %s of %v in %v at %d is %v, recomputed %v", seed, q.json, parsed.Measure, m.Flow, m.Cohort, 20+n, got, want)
			}
			w.count(m, q, counted)
		}
	}
}

// want recomputes a number.
func (w *world) want(m eval.Member, q query.Query, v view, i int) float64 {
	switch {
	case m.SLI != nil:
		score, _, _ := w.read(m.SLI, v, i)
		return score
	case m.Flow != nil && q.Measure == query.Score:
		return w.judge(m.Flow, v, i).score
	case m.Flow != nil && q.Measure == query.Coverage:
		return w.judge(m.Flow, v, i).coverage
	}
	weights := w.weights(v, i)
	var verdicts []verdict
	present, own := 0.0, math.NaN()
	for k := range w.catalog.Flows {
		verdicts = append(verdicts, w.judge(&w.catalog.Flows[k], v, i))
		if math.IsNaN(verdicts[k].score) || weights[k] == 0 {
			if m.Flow == &w.catalog.Flows[k] {
				own = 0
			}
			continue
		}
		present += weights[k]
		if m.Flow == &w.catalog.Flows[k] {
			own = weights[k]
		}
	}
	if m.Flow == nil {
		return w.combine(verdicts, weights, w.catalog.Aggregate).score
	}
	return own / present
}

// count notes which features a point was compared with.
func (w *world) count(m eval.Member, q asked, counted tally) {
	counted["all"]++
	for feature, on := range map[string]bool{
		"split": len(q.by) > 0, "filtered": len(q.where) > 0,
		"weighted dimension": w.catalog.Dimensions[1].Weights != nil && m.SLI == nil && q.where["tier"] == "" && !slices.Contains(q.by, "tier"),
		"traffic weights":    m.Flow == nil && w.any(func(f *cer.Flow) bool { return f.Dynamic != nil && f.Dynamic.Traffic }),
		"PromQL weights":     m.Flow == nil && w.any(func(f *cer.Flow) bool { return f.Dynamic != nil && f.Dynamic.PromQL != "" }),
		"fallback":           m.SLI != nil && m.SLI.Fallback != nil, "hold": m.SLI != nil && m.SLI.Missing == cer.Hold,
	} {
		if on {
			counted[feature]++
		}
	}
}

func (w *world) any(such func(*cer.Flow) bool) bool {
	for k := range w.catalog.Flows {
		if such(&w.catalog.Flows[k]) {
			return true
		}
	}
	return false
}

// answers has the store's engine answer the leaves of a plan.
func answers(t *testing.T, store *promstore.Store, p *plan.Plan) []series.Answer {
	t.Helper()
	all := make([]series.Answer, len(p.Leaves))
	for i, leaf := range p.Leaves {
		run, err := store.Engine().NewRangeQuery(context.Background(), store.Queryable(), nil, leaf.Expr.String(),
			series.Time(leaf.Range.Start), series.Time(leaf.Range.End), series.Duration(leaf.Range.Step))
		if err != nil {
			t.Fatal(err)
		}
		matrix, err := run.Exec(context.Background()).Matrix()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range matrix {
			all[i].Series = append(all[i].Series, seriesOf(s, leaf.Range))
		}
		run.Close()
	}
	return all
}

// seriesOf lays out a series with a number an instant.
func seriesOf(s promql.Series, r series.Range) series.Series {
	laid := series.Series{Labels: s.Metric, Values: make([]float64, r.Len())}
	for i := range laid.Values {
		laid.Values[i] = math.NaN()
	}
	for _, point := range s.Floats {
		laid.Values[(point.T-r.Start)/r.Step] = point.F
	}
	return laid
}
