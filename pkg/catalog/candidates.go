package catalog

import (
	"slices"
	"strconv"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
)

// Candidates returns a catalog that has a flow once for each of some objectives in (0,1), in their order, with the default
// policies. All of them are read by the same expressions, so that one query tells what each objective would have done. The
// error is that of Compile.
func (c *Catalog) Candidates(f *cer.Flow, objectives []float64) (*Catalog, error) {
	stated := *c.Catalog
	return c.candidates(&stated, f, objectives, func(one *cer.Flow, objective float64) {
		one.Objective = objective
		one.SLIs = slices.Clone(f.SLIs)
	})
}

// SLICandidates is Candidates for an SLI of a flow: the flows have it alone, and lose what its error budget does, which is its bad
// events, or where it counts none what its score lacks to 1.
func (c *Catalog) SLICandidates(f *cer.Flow, sli *cer.SLI, objectives []float64) (*Catalog, error) {
	stated := *c.Catalog
	stated.Dimensions, stated.MinCoverage = withoutWeights(c.Dimensions), 0
	method := c.MethodOf(f)
	switch {
	case sli.Indicator.CountsEvents():
		method = cer.Occurrences
	case method == cer.Occurrences: // There are no events to weigh time slices by.
		method = cer.RatioTimeslices
	}
	return c.candidates(&stated, f, objectives, func(one *cer.Flow, objective float64) {
		one.Objective, one.BudgetingMethod, one.Traffic = objective, method, ""
		if sli.Indicator.CountsEvents() {
			one.Traffic = sli.Name
		}
		one.SLIs = []cer.SLI{alone(*sli, objective)}
	})
}

// alone returns an SLI that makes up a flow. The score of one that counts events is the share of them that is good, as far as
// that is known.
func alone(s cer.SLI, objective float64) cer.SLI {
	s.Weight, s.Key, s.Objective = 1, false, objective
	if curve, is := s.Curve.(cer.Budget); is {
		s.Curve = cer.Budget{Objective: objective, Factor: curve.Factor}
	}
	if !s.Indicator.CountsEvents() {
		return s
	}
	s.Curve, s.Missing, s.MaxDelay, s.Idle = cer.Identity{}, cer.Ignore, 0, cer.Ignore
	if s.Fallback == nil {
		return s
	}
	fallback := *s.Fallback
	fallback.Curve = cer.Identity{}
	s.Fallback = &fallback
	if !fallback.Indicator.Kind().IsShare() {
		s.Fallback = nil
	}
	return s
}

// candidates completes a stated catalog with a flow for each objective. Change states its objective and its SLIs, which are some
// of f's by their names, and read alike.
func (c *Catalog) candidates(stated *cer.Catalog, f *cer.Flow, objectives []float64, change func(*cer.Flow, float64)) (*Catalog, error) {
	stated.Objective, stated.Events, stated.Gates = 0, nil, nil
	compiled := &Catalog{Catalog: stated, spacings: c.spacings, // Of the same metrics, so that what is known of them is shared.
		indicators: map[*cer.SLI]indicators{}, maintenance: map[*cer.Maintenance]maintenance{}}
	stated.Flows = make([]cer.Flow, len(objectives))
	var names cer.FlowSelection
	for i, objective := range objectives {
		one := &stated.Flows[i]
		*one = cer.Flow{Name: f.Name + "@" + strconv.FormatFloat(objective, 'f', -1, 64), Weight: 1, BudgetingMethod: f.BudgetingMethod, Traffic: f.Traffic}
		change(one, objective)
		for j := range one.SLIs {
			original, _ := f.SLI(one.SLIs[j].Name)
			found := c.indicators[original]
			if one.SLIs[j].Fallback == nil {
				found.fallback = nil
			}
			compiled.indicators[&one.SLIs[j]] = found
		}
		names.Names = append(names.Names, one.Name)
	}
	compiled.maintain(c, f, names)
	stated.Policies, _ = policy.Default(stated)
	var err error
	compiled.Policies, err = policy.Of(stated)
	compiled.Revision = stated.Revision()
	return compiled, err
}

// maintain takes over the maintenances of another catalog that pick one of its flows, for the flows of a selection.
func (c *Catalog) maintain(of *Catalog, f *cer.Flow, flows cer.FlowSelection) {
	c.Maintenance = make([]cer.Maintenance, 0, len(of.Maintenance)) // It does not grow, since pointers into it are kept.
	for i := range of.Maintenance {
		m := of.Maintenance[i]
		if !m.Flows.Picks(of.Catalog, f) {
			continue
		}
		if !m.Flows.Everything() {
			m.Flows = flows
		}
		c.Maintenance = append(c.Maintenance, m)
		c.maintenance[&c.Maintenance[len(c.Maintenance)-1]] = of.maintenance[&of.Maintenance[i]]
	}
}
