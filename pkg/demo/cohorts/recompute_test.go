package cohorts

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// view is whose numbers are recomputed: a cohort by dimension, "" where series do not tell, and which cohorts the query
// keeps by dimension.
type view struct {
	by    map[string]string
	where map[string]string
}

// with returns the view of a cohort within.
func (v view) with(dimension, value string) view {
	by := map[string]string{dimension: value}
	for d, of := range v.by {
		by[d] = of
	}
	return view{by, v.where}
}

// metricOf is the metric that an aggregation such as sum(x) is of.
func metricOf(promQL string) string {
	return strings.TrimSuffix(promQL[strings.Index(promQL, "(")+1:], ")")
}

// labelled is what a series says of a dimension.
func labelled(s raw, dimension string) string {
	if dimension == "region" {
		return s.region
	}
	return s.tier
}

// tells reports whether the series of an SLI, or of what is none, tell a dimension.
func tells(sli *cer.SLI, dimension string) bool {
	return sli == nil || sli.Labels[dimension] != cer.NoLabel
}

// groups returns the points at a minute of the series that speak for a view, by how exactly they do: those that tell
// all of its dimensions first.
func (w *world) groups(promQL string, sli *cer.SLI, v view, i int) [][]float64 {
	var told []string
	for _, d := range []string{"region", "tier"} {
		if v.by[d] != "" && tells(sli, d) {
			told = append(told, d)
		}
	}
	var keys []map[string]string
	switch len(told) {
	case 2:
		keys = []map[string]string{{"region": v.by["region"], "tier": v.by["tier"]}, {"region": v.by["region"]}, {"tier": v.by["tier"]}, {}}
	case 1:
		keys = []map[string]string{{told[0]: v.by[told[0]]}, {}}
	default:
		keys = []map[string]string{{}}
	}
	var groups [][]float64
	for _, key := range keys {
		var points []float64
		for _, s := range w.metrics[metricOf(promQL)] {
			if w.matches(s, sli, v, key) && !math.IsNaN(s.points[i]) {
				points = append(points, s.points[i])
			}
		}
		groups = append(groups, points)
	}
	return groups
}

// matches reports whether a series is kept by the filters and is of just a group.
func (w *world) matches(s raw, sli *cer.SLI, v view, key map[string]string) bool {
	for _, d := range []string{"region", "tier"} {
		if !tells(sli, d) {
			continue
		}
		of := labelled(s, d)
		if kept := v.where[d]; kept != "" && of != "" && of != kept {
			return false
		}
		if _, split := v.by[d]; split && of != key[d] {
			return false
		}
	}
	return true
}

func total(points []float64) float64 {
	sum := 0.0
	for _, p := range points {
		sum += p
	}
	return sum
}

// read recomputes an SLI at a minute: its score, NaN where it takes no part; whether it is covered, and its traffic.
func (w *world) read(sli *cer.SLI, v view, i int) (score float64, covered bool, traffic float64) {
	value, traffic, there := w.measured(sli.Indicator, sli, v, i)
	if there {
		return min(1, max(0, value)), true, traffic
	}
	if sli.Fallback != nil {
		if value, _, there := w.measured(sli.Fallback.Indicator, sli, v, i); there {
			return sli.Fallback.Curve.Score(value), true, math.NaN()
		}
	}
	switch sli.Missing {
	case cer.Good:
		return 1, false, math.NaN()
	case cer.Bad:
		return 0, true, math.NaN()
	case cer.Hold:
		for past := i - 1; past >= 0 && time.Duration(i-past)*time.Minute < sli.MaxDelay; past-- {
			plain := *sli
			plain.Missing = cer.Ignore
			if score, covered, _ := w.read(&plain, v, past); covered {
				return score, true, math.NaN()
			}
		}
	}
	return math.NaN(), false, math.NaN()
}

// measured recomputes the value of an indicator at a minute, and whether there is one.
func (w *world) measured(indicator cer.Indicator, sli *cer.SLI, v view, i int) (value, traffic float64, there bool) {
	switch of := indicator.(type) {
	case cer.Value:
		for _, points := range w.groups(of.PromQL, sli, v, i) {
			if len(points) > 0 {
				return slices.Max(points), math.NaN(), true
			}
		}
	case cer.Ratio:
		good := w.groups(of.Good, sli, v, i)
		for k, all := range w.groups(of.Total, sli, v, i) {
			if len(all) == 0 {
				continue
			}
			if len(good[k]) == 0 && !of.AbsentZero {
				return 0, 0, false
			}
			return total(good[k]) / total(all), total(all), true
		}
	}
	return 0, 0, false
}

