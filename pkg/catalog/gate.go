package catalog

import (
	"fmt"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
)

// Gate is a gate of a catalog, ready to be asked.
type Gate struct {
	Stated *cer.Gate
	// Requirement is what the gate requires, and Required the catalog with it as its only policy, which shares all else with the
	// gate's catalog; nil where nothing is required.
	Requirement *policy.Policy
	Required    *Catalog
	// Evidence is a catalog of the flows of the gate whose time slices tell how the arms compare; nil where nothing is
	// compared. Their width is that of the gate. No score of it is held, replaced or withheld: an SLI has the score of its own
	// telemetry, or none. An SLI that is a quantile is the share of requests within the gate's bound. Flows have neither money nor
	// weights that follow the data, and cohorts no weights. A maintenance that counts as good excludes its time slices.
	Evidence *Catalog
}

// Gate returns the gate of a name, and whether there is one.
func (c *Catalog) Gate(name string) (*Gate, bool) {
	i := slices.IndexFunc(c.Gates, func(g *Gate) bool { return g.Stated.Name == name })
	if i < 0 {
		return nil, false
	}
	return c.Gates[i], true
}

// addGates compiles the gates, once all else is compiled.
func (c *Catalog) addGates() error {
	for i := range c.Catalog.Gates {
		stated := &c.Catalog.Gates[i]
		g := &Gate{Stated: stated}
		if err := c.addRequirement(g); err != nil {
			return fmt.Errorf("the gate %s: %w", stated.Name, err)
		}
		if err := c.addEvidence(g); err != nil {
			return fmt.Errorf("the gate %s: %w", stated.Name, err)
		}
		c.Gates = append(c.Gates, g)
	}
	return nil
}

// addRequirement compiles what a gate requires.
func (c *Catalog) addRequirement(g *Gate) error {
	if g.Stated.Require == "" {
		return nil
	}
	p, issues := policy.Requirement(c.Catalog, g.Stated)
	if p == nil {
		return fmt.Errorf("%s: %s", issues[0].Field, issues[0].Message)
	}
	stated, required := *c.Catalog, *c
	stated.Policies, stated.Gates = []cer.AlertPolicy{*p.Stated}, nil
	required.Catalog, required.Policies, required.Gates = &stated, []*policy.Policy{p}, nil
	g.Requirement, g.Required = p, &required
	return nil
}

// addEvidence compiles what a gate compares.
func (c *Catalog) addEvidence(g *Gate) error {
	if g.Stated.Compare == nil {
		return nil
	}
	stated := *c.Catalog
	stated.Events, stated.Policies, stated.Gates = nil, nil, nil
	stated.Budget = budgetingOf(g.Stated, c.Catalog)
	stated.Dimensions = withoutWeights(c.Dimensions)
	picked := g.Stated.Flows.Flows(c.Catalog)
	stated.Flows = make([]cer.Flow, len(picked))
	evidence := &Catalog{Catalog: &stated, spacings: c.spacings, // Of the same metrics, so that what is known of them is shared.
		indicators: map[*cer.SLI]indicators{}, maintenance: map[*cer.Maintenance]maintenance{}}
	for i, f := range picked {
		stated.Flows[i] = *f
		if err := evidence.compare(g.Stated, &stated.Flows[i], c); err != nil {
			return err
		}
	}
	evidence.share(c, picked)
	evidence.Revision = stated.Revision()
	g.Evidence = evidence
	return nil
}

// budgetingOf returns how the time slices are counted in which a gate compares.
func budgetingOf(g *cer.Gate, c *cer.Catalog) cer.Budgeting {
	b := c.Budget
	b.Slice, b.Calendar = g.Width(c), nil
	b.Window = max(b.Slice, b.Window.Truncate(b.Slice))
	return b
}

// withoutWeights returns dimensions that list the same values, and weigh none.
func withoutWeights(dimensions []cer.Dimension) []cer.Dimension {
	plain := slices.Clone(dimensions)
	for i := range plain {
		plain[i].Values, plain[i].Weights = plain[i].Listed(), nil
	}
	return plain
}

// compare makes a copy of a flow of another catalog what a gate compares, and compiles what is not the same there.
func (c *Catalog) compare(g *cer.Gate, f *cer.Flow, of *Catalog) error {
	original := f.SLIs
	f.SLIs, f.Dynamic, f.Revenue, f.Cost = slices.Clone(original), nil, nil, nil
	for i := range f.SLIs {
		s := &f.SLIs[i]
		s.MinEvents, s.Fallback, s.Missing, s.MaxDelay, s.Idle = 0, nil, cer.Ignore, 0, cer.Ignore
		own := of.indicators[&original[i]].own
		if q, is := s.Indicator.(cer.Quantile); is && g.Compares(of.Catalog, s) {
			within := cer.LatencyShare{Histogram: q.Histogram, Unit: q.Unit, Under: g.QuantileBound(f.Name, s), ToEdge: true}
			if within.Under == 0 {
				return fmt.Errorf("%s/%s: it has no bound, and neither has its curve", f.Name, s.Name)
			}
			compiled, err := expand.Compile(within, c.TrustOf(s))
			if err != nil {
				return fmt.Errorf("%s/%s: %w", f.Name, s.Name, err)
			}
			own, s.Indicator, s.Curve = compiled, within, cer.Identity{}
		}
		c.indicators[s] = indicators{own: own}
	}
	return nil
}

// share takes over the maintenances of another catalog for those of its flows that are picked.
func (c *Catalog) share(of *Catalog, picked []*cer.Flow) {
	names := map[string]bool{}
	for _, f := range picked {
		names[f.Name] = true
	}
	c.Maintenance = make([]cer.Maintenance, 0, len(of.Maintenance)) // It does not grow, since pointers into it are kept.
	for i := range of.Maintenance {
		m := of.Maintenance[i]
		if m.Effect == cer.EffectGood {
			m.Effect = cer.EffectExclude
		}
		if !m.Flows.Everything() {
			m.Flows = namesAmong(m.Flows.Flows(of.Catalog), names)
		}
		if m.Flows.Everything() != of.Maintenance[i].Flows.Everything() {
			continue // It picks none of them.
		}
		c.Maintenance = append(c.Maintenance, m)
		c.maintenance[&c.Maintenance[len(c.Maintenance)-1]] = of.maintenance[&of.Maintenance[i]]
	}
}

// namesAmong picks those of some flows that are among others: by name, since shares of weights are others in a part of a catalog.
func namesAmong(flows []*cer.Flow, others map[string]bool) cer.FlowSelection {
	var s cer.FlowSelection
	for _, f := range flows {
		if others[f.Name] {
			s.Names = append(s.Names, f.Name)
		}
	}
	return s
}
