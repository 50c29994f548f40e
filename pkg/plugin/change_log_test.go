package plugin

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/cer-reliability/cer-datasource/pkg/audit"
	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/folder"
)

// weighted returns a catalog of flows and SLIs with weights, such as "checkout 5, checkout/success 4".
func weighted(members string) *cer.Catalog {
	c := &cer.Catalog{Name: "shop"}
	for member := range strings.SplitSeq(members, ", ") {
		var weight float64
		name, text, _ := strings.Cut(member, " ")
		if _, err := fmt.Sscan(text, &weight); err != nil {
			panic(err)
		}
		_, sli, isSLI := strings.Cut(name, "/")
		if !isSLI {
			c.Flows = append(c.Flows, cer.Flow{Name: name, Weight: weight})
			continue
		}
		f := &c.Flows[len(c.Flows)-1]
		f.SLIs = append(f.SLIs, cer.SLI{Name: sli, Weight: weight})
	}
	return c
}

func TestChangesText(t *testing.T) {
	var before, now []string
	for i := range 3000 {
		before, now = append(before, fmt.Sprintf("f%d 1", i)), append(now, fmt.Sprintf("f%d 2", i))
	}
	tests := map[string]struct{ before, now, want string }{
		"a flow and an SLI": {"checkout 5, checkout/success 5, checkout/fast 1", "checkout 3, checkout/success 4, checkout/fast 1",
			"flow checkout: weight 5 → 3; SLI checkout/success: weight 5 → 4"},
		"one that is new": {"checkout 5", "checkout 5, search 2, search/up 1", "flow search is new, with the weight 2; SLI search/up is new, with the weight 1"},
		"another order":   {"checkout 5, search 2", "search 2, checkout 5", "only the order"},
		"the same name":   {"up 1, up/up 2", "up 2, up/up 2", "flow up: weight 1 → 2"},
		"thousands of them": {strings.Join(before, ", "), strings.Join(now, ", "),
			"flow f0: weight 1 → 2; flow f1: weight 1 → 2; flow f2: weight 1 → 2; flow f3: weight 1 → 2; flow f4: weight 1 → 2; " +
				"flow f5: weight 1 → 2; flow f6: weight 1 → 2; flow f7: weight 1 → 2; flow f8: weight 1 → 2; flow f9: weight 1 → 2; " +
				"flow f10: weight 1 → 2; flow f11: weight 1 → 2; flow f12: weight 1 → 2; flow f13: weight 1 → 2; flow f14: weight 1 → 2; " +
				"flow f15: weight 1 → 2; flow f16: weight 1 → 2; flow f17: weight 1 → 2; flow f18: weight 1 → 2; flow f19: weight 1 → 2; and 2980 more"},
	}
	for name, test := range tests {
		if got := changesText(audit.Compare(weighted(test.before), weighted(test.now))); got != test.want {
			t.Errorf("%s: the changes are %s, want %s", name, got, test.want)
		}
	}
}

// An objective that is changed among many titles shows in the log, though its sentence is left out.
func TestNoKindOfChangeIsLeftOutOfTheLog(t *testing.T) {
	lines := recordLog(t)
	before, after := stateOf("r1", "a 1"), stateOf("r2", "a 1")
	for i := range 30 {
		before.catalog.Flows = append(before.catalog.Flows, cer.Flow{Name: fmt.Sprint("f", i), Title: "old"})
		after.catalog.Flows = append(after.catalog.Flows, cer.Flow{Name: fmt.Sprint("f", i), Title: "new"})
	}
	after.catalog.Flows[30].Objective = 0.9
	var l changeLog
	l.record(t.Context(), dataSourceOf(before, time.Hour))
	l.record(t.Context(), dataSourceOf(after, time.Minute))
	if line := (*lines)[1]; !strings.Contains(line, "count 31 kinds objective 1, metadata 30 changes ") || strings.Contains(line, "90%") {
		t.Errorf("the log has %s", line)
	}
}

// recorder is a logger that records its lines.
type recorder struct {
	log.Logger
	with  []any
	lines *[]string
}

func (l recorder) Info(message string, args ...any) { l.line(message, args) }
func (l recorder) Warn(message string, args ...any) { l.line(message, args) }
func (l recorder) With(args ...any) log.Logger {
	l.with = args
	return l
}
func (l recorder) FromContext(context.Context) log.Logger { return l }

func (l recorder) line(message string, args []any) {
	*l.lines = append(*l.lines, message+" "+strings.TrimSuffix(fmt.Sprintln(append(l.with, args...)...), "\n"))
}

