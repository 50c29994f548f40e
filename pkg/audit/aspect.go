package audit

import "strings"

// Aspect is what a change is about, whichever flow or SLI it is of.
type Aspect string

// The aspects.
const (
	// Flow and SLI are those that are new or gone.
	Flow Aspect = "flow"
	SLI  Aspect = "sli"
	// Weight is the importance of flows and SLIs.
	Weight Aspect = "weight"
	// Objective is what scores and values are held against.
	Objective Aspect = "objective"
	// Budget is how error budgets are counted.
	Budget Aspect = "budget"
	// Indicator is what is measured: selectors, bounds and fallbacks.
	Indicator Aspect = "indicator"
	// Curve is how values become scores.
	Curve Aspect = "curve"
	// Trust is the matchers forced onto selectors.
	Trust Aspect = "trust"
	// Cohort is the dimensions, with their values and weights, and what they are called on series.
	Cohort Aspect = "cohort"
	// Policy, Maintenance, Gate and Event are what is stated of these.
	Policy      Aspect = "policy"
	Maintenance Aspect = "maintenance"
	Gate        Aspect = "gate"
	Event       Aspect = "event"
	// Money is revenue and cost.
	Money Aspect = "money"
	// Metadata is what does not change any number: titles, descriptions, owners, runbooks and labels of flows.
	Metadata Aspect = "metadata"
	// Setting is anything else, such as windows, aggregates and what is done about missing telemetry.
	Setting Aspect = "setting"
)

// Aspects lists the aspects.
func Aspects() []Aspect {
	return []Aspect{Flow, SLI, Weight, Objective, Budget, Indicator, Curve, Trust, Cohort, Policy, Maintenance, Gate, Event, Money, Metadata, Setting}
}

// ofKinds are the aspects of all changes of members of a kind.
var ofKinds = map[string]Aspect{"dimension": Cohort, kindPolicy: Policy, "maintenance": Maintenance, "gate": Gate, "event": Event}

// ofFields are the aspects of the fields of catalogs, flows and SLIs, by the first name of their path, or by kind and name.
var ofFields = map[string]Aspect{
	"weight": Weight, "dynamicWeight": Weight, "objective": Objective, "objectives": Objective,
	"budgetWindow": Budget, "budgetPeriod": Budget, "budgetingMethod": Budget, "timeSliceWindow": Budget, "timesliceTarget": Budget, "lookback": Budget,
	"ratio": Indicator, "latency": Indicator, "apdex": Indicator, "quantile": Indicator, "value": Indicator, "probe": Indicator, "recorded": Indicator,
	"indicator": Indicator, "fallback": Indicator, "curve": Curve, "trust": Trust, "revenue": Money, "cost": Money,
	"title": Metadata, "description": Metadata, "owner": Metadata, "runbook": Metadata,
	"flow.labels": Metadata, "SLI.labels": Cohort,
}

// Aspect returns what the change is about.
func (c Change) Aspect() Aspect {
	if aspect, ok := ofKinds[c.Kind]; ok {
		return aspect
	}
	switch {
	case (c.New || c.Gone) && c.Kind == kindFlow:
		return Flow
	case c.New || c.Gone:
		return SLI
	}
	field, _, _ := strings.Cut(c.Field, ".")
	for _, name := range []string{c.Kind + "." + field, field} {
		if aspect, ok := ofFields[name]; ok {
			return aspect
		}
	}
	return Setting
}

// FlowName returns the flow whose numbers the change is about; "" where it is about those of all flows: a flow that is new or gone
// changes the shares of the others.
func (c Change) FlowName() string {
	if (c.New || c.Gone) && c.Kind == kindFlow {
		return ""
	}
	if c.Kind != kindFlow && c.Kind != kindSLI {
		return ""
	}
	flow, _, _ := strings.Cut(c.Name, "/")
	return flow
}
