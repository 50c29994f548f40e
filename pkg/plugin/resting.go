package plugin

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

const (
	// restingBurn is the burn rate of an hour from which on a flow that has it all day is not calibrated: hardly anything of its budget
	// is left for what fails.
	restingBurn = 0.7
	// restingHours is how many hours of the last day have to be known for that.
	restingHours = 12
	// maxResting is the number of SLIs whose flows are looked at, the first of the catalog.
	maxResting = 100
)

// resting returns remarks on the first flows of a catalog whose objective does not agree with how they are scored, or served: they
// have burnt their error budget in every known hour of the last day. What can't be asked is left out.
func (d *snapshot) resting(ctx context.Context, c *catalog.Catalog) []definition.Remark {
	session := d.engine.Session(ctx)
	defer session.Close()
	now := d.now()
	result, err := d.engine.Exec(ctx, session, engine.Request{Catalog: c,
		Query: query.Query{Measure: query.Burn, Level: query.LevelFlow, Format: query.Timeseries, Window: query.WindowAuto, Flows: firstFlows(c.Catalog, maxResting)},
		Times: plan.Times{From: now.Add(-23 * time.Hour), To: now, Now: now, Interval: time.Hour}})
	if err != nil {
		return nil
	}
	var remarks []definition.Remark
	for _, m := range result.Members {
		least, known := math.Inf(1), 0
		for _, burn := range m.Columns[query.Burn] {
			if !math.IsNaN(burn) {
				least, known = min(least, burn), known+1
			}
		}
		if known >= restingHours && cer.Meets(least, restingBurn) {
			remarks = append(remarks, definition.Remark{Flow: m.Flow.Name, Text: fmt.Sprintf(
				"in every known hour of the last day the burn rate was %.2g or more, so the objective %s leaves little or nothing for failures; choose a lower one with Calibrate, or a curve or bound that scores normal service 1",
				least, strconv.FormatFloat(m.Objective, 'f', -1, 64))})
		}
	}
	return remarks
}
