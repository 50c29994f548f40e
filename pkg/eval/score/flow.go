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
	tree *Tree
	// position is that among the flows of the tree.
	position int
	slis     []*cer.SLI
	// plain has the SLIs as all users of the cohort have them; nil where the query does without.
	plain []sliSeries
	// tiers have them for each cohort of the weighted dimension; none where no dimension is weighted.
	tiers []tier
	// quantiles has those of each SLI that the query asks for, as its values.
	quantiles [][]sliSeries
	// weights are those of the tiers.
	weights    []float64
	composites []cer.Composite
}

// tier is a flow as one cohort of the weighted dimension has it.
type tier struct {
	value string
	slis  []sliSeries
}

// readFlow reads the SLIs of the flow at a position of a tree, and combines them.
func readFlow(t *Tree, position int, planned *plan.Flow) flow {
	f := flow{Flow: *planned, tree: t, position: position}
	for i := range planned.SLIs {
		f.slis = append(f.slis, planned.SLIs[i].SLI)
	}
	f.plain = f.readSLIs(t.Cohort, func(s *plan.SLI) *plan.View { return s.Plain })
	if t.plan.Weighted != nil {
		f.readTiers(t.plan.Weighted)
	}
	f.readQuantiles()
	f.composites = f.compositesOf(f.positions())
	return f
}

// readTiers reads the flow for each cohort of a dimension that has a weight.
func (f *flow) readTiers(d *cer.Dimension) {
	for _, value := range d.Listed() {
		weight := d.Weights[value]
		if weight == 0 {
			continue
		}
		if slis := f.readSLIs(f.tree.Cohort.With(value), func(s *plan.SLI) *plan.View { return s.Weighted }); slis != nil {
			f.tiers = append(f.tiers, tier{value: value, slis: slis})
			f.weights = append(f.weights, weight)
		}
	}
}

// readSLIs reads one view of each SLI of the flow; nil where the plan has none.
func (f *flow) readSLIs(c Cohort, viewOf func(*plan.SLI) *plan.View) []sliSeries {
	var all []sliSeries
	for i := range f.SLIs {
		if v := viewOf(&f.SLIs[i]); v != nil {
			if all == nil {
				all = make([]sliSeries, 0, len(f.SLIs))
			}
			all = append(all, f.tree.Dataset.readSLI(&f.SLIs[i], v, c, f.tree.Range, f.tree.countsAll))
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

// isBroken reports whether the j-th SLI can't be read.
func (f *flow) isBroken(j int) bool {
	isBroken := func(slis []sliSeries) bool { return slis[j].isBroken }
	return slices.ContainsFunc(f.views(), isBroken) || f.plain != nil && isBroken(f.plain)
}

// missing returns the names of the SLIs that are missing at an instant, in any tier, or those of them without which there
// is no score.
func (f *flow) missing(i int, indispensableOnly bool) []string {
	var names []string
	for j, sli := range f.slis {
		for _, slis := range f.views() {
			o := slis[j].observations.at(i)
			if (sli.Lacks(o) || !indispensableOnly && !sli.Covers(o)) && !slices.Contains(names, sli.Name) {
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

// traffic returns the rate of the flow's events at an instant, in events per second; NaN where it has none or they are
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
