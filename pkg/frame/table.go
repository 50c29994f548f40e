package frame

import (
	"math"
	"slices"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// table is the frame with a row a member and a column a measure.
func table(r *eval.Result) *data.Frame {
	f := data.NewFrame("")
	if len(r.Members) == 0 || r.Plan.Range.Len() == 0 {
		return f
	}
	f.Fields = append(f.Fields, names(r)...)
	for _, name := range r.Plan.Query.By {
		f.Fields = append(f.Fields, column(r.Members, name, func(m eval.Member) string { return m.Cohort[name] }))
	}
	for _, name := range labelColumns(r.Plan.Query) {
		f.Fields = append(f.Fields, column(r.Members, name, func(m eval.Member) string { return labelOf(m.Flow, name) }))
	}
	for _, measure := range r.Plan.Query.Columns() {
		if measure.ExistsAt(r.Plan.Query.Level) {
			f.Fields = append(f.Fields, measured(r, measure)...)
		}
	}
	return withDetails(f, r)
}

// measured are the columns of a measure: its newest numbers, and what is read beside them.
func measured(r *eval.Result, measure query.Measure) []*data.Field {
	newest := numbers(r, string(measure), tableConfig(measure, r), func(m eval.Member) float64 { return m.Newest(measure) })
	switch measure {
	case query.Impact:
		fields := inPoints(newest, fieldImpactPoints)
		scaleImpactsInplace(fields[1].Config, r)
		return fields
	case query.Value:
		unit := column(r.Members, fieldUnit, func(m eval.Member) string { return unitOfValue(m.SLI) })
		return []*data.Field{newest, unit.SetConfig(&data.FieldConfig{Mappings: unitMappings()})}
	case query.Score:
		fields := []*data.Field{newest}
		if r.Plan.Query.IsOverview() {
			fields = append(fields, inPoints(numbers(r, fieldChange, &data.FieldConfig{Unit: unitShare}, change), fieldChangePoints)...)
		}
		return append(fields, numbers(r, fieldObjective, &data.FieldConfig{Unit: unitShare}, objective))
	case query.State:
		return []*data.Field{newest, statuses(r), column(r.Members, fieldPolicies, policiesOf)}
	default:
		return []*data.Field{newest}
	}
}

// policiesOf lists the policies that are on for a member, and the maintenance that suppresses its state.
func policiesOf(m eval.Member) string {
	all := m.Policies
	if m.Maintenance != "" {
		all = append([]string{"maintenance " + m.Maintenance}, all...)
	}
	return strings.Join(all, ", ")
}

// summary is the table of the sentences of a summary, a row each: first those on the first cohort. That of states counts flows.
func summary(r *eval.Result) *data.Frame {
	if r.Plan.Query.Measure == query.State {
		return stateCounts(r)
	}
	f := data.NewFrame("")
	if len(r.Summaries) == 0 {
		return f
	}
	for _, name := range r.Plan.Query.By {
		var values []string
		for i, sentences := range r.Summaries {
			values = append(values, slices.Repeat([]string{r.Members[i].Cohort[name]}, len(sentences))...)
		}
		f.Fields = append(f.Fields, data.NewField(name, nil, values))
	}
	f.Fields = append(f.Fields, data.NewField(fieldSummary, nil, slices.Concat(r.Summaries...)))
	return f
}

// names are the columns that say whose row it is.
func names(r *eval.Result) []*data.Field {
	level := r.Plan.Query.Level
	if level == query.LevelOverall {
		return []*data.Field{column(r.Members, fieldTitle, func(eval.Member) string { return r.Plan.Catalog.Name })}
	}
	title := column(r.Members, fieldTitle, func(m eval.Member) string { return m.Flow.DisplayName() })
	title.SetConfig(&data.FieldConfig{DisplayNameFromDS: presentations[fieldFlowTitle].name})
	fields := []*data.Field{column(r.Members, labelFlow, func(m eval.Member) string { return m.Flow.Name }), title}
	if level == query.LevelComponent || level == query.LevelSLI {
		fields = append(fields, column(r.Members, labelComponent, func(m eval.Member) string { return string(m.Component) }))
	}
	if level == query.LevelSLI {
		fields = append(fields, column(r.Members, labelSLI, func(m eval.Member) string { return m.SLI.Name }),
			column(r.Members, fieldSLITitle, func(m eval.Member) string { return m.SLI.DisplayName() }))
	}
	return fields
}

// withDetails adds the columns for acting on a row: owner, runbook and the like.
func withDetails(f *data.Frame, r *eval.Result) *data.Frame {
	if r.Plan.Query.Level != query.LevelOverall {
		f.Fields = append(f.Fields,
			column(r.Members, fieldOwner, func(m eval.Member) string { return m.Flow.Owner }),
			column(r.Members, fieldRunbook, func(m eval.Member) string { return m.Flow.Runbook }))
	}
	return f
}

// tableConfig is the config of a measure's column, whose members may have different objectives and units.
func tableConfig(measure query.Measure, r *eval.Result) *data.FieldConfig {
	config := configOf(measure, r.Members[0], r.Plan)
	config.Thresholds = nil
	if measure == query.Value {
		config.Unit, config.Decimals = unitNone, nil
	}
	return config
}

// numbers is a column of numbers, null where there is none.
func numbers(r *eval.Result, name string, config *data.FieldConfig, of func(eval.Member) float64) *data.Field {
	return column(r.Members, name, func(m eval.Member) *float64 { return orNull(of(m)) }).SetConfig(config)
}

// change is the score now minus the score at the range's start; none where the range is a single instant.
func change(m eval.Member) float64 {
	column := m.Columns[query.Score]
	if len(column) < 2 {
		return math.NaN()
	}
	return m.Newest(query.Score) - column[0]
}

// objective is what a row's score is held against, or the value of an SLI.
func objective(m eval.Member) float64 {
	if m.Objective == 0 {
		return math.NaN()
	}
	return m.Objective
}
