package expand

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// SpacingQuestion asks how far apart the samples of a metric are, of all of its series that a catalog selects.
type SpacingQuestion struct {
	// Metric is the key of the answer in Facts.Spacings.
	Metric string
	// Counts are the numbers of series by job and by their number of samples in a window, one expression for each window of a
	// SpacingMeasurement.
	Counts [3]*Expr
}

const (
	// SpacingGrain is how far apart the instants are at which samples are counted first, multiples of it since 1970, and the duration
	// within which an instant with enough samples of a job speaks for the others.
	SpacingGrain = 12 * time.Hour
	// SpacingStep is how far apart the instants are at which samples are counted between two of those that differ.
	SpacingStep = 3 * time.Hour
	// NewestSpacings is how many instants there are at the end of the time, of which the one with the most samples counts.
	NewestSpacings = 6
	// NewestSpacingStep is how far apart these are.
	NewestSpacingStep = 10 * time.Minute
	// enoughSamples is how many samples there have to be in a window so that their number tells usual spacings apart.
	enoughSamples = 10
	// samplesLabel is the label with the number of samples.
	samplesLabel = "samples"
)

// spacingWindows are the windows in which samples are counted. Wider ones are for metrics with too few samples in narrower ones. No
// subquery is used, since stores evaluate one at all of its steps between two instants too.
var spacingWindows = [3]time.Duration{10 * time.Minute, time.Hour, 6 * time.Hour}

// SpacingQuestions returns the questions about the metrics of indicators, one for each metric, in the order of their names.
func SpacingQuestions(indicators []*Indicator) []SpacingQuestion {
	selectors := map[string]*parser.VectorSelector{}
	for _, i := range indicators {
		for _, selector := range i.spaced {
			name := spacedMetric(selector)
			if known, ok := selectors[name]; ok {
				selector = common(known, selector)
			}
			selectors[name] = selector
		}
	}
	histograms := map[string]bool{}
	for _, i := range indicators {
		if i.isHistogram() {
			histograms[spacedMetric(i.spaced[0])] = true
		}
	}
	var questions []SpacingQuestion
	for _, name := range slices.Sorted(maps.Keys(selectors)) {
		selector := selectors[name]
		if histograms[name] {
			selector = anyHistogram(selector)
			selector.LabelMatchers = append(selector.LabelMatchers, &labels.Matcher{Type: labels.MatchRegexp, Name: model.BucketLabel, Value: `|\+Inf`})
		}
		question := SpacingQuestion{Metric: name}
		for k, window := range spacingWindows {
			question.Counts[k] = newExpr(samplesIn(selector, window))
		}
		questions = append(questions, question)
	}
	return questions
}

// samplesIn returns the expression for the numbers of series by job and by their number of samples in a window. It counts none at the
// very beginning of the window, which Prometheus 2 would and others would not, so that the same number says the same of all stores.
func samplesIn(selector *parser.VectorSelector, window time.Duration) *parser.AggregateExpr {
	counted := call("count_over_time", overWindow(selector, window-time.Millisecond))
	return &parser.AggregateExpr{Op: parser.COUNT_VALUES, Param: &parser.StringLiteral{Val: samplesLabel}, Expr: counted, Grouping: []string{model.JobLabel}}
}

// SpacingMeasurement is what is known of a metric's spacing: by job, the samples that were counted at instants.
type SpacingMeasurement struct {
	times []int64
	// counted has the window with the smallest spaces at each of the times, since others have holes, or the series were born in them.
	counted []map[string]samplesWithin
}

// NewSpacingMeasurement returns the measurement by samples at instants, which ascend, of which nothing is known. The last
// NewestSpacings of them are the newest ones.
func NewSpacingMeasurement(times []int64) SpacingMeasurement {
	return SpacingMeasurement{times: times, counted: make([]map[string]samplesWithin, len(times))}
}

