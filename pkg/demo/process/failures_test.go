package process

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"path/filepath"
	"slices"
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
	store, err := promstore.Open(promstore.Config{Dir: filepath.Join(t.TempDir(), "store"), Plain: true})
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

// seen is what a user sees of something at a minute: a score, or a range of them, the coverage, and what is said.
type seen struct {
	ago         float64
	least, most float64
	coverage    float64
	// notice is "" where nothing is said.
	notice string
}

// unscored is the range of a score that is none.
var unscored = math.NaN()

// isBirth reports whether a notice says that series began lately, as some do in each world.
func isBirth(n data.Notice) bool { return strings.Contains(n.Text, "began in the last") }

// check asks for the score and the coverage of what a query is about, whose fields are given as JSON.
func (want seen) check(t *testing.T, s *source, fields string) {
	t.Helper()
	frames := s.now(t, ago(want.ago), `{"format":"latest"`+fields+`}`)
	if len(frames) != 1 || len(frames[0].Fields) != 1 {
		t.Fatalf("there are %d frames", len(frames))
	}
	got := numbers(t, frames[0].Fields[0])[0]
	if none := math.IsNaN(want.least); none != math.IsNaN(got) || !none && (got < want.least-1e-9 || got > want.most+1e-9) {
		t.Errorf("%g minutes ago the score is %v, want %v to %v", want.ago, got, want.least, want.most)
	}
	if got := s.number(t, ago(want.ago), `{"format":"latest","measure":"coverage"`+fields+`}`); math.Abs(got-want.coverage) > 1e-9 {
		t.Errorf("%g minutes ago the coverage is %v, want %v", want.ago, got, want.coverage)
	}
	notices := slices.DeleteFunc(frames[0].Meta.Notices, isBirth)
	said := fmt.Sprint(notices)
	if !strings.Contains(said, want.notice) || want.notice == "" && len(notices) > 0 {
		t.Errorf("%g minutes ago it is said that %s, want %q", want.ago, said, want.notice)
	}
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
	tests := map[string]struct {
		flow string
		want seen
	}{
		"all is there before": {"plain", seen{41, .97, 1, 1, ""}},
		"coverage falls, and the score is none": {"plain", seen{30, unscored, unscored, .5,
			"no score at this instant: coverage is 0.5, below minCoverage 0.6; missing: success"}},
		"the fallback speaks":          {"backed", seen{30, .97, 1, 1, "its fallback is used there"}},
		"the newest score is held":     {"held", seen{30, .97, 1, 1, "its last score is held, for up to 10m"}},
		"but not for longer than said": {"held", seen{21, unscored, unscored, .5, "below minCoverage 0.6; missing: success"}},
		"all is there again":           {"plain", seen{15, .97, 1, 1, ""}},
		"nothing is held any more":     {"held", seen{15, .97, 1, 1, ""}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test.want.check(t, s, `,"level":"flow","flows":["`+test.flow+`"]`) })
	}
}

// heldAt returns the score of the flow that holds its own at an instant, of a query over a range.
func (s *source) heldAt(t *testing.T, at, from time.Time, interval time.Duration, format string) float64 {
	t.Helper()
	q := query{refID: "A", json: `{"level":"sli","flows":["held"],"slis":["success"],"format":"` + format + `"}`, from: from, to: at, interval: interval}
	frames := s.frames(t, q)
	scores := seriesOf(t, frames, "score")
	for _, column := range scores {
		if format == "timeseries" && !times(frames)[len(column)-1].Equal(at) {
			t.Fatalf("the newest instant is %s, not %s", times(frames)[len(column)-1], at)
		}
		return column[len(column)-1]
	}
	if column, found := frames[0].FieldByName("score"); found >= 0 {
		return numbers(t, column)[column.Len()-1]
	}
	t.Fatal("there is no score")
	return 0
}

