package findings

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/discover"
)

// mostQuestions is how many requests a preset that is recognised takes at most, and namesQuestions how many the names of metrics do.
const mostQuestions, namesQuestions = 3, 2

func TestDiscoverFindsTenExportersAndNothingElse(t *testing.T) {
	ten := strings.Fields("blackbox-http haproxy ingress-nginx istio kafka-consumer kube-deployment node-network otel-http postgres redis")
	tr := try(t, "", nil, ofExporters(ten...)...)
	var asked atomic.Int64
	tr.instance = tr.dataSource(tr.before(func(http.ResponseWriter, string, url.Values) bool { asked.Add(1); return false }), "", nil)
	a := tr.discover(discover.Request{})
	var names []string
	for _, p := range a.Presets {
		names = append(names, p.Name)
		if p.Total != 2 || p.More != 0 || len(p.Services) != 2 {
			t.Errorf("%s has %+v", p.Name, p.Services)
		}
	}
	if !slices.Equal(names, ten) || len(a.Issues) > 0 {
		t.Errorf("found %q, issues %v", names, a.Issues)
	}
	if n := int(asked.Load()); n != a.Questions || n > namesQuestions+mostQuestions*len(ten) {
		t.Errorf("the store was asked %d times, and %d are stated", n, a.Questions)
	}
	for preset, promQL := range map[string]string{
		"istio":    `sum(rate(istio_requests_total{reporter=~"destination|waypoint",destination_service_name="shop"}[%s]))`,
		"postgres": `sum(rate(pg_stat_database_xact_commit{datname="shop"}[%[1]s])) + sum(rate(pg_stat_database_xact_rollback{datname="shop"}[%[1]s]))`,
	} {
		p := presetNamed(t, a, preset)
		shop, all := p.Services[slices.Index(serviceNames(p), "shop")], 0.0
		for _, s := range p.Services {
			all += *s.EventsPerSecond
		}
		want := tr.instant(fmt.Sprintf(promQL, "1h"))
		if got := *shop.EventsPerSecond; math.Abs(got-want) > 1e-9*want || math.Abs(*shop.Share-want/all) > 1e-9 {
			t.Errorf("%s has %v events a second, and a share of %v; PromQL says %v", preset, got, *shop.Share, want)
		}
		if p.Kind == discover.Component {
			continue
		}
		if now := tr.instant(fmt.Sprintf(promQL, "5m")); len(shop.History) != 12 || shop.History[11] == nil || math.Abs(*shop.History[11]-now) > 1e-9*now {
			t.Errorf("the history of %s is %v, and PromQL says %v", preset, shop.History, now)
		}
	}
	if unmatched := tr.accepts(a.Definition); a.Flows != 2 || a.SLIs != 4 || len(unmatched) > 0 {
		t.Errorf("%d flows, %d SLIs, unmatched %q:\n%s", a.Flows, a.SLIs, unmatched, a.Definition)
	}
	tr.instance = tr.dataSource(tr.store.URL(), a.Definition, nil)
	tr.latest(`"level": "flow", "measure": "coverage"`, noon).is(`flow="shop"`, 1)
	tr.latest(`"level": "sli", "measure": "value"`, noon).is(`component="availability",flow="shop",sli="success"`, .95) // HAProxy's, which comes before ingress-nginx.
}

