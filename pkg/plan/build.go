package plan

import (
	"fmt"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// builder collects a plan, or a part of one.
type builder struct {
	plan  *Plan
	scope scope
	times Times
	facts expand.Facts
	// sources are those of the part.
	sources sources
}

// newBuilder returns a builder of a plan that has no segments yet.
func newBuilder(s scope, c *catalog.Catalog, times Times, facts expand.Facts) *builder {
	b := &builder{
		plan: &Plan{Query: s.query, Catalog: c,
			By: s.cohorts.by, FlowLabels: s.cohorts.labels, ByPolicy: s.cohorts.byPolicy, Filters: s.cohorts.filters, Only: query.OnlyKept(s.cohorts.filters), Weighted: s.cohorts.weighted},
		scope: s, times: times, facts: facts,
	}
	b.sources = sources{plan: b.plan, scope: s, facts: facts, looksBack: times.Lookback}
	if s.query.Measure.IsMoney() {
		b.plan.Money = s.query.Measure
	}
	return b
}

// build plans the flows at the instants that the query wants numbers of, or in the time slices from which those are
// computed.
func (b *builder) build() error {
	if err := b.addSegments(); err != nil {
		return err
	}
	if b.plan.Query.Format == query.Exemplars { // It has no numbers.
		return nil
	}
	b.noteTime()
	b.noteStep()
	b.notePartial()
	if b.plan.Query.Format == query.Definition {
		b.noteFacts()
	}
	b.noteMoney()
	if f := b.plan.Query.Format; len(b.plan.Segments()) == 0 && f != query.Events && f != query.Evidence {
		b.note(noSLI)
	}
	return nil
}

// noSLI is the notice on a query that asks for nothing.
var noSLI = cer.Notice{Text: "no SLI of the catalog matches the query"}

// notePartial warns where the store says that facts may be incomplete, by which expressions are chosen.
func (b *builder) notePartial() {
	if b.facts.Partial {
		b.note(cer.Notice{Severity: cer.Warning, Text: "the store warns that its answers about the buckets of histograms, the spacing of samples, or the labels of recorded " +
			"series are partial; the numbers may be wrong until all parts of the store answer"})
	}
}

func (b *builder) addSegments() error {
	q := b.plan.Query
	switch {
	case q.Format == query.Events:
		return b.addEvents()
	case q.Format == query.Exemplars:
		return b.addExemplars()
	case q.Format == query.Evidence:
		return b.addEvidence()
	case !q.IsOfSlices():
		return b.addInstants()
	case q.Format == query.Table: // It has scores, too, which are those of other tables.
		if err := b.addInstants(); err != nil {
			return err
		}
	}
	if q.Long > 0 {
		b.noteLong()
		var windows sliceWindows
		windows.add(q.Long)
		return b.addSlices(b.plan.Range, windows)
	}
	windows, err := sliceWindowsOf(q, b.plan.Catalog)
	if err != nil {
		return err
	}
	if q.Measure.IsOfPolicies() {
		return b.addStates(windows)
	}
	return b.addSlices(b.plan.Range, windows)
}

// addInstants plans the flows at the instants that the query wants numbers of.
func (b *builder) addInstants() error {
	b.setPeriod(b.plan.Range, 0)
	flows, err := b.flows(0)
	b.plan.Instants = &Segment{Range: b.plan.Range, Flows: flows}
	// Of all flows together nobody wants to hear of single series, and some of those that began may not be of the cohorts kept.
	if q := b.plan.Query; b.times.Noted && q.IsOfNewest() && !q.IsAge() && q.Level != query.LevelOverall && len(b.plan.Filters) == 0 {
		b.plan.Births = birthsOf(b.plan.Catalog, flows)
	}
	return err
}

// leastSpacing is how far apart samples of events are taken to be at least: where they are nearer, an event ends some seconds
// later than it did, and where they were further apart than is known, it would not be seen.
const leastSpacing = time.Minute

// addEvents plans how the events of the catalog are read, and its maintenances. They look back to the minute before, and to the
// sample before that, so that none lies between two minutes.
func (b *builder) addEvents() (err error) {
	c := b.plan.Catalog
	if len(c.Events)+len(c.Maintenance)+len(b.plan.Revisions()) == 0 {
		return query.Unstatedf("the catalog declares no events; add events: [{ name: deploys, promql: ... }] to its spec")
	}
	if b.times.isMarkedInPart() {
		b.note(cer.Notice{Text: fmt.Sprintf("only the events of the newest %s are shown, because the range is longer than %s", model.Duration(marked), model.Duration(fullyMarked))})
	}
	b.setPeriod(b.plan.Range, 0)
	if b.plan.Maintenance, err = b.maintenance(b.plan.Range, b.eventWindow()); err != nil {
		return err
	}
	b.plan.Events, err = b.events(func(cer.Event) bool { return true })
	return err
}

// eventWindow is how far back events look at each minute.
func (b *builder) eventWindow() time.Duration { return cer.Grid + max(b.times.Scrape, leastSpacing) }

// events plans how those events of the catalog are read that are wanted.
func (b *builder) events(wanted func(cer.Event) bool) ([]Event, error) {
	var events []Event
	c := b.plan.Catalog
	for i := range c.Events {
		if !wanted(c.Events[i]) {
			continue
		}
		source, err := b.sources.source(sourceSpec{subject: "the event " + c.Events[i].Name, indicator: c.EventIndicator(&c.Events[i]), window: b.eventWindow()})
		if err != nil {
			return nil, err
		}
		events = append(events, Event{Event: c.Events[i], Source: source})
	}
	return events, nil
}

// addSlices plans the time slices of windows that end at the minutes of a range.
func (b *builder) addSlices(minutes series.Range, windows sliceWindows) error {
	slice := b.plan.Catalog.Budget.Slice
	longest := windows.longest(b.plan.Catalog.Budget, minutes)
	long, short := coarse(minutes, longest, slice), fine(minutes, windows.fine, slice)
	b.setPeriod(both(long, short, longest > 0, windows.fine > 0), slice)
	flows, err := b.flows(slice)
	if err != nil {
		return err
	}
	if longest > 0 {
		blocks, rest, err := b.blocks(long)
		if err != nil {
			return err
		}
		if b.plan.Coarse, err = b.segment(rest, flows, slice); err != nil {
			return err
		}
		b.plan.Coarse.Blocks = blocks
		b.noteBlocks(len(blocks))
	}
	if windows.fine > 0 {
		b.plan.Fine, err = b.segment(short, flows, slice)
	}
	return err
}

// both returns the range from the first to the last instant of those of two ranges that are needed.
func both(one, other series.Range, needsOne, needsOther bool) series.Range {
	switch {
	case !needsOne:
		return other
	case !needsOther:
		return one
	default:
		return series.Range{Start: min(one.Start, other.Start), End: max(one.End, other.End), Step: 1}
	}
}

// setPeriod sets the period for which sources are planned: that of a range, and before it of the scores that SLIs hold, and of
// the start of the first time slice.
func (b *builder) setPeriod(over series.Range, slice time.Duration) {
	before := slice
	for i := range b.plan.Catalog.Flows {
		for j := range b.plan.Catalog.Flows[i].SLIs {
			before = max(before, b.plan.Catalog.Flows[i].SLIs[j].MaxDelay)
		}
	}
	b.sources.period = expand.Period{From: over.Start - before.Milliseconds() - 1, To: over.End}
}

// flows plans the flows in time slices of a width, or at instants where that is 0.
func (b *builder) flows(slice time.Duration) ([]Flow, error) {
	return flowBuilder{b.sources, lookback{query: b.plan.Query, times: b.times, slice: slice}}.flows()
}

// segment returns the segment of flows in the time slices of a width that end at the instants of a range.
func (b *builder) segment(over series.Range, flows []Flow, slice time.Duration) (*Segment, error) {
	maintenance, err := b.maintenance(over, slice)
	for i := range maintenance {
		maintenance[i] = maintenance[i].inSlices(over, slice)
	}
	return &Segment{Range: over, Flows: flows, Maintenance: maintenance}, err
}

// note adds a notice, unless it is there already.
func (b *builder) note(n cer.Notice) { b.plan.Notices.Add(n) }

// noteTime says when a number that is not of now was evaluated.
func (b *builder) noteTime() {
	if b.times.Delay > 0 && b.plan.Query.Format == query.Latest && b.times.Until().Before(b.times.To) {
		b.note(cer.Notice{Text: fmt.Sprintf("evaluated at %s, because the catalog's telemetry is complete only %s after an event",
			series.Time(b.plan.Range.End).Format(time.RFC3339), model.Duration(b.times.Delay))})
	}
}

// noteLong says how numbers over a long window are computed.
func (b *builder) noteLong() {
	b.note(cer.Notice{Text: fmt.Sprintf("over %s a score is 1 - the loss of the time slices, as error budgets count it, and the value of an SLI that counts events is the share of good events",
		model.Duration(b.plan.Query.Long))})
}

// noteMoney says why an answer is empty where other flows than those that are shown have money.
func (b *builder) noteMoney() {
	m := b.plan.Query.Measure
	if m.IsMoney() && b.plan.Query.Format != query.Events && !statesMoney(m, b.plan.Catalog, b.scope.showsFlow) {
		b.note(cer.Notice{Text: fmt.Sprintf("none of these flows has the field %s, which %s is computed from", m.Row().Needs, m)})
	}
}

// noteBlocks says where a definition does not list what is asked for.
func (b *builder) noteBlocks(n int) {
	if n > 0 && b.plan.Query.Format == query.Definition {
		b.note(cer.Notice{Text: fmt.Sprintf("the time slices before, %d blocks of %d, are read by the same expressions, a block at a time, and their sums are cached", n, BlockSlices)})
	}
}
