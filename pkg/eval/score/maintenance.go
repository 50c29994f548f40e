package score

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Maintenance is when a maintenance is on.
type Maintenance struct {
	Stated *cer.Maintenance
	// On holds whether it is on at each instant of Range. Those that are windowed are held for the ends of time slices, and others
	// for each minute.
	On         []bool
	Range      series.Range
	isWindowed bool
}

// isOnAt reports whether the maintenance is on at an instant, in Unix milliseconds.
func (m *Maintenance) isOnAt(t int64) bool {
	if t < m.Range.Start {
		return false
	}
	i := int((t - m.Range.Start) / m.Range.Step)
	return i < len(m.On) && m.On[i]
}

// overlaps reports whether the maintenance is on within a time slice that ends at an instant, both in milliseconds: at one of its
// minutes, or at the end of one whose window is the time slice. One that begins where the time slice ends does not overlap it.
func (m *Maintenance) overlaps(end, width int64) bool {
	if m.isWindowed {
		return m.isOnAt(end)
	}
	for t := end - width; t < end; t += cer.Grid.Milliseconds() {
		if m.isOnAt(t) {
			return true
		}
	}
	return false
}

// Maintenances returns when maintenances are on for the users of a cohort, or for any users where it is nil.
func (d *Dataset) Maintenances(planned []plan.Maintenance, c Cohort) []Maintenance {
	all := make([]Maintenance, 0, len(planned))
	for i := range planned {
		if planned[i].Source == nil {
			all = append(all, d.byIntervals(&planned[i]))
		} else {
			all = append(all, d.bySeries(&planned[i], c))
		}
	}
	return all
}

// byIntervals reads a maintenance with intervals, which are the same for every cohort.
func (d *Dataset) byIntervals(planned *plan.Maintenance) Maintenance {
	if known, ok := d.calendar[planned]; ok {
		return known
	}
	m := Maintenance{Stated: planned.Stated, Range: planned.Over}
	m.Range.Step = cer.Grid.Milliseconds()
	m.On = make([]bool, m.Range.Len())
	for i := range m.On {
		m.On[i] = planned.Intervals.InMaintenance(m.Range.Time(i))
	}
	d.calendar[planned] = m
	return m
}

// bySeries reads a maintenance with PromQL: it is on while any series says so that holds for the cohort, or for any users where
// that is nil.
func (d *Dataset) bySeries(planned *plan.Maintenance, c Cohort) Maintenance {
	m := Maintenance{Stated: planned.Stated, Range: planned.Over, isWindowed: planned.IsWindowed, On: make([]bool, planned.Over.Len())}
	for s := range d.Series(planned.Source, planned.Over) {
		if c != nil && !cohortOf(s.Labels.Get, planned.Source.Labels).Includes(c) {
			continue
		}
		for i, v := range s.Values {
			m.On[i] = m.On[i] || planned.Source.IsOn(v)
		}
	}
	return m
}

// Effects returns the effect of maintenances on a flow, or on all flows where f is nil, in each time slice of the tree;
// nil where there is none at all.
func (t *Tree) Effects(f *cer.Flow) []cer.MaintenanceEffect {
	var effects []cer.MaintenanceEffect
	for k := range t.maintenance {
		m := &t.maintenance[k]
		if m.Stated.Effect == cer.EffectSuppress || !m.Stated.Flows.Picks(t.plan.Catalog.Catalog, f) {
			continue
		}
		if effects == nil {
			effects = make([]cer.MaintenanceEffect, t.n)
		}
		for i := range effects {
			if m.overlaps(t.Range.At(i), t.plan.Catalog.Budget.Slice.Milliseconds()) {
				effects[i] = effects[i].Stronger(m.Stated.Effect)
			}
		}
	}
	return effects
}

// InMaintenance returns whether a flow is in any maintenance within each time slice of the tree, whatever its effect; nil where there is
// none at all.
func (t *Tree) InMaintenance(f *cer.Flow) []bool {
	var in []bool
	for k := range t.maintenance {
		m := &t.maintenance[k]
		if !m.Stated.Flows.Picks(t.plan.Catalog.Catalog, f) {
			continue
		}
		if in == nil {
			in = make([]bool, t.n)
		}
		for i := range in {
			in[i] = in[i] || m.overlaps(t.Range.At(i), t.Range.Step)
		}
	}
	return in
}

// SuppressedBy returns the name of the maintenance in which a flow, or all flows where f is nil, is at an instant in Unix
// milliseconds; "" where it is in none.
func (t *Tree) SuppressedBy(f *cer.Flow, at int64) string {
	for k := range t.maintenance {
		if m := &t.maintenance[k]; m.Stated.Flows.Picks(t.plan.Catalog.Catalog, f) && m.isOnAt(at) {
			return m.Stated.Name
		}
	}
	return ""
}