// Each preset is found by the telemetry of its exporter, and what is made of all services of all presets loads without a warning.
func TestDiscoverKnowsEachPreset(t *testing.T) {
	var names []string
	for _, p := range definition.Presets() {
		names = append(names, p.Name)
	}
	tr := try(t, "", nil, ofExporters(names...)...)
	a := tr.discover(discover.Request{})
	if len(a.Presets) != len(names) || a.Questions > namesQuestions+mostQuestions*len(names) {
		t.Errorf("%d presets of %d are found by %d questions", len(a.Presets), len(names), a.Questions)
	}
	var chosen []discover.Choice
	for _, p := range a.Presets {
		if p.Name == "spring-boot" { // The series of its test have no label job.
			if len(a.Issues) != 1 || a.Issues[0].Preset != p.Name || !strings.Contains(a.Issues[0].Message, "no label job") {
				t.Errorf("the issues are %v", a.Issues)
			}
			continue
		}
		if !slices.ContainsFunc(p.Services, func(s discover.Service) bool { return len(s.SLIs) == len(p.SLIs) }) {
			t.Errorf("%s has no service with all SLIs: %+v", p.Name, p.Services)
		}
		for _, s := range p.Services {
			chosen = append(chosen, discover.Choice{Preset: p.Name, Service: s.Name, Flow: p.Name + "-" + s.Name})
		}
	}
	b := tr.discover(discover.Request{Services: chosen, Weights: discover.Equal})
	if b.Flows != len(chosen) || strings.Contains(b.Definition, "weight: 100") {
		t.Errorf("%d flows of %d services", b.Flows, len(chosen))
	}
	tr.accepts(b.Definition)
}

// latencyOf returns the telemetry of Istio for a service whose requests take less than bound in a share, with bucket edges.
func latencyOf(service string, edges []float64, bound float64) []series {
	all := []series{twoHours(`istio_requests_total{reporter="destination",destination_service_name="`+service+`",response_code="200"}`, 10)}
	for _, pair := range spread("istio_request_duration_milliseconds", `reporter="destination",destination_service_name="`+service+`"`, edges, bound, .9, .9) {
		all = append(all, pair.of(service, pair.shop))
	}
	return all
}

func TestDiscoverChoosesBoundsThatAreBucketEdges(t *testing.T) {
	for name, test := range map[string]struct {
		edges []float64
		under string
		bound float64
	}{
		"the preset's own":        {[]float64{100, 500, 1000}, "", 500},
		"the next one above":      {[]float64{100, 300, 800, 2000}, "under: 800ms", 800},
		"the highest":             {[]float64{100, 300}, "under: 300ms", 300},
		"parts of milliseconds":   {[]float64{268.435456, 536.870911}, "under: 536.870911ms", 536.870911},
		"the preset's own, again": {[]float64{499, 500.0000000001, 700}, "", 500},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, "", nil, latencyOf("cart", test.edges, test.bound)...)
			a := tr.discover(discover.Request{})
			if strings.Contains(a.Definition, "under:") != (test.under != "") || !strings.Contains(a.Definition, test.under) {
				t.Errorf("want %q:\n%s", test.under, a.Definition)
			}
			tr.accepts(a.Definition)
			tr.instance = tr.dataSource(tr.store.URL(), a.Definition, nil)
			tr.latest(`"level": "sli", "measure": "value"`, noon).is(`component="latency",flow="cart",sli="latency"`, .9)
		})
	}
}

// Instances whose buckets differ have those edges in common that all of them have.
func TestDiscoverChoosesEdgesThatAllInstancesHave(t *testing.T) {
	others := latencyOf("cart", []float64{100, 750, 1000}, 750)
	for i := range others {
		others[i].metric = strings.Replace(others[i].metric, "{", `{pod="b",`, 1)
	}
	tr := try(t, "", nil, append(latencyOf("cart", []float64{100, 500, 750}, 750), others...)...)
	a := tr.discover(discover.Request{})
	if !strings.Contains(a.Definition, "under: 750ms") || !strings.Contains(a.Definition, "500ms is not a bucket edge") {
		t.Error(a.Definition)
	}
}

