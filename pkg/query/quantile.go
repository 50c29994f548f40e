package query

import (
	"encoding/json"
	"errors"
	"slices"
)

// Quantiles are levels of quantiles, each in (0,1), ascending; a single one may stand by itself.
type Quantiles []float64

// defaultQuantiles returns the quantiles of a query that names none.
func defaultQuantiles() Quantiles { return Quantiles{0.5, 0.95, 0.99} }

// UnmarshalJSON reads a list of numbers, or a number. Their order does not matter, and each counts once.
func (l *Quantiles) UnmarshalJSON(raw []byte) error {
	var levels []float64
	if json.Unmarshal(raw, &levels) != nil {
		var one float64
		if json.Unmarshal(raw, &one) != nil {
			return errors.New("q is a number such as 0.95, or a list of numbers")
		}
		levels = []float64{one}
	}
	slices.Sort(levels)
	*l = slices.Compact(levels)
	return nil
}

// validateQuantiles says what is wrong with the quantiles that a query names.
func (q Query) validateQuantiles() error {
	if q.Measure != Quantile {
		if len(q.Q) > 0 && q.Format != Events {
			return Invalidf("q goes with the measure quantile; with %s leave it out", q.Measure)
		}
		return nil
	}
	if len(q.Q) > MaxQuantiles {
		return Invalidf("q has %d quantiles, more than %d; leave some out", len(q.Q), MaxQuantiles)
	}
	for _, level := range q.Q {
		if level <= 0 || level >= 1 {
			return Invalidf("q has %g, which is no quantile between 0 and 1; write 0.95 for p95", level)
		}
	}
	return nil
}
