package plan

import (
	"maps"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/audit"
	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Plan is what is asked of the store for one query, and how its numbers are computed from the answers. It is a value that
// must not be changed.
type Plan struct {
	Query   query.Query
	Catalog *catalog.Catalog
	// Range is the instants at which the query wants numbers.
	Range series.Range
	// Instants has the flows that are evaluated at Range; nil where all numbers are computed from time slices.
	Instants *Segment
	// Fine and Coarse have the time slices that budgets are counted in, as wide as the catalog says: those that end at the
	// very minutes that are asked about, and those that end at multiples of their width. They are nil where not needed.
	Fine, Coarse *Segment
	// States say how states are decided; nil unless the query asks for them. Counted are the numbers that policies need of
	// the flows of the plan.
	States  *States
	Counted []policy.Reference
	// Events, and with them Maintenance, are read over Range; none unless the query asks for events.
	Events      []Event
	Maintenance []Maintenance
	// Exemplars are those of each SLI, between the ends of Range; none unless the query asks for exemplars.
	Exemplars []Exemplars
	// Births are asked at the last instant of Range, where somebody sees the notices of the query.
	Births []expand.BirthQuestion
	// Money is the measure whose amounts are read; "" where none is.
	Money query.Measure
	// By are the dimensions, and FlowLabels the labels of flows, by which numbers are split.
	By         []cer.Dimension
	FlowLabels []string
	// ByPolicy says that states are told apart by policy.
	ByPolicy bool
	// Filters keep cohorts of dimensions.
	Filters []query.Filter
	// Only has the values of those dimensions of which the filters keep one, by the dimension's name.
	Only map[string]string
	// Weighted is the dimension whose cohorts' scores make up those of flows; nil where none does.
	Weighted *cer.Dimension
	// Leaves are all that is asked of the store but for blocks, each once, for the plan and its parts.
	Leaves []expand.Leaf
	// changes is set where some expressions are not the same at all instants, since facts about the store change.
	changes bool
	// Notices say what was chosen, and what a reader should know about it.
	Notices cer.Annotations
}

// Event is an event of the plan.
type Event struct {
	Event  cer.Event
	Source Source
}

// Build plans a query. It fails with a *query.Invalid error where the query names what the catalog does not have, or with
// a *TooLarge one where it asks for more points than a query may.
func Build(q query.Query, c *catalog.Catalog, times Times, facts expand.Facts) (*Plan, error) {
	q = q.WithLong(times.To.Sub(times.From), c.Budget.Slice)
	s, err := newScope(q, c)
	if err != nil {
		return nil, err
	}
	if err := s.checkNames(c); err != nil {
		return nil, err
	}
	if err := s.checkMeasure(c); err != nil {
		return nil, err
	}
	times.Delay = c.Delay
	b := newBuilder(s, c, times, facts)
	b.plan.Range = rangeOf(q, times)
	if err := b.build(); err != nil {
		return nil, err
	}
	b.plan.Leaves = leavesOf(b.plan)
	return b.plan, checkSize(b.plan, s)
}

// Revisions returns the changes of the catalog that took effect within the range, as far as they are known.
func (p *Plan) Revisions() audit.History {
	if p.Range.Len() == 0 {
		return nil
	}
	return p.Catalog.History.Between(series.Time(p.Range.Start), series.Time(p.Range.End).Add(cer.Grid))
}

// Changes reports whether some expressions of the plan are not the same at all instants, since facts about the store change.
func (p *Plan) Changes() bool { return p.changes }

// Parts returns the plan, and the plans within it by which states are decided, each once.
func (p *Plan) Parts() []*Plan {
	parts := []*Plan{p}
	add := func(part *Plan) {
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	if p.States == nil {
		return parts
	}
	for _, j := range p.States.Policies {
		add(j.Plan)
		for _, name := range slices.Sorted(maps.Keys(j.Deltas)) {
			add(j.Deltas[name])
		}
	}
	for _, part := range p.States.Shares {
		add(part)
	}
	return parts
}

// Segments returns those of the plan that have flows.
func (p *Plan) Segments() []*Segment {
	var all []*Segment
	for _, s := range []*Segment{p.Instants, p.Coarse, p.Fine} {
		if s != nil && len(s.Flows) > 0 {
			all = append(all, s)
		}
	}
	return all
}

// Widest returns the segment with the most cohorts; nil where none has flows. Time slices have more than the newest instant of a
// table has.
func (p *Plan) Widest() *Segment {
	if p.Coarse != nil {
		return p.Coarse
	}
	segments := p.Segments()
	if len(segments) == 0 {
		return nil
	}
	return segments[len(segments)-1]
}

// Kept reports whether the plan's filters keep a value of a dimension.
func (p *Plan) Kept(d cer.Dimension, value string) bool {
	for _, f := range p.Filters {
		if f.Key == d.Name && !f.Keeps(value) {
			return false
		}
	}
	return true
}

// Expected returns the values of a dimension that have numbers or nulls whether there is telemetry of them or not: those
// that the catalog lists and that the query names, as far as its filters keep them.
func (p *Plan) Expected(d cer.Dimension) []string {
	expected := d.Listed()
	for _, f := range p.Filters {
		if f.Key == d.Name && !f.Not {
			expected = append(expected, f.Values...)
		}
	}
	var kept []string
	for _, value := range expected {
		if p.Kept(d, value) && !slices.Contains(kept, value) {
			kept = append(kept, value)
		}
	}
	return kept
}
