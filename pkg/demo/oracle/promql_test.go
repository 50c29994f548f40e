package oracle

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// scope is what the PromQL of an SLI depends on beside its indicator.
type scope struct {
	trust     []condition
	window    time.Duration
	minEvents float64
	// counted is how long events are counted for, where that is not the window.
	counted time.Duration
	// offset is how long before the instants of evaluation the windows end.
	offset time.Duration
	// minutely says that what shows one instant is read each minute of what is counted.
	minutely bool
}

// scopeOf returns the scope of an SLI that looks back over a window.
func (c *catalog) scopeOf(s *sli, window time.Duration) scope {
	return scope{trust: c.trustOf(s), window: window, minEvents: s.minEvents}
}

// form is one way to say the value of an SLI in PromQL. Its expressions have one series without labels, or none.
type form struct {
	// value has a number where there are enough events to judge by.
	value string
	// idle has a number where there are too few; it is "" where events are not counted.
	idle string
}

// over is the samples of a selector within the window.
func (s scope) over(sel selector) string {
	return sel.with(s.trust...).String() + s.span()
}

// span is the window as a range of PromQL.
func (s scope) span() string {
	if s.offset == 0 {
		return fmt.Sprintf("[%s]", duration(s.window))
	}
	return fmt.Sprintf("[%s] offset %s", duration(s.window), duration(s.offset))
}

// rate is the rates of a selector.
func (s scope) rate(sel selector) string { return fmt.Sprintf("rate(%s)", s.over(sel)) }

// sum is the sum of the rates of a selector.
func (s scope) sum(sel selector) string { return fmt.Sprintf("sum(%s)", s.rate(sel)) }

// enough is a total where it stands for enough events to judge by.
func (s scope) enough(total string) string {
	if s.minEvents == 0 {
		return fmt.Sprintf("(%s > 0)", total)
	}
	return fmt.Sprintf("(%s >= %s)", total, number(s.minEvents*(1-tolerance)/cmp.Or(s.counted, s.window).Seconds()))
}

// idle is a total where it does not.
func (s scope) idle(total string) string {
	return fmt.Sprintf("(%s unless %s)", total, s.enough(total))
}

// said is an SLI or a flow as PromQL.
type said struct {
	weight float64
	key    bool
	// score has a number where it takes part; known has one, whatever it is, where it counts as covered, and counts where it does not
	// keep a flow from having a score.
	score, known, counts string
}

// promQL says an SLI.
func (s *sli) promQL(in scope) said {
	value, idle, score := s.said(in)
	parts := []string{score}
	known := []string{value}
	if idle != "" {
		known = append(known, idle)
		idle = fmt.Sprintf("(%s unless %s)", idle, value)
	}
	if idle != "" && s.idle != ignore {
		parts = append(parts, fmt.Sprintf("0 * %s + %s", idle, s.idle.score()))
	}
	if s.missing != ignore {
		parts = append(parts, fmt.Sprintf("(vector(%s) unless %s)", s.missing.score(), either(known)))
	}
	counts := known
	if s.missing != ignore {
		counts = []string{"vector(1)"}
	}
	if s.missing != good { // Nobody saw it work.
		known = counts
	}
	return said{weight: s.weight, key: s.key, score: either(parts), known: either(known), counts: either(counts)}
}

// said is what the indicator says, and its score: at the end of the window, or the mean score of the minutes with a value.
func (s *sli) said(in scope) (number, idle, score string) {
	if shown, is := s.indicator.(value); !in.minutely || !is || !shown.isOfInstant() {
		number, idle = present(s.indicator.promQL(in))
		return number, idle, s.curve.promQL(number)
	}
	span := fmt.Sprintf("[%s:1m]", duration(in.counted))
	if in.offset > 0 {
		span += " offset " + duration(in.offset)
	}
	in.offset = 0
	number, idle = present(s.indicator.promQL(in))
	over := func(function, expr string) string { return fmt.Sprintf("%s_over_time((%s)%s)", function, expr, span) }
	return over("last", number), over("last", idle), over("avg", s.curve.promQL(number))
}

// score is what a policy scores.
func (p policy) score() string {
	if p == good {
		return "1"
	}
	return "0"
}

// present merges forms: the first that has a finite value counts, and where none has one, the first that is idle.
func present(forms []form) (value, idle string) {
	var values, idles []string
	for _, f := range forms {
		values = append(values, fmt.Sprintf("(%s > -Inf < Inf)", f.value))
		if f.idle != "" {
			idles = append(idles, f.idle)
		}
	}
	return either(values), either(idles)
}

