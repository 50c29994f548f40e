package cer

import (
	"math"
	"time"
)

// BudgetingMethod says how losses add up to what is spent of an error budget, in OpenSLO's words.
type BudgetingMethod string

// The methods.
const (
	// Occurrences weighs each slice by its events.
	Occurrences BudgetingMethod = "Occurrences"
	// Timeslices counts the slices whose score is under a target.
	Timeslices BudgetingMethod = "Timeslices"
	// RatioTimeslices is the mean over the slices of what each lacks to 1.
	RatioTimeslices BudgetingMethod = "RatioTimeslices"
)

// BudgetingMethods lists the methods as the definition spells them.
func BudgetingMethods() []BudgetingMethod {
	return []BudgetingMethod{Occurrences, Timeslices, RatioTimeslices}
}

// Budgeting says how error budgets are counted.
type Budgeting struct {
	// Window is the period of the budget, a multiple of Slice.
	Window time.Duration
	Method BudgetingMethod
	// Slice is the width of the slices that losses are counted in, whole minutes.
	Slice time.Duration
	// Target is the score a slice has to reach with Timeslices; 0 stands for the objective.
	Target float64
	// Lookback is how far back a state remembers.
	Lookback time.Duration
}

// Grid is the distance of the instants that slices may end at, counted from 1970.
const Grid = time.Minute

// FineWindow is the longest window whose slices end at the very minute that is asked about. Longer ones are floored to
// the width of the slices, so that they can be kept and shared.
const FineWindow = 6 * time.Hour

// MethodOf returns the method by which the budget of f is counted.
func (c *Catalog) MethodOf(f *Flow) BudgetingMethod {
	if f.BudgetingMethod != "" {
		return f.BudgetingMethod
	}
	return c.Budget.Method
}

// Slice is what one slice adds to a loss: Lost of Of. The zero value is that of a slice without telemetry, which leaves
// the sums.
type Slice struct {
	// Lost and Of are 0 or more, and Lost is at most Of; they are events with Occurrences and slices otherwise.
	Lost, Of float64
	// Known says that there is telemetry, though it may be of no event at all.
	Known bool
	// Excluded says that a maintenance takes the slice out, whatever there is.
	Excluded bool
}

// SliceOf returns what a slice adds whose score, or lack of one, is v.
//
// A slice that is quiet loses nothing. Traffic is the rate of the slice's events, NaN where it is not known; target is
// the score to reach with Timeslices. Source of the methods: OpenSLO, budgetingMethod.
func (m BudgetingMethod) SliceOf(v Verdict, traffic, target float64) Slice {
	if !v.known() {
		return Slice{}
	}
	lost := 0.0
	if v.Reason == Counts {
		lost = 1 - v.Score
	}
	switch m {
	case Occurrences:
		if math.IsNaN(traffic) {
			return Slice{}
		}
		return Slice{Lost: lost * traffic, Of: traffic, Known: true}
	case Timeslices:
		if v.Reason == Counts && !Meets(v.Score, target) {
			return Slice{Lost: 1, Of: 1, Known: true}
		}
		return Slice{Of: 1, Known: true}
	default:
		return Slice{Lost: lost, Of: 1, Known: true}
	}
}

// EventSlice returns what a slice adds to the loss of an SLI that counts events: its bad events of all.
func EventSlice(r Reading) Slice {
	switch {
	case r.Status == Missing || math.IsNaN(r.Traffic):
		return Slice{}
	case r.Status == Idle:
		return Slice{Of: r.Traffic, Known: true}
	default:
		return Slice{Lost: (1 - r.Value) * r.Traffic, Of: r.Traffic, Known: true}
	}
}

// Plus is what two slices add to a loss together.
func (s Slice) Plus(other Slice) Slice {
	return Slice{Lost: s.Lost + other.Lost, Of: s.Of + other.Of, Known: s.Known || other.Known}
}

// Loss is what a slice, or a sum of slices, lost of all, in [0,1]; 0 where it is idle, and NaN where it has no telemetry.
func (s Slice) Loss() float64 {
	if !s.Known {
		return math.NaN()
	}
	return Share(s.Lost, s.Of)
}

// LossOf is what slices lost of all, in [0,1]; 0 where they are idle all the time, and NaN where none has telemetry.
func LossOf(slices []Slice) float64 {
	var sum Slice
	for _, s := range slices {
		sum = sum.Plus(s)
	}
	return sum.Loss()
}

// Burn is the rate at which a loss spends the error budget of an objective: 1 spends all of it over the budget's
// window. Source: SRE workbook, chapter 5.
func Burn(loss, objective float64) float64 { return loss / (1 - objective) }

// BudgetLeft is the share of the error budget that a loss over the budget's window leaves; negative where more is spent
// than there is.
func BudgetLeft(loss, objective float64) float64 { return 1 - Burn(loss, objective) }

// Exhaustion is how long what is left of a budget lasts at a burn rate, 0 where nothing is left; NaN, for never, where
// the burn rate is 0. It is in seconds.
func Exhaustion(left, burn float64, window time.Duration) float64 {
	if !(burn > 0) {
		return math.NaN()
	}
	return max(0, left) * window.Seconds() / burn
}

// BurnFactor is the burn rate that spends a share of the budget of a period within a window. Source: SRE workbook,
// chapter 5, "6: Multiwindow, Multi-Burn-Rate Alerts".
func BurnFactor(share float64, period, window time.Duration) float64 {
	return share * period.Seconds() / window.Seconds()
}

// MaxBurn is the highest burn rate that an objective allows, when everything fails.
func MaxBurn(objective float64) float64 { return 1 / (1 - objective) }

// ShortWindow is the window that goes with a long one, so that an alert ends soon after its cause: a twelfth of it, but
// no less than a slice, in whole slices.
func ShortWindow(long, slice time.Duration) time.Duration {
	return max(slice, (long / 12).Round(slice))
}
