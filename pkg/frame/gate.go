package frame

import (
	"math"
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/gate"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// gateTable is the table of the SLIs that a gate looks at. Where it compares nothing it has no rows.
func gateTable(g *gate.Result) *data.Frame {
	numbers := func(name, unit string, of func(c *gate.Compared, o *cer.SLIOutcome) float64) *data.Field {
		values := make([]*float64, len(g.Compared))
		for i := range values {
			if g.Compared[i].LeftOut == "" {
				values[i] = orNull(of(&g.Compared[i], &g.Outcomes[i]))
			}
		}
		return data.NewField(name, nil, values).SetConfig(&data.FieldConfig{Unit: unit})
	}
	verdict := numbers(string(query.Verdict), unitNone, func(_ *gate.Compared, o *cer.SLIOutcome) float64 { return o.Verdict.Number() })
	verdict.Config.Mappings = verdictMappings()
	drop := numbers("drop", unitShare, func(_ *gate.Compared, o *cer.SLIOutcome) float64 { return o.Drop })
	maxDrop := numbers("maxDrop", unitShare, func(c *gate.Compared, _ *cer.SLIOutcome) float64 { return c.MaxDrop })
	f := data.NewFrame("",
		column(g.Compared, labelFlow, func(c gate.Compared) string { return c.Flow.Name }),
		column(g.Compared, fieldFlowTitle, func(c gate.Compared) string { return c.Flow.DisplayName() }),
		column(g.Compared, labelSLI, func(c gate.Compared) string { return c.SLI.Name }),
		column(g.Compared, fieldSLITitle, func(c gate.Compared) string { return c.SLI.DisplayName() }),
		verdict,
		numbers("candidate", unitShare, func(_ *gate.Compared, o *cer.SLIOutcome) float64 { return o.Candidate }),
		numbers("baseline", unitShare, func(_ *gate.Compared, o *cer.SLIOutcome) float64 { return o.Baseline }))
	f.Fields = append(append(f.Fields, inPoints(drop, fieldDropPoints)...), inPoints(maxDrop, fieldMaxDropPoints)...)
	f.Fields = append(f.Fields,
		numbers("events", unitNone, func(_ *gate.Compared, o *cer.SLIOutcome) float64 { return math.Round(o.Events) }),
		numbers("phi", unitNone, func(_ *gate.Compared, o *cer.SLIOutcome) float64 { return o.Dispersion }),
		numbers("evidence", unitNone, func(c *gate.Compared, o *cer.SLIOutcome) float64 { return c.Share * o.Worse }),
		numbers("notWorse", unitNone, func(_ *gate.Compared, o *cer.SLIOutcome) float64 { return o.NotWorse }),
		numbers("share", unitShare, func(c *gate.Compared, _ *cer.SLIOutcome) float64 { return c.Share }),
		column(g.Compared, "leftOut", func(c gate.Compared) string { return c.LeftOut }))
	return f
}

// verdictColors are Grafana's names of colours.
var verdictColors = []struct {
	verdict cer.Verdict
	color   string
}{{cer.Fails, "red"}, {cer.Inconclusive, "text"}, {cer.Passes, "green"}}

// borderOf returns how much evidence of a gate is enough as threshold: red where the gate fails, and green where an SLI passes; nil for
// other measures.
func borderOf(measure query.Measure, p *plan.Plan) *data.ThresholdsConfig {
	g, ok := p.Catalog.Gate(p.Query.Gate)
	if !ok || measure != query.Worse && measure != query.NotWorse {
		return nil
	}
	border := data.NewThreshold(1/g.Stated.Alpha, "red", "")
	if measure == query.NotWorse {
		border = data.NewThreshold(1/g.Stated.Beta, "green", "")
	}
	return &data.ThresholdsConfig{Mode: data.ThresholdsModeAbsolute, Steps: []data.Threshold{data.NewThreshold(math.Inf(-1), "text", ""), border}}
}

// verdictMappings show verdicts as words, each in its colour.
func verdictMappings() data.ValueMappings {
	words := data.ValueMapper{}
	for i, v := range verdictColors {
		words[strconv.Itoa(int(v.verdict.Number()))] = data.ValueMappingResult{Text: string(v.verdict), Color: v.color, Index: i}
	}
	return data.ValueMappings{words}
}

// reasonsOf returns the reasons for a verdict as notices.
func reasonsOf(g *gate.Result) cer.Annotations {
	var all cer.Annotations
	severity := cer.Info
	if g.Verdict == cer.Fails {
		severity = cer.Warning
	}
	for _, reason := range g.Reasons {
		all.Add(cer.Notice{Severity: severity, Subject: string(g.Verdict), Text: reason})
	}
	return all
}
