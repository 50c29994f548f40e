package plan

import (
	"fmt"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Histograms returns the histograms whose facts Build needs for a query, each once.
func Histograms(q query.Query, c *cer.Catalog) ([]expand.HistogramSelector, error) {
	s, err := newScope(q, c)
	if err != nil {
		return nil, err
	}
	var selectors []expand.HistogramSelector
	seen := map[expand.HistogramSelector]bool{}
	for i := range c.Flows {
		for _, sli := range s.needed(&c.Flows[i]) {
			for _, read := range indicatorsOf(c, sli) {
				indicator, err := expand.Compile(read.indicator, read.trust)
				if err != nil {
					return nil, err
				}
				if selector, ok := indicator.Histogram(); ok && !seen[selector] {
					seen[selector] = true
					selectors = append(selectors, selector)
				}
			}
		}
	}
	return selectors, nil
}

// reading is an indicator and the matchers forced onto it.
type reading struct {
	indicator cer.Indicator
	trust     []string
}

// indicatorsOf returns what an SLI is read by: its indicator, and its fallback where it has one.
func indicatorsOf(c *cer.Catalog, sli *cer.SLI) []reading {
	readings := []reading{{sli.Indicator, c.TrustOf(sli)}}
	if sli.Fallback != nil {
		trust := c.TrustOf(sli)
		if sli.Fallback.Trust != nil {
			trust = sli.Fallback.Trust
		}
		readings = append(readings, reading{sli.Fallback.Indicator, trust})
	}
	return readings
}

// Build plans a query. It fails, with an Invalid error, where the query names what the catalog does not have, or asks
// for more points than a query may.
func Build(q query.Query, c *cer.Catalog, times Times, facts expand.Facts) (*Plan, error) {
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
	b := newBuilder(s, c, times, facts, newShared(&expansions{}))
	b.plan.Range = rangeOf(q, times)
	if err := b.addStretches(); err != nil {
		return nil, err
	}
	b.noteTime()
	b.noteMoney()
	if len(b.plan.Stretches()) == 0 && b.plan.Query.Format != query.Events {
		b.note(cer.Notice{Text: "no SLI of the catalog is what the query asks for"})
	}
	for _, part := range b.shared.builders {
		part.plan.Leaves = b.shared.leaves
	}
	return b.plan, b.checkSize()
}

// addStretches plans the flows at the instants that the query wants numbers of, or in the slices that those are made
// of.
func (b *builder) addStretches() (err error) {
	b.over = b.plan.Range
	switch {
	case b.plan.Query.Format == query.Events:
		return b.addEvents()
	case !b.plan.Query.Measure.IsOfSlices():
		b.plan.Flows, err = b.flows(b.plan.Range)
		return err
	}
	windows, err := sliceWindowsOf(b.plan.Query, b.plan.Catalog)
	if err != nil {
		return err
	}
	b.slices = b.plan.Catalog.Budget.Slice + b.times.Scrape
	if b.plan.Query.Measure == query.State {
		return b.addStates(windows)
	}
	return b.addSlices(b.plan.Range, windows)
}

// checkMeasure refuses a measure for which the catalog lacks what it is computed from.
func (s scope) checkMeasure(c *cer.Catalog) error {
	switch m := s.query.Measure; {
	case s.query.Format == query.Events:
		return nil
	case m.IsBudget():
		return s.checkObjectives(c)
	case m.IsMoney():
		return s.checkMoney(c)
	default:
		return nil
	}
}

// rangeOf returns the instants at which a query wants numbers.
func rangeOf(q query.Query, times Times) series.Range {
	switch {
	case q.Format == query.Latest, q.Format == query.Table && q.Measure.IsOfSlices():
		return series.InstantOf(times.latest())
	case q.Format == query.Table, q.Format == query.Summary:
		return times.both()
	default:
		return times.grid()
	}
}

// builder collects a plan.
type builder struct {
	plan   *Plan
	scope  scope
	times  Times
	facts  expand.Facts
	shared *shared
	// over is the range of the flows that are planned, and slices, unless it is 0, what SLIs look back over there.
	over   series.Range
	slices time.Duration
	// short says that a window was found to be too short.
	short bool
}

// shared is what the builders of a plan and of its parts have in common.
type shared struct {
	builders []*builder
	// leaves are distinct, and at says where each of them is.
	leaves []Leaf
	at     map[Leaf]int
	// expanded is shared with the plans of pages too.
	expanded *expansions
}

func newShared(expanded *expansions) *shared {
	return &shared{at: map[Leaf]int{}, expanded: expanded}
}

// newBuilder returns a builder of a plan that has no stretches yet.
func newBuilder(s scope, c *cer.Catalog, times Times, facts expand.Facts, with *shared) *builder {
	b := &builder{
		plan: &Plan{Query: s.query, Catalog: c,
			By: s.cohorts.by, FlowLabels: s.cohorts.labels, Filters: s.cohorts.filters, Weighted: s.cohorts.weighted},
		scope: s, times: times, facts: facts, shared: with,
	}
	if s.query.Measure.IsMoney() {
		b.plan.Money = s.query.Measure
	}
	with.builders = append(with.builders, b)
	return b
}

// note adds a notice, unless it is there already.
func (b *builder) note(n cer.Notice) { b.plan.Notices.Add(n) }

// noteTime says when a number that is not of now was evaluated.
func (b *builder) noteTime() {
	if b.times.Delay > 0 && b.plan.Query.Format == query.Latest && b.times.Until().Before(b.times.To) {
		b.note(cer.Notice{Text: fmt.Sprintf("evaluated at %s, since the catalog's telemetry is complete %s after the event only",
			series.Time(b.plan.Range.End).Format(time.RFC3339), model.Duration(b.times.Delay))})
	}
}

// flows plans the flows that have to be evaluated, over a range.
func (b *builder) flows(over series.Range) ([]Flow, error) {
	b.over = over
	var planned []Flow
	for i := range b.plan.Catalog.Flows {
		f := &b.plan.Catalog.Flows[i]
		if !b.scope.needsFlow(f) {
			continue
		}
		one, err := b.flow(f)
		if err != nil {
			return nil, err
		}
		if len(one.SLIs) > 0 {
			planned = append(planned, one)
		}
	}
	return planned, nil
}

// flow plans the SLIs of a flow that have to be evaluated, and its weight.
func (b *builder) flow(f *cer.Flow) (Flow, error) {
	planned := Flow{Flow: f, Shown: b.scope.showsFlow(f)}
	for j := range f.SLIs {
		sli := &f.SLIs[j]
		if !b.scope.needsSLI(f, sli) {
			continue
		}
		one, err := b.sli(f, sli)
		if err != nil {
			return planned, err
		}
		planned.SLIs = append(planned.SLIs, one)
	}
	var err error
	if len(planned.SLIs) > 0 && f.Dynamic != nil && b.scope.needsWeights() {
		if planned.Weight, err = b.weight(f); err != nil {
			return planned, err
		}
	}
	planned.Money, err = b.money(f)
	return planned, err
}

// window is what an SLI, or a weight, looks back over.
func (b *builder) window(own time.Duration) (time.Duration, error) {
	if b.slices > 0 {
		return b.slices, nil
	}
	return b.plan.Query.WindowOf(own, b.times.step(), b.times.Scrape, b.times.To.Sub(b.times.From))
}

// sli expands an SLI into leaves.
func (b *builder) sli(f *cer.Flow, sli *cer.SLI) (SLI, error) {
	one := SLI{SLI: sli, Shown: b.scope.showsSLI(f, sli)}
	var err error
	if one.Window, err = b.window(b.plan.Catalog.WindowOf(sli)); err != nil {
		return one, err
	}
	one.Counted = one.Window
	if b.slices > 0 {
		one.Counted = b.plan.Catalog.Budget.Slice
	}
	b.noteShort(one.Window)
	if b.plan.Query.Measure == query.Lag && b.plan.Query.Format != query.Table {
		one.Lag, err = b.lag(f, sli)
		return one, err
	}
	if b.scope.needsPlain() {
		if one.Plain, err = b.view(f, &one, b.plan.By); err != nil {
			return one, err
		}
	}
	if b.scope.needsWeighted() {
		if one.Weighted, err = b.view(f, &one, b.splitByWeight()); err != nil {
			return one, err
		}
	}
	if b.plan.Query.IsOverview() && b.plan.Query.Level == query.LevelSLI && one.Shown {
		one.Lag, err = b.lag(f, sli)
	}
	return one, err
}

// splitByWeight returns the query's dimensions and the weighted one.
func (b *builder) splitByWeight() []cer.Dimension {
	return append(b.plan.By[:len(b.plan.By):len(b.plan.By)], *b.plan.Weighted)
}

// noteShort says that a window is too short for rates, which would look like lost telemetry.
func (b *builder) noteShort(window time.Duration) {
	if window >= 2*b.times.Scrape || b.short {
		return
	}
	b.short = true
	b.note(cer.Notice{Severity: cer.Warning, Text: fmt.Sprintf(
		"the window %s is under twice the scrape interval %s, so that rates find too few samples; choose a longer one",
		model.Duration(window), model.Duration(b.times.Scrape))})
}

// checkSize refuses what would be too much for the store, for memory or for a reader.
func (b *builder) checkSize() error {
	points, slis, cohorts := 0, 0, b.expectedCohorts()
	for _, part := range b.shared.builders {
		for _, stretch := range part.plan.Stretches() {
			slis = stretch.slis()
			points += (slis*stretch.Range.Len() + stretch.past()) * part.expectedCohorts()
		}
	}
	if limit := b.limit(); points > limit {
		knobs := "a larger interval (max data points of the panel), a shorter range or window"
		if b.plan.Query.Measure == query.State { // It is decided minute by minute, whatever the interval.
			knobs = "a shorter range"
		}
		return &TooLarge{Points: points, Invalid: query.Invalid{Message: fmt.Sprintf(
			"the query asks for %d points (of %d SLIs in %d cohorts, for %d instants), more than %d; choose %s, or fewer flows or cohorts",
			points, slis, cohorts, b.plan.Range.Len(), limit, knobs)}}
	}
	if b.plan.impact()*cohorts > MaxImpact {
		return query.Invalidf("the impact of %d SLIs on %d flows at %d instants in %d cohorts is too much to compute; ask for it with the format latest or table, or over a shorter range",
			slis, len(b.plan.Flows), b.plan.Range.Len(), cohorts)
	}
	return nil
}

// limit is how many points the query may ask for: some more where it is about the states of one flow, which can't be
// answered in smaller portions.
func (b *builder) limit() int {
	if b.plan.Query.Measure == query.State && len(b.shownFlows()) == 1 {
		return 2 * MaxPoints
	}
	return MaxPoints
}

// impact is the product of instants, SLIs and flows where the query asks for impact, else 0.
func (p *Plan) impact() int {
	if p.Query.Measure != query.Impact && !p.Query.IsOverview() {
		return 0
	}
	return p.slis() * len(p.Flows) * p.Range.Len()
}

// slis is how many SLIs have to be evaluated.
func (s *Stretch) slis() int {
	n := 0
	for _, f := range s.Flows {
		n += len(f.SLIs)
	}
	return n
}

// past is how many instants before those of the stretch are asked for, since missing SLIs hold what was there.
func (s *Stretch) past() int {
	n := 0
	for _, f := range s.Flows {
		for _, sli := range f.SLIs {
			for _, v := range sli.Views() {
				for _, p := range v.Past {
					n += p.Range.Len()
				}
			}
		}
	}
	return n
}

// CheckCohorts refuses a number of cohorts that turns out to be too much once the store's are known.
func (p *Plan) CheckCohorts(cohorts int) error {
	points := 0
	for _, stretch := range p.Stretches() {
		points += stretch.slis()*stretch.Range.Len() + stretch.past()
	}
	if cohorts > 1 && (cohorts > MaxCohorts || points*cohorts > MaxPoints || p.impact()*cohorts > MaxImpact) {
		return query.Invalidf("the store has so many cohorts that the query asks for over %d points, or %d cohorts; filter by dimensions, or split by fewer", MaxPoints, MaxCohorts)
	}
	return nil
}

// expectedCohorts is how many cohorts an SLI is read for, as far as that is known before the store is asked.
func (b *builder) expectedCohorts() int {
	cohorts := 1
	times := func(n int) { cohorts = min(cohorts*max(1, n), MaxPoints+1) } // More than that is refused anyway.
	for _, d := range b.plan.By {
		times(len(b.plan.Expected(d)))
	}
	if b.scope.needsWeighted() {
		times(len(b.plan.Weighted.Weights))
	}
	return cohorts
}
