package plan

import (
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// States is what the states of a plan are decided by.
type States struct {
	// Minutes are those at which the conditions of policies are decided. Known are the last of them, whose states are
	// known by the ones before.
	Minutes, Known series.Range
	// Policies hold the policies that are about what the query shows, each once.
	Policies []PolicyPlan
	// Shares have the slices of the known minutes split by one dimension more, so that incidents say which cohorts lose
	// most; none unless the query asks for incidents.
	Shares []*Plan
}

// PolicyPlan is a policy, and what it is decided by.
type PolicyPlan struct {
	Policy *policy.Policy
	// Plan has the slices of each cohort that the policy judges by itself: by the dimensions of the query, and then by
	// those of the policy. Its leaves are those of the whole plan.
	Plan *Plan
	// Deltas have the slices split by a dimension more, by its name, for differences between its cohorts.
	Deltas map[string]*Plan
}

// addStates plans the slices by which policies are decided, and those of the windows that the query shows beside states.
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
	splits := splits{{builder: b, windows: shown}}
	for _, p := range policies {
		j := PolicyPlan{Policy: p, Deltas: map[string]*Plan{}}
		own, err := splits.by(b, p.Stated.By...)
		if err != nil {
			return err
		}
		j.Plan = own.builder.plan
		for _, need := range p.Needs() {
			own.windows.add(b.spanOf(need))
			own.builder.plan.Counted = append(own.builder.plan.Counted, need)
			if need.Number != policy.Delta {
				continue
			}
			apart, err := splits.by(own.builder, need.Dimension)
			if err != nil {
				return err
			}
			j.Deltas[need.Dimension] = apart.builder.plan
		}
		states.Policies = append(states.Policies, j)
	}
	for _, s := range splits {
		if err := s.builder.addSlices(states.Minutes, s.windows); err != nil {
			return err
		}
		b.plan.Notices.Merge(s.builder.plan.Notices)
	}
	return b.addShares()
}

// policies returns the policies that are about what the query shows.
func (b *builder) policies() ([]*policy.Policy, error) {
	catalog := b.plan.Catalog
	all, err := policy.Of(catalog)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, query.Invalidf("the catalog has no policies, by which states are decided; leave policies out of its spec for the default ones, or state some")
	}
	about := slices.DeleteFunc(all, func(p *policy.Policy) bool {
		if b.plan.Query.Level == query.LevelOverall {
			return !p.About(nil)
		}
		return !slices.ContainsFunc(b.shownFlows(), p.About)
	})
	if len(about) == 0 && !b.plan.Query.IsShard {
		return nil, query.Invalidf("no policy of the catalog is about what the query asks for; state one for it, or an objective, which the default policies need")
	}
	return about, nil
}

// needs reports whether any of the policies needs a number.
func needs(policies []*policy.Policy, number policy.Number) bool {
	return slices.ContainsFunc(policies, func(p *policy.Policy) bool {
		return slices.ContainsFunc(p.Needs(), func(r policy.Reference) bool { return r.Number == number })
	})
}

// shownFlows are the flows that the query is about.
func (b *builder) shownFlows() []*cer.Flow {
	var shown []*cer.Flow
	for i := range b.plan.Catalog.Flows {
		if f := &b.plan.Catalog.Flows[i]; b.scope.showsFlow(f) {
			shown = append(shown, f)
		}
	}
	return shown
}

// minutes returns the minutes whose states are wanted, and with them those before on which these depend. Incidents are
// looked for a lookback further back, so that they begin where they did, whatever the range.
func (b *builder) minutes(policies []*policy.Policy) (all, known series.Range) {
	grid := cer.Grid.Milliseconds()
	known = series.Range{Start: series.Floor(b.plan.Range.Start, grid), End: series.Floor(b.plan.Range.End, grid), Step: grid}
	if b.plan.Query.Format == query.Incidents {
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

// spanOf is how far back a number looks that a policy needs.
func (b *builder) spanOf(number policy.Reference) time.Duration {
	switch number.Number {
	case policy.Burn:
		return number.Window
	case policy.Budget:
		return b.plan.Catalog.Budget.Window
	default:
		return b.plan.Catalog.Budget.Slice
	}
}

// addShares plans which cohorts lose most in incidents, by every dimension that the query does not split by.
func (b *builder) addShares() error {
	if b.plan.Query.Format != query.Incidents {
		return nil
	}
	slice := b.plan.Catalog.Budget.Slice
	for _, d := range b.plan.Catalog.Dimensions {
		if slices.Contains(b.plan.Query.By, d.Name) {
			continue
		}
		apart, err := b.splitBy(d.Name)
		if err != nil {
			return err
		}
		if apart.plan.Coarse, err = apart.stretch(coarse(b.plan.States.Known, slice, slice)); err != nil {
			return err
		}
		b.plan.States.Shares = append(b.plan.States.Shares, apart.plan)
	}
	return nil
}

// split is slices that are split by some dimensions.
type split struct {
	builder *builder
	windows sliceWindows
}

// splits are distinct.
type splits []*split

// by returns the split of a builder by more dimensions, which is added if it is not there yet.
func (s *splits) by(from *builder, names ...string) (*split, error) {
	wanted := list.Union(from.plan.Query.By, names...)
	for _, known := range *s {
		if slices.Equal(known.builder.plan.Query.By, wanted) {
			return known, nil
		}
	}
	apart, err := from.splitBy(names...)
	if err != nil {
		return nil, err
	}
	added := &split{builder: apart}
	added.windows.add(apart.plan.Catalog.Budget.Slice)
	*s = append(*s, added)
	return added, nil
}

// splitBy returns a builder of slices that are split by more dimensions, and whose leaves are those of b.
func (b *builder) splitBy(names ...string) (*builder, error) {
	q := b.plan.Query
	q.By = list.Union(q.By, names...)
	s, err := newScope(q, b.plan.Catalog)
	if err != nil {
		return nil, err
	}
	apart := newBuilder(s, b.plan.Catalog, b.times, b.facts, b.shared)
	apart.plan.Range, apart.plan.Money, apart.slices = b.plan.Range, b.plan.Money, b.slices
	return apart, nil
}
