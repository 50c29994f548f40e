package findings

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore/promstoretest"
	"github.com/cer-reliability/cer-datasource/pkg/plugin"
)

// noon is when most tests ask.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// clock is the time of the data sources of all trials. It is set by ask.
var clock atomic.Pointer[time.Time]

// newInstance makes a data source. A process has one factory, which registers metrics.
var newInstance = plugin.NewFactoryAt(func() time.Time { return *clock.Load() })

// series are the samples of one series: one at from and after each spacing, up to and including to.
type series struct {
	// metric is written as in PromQL: up{job="a"}.
	metric   string
	from, to time.Time
	spacing  time.Duration
	// value returns the value of a sample; NaN leaves it out, and notANumber is a sample that is NaN.
	value func(at time.Time) float64
}

// notANumber is what a series says whose value is NaN: it has a sample, as after a division by 0 in an exporter.
var notANumber = math.Float64frombits(0x7ff8000000000cba)

// samples returns the samples of a series.
func (s series) samples(t testing.TB) []promstore.Sample {
	t.Helper()
	metric, err := parser.NewParser(parser.Options{}).ParseMetric(s.metric)
	if err != nil {
		t.Fatal(err)
	}
	var samples []promstore.Sample
	for at := s.from; !at.After(s.to); at = at.Add(s.spacing) {
		if v := s.value(at); !math.IsNaN(v) || math.Float64bits(v) == math.Float64bits(notANumber) {
			samples = append(samples, promstore.Sample{Labels: metric, Time: at, Value: v})
		}
	}
	return samples
}

// counter returns the value of a counter that grows by perSecond from the time from on.
func counter(from time.Time, perSecond float64) func(time.Time) float64 {
	return func(at time.Time) float64 { return at.Sub(from).Seconds() * perSecond }
}

// constant returns the value of a gauge that never changes.
func constant(v float64) func(time.Time) float64 { return func(time.Time) float64 { return v } }

// trial is a data source with a catalog and a store of its own.
type trial struct {
	t        testing.TB
	store    *promstore.Store
	instance instancemgmt.Instance
}

// try opens a store with series, and a data source with a definition and settings (JSON fields such as timeInterval, which
// may be nil).
func try(t testing.TB, definition string, settings map[string]any, all ...series) *trial {
	t.Helper()
	store := promstoretest.Open(t)
	tr := &trial{t: t, store: store}
	var samples []promstore.Sample // At once, since a store takes no samples an hour older than its newest one.
	for _, s := range all {
		samples = append(samples, s.samples(t)...)
	}
	if err := store.Append(samples...); err != nil {
		t.Fatal(err)
	}
	tr.instance = tr.dataSource(store.URL(), definition, settings)
	return tr
}

// dataSource returns a new data source for a store.
func (tr *trial) dataSource(url, definition string, settings map[string]any) instancemgmt.Instance {
	tr.t.Helper()
	if clock.Load() == nil {
		clock.Store(&noon)
	}
	fields := map[string]any{"definition": definition, "queryTimeout": "10m"} // However busy the machine is.
	for name, value := range settings {
		fields[name] = value
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		tr.t.Fatal(err)
	}
	instance, err := newInstance(context.Background(), backend.DataSourceInstanceSettings{
		UID: strings.ReplaceAll(tr.t.Name(), "/", "-"), Type: "cer-reliability-datasource", Name: "cer", URL: url, JSONData: raw, Updated: noon,
	})
	if err != nil {
		tr.t.Fatal(err)
	}
	tr.t.Cleanup(instance.(instancemgmt.InstanceDisposer).Dispose)
	return instance
}

// answer is the answer to a query.
type answer struct {
	t testing.TB
	backend.DataResponse
}

// latest asks a query in the format latest, at a time that is now. A query is JSON without the braces:
// `"measure": "burn", "level": "flow"`.
func (tr *trial) latest(query string, now time.Time) answer {
	tr.t.Helper()
	return tr.ask(`"format": "latest", `+query, now.Add(-time.Hour), now, time.Minute)
}

// ask asks a query over a range whose end is now.
func (tr *trial) ask(query string, from, to time.Time, step time.Duration) answer {
	tr.t.Helper()
	return tr.askAt(to, query, from, to, step)
}

// askAt asks a query over a range, at a time.
func (tr *trial) askAt(now time.Time, query string, from, to time.Time, step time.Duration) answer {
	tr.t.Helper()
	return tr.askJSON(now, "{"+query+"}", from, to, step, nil)
}

// askAsRule asks a query over the hour until noon, as an alert rule does.
func (tr *trial) askAsRule(query string) answer {
	tr.t.Helper()
	return tr.askJSON(noon, "{"+query+"}", noon.Add(-time.Hour), noon, time.Minute, map[string]string{"FromAlert": "true"})
}

// askJSON asks a query, written as JSON, over a range at a time, in a request with headers.
func (tr *trial) askJSON(now time.Time, query string, from, to time.Time, step time.Duration, headers map[string]string) answer {
	tr.t.Helper()
	clock.Store(&now)
	response, err := tr.instance.(backend.QueryDataHandler).QueryData(context.Background(), &backend.QueryDataRequest{Headers: headers, Queries: []backend.DataQuery{{
		RefID: "A", JSON: []byte(query), Interval: step, MaxDataPoints: int64(to.Sub(from)/step) + 1,
		TimeRange: backend.TimeRange{From: from, To: to},
	}}})
	if err != nil {
		tr.t.Fatal(err)
	}
	return answer{tr.t, response.Responses["A"]}
}