// grainOf returns the end of the grain in which an instant lies.
func grainOf(at int64) int64 {
	grain := SpacingGrain.Milliseconds()
	return series.Floor(at-1, grain) + grain
}

// Add adds the answer to the expression SpacingQuestion.Counts[k], with a value an instant that is 0 where it was not asked. For
// each job the median over its series counts.
func (m SpacingMeasurement) Add(k int, answer []series.Series) {
	for job, often := range frequencies(answer) {
		for i, jobs := range m.counted {
			n, ok := median(often, i)
			if !ok {
				continue
			}
			if jobs == nil {
				jobs = map[string]samplesWithin{}
				m.counted[i] = jobs
			}
			found := samplesWithin{spacingWindows[k], n}
			known, ok := jobs[job]
			if !ok && k > 0 {
				known.window = spacingWindows[k-1] // It was asked, and had no samples.
			}
			if k == 0 || found.agrees(known) && (!ok || found.most() < known.most()) {
				jobs[job] = found
			}
		}
	}
}

// First returns the positions of the instants at which samples are counted first: those at the ends of grains, and the newest ones.
func (m SpacingMeasurement) First() []int {
	var first []int
	for i, at := range m.times {
		if at == grainOf(at) || i >= len(m.times)-NewestSpacings {
			first = append(first, i)
		}
	}
	return first
}

// Between returns the positions of the instants between two whose spacings differ, so that it is known when they changed, and of those
// before the first one at which any is known.
func (m SpacingMeasurement) Between() []int {
	times, found := m.spacings()
	if len(found) == 0 { // Whatever samples there are lie between.
		return m.within(math.MinInt64, math.MaxInt64)
	}
	grain := SpacingGrain.Milliseconds()
	between := m.within(grainOf(times[0])-grain, times[0])
	for i := range found[1:] {
		if !maps.Equal(found[i], found[i+1]) {
			between = append(between, m.within(times[i], times[i+1])...)
		}
	}
	return between
}

// within returns the positions of the instants after a time and before another at which samples are not counted first.
func (m SpacingMeasurement) within(from, to int64) []int {
	var positions []int
	for i, at := range m.times[:max(0, len(m.times)-NewestSpacings)] {
		if at > from && at < to && at != grainOf(at) {
			positions = append(positions, i)
		}
	}
	return positions
}

// Needing returns those of the positions of instants that need wider windows: those without enough samples of some job that has any
// at some instant, or of all. That another instant has enough says nothing of this one, at which the job may be scraped less often.
func (m SpacingMeasurement) Needing(positions []int) []int {
	known := map[string]bool{}
	for _, jobs := range m.counted {
		for job := range jobs {
			known[job] = true
		}
	}
	var needing []int
	for _, i := range positions {
		isShort := len(known) == 0
		for job := range known {
			isShort = isShort || !m.counted[i][job].isEnough()
		}
		if isShort {
			needing = append(needing, i)
		}
	}
	return needing
}

// Birth is a job whose samples at the first instant at which it was found are further apart than at the next one, where at those before
// it there were none: its series may have been born in the window in which they were counted.
type Birth struct {
	Job string
	// K is the window's position in SpacingQuestion.Counts, and Before the time at which it begins, in milliseconds.
	K      int
	Before int64
	at     int
}

// Births returns those that are to be confirmed or forgotten.
func (m SpacingMeasurement) Births() []Birth {
	times, found := m.spacings()
	if len(found) < 2 || times[0] == m.times[0] {
		return nil
	}
	var births []Birth
	at := slices.Index(m.times, times[0])
	for _, job := range slices.Sorted(maps.Keys(found[0])) {
		if next, ok := found[1][job]; ok && next < found[0][job] {
			window := m.counted[at][job].window
			births = append(births, Birth{Job: job, K: slices.Index(spacingWindows[:], window), Before: times[0] - window.Milliseconds(), at: at})
		}
	}
	return births
}

