package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/internal/pluginhost"
)

// process is the plugin's, with the operator's folder from which it has its catalogs.
type process struct {
	host   *pluginhost.Host
	folder string
}

// startProcess starts the plugin with a catalog. It is to be stopped.
func startProcess(executable string, c catalog) (*process, error) {
	folder, err := os.MkdirTemp("", "cer-bench-catalogs-")
	if err != nil {
		return nil, err
	}
	p := &process{folder: folder}
	for i, file := range c.files() {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s%02d.yaml", c.name, i)), []byte(file), 0o600); err != nil {
			return nil, errors.Join(err, os.RemoveAll(folder))
		}
	}
	env := []string{"GF_PLUGIN_DEFINITIONS_PATH=" + folder}
	if p.host, err = pluginhost.Start(pluginhost.Config{Executable: executable, Env: env}); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return p, nil
}

// stop ends the process, if there is one.
func (p *process) stop() error {
	if p == nil {
		return nil
	}
	p.host.Stop()
	return os.RemoveAll(p.folder)
}

// source is a data source of a process.
type source struct {
	process *process
	context backend.PluginContext
}

// ids number the data sources, so that none has what another has kept.
var ids atomic.Int64

// source returns a data source that nobody has asked anything yet, for a catalog and a store. Its definition is loaded,
// as it is since its settings were saved, and the store has not been asked. More are names and values of jsonData.
func (p *process) source(ctx context.Context, c catalog, url string, more ...any) (*source, error) {
	settings := map[string]any{"catalog": c.name, "timeInterval": c.scrape.String()}
	for i := 0; i < len(more); i += 2 {
		settings[more[i].(string)] = more[i+1]
	}
	raw, err := json.Marshal(settings)
	if err != nil {
		return nil, err
	}
	id := ids.Add(1)
	s := &source{process: p, context: backend.PluginContext{
		Namespace: "default", PluginID: "cer-reliability-datasource", User: &backend.User{Login: "bench", Role: "Admin"},
		DataSourceInstanceSettings: &backend.DataSourceInstanceSettings{
			ID: id, UID: fmt.Sprintf("bench-%d", id), Name: "cer", Type: "cer-reliability-datasource", URL: url, JSONData: raw, Updated: time.Unix(id, 0),
		},
	}}
	answer, err := p.host.CallResource(ctx, &backend.CallResourceRequest{PluginContext: s.context, Path: "catalog", URL: "catalog", Method: "GET"})
	if err == nil && answer.Status != 200 {
		err = fmt.Errorf("the catalog %s can't be loaded: %s", c.name, answer.Body)
	}
	return s, err
}

// query is one of a panel, as Grafana sends it.
type query struct {
	json     string
	from, to time.Time
	interval time.Duration
}

// panel is what one request of Grafana asks.
type panel struct {
	queries []query
	// headers are those that Grafana sends with it.
	headers map[string]string
}

// ask asks what a panel does, and waits until its frames are there. An answer with an error in it is one.
func (s *source) ask(ctx context.Context, p panel) (*backend.QueryDataResponse, error) {
	request := &backend.QueryDataRequest{PluginContext: s.context, Headers: p.headers}
	for i, q := range p.queries {
		request.Queries = append(request.Queries, backend.DataQuery{
			RefID: refID(i), JSON: []byte(q.json), Interval: q.interval, MaxDataPoints: 1000,
			TimeRange: backend.TimeRange{From: q.from, To: q.to},
		})
	}
	answer, err := s.process.host.QueryData(ctx, request)
	if err != nil {
		return nil, err
	}
	for refID, one := range answer.Responses {
		if one.Error != nil {
			i := int(refID[0] - 'A')
			return nil, fmt.Errorf("the plugin answers %s with: %w", p.queries[i].json, one.Error)
		}
	}
	return answer, nil
}

// metrics are what the process says of itself. Memory is in bytes.
type metrics struct {
	cpu                         time.Duration
	allocated, resident, cached float64
}

// peak is the most memory that the process has had so far, in bytes; 0 where the machine does not say.
func (p *process) peak() float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.host.PID()))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kib float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kib); n == 1 {
			return kib * 1024
		}
	}
	return 0
}

// metrics asks the process for its metrics.
func (p *process) metrics(ctx context.Context) (metrics, error) {
	text, err := p.host.CollectMetrics(ctx)
	if err != nil {
		return metrics{}, err
	}
	found := map[string]float64{}
	for line := range strings.Lines(text) {
		name, rest, _ := strings.Cut(line, " ")
		var value float64
		if _, err := fmt.Sscan(rest, &value); err == nil {
			found[name] = value
		}
	}
	return metrics{
		cpu:       time.Duration(found["process_cpu_seconds_total"] * float64(time.Second)),
		allocated: found["go_memstats_alloc_bytes_total"], resident: found["process_resident_memory_bytes"],
		cached: found["grafana_plugin_cer_cache_bytes"],
	}, nil
}

// refID is what the k-th query of a panel is called.
func refID(k int) string { return string(rune('A' + k)) }
