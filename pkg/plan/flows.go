package plan

import (
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
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

// window returns the window of what states its own. In time slices it reaches back to the sample before the slice, which
// rates need so that no increase is lost between slices.
func (l lookback) window(own time.Duration) (time.Duration, error) {
	if l.isOfSlices() {
		return l.slice + l.times.Scrape, nil
	}
	return l.query.WindowOf(own, l.times.step(), l.times.Scrape, l.times.To.Sub(l.times.From))
}

// counted returns the span whose events are counted by rates over a window.
func (l lookback) counted(window time.Duration) time.Duration {
	if l.isOfSlices() {
		return l.slice
	}
	return window
}

// windowOfKind returns the window of an indicator, given that of rates. In time slices checks are counted one by one, so
// that each belongs to one slice.
func (l lookback) windowOfKind(kind cer.Kind, window time.Duration) time.Duration {
	if kind == cer.KindProbe {
		return l.counted(window)
	}
	return window
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
	one.Counted = b.counted(one.Window)
	if sli.Fault != "" {
		b.plan.Notices.Add(cer.Notice{Severity: cer.Warning, Subject: f.Name + "/" + sli.Name, Text: sli.Fault})
		return b.withheld(one), nil
	}
	b.noteShort(one.Window)
	q := b.plan.Query
	if q.IsAge() {
		one.Lag, err = b.lag(f, sli)
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
	windowOf := func(kind cer.Kind) time.Duration { return b.windowOfKind(kind, one.Window) }
	source, fallback, err := b.sourcesOf(f, one.SLI, by, windowOf)
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
	v.Held.Source, v.Held.Fallback, err = b.sourcesOf(f, one.SLI, by, func(cer.Kind) time.Duration { return v.Held.Window })
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

// noteShort warns, once per plan, of a window that is too short for rates, which looks like lost telemetry.
func (b flowBuilder) noteShort(window time.Duration) {
	const text = "the window %s is under twice the scrape interval %s, so that rates find too few samples; choose a longer one"
	isWarning := func(n cer.Notice) bool { return n.Severity == cer.Warning && n.Subject == "" }
	if window < 2*b.times.Scrape && !slices.ContainsFunc(b.plan.Notices, isWarning) {
		b.plan.Notices.Add(cer.Notice{Severity: cer.Warning, Text: fmt.Sprintf(text, model.Duration(window), model.Duration(b.times.Scrape))})
	}
}
