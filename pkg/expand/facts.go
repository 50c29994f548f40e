package expand

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Facts are what was found out about the series of a store. Each fact holds for a time.
type Facts struct {
	// Histograms are the kinds and bucket edges of histograms.
	Histograms map[HistogramSelector]Timeline[Histogram]
	// Spacings are how far apart the samples of metrics are, by SpacingQuestion.Metric.
	Spacings map[string]Timeline[Spacing]
	// Uncounted has the metrics whose samples the store refused to count, so that their spacings are not known.
	Uncounted map[string]bool
	// Recorded are the labels of the series of recorded shares, by RecordedQuestion.Share.
	Recorded map[string]RecordedLabels
	// Partial reports whether the store warned that any of what it answered may be incomplete.
	Partial bool
}

// Spacing is how far apart the consecutive samples of series are, by the value of their label job, which is "" for series
// without one. It is empty where no series are known.
type Spacing map[string]time.Duration

// widest returns the spacing of the jobs that matchers select: that of the one with the fewest samples; 0 where none is known.
func (s Spacing) widest(matchers []*labels.Matcher) time.Duration {
	widest, narrowest := time.Duration(0), time.Duration(math.MaxInt64)
	for _, spacing := range s {
		widest, narrowest = max(widest, spacing), min(narrowest, spacing)
	}
	if widest <= narrowest { // All of them are alike, as they are nearly always.
		return widest
	}
	ofJob := slices.DeleteFunc(slices.Clone(matchers), func(m *labels.Matcher) bool { return m.Name != model.JobLabel })
	for i := range ofJob {
		ofJob[i] = compiled(ofJob[i])
	}
	selected := time.Duration(0)
	for job, spacing := range s {
		if !slices.ContainsFunc(ofJob, func(m *labels.Matcher) bool { return !m.Matches(job) }) {
			selected = max(selected, spacing)
		}
	}
	return cmp.Or(selected, widest)
}

// Period is the time for which facts are asked, in Unix milliseconds: after From, up to To. The zero one stands for all times.
type Period struct{ From, To int64 }

// In returns the instants of a range that lie in the period.
func (p Period) In(r series.Range) series.Range {
	if p == (Period{}) {
		return r
	}
	if r.IsInstant() {
		if r.Start <= p.From || r.Start > p.To {
			return series.Range{Start: 1}
		}
		return r
	}
	if r.Start <= p.From {
		r.Start += ((p.From-r.Start)/r.Step + 1) * r.Step
	}
	r.End = min(r.End, p.To)
	return r
}

// Stretches divides a period at whose instants an indicator is expanded into stretches within which Config.Facts say the same,
// given how far back expressions look. Those before and after a change look back on both sides of it for a while.
func (i *Indicator) Stretches(cfg Config, over Period, reach time.Duration) []Period {
	changes := cfg.Facts.Histograms[i.histogram].changes(nil, over.From-reach.Milliseconds(), over.To)
	if cfg.Sampling != nil && cfg.Sampling.Stated == 0 {
		for _, metric := range i.Spaced() {
			changes = cfg.Facts.Spacings[metric].changes(changes, over.From-reach.Milliseconds(), over.To)
		}
	}
	ends := []int64{over.To}
	for _, change := range changes {
		for _, end := range []int64{change - 1, change - 1 + reach.Milliseconds()} {
			if end > over.From && end < over.To {
				ends = append(ends, end)
			}
		}
	}
	slices.Sort(ends)
	var stretches []Period
	from := over.From
	for _, end := range slices.Compact(ends) {
		stretches = append(stretches, Period{From: from, To: end})
		from = end
	}
	return stretches
}

// histogram returns what is known of a histogram within a period. Edges that some series lack at some time of it are partial.
func (f Facts) histogram(selector HistogramSelector, within Period) Histogram {
	all := f.Histograms[selector].Over(within.From, within.To)
	if len(all) == 1 {
		return all[0]
	}
	var both Histogram
	edges := map[float64]Edge{}
	classic := 0
	counts := map[float64]int{}
	for _, h := range all {
		both.Native, both.Classic = both.Native || h.Native, both.Classic || h.Classic
		if h.Classic {
			classic++
		}
		both.Ranges = append(both.Ranges, h.Ranges...)
		for _, edge := range h.Edges {
			edges[edge.Bound] = edge.with(edges[edge.Bound])
			counts[edge.Bound]++
		}
	}
	slices.Sort(both.Ranges)
	both.Ranges = slices.Compact(both.Ranges)
	for _, bound := range slices.Sorted(maps.Keys(edges)) {
		edge := edges[bound]
		edge.Partial = edge.Partial || counts[bound] < classic
		both.Edges = append(both.Edges, edge)
	}
	return both
}

// with returns the edge with the spellings of another one of the same bound, partial where either is.
func (e Edge) with(other Edge) Edge {
	spellings := slices.Concat(e.Spellings, other.Spellings)
	slices.Sort(spellings)
	return Edge{Bound: e.Bound, Spellings: slices.Compact(spellings), Partial: e.Partial || other.Partial}
}

// spacing returns how far apart the samples of a selector are within a period: the largest spacing that there is; 0 where none
// is known.
func (f Facts) spacing(selector *parser.VectorSelector, within Period) time.Duration {
	widest := time.Duration(0)
	for _, spacing := range f.Spacings[spacedMetric(selector)].Over(within.From, within.To) {
		widest = max(widest, spacing.widest(selector.LabelMatchers))
	}
	return widest
}

// spacedMetric returns the name by which facts about the spacing of a selector's samples are known: that of its metric, or else
// the selector itself.
func spacedMetric(selector *parser.VectorSelector) string {
	if name := metricName(selector); name != "" {
		return name
	}
	return textOf(&parser.VectorSelector{LabelMatchers: selector.LabelMatchers})
}
