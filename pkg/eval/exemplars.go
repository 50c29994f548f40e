package eval

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// How many exemplars an answer has: of each SLI, and in all.
const (
	MaxExemplarsOfSLI = 200
	MaxExemplars      = 1000
)

// traceLabels are the usual names of the label of an exemplar that has the ID of its trace.
var traceLabels = []string{"trace_id", "traceID", "traceId", "TraceID", "traceid"}

// Exemplar is one observation of an SLI.
type Exemplar struct {
	Flow *cer.Flow
	SLI  *cer.SLI
	// Cohort holds the values of the dimensions and labels of flows that the query splits by.
	Cohort map[string]string
	Time   time.Time
	// Value is what was observed: in seconds where IsDuration is set, NaN where the series is a counter.
	Value      float64
	IsDuration bool
	Outcome    expand.Outcome
	// TraceID is the ID of its trace, and TraceLabel the name of the label that has it; "" where there is none.
	TraceID, TraceLabel string
	// Labels are those of its series, and its own but for that of its trace.
	Labels map[string]string
}

// ExemplarOptions say how the answers to questions for exemplars are read.
type ExemplarOptions struct {
	// TraceLabels are the names of labels that have the ID of a trace, the first of them that an exemplar has; none for the usual ones.
	TraceLabels []string
	// KeepsNone says that the store is known to keep no exemplars.
	KeepsNone bool
}

// Exemplars returns the exemplars of a plan that were found, answers[i] for p.Exemplars[i], slow and failed ones first. What is not of
// the series and the time that were asked for is left out.
func Exemplars(p *plan.Plan, answers []series.Exemplars, options ExemplarOptions) *Result {
	if len(options.TraceLabels) == 0 {
		options.TraceLabels = traceLabels
	}
	r := &Result{Plan: p}
	if p.Range.Len() == 0 {
		return r
	}
	var store annotate.Store
	found := annotate.Exemplars{KeepsNone: options.KeepsNone, Asked: len(answers)}
	for i, answer := range answers {
		all, foreign := exemplarsOf(p, p.Exemplars[i], answer, options)
		found.Foreign += foreign
		found.IsCut = found.IsCut || answer.Cut
		found.Shortened += max(0, len(all)-MaxExemplarsOfSLI)
		if answer.Refused != nil && found.Refused == "" {
			found.Refused = answer.Refused.Error()
		}
		store.AddWarnings(answer.Warnings)
		r.Exemplars = append(r.Exemplars, all[:min(len(all), MaxExemplarsOfSLI)]...)
	}
	slices.SortStableFunc(r.Exemplars, byUrgency)
	if more := len(r.Exemplars) - MaxExemplars; more > 0 {
		found.Shortened += more
		r.Exemplars = r.Exemplars[:MaxExemplars]
	}
	found.Shown = len(r.Exemplars)
	found.Untraced = slices.ContainsFunc(r.Exemplars, func(e Exemplar) bool { return e.TraceID == "" })
	r.StoreNotices = store.Annotations(nil, nil)
	r.Notices.Merge(r.StoreNotices)
	r.Notices.Merge(found.Notices(options.TraceLabels))
	return r
}

// exemplarsOf returns the exemplars of an SLI in the answer to its question, in the order of their urgency and each once, and the
// number of those that were not asked for.
func exemplarsOf(p *plan.Plan, asked plan.Exemplars, answer series.Exemplars, options ExemplarOptions) (all []Exemplar, foreign int) {
	for _, e := range answer.Found {
		outcome, ok := asked.Question.Judge(e)
		if !ok {
			foreign++
		}
		if !ok || e.Time < p.Range.Start || e.Time > p.Range.End {
			continue
		}
		all = append(all, exemplarOf(p, asked, e, outcome, options.TraceLabels))
	}
	slices.SortStableFunc(all, byUrgency)
	return slices.CompactFunc(all, func(a, b Exemplar) bool {
		// A histogram that is both native and classic has them twice.
		return a.TraceID != "" && a.TraceID == b.TraceID && a.Time.Equal(b.Time) && a.Outcome == b.Outcome && sameNumber(a.Value, b.Value)
	}), foreign
}

// exemplarOf returns the exemplar that the store has of an SLI.
func exemplarOf(p *plan.Plan, asked plan.Exemplars, e series.Exemplar, outcome expand.Outcome, names []string) Exemplar {
	x := Exemplar{Flow: asked.Flow, SLI: asked.SLI, Cohort: map[string]string{}, Time: series.Time(e.Time), Value: e.Value, Outcome: outcome}
	switch {
	case asked.Question.IsDuration:
		x.IsDuration, x.Value = true, e.Value*asked.Question.Unit.InSeconds()
	case asked.SLI.Indicator.CountsEvents(): // What a counter was increased by.
		x.Value = math.NaN()
	}
	for i, d := range p.By {
		x.Cohort[d.Name] = e.Series.Get(asked.Labels[i])
	}
	for _, name := range p.FlowLabels {
		x.Cohort[name] = asked.Flow.Labels[name]
	}
	if i := slices.IndexFunc(names, e.Labels.Has); i >= 0 {
		x.TraceLabel, x.TraceID = names[i], e.Labels.Get(names[i])
	}
	both := labels.NewBuilder(e.Series)
	e.Labels.Range(func(l labels.Label) {
		if l.Name != x.TraceLabel {
			both.Set(l.Name, l.Value)
		}
	})
	x.Labels = both.Labels().Map()
	return x
}

// outcomes are in the order of their urgency.
var outcomes = []expand.Outcome{expand.Failed, expand.Slow, expand.Undecided, expand.Fine}

// byUrgency orders exemplars: failed ones first and then slow ones, of these the slowest first and of others the newest.
func byUrgency(a, b Exemplar) int {
	bySpeed := 0
	if a.Outcome == expand.Slow && !math.IsNaN(a.Value) && !math.IsNaN(b.Value) {
		bySpeed = cmp.Compare(b.Value, a.Value)
	}
	return cmp.Or(cmp.Compare(slices.Index(outcomes, a.Outcome), slices.Index(outcomes, b.Outcome)), bySpeed, b.Time.Compare(a.Time),
		cmp.Compare(a.TraceID, b.TraceID))
}

// sameNumber reports whether numbers are equal, or both NaN.
func sameNumber(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
