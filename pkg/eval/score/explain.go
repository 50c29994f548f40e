package score

import (
	"maps"
	"math"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Explain adds findings on why numbers of the tree that are shown are missing, or not quite what was asked for.
func (t *Tree) Explain(x *annotate.Findings) {
	e, q := explainer{t}, t.plan.Query
	x.Scores = append(x.Scores, e.overallScore()...)
	for k := range t.flows {
		f := &t.flows[k]
		if e.usesWeights() {
			x.Weights = append(x.Weights, e.weight(k)...)
		}
		if !f.Shown || q.Level != query.LevelOverall && !f.hasCohort() {
			continue
		}
		x.Scores = append(x.Scores, e.flowScore(f)...)
		for j := range f.slis {
			if f.SLIs[j].Shown {
				x.SLIs = append(x.SLIs, e.sli(f, j)...)
			}
		}
	}
	if q.Measure.IsMoney() {
		x.Weights = append(x.Weights, e.money()...)
	}
}

// explainer finds what is to be noted about the numbers of a tree.
type explainer struct{ *Tree }

// points returns the instants at which something holds.
func (e explainer) points(holds func(i int) bool) annotate.Points {
	var p annotate.Points
	for i := range e.n {
		if holds(i) {
			p.Add(i)
		}
	}
	return e.within(p)
}

// within returns points of the instants of the tree.
func (e explainer) within(p annotate.Points) annotate.Points {
	p.All, p.Ends = e.n, e.plan.Query.Format == query.Table && e.n == 2
	if p.Count > 0 {
		p.From, p.To = e.Range.Time(p.First), e.Range.Time(p.Last)
	}
	return p
}

// withReason returns the instants at which there is no score for a reason.
func (e explainer) withReason(composites []cer.Composite, reason cer.Reason) annotate.Points {
	return e.points(func(i int) bool { return composites[i].Reason == reason })
}

// overallScore says why there is no overall score.
func (e explainer) overallScore() []annotate.Finding {
	q := e.plan.Query
	if q.Level != query.LevelOverall || q.Measure.Row().Reads == query.ReadsEvents || q.Measure.IsMoney() {
		return nil
	}
	var findings []annotate.Finding
	if p := e.withReason(e.overall, cer.ReasonUncovered); p.Count > 0 {
		findings = append(findings, annotate.OverallUncovered(e.selector(), p, e.whyUncovered(p.Last)))
	}
	if p := e.withReason(e.overall, cer.ReasonIdle); p.Count > 0 {
		findings = append(findings, annotate.OverallIdle(e.selector(), p))
	}
	return findings
}

// whyUncovered returns why there is too little telemetry for an overall score at an instant.
func (e explainer) whyUncovered(i int) annotate.Uncovered {
	u := annotate.Uncovered{Coverage: e.overall[i].Coverage, MinCoverage: e.plan.Catalog.MinCoverage, NoWeight: true}
	for k := range e.flows {
		u.NoWeight = u.NoWeight && e.weights[k][i] == 0
		if reason := e.flows[k].composites[i].Reason; reason != cer.ReasonNone && reason != cer.ReasonIdle {
			u.Missing = append(u.Missing, e.flows[k].name())
		}
	}
	return u
}

// flowScore says why a flow has no score.
func (e explainer) flowScore(f *flow) []annotate.Finding {
	q := e.plan.Query
	if q.Level == query.LevelSLI || q.Level == query.LevelComponent || q.Measure.Row().Reads != "" {
		return nil
	}
	subject := f.name() + e.selector()
	var findings []annotate.Finding
	if p := e.withReason(f.composites, cer.ReasonKeyMissing); p.Count > 0 {
		findings = append(findings, annotate.KeyMissing(subject, p, f.missing(p.Last, true)))
	}
	if p := e.withReason(f.composites, cer.ReasonUncovered); p.Count > 0 {
		findings = append(findings, annotate.FlowUncovered(subject, p, annotate.Uncovered{
			Coverage: f.composites[p.Last].Coverage, MinCoverage: e.plan.Catalog.MinCoverage, Missing: f.missing(p.Last, false)}))
	}
	if p := e.withReason(f.composites, cer.ReasonIdle); p.Count > 0 {
		findings = append(findings, annotate.FlowIdle(subject, p))
	}
	return findings
}

// sli says what is to be noted about an SLI, as all users have it or else in each tier.
func (e explainer) sli(f *flow, j int) []annotate.Finding {
	if len(f.quantiles[j]) > 0 {
		return e.quantiles(f, j)
	}
	subject := annotate.SLISubject{Flow: f.name(), SLI: f.slis[j].Name, Cohort: e.selector()}
	if f.plain != nil {
		return e.observations(subject, f.slis[j], &f.plain[j])
	}
	var findings []annotate.Finding
	for k := range f.tiers {
		subject.Tier = annotate.Selector(annotate.Label{Name: e.plan.Weighted.Name, Value: f.tiers[k].value})
		findings = append(findings, e.observations(subject, f.slis[j], &f.tiers[k].slis[j])...)
	}
	return findings
}

// observations says what is to be noted about the observations of an SLI.
func (e explainer) observations(subject annotate.SLISubject, sli *cer.SLI, s *sliSeries) []annotate.Finding {
	isRate := e.plan.Query.Measure.Row().Reads == query.ReadsEvents
	missing := e.points(func(i int) bool {
		o := s.observations.at(i)
		return o.Status == cer.Missing && !s.isBroken && (sli.Missing != cer.Hold || !o.Scored())
	})
	idle := e.points(func(i int) bool { return s.observations.status[i] == cer.Idle })
	if isRate && sli.Indicator.Kind() == cer.KindValue && missing.Count > 0 {
		return []annotate.Finding{annotate.Uncounted(subject, e.within(missing))}
	}
	var findings []annotate.Finding
	add := func(p annotate.Points, finding func(subject string, p annotate.Points) annotate.Finding) {
		if p.Count > 0 {
			findings = append(findings, finding(subject.String(), e.within(p)))
		}
	}
	add(missing, func(_ string, p annotate.Points) annotate.Finding {
		return annotate.Missing(subject, p, sli.Missing, isRate)
	})
	add(s.quality.fellBack, annotate.FellBack)
	add(s.quality.held, func(subject string, p annotate.Points) annotate.Finding {
		return annotate.Held(subject, p, sli.MaxDelay)
	})
	add(idle, func(_ string, p annotate.Points) annotate.Finding {
		return annotate.Idle(subject, p, sli, isRate)
	})
	add(s.quality.unusable, annotate.Unusable)
	add(s.quality.notNumbers, annotate.NotANumber)
	add(s.quality.outOfRange, func(subject string, p annotate.Points) annotate.Finding {
		return annotate.OutOfRange(subject, p, sli)
	})
	add(s.quality.mixed, annotate.MixedHistograms)
	add(s.quality.saturated, annotate.Saturated)
	return findings
}

// usesWeights reports whether what is shown depends on the weights of flows.
func (e explainer) usesWeights() bool {
	q, row := e.plan.Query, e.plan.Query.Measure.Row()
	overall := q.Level == query.LevelOverall && row.Reads != query.ReadsEvents
	return row.Reads != query.ReadsAges && (overall || len(row.AllFlowsAt) > 0 || q.IsOverview())
}

// weight says where the weight of the k-th flow could not follow the data.
func (e explainer) weight(k int) []annotate.Finding {
	f, quality := e.flows[k].Flow.Flow, e.weightQuality[k]
	var findings []annotate.Finding
	if quality.missing.Count > 0 {
		findings = append(findings, annotate.WeightMissing(f.Name+e.selector(), e.within(quality.missing), f.Weight))
	}
	if quality.unusable.Count > 0 {
		findings = append(findings, annotate.WeightUnusable(f.Name+e.selector(), e.within(quality.unusable), f.Weight))
	}
	return findings
}

// money says which amounts are unknown.
func (e explainer) money() []annotate.Finding {
	var findings []annotate.Finding
	for k := range e.flows {
		f := &e.flows[k]
		subject := f.name() + e.selector()
		money := e.plan.Query.Measure.MoneyOf(f.Flow.Flow)
		switch {
		case money == nil || !f.Shown:
		case f.Money == nil && e.isCohort():
			findings = append(findings, annotate.MoneyOfAllUsers(subject, money, e.n))
		default:
			amounts := f.amounts()
			if p := e.points(func(i int) bool { return math.IsNaN(amounts[i]) }); p.Count > 0 {
				findings = append(findings, annotate.MoneyMissing(subject, p))
			}
		}
	}
	return findings
}

// ExplainUnweighted adds a finding on the values of the weighted dimension that series have and weights have not, unless it
// is there already. It is the same for every cohort of a group.
func (t *Tree) ExplainUnweighted(x *annotate.Findings) {
	d := t.plan.Weighted
	if d == nil {
		return
	}
	values := explainer{t}.unweighted()
	if len(values) == 0 {
		return
	}
	if finding := annotate.Unweighted(values, d.Name, t.n); !slices.Contains(x.Weights, finding) {
		x.Weights = append(x.Weights, finding)
	}
}

// unweighted returns the values of the weighted dimension that series have and weights have not, sorted.
func (e explainer) unweighted() []string {
	values := map[string]bool{}
	for k := range e.flows {
		for _, s := range e.flows[k].SLIs {
			if s.Weighted == nil {
				continue
			}
			label := s.Weighted.Labels[len(s.Weighted.Labels)-1]
			for _, source := range s.Sources() {
				for one := range e.Dataset.Series(source, e.Range) {
					value := one.Labels.Get(label)
					if _, weighted := e.plan.Weighted.Weights[value]; value != "" && !weighted {
						values[value] = true
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(values))
}
