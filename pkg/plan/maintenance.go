package plan

import (
	"fmt"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Maintenance says when flows of a stretch are worked on.
type Maintenance struct {
	Stated *cer.Maintenance
	// Intervals say when; or else Source does, which is not 0 then.
	Intervals policy.Intervals
	Source    *Source
	// Over are the instants at which that is known: for slices the ends of all, and the start of the first.
	Over series.Range
}

// maintenanceOfSlices plans how it is known which slices, that end at the instants of a range, are in a maintenance.
func (b *builder) maintenanceOfSlices(over series.Range) ([]Maintenance, error) {
	slice := b.plan.Catalog.Budget.Slice
	over.Start -= slice.Milliseconds()
	return b.maintenance(over, slice)
}

// maintenance plans how it is known at the instants of a range whether there is a maintenance. Expressions look back
// over a window.
func (b *builder) maintenance(over series.Range, window time.Duration) ([]Maintenance, error) {
	catalog := b.plan.Catalog
	var all []Maintenance
	for i := range catalog.Maintenance {
		m := Maintenance{Stated: &catalog.Maintenance[i], Over: over}
		var err error
		if m.Stated.PromQL == "" {
			m.Intervals, err = policy.ParseIntervals(m.Stated.Intervals)
		} else {
			m.Source, err = b.maintenanceSource(&m, window)
		}
		if err != nil {
			return nil, fmt.Errorf("the maintenance %s: %w", m.Stated.Name, err)
		}
		all = append(all, m)
	}
	return all, nil
}

// maintenanceSource plans how a maintenance is read that PromQL speaks of.
func (b *builder) maintenanceSource(m *Maintenance, window time.Duration) (*Source, error) {
	ask := b.asking("the maintenance "+m.Stated.Name, m.Stated.PromQL, m.Stated.Trust)
	ask.by, ask.window, ask.over = b.plan.By, window, m.Over
	source, err := b.source(ask)
	return &source, err
}
