package plan

import (
	"fmt"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Maintenance says when flows of a segment are in maintenance.
type Maintenance struct {
	Stated *cer.Maintenance
	// Intervals say when; or else Source does.
	Intervals policy.Intervals
	Source    *Source
	// IsWindowed says that a sample of Source is about the time slice that ends with it, rather than about its minute.
	IsWindowed bool
	// Over are the instants at which that is read: for time slices the minutes in them, or their ends, and the start of the first.
	Over series.Range
}

// inSlices returns the maintenance as it is read for the time slices with some ends.
func (m Maintenance) inSlices(ends series.Range, slice time.Duration) Maintenance {
	m.Over = ends
	m.Over.Start -= slice.Milliseconds()
	if !m.IsWindowed {
		m.Over.Step = cer.Grid.Milliseconds()
	}
	return m
}

// maintenance plans how it is read at the instants of a range whether there is a maintenance. Expressions look back over a
// window.
func (b *builder) maintenance(over series.Range, window time.Duration) ([]Maintenance, error) {
	c := b.plan.Catalog
	var all []Maintenance
	for i := range c.Maintenance {
		m := Maintenance{Stated: &c.Maintenance[i], Intervals: c.IntervalsOf(&c.Maintenance[i]), Over: over}
		if m.Stated.PromQL != "" {
			source, err := b.sources.source(sourceSpec{subject: "the maintenance " + m.Stated.Name, indicator: c.MaintenanceIndicator(m.Stated),
				by: b.plan.By, window: window})
			if err != nil {
				return nil, fmt.Errorf("the maintenance %s: %w", m.Stated.Name, err)
			}
			m.Source, m.IsWindowed = &source, c.MaintenanceIndicator(m.Stated).IsWindowed()
		}
		all = append(all, m)
	}
	return all, nil
}
