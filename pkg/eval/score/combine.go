package score

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// compositesOf returns the composite of some of the flow's SLIs, by position, at each instant.
func (f *flow) compositesOf(positions []int) []cer.Composite {
	combiner := f.newCombiner(positions)
	composites := make([]cer.Composite, f.tree.n)
	for i := range composites {
		composites[i] = combiner.combine(i, nil)
	}
	return composites
}

// sliCombiner combines some of a flow's SLIs at an instant.
type sliCombiner struct {
	flow         *flow
	positions    []int
	slis         []*cer.SLI
	views        [][]sliSeries
	observations []cer.Observation
	// byView has the composite of each view at the last instant that was combined.
	byView  []cer.Composite
	scratch []cer.Member
	// isBroken says that one of the SLIs can't be read.
	isBroken bool
}

func (f *flow) newCombiner(positions []int) *sliCombiner {
	c := &sliCombiner{flow: f, positions: positions, views: f.views(), observations: make([]cer.Observation, len(positions))}
	for _, j := range positions {
		c.slis = append(c.slis, f.slis[j])
		c.isBroken = c.isBroken || f.isBroken(j)
	}
	c.byView = make([]cer.Composite, len(c.views))
	c.scratch = make([]cer.Member, 0, max(len(positions), len(c.views)))
	return c
}

// combine returns the composite at an instant if the SLIs at some positions of the flow scored 1.
func (c *sliCombiner) combine(i int, perfect []int) cer.Composite {
	catalog := c.flow.tree.plan.Catalog
	for v, slis := range c.views {
		for k, j := range c.positions {
			c.observations[k] = slis[j].observations.at(i)
			if c.observations[k].Scored() && slices.Contains(perfect, j) {
				c.observations[k].Score = 1
			}
		}
		c.byView[v] = cer.CombineSLIs(c.slis, c.observations, catalog.Aggregate, catalog.MinCoverage, c.scratch)
		if c.isBroken {
			c.byView[v] = c.byView[v].Broken()
		}
	}
	switch {
	case c.isBroken:
		return c.byView[0]
	case len(c.flow.tiers) > 0:
		return cer.CombineCohorts(c.flow.weights, c.byView, catalog.MinCoverage, c.scratch)
	case len(c.byView) == 1:
		return c.byView[0]
	default: // Only ages were asked for.
		return cer.CombineSLIs(nil, nil, catalog.Aggregate, catalog.MinCoverage, c.scratch)
	}
}

// flowCombiner combines the flows of a tree at an instant.
type flowCombiner struct {
	tree *Tree
	// effects[k] are those of maintenances on the k-th flow, nil where there are none.
	effects    [][]cer.MaintenanceEffect
	weights    []float64
	composites []cer.Composite
	scratch    []cer.Member
}

func newFlowCombiner(t *Tree) *flowCombiner {
	n := len(t.flows)
	c := &flowCombiner{tree: t, weights: make([]float64, n), composites: make([]cer.Composite, n), scratch: make([]cer.Member, 0, n)}
	for k := range t.flows {
		c.effects = append(c.effects, t.Effects(t.flows[k].Flow.Flow))
	}
	return c
}

// combine returns the composite of all flows at an instant.
func (c *flowCombiner) combine(i int) cer.Composite { return c.combineWith(i, -1, cer.Composite{}) }

// combineWith returns the composite of all flows at an instant if that of the k-th flow were another one.
func (c *flowCombiner) combineWith(i, k int, instead cer.Composite) cer.Composite {
	for j := range c.tree.flows {
		c.weights[j] = c.tree.weights[j][i]
		c.composites[j] = c.tree.flows[j].composites[i]
		if c.effects[j] != nil {
			c.composites[j] = c.effects[j][i].Composite(c.composites[j])
		}
	}
	if k >= 0 {
		c.composites[k] = instead
	}
	catalog := c.tree.plan.Catalog
	return cer.CombineFlows(c.weights, c.composites, catalog.Aggregate, catalog.MinCoverage, c.scratch)
}