// recordLog replaces Grafana's log by lines until the test ends.
func recordLog(t *testing.T) *[]string {
	t.Helper()
	lines, before := &[]string{}, backend.Logger
	backend.Logger = recorder{Logger: before, lines: lines}
	t.Cleanup(func() { backend.Logger = before })
	return lines
}

// stateOf returns the state of settings that make a catalog of flows and SLIs with weights.
func stateOf(revision, members string) catalogState {
	return catalogState{catalog: &catalog.Catalog{Catalog: weighted(members), Revision: revision}}
}

// noonOfTest is the time in the tests of changes.
var noonOfTest = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// dataSourceOf returns a data source with a state, whose settings were saved some minutes before noon.
func dataSourceOf(state catalogState, saved time.Duration) *DataSource {
	key := dataSourceKey{namespace: "default", uid: "u"}
	return &DataSource{key: key, source: staticSource(state), saved: noonOfTest.Add(-saved), now: func() time.Time { return noonOfTest }}
}

func TestEachChangeIsLoggedOnce(t *testing.T) {
	lines := recordLog(t)
	var l changeLog
	first, second := stateOf("r1", "checkout 5"), stateOf("r2", "checkout 3")
	stale := second
	stale.stale, stale.issues = true, loadDefinition("a: b").issues[:1]
	empty := catalogState{empty: true, issues: loadDefinition("").issues}
	const source, none = "datasourceUid u org 1 ", "issues the data source has no catalog yet; write one (apiVersion: cer/v1) in its settings"
	steps := []struct {
		now  catalogState
		want string
	}{
		{empty, "Catalog refused " + source + none},
		{first, "Catalog loaded " + source + "catalog shop revision r1 flows 1"},
		{first, ""},
		{second, "Catalog changed " + source + "catalog shop oldRevision r1 newRevision r2 count 1 kinds weight 1 changes flow checkout: weight 5 → 3"},
		{stale, "Catalog refused, its last valid version is used " + source + "revision r2 issues the catalog was refused, and its last valid version is used instead. " + stale.issues.Error()},
		{stale, ""},
		{second, "Catalog is valid again " + source + "revision r2"},
		{second, ""},
		{empty, "Catalog refused " + source + none},
		{first, "Catalog changed " + source + "catalog shop oldRevision r2 newRevision r1 count 1 kinds weight 1 changes flow checkout: weight 3 → 5"},
	}
	for i, step := range steps {
		*lines = nil
		l.record(t.Context(), dataSourceOf(step.now, 0))
		if got := strings.Join(*lines, "; "); got != step.want {
			t.Errorf("step %d: the log has %s\nwant %s", i, got, step.want)
		}
	}
}

// Who changed a catalog is the user of the first request with the settings, or the files of the folder; when, is when the settings were
// saved, or now.
func TestWhoChangedTheCatalogAndWhen(t *testing.T) {
	inFolder := func(revision, members string) catalogState {
		state := stateOf(revision, members)
		state.fromFolder, state.changedFiles = true, []folder.Changed{{Path: "shop.yaml", Modified: noonOfTest.Add(-time.Minute)}}
		return state
	}
	admin := backend.WithPluginContext(t.Context(), backend.PluginContext{User: &backend.User{Login: "ada", Role: "Admin"}})
	tests := map[string]struct {
		ctx           context.Context
		before, after *DataSource
		says          string
		at            time.Time
	}{
		"settings":                      {admin, dataSourceOf(stateOf("r1", "a 1"), time.Hour), dataSourceOf(stateOf("r2", "a 2"), time.Minute), "firstUsedBy ada role Admin", noonOfTest.Add(-time.Minute)},
		"settings that an alert uses":   {t.Context(), dataSourceOf(stateOf("r1", "a 1"), time.Hour), dataSourceOf(stateOf("r2", "a 2"), time.Minute), "weight 1 → 2", noonOfTest.Add(-time.Minute)},
		"settings of another clock":     {admin, dataSourceOf(stateOf("r1", "a 1"), time.Hour), dataSourceOf(stateOf("r2", "a 2"), -time.Minute), "firstUsedBy ada", noonOfTest},
		"the folder":                    {admin, dataSourceOf(inFolder("r1", "a 1"), time.Hour), dataSourceOf(inFolder("r2", "a 2"), time.Hour), "files shop.yaml (2026-03-04T11:59:00Z)", noonOfTest},
		"from the settings to a folder": {admin, dataSourceOf(stateOf("r1", "a 1"), time.Hour), dataSourceOf(inFolder("r2", "a 2"), time.Minute), "firstUsedBy ada", noonOfTest.Add(-time.Minute)},
	}
	for name, test := range tests {
		lines := recordLog(t)
		var l changeLog
		l.record(t.Context(), test.before)
		l.record(test.ctx, test.after)
		if got := (*lines)[1]; !strings.HasSuffix(got, test.says) && !strings.Contains(got, test.says+" role") {
			t.Errorf("%s: the log has %s, want %s at its end", name, got, test.says)
		}
		history := l.of(test.after.key).history
		if len(history) != 1 || !history[0].At.Equal(test.at) {
			t.Errorf("%s: the history is %v, want one change at %s", name, history, test.at)
		}
	}
}

