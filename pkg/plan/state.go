package plan

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// States is how the states of a plan are decided.
type States struct {
	// Minutes are those at which the conditions of policies are evaluated. Known are the last of them, whose states follow
	// from the ones before.
	Minutes, Known series.Range
	// Policies are those that apply to what the query shows, each once.
	Policies []PolicyPlan
	// Shares have the time slices of the known minutes split by one dimension more, so that incidents say which cohorts lose
	// most; none unless the query asks for incidents.
	Shares []*Plan
	// Deployments are the events of that kind, read over the known minutes; none unless the query asks for the newest incident.
	Deployments []Event
}

// PolicyPlan is a policy, and the numbers by which it is decided.
type PolicyPlan struct {
	Policy *policy.Policy
	// Plan has the time slices of each cohort for which the policy has a state of its own: by the dimensions of the query,
	// and then by those of the policy.
	Plan *Plan
	// Deltas have the time slices split by a dimension more, by its name, for differences between its cohorts.
	Deltas map[string]*Plan
}

// addStates plans the time slices by which policies are decided, and those of the windows that the query shows beside
// states.
func (b *builder) addStates(shown sliceWindows) error {
	policies, err := b.policies()
	if err != nil {
		return err
	}
	states := &States{}
	b.plan.States = states
	states.Minutes, states.Known = b.minutes(policies)
	if needs(policies, policy.RevenueAtRisk) {
		b.plan.Money = query.RevenueAtRisk
	}
	parts := splitList{{builder: b, windows: shown}}
	for _, p := range policies {
		own, err := parts.by(b, p.Stated.By...)
		if err != nil {
			return err
		}
		planned := PolicyPlan{Policy: p, Plan: own.builder.plan, Deltas: map[string]*Plan{}}
		for _, need := range p.Needs() {
			b.addWindow(&own.windows, need)
			own.builder.plan.Counted = append(own.builder.plan.Counted, need)
			if need.Number != policy.Delta {
				continue
			}
			delta, err := parts.by(own.builder, need.Dimension)
			if err != nil {
				return err
			}
			planned.Deltas[need.Dimension] = delta.builder.plan
		}
		states.Policies = append(states.Policies, planned)
	}
	for _, part := range parts {
		if err := part.builder.addSlices(states.Minutes, part.windows); err != nil {
			return err
		}
		b.plan.Notices.Merge(part.builder.plan.Notices)
	}
	if err := b.addShares(); err != nil {
		return err
	}
	return b.addDeployments()
}

// policies returns the policies that apply to what the query shows.
func (b *builder) policies() ([]*policy.Policy, error) {
	c := b.plan.Catalog
	if len(c.Policies) == 0 {
		if c.HasObjective() {
			return nil, query.Unstatedf("the catalog has no policies, which decide states; remove policies from its spec for the default ones, or add some")
		}
		return nil, query.Unstatedf("the default policies need an objective, and there are no states without one; add one to a flow, such as objective: 0.99")
	}
	about := slices.DeleteFunc(slices.Clone(c.Policies), func(p *policy.Policy) bool {
		if b.plan.Query.Level == query.LevelOverall {
			return !p.About(nil)
		}
		return !slices.ContainsFunc(b.scope.shownFlows(b.plan.Catalog), p.About)
	})
	if len(about) == 0 && !b.plan.Query.IsShard {
		return nil, query.Unstatedf("no policy of the catalog applies to these flows; add one, or an objective, which the default policies need")
	}
	return about, nil
}

// needs reports whether any of the policies needs a number.
func needs(policies []*policy.Policy, number policy.Number) bool {
	return slices.ContainsFunc(policies, func(p *policy.Policy) bool {
		return slices.ContainsFunc(p.Needs(), func(r policy.Reference) bool { return r.Number == number })
	})
}

// minutes returns the minutes whose states are wanted, and with them those before on which these depend. A step that is longer than a
// minute has those since the instant before, which the first one has outside of the range. Incidents are looked for a lookback
// further back, so that they begin where they did, whatever the range.
func (b *builder) minutes(policies []*policy.Policy) (all, known series.Range) {
	grid := cer.Grid.Milliseconds()
	known = series.Range{Start: series.Floor(b.plan.Range.Start, grid), End: series.Floor(b.plan.Range.End, grid), Step: grid}
	if step := b.plan.Range.Step; step > grid {
		known.Start = series.Floor(b.plan.Range.Start-step, grid)
	}
	if b.plan.Query.IsOfIncidents() {
		known.Start -= b.plan.Catalog.Budget.Lookback.Milliseconds()
	}
	reach := 0
	for _, p := range policies {
		reach = max(reach, p.Rule().Reach())
	}
	all = known
	all.Start -= int64(reach) * grid
	return all, known
}

// addWindow adds the window of time slices over which a number is computed that a policy needs.
func (b *builder) addWindow(windows *sliceWindows, number policy.Reference) {
	switch number.Number {
	case policy.Burn, policy.Failures:
		windows.add(number.Window)
	case policy.Budget:
		windows.addBudget(b.plan.Catalog.Budget)
	default:
		windows.add(b.plan.Catalog.Budget.Slice)
	}
}

// addShares plans which cohorts lose most in incidents, by every dimension that the query does not split by.
func (b *builder) addShares() error {
	if !b.plan.Query.DescribesIncidents() {
		return nil
	}
	slice := b.plan.Catalog.Budget.Slice
	for _, d := range b.plan.Catalog.Dimensions {
		if slices.Contains(b.plan.Query.By, d.Name) {
			continue
		}
		part, err := b.splitBy(d.Name)
		if err != nil {
			return err
		}
		over := coarse(b.plan.States.Known, slice, slice)
		part.setPeriod(over, slice)
		flows, err := part.flows(slice)
		if err != nil {
			return err
		}
		if part.plan.Coarse, err = part.segment(over, flows, slice); err != nil {
			return err
		}
		b.plan.Notices.Merge(part.plan.Notices)
		b.plan.States.Shares = append(b.plan.States.Shares, part.plan)
	}
	return nil
}

// split is the builder of a part whose time slices are split by some dimensions, and the windows that it needs.
type split struct {
	builder *builder
	windows sliceWindows
}

// splitList is distinct splits.
type splitList []*split

// by returns the split of a builder by more dimensions, which is added if it is not there yet.
func (l *splitList) by(from *builder, names ...string) (*split, error) {
	wanted := list.Union(from.plan.Query.By, names...)
	for _, known := range *l {
		if slices.Equal(known.builder.plan.Query.By, wanted) {
			return known, nil
		}
	}
	part, err := from.splitBy(names...)
	if err != nil {
		return nil, err
	}
	added := &split{builder: part}
	added.windows.add(part.plan.Catalog.Budget.Slice)
	*l = append(*l, added)
	return added, nil
}

// splitBy returns a builder of a part that is split by more dimensions.
func (b *builder) splitBy(names ...string) (*builder, error) {
	q := b.plan.Query
	q.By = list.Union(q.By, names...)
	s, err := newScope(q, b.plan.Catalog)
	if err != nil {
		return nil, err
	}
	part := newBuilder(s, b.plan.Catalog, b.times, b.facts)
	part.plan.Range, part.plan.Money = b.plan.Range, b.plan.Money
	return part, nil
}
