package expand

import (
	"maps"
	"math"
	"slices"
	"strconv"
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
	// Counts are the numbers of series by job and by their number of samples in a window of SpacingMeasurement: the largest one of
	// some windows side by side, so that holes do not matter, nor that a series was born.
	Counts [3]*Expr
}

// SpacingGrain is how far apart the instants are at which spacings are measured.
const SpacingGrain = 12 * time.Hour

// spacingWindows are the windows in which samples are counted, and the time that they cover side by side. Wider ones are for
// metrics with too few samples in narrower ones, or with none in the time that these cover.
var spacingWindows = [3]struct{ window, over time.Duration }{
	{10 * time.Minute, time.Hour}, {time.Hour, SpacingGrain}, {6 * time.Hour, SpacingGrain},
}

const (
	// enoughSamples is how many samples there have to be in a window so that their number tells usual spacings apart.
	enoughSamples = 10
	// samplesLabel is the label with the number of samples.
	samplesLabel = "samples"
)

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
		for i, w := range spacingWindows {
			question.Counts[i] = newExpr(samplesIn(selector, w.window, w.over))
		}
		questions = append(questions, question)
	}
	return questions
}

// samplesIn returns the expression for the numbers of series by job and by their largest number of samples in windows side by side.
func samplesIn(selector *parser.VectorSelector, window, over time.Duration) *parser.AggregateExpr {
	counted := call("max_over_time", &parser.SubqueryExpr{Expr: call("count_over_time", overWindow(selector, window)), Range: over, Step: window})
	return &parser.AggregateExpr{Op: parser.COUNT_VALUES, Param: &parser.StringLiteral{Val: samplesLabel}, Expr: counted, Grouping: []string{model.JobLabel}}
}

// SpacingMeasurement is what is known of a metric's spacing at some instants: by job, how many samples there are in a window.
type SpacingMeasurement []map[string]samplesWithin

// samplesWithin is a number of samples in a window.
type samplesWithin struct {
	window time.Duration
	n      int
}

// NewSpacingMeasurement returns the measurement at n instants of which nothing is known.
func NewSpacingMeasurement(n int) SpacingMeasurement {
	m := make(SpacingMeasurement, n)
	for i := range m {
		m[i] = map[string]samplesWithin{}
	}
	return m
}

// Add adds the answer to the expression SpacingQuestion.Counts[k], with a value an instant that is 0 where it was not asked. For
// each job the median over its series counts.
func (m SpacingMeasurement) Add(k int, answer []series.Series) {
	for i := range m {
		counts := map[string]map[int]float64{}
		for _, s := range answer {
			n, err := strconv.Atoi(s.Labels.Get(samplesLabel))
			if v := s.Values[i]; err == nil && v > 0 {
				job := s.Labels.Get(model.JobLabel)
				if counts[job] == nil {
					counts[job] = map[int]float64{}
				}
				counts[job][n] += v
			}
		}
		for job, often := range counts {
			found := samplesWithin{spacingWindows[k].window, median(often)}
			if known, ok := m[i][job]; !ok || found.most() < known.most() {
				m[i][job] = found
			}
		}
	}
}

// median returns the median of numbers, given how often there is each.
func median(often map[int]float64) int {
	all, below := 0.0, 0.0
	for _, times := range often {
		all += times
	}
	for _, n := range slices.Sorted(maps.Keys(often)) {
		if below += often[n]; below >= all/2 {
			return n
		}
	}
	return 0
}

// Needing returns the positions of the instants that need wider windows: where there are too few samples of a job, or none.
func (m SpacingMeasurement) Needing() []int {
	var needing []int
	for i, jobs := range m {
		few := len(jobs) == 0
		for _, found := range jobs {
			few = few || !found.isEnough()
		}
		if few {
			needing = append(needing, i)
		}
	}
	return needing
}

// Spacings returns the spacing at each instant. Of a job, instants with too few samples, as when its first ones were written, do
// not count where another one has enough.
func (m SpacingMeasurement) Spacings() []Spacing {
	enough := map[string]bool{}
	for _, jobs := range m {
		for job, found := range jobs {
			enough[job] = enough[job] || found.isEnough()
		}
	}
	spacings := make([]Spacing, len(m))
	for i, jobs := range m {
		spacings[i] = Spacing{}
		for job, found := range jobs {
			if found.isEnough() || !enough[job] && found.n > 1 {
				spacings[i][job] = found.spacing()
			}
		}
	}
	return spacings
}

// isEnough reports whether there are enough samples to tell usual spacings apart.
func (s samplesWithin) isEnough() bool { return s.n >= enoughSamples }

// usualSpacings are the scrape intervals that are usually configured, in seconds.
var usualSpacings = []float64{1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 45, 50, 60, 90, 120, 150, 180, 240, 300, 360, 480, 600, 900, 1200, 1800, 3600}

// spacing returns the largest usual spacing of which there may be n samples in the window, or else the largest one, in whole seconds:
// one that is too large loses no sample.
func (s samplesWithin) spacing() time.Duration {
	least, most := s.window.Seconds()/float64(s.n), s.most()
	for _, usual := range slices.Backward(usualSpacings) {
		if usual <= most && usual >= least {
			return time.Duration(usual) * time.Second
		}
	}
	return time.Duration(math.Ceil(most)) * time.Second
}

// most returns the largest spacing in seconds of which there may be n samples in the window: there are n-1 spaces between them.
func (s samplesWithin) most() float64 { return s.window.Seconds() / float64(s.n-1) }

// SpacingTimeline returns the timeline of the spacings that were found at some times, which ascend: between two of them the
// larger one holds, so that no increase is lost on either side of a change. Times without a spacing tell nothing.
func SpacingTimeline(times []int64, found []Spacing) Timeline[Spacing] {
	var timeline Timeline[Spacing]
	var before Spacing
	from := int64(math.MinInt64)
	add := func(value Spacing) {
		if n := len(timeline); n == 0 || !maps.Equal(timeline[n-1].Value, value) {
			timeline = append(timeline, Since[Spacing]{From: from, Value: value})
		}
	}
	for i, spacing := range found {
		if len(spacing) == 0 {
			continue
		}
		add(before.or(spacing))
		before, from = spacing, times[i]
	}
	if before != nil {
		add(before)
	}
	return timeline
}

// or returns the larger spacing of each job of either.
func (s Spacing) or(other Spacing) Spacing {
	both := maps.Clone(other)
	for job, spacing := range s {
		both[job] = max(both[job], spacing)
	}
	return both
}