// What a store that answers in part leaves out may be a preset, so that it is said.
func TestDiscoverSaysThatNamesMayBeMissing(t *testing.T) {
	tr, store := try(t, "", nil, latencyOf("cart", []float64{500}, 500)...).behindProxy("", nil)
	store.fault.Store(&fault{
		applies: func(path string, _ url.Values) bool { return strings.HasSuffix(path, "/label/__name__/values") },
		answer:  changed(t, func(a map[string]any) { a["warnings"] = []string{"store b: timeout"} }),
	})
	a := tr.discover(discover.Request{})
	if len(a.Issues) != 1 || a.Issues[0] != (discover.Issue{Severity: "warning", Message: "the store warns that it may have more: store b: timeout"}) || a.Flows != 1 {
		t.Errorf("%d flows, %+v", a.Flows, a.Issues)
	}
}

// What no duration is, is no bound, whatever a store says.
func TestDiscoverTakesNoOddEdges(t *testing.T) {
	for _, edge := range []string{"NaN", "0", "-1", "1e300", "1e12", "1e-30"} {
		all := append(latencyOf("cart", nil, 500), twoHours(`istio_request_duration_milliseconds_bucket{reporter="destination",destination_service_name="cart",le="`+edge+`"}`, 4))
		tr := try(t, "", nil, all...)
		a := tr.discover(discover.Request{})
		_, issues := definition.Load(definition.Source{Name: "x", Content: []byte(a.Definition)})
		if a.Flows != 1 || len(issues) > 0 || strings.Contains(a.Definition, "under:") {
			t.Errorf("le=%s: %v\n%s", edge, issues, a.Definition)
		}
	}
}

// Services whose names make the same name of a flow are two flows, and one that is chosen twice is in its flow once.
func TestDiscoverKeepsServicesApart(t *testing.T) {
	all := append(latencyOf("shop/cart", []float64{500}, 500), latencyOf("shop-cart", []float64{500}, 500)...)
	tr := try(t, "", nil, all...)
	if a := tr.discover(discover.Request{}); a.Flows != 2 || a.SLIs != 4 {
		t.Errorf("%d flows, %d SLIs:\n%s", a.Flows, a.SLIs, a.Definition)
	} else {
		tr.accepts(a.Definition)
	}
	twice := []discover.Choice{{Preset: "istio", Service: "shop-cart"}, {Preset: "istio", Service: "shop-cart", Flow: "shop-cart"}}
	if a := tr.discover(discover.Request{Services: twice}); a.Flows != 1 || a.SLIs != 2 {
		t.Errorf("%d flows, %d SLIs:\n%s", a.Flows, a.SLIs, a.Definition)
	}
}

func TestDiscoverProposesNothingThatIsNotThere(t *testing.T) {
	requests := func(service string, perSecond float64) series {
		return twoHours(`istio_requests_total{reporter="destination",destination_service_name="`+service+`",response_code="200"}`, perSecond)
	}
	all := append(latencyOf("cart", []float64{500}, 500), requests("batch", 2), requests("PassthroughCluster", 90), requests("idle", 0),
		twoHours(`grpc_server_handled_total{grpc_service="a.B",grpc_code="OK"}`, 1), // Without the histogram of the preset.
		twoHours(`response_total{code="200"}`, 1))                                   // Not Linkerd's.
	tr := try(t, "", nil, all...)
	a := tr.discover(discover.Request{})
	p := presetNamed(t, a, "istio")
	if len(a.Presets) != 1 || !slices.Equal(serviceNames(p), []string{"PassthroughCluster", "cart", "batch", "idle"}) {
		t.Errorf("found %+v", a.Presets)
	}
	if a.Flows != 2 || a.SLIs != 3 || !strings.Contains(a.Definition, `- {name: success, weight: 3, key: true, preset: {use: istio/success, match: 'destination_service_name="batch"'}}`) {
		t.Errorf("%d flows, %d SLIs:\n%s", a.Flows, a.SLIs, a.Definition)
	}
	if unmatched := tr.accepts(a.Definition); len(unmatched) > 0 { // Errors are of the metric that counts all requests.
		for _, u := range unmatched {
			if !strings.Contains(u, `response_code=~"5.."`) {
				t.Errorf("unmatched: %s", u)
			}
		}
	}
}