// post sends a body of JSON to a resource at a time as a user of a role, reads the answer into a variable, and returns its status.
func (tr *trial) post(now time.Time, role, path string, body, into any) (status int) {
	tr.t.Helper()
	clock.Store(&now)
	text, err := json.Marshal(body)
	if err != nil {
		tr.t.Fatal(err)
	}
	sender := backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
		status = r.Status
		return json.Unmarshal(r.Body, into)
	})
	err = tr.instance.(backend.CallResourceHandler).CallResource(context.Background(), &backend.CallResourceRequest{
		Path: path, URL: path, Method: http.MethodPost, Body: text, PluginContext: backend.PluginContext{User: &backend.User{Login: "ann", Role: role}}}, sender)
	if err != nil {
		tr.t.Fatal(err)
	}
	return status
}

// get asks a resource at a time as a user of a role, by its path with parameters.
func (tr *trial) get(now time.Time, role, path string) (answer *backend.CallResourceResponse) {
	tr.t.Helper()
	clock.Store(&now)
	withoutParameters, _, _ := strings.Cut(path, "?")
	err := tr.instance.(backend.CallResourceHandler).CallResource(context.Background(), &backend.CallResourceRequest{
		Method: http.MethodGet, Path: withoutParameters, URL: path, PluginContext: backend.PluginContext{User: &backend.User{Login: "ann", Role: role}},
	}, backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
		answer = r
		return nil
	}))
	if err != nil {
		tr.t.Fatal(err)
	}
	return answer
}

// column returns the times and the numbers of the field with labels, such as `flow="shop"`, NaN for null. Without labels
// there must be one field with numbers.
func (a answer) column(labels string) ([]time.Time, []float64) {
	a.t.Helper()
	if a.Error != nil {
		a.t.Fatalf("the query fails: %v", a.Error)
	}
	var times []time.Time
	var numbers []float64
	found := []string{}
	for _, frame := range a.Frames {
		for _, field := range frame.Fields {
			if field.Type() != data.FieldTypeNullableFloat64 {
				continue
			}
			name := strings.TrimSuffix(strings.TrimPrefix(metricLabels(field.Labels), "{"), "}")
			found = append(found, name)
			if labels != "" && name != labels {
				continue
			}
			if numbers != nil {
				a.t.Fatalf("several fields have the labels %q", labels)
			}
			numbers = make([]float64, field.Len())
			for i := range numbers {
				numbers[i] = math.NaN()
				if v := field.At(i).(*float64); v != nil {
					numbers[i] = *v
				}
				if at, ok := frame.Fields[0].At(i).(time.Time); ok {
					times = append(times, at)
				}
			}
		}
	}
	if numbers == nil {
		a.t.Fatalf("no field has the labels %q, but there are %q; notices: %q", labels, found, a.notices())
	}
	return times, numbers
}

// metricLabels writes labels as PromQL does.
func metricLabels(labels data.Labels) string {
	parts := make([]string, 0, len(labels))
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		parts = append(parts, fmt.Sprintf("%s=%q", name, labels[name]))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// number returns the newest number of the field with labels, NaN for null.
func (a answer) number(labels string) float64 {
	a.t.Helper()
	_, numbers := a.column(labels)
	if len(numbers) == 0 {
		a.t.Fatalf("there are no numbers for %q", labels)
	}
	return numbers[len(numbers)-1]
}

// is fails the test unless the newest number of the field with labels is want, to 1e-9 of it; NaN is null.
func (a answer) is(labels string, want float64) {
	a.t.Helper()
	a.isNear(labels, want, 1e-9*max(1, math.Abs(want)))
}

// isNear fails the test unless the newest number of the field with labels differs from want by at most tolerance.
func (a answer) isNear(labels string, want, tolerance float64) {
	a.t.Helper()
	got := a.number(labels)
	if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > tolerance {
		a.t.Errorf("%s: got %v, want %v within %v; notices: %q", labels, got, want, tolerance, a.notices())
	}
}

// notices returns the texts of all notices.
func (a answer) notices() []string {
	var texts []string
	for _, frame := range a.Frames {
		if frame.Meta == nil {
			continue
		}
		for _, notice := range frame.Meta.Notices {
			texts = append(texts, notice.Text)
		}
	}
	return texts
}

// says fails the test unless a notice, or the error, contains a text.
func (a answer) says(text string) {
	a.t.Helper()
	if a.Error != nil && strings.Contains(a.Error.Error(), text) {
		return
	}
	if all := a.notices(); !strings.Contains(strings.Join(all, "\n"), text) {
		a.t.Errorf("no notice contains %q: %q (error %v)", text, all, a.Error)
	}
}

// catalog returns a definition with the given spec, each line of which is indented by two spaces.
func catalog(spec string) string {
	return "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: x }\nspec:\n  " + strings.ReplaceAll(strings.TrimSpace(spec), "\n", "\n  ") + "\n"
}

// healthSays fails the test unless the message of Save & test contains a text. It is asked at the time of the newest query.
func (tr *trial) healthSays(text string) {
	tr.t.Helper()
	result, err := tr.instance.(backend.CheckHealthHandler).CheckHealth(context.Background(), &backend.CheckHealthRequest{})
	if err != nil {
		tr.t.Fatal(err)
	}
	if !strings.Contains(result.Message, text) {
		tr.t.Errorf("Save & test does not say %q: %s", text, result.Message)
	}
}
