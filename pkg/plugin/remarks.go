package plugin

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// maxRemarked is the number of SLIs that are evaluated so that something can be said of them.
const maxRemarked = 500

// maxTyped is the number of metrics whose types are looked up.
const maxTyped = 100

// remarks evaluates the first flows of a catalog, with up to maxRemarked SLIs, and returns what there is to say of their SLIs, such as
// of a bound between two bucket edges.
func (d *snapshot) remarks(ctx context.Context, c *catalog.Catalog) ([]definition.Remark, error) {
	session := d.engine.Session(ctx)
	defer session.Close()
	q := query.Query{Measure: query.Score, Level: query.LevelSLI, Format: query.Latest, Window: query.WindowAuto, Flows: firstFlows(c.Catalog, maxRemarked)}
	now := d.now()
	times := plan.Times{From: now.Add(-time.Hour), To: now, Now: now, Interval: time.Minute}
	result, err := d.engine.Exec(ctx, session, engine.Request{Catalog: c, Query: q, Times: times})
	if err != nil {
		return nil, err
	}
	scored := map[string]bool{}
	for _, m := range result.Members {
		scored[m.Flow.Name+"/"+m.SLI.Name] = !math.IsNaN(m.Newest(query.Score))
	}
	notices := slices.Clone(result.Plan.Notices)
	for _, n := range result.Notices {
		if scored[n.Subject] { // That one has no telemetry or no events now says nothing of its definition.
			notices.Add(n)
		}
	}
	remarks := d.gauges(ctx, c)
	for _, n := range notices {
		if flow, sli, ok := strings.Cut(n.Subject, "/"); ok {
			remarks = append(remarks, definition.Remark{Flow: flow, SLI: sli, Text: n.Text})
		}
	}
	return remarks, nil
}

// firstFlows returns the names of the first flows, with up to a number of SLIs together; that of the first one at least.
func firstFlows(c *cer.Catalog, most int) []string {
	var names []string
	slis := 0
	for i := range c.Flows {
		if slis += len(c.Flows[i].SLIs); slis > most && i > 0 {
			break
		}
		names = append(names, c.Flows[i].Name)
	}
	return names
}

// gauges returns remarks on ratios of metrics that are gauges, says the store's metadata. They are left out where it has none, which
// few stores keep for all metrics.
func (d *snapshot) gauges(ctx context.Context, c *catalog.Catalog) []definition.Remark {
	var remarks []definition.Remark
	var metrics []string
	for i := range c.Flows {
		f := &c.Flows[i]
		for j := range f.SLIs {
			indicator, _ := c.IndicatorsOf(&f.SLIs[j])
			for _, metric := range indicator.Counters() {
				if len(metrics) < maxTyped && !slices.Contains(metrics, metric) {
					metrics = append(metrics, metric)
					remarks = append(remarks, definition.Remark{Flow: f.Name, SLI: f.SLIs[j].Name,
						Text: metric + " is a gauge by the store's metadata, and a ratio needs counters; use a counter, or value with a curve"})
				}
			}
		}
	}
	isGauge := d.store.Gauges(ctx, metrics)
	gauges := remarks[:0]
	for i, remark := range remarks {
		if isGauge[i] {
			gauges = append(gauges, remark)
		}
	}
	return gauges
}
