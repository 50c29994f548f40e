package plugin

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// ledger leaves one line in the log on each change of a data source's catalog. It is safe for concurrent use.
type ledger struct {
	mu    sync.Mutex
	known map[shelfKey]noted
}

// noted is what the log says of a data source by now.
type noted struct {
	catalog           *cer.Catalog
	revision, problem string
}

// note leaves a line if something changed since the last time.
func (l *ledger) note(ctx context.Context, d *DataSource) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key, now := d.key, d.supply.current(ctx) // Under the lock, so that what is newer is noted later.
	if l.known == nil {
		l.known = map[shelfKey]noted{}
	}
	before := l.known[key]
	problem := now.problem(admin)
	l.known[key] = noted{catalog: now.catalog, revision: now.revision, problem: problem}
	logger := backend.Logger.FromContext(ctx).With("datasourceUid", key.uid, "org", key.label())
	if now.catalog != nil && now.revision != before.revision {
		logCatalog(logger, before, now)
	}
	switch {
	case problem == before.problem, problem == "" && now.revision != before.revision:
	case problem == "":
		logger.Info("Definition used as it stands again", "revision", now.revision)
	case now.stale:
		logger.Warn("Definition refused, the last good one is used", "revision", now.revision, "issues", problem)
	default:
		logger.Warn("Definition refused", "issues", problem)
	}
}

// logCatalog leaves a line on a catalog that is new.
func logCatalog(logger log.Logger, before noted, now loaded) {
	if before.catalog == nil {
		logger.Info("Definition loaded", "catalog", now.catalog.Name, "revision", now.revision, "flows", len(now.catalog.Flows))
		return
	}
	logger.Info("Catalog changed", "catalog", now.catalog.Name, "oldRevision", before.revision, "newRevision", now.revision,
		"weights", moved(before.catalog, now.catalog))
}

// shownMoves is how many weights a line says to have moved.
const shownMoves = 20

// moved says which weights of flows and SLIs are others than before, such as checkout 5→3, checkout/success 5→4.
func moved(before, now *cer.Catalog) string {
	old, names := weightsOf(before)
	current, newNames := weightsOf(now)
	for _, name := range newNames {
		if _, known := old[name]; !known {
			names = append(names, name)
		}
	}
	var moves []string
	for _, name := range names {
		from, to := weightText(old, name), weightText(current, name)
		if from != to {
			moves = append(moves, name+" "+from+"→"+to)
		}
	}
	if more := len(moves) - shownMoves; more > 0 {
		moves = append(moves[:shownMoves], fmt.Sprintf("and %d more", more))
	}
	if len(moves) == 0 {
		return "unchanged"
	}
	return strings.Join(moves, ", ")
}

// weightsOf returns the weights of flows, and of SLIs as flow/sli, and their names in the order of the catalog.
func weightsOf(c *cer.Catalog) (weights map[string]float64, names []string) {
	weights = map[string]float64{}
	add := func(name string, weight float64) {
		weights[name] = weight
		names = append(names, name)
	}
	for i := range c.Flows {
		f := &c.Flows[i]
		add(f.Name, f.Weight)
		for j := range f.SLIs {
			add(f.Name+"/"+f.SLIs[j].Name, f.SLIs[j].Weight)
		}
	}
	return weights, names
}

// weightText prints a weight, as none where there is no such member.
func weightText(weights map[string]float64, name string) string {
	weight, ok := weights[name]
	if !ok {
		return "none"
	}
	return strconv.FormatFloat(weight, 'g', -1, 64)
}
