package equality

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// walk is somebody's way through dashboards.
type walk struct {
	random *rand.Rand
	now    time.Time
	user   string
	// length is how long the range is that is looked at, back how long ago it ends, and interval the step.
	length, back, interval time.Duration
	panels                 []string
	// objective, weight and code are what changes in the definition, and cacheBytes and overlap in the settings.
	objective, weight float64
	code              string
	cacheBytes        int
	overlap           string
	fault             fault
	// scrapeInterval is what the definition says of that, as a line; "" where it says nothing.
	scrapeInterval string
	// did counts what was done, for whoever wants to know that it was done at all.
	did map[string]int
}

func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

// newWalk begins when the history ends.
func newWalk(seed uint64) *walk {
	w := &walk{random: rand.New(rand.NewPCG(seed, 11)), now: epoch.Add(history), user: users[0], length: time.Hour, interval: time.Minute,
		objective: .9, weight: 2, code: "5..", cacheBytes: 32 << 20, overlap: "10m", scrapeInterval: "scrapeInterval: 15s", did: map[string]int{}}
	for range 6 {
		w.panels = append(w.panels, w.panel())
	}
	return w
}

// moves are what one may do between two looks, the usual ones more often.
var moves = []struct {
	name  string
	often int
	do    func(*walk)
}{
	{"refresh", 30, func(w *walk) { w.now = w.now.Add(time.Duration(1+w.random.IntN(90)) * time.Second) }},
	{"wait for minutes", 6, func(w *walk) { w.now = w.now.Add(time.Duration(2+w.random.IntN(12)) * time.Minute) }},
	{"wait for over an hour", 1, func(w *walk) { w.now = w.now.Add(time.Hour + time.Duration(w.random.IntN(30))*time.Minute) }},
	{"pan", 12, func(w *walk) { w.back = max(0, w.back+time.Duration(w.random.IntN(81)-40)*time.Minute) }},
	{"pan to now", 6, func(w *walk) { w.back = 0 }},
	{"zoom", 10, (*walk).zoom},
	{"another panel", 12, func(w *walk) { w.panels[w.random.IntN(len(w.panels))] = w.panel() }},
	{"another user", 6, func(w *walk) { w.user = pick(w.random, users...) }},
	{"restart of the store", 3, func(w *walk) { w.fault = down }},
	{"a store that fails now and then", 3, func(w *walk) { w.fault = flaky }},
	{"partial answers", 3, func(w *walk) { w.fault = partial }},
	{"change of the catalog", 4, (*walk).edit},
	{"change of the settings", 2, func(w *walk) {
		w.cacheBytes, w.overlap = pick(w.random, 20<<10, 200<<10, 32<<20), pick(w.random, "10m", "12m")
	}},
}

// step does one of the moves.
func (w *walk) step() string {
	w.fault = none
	all := 0
	for _, m := range moves {
		all += m.often
	}
	at := w.random.IntN(all)
	for _, m := range moves {
		if at -= m.often; at < 0 {
			m.do(w)
			w.did[m.name]++
			return m.name
		}
	}
	panic("one of the moves is taken")
}

// zoom looks at a longer or shorter range.
func (w *walk) zoom() {
	w.length = pick(w.random, 10*time.Minute, 30*time.Minute, time.Hour, 2*time.Hour, 3*time.Hour)
	w.interval = pick(w.random, 15*time.Second, 30*time.Second, time.Minute, time.Minute, 5*time.Minute, 7*time.Minute)
	if w.length/w.interval > 130 {
		w.interval = time.Minute
	}
}

// edit changes the definition.
func (w *walk) edit() {
	w.objective, w.weight = pick(w.random, .8, .9, .95), pick(w.random, 1.0, 2, 5)
	w.code = pick(w.random, "5..", "5..", "4..|5..")
}

