package plan

import (
	"fmt"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// view plans how an SLI is read for the cohorts of some dimensions.
func (b *builder) view(f *cer.Flow, one *SLI, by []cer.Dimension) (*View, error) {
	sli := one.SLI
	source, fallback, err := b.both(f, sli, by, one.Window, b.plan.Range)
	if err != nil {
		return nil, err
	}
	v := &View{Source: source, Fallback: fallback}
	if sli.Missing != cer.Hold || b.countsOnly() {
		return v, nil
	}
	window := one.Window
	if b.plan.Query.Window == WindowAuto { // What is held does not depend on the zoom.
		window = b.plan.Catalog.WindowOf(sli)
	}
	for _, r := range b.plan.Range.before(sli.MaxDelay) {
		past := Past{Range: r, Window: window}
		if past.Source, past.Fallback, err = b.both(f, sli, by, window, r); err != nil {
			return nil, err
		}
		v.Past = append(v.Past, past)
	}
	return v, nil
}

// both plans the source and the fallback of an SLI over a range.
func (b *builder) both(f *cer.Flow, sli *cer.SLI, by []cer.Dimension, window time.Duration, over Range) (Source, *Source, error) {
	readings := indicatorsOf(b.plan.Catalog, sli)
	source, err := b.source(f.Name+"/"+sli.Name, sli, readings[0], by, window, over)
	if err != nil || len(readings) == 1 || b.countsOnly() {
		return source, nil, err
	}
	fallback, err := b.source("the fallback of "+f.Name+"/"+sli.Name, sli, readings[1], by, window, over)
	return source, &fallback, err
}

// source plans what an indicator is read by. The SLI, which may be nil, says what dimensions are called.
func (b *builder) source(subject string, sli *cer.SLI, read reading, by []cer.Dimension, window time.Duration, over Range) (Source, error) {
	labels, distinct := labelsOf(sli, by)
	x, err := expand.Indicator(read.indicator, expand.Config{
		Window: window, Trust: read.trust, Facts: b.facts, By: distinct, Filters: b.scope.cohorts.on(b.plan.Catalog, sli),
	})
	if err != nil {
		return Source{}, fmt.Errorf("%s: %w", subject, err)
	}
	b.explain(subject, x, over)
	source := Source{Labels: onlyThose(labels, x.By)}
	for _, form := range x.Forms {
		source.Forms = append(source.Forms, b.form(form, over))
	}
	return source, nil
}

// explain adds the notices on an expansion.
func (b *builder) explain(subject string, x expand.Expansion, over Range) {
	if over != b.plan.Range {
		return
	}
	if x.Shared != "" {
		b.noteOnce(cer.Notice{Severity: cer.Info, Subject: subject, Text: x.Shared})
	}
	if q := b.plan.Query; q.Level == SLIs && !b.countsOnly() || q.Format == Definition {
		for _, note := range x.Notes {
			b.noteOnce(cer.Notice{Severity: cer.Info, Subject: subject, Text: note})
		}
	}
}

// noteOnce adds a notice that is not there yet.
func (b *builder) noteOnce(n cer.Notice) {
	for _, has := range b.plan.Notices {
		if has == n {
			return
		}
	}
	b.note(n)
}

// labelsOf returns what each dimension is called on the series of an SLI, and those labels that there are.
func labelsOf(sli *cer.SLI, by []cer.Dimension) (labels, there []string) {
	for _, d := range by {
		label := labelOf(sli, d)
		labels = append(labels, label)
		if label != "" {
			there = append(there, label)
		}
	}
	return labels, there
}

// onlyThose blanks the labels that answers are not split by.
func onlyThose(labels, split []string) []string {
	kept := make([]string, len(labels))
	for i, label := range labels {
		for _, s := range split {
			if label == s {
				kept[i] = label
			}
		}
	}
	return kept
}

// form replaces the PromQL of a form by leaves over a range.
func (b *builder) form(x expand.Form, over Range) Form {
	form := Form{Of: x.Of, Total: NoLeaf, Complement: x.Complement, Ceiling: x.Ceiling}
	if x.Total != "" {
		form.Total = b.leaf(x.Total, over)
	}
	if b.countsOnly() {
		return form
	}
	for _, part := range x.Parts {
		form.Parts = append(form.Parts, Part{
			Leaf: b.leaf(part.PromQL, over), Factor: part.Factor, Role: part.Role, ZeroIfAbsent: part.ZeroIfAbsent,
		})
	}
	return form
}

// lag plans how the age of an SLI's newest sample is read.
func (b *builder) lag(f *cer.Flow, sli *cer.SLI) (*Source, error) {
	labels, distinct := labelsOf(sli, b.plan.By)
	read := indicatorsOf(b.plan.Catalog, sli)[0]
	ages, by, err := expand.Lag(read.indicator, expand.Config{
		Window: time.Minute, Trust: read.trust, Facts: b.facts, By: distinct, Filters: b.scope.cohorts.on(b.plan.Catalog, sli),
	})
	if err != nil {
		return nil, fmt.Errorf("%s/%s: %w", f.Name, sli.Name, err)
	}
	source := &Source{Labels: onlyThose(labels, by)}
	for _, age := range ages {
		source.Forms = append(source.Forms, b.form(expand.Form{Of: expand.Values, Parts: []expand.Part{
			{PromQL: age, Factor: 1, Role: "seconds since the newest sample"}}}, b.plan.Range))
	}
	return source, nil
}

// weight plans how a flow's dynamic weight, or the traffic that scales it, is read.
func (b *builder) weight(f *cer.Flow) (*Source, error) {
	catalog := b.plan.Catalog
	if f.Dynamic.Traffic {
		sli, ok := f.SLI(f.Traffic)
		if !ok {
			return nil, nil
		}
		window, err := b.plan.Query.window(b.times, catalog.WindowOf(sli))
		if err != nil {
			return nil, err
		}
		source, err := b.source(f.Name+"/"+sli.Name, sli, indicatorsOf(catalog, sli)[0], b.plan.By, window, b.plan.Range)
		return &source, err
	}
	window, err := b.plan.Query.window(b.times, catalog.Window)
	if err != nil {
		return nil, err
	}
	trust := catalog.Trust
	if f.Dynamic.Trust != nil {
		trust = f.Dynamic.Trust
	}
	source, err := b.source("the weight of "+f.Name, nil, reading{cer.Value{PromQL: f.Dynamic.PromQL}, trust}, b.plan.By, window, b.plan.Range)
	return &source, err
}

// countsOnly reports whether the query is after numbers of events alone, so that parts are not needed.
func (b *builder) countsOnly() bool {
	return b.plan.Query.Measure == Traffic && b.plan.Query.Format != Table
}

// leaf returns the index of the leaf for an expression over a range, which it adds if it is not there yet.
func (b *builder) leaf(promQL string, over Range) int {
	leaf := Leaf{PromQL: promQL, Range: over}
	if i, ok := b.leaves[leaf]; ok {
		return i
	}
	i := len(b.plan.Leaves)
	b.leaves[leaf] = i
	b.plan.Leaves = append(b.plan.Leaves, leaf)
	return i
}
