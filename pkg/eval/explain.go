package eval

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// maxNotices is how many notices of a kind a result carries; the rest is counted.
const maxNotices = 10

// finding is a notice with what decides on its place among the others.
type finding struct {
	cer.Notice
	// points is at how many instants it holds, and now whether it holds at the newest.
	points int
	now    bool
}

// explanation collects what is to be said of the evaluations of a plan.
type explanation struct {
	plan                        *plan.Plan
	verdicts, readings, weights []finding
	// group is one more than the number of the group of flows that was told of last.
	group int
}

// add notes why numbers of an evaluation that are shown are missing, or not quite what was asked for.
func (x *explanation) add(e *evaluation) {
	if e.plan.Query.Measure == query.State {
		for _, s := range e.subjects() {
			x.verdicts = append(x.verdicts, e.explainState(s)...)
		}
		return
	}
	if e.plan.Query.Measure.IsBudget() {
		x.verdicts = append(x.verdicts, e.explainSlices()...)
		return
	}
	x.verdicts = append(x.verdicts, e.explainWhole()...)
	for k := range e.flows {
		f := &e.flows[k]
		if e.usesWeights() {
			x.weights = append(x.weights, e.explainWeight(k)...)
		}
		if !f.Shown || e.plan.Query.Level != query.LevelOverall && !e.has(k) {
			continue
		}
		x.verdicts = append(x.verdicts, e.explainVerdicts(f)...)
		for j := range f.slis {
			if f.SLIs[j].Shown {
				x.readings = append(x.readings, e.explainSLI(f, j)...)
			}
		}
	}
	if e.plan.Query.Measure.IsMoney() {
		x.weights = append(x.weights, e.explainMoney()...)
	}
	if x.group != e.group.number+1 { // It is the same for every cohort.
		x.group = e.group.number + 1
		for _, unlisted := range e.explainUnlisted() {
			if !slices.Contains(x.weights, unlisted) {
				x.weights = append(x.weights, unlisted)
			}
		}
	}
}

// notices returns the worst of each kind: first what holds now, then by the number of instants.
func (x *explanation) notices() []cer.Notice {
	return slices.Concat(worst(x.verdicts), worst(x.readings), worst(x.weights))
}

// worst returns the worst notices, and counts the others.
func worst(findings []finding) []cer.Notice {
	slices.SortStableFunc(findings, func(a, b finding) int {
		if a.now != b.now {
			return cmp.Compare(rank(b.now), rank(a.now))
		}
		return cmp.Compare(b.points, a.points)
	})
	var notices []cer.Notice
	for _, f := range findings[:min(len(findings), maxNotices)] {
		notices = append(notices, f.Notice)
	}
	if rest := len(findings) - maxNotices; rest > 0 {
		notices = append(notices, cer.Notice{Text: fmt.Sprintf("and %d more notices like these", rest)})
	}
	return notices
}

// rank orders what holds before what does not.
func rank(holds bool) int {
	if holds {
		return 1
	}
	return 0
}

// found returns the finding that something holds at n instants, of which last is the newest; a warning if it is to be
// one and holds now.
func (e *evaluation) found(warning bool, subject string, n, last int, format string, args ...any) finding {
	now := last == e.n-1
	severity := cer.Info
	if warning && now {
		severity = cer.Warning
	}
	text := fmt.Sprintf(format, append([]any{e.when(n, last)}, args...)...)
	return finding{Notice: cer.Notice{Severity: severity, Subject: subject + e.suffix(), Text: text}, points: n, now: now}
}

// suffix names the cohort of the evaluation behind a subject, such as {region="eu"}; "" where there is none.
func (e *evaluation) suffix() string {
	var told []string
	for k, d := range e.plan.By {
		if e.of[k] != "" {
			told = append(told, fmt.Sprintf("%s=%q", d.Name, e.of[k]))
		}
	}
	if len(told) == 0 {
		return ""
	}
	return "{" + strings.Join(told, ", ") + "}"
}

// explainWhole says why the whole has no score.
func (e *evaluation) explainWhole() []finding {
	q := e.plan.Query
	if q.Level != query.LevelOverall || q.Measure == query.Traffic || q.Measure.IsMoney() {
		return nil
	}
	var findings []finding
	if n, last := count(e.overall, func(v cer.Composite) bool { return v.Reason == cer.ReasonUncovered }); n > 0 {
		findings = append(findings, e.found(true, "", n, last, "no score of the whole at %s, since %s", e.wholeUncovered(last)))
	}
	if n, last := count(e.overall, func(v cer.Composite) bool { return v.Reason == cer.ReasonIdle }); n > 0 {
		findings = append(findings, e.found(false, "", n, last, "no score of the whole at %s, since no flow with a weight has events to judge by"))
	}
	return findings
}

