package shop

import (
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/scrape"
)

// Metadata returns the type, the unit and the meaning of every metric of the shop.
func Metadata() []scrape.MetricMetadata {
	const seconds = "seconds"
	return []scrape.MetricMetadata{
		{MetricFamily: "auth_attempts_total", Type: model.MetricTypeCounter, Help: "Attempts to log in by outcome: success, bad_credentials or suspicious."},
		{MetricFamily: "auth_fallback_active", Type: model.MetricTypeGauge, Help: "Whether a cache may stand in for the identity provider."},
		{MetricFamily: "auth_fallback_total", Type: model.MetricTypeCounter, Help: "Logins that a cache has answered, since the identity provider failed."},
		{MetricFamily: "build_info", Type: model.MetricTypeGauge, Help: "The version that an instance runs, always 1."},
		{MetricFamily: "cloud_cost_per_hour", Type: model.MetricTypeGauge, Help: "What the instances of a service cost in EUR."},
		{MetricFamily: "cold_starts_total", Type: model.MetricTypeCounter, Help: "Requests that waited until a function had started."},
		{MetricFamily: "deployments_started_total", Type: model.MetricTypeCounter, Help: "Deployments whose canary got the new version."},
		{MetricFamily: "deployments_total", Type: model.MetricTypeCounter, Help: "Deployments by result: success or rolled_back."},
		{MetricFamily: "http_request_duration_seconds", Type: model.MetricTypeHistogram, Unit: seconds, Help: "How long requests took."},
		{MetricFamily: "http_requests_total", Type: model.MetricTypeCounter, Help: "Requests by HTTP status code."},
		{MetricFamily: "idp_calls_total", Type: model.MetricTypeCounter, Help: "Calls of the identity provider by outcome: ok or error."},
		{MetricFamily: "orders_inconsistent_total", Type: model.MetricTypeCounter, Help: "Orders whose stock and payment do not agree."},
		{MetricFamily: "orders_total", Type: model.MetricTypeCounter, Help: "Orders placed."},
		{MetricFamily: "probe_duration_seconds", Type: model.MetricTypeGauge, Unit: seconds, Help: "How long the newest synthetic check took."},
		{MetricFamily: "probe_success", Type: model.MetricTypeGauge, Help: "Whether the newest synthetic check succeeded."},
		{MetricFamily: "psp_call_duration_seconds", Type: model.MetricTypeHistogram, Unit: seconds, Help: "How long calls of the payment provider took."},
		{MetricFamily: "psp_calls_total", Type: model.MetricTypeCounter, Help: "Calls of the payment provider by outcome: ok, declined, error or timeout."},
		{MetricFamily: "search_duration_seconds", Type: model.MetricTypeHistogram, Unit: seconds, Help: "How long answered searches took, as a native histogram."},
		{MetricFamily: "telemetry_spans_dropped_total", Type: model.MetricTypeCounter, Help: "Spans that were lost on their way."},
		{MetricFamily: "telemetry_spans_total", Type: model.MetricTypeCounter, Help: "Spans made."},
		{MetricFamily: "up", Type: model.MetricTypeGauge, Help: "Whether the newest scrape succeeded."},
		{MetricFamily: "web_vitals_cls", Type: model.MetricTypeHistogram, Help: "Cumulative layout shift of page views."},
		{MetricFamily: "web_vitals_inp_seconds", Type: model.MetricTypeHistogram, Unit: seconds, Help: "Interaction to next paint of page views."},
		{MetricFamily: "web_vitals_lcp_seconds", Type: model.MetricTypeHistogram, Unit: seconds, Help: "Largest contentful paint of page views."},
	}
}
