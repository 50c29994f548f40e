package frame

import (
	"math"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// incidents is the table of incidents, a row each. Its first columns are those that annotations are made of.
func incidents(r *eval.Result) *data.Frame {
	f := data.NewFrame("",
		column(r.Incidents, fieldTime, func(i eval.Incident) time.Time { return i.Onset.UTC() }),
		column(r.Incidents, fieldTimeEnd, func(i eval.Incident) time.Time { return i.End.UTC() }),
		column(r.Incidents, fieldTitle, func(i eval.Incident) string { return title(r.Plan, i) }),
		column(r.Incidents, fieldText, func(i eval.Incident) string { return i.Text() }),
		column(r.Incidents, fieldTags, func(i eval.Incident) string { return "incident," + i.Worst.String() }))
	if r.Plan.Query.Level == query.LevelFlow {
		f.Fields = append(f.Fields,
			column(r.Incidents, labelFlow, func(i eval.Incident) string { return i.Member.Flow.Name }),
			column(r.Incidents, fieldFlowTitle, func(i eval.Incident) string { return i.Member.Flow.DisplayName() }))
	}
	for _, name := range r.Plan.Query.By {
		f.Fields = append(f.Fields, column(r.Incidents, name, func(i eval.Incident) string { return i.Member.Cohort[name] }))
	}
	for _, name := range labelColumns(r.Plan.Query) {
		f.Fields = append(f.Fields, column(r.Incidents, name, func(i eval.Incident) string { return labelOf(i.Member.Flow, name) }))
	}
	if r.Plan.Query.Level == query.LevelFlow {
		f.Fields = append(f.Fields, reports(r)) // Before the wide columns, so that tables show it without scrolling.
	}
	f.Fields = append(f.Fields, course(r)...)
	if r.Plan.Query.Level == query.LevelFlow {
		f.Fields = append(f.Fields,
			column(r.Incidents, fieldOwner, func(i eval.Incident) string { return i.Member.Flow.Owner }),
			column(r.Incidents, fieldRunbook, func(i eval.Incident) string { return i.Member.Flow.Runbook }))
	}
	return f
}

// fieldReport is the column with the path of the report of each incident, which WithLinks makes a link.
const fieldReport = "report"

// reports is the column of reports, by flow and time of detection, which no two incidents of a flow share. Each cell shows one word.
func reports(r *eval.Result) *data.Field {
	f := column(r.Incidents, fieldReport, func(i eval.Incident) string { return i.Member.Flow.Name + "/" + i.Detected.UTC().Format(time.RFC3339) })
	words := data.ValueMapper{}
	for i := range f.Len() {
		words[f.At(i).(string)] = data.ValueMappingResult{Text: "Report", Index: i}
	}
	if len(words) > 0 {
		configured(f).Mappings = data.ValueMappings{words}
	}
	return f
}

// title names an incident: whose it is, and how bad it was.
func title(p *plan.Plan, i eval.Incident) string {
	parts := append([]string{subject(p, i.Member)}, cohort(p, i.Member)...)
	return strings.Join(parts, " / ") + ": " + i.Worst.String()
}

// course is the columns that say what became of incidents, and what they came from.
func course(r *eval.Result) []*data.Field {
	state := column(r.Incidents, string(query.State), func(i eval.Incident) *float64 { return orNull(i.Worst.Number()) })
	state.Config = configOf(query.State, eval.Member{}, r.Plan)
	known := func(is bool, t time.Time) *time.Time {
		if !is {
			return nil
		}
		t = t.UTC()
		return &t
	}
	return []*data.Field{
		state,
		column(r.Incidents, "detected", func(i eval.Incident) *time.Time { return known(!i.Cut, i.Detected) }),
		column(r.Incidents, "recovered", func(i eval.Incident) *time.Time { return known(i.Recovered, i.End) }),
		duration(r, "timeToDetect", eval.Incident.TimeToDetect),
		timeToRecover(r),
		amount(r, "lowestScore", unitShare, func(i eval.Incident) float64 { return i.LowestScore }),
		amount(r, "budgetSpent", unitShare, func(i eval.Incident) float64 { return i.BudgetSpent }),
		column(r.Incidents, "slis", func(i eval.Incident) string { return annotate.Contributions(i.SLIs) }),
		column(r.Incidents, "cohorts", func(i eval.Incident) string { return annotate.Contributions(i.Cohorts) }),
		column(r.Incidents, fieldPolicies, func(i eval.Incident) string { return strings.Join(i.Policies, ", ") }),
	}
}

// duration is a column of durations in seconds, of which the minutes are shown. Where one is an hour or more, two units of time are.
func duration(r *eval.Result, name string, minutes func(eval.Incident) float64) *data.Field {
	decimals := uint16(0)
	for _, one := range r.Incidents {
		if minutes(one) >= time.Hour.Minutes() {
			decimals = 1
		}
	}
	field := amount(r, name, unitDuration, func(i eval.Incident) float64 { return minutes(i) * cer.Grid.Seconds() })
	field.Config.Decimals = &decimals
	return field
}

// timeToRecover is the column of how long incidents lasted: null while one is ongoing, and NaN where it is not known when it began or ended.
// Each has its word.
func timeToRecover(r *eval.Result) *data.Field {
	field := duration(r, "timeToRecover", eval.Incident.TimeToRecover)
	for i, one := range r.Incidents {
		if minutes := one.TimeToRecover(); math.IsNaN(minutes) && !one.Ongoing {
			field.Set(i, &minutes)
		}
	}
	field.Config.Mappings = data.ValueMappings{
		data.SpecialValueMapper{Match: data.SpecialValueNull, Result: data.ValueMappingResult{Text: "ongoing", Color: "orange"}},
		data.SpecialValueMapper{Match: data.SpecialValueNaN, Result: data.ValueMappingResult{Text: cer.StateUnknown.String(), Color: "text", Index: 1}},
	}
	return field
}

// amount is a column of numbers, null where there is none.
func amount(r *eval.Result, name, unit string, of func(eval.Incident) float64) *data.Field {
	return column(r.Incidents, name, func(i eval.Incident) *float64 { return orNull(of(i)) }).SetConfig(&data.FieldConfig{Unit: unit})
}
