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
	// Intervals say when; or else Source does, by samples that are not 0.
	Intervals policy.Intervals
	Source    *Source
	// Over are the instants at which that is read: for time slices their ends, and the start of the first.
	Over series.Range
}

// edges returns the ends of time slices, given those ends, and the start of the first.
func edges(ends series.Range, slice time.Duration) series.Range {
	ends.Start -= slice.Milliseconds()
	return ends
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
			m.Source = &source
		}
		all = append(all, m)
	}
	return all, nil
}
