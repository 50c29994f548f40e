package frame_test

import (
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// exemplarsFound is a result of a query for exemplars that the store has some of.
func exemplarsFound(t *testing.T, text string, found ...series.Exemplar) *engine.Result {
	t.Helper()
	p := planned(t, text)
	answers := make([]series.Exemplars, len(p.Exemplars))
	for i := range answers {
		answers[i].Found = found
	}
	return &engine.Result{Result: eval.Exemplars(p, answers, eval.ExemplarOptions{}), Requests: engine.RequestsOf(p)}
}

func TestFramesOfExemplars(t *testing.T) {
	at := end.Add(-time.Minute).UnixMilli()
	slow := series.Exemplar{Time: at, Value: 2.5, Labels: labels.FromStrings("trace_id", "4bf92f", "time", "own"),
		Series: labels.FromStrings("__name__", "duration_seconds_bucket", "le", "5", "handler", "/checkout", "job", "shop")}
	failed := series.Exemplar{Time: at, Value: 1, Labels: labels.FromStrings("traceID", "00f067"),
		Series: labels.FromStrings("__name__", "requests_total", "handler", "/checkout", "job", "shop", "code", "503")}
	check(t, "exemplars", data.FrameTypeTable, frame.From(exemplarsFound(t, `{"format":"exemplars","flows":["checkout"]}`, slow, failed)))
	check(t, "exemplars-nothing", data.FrameTypeTable, frame.From(exemplarsFound(t, `{"format":"exemplars","flows":["checkout"]}`)))
}
