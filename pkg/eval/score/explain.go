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
	q := t.plan.Query
	x.Scores = append(x.Scores, t.explainOverall()...)
	for k := range t.flows {
		f := &t.flows[k]
		if t.usesWeights() {
			x.Weights = append(x.Weights, t.explainWeight(k)...)
		}
		if !f.Shown || q.Level != query.LevelOverall && !t.hasCohort(f) {
			continue
		}
		x.Scores = append(x.Scores, t.explainFlow(f)...)
		for j := range f.slis {
			if f.SLIs[j].Shown {
				x.SLIs = append(x.SLIs, t.explainSLI(f, j)...)
			}
		}
	}
	if q.Measure.IsMoney() {
		x.Weights = append(x.Weights, t.explainMoney()...)
	}
}

// points returns the instants at which something holds.
func (t *Tree) points(holds func(i int) bool) annotate.Points {
	var p annotate.Points
	for i := range t.n {
		if holds(i) {
			p.Add(i)
		}
	}
	return t.within(p)
}

// within returns points of the instants of the tree.
func (t *Tree) within(p annotate.Points) annotate.Points {
	p.All, p.Ends = t.n, t.plan.Query.Format == query.Table && t.n == 2
	return p
}

// withReason returns the instants at which there is no score for a reason.
func (t *Tree) withReason(composites []cer.Composite, reason cer.Reason) annotate.Points {
	return t.points(func(i int) bool { return composites[i].Reason == reason })
}

// explainOverall says why there is no overall score.
func (t *Tree) explainOverall() []annotate.Finding {
	q := t.plan.Query
	if q.Level != query.LevelOverall || q.Measure == query.Traffic || q.Measure.IsMoney() {
		return nil
	}
	var findings []annotate.Finding
	if p := t.withReason(t.overall, cer.ReasonUncovered); p.Count > 0 {
		findings = append(findings, annotate.OverallUncovered(t.selector(), p, t.whyUncovered(p.Last)))
	}
	if p := t.withReason(t.overall, cer.ReasonIdle); p.Count > 0 {
		findings = append(findings, annotate.OverallIdle(t.selector(), p))
	}
	return findings
}

// whyUncovered returns why there is too little telemetry for an overall score at an instant.
func (t *Tree) whyUncovered(i int) annotate.Uncovered {
	u := annotate.Uncovered{Coverage: t.overall[i].Coverage, MinCoverage: t.plan.Catalog.MinCoverage, NoWeight: true}
	for k := range t.flows {
		u.NoWeight = u.NoWeight && t.weights[k][i] == 0
		if reason := t.flows[k].composites[i].Reason; reason != cer.ReasonNone && reason != cer.ReasonIdle {
			u.Missing = append(u.Missing, t.flows[k].name())
		}
	}
	return u
}

// explainFlow says why a flow has no score.
func (t *Tree) explainFlow(f *flow) []annotate.Finding {
	q := t.plan.Query
	if q.Level == query.LevelSLI || q.Level == query.LevelComponent || q.Measure == query.Traffic || q.Measure == query.Lag {
		return nil
	}
	subject := f.name() + t.selector()
	var findings []annotate.Finding
	if p := t.withReason(f.composites, cer.ReasonKeyMissing); p.Count > 0 {
		findings = append(findings, annotate.KeyMissing(subject, p, f.missing(p.Last, true)))
	}
	if p := t.withReason(f.composites, cer.ReasonUncovered); p.Count > 0 {
		findings = append(findings, annotate.FlowUncovered(subject, p, annotate.Uncovered{
			Coverage: f.composites[p.Last].Coverage, MinCoverage: t.plan.Catalog.MinCoverage, Missing: f.missing(p.Last, false)}))
	}
	if p := t.withReason(f.composites, cer.ReasonIdle); p.Count > 0 {
		findings = append(findings, annotate.FlowIdle(subject, p))
	}
	return findings
}

// explainSLI says what is to be noted about an SLI, as all users have it or else in each tier.
func (t *Tree) explainSLI(f *flow, j int) []annotate.Finding {
	name := f.name() + "/" + f.slis[j].Name
	if f.plain != nil {
		return t.explainObservations(name+t.selector(), f.slis[j], &f.plain[j])
	}
	var findings []annotate.Finding
	for k := range f.tiers {
		tier := annotate.Selector(annotate.Label{Name: t.plan.Weighted.Name, Value: f.tiers[k].value})
		findings = append(findings, t.explainObservations(name+tier+t.selector(), f.slis[j], &f.tiers[k].slis[j])...)
	}
	return findings
}

