package schema

// Gate says when a release may go on.
var Gate = &Mapping{
	Name: "gate", What: "a gate", Doc: "Whether a release may continue: compare, require, or both.",
	Fields: []Field{
		{"name", name, "checkout-canary", "The name of the gate."},
		{"flows", Selection, "", "The flows that it applies to. Left out: all."},
		{"compare", Comparison, "", "The cohorts that are compared."},
		{"strata", List{Of: text}, "", "Dimensions within whose cohorts the two are compared."},
		{"maxDrop", AnyOf{drop, Map{Of: drop}}, "", "How much lower SLIs of the candidate may be, or a map by SLI. Left out: 1%."},
		{"bounds", Map{Of: fineSpan}, "", "The durations by which quantiles are compared, by SLI. Left out: where the curve scores 0.5."},
		{"alpha", chance, "", "The chance that a healthy candidate fails, up to 50%. Left out: 5%."},
		{"beta", chance, "", "The chance that a worse candidate passes, up to 50%. Left out: 5%."},
		{"slice", span, "", "The width of the time slices, whole minutes up to 1h. Left out: 1m."},
		{"warmup", span, "", "The time after the start that does not count. Left out: 2m."},
		{"minDuration", span, "", "The earliest time at which the gate can pass. Left out: 5m."},
		{"maxDuration", span, "", "The time after which onTimeout is the verdict. Left out: 1h."},
		{"onTimeout", verdicts, "", "The verdict after maxDuration, if there is none yet. Left out: fail."},
		{"minPassed", portion(above0, upTo1), "", "The share of the weight of the SLIs that must pass. Left out: 50%."},
		{"require", text, "", "A condition in CEL that must hold too, such as score >= 0.95."},
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
	Name: "comparison", What: "a comparison", Doc: "The cohorts that are compared.",
	Fields: []Field{
		{"dimension", text, "release", "The dimension that distinguishes releases."},
		{"candidate", cohort, "", "The cohort of the new release. Left out: each query names it."},
		{"baseline", cohort, "", "The cohort of the current release. Left out: each query names it."},
	},
}

var verdicts = Words{
	{"pass", "The release continues."},
	{"fail", "The release is stopped."},
	{"inconclusive", "Nobody can tell."},
}
