package schema

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// SLI is an indicator of a flow.
var SLI = &Mapping{
	Name: "sli", What: "an SLI", Doc: "An indicator of how well a flow goes: what is measured, and how its value becomes a score.",
	Fields: slices.Concat([]Field{
		{"name", name, "success", "The name of the SLI, which answers bear as a label."},
		{"title", text, "", "What the SLI is called where people read: in legends, tables, summaries and annotations. Left out: its name."},
		{"description", text, "", "A sentence on what the SLI measures."},
		{"preset", PresetOfSLI, "", "The SLI of a preset that this one is made of, instead of a kind."},
		{"under", fineSpan, "", "The bound of the latency of the flow's preset, for the SLI of this name."},
		{"component", components, "", "What the SLI speaks for. Left out: availability for a ratio or a probe, latency for a histogram; a value and what is recorded state it."},
		{"dependsOn", name, "", "The dependency that an SLI of the component dependency measures."},
		{"weight", weight, "", "How much the SLI counts in its flow, in relation to others. Left out: 1."},
		{"key", truth, "", "The flow's score is never above this SLI's, and there is none while this SLI is missing."},
		{"objective", share, "", "The target of the SLI's value, between 0 and 1."},
		{"window", span, "", "How far the SLI looks back, up to 1d. Left out: the catalog's window."},
		{"scrapeInterval", span, "", "How far apart the samples are. Left out: the catalog's."},
		{"trust", matchers, "", "Matchers instead of the catalog's; an empty list is none."},
		{"labels", Map{Of: text}, "", "What dimensions are called on the series of the SLI, where that differs; none where they do not have the label."},
		{"minEvents", amount, "", "With fewer events in the window the SLI is idle. Budgets count them all the same."},
		{"missing", missing, "", "What the SLI scores while it has no series, after its fallback. Left out: ignore."},
		{"maxDelay", span, "", "How long missing: hold keeps a score, from 1m to 1h."},
		{"idle", idle, "", "What the SLI scores while there are series but no events. Left out: ignore."},
	}, kinds, []Field{
		{"unit", histogramUnits, "", "The unit of the histogram. Left out: that of its name, else seconds."},
		{"curve", curve, "", "How the value becomes a score. Left out: identity, but a quantile states one."},
		{"fallback", Fallback, "", "What stands in while the SLI is missing."},
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
		{"preset", PresetOfSLI, "", "The SLI of a preset that the fallback is made of, instead of a kind."},
	}, kinds, []Field{
		{"unit", histogramUnits, "", "The unit of the histogram. Left out: that of its name, else seconds."},
		{"curve", curve, "", "How the fallback's own value becomes a score. Left out: identity, but a quantile states one."},
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
	{"security", "Whether attacks are kept out, and users are not."},
	{"experience", "What the browser or the app saw."},
	{"delivery", "Whether changes arrive, and do no harm."},
	{"telemetry", "Whether the telemetry itself can be trusted."},
}

var missing = Words{
	{"ignore", "Leaves the SLI out, so that coverage falls."},
	{"bad", "Scores 0."},
	{"good", "Scores 1."},
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
