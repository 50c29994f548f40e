package plan

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// sources plans the sources of one part of a plan.
type sources struct {
	// plan is the part, to which notices are added.
	plan  *Plan
	scope scope
	facts expand.Facts
	// period is that of the instants at which the sources are evaluated.
	period expand.Period
	// looksBack is Times.Lookback.
	looksBack time.Duration
}

// sourceSpec is what a source is planned for.
type sourceSpec struct {
	// subject is its name in notices and errors.
	subject string
	// sli says which labels its series have for dimensions; nil for what is no SLI's.
	sli       *cer.SLI
	indicator *expand.Indicator
	by        []cer.Dimension
	window    time.Duration
	// sampling is that of windows side by side; nil for others.
	sampling *expand.Sampling
	// eventRate says that only the rate of all events is needed.
	eventRate bool
}

// sourcesOf plans the source and the fallback of an SLI.
func (s sources) sourcesOf(f *cer.Flow, sli *cer.SLI, by []cer.Dimension, window time.Duration, sampling *expand.Sampling) (Source, *Source, error) {
	indicator, fallback := s.plan.Catalog.IndicatorsOf(sli)
	spec := sourceSpec{subject: f.Name + "/" + sli.Name, sli: sli, indicator: indicator, by: by,
		window: window, sampling: sampling, eventRate: s.plan.Query.IsEventRate()}
	source, err := s.source(spec)
	if err != nil || fallback == nil || spec.eventRate {
		return source, nil, err
	}
	spec.subject, spec.indicator = "the fallback of "+spec.subject, fallback
	other, err := s.source(spec)
	return source, &other, err
}

// source plans how a number is read.
func (s sources) source(spec sourceSpec) (Source, error) {
	labels, distinct := labelsOf(spec.sli, spec.by)
	cfg := expand.Config{
		Window: spec.window, Sampling: spec.sampling, Facts: s.facts, By: distinct, Filters: s.scope.cohorts.on(s.plan.Catalog.Catalog, spec.sli),
		Births: s.plan.Query.Format == query.Evidence, Lookback: s.looksBack,
	}
	reach := spec.window
	if spec.sampling != nil {
		reach += maxReachBefore
	}
	source := Source{CountsAllSamples: spec.indicator.CountsAllSamples()}
	stretches := spec.indicator.Stretches(cfg, s.period, reach)
	s.plan.changes = s.plan.changes || len(stretches) > 1
	for _, stretch := range stretches {
		cfg.Within = expand.Period{From: stretch.From + 1 - reach.Milliseconds(), To: stretch.From + 1}
		x, err := spec.indicator.Expand(cfg)
		if err != nil {
			return Source{}, fmt.Errorf("%s: %w", spec.subject, err)
		}
		if len(stretches) > 1 {
			hold(&x, stretch, s.period)
		}
		s.explain(spec, x)
		source.Labels, source.Forms = onlyThose(labels, x.By), append(source.Forms, x.Forms...)
	}
	if spec.eventRate {
		for i := range source.Forms {
			source.Forms[i].Parts = nil
		}
	}
	return source, nil
}

// maxReachBefore is how far before time slices rates look back at most, as far as that matters to facts that change.
const maxReachBefore = 5 * time.Minute

// hold makes an expansion one of a stretch of a period, and says so in its notes. The first stretch has all time before it too, since
// the first block of time slices begins before the period, and is kept whole for queries that look further back.
func hold(x *expand.Expansion, stretch, period expand.Period) {
	text := ""
	if stretch.From == period.From {
		stretch.From = math.MinInt64
	}
	if stretch.To < period.To {
		text = ", until " + series.Time(stretch.To+1).Format(time.RFC3339)
	}
	for i := range x.Forms {
		x.Forms[i].Holds = stretch
	}
	for i := range x.Notes {
		x.Notes[i] += text
	}
	for i := range x.Warnings {
		x.Warnings[i] += text
	}
}

// explain adds the notices on an expansion.
func (s sources) explain(spec sourceSpec, x expand.Expansion) {
	if x.Shared != "" {
		s.plan.Notices.Add(cer.Notice{Severity: cer.Info, Subject: spec.subject, Text: x.Shared})
	}
	if spec.eventRate {
		return
	}
	for _, warning := range x.Warnings {
		s.plan.Notices.Add(cer.Notice{Severity: cer.Warning, Subject: spec.subject, Text: warning})
	}
	if q := s.plan.Query; q.Level == query.LevelSLI || q.Format == query.Definition {
		for _, note := range x.Notes {
			s.plan.Notices.Add(cer.Notice{Severity: cer.Info, Subject: spec.subject, Text: note})
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
		for _, other := range split {
			if label == other {
				kept[i] = label
			}
		}
	}
	return kept
}

// lag plans how the age of an SLI's newest sample is read.
func (s sources) lag(f *cer.Flow, sli *cer.SLI) (*Source, error) {
	labels, distinct := labelsOf(sli, s.plan.By)
	indicator, _ := s.plan.Catalog.IndicatorsOf(sli)
	ages, by, err := indicator.Lag(expand.Config{
		Window: time.Minute, Facts: s.facts, Within: s.period, By: distinct, Filters: s.scope.cohorts.on(s.plan.Catalog.Catalog, sli),
		Lookback: s.looksBack,
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
func (s sources) weight(f *cer.Flow, l lookback) (*Source, error) {
	c := s.plan.Catalog
	spec := sourceSpec{subject: "the weight of " + f.Name, indicator: c.WeightIndicator(f), by: s.plan.By}
	own := c.Window
	if f.Dynamic.Traffic {
		sli, ok := f.SLI(f.Traffic)
		if !ok || sli.Fault != "" {
			return nil, nil
		}
		own = c.WindowOf(sli)
		spec.subject, spec.sli, spec.eventRate = f.Name+"/"+sli.Name, sli, true
		spec.indicator, _ = c.IndicatorsOf(sli)
	}
	return s.optional(spec, own, l)
}

// money plans how an amount is read that is no fixed one.
func (s sources) money(f *cer.Flow, l lookback) (*Source, error) {
	m := s.plan.Money.MoneyOf(f)
	if m == nil || m.PromQL == "" {
		return nil, nil
	}
	spec := sourceSpec{subject: "the money of " + f.Name, indicator: s.plan.Catalog.MoneyIndicator(m), by: s.plan.By}
	return s.optional(spec, s.plan.Catalog.Window, l)
}

// optional plans the source of what not every flow has, given the window that the definition states for it.
func (s sources) optional(spec sourceSpec, own time.Duration, l lookback) (*Source, error) {
	var err error
	if spec.window, err = l.window(own); err != nil {
		return nil, err
	}
	spec.sampling = l.sampling(s.plan.Catalog.ScrapeIntervalOf(spec.sli))
	source, err := s.source(spec)
	if err != nil || !spec.indicator.MayLoseSplit() || !slices.ContainsFunc(source.Labels, func(label string) bool { return label != "" }) {
		return &source, err
	}
	spec.by = nil
	whole, err := s.source(spec)
	source.Split, source.Forms = len(source.Forms), append(source.Forms, whole.Forms...)
	return &source, err
}
