package cer

import "math"

// Composite is the score of a flow, of a component of one, or of all flows, with the share of weight behind it.
type Composite struct {
	// Score is in [0,1], or NaN.
	Score float64
	// Coverage is the share of weight for which there is telemetry, in [0,1].
	Coverage float64
	// Reason says why there is no score; ReasonNone where there is one.
	Reason Reason
}

// Reason says why there is no score.
type Reason uint8

// The reasons.
const (
	// ReasonNone: there is a score.
	ReasonNone Reason = iota
	// ReasonIdle: no member is present, and nothing is wrong with that: they are idle.
	ReasonIdle
	// ReasonUncovered: the coverage is under the minimum, or there is no telemetry at all.
	ReasonUncovered
	// ReasonKeyMissing: an SLI that is key is missing.
	ReasonKeyMissing
	// ReasonBroken: the store refuses the expression of an SLI.
	ReasonBroken
)

// CombineSLIs returns the composite of SLIs, of a whole flow or of a component of one. observations[i] is that of
// slis[i]; scratch is reused for the members where it is large enough.
//
// Coverage is the weight covered / all weight. The score is the aggregate of the scores, capped by those of key SLIs,
// and none under minCoverage or while an SLI is missing that is key, or whose policy is Fail.
func CombineSLIs(slis []*SLI, observations []Observation, aggregate Aggregate, minCoverage float64, scratch []Member) Composite {
	members := scratch[:0]
	limit, keyMissing := 1.0, false
	all, covered := 0.0, 0.0
	for i, o := range observations {
		s := slis[i]
		members = append(members, Member{Weight: s.Weight, Score: o.Score})
		all += s.Weight
		if s.Covers(o) {
			covered += s.Weight
		}
		keyMissing = keyMissing || s.Lacks(o)
		if s.Key && o.Scored() {
			limit = min(limit, o.Score)
		}
	}
	score := min(limit, aggregate.Combine(members))
	return newComposite(score, Share(covered, all), minCoverage, keyMissing)
}

// CombineFlows returns the composite of flows by their weights. A flow that is uncovered, or whose key SLI is missing,
// leaves the score and counts as uncovered.
func CombineFlows(weights []float64, flows []Composite, aggregate Aggregate, minCoverage float64, scratch []Member) Composite {
	members := scratch[:0]
	all, covered := 0.0, 0.0
	for i, f := range flows {
		members = append(members, Member{Weight: weights[i], Score: f.Score})
		all += weights[i]
		if f.known() {
			covered += weights[i] * f.Coverage
		}
	}
	return newComposite(aggregate.Combine(members), Share(covered, all), minCoverage, false)
}

// CombineCohorts returns the composite of a flow from those of its cohorts, by the weights of the dimension: the weighted
// mean of the scores. A cohort without one leaves the score; unless it is idle it counts as uncovered.
func CombineCohorts(weights []float64, cohorts []Composite, minCoverage float64, scratch []Member) Composite {
	flow := CombineFlows(weights, cohorts, Mean, minCoverage, scratch)
	for _, c := range cohorts {
		if flow.Reason != ReasonNone && c.Reason == ReasonKeyMissing {
			flow.Reason = ReasonKeyMissing
		}
	}
	return flow
}

// Broken returns the composite of a flow, or of a component, one of whose SLIs can't be read.
func (c Composite) Broken() Composite {
	return Composite{Score: math.NaN(), Coverage: c.Coverage, Reason: ReasonBroken}
}

// known reports whether there is a score, or none only because there are no events.
func (c Composite) known() bool { return c.Reason == ReasonNone || c.Reason == ReasonIdle }

// newComposite returns a composite, without the score where the coverage is too low or a key SLI is missing.
func newComposite(score, coverage, minCoverage float64, keyMissing bool) Composite {
	reason := ReasonNone
	switch {
	case keyMissing:
		reason = ReasonKeyMissing
	case !Meets(coverage, minCoverage), math.IsNaN(score) && coverage == 0:
		reason = ReasonUncovered
	case math.IsNaN(score):
		reason = ReasonIdle
	}
	if reason != ReasonNone {
		score = math.NaN()
	}
	return Composite{Score: score, Coverage: coverage, Reason: reason}
}

// Share returns part / whole in [0,1], and 0 of nothing.
func Share(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return clamp(part / whole)
}
