package plan

import (
	"maps"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Plan is what is asked of the store for one query, and the score tree that is made of the answers.
type Plan struct {
	Query   query.Query
	Catalog *cer.Catalog
	// Stretch holds the instants that the query wants numbers of, and the flows evaluated there; no flow where numbers
	// are made of slices alone.
	Stretch
	// Money is the measure whose amounts are read; "" where none is.
	Money query.Measure
	// Fine and Coarse hold the slices that budgets are counted in, as wide as the catalog says: those that end at the
	// very minutes that are asked about, and those on multiples of their width. They are nil where they are not needed.
	Fine, Coarse *Stretch
	// States say how states are decided; nil unless the query asks for them. Counted are numbers that policies need of
	// what is in the plan.
	States  *States
	Counted []policy.Reference
	// Events are read over the plan's range; none unless the query asks for them.
	Events []Event
	// By are the dimensions, and FlowLabels the labels of flows, that numbers are split by.
	By         []cer.Dimension
	FlowLabels []string
	// Filters keep cohorts of dimensions.
	Filters []query.Filter
	// Weighted is the dimension whose cohorts' scores make up those of flows; nil where none does.
	Weighted *cer.Dimension
	// Leaves are distinct.
	Leaves []Leaf
	// Notices say what was chosen, and what a reader should know of it.
	Notices cer.Annotations
}

// Event is an event of the plan.
type Event struct {
	Event  cer.Event
	Source Source
}

// Stretch is flows over a range of instants.
type Stretch struct {
	Range series.Range
	// Pages hold the slices before the range, side by side; none unless windows are so long that it pays.
	Pages []*Page
	// Flows are those that have to be evaluated, in the order of the catalog.
	Flows []Flow
	// Maintenance says which slices are in one, or for events which instants are; none otherwise.
	Maintenance []Maintenance
}

// Parts returns the plan, and the plans within it that states are decided by, each once.
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
	for _, apart := range p.States.Shares {
		add(apart)
	}
	return parts
}

// Stretches returns those parts of the plan that have flows.
func (p *Plan) Stretches() []*Stretch {
	var all []*Stretch
	for _, s := range []*Stretch{&p.Stretch, p.Coarse, p.Fine} {
		if s != nil && len(s.Flows) > 0 {
			all = append(all, s)
		}
	}
	return all
}

// allStretches returns those of the plan and of its parts.
func (p *Plan) allStretches() []*Stretch {
	var all []*Stretch
	for _, part := range p.Parts() {
		all = append(all, part.Stretches()...)
	}
	return all
}

// Flow is a flow of the plan.
type Flow struct {
	Flow *cer.Flow
	// Shown reports whether the query is about the flow; others are there because its numbers depend on them.
	Shown bool
	// Weight yields the flow's dynamic weight, or the traffic that scales it; nil where the weight is fixed, or does not
	// matter to the query.
	Weight *Source
	// Money yields the amount that the query's measure is computed from; nil where that is fixed or not known.
	Money *Source
	// SLIs are those that have to be evaluated, in the order of the flow.
	SLIs []SLI
}

// SLI is an SLI of the plan.
type SLI struct {
	SLI    *cer.SLI
	Shown  bool
	Window time.Duration
	// Counted is the span whose events are counted: the window, or in slices, whose windows reach back to the sample
	// before, their width.
	Counted time.Duration
	// Plain reads the SLI for the cohorts of the query; nil where the query does without.
	Plain *View
	// Weighted reads it for each value of the weighted dimension too; nil where there is none, or the query does without.
	Weighted *View
	// Lag yields the ages of what the SLI selects, one a form; nil unless the query asks for it.
	Lag *Source
}

// View is the ways in which an SLI is read for the cohorts of some dimensions.
type View struct {
	Source
	// Fallback is read where the source has nothing; nil where there is none.
	Fallback *Source
	// Past holds what came before, on the minute grid, for an SLI that holds its score; none for others.
	Past []Past
}

