package process

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	simulator "github.com/cer-reliability/cer-datasource/pkg/demo/shop"
)

// The simulated shop of these tests, in minutes before its end, which is just over:
//
//	80 .. 60   the payment provider fails every second call
//	40 .. 20   checkout can't be scraped
//
// Besides it, corrupted series are written all the time.
var failuresEnd = time.Now().UTC().Truncate(time.Minute).Add(-time.Minute)

// ago is an instant so many minutes before the end.
func ago(minutes float64) time.Time {
	return failuresEnd.Add(-time.Duration(minutes * float64(time.Minute)))
}

// playShop returns a store with the simulated shop's last 90 minutes, and what else is written at each scrape.
func playShop(t *testing.T, more func(n int, at time.Time) []promstore.Sample) *promstore.Store {
	t.Helper()
	store, err := promstore.Open(promstore.Config{Dir: filepath.Join(t.TempDir(), "store")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	cfg := simulator.Config{Seed: 7, End: failuresEnd, History: 90 * time.Minute, Incidents: []simulator.Incident{
		{Name: "payment provider down", Service: "psp", From: ago(80), To: ago(60), Errors: 0.5},
		{Name: "checkout can't be scraped", Service: "checkout", From: ago(40), To: ago(20), Silent: true},
	}}
	played := simulator.New(cfg)
	for n, at := 0, cfg.Start(); !at.After(cfg.End); n, at = n+1, at.Add(scrape) {
		if err := played.Scrape(t.Context(), store, at); err != nil {
			t.Fatal(err)
		}
		if err := store.Append(more(n, at)...); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

// nothingMore adds nothing to the shop.
func nothingMore(int, time.Time) []promstore.Sample { return nil }

// now asks for the newest numbers at an instant.
func (s *source) now(t *testing.T, at time.Time, json string) data.Frames {
	t.Helper()
	return s.frames(t, query{refID: "A", json: json, from: at.Add(-time.Hour), to: at, interval: time.Minute})
}

// number is the one number of a latest query at an instant; NaN where it is null.
func (s *source) number(t *testing.T, at time.Time, json string) float64 {
	t.Helper()
	frames := s.now(t, at, json)
	if len(frames) != 1 || len(frames[0].Fields) != 1 {
		t.Fatalf("the query %s has %d frames", json, len(frames))
	}
	return numbers(t, frames[0].Fields[0])[0]
}

// checkout is a catalog whose flows look at the success of checkout, and of browse beside it, in different ways.
const checkoutDefinition = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: failures }
spec:
  scrapeInterval: 15s
  minCoverage: 0.6
  trust: ['job=~"shop-.*"']
  flows:
    - name: plain
      slis: [{ name: success, ratio: &checkout { good: 'http_requests_total{handler="/checkout",code!~"5.."}', total: 'http_requests_total{handler="/checkout"}' } },
             { name: other, ratio: &browse { good: 'http_requests_total{handler="/",code!~"5.."}', total: 'http_requests_total{handler="/"}' } }]
    - name: backed
      slis: [{ name: success, ratio: *checkout, fallback: { probe: { selector: 'probe_success{target="search"}' }, trust: ['job="blackbox"'] } }, { name: other, ratio: *browse }]
    - name: held
      slis: [{ name: success, ratio: *checkout, missing: hold, maxDelay: 10m }, { name: other, ratio: *browse }]
`

func TestMissingTelemetryIsSeenAndBridged(t *testing.T) {
	s := newSource(playShop(t, nothingMore).URL(), checkoutDefinition)
	score := func(flow string) string { return `{"level":"flow","format":"latest","flows":["` + flow + `"]}` }
	tests := map[string]struct {
		flow     string
		ago      float64
		scored   bool
		coverage float64
		notice   string
	}{
		"all is there before":                   {"plain", 41, true, 1, ""},
		"coverage falls, and the score is none": {"plain", 30, false, 0.5, "no score at this instant, since coverage is 0.5, under minCoverage 0.6; missing: success"},
		"the fallback speaks":                   {"backed", 30, true, 1, "its fallback speaks for it there"},
		"the newest score is held":              {"held", 30, true, 1, "its newest score before is held, for up to 10m"},
		"but not for longer than said":          {"held", 21, false, 0.5, "under minCoverage 0.6; missing: success"},
		"all is there again":                    {"plain", 15, true, 1, ""},
		"nothing is held any more":              {"held", 15, true, 1, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			frames := s.now(t, ago(test.ago), score(test.flow))
			got := numbers(t, frames[0].Fields[0])[0]
			if scored := !math.IsNaN(got); scored != test.scored || scored && (got < 0.97 || got > 1) {
				t.Errorf("the score is %v", got)
			}
			coverage := s.number(t, ago(test.ago), strings.Replace(score(test.flow), "{", `{"measure":"coverage",`, 1))
			if coverage != test.coverage {
				t.Errorf("the coverage is %v, want %v", coverage, test.coverage)
			}
			said := fmt.Sprint(frames[0].Meta.Notices)
			if !strings.Contains(said, test.notice) || test.notice == "" && len(frames[0].Meta.Notices) > 0 {
				t.Errorf("the notices are %s, want %q", said, test.notice)
			}
		})
	}
}

func TestARequiredSLIFailsTheQueryWhileItIsMissing(t *testing.T) {
	definition := strings.Replace(checkoutDefinition, "missing: hold, maxDelay: 10m", "missing: error", 1)
	s := newSource(playShop(t, nothingMore).URL(), definition)
	asked := query{refID: "A", json: `{"level":"flow","flows":["held"],"format":"latest"}`, from: ago(60), to: ago(30), interval: time.Minute}
	answer := s.ask(t, asked)["A"]
	if answer.Status != http.StatusFailedDependency || answer.ErrorSource != backend.ErrorSourceDownstream || answer.Error == nil {
		t.Fatalf("the answer is %d, %v", answer.Status, answer.Error)
	}
	says(t, answer.Error.Error(), "held/success has no telemetry", "missing: error")
	if got := s.number(t, ago(15), asked.json); !(got > 0.97) {
		t.Errorf("the score is %v once the telemetry is back", got)
	}
}

// pay is a flow that sees the payment provider, or does not.
const payDefinition = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: pay }
spec:
  scrapeInterval: 15s
  trust: ['job=~"shop-.*"']
  dimensions: [{ name: region, label: region }]
  flows:
    - name: pay
      slis:
        - { name: cart, weight: 2, ratio: { good: 'http_requests_total{handler="/cart",code!~"5.."}', total: 'http_requests_total{handler="/cart"}' } }
        - name: payment
          component: dependency
          dependsOn: psp
          ratio: { bad: 'psp_calls_total{outcome=~"error|timeout"}', total: psp_calls_total }
          labels: { region: cloud_region }
          trust: ['job="psp-exporter"']
`

func TestADependencyThatIsNotMeasuredIsABlindSpot(t *testing.T) {
	url := playShop(t, nothingMore).URL()
	at := strings.Index(payDefinition, "        - name: payment")
	blind, seeing := newSource(url, payDefinition[:at]), newSource(url, payDefinition)
	const flow = `{"level":"flow","format":"latest"}`
	if got := blind.number(t, ago(65), flow); got < 0.99 {
		t.Errorf("without the dependency the score is %v in the outage", got)
	}
	dependency := seeing.number(t, ago(65), `{"level":"component","components":["dependency"],"format":"latest"}`)
	if math.Abs(dependency-0.5) > 0.05 {
		t.Errorf("the dependency scores %v while every second call fails", dependency)
	}
	cart := seeing.number(t, ago(65), `{"level":"sli","slis":["cart"],"format":"latest"}`)
	if got, want := seeing.number(t, ago(65), flow), (2*cart+dependency)/3; math.Abs(got-want) > 1e-9 {
		t.Errorf("with the dependency the score is %v in the outage, want %v", got, want)
	}
	impact := seriesOf(t, seeing.now(t, ago(65), `{"level":"sli","measure":"impact","format":"latest"}`), "impact")
	if payment := impact["pay/dependency/payment"][0]; payment < 0.1 || payment <= impact["pay/availability/cart"][0] {
		t.Errorf("the impacts are %v, and the payment is not to be fixed first", impact)
	}
	for _, region := range []string{"eu", "us", "ap"} {
		if got := seeing.number(t, ago(65), `{"level":"flow","by":["region"],"where":{"region":["`+region+`"]},"format":"latest"}`); got > 0.95 {
			t.Errorf("in %s the score is %v in the outage", region, got)
		}
	}
	if got := seeing.number(t, ago(50), flow); got < 0.98 {
		t.Errorf("after the outage the score is %v", got)
	}
}

// corrupt writes series that no sound service writes.
func corrupt(n int, at time.Time) []promstore.Sample {
	one := func(name string, value float64) promstore.Sample {
		return promstore.Sample{Labels: labels.FromStrings("__name__", name, "job", "corrupt"), Time: at, Value: value}
	}
	counted := float64(1000 + 10*n)
	return []promstore.Sample{
		one("more_good_total", 2*counted), one("all_total", counted), one("negative", -0.5), one("infinite", math.Inf(1)),
		one("none", math.NaN()), one("reset_good_total", float64(90*(n%20))), one("reset_total", float64(100*(n%20))),
	}
}

const corruptDefinition = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: corrupt }
spec:
  scrapeInterval: 15s
  minCoverage: 0
  flows:
    - name: shop
      slis:
        - { name: more, ratio: { good: more_good_total, total: all_total } }
        - { name: negative, component: correctness, value: { promql: max(negative) } }
        - { name: infinite, component: correctness, value: { promql: max(infinite) } }
        - { name: none, component: correctness, value: { promql: max(none) } }
        - { name: reset, ratio: { good: reset_good_total, total: reset_total } }
`

func TestCorruptedSeriesAreLimitedOrDroppedAndNoted(t *testing.T) {
	s := newSource(playShop(t, corrupt).URL(), corruptDefinition)
	frames := s.now(t, ago(10), `{"level":"sli","format":"latest"}`)
	got := seriesOf(t, frames, "score")
	want := map[string]float64{
		"shop/availability/more": 1, "shop/correctness/negative": 0, "shop/correctness/infinite": math.NaN(), "shop/correctness/none": math.NaN(),
		"shop/availability/reset": 0.9,
	}
	for name, score := range want {
		if !same(got[name], []float64{score}) {
			t.Errorf("%s scores %v, want %v", name, got[name], score)
		}
	}
	said := fmt.Sprint(frames[0].Meta.Notices)
	for _, words := range []string{
		"shop/more: outside of 0..1 at this instant; limited to that", "shop/negative: outside of 0..1", "shop/infinite: infinite or negative at this instant; counted as missing",
		"shop/none: idle at this instant, with what is no number, such as 0/0",
	} {
		if !strings.Contains(said, words) {
			t.Errorf("the notices do not say %q: %s", words, said)
		}
	}
	if score := s.number(t, ago(10), `{"format":"latest"}`); math.Abs(score-1.9/3) > 1e-9 {
		t.Errorf("the score is %v, want the mean of what is left", score)
	}
}

// intrude writes, as a job that nobody trusts, that checkout fails all the time, in a region that there is not.
func intrude(n int, at time.Time) []promstore.Sample {
	bad := labels.FromStrings("__name__", "http_requests_total", "job", "intruder", "handler", "/checkout", "code", "500", "region", "mars", "customer_tier", "premium")
	return []promstore.Sample{
		{Labels: bad, Time: at, Value: float64(1_000_000 * (n + 1))},
		{Labels: labels.FromStrings("__name__", "revenue", "job", "intruder"), Time: at, Value: 1e9},
	}
}

func TestSeriesOfAnUntrustedJobMoveNothing(t *testing.T) {
	definition := strings.Replace(string(simulator.Catalog), "/login\n      weight: 4\n", "/login\n      weight: { promql: 'sum(revenue)', value: 4 }\n", 1)
	clean, tampered := newSource(playShop(t, nothingMore).URL(), definition), newSource(playShop(t, intrude).URL(), definition)
	for _, asked := range []string{
		`{"format":"latest"}`, `{"level":"flow","format":"latest"}`, `{"level":"flow","measure":"weight","format":"latest"}`,
		`{"level":"sli","by":["region"],"format":"latest"}`, `{"level":"flow","where":{"tier":["premium"]},"format":"latest"}`,
	} {
		frames := tampered.now(t, ago(10), asked)
		if want := clean.now(t, ago(10), asked); len(frames) != len(want) {
			t.Errorf("%s has %d series, %d without the intruder", asked, len(frames), len(want))
			continue
		}
		for i, want := range clean.now(t, ago(10), asked) {
			if got := frames[i].Fields[0]; !same(numbers(t, got), numbers(t, want.Fields[0])) || got.Labels.String() != want.Fields[0].Labels.String() {
				t.Errorf("%s: %s is %v, without the intruder %v", asked, got.Labels, numbers(t, got), numbers(t, want.Fields[0]))
			}
		}
	}
	cohorts := tampered.resource(t, "Viewer", http.MethodGet, "cohorts?dimension=region", "")
	if cohorts.Status != http.StatusOK || !strings.Contains(string(cohorts.Body), `"values":["eu","us","ap"]`) {
		t.Errorf("the regions are %s", cohorts.Body)
	}
	trusting := newSource(tampered.url, strings.Replace(definition, `trust: ['job=~"shop-.*"']`, "trust: []", 1))
	if got := trusting.number(t, ago(10), `{"level":"flow","flows":["checkout"],"format":"latest"}`); !(got < 0.5) {
		t.Errorf("without trust the intruder moves the score to %v only, so that the test shows nothing", got)
	}
}

func TestBadWeightsShiftTheScoreAndLeaveATrace(t *testing.T) {
	url := playShop(t, nothingMore).URL()
	definition := string(simulator.Catalog)
	s := newSource(url, definition)
	const overall = `{"format":"latest"}`
	at := ago(65) // The payment provider is down.
	before, frames := s.number(t, at, overall), s.now(t, at, overall)
	asked := asJSON(t, map[string]any{"at": at.UnixMilli(), "weights": map[string]any{"flows": map[string]float64{"checkout": 500}}})
	answer := s.resource(t, "Viewer", http.MethodPost, "whatif", asked)
	var predicted struct{ Now, Then struct{ Score float64 } }
	if err := json.Unmarshal(answer.Body, &predicted); err != nil || answer.Status != http.StatusOK {
		t.Fatalf("what-if answers %d: %s", answer.Status, answer.Body)
	}
	s.save(strings.Replace(definition, "      weight: 5\n      objective: 0.97\n      traffic: success", "      weight: 500\n      objective: 0.97\n      traffic: success", 1))
	after := s.number(t, at, overall)
	if math.Abs(predicted.Now.Score-before) > 1e-12 || math.Abs(predicted.Then.Score-after) > 1e-12 {
		t.Errorf("what-if said %v and %v, and it is %v and %v", predicted.Now.Score, predicted.Then.Score, before, after)
	}
	if before-after < 0.005 {
		t.Errorf("the score went from %v to %v by a hundredfold weight", before, after)
	}
	if usedRevision(t, frames) == usedRevision(t, s.now(t, at, overall)) {
		t.Error("the revision is the same with other weights")
	}
}
