package oracle

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/prometheus/prometheus/promql"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// question is what is asked of a catalog.
type question struct {
	from, to time.Time
	// interval is what Grafana suggests, step what becomes of it: no finer than the scrapes.
	interval, step, scrape time.Duration
	// window is the query's; "" where it leaves that open.
	window string
}

// latestInterval is what Grafana suggests with the format latest, whose one number does not depend on it.
const latestInterval = 5 * time.Minute

// instants are times at an even distance, with how long SLIs look back at them.
type instants struct {
	start, end time.Time
	step       time.Duration
	windowOf   func(*sli) time.Duration
}

// series returns the instants of the format timeseries.
func (q question) series(c *catalog) instants {
	return instants{floor(q.from, q.step), floor(q.to, q.step), q.step, func(s *sli) time.Duration {
		return q.windowOf(max(c.windowOf(s), q.step+q.scrape), q.step)
	}}
}

// latest returns the instant of the format latest.
func (q question) latest(c *catalog) instants {
	at := floor(q.to, q.scrape)
	return instants{at, at, q.step, func(s *sli) time.Duration { return q.windowOf(c.windowOf(s), latestInterval) }}
}

// windowOf returns the window of the query, given the automatic one and the step.
func (q question) windowOf(auto, step time.Duration) time.Duration {
	switch q.window {
	case "", "auto":
		return auto
	case "$__rate_interval":
		return max(step+q.scrape, 4*q.scrape)
	}
	d, err := time.ParseDuration(q.window)
	if err != nil {
		panic(err)
	}
	return d
}

// floor returns the multiple of step since the epoch at or before t.
func floor(t time.Time, step time.Duration) time.Time {
	return time.UnixMilli(t.UnixMilli() / step.Milliseconds() * step.Milliseconds())
}

// times returns the instants in milliseconds.
func (in instants) times() []int64 {
	if in.end.Before(in.start) {
		return nil
	}
	times := make([]int64, in.end.Sub(in.start)/in.step+1)
	for i := range times {
		times[i] = in.start.Add(time.Duration(i) * in.step).UnixMilli()
	}
	return times
}

// evaluate has the store's engine evaluate an expression that has one series at most, or none.
func (in instants) evaluate(store *promstore.Store, expr string) (column, error) {
	ctx := context.Background()
	query, err := store.Engine().NewRangeQuery(ctx, store.Queryable(), nil, expr, in.start, in.end, in.step)
	if err != nil {
		return nil, fmt.Errorf("the expression is refused: %w\n%s", err, expr)
	}
	defer query.Close()
	matrix, err := query.Exec(ctx).Matrix()
	if err != nil {
		return nil, fmt.Errorf("the expression fails: %w\n%s", err, expr)
	}
	return in.column(matrix)
}

// column lays out the one series of a matrix.
func (in instants) column(matrix promql.Matrix) (column, error) {
	if len(matrix) > 1 {
		return nil, fmt.Errorf("there are %d series: %s", len(matrix), matrix)
	}
	c := make(column, len(in.times()))
	for i := range c {
		c[i] = none
	}
	for _, s := range matrix {
		for _, p := range s.Floats {
			c[(p.T-in.start.UnixMilli())/in.step.Milliseconds()] = p.F
		}
	}
	return c, nil
}

// plugin answers queries: in this process, or as a process of its own.
type plugin interface {
	QueryData(ctx context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error)
}

// otherScrape is what the setting says where it is not to be believed.
const otherScrape = 7 * time.Second