// verdict is a score with its coverage; unknown says that a lack of telemetry is why there is no score.
type verdict struct {
	score, coverage float64
	unknown         bool
}

// judge recomputes a flow for a view at a minute: by tier where that is weighted and the view leaves it open.
func (w *world) judge(f *cer.Flow, v view, i int) verdict {
	weights := w.catalog.Dimensions[1].Weights
	_, split := v.by["tier"]
	if weights == nil || split || v.where["tier"] != "" {
		return w.judgeOne(f, v, i)
	}
	var tiers []verdict
	var of []float64
	for tier, weight := range weights {
		if weight > 0 {
			tiers, of = append(tiers, w.judgeOne(f, v.with("tier", tier), i)), append(of, weight)
		}
	}
	return w.combine(tiers, of, cer.Mean)
}

// judgeOne recomputes a flow for the users of a view.
func (w *world) judgeOne(f *cer.Flow, v view, i int) verdict {
	var scores, of []float64
	limit, broken, all, known := 1.0, false, 0.0, 0.0
	for k := range f.SLIs {
		sli := &f.SLIs[k]
		score, covered, _ := w.read(sli, v, i)
		all += sli.Weight
		if covered {
			known += sli.Weight
		}
		if !math.IsNaN(score) {
			scores, of = append(scores, score), append(of, sli.Weight)
		}
		if sli.Key && !math.IsNaN(score) {
			limit = min(limit, score)
		}
		broken = broken || sli.Key && !covered && math.IsNaN(score)
	}
	result := verdict{score: min(limit, aggregate(w.catalog.Aggregate, scores, of)), coverage: known / all}
	return w.held(result, broken)
}

// combine recomputes what verdicts make together.
func (w *world) combine(verdicts []verdict, weights []float64, how cer.Aggregate) verdict {
	var scores, of []float64
	all, known := 0.0, 0.0
	for k, v := range verdicts {
		all += weights[k]
		if v.unknown {
			continue
		}
		known += weights[k] * v.coverage
		if !math.IsNaN(v.score) && weights[k] > 0 {
			scores, of = append(scores, v.score), append(of, weights[k])
		}
	}
	coverage := 0.0
	if all > 0 {
		coverage = known / all
	}
	return w.held(verdict{score: aggregate(how, scores, of), coverage: coverage}, false)
}

// held withholds a score that too little is behind.
func (w *world) held(v verdict, broken bool) verdict {
	if broken || v.coverage < w.catalog.MinCoverage*(1-1e-9) {
		v.score, v.unknown = math.NaN(), true
	}
	return v
}

// aggregate is the formula of the model over members that are all present; NaN of none.
func aggregate(how cer.Aggregate, scores, weights []float64) float64 {
	if len(scores) == 0 {
		return math.NaN()
	}
	sum, result := total(weights), 0.0
	for k, s := range scores {
		switch share := weights[k] / sum; how {
		case cer.Geometric:
			result += share * math.Log(s)
		case cer.Harmonic:
			result += share / s
		default:
			result += share * s
		}
	}
	switch how {
	case cer.Geometric:
		return math.Exp(result)
	case cer.Harmonic:
		return 1 / result
	case cer.Min:
		return slices.Min(scores)
	default:
		return result
	}
}

// weights recomputes the weights of the flows for a view at a minute.
func (w *world) weights(v view, i int) []float64 {
	weights := make([]float64, len(w.catalog.Flows))
	traffic := make([]float64, len(weights))
	var known []float64
	for k := range weights {
		f := &w.catalog.Flows[k]
		weights[k], traffic[k] = f.Weight, math.NaN()
		switch {
		case f.Dynamic == nil:
		case f.Dynamic.Traffic:
			if _, rate, there := w.measuredTotal(&f.SLIs[0], v, i); there {
				traffic[k] = rate
				known = append(known, rate)
			}
		default:
			for _, points := range w.groups(f.Dynamic.PromQL, nil, v, i) {
				if len(points) > 0 {
					weights[k] = total(points)
					break
				}
			}
		}
	}
	for k := range weights {
		if !math.IsNaN(traffic[k]) && total(known) > 0 {
			weights[k] *= traffic[k] / (total(known) / float64(len(known)))
		}
	}
	return weights
}

// measuredTotal recomputes the events of a ratio, whether or not any of them was good.
func (w *world) measuredTotal(sli *cer.SLI, v view, i int) (value, traffic float64, there bool) {
	for _, points := range w.groups(sli.Indicator.(cer.Ratio).Total, sli, v, i) {
		if len(points) > 0 {
			return 0, total(points), true
		}
	}
	return 0, 0, false
}
