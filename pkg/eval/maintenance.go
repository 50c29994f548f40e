package eval

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// maintenance is when a maintenance is on.
type maintenance struct {
	stated *cer.Maintenance
	// on holds whether it is at each instant of over. Those that intervals speak of are held each minute.
	on   []bool
	over series.Range
}

// at reports whether the maintenance is on at an instant, in Unix milliseconds.
func (m *maintenance) at(t int64) bool {
	i := int((t - m.over.Start) / m.over.Step)
	return i >= 0 && i < len(m.on) && m.on[i]
}

// touches reports whether the maintenance is on within a slice that ends at an instant, both in milliseconds. One that PromQL speaks of is
// looked for on both edges, and one that begins where the slice ends does not touch it.
func (m *maintenance) touches(end, width int64) bool {
	if m.stated.PromQL != "" {
		return m.at(end) || m.at(end-width)
	}
	for t := end - width; t < end; t += cer.Grid.Milliseconds() {
		if m.at(t) {
			return true
		}
	}
	return false
}

// maintenances returns when maintenances are on for the users of a cohort.
func (l *ledger) maintenances(plans []plan.Maintenance, of cohort) []maintenance {
	all := make([]maintenance, 0, len(plans))
	for i := range plans {
		planned := &plans[i]
		if planned.Source == nil {
			all = append(all, l.byCalendar(planned))
		} else {
			all = append(all, l.bySeries(planned, of))
		}
	}
	return all
}

// byCalendar reads a maintenance from its intervals, which are the same for every cohort.
func (l *ledger) byCalendar(planned *plan.Maintenance) maintenance {
	if known, ok := l.calendar[planned]; ok {
		return known
	}
	m := maintenance{stated: planned.Stated, over: planned.Over}
	m.over.Step = cer.Grid.Milliseconds()
	m.on = make([]bool, m.over.Len())
	for i := range m.on {
		m.on[i] = planned.Intervals.InMaintenance(m.over.Time(i))
	}
	l.calendar[planned] = m
	return m
}

// bySeries reads a maintenance from the series of its expression: it is on while any of them is that speaks for the
// cohort.
func (l *ledger) bySeries(planned *plan.Maintenance, of cohort) maintenance {
	m := maintenance{stated: planned.Stated, over: planned.Over, on: make([]bool, planned.Over.Len())}
	for _, expr := range planned.Source.Exprs() {
		for _, s := range l.answer(expr, planned.Over).Series {
			if !cohortOf(s.Labels.Get, planned.Source.Labels).speaksFor(of) {
				continue
			}
			for i, v := range s.Values {
				m.on[i] = m.on[i] || v != 0 && !math.IsNaN(v)
			}
		}
	}
	return m
}

// effects returns the effect of maintenances on a flow, or on the whole where f is nil, in each slice of the evaluation;
// nil where there is none at all.
func (e *evaluation) effects(f *cer.Flow) []cer.MaintenanceEffect {
	var effects []cer.MaintenanceEffect
	for k := range e.maintenance {
		m := &e.maintenance[k]
		if m.stated.Effect == cer.EffectSuppress || !m.stated.Flows.Picks(e.plan.Catalog.Catalog, f) {
			continue
		}
		if effects == nil {
			effects = make([]cer.MaintenanceEffect, e.n)
		}
		for i := range effects {
			if m.touches(e.instants.At(i), e.plan.Catalog.Budget.Slice.Milliseconds()) {
				effects[i] = effects[i].Stronger(m.stated.Effect)
			}
		}
	}
	return effects
}

// suppressed names the maintenance in which a flow, or the whole where f is nil, is at an instant; "" where it is in none.
func (e *evaluation) suppressed(f *cer.Flow, t int64) string {
	for k := range e.maintenance {
		if m := &e.maintenance[k]; m.stated.Flows.Picks(e.plan.Catalog.Catalog, f) && m.at(t) {
			return m.stated.Name
		}
	}
	return ""
}
