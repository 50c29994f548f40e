package schema

// Gate says when a release may go on.
var Gate = &Mapping{
	Name: "gate", What: "a gate", Doc: "When a release may go on: compare, require, or both.",
	Fields: []Field{
		{"name", name, "checkout-canary", "The name of the gate."},
		{"flows", Selection, "", "Which flows it is about. Left out: all of them."},
		{"compare", Comparison, "", "Which cohort is compared with which."},
		{"strata", List{Of: text}, "", "Dimensions within whose cohorts the two are compared."},
		{"maxDrop", AnyOf{drop, Map{Of: drop}}, "", "By how much SLIs of the candidate may be lower, or a map by SLI. Left out: 1%."},
		{"bounds", Map{Of: fineSpan}, "", "The durations by which quantiles are compared, by SLI. Left out: where the curve scores 0.5."},
		{"alpha", chance, "", "The chance that a healthy candidate fails, up to 50%. Left out: 5%."},
		{"beta", chance, "", "The chance that a worse candidate passes, up to 50%. Left out: 5%."},
		{"slice", span, "", "How wide the time slices are, whole minutes up to 1h. Left out: 1m."},
		{"warmup", span, "", "How long nothing counts after the start. Left out: 2m."},
		{"minDuration", span, "", "Before that nothing passes. Left out: 5m."},
		{"maxDuration", span, "", "After that onTimeout is the verdict. Left out: 1h."},
		{"onTimeout", verdicts, "", "The verdict where there is none after maxDuration. Left out: fail."},
		{"minPassed", portion(above0, upTo1), "", "The share of the weight of the SLIs that has to pass. Left out: 50%."},
		{"require", text, "", "A condition in CEL that has to hold besides, such as score >= 0.95."},
	},
	rules: []object{
		atLeastOne("compare", "require"),
		{{"dependentRequired", object{
			{"strata", compared}, {"maxDrop", compared}, {"bounds", compared}, {"alpha", compared},
			{"beta", compared}, {"slice", compared}, {"minPassed", compared},
		}}},
	},
}

var (
	compared = []string{"compare"}
	drop     = portion(from0, under1)
	chance   = portion(above0, member{"maximum", 0.5})
)

// Comparison says which cohorts are compared.
var Comparison = &Mapping{
	Name: "comparison", What: "a comparison", Doc: "Which cohort is compared with which.",
	Fields: []Field{
		{"dimension", text, "release", "The dimension that tells releases apart."},
		{"candidate", cohort, "", "The cohort of the new release. Left out: who asks says it."},
		{"baseline", cohort, "", "The cohort of the present release. Left out: who asks says it."},
	},
}

var verdicts = Words{
	{"pass", "The release goes on."},
	{"fail", "The release is stopped."},
	{"inconclusive", "Nobody can tell."},
}
