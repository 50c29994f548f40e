package cer

import (
	"slices"
	"time"
)

// AlertPolicy says when flows, or all flows together, need attention, and how soon.
type AlertPolicy struct {
	Name     string
	Severity AlertSeverity
	Flows    FlowSelection
	// By are the dimensions whose cohorts have states of their own; none for one state of all users.
	By []string
	// Burn is the shorthand for a burn rate over a long and a short window, and-ed with When; nil where none is stated.
	Burn *BurnCondition
	// When and Clear are CEL. When is "" where Burn says it all, and Clear where the policy clears as soon as its
	// condition is false.
	When, Clear string
	// For is how long the condition has to hold before the policy is on, and KeepFor how long it has to be clear before
	// the policy is off; whole minutes.
	For, KeepFor time.Duration
}

// AlertSeverity is how soon attention is needed.
type AlertSeverity string

// The severities of policies.
const (
	// PageSeverity needs attention now.
	PageSeverity AlertSeverity = "page"
	// TicketSeverity needs attention on a working day.
	TicketSeverity AlertSeverity = "ticket"
)

// AlertSeverities lists the severities as the definition spells them.
func AlertSeverities() []AlertSeverity { return []AlertSeverity{PageSeverity, TicketSeverity} }

// BurnCondition is met while the error budget is burnt so fast that Share of it is spent within Long, and MinFailures
// events are lost in it.
type BurnCondition struct {
	// Share is that of the budget, above 0 and up to 1; 0 where LeastFactor alone counts.
	Share float64
	Long  time.Duration
	// LeastFactor is the lowest burn rate that meets the condition, however short the budget's window is; 0 for any.
	LeastFactor float64
	// MinFailures is how many events have to be lost within Long, so that one failed request of three pages nobody; 0 for
	// any number. It does not apply where events are not counted.
	MinFailures float64
}

// Factor is the burn rate from which on the condition is met.
func (b BurnCondition) Factor(budget Budgeting) float64 {
	return max(b.LeastFactor, BurnFactor(b.Share, budget.Window, b.Long))
}

// Short is the window that has to burn as fast as the long one, so that the condition ends soon after its cause.
func (b BurnCondition) Short(budget Budgeting) time.Duration {
	return ShortWindow(b.Long, budget.Slice)
}

// FlowSelection picks what something is about. The zero value picks every flow and the whole; once a field is stated
// only flows are picked, and those for which all that is stated holds.
type FlowSelection struct {
	// MinShare is the smallest share of the static weights of all flows; 0 for any.
	MinShare float64
	Names    []string
	// Labels are values that the flow's labels have.
	Labels map[string]string
}

// Everything reports whether every flow and the whole are picked.
func (s FlowSelection) Everything() bool {
	return s.MinShare == 0 && len(s.Names) == 0 && len(s.Labels) == 0
}

// Picks reports whether a flow of the catalog is picked, or the whole of it where f is nil.
func (s FlowSelection) Picks(c *Catalog, f *Flow) bool {
	if f == nil {
		return s.Everything()
	}
	return s.hasLabels(f) && (len(s.Names) == 0 || slices.Contains(s.Names, f.Name)) &&
		(s.MinShare == 0 || Meets(c.StaticShare(f), s.MinShare))
}

// hasLabels reports whether a flow has the labels that are asked for.
func (s FlowSelection) hasLabels(f *Flow) bool {
	for name, value := range s.Labels {
		if f.Labels[name] != value {
			return false
		}
	}
	return true
}

// Flows returns the flows of a catalog that are picked, in its order.
func (s FlowSelection) Flows(c *Catalog) []*Flow {
	named := map[string]bool{}
	for _, name := range s.Names {
		named[name] = true
	}
	var picked []*Flow
	weights := c.staticWeight()
	for i := range c.Flows {
		f := &c.Flows[i]
		if s.hasLabels(f) && (len(named) == 0 || named[f.Name]) && Meets(Share(f.Weight, weights), s.MinShare) {
			picked = append(picked, f)
		}
	}
	return picked
}

// StaticShare is the share of a flow's weight of the weights of all flows, as the definition states them; 0 where all
// of them are 0.
func (c *Catalog) StaticShare(f *Flow) float64 { return Share(f.Weight, c.staticWeight()) }

// staticWeight is the sum of the weights of all flows, as the definition states them.
func (c *Catalog) staticWeight() float64 {
	all := 0.0
	for i := range c.Flows {
		all += c.Flows[i].Weight
	}
	return all
}

// HasObjective reports whether the overall score or a flow has an objective.
func (c *Catalog) HasObjective() bool {
	return c.Objective > 0 || slices.ContainsFunc(c.Flows, func(f Flow) bool { return f.Objective > 0 })
}

// defaultMinFailures is how many events have to be lost before a default policy pages.
const defaultMinFailures = 5

// DefaultPolicies are those of a catalog that states none: a page at 2 % of the error budget in an hour or 5 % in six,
// one at a burn of 3 while less than half of the budget is left, and a ticket at 10 % in three days. However short the
// budget's window is, no page is for a burn rate under 3, or 2 in six hours, and no ticket for one under 1, which a budget
// lasts for. Pages are for flows whose share of the weights is at least 1/number of flows. Sources: SRE workbook, chapter
// 5; the guide to cer.
func (c *Catalog) DefaultPolicies() []AlertPolicy {
	heavy := FlowSelection{MinShare: 1 / float64(max(1, len(c.Flows)))}
	page := func(name string, burn BurnCondition, when string) AlertPolicy {
		burn.MinFailures = defaultMinFailures
		return AlertPolicy{Name: name, Severity: PageSeverity, Flows: heavy, Burn: &burn, When: when}
	}
	return []AlertPolicy{
		page("fast-burn", BurnCondition{Share: 0.02, Long: time.Hour, LeastFactor: 3}, ""),
		page("steady-burn", BurnCondition{Share: 0.05, Long: 6 * time.Hour, LeastFactor: 2}, ""),
		page("half-spent", BurnCondition{Long: time.Hour, LeastFactor: 3}, "budget < 0.5"),
		{Name: "slow-burn", Severity: TicketSeverity, Burn: &BurnCondition{Share: 0.1, Long: 3 * 24 * time.Hour, LeastFactor: 1}},
	}
}
