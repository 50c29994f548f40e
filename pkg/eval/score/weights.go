package score

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
)

// weightQuality counts the instants at which the dynamic weight of a flow could not follow the data.
type weightQuality struct {
	missing, unusable annotate.Points
}

// weigh computes the weights of the flows at each instant.
func (t *Tree) weigh() {
	t.weights, t.weightQuality = make([][]float64, len(t.flows)), make([]weightQuality, len(t.flows))
	dynamic := make([][]float64, len(t.flows))
	for k := range t.flows {
		f := &t.flows[k]
		t.weights[k] = t.column(func(int) float64 { return f.Flow.Flow.Weight })
		if f.Weight != nil {
			dynamic[k] = t.readWeight(k)
		}
	}
	t.scaleByTraffic(dynamic)
	for k, column := range dynamic {
		if column == nil || t.flows[k].Flow.Flow.Dynamic.Traffic {
			continue
		}
		for i, weight := range column {
			if !math.IsNaN(weight) {
				t.weights[k][i] = weight
			}
		}
	}
}

// readWeight reads what the weight of the k-th flow follows: its traffic, or its expression.
func (t *Tree) readWeight(k int) []float64 {
	column := t.numbers(t.flows[k].Weight)
	for i := range column {
		switch {
		case math.IsNaN(column[i]):
			t.weightQuality[k].missing.Add(i)
		case column[i] < 0 || math.IsInf(column[i], 0):
			t.weightQuality[k].unusable.Add(i)
			column[i] = math.NaN()
		}
	}
	return column
}

// scaleByTraffic multiplies the weights that follow traffic by each flow's traffic over the mean of those flows whose
// traffic is known. The others of them keep their weight, as if they had the mean.
func (t *Tree) scaleByTraffic(traffic [][]float64) {
	follows := func(k, i int) bool {
		return traffic[k] != nil && t.flows[k].Flow.Flow.Dynamic.Traffic && !math.IsNaN(traffic[k][i])
	}
	for i := range t.n {
		sum, known := 0.0, 0
		for k := range traffic {
			if follows(k, i) {
				sum += traffic[k][i]
				known++
			}
		}
		if sum == 0 {
			continue
		}
		for k := range traffic {
			if follows(k, i) {
				t.weights[k][i] *= traffic[k][i] / (sum / float64(known))
			}
		}
	}
}

// flowShares are the shares of flows among the flows. They are computed for all flows together, and once: those of the
// newest instant apart from those of all instants, since tables need no others.
type flowShares struct {
	newest []float64
	// columns[k][i] is the share of the k-th flow at the i-th instant.
	columns [][]float64
	// computed counts the instants at which the shares of all flows were computed.
	computed int
}

// newestFlowShares returns the share of each flow among the flows at the newest instant.
func (t *Tree) newestFlowShares() []float64 {
	if t.shares.newest == nil {
		t.shares.newest = make([]float64, len(t.flows))
		t.flowSharesAt(t.n-1, make([]cer.Member, len(t.flows)), t.shares.newest)
	}
	return t.shares.newest
}

// flowShareColumns returns the share of each flow among the flows at each instant.
func (t *Tree) flowShareColumns() [][]float64 {
	if t.shares.columns != nil {
		return t.shares.columns
	}
	columns := make([][]float64, len(t.flows))
	for k := range columns {
		columns[k] = make([]float64, t.n)
	}
	members, shares := make([]cer.Member, len(t.flows)), make([]float64, len(t.flows))
	for i := range t.n {
		t.flowSharesAt(i, members, shares)
		for k := range columns {
			columns[k][i] = shares[k]
		}
	}
	t.shares.columns = columns
	return columns
}

// flowSharesAt computes the share of each flow at an instant. members is reused.
func (t *Tree) flowSharesAt(i int, members []cer.Member, shares []float64) {
	for k := range t.flows {
		members[k] = cer.Member{Weight: t.weights[k][i], Score: t.flows[k].composites[i].Score}
	}
	t.plan.Catalog.Aggregate.Shares(members, shares)
	t.shares.computed++
}

// sliShares sums the shares of some SLIs of a flow within it, an instant at a time.
type sliShares struct {
	tree     *Tree
	flow     *flow
	summed   []int
	members  []cer.Member
	shares   []float64
	combiner *sliCombiner
}

// newSLIShares returns the sums of the shares of SLIs of the k-th flow, by position.
func (t *Tree) newSLIShares(k int, positions []int) *sliShares {
	f := &t.flows[k]
	s := &sliShares{tree: t, flow: f, summed: positions, members: make([]cer.Member, len(f.slis)), shares: make([]float64, len(f.slis))}
	if len(f.tiers) > 0 {
		s.combiner = t.newSLICombiner(f, f.positions())
	}
	return s
}

// sum returns the sum of the shares at an instant, each times a factor: where there are tiers, the weighted mean over
// those that have a score.
func (s *sliShares) sum(i int, factor func(cer.Member) float64) float64 {
	if s.combiner == nil {
		return s.within(s.flow.plain, i, factor)
	}
	s.combiner.combine(i, nil)
	sum, all := 0.0, 0.0
	for v := range s.flow.tiers {
		if s.combiner.byView[v].Reason == cer.ReasonNone {
			sum += s.flow.weights[v] * s.within(s.flow.tiers[v].slis, i, factor)
			all += s.flow.weights[v]
		}
	}
	return sum / all
}

// within returns the sum of the shares in one view.
func (s *sliShares) within(slis []sliSeries, i int, factor func(cer.Member) float64) float64 {
	for j, sli := range s.flow.slis {
		s.members[j] = cer.Member{Weight: sli.Weight, Score: slis[j].observations.at(i).Score}
	}
	s.tree.plan.Catalog.Aggregate.Shares(s.members, s.shares)
	sum := 0.0
	for _, j := range s.summed {
		if s.shares[j] != 0 {
			sum += s.shares[j] * factor(s.members[j])
		}
	}
	return sum
}
