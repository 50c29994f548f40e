package process

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/config"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/internal/pluginhost"
)

// source is a data source as Grafana's users configure it.
type source struct {
	id      int64
	url     string
	json    map[string]any
	secure  map[string]string
	updated time.Time
	// config is Grafana's own, headers what it forwards with a request, and user who asks; all may be nil.
	config  map[string]string
	headers map[string]string
	user    *backend.User
	// host is the plugin that is asked, namespace the organisation's; they stand for the plugin that all tests share and
	// the first organisation where they are left out.
	host      *pluginhost.Host
	namespace string
	// org is the organisation's number, which Grafana 10.1 sends instead of a namespace, but with alert rules.
	org    int64
	is10_1 bool
}

// ids numbers the data sources, none of which may be taken for another.
var ids atomic.Int64

// newSource returns a data source of its own for a store and a definition. More are names and values of jsonData.
func newSource(url, definition string, more ...any) *source {
	s := &source{id: ids.Add(1), url: url, json: map[string]any{"definition": definition}, updated: start}
	for i := 0; i < len(more); i += 2 {
		s.json[more[i].(string)] = more[i+1]
	}
	return s
}

// save changes the definition, as Save & test does.
func (s *source) save(definition string) {
	s.json = maps.Clone(s.json)
	s.json["definition"] = definition
	s.updated = s.updated.Add(time.Second)
}

// uid is the UID of the data source, to which links of its answers lead.
func (s *source) uid() string { return fmt.Sprintf("uid-%d", s.id) }

// plugin is the plugin that is asked.
func (s *source) plugin() *pluginhost.Host { return cmp.Or(s.host, plugin) }

// context is what Grafana sends of the data source with each request.
func (s *source) context(t *testing.T) backend.PluginContext {
	t.Helper()
	raw, err := json.Marshal(s.json)
	if err != nil {
		t.Fatal(err)
	}
	namespace := cmp.Or(s.namespace, "default")
	if s.is10_1 {
		namespace = ""
	}
	return backend.PluginContext{
		OrgID: s.org, Namespace: namespace, PluginID: "cer-reliability-datasource", User: s.user, GrafanaConfig: config.NewGrafanaCfg(s.config),
		DataSourceInstanceSettings: &backend.DataSourceInstanceSettings{
			ID: s.id, UID: s.uid(), Name: "cer", Type: "cer-reliability-datasource",
			URL: s.url, JSONData: raw, DecryptedSecureJSONData: s.secure, Updated: s.updated,
		},
	}
}

// query is one query of a panel.
type query struct {
	refID    string
	json     string
	from, to time.Time
	interval time.Duration
}

// over asks for the numbers every minute between two instants of the telemetry.
func over(from, to time.Duration, json string) query {
	return query{refID: "A", json: json, from: at(from), to: at(to), interval: time.Minute}
}

// asked returns the query as Grafana sends it.
func (q query) asked() backend.DataQuery {
	return backend.DataQuery{
		RefID: q.refID, JSON: []byte(q.json), Interval: q.interval, MaxDataPoints: 1000,
		TimeRange: backend.TimeRange{From: q.from, To: q.to},
	}
}

// ask returns the answers to queries of one request.
func (s *source) ask(t *testing.T, queries ...query) backend.Responses {
	t.Helper()
	request := &backend.QueryDataRequest{PluginContext: s.context(t), Headers: s.headers}
	for _, q := range queries {
		request.Queries = append(request.Queries, q.asked())
	}
	answer, err := s.plugin().QueryData(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Responses) != len(queries) {
		t.Fatalf("%d queries have %d answers", len(queries), len(answer.Responses))
	}
	return answer.Responses
}

// frames returns the answer to a query, which has to succeed.
func (s *source) frames(t *testing.T, q query) data.Frames {
	t.Helper()
	answer := s.ask(t, q)[q.refID]
	if answer.Error != nil {
		t.Fatalf("the query %s failed with %d: %v", q.json, answer.Status, answer.Error)
	}
	return answer.Frames
}

// series are the numbers of an answer by its labels, such as checkout/availability/success; null is NaN. The series
// of the whole is "".
type series map[string][]float64

// seriesOf reads the field of a measure off frames, whose labels have to be unique.
func seriesOf(t *testing.T, frames data.Frames, measure string) series {
	t.Helper()
	found := series{}
	for _, frame := range frames {
		for _, field := range frame.Fields {
			if field.Name != measure {
				continue
			}
			name := nameOf(field.Labels)
			if _, twice := found[name]; twice {
				t.Errorf("two series have the labels %s", field.Labels)
			}
			found[name] = numbers(t, field)
		}
	}
	return found
}

// nameOf joins the values of labels.
func nameOf(l data.Labels) string {
	var values []string
	for _, name := range []string{"flow", "component", "sli"} {
		if value, ok := l[name]; ok {
			values = append(values, value)
		}
	}
	return strings.Join(values, "/")
}

// numbers reads a field, null as NaN.
func numbers(t *testing.T, field *data.Field) []float64 {
	t.Helper()
	found := make([]float64, field.Len())
	for i := range found {
		number, ok := field.At(i).(*float64)
		switch {
		case !ok:
			t.Fatalf("the field %s holds %T", field.Name, field.At(i))
		case number == nil:
			found[i] = math.NaN()
		default:
			found[i] = *number
		}
	}
	return found
}

// check compares with what is wanted, to 1e-9.
func (s series) check(t *testing.T, want series) {
	t.Helper()
	for name, numbers := range s {
		if _, wanted := want[name]; !wanted {
			t.Errorf("nobody wants the series %q: %v", name, numbers)
		}
	}
	for name, numbers := range want {
		if !same(s[name], numbers) {
			t.Errorf("the series %q is %v, want %v", name, s[name], numbers)
		}
	}
}

// same reports whether numbers are equal to 1e-9, NaN to NaN.
func same(a, b []float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if math.IsNaN(a[i]) != math.IsNaN(b[i]) || math.Abs(a[i]-b[i]) > 1e-9 {
			return false
		}
	}
	return true
}
