package score

import "github.com/cer-reliability/cer-datasource/pkg/cer"

// flowShares are the shares of flows among the flows. They are computed for all flows together, and once: those of the
// newest instant apart from those of all instants, since tables need no others.
type flowShares struct {
	tree   *Tree
	newest []float64
	// columns[k][i] is the share of the k-th flow at the i-th instant.
	columns [][]float64
	// computed counts the instants at which the shares of all flows were computed.
	computed int
}

// ofNewest returns the share of each flow at the newest instant.
func (s *flowShares) ofNewest() []float64 {
	if s.newest == nil {
		n := len(s.tree.flows)
		s.newest = make([]float64, n)
		s.compute(s.tree.n-1, make([]cer.Member, n), s.newest)
	}
	return s.newest
}

// ofAll returns the share of each flow at each instant.
func (s *flowShares) ofAll() [][]float64 {
	if s.columns != nil {
		return s.columns
	}
	n := len(s.tree.flows)
	s.columns = make([][]float64, n)
	for k := range s.columns {
		s.columns[k] = make([]float64, s.tree.n)
	}
	members, shares := make([]cer.Member, n), make([]float64, n)
	for i := range s.tree.n {
		s.compute(i, members, shares)
		for k := range s.columns {
			s.columns[k][i] = shares[k]
		}
	}
	return s.columns
}

// compute computes the share of each flow at an instant. members is reused.
func (s *flowShares) compute(i int, members []cer.Member, shares []float64) {
	for k := range s.tree.flows {
		members[k] = cer.Member{Weight: s.tree.weights[k][i], Score: s.tree.flows[k].composites[i].Score}
	}
	s.tree.plan.Catalog.Aggregate.Shares(members, shares)
	s.computed++
}

// sliShares sums the shares of some SLIs of a flow within it, an instant at a time.
type sliShares struct {
	flow     *flow
	summed   []int
	members  []cer.Member
	shares   []float64
	combiner *sliCombiner
}

// newSLIShares returns the sums of the shares of SLIs of the flow, by position.
func (f *flow) newSLIShares(positions []int) *sliShares {
	s := &sliShares{flow: f, summed: positions, members: make([]cer.Member, len(f.slis)), shares: make([]float64, len(f.slis))}
	if len(f.tiers) > 0 {
		s.combiner = f.newCombiner(f.positions())
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
	s.flow.tree.plan.Catalog.Aggregate.Shares(s.members, s.shares)
	sum := 0.0
	for _, j := range s.summed {
		if s.shares[j] != 0 {
			sum += s.shares[j] * factor(s.members[j])
		}
	}
	return sum
}
