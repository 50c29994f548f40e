package plugin

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/cer-reliability/cer-datasource/pkg/audit"
	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
)

// changeLog records each change of the catalog of a data source: one line in the log, counts for metrics, and a history that
// annotations are made of. It is kept until the process ends. It is safe for concurrent use.
type changeLog struct {
	// recording has a *sync.Mutex for each data source by its key, which is held while its changes are recorded. That may wait for the
	// folder on the server; mu is not held meanwhile.
	recording sync.Map
	mu        sync.Mutex
	last      map[dataSourceKey]recorded
}

// recorded is what was recorded of the catalog of a data source. Its map and its history are replaced, not changed.
type recorded struct {
	// state is the newest one, with the newest catalog that there was.
	state catalogState
	// problem is why the newest definition is not in use; "" if it is.
	problem string
	// saved is when the settings were saved that the state was recorded for.
	saved   time.Time
	history audit.History
	changes map[audit.Aspect]int
}

// replaced reports whether a catalog is one that was changed before. Where its settings are older than the recorded ones, nobody went
// back to it: Grafana caches settings for seconds, and sends the old ones with some requests after the new ones were in use.
func (r recorded) replaced(state catalogState) bool {
	return slices.ContainsFunc(r.history, func(earlier audit.Revision) bool { return earlier.Before == state.revision() })
}

// of returns what was recorded of a data source.
func (l *changeLog) of(key dataSourceKey) recorded {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last[key]
}

// set replaces what was recorded of a data source.
func (l *changeLog) set(key dataSourceKey, r recorded) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == nil {
		l.last = map[dataSourceKey]recorded{}
	}
	l.last[key] = r
}

// record records what has changed in the catalog of a data source since the last call, if anything has. ctx is that of the first
// request after it.
func (l *changeLog) record(ctx context.Context, d *DataSource) {
	turn, _ := l.recording.LoadOrStore(d.key, new(sync.Mutex))
	recording := turn.(*sync.Mutex)
	recording.Lock()
	defer recording.Unlock()
	now := d.source.current(ctx) // Read under the lock, so that states are recorded in their order.
	before := l.of(d.key)
	if d.saved.Before(before.saved) && before.replaced(now) {
		return
	}
	after := recorded{state: now, problem: now.problem(admin), saved: d.saved, history: before.history, changes: before.changes}
	logger := backend.Logger.FromContext(ctx).With("datasourceUid", d.key.uid, "org", d.key.orgLabel())
	changed := now.catalog != nil && now.revision() != before.state.revision()
	switch {
	case now.catalog == nil: // The next one is compared with the last one that there was.
		after.state.catalog = before.state.catalog
	case before.state.catalog == nil:
		logger.Info("Catalog loaded", "catalog", now.catalog.Name, "revision", now.revision(), "flows", len(now.catalog.Flows))
	case changed:
		changes := audit.Compare(before.state.catalog.Catalog, now.catalog.Catalog)
		after.history = before.history.With(audit.NewRevision(d.changedAt(before, now), before.state.revision(), now.revision(), changes))
		after.changes = withCounts(before.changes, changes)
		logger.Info("Catalog changed", append([]any{"catalog", now.catalog.Name, "oldRevision", before.state.revision(), "newRevision", now.revision(),
			"count", len(changes), "kinds", kindsText(changes), "changes", changesText(changes)}, origin(ctx, before.state, now)...)...)
	}
	l.set(d.key, after)
	logProblem(logger, before.problem, after.problem, changed, now)
}

// logProblem logs why the newest definition is not in use, or that it is again.
func logProblem(logger log.Logger, before, problem string, changed bool, now catalogState) {
	switch {
	case problem == before, problem == "" && changed:
	case problem == "":
		logger.Info("Catalog is valid again", "revision", now.revision())
	case now.stale:
		logger.Warn("Catalog refused, its last valid version is used", "revision", now.revision(), "issues", problem)
	default:
		logger.Warn("Catalog refused", "issues", problem)
	}
}

// changedAt returns when a change of the catalog took effect: when the settings were saved, or now if the folder on the server has
// changed, or Grafana's clock and the plugin's do not agree.
func (d *DataSource) changedAt(before recorded, now catalogState) time.Time {
	at := d.now()
	if isEditOfFolder(before.state, now) || !d.saved.After(before.saved) || d.saved.After(at) {
		return at
	}
	return d.saved
}

// isEditOfFolder reports whether a catalog changed in the folder on the server, rather than by the settings.
func isEditOfFolder(before, now catalogState) bool {
	return before.fromFolder && now.fromFolder && before.catalog.Name == now.catalog.Name
}

// maxLoggedOrigins is the number of changed files that one line lists.
const maxLoggedOrigins = 5

// origin returns who or what changed a catalog, as keys and values of the log: the files of the folder on the server, or the user of
// the first request with the new settings, if it was one of a user.
func origin(ctx context.Context, before, now catalogState) []any {
	if isEditOfFolder(before, now) {
		var files []string
		for _, f := range now.changedFiles {
			files = append(files, f.Path+" ("+f.Modified.UTC().Format(time.RFC3339)+")")
		}
		return []any{"files", list.First(files, maxLoggedOrigins)}
	}
	if user := backend.PluginConfigFromContext(ctx).User; user != nil && user.Login != "" {
		return []any{"firstUsedBy", user.Login, "role", user.Role}
	}
	return nil
}

// maxLoggedChanges is the number of changes that one line lists.
const maxLoggedChanges = 20

// changesText lists changes in one line.
func changesText(changes []audit.Change) string {
	if len(changes) == 0 {
		return "only the order"
	}
	named := changes[:min(len(changes), maxLoggedChanges)]
	texts := make([]string, len(named))
	for i, c := range named {
		texts[i] = c.Sentence()
	}
	text := strings.Join(texts, "; ")
	if more := len(changes) - len(named); more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}

// kindsText lists how many changes of each kind there are, so that the changes that changesText leaves out can be told from the log.
func kindsText(changes []audit.Change) string {
	counts := withCounts(nil, changes)
	var kinds []string
	for _, aspect := range audit.Aspects() {
		if n := counts[aspect]; n > 0 {
			kinds = append(kinds, fmt.Sprintf("%s %d", aspect, n))
		}
	}
	return strings.Join(kinds, ", ")
}

// withCounts returns counts of changes by what they are about, with those of more changes.
func withCounts(before map[audit.Aspect]int, changes []audit.Change) map[audit.Aspect]int {
	now := maps.Clone(before)
	if now == nil {
		now = map[audit.Aspect]int{}
	}
	for _, c := range changes {
		now[c.Aspect()]++
	}
	return now
}

// withHistory returns a catalog of a data source with what is known of how it came to be as it is; nil for nil.
func (l *changeLog) withHistory(key dataSourceKey, c *catalog.Catalog) *catalog.Catalog {
	if history := l.of(key).history; c != nil && len(history) > 0 {
		return c.WithHistory(history)
	}
	return c
}
