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
	// Frequent and Rare are the number of series by job and by their number of samples within a window. Frequent has the largest
	// number within some short windows, so that a hole in one, or a series that was born in it, does not matter. Rare has a long
	// window, for metrics with so few samples that Frequent does not tell, and leaves out series that were born or ended within.
	Frequent, Rare *Expr
}

const (
	frequentWindow = 10 * time.Minute
	// frequentWindows is how many short windows there are.
	frequentWindows = 3
	rareWindow      = 2 * time.Hour
	// leastSamples is how many samples there have to be in a window so that their number tells their spacing.
	leastSamples = 10
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
		questions = append(questions, SpacingQuestion{Metric: name, Frequent: newExpr(frequentSamples(selector)), Rare: newExpr(rareSamples(selector))})
	}
	return questions
}

// frequentSamples returns the expression Frequent for a selector.
func frequentSamples(selector *parser.VectorSelector) *parser.AggregateExpr {
	counted := call("count_over_time", overWindow(selector, frequentWindow))
	return samples(call("max_over_time", &parser.SubqueryExpr{Expr: counted, Range: frequentWindows * frequentWindow, Step: frequentWindow}))
}

// rareSamples returns the expression Rare for a selector.
func rareSamples(selector *parser.VectorSelector) *parser.AggregateExpr {
	const quarter = rareWindow / 4
	count := func(selector *parser.VectorSelector, window time.Duration) parser.Expr {
		return call("count_over_time", overWindow(selector, window))
	}
	return samples(count(selector, rareWindow), count(before(selector, rareWindow-quarter), quarter), count(selector, quarter))
}

// samples returns the number of series by job and by their number of samples, of those that some expressions have too.
func samples(counted parser.Expr, present ...parser.Expr) *parser.AggregateExpr {
	for _, other := range present {
		counted = &parser.BinaryExpr{Op: parser.LAND, LHS: counted, RHS: other, VectorMatching: &parser.VectorMatching{Card: parser.CardManyToMany}}
	}
	return &parser.AggregateExpr{Op: parser.COUNT_VALUES, Param: &parser.StringLiteral{Val: samplesLabel}, Expr: counted, Grouping: []string{model.JobLabel}}
}

// before returns a selector with an offset.
func before(selector *parser.VectorSelector, offset time.Duration) *parser.VectorSelector {
	earlier := cloneSelector(selector)
	earlier.OriginalOffset = offset
	return earlier
}

// FrequentSpacings returns the spacing at each instant, given the answer to Frequent at n instants. It reports whether Rare has
// to be asked, since there are too few samples at some instant.
func FrequentSpacings(answer []series.Series, n int) (found []Spacing, few bool) {
	found = spacings(answer, n, frequentWindow)
	for _, at := range found {
		few = few || len(at) == 0
		for _, spacing := range at {
			few = few || spacing > frequentWindow/leastSamples
		}
	}
	return found, few
}

// WithRareSpacings returns the spacing at each instant, given that by Frequent and the answer to Rare: the latter for jobs of
// which the former does not tell.
func WithRareSpacings(frequent []Spacing, answer []series.Series) []Spacing {
	all := spacings(answer, len(frequent), rareWindow)
	for i := range all {
		for job, spacing := range frequent[i] {
			if _, told := all[i][job]; !told || spacing <= frequentWindow/leastSamples {
				if all[i] == nil {
					all[i] = Spacing{}
				}
				all[i][job] = spacing
			}
		}
	}
	return all
}

// spacings returns the spacing at each of n instants, given the numbers of series by job and number of samples.
func spacings(answer []series.Series, n int, window time.Duration) []Spacing {
	found := make([]Spacing, n)
	for i := range found {
		byJob := map[string]map[int]float64{}
		for _, s := range answer {
			count, err := strconv.ParseFloat(s.Labels.Get(samplesLabel), 64)
			if v := s.Values[i]; err == nil && v > 0 {
				job := s.Labels.Get(model.JobLabel)
				if byJob[job] == nil {
					byJob[job] = map[int]float64{}
				}
				byJob[job][int(count)] += v
			}
		}
		for job, counts := range byJob {
			if spacing := spacingOf(counts, window); spacing > 0 {
				if found[i] == nil {
					found[i] = Spacing{}
				}
				found[i][job] = spacing
			}
		}
	}
	return found
}

// spacingOf returns the spacing of a job's samples, given the numbers of series by their number of samples within a window: the
// median over those with a usual spacing where there are any, since the others have holes. 0 stands for one that is not
// known.
func spacingOf(counts map[int]float64, window time.Duration) time.Duration {
	usual := maps.Clone(counts)
	maps.DeleteFunc(usual, func(n int, _ float64) bool { _, is := usualSpacing(window, n); return !is })
	if len(usual) > 0 {
		counts = usual
	}
	all, below := 0.0, 0.0
	for _, series := range counts {
		all += series
	}
	for _, n := range slices.Sorted(maps.Keys(counts)) {
		if below += counts[n]; below >= all/2 {
			spacing, _ := usualSpacing(window, n)
			return spacing
		}
	}
	return 0
}

// usualSpacings are those that are configured, in seconds.
var usualSpacings = []float64{1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 45, 50, 60, 75, 90, 100, 120, 150, 180, 200, 240, 300,
	360, 420, 480, 600, 720, 900, 1200, 1800, 3600}

// usualSpacing returns the spacing of n samples within a window: more than window/(n+1), and less than window/(n-1). It returns the
// usual spacing between these that is nearest to window/n, or else the upper one, in whole seconds, since too wide a range
// loses nothing, and reports whether it is a usual one. With one sample it is 0, for not known.
func usualSpacing(window time.Duration, n int) (spacing time.Duration, usual bool) {
	if n < 2 {
		return 0, false
	}
	seconds := window.Seconds()
	least, most, mean := seconds/float64(n+1), seconds/float64(n-1), seconds/float64(n)
	nearest := math.Inf(1)
	for _, usual := range usualSpacings {
		if usual >= least && usual <= most && math.Abs(usual-mean) <= math.Abs(nearest-mean) {
			nearest = usual
		}
	}
	if math.IsInf(nearest, 1) {
		return time.Duration(math.Ceil(most)) * time.Second, false
	}
	return time.Duration(nearest) * time.Second, true
}

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
