package eval

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
	"github.com/cer-reliability/cer-datasource/pkg/eval/state"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// outline returns what a summary says of a tree by its first and its last instant.
func outline(t *score.Tree) annotate.Outline {
	first, last := 0, t.Len()-1
	catalog, then, now := t.Dataset.Plan.Catalog, t.Overall(first), t.Overall(last)
	return annotate.Outline{
		From: t.Range.Time(first), To: t.Range.Time(last),
		Whole: annotate.Course{Name: "cer " + catalog.Name, Cohort: t.Labels(), Objective: catalog.Objective,
			Then: then.Score, Now: now.Score, IsIdle: now.Reason == cer.ReasonIdle},
		Flows: t.FlowCourses(first, last), Changes: t.LargestChanges(first, last, annotate.Notable, annotate.MaxNamed),
		Coverage: now.Coverage, Missing: t.MissingSLIs(last),
	}
}

// Course is what became of the score of a member within the range of the query.
type Course struct {
	Member Member
	state.Course
}

// Between are the answers on what happened between the two instants of a summary. One that the catalog states nothing for is nil.
type Between struct {
	// Whole and Flows have the incidents, and the courses of scores, at the levels overall and flow.
	Whole, Flows *Result
	// IsCut says that one of them is nil since it would have been too large.
	IsCut bool
	// Money is the revenue an hour at risk of each flow over time.
	Money *Result
	// From and To are the range. Recent says that it ends now.
	From, To time.Time
	Recent   bool
}

// Summarize writes the summaries of a result anew, by what happened between its instants.
func (r *Result) Summarize(b Between) {
	for i := range r.Outlines {
		o, cohort := r.Outlines[i], r.Members[i].Cohort
		o.Flows = slices.Clone(o.Flows)
		for k := range o.Flows {
			o.Flows[k].Within = b.within(b.Flows, o.Flows[k].Flow, cohort)
		}
		o.Whole.Within = b.within(b.Whole, "", cohort)
		r.Summaries[i] = o.Sentences(b.To.Sub(b.From), b.Recent)
	}
}

// within returns what happened to a flow, or to the whole where its name is "", by an answer at that level; nil where that is not known.
func (b Between) within(answer *Result, flow string, cohort map[string]string) *annotate.Within {
	if answer == nil {
		return b.cut(flow, cohort)
	}
	is := func(m Member) bool {
		return maps.Equal(m.Cohort, cohort) && (m.Flow == nil || m.Flow.Name == flow)
	}
	i := slices.IndexFunc(answer.Courses, func(c Course) bool { return is(c.Member) })
	if i < 0 {
		return nil
	}
	c := answer.Courses[i]
	w := &annotate.Within{Under: time.Duration(c.Under) * cer.Grid, Uncounted: time.Duration(c.Uncounted) * cer.Grid, Lowest: c.Lowest, LowestAt: c.LowestAt}
	if len(c.SLIs) > 0 {
		w.Mainly = c.SLIs[0].Name
	}
	w.Incidents, w.Attention = b.incidents(answer, is)
	if flow == "" && b.Flows != nil { // Those of the whole are mostly those of its flows.
		if n, attention := b.ofFlows(cohort); n > 0 {
			w.Incidents, w.Attention = n, max(attention, w.Attention)
		}
	}
	w.AtRisk = b.atRisk(flow, cohort)
	return w
}

// cut returns what is known of a flow, or of the whole where its name is "", without an answer at that level: of the whole at most the
// incidents of its flows. It is nil where no answer is missing since it would have been too large.
func (b Between) cut(flow string, cohort map[string]string) *annotate.Within {
	if !b.IsCut {
		return nil
	}
	w := &annotate.Within{Counted: annotate.NothingCounted, AtRisk: b.atRisk(flow, cohort)}
	if flow == "" && b.Flows != nil {
		w.Counted = annotate.IncidentsCounted
		w.Incidents, w.Attention = b.ofFlows(cohort)
	}
	return w
}

// ofFlows returns how many incidents the flows had in a cohort, and for how much of the range at least one of them lasted.
func (b Between) ofFlows(cohort map[string]string) (n int, attention time.Duration) {
	return b.incidents(b.Flows, func(m Member) bool { return maps.Equal(m.Cohort, cohort) })
}

// incidents returns how many incidents there were of some members, and for how much of the range at least one of them lasted.
func (b Between) incidents(answer *Result, of func(Member) bool) (n int, attention time.Duration) {
	until := b.From
	for _, i := range answer.Incidents { // In the order of their onsets.
		if !of(i.Member) {
			continue
		}
		n++
		from, to := i.Onset, i.End
		if from.Before(until) {
			from = until
		}
		if to.After(b.To) {
			to = b.To
		}
		if to.After(from) {
			attention += to.Sub(from)
			until = to
		}
	}
	return n, attention
}

// atRisk returns the revenue at risk of a flow, or of all flows, over the range. Each number is about the step before it, so the first
// one is left out.
func (b Between) atRisk(flow string, cohort map[string]string) map[string]float64 {
	if b.Money == nil {
		return nil
	}
	hours := float64(b.Money.Plan.Range.Step) / float64(time.Hour.Milliseconds())
	sums := map[string]float64{}
	for _, m := range b.Money.Members {
		if flow != "" && m.Flow.Name != flow || !maps.Equal(m.Cohort, cohort) {
			continue
		}
		column := m.Columns[query.RevenueAtRisk]
		for _, perHour := range column[min(1, len(column)):] {
			if !math.IsNaN(perHour) {
				sums[m.Currency] += perHour * hours
			}
		}
	}
	return sums
}
