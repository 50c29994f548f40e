package cer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// Catalog is a validated definition: what is measured, and how the measurements become one score.
type Catalog struct {
	Name string
	// Window is the span SLIs look back over unless they state their own.
	Window time.Duration
	// ScrapeInterval is that of the catalog's telemetry; 0 stands for the one that is measured.
	ScrapeInterval time.Duration
	// Aggregate combines the SLIs of a flow, and the flows of the catalog.
	Aggregate Aggregate
	// Objective is the target of the overall score, in (0,1); 0 where there is none.
	Objective float64
	// Budget says how error budgets are counted, of the whole and of the flows that state nothing else.
	Budget Budgeting
	// MinCoverage is the coverage under which a score is none, in [0,1].
	MinCoverage float64
	// Delay is how far behind now the telemetry is complete; no later instant is evaluated.
	Delay time.Duration
	// Trust holds label matchers, such as job=~"shop-.*", that are forced onto every selector.
	Trust      []string
	Dimensions []Dimension
	Events     []Event
	Flows      []Flow
	// Policies state when to page or to open a ticket, Maintenance when not to.
	Policies    []AlertPolicy
	Maintenance []Maintenance
	// Gates say when a release may go on.
	Gates []Gate `json:",omitempty"`
}

// Flow is a user journey, such as checkout.
type Flow struct {
	Name string
	// Title is what the flow is called where people read, and Description a sentence on it; "" where none is stated.
	Title       string
	Description string `json:",omitempty"`
	// SharedTitle is the title with the name, where other flows have the same title; "" where none has. It is not stated.
	SharedTitle string `json:"-"`
	Owner       string
	Runbook     string
	Labels      map[string]string
	// Weight is the flow's importance among the flows, >= 0; where it follows the data, its base or fallback.
	Weight float64
	// Dynamic says how the weight follows the data; nil where it does not.
	Dynamic *DynamicWeight
	// Objective is the target of the flow's score, in (0,1), with the catalog's where the flow states none; 0 where
	// neither does.
	Objective float64
	// Objectives are those of cohorts, by the name of the dimension and its value, in (0,1); nil where none is stated.
	Objectives map[string]map[string]float64 `json:",omitempty"`
	// BudgetingMethod replaces the catalog's where it is not "".
	BudgetingMethod BudgetingMethod
	// Revenue and Cost are the money that flows through the flow and that it takes; nil where that is not known.
	Revenue, Cost *Money
	// Traffic names the SLI whose events are the flow's traffic; "" where no SLI of the flow counts events.
	Traffic string
	SLIs    []SLI
}

// SLI is one indicator of a flow.
type SLI struct {
	Name string
	// Title is what the SLI is called where people read, and Description a sentence on it; "" where none is stated.
	Title       string `json:",omitempty"`
	Description string `json:",omitempty"`
	// SharedTitle is the title with the name, where other SLIs of the flow have the same title; "" where none has. It is not stated.
	SharedTitle string `json:"-"`
	Component   Component
	// DependsOn names the dependency that an SLI of that component measures.
	DependsOn string
	// Weight is the SLI's importance within its flow, >= 0.
	Weight float64
	// Key says that the flow's score is never above this SLI's, and none while this SLI is missing.
	Key bool
	// Objective is the target of the SLI, in (0,1); 0 where there is none.
	Objective float64
	// Window overrides the catalog's; 0 where it does not.
	Window time.Duration
	// ScrapeInterval overrides the catalog's; 0 where it does not.
	ScrapeInterval time.Duration
	// Trust replaces the catalog's matchers where it is not nil; an empty list stands for none.
	Trust []string
	// Labels says what dimensions are called on the SLI's series, by the dimension's name, where that is not the
	// dimension's own label; NoLabel for one that the series do not have.
	Labels map[string]string
	// Indicator says what is measured.
	Indicator Indicator
	// Curve turns the value into a score.
	Curve Curve
	// MinEvents is the number of events in the window under which the SLI is idle, so that its score does not jump. Budgets
	// count the events all the same.
	MinEvents float64
	// Fallback is what stands in for the SLI while it is missing; nil where nothing does.
	Fallback *Fallback
	Missing  Policy
	// MaxDelay is how old a score may be that Hold keeps, above 0 with that policy.
	MaxDelay time.Duration
	Idle     Policy
	// Fault is a sentence on what is wrong with the definition of the SLI, and on what to write: it is not read, and its
	// flow has no score. It is "" where nothing is. It does not change the revision.
	Fault string `json:"-"`
}

