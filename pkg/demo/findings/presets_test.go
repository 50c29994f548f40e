package findings

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// exported is telemetry of an exporter for two services, of which a flow is about the first. SERVICE in metrics is the name of
// the service: shop or other.
type exported struct {
	// match are the matchers of the first service.
	match  string
	series []pair
	wants  map[string]preferred
}

// pair are the series of both services.
type pair struct {
	metric string
	// shop and other are the events a second of a counter, or what a gauge says.
	shop, other float64
	gauge       bool
}

// preferred is what an SLI of a preset is worth.
type preferred struct {
	value, score float64
	// promQL says the same of the first service.
	promQL string
}

// counts and says return counters and gauges.
func counts(metric string, shop, other float64) pair { return pair{metric, shop, other, false} }
func says(metric string, shop, other float64) pair   { return pair{metric, shop, other, true} }

// spread returns the buckets of a classic histogram. Of the events of each service a share is at or under the bound, which is one of
// the edges; fewer are under lower edges in proportion.
func spread(name, labels string, edges []float64, bound, shop, other float64) []pair {
	const perSecond = 10
	share := func(edge, within float64) float64 {
		if edge <= bound {
			return within * edge / bound
		}
		return within + (1-within)*(edge-bound)/(edges[len(edges)-1]-bound)
	}
	var all []pair
	for _, edge := range edges {
		le := strconv.FormatFloat(edge, 'f', -1, 64)
		all = append(all, counts(named(name, "_bucket", labels+`,le="`+le+`"`), perSecond*share(edge, shop), perSecond*share(edge, other)))
	}
	return append(all, counts(named(name, "_bucket", labels+`,le="+Inf"`), perSecond, perSecond), counts(named(name, "_count", labels), perSecond, perSecond))
}

// doubled returns n edges, each twice the one before, as client_golang's ExponentialBuckets does.
func doubled(first float64, n int) []float64 {
	edges := make([]float64, n)
	for i := range edges {
		edges[i] = first
		first *= 2
	}
	return edges
}

// named returns a metric with labels; a name with dots stands in quotes among them.
func named(name, suffix, labels string) string {
	if strings.Contains(name, ".") {
		return fmt.Sprintf("{%q,%s}", name+suffix, labels)
	}
	return name + suffix + "{" + labels + "}"
}

// of returns the series of a service.
func (p pair) of(service string, value float64) series {
	from := noon.Add(-2 * time.Hour)
	at := counter(from, value)
	if p.gauge {
		at = constant(value)
	}
	return series{strings.ReplaceAll(p.metric, "SERVICE", service), from, noon, 15 * time.Second, at}
}

// instant returns what PromQL says at noon; it must be one number.
func (tr *trial) instant(promQL string) float64 {
	tr.t.Helper()
	response, err := http.Get(tr.store.URL() + "/api/v1/query?" + url.Values{"query": {promQL}, "time": {noon.Format(time.RFC3339)}}.Encode())
	if err != nil {
		tr.t.Fatal(err)
	}
	defer response.Body.Close()
	var body struct {
		Error string `json:"error"`
		Data  struct {
			Result []struct {
				Value [2]any `json:"value"`
			} `json:"result"`
		} `json:"data"`
	}
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		tr.t.Fatal(err)
	}
	if len(body.Data.Result) != 1 {
		tr.t.Fatalf("%s has %d results: %s", promQL, len(body.Data.Result), body.Error)
	}
	v, err := strconv.ParseFloat(body.Data.Result[0].Value[1].(string), 64)
	if err != nil {
		tr.t.Fatal(err)
	}
	return v
}

// Each preset on series with the names, labels, units and edges that its exporter has, beside those of another service.
func TestPresetsMeasureWhatTheirExportersExport(t *testing.T) {
	for _, p := range definition.Presets() {
		t.Run(p.Name, func(t *testing.T) {
			test, tested := exporters[p.Name]
			if !tested {
				t.Fatal("there is no telemetry for this preset")
			}
			var all []series
			for _, pair := range test.series {
				all = append(all, pair.of("shop", pair.shop), pair.of("other", pair.other))
			}
			tr := try(t, catalog(fmt.Sprintf("flows:\n  - name: shop\n    preset: { use: %s, match: '%s' }", p.Name, test.match)), nil, distinct(all)...)
			values := tr.latest(`"level": "sli", "measure": "value"`, noon)
			scores := tr.latest(`"level": "sli"`, noon)
			if len(test.wants) != len(p.SLIs) {
				t.Errorf("%d SLIs are tested, of %d", len(test.wants), len(p.SLIs))
			}
			for _, s := range p.SLIs {
				want := test.wants[s.Name]
				labels := fmt.Sprintf(`component="%s",flow="shop",sli="%s"`, s.Component, s.Name)
				values.is(labels, want.value)
				scores.isNear(labels, want.score, 1e-6)
				if said := tr.instant(want.promQL); math.Abs(said-want.value) > 1e-9*max(1, math.Abs(want.value)) {
					t.Errorf("%s: PromQL says %v, not %v", s.Name, said, want.value)
				}
			}
			for _, notice := range slices.Concat(values.notices(), scores.notices()) {
				t.Errorf("a notice: %s", notice)
			}
		})
	}
}

// distinct leaves series out that are the same for both services.
func distinct(all []series) []series {
	var kept []series
	for _, s := range all {
		if !slices.ContainsFunc(kept, func(k series) bool { return k.metric == s.metric }) {
			kept = append(kept, s)
		}
	}
	return kept
}
