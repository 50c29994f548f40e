package eval

import (
	"math"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// maintenance is when a maintenance is on.
type maintenance struct {
	stated *cer.Maintenance
	// on holds whether it is at each instant of over. Those that intervals speak of are held each minute.
	on   []bool
	over plan.Range
}

// at reports whether the maintenance is on at an instant.
func (m *maintenance) at(t time.Time) bool {
	i := int(t.Sub(m.over.Start) / m.over.Step)
	return i >= 0 && i < len(m.on) && m.on[i]
}

// touches reports whether the maintenance is on within a slice that ends at an instant. One that PromQL speaks of is
// looked for on both edges, and one that begins where the slice ends does not touch it.
func (m *maintenance) touches(end time.Time, width time.Duration) bool {
	if m.stated.PromQL != "" {
		return m.at(end) || m.at(end.Add(-width))
	}
	for t := end.Add(-width); t.Before(end); t = t.Add(cer.Grid) {
		if m.at(t) {
			return true
		}
	}
	return false
}

// maintenances returns when the maintenances of a stretch are on for the users of a cohort.
func (l *ledger) maintenances(stretch *plan.Stretch, of cohort) []maintenance {
	all := make([]maintenance, 0, len(stretch.Maintenance))
	for i := range stretch.Maintenance {
		planned := &stretch.Maintenance[i]
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
	m.over.Step = cer.Grid
	m.on = make([]bool, m.over.Len())
	for i := range m.on {
		m.on[i] = planned.Intervals.InMaintenance(m.over.At(i))
	}
	l.calendar[planned] = m
	return m
}

// bySeries reads a maintenance from the series of its expression: it is on while any of them is that speaks for the
// cohort.
func (l *ledger) bySeries(planned *plan.Maintenance, of cohort) maintenance {
	m := maintenance{stated: planned.Stated, over: planned.Over, on: make([]bool, planned.Over.Len())}
	for _, form := range planned.Source.Forms {
		for _, leaf := range form.Leaves() {
			for _, series := range l.answers[leaf].Series {
				if !cohortOf(series, planned.Source.Labels).speaksFor(of) {
					continue
				}
				for i, v := range series.Values {
					m.on[i] = m.on[i] || v != 0 && !math.IsNaN(v)
				}
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
		if m.stated.Effect == cer.EffectSuppress || !m.stated.Flows.Picks(e.plan.Catalog, f) {
			continue
		}
		if effects == nil {
			effects = make([]cer.MaintenanceEffect, e.n)
		}
		for i := range effects {
			if m.touches(e.instants.At(i), e.plan.Catalog.Budget.Slice) {
				effects[i] = effects[i].Stronger(m.stated.Effect)
			}
		}
	}
	return effects
}

// suppressed names the maintenance in which a flow, or the whole where f is nil, is at an instant; "" where it is in none.
func (e *evaluation) suppressed(f *cer.Flow, t time.Time) string {
	for k := range e.maintenance {
		if m := &e.maintenance[k]; m.stated.Flows.Picks(e.plan.Catalog, f) && m.at(t) {
			return m.stated.Name
		}
	}
	return ""
}
