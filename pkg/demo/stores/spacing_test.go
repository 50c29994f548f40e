package stores

import (
	"math"
	"strings"
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

// TestBurstsOnTheGrid has a burst of errors between two samples that lie exactly on the grid of time slices: in the first or second half
// of a minute. It weighs the same wherever it is, but where a range includes a sample at its very beginning.
func TestBurstsOnTheGrid(t *testing.T) {
	weighs := map[string][2]float64{Prometheus: {2. / 3, 4. / 3}}
	each(t, func(t *testing.T, store *Store) {
		want, ok := weighs[store.Name]
		if !ok {
			want = [2]float64{1, 1}
		}
		for half, flow := range []string{"first", "second"} {
			burst := end.Add(-30*time.Minute + time.Duration(half+1)*scrape)
			bad := func(at time.Time) float64 {
				if at.Before(burst) {
					return 1000
				}
				return 1600
			}
			total := func(at time.Time) float64 { return at.Sub(begin).Seconds()*10 + bad(at) }
			store.Write(t, join(spaced(begin, end, scrape, bad, flow+"_errors_total"), spaced(begin, end, scrape, total, flow+"_total"))...)
			source := store.source(t, strings.ReplaceAll(burstShop, "NAME", flow), nil)
			number, notices := source.latest(end, `"measure": "burn", "window": "1h", "level": "sli"`)
			// A sixtieth of the events of an hour, of a tenth.
			if share := want[half] * 600; number == nil || math.Abs(*number-share/(36000+share)*10) > 1e-3 {
				t.Errorf("the burn rate of the %s half is %s, not %v: %s", flow, shown(number), share/(36000+share)*10, notices)
			}
		}
	})
}

// burstShop is a ratio of counters with a name.
const burstShop = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: burst }
spec:
  window: 5m
  timeSliceWindow: 1m
  budgetWindow: 4h
  flows:
    - name: shop
      objective: 0.9
      slis: [{ name: ok, component: availability, objective: 0.9, ratio: { bad: NAME_errors_total, total: NAME_total } }]
`