// wholeUncovered says why there is too little telemetry of the whole at an instant, or none that counts.
func (e *evaluation) wholeUncovered(i int) string {
	weight := 0.0
	var without []string
	for k := range e.flows {
		weight += e.weights[k][i]
		if reason := e.flows[k].verdicts[i].Reason; reason != cer.ReasonNone && reason != cer.ReasonIdle {
			without = append(without, e.flows[k].Flow.Flow.Name)
		}
	}
	if weight == 0 {
		return "the weights of all flows are 0"
	}
	text := "there is no telemetry of any flow"
	if least := e.plan.Catalog.MinCoverage; least > 0 {
		text = fmt.Sprintf("coverage is %.3g, under minCoverage %g", e.overall[i].Coverage, least)
	}
	if len(without) > 0 {
		text += "; without a score: " + strings.Join(without, ", ")
	}
	return text
}

// explainVerdicts says why a flow has no score.
func (e *evaluation) explainVerdicts(f *flow) []finding {
	if level := e.plan.Query.Level; level == query.LevelSLI || level == query.LevelComponent || e.plan.Query.Measure == query.Traffic || e.plan.Query.Measure == query.Lag {
		return nil
	}
	name := f.Flow.Flow.Name
	var findings []finding
	if n, last := count(f.verdicts, func(v cer.Composite) bool { return v.Reason == cer.ReasonKeyMissing }); n > 0 {
		findings = append(findings, e.found(true, name, n, last, "no score at %s, since its key SLI %s is missing there",
			strings.Join(f.missing(last, true), ", ")))
	}
	if n, last := count(f.verdicts, func(v cer.Composite) bool { return v.Reason == cer.ReasonUncovered }); n > 0 {
		findings = append(findings, e.found(true, name, n, last, "no score at %s, since %s", e.uncovered(f, last)))
	}
	if n, last := count(f.verdicts, func(v cer.Composite) bool { return v.Reason == cer.ReasonIdle }); n > 0 {
		findings = append(findings, e.found(false, name, n, last, "no score at %s, since nothing of it has events to judge by"))
	}
	return findings
}

// uncovered says why a flow has no telemetry, or too little of it, at an instant.
func (e *evaluation) uncovered(f *flow, i int) string {
	missing := strings.Join(f.missing(i, false), ", ")
	switch least := e.plan.Catalog.MinCoverage; {
	case missing == "":
		return "all of its weights are 0"
	case least == 0:
		return "there is no telemetry of it; missing: " + missing
	default:
		return fmt.Sprintf("coverage is %.3g, under minCoverage %g; missing: %s", f.verdicts[i].Coverage, least, missing)
	}
}

// missing names the SLIs that are missing at an instant, in any tier, or those of them that there is no score without.
func (f *flow) missing(i int, indispensableOnly bool) []string {
	var names []string
	for j, sli := range f.slis {
		for _, slis := range f.views() {
			if !slis[j].readings.at(i).Covered() && (sli.Indispensable() || !indispensableOnly) && !slices.Contains(names, sli.Name) {
				names = append(names, sli.Name)
			}
		}
	}
	return names
}

// explainSLI says what is off about the numbers of an SLI, as all users have it or else in each tier.
func (e *evaluation) explainSLI(f *flow, j int) []finding {
	name := f.Flow.Flow.Name + "/" + f.slis[j].Name
	if f.plain != nil {
		return e.explainReadings(name, f.slis[j], &f.plain[j])
	}
	var findings []finding
	for t := range f.tiers {
		tier := &f.tiers[t]
		of := fmt.Sprintf("{%s=%q}", e.plan.Weighted.Name, tier.value)
		findings = append(findings, e.explainReadings(name+of, f.slis[j], &tier.slis[j])...)
	}
	return findings
}

// explainReadings says what is off about readings.
func (e *evaluation) explainReadings(name string, sli *cer.SLI, v *viewed) []finding {
	var findings []finding
	add := func(warning bool, n, last int, format string, args ...any) {
		if n > 0 {
			findings = append(findings, e.found(warning, name, n, last, format, args...))
		}
	}
	doubts := &v.doubts
	missing, lastMissing := v.readings.count(func(r cer.Observation) bool {
		return r.Status == cer.Missing && (sli.Missing != cer.Hold || !r.Scored())
	})
	idle, lastIdle := v.readings.count(func(r cer.Observation) bool { return r.Status == cer.Idle })
	add(true, missing, lastMissing, "no telemetry at %s; %s", e.consequence(sli.Missing, "left out, so that coverage falls"))
	add(true, doubts.fellBack.n, doubts.fellBack.last, "no telemetry at %s; its fallback speaks for it there")
	add(true, doubts.held.n, doubts.held.last, "no telemetry at %s; its newest score before is held, for up to %s", model.Duration(sli.MaxDelay))
	add(false, idle, lastIdle, "idle at %s, with %s; %s", few(sli), e.consequence(sli.Idle, "left out"))
	add(true, doubts.unusable.n, doubts.unusable.last, "infinite or negative at %s; counted as missing there")
	add(true, doubts.outside.n, doubts.outside.last, "outside of 0..1 at %s; limited to that. Check the definition")
	add(true, doubts.mixed.n, doubts.mixed.last, "native and classic histograms count different events at %s; the native ones alone are used")
	add(false, doubts.saturated.n, doubts.saturated.last, "in or above the highest bucket at %s, so that the true value may be higher")
	return findings
}