func TestDiscoverSaysWhyItProposesNothing(t *testing.T) {
	for name, test := range map[string]struct {
		all  []series
		ask  discover.Request
		says string
	}{
		"an empty store":            {nil, discover.Request{}, "the store has had no series in the last hour"},
		"other labels":              {[]series{twoHours(`r_total{job="a"}`, 1)}, discover.Request{Trust: []string{`job="b"`}}, `no series with the trusted labels job="b" in the last hour`},
		"unknown metrics":           {[]series{twoHours("r_total", 1)}, discover.Request{}, "not the metrics of any preset"},
		"components only":           {ofExporters("postgres", "redis"), discover.Request{}, "but components: postgres, redis"},
		"a preset that is not here": {ofExporters("redis"), discover.Request{Services: []discover.Choice{{Preset: "istio", Service: "cart"}}}, "no telemetry of the chosen presets"},
		"services that are not":     {ofExporters("redis"), discover.Request{Services: []discover.Choice{{Preset: "redis", Service: "cart"}}}, "none of the chosen services"},
	} {
		t.Run(name, func(t *testing.T) {
			a := try(t, "", nil, test.all...).discover(test.ask)
			i := slices.IndexFunc(a.Issues, func(i discover.Issue) bool { return i.Severity == "error" })
			if a.Definition != "" || a.Flows != 0 || i < 0 || !strings.Contains(a.Issues[i].Message, test.says) {
				t.Errorf("got %+v", a)
			}
		})
	}
}

func TestDiscoverListsTheBusiestServices(t *testing.T) {
	var all []series
	for i := range 60 {
		all = append(all, twoHours(fmt.Sprintf(`istio_requests_total{reporter="destination",destination_service_name="s%02d",response_code="200"}`, i), float64(i+1)))
	}
	all = append(all, latencyOf("a", []float64{500}, 500)...)
	tr := try(t, "", nil, all...)
	p := presetNamed(t, tr.discover(discover.Request{}), "istio")
	if names := serviceNames(p); len(names) != 50 || p.Total != 61 || p.More != 11 || names[0] != "s59" || names[49] != "s10" || !p.Services[4].Proposed || p.Services[5].Proposed {
		t.Errorf("%d of %d services, %d more: %q", len(names), p.Total, p.More, names)
	}
	a := tr.discover(discover.Request{Services: []discover.Choice{{Preset: "istio", Service: "s00"}, {Preset: "istio", Service: "s59"}, {Preset: "istio", Service: "s00"}}})
	if !strings.Contains(a.Definition, "- name: s00\n      weight: 2 # 1.64%") || !strings.Contains(a.Definition, "- name: s59\n      weight: 98 # 98.4%") || a.Flows != 2 {
		t.Error(a.Definition)
	}
}

// Values of labels are names of flows as far as they can be, and stand in matchers as they are.
func TestDiscoverTakesAnyValueOfALabel(t *testing.T) {
	values := []string{`a"b`, `a'b`, `{a}`, `a\b`, "a\nb", "# a", "a: b", "東京", "1st", ".*", "a|b", strings.Repeat("x", 90), "true", "�", "`", "%s", "a/b", "a-b"}
	var all []series
	for i, value := range values {
		all = append(all, latencyOf("s", []float64{500}, 500)[1:]...)
		all = append(all, twoHours(fmt.Sprintf(`istio_requests_total{reporter="destination",destination_service_name=%s,response_code="200"}`, quoted(value)), float64(i+1)))
	}
	tr := try(t, "", nil, distinct(all)...)
	var chosen []discover.Choice
	for _, s := range presetNamed(t, tr.discover(discover.Request{}), "istio").Services {
		chosen = append(chosen, discover.Choice{Preset: "istio", Service: s.Name})
	}
	a := tr.discover(discover.Request{Services: chosen, Name: "any: \"value\"\n"})
	if a.Flows != len(values) || len(a.Issues) > 0 {
		t.Errorf("%d flows of %d, %v:\n%s", a.Flows, len(values), a.Issues, a.Definition)
	}
	tr.accepts(a.Definition)
	catalog, _ := definition.Load(definition.Source{Content: []byte(a.Definition)})
	tr.instance = tr.dataSource(tr.store.URL(), a.Definition, nil)
	traffic := tr.latest(`"level": "flow", "measure": "traffic"`, noon)
	for i, f := range catalog.Flows { // The busiest first.
		traffic.is(fmt.Sprintf(`flow="%s"`, f.Name), float64(len(values)-i))
	}
}

