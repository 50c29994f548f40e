package oracle

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// condition is a label matcher.
type condition struct{ label, op, value string }

// String returns the condition as PromQL.
func (c condition) String() string { return c.label + c.op + strconv.Quote(c.value) }

// holds reports whether the condition holds for the value of its label.
func (c condition) holds(value string) bool {
	switch c.op {
	case "=":
		return value == c.value
	case "!=":
		return value != c.value
	case "=~":
		return entire(c.value).MatchString(value)
	default:
		return !entire(c.value).MatchString(value)
	}
}

// compiled holds the expressions by their pattern, since compiling costs more than anything else.
var compiled sync.Map

// entire returns the expression that matches a value from its beginning to its end.
func entire(pattern string) *regexp.Regexp {
	if known, ok := compiled.Load(pattern); ok {
		return known.(*regexp.Regexp)
	}
	expression := regexp.MustCompile("^(?:" + pattern + ")$")
	compiled.Store(pattern, expression)
	return expression
}

// selector selects the series of a metric.
type selector struct {
	metric     string
	conditions []condition
}

// with returns the selector with more conditions.
func (s selector) with(more ...condition) selector {
	return selector{s.metric, append(append([]condition{}, s.conditions...), more...)}
}

// suffixed returns the selector of another metric, whose name has a suffix.
func (s selector) suffixed(suffix string) selector { return selector{s.metric + suffix, s.conditions} }

// String returns the selector as PromQL.
func (s selector) String() string {
	if len(s.conditions) == 0 {
		return s.metric
	}
	texts := make([]string, len(s.conditions))
	for i, c := range s.conditions {
		texts[i] = c.String()
	}
	return s.metric + "{" + strings.Join(texts, ",") + "}"
}

// selects reports whether a series is among those selected.
func (s selector) selects(one *series) bool {
	if one.metric != s.metric {
		return false
	}
	for _, c := range s.conditions {
		if !c.holds(one.labels[c.label]) {
			return false
		}
	}
	return true
}
