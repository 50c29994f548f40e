package frame

import (
	"math"
	"slices"
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// fieldMaintenance counts the flows whose state a maintenance suppresses.
const fieldMaintenance = "maintenance"

// stateCount is a column of the summary of states.
type stateCount struct {
	name, heading, color string
	counts               func(eval.Member) bool
}

// stateCounted are those columns, the worst state first. A flow in maintenance is in no other.
var stateCounted = []stateCount{
	{cer.StatePage.String(), "Page", stateColors[cer.StatePage], isIn(cer.StatePage)},
	{cer.StateTicket.String(), "Ticket", stateColors[cer.StateTicket], isIn(cer.StateTicket)},
	{cer.StateUnknown.String(), "Unknown", "text", func(m eval.Member) bool { return m.Maintenance == "" && math.IsNaN(m.Newest(query.State)) }},
	{fieldMaintenance, "Maintenance", "blue", func(m eval.Member) bool { return m.Maintenance != "" }},
	{cer.StateOK.String(), "OK", stateColors[cer.StateOK], isIn(cer.StateOK)},
}

// isIn returns whether the newest state of a member is one that no maintenance suppresses.
func isIn(s cer.State) func(eval.Member) bool {
	return func(m eval.Member) bool { return m.Maintenance == "" && m.Newest(query.State) == s.Number() }
}

// stateCounts is the row of how many flows are in each state. A column has a colour where there is any.
func stateCounts(r *eval.Result) *data.Frame {
	f := data.NewFrame("")
	if len(r.Members) == 0 {
		return f
	}
	for _, column := range stateCounted {
		n := 0.0
		for _, m := range r.Members {
			if column.counts(m) {
				n++
			}
		}
		thresholds := neutral()
		thresholds.Steps = append(thresholds.Steps, data.NewThreshold(1, column.color, ""))
		f.Fields = append(f.Fields, data.NewField(column.name, nil, []*float64{&n}).SetConfig(
			&data.FieldConfig{DisplayNameFromDS: column.heading, Thresholds: thresholds, Min: number(0)}))
	}
	return f
}

// fieldStatus is the column of states in words, for tables: those of one number have the same mappings in every row.
const fieldStatus = "status"

// statuses is the column of the states of members as words, each in its colour: ok, ticket, page, unknown, or maintenance where one
// suppresses the state. Panels hide it beside the column of numbers, unless they show it instead.
func statuses(r *eval.Result) *data.Field {
	words := data.ValueMapper{}
	for i, c := range stateCounted {
		words[c.name] = data.ValueMappingResult{Text: c.name, Color: c.color, Index: i}
	}
	status := column(r.Members, fieldStatus, func(m eval.Member) string {
		return stateCounted[slices.IndexFunc(stateCounted, func(c stateCount) bool { return c.counts(m) })].name
	})
	return status.SetConfig(&data.FieldConfig{Mappings: data.ValueMappings{words}, Custom: map[string]any{"hidden": true}})
}

// maintainedMappings show the state of what is in maintenance, which is ok whatever is known of it.
func maintainedMappings() data.ValueMappings {
	ok := strconv.Itoa(int(cer.StateOK.Number()))
	return data.ValueMappings{data.ValueMapper{ok: {Text: fieldMaintenance, Color: "blue"}}}
}
