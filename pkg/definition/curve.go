package definition

import (
	"math"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// readCurve reads the curve of an SLI whose indicator and objective are known.
func readCurve(f *fields, s *cer.SLI) {
	s.Curve = cer.Identity{}
	read(f, "curve", &s.Curve, func(n node) (cer.Curve, bool) { return curve(n, s) })
	at, stated := f.values["curve"]
	switch {
	case s.Indicator == nil:
	case stated:
		checkDirection(at, s.Indicator.Kind(), s.Curve)
	case s.Indicator.Kind() == cer.KindQuantile:
		f.lack("a quantile needs a curve, because seconds are not a score; add curve: { logNormal: { p10: 300ms, median: 800ms } }")
	default:
		if value, ok := s.Indicator.(cer.Value); ok && expand.CheckExpression(value.PromQL, f.at.file.budget).IsInUnits() {
			f.at.warn("a quantile or a mean of a histogram is not a score: 0.3 seconds would count as 30%%; add a curve, such as curve: { linear: { zero: 2, one: 0.3 } }, or write latency: { histogram: ..., under: 300ms } instead")
		}
	}
}

// curve reads a mapping with the name of a curve as its only key, or the name alone.
func curve(n node, s *cer.SLI) (cer.Curve, bool) {
	name, parameters := n, node{Node: &yaml.Node{Kind: yaml.MappingNode, Line: n.Line, Column: n.Column}, file: n.file, path: n.path}
	if n.Kind == yaml.MappingNode {
		if len(n.Content) != 2 {
			n.refuse("a curve is exactly one of its kinds; write it as curve: { linear: { zero: 0.9, one: 1 } }")
			return nil, false
		}
		name = n.child(n.Content[0], "")
		parameters = n.child(n.Content[1], "."+excerpt(name.Value, 0))
	}
	word, ok := oneOf[string](schema.Curve.Names())(name)
	if !ok {
		return nil, false
	}
	of, _ := schema.Curve.Field(word).Holds.(*schema.Mapping)
	f, ok := fieldsOf(parameters, of)
	if !ok {
		return nil, false
	}
	defer f.end()
	return curveNamed(word, f, s), true
}

// curveNamed reads the parameters of a curve.
func curveNamed(name string, f *fields, s *cer.SLI) cer.Curve {
	switch name {
	case "linear":
		return linear(f, parameterOf(s))
	case "step":
		return step(f, parameterOf(s))
	case "logNormal":
		return logNormal(f, parameterOf(s))
	case "objective":
		return budget(f, s)
	default:
		return identity(f, s)
	}
}

// parameterOf reads a parameter of the curve of s: durations make sense for values that may be seconds.
func parameterOf(s *cer.SLI) reading[float64] {
	switch {
	case s.Indicator == nil:
		return quantity
	case s.Indicator.Kind().IsShare():
		return shareParameter
	case s.Indicator.Kind() == cer.KindQuantile:
		return secondsParameter
	default:
		return quantity
	}
}

// shareParameter reads a parameter of a curve over shares, and warns of one that no share reaches.
func shareParameter(n node) (float64, bool) {
	if percent, ok := percentage(n); ok && n.is(textTag) {
		n.refuse("a number is needed here, since the value is a share from 0 to 1; write %s for %s%%", decimal(percent/100), decimal(percent))
		return 0, false
	}
	v, ok := number(n)
	if ok && v >= fewPercent {
		n.warn("the value is a share from 0 to 1, never %s; write %s for %[1]s%%", decimal(v), decimal(v/100))
	}
	return v, ok
}

// fewPercent is the number from which on a share is taken for a percentage; a line may well end beyond 1.
const fewPercent = 2

// secondsParameter reads a parameter of a curve over seconds, and warns of a number that is likely in milliseconds.
func secondsParameter(n node) (float64, bool) {
	v, ok := quantity(n)
	if hint := withUnitOfTime(n); ok && v >= manySeconds && n.is(integerTag, floatTag) {
		n.warn("the value of a quantile is in seconds, and so is this number%s", hint)
	}
	return v, ok
}

// identity has no parameters.
func identity(f *fields, s *cer.SLI) cer.Curve {
	if s.Indicator != nil && s.Indicator.Kind() == cer.KindQuantile {
		f.at.refuse("the curve identity would use seconds as a score; write { logNormal: { p10: 300ms, median: 800ms } } or the like")
	}
	return cer.Identity{}
}

// linear reads where the score is 0 and where it is 1.
func linear(f *fields, parameter reading[float64]) cer.Curve {
	c := cer.Linear{Zero: math.NaN(), One: math.NaN()}
	read(f, "zero", &c.Zero, parameter)
	read(f, "one", &c.One, parameter)
	if c.Zero == c.One {
		f.at.refuse("zero and one are equal, so there is no line between them; write different values, or the curve step")
	}
	return c
}

// step reads an edge and the side of it that is better.
func step(f *fields, parameter reading[float64]) cer.Curve {
	var c cer.Step
	better := "higher"
	read(f, "at", &c.At, parameter)
	readWord(f, "better", &better)
	read(f, "strict", &c.Strict, truth)
	c.LowerBetter = better == "lower"
	return c
}

// logNormal reads the values that score 0.9 and 0.5.
func logNormal(f *fields, parameter reading[float64]) cer.Curve {
	c := cer.LogNormal{P10: math.NaN(), Median: math.NaN()}
	read(f, "p10", &c.P10, parameter)
	read(f, "median", &c.Median, parameter)
	if c.P10 <= 0 {
		f.values["p10"].refuse("p10 must be above 0; it is the value that scores 0.9")
	}
	if c.P10 >= c.Median {
		f.values["median"].refuse("the median must be above p10: it is the value that scores 0.5, and p10 the one that scores 0.9")
	}
	return c
}

// budget reads the burn rate that scores 0.
func budget(f *fields, s *cer.SLI) cer.Curve {
	c := cer.Budget{Objective: s.Objective, Factor: 10}
	read(f, "factor", &c.Factor, within(number, func(v float64) bool { return v*(1-s.Objective) > 0 },
		"a factor is a number above 0; it is the burn rate that scores 0"))
	if s.Objective == 0 {
		f.at.refuse("the curve objective needs an objective of the SLI; add objective: 0.99 to the SLI")
	}
	if s.Indicator != nil && !s.Indicator.Kind().IsShare() {
		f.at.refuse("the curve objective is for shares of good events (ratio, latency, apdex, probe, recorded); write linear or step for a %s", s.Indicator.Kind())
	}
	return c
}

// checkDirection warns of a curve that scores worse values higher.
func checkDirection(at node, kind cer.Kind, curve cer.Curve) {
	switch better := direction(curve); {
	case kind == cer.KindQuantile && better > 0:
		at.warn("this curve scores a longer duration higher; swap its sides unless this is intended")
	case kind.IsShare() && better < 0:
		at.warn("this curve scores a smaller share of good events higher; swap its sides unless this is intended")
	}
}

// direction is 1 where the curve scores higher values higher, -1 where it scores them lower, and 0 where that is no
// question.
func direction(curve cer.Curve) int {
	switch c := curve.(type) {
	case cer.Linear:
		return sign(c.One < c.Zero, c.One > c.Zero)
	case cer.Step:
		return sign(c.LowerBetter, !c.LowerBetter)
	case cer.LogNormal:
		return -1
	default:
		return 0
	}
}

// sign is -1, 1, or 0 where it is neither.
func sign(negative, positive bool) int {
	switch {
	case negative:
		return -1
	case positive:
		return 1
	default:
		return 0
	}
}