// After a save Grafana sends the old settings with some requests, since it caches them. Their users change nothing.
func TestSettingsOfAnEarlierSaveAreNoChange(t *testing.T) {
	lines := recordLog(t)
	first, second, third := stateOf("r1", "a 1"), stateOf("r2", "a 2"), stateOf("r3", "a 3")
	var l changeLog
	steps := []struct {
		now   *DataSource
		lines int
	}{
		{dataSourceOf(first, time.Hour), 1}, {dataSourceOf(second, 3*time.Minute), 1}, {dataSourceOf(third, 2*time.Minute), 1},
		{dataSourceOf(first, time.Hour), 0}, {dataSourceOf(second, 3*time.Minute), 0}, {dataSourceOf(third, 2*time.Minute), 0},
		{dataSourceOf(second, time.Minute), 1}, // Somebody went back.
	}
	for i, step := range steps {
		*lines = nil
		l.record(t.Context(), step.now)
		if len(*lines) != step.lines {
			t.Errorf("step %d: the log has %q, want %d lines", i, *lines, step.lines)
		}
	}
	if found := l.of(steps[0].now.key); len(found.history) != 3 || found.changes[audit.Weight] != 3 {
		t.Errorf("there are %d changes, and %d are counted, want 3", len(found.history), found.changes[audit.Weight])
	}
}

// Saves and queries at the same time: each change is recorded once, and what is read does not change.
func TestConcurrentSaves(t *testing.T) {
	shared := newSharedState("")
	recordLog(t)
	var saves, reads sync.WaitGroup
	for i := range 50 {
		saves.Go(func() {
			shared.changeLog.record(t.Context(), dataSourceOf(stateOf(fmt.Sprint("r", i), fmt.Sprint("checkout ", i+1)), 0))
		})
		reads.Go(func() {
			c := shared.changeLog.withHistory(dataSourceOf(catalogState{}, 0).key, stateOf("r", "checkout 1").catalog)
			for k, r := range c.History {
				if k > 0 && c.History[k-1].After != r.Before {
					t.Errorf("the revision %s follows on %s", r.Before, c.History[k-1].After)
				}
			}
		})
	}
	saves.Wait()
	reads.Wait()
	found := shared.changeLog.of(dataSourceOf(catalogState{}, 0).key)
	if len(found.history) != 49 || found.changes[audit.Weight] != 49 {
		t.Errorf("of 50 catalogs there are %d changes, and %d are counted", len(found.history), found.changes[audit.Weight])
	}
}

// waiting is a source whose folder takes until it is released.
type waiting struct {
	staticSource
	asked, release chan struct{}
}

func (w waiting) current(ctx context.Context) catalogState {
	close(w.asked)
	<-w.release
	return w.staticSource.current(ctx)
}

// Queries and metrics of other data sources do not wait while a folder is read.
func TestAChangeThatWaitsHoldsNobodyUp(t *testing.T) {
	recordLog(t)
	shared := newSharedState("")
	slow := dataSourceOf(stateOf("r1", "a 1"), 0)
	w := waiting{staticSource(stateOf("r1", "a 1")), make(chan struct{}), make(chan struct{})}
	slow.source = w
	done := make(chan struct{})
	go func() {
		defer close(done)
		shared.changeLog.record(t.Context(), slow)
	}()
	<-w.asked
	other := &DataSource{key: dataSourceKey{namespace: "default", uid: "other"}, source: staticSource(stateOf("r2", "b 1")), shared: shared}
	if s := other.snapshot(t.Context(), nil); s.revision() != "r2" { // It would never return.
		t.Errorf("the revision is %s", s.revision())
	}
	shared.changeLog.record(t.Context(), other) // as the first query of it does
	if got := shared.changeLog.of(other.key).state.revision(); got != "r2" {
		t.Errorf("the revision %q is recorded", got)
	}
	close(w.release)
	<-done
}
