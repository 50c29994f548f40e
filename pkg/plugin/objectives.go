package plugin

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/replay"
)

// overspent returns a hint on the first flows of a catalog whose objective is above what the last days show: their error budget would
// not have lasted. It is empty where there are none, or the store can't be asked.
func (d *snapshot) overspent(ctx context.Context, c *catalog.Catalog) []issue {
	if !d.replays.TryAcquire(1) {
		return []issue{{Hint: true, Message: "whether the objectives were met in the last days is unknown: " + busy.message}}
	}
	defer d.replays.Release(1)
	session := d.engine.Session(ctx)
	defer session.Close()
	now := d.now()
	result, err := d.engine.Exec(ctx, session, engine.Request{Catalog: c,
		Query: query.Query{Measure: query.Burn, Level: query.LevelFlow, Format: query.Latest, Window: model.Duration(replay.MaxDays * 24 * time.Hour).String(),
			Flows: firstFlows(c.Catalog, maxResting)},
		Times: plan.Times{From: now, To: now, Now: now}})
	if err != nil {
		return nil
	}
	var names []string
	for _, m := range result.Members {
		if burn := m.Newest(query.Burn); burn > 1 && !cer.Meets(1, burn) {
			names = append(names, fmt.Sprintf("%s (%.4g of %v)", m.Flow.Name, 1-burn*(1-m.Objective), m.Objective))
		}
	}
	if len(names) == 0 {
		return nil
	}
	more := ""
	if n := len(names) - maxHinted; n > 0 {
		names, more = names[:maxHinted], fmt.Sprintf(" and %d others", n)
	}
	return []issue{{Hint: true, Message: fmt.Sprintf("the scores of the last %d days are below the objectives of %s%s; Calibrate recommends objectives that fit", replay.MaxDays, strings.Join(names, ", "), more)}}
}
