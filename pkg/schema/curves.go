package schema

// curve is a curve with its parameters, or the name alone of one that needs none.
var curve = AnyOf{
	Words{
		{"identity", "The value is the score."},
		{"objective", "1 without loss, 0 at a burn rate of 10 against the SLI's objective."},
	},
	Curve,
}

// Curve holds the one curve that turns the value of an SLI into its score.
var Curve = &Mapping{
	Name: "curve", What: "a curve", Doc: "The curve that turns a value into a score, exactly one.",
	Fields: []Field{
		{"identity", Identity, "", "The value is the score."},
		{"linear", Linear, "", "0 at zero, 1 at one, linear in between."},
		{"step", Step, "", "1 on the better side of at, else 0."},
		{"logNormal", LogNormal, "", "Lighthouse's curve: 0.9 at p10, 0.5 at median."},
		{"objective", Budget, "", "1 without loss, 0 at a burn rate of factor against the SLI's objective."},
	},
	rules: []object{{{"minProperties", 1}, {"maxProperties", 1}}},
}

// quantity is a number, or a duration as seconds.
var quantity = AnyOf{number(), unitSpan}

// Identity takes the value for the score.
var Identity = &Mapping{Name: "identity", What: "the curve identity", Doc: "The value is the score."}

// Linear is a line between two values.
var Linear = &Mapping{
	Name: "linear", What: "the curve linear", Doc: "0 at zero, 1 at one, linear in between.",
	Fields: []Field{
		{"zero", quantity, "0.9", "The value that scores 0; a duration of a quantile, such as 2s."},
		{"one", quantity, "1", "The value that scores 1; a duration of a quantile, such as 300ms."},
	},
}

// Step is an edge.
var Step = &Mapping{
	Name: "step", What: "the curve step", Doc: "1 on the better side of at, else 0.",
	Fields: []Field{
		{"at", quantity, "0.99", "The edge, which itself scores 1 unless strict is true."},
		{"better", Words{{"lower", "Values under the edge score 1."}, {"higher", "Values above the edge score 1."}}, "", "Which side scores 1. Left out: higher."},
		{"strict", truth, "", "The edge itself scores 0."},
	},
}

// LogNormal is Lighthouse's curve.
var LogNormal = &Mapping{
	Name: "logNormal", What: "the curve logNormal", Doc: "Lighthouse's curve, for values of which lower ones are better.",
	Fields: []Field{
		{"p10", AnyOf{number(above0), unitSpan}, "300ms", "The value that scores 0.9."},
		{"median", AnyOf{number(above0), unitSpan}, "800ms", "The value that scores 0.5, above p10."},
	},
}

// Budget is a line down to a burn rate.
var Budget = &Mapping{
	Name: "objectiveCurve", What: "the curve objective", Doc: "1 without loss, 0 at a burn rate of factor against the SLI's objective.",
	Fields: []Field{
		{"factor", number(above0), "", "The burn rate that scores 0. Left out: 10."},
	},
}
