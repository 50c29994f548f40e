package eval

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// weighing counts what is to be said of a flow's dynamic weight.
type weighing struct {
	missing, unusable doubt
}

// weigh fills in the weights of the flows at each instant.
func (e *evaluation) weigh() {
	e.weights, e.weighing = make([][]float64, len(e.flows)), make([]weighing, len(e.flows))
	read := make([]column, len(e.flows))
	for k := range e.flows {
		f := &e.flows[k]
		e.weights[k] = e.each(func(int) float64 { return f.Flow.Flow.Weight })
		if f.Weight != nil {
			read[k] = e.weightColumn(k)
		}
	}
	e.scaleByTraffic(read)
	for k, column := range read {
		if column == nil || e.flows[k].Flow.Flow.Dynamic.Traffic {
			continue
		}
		for i, weight := range column {
			if !math.IsNaN(weight) {
				e.weights[k][i] = weight
			}
		}
	}
}

// weightColumn reads what a flow's weight follows: its traffic, or its expression.
func (e *evaluation) weightColumn(k int) column {
	read := e.numbers(e.flows[k].Weight)
	for i := range read {
		switch {
		case math.IsNaN(read[i]):
			e.weighing[k].missing.at(i)
		case read[i] < 0 || math.IsInf(read[i], 0):
			e.weighing[k].unusable.at(i)
			read[i] = math.NaN()
		}
	}
	return read
}

// numbers reads a source that is no SLI's at each instant: the total of its first form that has one, or else its value.
func (e *evaluation) numbers(source *plan.Source) column {
	where := make([][]cells, len(source.Forms))
	for f, form := range source.Forms {
		where[f] = e.ledger.cells(form, e.instants, source.Labels, e.of)
	}
	read := newColumn(e.n)
	for i := range read {
		read[i] = firstOf(source.Forms, where, i)
	}
	return read
}

// firstOf is the number of the first form that has one at an instant: its total, or else the sum of its parts.
func firstOf(forms []expand.Form, where [][]cells, i int) float64 {
	for f := range where {
		for c := range where[f] {
			cells := &where[f][c]
			switch {
			case math.IsNaN(cells.anchor()[i]):
				continue
			case cells.total != nil:
				return cells.total[i]
			default:
				return value(&forms[f], cells, i)
			}
		}
	}
	return math.NaN()
}

// scaleByTraffic multiplies the weights that traffic scales by each flow's traffic over the mean of those flows whose
// traffic is known. The others of them keep their weight, as if they had the mean.
func (e *evaluation) scaleByTraffic(traffic []column) {
	scaled := func(k int) bool { return traffic[k] != nil && e.flows[k].Flow.Flow.Dynamic.Traffic }
	for i := range e.n {
		sum, known := 0.0, 0
		for k := range traffic {
			if scaled(k) && !math.IsNaN(traffic[k][i]) {
				sum += traffic[k][i]
				known++
			}
		}
		if sum == 0 {
			continue
		}
		for k := range traffic {
			if scaled(k) && !math.IsNaN(traffic[k][i]) {
				e.weights[k][i] *= traffic[k][i] / (sum / float64(known))
			}
		}
	}
}

// shares is the share that a subject has, at each instant: a flow's among the flows, a component's and an SLI's within
// their flow.
func (e *evaluation) shares(s subject) []float64 {
	if s.level == query.LevelFlow {
		return e.flowShares(s.flow)
	}
	return e.sumOfShares(s, func(cer.Member) float64 { return 1 })
}

// sumOfShares adds up the shares of a subject's SLIs within their flow, each times a factor, at each instant: where there
// are tiers, in the mean of those that have a score.
func (e *evaluation) sumOfShares(s subject, factor func(cer.Member) float64) []float64 {
	f := &e.flows[s.flow]
	members, shares := make([]cer.Member, len(f.slis)), make([]float64, len(f.slis))
	within := func(slis []viewed, i int) float64 {
		for j, sli := range f.slis {
			members[j] = cer.Member{Weight: sli.Weight, Score: slis[j].readings.at(i).Score}
		}
		e.plan.Catalog.Aggregate.Shares(members, shares)
		sum := 0.0
		for _, position := range s.slis {
			if shares[position] != 0 {
				sum += shares[position] * factor(members[position])
			}
		}
		return sum
	}
	if len(f.tiers) == 0 {
		return e.each(func(i int) float64 { return within(f.plain, i) })
	}
	judging := e.judging(f, f.all())
	return e.each(func(i int) float64 {
		judging.at(i, nil)
		sum, all := 0.0, 0.0
		for t := range f.tiers {
			if judging.cohorts[t].Reason == cer.ReasonNone {
				sum += f.weights[t] * within(f.tiers[t].slis, i)
				all += f.weights[t]
			}
		}
		return sum / all
	})
}

// flowShares is the share of a flow among the flows at each instant.
func (e *evaluation) flowShares(k int) []float64 {
	members, shares := make([]cer.Member, len(e.flows)), make([]float64, len(e.flows))
	return e.each(func(i int) float64 {
		for j := range e.flows {
			members[j] = cer.Member{Weight: e.weights[j][i], Score: e.flows[j].verdicts[i].Score}
		}
		e.plan.Catalog.Aggregate.Shares(members, shares)
		return shares[k]
	})
}
