package policy

import (
	"fmt"
	"strconv"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Number is a kind of numbers that conditions speak of.
type Number string

// The numbers, as conditions spell them.
const (
	Score    Number = "score"
	Value    Number = "value"
	Coverage Number = "coverage"
	// Budget is the share of the error budget that is left.
	Budget Number = "budget"
	// Burn is the burn rate over a window.
	Burn Number = "burn"
	// Failures is how many events were lost in a window; NaN where they are not counted. No condition can spell it.
	Failures Number = "failures"
	// RevenueAtRisk is the revenue an hour of which the score says that it is lost.
	RevenueAtRisk Number = "revenueAtRisk"
	// Delta is the score of a candidate cohort minus that of a baseline.
	Delta Number = "delta"
)

// Reference is a number that a condition needs. References are the same number where they are equal.
type Reference struct {
	Number Number
	// SLI or Component says whose number it is; where both are "", it is that of what the policy judges.
	SLI       string
	Component cer.Component
	// Window is that of Burn and Failures.
	Window time.Duration
	// Dimension, Candidate and Baseline are those of Delta: a dimension, and two of its values.
	Dimension, Candidate, Baseline string
}

// String returns the reference as conditions spell it.
func (r Reference) String() string {
	number := string(r.Number)
	switch r.Number {
	case Burn, Failures:
		number = fmt.Sprintf(`%s("%s")`, r.Number, model.Duration(r.Window))
	case Delta:
		number = fmt.Sprintf("delta(%s, %s, %s)", strconv.Quote(r.Dimension), strconv.Quote(r.Candidate), strconv.Quote(r.Baseline))
	}
	switch {
	case r.SLI != "":
		return fmt.Sprintf("sli(%q).%s", r.SLI, number)
	case r.Component != "":
		return fmt.Sprintf("component(%q).%s", r.Component, number)
	default:
		return number
	}
}

// NeedsObjective reports whether there is no such number without an objective.
func (r Reference) NeedsObjective() bool { return r.Number == Burn || r.Number == Budget }

// Use is a reference at the place where a condition makes it.
type Use struct {
	Reference
	// Offset is where, in bytes from the start of the condition.
	Offset int
}

// Threshold is a burn rate that has to be met for a condition to be true, whatever else it says.
type Threshold struct {
	Use
	Least float64
}

// Scope is what conditions may speak of by name.
type Scope struct {
	SLIs       []string
	Dimensions []string
	// AnyName says that the names are not known yet, so that each is taken for one.
	AnyName bool
}
