package oracle

import (
	"fmt"
	"math"
	"strconv"
)

// tolerance is the relative slack with which a number meets a threshold.
const tolerance = 1e-9

// curve turns a value into a score.
type curve interface {
	name() string
	// yaml returns the curve's parameters.
	yaml() map[string]any
	// promQL returns the expression of the score for that of the value.
	promQL(value string) string
	score(value float64) float64
}

type identity struct{}

type linear struct{ zero, one float64 }

type step struct {
	at          float64
	lowerBetter bool
}

type logNormal struct{ p10, median float64 }

// budget is the curve that the definition calls objective.
type budget struct{ objective, factor float64 }

func (identity) name() string  { return "identity" }
func (linear) name() string    { return "linear" }
func (step) name() string      { return "step" }
func (logNormal) name() string { return "logNormal" }
func (budget) name() string    { return "objective" }

func (identity) yaml() map[string]any { return nil }

func (c linear) yaml() map[string]any { return map[string]any{"zero": c.zero, "one": c.one} }

func (c step) yaml() map[string]any {
	fields := map[string]any{"at": c.at}
	if c.lowerBetter {
		fields["better"] = "lower"
	}
	return fields
}

func (c logNormal) yaml() map[string]any { return map[string]any{"p10": c.p10, "median": c.median} }

func (c budget) yaml() map[string]any {
	if c.factor == defaultFactor {
		return map[string]any{}
	}
	return map[string]any{"factor": c.factor}
}

// defaultFactor is the burn rate that scores 0 unless the definition states another.
const defaultFactor = 10

func (identity) promQL(value string) string { return scored(value) }

func (c linear) promQL(value string) string {
	return scored(fmt.Sprintf("((%s) - (%s)) / (%s)", value, number(c.zero), number(c.one-c.zero)))
}

func (c step) promQL(value string) string {
	if c.lowerBetter {
		return fmt.Sprintf("((%s) <= bool (%s))", value, number(c.at+math.Abs(c.at)*tolerance))
	}
	return fmt.Sprintf("((%s) >= bool (%s))", value, number(c.at-math.Abs(c.at)*tolerance))
}

func (logNormal) promQL(string) string { panic("PromQL has no erfc") }

func (c budget) promQL(value string) string {
	return scored(fmt.Sprintf("1 - (1 - (%s)) / (%s)", value, number(c.factor*(1-c.objective))))
}

func (identity) score(value float64) float64 { return scoreOf(value) }

func (c linear) score(value float64) float64 { return scoreOf((value - c.zero) / (c.one - c.zero)) }

func (c step) score(value float64) float64 {
	slack := math.Abs(c.at) * tolerance
	if c.lowerBetter && value <= c.at+slack || !c.lowerBetter && value >= c.at-slack {
		return 1
	}
	return 0
}

func (c logNormal) score(value float64) float64 {
	if value <= 0 {
		return 1
	}
	z := math.Erfinv(0.8) * math.Log(value/c.median) / math.Log(c.median/c.p10)
	return scoreOf(math.Erfc(z) / 2)
}

func (c budget) score(value float64) float64 {
	return scoreOf(1 - (1-value)/(c.factor*(1-c.objective)))
}

// scored returns the expression for one's value as a score, where what rounding leaves of 0 is 0.
func scored(expr string) string {
	return fmt.Sprintf("(%[1]s * (%[1]s >= bool %[2]s))", limited(expr), number(tolerance))
}

// scoreOf returns x as a score.
func scoreOf(x float64) float64 {
	if x < tolerance {
		return 0
	}
	return limit(x)
}

// limited returns the expression for one's value limited to [0,1].
func limited(expr string) string { return "clamp(" + expr + ", 0, 1)" }

// limit returns x limited to [0,1].
func limit(x float64) float64 { return math.Max(0, math.Min(1, x)) }

// number prints a number so that it is read back as the same.
func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
