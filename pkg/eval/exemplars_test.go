package eval_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// exemplarEnd is the end of the hour that exemplars are asked for.
var exemplarEnd = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// exemplarPlan plans a query for exemplars of a catalog.
func exemplarPlan(t *testing.T, c *cer.Catalog, text string) *plan.Plan {
	t.Helper()
	q, err := query.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	times := plan.Times{From: exemplarEnd.Add(-time.Hour), To: exemplarEnd, Interval: time.Minute, Now: exemplarEnd, Scrape: 15 * time.Second}
	p, err := plan.Build(q, fixture.Compile(c), times, fixture.Facts())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// bucket is an exemplar of the fixture's histogram, some seconds before the end.
func bucket(seconds float64, before time.Duration, id string, more ...string) series.Exemplar {
	of := append([]string{"__name__", "duration_seconds_bucket", "handler", "/checkout", "job", "shop", "le", "5"}, more...)
	return series.Exemplar{Series: labels.FromStrings(of...), Labels: labels.FromStrings("trace_id", id, "span_id", "s"), Value: seconds, Time: exemplarEnd.Add(-before).UnixMilli()}
}

// ids are the IDs of the traces of a result.
func ids(r *eval.Result) string {
	var all []string
	for _, e := range r.Exemplars {
		all = append(all, e.TraceID)
	}
	return strings.Join(all, " ")
}

// noticesOf are the notices of a result.
func noticesOf(r *eval.Result) string {
	var all []string
	for _, n := range r.Notices {
		all = append(all, n.String())
	}
	return strings.Join(all, "\n")
}

func TestExemplarsAreMarkedAndOrdered(t *testing.T) {
	p := exemplarPlan(t, fixture.Shop(), `{"format":"exemplars","flows":["checkout"],"slis":["fast"]}`)
	foreign := bucket(9, 0, "foreign")
	foreign.Series = labels.NewBuilder(foreign.Series).Set("job", "other").Labels()
	r := eval.Exemplars(p, []series.Exemplars{{Warnings: []string{"half"}, Found: []series.Exemplar{
		bucket(.8, 10*time.Minute, "older"), bucket(.1, time.Minute, "newer"), bucket(1, 2*time.Minute, "slow"), bucket(4, 50*time.Minute, "slowest"),
		bucket(4, 50*time.Minute, "slowest"), bucket(3, 61*time.Minute, "before"), foreign,
	}}}, eval.ExemplarOptions{})
	if got := ids(r); got != "slowest slow newer older" {
		t.Errorf("the traces are %s", got)
	}
	first := r.Exemplars[0]
	if first.Outcome != expand.Slow || first.Value != 4 || !first.IsDuration || first.TraceLabel != "trace_id" || first.Labels["span_id"] != "s" || first.Labels["trace_id"] != "" ||
		!first.Time.Equal(exemplarEnd.Add(-50*time.Minute)) || first.Flow.Name != "checkout" || first.SLI.Name != "fast" {
		t.Errorf("the first exemplar is %+v", first)
	}
	for _, want := range []string{"1 exemplars in the answer of the store are of series that were not asked for", "the store warns: half"} {
		if got := noticesOf(r); !strings.Contains(got, want) {
			t.Errorf("the notices are %q, want %q", got, want)
		}
	}
}

func TestExemplarsOfCountersHaveNoValue(t *testing.T) {
	p := exemplarPlan(t, fixture.Shop(), `{"format":"exemplars","flows":["checkout"],"slis":["success"]}`)
	of := func(code, id string, before time.Duration) series.Exemplar {
		return series.Exemplar{Series: labels.FromStrings("__name__", "requests_total", "handler", "/checkout", "job", "shop", "code", code),
			Labels: labels.FromStrings("traceID", id), Value: 1, Time: exemplarEnd.Add(-before).UnixMilli()}
	}
	r := eval.Exemplars(p, []series.Exemplars{{Found: []series.Exemplar{of("200", "ok", 0), of("503", "old", time.Minute), of("500", "new", time.Second)}}}, eval.ExemplarOptions{})
	if got := ids(r); got != "new old ok" || !math.IsNaN(r.Exemplars[0].Value) || r.Exemplars[0].Outcome != expand.Failed || r.Exemplars[2].Outcome != expand.Fine {
		t.Errorf("the traces are %s: %+v", got, r.Exemplars)
	}
}

func TestTraceIDsAreInTheLabelsThatAreNamed(t *testing.T) {
	p := exemplarPlan(t, fixture.Shop(), `{"format":"exemplars","flows":["checkout"],"slis":["fast"]}`)
	found := []series.Exemplars{{Found: []series.Exemplar{bucket(1, 0, "a")}}}
	r := eval.Exemplars(p, found, eval.ExemplarOptions{TraceLabels: []string{"order", "span_id"}})
	if r.Exemplars[0].TraceID != "s" || r.Exemplars[0].Labels["trace_id"] != "a" {
		t.Errorf("the exemplar is %+v", r.Exemplars[0])
	}
	r = eval.Exemplars(p, found, eval.ExemplarOptions{TraceLabels: []string{"order"}})
	if want := "no trace ID, which is looked for in the labels order"; r.Exemplars[0].TraceID != "" || !strings.Contains(noticesOf(r), want) {
		t.Errorf("the notices are %q, want %q", noticesOf(r), want)
	}
}

// saying is an error of a store, which is a sentence.
type saying string

func (s saying) Error() string { return string(s) }

func TestWhyThereAreNoExemplars(t *testing.T) {
	for name, test := range map[string]struct {
		answer  series.Exemplars
		options eval.ExemplarOptions
		want    string
	}{
		"none":                  {series.Exemplars{}, eval.ExemplarOptions{}, "no exemplars for this query in the time range; Prometheus keeps exemplars with --enable-feature=exemplar-storage"},
		"VictoriaMetrics":       {series.Exemplars{}, eval.ExemplarOptions{KeepsNone: true}, "VictoriaMetrics, which keeps no exemplars"},
		"no such endpoint":      {series.Exemplars{Refused: saying("The store answered 404 Not Found.")}, eval.ExemplarOptions{}, "does not answer exemplar queries: The store answered 404 Not Found. Prometheus keeps"},
		"an answer that is cut": {series.Exemplars{Cut: true, Found: []series.Exemplar{bucket(1, 0, "a")}}, eval.ExemplarOptions{}, "more exemplars than the 1 that are shown"},
	} {
		t.Run(name, func(t *testing.T) {
			p := exemplarPlan(t, fixture.Shop(), `{"format":"exemplars","flows":["checkout"],"slis":["fast"]}`)
			r := eval.Exemplars(p, []series.Exemplars{test.answer}, test.options)
			if got := noticesOf(r); !strings.Contains(got, test.want) || strings.Count(got, "\n") > 0 {
				t.Errorf("the notices are %q, want %q alone", got, test.want)
			}
			for _, n := range r.Notices {
				if n.Severity != cer.Info {
					t.Errorf("%q is no info", n.Text)
				}
			}
		})
	}
}

// TestTheMostUrgentExemplarsAreKept has more exemplars than are shown of an SLI and in all, and compares what is kept with all of them
// sorted.
func TestTheMostUrgentExemplarsAreKept(t *testing.T) {
	c := fixture.Shop()
	c.Flows = c.Flows[:1]
	for i := range 7 {
		sli := c.Flows[0].SLIs[1]
		sli.Name = fmt.Sprintf("fast%d", i)
		c.Flows[0].SLIs = append(c.Flows[0].SLIs, sli)
	}
	p := exemplarPlan(t, c, `{"format":"exemplars","components":["latency"]}`)
	random := rand.New(rand.NewPCG(1, 2))
	answers := make([]series.Exemplars, len(p.Exemplars))
	slowest := map[string][]float64{}
	for i := range answers {
		for k := range eval.MaxExemplarsOfSLI + 50 {
			e := bucket(.8+random.Float64()*float64(1+i), time.Duration(random.IntN(3600))*time.Second, fmt.Sprintf("%d-%d", i, k))
			answers[i].Found = append(answers[i].Found, e)
			slowest[p.Exemplars[i].SLI.Name] = append(slowest[p.Exemplars[i].SLI.Name], e.Value)
		}
	}
	var want []float64
	for _, values := range slowest {
		slices.Sort(values)
		slices.Reverse(values)
		want = append(want, values[:eval.MaxExemplarsOfSLI]...)
	}
	slices.Sort(want)
	slices.Reverse(want)
	r := eval.Exemplars(p, answers, eval.ExemplarOptions{})
	if len(r.Exemplars) != eval.MaxExemplars || !strings.Contains(noticesOf(r), "more exemplars than the 1000 that are shown") {
		t.Fatalf("%d exemplars are shown; notices: %s", len(r.Exemplars), noticesOf(r))
	}
	for i, e := range r.Exemplars {
		if e.Value != want[i] {
			t.Fatalf("number %d lasted %v, want %v", i, e.Value, want[i])
		}
	}
}