// quoted returns a text as PromQL writes it.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "�", `\ufffd`).Replace(text) + `"`
}

func TestDiscoverAddsSLIsToFlows(t *testing.T) {
	tr := try(t, "", nil, ofExporters("istio", "postgres", "otel-http")...)
	half := 0.5
	a := tr.discover(discover.Request{Name: "mine", Objective: &half, Services: []discover.Choice{
		{Preset: "postgres", Service: "shop", Flow: "shop"}, {Preset: "istio", Service: "shop"}, {Preset: "otel-http", Service: "prod/shop", Flow: "shop"},
		{Preset: "istio", Service: "gone"}, {Preset: "postgres", Service: "other", Flow: "data"},
	}})
	tr.accepts(a.Definition)
	catalog, _ := definition.Load(definition.Source{Content: []byte(a.Definition)})
	var got []string
	for _, f := range catalog.Flows {
		for _, s := range f.SLIs {
			got = append(got, fmt.Sprintf("%s/%s %v %v", f.Name, s.Name, s.Weight, s.Key))
		}
	}
	want := []string{"shop/success 3 true", "shop/latency 2 false", "shop/postgres-commits 3 false", "shop/otel-http-success 3 true", "shop/otel-http-latency 2 false", "data/commits 3 false"}
	if !slices.Equal(got, want) || catalog.Name != "mine" || catalog.Flows[0].Objective != half {
		t.Errorf("got %q:\n%s", got, a.Definition)
	}
	if len(a.Issues) != 1 || !strings.Contains(a.Issues[0].Message, "gone") {
		t.Errorf("the issues are %v", a.Issues)
	}
}

// Only trusted series count: by the catalog of the data source, unless the request says which.
func TestDiscoverTrustsWhatTheCatalogTrusts(t *testing.T) {
	var all []series
	for _, cluster := range []string{"a", "b"} {
		for _, s := range latencyOf("in-"+cluster, []float64{500}, 500) {
			s.metric = strings.Replace(s.metric, "{", `{cluster="`+cluster+`",`, 1)
			all = append(all, s)
		}
	}
	tr := try(t, catalog("trust: ['cluster=\"a\"']\nflows: [{ name: x, preset: { use: istio } }]"), nil, all...)
	for name, test := range map[string]struct {
		trust []string
		want  []string
	}{
		"the catalog's": {nil, []string{"in-a"}},
		"others":        {[]string{`cluster="b"`}, []string{"in-b"}},
		"none":          {[]string{}, []string{"in-a", "in-b"}},
	} {
		a := tr.discover(discover.Request{Trust: test.trust})
		if got := serviceNames(presetNamed(t, a, "istio")); !slices.Equal(got, test.want) || strings.Contains(a.Definition, "trust:") != (len(test.want) == 1) {
			t.Errorf("%s: found %q:\n%s", name, got, a.Definition)
		}
		tr.accepts(a.Definition)
	}
}

