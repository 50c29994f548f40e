package cer

import (
	"strconv"
	"time"
)

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
	KindRecorded Kind = "recorded"
)

// Indicator is what an SLI measures: one of Ratio, LatencyShare, Apdex, Quantile, Value, Probe and Recorded.
type Indicator interface {
	Kind() Kind
	// CountsEvents reports whether the SLI is an event SLI: a share of events that have a rate.
	CountsEvents() bool
}

// Ratio is the share of good events. Each field is the selector of a counter, or a whole PromQL expression in
// events a second that uses __window. Two of Good, Bad and Total are set; without Total it is Good and Bad together.
type Ratio struct {
	Good  string
	Bad   string
	Total string
	// AbsentZero says that Good or Bad stands for 0 where it has no series but Total has events, whatever it selects.
	AbsentZero bool
	// PartRate and TotalRate are the shares of events that the counters of Good or Bad, and of Total, were sampled at,
	// in (0,1]; 0 stands for 1.
	PartRate, TotalRate float64
}

// LatencyShare is the share of requests at or under a duration.
type LatencyShare struct {
	Histogram string
	Unit      Unit
	Under     time.Duration
	// ToEdge says that Under stands for the bucket edge at or next above it, so that each event is counted as a whole.
	ToEdge bool `json:",omitempty"`
	// Good are matchers of the requests that count as fast if they are, such as code!~"5.."; "" for all of them.
	Good string `json:",omitempty"`
}

// Apdex is (satisfied + tolerating/2)/total.
type Apdex struct {
	Histogram string
	Unit      Unit
	Satisfied time.Duration
	Tolerated time.Duration
	// Good are matchers of the requests that count as satisfied or tolerated if they are fast; "" for all of them.
	Good string `json:",omitempty"`
}

// Quantile is a quantile of a histogram, in seconds.
type Quantile struct {
	Histogram string
	Unit      Unit
	Q         float64
}

// QuantileOf returns a quantile of the histogram that an indicator is about, and whether it is about one.
func QuantileOf(i Indicator, q float64) (of Quantile, ok bool) {
	switch i := i.(type) {
	case LatencyShare:
		return Quantile{Histogram: i.Histogram, Unit: i.Unit, Q: q}, true
	case Apdex:
		return Quantile{Histogram: i.Histogram, Unit: i.Unit, Q: q}, true
	case Quantile:
		return Quantile{Histogram: i.Histogram, Unit: i.Unit, Q: q}, true
	default:
		return Quantile{}, false
	}
}

// Percentile returns the name of a quantile, such as p95 for 0.95.
func Percentile(q float64) string { return "p" + strconv.FormatFloat(100*q, 'g', 10, 64) }

// Value is what a PromQL expression yields, in the unit that it has.
type Value struct {
	PromQL string
}

// Probe is the share of successful synthetic checks, from gauges that are 0 or 1.
type Probe struct {
	Selector string
}

// Recorded is a share that another tool records, such as Sloth. Exactly one of Ratio and ErrorRatio is set.
type Recorded struct {
	// Ratio selects a series of good/total, ErrorRatio one of bad/total.
	Ratio, ErrorRatio string
	// Total is the counter, or the whole expression, of the events behind the share; "" where they are not known.
	Total string
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

// Kind returns KindRecorded.
func (Recorded) Kind() Kind { return KindRecorded }

// CountsEvents returns true.
func (Ratio) CountsEvents() bool { return true }

// CountsEvents returns true.
func (LatencyShare) CountsEvents() bool { return true }

// CountsEvents returns true.
func (Apdex) CountsEvents() bool { return true }

// CountsEvents returns false: a quantile's events are known, but it is no share of them.
func (Quantile) CountsEvents() bool { return false }

// CountsEvents returns false.
func (Value) CountsEvents() bool { return false }

// CountsEvents returns false: checks are no events of users.
func (Probe) CountsEvents() bool { return false }

// CountsEvents reports whether the events behind the share are stated.
func (r Recorded) CountsEvents() bool { return r.Total != "" }

// IsShare reports whether values of the kind are shares in [0,1].
func (k Kind) IsShare() bool {
	switch k {
	case KindRatio, KindLatency, KindApdex, KindProbe, KindRecorded:
		return true
	default:
		return false
	}
}
