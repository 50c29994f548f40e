package plan

import (
	"fmt"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// view plans how an SLI is read for the cohorts of some dimensions.
func (b *builder) view(f *cer.Flow, one *SLI, by []cer.Dimension) (*View, error) {
	sli := one.SLI
	source, fallback, err := b.both(f, sli, by, one.Window, b.over)
	if err != nil {
		return nil, err
	}
	v := &View{Source: source, Fallback: fallback}
	if sli.Missing != cer.Hold || b.countsOnly() {
		return v, nil
	}
	window := one.Window
	if b.plan.Query.Window == query.WindowAuto || b.slices > 0 { // What is held does not depend on the zoom.
		window = b.plan.Catalog.WindowOf(sli)
	}
	for _, r := range rangesBefore(b.over, sli.MaxDelay) {
		past := Past{Range: r, Window: window}
		if past.Source, past.Fallback, err = b.both(f, sli, by, window, r); err != nil {
			return nil, err
		}
		v.Past = append(v.Past, past)
	}
	return v, nil
}

// both plans the source and the fallback of an SLI over a range.
func (b *builder) both(f *cer.Flow, sli *cer.SLI, by []cer.Dimension, window time.Duration, over series.Range) (Source, *Source, error) {
	readings := indicatorsOf(b.plan.Catalog, sli)
	ask := asking{subject: f.Name + "/" + sli.Name, sli: sli, reading: readings[0], by: by, window: window, over: over, isPast: over != b.over, totals: b.countsOnly()}
	source, err := b.source(ask)
	if err != nil || len(readings) == 1 || b.countsOnly() {
		return source, nil, err
	}
	ask.subject, ask.reading = "the fallback of "+ask.subject, readings[1]
	fallback, err := b.source(ask)
	return source, &fallback, err
}

// asking is what a source is planned for.
type asking struct {
	// subject is what notices and errors call it.
	subject string
	// sli says what dimensions are called on the series; nil for what speaks for no SLI.
	sli *cer.SLI
	reading
	by     []cer.Dimension
	window time.Duration
	over   series.Range
	// isPast says that it is for scores that are held, on which the notices are those of the newest ones.
	isPast bool
	// totals says that numbers of events are wanted alone.
	totals bool
}

// asking returns the asking of an expression that speaks for no SLI, with matchers of its own unless they are nil.
func (b *builder) asking(subject, promQL string, trust []string) asking {
	if trust == nil {
		trust = b.plan.Catalog.Trust
	}
	return asking{subject: subject, reading: reading{cer.Value{PromQL: promQL}, trust}, over: b.over}
}

// source plans what an indicator is read by.
func (b *builder) source(ask asking) (Source, error) {
	labels, distinct := labelsOf(ask.sli, ask.by)
	key := expansionKey{ask.subject, b.windowOf(ask), strings.Join(distinct, ",")}
	x, err := b.shared.expanded.of(key, func() (expand.Expansion, error) {
		indicator, err := expand.Compile(ask.indicator, ask.trust)
		if err != nil {
			return expand.Expansion{}, err
		}
		return indicator.Expand(expand.Config{Window: key.window, Facts: b.facts, By: distinct, Filters: b.scope.cohorts.on(b.plan.Catalog, ask.sli)})
	})
	if err != nil {
		return Source{}, fmt.Errorf("%s: %w", ask.subject, err)
	}
	b.explain(ask, x)
	source := Source{Labels: onlyThose(labels, x.By)}
	for _, form := range x.Forms {
		source.Forms = append(source.Forms, b.form(form, ask))
	}
	return source, nil
}

// windowOf is what an indicator looks back over. In slices, checks are counted one by one, so that each belongs to one
// slice; rates need the sample before the slice too.
func (b *builder) windowOf(ask asking) time.Duration {
	if b.slices > 0 && ask.window == b.slices && ask.indicator.Kind() == cer.KindProbe {
		return b.plan.Catalog.Budget.Slice
	}
	return ask.window
}

// explain adds the notices on an expansion.
func (b *builder) explain(ask asking, x expand.Expansion) {
	if ask.isPast {
		return
	}
	subject := ask.subject
	if x.Shared != "" {
		b.note(cer.Notice{Severity: cer.Info, Subject: subject, Text: x.Shared})
	}
	if !ask.totals {
		for _, warning := range x.Warnings {
			b.note(cer.Notice{Severity: cer.Warning, Subject: subject, Text: warning})
		}
	}
	if q := b.plan.Query; !ask.totals && (q.Level == query.LevelSLI || q.Format == query.Definition) {
		for _, note := range x.Notes {
			b.note(cer.Notice{Severity: cer.Info, Subject: subject, Text: note})
		}
	}
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

// form replaces the PromQL of a form by leaves.
func (b *builder) form(x expand.Form, ask asking) Form {
	form := Form{Of: x.Of, Total: NoLeaf, Complement: x.Complement, IdleIfUndefined: x.IdleIfUndefined, Ceiling: x.Ceiling}
	if x.Total != nil {
		form.Total = b.leaf(x.Total.String(), ask.over)
	}
	if ask.totals {
		return form
	}
	for _, part := range x.Parts {
		form.Parts = append(form.Parts, Part{
			Leaf: b.leaf(part.Expr.String(), ask.over), Factor: part.Factor, Role: part.Role, ZeroIfAbsent: part.ZeroIfAbsent,
		})
	}
	return form
}

// lag plans how the age of an SLI's newest sample is read.
func (b *builder) lag(f *cer.Flow, sli *cer.SLI) (*Source, error) {
	labels, distinct := labelsOf(sli, b.plan.By)
	read := indicatorsOf(b.plan.Catalog, sli)[0]
	indicator, err := expand.Compile(read.indicator, read.trust)
	if err != nil {
		return nil, fmt.Errorf("%s/%s: %w", f.Name, sli.Name, err)
	}
	ages, by, err := indicator.Lag(expand.Config{
		Window: time.Minute, Facts: b.facts, By: distinct, Filters: b.scope.cohorts.on(b.plan.Catalog, sli),
	})
	if err != nil {
		return nil, fmt.Errorf("%s/%s: %w", f.Name, sli.Name, err)
	}
	source := &Source{Labels: onlyThose(labels, by)}
	for _, age := range ages {
		source.Forms = append(source.Forms, b.form(expand.Form{Of: expand.Values, Parts: []expand.Part{
			{Expr: age, Factor: 1, Role: "seconds since the newest sample"}}}, asking{over: b.over}))
	}
	return source, nil
}

// weight plans how a flow's dynamic weight, or the traffic that scales it, is read.
func (b *builder) weight(f *cer.Flow) (*Source, error) {
	catalog := b.plan.Catalog
	ask := b.asking("the weight of "+f.Name, f.Dynamic.PromQL, f.Dynamic.Trust)
	ask.by = b.plan.By
	own := catalog.Window
	if f.Dynamic.Traffic {
		sli, ok := f.SLI(f.Traffic)
		if !ok {
			return nil, nil
		}
		own = catalog.WindowOf(sli)
		ask.subject, ask.sli, ask.reading, ask.totals = f.Name+"/"+sli.Name, sli, indicatorsOf(catalog, sli)[0], true
	}
	var err error
	if ask.window, err = b.window(own); err != nil {
		return nil, err
	}
	source, err := b.source(ask)
	return &source, err
}

// countsOnly reports whether the query is after numbers of events alone, so that parts are not needed.
func (b *builder) countsOnly() bool {
	return b.plan.Query.Measure == query.Traffic && b.plan.Query.Format != query.Table
}

// leaf returns the index of the leaf for an expression over a range, which it adds if it is not there yet.
func (b *builder) leaf(promQL string, over series.Range) int {
	leaf := Leaf{PromQL: promQL, Range: over}
	if i, ok := b.shared.at[leaf]; ok {
		return i
	}
	i := len(b.shared.leaves)
	b.shared.at[leaf] = i
	b.shared.leaves = append(b.shared.leaves, leaf)
	return i
}
