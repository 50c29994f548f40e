package bridge

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// What Grafana takes for a query that says nothing of it.
const (
	defaultMaxDataPoints = 100
	defaultIntervalMs    = 1000
)

// metricRequest is the body of POST /api/ds/query. From and to are milliseconds since 1970, as Grafana's frontend sends
// them.
type metricRequest struct {
	From    string            `json:"from"`
	To      string            `json:"to"`
	Queries []json.RawMessage `json:"queries"`
}

// query asks the plugin the queries of a panel. As in Grafana 10.1, the status is 400 where any of them failed.
func (b *Bridge) query(w http.ResponseWriter, r *http.Request) {
	about, err := b.context()
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	request := &backend.QueryDataRequest{PluginContext: about}
	if request.Queries, err = readQueries(w, r); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	result, err := b.plugin.QueryData(r.Context(), request)
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	status := http.StatusOK
	for _, response := range result.Responses {
		if response.Error != nil {
			status = http.StatusBadRequest
		}
	}
	answer(w, status, result)
}

// readQueries reads the queries of a request.
func readQueries(w http.ResponseWriter, r *http.Request) ([]backend.DataQuery, error) {
	var request metricRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&request); err != nil {
		return nil, fmt.Errorf("the body is no request for queries: %w", err)
	}
	if len(request.Queries) == 0 {
		return nil, fmt.Errorf("no queries found")
	}
	during, err := readRange(request)
	if err != nil {
		return nil, err
	}
	var queries []backend.DataQuery
	for _, raw := range request.Queries {
		query, err := readQuery(raw, during)
		if err != nil {
			return nil, err
		}
		queries = append(queries, query)
	}
	return queries, nil
}

// readRange reads the time range of a request.
func readRange(request metricRequest) (backend.TimeRange, error) {
	from, err := strconv.ParseInt(request.From, 10, 64)
	if err != nil {
		return backend.TimeRange{}, fmt.Errorf("from is %q, not milliseconds", request.From)
	}
	to, err := strconv.ParseInt(request.To, 10, 64)
	if err != nil {
		return backend.TimeRange{}, fmt.Errorf("to is %q, not milliseconds", request.To)
	}
	return backend.TimeRange{From: time.UnixMilli(from), To: time.UnixMilli(to)}, nil
}

// readQuery takes out of a query what Grafana itself reads in it; the plugin gets all of it.
func readQuery(raw json.RawMessage, during backend.TimeRange) (backend.DataQuery, error) {
	common := struct {
		RefID         string  `json:"refId"`
		QueryType     string  `json:"queryType"`
		MaxDataPoints int64   `json:"maxDataPoints"`
		IntervalMs    float64 `json:"intervalMs"`
	}{RefID: "A", MaxDataPoints: defaultMaxDataPoints, IntervalMs: defaultIntervalMs}
	if err := json.Unmarshal(raw, &common); err != nil {
		return backend.DataQuery{}, fmt.Errorf("a query can't be read: %w", err)
	}
	return backend.DataQuery{
		RefID: common.RefID, QueryType: common.QueryType, MaxDataPoints: common.MaxDataPoints,
		Interval: time.Duration(common.IntervalMs * float64(time.Millisecond)), TimeRange: during, JSON: raw,
	}, nil
}
