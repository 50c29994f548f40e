package plan

import (
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Questions are what has to be known of a store to plan a query, each once.
type Questions struct {
	Histograms []expand.HistogramSelector
	Spacings   []expand.SpacingQuestion
	Recorded   []expand.RecordedQuestion
}

// QuestionsOf returns the questions that Build needs facts about for a query.
func QuestionsOf(q query.Query, c *catalog.Catalog) (Questions, error) {
	s, err := newScope(q, c)
	if err != nil {
		return Questions{}, err
	}
	list := questionList{catalog: c, histograms: map[expand.HistogramSelector]bool{}, spacings: map[string]bool{}, recorded: map[string]bool{}}
	for i := range c.Flows {
		f := &c.Flows[i]
		for _, sli := range s.needed(f) {
			own, fallback := c.IndicatorsOf(sli)
			list.add(sli, own)
			list.add(sli, fallback)
		}
		if f.Dynamic != nil && s.needsFlow(f) && s.needsWeights() {
			list.add(nil, c.WeightIndicator(f))
		}
	}
	return list.Questions, nil
}

// questionList is questions without repetitions.
type questionList struct {
	Questions
	catalog    *catalog.Catalog
	histograms map[expand.HistogramSelector]bool
	spacings   map[string]bool
	recorded   map[string]bool
}

// add adds the questions about an indicator, which may be nil. No spacing is asked for that is stated for its SLI or the catalog.
func (l *questionList) add(sli *cer.SLI, indicator *expand.Indicator) {
	if indicator == nil {
		return
	}
	if selector, ok := indicator.Histogram(); ok && !l.histograms[selector] {
		l.histograms[selector] = true
		l.Histograms = append(l.Histograms, selector)
	}
	if sli != nil {
		if question, ok := indicator.RecordedQuestion(l.catalog.WindowOf(sli)); ok && !l.recorded[question.Share] {
			l.recorded[question.Share] = true
			l.Recorded = append(l.Recorded, question)
		}
	}
	if l.catalog.ScrapeIntervalOf(sli) > 0 {
		return
	}
	for _, metric := range indicator.Spaced() {
		if question, ok := l.catalog.SpacingQuestion(metric); ok && !l.spacings[metric] {
			l.spacings[metric] = true
			l.Spacings = append(l.Spacings, question)
		}
	}
}

// Reach returns how far before its range a query may look back, so that facts are known for then.
func Reach(q query.Query, c *catalog.Catalog) time.Duration {
	if q = q.WithLong(query.MaxBurnWindow, c.Budget.Slice); q.Long > 0 || !q.IsOfSlices() { // $__range may be as long as any.
		return max(query.MaxWindow, q.Long)
	}
	if !q.Measure.IsOfPolicies() {
		if windows, err := sliceWindowsOf(q, c); err == nil {
			if windows.calendar { // A month may be a day longer than its nominal length.
				windows.coarse = max(windows.coarse, c.Budget.Window+24*time.Hour)
			}
			return query.MaxWindow + max(windows.fine, windows.coarse)
		}
	}
	return query.MaxWindow + c.Budget.Window + 2*c.Budget.Lookback
}

// LooksBack returns how far the expressions of a query look back from an instant, in whole hours up to query.MaxWindow: over the
// longest window of an SLI, or over a time slice and what rates reach back before it.
func LooksBack(q query.Query, c *catalog.Catalog, times Times) time.Duration {
	longest := c.Budget.Slice + maxReachBefore
	at := lookback{query: q, times: times}
	if q.IsOfSlices() { // Their windows are those of losses, and no SLI looks back over them.
		at.slice = c.Budget.Slice
	}
	for i := range c.Flows {
		for j := range c.Flows[i].SLIs {
			sli := &c.Flows[i].SLIs[j]
			if window, err := at.window(c.WindowOf(sli)); err == nil { // Another one is refused when the plan is built.
				longest = max(longest, window, c.WindowOf(sli)+sli.MaxDelay)
			}
		}
	}
	return min(query.MaxWindow, (longest + time.Hour - 1).Truncate(time.Hour))
}
