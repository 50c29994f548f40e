package plan

import (
	"math"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Segment is flows at the instants of a range.
type Segment struct {
	Range series.Range
	// Blocks are ranges of time slices before Range, side by side; none unless windows are so long that it pays.
	Blocks []series.Range
	// Flows are those that have to be evaluated, in the order of the catalog. Segments with the same expressions share
	// them.
	Flows []Flow
	// Maintenance says which time slices are in one, or for events which instants are; none otherwise.
	Maintenance []Maintenance
}

// First returns the first instant of the segment and its blocks, in Unix milliseconds.
func (s *Segment) First() int64 {
	if len(s.Blocks) > 0 {
		return s.Blocks[0].Start
	}
	return s.Range.Start
}

// SLIs returns how many SLIs have to be evaluated.
func (s *Segment) SLIs() int {
	n := 0
	for _, f := range s.Flows {
		n += len(f.SLIs)
	}
	return n
}

// Flow is a flow of the plan.
type Flow struct {
	Flow *cer.Flow
	// Shown reports whether the query is about the flow; others are there because its numbers depend on them.
	Shown bool
	// Weight yields the flow's dynamic weight, or the traffic that scales it; nil where the weight is fixed, or does not
	// matter to the query.
	Weight *Source
	// Money yields the amount that the query's measure is computed from; nil where that is fixed or not stated.
	Money *Source
	// SLIs are those that have to be evaluated, in the order of the flow.
	SLIs []SLI
}

// SLI is an SLI of the plan.
type SLI struct {
	SLI   *cer.SLI
	Shown bool
	// Window is how far the SLI looks back: for time slices their width.
	Window time.Duration
	// Plain reads the SLI for the cohorts of the query; nil where the query does without.
	Plain *View
	// Weighted reads it for each value of the weighted dimension too; nil where there is none, or the query does without.
	Weighted *View
	// Lag yields the ages of what the SLI selects, one for each form; nil unless the query asks for it.
	Lag *Source
	// Quantiles are those that the query asks for of the histogram of the SLI; none unless it does.
	Quantiles []Quantile
}

// Quantile is how a quantile of the histogram of an SLI is read.
type Quantile struct {
	Source
	Stated cer.Quantile
}

// View is the ways in which an SLI is read for the cohorts of some dimensions.
type View struct {
	Source
	// Fallback is read where the source has nothing; nil where there is none.
	Fallback *Source
	// Held is how earlier scores are read, for an SLI that holds its score; nil for others.
	Held *Held
}

// Held is how the earlier scores are read that an SLI holds, at its HeldRanges.
type Held struct {
	// Window is the span over which the SLI looks back there. It does not depend on the step of the query.
	Window   time.Duration
	Source   Source
	Fallback *Source
}

// Source is how a number is read, split by dimensions.
type Source struct {
	// Labels[k] is the label of the k-th dimension on the series, and "" where they are not split by it, so that they hold
	// for every cohort.
	Labels []string
	// Forms are ways to get the number, in order of preference. Parts are left out where only rates of events are needed.
	Forms []expand.Form
	// Split is how many of the forms are split, where the others are the same for all cohorts together, to be read where the split ones
	// have no sample of any cohort; 0 where there are no such others.
	Split int
	// CountsAllSamples says, of what is on or off, that it is on where there is a sample, also one that is 0.
	CountsAllSamples bool
	// Minutes is how many minutes of a time slice are read, the last one being its end, where each shows one instant only; 0
	// where a time slice is read at its end, since that looks back over it.
	Minutes int
}

// Over returns the instants at which the source is read for the instants of a range, which has a step of whole minutes where
// the source is read each minute.
func (s *Source) Over(r series.Range) series.Range {
	if s.Minutes == 0 || r.Len() == 0 {
		return r
	}
	grid := cer.Grid.Milliseconds()
	return series.Range{Start: r.Start - int64(s.Minutes-1)*grid, End: r.Last(), Step: grid}
}

// IsOn reports whether what is on or off is on by a sample; NaN is none.
func (s *Source) IsOn(v float64) bool { return !math.IsNaN(v) && (v != 0 || s.CountsAllSamples) }

// HeldRanges returns the ranges at which the scores are asked for that the SLI holds while it is missing at instants of
// over: all whole minutes up to its MaxDelay before each instant.
func (s *SLI) HeldRanges(over series.Range) []series.Range { return rangesBefore(over, s.SLI.MaxDelay) }

// Views returns the views of the SLI.
func (s *SLI) Views() []*View {
	var views []*View
	for _, v := range []*View{s.Plain, s.Weighted} {
		if v != nil {
			views = append(views, v)
		}
	}
	return views
}

// Sources returns how the SLI is read, but for what it holds.
func (s *SLI) Sources() []*Source {
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
	for i := range s.Quantiles {
		sources = append(sources, &s.Quantiles[i].Source)
	}
	return sources
}

// Exprs returns the expressions of the SLI but for what it holds, each once and in the order of its formula.
func (s *SLI) Exprs() []*expand.Expr {
	var exprs []*expand.Expr
	for _, source := range s.Sources() {
		exprs = appendExprs(exprs, source)
	}
	return exprs
}

// Exprs returns the expressions of the source, each once.
func (s *Source) Exprs() []*expand.Expr { return appendExprs(nil, s) }

// appendExprs adds the expressions of a source that are not there yet, by their text.
func appendExprs(exprs []*expand.Expr, s *Source) []*expand.Expr {
	for _, form := range s.Forms {
		for _, expr := range ExprsOf(form) {
			same := func(other *expand.Expr) bool { return other == expr || other.String() == expr.String() }
			if !slices.ContainsFunc(exprs, same) {
				exprs = append(exprs, expr)
			}
		}
	}
	return exprs
}

// ExprsOf returns the expressions of a form, in the order of its formula.
func ExprsOf(f expand.Form) []*expand.Expr {
	var exprs []*expand.Expr
	for _, part := range f.Parts {
		exprs = append(exprs, part.Expr)
	}
	for _, part := range slices.Concat(f.Total, f.Bounded) {
		exprs = append(exprs, part.Expr)
	}
	return exprs
}
