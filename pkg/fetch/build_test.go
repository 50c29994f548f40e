package fetch

import (
	"net/http"
	"testing"
)

func TestBuildInformation(t *testing.T) {
	for name, tc := range map[string]struct {
		body string
		want Build
	}{
		"Prometheus":          {`{"status":"success","data":{"version":"3.16.0","revision":"x","goVersion":"go1.26.7"}}`, Build{"Prometheus", "3.16.0"}},
		"Mimir":               {`{"status":"success","data":{"application":"Grafana Mimir","version":"2.17.0","goVersion":"go1.25","features":{"ruler_config_api":"true"}}}`, Build{"Grafana Mimir", "2.17.0"}},
		"Thanos":              {`{"status":"success","data":{"version":"0.42.4","goVersion":"go1.25"}}`, Build{"Thanos", "0.42.4"}},
		"VictoriaMetrics":     {`{"status":"success","data":{}}`, Build{"VictoriaMetrics", ""}},
		"old VictoriaMetrics": {`{}`, Build{"VictoriaMetrics", ""}},
		"new VictoriaMetrics": {`{"status":"success","data":{"version":"2.24.0"}}`, Build{"VictoriaMetrics", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodGet || r.URL.Path != "/api/v1/status/buildinfo" {
					t.Errorf("got %s %s", r.Method, r.URL.Path)
				}
				serving(http.StatusOK, tc.body)(w, r)
			})
			got, err := newStore(t, Config{URL: server.URL}).Build(t.Context())
			if err != nil || got != tc.want {
				t.Errorf("got %+v and the error %v, want %+v", got, err, tc.want)
			}
		})
	}
}

func TestStoreWithoutBuildInformation(t *testing.T) {
	for name, tc := range map[string]struct {
		status int
		body   string
		want   Kind
	}{
		"it has no such API":   {404, "404 page not found", NotFound},
		"it lets nobody in":    {401, "", Unauthorized},
		"it is a web page":     {200, "<title>Welcome</title>", NotPrometheus},
		"it is another API":    {200, `{"data":"hello"}`, NotPrometheus},
		"it is cut off":        {200, `{"data":`, NotPrometheus},
		"it is out of service": {503, "", Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, serving(tc.status, tc.body))
			_, err := newStore(t, Config{URL: server.URL}).Build(t.Context())
			if e := errorOf(t, err); e.Kind != tc.want {
				t.Errorf("got %s (%s), want %s", e.Kind, e.Message, tc.want)
			}
		})
	}
}
