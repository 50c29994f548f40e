package bench

import (
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/prometheus/common/model"
)

// catalog is what is defined of a data set: its first flows, with five SLIs each, which read two counters twice, two
// shares of durations and one quantile.
type catalog struct {
	name, job    string
	flows        int
	scrape       time.Duration
	budgetWindow time.Duration
}

// The objectives of the whole, of flows and of SLIs that count events.
const (
	wholeObjective = 0.95
	flowObjective  = 0.98
	eventObjective = 0.99
)

// sliceWidth is the catalogs' timeSliceWindow, and window what their SLIs look back over.
const (
	sliceWidth = 5 * time.Minute
	window     = 5 * time.Minute
)

// revenue is what each flow earns in an hour.
const revenue = 1000

// weight is that of a flow.
func weight(flow int) float64 { return float64(1 + flow%5) }

// sliWeights are those of a flow's SLIs, in the order of the catalog.
var sliWeights = []float64{5, 2, 3, 2, 1}

// sliNames are what they are called, in the same order.
var sliNames = []string{"success", "accepted", "fast", "bearable", "p99"}

// fast and bearable are the bounds of the latency SLIs of a flow, as the label le spells them. Flows differ in them.
func fast(flow int) string     { return []string{"0.2", "0.3"}[flow%2] }
func bearable(flow int) string { return []string{"0.8", "1"}[flow%2] }

// p99Zero and p99One are the 99th percentiles, in seconds, that score 0 and 1.
const p99Zero, p99One = 4, 0.4

var definition = template.Must(template.New("catalog").Funcs(template.FuncMap{
	"duration": duration,
	"handler":  handler, "name": flowName, "weight": weight, "fast": fast, "bearable": bearable,
	"milliseconds": milliseconds,
}).Parse(`apiVersion: cer/v1
kind: Catalog
metadata: { name: {{.Name}} }
spec:
{{- if .Settings}}
  window: {{duration .Window}}
  objective: {{.WholeObjective}}
  budgetWindow: {{duration .BudgetWindow}}
  timeSliceWindow: {{duration .SliceWidth}}
  trust: ['job="{{.Job}}"']
  dimensions: [{ name: region }, { name: tier }]
  gates: [{ name: {{.Gate}}, flows: { names: [{{.Compared}}] }, compare: { dimension: region, candidate: us, baseline: eu } }]
{{- end}}
  flows:
{{- range $flow := .Flows}}
    - name: {{name $flow}}
      weight: {{weight $flow}}
      objective: {{$.FlowObjective}}
      revenue: { perHour: {{$.Revenue}}, currency: EUR }
      slis:
        - name: success
          weight: {{index $.Weights 0}}
          objective: {{$.EventObjective}}
          ratio: { good: '{{$.Requests}}{handler="{{handler $flow}}",code!~"5.."}', total: '{{$.Requests}}{handler="{{handler $flow}}"}' }
        - name: accepted
          component: correctness
          weight: {{index $.Weights 1}}
          objective: {{$.EventObjective}}
          ratio: { bad: '{{$.Requests}}{handler="{{handler $flow}}",code=~"4.."}', total: '{{$.Requests}}{handler="{{handler $flow}}"}' }
        - name: fast
          weight: {{index $.Weights 2}}
          objective: {{$.EventObjective}}
          latency: { histogram: '{{$.Durations}}{handler="{{handler $flow}}"}', under: {{fast $flow | milliseconds}} }
        - name: bearable
          weight: {{index $.Weights 3}}
          objective: {{$.EventObjective}}
          latency: { histogram: '{{$.Durations}}{handler="{{handler $flow}}"}', under: {{bearable $flow | milliseconds}} }
        - name: p99
          weight: {{index $.Weights 4}}
          quantile: { histogram: '{{$.Durations}}{handler="{{handler $flow}}"}', q: 0.99 }
          curve: { linear: { zero: {{milliseconds $.Zero}}, one: {{milliseconds $.One}} } }
{{- end}}
`))

// duration prints a duration as PromQL and the definition read it.
func duration(d time.Duration) string { return model.Duration(d).String() }

// milliseconds writes a number of seconds as a duration of the definition, which has no fractions.
func milliseconds(seconds string) (string, error) {
	d, err := time.ParseDuration(seconds + "s")
	return duration(d), err
}

// flowsPerFile keeps the files of a catalog well below what the operator's folder allows.
const flowsPerFile = 250

// files are the definition, the settings in the first.
func (c catalog) files() []string {
	var files []string
	for flows := range slices.Chunk(c.numbers(), flowsPerFile) {
		files = append(files, c.yaml(flows, len(files) == 0))
	}
	return files
}

// yaml is the definition of some flows, with the settings or without.
func (c catalog) yaml(flows []int, settings bool) string {
	var out strings.Builder
	err := definition.Execute(&out, map[string]any{
		"Name": c.name, "Settings": settings, "Job": c.job, "Flows": flows, "Scrape": c.scrape, "BudgetWindow": c.budgetWindow,
		"Window": window, "SliceWidth": sliceWidth, "Weights": sliWeights, "Revenue": revenue,
		"Gate": gateName, "Compared": strings.Join(c.names()[:min(gateFlows, c.flows)], ", "),
		"WholeObjective": wholeObjective, "FlowObjective": flowObjective, "EventObjective": eventObjective,
		"Requests": requestsMetric, "Durations": durationsMetric, "Zero": number(p99Zero), "One": number(p99One),
	})
	if err != nil {
		panic("the template of catalogs can't be filled in: " + err.Error())
	}
	return out.String()
}

// numbers are those of the flows.
func (c catalog) numbers() []int {
	numbers := make([]int, c.flows)
	for flow := range numbers {
		numbers[flow] = flow
	}
	return numbers
}

// names are those of the flows.
func (c catalog) names() []string {
	names := make([]string, c.flows)
	for flow := range names {
		names[flow] = flowName(flow)
	}
	return names
}
