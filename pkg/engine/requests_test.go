package engine_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// heldYAML has budgets of 30 hours that depend on all that is requested beside time slices: scores that are held, fallbacks,
// maintenance and the weights of flows.
const heldYAML = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: held }
spec:
  timeSliceWindow: 5m
  budgetWindow: 10d
  objective: 0.9
  maintenance: [ { name: works, promql: max(works) } ]
  flows:
    - name: checkout
      objective: 0.9
      slis:
        - { name: success, component: availability, ratio: { bad: 'requests_total{job="shop",code=~"5.."}', total: 'requests_total{job="shop"}' } }
        - { name: up, component: availability, missing: hold, maxDelay: 1h, value: { promql: max(up) } }
    - name: search
      weight: { promql: sum(searches), value: 1 }
      slis:
        - { name: success, component: availability, ratio: { bad: 'requests_total{job="search",code=~"5.."}', total: 'requests_total{job="search"}' } }
`

// printed returns the requests of a text, as expression and range.
func printed(text string) []string {
	all := map[string]bool{}
	var ranges []string
	isHead := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		over, isRange := strings.CutPrefix(line, "# ")
		if isRange && !isHead {
			ranges = nil
		}
		if isHead = isRange; isRange {
			ranges = append(ranges, over)
			continue
		}
		for _, over := range ranges {
			all[line+", "+over] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// recorded returns the requests that a store was sent, each once, as expression and range.
func recorded(requests []fetch.Leaf) []string {
	all := map[string]bool{}
	for _, r := range requests {
		if isFact := strings.HasPrefix(r.PromQL, "count_values by (job)"); !isFact {
			all[r.PromQL+", "+r.Range.String()] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func TestRequestsAreThoseThatAreSent(t *testing.T) {
	tests := map[string]struct {
		yaml  string
		query string
		back  time.Duration
		least int // The least number of requests, so that the case is what it is named for.
	}{
		"a panel":                        {heldYAML, `{"level":"flow"}`, time.Hour, 3},
		"a panel whose range is long":    {heldYAML, `{"level":"flow"}`, 5 * 24 * time.Hour, 30},
		"the newest numbers":             {heldYAML, `{"level":"sli","format":"latest"}`, time.Hour, 3},
		"a table":                        {heldYAML, `{"level":"sli","format":"table"}`, time.Hour, 8},
		"a budget":                       {heldYAML, `{"measure":"burn","level":"flow","format":"latest"}`, time.Hour, 3},
		"a budget with blocks":           {heldYAML, `{"measure":"budget","level":"flow"}`, time.Hour, 60},
		"the table of a budget":          {heldYAML, `{"measure":"budget","format":"table"}`, time.Hour, 60},
		"states":                         {heldYAML, `{"level":"flow","format":"incidents"}`, time.Hour, 60},
		"a budget of one flow in blocks": {blocksYAML, `{"measure":"budget","level":"flow","format":"latest"}`, time.Hour, 8},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			e, catalog := b.engine(t, nil, 0), load(t, test.yaml)
			result, err := b.exec(t, e, catalog, test.query, test.back)
			if err != nil {
				t.Fatal(err)
			}
			sent := recorded(b.store.takeRequests())
			if diff := cmp.Diff(sent, printed(result.Requests.String())); diff != "" {
				t.Errorf("sent (-) and printed (+) are not the same:\n%s", diff)
			}
			if len(sent) < test.least || result.Requests.Len() < len(sent) {
				t.Errorf("%d requests are sent and %d counted, want %d or more", len(sent), result.Requests.Len(), test.least)
			}
		})
	}
}

// TestRequestsDoNotDependOnTheCache explains and answers a query of which the cache has nothing, and then all.
func TestRequestsDoNotDependOnTheCache(t *testing.T) {
	b := newBench(t)
	e, catalog := b.engine(t, fetch.NewCache(64<<20, nil), 0), load(t, heldYAML)
	session := e.Session(t.Context())
	defer session.Close()
	request := b.request(t, catalog, `{"measure":"budget","level":"flow"}`, time.Hour)
	explanation, err := e.Explain(t.Context(), session, request)
	if err != nil {
		t.Fatal(err)
	}
	want := explanation.Requests.String()
	for range 2 {
		result, err := b.exec(t, e, catalog, `{"measure":"budget","level":"flow"}`, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, result.Requests.String()); diff != "" {
			t.Error(diff)
		}
	}
}

// TestALeafIsRequestedByWhatItIsMergedInto looks for the request of each leaf of a plan.
func TestALeafIsRequestedByWhatItIsMergedInto(t *testing.T) {
	p := planned(t, `{"level":"sli","format":"table"}`)
	requests := engine.RequestsOf(p)
	merged := 0
	for _, leaf := range p.Leaves {
		all := requests.For(leaf.Expr.String())
		if len(all) != 1 || !strings.Contains(requests.String(), all[0]+"\n") {
			t.Errorf("the requests of %s are %q", leaf.Expr, all)
		}
		if all[0] != leaf.Expr.String() {
			merged++
		}
	}
	if merged != 5 {
		t.Errorf("%d leaves are merged, want those of checkout/success and of the two histograms", merged)
	}
}

func TestManyRequestsAreCounted(t *testing.T) {
	var requests engine.Requests
	for i := range 3 {
		g := engine.RequestGroup{PromQL: []string{fmt.Sprintf("up%d", i), strings.Repeat("x", 60<<10)}}
		for at := range 300 {
			g.Ranges = append(g.Ranges, series.Instant(int64(at)))
		}
		requests = append(requests, g)
	}
	text := requests.String()
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if last := lines[len(lines)-1]; last != fmt.Sprintf("# and %d more requests", 3*2*300-2*2*200) || len(text) > 256<<10 {
		t.Errorf("of %d requests it prints %d bytes, and ends with %s", requests.Len(), len(text), last)
	}
}

// planned plans a query of the fixture's shop for the last hour.
func planned(t *testing.T, text string) *plan.Plan {
	t.Helper()
	now := time.Date(2026, 3, 4, 12, 0, 30, 0, time.UTC)
	r := (&bench{now: now}).request(t, fixture.Compile(fixture.Shop()), text, time.Hour)
	r.Times.Scrape = engine.DefaultScrapeInterval
	p, err := plan.Build(r.Query, r.Catalog, r.Times, fixture.Facts())
	if err != nil {
		t.Fatal(err)
	}
	return p
}
