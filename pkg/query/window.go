package query

import (
	"slices"
	"time"

	"github.com/prometheus/common/model"
)

// WindowAuto stands for the definition's window, or a longer one where the step of a range would leave holes.
const WindowAuto = "auto"

// DefaultBurnWindow is the window of a burn rate where a query states none, and of the burn rate from which it follows how
// long a budget lasts.
const DefaultBurnWindow = time.Hour

// BurnWindowOf returns the window over which a query asks for the burn rate: whole time slices, of an hour in all unless
// the query states another. It fails with an *Invalid error where that is no multiple of the width of a slice.
func (q Query) BurnWindowOf(slice time.Duration) (time.Duration, error) {
	if q.Window == WindowAuto {
		return (DefaultBurnWindow + slice - 1) / slice * slice, nil
	}
	if err := CheckInterpolated([]string{q.Window}); err != nil {
		return 0, err
	}
	d, err := model.ParseDuration(q.Window)
	window := time.Duration(d)
	if err != nil || window <= 0 || window > MaxBurnWindow || window%slice != 0 {
		return 0, Invalidf("the window %q of a burn rate must be a multiple of the time slices, which are %s, up to 90d; write 1h, or leave it out", q.Window, model.Duration(slice))
	}
	return window, nil
}

// longFormats are those in which long windows may be asked about.
var longFormats = []Format{Timeseries, Latest}

// WithLong returns the query with its Long window, if it has one: whole time slices, up to MaxBurnWindow. One that has it already
// keeps it. total is the length of the range.
func (q Query) WithLong(total, slice time.Duration) Query {
	if q.Long > 0 || q.Measure.Row().Window != LongWindow || !slices.Contains(longFormats, q.Format) {
		return q
	}
	window := total
	if q.Window != "$__range" && q.Window != "${__range}" {
		d, err := model.ParseDuration(q.Window)
		if err != nil {
			return q
		}
		window = time.Duration(d)
	}
	if window <= MaxWindow {
		return q
	}
	slice = max(slice, time.Minute)
	if window = (window + slice - 1) / slice * slice; window <= MaxBurnWindow {
		q.Long = window
	}
	return q
}

// WindowOf returns the window over which an SLI looks back whose own window is stated: its own for single instants, else
// at least a step and a scrape interval, so that a long range is covered without holes. total is the length of the range.
// It fails with an *Invalid error.
func (q Query) WindowOf(own, step, scrape, total time.Duration) (time.Duration, error) {
	switch q.Window {
	case WindowAuto:
		if q.Format == Latest || q.Format == Table || q.Format == Summary {
			return own, nil
		}
		return max(own, step+scrape), nil
	case "$__interval", "${__interval}":
		return bounded(step)
	case "$__rate_interval", "${__rate_interval}":
		return bounded(max(step+scrape, 4*scrape))
	case "$__range", "${__range}":
		return bounded(total.Round(time.Second))
	}
	if err := CheckInterpolated([]string{q.Window}); err != nil {
		return 0, err
	}
	d, err := model.ParseDuration(q.Window)
	if err != nil {
		return 0, Invalidf("the window %q is not a duration; write one such as 5m, or auto, $__rate_interval, $__interval or $__range", q.Window)
	}
	return bounded(time.Duration(d))
}

// bounded refuses windows that are too long or none.
func bounded(window time.Duration) (time.Duration, error) {
	if window <= 0 || window > MaxWindow {
		return 0, Invalidf("the window is %s; it can be up to 1d, and that of a score or value, as timeseries or latest, up to 90d", model.Duration(window))
	}
	return window, nil
}