func TestAHeldScoreDependsNeitherOnTheZoomNorOnTheStartOfTheRange(t *testing.T) {
	definition := strings.Replace(checkoutDefinition, "ratio: *checkout, missing: hold, maxDelay: 10m",
		`latency: { histogram: 'http_request_duration_seconds{handler="/checkout"}', under: 250ms }, missing: hold, maxDelay: 20m`, 1)
	s := newSource(playShop(t, nothingMore).URL(), definition)
	at := ago(23.5).Truncate(8 * time.Minute) // Even a window of 8 minutes has nothing then.
	want := s.heldAt(t, at, at, time.Minute, "latest")
	if !(want > 0 && want < 1) {
		t.Fatalf("the score that is held is %v", want)
	}
	for _, interval := range []time.Duration{15 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute} {
		for _, from := range []time.Time{at, at.Add(-4 * time.Minute), at.Add(-7 * time.Minute), at.Add(-11 * time.Minute), at.Add(-50 * time.Minute)} {
			for _, format := range []string{"timeseries", "latest", "table"} {
				if got := s.heldAt(t, at, from, interval, format); got != want {
					t.Errorf("as %s every %s from %s on it is %v, want %v", format, interval, at.Sub(from), got, want)
				}
			}
		}
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
	lost := newSource(url, strings.Replace(payDefinition, `trust: ['job="psp-exporter"']`, `trust: ['job="nobody"']`, 1))
	const flow = `,"level":"flow"`
	tests := map[string]struct {
		source *source
		want   seen
	}{
		"before the outage all is well":                        {seeing, seen{85, .98, 1, 1, ""}},
		"without the dependency nothing is seen of the outage": {blind, seen{65, .99, 1, 1, ""}},
		"with it a third of the flow is half lost":             {seeing, seen{65, .8, .86, 1, ""}},
		"after it all is well again":                           {seeing, seen{50, .98, 1, 1, ""}},
		"a dependency whose telemetry is lost is no blind spot": {lost, seen{65, .99, 1, 2. / 3,
			"pay/payment: no telemetry at this instant; left out, so that coverage falls"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test.want.check(t, test.source, flow) })
	}
	seen{65, .45, .55, 1, ""}.check(t, seeing, `,"level":"component","components":["dependency"]`)
	for _, region := range []string{"eu", "us", "ap"} {
		seen{65, .75, .95, 1, ""}.check(t, seeing, `,"level":"flow","by":["region"],"where":{"region":["`+region+`"]}`)
	}
	dependency := seeing.number(t, ago(65), `{"level":"component","components":["dependency"],"format":"latest"}`)
	cart := seeing.number(t, ago(65), `{"level":"sli","slis":["cart"],"format":"latest"}`)
	if got, want := seeing.number(t, ago(65), `{"level":"flow","format":"latest"}`), (2*cart+dependency)/3; math.Abs(got-want) > 1e-9 {
		t.Errorf("with the dependency the score is %v in the outage, want %v", got, want)
	}
	impact := seriesOf(t, seeing.now(t, ago(65), `{"level":"sli","measure":"impact","format":"latest"}`), "impact")
	if payment := impact["pay/dependency/payment"][0]; payment < 0.1 || payment <= impact["pay/availability/cart"][0] {
		t.Errorf("the impacts are %v, and the payment is not to be fixed first", impact)
	}
}

// corruption is when series are corrupted that are sound before and after: 40 to 20 minutes ago.
func corruption(at time.Time) bool { return at.After(ago(40)) && !at.After(ago(20)) }

// corrupted returns what writes, at each scrape, series that no sound service writes while they are corrupted. All are
// 0.9 else.
func corrupted() func(n int, at time.Time) []promstore.Sample {
	good, reset := 900.0, 1000.0
	return func(n int, at time.Time) []promstore.Sample {
		one := func(name string, value float64) promstore.Sample {
			return promstore.Sample{Labels: labels.FromStrings("__name__", name, "job", "corrupt"), Time: at, Value: value}
		}
		off := func(value float64) float64 {
			if corruption(at) {
				return value
			}
			return 0.9
		}
		good += 10 * off(2)
		reset += 10
		if corruption(at) && n%10 == 0 {
			reset = 0
		}
		return []promstore.Sample{
			one("good_total", good), one("all_total", float64(1000+10*n)), one("negative", off(-0.5)), one("infinite", off(math.Inf(1))),
			one("undefined", off(math.NaN())), one("reset_good_total", 0.9*reset), one("reset_total", reset),
		}
	}
}

const corruptDefinition = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: corrupt }
spec:
  scrapeInterval: 15s
  objective: 0.99
  flows:
    - name: shop
      slis:
        - { name: more, ratio: { good: good_total, total: all_total } }
        - { name: negative, component: correctness, value: { promql: max(negative) } }
        - { name: infinite, component: correctness, value: { promql: max(infinite) } }
        - { name: undefined, component: correctness, value: { promql: max(undefined) } }
        - { name: reset, ratio: { good: reset_good_total, total: reset_total } }
