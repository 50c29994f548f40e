package cer

import "time"

// Gate asks whether a release may go on: whether its candidate serves users as well as its baseline does, and whether the whole
// is well enough.
type Gate struct {
	Name  string
	Flows FlowSelection
	// Compare says what is compared; nil where Require alone decides.
	Compare *Comparison
	// MaxDrop is by how much an SLI's good share, or its score where it counts no events, may be lower for the candidate, in
	// [0,1). MaxDrops are those of SLIs that state others, by the name of the SLI or flow/sli.
	MaxDrop  float64
	MaxDrops map[string]float64 `json:",omitempty"`
	// Bounds are the durations above which a request counts as bad, for SLIs that are quantiles, by the name of the SLI or
	// flow/sli.
	Bounds map[string]time.Duration `json:",omitempty"`
	// Alpha bounds the probability that a healthy candidate ever fails. Beta is the probability with which one passes that is worse
	// by MaxDrop. Both are in (0,0.5].
	Alpha, Beta float64
	// Slice is the least width of the time slices in which arms are compared, whole minutes.
	Slice time.Duration
	// Warmup is how much is left out after the start.
	Warmup time.Duration
	// MinDuration is how long a candidate has to run before it passes, and MaxDuration after which OnTimeout is the verdict.
	MinDuration, MaxDuration time.Duration
	OnTimeout                Verdict
	// MinPassed is the share of the SLIs' weight that has to pass, in (0,1].
	MinPassed float64
	// Require is a condition of policies on the gate's flows as a whole; "" for none.
	Require string
}

// Comparison says which cohorts are compared.
type Comparison struct {
	Dimension string
	// Candidate and Baseline are values of the dimension; "" where each request states them.
	Candidate, Baseline string
	// Strata are dimensions within whose cohorts the arms are compared; none for the whole of each arm.
	Strata []string
}

// DefaultGate returns a gate with the settings of one that states nothing else.
func DefaultGate() Gate {
	return Gate{
		MaxDrop: 0.01, Alpha: 0.05, Beta: 0.05, Slice: time.Minute, Warmup: 2 * time.Minute,
		MinDuration: 5 * time.Minute, MaxDuration: time.Hour, OnTimeout: Fails, MinPassed: 0.5,
	}
}

// MaxDropOf returns by how much an SLI of a flow may be lower for the candidate.
func (g *Gate) MaxDropOf(flow, sli string) float64 {
	if drop, ok := ofSLI(g.MaxDrops, flow, sli); ok {
		return drop
	}
	return g.MaxDrop
}

// BoundOf returns the duration above which a request counts as bad for a quantile; 0 where the gate states none.
func (g *Gate) BoundOf(flow, sli string) time.Duration {
	bound, _ := ofSLI(g.Bounds, flow, sli)
	return bound
}

// ofSLI returns what is stated of an SLI, by flow/sli or else by its name.
func ofSLI[T any](stated map[string]T, flow, sli string) (T, bool) {
	if v, ok := stated[flow+"/"+sli]; ok {
		return v, true
	}
	v, ok := stated[sli]
	return v, ok
}

// Verdict is the answer of a gate.
type Verdict string

// The verdicts.
const (
	Passes       Verdict = "pass"
	Fails        Verdict = "fail"
	Inconclusive Verdict = "inconclusive"
)

// Verdicts lists the verdicts as the definition spells them.
func Verdicts() []Verdict { return []Verdict{Passes, Fails, Inconclusive} }

// Number returns the verdict as a number: 1 for pass, 0 for inconclusive, -1 for fail.
func (v Verdict) Number() float64 {
	switch v {
	case Passes:
		return 1
	case Fails:
		return -1
	default:
		return 0
	}
}
