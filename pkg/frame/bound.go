package frame

import (
	"math"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// curveThresholds colours the value of an SLI by the bounds of its curve: green where it scores 0.9 (log-normal) or 1, red where it
// scores 0.5 (log-normal) or 0, orange between; nil for curves of shares, whose values are held against the objective.
func curveThresholds(curve cer.Curve) *data.ThresholdsConfig {
	switch c := curve.(type) {
	case cer.Linear:
		return boundThresholds(c.One, c.Zero, c.One < c.Zero)
	case cer.LogNormal:
		return boundThresholds(c.P10, c.Median, true)
	case cer.Step:
		good := c.At
		if c.Strict != c.LowerBetter { // A threshold holds from its value on: the edge is on the side below.
			good = math.Nextafter(c.At, math.Inf(1))
		}
		return boundThresholds(good, good, c.LowerBetter)
	default:
		return nil
	}
}

// boundThresholds colours what is good green, what is bad red, and what is between orange.
func boundThresholds(good, bad float64, lowerBetter bool) *data.ThresholdsConfig {
	first, middle, last := data.NewThreshold(math.Inf(-1), "red", ""), data.NewThreshold(bad, "orange", ""), data.NewThreshold(good, "green", "")
	if lowerBetter {
		first, middle, last = data.NewThreshold(math.Inf(-1), "green", ""), data.NewThreshold(good, "orange", ""), data.NewThreshold(bad, "red", "")
	}
	steps := []data.Threshold{first, middle, last}
	if good == bad {
		steps = []data.Threshold{first, last}
	}
	return &data.ThresholdsConfig{Mode: data.ThresholdsModeAbsolute, Steps: steps}
}
