package bridge

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// fake is a plugin that answers with what it was asked.
type fake struct {
	queried   *backend.QueryDataRequest
	called    *backend.CallResourceRequest
	unhealthy bool
}

func (f *fake) QueryData(_ context.Context, request *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	f.queried = request
	result := backend.NewQueryDataResponse()
	for _, query := range request.Queries {
		frame := data.NewFrame("", data.NewField("score", data.Labels{"flow": "checkout"}, []float64{0.9}))
		response := backend.DataResponse{Frames: data.Frames{frame}, Status: backend.StatusOK}
		if strings.Contains(string(query.JSON), "fail") {
			response = backend.ErrDataResponse(backend.StatusBadRequest, "there is no such measure")
		}
		result.Responses[query.RefID] = response
	}
	return result, nil
}

func (f *fake) CheckHealth(_ context.Context, request *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	if f.unhealthy {
		return &backend.CheckHealthResult{Status: backend.HealthStatusError, Message: "no store"}, nil
	}
	settings := request.PluginContext.DataSourceInstanceSettings
	return &backend.CheckHealthResult{Status: backend.HealthStatusOk, Message: settings.URL, JSONDetails: settings.JSONData}, nil
}

func (f *fake) CallResource(_ context.Context, request *backend.CallResourceRequest) (*backend.CallResourceResponse, error) {
	f.called = request
	if request.Path == "broken" {
		return nil, errors.New("the plugin is gone")
	}
	headers := map[string][]string{"content-type": {"application/json"}}
	return &backend.CallResourceResponse{Status: http.StatusTeapot, Headers: headers, Body: request.Body}, nil
}

// ask sends a request to a bridge, and returns the status and the body of the answer.
func ask(b *Bridge, method, path, body string) (int, string) {
	recorder := httptest.NewRecorder()
	b.Handler().ServeHTTP(recorder, httptest.NewRequest(method, path, strings.NewReader(body)))
	return recorder.Code, recorder.Body.String()
}

func newBridge(plugin Plugin) *Bridge {
	return New(plugin, Settings{UID: "u1", Name: "cer", URL: "http://store", JSONData: map[string]any{"definition": "a"}})
}

func TestBridge(t *testing.T) {
	const source = "/api/datasources/uid/u1"
	tests := map[string]struct {
		plugin             fake
		method, path, body string
		status             int
		says               string
	}{
		"a query is answered with frames": {fake{}, "POST", "/api/ds/query", `{"from":"0","to":"1","queries":[{"refId":"B"}]}`, 200,
			`{"results":{"B":{"status":200,"frames":[{"schema":{"fields":[{"name":"score"`},
		"a query that fails is a bad request": {fake{}, "POST", "/api/ds/query", `{"from":"0","to":"1","queries":[{"measure":"fail"}]}`, 400,
			`"error":"there is no such measure"`},
		"no queries are refused":           {fake{}, "POST", "/api/ds/query", `{"from":"0","to":"1"}`, 400, "no queries found"},
		"a range that is none is refused":  {fake{}, "POST", "/api/ds/query", `{"from":"soon","to":"1","queries":[{}]}`, 400, `from is \"soon\"`},
		"a body that is none is refused":   {fake{}, "POST", "/api/ds/query", `queries`, 400, "no request for queries"},
		"a data source that works":         {fake{}, "GET", source + "/health", "", 200, `{"details":{"definition":"a"},"message":"http://store","status":"OK"}`},
		"a data source that does not":      {fake{unhealthy: true}, "GET", source + "/health", "", 400, `{"message":"no store","status":"ERROR"}`},
		"another data source is not known": {fake{}, "GET", "/api/datasources/uid/u2/health", "", 404, "not found"},
		"a resource is handed through":     {fake{}, "POST", source + "/resources/a/b?c=d", `{"e":1}`, 418, `{"e":1}`},
		"a plugin that is gone":            {fake{}, "GET", source + "/resources/broken", "", 500, "the plugin is gone"},
		"the settings can be read":         {fake{}, "GET", source, "", 200, `"url":"http://store","jsonData":{"definition":"a"}`},
		"settings that are none":           {fake{}, "PUT", source, "definition: a", 400, "bad request data"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			status, body := ask(newBridge(&test.plugin), test.method, test.path, test.body)
			if status != test.status || !strings.Contains(body, test.says) {
				t.Errorf("the answer is %d %s, want %d with %s", status, body, test.status, test.says)
			}
		})
	}
}

func TestWhatThePluginIsTold(t *testing.T) {
	plugin := &fake{}
	b := newBridge(plugin)
	ask(b, "POST", "/api/ds/query", `{"from":"60000","to":"120000","queries":[{"refId":"B","intervalMs":500,"level":"flow"},{"maxDataPoints":7}]}`)
	first, second := plugin.queried.Queries[0], plugin.queried.Queries[1]
	if first.RefID != "B" || first.Interval != 500*time.Millisecond || first.MaxDataPoints != defaultMaxDataPoints ||
		!first.TimeRange.From.Equal(time.Unix(60, 0)) || !first.TimeRange.To.Equal(time.Unix(120, 0)) ||
		!strings.Contains(string(first.JSON), `"level":"flow"`) {
		t.Errorf("the first query is %+v", first)
	}
	if second.RefID != "A" || second.Interval != time.Second || second.MaxDataPoints != 7 {
		t.Errorf("the second query is %+v", second)
	}
	ask(b, "GET", "/api/datasources/uid/u1/resources/a/b?c=d", "")
	if plugin.called.Path != "a/b" || plugin.called.URL != "a/b?c=d" || plugin.called.PluginContext.User.Role != "Admin" {
		t.Errorf("the resource is asked for as %+v", plugin.called)
	}
}

func TestSavedSettingsAreTested(t *testing.T) {
	b := newBridge(&fake{})
	before, _ := b.source.instance()
	if status, body := ask(b, "PUT", "/api/datasources/uid/u1", `{"name":"cer","url":"http://other","jsonData":{"definition":"b"}}`); status != 200 {
		t.Fatalf("saving is answered %d %s", status, body)
	}
	if _, body := ask(b, "GET", "/api/datasources/uid/u1/health", ""); body != `{"details":{"definition":"b"},"message":"http://other","status":"OK"}` {
		t.Errorf("the health is %s", body)
	}
	after, _ := b.source.instance()
	if !after.Updated.After(before.Updated) || after.UID != "u1" {
		t.Errorf("the settings are %+v after %+v", after, before)
	}
}
