package budget

import (
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// spanAt returns the span of a window at an instant, in Unix milliseconds.
type spanAt func(at int64) cer.Span

// rolling returns the spans of a window that ends at each instant.
func rolling(m score.Member, window time.Duration) spanAt {
	n := int(window / catalogOf(m).Budget.Slice)
	return func(int64) cer.Span { return cer.Span{Elapsed: n, Whole: n} }
}

// ofBudget returns the spans of the period of a member's error budget.
func ofBudget(m score.Member) spanAt {
	budget := catalogOf(m).Budget
	if budget.Calendar == nil {
		return rolling(m, budget.Window)
	}
	var start, end time.Time
	return func(at int64) cer.Span {
		t := series.Time(at)
		if t.Before(start) || !t.Before(end) {
			start, end = budget.Calendar.Around(t)
		}
		return budget.SpanWithin(start, end, t)
	}
}

// windowOf returns the window that the query of a member is about, and its spans.
func windowOf(m score.Member) (time.Duration, spanAt) {
	p := m.Tree.Dataset.Plan
	switch {
	case p.Query.Long > 0:
		return p.Query.Long, rolling(m, p.Query.Long)
	case p.Query.Measure == query.Burn:
		window, _ := p.Query.BurnWindowOf(p.Catalog.Budget.Slice) // A plan was built, so that the window is one.
		return window, rolling(m, window)
	default:
		return p.Catalog.Budget.Window, ofBudget(m)
	}
}

// ofPeriod returns what a member has lost of the period of its error budget: of all its time, also that to come, or of its
// events so far.
func ofPeriod(m score.Member, sum cer.TimeSlice, s cer.Span) cer.TimeSlice {
	if catalogOf(m).Budget.Calendar == nil || losesEvents(m) {
		return sum
	}
	return sum.Of(s.Whole)
}