// Past is a view of an earlier stretch of time, with a range of its own.
type Past struct {
	Range series.Range
	// Window is what the SLI looks back over there, which does not depend on the step of the query.
	Window   time.Duration
	Source   Source
	Fallback *Source
}

// Source is where a number is read, split by dimensions.
type Source struct {
	// Labels[k] is what the k-th dimension is called on the series, and "" where they are not split by it, so that what
	// they say is true of every cohort.
	Labels []string
	// Forms are ways to get the number, in order of preference.
	Forms []Form
}

// Form is an expand.Form whose PromQL has become leaves of the plan.
type Form struct {
	Of    expand.Of
	Parts []Part
	// Total is the index of the leaf that counts all events, or NoLeaf.
	Total           int
	Complement      bool
	IdleIfUndefined bool
	Ceiling         float64
}

// Part is an expand.Part whose PromQL has become a leaf of the plan.
type Part struct {
	Leaf         int
	Factor       float64
	Role         string
	ZeroIfAbsent bool
}

// NoLeaf stands for a leaf that a form does without.
const NoLeaf = -1

// Views returns the views of the SLI.
func (s SLI) Views() []*View {
	var views []*View
	for _, v := range []*View{s.Plain, s.Weighted} {
		if v != nil {
			views = append(views, v)
		}
	}
	return views
}

// Sources returns where the SLI is read, but for the past.
func (s SLI) Sources() []*Source {
	var sources []*Source
	for _, v := range s.Views() {
		sources = append(sources, &v.Source)
		if v.Fallback != nil {
			sources = append(sources, v.Fallback)
		}
	}
	if s.Lag != nil {
		sources = append(sources, s.Lag)
	}
	return sources
}

// Leaves returns the positions of the SLI's leaves in the plan but for those of the past, each once and in the order of
// the formula.
func (s SLI) Leaves() []int {
	var leaves []int
	for _, source := range s.Sources() {
		leaves = source.appendLeaves(leaves)
	}
	return leaves
}

// Leaves returns the positions of the form's leaves.
func (f Form) Leaves() []int {
	var leaves []int
	for _, part := range f.Parts {
		leaves = append(leaves, part.Leaf)
	}
	if f.Total != NoLeaf {
		leaves = append(leaves, f.Total)
	}
	return leaves
}

// Leaves returns the positions of the source's leaves in the plan, each once.
func (s *Source) Leaves() []int { return s.appendLeaves(nil) }

// appendLeaves adds the positions of the source's leaves that are not there yet.
func (s *Source) appendLeaves(leaves []int) []int {
	for _, f := range s.Forms {
		for _, leaf := range f.Leaves() {
			if !slices.Contains(leaves, leaf) {
				leaves = append(leaves, leaf)
			}
		}
	}
	return leaves
}

// DefinedAs returns the SLIs, as flow/sli, and the flows whose weight it is, that an expression is asked for, and
// whether it is one that the definition states as a whole rather than one made of a selector.
func (p *Plan) DefinedAs(promQL string) (subjects []string, whole bool) {
	asks := func(leaves []int) bool {
		return slices.ContainsFunc(leaves, func(leaf int) bool { return p.Leaves[leaf].PromQL == promQL })
	}
	note := func(subject string, states bool) {
		if !slices.Contains(subjects, subject) {
			subjects = append(subjects, subject)
		}
		whole = whole || states
	}
	for _, a := range p.Asides() {
		if asks(a.Source.Leaves()) {
			note(a.String(), true)
		}
	}
	for _, stretch := range p.allStretches() {
		for _, f := range stretch.Flows {
			for _, s := range f.SLIs {
				if asks(s.Leaves()) {
					indicator, err := expand.Compile(s.SLI.Indicator, nil)
					note(f.Flow.Name+"/"+s.SLI.Name, err != nil || indicator.StatesWhole())
				}
			}
		}
	}
	return subjects, whole
}
