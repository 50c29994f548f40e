package frame_test

import (
	"encoding/json"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// choosesDigits are the units with which Grafana chooses the decimals by the size of the number better than a fixed number of them:
// durations, which it scales, and values that may be of any size.
var choosesDigits = []query.Unit{query.UnitSeconds, query.UnitOfSLI}

// A fresh panel and Explore's tables read well without being set up: each measure, in each format of numbers, and at each of its levels,
// has a unit, decimals and a name.
func TestEveryMeasureHasAUnitDecimalsAndAName(t *testing.T) {
	shop := compiled(fixture.Shop(), "abc")
	checkout := &shop.Flows[0]
	for _, row := range query.Rows() {
		for _, level := range row.Levels {
			for _, format := range []query.Format{query.Timeseries, query.Latest} {
				m := eval.Member{Currency: "EUR", Columns: map[query.Measure][]float64{row.Measure: {1}}}
				if level != query.LevelOverall {
					m.Flow = checkout
				}
				if level == query.LevelSLI {
					m.SLI = &checkout.SLIs[0]
				}
				asked := query.Query{Measure: row.Measure, Level: level, Format: format, Gate: "canary"}
				p := &plan.Plan{Query: asked, Catalog: shop, Range: series.Range{Start: end.UnixMilli(), End: end.UnixMilli(), Step: 60_000}}
				frames := frame.From(&engine.Result{Result: &eval.Result{Plan: p, Members: []eval.Member{m}}})
				fields := frames[0].Fields
				assertReadable(t, string(row.Measure)+" at "+string(level)+" as "+string(format), fields[len(fields)-1], row.Unit)
			}
		}
	}
}

// assertReadable asserts that a field of numbers has a unit, decimals and a name.
func assertReadable(t *testing.T, what string, f *data.Field, unit query.Unit) {
	t.Helper()
	config := f.Config
	if config == nil || config.Unit == "" || config.DisplayNameFromDS == "" {
		t.Errorf("%s has the config %+v, want a unit and a name", what, config)
		return
	}
	for _, free := range choosesDigits {
		if unit == free {
			return
		}
	}
	if config.Decimals == nil {
		t.Errorf("%s has no decimals", what)
	}
}

// unnamed are the columns that are read by these very names: by annotations, and of rows by dashboards.
var unnamed = map[string]bool{"time": true, "timeEnd": true, "title": true, "text": true, "tags": true}

func TestEveryColumnOfATableHasAHeading(t *testing.T) {
	for _, text := range []string{
		`{"format":"table"}`, `{"format":"table","level":"flow"}`, `{"format":"table","level":"component"}`, `{"format":"table","level":"sli"}`,
	} {
		for _, f := range frame.From(evaluated(t, text))[0].Fields {
			assertHeading(t, text, f)
		}
	}
	definition := `{"format":"definition","level":"sli"}`
	for _, f := range frame.OfDefinition(explained(t, definition))[0].Fields {
		assertHeading(t, definition, f)
	}
}

// assertHeading asserts that a column that is in sight has a heading, and one of numbers a unit.
func assertHeading(t *testing.T, of string, f *data.Field) {
	t.Helper()
	if f.Config != nil && f.Config.Custom["hidden"] == true || unnamed[f.Name] {
		return
	}
	if f.Config == nil || f.Config.DisplayNameFromDS == "" {
		t.Errorf("%s: the column %s has no heading", of, f.Name)
	}
	if f.Type() == data.FieldTypeNullableFloat64 && f.Config.Unit == "" {
		t.Errorf("%s: the column %s has no unit", of, f.Name)
	}
}

// The decimals of a value depend on what the SLI measures: shares have those of scores, durations and others what Grafana chooses.
func TestDecimalsOfValues(t *testing.T) {
	tests := map[string]struct {
		indicator cer.Indicator
		want      string
	}{
		"a share":     {cer.Ratio{Good: "a_total", Total: "b_total"}, `{"unit":"percentunit","decimals":2}`},
		"a duration":  {cer.Quantile{}, `{"unit":"s","decimals":null}`},
		"a raw value": {cer.Value{PromQL: "queue"}, `{"unit":"none","decimals":null}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := eval.Member{Flow: &cer.Flow{Name: "a"}, SLI: &cer.SLI{Name: "b", Indicator: test.indicator}, Columns: map[query.Measure][]float64{query.Value: {.5}}}
			p := &plan.Plan{Query: query.Query{Measure: query.Value, Level: query.LevelSLI, Format: query.Latest}, Catalog: compiled(fixture.Shop(), "abc"),
				Range: series.Range{Start: end.UnixMilli(), End: end.UnixMilli(), Step: 60_000}}
			config := frame.From(&engine.Result{Result: &eval.Result{Plan: p, Members: []eval.Member{m}}})[0].Fields[0].Config
			got, err := json.Marshal(struct {
				Unit     string  `json:"unit"`
				Decimals *uint16 `json:"decimals"`
			}{config.Unit, config.Decimals})
			if err != nil || string(got) != test.want {
				t.Errorf("it has %s, %v, want %s", got, err, test.want)
			}
		})
	}
}