// explainObservations says what is to be noted about the observations of an SLI.
func (t *Tree) explainObservations(subject string, sli *cer.SLI, s *sliSeries) []annotate.Finding {
	isRate := t.plan.Query.Measure == query.Traffic
	missing := t.points(func(i int) bool {
		o := s.observations.at(i)
		return o.Status == cer.Missing && (sli.Missing != cer.Hold || !o.Scored())
	})
	idle := t.points(func(i int) bool { return s.observations.status[i] == cer.Idle })
	var findings []annotate.Finding
	add := func(p annotate.Points, finding func(subject string, p annotate.Points) annotate.Finding) {
		if p.Count > 0 {
			findings = append(findings, finding(subject, t.within(p)))
		}
	}
	add(missing, func(subject string, p annotate.Points) annotate.Finding {
		return annotate.Missing(subject, p, sli.Missing, isRate)
	})
	add(s.quality.fellBack, annotate.FellBack)
	add(s.quality.held, func(subject string, p annotate.Points) annotate.Finding {
		return annotate.Held(subject, p, sli.MaxDelay)
	})
	add(idle, func(subject string, p annotate.Points) annotate.Finding {
		return annotate.Idle(subject, p, sli, isRate)
	})
	add(s.quality.unusable, annotate.Unusable)
	add(s.quality.outOfRange, annotate.OutOfRange)
	add(s.quality.mixed, annotate.MixedHistograms)
	add(s.quality.saturated, annotate.Saturated)
	return findings
}

// usesWeights reports whether what is shown depends on the weights of flows.
func (t *Tree) usesWeights() bool {
	q := t.plan.Query
	return q.Measure != query.Lag && (q.Level == query.LevelOverall && q.Measure != query.Traffic ||
		q.Measure == query.Impact || q.Measure == query.Weight || q.IsOverview())
}

// explainWeight says where the weight of the k-th flow could not follow the data.
func (t *Tree) explainWeight(k int) []annotate.Finding {
	f, quality := t.flows[k].Flow.Flow, t.weightQuality[k]
	var findings []annotate.Finding
	if quality.missing.Count > 0 {
		findings = append(findings, annotate.WeightMissing(f.Name+t.selector(), t.within(quality.missing), f.Weight))
	}
	if quality.unusable.Count > 0 {
		findings = append(findings, annotate.WeightUnusable(f.Name+t.selector(), t.within(quality.unusable), f.Weight))
	}
	return findings
}

// explainMoney says which amounts are unknown.
func (t *Tree) explainMoney() []annotate.Finding {
	var findings []annotate.Finding
	for k := range t.flows {
		f := &t.flows[k]
		subject := f.name() + t.selector()
		money := t.plan.Query.Measure.MoneyOf(f.Flow.Flow)
		switch {
		case money == nil || !f.Shown:
		case f.Money == nil && t.isCohort():
			findings = append(findings, annotate.MoneyOfAllUsers(subject, money, t.n))
		default:
			amounts := t.amounts(k)
			if p := t.points(func(i int) bool { return math.IsNaN(amounts[i]) }); p.Count > 0 {
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
	values := t.unweighted()
	if len(values) == 0 {
		return
	}
	if finding := annotate.Unweighted(values, d.Name, t.n); !slices.Contains(x.Weights, finding) {
		x.Weights = append(x.Weights, finding)
	}
}

// unweighted returns the values of the weighted dimension that series have and weights have not, sorted.
func (t *Tree) unweighted() []string {
	values := map[string]bool{}
	for k := range t.flows {
		for _, s := range t.flows[k].SLIs {
			if s.Weighted == nil {
				continue
			}
			label := s.Weighted.Labels[len(s.Weighted.Labels)-1]
			for _, source := range s.Sources() {
				for _, one := range t.Dataset.Series(source, t.Range) {
					value := one.Labels.Get(label)
					if _, weighted := t.plan.Weighted.Weights[value]; value != "" && !weighted {
						values[value] = true
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(values))
}
