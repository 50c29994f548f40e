package findings

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// aligning returns the URL of a store that aligns ranges of at least so many points to their step before another store answers
// them, as Thanos' query frontend does, and Mimir and VictoriaMetrics may.
func (tr *trial) aligning(points int) string {
	return tr.inFront(func(w http.ResponseWriter, r *http.Request, body []byte, store http.Handler) {
		form, _ := url.ParseQuery(string(body))
		start, end, step := milliseconds(form, "start"), milliseconds(form, "end"), milliseconds(form, "step")
		if step > 0 && (end-start)/step+1 >= int64(points) {
			form.Set("start", strconv.FormatInt(start/step*step/1000, 10))
			form.Set("end", strconv.FormatInt(end/step*step/1000, 10))
			body = []byte(form.Encode())
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		store.ServeHTTP(w, r)
	})
}

// milliseconds returns a time of a form.
func milliseconds(form url.Values, name string) int64 {
	seconds, _ := strconv.ParseFloat(form.Get(name), 64)
	return int64(seconds * 1e3)
}

// at returns a trial like tr whose data source asks the store at a URL.
func (tr *trial) at(url, definition string, settings map[string]any) *trial {
	other := &trial{t: tr.t, store: tr.store}
	other.instance = other.dataSource(url, definition, settings)
	return other
}

// frames returns the answer as text.
func (a answer) frames() string {
	a.t.Helper()
	if a.Error != nil {
		a.t.Fatalf("the query fails: %v", a.Error)
	}
	text, err := json.Marshal(a.Frames)
	if err != nil {
		a.t.Fatal(err)
	}
	return string(text)
}

// alignedShop has errors in each third slice, a counter of errors that is born in the last minutes, a gauge and a histogram.
const alignedShop = `
objective: 0.9
budgetWindow: 1d
policies: [{ name: burns, severity: page, when: 'burn("5h") > 1 || burn("6h") > 1' }]
flows:
  - name: shop
    objective: 0.95
    slis:
      - { name: ok, component: availability, weight: 3, objective: 0.99, ratio: { bad: errors_total, total: requests_total, absent: zero } }
      - { name: young, component: correctness, ratio: { bad: young_errors_total, total: requests_total, absent: zero } }
      - { name: queue, component: dependency, value: { promql: max(queue) }, curve: { linear: { zero: 100, one: 0 } } }
      - { name: fast, component: latency, latency: { histogram: d_seconds, under: 300ms } }`

// tryAlignedShop returns the shop.
func tryAlignedShop(t testing.TB) (tr *trial, definition string, settings map[string]any) {
	from, to := noon.Add(-30*time.Hour), noon.Add(10*time.Minute)
	definition, settings = catalog(alignedShop), map[string]any{"timeInterval": "30s"}
	bursts := func(at time.Time) float64 {
		minutes := at.Sub(from).Minutes()
		return 600 * (float64(int(minutes)/15) + min(1, float64(int(minutes)%15)))
	}
	wave := func(at time.Time) float64 { return float64(at.Unix() / 60 % 37) }
	tr = try(t, definition, settings,
		series{`errors_total`, from, to, 30 * time.Second, bursts},
		series{`young_errors_total`, noon.Add(-90 * time.Second), to, 30 * time.Second, counter(noon.Add(-90*time.Second), 3)},
		series{`requests_total`, from, to, 30 * time.Second, counter(from, 10)},
		series{`queue`, from, to, 30 * time.Second, wave},
		series{`d_seconds_bucket{le="0.1"}`, from, to, 30 * time.Second, counter(from, 3)},
		series{`d_seconds_bucket{le="0.3"}`, from, to, 30 * time.Second, counter(from, 9)},
		series{`d_seconds_bucket{le="+Inf"}`, from, to, 30 * time.Second, counter(from, 10)},
		series{`d_seconds_count`, from, to, 30 * time.Second, counter(from, 10)})
	return tr, definition, settings
}

// The answers of a store that aligns ranges to their step are those of one that does not, in each minute of a slice.
func TestA5StoresThatAlignRangesAnswerAsOthersDo(t *testing.T) {
	for name, points := range map[string]int{"Thanos and Mimir": 0, "VictoriaMetrics, from 50 points on": 50} {
		t.Run(name, func(t *testing.T) {
			direct, definition, settings := tryAlignedShop(t)
			aligned := direct.at(direct.aligning(points), definition, settings)
			for minute := range 5 {
				now := noon.Add(time.Duration(minute) * time.Minute)
				for _, query := range []string{
					`"measure": "burn"`, `"measure": "burn", "window": "5h"`, `"measure": "burn", "window": "6h", "level": "flow"`,
					`"measure": "burn", "level": "sli"`, `"measure": "exhaustion", "level": "flow"`, `"measure": "state"`, `"measure": "budget"`, `"measure": "score"`,
				} {
					want, got := direct.latest(query, now).frames(), aligned.latest(query, now).frames()
					if got != want {
						t.Errorf("%s at %s:\ngot  %s\nwant %s", query, now.Format(time.TimeOnly), got, want)
					}
				}
				for _, query := range []string{`"format": "table", "level": "flow"`, `"format": "table", "level": "sli"`, `"format": "timeseries", "measure": "burn"`, `"format": "timeseries", "measure": "state", "level": "flow"`} {
					from := now.Add(-2 * time.Hour)
					want, got := direct.ask(query, from, now, 7*time.Minute).frames(), aligned.ask(query, from, now, 7*time.Minute).frames()
					if got != want {
						t.Errorf("%s at %s:\ngot  %s\nwant %s", query, now.Format(time.TimeOnly), got, want)
					}
				}
			}
		})
	}
}

// A range of which nothing is said at the multiples of its step is asked again all the same: errors that began behind the last
// of them are not absent.
func TestA5ErrorsBehindTheLastMultipleOfTheStepAreNotAbsent(t *testing.T) {
	const spec = `
objective: 0.9
budgetWindow: 1d
flows:
  - name: shop
    slis: [{ name: ok, component: availability, ratio: { bad: young_errors_total, total: requests_total, absent: zero } }]`
	for minute := range 5 {
		t.Run(fmt.Sprintf("%d minutes past", minute), func(t *testing.T) {
			from, now := noon.Add(-7*time.Hour), noon.Add(time.Duration(minute)*time.Minute)
			born := now.Add(-50 * time.Second)
			direct := try(t, catalog(spec), nil,
				series{`young_errors_total`, born, now, 10 * time.Second, counter(born, 3)},
				series{`requests_total`, from, now, 10 * time.Second, counter(from, 10)})
			aligned := direct.at(direct.aligning(0), catalog(spec), nil)
			want := direct.latest(`"measure": "burn"`, now).number("")
			if want == 0 {
				t.Fatal("the errors burn nothing")
			}
			aligned.latest(`"measure": "burn"`, now).is("", want)
		})
	}
}

// Save & test is content with a store that aligns ranges.
func TestA5SaveAndTestOfAStoreThatAlignsRanges(t *testing.T) {
	direct, definition, settings := tryAlignedShop(t)
	now := noon.Add(3 * time.Minute)
	clock.Store(&now)
	aligned := direct.at(direct.aligning(0), definition, settings)
	result, err := aligned.instance.(backend.CheckHealthHandler).CheckHealth(context.Background(), &backend.CheckHealthRequest{})
	if err != nil || result.Status != backend.HealthStatusOk {
		t.Errorf("%v, %s", err, result.Message)
	}
}
