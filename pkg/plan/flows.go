package plan

import (
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// lookback says over which windows SLIs look back, at instants or in time slices.
type lookback struct {
	query query.Query
	times Times
	// slice is the width of the time slices; 0 for instants.
	slice time.Duration
}

// isOfSlices reports whether it is about time slices.
func (l lookback) isOfSlices() bool { return l.slice > 0 }

// window returns the window of what states its own.
func (l lookback) window(own time.Duration) (time.Duration, error) {
	if l.isOfSlices() {
		return l.slice, nil
	}
	return l.query.WindowOf(own, l.times.step(), l.times.Scrape, l.times.To.Sub(l.times.From))
}

// sampling returns how far apart samples are, by which rates in time slices reach back to the sample before the slice; nil for
// instants, whose windows are those that are stated, and for stores whose rates do that by themselves.
func (l lookback) sampling(stated time.Duration) *expand.Sampling {
	if !l.isOfSlices() || l.times.RatesTile {
		return nil
	}
	return &expand.Sampling{Stated: stated, Assumed: l.times.Scrape}
}

// flowBuilder plans the flows of one part of a plan, at instants or in time slices.
type flowBuilder struct {
	sources
	lookback
}

// flows plans the flows that have to be evaluated.
func (b flowBuilder) flows() ([]Flow, error) {
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

// flow plans the SLIs of a flow that have to be evaluated, its weight and its money.
func (b flowBuilder) flow(f *cer.Flow) (Flow, error) {
	planned := Flow{Flow: f, Shown: b.scope.showsFlow(f)}
	for j := range f.SLIs {
		if sli := &f.SLIs[j]; b.scope.needsSLI(f, sli) {
			one, err := b.sli(f, sli)
			if err != nil {
				return planned, err
			}
			planned.SLIs = append(planned.SLIs, one)
		}
	}
	var err error
	if len(planned.SLIs) > 0 && f.Dynamic != nil && b.scope.needsWeights() {
		if planned.Weight, err = b.weight(f, b.lookback); err != nil {
			return planned, err
		}
	}
	planned.Money, err = b.money(f, b.lookback)
	return planned, err
}

// sli plans the views of an SLI that are needed.
func (b flowBuilder) sli(f *cer.Flow, sli *cer.SLI) (SLI, error) {
	one := SLI{SLI: sli, Shown: b.scope.showsSLI(f, sli)}
	var err error
	if one.Window, err = b.window(b.plan.Catalog.WindowOf(sli)); err != nil {
		return one, err
	}
	if sli.Fault != "" {
		b.plan.Notices.Add(cer.Notice{Severity: cer.Warning, Subject: f.Name + "/" + sli.Name, Text: sli.Fault})
		return b.withheld(one), nil
	}
	b.noteShort(f, &one)
	q := b.plan.Query
	if q.IsAge() {
		one.Lag, err = b.lag(f, sli)
		return one, err
	}
	if q.Measure == query.Quantile {
		one.Quantiles, err = b.quantiles(f, &one)
		return one, err
	}
	if b.scope.needsPlain() {
		if one.Plain, err = b.view(f, &one, b.plan.By); err != nil {
			return one, err
		}
	}
	if b.scope.needsWeighted() {
		by := slices.Concat(b.plan.By, []cer.Dimension{*b.plan.Weighted})
		if one.Weighted, err = b.view(f, &one, by); err != nil {
			return one, err
		}
	}
	if q.IsOverview() && q.Level == query.LevelSLI && one.Shown {
		one.Lag, err = b.lag(f, sli)
	}
	return one, err
}

// quantiles plans how quantiles of the histogram of an SLI are read, whichever of its events are good.
func (b flowBuilder) quantiles(f *cer.Flow, one *SLI) ([]Quantile, error) {
	indicator, _ := b.plan.Catalog.IndicatorsOf(one.SLI)
	var all []Quantile
	for _, level := range b.plan.Query.Q {
		stated, _ := cer.QuantileOf(one.SLI.Indicator, level)
		source, err := b.source(sourceSpec{subject: f.Name + "/" + one.SLI.Name, sli: one.SLI, indicator: indicator.AsQuantile(stated), by: b.plan.By, window: one.Window})
		if err != nil {
			return nil, err
		}
		all = append(all, Quantile{Stated: stated, Source: source})
	}
	return all, nil
}

// withheld plans an SLI whose definition is at fault: nothing of it is read.
func (b flowBuilder) withheld(one SLI) SLI {
	if b.scope.needsPlain() {
		one.Plain = &View{Source: unread(b.plan.By)}
	}
	if b.scope.needsWeighted() {
		one.Weighted = &View{Source: unread(slices.Concat(b.plan.By, []cer.Dimension{*b.plan.Weighted}))}
	}
	return one
}

// unread returns the source of what is not read, for the cohorts of some dimensions.
func unread(by []cer.Dimension) Source { return Source{Labels: make([]string, len(by))} }

// view plans how an SLI is read for the cohorts of some dimensions.
func (b flowBuilder) view(f *cer.Flow, one *SLI, by []cer.Dimension) (*View, error) {
	source, fallback, err := b.sourcesOf(f, one.SLI, by, one.Window, b.sampling(b.plan.Catalog.ScrapeIntervalOf(one.SLI)))
	if err != nil {
		return nil, err
	}
	v := &View{Source: source, Fallback: fallback}
	b.readMinutesInplace(v, one.SLI)
	if one.SLI.Missing != cer.Hold || b.plan.Query.IsEventRate() {
		return v, nil
	}
	v.Held = &Held{Window: one.Window}
	if b.plan.Query.Window == query.WindowAuto || b.isOfSlices() { // A held value does not depend on the zoom.
		v.Held.Window = b.plan.Catalog.WindowOf(one.SLI)
	}
	v.Held.Source, v.Held.Fallback, err = b.sourcesOf(f, one.SLI, by, v.Held.Window, nil)
	return v, err
}

// readMinutesInplace has a view of time slices read each minute, as far as what it reads shows one instant: what happens
// between the ends of two time slices would never be seen otherwise.
func (b flowBuilder) readMinutesInplace(v *View, sli *cer.SLI) {
	minutes := int(b.slice / cer.Grid)
	if minutes < 2 || b.plan.Query.IsEventRate() {
		return
	}
	own, fallback := b.plan.Catalog.IndicatorsOf(sli)
	if own.LooksAtInstant() {
		v.Minutes = minutes
	}
	if v.Fallback != nil && fallback.LooksAtInstant() {
		v.Fallback.Minutes = minutes
	}
}
