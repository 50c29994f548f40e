package stores

import (
	"fmt"
	"math"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// histograms has a definition of an SLI with a latency.
const histograms = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: histograms }
spec:
  flows:
    - name: shop
      slis: [{ name: fast, component: latency, latency: { histogram: %s, under: %s } }]
`

// TestHistogramsAreFound has the histograms that a store knows, by the edges of their buckets, their ranges, or none at all.
func TestHistogramsAreFound(t *testing.T) {
	bucket := func(perSecond float64, of ...string) []promstore.Sample {
		return counter(begin, end, perSecond, 0, "d_seconds_bucket", of...)
	}
	count := counter(begin, end, 10, 0, "d_seconds_count")
	edges := join(bucket(3, "le", "0.1"), bucket(8, "le", "0.3"), bucket(9, "le", "1.0"), bucket(10, "le", "+Inf"), count)
	ranges := join(bucket(3, "vmrange", "8.799e-02...1.000e-01"), bucket(5, "vmrange", "2.783e-01...3.162e-01"), bucket(2, "vmrange", "8.799e-01...1.000e+00"), count)
	bare := []string{Embedded, Prometheus, Mimir, Thanos}
	all := append([]string{VictoriaMetrics}, bare...)
	for name, test := range map[string]struct {
		samples       []promstore.Sample
		under         string
		want          float64
		health, notes string
		stores        []string
	}{
		"an edge":         {edges, "300ms", .8, "d_seconds has the bucket edges 0.1, 0.3, 1", "", all},
		"between edges":   {edges, "200ms", .55, "", "interpolated", all},
		"an edge of 1.0":  {edges, "1s", .9, "", "", all},
		"ranges":          {ranges, "100ms", .3, "d_seconds has 3 buckets by vmrange", "", all},
		"between ranges":  {ranges, "500ms", .8, "", "", all},
		"a native one":    {native(begin, end, 1, "d_seconds"), "500ms", .6, "", "", bare},
		"both, by region": {join(edges, native(begin, end, 1, "d_seconds", "region", "us")), "1s", .95, "", "", bare},
	} {
		t.Run(name, func(t *testing.T) {
			eachOf(t, test.stores, func(t *testing.T, store *Store) {
				store.Write(t, test.samples...)
				source := store.source(t, fmt.Sprintf(histograms, "d_seconds", test.under), nil)
				says(t, source.health(end).Message, test.health)
				number, notices := source.latest(end, `"measure": "value", "level": "sli"`)
				if number == nil || math.Abs(*number-test.want) > 1e-3 {
					t.Errorf("the share is %s, not %v: %s", shown(number), test.want, notices)
				}
				says(t, notices, test.notes)
			})
		})
	}
}

// join returns all samples.
func join(all ...[]promstore.Sample) []promstore.Sample {
	var joined []promstore.Sample
	for _, samples := range all {
		joined = append(joined, samples...)
	}
	return joined
}

// shown is a number or null.
func shown(number *float64) string {
	if number == nil {
		return "null"
	}
	return fmt.Sprint(*number)
}
