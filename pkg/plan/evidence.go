package plan

import (
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// samplesOfEvidence is how many samples a time slice of a gate has at least, so that its counts do not depend on where it begins.
const samplesOfEvidence = 4

// addEvidence plans the time slices in which a gate compares its arms: all whole ones of the query's range.
func (b *builder) addEvidence() error {
	times := series.Range{Start: b.times.From.UnixMilli(), End: b.times.Until().UnixMilli(), Step: 1}
	b.setPeriod(times, b.plan.Catalog.Budget.Slice)
	width := b.evidenceWidth()
	over := wholeSlices(times, width)
	b.plan.Range = over
	if over.Len() == 0 {
		return nil
	}
	b.setPeriod(over, width)
	flows, err := b.flows(width)
	if err != nil {
		return err
	}
	b.plan.Coarse, err = b.segment(over, flows, width)
	return err
}

// evidenceWidth returns the width of the time slices: that which the gate states, and at least four times the widest spacing of samples
// within the period, in whole minutes.
func (b *builder) evidenceWidth() time.Duration {
	width := b.plan.Catalog.Budget.Slice
	for i := range b.plan.Catalog.Flows {
		for _, sli := range b.scope.needed(&b.plan.Catalog.Flows[i]) {
			indicator, _ := b.plan.Catalog.IndicatorsOf(sli)
			spacing := b.plan.Catalog.ScrapeIntervalOf(sli)
			if spacing == 0 {
				spacing = indicator.SpacingIn(b.facts, b.sources.period)
			}
			width = max(width, (samplesOfEvidence*spacing + cer.Grid - 1).Truncate(cer.Grid))
		}
	}
	return width
}

// wholeSlices returns the ends of the time slices of a width that lie within a range whole, on the multiples of their width.
func wholeSlices(within series.Range, width time.Duration) series.Range {
	step := width.Milliseconds()
	first := series.Floor(within.Start+step-1, step)
	return series.Range{Start: first + step, End: series.Floor(within.End, step), Step: step}
}