`

func TestCorruptedSeriesAreLimitedOrDroppedAndNoted(t *testing.T) {
	s := newSource(playShop(t, corrupted()).URL(), corruptDefinition)
	tests := map[string][]seen{
		`,"level":"sli","slis":["more"]`: {
			{45, .9, .9, 1, ""}, {30, 1, 1, 1, "shop/more: outside of 0..1 at this instant, and limited to it"}, {10, .9, .9, 1, ""}},
		`,"level":"sli","slis":["negative"]`: {
			{45, .9, .9, 1, ""}, {30, 0, 0, 1, "shop/negative: outside of 0..1 at this instant, and limited to it"}, {10, .9, .9, 1, ""}},
		`,"level":"sli","slis":["infinite"]`: {
			{45, .9, .9, 1, ""}, {30, unscored, unscored, 0, "shop/infinite: infinite or negative at this instant; counted as missing"}, {10, .9, .9, 1, ""}},
		`,"level":"sli","slis":["undefined"]`: {
			{45, .9, .9, 1, ""}, {30, unscored, unscored, 1, "shop/undefined: idle at this instant, with a result that is not a number, such as 0/0"}, {10, .9, .9, 1, ""}},
		`,"level":"sli","slis":["reset"]`: {{45, .9, .9, 1, ""}, {30, .9, .9, 1, ""}, {10, .9, .9, 1, ""}},
		// What is left are 1, 0 and .9.
		`,"level":"flow"`: {{45, .9, .9, 1, ""}, {30, 1.9 / 3, 1.9 / 3, .8, "shop/more: outside of 0..1"}, {10, .9, .9, 1, ""}},
		``:                {{45, .9, .9, 1, ""}, {30, 1.9 / 3, 1.9 / 3, .8, "shop/infinite: infinite or negative"}, {10, .9, .9, 1, ""}},
	}
	for fields, minutes := range tests {
		t.Run(fields, func(t *testing.T) {
			for _, want := range minutes {
				want.check(t, s, fields)
			}
		})
	}
}

// intrude writes, as a job that nobody trusts, that checkout fails all the time, in a region that there is not, and what
// a weight and a fallback could follow.
func intrude(n int, at time.Time) []promstore.Sample {
	bad := labels.FromStrings("__name__", "http_requests_total", "job", "intruder", "handler", "/checkout", "code", "500", "region", "mars", "customer_tier", "premium")
	return []promstore.Sample{
		{Labels: bad, Time: at, Value: float64(1_000_000 * (n + 1))},
		{Labels: labels.FromStrings("__name__", "revenue", "job", "intruder"), Time: at, Value: 1e9},
		{Labels: labels.FromStrings("__name__", "probe_success", "job", "intruder", "target", "checkout"), Time: at, Value: 0},
	}
}

func TestSeriesOfAnUntrustedJobMoveNothing(t *testing.T) {
	definition := strings.Replace(string(simulator.Catalog), "/login\n      weight: 4\n", "/login\n      weight: { promql: 'sum(revenue)', value: 4 }\n", 1)
	clean, tampered := newSource(playShop(t, nothingMore).URL(), definition), newSource(playShop(t, intrude).URL(), definition)
	// In the outage of the payment provider, while checkout can't be scraped, and while all is well. What is injected must
	// not fill the gap either.
	for _, minutes := range []float64{65, 30, 10} {
		for _, asked := range []string{
			`{"format":"latest"}`, `{"measure":"coverage","format":"latest"}`, `{"level":"flow","format":"latest"}`, `{"level":"flow","measure":"coverage","format":"latest"}`,
			`{"level":"flow","measure":"weight","format":"latest"}`, `{"level":"sli","by":["region"],"format":"latest"}`,
			`{"level":"sli","measure":"coverage","by":["region"],"format":"latest"}`, `{"level":"sli","measure":"traffic","format":"latest"}`,
			`{"level":"flow","where":{"tier":["premium"]},"format":"latest"}`,
		} {
			sameAnswers(t, fmt.Sprintf("%g minutes ago %s", minutes, asked), tampered.now(t, ago(minutes), asked), clean.now(t, ago(minutes), asked))
		}
	}
	seen{30, unscored, unscored, 0, "checkout: no score at this instant"}.check(t, tampered, `,"level":"flow","flows":["checkout"]`)
	cohorts := tampered.resource(t, "Viewer", http.MethodGet, "cohorts?dimension=region", "")
	if cohorts.Status != http.StatusOK || !strings.Contains(string(cohorts.Body), `"values":["eu","us","ap"]`) {
		t.Errorf("the regions are %s", cohorts.Body)
	}
	trusting := newSource(tampered.url, strings.Replace(definition, `trust: ['job=~"shop-.*"']`, "trust: []", 1))
	if got := trusting.number(t, ago(10), `{"level":"flow","flows":["checkout"],"format":"latest"}`); !(got < 0.5) {
		t.Errorf("without trust the intruder moves the score to %v only, so that the test shows nothing", got)
	}
	if got := trusting.number(t, ago(10), `{"level":"flow","flows":["login"],"measure":"weight","format":"latest"}`); !(got > 0.99) {
		t.Errorf("without trust the intruder moves the weight to %v only, so that the test shows nothing", got)
	}
}

// sameAnswers fails where the answers to a query have other series, numbers or notices.
func sameAnswers(t *testing.T, query string, got, want data.Frames) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s has %d series, %d without the intruder", query, len(got), len(want))
		return
	}
	for i := range want {
		g, w := got[i].Fields[0], want[i].Fields[0]
		if !same(numbers(t, g), numbers(t, w)) || g.Labels.String() != w.Labels.String() {
			t.Errorf("%s: %s is %v, without the intruder %v", query, g.Labels, numbers(t, g), numbers(t, w))
		}
	}
	if g, w := fmt.Sprint(got[0].Meta.Notices), fmt.Sprint(want[0].Meta.Notices); g != w {
		t.Errorf("%s: it is said that %s, without the intruder %s", query, g, w)
	}
}

func TestBadWeightsShiftTheScoreAndLeaveATrace(t *testing.T) {
	url := playShop(t, nothingMore).URL()
	definition := string(simulator.Catalog)
	const stated = "      weight: 5\n      objective: 0.97\n      traffic: success"
	weighed := func(weight string) string {
		changed := strings.Replace(definition, stated, strings.Replace(stated, "weight: 5", "weight: "+weight, 1), 1)
		if changed == definition {
			t.Fatal("the weight of checkout stands elsewhere")
		}
		return changed
	}
	s := newSource(url, definition)
	const overall = `{"format":"latest"}`
	// The overall score goes by the weights that were used; coverage and notices do not, since nothing is missing. Whether
	// deployments are idle depends on the time of day.
	before, said := map[float64]float64{}, map[float64]string{}
	for _, minutes := range []float64{65, 50} {
		before[minutes] = s.meanOfFlows(t, ago(minutes))
		if notices := s.now(t, ago(minutes), overall)[0].Meta.Notices; len(notices) > 0 {
			said[minutes] = fmt.Sprint(notices)
		}
		seen{minutes, before[minutes], before[minutes], 1, said[minutes]}.check(t, s, "")
	}
	frames := s.now(t, ago(65), overall)
	asked := asJSON(t, map[string]any{"at": ago(65).UnixMilli(), "weights": map[string]any{"flows": map[string]float64{"checkout": 500}}})
	answer := s.resource(t, "Viewer", http.MethodPost, "whatif", asked)
	var predicted struct{ Now, Then struct{ Score float64 } }
	if err := json.Unmarshal(answer.Body, &predicted); err != nil || answer.Status != http.StatusOK {
		t.Fatalf("what-if answers %d: %s", answer.Status, answer.Body)
	}
	s.save(weighed("500"))
	after := map[float64]float64{}
	for _, minutes := range []float64{65, 50} {
		after[minutes] = s.meanOfFlows(t, ago(minutes))
		seen{minutes, after[minutes], after[minutes], 1, said[minutes]}.check(t, s, "")
	}
	if math.Abs(predicted.Now.Score-before[65]) > 1e-9 || math.Abs(predicted.Then.Score-after[65]) > 1e-9 {
		t.Errorf("what-if said %v and %v, and it is %v and %v", predicted.Now.Score, predicted.Then.Score, before[65], after[65])
	}
	if jump := before[65] - after[65]; jump < 0.005 || jump < 5*math.Abs(before[50]-after[50]) {
		t.Errorf("a hundredfold weight moves the score by %v in the outage, and by %v afterwards", jump, before[50]-after[50])
	}
	if usedRevision(t, frames) == usedRevision(t, s.now(t, ago(65), overall)) {
		t.Error("the revision is the same with other weights")
	}
	s.save(weighed("{ promql: sum(nothing), value: 5 }"))
	seen{65, before[65], before[65], 1, "checkout: its dynamic weight has no data at this instant; the weight is 5 there"}.check(t, s, "")
}

// meanOfFlows is the mean of the scores of flows by the weights that were used.
func (s *source) meanOfFlows(t *testing.T, at time.Time) float64 {
	t.Helper()
	scores := seriesOf(t, s.now(t, at, `{"level":"flow","format":"latest"}`), "score")
	mean, all := 0.0, 0.0
	for flow, share := range seriesOf(t, s.now(t, at, `{"level":"flow","measure":"weight","format":"latest"}`), "weight") {
		mean, all = mean+share[0]*scores[flow][0], all+share[0]
	}
	if math.Abs(all-1) > 1e-9 {
		t.Errorf("the shares of the flows add up to %v", all)
	}
	return mean
}
