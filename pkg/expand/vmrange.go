package expand

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// RangeLabel is the label of the buckets of VictoriaMetrics' histograms. Its value 1.136e-01...1.292e-01 says that a bucket counts
// the events above the first bound, up to the second one. Buckets that never counted have no series.
// https://github.com/VictoriaMetrics/metrics/blob/master/histogram.go
const RangeLabel = "vmrange"

const (
	rangesPerDecade = 18
	// lowestDecade is the exponent of the lowest bound that VictoriaMetrics' histograms have.
	lowestDecade = -9
)

// valueRange is the range of values that a bucket counts: above low, up to high.
type valueRange struct {
	text      string
	low, high float64
}

// parseRange reads the value of a label vmrange.
func parseRange(text string) (valueRange, bool) {
	before, after, found := strings.Cut(text, "...")
	low, lowErr := strconv.ParseFloat(before, 64)
	high, highErr := strconv.ParseFloat(after, 64)
	return valueRange{text: text, low: low, high: high}, found && cmp.Or(lowErr, highErr) == nil && low < high
}

// contains reports whether a bound lies within the range and is none of its ends.
func (r valueRange) contains(bound float64) bool {
	return r.low < bound*(1-cer.Tolerance) && bound*(1+cer.Tolerance) < r.high && !math.IsInf(r.high, 0)
}

// usualRange returns the range of VictoriaMetrics' buckets that contains a bound.
func usualRange(bound float64) (valueRange, bool) {
	n := math.Floor(rangesPerDecade*math.Log10(bound) + cer.Tolerance)
	text := fmt.Sprintf("%.3e...%.3e", math.Pow(10, n/rangesPerDecade), math.Pow(10, (n+1)/rangesPerDecade))
	if n < rangesPerDecade*lowestDecade {
		text = "0...1.000e-09"
	}
	r, ok := parseRange(text)
	return r, ok && r.contains(bound)
}

// rangesAround returns the ranges that contain a bound: of those that were found, or else the usual one.
func (h Histogram) rangesAround(bound float64) []valueRange {
	var around []valueRange
	for _, text := range h.Ranges {
		if r, ok := parseRange(text); ok && r.contains(bound) {
			around = append(around, r)
		}
	}
	if r, ok := usualRange(bound); ok && len(around) == 0 {
		return []valueRange{r}
	}
	return around
}

// rangedCount returns the parts whose sum is the requests at or under a bound of buckets by ranges: of all ranges up to the bound,
// whether or not they are known yet, and of those around it all where the next edge stands for the bound, else a linear share. A note
// says which.
func (h histogram) rangedCount(b bound) (parts []Part, note string) {
	count := func(m *labels.Matcher, factor float64) Part {
		part := h.countOf(slices.Concat([]*labels.Matcher{h.wholeMatcher(), m}, h.good), factor, b.at)
		part.Absent = Zero
		return part
	}
	below := labels.MustNewMatcher(labels.MatchRegexp, RangeLabel, `.+\.\.\.`+atMost(b.at))
	parts = []Part{count(below, b.factor)}
	for _, r := range h.known.rangesAround(b.at) {
		share, how := (b.at-r.low)/(r.high-r.low), fmt.Sprintf("interpolated between %s and %s", number(r.low), number(r.high))
		if b.toEdge {
			share, how = 1, fmt.Sprintf("the share at the next edge, %s, is used", number(r.high))
		}
		parts = append(parts, count(labels.MustNewMatcher(labels.MatchEqual, RangeLabel, r.text), b.factor*share))
		note = fmt.Sprintf("%s is not a bucket edge of %s; %s", number(b.at), metricName(h.selector), how)
	}
	return parts, note
}

// wholeMatcher matches the buckets whose sum is all events: those up to infinity, and each that is called by its range, which has
// no label le.
func (h histogram) wholeMatcher() *labels.Matcher {
	if h.known.isRanged() {
		return labels.MustNewMatcher(labels.MatchRegexp, model.BucketLabel, `\+Inf|`)
	}
	return labels.MustNewMatcher(labels.MatchEqual, model.BucketLabel, "+Inf")
}

// atMost returns a regular expression for the numbers up to a positive bound, as they are written with three decimals and an
// exponent, such as 1.136e-01.
func atMost(bound float64) string {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(bound*(1+cer.Tolerance), 'e', -1, 64), "e")
	power, _ := strconv.Atoi(exponent)
	digits := (strings.Replace(mantissa, ".", "", 1) + "000")[:4]
	var ways []string
	for i, digit := range digits {
		lowest, highest := '0', digit
		if i == 0 {
			lowest = '1'
		}
		if i < len(digits)-1 {
			highest--
		}
		if lowest <= highest {
			ways = append(ways, withPoint(digits[:i]+digitsFrom(lowest, highest)+strings.Repeat(`\d`, len(digits)-1-i)))
		}
	}
	all := []string{fmt.Sprintf(`(?:%s)e%s`, strings.Join(ways, "|"), regexp.QuoteMeta(exponentText(power)))}
	var lower []string
	for p := lowestDecade; p < power; p++ {
		lower = append(lower, regexp.QuoteMeta(exponentText(p)))
	}
	if len(lower) > 0 {
		all = append(all, fmt.Sprintf(`\d\.\d{3}e(?:%s)`, strings.Join(lower, "|")))
	}
	return "(?:" + strings.Join(all, "|") + ")"
}

// exponentText writes an exponent as in 1.136e-01.
func exponentText(power int) string { return fmt.Sprintf("%+03d", power) }

// digitsFrom returns a regular expression for the digits from one to another.
func digitsFrom(lowest, highest rune) string {
	if lowest == highest {
		return string(lowest)
	}
	return fmt.Sprintf("[%c-%c]", lowest, highest)
}

// withPoint puts a decimal point behind the first digit of a regular expression for digits.
func withPoint(digits string) string {
	first := 1
	if digits[0] == '[' {
		first = strings.IndexByte(digits, ']') + 1
	}
	return digits[:first] + `\.` + digits[first:]
}

// cumulated returns the numbers of events up to each end of the ranges of buckets, in the form that PromQL's histogram_quantile
// needs, at the instant of an index; none where no bucket has a sample.
func cumulated(ranges []valueRange, counts []series.Series, at int) promql.Buckets {
	ends := map[float64]float64{}
	for k, r := range ranges {
		if count := counts[k].Values[at]; series.IsSample(count) {
			ends[r.low] += 0
			ends[r.high] += count
		}
	}
	if len(ends) == 0 {
		return nil
	}
	ends[math.Inf(1)] += 0
	buckets := make(promql.Buckets, 0, len(ends))
	for end, count := range ends {
		buckets = append(buckets, promql.Bucket{UpperBound: end, Count: count})
	}
	slices.SortFunc(buckets, func(a, b promql.Bucket) int { return cmp.Compare(a.UpperBound, b.UpperBound) })
	for i := range buckets[1:] {
		buckets[i+1].Count += buckets[i].Count
	}
	return buckets
}
