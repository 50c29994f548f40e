package bridge

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// pluginID is the plugin's in plugin.json.
const pluginID = "cer-reliability-datasource"

// maxBody bounds the body of a request, in bytes.
const maxBody = 4 << 20

// Plugin is what answers; a pluginhost.Host does.
type Plugin interface {
	QueryData(context.Context, *backend.QueryDataRequest) (*backend.QueryDataResponse, error)
	CheckHealth(context.Context, *backend.CheckHealthRequest) (*backend.CheckHealthResult, error)
	CallResource(context.Context, *backend.CallResourceRequest) (*backend.CallResourceResponse, error)
}

// Bridge translates HTTP requests into calls of a plugin, on behalf of an admin.
type Bridge struct {
	plugin Plugin
	source *source
}

// New returns a bridge to a plugin that has one data source.
func New(plugin Plugin, settings Settings) *Bridge {
	return &Bridge{plugin: plugin, source: newSource(settings)}
}

// Handler serves the paths of Grafana's HTTP API.
func (b *Bridge) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/ds/query", b.query)
	mux.HandleFunc("GET /api/datasources/uid/{uid}", b.known(b.getSettings))
	mux.HandleFunc("PUT /api/datasources/uid/{uid}", b.known(b.putSettings))
	mux.HandleFunc("GET /api/datasources/uid/{uid}/health", b.known(b.health))
	mux.HandleFunc("GET /api/plugins/{id}/dashboards", none)
	mux.HandleFunc("/api/datasources/uid/{uid}/resources/{path...}", b.known(b.resource))
	return mux
}

// none answers with an empty list: the bridge keeps no dashboards.
func none(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, "[]")
}

// known refuses requests about another data source.
func (b *Bridge) known(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("uid") != b.source.uid() {
			refuse(w, http.StatusNotFound, "Data source not found")
			return
		}
		next(w, r)
	}
}

// context is what the plugin is told about the data source and who asks.
func (b *Bridge) context() (backend.PluginContext, error) {
	settings, err := b.source.instance()
	return backend.PluginContext{
		OrgID:                      1,
		PluginID:                   pluginID,
		User:                       &backend.User{Login: "admin", Name: "admin", Role: "Admin"},
		DataSourceInstanceSettings: settings,
	}, err
}

// health answers as Save & test does: 400 where the data source does not work.
func (b *Bridge) health(w http.ResponseWriter, r *http.Request) {
	about, err := b.context()
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	result, err := b.plugin.CheckHealth(r.Context(), &backend.CheckHealthRequest{PluginContext: about})
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	status := http.StatusOK
	if result.Status != backend.HealthStatusOk {
		status = http.StatusBadRequest
	}
	body := map[string]any{"status": result.Status.String(), "message": result.Message}
	if len(result.JSONDetails) > 0 {
		body["details"] = json.RawMessage(result.JSONDetails)
	}
	answer(w, status, body)
}

// resource hands a request on to the plugin, and the plugin's answer back.
func (b *Bridge) resource(w http.ResponseWriter, r *http.Request) {
	about, err := b.context()
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	path := r.PathValue("path")
	url := path
	if r.URL.RawQuery != "" {
		url += "?" + r.URL.RawQuery
	}
	result, err := b.plugin.CallResource(r.Context(), &backend.CallResourceRequest{
		PluginContext: about, Method: r.Method, Path: path, URL: url, Headers: r.Header, Body: body,
	})
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	for name, values := range result.Headers {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	w.WriteHeader(result.Status)
	w.Write(result.Body)
}

// answer writes JSON.
func answer(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(raw)
}

// refuse says what is wrong, as Grafana's API does.
func refuse(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]string{"message": message})
}
