package score

import (
	"math"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// flow is a flow of a tree.
type flow struct {
	plan.Flow
	slis []*cer.SLI
	// plain has the SLIs as all users of the cohort have them; nil where the query does without.
	plain []sliSeries
	// tiers have them for each cohort of the weighted dimension; none where no dimension is weighted.
	tiers []tier
	// weights are those of the tiers.
	weights    []float64
	composites []cer.Composite
}

// tier is a flow as one cohort of the weighted dimension has it.
type tier struct {
	value string
	slis  []sliSeries
}

// readFlow reads the SLIs of a flow and combines them.
func (t *Tree) readFlow(planned *plan.Flow) flow {
	f := flow{Flow: *planned}
	for i := range planned.SLIs {
		f.slis = append(f.slis, planned.SLIs[i].SLI)
	}
	f.plain = t.readSLIs(planned, t.Cohort, func(s *plan.SLI) *plan.View { return s.Plain })
	if t.plan.Weighted != nil {
		t.readTiers(&f)
	}
	f.composites = t.composites(&f, f.positions())
	return f
}

// readTiers reads a flow for each cohort that has a weight.
func (t *Tree) readTiers(f *flow) {
	for _, value := range t.plan.Weighted.Listed() {
		weight := t.plan.Weighted.Weights[value]
		if weight == 0 {
			continue
		}
		if slis := t.readSLIs(&f.Flow, t.Cohort.With(value), func(s *plan.SLI) *plan.View { return s.Weighted }); slis != nil {
			f.tiers = append(f.tiers, tier{value: value, slis: slis})
			f.weights = append(f.weights, weight)
		}
	}
}

// readSLIs reads one view of each SLI of a flow; nil where the plan has none.
func (t *Tree) readSLIs(f *plan.Flow, c Cohort, viewOf func(*plan.SLI) *plan.View) []sliSeries {
	var all []sliSeries
	for i := range f.SLIs {
		if v := viewOf(&f.SLIs[i]); v != nil {
			all = append(all, t.Dataset.readSLI(&f.SLIs[i], v, c, t.Range))
		}
	}
	return all
}

// name returns the name of the flow.
func (f *flow) name() string { return f.Flow.Flow.Name }

// positions returns the positions of all SLIs of the flow.
func (f *flow) positions() []int {
	positions := make([]int, len(f.slis))
	for i := range positions {
		positions[i] = i
	}
	return positions
}

// observationsOf returns the observations of the j-th SLI: those of all users, or else those of each tier.
func (f *flow) observationsOf(j int) []*observations {
	if f.plain != nil {
		return []*observations{&f.plain[j].observations}
	}
	var all []*observations
	for _, t := range f.tiers {
		all = append(all, &t.slis[j].observations)
	}
	return all
}

// views returns the sets of SLIs that the flow's score is made of: those of the tiers, or else the one of all users.
func (f *flow) views() [][]sliSeries {
	var all [][]sliSeries
	for _, t := range f.tiers {
		all = append(all, t.slis)
	}
	if all == nil && f.plain != nil {
		all = [][]sliSeries{f.plain}
	}
	return all
}

// missing returns the names of the SLIs that are missing at an instant, in any tier, or those of them without which there
// is no score.
func (f *flow) missing(i int, indispensableOnly bool) []string {
	var names []string
	for j, sli := range f.slis {
		for _, slis := range f.views() {
			if !slis[j].observations.at(i).Covered() && (sli.Indispensable() || !indispensableOnly) && !slices.Contains(names, sli.Name) {
				names = append(names, sli.Name)
			}
		}
	}
	return names
}

// isScored reports whether any of some SLIs, by position, has a score at an instant.
func (f *flow) isScored(positions []int, i int) bool {
	for _, slis := range f.views() {
		for _, j := range positions {
			if slis[j].observations.at(i).Scored() {
				return true
			}
		}
	}
	return false
}

// traffic returns the rate of the flow's events at an instant, in events a second; NaN where it has none or they are
// missing.
func (f *flow) traffic(i int) float64 {
	for j, sli := range f.slis {
		if sli.Name == f.Flow.Flow.Traffic {
			return f.plain[j].observations.at(i).Traffic
		}
	}
	return math.NaN()
}

// goodTraffic returns the rate of the good events of the SLI that stands for the flow's traffic.
func (f *flow) goodTraffic(i int) float64 {
	for j, sli := range f.slis {
		if o := f.plain[j].observations.at(i); sli.Name == f.Flow.Flow.Traffic && o.Status == cer.Present {
			return o.Value * o.Traffic
		}
	}
	return math.NaN()
}

// composites returns the composite of some of a flow's SLIs, by position, at each instant.
func (t *Tree) composites(f *flow, positions []int) []cer.Composite {
	combiner := t.newSLICombiner(f, positions)
	composites := make([]cer.Composite, t.n)
	for i := range composites {
		composites[i] = combiner.combine(i, nil)
	}
	return composites
}

// sliCombiner combines some of a flow's SLIs at an instant.
type sliCombiner struct {
	catalog      *cer.Catalog
	flow         *flow
	positions    []int
	slis         []*cer.SLI
	views        [][]sliSeries
	observations []cer.Observation
	// byView has the composite of each view at the last instant that was combined.
	byView  []cer.Composite
	scratch []cer.Member
}

func (t *Tree) newSLICombiner(f *flow, positions []int) *sliCombiner {
	c := &sliCombiner{catalog: t.plan.Catalog.Catalog, flow: f, positions: positions, views: f.views(), observations: make([]cer.Observation, len(positions))}
	for _, j := range positions {
		c.slis = append(c.slis, f.slis[j])
	}
	c.byView = make([]cer.Composite, len(c.views))
	c.scratch = make([]cer.Member, 0, max(len(positions), len(c.views)))
	return c
}

// combine returns the composite at an instant if the SLIs at some positions of the flow scored 1.
func (c *sliCombiner) combine(i int, perfect []int) cer.Composite {
	for v, slis := range c.views {
		for k, j := range c.positions {
			c.observations[k] = slis[j].observations.at(i)
			if c.observations[k].Scored() && slices.Contains(perfect, j) {
				c.observations[k].Score = 1
			}
		}
		c.byView[v] = cer.CombineSLIs(c.slis, c.observations, c.catalog.Aggregate, c.catalog.MinCoverage, c.scratch)
	}
	switch {
	case len(c.flow.tiers) > 0:
		return cer.CombineCohorts(c.flow.weights, c.byView, c.catalog.MinCoverage, c.scratch)
	case len(c.byView) == 1:
		return c.byView[0]
	default: // Only ages were asked for.
		return cer.CombineSLIs(nil, nil, c.catalog.Aggregate, c.catalog.MinCoverage, c.scratch)
	}
}
