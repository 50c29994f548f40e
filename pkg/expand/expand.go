package expand

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Config says how an indicator is expanded.
type Config struct {
	// Window replaces __window and is the range of every counter.
	Window time.Duration
	// Sampling is set for windows that lie side by side, such as time slices: rates and increases then look back to the sample
	// before the window, so that none is lost between two windows. Nil is for windows by themselves.
	Sampling *Sampling
	// Filters are put on every selector.
	Filters []Filter
	// By are the labels by which the results are split.
	By []string
	// Births says that events count too which a series had counted before its first sample.
	Births bool
	// Lookback is how far instant selectors look back where the store has to be told in MetricsQL; 0 for other stores.
	Lookback time.Duration
	// Facts are about the store. Those are used that hold within a period: that of all windows over which the expressions
	// are evaluated.
	Facts  Facts
	Within Period
}

// Sampling says how far apart samples are, beside what Facts say.
type Sampling struct {
	// Stated is the spacing that the definition states, which is believed; 0 where it states none.
	Stated time.Duration
	// Assumed is the spacing of samples of which none was measured.
	Assumed time.Duration
}

// Expand returns the expressions to be evaluated by the store. It fails where a filter's pattern is no regular expression.
func (i *Indicator) Expand(cfg Config) (Expansion, error) {
	e, err := i.expander(cfg)
	if err != nil {
		return Expansion{}, err
	}
	x := e.expand()
	x.By, x.Shared = e.by, e.shared
	for i := range x.Forms {
		if form := &x.Forms[i]; cfg.Births && form.Of == Counts {
			form.Parts, form.Total = withBirths(form.Parts, cfg.Window), withBirths(form.Total, cfg.Window)
		}
	}
	for _, form := range x.Forms {
		for _, parts := range [][]Part{form.Parts, form.Total, form.Bounded} {
			for k := range parts {
				parts[k].Expr = parts[k].Expr.lookingBack(cfg.Lookback)
			}
		}
	}
	return x, nil
}

// expander expands an indicator as a Config says.
type expander struct {
	*Indicator
	window   time.Duration
	sampling *Sampling
	facts    Facts
	within   Period
	// filters are put on every selector.
	filters []*labels.Matcher
	// by are the labels by which results are split, and shared says why not by others.
	by     []string
	shared string
}

// expander returns an expander. All expressions of an indicator are split by the same labels.
func (i *Indicator) expander(cfg Config) (expander, error) {
	filters, err := matchersOf(cfg.Filters)
	if err != nil {
		return expander{}, err
	}
	e := expander{Indicator: i, window: cfg.Window, sampling: cfg.Sampling, facts: cfg.Facts, within: cfg.Within, filters: filters}
	e.by, e.shared = splittable(i.templates, cfg.By)
	return e, nil
}

// expand expands an indicator of any kind.
func (e expander) expand() Expansion {
	switch stated := e.stated.(type) {
	case cer.Ratio:
		return e.ratio(stated)
	case cer.LatencyShare:
		return e.latency(stated)
	case cer.Apdex:
		return e.apdex(stated)
	case cer.Quantile:
		return e.quantile(stated)
	case cer.Probe:
		return e.probe()
	case cer.Recorded:
		return e.recorded(stated)
	default:
		return e.value()
	}
}

// expr returns a copy of one of the indicator's templates, with the window and the filters put in.
func (e expander) expr(template int) parser.Expr {
	expr := cloneWith(e.templates[template], e.widened)
	setWindowInplace(expr, e.window)
	forceInplace(expr, e.filters)
	return expr
}

// ratio returns sum of good / sum of total, 1 - sum of bad / sum of total, or good/(good + bad).
func (e expander) ratio(r cer.Ratio) Expansion {
	part, total := e.summands(0), e.summands(1)
	form := Form{Of: Counts, Complement: r.Good == ""}
	if r.Total == "" {
		form.Parts = e.partsOf(0, "good events", Zero, r.PartRate)
		form.Total = neverAlone(slices.Concat(form.Parts, e.partsOf(1, "bad events", Zero, r.PartRate)))
		return Expansion{Forms: []Form{form}}
	}
	role, absent := "good events", Missing
	if form.Complement {
		role = "bad events"
	}
	if r.AbsentZero {
		absent = Zero
	}
	form.Parts, form.Total = e.partsOf(0, role, absent, r.PartRate), neverAlone(e.partsOf(1, "all events", Missing, r.TotalRate))
	names := namesOf(total)
	for i := range part {
		if part[i].selectsOnly(names) {
			form.Parts[i].Absent = Zero
		}
	}
	return Expansion{Forms: []Form{form}}
}

