package shop_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/demo/shop"
)

// end is the end of the history that the tests look at. The day is any, at the hour of the most traffic in eu.
var end = time.Date(2026, 11, 2, 19, 0, 0, 0, time.UTC)

// history is a store with 6 hours of the shop, which all tests read and none changes. It is scraped once a minute, to
// be made in little time.
var history *promstore.Store

func TestMain(m *testing.M) {
	code, err := withHistory(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// withHistory makes the history, runs the tests and returns their exit code.
func withHistory(run func() int) (int, error) {
	dir, err := os.MkdirTemp("", "shop")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	history, err = promstore.Open(promstore.Config{Dir: dir, Metadata: shop.Metadata()})
	if err != nil {
		return 0, err
	}
	defer history.Close()
	if err := shop.New(shop.Config{Seed: 1, End: end, Interval: time.Minute}).Backfill(context.Background(), history); err != nil {
		return 0, err
	}
	return run(), nil
}

// before returns the instant d before the end of the history.
func before(d time.Duration) time.Time { return end.Add(-d) }

// vector returns what PromQL answers of the history at an instant.
func vector(t *testing.T, promQL string, at time.Time) promql.Vector {
	t.Helper()
	query, err := history.Engine().NewInstantQuery(t.Context(), history.Queryable(), nil, promQL, at)
	if err != nil {
		t.Fatalf("%s: %v", promQL, err)
	}
	defer query.Close()
	result, err := query.Exec(t.Context()).Vector()
	if err != nil {
		t.Fatalf("%s: %v", promQL, err)
	}
	return append(promql.Vector(nil), result...)
}

// number returns the one number that PromQL answers, NaN where there is none.
func number(t *testing.T, promQL string, at time.Time) float64 {
	t.Helper()
	switch result := vector(t, promQL, at); len(result) {
	case 0:
		return math.NaN()
	case 1:
		return result[0].F
	default:
		t.Fatalf("%s: %d series, not one", promQL, len(result))
		return 0
	}
}

func TestIncidentsShowInTheTelemetry(t *testing.T) {
	const (
		checkoutErrors = `sum(rate(http_requests_total{handler="/checkout",code=~"5.."}[5m])) / sum(rate(http_requests_total{handler="/checkout"}[5m]))`
		fastSearch     = `histogram_fraction(0, 0.3, sum(rate(search_duration_seconds{region="%s"}[5m])))`
		classicSearch  = `sum(rate(http_request_duration_seconds_bucket{handler="/search",region="%s",le="0.3"}[5m])) / sum(rate(http_request_duration_seconds_count{handler="/search",region="%[1]s"}[5m]))`
		failedPayments = `sum(rate(psp_calls_total{outcome=~"error|timeout"}[5m])) / sum(rate(psp_calls_total[5m]))`
		slowPayments   = `histogram_quantile(0.5, sum by (le) (rate(psp_call_duration_seconds_bucket[5m])))`
		accountSeries  = `count(http_requests_total{job="shop-account"}) or vector(0)`
		accountUp      = `avg(up{job="shop-account"})`
	)
	in := func(promQL, region string) string { return fmt.Sprintf(promQL, region) }
	tests := map[string]struct {
		promQL   string
		at       time.Time
		from, to float64
	}{
		"checkout is sound before the burst":  {checkoutErrors, before(4*time.Hour + 31*time.Minute), 0, 0.02},
		"checkout fails in the burst":         {checkoutErrors, before(4*time.Hour + 22*time.Minute), 0.2, 0.3},
		"checkout recovers after the burst":   {checkoutErrors, before(4 * time.Hour), 0, 0.02},
		"search in eu is fast at first":       {in(fastSearch, "eu"), before(3*time.Hour + time.Minute), 0.97, 1},
		"search in eu becomes slow":           {in(fastSearch, "eu"), before(2*time.Hour + 50*time.Minute), 0, 0.4},
		"search in us stays fast":             {in(fastSearch, "us"), before(2*time.Hour + 50*time.Minute), 0.97, 1},
		"the classic histogram says slow too": {in(classicSearch, "eu"), before(2*time.Hour + 50*time.Minute), 0, 0.4},
		"payments succeed at first":           {failedPayments, before(2*time.Hour + time.Minute), 0, 0.01},
		"payments fail in the incident":       {failedPayments, before(1*time.Hour + 50*time.Minute), 0.1, 0.25},
		"payments are fast at first":          {slowPayments, before(2*time.Hour + time.Minute), 0.1, 0.3},
		"payments are slow in the incident":   {slowPayments, before(1*time.Hour + 50*time.Minute), 0.6, 2},
		"account is scraped at first":         {accountUp, before(61 * time.Minute), 1, 1},
		"account can't be scraped":            {accountUp, before(50 * time.Minute), 0, 0},
		"account has no series then":          {accountSeries, before(50 * time.Minute), 0, 0},
		"account has its series again":        {accountSeries, before(30 * time.Minute), 36, 500},
		"all is scraped at the end":           {`min(up)`, end, 1, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := number(t, test.promQL, test.at); !(got >= test.from && got <= test.to) {
				t.Errorf("%v is not in [%v, %v]: %s", got, test.from, test.to, test.promQL)
			}
		})
	}
}

func TestTelemetryIsLikeThatOfRealServices(t *testing.T) {
	tests := map[string]struct {
		promQL   string
		from, to float64
	}{
		"counters are integers":                    {`max(http_requests_total % 1)`, 0, 0},
		"every flow has requests":                  {`count(count by (job) (rate(http_requests_total[5m]) > 0))`, 5, 5},
		"regions, tiers and tracks":                {`count(count by (region, customer_tier, track) (http_requests_total))`, 12, 12},
		"error counters are born late":             {`count(http_requests_total{code="500"}) / count(http_requests_total{code="200"})`, 0.1, 0.9},
		"instances restart with deployments":       {`sum(resets(telemetry_spans_total{job="shop-search"}[6h]))`, 9, 40},
		"deployments are counted":                  {`sum(increase(deployments_total[6h]))`, 10, 20},
		"an instance has one version":              {`max(count by (instance) (build_info{app="shop"}))`, 1, 1},
		"versions change":                          {`count(count by (version) (last_over_time(build_info{service="search"}[6h])))`, 3, 5},
		"traffic has a daily curve":                {`sum(rate(http_requests_total{region="us"}[5m])) / sum(rate(http_requests_total{region="us"}[5m] offset 5h))`, 1.2, 3},
		"probes have no region":                    {`count(probe_success{region=""})`, 6, 6},
		"the payment provider says cloud_region":   {`count(count by (cloud_region) (psp_calls_total{region=""}))`, 3, 3},
		"native histograms agree with classic":     {`histogram_count(sum(rate(search_duration_seconds[5m]))) / sum(rate(http_request_duration_seconds_count{handler="/search"}[5m]))`, 0.98, 1},
		"browsers report every page":               {`count(count by (page) (web_vitals_lcp_seconds_count))`, 5, 5},
		"largest contentful paint is good":         {`histogram_quantile(0.75, sum by (le) (rate(web_vitals_lcp_seconds_bucket[5m])))`, 1, 2.5},
		"interaction to next paint is good":        {`histogram_quantile(0.75, sum by (le) (rate(web_vitals_inp_seconds_bucket[5m])))`, 0.05, 0.2},
		"cumulative layout shift is good":          {`histogram_quantile(0.75, sum by (le) (rate(web_vitals_cls_bucket[5m])))`, 0.01, 0.1},
		"orders are consistent but for a few":      {`sum(increase(orders_inconsistent_total[6h])) / sum(increase(orders_total[6h]))`, 0.0001, 0.002},
		"attempts to log in are seldom attacks":    {`sum(rate(auth_attempts_total{outcome="suspicious"}[6h])) / sum(rate(auth_attempts_total[6h]))`, 0.00005, 0.002},
		"spans are seldom lost":                    {`sum(rate(telemetry_spans_dropped_total[6h])) / sum(rate(telemetry_spans_total[6h]))`, 0.0005, 0.005},
		"the number of series is that of a shop":   {`count({__name__!=""})`, 2000, 4000},
		"bucket bounds are as Prometheus 3 spells": {`count(http_request_duration_seconds_bucket{le="1.0"}) - count(http_request_duration_seconds_count)`, 0, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := number(t, test.promQL, end); !(got >= test.from && got <= test.to) {
				t.Errorf("%v is not in [%v, %v]: %s", got, test.from, test.to, test.promQL)
			}
		})
	}
}