// panel draws what a panel asks.
func (w *walk) panel() string {
	fields := map[string]any{}
	draw := func(name string, of ...string) { fields[name] = pick(w.random, of...) }
	switch measure := pick(w.random, "score", "score", "value", "impact", "coverage", "weight", "traffic", "lag", "budget", "burn", "exhaustion", "state", "state", "quantile", "ttd", "ttr"); measure {
	case "value", "lag", "impact":
		draw("level", "sli")
		draw("format", "timeseries", "latest", "table")
		draw("measure", measure)
	case "quantile":
		draw("level", "sli")
		draw("format", "timeseries", "latest")
		draw("measure", measure)
		draw("window", "auto", "auto", "5m", "1h")
		fields["q"] = pick(w.random, []float64{.5}, []float64{.9, .99}, []float64{.5, .95, .99})
	case "ttd", "ttr":
		draw("level", "overall", "flow")
		draw("format", "latest")
		draw("measure", measure)
	case "weight", "traffic":
		draw("level", "flow")
		draw("format", "timeseries", "latest")
		draw("measure", measure)
	case "budget", "burn", "exhaustion":
		draw("level", "overall", "flow", "sli")
		draw("format", "timeseries", "latest", "table")
		draw("measure", measure)
		if measure == "burn" {
			draw("window", "auto", "30m", "3h")
		}
	case "state":
		draw("level", "overall", "flow")
		draw("format", "timeseries", "latest", "table", "incidents")
		draw("measure", measure)
	default:
		draw("level", "overall", "flow", "component", "sli")
		draw("format", "timeseries", "latest", "table")
		draw("measure", measure)
		draw("window", "auto", "auto", "5m", "10m", "1h", "$__rate_interval")
		if fields["level"] == "overall" && measure == "score" && w.random.IntN(3) == 0 {
			draw("format", "summary")
		}
	}
	if w.random.IntN(4) == 0 && fields["level"] != "sli" {
		fields["flows"] = []string{pick(w.random, "checkout", "search")}
	}
	if w.random.IntN(3) == 0 {
		fields["by"] = []string{"region"}
	}
	if w.random.IntN(8) == 0 {
		fields["where"] = map[string]any{"region": []string{pick(w.random, "eu", "us")}}
	}
	text, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// settings are the jsonData of the data source, with a cache of so many bytes.
func (w *walk) settings(t *testing.T, cacheBytes int) []byte {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"oauthPassThru": true, "cacheBytes": cacheBytes, "cacheOverlap": w.overlap, "definition": fmt.Sprintf(definition, w.objective, w.weight, w.code, w.scrapeInterval),
		"timeInterval": "1ms", // What was asked a moment ago is asked again, since the telemetry has gone on.
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// definition is the catalog that is looked at, with an objective, a weight, the codes that are errors, and a line on scrapes.
const definition = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: equality }
spec:
  window: 5m
  %[4]s
  objective: %[1]g
  timeSliceWindow: 1m
  budgetWindow: 18h
  lookback: 1h
  minCoverage: 0.4
  dimensions:
    - { name: region, label: region }
  policies:
    - { name: low, severity: page, when: score < 0.8, for: 2m, keepFor: 5m }
    - { name: burning, severity: ticket, when: 'burn("1h") >= 2 && coverage > 0.5' }
  maintenance:
    - { name: works, effect: exclude, flows: { names: [search] }, promql: 'max(queue) > 9.7' }
  flows:
    - name: checkout
      weight: %[2]g
      slis:
        - name: success
          component: availability
          weight: 3
          objective: 0.99
          ratio: { good: 'requests_total{flow="checkout",code!~"%[3]s"}', total: 'requests_total{flow="checkout"}' }
        - { name: fast, component: latency, weight: 2, latency: { histogram: 'duration_seconds{flow="checkout"}', under: 300ms } }
        - { name: tail, component: latency, weight: 1, quantile: { histogram: 'duration_seconds{flow="checkout"}', q: 0.9 }, curve: { linear: { one: 0.1, zero: 1 } } }
        - { name: backlog, component: dependency, weight: 1, value: { promql: 'max(queue)' }, curve: { linear: { one: 0, zero: 10 } }, missing: hold, maxDelay: 4m }
    - name: search
      weight: { value: 2, traffic: true }
      slis:
        - name: success
          component: availability
          weight: 3
          ratio: { bad: 'requests_total{flow="search",code=~"%[3]s"}', total: 'requests_total{flow="search"}' }
        - { name: fast, component: latency, weight: 2, latency: { histogram: 'duration_seconds{flow="search"}', under: 1s }, missing: bad }
`
