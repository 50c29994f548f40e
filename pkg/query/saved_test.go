package query_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/internal/golden"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// savedQuery is a query as dashboards, alert rules, editors or docs of some version have it.
type savedQuery struct {
	// Commit is the first one that had it; "" for those that -update has added since.
	Commit string `json:"commit,omitempty"`
	// Place is the file and what in it has the query.
	Place string `json:"place"`
	// Catalog is the one that was provisioned then, of pkg/definition/testdata/earlier; "" for that of the demo.
	Catalog string `json:"catalog,omitempty"`
	// Query is what is saved, but for its refId and data source.
	Query map[string]any `json:"query"`
	// Means is the query with everything filled in, as the editor migrates it.
	Means map[string]any `json:"means"`
	// Reads are the fields and labels of the answer that the panel names.
	Reads []string `json:"reads,omitempty"`
	// Error is what a test of pkg/demo/findings gets instead of an answer; "" where it gets one.
	Error string `json:"error,omitempty"`
}

// TestSavedQueriesMeanWhatTheyMeant holds the queries of earlier versions against what they mean: every one is read, and what the
// editor makes of it, by src/flow/saved.test.ts, is the same to the backend. So rules and public dashboards, for which no frontend
// runs, mean the same as panels.
func TestSavedQueriesMeanWhatTheyMeant(t *testing.T) {
	for _, kind := range []string{"panels", "annotations", "rules", "documents", "editors"} {
		t.Run(kind, func(t *testing.T) {
			all := slices.Concat(savedQueries(t, kind), newQueries(t, kind))
			for i, saved := range all {
				all[i].Means = saved.meaning(t)
			}
			golden.CompareFile(t, savedFile(kind), lines(t, all))
		})
	}
}

// What the repository provisions is among the saved queries, so that no later version forgets it.
func TestEveryProvisionedQueryIsAmongTheSavedOnes(t *testing.T) {
	for _, kind := range []string{"panels", "annotations", "rules"} {
		for _, missing := range newQueries(t, kind) {
			t.Errorf("%s has a query that %s lacks; add it by `go test ./pkg/query -run Saved -update`: %v", missing.Place, savedFile(kind), missing.Query)
		}
	}
	for _, missing := range newQueries(t, "variables") { // Only the frontend reads them.
		t.Errorf("%s has a query that %s lacks; add it there, with what it means: %v", missing.Place, savedFile("variables"), missing.Query)
	}
}

// savedFile is the path of the saved queries of a kind.
func savedFile(kind string) string {
	return filepath.Join("..", "..", "src", "testing", "saved", kind+".json")
}

// savedQueries reads the saved queries of a kind.
func savedQueries(t *testing.T, kind string) []savedQuery {
	t.Helper()
	content, err := os.ReadFile(savedFile(kind))
	if err != nil {
		t.Fatal(err)
	}
	var all []savedQuery
	if err := json.Unmarshal(content, &all); err != nil || len(all) == 0 {
		t.Fatalf("%s has %d queries: %v", savedFile(kind), len(all), err)
	}
	return all
}

// newQueries returns the provisioned queries of a kind that are not among the saved ones.
func newQueries(t *testing.T, kind string) []savedQuery {
	t.Helper()
	known := savedQueries(t, kind)
	var missing []savedQuery
	for _, p := range provisionedQueries(t, kind) {
		if !slices.ContainsFunc(known, p.isSame) {
			known, missing = append(known, p), append(missing, p)
		}
	}
	return missing
}

// isSame reports whether two queries are saved alike.
func (s savedQuery) isSame(other savedQuery) bool { return reflect.DeepEqual(s.Query, other.Query) }

// meaning returns a query with everything filled in. Lists are sorted.
func (s savedQuery) meaning(t *testing.T) map[string]any {
	t.Helper()
	parsed := s.parse(t, s.Query)
	means := map[string]any{}
	if err := json.Unmarshal(encode(t, parsed), &means); err != nil {
		t.Fatal(err)
	}
	complete(means)
	if s.Query["q"] == nil { // The editor leaves the choice of quantiles to the backend.
		delete(means, "q")
	}
	if again := s.parse(t, means); !reflect.DeepEqual(normal(again), normal(parsed)) {
		t.Errorf("%s: %v is read as %+v, and with everything filled in as %+v", s.Place, s.Query, parsed, again)
	}
	return means
}

// parse reads a query. What is refused of one with dashboard variables is that they are not replaced, which the frontend does.
func (s savedQuery) parse(t *testing.T, fields map[string]any) query.Query {
	t.Helper()
	text := encode(t, fields)
	parsed, err := query.Parse(text)
	if err != nil && !bytes.Contains(text, []byte(`"$`)) {
		t.Errorf("%s, %s: %s is refused: %v", s.Commit, s.Place, text, err)
	}
	return parsed
}

// required are the fields that the editor always states.
var required = []string{"measure", "level", "flows", "slis", "components", "by", "where", "window", "format", "legend"}

// complete makes empty lists of null in a query, and leaves out optional fields that are empty, and cohorts that restrict nothing.
func complete(fields map[string]any) {
	maps.DeleteFunc(fields, func(name string, value any) bool {
		return !slices.Contains(required, name) && (value == nil || reflect.ValueOf(value).IsZero())
	})
	for _, name := range []string{"flows", "slis", "components", "by"} {
		if fields[name] == nil {
			fields[name] = []any{}
		}
	}
	where, _ := fields["where"].(map[string]any)
	kept := map[string]any{}
	for name, cohorts := range where {
		if len(cohorts.([]any)) > 0 {
			kept[name] = cohorts
		}
	}
	fields["where"] = kept
}

// normal makes null of lists that are empty.
func normal(q query.Query) query.Query {
	for _, names := range []*query.Names{&q.Flows, &q.SLIs, &q.Components, &q.By} {
		*names = append(query.Names(nil), *names...)
	}
	q.Where = maps.Clone(q.Where)
	maps.DeleteFunc(q.Where, func(_ string, cohorts query.Names) bool { return len(cohorts) == 0 })
	if len(q.Where) == 0 {
		q.Where = nil
	}
	return q
}

// lines writes queries as a list in JSON with a line for each.
func lines(t *testing.T, all []savedQuery) string {
	t.Helper()
	texts := make([]string, len(all))
	for i, saved := range all {
		texts[i] = string(encode(t, saved))
	}
	return fmt.Sprintf("[\n%s\n]\n", strings.Join(texts, ",\n"))
}

// encode writes JSON without escapes for HTML.
func encode(t *testing.T, value any) []byte {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(text.Bytes())
}
