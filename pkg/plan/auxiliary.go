package plan

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// AuxiliaryQuery is an expression of the definition that is no SLI's.
type AuxiliaryQuery struct {
	Purpose Purpose
	// Name is that of the event, of the maintenance or of the flow.
	Name   string
	Source *Source
	// Shown reports whether the query is about it; others are there because its numbers depend on them.
	Shown bool
}

// Purpose is what an auxiliary query is for.
type Purpose string

const (
	// ForEvent is for an event of the catalog.
	ForEvent Purpose = "event"
	// ForMaintenance is for when a maintenance is on.
	ForMaintenance Purpose = "maintenance"
	// ForWeight is for a flow's weight.
	ForWeight Purpose = "weight"
	// ForMoney is for a flow's revenue or cost.
	ForMoney Purpose = "money"
)

// String names the purpose, such as the weight of checkout.
func (a AuxiliaryQuery) String() string {
	if a.Purpose == ForEvent || a.Purpose == ForMaintenance {
		return "the " + string(a.Purpose) + " " + a.Name
	}
	return "the " + string(a.Purpose) + " of " + a.Name
}

// AuxiliaryQueries returns those of the plan and its parts. A weight that is scaled by traffic has no expression of its
// own.
func (p *Plan) AuxiliaryQueries() []AuxiliaryQuery {
	var all []AuxiliaryQuery
	events := p.Events
	if p.States != nil {
		events = slices.Concat(events, p.States.Deployments)
	}
	for i := range events {
		all = append(all, AuxiliaryQuery{ForEvent, events[i].Event.Name, &events[i].Source, true})
	}
	all = appendMaintenance(all, p.Maintenance)
	for _, s := range p.allSegments() {
		all = appendMaintenance(all, s.Maintenance)
		for _, f := range s.Flows {
			if f.Weight != nil && !f.Flow.Dynamic.Traffic {
				all = append(all, AuxiliaryQuery{ForWeight, f.Flow.Name, f.Weight, f.Shown})
			}
			if f.Money != nil {
				all = append(all, AuxiliaryQuery{ForMoney, f.Flow.Name, f.Money, f.Shown})
			}
		}
	}
	return all
}

// appendMaintenance adds those maintenances that have an expression.
func appendMaintenance(all []AuxiliaryQuery, maintenance []Maintenance) []AuxiliaryQuery {
	for _, m := range maintenance {
		if m.Source != nil {
			all = append(all, AuxiliaryQuery{ForMaintenance, m.Stated.Name, m.Source, true})
		}
	}
	return all
}

// allSegments returns those of the plan and its parts that have flows.
func (p *Plan) allSegments() []*Segment {
	var all []*Segment
	for _, part := range p.Parts() {
		all = append(all, part.Segments()...)
	}
	return all
}

// DefinedAs returns the SLIs, as flow/sli, and the auxiliary queries that an expression is asked for, and whether the
// definition states it as a whole rather than as a selector.
func (p *Plan) DefinedAs(promQL string) (subjects []string, whole bool) {
	asks := func(exprs []*expand.Expr) bool {
		return slices.ContainsFunc(exprs, func(e *expand.Expr) bool { return e.String() == promQL })
	}
	add := func(subject string, isWhole bool) {
		if !slices.Contains(subjects, subject) {
			subjects = append(subjects, subject)
		}
		whole = whole || isWhole
	}
	for _, a := range p.AuxiliaryQueries() {
		if asks(a.Source.Exprs()) {
			add(a.String(), true)
		}
	}
	for _, s := range p.allSegments() {
		for _, f := range s.Flows {
			for i := range f.SLIs {
				sli := &f.SLIs[i]
				if asks(sli.Exprs()) {
					indicator, _ := p.Catalog.IndicatorsOf(sli.SLI)
					add(f.Flow.Name+"/"+sli.SLI.Name, indicator.StatesWhole())
				}
			}
		}
	}
	return subjects, whole
}
