package oracle

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore/promstoretest"
	cerplugin "github.com/cer-reliability/cer-datasource/pkg/plugin"
)

// eventsDefinition is a catalog of one SLI that counts events, in slices of 5 minutes, scraped every 15 seconds.
const eventsDefinition = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: events }
spec:
  scrapeInterval: 15s
  timeSliceWindow: 5m
  budgetWindow: 1h
  lookback: 1h
  policies: [{ name: fast-burn, severity: page, when: 'burn("1h") >= 14.4 && burn("5m") >= 14.4' }]
  flows:
    - name: shop
      objective: 0.999
      budgetingMethod: Occurrences
      slis:
        - name: success
          objective: 0.999
          ratio: { bad: 'requests_total{code="500"}', total: requests_total }
`

// eventsEnd is the newest instant of these tests, where a slice ends.
var eventsEnd = epoch.Add(10 * time.Hour)

// scrapedShop writes counters of a shop with 100 requests a second, and of errors as many as there have been by some
// time before eventsEnd. Its targets are scraped some time after the quarters of a minute. Counters start well above 0,
// where Prometheus would doubt what they gain.
func scrapedShop(t *testing.T, offset time.Duration, errors func(before time.Duration) float64) *promstore.Store {
	t.Helper()
	requests, failed := (&dataset{}).new("requests_total", map[string]string{"code": "200"}), (&dataset{}).new("requests_total", map[string]string{"code": "500"})
	d := &dataset{series: []*series{requests, failed}}
	for at := eventsEnd.Add(offset - 9*time.Hour); !at.After(eventsEnd); at = at.Add(15 * time.Second) {
		before := eventsEnd.Sub(at)
		all := 1_000_000 + 100*(9*time.Hour-before).Seconds()
		bad := 100_000 + errors(before)
		requests.add(at.UnixMilli(), all-bad)
		failed.add(at.UnixMilli(), bad)
	}
	store := promstoretest.Open(t)
	if err := d.write(store); err != nil {
		t.Fatal(err)
	}
	return store
}

// askEvents asks the plugin one query over a range that ends some time before eventsEnd, and returns its numbers.
func askEvents(t *testing.T, store *promstore.Store, json string, from, to time.Duration) []float64 {
	t.Helper()
	settings := backend.DataSourceInstanceSettings{UID: "events", Type: "cer-reliability-datasource", URL: store.URL(), Updated: epoch,
		JSONData: fmt.Appendf(nil, `{"definition":%q}`, eventsDefinition)}
	req := &backend.QueryDataRequest{
		PluginContext: backend.PluginContext{OrgID: 1, PluginID: settings.Type, DataSourceInstanceSettings: &settings},
		Queries: []backend.DataQuery{{RefID: "A", JSON: []byte(json), Interval: time.Minute, MaxDataPoints: 1000,
			TimeRange: backend.TimeRange{From: eventsEnd.Add(-from), To: eventsEnd.Add(-to)}}},
	}
	response, err := inProcess{cerplugin.NewFactory()}.QueryData(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	answer := response.Responses["A"]
	if answer.Error != nil {
		t.Fatal(answer.Error)
	}
	return floats(answer.Frames[0])
}

// floats are the numbers of a frame's last field, null as NaN.
func floats(frame *data.Frame) []float64 {
	field := frame.Fields[len(frame.Fields)-1]
	numbers := make([]float64, field.Len())
	for i := range numbers {
		numbers[i] = none
		if x := field.At(i).(*float64); x != nil {
			numbers[i] = *x
		}
	}
	return numbers
}

// bursts returns how many errors there have been where bursts of a size hit some time after the edges of slices, a
// number of them, of which the last is of the edge a number of slices before the end.
func bursts(size, number, last int, after time.Duration) func(before time.Duration) float64 {
	return func(before time.Duration) float64 {
		sum := 0
		for k := range number {
			if at := time.Duration(last+k)*5*time.Minute - after; before <= at {
				sum += size
			}
		}
		return float64(sum)
	}
}

// TestEventsAreExact has 300 errors in bursts that hit on the edges of slices, where plain rates over slices lose
// increments between two: none may be lost, and none counted twice.
func TestEventsAreExact(t *testing.T) {
	tests := map[string]struct {
		offset time.Duration
		errors func(before time.Duration) float64
		// plainly is how many errors of the newest hour the rates over 5 m make of it, slice by slice: they know what
		// falls between the first and the last scrape of a slice, and take that for 285 of its 300 seconds.
		plainly float64
	}{
		"on the edges":                            {0, bursts(30, 10, 1, 0), 300 * 300. / 285},
		"within the scrape after the edges":       {0, bursts(30, 10, 1, time.Second), 0},
		"on the edges, scraped after them":        {7 * time.Second, bursts(30, 10, 1, 0), 0},
		"before the edges, scraped after them":    {7 * time.Second, bursts(30, 10, 1, -time.Second), 0},
		"all of them at once":                     {0, bursts(300, 1, 6, time.Second), 0},
		"one at a time":                           {3 * time.Second, bursts(1, 300, 1, 2*time.Second), 0},
		"on the edge that is the end of the hour": {0, bursts(300, 1, 0, 0), 300 * 300. / 285},
		"on the edge before the hour":             {0, bursts(300, 1, 12, 0), 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			store := scrapedShop(t, test.offset, test.errors)
			for _, window := range []time.Duration{time.Hour, 8 * time.Hour} {
				want := test.errors(0) - test.errors(window)
				if test.offset > 0 { // What is scraped after the end is not known yet.
					want = test.errors(15*time.Second-test.offset) - test.errors(window+15*time.Second-test.offset)
				}
				for _, level := range []string{"sli", "flow"} {
					query := fmt.Sprintf(`{"measure":"burn","level":%q,"window":%q,"format":"latest"}`, level, window)
					got := askEvents(t, store, query, time.Hour, 0)[0] * .001 * 100 * window.Seconds()
					if math.Abs(got-want) > 1e-6 {
						t.Errorf("at level %s the loss of %s counts %v errors, want %v", level, window, got, want)
					}
				}
			}
			at := instants{start: eventsEnd, end: eventsEnd, step: time.Minute}
			plain, err := at.evaluate(store, `sum(sum_over_time((300 * rate(requests_total{code="500"}[5m]))[1h:5m]))`)
			if err != nil || math.Abs(plain[0]-test.plainly) > 1e-6 {
				t.Errorf("plain rates count %v errors, want %v (%v)", plain[0], test.plainly, err)
			}
		})
	}
}

// outage has every request fail from some time before eventsEnd on.
func outage(from time.Duration) func(before time.Duration) float64 {
	return func(before time.Duration) float64 { return 100 * max(0, from-before).Seconds() }
}

// TestReferenceDetectionOnTheMinuteGrid is about the page at 14.4 over an hour: 51.84 seconds of an outage are enough
// for it, which the grid of minutes sees within two, however late in a minute it begins and is scraped.
func TestReferenceDetectionOnTheMinuteGrid(t *testing.T) {
	const enough, page = 51.84, 2
	for _, offset := range []time.Duration{0, 7 * time.Second} {
		for _, into := range []time.Duration{0, time.Second, 8 * time.Second, 9 * time.Second, 30 * time.Second, 59 * time.Second} {
			began := 10*time.Minute - into
			states := askEvents(t, scrapedShop(t, offset, outage(began)), `{"level":"flow","measure":"state"}`, 20*time.Minute, 0)
			unseen := (15*time.Second - offset) % (15 * time.Second) // At a full minute, since the newest scrape.
			for i, state := range states {
				since := began - time.Duration(20-i)*time.Minute
				if since > 2*time.Minute && state != page {
					t.Errorf("scraped %s late: %s after an outage began the state is %v", offset, since, state)
				}
				if want := (since - unseen).Seconds() >= enough; (state == page) != want {
					t.Errorf("scraped %s late: %s after an outage began the state is %v, want a page: %v", offset, since, state, want)
				}
			}
		}
	}
}

// A tenth of the burn rate spends 2 % of the budget in 1.44 hours, but no hour of it burns at 14.4.
func TestReferenceSlowBurnIsNoPage(t *testing.T) {
	store := scrapedShop(t, 0, func(before time.Duration) float64 { return max(0, 2*time.Hour-before).Seconds() })
	for i, state := range askEvents(t, store, `{"level":"flow","measure":"state"}`, 150*time.Minute, 0) {
		if state != 0 {
			t.Errorf("in the minute %d the state is %v", i, state)
		}
	}
	burns := askEvents(t, store, `{"level":"flow","measure":"burn"}`, 30*time.Minute, 0)
	if got := burns[len(burns)-1]; math.Abs(got-10) > 1e-9 {
		t.Errorf("the burn rate is %v, want 10", got)
	}
}
