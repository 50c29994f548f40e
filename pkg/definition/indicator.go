package definition

import (
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// kinds are the kinds of SLIs, each with what reads it.
var kinds = map[cer.Kind]reading[cer.Indicator]{
	cer.KindRatio:    ratio,
	cer.KindLatency:  latency,
	cer.KindApdex:    apdex,
	cer.KindQuantile: quantile,
	cer.KindValue:    value,
	cer.KindProbe:    probe,
	cer.KindRecorded: recorded,
}

// kindNames lists the kinds in words, and the preset that stands for one.
func kindNames() string { return strings.Join(append(schema.Kinds(), "preset"), ", ") }

// latency reads a share of requests at or under a duration.
func latency(n node) (cer.Indicator, bool) {
	var i cer.LatencyShare
	f, ok := histogramFields(n, schema.Latency, &i.Histogram, &i.Unit)
	if !ok {
		return nil, false
	}
	read(f, "under", &i.Under, bound)
	read(f, "good", &i.Good, goodMatchers)
	f.end()
	return i, true
}

// goodMatchers reads the matchers of requests that did not fail.
func goodMatchers(n node) (string, bool) {
	all, ok := matchers(n)
	return strings.Join(all, ","), ok
}

// apdex reads two durations of which the second defaults to four times the first.
func apdex(n node) (cer.Indicator, bool) {
	var i cer.Apdex
	f, ok := histogramFields(n, schema.Apdex, &i.Histogram, &i.Unit)
	if !ok {
		return nil, false
	}
	read(f, "satisfied", &i.Satisfied, bound)
	i.Tolerated = 4 * i.Satisfied
	read(f, "tolerated", &i.Tolerated, within(bound, func(d time.Duration) bool { return d > i.Satisfied },
		"tolerated is a duration above satisfied; leave it out for four times satisfied"))
	read(f, "good", &i.Good, goodMatchers)
	f.end()
	return i, true
}

// quantile reads a quantile of a histogram.
func quantile(n node) (cer.Indicator, bool) {
	var i cer.Quantile
	f, ok := histogramFields(n, schema.Quantile, &i.Histogram, &i.Unit)
	if !ok {
		return nil, false
	}
	read(f, "q", &i.Q, rank)
	f.end()
	return i, true
}

// histogramFields returns the fields of a kind that measures a histogram, whose unit is that of its name.
func histogramFields(n node, of *schema.Mapping, into *string, unit *cer.Unit) (*fields, bool) {
	f, ok := fieldsOf(n, of)
	if !ok {
		return f, false
	}
	var selected seriesSelector
	read(f, "histogram", &selected, histogram)
	*into, *unit = selected.promQL, cer.UnitOfName(selected.metric)
	return f, true
}

// value reads an expression.
func value(n node) (cer.Indicator, bool) {
	var i cer.Value
	f, ok := fieldsOf(n, schema.Value)
	if !ok {
		return nil, false
	}
	read(f, "promql", &i.PromQL, measured)
	f.end()
	return i, true
}

// probe reads the selector of gauges that are 0 or 1.
func probe(n node) (cer.Indicator, bool) {
	var gauges seriesSelector
	f, ok := fieldsOf(n, schema.Probe)
	if !ok {
		return nil, false
	}
	read(f, "selector", &gauges, selector)
	f.end()
	return cer.Probe{Selector: gauges.promQL}, true
}

// withUnit returns the indicator of an SLI or a fallback with the unit that n states.
func withUnit(n node, of *schema.Mapping, indicator cer.Indicator) cer.Indicator {
	unit, ok := oneOf[cer.Unit](of.Field("unit").Words())(n)
	if !ok {
		return indicator
	}
	switch i := indicator.(type) {
	case cer.LatencyShare:
		warnOtherUnit(n, unit, i.Histogram)
		i.Unit = unit
		return i
	case cer.Apdex:
		warnOtherUnit(n, unit, i.Histogram)
		i.Unit = unit
		return i
	case cer.Quantile:
		warnOtherUnit(n, unit, i.Histogram)
		i.Unit = unit
		return i
	}
	n.refuse("%s of the kind %s has no histogram; leave unit out", of.What, indicator.Kind())
	return indicator
}

// warnOtherUnit warns of a stated unit that is not the one in the histogram's name.
func warnOtherUnit(n node, unit cer.Unit, histogram string) {
	metric := expand.MetricName(histogram)
	if named := cer.UnitOfName(metric); named != "" && named != unit {
		n.warn("by its name %s the histogram is in %s; leave unit out unless the name is wrong", metric, named)
	}
}