// Settle forgets a birth's samples unless the job had some before, given the answer to the expression SpacingQuestion.Counts[K] at
// Before.
func (m SpacingMeasurement) Settle(b Birth, answer []series.Series) {
	wasThere := slices.ContainsFunc(answer, func(s series.Series) bool { return s.Labels.Get(model.JobLabel) == b.Job && s.Values[0] > 0 })
	if !wasThere {
		delete(m.counted[b.at], b.Job)
	}
}

// Timeline returns the spacings over time: between two instants the larger one holds, so that no increase is lost on either side of a
// change. Of a job, instants with too few samples, as when its first ones were written, do not count where another one has
// enough, and one with fewer samples than both of its neighbours has a hole.
func (m SpacingMeasurement) Timeline() Timeline[Spacing] {
	times, found := m.spacings()
	var timeline Timeline[Spacing]
	for i, spacing := range found {
		value, from := spacing, int64(math.MinInt64)
		if i > 0 {
			value, from = spacing.or(found[i-1]), times[i-1]
		}
		timeline = timeline.with(from, value)
	}
	if n := len(found); n > 0 {
		timeline = timeline.with(times[n-1], found[n-1])
	}
	return timeline
}

// spacings returns the spacings at the instants at which any is known, the newest ones taken together.
func (m SpacingMeasurement) spacings() (times []int64, found []Spacing) {
	enough := map[string]bool{}
	for _, jobs := range m.counted {
		for job, found := range jobs {
			enough[job] = enough[job] || found.isEnough()
		}
	}
	newest := max(0, len(m.times)-NewestSpacings)
	var spacing Spacing
	for i, jobs := range m.counted {
		if i == 0 || !maps.Equal(jobs, m.counted[i-1]) { // Most of the time nothing changes, and one map does.
			spacing = spacingOf(jobs, enough)
		}
		switch last := len(found) - 1; {
		case len(spacing) == 0:
		case i > newest && last >= 0 && times[last] >= m.times[newest]:
			times[last], found[last] = m.times[i], found[last].nearer(spacing)
		default:
			times, found = append(times, m.times[i]), append(found, spacing)
		}
	}
	return times, smoothed(found)
}

// spacingOf returns the spacings of the jobs of which there are enough samples, or some where there are enough at no instant.
func spacingOf(jobs map[string]samplesWithin, enough map[string]bool) Spacing {
	spacing := make(Spacing, len(jobs))
	for job, samples := range jobs {
		if samples.isEnough() || !enough[job] && samples.n > 1 {
			spacing[job] = samples.spacing()
		}
	}
	return spacing
}

// smoothed returns spacings without holes of one instant: of a job the smaller one counts of what was found there and of the larger
// one of both neighbours, which counts too where nothing was found between two that know the job.
func smoothed(found []Spacing) []Spacing {
	all := slices.Clone(found)
	for i := 1; i+1 < len(found); i++ {
		before, after := found[i-1], found[i+1]
		if maps.Equal(before, found[i]) && maps.Equal(found[i], after) {
			continue
		}
		around := before.or(after)
		all[i] = maps.Clone(found[i])
		for job, spacing := range around {
			known, ok := found[i][job]
			_, isBefore := before[job]
			_, isAfter := after[job]
			if ok && spacing < known || !ok && isBefore && isAfter {
				all[i][job] = spacing
			}
		}
	}
	return all
}

// nearer returns the smaller spacing of each job, or that of either.
func (s Spacing) nearer(other Spacing) Spacing {
	if maps.Equal(s, other) {
		return s
	}
	both := maps.Clone(other)
	for job, spacing := range s {
		if known, ok := both[job]; !ok || spacing < known {
			both[job] = spacing
		}
	}
	return both
}

// or returns the larger spacing of each job of either.
func (s Spacing) or(other Spacing) Spacing {
	if maps.Equal(s, other) {
		return s
	}
	both := maps.Clone(other)
	for job, spacing := range s {
		both[job] = max(both[job], spacing)
	}
	return both
}
