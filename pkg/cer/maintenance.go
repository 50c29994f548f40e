package cer

import "math"

// Maintenance is a time at which flows are worked on, at which their alerts are suppressed.
type Maintenance struct {
	Name   string
	Effect MaintenanceEffect
	Flows  FlowSelection
	// Intervals are Alertmanager's time intervals, as JSON; "" where PromQL says when.
	Intervals string
	// PromQL is not 0 during the maintenance; it may use __window.
	PromQL string
	// Trust replaces the catalog's matchers where it is not nil.
	Trust []string
}

// MaintenanceEffect says what becomes of the time of a maintenance. With each effect states are ok.
type MaintenanceEffect string

// The effects.
const (
	// EffectSuppress does no more than that.
	EffectSuppress MaintenanceEffect = "suppress"
	// EffectExclude leaves the time slices out of the error budget, too.
	EffectExclude MaintenanceEffect = "exclude"
	// EffectGood counts the time slices as lossless, too.
	EffectGood MaintenanceEffect = "good"
)

// MaintenanceEffects lists the effects as the definition spells them.
func MaintenanceEffects() []MaintenanceEffect {
	return []MaintenanceEffect{EffectSuppress, EffectExclude, EffectGood}
}

// TimeSlice returns the loss of a time slice that is in a maintenance of the effect. byTime says that time slices are
// counted, not the events in them; then one that counts as lossless does so even without telemetry.
func (e MaintenanceEffect) TimeSlice(s TimeSlice, byTime bool) TimeSlice {
	switch {
	case e == EffectExclude:
		return TimeSlice{Excluded: true}
	case e == EffectGood && byTime:
		return TimeSlice{Total: 1, Known: true}
	case e == EffectGood:
		return TimeSlice{Total: s.Total, Known: s.Known}
	default:
		return s
	}
}

// Composite returns how the overall score counts a flow, in a time slice that is in a maintenance of the effect: a flow
// that is excluded leaves it without lowering its coverage, and one that counts as good scores 1.
func (e MaintenanceEffect) Composite(c Composite) Composite {
	switch e {
	case EffectExclude:
		return Composite{Score: math.NaN(), Coverage: 1, Reason: ReasonIdle}
	case EffectGood:
		return Composite{Score: 1, Coverage: 1}
	default:
		return c
	}
}

// Stronger returns the effect that counts where a time slice is in maintenances of both: what is excluded can't be good.
func (e MaintenanceEffect) Stronger(other MaintenanceEffect) MaintenanceEffect {
	for _, effect := range []MaintenanceEffect{EffectExclude, EffectGood, EffectSuppress} {
		if e == effect || other == effect {
			return effect
		}
	}
	return ""
}