// settings are those of the data source for a catalog. Answers come uncompressed, since the race detector makes
// compression cost more than anything else.
func (c *catalog) settings(url string) backend.DataSourceInstanceSettings {
	scrape := c.scrape
	if c.ownScrape || c.budget != nil { // Spacings of time slices are stated or measured, whatever the setting says.
		scrape = otherScrape
	}
	raw, err := json.Marshal(map[string]any{"definition": c.yaml(), "timeInterval": duration(scrape), "httpHeaderName1": "Accept-Encoding"})
	if err != nil {
		panic(err)
	}
	id := int64(c.seed)
	return backend.DataSourceInstanceSettings{
		ID: id, UID: fmt.Sprintf("random-%d", id), Type: "cer-reliability-datasource", Name: "cer", URL: url, JSONData: raw, Updated: epoch,
		DecryptedSecureJSONData: map[string]string{"httpHeaderValue1": "identity"},
	}
}

// query is one of the queries of a request.
type query struct{ format, measure, level string }

// The words of queries.
const (
	timeseries = "timeseries"
	latest     = "latest"
	score      = "score"
	coverage   = "coverage"
	overall    = "overall"
)

// queries are those that are asked of every catalog.
var queries = []query{
	{timeseries, score, "flow"}, {timeseries, score, overall}, {timeseries, coverage, "flow"}, {timeseries, coverage, overall},
	{latest, score, "flow"}, {latest, score, overall}, {latest, coverage, "flow"}, {latest, coverage, overall},
}

// String names the query.
func (q query) String() string { return q.format + " " + q.measure + " " + q.level }

// answers hold a column a query and flow; the flow of the whole is "".
type answers map[query]map[string]column

// ask asks the plugin all queries in one request.
func (tr trial) ask(p plugin) (answers, error) {
	settings := tr.source()
	req := &backend.QueryDataRequest{PluginContext: backend.PluginContext{
		OrgID: 1, PluginID: settings.Type, DataSourceInstanceSettings: &settings,
	}}
	for _, q := range queries {
		req.Queries = append(req.Queries, tr.asked.dataQuery(q))
	}
	response, err := p.QueryData(context.Background(), req)
	if err != nil {
		return nil, err
	}
	found := answers{}
	for _, q := range queries {
		if found[q], err = tr.instants(q.format).byFlow(response.Responses[q.String()]); err != nil {
			return nil, fmt.Errorf("%s: %w", q, err)
		}
	}
	return found, nil
}

// dataQuery is a query as Grafana sends it.
func (q question) dataQuery(of query) backend.DataQuery {
	fields := map[string]string{"format": of.format, "measure": of.measure, "level": of.level}
	if q.window != "" {
		fields["window"] = q.window
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	interval := q.interval
	if of.format == latest {
		interval = latestInterval
	}
	return backend.DataQuery{
		RefID: of.String(), JSON: raw, Interval: interval, MaxDataPoints: points,
		TimeRange: backend.TimeRange{From: q.from, To: q.to},
	}
}

// byFlow reads the frames of a response, one a flow.
func (in instants) byFlow(response backend.DataResponse) (map[string]column, error) {
	if response.Error != nil {
		return nil, response.Error
	}
	found := map[string]column{}
	for _, frame := range response.Frames {
		c, flow, err := in.read(frame)
		if err != nil {
			return nil, err
		}
		found[flow] = c
	}
	return found, nil
}

// read reads a frame, whose times must be the instants.
func (in instants) read(frame *data.Frame) (column, string, error) {
	times := in.times()
	if len(frame.Fields) == 0 {
		return nil, "", fmt.Errorf("a frame has no fields; its notices are %v", frame.Meta.Notices)
	}
	numbers := frame.Fields[len(frame.Fields)-1]
	if numbers.Len() != len(times) {
		return nil, "", fmt.Errorf("there are %d points, not %d", numbers.Len(), len(times))
	}
	c := make(column, len(times))
	for i := range c {
		c[i] = none
		if x := numbers.At(i).(*float64); x != nil {
			c[i] = *x
		}
		if len(frame.Fields) > 1 && frame.Fields[0].At(i).(time.Time).UnixMilli() != times[i] {
			return nil, "", fmt.Errorf("the %d-th point is at %s", i, frame.Fields[0].At(i))
		}
	}
	return c, numbers.Labels["flow"], nil
}
