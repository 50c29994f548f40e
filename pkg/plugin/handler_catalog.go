package plugin

import (
	"net/http"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// getCatalog answers GET /catalog with the catalog in use.
func (d *snapshot) getCatalog(*http.Request) (any, error) {
	if d.catalog == nil {
		return nil, d.ready()
	}
	return describe(d.catalog), nil
}

// catalogAnswer is the answer of GET /catalog.
type catalogAnswer struct {
	Name       string          `json:"name"`
	Revision   string          `json:"revision"`
	Window     string          `json:"window"`
	Aggregate  cer.Aggregate   `json:"aggregate"`
	Objective  float64         `json:"objective,omitempty"`
	Flows      []flowAnswer    `json:"flows"`
	Components []cer.Component `json:"components"`
	// Dimensions and FlowLabels are the names by which queries can split and filter.
	Dimensions []dimensionAnswer `json:"dimensions"`
	FlowLabels []string          `json:"flowLabels"`
	// Policies decide the states of flows, and Maintenance suspends them. Events can be queried.
	Policies    []policyAnswer      `json:"policies"`
	Maintenance []maintenanceAnswer `json:"maintenance"`
	Events      []eventAnswer       `json:"events"`
	// Gates can be asked whether a release may go on.
	Gates []gateAnswer `json:"gates"`
}

// policyAnswer describes a policy.
type policyAnswer struct {
	Name     string            `json:"name"`
	Severity cer.AlertSeverity `json:"severity"`
	// When is the condition in CEL. A burn rate policy is written out as one.
	When string `json:"when"`
	// Flows are the flows that the policy applies to; Whole is true if it applies to the overall score too.
	Flows []string `json:"flows"`
	Whole bool     `json:"whole"`
	By    []string `json:"by,omitempty"`
}

// maintenanceAnswer describes a maintenance.
type maintenanceAnswer struct {
	Name   string                `json:"name"`
	Effect cer.MaintenanceEffect `json:"effect"`
}

// eventAnswer describes an event.
type eventAnswer struct {
	Name string `json:"name"`
	Kind string `json:"kind,omitempty"`
}

// dimensionAnswer describes a dimension.
type dimensionAnswer struct {
	Name    string             `json:"name"`
	Label   string             `json:"label"`
	Values  []string           `json:"values"`
	Weights map[string]float64 `json:"weights,omitempty"`
}

// flowAnswer describes a flow.
type flowAnswer struct {
	Name        string            `json:"name"`
	Title       string            `json:"title,omitempty"`
	Description string            `json:"description,omitempty"`
	Owner       string            `json:"owner,omitempty"`
	Runbook     string            `json:"runbook,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Weight      float64           `json:"weight"`
	// WeightBy is the source of a dynamic weight: traffic or promql; "" if the weight is fixed.
	WeightBy string `json:"weightBy,omitempty"`
	// Share is the share of the flow in the weights of all flows, in [0,1], if none is missing.
	Share     float64 `json:"share"`
	Objective float64 `json:"objective,omitempty"`
	// Objectives are those of cohorts, by dimension and value.
	Objectives map[string]map[string]float64 `json:"objectives,omitempty"`
	Traffic    string                        `json:"traffic,omitempty"`
	SLIs       []sliAnswer                   `json:"slis"`
}

// sliAnswer describes an SLI.
type sliAnswer struct {
	Name        string        `json:"name"`
	Title       string        `json:"title,omitempty"`
	Description string        `json:"description,omitempty"`
	Component   cer.Component `json:"component"`
	Kind        cer.Kind      `json:"kind"`
	DependsOn   string        `json:"dependsOn,omitempty"`
	Weight      float64       `json:"weight"`
	// Share is the share of the SLI in the weights of its flow, in [0,1], if none is missing.
	Share     float64 `json:"share"`
	Key       bool    `json:"key,omitempty"`
	Objective float64 `json:"objective,omitempty"`
	Window    string  `json:"window"`
	// Fallback is the kind of the indicator that replaces the SLI while it is missing, and Missing is how its score is
	// treated then.
	Fallback cer.Kind   `json:"fallback,omitempty"`
	Missing  cer.Policy `json:"missing"`
}

// describe returns the answer for a catalog.
func describe(c *catalog.Catalog) catalogAnswer {
	answer := catalogAnswer{Name: c.Name, Revision: c.Revision, Window: model.Duration(c.Window).String(), Aggregate: c.Aggregate,
		Objective: c.Objective, Flows: []flowAnswer{}, Components: []cer.Component{},
		Dimensions: []dimensionAnswer{}, FlowLabels: append([]string{}, c.FlowLabels()...),
		Policies: describePolicies(c), Maintenance: []maintenanceAnswer{}, Events: []eventAnswer{}, Gates: describeGates(c)}
	for _, m := range c.Maintenance {
		answer.Maintenance = append(answer.Maintenance, maintenanceAnswer{m.Name, m.Effect})
	}
	for _, e := range c.Events {
		answer.Events = append(answer.Events, eventAnswer{e.Name, e.Kind})
	}
	for _, d := range c.Dimensions {
		answer.Dimensions = append(answer.Dimensions, dimensionAnswer{d.Name, d.Label, append([]string{}, d.Listed()...), d.Weights})
	}
	used := map[cer.Component]bool{}
	total := 0.0
	for i := range c.Flows {
		total += c.Flows[i].Weight
		answer.Flows = append(answer.Flows, describeFlow(c.Catalog, &c.Flows[i]))
		for j := range c.Flows[i].SLIs {
			used[c.Flows[i].SLIs[j].Component] = true
		}
	}
	for i := range answer.Flows {
		answer.Flows[i].Share = cer.Share(answer.Flows[i].Weight, total)
	}
	for _, component := range cer.Components() {
		if used[component] {
			answer.Components = append(answer.Components, component)
		}
	}
	return answer
}

// describePolicies returns the answers for the policies of a catalog.
func describePolicies(c *catalog.Catalog) []policyAnswer {
	answers := []policyAnswer{}
	for _, p := range c.Policies {
		answer := policyAnswer{Name: p.Stated.Name, Severity: p.Stated.Severity, When: p.When(), By: p.Stated.By,
			Flows: []string{}, Whole: p.About(nil)}
		for i := range c.Flows {
			if p.About(&c.Flows[i]) {
				answer.Flows = append(answer.Flows, c.Flows[i].Name)
			}
		}
		answers = append(answers, answer)
	}
	return answers
}

// describeFlow returns the answer for a flow, without its share.
func describeFlow(c *cer.Catalog, f *cer.Flow) flowAnswer {
	answer := flowAnswer{Name: f.Name, Title: f.ShownTitle(), Description: f.Description, Owner: f.Owner, Runbook: f.Runbook, Labels: f.Labels,
		Weight: f.Weight, Objective: f.Objective, Objectives: f.Objectives, Traffic: f.Traffic}
	switch {
	case f.Dynamic == nil:
	case f.Dynamic.Traffic:
		answer.WeightBy = "traffic"
	default:
		answer.WeightBy = "promql"
	}
	total := 0.0
	for i := range f.SLIs {
		total += f.SLIs[i].Weight
	}
	for i := range f.SLIs {
		s := &f.SLIs[i]
		sli := sliAnswer{Name: s.Name, Title: s.ShownTitle(), Description: s.Description, Component: s.Component, Kind: s.Indicator.Kind(),
			DependsOn: s.DependsOn, Weight: s.Weight, Share: cer.Share(s.Weight, total), Key: s.Key,
			Objective: s.Objective, Window: model.Duration(c.WindowOf(s)).String(), Missing: s.Missing}
		if s.Fallback != nil {
			sli.Fallback = s.Fallback.Indicator.Kind()
		}
		answer.SLIs = append(answer.SLIs, sli)
	}
	return answer
}
