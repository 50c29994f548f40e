package frame_test

import (
	"flag"
	"math"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/experimental"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

var update = flag.Bool("update", false, "write the golden files anew")

// end is the newest instant of the tests' ranges.
var end = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// compiled compiles a catalog, and gives it a revision that stays the same.
func compiled(c *cer.Catalog, revision string) *catalog.Catalog {
	compiled := fixture.Compile(c)
	compiled.Revision = revision
	return compiled
}

// planned plans a query of the fixture's shop for the last two minutes.
func planned(t *testing.T, text string) *plan.Plan {
	t.Helper()
	q, err := query.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	times := plan.Times{From: end.Add(-2 * time.Minute), To: end, Interval: time.Minute, Now: end, Scrape: 15 * time.Second}
	p, err := plan.Build(q, compiled(fixture.Shop(), "abc"), times, fixture.Facts())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// evaluated is a result as if the store had the same number for every leaf, but none at the first instant
// of a range, and a warning with the first leaf.
func evaluated(t *testing.T, text string) *engine.Result {
	t.Helper()
	p := planned(t, text)
	answers, warnings := make([]series.Answer, len(p.Leaves)), []string{"one replica did not answer"}
	for i := range answers {
		values := make([]float64, p.Range.Len())
		for j := range values {
			values[j] = 4
		}
		if len(values) > 1 {
			values[0] = math.NaN()
		}
		answers[i] = series.Answer{Series: []series.Series{{Values: values}}, Warnings: warnings}
		warnings = nil
	}
	return ofPlan(t, p, answers)
}

// explained explains a query as planned plans it.
func explained(t *testing.T, text string) *engine.Explanation {
	t.Helper()
	p := planned(t, text)
	return &engine.Explanation{Plans: []*plan.Plan{p}, Requests: engine.RequestsOf(p)}
}

func TestFrames(t *testing.T) {
	tests := map[string]struct {
		q      string
		golden string
		kind   data.FrameType
	}{
		"the whole over time":             {`{}`, "timeseries-overall", data.FrameTypeTimeSeriesMulti},
		"the flows over time":             {`{"level":"flow"}`, "timeseries-flow", data.FrameTypeTimeSeriesMulti},
		"values over time have units":     {`{"level":"sli","measure":"value"}`, "timeseries-value", data.FrameTypeTimeSeriesMulti},
		"traffic over time by a template": {`{"level":"sli","measure":"traffic","legend":"{{sli}} ({{flow}})"}`, "timeseries-traffic", data.FrameTypeTimeSeriesMulti},
		"numbers of SLIs":                 {`{"level":"sli","format":"latest"}`, "latest-sli", data.FrameTypeNumericMulti},
		"numbers of components":           {`{"level":"component","measure":"impact","format":"latest"}`, "latest-component-impact", data.FrameTypeNumericMulti},
		"a table of the whole":            {`{"format":"table"}`, "table-overall", data.FrameTypeTable},
		"a table of flows":                {`{"format":"table","level":"flow"}`, "table-flow", data.FrameTypeTable},
		"a table of components":           {`{"format":"table","level":"component"}`, "table-component", data.FrameTypeTable},
		"a table of SLIs":                 {`{"format":"table","level":"sli"}`, "table-sli", data.FrameTypeTable},
		"nothing over time":               {`{"components":["security"]}`, "timeseries-nothing", data.FrameTypeTimeSeriesMulti},
		"nothing now":                     {`{"components":["security"],"format":"latest"}`, "latest-nothing", data.FrameTypeNumericMulti},
		"a table of nothing":              {`{"format":"table","level":"sli","components":["security"]}`, "table-nothing", data.FrameTypeTable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			check(t, test.golden, test.kind, frame.From(evaluated(t, test.q)))
		})
	}
}

func TestFramesOfADefinition(t *testing.T) {
	check(t, "definition", data.FrameTypeTable, frame.OfDefinition(explained(t, `{"format":"definition","level":"sli"}`)))
}

func TestARangeWithoutInstantsHasNoNumbers(t *testing.T) {
	q, err := query.Parse([]byte(`{"level":"flow"}`))
	if err != nil {
		t.Fatal(err)
	}
	times := plan.Times{From: end.Add(time.Hour), To: end.Add(2 * time.Hour), Interval: time.Minute, Now: end, Scrape: 15 * time.Second}
	p, err := plan.Build(q, compiled(fixture.Shop(), "abc"), times, fixture.Facts())
	if err != nil {
		t.Fatal(err)
	}
	check(t, "timeseries-future", data.FrameTypeTimeSeriesMulti, frame.From(ofPlan(t, p, nil)))
}

// check compares frames with a golden file, and asserts what the contract asks of each of them.
func check(t *testing.T, golden string, kind data.FrameType, frames data.Frames) {
	t.Helper()
	seen := map[string]bool{}
	for i, f := range frames {
		if f.Meta.Type != kind || f.Meta.TypeVersion != (data.FrameTypeVersion{0, 1}) {
			t.Errorf("the frame %d is of the type %s %s, want %s 0.1", i, f.Meta.Type, f.Meta.TypeVersion, kind)
		}
		for _, field := range f.Fields {
			if key := field.Name + field.Labels.String(); field.Labels != nil && seen[key] {
				t.Errorf("two fields are %s", key)
			} else {
				seen[key] = true
			}
		}
	}
	experimental.CheckGoldenJSONResponse(t, "testdata", golden, &backend.DataResponse{Frames: frames}, *update)
}

func TestUnitsAndLimits(t *testing.T) {
	catalog := fixture.Shop()
	catalog.Aggregate = cer.Loss
	q, err := query.Parse([]byte(`{"level":"flow","measure":"weight","format":"latest"}`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Build(q, compiled(catalog, "abc"), plan.Times{From: end, To: end, Now: end, Scrape: time.Minute}, fixture.Facts())
	if err != nil {
		t.Fatal(err)
	}
	frames := frame.From(ofPlan(t, p, make([]series.Answer, len(p.Leaves))))
	if config := frames[0].Fields[0].Config; config.Max != nil || config.Unit != "percentunit" {
		t.Errorf("raw weights have the config %+v, want no limit", config)
	}
}

// ofPlan is the result of a plan that can be evaluated.
func ofPlan(t *testing.T, p *plan.Plan, answers []series.Answer) *engine.Result {
	t.Helper()
	result, err := eval.Evaluate(p, answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &engine.Result{Result: result, Requests: engine.RequestsOf(p)}
}
