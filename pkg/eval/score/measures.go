package score

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Observation returns the observation of the SLI, or of the quantile, that the member is, at an instant.
func (m Member) Observation(i int) cer.Observation {
	if m.read != nil {
		return m.read.observations.at(i)
	}
	return m.Tree.flows[m.flow].plain[m.slis[0]].observations.at(i)
}

// Composites returns the composite of the member at each instant; an SLI's is made of its observation.
func (m Member) Composites() []cer.Composite {
	switch m.Level {
	case query.LevelOverall:
		return m.Tree.overall
	case query.LevelFlow:
		return m.Tree.flows[m.flow].composites
	case query.LevelComponent:
		return m.Tree.flows[m.flow].compositesOf(m.slis)
	}
	composites := make([]cer.Composite, m.Tree.n)
	for i := range composites {
		o := m.Observation(i)
		composites[i].Score = o.Score
		switch {
		case o.Scored():
		case o.Status == cer.Idle:
			composites[i].Reason = cer.ReasonIdle
		default:
			composites[i].Reason = cer.ReasonUncovered
		}
	}
	return composites
}

// Scores returns the score of the member at each instant, in [0,1].
func (m Member) Scores() []float64 {
	if m.Level == query.LevelSLI {
		return m.Tree.column(func(i int) float64 { return m.Observation(i).Score })
	}
	composites := m.Composites()
	return m.Tree.column(func(i int) float64 { return composites[i].Score })
}

// Coverage returns the share of the member's weight with telemetry at each instant; 1 or 0 for an SLI.
func (m Member) Coverage() []float64 {
	if m.Level == query.LevelSLI {
		sli := m.Tree.flows[m.flow].slis[m.slis[0]]
		return m.Tree.column(func(i int) float64 {
			if sli.Covers(m.Observation(i)) {
				return 1
			}
			return 0
		})
	}
	composites := m.Composites()
	return m.Tree.column(func(i int) float64 { return composites[i].Coverage })
}

// Values returns the value of an SLI at each instant, in its own unit, or the quantile that the member is, in seconds.
func (m Member) Values() []float64 {
	return m.Tree.column(func(i int) float64 { return m.Observation(i).Value })
}

// Traffic returns the rate of the member's events at each instant, in events per second: an SLI's own, that of the SLI which
// stands for a flow's traffic, for its components too, or the sum over the flows that have one.
func (m Member) Traffic() []float64 {
	switch m.Level {
	case query.LevelSLI:
		return m.Tree.column(func(i int) float64 { return m.Observation(i).Traffic })
	case query.LevelFlow, query.LevelComponent:
		return m.Tree.column(m.Tree.flows[m.flow].traffic)
	}
	return m.Tree.column(func(i int) float64 {
		sum := math.NaN()
		for k := range m.Tree.flows {
			addTo(&sum, m.Tree.flows[k].traffic(i))
		}
		return sum
	})
}

// Shares returns the share of the member at each instant: a flow's among the flows, a component's and an SLI's within
// their flow.
func (m Member) Shares() []float64 {
	if m.Level == query.LevelFlow {
		return m.Tree.shares.ofAll()[m.flow]
	}
	shares := m.Tree.flows[m.flow].newSLIShares(m.slis)
	return m.Tree.column(func(i int) float64 { return shares.sum(i, func(cer.Member) float64 { return 1 }) })
}

// NewestLoss returns what the member takes away from the overall score at the newest instant, by its share and what its
// score lacks to 1; 0 where it has no score.
func (m Member) NewestLoss() float64 {
	newest := m.Tree.n - 1
	if m.Level == query.LevelOverall || newest < 0 {
		return 0
	}
	loss := m.Tree.shares.ofNewest()[m.flow]
	if m.Level == query.LevelFlow {
		loss *= 1 - m.Tree.flows[m.flow].composites[newest].Score
	} else {
		loss *= m.Tree.flows[m.flow].newSLIShares(m.slis).sum(newest, func(c cer.Member) float64 { return 1 - c.Score })
	}
	if math.IsNaN(loss) {
		return 0
	}
	return loss
}

// Impact returns the overall score if the member scored 1, minus the overall score, at each instant; NaN where one of them
// has no score.
func (m Member) Impact() []float64 {
	t, f := m.Tree, &m.Tree.flows[m.flow]
	slis := f.newCombiner(f.positions())
	var components []cer.Composite
	if m.Level == query.LevelComponent {
		components = m.Composites()
	}
	return t.column(func(i int) float64 {
		composite := f.composites[i]
		switch {
		case composite.Reason != cer.ReasonNone || t.overall[i].Reason != cer.ReasonNone:
			return math.NaN()
		case m.Level == query.LevelFlow:
			composite.Score = 1
		case !f.isScored(m.slis, i), components != nil && components[i].Reason != cer.ReasonNone:
			return math.NaN()
		default:
			composite = slis.combine(i, m.slis)
		}
		return t.combiner.combineWith(i, m.flow, composite).Score - t.overall[i].Score
	})
}

// Lag returns the age of the newest sample of an SLI at each instant, in seconds: that of the oldest of its selectors, as
// far as there is any.
func (m Member) Lag() []float64 {
	source := m.Tree.flows[m.flow].SLIs[m.slis[0]].Lag
	if source == nil {
		return NewColumn(m.Tree.n)
	}
	columns := m.Tree.Dataset.sourceColumns(source, m.Tree.Range, m.Tree.Cohort)
	return m.Tree.column(func(i int) float64 {
		oldest := math.NaN()
		for f := range columns {
			if age := firstNumber(source.Forms[f:f+1], columns[f:f+1], i); !math.IsNaN(age) && !(age < oldest) {
				oldest = age
			}
		}
		return oldest
	})
}

// LossBySLI returns what each SLI of the member lost at some positions, by its title, or flow/sli at level overall: its
// weight, and that of its flow, times what its score lacks to 1.
func (m Member) LossBySLI(positions []int) map[string]float64 {
	losses := map[string]float64{}
	for k := range m.Tree.flows {
		f := &m.Tree.flows[k]
		if m.flow >= 0 && m.flow != k {
			continue
		}
		all := 0.0
		for _, sli := range f.slis {
			all += sli.Weight
		}
		for j, sli := range f.slis {
			name := sli.DisplayName()
			if m.flow < 0 {
				name = f.Flow.Flow.DisplayName() + "/" + name
			}
			for _, i := range positions {
				if o := f.plain[j].observations.at(i); o.Scored() && o.Score < 1 && sli.Weight > 0 {
					losses[name] += m.Tree.weights[k][i] * sli.Weight / all * (1 - o.Score)
				}
			}
		}
	}
	return losses
}
