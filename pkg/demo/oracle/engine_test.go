package oracle

import (
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/demo/stores"
)

// engine is in what a store evaluates otherwise than Prometheus 3.
type engine struct {
	// rules say that to those who read the report.
	rules []string
	// closed says that a sample at the very beginning of a range is within it.
	closed bool
	// zeroFirst says that a rate is not extrapolated to before the counter was 0 even where it is not extrapolated to the beginning of
	// its range, but by half of the distance between samples.
	zeroFirst bool
}

// engineOf are those of the stores.
var engineOf = map[string]engine{
	stores.Prometheus: {
		rules: []string{
			"ranges, and the lookback of five minutes, include a sample at their very beginning (https://prometheus.io/docs/prometheus/3.0/migration/#range-selectors-and-lookback-exclude-samples-coinciding-with-the-left-boundary)",
			"a rate that is not extrapolated to the beginning of its range goes back to where the counter was 0, if that is nearer than 1.1 times the distance between samples, and not half of that distance",
		},
		closed: true, zeroFirst: true,
	},
}

// border is how much longer ranges are than those of Prometheus 3, whose samples are milliseconds apart.
func (e engine) border() time.Duration {
	if e.closed {
		return time.Millisecond
	}
	return 0
}
