package score

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// readQuantiles reads the quantiles of the histogram of each SLI that the query asks for.
func (f *flow) readQuantiles() {
	f.quantiles = make([][]sliSeries, len(f.SLIs))
	for j := range f.SLIs {
		for k := range f.SLIs[j].Quantiles {
			f.quantiles[j] = append(f.quantiles[j], f.tree.Dataset.readQuantile(&f.SLIs[j], k, f.tree.Cohort, f.tree.Range))
		}
	}
}

// readQuantile reads the k-th quantile of an SLI for a cohort at the instants of a range. Whatever the SLI does while it is missing or
// idle is about its score, and it has no quantile then.
func (d *Dataset) readQuantile(s *plan.SLI, k int, c Cohort, over series.Range) sliSeries {
	q := &s.Quantiles[k]
	sli := *s.SLI
	sli.Indicator, sli.Curve, sli.Missing, sli.Idle = q.Stated, unscored{}, cer.Ignore, cer.Ignore
	return d.readSLI(&plan.SLI{SLI: &sli, Window: s.Window}, &plan.View{Source: q.Source}, c, over, true)
}

// unscored is the curve of values that have no score.
type unscored struct{}

// Score returns NaN.
func (unscored) Score(float64) float64 { return math.NaN() }

// byQuantile returns a member for each quantile of the j-th SLI, given the member that is the SLI.
func (f *flow) byQuantile(m Member, j int) []Member {
	all := make([]Member, len(f.quantiles[j]))
	for k := range all {
		all[k] = m
		all[k].Quantile, all[k].read = f.SLIs[j].Quantiles[k].Stated.Q, &f.quantiles[j][k]
	}
	return all
}

// quantiles says what is to be noted about the quantiles of an SLI: what all of them have in common once.
func (e explainer) quantiles(f *flow, j int) []annotate.Finding {
	var findings []annotate.Finding
	subject := f.name() + "/" + f.slis[j].Name + e.selector()
	add := func(p annotate.Points, finding func(subject string, p annotate.Points) annotate.Finding) {
		if p.Count > 0 {
			findings = append(findings, finding(subject, e.within(p)))
		}
	}
	for k := range f.quantiles[j] {
		s := &f.quantiles[j][k]
		if k == 0 && !s.isBroken {
			add(e.points(func(i int) bool { return s.observations.status[i] == cer.Missing }), annotate.NoTelemetry)
			add(e.points(func(i int) bool { return s.observations.status[i] == cer.Idle }), annotate.NoEvents)
			add(s.quality.unusable, annotate.Unusable)
			add(s.quality.notNumbers, annotate.NotANumber)
			add(s.quality.mixed, annotate.MixedHistograms)
		}
		add(s.quality.saturated, func(subject string, p annotate.Points) annotate.Finding {
			return annotate.AboveEdges(cer.Percentile(f.SLIs[j].Quantiles[k].Stated.Q)+" of "+subject, p, s.quality.ceiling, s.quality.above)
		})
	}
	return findings
}
