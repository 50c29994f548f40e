package fetch

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// layouts is the number of instants of a range at which the series with each bucket are counted.
const layouts = 24

// countBuckets sets the bucket edges of each selector from the number of series that have each bucket at some instants. Where they
// differ between two of them, they are counted at the minutes between, so that it is known when they changed.
func (l *histogramLookup) countBuckets(ctx context.Context, found []foundHistogram) error {
	counted := make([]*expand.Expr, len(found))
	for i, selector := range l.selectors {
		var err error
		if counted[i], err = selector.Layout(); err != nil {
			return err
		}
	}
	over := layoutRanges(l.start.Add(l.lookback), l.end, l.store.now())
	var leaves []expand.Leaf
	for _, expr := range counted {
		for _, r := range over {
			leaves = append(leaves, expand.Leaf{Expr: expr, Range: r})
		}
	}
	for k, answer := range l.answers(ctx, leaves) {
		found[k/len(over)].addLayout(answer, leaves[k].Range, l.held)
	}
	var changed []int
	var between []expand.Leaf
	for i := range found {
		for _, gap := range found[i].edges.gaps() {
			changed, between = append(changed, i), append(between, expand.Leaf{Expr: counted[i], Range: gap})
		}
	}
	for k, answer := range l.answers(ctx, between) {
		one := &found[changed[k]]
		edges, err := layout(answer.Series, between[k].Range, l.held)
		one.edges = one.edges.with(edges)
		one.partial = one.partial || answer.IsPartial()
		one.err = cmp.Or(one.err, answer.err, err)
	}
	return nil
}

// addLayout adds the buckets that were counted at the instants of a range, which are later than those before.
func (f *foundHistogram) addLayout(answer layoutAnswer, over series.Range, held *hold) {
	edges, err := layout(answer.Series, over, held)
	f.edges = append(f.edges, edges...)
	inRanges := ranges(answer.Series)
	f.Ranges = slices.Compact(slices.Sorted(slices.Values(append(f.Ranges, inRanges...))))
	f.Classic = f.Classic || len(answer.Series) > len(inRanges)
	f.partial, f.err = f.partial || answer.IsPartial(), cmp.Or(f.err, answer.err, err)
}

// layoutAnswer is an answer, or an error.
type layoutAnswer struct {
	series.Answer
	err error
}

// answers returns the answers to leaves, which are requested together.
func (l *histogramLookup) answers(ctx context.Context, leaves []expand.Leaf) []layoutAnswer {
	if len(leaves) == 0 {
		return nil
	}
	keys := make([]Leaf, len(leaves))
	for i, leaf := range leaves {
		keys[i] = leaf.Key()
	}
	batch := l.store.Batch(ctx)
	defer batch.Close()
	claim := batch.Claim(keys)
	defer claim.Close()
	claim.Fetch(l.merge.requests(claim.Missing()))
	found := make([]layoutAnswer, len(keys))
	for i := range found {
		found[i].Answer, found[i].err = claim.answers.wait(ctx, i)
	}
	return found
}

// ranges returns the values of the label vmrange of counted buckets, in their order.
func ranges(counted []series.Series) []string {
	var found []string
	for _, s := range counted {
		if value := s.Labels.Get(expand.RangeLabel); value != "" {
			found = append(found, value)
		}
	}
	slices.Sort(found)
	return found
}

// edgesAt are the bucket edges of a histogram at some instants, which ascend.
type edgesAt []expand.Since[[]expand.Edge]

// layout returns the edges of buckets at the instants of a range at which there are any, given the number of series that have
// each. Edges that some series lack are partial. They are added to what is held; those that are the same at several instants in turn
// are held once.
func layout(counted []series.Series, over series.Range, held *hold) (edgesAt, error) {
	counts, spellings := map[float64][]float64{}, map[float64][]string{}
	for _, s := range counted {
		value := s.Labels.Get(model.BucketLabel)
		if bound, err := strconv.ParseFloat(value, 64); err == nil && !math.IsNaN(bound) {
			counts[bound], spellings[bound] = sumOf(counts[bound], s.Values), append(spellings[bound], value)
		}
	}
	bounds := slices.Sorted(maps.Keys(counts))
	for _, bound := range bounds {
		slices.Sort(spellings[bound])
	}
	var found edgesAt
	for i, total := range counts[math.Inf(1)] {
		if math.IsNaN(total) {
			continue
		}
		edges := []expand.Edge{}
		for _, bound := range bounds {
			if count := counts[bound][i]; count > 0 && !math.IsInf(bound, 0) {
				edges = append(edges, expand.Edge{Bound: bound, Spellings: spellings[bound], Partial: count < total})
			}
		}
		if last := len(found) - 1; last >= 0 && sameEdges(found[last].Value, edges) {
			edges = found[last].Value
		} else if err := held.take(int64(edgesBytes(edges))); err != nil {
			return nil, err
		}
		found = append(found, expand.Since[[]expand.Edge]{From: over.At(i), Value: edges})
	}
	return found, nil
}

