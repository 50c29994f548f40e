package expand

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// MaxLag is how far back the newest sample of an SLI is looked for.
const MaxLag = time.Hour

// lagStep is how far a store looks back for the current sample of a series, so that no sample lies between two steps.
const lagStep = 5 * time.Minute

// Lag returns the PromQL for the seconds since the newest sample of what an indicator selects, an expression a
// selector, with the labels that they are split by. A ratio is as old as its total: errors that never happened have no
// samples.
func Lag(indicator cer.Indicator, cfg Config) (promQL, by []string, err error) {
	e, err := newExpander(indicator, cfg)
	if err != nil {
		return nil, nil, err
	}
	selectors, err := e.pulses(indicator)
	for _, selector := range selectors {
		text := e.lag(selector).String()
		if !slices.Contains(promQL, text) {
			promQL = append(promQL, text)
		}
	}
	return promQL, e.by, err
}

// pulses returns selectors of the series whose newest samples tell how old an indicator's value is.
func (e expander) pulses(indicator cer.Indicator) ([]*parser.VectorSelector, error) {
	if text, ok := histogramOf(indicator); ok {
		h, err := e.histogram(text)
		if err != nil {
			return nil, err
		}
		return h.pulse(), nil
	}
	texts := promQLOf(indicator)
	switch i := indicator.(type) {
	case cer.Ratio:
		texts = []string{i.Total}
	case cer.Recorded:
		texts = texts[:1]
	}
	var selectors []*parser.VectorSelector
	for _, text := range texts {
		expr, err := parse(text, e.window, e.matchers)
		if err != nil {
			return nil, err
		}
		selectors = append(selectors, selectorsOf(expr)...)
	}
	return selectors, nil
}

// pulse returns a selector with few series of the histogram.
func (h histogram) pulse() []*parser.VectorSelector {
	if h.isClassic() {
		return []*parser.VectorSelector{withMetricName(h.selector, metricName(h.selector)+"_count")}
	}
	return []*parser.VectorSelector{h.selector}
}

// lag is the age of the newest sample of a selector: that which is current, else the newest within MaxLag.
func (e expander) lag(selector *parser.VectorSelector) parser.Expr {
	current := call("timestamp", selector)
	past := call("max_over_time", &parser.SubqueryExpr{Expr: call("timestamp", selector), Range: MaxLag, Step: lagStep})
	newest := func(times parser.Expr) parser.Expr {
		return &parser.AggregateExpr{Op: parser.MAX, Expr: times, Grouping: e.by}
	}
	either := &parser.BinaryExpr{
		Op: parser.LOR, LHS: newest(current), RHS: newest(past), VectorMatching: &parser.VectorMatching{Card: parser.CardManyToMany},
	}
	return &parser.BinaryExpr{Op: parser.SUB, LHS: call("time"), RHS: &parser.ParenExpr{Expr: either}}
}
