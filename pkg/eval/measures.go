package eval

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// scores is the score of a subject at each instant.
func (e *evaluation) scores(s subject) []float64 {
	if s.level == plan.SLIs {
		return e.each(func(i int) float64 { return e.reading(s, i).Score })
	}
	verdicts := e.verdicts(s)
	return e.each(func(i int) float64 { return verdicts[i].Score })
}

// coverage is the share of a subject's weight for which there is telemetry, at each instant; 1 or 0 for an SLI.
func (e *evaluation) coverage(s subject) []float64 {
	if s.level == plan.SLIs {
		return e.each(func(i int) float64 {
			if e.reading(s, i).Covered() {
				return 1
			}
			return 0
		})
	}
	verdicts := e.verdicts(s)
	return e.each(func(i int) float64 { return verdicts[i].Coverage })
}

// weights is the share that a subject has, at each instant: a flow's among the flows, a component's and an SLI's within
// their flow.
func (e *evaluation) weights(s subject) []float64 {
	count := len(e.flows)
	if s.level != plan.Flows {
		count = len(e.flows[s.flow].slis)
	}
	members, shares := make([]cer.Member, count), make([]float64, count)
	return e.each(func(i int) float64 {
		e.siblings(s, i, members)
		e.plan.Catalog.Aggregate.Shares(members, shares)
		if s.level == plan.Flows {
			return shares[s.flow]
		}
		sum := 0.0
		for _, position := range s.slis {
			sum += shares[position]
		}
		return sum
	})
}

// siblings fills in the members among which the share of a subject is counted.
func (e *evaluation) siblings(s subject, i int, members []cer.Member) {
	if s.level == plan.Flows {
		for k := range e.flows {
			members[k] = cer.Member{Weight: e.flows[k].Flow.Flow.Weight, Score: e.flows[k].verdicts[i].Score}
		}
		return
	}
	f := &e.flows[s.flow]
	for j, sli := range f.slis {
		members[j] = cer.Member{Weight: sli.Weight, Score: f.readings[j][i].Score}
	}
}

// traffic is the rate of a subject's events at each instant, in events a second: an SLI's own, that of the SLI which
// stands for a flow's traffic, or the sum over the flows that have one.
func (e *evaluation) traffic(s subject) []float64 {
	switch s.level {
	case plan.SLIs:
		return e.each(func(i int) float64 { return e.reading(s, i).Traffic })
	case plan.Flows:
		return e.each(func(i int) float64 { return e.flowTraffic(s.flow, i) })
	}
	return e.each(func(i int) float64 {
		sum := math.NaN()
		for k := range e.flows {
			switch t := e.flowTraffic(k, i); {
			case math.IsNaN(t):
			case math.IsNaN(sum):
				sum = t
			default:
				sum += t
			}
		}
		return sum
	})
}

// flowTraffic is the rate of a flow's events at an instant; NaN where it has none or they are missing.
func (e *evaluation) flowTraffic(k, i int) float64 {
	f := &e.flows[k]
	for j, sli := range f.slis {
		if sli.Name == f.Flow.Flow.Traffic {
			return f.readings[j][i].Traffic
		}
	}
	return math.NaN()
}

// impact is the overall score if a subject scored 1, minus the overall score, at each instant; NaN where the subject
// or the whole has no score.
func (e *evaluation) impact(s subject) []float64 {
	whole := e.whole()
	f := &e.flows[s.flow]
	readings, scratch := make([]cer.Reading, len(f.slis)), make([]cer.Member, 0, len(f.slis))
	return e.each(func(i int) float64 {
		verdict := f.verdicts[i]
		switch {
		case verdict.Reason != cer.Counts || e.overall[i].Reason != cer.Counts:
			return math.NaN()
		case s.level == plan.Flows:
			verdict.Score = 1
		case !f.perfect(s.slis, i, readings):
			return math.NaN()
		default:
			verdict = cer.Judge(f.slis, readings, e.plan.Catalog.Aggregate, e.plan.Catalog.MinCoverage, scratch)
		}
		return whole.with(i, s.flow, verdict).Score - e.overall[i].Score
	})
}

// perfect fills in the readings of the flow at an instant as if those of some SLIs, by position, had scored 1. It
// reports whether any of them has a score.
func (f *flow) perfect(positions []int, i int, readings []cer.Reading) bool {
	for j := range readings {
		readings[j] = f.readings[j][i]
	}
	scored := false
	for _, j := range positions {
		if readings[j].Scored() {
			readings[j].Score = 1
			scored = true
		}
	}
	return scored
}
