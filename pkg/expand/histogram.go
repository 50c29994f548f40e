package expand

// Histogram is what is known of the series behind a histogram's selector. The zero value stands for nothing known.
type Histogram struct {
	// Native reports whether native histogram series exist, Classic whether _bucket series do.
	Native, Classic bool
	// Edges are the finite bounds of the classic buckets, ascending, in the histogram's unit.
	Edges []Edge
}

// Edge is the upper bound of a classic bucket.
type Edge struct {
	Bound float64
	// Spellings are the values that the label le has for it, such as "1" and "1.0".
	Spellings []string
}

// Facts hold what is known of the histograms of a store, by HistogramSelector.
type Facts map[HistogramSelector]Histogram

// HistogramSelector names a histogram: the selector of its native series, with the trusted matchers, as PromQL.
// The selector of its buckets is that with _bucket added to the metric name.
type HistogramSelector struct {
	Native, Bucket string
}
