package cer

import "time"

// Kind names what an indicator measures, as the definition spells it.
type Kind string

// The kinds.
const (
	KindRatio    Kind = "ratio"
	KindLatency  Kind = "latency"
	KindApdex    Kind = "apdex"
	KindQuantile Kind = "quantile"
	KindValue    Kind = "value"
	KindProbe    Kind = "probe"
)

// Indicator is what an SLI measures: one of Ratio, LatencyShare, Apdex, Quantile, Value and Probe.
type Indicator interface {
	Kind() Kind
}

// Ratio is the share of good events. Each field is the selector of a counter, or a whole PromQL expression in
// events a second that uses __window. Exactly one of Good and Bad is set.
type Ratio struct {
	Good  string
	Bad   string
	Total string
}

// LatencyShare is the share of requests at or under a duration.
type LatencyShare struct {
	Histogram string
	Unit      Unit
	Under     time.Duration
}

// Apdex is (satisfied + tolerating/2)/total.
type Apdex struct {
	Histogram string
	Unit      Unit
	Satisfied time.Duration
	Tolerated time.Duration
}

// Quantile is a quantile of a histogram, in seconds.
type Quantile struct {
	Histogram string
	Unit      Unit
	Q         float64
}

// Value is what a PromQL expression yields, in the unit that it has.
type Value struct {
	PromQL string
}

// Probe is the share of successful synthetic checks, from gauges that are 0 or 1.
type Probe struct {
	Selector string
}

// Kind returns KindRatio.
func (Ratio) Kind() Kind { return KindRatio }

// Kind returns KindLatency.
func (LatencyShare) Kind() Kind { return KindLatency }

// Kind returns KindApdex.
func (Apdex) Kind() Kind { return KindApdex }

// Kind returns KindQuantile.
func (Quantile) Kind() Kind { return KindQuantile }

// Kind returns KindValue.
func (Value) Kind() Kind { return KindValue }

// Kind returns KindProbe.
func (Probe) Kind() Kind { return KindProbe }

// CountsEvents reports whether indicators of the kind are event SLIs: a share of events that have a rate.
func (k Kind) CountsEvents() bool {
	return k == KindRatio || k == KindLatency || k == KindApdex
}

// IsShare reports whether values of the kind are shares in [0,1].
func (k Kind) IsShare() bool {
	return k.CountsEvents() || k == KindProbe
}

// Unit is the unit of a histogram's observations.
type Unit string

// The units of histograms.
const (
	Seconds      Unit = "s"
	Milliseconds Unit = "ms"
)

// Of converts a duration into a number of the unit.
func (u Unit) Of(d time.Duration) float64 {
	if u == Milliseconds {
		return float64(d) / float64(time.Millisecond)
	}
	return d.Seconds()
}

// InSeconds is how many seconds one of the unit is.
func (u Unit) InSeconds() float64 {
	if u == Milliseconds {
		return 1e-3
	}
	return 1
}
