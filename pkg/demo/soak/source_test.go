package soak

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// source is a data source whose settings are saved now and then. It is safe for concurrent use.
type source struct {
	uid string
	// forwards is set where users are identified by their tokens, rather than by a header in the settings.
	forwards bool

	mu     sync.Mutex
	random *rand.Rand
	state  saved
}

// saved are the settings of a data source as they were saved.
type saved struct {
	settings map[string]any
	// tenant is that of the header in the settings; "" where there is none.
	tenant  string
	version int64
}

// newSource returns a data source that was saved once.
func newSource(uid string, forwards bool, seed uint64) *source {
	s := &source{uid: uid, forwards: forwards, random: rand.New(rand.NewPCG(seed, 13))}
	s.save()
	return s
}

// now returns the settings.
func (s *source) now() saved {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// save saves other settings, or another definition.
func (s *source) save() {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.random
	settings := map[string]any{
		"definition": fmt.Sprintf(definition, pick(r, .8, .9, .95), pick(r, 1.0, 2, 5), pick(r, "5..", "5..", "4..|5..")),
		"cacheBytes": pick(r, 20<<10, 1<<20, 32<<20), "cacheOverlap": pick(r, "10m", "10m", "12m"), "httpMethod": pick(r, "POST", "POST", "GET"),
		"concurrency": pick(r, 4, 10), "queryBytes": 8 << 20, "queryTimeout": "2m", "oauthPassThru": s.forwards,
		"dialTimeout": 120, // Seconds: a busy machine is no fault.
	}
	next := saved{settings: settings, version: s.state.version + 1}
	if !s.forwards {
		next.tenant, settings["httpHeaderName1"] = pick(r, tenants...), "X-Scope-OrgID"
	}
	s.state = next
}

// context returns what Grafana sends of a data source with these settings, under a uid and for a store. More are other settings.
func (s saved) context(uid, url string, version int64, more map[string]any) backend.PluginContext {
	settings := map[string]any{}
	for _, some := range []map[string]any{s.settings, more} {
		for name, value := range some {
			settings[name] = value
		}
	}
	raw, err := json.Marshal(settings)
	if err != nil {
		panic(err)
	}
	instance := &backend.DataSourceInstanceSettings{UID: uid, Name: "cer", Type: "cer-reliability-datasource", URL: url, JSONData: raw, Updated: time.Unix(version, 0)}
	for i, letter := range uid {
		instance.ID += int64(letter) << (i % 40)
	}
	if s.tenant != "" {
		instance.DecryptedSecureJSONData = map[string]string{"httpHeaderValue1": s.tenant}
	}
	return backend.PluginContext{OrgID: 1, Namespace: "default", PluginID: "cer-reliability-datasource",
		User: &backend.User{Login: "someone", Role: "Editor"}, DataSourceInstanceSettings: instance}
}

func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

// query draws what a panel or a rule asks.
func query(random *rand.Rand, isRule bool) string {
	fields := map[string]any{"format": pick(random, "timeseries", "timeseries", "latest", "table")}
	measure := pick(random, "score", "score", "value", "impact", "coverage", "weight", "traffic", "lag", "budget", "burn", "exhaustion", "state", "state")
	fields["measure"] = measure
	switch measure {
	case "value", "lag", "impact":
		fields["level"] = "sli"
	case "weight", "traffic":
		fields["level"] = "flow"
	case "state":
		fields["level"] = pick(random, "overall", "flow")
	case "budget", "burn", "exhaustion":
		fields["level"] = pick(random, "overall", "flow", "sli")
	default:
		fields["level"], fields["window"] = pick(random, "overall", "flow", "component", "sli"), pick(random, "auto", "5m", "10m", "1h")
	}
	if measure == "burn" {
		fields["window"] = pick(random, "30m", "3h")
	}
	if isRule {
		fields["format"] = "latest"
	}
	if random.IntN(3) == 0 {
		fields["by"] = []string{"region"}
	}
	if random.IntN(4) == 0 && fields["level"] != "sli" {
		fields["flows"] = []string{pick(random, "checkout", "search")}
	}
	text, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// queries draws those of a request: at the end of the telemetry or earlier, in a range of minutes or hours.
func queries(random *rand.Rand, isRule bool) []backend.DataQuery {
	to := epoch.Add(history - time.Hour - time.Duration(random.IntN(120))*time.Minute)
	interval := pick(random, 30*time.Second, time.Minute, time.Minute, 5*time.Minute)
	from := to.Add(-time.Duration(pick(random, 10, 30, 60, 90)) * interval)
	all := make([]backend.DataQuery, 1+random.IntN(2))
	for i := range all {
		all[i] = backend.DataQuery{RefID: fmt.Sprint("Q", i), JSON: []byte(query(random, isRule)), Interval: interval, MaxDataPoints: 1000,
			TimeRange: backend.TimeRange{From: from, To: to}}
	}
	return all
}

// definition is the catalog, with an objective, a weight and the codes that are errors.
const definition = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: soak }
spec:
  window: 5m
  scrapeInterval: 15s
  objective: %[1]g
  timeSliceWindow: 1m
  budgetWindow: 4h
  lookback: 1h
  minCoverage: 0.4
  dimensions: [{ name: region, label: region }]
  policies:
    - { name: low, severity: page, when: score < 0.8, for: 2m, keepFor: 5m }
    - { name: burning, severity: ticket, when: 'burn("1h") >= 2 && coverage > 0.5' }
  flows:
    - name: checkout
      weight: %[2]g
      slis:
        - { name: success, component: availability, weight: 3, objective: 0.99, ratio: { good: 'requests_total{flow="checkout",code!~"%[3]s"}', total: 'requests_total{flow="checkout"}' } }
        - { name: fast, component: latency, weight: 2, latency: { histogram: 'duration_seconds{flow="checkout"}', under: 300ms } }
        - { name: backlog, component: dependency, value: { promql: max(queue) }, curve: { linear: { one: 0, zero: 10 } }, missing: hold, maxDelay: 4m }
    - name: search
      weight: { value: 2, traffic: true }
      slis:
        - { name: success, component: availability, weight: 3, ratio: { bad: 'requests_total{flow="search",code=~"%[3]s"}', total: 'requests_total{flow="search"}' } }
        - { name: fast, component: latency, weight: 2, latency: { histogram: 'duration_seconds{flow="search"}', under: 1s }, missing: bad }
`
