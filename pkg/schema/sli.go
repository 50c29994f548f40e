package schema

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// SLI is an indicator of a flow.
var SLI = &Mapping{
	Name: "sli", What: "an SLI", Doc: "A service level indicator: what is measured, and how its value becomes a score.",
	Fields: slices.Concat([]Field{
		{"name", name, "success", "The name of the SLI, a label of answers."},
		{"title", text, "", "The title in legends, tables, summaries and annotations. Left out: the name."},
		{"description", text, "", "A sentence on what the SLI measures."},
		{"preset", PresetOfSLI, "", "The SLI of a preset that this SLI uses, instead of a kind."},
		{"under", fineSpan, "", "The bound of the latency of the flow's preset, for the SLI of this name."},
		{"component", components, "", "The aspect of reliability that the SLI measures. Left out: availability for a ratio or a probe, latency for a histogram; values and recorded shares must set it."},
		{"dependsOn", name, "", "The dependency that an SLI of the component dependency measures."},
		{"weight", weight, "", "The weight of the SLI in its flow, relative to others. Left out: 1."},
		{"key", truth, "", "The flow's score is never above that of this SLI, and unknown while this SLI is missing."},
		{"objective", share, "", "The target of the SLI's value, between 0 and 1."},
		{"window", span, "", "The time over which the SLI is measured, up to 1d. Left out: the catalog's window."},
		{"scrapeInterval", span, "", "The time between samples. Left out: the catalog's."},
		{"trust", matchers, "", "Matchers instead of the catalog's; an empty list is none."},
		{"labels", Map{Of: text}, "", "The labels of dimensions on the series of the SLI, if they differ; none if the series do not have the label."},
		{"minEvents", amount, "", "With fewer events in the window the SLI is idle. Error budgets still count them."},
		{"missing", missing, "", "What the SLI scores while it has no series, after its fallback. Left out: ignore."},
		{"maxDelay", span, "", "How long missing: hold keeps a score, from 1m to 1h."},
		{"idle", idle, "", "What the SLI scores while there are series but no events. Left out: ignore."},
	}, kinds, []Field{
		{"unit", histogramUnits, "", "The unit of the histogram. Left out: that of its name, else seconds."},
		{"curve", curve, "", "How the value becomes a score. Left out: identity; a quantile needs one."},
		{"fallback", Fallback, "", "What is used while the SLI is missing."},
	}),
	rules: slices.Concat(rulesOfKinds, []object{
		either(exactlyOne(madeOf...), not(atLeastOne(madeOf...))),
		when(has("under"), not(atLeastOne(madeOf...))),
		when(ofKind, all(
			when(has("dependsOn"), where("component", is(string(cer.Dependency)))),
			when(atLeastOne(string(cer.KindValue), string(cer.KindRecorded)), has("component")),
			when(where("missing", is(string(cer.Hold))), has("maxDelay")),
			when(has("maxDelay"), where("missing", is(string(cer.Hold)))),
			when(has("minEvents"), not(atLeastOne(string(cer.KindValue), string(cer.KindProbe)))),
			when(all(has("minEvents"), has(string(cer.KindRecorded))), where(string(cer.KindRecorded), has("total"))),
			when(has("unit"), histogramOrPreset),
			when(where("curve", objectiveCurve), all(has("objective"), shareOrPreset)),
			when(where("fallback", where("curve", objectiveCurve)), has("objective")),
		)),
		when(where("trust", filled), only("fallback", needs(string(cer.KindRecorded), "trust"))),
	}),
}

// Fallback is what stands in for an SLI.
var Fallback = &Mapping{
	Name: "fallback", What: "a fallback", Doc: "Another indicator, which stands in for an SLI while that is missing.",
	Fields: slices.Concat([]Field{
		{"preset", PresetOfSLI, "", "The SLI of a preset that the fallback uses, instead of a kind."},
	}, kinds, []Field{
		{"unit", histogramUnits, "", "The unit of the histogram. Left out: that of its name, else seconds."},
		{"curve", curve, "", "How the fallback's own value becomes a score. Left out: identity; a quantile needs one."},
		{"trust", matchers, "", "Matchers instead of the SLI's; an empty list is none."},
	}),
	rules: slices.Concat(rulesOfKinds, []object{
		exactlyOne(madeOf...),
		when(has("unit"), histogramOrPreset),
		when(where("curve", objectiveCurve), shareOrPreset),
	}),
}

// rulesOfKinds hold for SLIs and their fallbacks.
var rulesOfKinds = []object{
	needs(string(cer.KindQuantile), "curve"),
	when(has(string(cer.KindQuantile)), only("curve", not(identityCurve))),
	when(atLeastOne(shares...), only("curve", numbersOnly)),
}

// objectiveCurve is true of the curve objective.
var objectiveCurve = either(is("objective"), all(object{{"type", "object"}}, has("objective")))

// identityCurve is true of the curve identity.
var identityCurve = either(is("identity"), all(object{{"type", "object"}}, has("identity")))

// numbersOnly refuses durations in a curve, which no share is.
var numbersOnly = all(
	only("linear", all(only("zero", aNumber), only("one", aNumber))),
	only("step", only("at", aNumber)),
	only("logNormal", all(only("p10", aNumber), only("median", aNumber))),
)

var aNumber = number().schema

var components = Words{
	{"availability", "Whether it works at all."},
	{"latency", "Whether it is fast."},
	{"correctness", "Whether the answers are right."},
	{"dependency", "Whether what it depends on works."},
	{"security", "Whether attacks are blocked, and users are not."},
	{"experience", "What the browser or the app measured."},
	{"delivery", "Whether changes are delivered without harm."},
	{"telemetry", "Whether the telemetry itself can be trusted."},
}

var missing = Words{
	{"ignore", "Leaves the SLI out, and coverage falls."},
	{"bad", "Scores 0."},
	{"good", "Scores 1, but is not covered: coverage falls."},
	{"hold", "Keeps the newest score for maxDelay, and then leaves the SLI out."},
	{"error", "Withholds the flow's score, and fails a query whose newest instant lacks the SLI."},
}

var idle = Words{
	{"ignore", "Leaves the SLI out; coverage does not fall."},
	{"good", "Scores 1."},
	{"bad", "Scores 0."},
}

var histogramUnits = Words{
	{"s", "Seconds."},
	{"ms", "Milliseconds."},
	{"us", "Microseconds."},
	{"ns", "Nanoseconds."},
}