// usesWeights reports whether what is shown depends on the weights of flows.
func (e *evaluation) usesWeights() bool {
	q := e.plan.Query
	return q.Measure != query.Lag && (q.Level == query.LevelOverall && q.Measure != query.Traffic || q.Measure == query.Impact || q.Measure == query.Weight || q.IsOverview())
}

// explainWeight says where a flow's weight could not follow the data.
func (e *evaluation) explainWeight(k int) []finding {
	f, w := e.flows[k].Flow.Flow, e.weighing[k]
	var findings []finding
	if w.missing.n > 0 {
		findings = append(findings, e.found(true, f.Name, w.missing.n, w.missing.last, "what its weight follows has no data at %s; it weighs %g there", f.Weight))
	}
	if w.unusable.n > 0 {
		findings = append(findings, e.found(true, f.Name, w.unusable.n, w.unusable.last, "its weight is negative or infinite at %s; it weighs %g there", f.Weight))
	}
	return findings
}

// explainUnlisted says which values of the weighted dimension are seen but have no weight, so that they do not count.
func (e *evaluation) explainUnlisted() []finding {
	d := e.plan.Weighted
	if d == nil {
		return nil
	}
	unlisted := e.unlisted()
	if len(unlisted) == 0 {
		return nil
	}
	text := fmt.Sprintf("%s has no weight in the dimension %s, so that its users do not count; add it to the weights", strings.Join(unlisted, ", "), d.Name)
	return []finding{{Notice: cer.Notice{Severity: cer.Warning, Text: text}, points: e.n, now: true}}
}

// unlisted returns the values of the weighted dimension that series have and weights have not.
func (e *evaluation) unlisted() []string {
	var values []string
	for k := range e.flows {
		for _, s := range e.flows[k].SLIs {
			if s.Weighted == nil {
				continue
			}
			last := len(s.Weighted.Labels) - 1
			for _, expr := range s.Exprs() {
				for _, one := range e.ledger.answer(expr, e.instants).Series {
					value := one.Labels.Get(s.Weighted.Labels[last])
					if _, listed := e.plan.Weighted.Weights[value]; value != "" && !listed && !slices.Contains(values, value) {
						values = append(values, value)
					}
				}
			}
		}
	}
	slices.Sort(values)
	return values
}

// consequence says what a policy does with a score; for traffic it does nothing.
func (e *evaluation) consequence(p cer.Policy, ignored string) string {
	if e.plan.Query.Measure == query.Traffic {
		return "no traffic is known there"
	}
	switch p {
	case cer.Good:
		return "scored 1 by its policy"
	case cer.Bad:
		return "scored 0 by its policy"
	case cer.Fail:
		return "no score without it, by its policy"
	default:
		return ignored
	}
}

// few says how many events are too few for an SLI, or what says so where they are not counted.
func few(sli *cer.SLI) string {
	switch {
	case sli.MinEvents > 0:
		return fmt.Sprintf("fewer than %g events in its window", math.Ceil(sli.MinEvents))
	case sli.Indicator.CountsEvents() || sli.Indicator.Kind() == cer.KindQuantile:
		return "no events in its window"
	default:
		return "what is no number, such as 0/0"
	}
}

// count returns how many items are such, and the position of the last one.
func count[T any](items []T, such func(T) bool) (n, last int) {
	for i, item := range items {
		if such(item) {
			n, last = n+1, i
		}
	}
	return n, last
}

// when prints at which instants something holds: their number, or for a table which end of the range.
func (e *evaluation) when(n, last int) string {
	if e.plan.Query.Format != query.Table || e.n != 2 {
		return ofPoints(n, e.n)
	}
	switch {
	case n == 2:
		return "both ends of the range"
	case last == 1:
		return "the end of the range"
	default:
		return "the start of the range"
	}
}

// ofPoints prints a number of instants: all 61 points, or 3 of 61 points.
func ofPoints(n, of int) string {
	switch {
	case of == 1:
		return "this instant"
	case n == of:
		return fmt.Sprintf("all %d points", n)
	default:
		return fmt.Sprintf("%d of %d points", n, of)
	}
}