// gaps returns the instants between those of a range at which edges differ, and between these and the next ones on both sides, since
// instances change one after the other: a minute apart or as close as may be requested.
func (e edgesAt) gaps() []series.Range {
	const minute, most = 60_000, 5_000
	differs := func(i int) bool { return i > 0 && i < len(e) && !sameEdges(e[i-1].Value, e[i].Value) }
	var gaps []series.Range
	for i := range e {
		if i == 0 || !differs(i-1) && !differs(i) && !differs(i+1) || e[i].From-e[i-1].From <= minute {
			continue
		}
		step := max(minute, series.Floor((e[i].From-e[i-1].From)/most+minute-1, minute))
		gaps = append(gaps, series.Range{Start: series.Floor(e[i-1].From, step) + step, End: e[i].From, Step: step})
	}
	return gaps
}

// with returns the edges with those at more instants.
func (e edgesAt) with(more edgesAt) edgesAt {
	all := slices.Concat(e, more)
	slices.SortStableFunc(all, func(a, b expand.Since[[]expand.Edge]) int { return cmp.Compare(a.From, b.From) })
	return all
}

// changes returns the edges at the first instant, and at those at which they are others than before.
func (e edgesAt) changes() edgesAt {
	var changes edgesAt
	for i, at := range e {
		if i == 0 || !sameEdges(e[i-1].Value, at.Value) {
			changes = append(changes, at)
		}
	}
	return changes
}

// sameEdges reports whether two lists of edges are the same but for their spellings.
func sameEdges(a, b []expand.Edge) bool {
	return slices.EqualFunc(a, b, func(x, y expand.Edge) bool { return x.Bound == y.Bound && x.Partial == y.Partial })
}

// timeline returns the histogram over time: from each instant on at which its edges are others.
func (f foundHistogram) timeline() expand.Timeline[expand.Histogram] {
	if len(f.edges) == 0 {
		return expand.Always(f.Histogram)
	}
	var timeline expand.Timeline[expand.Histogram]
	for i, at := range f.edges.changes() {
		from := at.From
		if i == 0 {
			from = math.MinInt64
		}
		timeline = append(timeline, expand.Since[expand.Histogram]{From: from, Value: expand.Histogram{Native: f.Native, Classic: f.Classic, Edges: at.Value, Ranges: f.Ranges}})
	}
	return timeline
}

// farApart is the step above which instants are asked for one by one, since a store reads all samples within a range.
const farApart = time.Hour

// layoutRanges returns the instants from start, or a little before, to end, or to now if that is earlier, at which buckets are counted: a
// range, or where they are far apart each by itself, at times that are the same for other ranges of about the same length.
func layoutRanges(start, end, now time.Time) []series.Range {
	if now.Before(end) {
		end = now.Truncate(time.Minute)
	}
	step := (end.Sub(start)/layouts + time.Minute - 1).Truncate(time.Minute)
	switch {
	case step <= 0:
		return []series.Range{series.InstantOf(end)}
	case step <= farApart:
		return []series.Range{series.New(end.Add(-(end.Sub(start) + step - 1).Truncate(step)), end, step)}
	}
	grid := farApart
	for grid < step {
		grid *= 2
	}
	var all []series.Range
	for at := series.FloorTime(start, grid); at.Before(end); at = at.Add(grid) {
		all = append(all, series.InstantOf(at))
	}
	return append(all, series.InstantOf(end))
}

// sumOf returns the sum of values and a sum at each instant at which either has a sample.
func sumOf(sum, values []float64) []float64 {
	if sum == nil {
		return values
	}
	sum = slices.Clone(sum)
	for i, v := range values {
		switch {
		case math.IsNaN(sum[i]):
			sum[i] = v
		case !math.IsNaN(v):
			sum[i] += v
		}
	}
	return sum
}
