package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// crowded returns a catalog of 12 flows with 5 SLIs each, whose states of a month are decided in shards. All flows are in an
// incident all the time, and instances differ in the buckets of all histograms.
func crowded(t *testing.T) *catalog.Catalog {
	t.Helper()
	var definition strings.Builder
	definition.WriteString("apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: many }\nspec:\n" +
		"  policies:\n    - { name: low, severity: page, when: score < 0.97 }\n  flows:\n")
	for flow := range 12 {
		fmt.Fprintf(&definition, "    - name: f%d\n      slis:\n", flow)
		for sli := range 4 {
			fmt.Fprintf(&definition, "        - { name: s%d, component: availability, value: { promql: 'max(max_over_time(up[__window]))' } }\n", sli)
		}
		fmt.Fprintf(&definition, "        - { name: fast, component: latency, latency: { histogram: f%d_seconds, under: 1s } }\n", flow)
	}
	return load(t, definition.String())
}

const month = 30 * 24 * time.Hour

func TestIncidentsOfAMonthAreFoundAndExplainedInShards(t *testing.T) {
	b := newBench(t)
	e, catalog := b.engine(t, nil, 0), crowded(t)
	result, err := b.exec(t, e, catalog, `{"level":"flow","format":"incidents"}`, month)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(result.Incidents); n != len(catalog.Flows) {
		t.Errorf("there are %d incidents, want one of each flow", n)
	}
	got := printed(result.Requests.String())
	if diff := cmp.Diff(recorded(b.store.takeRequests()), got); diff != "" {
		t.Errorf("the requests that are sent (-) and printed (+) are not the same:\n%s", diff)
	}
	session := e.Session(t.Context())
	defer session.Close()
	explanation, err := e.Explain(t.Context(), session, b.request(t, catalog, `{"level":"flow","format":"incidents"}`, month))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(result.Requests.String(), explanation.Requests.String()); diff != "" || len(explanation.Plans) < 2 {
		t.Errorf("the requests that are sent (-) and explained by %d plans (+) are not the same:\n%s", len(explanation.Plans), diff)
	}
	for _, f := range catalog.Flows {
		if !slices.ContainsFunc(texts(result), func(text string) bool { return strings.HasPrefix(text, f.Name+"/fast: ") }) {
			t.Errorf("no notice is about the histogram of %s", f.Name)
		}
		if !slices.ContainsFunc(got, func(text string) bool { return strings.Contains(text, f.Name+"_seconds_bucket") }) {
			t.Errorf("no request is about the histogram of %s", f.Name)
		}
	}
	_, err = b.exec(t, e, catalog, `{"level":"overall","format":"incidents"}`, month)
	var invalid *query.Invalid
	if !errors.As(err, &invalid) || !strings.Contains(err.Error(), "the query asks for") || !strings.Contains(err.Error(), "choose a shorter range") {
		t.Errorf("of the whole, which can't be split, the error is %v", err)
	}
}
