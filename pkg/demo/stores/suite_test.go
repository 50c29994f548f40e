package stores

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/plugin"
)

// TestMain runs the tests without the log of the plugin.
func TestMain(m *testing.M) {
	log.DefaultLogger = log.NewNullLogger()
	backend.Logger = log.DefaultLogger
	os.Exit(m.Run())
}

// each runs a test on each of the stores that are tested, which are empty.
func each(t *testing.T, test func(t *testing.T, store *Store)) {
	t.Helper()
	eachOf(t, slices.Collect(maps.Keys(openers)), test)
}

// eachOf does so on some of them.
func eachOf(t *testing.T, some []string, test func(t *testing.T, store *Store)) {
	t.Helper()
	names, missing, err := Chosen()
	if err != nil {
		t.Fatal(err)
	}
	for _, why := range missing {
		t.Log("not tested: " + why)
	}
	for _, name := range names {
		if slices.Contains(some, name) {
			t.Run(name, func(t *testing.T) { test(t, Open(t, name)) })
		}
	}
}

// clock is the time of the data sources.
var clock atomic.Pointer[time.Time]

// factory makes data sources. A process has one, which registers metrics.
var factory = plugin.NewFactoryAt(func() time.Time { return *clock.Load() })

// sources numbers the data sources, none of which is another one.
var sources atomic.Int64

// source is a data source.
type source struct {
	t        testing.TB
	context  backend.PluginContext
	instance instancemgmt.Instance
}

// source returns a data source of the store with a definition, and changes to its settings, which may be nil.
func (s *Store) source(t testing.TB, definition string, changes map[string]any) *source {
	t.Helper()
	clock.CompareAndSwap(nil, &end)
	raw, err := json.Marshal(map[string]any{"definition": definition, "queryTimeout": "10m"}) // However busy the machine is.
	if err != nil {
		t.Fatal(err)
	}
	with := *s
	with.Settings = maps.Clone(s.Settings)
	maps.Copy(with.Settings, changes)
	settings := with.With(backend.DataSourceInstanceSettings{
		UID: fmt.Sprint("store-", sources.Add(1)), Type: "cer-reliability-datasource", Name: "cer", JSONData: raw, Updated: end,
	})
	instance, err := factory(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(instance.(instancemgmt.InstanceDisposer).Dispose)
	return &source{t, backend.PluginContext{OrgID: 1, DataSourceInstanceSettings: &settings}, instance}
}

// health is Save & test at a time.
func (s *source) health(now time.Time) *backend.CheckHealthResult {
	s.t.Helper()
	clock.Store(&now)
	result, err := s.instance.(backend.CheckHealthHandler).CheckHealth(s.t.Context(), &backend.CheckHealthRequest{PluginContext: s.context})
	if err != nil {
		s.t.Fatal(err)
	}
	return result
}

// ask asks a query, as JSON without its braces, over the time before now.
func (s *source) ask(now time.Time, query string, over, step time.Duration) backend.DataResponse {
	s.t.Helper()
	clock.Store(&now)
	response, err := s.instance.(backend.QueryDataHandler).QueryData(s.t.Context(), &backend.QueryDataRequest{
		PluginContext: s.context, Queries: []backend.DataQuery{{RefID: "A", JSON: []byte("{" + query + "}"), Interval: step, MaxDataPoints: int64(over/step) + 1,
			TimeRange: backend.TimeRange{From: now.Add(-over), To: now}}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return response.Responses["A"]
}

// latest returns the only number of a query in the format latest, and all that is said of it.
func (s *source) latest(now time.Time, query string) (number *float64, notices string) {
	s.t.Helper()
	answer := s.ask(now, `"format": "latest", `+query, time.Hour, time.Minute)
	if answer.Error != nil {
		s.t.Fatalf("%s fails: %v", query, answer.Error)
	}
	for _, frame := range answer.Frames {
		for _, field := range frame.Fields {
			if field.Type() == data.FieldTypeNullableFloat64 && field.Len() == 1 {
				number = field.At(0).(*float64)
			}
		}
	}
	return number, noticesOf(answer)
}

// noticesOf returns the notices of an answer, each in a line.
func noticesOf(answer backend.DataResponse) string {
	var texts []string
	for _, frame := range answer.Frames {
		if frame.Meta == nil {
			continue
		}
		for _, n := range frame.Meta.Notices {
			texts = append(texts, n.Text)
		}
	}
	return strings.Join(texts, "\n")
}

// says fails where a text lacks any of some words.
func says(t testing.TB, text string, words ...string) {
	t.Helper()
	for _, one := range words {
		if !strings.Contains(text, one) {
			t.Errorf("it lacks %q:\n%s", one, text)
		}
	}
}