func TestSlowAndFailedRequestsLeaveExemplars(t *testing.T) {
	for name, promQL := range map[string]string{
		"slow":   `http_request_duration_seconds_bucket{handler="/checkout"}`,
		"failed": `http_requests_total{handler="/checkout",code=~"5.."}`,
	} {
		t.Run(name, func(t *testing.T) {
			query := url.Values{"query": {promQL}, "start": {before(30 * time.Minute).Format(time.RFC3339)}, "end": {end.Format(time.RFC3339)}}
			response, err := http.Get(history.URL() + "/api/v1/query_exemplars?" + query.Encode())
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil || !strings.Contains(string(body), `"labels":{"trace_id":"`) {
				t.Errorf("there are no traces of checkouts: %v %s", err, body)
			}
		})
	}
}

func TestEveryMetricHasMetadata(t *testing.T) {
	described := map[string]bool{}
	for _, one := range shop.Metadata() {
		described[one.MetricFamily] = true
		for _, suffix := range []string{"_bucket", "_count", "_sum"} {
			described[one.MetricFamily+suffix] = one.Type == "histogram"
		}
	}
	for _, sample := range vector(t, `count by (__name__) ({__name__!=""})`, end) {
		if name := sample.Metric.Get("__name__"); !described[name] {
			t.Errorf("%s has no metadata", name)
		}
	}
}
