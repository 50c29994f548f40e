package expand

import (
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Indicator is an indicator whose PromQL was parsed, and whose selectors carry the trusted matchers. It never changes, and
// is safe for concurrent use.
type Indicator struct {
	stated cer.Indicator
	// templates are the expressions that the definition states, with the sentinel for the window: of a ratio the summands
	// of its fields, of a recorded share the share and the total where there is one, and of others their one.
	templates []parser.Expr
	// fields are those of a ratio, in the order of promQLOf.
	fields []field
	// selectors are those in the templates, each once.
	selectors []Selector
	// statesWhole says that a template is more than a plain selector.
	statesWhole bool
	// countsAllSamples and isWindowed are about conditions.
	countsAllSamples, isWindowed bool
	// spaced are the selectors whose samples are looked at over the window, with the trusted matchers.
	spaced []*parser.VectorSelector
	// histogram identifies the histogram; zero for an indicator without one. good are the matchers of those of its events
	// that may be good.
	histogram HistogramSelector
	good      []*labels.Matcher
	// countsBounded says of a quantile that the events up to the highest bucket edge are wanted too.
	countsBounded bool
}

// field is a field of a ratio.
type field struct {
	// summands have clones of the indicator's templates from first on as their expressions.
	summands []summand
	first    int
	// isCounter says that it is a plain selector, of which the rate is taken.
	isCounter bool
}

// Compile parses an indicator's PromQL and puts the trusted matchers, such as job=~"shop-.*", on every selector. It fails
// where the PromQL does not parse, or where it is not what the indicator needs; loading a definition makes sure of both.
func Compile(indicator cer.Indicator, trust []string) (*Indicator, error) {
	matchers, err := parseMatchers(trust)
	if err != nil {
		return nil, err
	}
	return compile(indicator, matchers, withoutFilter)
}

// CompileExpression is Compile for an expression of whatever is no SLI, such as when an event happens. Its comparisons stay.
func CompileExpression(promQL string, trust []string) (*Indicator, error) {
	matchers, err := parseMatchers(trust)
	if err != nil {
		return nil, err
	}
	return compile(cer.Value{PromQL: promQL}, matchers, func(expr parser.Expr) parser.Expr { return expr })
}

// compile is Compile with matchers that were parsed, and what is done to the expression of a value.
func compile(indicator cer.Indicator, matchers []*labels.Matcher, ofValue func(parser.Expr) parser.Expr) (*Indicator, error) {
	i := &Indicator{stated: indicator}
	texts := promQLOf(indicator)
	if len(texts) == 0 {
		return nil, fmt.Errorf("an indicator of the kind %q can't be expanded", indicator.Kind())
	}
	for _, text := range texts {
		if err := i.add(text, matchers, ofValue); err != nil {
			return nil, err
		}
	}
	if i.isHistogram() {
		i.histogram = histogramSelector(asSelector(i.templates[0]))
		return i, i.addGood()
	}
	return i, nil
}

// add parses a piece of the indicator's PromQL.
func (i *Indicator) add(text string, trust []*labels.Matcher, ofValue func(parser.Expr) parser.Expr) error {
	template, err := parseTemplate(text)
	if err != nil {
		return err
	}
	spellBucketsInplace(template)
	plain := asSelector(template) != nil
	if _, isProbe := i.stated.(cer.Probe); !plain && (isProbe || i.isHistogram()) {
		return fmt.Errorf("the PromQL %q is not a selector, which the kind %s needs", text, i.stated.Kind())
	}
	i.statesWhole = i.statesWhole || !plain
	i.addSelectors(template, trust)
	forceInplace(template, trust)
	switch i.stated.(type) {
	case cer.Ratio:
		i.addField(template)
		return nil
	case cer.Value:
		template = ofValue(template)
	}
	i.templates = append(i.templates, template)
	i.addSpaced(template)
	return nil
}

// addField adds a field of a ratio.
func (i *Indicator) addField(template parser.Expr) {
	const most = 16 // Each is asked for by itself.
	f := field{summands: []summand{{expr: template, factor: 1}}, first: len(i.templates), isCounter: asSelector(template) != nil}
	if !f.isCounter {
		f.summands = summandsOf(template)
	}
	if len(f.summands) > most {
		f.summands = []summand{{expr: template, factor: 1}}
	}
	for _, s := range f.summands {
		i.templates = append(i.templates, s.expr)
		i.addSpaced(s.expr)
	}
	i.fields = append(i.fields, f)
}

// addGood adds the matchers of good events of a histogram.
func (i *Indicator) addGood() (err error) {
	good := ""
	switch stated := i.stated.(type) {
	case cer.LatencyShare:
		good = stated.Good
	case cer.Apdex:
		good = stated.Good
	}
	if good != "" {
		i.good, err = parseMatchers([]string{good})
	}
	return err
}

// AsQuantile returns the indicator of a quantile of the histogram that the indicator is about, with the events up to the highest bucket
// edge as Bounded.
func (i *Indicator) AsQuantile(q cer.Quantile) *Indicator {
	quantile := *i
	quantile.stated, quantile.good, quantile.countsBounded = q, nil, true
	return &quantile
}

// Kind returns the kind of the indicator.
func (i *Indicator) Kind() cer.Kind { return i.stated.Kind() }

// StatesWhole reports whether the definition states an expression of the indicator as a whole, rather than selectors
// only.
func (i *Indicator) StatesWhole() bool { return i.statesWhole }

// MayLoseSplit reports whether the indicator states an expression of several selectors, which may have no result when it is split by a
// label that the series of only some of them have.
func (i *Indicator) MayLoseSplit() bool { return i.statesWhole && len(i.selectors) > 1 }

// Counters returns the names of the metrics whose rates a ratio takes, each once; none for other kinds.
func (i *Indicator) Counters() []string {
	var names []string
	for _, selector := range i.counters() {
		if name := metricName(selector); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// counters returns the selectors whose rates a ratio takes, of those that name a metric.
func (i *Indicator) counters() []*parser.VectorSelector {
	var all []*parser.VectorSelector
	for _, f := range i.fields {
		for _, template := range i.templates[f.first : f.first+len(f.summands)] {
			if f.isCounter {
				all = append(all, asSelector(template))
			}
			parser.Inspect(template, func(node parser.Node, _ []parser.Node) error {
				if c, ok := node.(*parser.Call); ok && slices.Contains(ratesOfCounters, c.Func.Name) {
					all = append(all, selectorsOf(c.Args[0])...)
				}
				return nil
			})
		}
	}
	return slices.DeleteFunc(all, func(s *parser.VectorSelector) bool { return metricName(s) == "" })
}

// ratesOfCounters are the functions that need counters.
var ratesOfCounters = []string{"rate", "increase", "irate"}

// Histogram identifies the histogram that the indicator is about, and reports whether it is about one.
func (i *Indicator) Histogram() (HistogramSelector, bool) { return i.histogram, i.isHistogram() }

// LooksAtInstant reports whether the indicator looks at the one instant at which it is evaluated, or at spans of its own, rather
// than back over the window: a value whose expression does not use __window.
func (i *Indicator) LooksAtInstant() bool {
	stated, isValue := i.stated.(cer.Value)
	return isValue && countWindows(stated.PromQL) == 0
}

// isHistogram reports whether the indicator is about a histogram.
func (i *Indicator) isHistogram() bool {
	_, ok := cer.QuantileOf(i.stated, 0)
	return ok
}

// Selector is something that an indicator selects in the store.
type Selector struct {
	// Trusted is the selector with the trusted matchers put in, Bare without them; both are PromQL.
	Trusted, Bare string
}

// Selectors returns what the indicator selects, each once. The selector of a histogram matches native and classic ones.
// It must not be changed.
func (i *Indicator) Selectors() []Selector { return i.selectors }

// addSelectors adds the selectors of an expression that are not there yet.
func (i *Indicator) addSelectors(expr parser.Expr, trust []*labels.Matcher) {
	for _, selector := range selectorsOf(expr) {
		if i.isHistogram() {
			selector = anyHistogram(selector)
		}
		bare := textOf(selector)
		forceInplace(selector, trust)
		if s := (Selector{Trusted: textOf(selector), Bare: bare}); !slices.Contains(i.selectors, s) {
			i.selectors = append(i.selectors, s)
		}
	}
}

// addSpaced adds the selectors of a template whose samples are looked at over the window.
func (i *Indicator) addSpaced(template parser.Expr) {
	if selector := asSelector(template); selector != nil {
		if i.isOfEvents() {
			i.spaced = append(i.spaced, selector)
		}
		return
	}
	parser.Inspect(template, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.MatrixSelector:
			if n.Range == sentinel {
				i.spaced = append(i.spaced, asSelector(n.VectorSelector))
			}
		case *parser.SubqueryExpr:
			if n.Range == sentinel {
				i.spaced = append(i.spaced, selectorsOf(n.Expr)...)
			}
		}
		return nil
	})
}

// isOfEvents reports whether plain selectors of the indicator are looked at over the window.
func (i *Indicator) isOfEvents() bool {
	switch stated := i.stated.(type) {
	case cer.Value:
		return false
	case cer.Recorded:
		return stated.Total != "" && len(i.templates) == 2
	default:
		return true
	}
}

// Spaced returns the keys of what is known in Facts of the spacing of the samples that the indicator looks at over its window.
func (i *Indicator) Spaced() []string {
	var all []string
	for _, selector := range i.spaced {
		if name := spacedMetric(selector); !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// SpacingIn returns the spacing of the samples that the indicator looks at over its window, within a period: the largest one; 0
// where none is known.
func (i *Indicator) SpacingIn(facts Facts, within Period) time.Duration {
	widest := time.Duration(0)
	for _, selector := range i.spaced {
		widest = max(widest, facts.spacing(selector, within))
	}
	return widest
}

// promQLOf returns the pieces of PromQL that an indicator is defined by.
func promQLOf(indicator cer.Indicator) []string {
	switch i := indicator.(type) {
	case cer.Ratio:
		return stated(i.Good, i.Bad, i.Total)
	case cer.LatencyShare:
		return []string{i.Histogram}
	case cer.Apdex:
		return []string{i.Histogram}
	case cer.Quantile:
		return []string{i.Histogram}
	case cer.Value:
		return []string{i.PromQL}
	case cer.Probe:
		return []string{i.Selector}
	case cer.Recorded:
		return stated(i.Ratio, i.ErrorRatio, i.Total)
	default:
		return nil
	}
}

// stated returns those of the texts that are not empty.
func stated(texts ...string) []string {
	return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
}
