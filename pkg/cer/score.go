package cer

import (
	"math"
	"time"
)

// Status says what telemetry there is of an SLI at an instant.
type Status uint8

// The statuses.
const (
	// Missing: no series came back, or none with a number that can be used.
	Missing Status = iota
	// Idle: there are series, but no events, or fewer than the SLI's MinEvents.
	Idle
	// Present: there is a value.
	Present
)

// Reading is what is known of an SLI at an instant.
type Reading struct {
	Status Status
	// Value is in the SLI's own unit; NaN unless the status is Present.
	Value float64
	// Score is in [0,1]; NaN where the SLI takes no part.
	Score float64
	// Traffic is the rate of the SLI's events, in events a second; NaN where it counts none or they are missing. They may
	// be known though the good ones among them are not.
	Traffic float64
}

// MissingReading is the reading of s where there is no telemetry: its policy decides on the score.
func (s *SLI) MissingReading() Reading {
	return Reading{Status: Missing, Value: math.NaN(), Score: s.Missing.score(), Traffic: math.NaN()}
}

// IdleReading is the reading of s without enough events to judge by: its policy decides on the score.
func (s *SLI) IdleReading(traffic float64) Reading {
	return Reading{Status: Idle, Value: math.NaN(), Score: s.Idle.score(), Traffic: traffic}
}

// Held returns the reading with the score of an earlier one, since what is missing holds it.
func (r Reading) Held(score float64) Reading {
	r.Score = score
	return r
}

// PresentReading is the reading of s for a value that is a number.
func (s *SLI) PresentReading(value, traffic float64) Reading {
	return Reading{Status: Present, Value: value, Score: s.Curve.Score(value), Traffic: traffic}
}

// IsIdle reports whether events at a rate of traffic a second are too few within the window to judge by.
func (s *SLI) IsIdle(traffic float64, window time.Duration) bool {
	return traffic == 0 || !Meets(traffic*window.Seconds(), s.MinEvents)
}

// Scored reports whether the reading takes part in a score.
func (r Reading) Scored() bool { return !math.IsNaN(r.Score) }

// Covered reports whether the reading counts as covered: it is known, idle, or scored by policy.
func (r Reading) Covered() bool { return r.Status != Missing || r.Scored() }

// score is what a policy makes of an SLI that is missing or idle; NaN where it leaves the weights.
func (p Policy) score() float64 {
	switch p {
	case Good:
		return 1
	case Bad:
		return 0
	default:
		return math.NaN()
	}
}

// Verdict is the score of a flow, of a component of one, or of the whole, with the share of weight behind it.
type Verdict struct {
	// Score is in [0,1], or NaN.
	Score float64
	// Coverage is the share of weight for which there is telemetry, in [0,1].
	Coverage float64
	// Reason says why there is no score; "" where there is one.
	Reason Reason
}

// Reason says why there is no score.
type Reason uint8

// The reasons.
const (
	// Counts is the reason of a verdict that has a score.
	Counts Reason = iota
	// Quiet: no member is present, and nothing is wrong with that: they are idle.
	Quiet
	// Uncovered: the coverage is under the minimum, or there is no telemetry at all.
	Uncovered
	// KeyMissing: an SLI that is key is missing.
	KeyMissing
)

// Judge combines the readings of SLIs into the verdict of their flow, or of the component that they are. readings[i]
// is that of slis[i].
//
// Coverage is the weight covered / all weight. The score is the aggregate of the scores, capped by those of key SLIs,
// and none under minCoverage or while an SLI is missing that is key, or whose policy is Fail.
func Judge(slis []*SLI, readings []Reading, aggregate Aggregate, minCoverage float64, scratch []Member) Verdict {
	members := scratch[:0]
	limit, keyMissing := 1.0, false
	all, covered := 0.0, 0.0
	for i, r := range readings {
		s := slis[i]
		members = append(members, Member{Weight: s.Weight, Score: r.Score})
		all += s.Weight
		if r.Covered() {
			covered += s.Weight
		}
		if s.Indispensable() {
			keyMissing = keyMissing || !r.Covered()
		}
		if s.Key && r.Scored() {
			limit = min(limit, r.Score)
		}
	}
	score := min(limit, aggregate.Of(members))
	return verdict(score, Share(covered, all), minCoverage, keyMissing)
}

// Indispensable reports whether there is no score while the SLI is missing.
func (s *SLI) Indispensable() bool { return s.Key || s.Missing == Fail }

// JudgeOverall combines the verdicts of flows, by their weights, into that of the whole. A flow that is uncovered, or
// whose key SLI is missing, leaves the score and counts as uncovered.
func JudgeOverall(weights []float64, verdicts []Verdict, aggregate Aggregate, minCoverage float64, scratch []Member) Verdict {
	members := scratch[:0]
	all, covered := 0.0, 0.0
	for i, v := range verdicts {
		members = append(members, Member{Weight: weights[i], Score: v.Score})
		all += weights[i]
		if v.known() {
			covered += weights[i] * v.Coverage
		}
	}
	return verdict(aggregate.Of(members), Share(covered, all), minCoverage, false)
}

// JudgeCohorts combines the verdicts of a flow's cohorts, by the weights of the dimension, into that of the flow: the
// weighted mean of the scores. A cohort without one leaves the score; unless it is quiet it counts as uncovered.
func JudgeCohorts(weights []float64, verdicts []Verdict, minCoverage float64, scratch []Member) Verdict {
	joined := JudgeOverall(weights, verdicts, Mean, minCoverage, scratch)
	for _, v := range verdicts {
		if joined.Reason != Counts && v.Reason == KeyMissing {
			joined.Reason = KeyMissing
		}
	}
	return joined
}

// known reports whether what the verdict is of can be judged: it has a score, or none for lack of events only.
func (v Verdict) known() bool { return v.Reason == Counts || v.Reason == Quiet }

// verdict withholds a score that nobody should trust.
func verdict(score, coverage, minCoverage float64, keyMissing bool) Verdict {
	reason := Counts
	switch {
	case keyMissing:
		reason = KeyMissing
	case !Meets(coverage, minCoverage), math.IsNaN(score) && coverage == 0:
		reason = Uncovered
	case math.IsNaN(score):
		reason = Quiet
	}
	if reason != Counts {
		score = math.NaN()
	}
	return Verdict{Score: score, Coverage: coverage, Reason: reason}
}

// Share is part / whole in [0,1], and 0 of nothing.
func Share(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return clamp(part / whole)
}
