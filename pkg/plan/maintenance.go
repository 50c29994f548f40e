package plan

import (
	"fmt"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
)

// Maintenance says when flows of a stretch are worked on.
type Maintenance struct {
	Stated *cer.Maintenance
	// Intervals say when; or else Source does, which is not 0 then.
	Intervals policy.Intervals
	Source    *Source
	// Over are the instants at which Source is read: from those on the edges of the first slice of the stretch.
	Over Range
}

// maintenance plans how it is known which slices, that end at the instants of a range, are in a maintenance.
func (b *builder) maintenance(over Range) ([]Maintenance, error) {
	catalog := b.plan.Catalog
	var all []Maintenance
	for i := range catalog.Maintenance {
		m := Maintenance{Stated: &catalog.Maintenance[i], Over: over}
		m.Over.Start = m.Over.Start.Add(-catalog.Budget.Slice)
		var err error
		if m.Stated.PromQL == "" {
			m.Intervals, err = policy.ParseIntervals(m.Stated.Intervals)
		} else {
			m.Source, err = b.maintenanceSource(&m)
		}
		if err != nil {
			return nil, fmt.Errorf("the maintenance %s: %w", m.Stated.Name, err)
		}
		all = append(all, m)
	}
	return all, nil
}

// maintenanceSource plans how a maintenance is read that PromQL speaks of.
func (b *builder) maintenanceSource(m *Maintenance) (*Source, error) {
	ask := b.asking("the maintenance "+m.Stated.Name, m.Stated.PromQL, m.Stated.Trust)
	ask.by, ask.window, ask.over = b.plan.By, b.plan.Catalog.Budget.Slice, m.Over
	source, err := b.source(ask)
	return &source, err
}
