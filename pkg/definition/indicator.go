package definition

import (
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// kinds are the kinds of SLIs, each with what reads it.
var kinds = []kindOfSLI{
	{cer.KindRatio, ratio},
	{cer.KindLatency, latency},
	{cer.KindApdex, apdex},
	{cer.KindQuantile, quantile},
	{cer.KindValue, value},
	{cer.KindProbe, probe},
	{cer.KindRecorded, recorded},
}

// kindOfSLI is a kind of SLIs, and what reads it.
type kindOfSLI struct {
	name cer.Kind
	read reading[cer.Indicator]
}

// kindNames lists the kinds in words, and the preset that stands for one.
func kindNames() string {
	var all []string
	for _, kind := range kinds {
		all = append(all, string(kind.name))
	}
	return strings.Join(append(all, "preset"), ", ")
}

// latency reads a share of requests at or under a duration.
func latency(n node) (cer.Indicator, bool) {
	var i cer.LatencyShare
	f, ok := histogramFields(n, "a latency", &i.Histogram, &i.Unit)
	if !ok {
		return nil, false
	}
	need(f, "under", "800ms", &i.Under, bound)
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
	f, ok := histogramFields(n, "an apdex", &i.Histogram, &i.Unit)
	if !ok {
		return nil, false
	}
	need(f, "satisfied", "300ms", &i.Satisfied, bound)
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
	f, ok := histogramFields(n, "a quantile", &i.Histogram, &i.Unit)
	if !ok {
		return nil, false
	}
	need(f, "q", "0.99", &i.Q, rank)
	f.end()
	return i, true
}

// histogramFields returns the fields of a kind that measures a histogram, whose unit is that of its name.
func histogramFields(n node, what string, into *string, unit *cer.Unit) (*fields, bool) {
	f, ok := fieldsOf(n, what)
	if !ok {
		return f, false
	}
	var selected seriesSelector
	need(f, "histogram", "http_request_duration_seconds", &selected, histogram)
	*into, *unit = selected.promQL, cer.UnitOfName(selected.metric)
	return f, true
}

// value reads an expression.
func value(n node) (cer.Indicator, bool) {
	var i cer.Value
	f, ok := fieldsOf(n, "a value")
	if !ok {
		return nil, false
	}
	need(f, "promql", "avg(queue_length)", &i.PromQL, measured)
	f.end()
	return i, true
}

// probe reads the selector of gauges that are 0 or 1.
func probe(n node) (cer.Indicator, bool) {
	var gauges seriesSelector
	f, ok := fieldsOf(n, "a probe")
	if !ok {
		return nil, false
	}
	need(f, "selector", "probe_success{target=\"shop\"}", &gauges, selector)
	f.end()
	return cer.Probe{Selector: gauges.promQL}, true
}

// withUnit returns the indicator of what, such as an SLI, with the unit that n states.
func withUnit(n node, what string, indicator cer.Indicator) cer.Indicator {
	unit, ok := oneOf(cer.Units()...)(n)
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
	n.refuse("%s of the kind %s measures no histogram; leave unit out", what, indicator.Kind())
	return indicator
}

// warnOtherUnit warns of a stated unit that is not the one in the histogram's name.
func warnOtherUnit(n node, unit cer.Unit, histogram string) {
	metric := expand.MetricName(histogram)
	if named := cer.UnitOfName(metric); named != "" && named != unit {
		n.warn("the name %s says that the histogram is in %s; leave unit out unless the name is wrong", metric, named)
	}
}