// Fallback is another indicator that stands in for one that is missing.
type Fallback struct {
	Indicator Indicator
	// Curve turns the fallback's own value into a score.
	Curve Curve
	// Trust replaces the matchers of the SLI where it is not nil.
	Trust []string
}

// Component is the side of the experience that an SLI measures.
type Component string

// The components.
const (
	Availability Component = "availability"
	Latency      Component = "latency"
	Correctness  Component = "correctness"
	Dependency   Component = "dependency"
	Security     Component = "security"
	Experience   Component = "experience"
	Delivery     Component = "delivery"
	Telemetry    Component = "telemetry"
)

// Components lists the components in the order they are shown.
func Components() []Component {
	return []Component{Availability, Latency, Correctness, Dependency, Security, Experience, Delivery, Telemetry}
}

// Policy says how an SLI that is missing or idle takes part in its flow's score.
type Policy string

// The policies.
const (
	// Ignore leaves the SLI out of the weights.
	Ignore Policy = "ignore"
	// Good scores it 1.
	Good Policy = "good"
	// Bad scores it 0.
	Bad Policy = "bad"
	// Hold keeps a missing SLI's newest score for MaxDelay, and then leaves it out of the weights.
	Hold Policy = "hold"
	// Fail withholds the score of the flow, and fails a query whose newest instant lacks the SLI.
	Fail Policy = "error"
)

// ShownTitle returns the title of the flow, with its name where others have the same one; "" where none is stated.
func (f *Flow) ShownTitle() string { return cmp.Or(f.SharedTitle, f.Title) }

// ShownTitle returns the title of the SLI, with its name where others have the same one; "" where none is stated.
func (s *SLI) ShownTitle() string { return cmp.Or(s.SharedTitle, s.Title) }

// DisplayName returns what the flow is called where people read: its title, or else its name.
func (f *Flow) DisplayName() string { return cmp.Or(f.ShownTitle(), f.Name) }

// DisplayName returns what the SLI is called where people read: its title, or else its name.
func (s *SLI) DisplayName() string { return cmp.Or(s.ShownTitle(), s.Name) }

// Flow returns the flow of that name, and whether there is one.
func (c *Catalog) Flow(name string) (*Flow, bool) {
	for i := range c.Flows {
		if c.Flows[i].Name == name {
			return &c.Flows[i], true
		}
	}
	return nil, false
}

// Revision identifies what the catalog says: the hexadecimal SHA-256 of its canonical form. Layout, comments and
// the order of keys in the source do not change it.
func (c *Catalog) Revision() string {
	canonical, err := json.Marshal(c)
	if err != nil {
		panic("a validated catalog holds finite numbers only: " + err.Error())
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}

// SLI returns the SLI of that name, and whether there is one.
func (f *Flow) SLI(name string) (*SLI, bool) {
	for i := range f.SLIs {
		if f.SLIs[i].Name == name {
			return &f.SLIs[i], true
		}
	}
	return nil, false
}

// TrustOf returns the matchers forced onto the selectors of s.
func (c *Catalog) TrustOf(s *SLI) []string {
	if s.Trust != nil {
		return s.Trust
	}
	return c.Trust
}

// ScrapeIntervalOf returns the scrape interval that is stated for s, or else for the catalog; 0 where neither is. s may be nil.
func (c *Catalog) ScrapeIntervalOf(s *SLI) time.Duration {
	if s != nil && s.ScrapeInterval > 0 {
		return s.ScrapeInterval
	}
	return c.ScrapeInterval
}

// WindowOf returns the window of s, with the catalog's where s states none.
func (c *Catalog) WindowOf(s *SLI) time.Duration {
	if s.Window > 0 {
		return s.Window
	}
	return c.Window
}

// ObjectiveIn returns the objective of the score of the flow for a cohort: the highest of those that are stated of the
// cohort's values, or else that of the flow; 0 where there is none. valueOf returns the value of a dimension that all users
// of the cohort share, "" where they differ in it.
func (f *Flow) ObjectiveIn(valueOf func(dimension string) string) float64 {
	highest := 0.0
	for dimension, objectives := range f.Objectives {
		highest = max(highest, objectives[valueOf(dimension)])
	}
	if highest > 0 {
		return highest
	}
	return f.Objective
}

// ObjectiveOf returns the objective of the value of an SLI, of the score of a flow and of its components where s is nil,
// or of the overall score where f is nil too; 0 where there is none.
func (c *Catalog) ObjectiveOf(f *Flow, s *SLI) float64 {
	switch {
	case s != nil:
		return s.Objective
	case f != nil:
		return f.Objective
	default:
		return c.Objective
	}
}
