package plan

import (
	"fmt"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Limits of what one query may ask for.
const (
	// MaxPointsPerSeries is what Prometheus answers at most for a series.
	MaxPointsPerSeries = 11_000
	// MaxPoints is the product of instants, SLIs and cohorts that a query may ask for.
	MaxPoints = 2_000_000
	// MaxSums is the product of time slices and of the members whose losses are added up over long windows, which takes some
	// hundred megabytes.
	MaxSums = 12_000_000
	// MaxCohorts is how many cohorts an answer may have.
	MaxCohorts = 10_000
	// MaxImpact is the product of instants, SLIs, flows and cohorts over which impact may be asked for.
	MaxImpact = 100_000_000
)

// checkSize refuses what would be too much for the store, for memory or for a reader.
func checkSize(p *Plan, s scope) error {
	points, slis, cohorts := 0, 0, p.expectedCohorts(s)
	for _, part := range p.Parts() {
		for _, segment := range part.Segments() {
			slis = segment.SLIs()
			points += segment.points() * part.expectedCohorts(s)
		}
	}
	if limit := maxPointsOf(p, s); points > limit {
		knobs := "a larger interval (max data points of the panel), a shorter range or window"
		if p.Query.Measure.IsOfPolicies() { // It is decided minute by minute, whatever the interval.
			knobs = "a shorter range"
		}
		return &TooLarge{Points: points, FlowInstants: len(s.shownFlows(p.Catalog)) * p.Range.Len(), Invalid: query.Invalid{Message: fmt.Sprintf(
			"the query asks for %d points (of %d SLIs in %d cohorts, for %d instants), more than %d; choose %s, or fewer flows or cohorts",
			points, slis, cohorts, p.Range.Len(), limit, knobs)}}
	}
	if p.impact()*cohorts > MaxImpact {
		return query.Invalidf("the impact of %d SLIs on %d flows at %d instants in %d cohorts is too much to compute; ask for it with the format latest or table, or over a shorter range",
			slis, len(p.Instants.Flows), p.Range.Len(), cohorts)
	}
	return nil
}

// maxPointsOf returns how many points a query may ask for: more where it is about the states of one flow, which can't be
// split into smaller queries.
func maxPointsOf(p *Plan, s scope) int {
	if p.Query.Measure.IsOfPolicies() && len(s.shownFlows(p.Catalog)) == 1 {
		return 2 * MaxPoints
	}
	return MaxPoints
}

// points returns how many points of one cohort the segment asks for, those included that missing SLIs may hold, and each
// minute of those that show one instant.
func (s *Segment) points() int {
	n := s.SLIs() * s.Range.Len()
	for i := range s.Flows {
		for j := range s.Flows[i].SLIs {
			sli := &s.Flows[i].SLIs[j]
			n += max(0, len(sli.Quantiles)-1) * s.Range.Len()
			for _, v := range sli.Views() {
				n += v.Over(s.Range).Len() - s.Range.Len()
				if v.Held == nil {
					continue
				}
				for _, over := range sli.HeldRanges(s.Range) {
					n += over.Len()
				}
			}
		}
	}
	return n
}

// impact returns the product of instants, SLIs and flows where the query asks for impact, else 0.
func (p *Plan) impact() int {
	if p.Instants == nil || p.Query.Measure != query.Impact && !p.Query.IsOverview() {
		return 0
	}
	return p.Instants.SLIs() * len(p.Instants.Flows) * p.Range.Len()
}

// CheckCohorts refuses a number of cohorts that turns out to be too much once those of the store are known. It returns a
// *query.Invalid error.
func (p *Plan) CheckCohorts(cohorts int) error {
	if cohorts <= p.maxCohorts() {
		return nil
	}
	return query.Invalidf("the query would return over %d points, or %d cohorts, because the store has so many cohorts; filter by dimensions, or split by fewer", MaxPoints, MaxCohorts)
}

// maxCohorts returns how many cohorts the store may have.
func (p *Plan) maxCohorts() int {
	points := 0
	for _, segment := range p.Segments() {
		points += segment.points()
	}
	return max(1, min(MaxCohorts, MaxPoints/max(1, points), MaxImpact/max(1, p.impact())))
}

// CohortBound bounds the cohorts of an expression over a range.
type CohortBound struct {
	Leaf expand.LeafKey
	// Labels are those whose values make a cohort, and Max is how many there may be.
	Labels []string
	Max    int
}

// CohortBounds returns bounds of the cohorts of what is read for all dimensions and at the very instants whose cohorts
// CheckCohorts is about, so that more of them can be refused while they arrive.
func (p *Plan) CohortBounds() []CohortBound {
	segment := p.Widest()
	if len(p.By) == 0 || segment == nil {
		return nil
	}
	var bounds []CohortBound
	limit := p.maxCohorts()
	for i := range segment.Flows {
		for j := range segment.Flows[i].SLIs {
			for _, source := range segment.Flows[i].SLIs[j].Sources() {
				labels := source.Labels[:len(p.By)]
				if slices.Contains(labels, "") {
					continue
				}
				for _, expr := range source.Exprs() {
					leaf := expand.Leaf{Expr: expr, Range: source.Over(segment.Range)}
					bounds = append(bounds, CohortBound{leaf.Key(), labels, limit})
				}
			}
		}
	}
	return bounds
}

// expectedCohorts returns for how many cohorts an SLI is read, as far as that is known before the store is asked.
func (p *Plan) expectedCohorts(s scope) int {
	cohorts := 1
	multiply := func(n int) { cohorts = min(cohorts*max(1, n), MaxPoints+1) } // More than that is refused anyway.
	for _, d := range p.By {
		multiply(len(p.Expected(d)))
	}
	if p.Weighted != nil && s.needsWeighted() {
		multiply(len(p.Weighted.Weights))
	}
	return cohorts
}