// What the store can't answer of one preset is said of that one, and the others are found.
func TestDiscoverSaysWhatTheStoreRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		about  string
		status int
		body   string
		says   string
		flows  int
	}{
		"too many samples": {"haproxy", http.StatusUnprocessableEntity, `{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory"}`, "too many samples", 2},
		"too slow":         {"haproxy", http.StatusServiceUnavailable, `{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}`, "timed out", 2},
		"all of them":      {"", http.StatusServiceUnavailable, `{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}`, "could not be asked about haproxy, istio", 0},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, "", nil, ofExporters("istio", "haproxy")...)
			tr = tr.at(tr.before(func(w http.ResponseWriter, _ string, form url.Values) bool {
				isOf := form.Has("query") && strings.Contains(form.Get("query"), test.about)
				if isOf {
					w.WriteHeader(test.status)
					_, _ = io.WriteString(w, test.body)
				}
				return isOf
			}), "", nil)
			a := tr.discover(discover.Request{})
			if len(a.Presets) != 2 || a.Flows != test.flows || !strings.Contains(fmt.Sprint(a.Issues), test.says) || !strings.Contains(fmt.Sprint(a.Issues), "the preset can't be checked") {
				t.Errorf("got %+v", a)
			}
		})
	}
}

// A preset of more services than an answer may have series is listed without them.
func TestDiscoverOfTooManyServices(t *testing.T) {
	all := latencyOf("cart", []float64{500}, 500)
	for i := range 20 {
		all = append(all, twoHours(fmt.Sprintf(`haproxy_backend_http_responses_total{proxy="p%d",code="2xx"}`, i), 1))
	}
	tr := try(t, "", nil, all...)
	tr.instance = tr.dataSource(tr.store.URL(), "", map[string]any{"maxSeries": 10})
	a := tr.discover(discover.Request{})
	if len(a.Issues) != 1 || a.Issues[0].Preset != "haproxy" || !strings.Contains(a.Issues[0].Message, "more than 10") || a.Flows != 1 {
		t.Errorf("got %+v", a)
	}
}

// Native histograms have no edges, and the preset's bound.
func TestDiscoverFindsNativeHistograms(t *testing.T) {
	tr := try(t, "", nil, latencyOf("cart", nil, 500)[0])
	var samples []promstore.Sample
	for at := noon.Add(-2 * time.Hour); !at.After(noon); at = at.Add(15 * time.Second) {
		n := at.Sub(noon.Add(-2*time.Hour)).Seconds() * 10
		samples = append(samples, promstore.Sample{Time: at, Histogram: &histogram.FloatHistogram{
			Schema: 0, Count: n, Sum: n * 200, PositiveSpans: []histogram.Span{{Offset: 8, Length: 1}}, PositiveBuckets: []float64{n},
		}, Labels: labels.FromStrings("__name__", "istio_request_duration_milliseconds", "reporter", "destination", "destination_service_name", "cart")})
	}
	if err := tr.store.Append(samples...); err != nil {
		t.Fatal(err)
	}
	a := tr.discover(discover.Request{})
	if a.SLIs != 2 || strings.Contains(a.Definition, "under:") {
		t.Error(a.Definition)
	}
	tr.accepts(a.Definition)
	tr.instance = tr.dataSource(tr.store.URL(), a.Definition, nil)
	tr.latest(`"level": "sli", "measure": "value"`, noon).is(`component="latency",flow="cart",sli="latency"`, 1)
}

// A store that does not answer is an error as elsewhere.
func TestDiscoverOfAStoreThatDoesNotAnswer(t *testing.T) {
	tr := try(t, "", nil)
	for name, test := range map[string]struct {
		url    string
		status int
		says   string
	}{
		"refused": {"http://127.0.0.1:1", http.StatusBadGateway, "refused"},
		"unauthorised": {tr.before(func(w http.ResponseWriter, _ string, _ url.Values) bool {
			w.WriteHeader(http.StatusUnauthorized)
			return true
		}), http.StatusUnauthorized, "401"},
	} {
		var answer struct{ Message string }
		if status := tr.at(test.url, "", nil).post(noon, "Editor", "discover", discover.Request{}, &answer); status != test.status || !strings.Contains(answer.Message, test.says) {
			t.Errorf("%s: the status is %d: %s", name, status, answer.Message)
		}
	}
}
