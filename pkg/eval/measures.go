package eval

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// scores is the score of a subject at each instant.
func (e *evaluation) scores(s subject) []float64 {
	if s.level == query.LevelSLI {
		return e.each(func(i int) float64 { return e.reading(s, i).Score })
	}
	verdicts := e.verdicts(s)
	return e.each(func(i int) float64 { return verdicts[i].Score })
}

// coverage is the share of a subject's weight for which there is telemetry, at each instant; 1 or 0 for an SLI.
func (e *evaluation) coverage(s subject) []float64 {
	if s.level == query.LevelSLI {
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

// values is the value of an SLI at each instant, in its own unit.
func (e *evaluation) values(s subject) []float64 {
	return e.each(func(i int) float64 { return e.reading(s, i).Value })
}

// traffic is the rate of a subject's events at each instant, in events a second: an SLI's own, that of the SLI which
// stands for a flow's traffic, for its components too, or the sum over the flows that have one.
func (e *evaluation) traffic(s subject) []float64 {
	switch s.level {
	case query.LevelSLI:
		return e.each(func(i int) float64 { return e.reading(s, i).Traffic })
	case query.LevelFlow, query.LevelComponent:
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
			return f.plain[j].readings.at(i).Traffic
		}
	}
	return math.NaN()
}

// impact is the overall score if a subject scored 1, minus the overall score, at each instant; NaN where the subject
// or the whole has no score.
func (e *evaluation) impact(s subject) []float64 {
	whole := e.whole()
	f := &e.flows[s.flow]
	judging := e.judging(f, f.all())
	return e.each(func(i int) float64 {
		verdict := f.verdicts[i]
		switch {
		case verdict.Reason != cer.ReasonNone || e.overall[i].Reason != cer.ReasonNone:
			return math.NaN()
		case s.level == query.LevelFlow:
			verdict.Score = 1
		case !f.scored(s.slis, i):
			return math.NaN()
		default:
			verdict = judging.at(i, s.slis)
		}
		return whole.with(i, s.flow, verdict).Score - e.overall[i].Score
	})
}

// scored reports whether any of some SLIs, by position, has a score at an instant.
func (f *flow) scored(positions []int, i int) bool {
	for _, slis := range f.views() {
		for _, j := range positions {
			if slis[j].readings.at(i).Scored() {
				return true
			}
		}
	}
	return false
}

// lag is the age of the newest sample of an SLI at each instant, in seconds: that of the oldest of what it selects, as
// far as there is any.
func (e *evaluation) lag(s subject) []float64 {
	source := e.flows[s.flow].SLIs[s.slis[0]].Lag
	if source == nil {
		return newColumn(e.n)
	}
	where := make([][]cells, len(source.Forms))
	for f, form := range source.Forms {
		where[f] = e.ledger.cells(form, e.instants, source.Labels, e.of)
	}
	return e.each(func(i int) float64 {
		oldest := math.NaN()
		for f := range where {
			if age := firstOf(source.Forms[f:f+1], where[f:f+1], i); !math.IsNaN(age) && !(age < oldest) {
				oldest = age
			}
		}
		return oldest
	})
}
