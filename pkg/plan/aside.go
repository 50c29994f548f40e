package plan

// Aside is an expression of the definition that is read beside those of SLIs.
type Aside struct {
	// Of says what it speaks for.
	Of AsideOf
	// Name is that of the event, of the maintenance or of the flow.
	Name   string
	Source *Source
	// Shown reports whether the query is about it; others are there because its numbers depend on them.
	Shown bool
}

// AsideOf is what an expression beside those of SLIs speaks for.
type AsideOf string

const (
	// OfEvent is for an event of the catalog.
	OfEvent AsideOf = "event"
	// OfMaintenance is for when a maintenance is on.
	OfMaintenance AsideOf = "maintenance"
	// OfWeight is for a flow's weight.
	OfWeight AsideOf = "weight"
	// OfMoney is for a flow's revenue or cost.
	OfMoney AsideOf = "money"
)

// String names what the expression speaks for.
func (a Aside) String() string {
	if a.Of == OfEvent || a.Of == OfMaintenance {
		return "the " + string(a.Of) + " " + a.Name
	}
	return "the " + string(a.Of) + " of " + a.Name
}

// Asides returns what the plan and its parts read beside SLIs. A weight that is scaled by traffic has no expression of
// its own.
func (p *Plan) Asides() []Aside {
	var all []Aside
	for i := range p.Events {
		all = append(all, Aside{OfEvent, p.Events[i].Event.Name, &p.Events[i].Source, true})
	}
	all = appendMaintenance(all, p.Maintenance)
	for _, stretch := range p.allStretches() {
		all = appendMaintenance(all, stretch.Maintenance)
		for _, f := range stretch.Flows {
			if f.Weight != nil && !f.Flow.Dynamic.Traffic {
				all = append(all, Aside{OfWeight, f.Flow.Name, f.Weight, f.Shown})
			}
			if f.Money != nil {
				all = append(all, Aside{OfMoney, f.Flow.Name, f.Money, f.Shown})
			}
		}
	}
	return all
}

// appendMaintenance adds those maintenances that the store knows of.
func appendMaintenance(all []Aside, maintenance []Maintenance) []Aside {
	for _, m := range maintenance {
		if m.Source != nil {
			all = append(all, Aside{OfMaintenance, m.Stated.Name, m.Source, true})
		}
	}
	return all
}
