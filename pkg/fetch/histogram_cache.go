package fetch

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// How long facts about histograms are cached. Those that have no series yet are looked up again soon.
const (
	histogramTTL        = 10 * time.Minute
	missingHistogramTTL = 30 * time.Second
)

// histogramKey identifies a fact: a histogram in a range of Unix seconds, as an identity sees it.
type histogramKey struct {
	selector   expand.HistogramSelector
	start, end int64
	lookback   time.Duration
	identity   string
}

// foundHistogram is the result of looking up a histogram.
type foundHistogram struct {
	expand.Histogram
	// edges are those of the buckets at some instants; none where they are known for all times together.
	edges edgesAt
	// partial reports whether the store warned that its answer may be incomplete.
	partial bool
	err     error
}

// isKnown reports whether any series were found.
func (f foundHistogram) isKnown() bool { return f.Native || f.Classic || len(f.Ranges) > 0 }

// ttl returns how long the result is cached; 0 for results that are incomplete.
func (f foundHistogram) ttl() time.Duration {
	switch {
	case f.partial || f.err != nil:
		return 0
	case f.isKnown():
		return histogramTTL
	default:
		return missingHistogramTTL
	}
}

// histogramCache caches facts about histograms. Concurrent lookups of a histogram are one; those of urgent requests don't
// wait for others.
type histogramCache struct {
	facts         facts
	calls, urgent callGroup[histogramKey, foundHistogram]
}

// id identifies the fact among those of a store. PromQL has no zero bytes.
func (k histogramKey) id() string {
	period := strconv.FormatInt(k.start, 10) + "-" + strconv.FormatInt(k.end, 10) + "-" + strconv.FormatInt(int64(k.lookback), 10)
	return strings.Join([]string{"histogram", k.selector.Native, k.selector.Bucket, period, k.identity}, "\x00")
}

// Bytes estimates the memory that the result takes.
func (f foundHistogram) Bytes() int {
	n := seriesBytes + edgesBytes(f.Edges) + int(textsBytes(f.Ranges...))
	for _, at := range f.edges {
		n += edgesBytes(at.Value)
	}
	return n
}

// edgesBytes estimates the memory that edges take.
func edgesBytes(edges []expand.Edge) int {
	n := int64(seriesBytes)
	for _, edge := range edges {
		n += labelBytes + textsBytes(edge.Spellings...)
	}
	return int(n)
}

// get returns the facts for keys: those that are cached, and the results of lookup for those at the positions that are
// missing. The error is the first one of a lookup. A lookup goes on when ctx is done if others wait for it.
func (c *histogramCache) get(ctx context.Context, urgent bool, keys []histogramKey, lookup func(ctx context.Context, missing []int) []foundHistogram) ([]foundHistogram, error) {
	calls := &c.calls
	if urgent {
		calls = &c.urgent
	}
	t := calls.join(context.WithoutCancel(ctx), keys)
	defer t.release()
	t.start(func(ctx context.Context) {
		var missing []int
		for _, at := range t.fresh {
			if found, ok := c.facts.get(keys[at].id()).(foundHistogram); ok {
				t.resolve(at, found, nil)
			} else {
				missing = append(missing, at)
			}
		}
		if len(missing) == 0 {
			return
		}
		for i, found := range lookup(ctx, missing) {
			if found.edges = found.edges.changes(); found.ttl() > 0 {
				c.facts.put(keys[missing[i]].id(), found, found.ttl())
			}
			t.resolve(missing[i], found, found.err)
		}
	})
	return t.waitAll(ctx, nil)
}
