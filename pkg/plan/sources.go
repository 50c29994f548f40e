package plan

import (
	"fmt"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// sourceSpec is what a source is planned for.
type sourceSpec struct {
	// subject is its name in notices and errors.
	subject string
	// sli says which labels its series have for dimensions; nil for what is no SLI's.
	sli       *cer.SLI
	indicator *expand.Indicator
	by        []cer.Dimension
	window    time.Duration
	// eventRate says that only the rate of all events is needed.
	eventRate bool
}

// sourcesOf plans the source and the fallback of an SLI.
func (b *builder) sourcesOf(f *cer.Flow, sli *cer.SLI, by []cer.Dimension, windowOf func(cer.Kind) time.Duration) (Source, *Source, error) {
	indicator, fallback := b.plan.Catalog.IndicatorsOf(sli)
	spec := sourceSpec{subject: f.Name + "/" + sli.Name, sli: sli, indicator: indicator, by: by,
		window: windowOf(sli.Indicator.Kind()), eventRate: b.plan.Query.IsEventRate()}
	source, err := b.source(spec)
	if err != nil || fallback == nil || spec.eventRate {
		return source, nil, err
	}
	spec.subject, spec.indicator, spec.window = "the fallback of "+spec.subject, fallback, windowOf(sli.Fallback.Indicator.Kind())
	other, err := b.source(spec)
	return source, &other, err
}

// source plans how a number is read.
func (b *builder) source(spec sourceSpec) (Source, error) {
	labels, distinct := labelsOf(spec.sli, spec.by)
	x, err := spec.indicator.Expand(expand.Config{
		Window: spec.window, Facts: b.facts, By: distinct, Filters: b.scope.cohorts.on(b.plan.Catalog.Catalog, spec.sli),
	})
	if err != nil {
		return Source{}, fmt.Errorf("%s: %w", spec.subject, err)
	}
	b.explain(spec, x)
	if spec.eventRate {
		for i := range x.Forms {
			x.Forms[i].Parts = nil
		}
	}
	return Source{Labels: onlyThose(labels, x.By), Forms: x.Forms}, nil
}

// explain adds the notices on an expansion.
func (b *builder) explain(spec sourceSpec, x expand.Expansion) {
	if x.Shared != "" {
		b.note(cer.Notice{Severity: cer.Info, Subject: spec.subject, Text: x.Shared})
	}
	if spec.eventRate {
		return
	}
	for _, warning := range x.Warnings {
		b.note(cer.Notice{Severity: cer.Warning, Subject: spec.subject, Text: warning})
	}
	if q := b.plan.Query; q.Level == query.LevelSLI || q.Format == query.Definition {
		for _, note := range x.Notes {
			b.note(cer.Notice{Severity: cer.Info, Subject: spec.subject, Text: note})
		}
	}
}

// labelsOf returns the label of each dimension on the series of an SLI, and those labels that there are.
func labelsOf(sli *cer.SLI, by []cer.Dimension) (labels, distinct []string) {
	for _, d := range by {
		label := labelOf(sli, d)
		labels = append(labels, label)
		if label != "" {
			distinct = append(distinct, label)
		}
	}
	return labels, distinct
}

// onlyThose blanks the labels by which answers are not split.
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

// lag plans how the age of an SLI's newest sample is read.
func (b *builder) lag(f *cer.Flow, sli *cer.SLI) (*Source, error) {
	labels, distinct := labelsOf(sli, b.plan.By)
	indicator, _ := b.plan.Catalog.IndicatorsOf(sli)
	ages, by, err := indicator.Lag(expand.Config{
		Window: time.Minute, Facts: b.facts, By: distinct, Filters: b.scope.cohorts.on(b.plan.Catalog.Catalog, sli),
	})
	if err != nil {
		return nil, fmt.Errorf("%s/%s: %w", f.Name, sli.Name, err)
	}
	source := &Source{Labels: onlyThose(labels, by)}
	for _, age := range ages {
		source.Forms = append(source.Forms, expand.Form{Of: expand.Values, Parts: []expand.Part{{Expr: age, Factor: 1, Role: "seconds since the newest sample"}}})
	}
	return source, nil
}

// weight plans how a flow's dynamic weight, or the traffic that scales it, is read.
func (b *builder) weight(f *cer.Flow, l lookback) (*Source, error) {
	c := b.plan.Catalog
	spec := sourceSpec{subject: "the weight of " + f.Name, indicator: c.WeightIndicator(f), by: b.plan.By}
	own := c.Window
	if f.Dynamic.Traffic {
		sli, ok := f.SLI(f.Traffic)
		if !ok {
			return nil, nil
		}
		own = c.WindowOf(sli)
		spec.subject, spec.sli, spec.eventRate = f.Name+"/"+sli.Name, sli, true
		spec.indicator, _ = c.IndicatorsOf(sli)
	}
	return b.optional(spec, own, l)
}

// money plans how an amount is read that is no fixed one.
func (b *builder) money(f *cer.Flow, l lookback) (*Source, error) {
	m := b.plan.Money.MoneyOf(f)
	if m == nil || m.PromQL == "" {
		return nil, nil
	}
	spec := sourceSpec{subject: "the money of " + f.Name, indicator: b.plan.Catalog.MoneyIndicator(m), by: b.plan.By}
	return b.optional(spec, b.plan.Catalog.Window, l)
}

// optional plans the source of what not every flow has, given the window that the definition states for it.
func (b *builder) optional(spec sourceSpec, own time.Duration, l lookback) (*Source, error) {
	var err error
	if spec.window, err = l.window(own); err != nil {
		return nil, err
	}
	source, err := b.source(spec)
	return &source, err
}
