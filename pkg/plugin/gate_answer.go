package plugin

import (
	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// gateAnswer describes a gate. What is about a comparison is left out of a gate that compares nothing.
type gateAnswer struct {
	Name string `json:"name"`
	// Flows are the flows that the gate is about.
	Flows   []string          `json:"flows"`
	Compare *comparisonAnswer `json:"compare,omitempty"`
	Strata  []string          `json:"strata,omitempty"`
	// MaxDrop is by how much SLIs may be lower. MaxDrops are those of SLIs that state others, and Bounds the durations above
	// which requests count as bad for quantiles, by SLI or flow/sli.
	MaxDrop  *float64           `json:"maxDrop,omitempty"`
	MaxDrops map[string]float64 `json:"maxDrops,omitempty"`
	Bounds   map[string]string  `json:"bounds,omitempty"`
	Alpha    float64            `json:"alpha,omitempty"`
	Beta     float64            `json:"beta,omitempty"`
	// Slice is the width of the time slices that are compared.
	Slice       string      `json:"slice,omitempty"`
	MinPassed   float64     `json:"minPassed,omitempty"`
	Warmup      string      `json:"warmup"`
	MinDuration string      `json:"minDuration"`
	MaxDuration string      `json:"maxDuration"`
	OnTimeout   cer.Verdict `json:"onTimeout"`
	// Require is a condition in CEL.
	Require string `json:"require,omitempty"`
}

// comparisonAnswer describes what a gate compares. Candidate and Baseline are "" if the asker names them.
type comparisonAnswer struct {
	Dimension string `json:"dimension"`
	Candidate string `json:"candidate,omitempty"`
	Baseline  string `json:"baseline,omitempty"`
}

// describeGates returns the answers for the gates of a catalog.
func describeGates(c *catalog.Catalog) []gateAnswer {
	answers := []gateAnswer{}
	for _, compiled := range c.Gates {
		g := compiled.Stated
		answer := gateAnswer{Name: g.Name, Flows: []string{}, Warmup: model.Duration(g.Warmup).String(),
			MinDuration: model.Duration(g.MinDuration).String(), MaxDuration: model.Duration(g.MaxDuration).String(),
			OnTimeout: g.OnTimeout, Require: g.Require}
		for _, f := range g.Flows.Flows(c.Catalog) {
			answer.Flows = append(answer.Flows, f.Name)
		}
		if g.Compare != nil {
			answer.addComparison(g, c.Catalog)
		}
		answers = append(answers, answer)
	}
	return answers
}

// addComparison adds what a gate compares.
func (a *gateAnswer) addComparison(g *cer.Gate, c *cer.Catalog) {
	a.Compare = &comparisonAnswer{g.Compare.Dimension, g.Compare.Candidate, g.Compare.Baseline}
	a.Strata, a.MaxDrop, a.MaxDrops = g.Compare.Strata, &g.MaxDrop, g.MaxDrops
	a.Alpha, a.Beta, a.MinPassed, a.Slice = g.Alpha, g.Beta, g.MinPassed, model.Duration(g.Width(c)).String()
	for name, bound := range g.Bounds {
		if a.Bounds == nil {
			a.Bounds = map[string]string{}
		}
		a.Bounds[name] = bound.String()
	}
}