// either is the first of the expressions that has a number, or "" of nothing.
func either(exprs []string) string {
	if len(exprs) < 2 {
		return strings.Join(exprs, "")
	}
	return "(" + strings.Join(exprs, " or ") + ")"
}

// composite is a flow or the whole as PromQL.
type composite struct {
	score, coverage string
	// trusted is the coverage where nothing forbids a score.
	trusted string
}

// promQL says a flow.
func (f *flow) promQL(c *catalog, scopeOf func(*sli) scope) composite {
	var members []said
	for i := range f.slis {
		s := &f.slis[i]
		members = append(members, s.promQL(scopeOf(s)))
	}
	coverage := shareOf(members, "0 * %[2]s + %[1]s")
	score, trusted := c.aggregate.promQL(members), c.enough(coverage)
	for _, m := range members {
		if m.key {
			score = fmt.Sprintf("clamp_max(%s, scalar(%s or vector(1)))", score, m.score)
			trusted = fmt.Sprintf("(%s and %s)", trusted, m.counts)
		}
	}
	return composite{score: fmt.Sprintf("(%s and %s)", score, trusted), coverage: coverage, trusted: trusted}
}

// promQL says the whole.
func (c *catalog) promQL(scopeOf func(*sli) scope) composite {
	var members []said
	for i := range c.flows {
		f := c.flows[i].promQL(c, scopeOf)
		members = append(members, said{weight: c.flows[i].weight, score: f.score, known: f.trusted})
	}
	coverage := shareOf(members, "%[1]s * %[2]s")
	trusted := c.enough(coverage)
	return composite{
		score: fmt.Sprintf("(%s and %s)", c.aggregate.promQL(members), trusted), coverage: coverage, trusted: trusted,
	}
}

// enough is a coverage where it is not under the catalog's minimum.
func (c *catalog) enough(coverage string) string {
	return fmt.Sprintf("(%s >= %s)", coverage, number(c.minCoverage*(1-tolerance)))
}

// shareOf adds up a term a member, for its weight and for what is known of it, and divides by all weight.
func shareOf(members []said, term string) string {
	all, terms := 0.0, []string{}
	for _, m := range members {
		all += m.weight
		terms = append(terms, fmt.Sprintf("("+term+" or vector(0))", number(m.weight), m.known))
	}
	if all == 0 {
		return "vector(0)"
	}
	return fmt.Sprintf("((%s) / %s)", strings.Join(terms, " + "), number(all))
}

// promQL aggregates the members of a weight above 0 that have a score; it has no number where none has one.
func (a aggregate) promQL(members []said) string {
	all := 0.0
	var weights []string
	terms := map[aggregate][]string{}
	for i, m := range members {
		if m.weight == 0 {
			continue
		}
		w := number(m.weight)
		all += m.weight
		weights = append(weights, fmt.Sprintf("(0 * %s + %s or vector(0))", m.score, w))
		add := func(a aggregate, format string, args ...any) {
			terms[a] = append(terms[a], fmt.Sprintf(format, args...))
		}
		add(mean, "(%s * %s or vector(0))", w, m.score)
		add(geometric, "(%s * ln(%s) or vector(0))", w, m.score)
		add(harmonic, "(%s / %s or vector(0))", w, m.score)
		add(minimum, `label_replace(%s, "member", "%d", "", "")`, m.score, i)
		add(product, "(%s or vector(1))", m.score)
		add(loss, "(%s * (1 - %s) or vector(0))", w, m.score)
	}
	if all == 0 {
		return "(vector(0) < 0)"
	}
	return a.combined(terms[a], "("+strings.Join(weights, " + ")+" > 0)", number(all))
}

// combined puts the terms of members together, given the weight of those that are present, and of all.
func (a aggregate) combined(terms []string, weight, all string) string {
	sum := "(" + strings.Join(terms, " + ") + ")"
	switch a {
	case mean:
		return fmt.Sprintf("(%s / %s)", sum, weight)
	case geometric:
		return fmt.Sprintf("exp(%s / %s)", sum, weight)
	case harmonic:
		return fmt.Sprintf("(%s / %s)", weight, sum)
	case minimum:
		return fmt.Sprintf("min(%s)", strings.Join(terms, " or "))
	case product:
		return fmt.Sprintf("(%s and %s)", strings.Join(terms, " * "), weight)
	default:
		return fmt.Sprintf("clamp_min(1 - %s * %s / %s, 0)", sum, all, weight)
	}
}
