package cer

import (
	"math"
	"time"
)

// BudgetingMethod says how losses add up to what is spent of an error budget, in OpenSLO's words.
type BudgetingMethod string

// The methods.
const (
	// Occurrences weighs each time slice by its events.
	Occurrences BudgetingMethod = "Occurrences"
	// Timeslices counts the time slices whose score is under a target.
	Timeslices BudgetingMethod = "Timeslices"
	// RatioTimeslices is the mean over the time slices of what each lacks to 1.
	RatioTimeslices BudgetingMethod = "RatioTimeslices"
)

// BudgetingMethods lists the methods as the definition spells them.
func BudgetingMethods() []BudgetingMethod {
	return []BudgetingMethod{Occurrences, Timeslices, RatioTimeslices}
}

// Budgeting says how error budgets are counted.
type Budgeting struct {
	// Window is the period of the budget, a multiple of Slice: that which rolls, or how long those of Calendar are taken to be.
	Window time.Duration
	// Calendar has the periods of the budget; nil where Window rolls.
	Calendar *Calendar `json:",omitempty"`
	Method   BudgetingMethod
	// Slice is the width of the time slices that losses are counted in, whole minutes.
	Slice time.Duration
	// Target is the score a time slice has to reach with Timeslices; 0 stands for the objective.
	Target float64
	// Lookback is how far back states depend on the past.
	Lookback time.Duration
}

// Span is how much of the period of an error budget is over, in time slices.
type Span struct {
	// Elapsed of Whole time slices have ended; all of them where the period rolls.
	Elapsed, Whole int
}

// SpanAt returns the span of the budget's period that an instant is in, with the time slices that end in it.
func (b Budgeting) SpanAt(t time.Time) Span {
	if b.Calendar == nil {
		n := int(b.Window / b.Slice)
		return Span{Elapsed: n, Whole: n}
	}
	start, end := b.Calendar.Around(t)
	return b.SpanWithin(start, end, t)
}

// SpanWithin returns the span at an instant of a period of the calendar.
func (b Budgeting) SpanWithin(start, end, t time.Time) Span {
	first := b.sliceNumber(start)
	return Span{Elapsed: b.sliceNumber(t) - first, Whole: b.sliceNumber(end) - first}
}

// sliceNumber returns the number since 1970 of the last time slice that ends at or before an instant.
func (b Budgeting) sliceNumber(t time.Time) int {
	width := b.Slice.Milliseconds()
	number := t.UnixMilli() / width
	if t.UnixMilli()%width < 0 {
		number--
	}
	return int(number)
}

// Length returns how long a span of the budget's period is.
func (b Budgeting) Length(s Span) time.Duration { return time.Duration(s.Whole) * b.Slice }

// Grid is the distance of the instants at which time slices may end, counted from 1970.
const Grid = time.Minute

// FineWindow is the longest window whose time slices end at the very minute that is asked about. The ends of longer ones
// are floored to multiples of the width of the time slices, so that they can be cached and shared.
const FineWindow = 6 * time.Hour

// MethodOf returns the method by which the budget of f is counted.
func (c *Catalog) MethodOf(f *Flow) BudgetingMethod {
	if f.BudgetingMethod != "" {
		return f.BudgetingMethod
	}
	return c.Budget.Method
}

// TimeSlice is what one time slice adds to a loss: Lost of Total. The zero value is that of a time slice without
// telemetry, which leaves the sums.
type TimeSlice struct {
	// Lost and Total are 0 or more, and Lost is at most Total; they are events with Occurrences and time slices otherwise.
	Lost, Total float64
	// Known says that there is telemetry, though it may be of no event at all.
	Known bool
	// Excluded says that a maintenance excludes the time slice, whatever there is.
	Excluded bool
}

// TimeSlice returns the loss of a time slice whose score, or lack of one, is c.
//
// A time slice that is idle loses nothing. Traffic is the rate of its events, NaN where that is not known; target is the
// score to reach with Timeslices. Source of the methods: OpenSLO, budgetingMethod.
func (m BudgetingMethod) TimeSlice(c Composite, traffic, target float64) TimeSlice {
	if !c.known() {
		return TimeSlice{}
	}
	lost := 0.0
	if c.Reason == ReasonNone {
		lost = 1 - c.Score
	}
	switch m {
	case Occurrences:
		if math.IsNaN(traffic) {
			return TimeSlice{}
		}
		return TimeSlice{Lost: lost * traffic, Total: traffic, Known: true}
	case Timeslices:
		if c.Reason == ReasonNone && !Meets(c.Score, target) {
			return TimeSlice{Lost: 1, Total: 1, Known: true}
		}
		return TimeSlice{Total: 1, Known: true}
	default:
		return TimeSlice{Lost: lost, Total: 1, Known: true}
	}
}

// EventTimeSlice returns the loss of a time slice of an SLI that counts events: its bad events of all. It is without telemetry
// where it is not known how many are bad, as while a fallback that is no share stands in.
func EventTimeSlice(o Observation) TimeSlice {
	switch {
	case o.Status == Missing || math.IsNaN(o.Traffic) || o.Status == Present && math.IsNaN(o.Value):
		return TimeSlice{}
	case o.Status == Idle:
		return TimeSlice{Total: o.Traffic, Known: true}
	default:
		return TimeSlice{Lost: (1 - o.Value) * o.Traffic, Total: o.Traffic, Known: true}
	}
}

// FailuresTimeSlice returns the events that are lost in a time slice of a width whose score, or lack of one, is c, as the
// Lost of a time slice. Traffic is the rate of its events, NaN where that is not known: then Lost is NaN too, unless nothing
// is lost.
func FailuresTimeSlice(c Composite, traffic float64, width time.Duration) TimeSlice {
	if c.Reason != ReasonNone || c.Score == 1 {
		return TimeSlice{Known: c.known()}
	}
	return TimeSlice{Lost: (1 - c.Score) * traffic * width.Seconds(), Known: true}
}

// Add returns the sum of two time slices. It is never Excluded.
func (s TimeSlice) Add(other TimeSlice) TimeSlice {
	return TimeSlice{Lost: s.Lost + other.Lost, Total: s.Total + other.Total, Known: s.Known || other.Known}
}

// leastLoss is the share under which nothing is lost: less than that is due to rounding, and would exhaust a budget in 300
// billion years rather than never.
const leastLoss = 1e-12

// Loss returns the share of a time slice, or of a sum of time slices, that is lost, in [0,1]; 0 where it is idle, and NaN
// where it has no telemetry.
func (s TimeSlice) Loss() float64 {
	if !s.Known {
		return math.NaN()
	}
	if loss := Share(s.Lost, s.Total); loss >= leastLoss {
		return loss
	}
	return 0
}

// Of returns the sum with another total: that of a whole period, of which no more is known than what the time slices add up.
func (s TimeSlice) Of(total int) TimeSlice {
	s.Total = float64(total)
	return s
}

// LossOf returns the share of some time slices that is lost, in [0,1]; 0 where all are idle, and NaN where none has
// telemetry.
func LossOf(timeSlices []TimeSlice) float64 {
	var sum TimeSlice
	for _, s := range timeSlices {
		sum = sum.Add(s)
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
