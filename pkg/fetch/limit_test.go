package fetch

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

func TestS13LimitsOfTheStoreAreNotThePluginsFault(t *testing.T) {
	const adjust = "To adjust the related per-tenant limit, configure -x, or contact your service administrator."
	for name, tc := range map[string]struct {
		status                int
		kind, says            string
		want                  Kind
		advice                string
		isSplit, isExpression bool
	}{
		"Mimir, the range":        {400, "bad_data", "the query time range exceeds the limit (query length: 744h6m0s, limit: 721h0m0s) (err-mimir-max-query-length). " + adjust, RangeLimit, "budgetWindow", false, false},
		"Mimir, the whole":        {422, "execution", "the total query time range exceeds the limit (query length: 9h0m0s, limit: 1h0m0s) (err-mimir-max-total-query-length). " + adjust, RangeLimit, "shorter range", false, false},
		"Cortex, the range":       {400, "bad_data", "the query time range exceeds the limit (query length: 9h, limit: 1h)", RangeLimit, "budgetWindow", false, false},
		"Mimir, series":           {422, "execution", "the query exceeded the maximum number of series (limit: 10 series) (err-mimir-max-series-per-query). " + adjust, StoreLimit, "Filter by dimensions", true, false},
		"Mimir, chunks":           {422, "execution", "the query exceeded the maximum number of chunks (limit: 10 chunks) (err-mimir-max-chunks-per-query). " + adjust, StoreLimit, "larger step", true, false},
		"Mimir, estimated":        {422, "execution", "the query exceeded the maximum number of estimated chunks (err-mimir-max-estimated-chunks-per-query)", StoreLimit, "larger step", true, false},
		"Mimir, bytes":            {422, "execution", "the query exceeded the aggregated chunks size limit (limit: 9 bytes) (err-mimir-max-chunks-bytes-per-query). " + adjust, StoreLimit, "larger step", true, false},
		"Mimir, memory":           {422, "execution", "the query exceeded the maximum allowed estimated amount of memory (err-mimir-max-estimated-memory-consumption-per-query)", StoreLimit, "larger step", true, false},
		"Mimir, its length":       {400, "bad_data", "the raw query size in bytes exceeds the limit (err-mimir-max-query-expression-size-bytes)", TooLong, "fewer flows", true, false},
		"Mimir, a queue":          {429, "too_many_requests", "too many outstanding requests", TooManyRequests, "Refresh less often", false, false},
		"Mimir, a rate":           {429, "too_many_requests", "the request has been rejected because the tenant exceeded the request rate limit (err-mimir-tenant-max-request-rate)", TooManyRequests, "Refresh less often", false, false},
		"Mimir, blocked":          {422, "bad_data", "the request has been blocked by the cluster administrator (err-mimir-query-blocked)", Forbidden, "has blocked", false, false},
		"Mimir, the store":        {500, "internal", "failed to fetch some blocks (err-mimir-store-consistency-check-failed)", Unavailable, "history", false, false},
		"Thanos, series":          {422, "execution", "expanding series: proxy Series(): rpc error: code = ResourceExhausted desc = exceeded series limit: limit 10 violated (got 12)", StoreLimit, "Filter by dimensions", true, false},
		"VictoriaMetrics":         {422, "422", "cannot select more than -search.maxSamplesPerQuery=1000 samples", StoreLimit, "larger step", true, false},
		"VictoriaMetrics, series": {422, "422", "the number of matching timeseries exceeds 1; either narrow down the search or increase -search.max* command-line flag values at vmselect", StoreLimit, "Filter by dimensions", true, false},
		"VictoriaMetrics, length": {422, "422", "too long query; got 69 bytes; mustn't exceed `-search.maxQueryLen=20` bytes", TooLong, "fewer flows", true, false},
		"Thanos, a store":         {422, "execution", `expanding series: proxy Series(): fetch series for {replica="a"} Addr: 10.0.0.7:10901 : rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing"`, Unavailable, "A part of the store", false, false},
		"Thanos, a slow store":    {422, "execution", `expanding series: proxy Series(): receive series from Addr: 10.0.0.7:10901: context deadline exceeded`, Unavailable, "A part of the store", false, false},
		"an error of PromQL":      {400, "bad_data", `invalid parameter "query": 1:4: parse error: unexpected end of input`, BadData, "", true, true},
		"a failed query":          {422, "execution", "found duplicate series for the match group", Execution, "", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				serving(tc.status, refusal(tc.kind, tc.says))(w, r)
			})
			_, err := fetchOne(t, newStore(t, Config{URL: server.URL}), atNoon("up"))
			e := errorOf(t, err)
			if e.Kind != tc.want || e.Status != tc.status || e.Downstream == (tc.want == BadData) || e.IsOfExpression() != tc.isExpression {
				t.Errorf("got %s %d, downstream %t, of the expression %t: %s", e.Kind, e.Status, e.Downstream, e.IsOfExpression(), e.Message)
			}
			if !strings.Contains(e.Message, withoutStop(tc.says)) || !strings.Contains(e.Message, tc.advice) {
				t.Errorf("it lacks the store's words, or %q: %s", tc.advice, e.Message)
			}
			asked.Store(0)
			batch := newStore(t, Config{URL: server.URL}).Batch(t.Context())
			defer batch.Close()
			_, _ = batch.Fetch(t.Context(), []Leaf{atNoon("a"), atNoon("b")}, func([]Leaf) []Request {
				return []Request{{Leaf: atNoon("a or b"), Members: []int{0, 1}, Unmerge: func(all []series.Series) [][]series.Series { return [][]series.Series{all, all} }}}
			})
			if isSplit := asked.Load() > 1; isSplit != tc.isSplit {
				t.Errorf("asked %d times", asked.Load())
			}
		})
	}
}
