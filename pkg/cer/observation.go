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

// Observation is an SLI at an instant.
type Observation struct {
	Status Status
	// Value is in the SLI's own unit; NaN unless the status is Present.
	Value float64
	// Score is in [0,1]; NaN where the SLI takes no part.
	Score float64
	// Traffic is the rate of the SLI's events, in events per second; NaN where it counts none or they are missing. They may
	// be known though the good ones among them are not.
	Traffic float64
}

// MissingObservation returns the observation of an SLI without telemetry: its policy for that decides on the score.
func (s *SLI) MissingObservation() Observation {
	return Observation{Status: Missing, Value: math.NaN(), Score: s.Missing.score(), Traffic: math.NaN()}
}

// IdleObservation returns the observation of an SLI with too few events: its policy for that decides on the score.
func (s *SLI) IdleObservation(traffic float64) Observation {
	return Observation{Status: Idle, Value: math.NaN(), Score: s.Idle.score(), Traffic: traffic}
}

// PresentObservation returns the observation of an SLI with a value, which is a number.
func (s *SLI) PresentObservation(value, traffic float64) Observation {
	return Observation{Status: Present, Value: value, Score: s.Curve.Score(value), Traffic: traffic}
}

// IsIdle reports whether events at a rate of traffic a second are fewer within the window than the SLI's MinEvents, or
// none.
func (s *SLI) IsIdle(traffic float64, window time.Duration) bool {
	return traffic == 0 || !Meets(traffic*window.Seconds(), s.MinEvents)
}

// WithoutMinEvents returns the SLI without its MinEvents: as it is judged in time slices, so that every event counts in
// budgets.
func (s *SLI) WithoutMinEvents() *SLI {
	if s.MinEvents == 0 {
		return s
	}
	all := *s
	all.MinEvents = 0
	return &all
}

// Indispensable reports whether there is no score while the SLI is missing.
func (s *SLI) Indispensable() bool { return s.Key || s.Missing == Fail }

// WithScore returns the observation with another score, such as one that is held while telemetry is missing.
func (o Observation) WithScore(score float64) Observation {
	o.Score = score
	return o
}

// Scored reports whether the observation takes part in a score.
func (o Observation) Scored() bool { return !math.IsNaN(o.Score) }

// Covers reports whether an observation of the SLI counts as covered: it is present, idle, or missing with the score 0 or one that is
// held. A missing SLI that its policy scores 1 is not covered, because its users were not seen to be served well.
func (s *SLI) Covers(o Observation) bool {
	return o.Status != Missing || o.Scored() && s.Missing != Good
}

// Lacks reports whether an observation keeps the SLI's flow from having a score: it is missing without a score, and Indispensable.
func (s *SLI) Lacks(o Observation) bool {
	return s.Indispensable() && o.Status == Missing && !o.Scored()
}

// score returns the score of an SLI that is missing or idle; NaN where it leaves the weights.
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
