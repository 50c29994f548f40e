package cer

import "math"

// Maintenance is a time at which flows are worked on, so that nobody is called for them.
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
	// EffectExclude leaves the slices out of the error budget, too.
	EffectExclude MaintenanceEffect = "exclude"
	// EffectGood counts the slices as lossless, too.
	EffectGood MaintenanceEffect = "good"
)

// MaintenanceEffects lists the effects as the definition spells them.
func MaintenanceEffects() []MaintenanceEffect {
	return []MaintenanceEffect{EffectSuppress, EffectExclude, EffectGood}
}

// Slice is what a slice adds to a loss that is in a maintenance of the effect. byTime says that slices are counted, and
// not the events in them; a slice that counts as lossless does so then even where there is no telemetry of it.
func (e MaintenanceEffect) Slice(s Slice, byTime bool) Slice {
	switch {
	case e == EffectExclude:
		return Slice{Excluded: true}
	case e == EffectGood && byTime:
		return Slice{Of: 1, Known: true}
	case e == EffectGood:
		return Slice{Of: s.Of, Known: s.Known}
	default:
		return s
	}
}

// Verdict is the verdict on a flow, in a slice that is in a maintenance of the effect, as the whole counts it: a flow
// that is excluded leaves the whole without lowering its coverage, and one that counts as good scores 1.
func (e MaintenanceEffect) Verdict(v Verdict) Verdict {
	switch e {
	case EffectExclude:
		return Verdict{Score: math.NaN(), Coverage: 1, Reason: Quiet}
	case EffectGood:
		return Verdict{Score: 1, Coverage: 1}
	default:
		return v
	}
}

// Stronger returns the effect that counts where a slice is in maintenances of both: what is excluded can't be good.
func (e MaintenanceEffect) Stronger(other MaintenanceEffect) MaintenanceEffect {
	for _, effect := range []MaintenanceEffect{EffectExclude, EffectGood, EffectSuppress} {
		if e == effect || other == effect {
			return effect
		}
	}
	return ""
}
