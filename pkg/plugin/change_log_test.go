package plugin

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
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

func TestWeightChanges(t *testing.T) {
	var before, now []string
	for i := range 100 {
		before, now = append(before, fmt.Sprintf("f%d 1", i)), append(now, fmt.Sprintf("f%d 2", i))
	}
	tests := map[string]struct{ before, now, want string }{
		"nothing":                        {"checkout 5, checkout/success 4", "checkout 5, checkout/success 4", "unchanged"},
		"a flow and an SLI":              {"checkout 5, checkout/success 5, checkout/fast 1", "checkout 3, checkout/success 4, checkout/fast 1", "checkout 5→3, checkout/success 5→4"},
		"to nothing":                     {"checkout 5", "checkout 0", "checkout 5→0"},
		"a fraction":                     {"checkout 0.1", "checkout 0.25", "checkout 0.1→0.25"},
		"one that is new":                {"checkout 5", "checkout 5, search 2, search/up 1", "search none→2, search/up none→1"},
		"one that is gone":               {"checkout 5, checkout/success 1, search 2", "search 2", "checkout 5→none, checkout/success 1→none"},
		"another order":                  {"checkout 5, search 2", "search 2, checkout 5", "unchanged"},
		"an SLI with the name of a flow": {"up 1, up/up 2", "up 2, up/up 2", "up 1→2"},
		"very many": {strings.Join(before, ", "), strings.Join(now, ", "),
			"f0 1→2, f1 1→2, f2 1→2, f3 1→2, f4 1→2, f5 1→2, f6 1→2, f7 1→2, f8 1→2, f9 1→2, f10 1→2, f11 1→2, f12 1→2, f13 1→2, f14 1→2, f15 1→2, f16 1→2, f17 1→2, f18 1→2, f19 1→2, and 80 more"},
	}
	for name, test := range tests {
		if got := weightChanges(weighted(test.before), weighted(test.now)); got != test.want {
			t.Errorf("%s: the changes are %s, want %s", name, got, test.want)
		}
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

func TestEachChangeIsLoggedOnce(t *testing.T) {
	var lines []string
	before := backend.Logger
	backend.Logger = recorder{Logger: before, lines: &lines}
	defer func() { backend.Logger = before }()
	var l changeLog
	key := dataSourceKey{namespace: "default", uid: "u"}
	first := catalogState{catalog: &catalog.Catalog{Catalog: weighted("checkout 5"), Revision: "r1"}}
	second := catalogState{catalog: &catalog.Catalog{Catalog: weighted("checkout 3"), Revision: "r2"}}
	stale := second
	stale.stale, stale.issues = true, loadDefinition("a: b").issues[:1]
	const source = "datasourceUid u org 1 "
	steps := []struct {
		now  catalogState
		want string
	}{
		{catalogState{empty: true, issues: loadDefinition("").issues}, "Catalog refused " + source + "issues the data source has no catalog yet; write one (apiVersion: cer/v1) in its settings"},
		{first, "Catalog loaded " + source + "catalog shop revision r1 flows 1"},
		{first, ""},
		{second, "Catalog changed " + source + "catalog shop oldRevision r1 newRevision r2 weights checkout 5→3"},
		{stale, "Catalog refused, its last valid version is used " + source + "revision r2 issues the catalog was refused, and its last valid version is used instead. " + stale.issues.Error()},
		{stale, ""},
		{second, "Catalog is valid again " + source + "revision r2"},
		{second, ""},
	}
	for i, step := range steps {
		lines = nil
		l.record(t.Context(), &DataSource{key: key, source: staticSource(step.now)})
		if got := strings.Join(lines, "; "); got != step.want {
			t.Errorf("step %d: the log has %s\nwant %s", i, got, step.want)
		}
	}
}
