package frame

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

const (
	// fieldTraceID is the field on which links to traces are.
	fieldTraceID = "traceID"
	fieldOutcome = "verdict"
	fieldValue   = "value"
	// exported stands before the name of a label that is one of the fields too, as Prometheus puts it.
	exported = "exported_"
	// maxLabelColumns is the number of other labels that have columns.
	maxLabelColumns = 20
)

// exemplarColumns are the names of the columns that are no labels.
var exemplarColumns = []string{fieldTime, labelFlow, fieldFlowTitle, labelComponent, labelSLI, fieldSLITitle, fieldOutcome, fieldValue, fieldTraceID}

// exemplars is the table of exemplars, a row each. The labels of their series and their own follow, but for those by which the query
// splits already.
func exemplars(r *eval.Result) *data.Frame {
	f := data.NewFrame("")
	if len(r.Exemplars) == 0 {
		return f
	}
	f.Fields = append(f.Fields,
		column(r.Exemplars, fieldTime, func(e eval.Exemplar) time.Time { return e.Time }).SetConfig(&data.FieldConfig{DisplayNameFromDS: "Time"}),
		column(r.Exemplars, labelFlow, func(e eval.Exemplar) string { return e.Flow.Name }),
		column(r.Exemplars, fieldFlowTitle, func(e eval.Exemplar) string { return e.Flow.DisplayName() }),
		column(r.Exemplars, labelComponent, func(e eval.Exemplar) string { return string(e.SLI.Component) }),
		column(r.Exemplars, labelSLI, func(e eval.Exemplar) string { return e.SLI.Name }),
		column(r.Exemplars, fieldSLITitle, func(e eval.Exemplar) string { return e.SLI.DisplayName() }),
		column(r.Exemplars, fieldOutcome, func(e eval.Exemplar) string { return string(e.Outcome) }).SetConfig(outcomeConfig()),
		column(r.Exemplars, fieldValue, func(e eval.Exemplar) *float64 { return orNull(e.Value) }).SetConfig(&data.FieldConfig{Unit: unitOfExemplars(r)}),
		column(r.Exemplars, fieldTraceID, func(e eval.Exemplar) string { return e.TraceID }))
	for _, name := range r.Plan.Query.By {
		f.Fields = append(f.Fields, column(r.Exemplars, name, func(e eval.Exemplar) string { return e.Cohort[name] }))
	}
	for _, name := range otherLabels(r) {
		label := column(r.Exemplars, name, func(e eval.Exemplar) string { return e.Labels[name] })
		if slices.Contains(exemplarColumns, name) {
			label.Name = exported + name
		}
		f.Fields = append(f.Fields, label)
	}
	return f
}

// withoutColumn are the labels that say nothing of an event: what it was counted by.
var withoutColumn = []string{model.MetricNameLabel, model.BucketLabel, expand.RangeLabel}

// otherLabels returns the names of the labels that have columns, sorted.
func otherLabels(r *eval.Result) []string {
	names := map[string]bool{}
	for _, e := range r.Exemplars {
		for name := range e.Labels {
			names[name] = true
		}
	}
	maps.DeleteFunc(names, func(name string, _ bool) bool {
		return slices.Contains(withoutColumn, name) || slices.Contains(r.Plan.Query.By, name)
	})
	sorted := slices.Sorted(maps.Keys(names))
	return sorted[:min(len(sorted), maxLabelColumns)]
}

// unitOfExemplars returns the unit of the values: seconds where all that there are are durations.
func unitOfExemplars(r *eval.Result) string {
	if slices.ContainsFunc(r.Exemplars, func(e eval.Exemplar) bool { return !e.IsDuration && !math.IsNaN(e.Value) }) {
		return unitNone
	}
	return unitSeconds
}

// outcomeConfig colours what became of events.
func outcomeConfig() *data.FieldConfig {
	words := data.ValueMapper{}
	for i, one := range []struct {
		outcome expand.Outcome
		color   string
	}{{expand.Failed, "red"}, {expand.Slow, "orange"}, {expand.Undecided, "text"}, {expand.Fine, "green"}} {
		words[string(one.outcome)] = data.ValueMappingResult{Text: string(one.outcome), Color: one.color, Index: i}
	}
	return &data.FieldConfig{Mappings: data.ValueMappings{words}, Custom: map[string]any{"cellOptions": map[string]any{"type": "color-text"}}}
}

// traceLabels returns the names of the labels that the trace IDs are from.
func traceLabels(all []eval.Exemplar) []string {
	var names []string
	for _, e := range all {
		if e.TraceLabel != "" && !slices.Contains(names, e.TraceLabel) {
			names = append(names, e.TraceLabel)
		}
	}
	return names
}
