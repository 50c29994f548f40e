package plugin

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// changeLog logs one line for each change of the catalog of a data source. It is safe for concurrent use.
type changeLog struct {
	mu   sync.Mutex
	last map[dataSourceKey]logged
}

// logged is the state of a catalog that was logged last.
type logged struct {
	catalog           *catalog.Catalog
	revision, problem string
}

// record logs what has changed in the catalog of a data source since the last call, if anything has.
func (l *changeLog) record(ctx context.Context, d *DataSource) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key, now := d.key, d.source.current(ctx) // Read under the lock, so that states are logged in their order.
	if l.last == nil {
		l.last = map[dataSourceKey]logged{}
	}
	before := l.last[key]
	problem := now.problem(admin)
	l.last[key] = logged{catalog: now.catalog, revision: now.revision(), problem: problem}
	logger := backend.Logger.FromContext(ctx).With("datasourceUid", key.uid, "org", key.orgLabel())
	if now.catalog != nil && now.revision() != before.revision {
		logCatalog(logger, before, now)
	}
	switch {
	case problem == before.problem, problem == "" && now.revision() != before.revision:
	case problem == "":
		logger.Info("Catalog is valid again", "revision", now.revision())
	case now.stale:
		logger.Warn("Catalog refused, its last valid version is used", "revision", now.revision(), "issues", problem)
	default:
		logger.Warn("Catalog refused", "issues", problem)
	}
}

// logCatalog logs a new revision.
func logCatalog(logger log.Logger, before logged, now catalogState) {
	if before.catalog == nil {
		logger.Info("Catalog loaded", "catalog", now.catalog.Name, "revision", now.revision(), "flows", len(now.catalog.Flows))
		return
	}
	logger.Info("Catalog changed", "catalog", now.catalog.Name, "oldRevision", before.revision, "newRevision", now.revision(),
		"weights", weightChanges(before.catalog.Catalog, now.catalog.Catalog))
}

// maxLoggedWeights is the number of changed weights that one line lists.
const maxLoggedWeights = 20

// weightChanges lists the weights of flows and SLIs that differ between two catalogs, such as
// "checkout 5→3, checkout/success 5→4". New and removed ones have the weight "none" on one side.
func weightChanges(before, now *cer.Catalog) string {
	var changes []string
	for _, change := range definition.Changes(before, now) {
		if change.Field == "weight" {
			changes = append(changes, change.Name+" "+change.Before+"→"+change.After)
		}
	}
	if more := len(changes) - maxLoggedWeights; more > 0 {
		changes = append(changes[:maxLoggedWeights], fmt.Sprintf("and %d more", more))
	}
	if len(changes) == 0 {
		return "unchanged"
	}
	return strings.Join(changes, ", ")
}
