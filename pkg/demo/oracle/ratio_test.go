package oracle

import (
	"fmt"
	"strings"
)

// ratio is a share of good events among all.
type ratio struct {
	// part counts the good events, or the bad ones.
	part, all selector
	partIsBad bool
	// partIsWhole and totalIsWhole say that the definition states a whole expression rather than a selector.
	partIsWhole, totalIsWhole bool
	// absentIsZero says that the definition takes a part of another metric that is not there for 0.
	absentIsZero bool
}

func (ratio) kind() string { return "ratio" }

func (r ratio) yaml() map[string]any {
	part := "good"
	if r.partIsBad {
		part = "bad"
	}
	fields := map[string]any{part: stated(r.part, r.partIsWhole), "total": stated(r.all, r.totalIsWhole)}
	if r.absentIsZero {
		fields["absent"] = "zero"
	}
	return fields
}

// stated is how the definition says a counter.
func stated(s selector, asWhole bool) string {
	if asWhole {
		return fmt.Sprintf("sum by (instance) (rate(%s[__window]))", s)
	}
	return s.String()
}

// promQL is the sum of the part over the sum of all. A part that is not there is 0 if it is of the same metric.
func (r ratio) promQL(s scope) []form {
	total := r.total(s)
	part := s.sum(r.part)
	if r.part.metric == r.all.metric {
		part = fmt.Sprintf("(%s or 0 * %s)", part, total)
	}
	share := fmt.Sprintf("%s / %s", part, s.enough(total))
	if r.partIsBad {
		share = "1 - " + share
	}
	return []form{{value: limited(share), idle: s.idle(total)}}
}

func (r ratio) total(s scope) string { return s.sum(r.all) }

func (r ratio) recompute(raw recomputer) []columns {
	total, part := raw.rate(r.all), raw.rate(r.part)
	value := make(column, len(total))
	for i := range value {
		if missing(part[i]) && !isNotNumber(part[i]) && (r.part.metric == r.all.metric || r.absentIsZero) {
			part[i] = 0
		}
		value[i] = part[i] / total[i]
		if r.partIsBad {
			value[i] = 1 - value[i]
		}
		value[i] = limit(value[i])
	}
	return []columns{{total: total, value: value}}
}

// probe is the share of successful checks.
type probe struct{ checks selector }

func (probe) kind() string { return "probe" }

func (p probe) yaml() map[string]any { return map[string]any{"selector": p.checks.String()} }

func (p probe) promQL(s scope) []form {
	return []form{{value: limited(fmt.Sprintf("sum(sum_over_time(%[1]s)) / sum(count_over_time(%[1]s))", s.over(p.checks)))}}
}

func (p probe) recompute(raw recomputer) []columns {
	value := make(column, len(raw.times))
	for i, t := range raw.times {
		sum, count := 0.0, 0.0
		for _, s := range raw.selected(p.checks) {
			for _, at := range raw.within(s, t) {
				sum, count = sum+s.values[at], count+1
			}
		}
		value[i] = limit(sum / count)
	}
	return []columns{{value: value}}
}

// value is what an expression yields.
type value struct {
	// text is the expression, with %s for each of the selectors' text and __window for the window.
	text      string
	selectors []selector
}

func (value) kind() string { return "value" }

// isOfInstant reports whether it does not look back over the window.
func (v value) isOfInstant() bool { return !strings.Contains(v.text, "__window") }

func (v value) yaml() map[string]any { return map[string]any{"promql": v.with(nil, "[__window]")} }

// with returns the expression with trusted matchers, for a range.
func (v value) with(trust []condition, span string) string {
	texts := make([]any, len(v.selectors))
	for i, one := range v.selectors {
		texts[i] = one.with(trust...).String()
	}
	return strings.ReplaceAll(fmt.Sprintf(v.text, texts...), "[__window]", span)
}

func (v value) promQL(s scope) []form {
	expr := fmt.Sprintf("sum(%s)", v.with(s.trust, s.span()))
	return []form{{value: expr, idle: undefined(expr)}}
}

func (v value) recompute(raw recomputer) []columns {
	raw.window += raw.engine.border()
	expr := v.with(raw.trust, raw.span())
	c := columns{value: raw.ask(expr)}
	if !raw.defined {
		c.undefined = raw.ask(undefined(expr))
	}
	return []columns{c}
}

// undefined is the expression that is 1 where another yields a result that is not a number, such as 0/0, and else nothing.
func undefined(expr string) string { return fmt.Sprintf("count((%[1]s) unless (%[1]s) >= -Inf)", expr) }