// neverAlone returns the parts of a total, which is missing where all of them are absent.
func neverAlone(parts []Part) []Part {
	for i := range parts {
		parts[i].Absent = min(parts[i].Absent, ZeroBeside)
	}
	return parts
}

// summands returns the summands of a field of a ratio, whose expressions are templates.
func (e expander) summands(at int) []summand { return e.fields[at].summands }

// partsOf returns the summands of a field of a ratio as rates of events, which were sampled at a rate.
func (e expander) partsOf(at int, role string, absent Absence, rate float64) []Part {
	f := e.fields[at]
	if len(f.summands) > 1 {
		absent = max(absent, ZeroBeside)
	}
	parts := make([]Part, len(f.summands))
	for i, s := range f.summands {
		events := e.rateOf(e.expr(f.first+i), f.isCounter)
		parts[i] = Part{Expr: newExpr(unsampled(events, rate)), Factor: s.factor, Role: role, Absent: absent}
		if s.zero {
			parts[i].Absent = Zero
		}
	}
	return parts
}

// unsampled scales a rate of events by the share of events that are counted.
func unsampled(expr parser.Expr, rate float64) parser.Expr {
	if rate == 0 || rate == 1 {
		return expr
	}
	return &parser.BinaryExpr{Op: parser.DIV, LHS: expr, RHS: &parser.NumberLiteral{Val: rate}}
}

// value returns the expression that is stated. If it calls scalar(), NaN may be due to absent series rather than to no
// events.
func (e expander) value() Expansion {
	expr := e.expr(0)
	splitInplace(expr, e.by)
	parts := []Part{{Expr: newExpr(expr), Factor: 1, Role: "value"}}
	return Expansion{Forms: []Form{{Of: Values, Parts: parts, IdleIfUndefined: !calls(expr, "scalar")}}}
}

// probe returns the share of successful checks: a ratio of sums over series and over time, so that a target checked more
// often counts more.
func (e expander) probe() Expansion {
	checks := overWindow(asSelector(e.expr(0)), e.window)
	return Expansion{Forms: []Form{{
		Of:    Counts,
		Parts: []Part{{Expr: newExpr(e.sum(call("sum_over_time", checks))), Factor: 1, Role: "successful checks"}},
		Total: wholeTotal(newExpr(e.sum(call("count_over_time", checks)))),
	}}}
}

// wholeTotal returns a total of one expression.
func wholeTotal(expr *Expr) []Part { return []Part{{Expr: expr, Factor: 1, Role: "all events"}} }

// rateOf returns the rate of events: of a counter's selector, or the sum of a whole expression.
func (e expander) rateOf(expr parser.Expr, isCounter bool) parser.Expr {
	if isCounter {
		return e.sum(e.rate(asSelector(expr)))
	}
	whole := expr.Type() == parser.ValueTypeScalar || isSumOfAll(expr)
	splitInplace(expr, e.by)
	if whole {
		return expr
	}
	return e.sum(expr)
}

// sum adds up the series of expr by the labels by which results are split, and by further ones.
func (e expander) sum(expr parser.Expr, further ...string) *parser.AggregateExpr {
	return &parser.AggregateExpr{Op: parser.SUM, Expr: expr, Grouping: slices.Concat(further, e.by)}
}

// calls reports whether expr calls one of PromQL's functions.
func calls(expr parser.Expr, function string) bool {
	found := false
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		call, ok := node.(*parser.Call)
		found = found || ok && call.Func.Name == function
		return nil
	})
	return found
}

// overWindow returns the samples of a selector within the window.
func overWindow(selector *parser.VectorSelector, window time.Duration) *parser.MatrixSelector {
	return &parser.MatrixSelector{VectorSelector: selector, Range: window}
}

// call returns the call of one of PromQL's functions.
func call(function string, args ...parser.Expr) *parser.Call {
	return &parser.Call{Func: parser.MustGetFunction(function), Args: args}
}
