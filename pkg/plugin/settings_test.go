package plugin

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/config"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

func TestSettingsThatWork(t *testing.T) {
	type want struct {
		method      string
		timeout     time.Duration
		scrape      time.Duration
		concurrency int
		parameters  string
	}
	defaults := want{"", time.Minute, 15 * time.Second, fetch.DefaultConcurrency, ""}
	with := func(change func(*want)) want {
		changed := defaults
		change(&changed)
		return changed
	}
	tests := map[string]struct {
		json   string
		config map[string]string
		want   want
	}{
		"none":                    {"", nil, defaults},
		"empty ones":              {`{"queryTimeout":"","timeInterval":" ","httpMethod":""}`, nil, defaults},
		"fields of Grafana's own": {`{"tlsAuth":false,"oauthPassThru":false,"manageAlerts":true}`, nil, defaults},
		"the method, in any case": {`{"httpMethod":"get"}`, nil, with(func(w *want) { w.method = http.MethodGet })},
		"durations as Prometheus has them": {`{"queryTimeout":"1m30s","timeInterval":"500ms"}`, nil, with(func(w *want) {
			w.timeout, w.scrape = 90*time.Second, 500*time.Millisecond
		})},
		"parameters for the store":                       {`{"customQueryParameters":"max_source_resolution=5m&dedup=true"}`, nil, with(func(w *want) { w.parameters = "dedup=true&max_source_resolution=5m" })},
		"the concurrency of the settings":                {`{"concurrency":4}`, map[string]string{config.ConcurrentQueryCount: "7"}, with(func(w *want) { w.concurrency = 4 })},
		"else that of Grafana":                           {`{}`, map[string]string{config.ConcurrentQueryCount: "7"}, with(func(w *want) { w.concurrency = 7 })},
		"a concurrency that is none counts as not there": {`{"concurrency":-1}`, map[string]string{config.ConcurrentQueryCount: "many"}, defaults},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ctx := config.WithGrafanaConfig(t.Context(), config.NewGrafanaCfg(test.config))
			instance := withJSON(instanceOf(test.json))
			s, err := readSettings(instance.JSONData)
			if err != nil {
				t.Fatal(err)
			}
			scrape, err := s.scrapeInterval()
			if err != nil {
				t.Fatal(err)
			}
			cfg, err := s.storeConfig(ctx, instance)
			if err != nil {
				t.Fatal(err)
			}
			if got := (want{cfg.Method, cfg.Timeout, scrape, cfg.Concurrency, cfg.CustomQueryParameters.Encode()}); got != test.want {
				t.Errorf("the settings are %+v, want %+v", got, test.want)
			}
			client, err := newClient(ctx, instance, &connections{})
			if err != nil {
				t.Fatal(err)
			}
			if client.Timeout != 0 {
				t.Errorf("the client has a timeout of its own: %s", client.Timeout)
			}
		})
	}
}

func TestSettingsThatCantBeUsed(t *testing.T) {
	tests := map[string]struct{ json, url, message string }{
		"no JSON":                                {`settings`, "http://store", "the settings (jsonData) can't be read"},
		"a field of another type":                {`{"concurrency":"four"}`, "http://store", "the settings (jsonData) can't be read"},
		"a scrape interval of words":             {`{"timeInterval":"often"}`, "http://store", `the setting timeInterval is "often"; a duration such as 15s is needed`},
		"a timeout of nothing":                   {`{"queryTimeout":"0s"}`, "http://store", `the setting queryTimeout is "0s"; a duration such as 1m0s is needed`},
		"no URL":                                 {`{}`, " ", "the setting url is empty"},
		"a URL without a host":                   {`{}`, "prometheus:9090", "The data source has no usable URL"},
		"another method":                         {`{"httpMethod":"put"}`, "http://store", "The HTTP method must be POST or GET"},
		"parameters that are none":               {`{"customQueryParameters":"a=%zz"}`, "http://store", "the setting customQueryParameters can't be read"},
		"a destination of traces without a name": {`{"exemplarTraceIdDestinations":[{"name":" ","url":"https://t"}]}`, "http://store", "the setting exemplarTraceIdDestinations, number 1: it has no name"},
		"one that leads nowhere":                 {`{"exemplarTraceIdDestinations":[{"name":"trace_id"}]}`, "http://store", `the setting exemplarTraceIdDestinations, number 1: "trace_id" has neither a datasourceUid nor a url`},
		"one that is a script":                   {`{"exemplarTraceIdDestinations":[{"name":"a","datasourceUid":"tempo"},{"name":"trace_id","url":"javascript:alert(1)"}]}`, "http://store", `the setting exemplarTraceIdDestinations, number 2: the url of "trace_id" is "javascript:alert(1)"`},
		"very many of them":                      {`{"exemplarTraceIdDestinations":[` + strings.Repeat(`{"name":"a","url":"/a"},`, maxTraceDestinations) + `{"name":"a","url":"/a"}]}`, "http://store", "the setting exemplarTraceIdDestinations has 21 destinations, more than 20"},
		"a certificate that is none":             {`{"tlsAuthWithCACert":true}`, "https://store", "the settings of the connection can't be used"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			instance := instanceOf(test.json)
			instance.URL = test.url
			d := newDataSource(t.Context(), instance, newSharedState(""))
			if d.broken == nil || !strings.HasPrefix(d.broken.Error(), test.message) {
				t.Fatalf("the error is %v, want %q", d.broken, test.message)
			}
			answers, err := d.QueryData(t.Context(), &backend.QueryDataRequest{Queries: []backend.DataQuery{{RefID: "A"}}})
			if err != nil {
				t.Fatal(err)
			}
			if a := answers.Responses["A"]; a.Status != backend.StatusBadRequest || a.ErrorSource != backend.ErrorSourceDownstream || a.Error.Error() != d.broken.Error() {
				t.Errorf("the response to a query is %d %s %v", a.Status, a.ErrorSource, a.Error)
			}
		})
	}
}

func TestTraceIDsAreInTheLabelsOfTheDestinations(t *testing.T) {
	for json, want := range map[string]string{
		`{}`: "",
		`{"exemplarTraceIdDestinations":[{"name":"trace_id","datasourceUid":"tempo"},{"name":"order ","url":"https://orders.example/${__value.raw}","urlDisplayLabel":"Order"},{"name":"trace_id","url":"/traces/${__value.raw}"}]}`: "trace_id order",
	} {
		d := newDataSource(t.Context(), instanceOf(json), newSharedState(""))
		if got := strings.Join(d.traceLabels, " "); got != want || d.broken != nil {
			t.Errorf("%s: the labels are %q, want %q (%v)", json, got, want, d.broken)
		}
	}
}

// instanceOf returns the settings of a data source with jsonData, for a store that can't be reached.
func instanceOf(json string) backend.DataSourceInstanceSettings {
	return backend.DataSourceInstanceSettings{UID: "uid", Type: ID, URL: "http://store.invalid", JSONData: []byte(json),
		DecryptedSecureJSONData: map[string]string{"tlsCACert": "no certificate"}}
}
