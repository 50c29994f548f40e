package stores

import (
	"math"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// spacedShop is scraped each five minutes and then each half minute.
const spacedShop = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: spaced }
spec:
  budgetWindow: 6h
  flows:
    - name: shop
      objective: 0.9
      slis:
        - { name: ok, component: availability, objective: 0.9, ratio: { bad: 'requests_total{code="500"}', total: requests_total } }
`

// TestSpacingsThatChangeOfSamplesOnTheGrid has samples exactly where ranges begin and end, which Prometheus 2 counts at both. All errors
// happen while they are far apart.
func TestSpacingsThatChangeOfSamplesOnTheGrid(t *testing.T) {
	each(t, func(t *testing.T, store *Store) {
		changed := begin.Add(3 * time.Hour)
		total := func(at time.Time) float64 { return at.Sub(begin).Seconds() }
		bad := func(at time.Time) float64 { return min(total(at), total(changed)) / 2 }
		good := func(at time.Time) float64 { return total(at) - bad(at) }
		var samples []promstore.Sample
		for code, value := range map[string]func(time.Time) float64{"200": good, "500": bad} {
			all := spaced(begin.Add(-10*time.Minute), changed, 5*time.Minute, value, "requests_total", "job", "shop", "code", code)
			samples = append(samples, append(all, spaced(changed.Add(scrape), end, scrape, value, "requests_total", "job", "shop", "code", code)...)...)
		}
		store.Write(t, samples...)
		number, notices := store.source(t, spacedShop, nil).latest(end, `"measure": "burn", "window": "6h", "level": "sli"`)
		if number == nil || math.Abs(*number-2.5) > 0.05 { // A quarter of the events, of a tenth.
			t.Errorf("the burn rate is %v: %s", number, notices)
		}
	})
}
