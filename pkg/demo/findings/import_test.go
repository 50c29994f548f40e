package findings

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/importer"
)

// imported returns the catalog of a file of another tool, every objective of which has to be in it.
func imported(t testing.TB, file string, options importer.Options) string {
	t.Helper()
	result := importer.Import(options, definition.Source{Name: "slos.yaml", Content: []byte(file)})
	for _, issue := range result.Issues {
		if !issue.Warning {
			t.Fatalf("something is not imported: %s", issue)
		}
	}
	return string(result.YAML)
}

// promQL returns the only number that an expression yields at a time, NaN where it yields none.
func (tr *trial) promQL(expression string, at time.Time) float64 {
	tr.t.Helper()
	query, err := tr.store.Engine().NewInstantQuery(context.Background(), tr.store.Queryable(), nil, expression, at)
	if err != nil {
		tr.t.Fatalf("%s: %v", expression, err)
	}
	defer query.Close()
	vector, err := query.Exec(context.Background()).Vector()
	if err != nil || len(vector) > 1 {
		tr.t.Fatalf("%s yields %d series: %v", expression, len(vector), err)
	}
	if len(vector) == 0 {
		return math.NaN()
	}
	return vector[0].F
}

// burnIs fails the test unless the burn rate of the only SLI over a window is want.
func (tr *trial) burnIs(labels string, window time.Duration, want float64) {
	tr.t.Helper()
	tr.latest(fmt.Sprintf(`"level": "sli", "measure": "burn", "window": %q`, model.Duration(window)), noon).is(labels, want)
}

// valueIs fails the test unless the value of the only SLI over a window is want.
func (tr *trial) valueIs(labels string, window time.Duration, want float64) {
	tr.t.Helper()
	tr.latest(fmt.Sprintf(`"level": "sli", "measure": "value", "window": %q`, model.Duration(window)), noon).is(labels, want)
}

// budgetIs fails the test unless what is left of the error budget of the only SLI is want.
func (tr *trial) budgetIs(labels string, want float64) {
	tr.t.Helper()
	tr.latest(`"level": "sli", "measure": "budget"`, noon).is(labels, want)
}

// The windows for which Sloth records a share of bad events, for a period of 30 days, and Pyrra for one of 28 days.
var (
	slothWindows = []time.Duration{5 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 24 * time.Hour, 72 * time.Hour}
	pyrraWindows = []time.Duration{5 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 24 * time.Hour, 96 * time.Hour}
)

// slothRatio returns the expression of slo:sli_error:ratio_rateW, as Sloth's plugin sli_rules writes it for events.
func slothRatio(bad, total string, window time.Duration) string {
	render := strings.NewReplacer("{{.window}}", model.Duration(window).String())
	return fmt.Sprintf("(%s)\n/\n(%s)\n", render.Replace(bad), render.Replace(total))
}

// slothPeriod returns the expression of the rule over the whole period, which is the mean of that over 5m each time the rule is
// evaluated: here each minute.
func slothPeriod(bad, total string, period time.Duration) string {
	each := fmt.Sprintf("(%s)[%s:1m]", slothRatio(bad, total, 5*time.Minute), model.Duration(period))
	return fmt.Sprintf("sum_over_time(%s)\n/ ignoring (sloth_window)\ncount_over_time(%s)\n", each, each)
}

// steps returns the value of a counter whose rate changes: rates holds how fast it grows from some times on. It does not start at 0,
// near which Prometheus extrapolates less.
func steps(from time.Time, rates map[time.Duration]float64) func(time.Time) float64 {
	return func(at time.Time) float64 {
		sum := 1e5
		for start, rate := range rates {
			begin := from.Add(start)
			end := at
			for next := range rates {
				if other := from.Add(next); other.After(begin) && other.Before(end) {
					end = other
				}
			}
			if end.After(begin) {
				sum += end.Sub(begin).Seconds() * rate
			}
		}
		return sum
	}
}

// slothFile is a file of Sloth with an objective of 99 %.
func slothFile(bad, total string) string {
	return fmt.Sprintf(`version: prometheus/v1
service: shop
slos:
  - name: requests
    objective: 99
    sli:
      events:
        error_query: %s
        total_query: %s
    alerting: { name: ShopFails }
`, bad, total)
}

const slothLabels = `component="availability",flow="shop",sli="requests"`

// TestImportedSlothBurnsAsItsRecordingRulesDo with traffic that does not change: whatever way the windows are cut.
func TestImportedSlothBurnsAsItsRecordingRulesDo(t *testing.T) {
	from := noon.Add(-5 * 24 * time.Hour)
	at := func(metric string, spacing time.Duration, perSecond float64) series {
		return series{metric, from, noon, spacing, counter(from, perSecond)}
	}
	for name, test := range map[string]struct {
		bad, total string
		series     []series
	}{
		"one counter": {`sum(rate(r_total{code=~"5.."}[{{.window}}]))`, `sum(rate(r_total[{{.window}}]))`, []series{
			at(`r_total{code="200"}`, time.Minute, 9.87), at(`r_total{code="500"}`, time.Minute, .13)}},
		"several instances and intervals": {`sum(rate(r_total{code=~"5..|429"}[{{.window}}]))`, `sum(rate(r_total[{{.window}}]))`, []series{
			at(`r_total{code="200",instance="a"}`, time.Minute, 90), at(`r_total{code="500",instance="a"}`, time.Minute, .3),
			at(`r_total{code="200",instance="b"}`, 30*time.Second, 7), at(`r_total{code="429",instance="b"}`, 30*time.Second, 1.1)}},
		"two counters": {`sum(rate(failed_total[{{.window}}]))`, `sum(rate(ok_total[{{.window}}])) + sum(rate(failed_total[{{.window}}]))`, []series{
			at(`ok_total`, time.Minute, 3), at(`failed_total`, time.Minute, .02)}},
		"buckets": {`sum(rate(d_seconds_count[{{.window}}])) - sum(rate(d_seconds_bucket{le="0.4"}[{{.window}}]))`, `sum(rate(d_seconds_count[{{.window}}]))`, []series{
			at(`d_seconds_count`, time.Minute, 5), at(`d_seconds_bucket{le="0.4"}`, time.Minute, 4.9), at(`d_seconds_bucket{le="+Inf"}`, time.Minute, 5)}},
		"no errors yet": {`sum(rate(failed_total[{{.window}}])) or vector(0)`, `sum(rate(ok_total[{{.window}}]))`, []series{at(`ok_total`, time.Minute, 3)}},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, imported(t, slothFile(test.bad, test.total), importer.Options{}), nil, test.series...)
			named := slothLabels
			if name == "buckets" {
				named = strings.Replace(named, "availability", "latency", 1)
			}
			for _, window := range slothWindows {
				tr.burnIs(named, window, tr.promQL(slothRatio(test.bad, test.total, window), noon)/(1-.99))
			}
			// slo:period_error_budget_remaining:ratio
			tr.budgetIs(named, 1-tr.promQL(slothPeriod(test.bad, test.total, 30*24*time.Hour), noon)/(1-.99))
		})
	}
}

// TestImportedSlothHasTheValuesOfItsRecordingRules whatever the traffic does.
func TestImportedSlothHasTheValuesOfItsRecordingRules(t *testing.T) {
	from := noon.Add(-26 * time.Hour)
	const bad, total = `sum(rate(r_total{code="500"}[{{.window}}]))`, `sum(rate(r_total[{{.window}}]))`
	tr := try(t, imported(t, slothFile(bad, total), importer.Options{}), nil,
		series{`r_total{code="200"}`, from, noon, 15 * time.Second, steps(from, map[time.Duration]float64{0: 80, 7 * time.Hour: 3, 25*time.Hour + 7*time.Minute: 40})},
		series{`r_total{code="500"}`, from, noon, 15 * time.Second, steps(from, map[time.Duration]float64{0: .1, 9 * time.Hour: 5, 9*time.Hour + 10*time.Minute: .1, 25*time.Hour + 41*time.Minute: 7})})
	for _, window := range slothWindows[:6] {
		tr.valueIs(slothLabels, window, 1-tr.promQL(slothRatio(bad, total, window), noon))
	}
}

// TestSlothLosesWhatIsBeforeTheFirstSampleOfAWindow, and cer counts it in a slice: the difference is at most an interval of scrapes in
// a window.
func TestSlothLosesWhatIsBeforeTheFirstSampleOfAWindow(t *testing.T) {
	from := noon.Add(-26 * time.Hour)
	const bad, total = `sum(rate(r_total{code="500"}[{{.window}}]))`, `sum(rate(r_total[{{.window}}]))`
	tr := try(t, imported(t, slothFile(bad, total), importer.Options{}), nil,
		series{`r_total{code="200"}`, from, noon, 15 * time.Second, steps(from, map[time.Duration]float64{0: 10, 25*time.Hour + 45*time.Minute: 0})},
		series{`r_total{code="500"}`, from, noon, 15 * time.Second, steps(from, map[time.Duration]float64{0: 0, 25*time.Hour + 45*time.Minute: 10})})
	for _, window := range slothWindows[1:6] { // An outage of 15 minutes.
		ours, theirs := 900/window.Seconds()/.01, tr.promQL(slothRatio(bad, total, window), noon)/.01
		tr.burnIs(slothLabels, window, ours)
		if ratio := theirs / ours; math.Abs(ratio-window.Seconds()/(window.Seconds()-15)) > 1e-9 {
			t.Errorf("over %s Sloth says %v and cer %v", window, theirs, ours)
		}
	}
}

// TestSlothAveragesRatiosOverItsPeriod: a quiet hour counts as much as a busy one. cer's budget of an SLI is one of events; that of
// its flow is one of time slices, as Sloth's is.
func TestSlothAveragesRatiosOverItsPeriod(t *testing.T) {
	from := noon.Add(-48 * time.Hour)
	const bad, total = `sum(rate(r_total{code="500"}[{{.window}}]))`, `sum(rate(r_total[{{.window}}]))`
	tr := try(t, imported(t, slothFile(bad, total), importer.Options{}), nil,
		series{`r_total{code="200"}`, from, noon, time.Minute, steps(from, map[time.Duration]float64{0: 89.91, 24 * time.Hour: 8.1})},
		series{`r_total{code="500"}`, from, noon, time.Minute, steps(from, map[time.Duration]float64{0: .09, 24 * time.Hour: .9})})
	theirs := 1 - tr.promQL(slothPeriod(bad, total, 30*24*time.Hour), noon)/.01
	if math.Abs(theirs-(1-(.001+.1)/2/.01)) > .01 { // The mean of 0.1 % and 10 %.
		t.Errorf("Sloth has %v left", theirs)
	}
	tr.latest(`"level": "sli", "measure": "budget"`, noon).isNear(slothLabels, 1-.99/99/.01, .001) // 0.99 of 99 requests, but for the first slice.
	tr.latest(`"level": "flow", "measure": "budget"`, noon).isNear(`flow="shop"`, theirs, .01)
	// Without the optimisation (sli_rules, disableOptimized) Sloth divides sums of events, too, but for a minute in two days.
	whole := 1 - tr.promQL(slothRatio(bad, total, 30*24*time.Hour), noon)/.01
	tr.latest(`"level": "sli", "measure": "budget"`, noon).isNear(slothLabels, whole, .001)
}

// TestASeriesOfErrorsThatDoesNotExist is no sample to Sloth and Pyrra, and no errors to cer where all events are of that metric.
func TestASeriesOfErrorsThatDoesNotExist(t *testing.T) {
	from := noon.Add(-2 * time.Hour)
	const bad, total = `sum(rate(r_total{code="500"}[{{.window}}]))`, `sum(rate(r_total[{{.window}}]))`
	tr := try(t, imported(t, slothFile(bad, total), importer.Options{}), nil,
		series{`r_total{code="200"}`, from, noon, 15 * time.Second, counter(from, 10)})
	if got := tr.promQL(slothRatio(bad, total, time.Hour), noon); !math.IsNaN(got) {
		t.Errorf("Sloth's rule yields %v", got)
	}
	tr.burnIs(slothLabels, time.Hour, 0)
}

// TestRecordedSlothAndItsQuerySaySame lets an SLI read what Sloth records beside the events behind it.
func TestRecordedSlothAndItsQuerySaySame(t *testing.T) {
	from := noon.Add(-8 * time.Hour)
	const bad, total = `sum(rate(r_total{code="500"}[{{.window}}]))`, `sum(rate(r_total[{{.window}}]))`
	tr := try(t, imported(t, slothFile(bad, total), importer.Options{Recorded: true}), nil,
		series{`r_total{code="200"}`, from, noon, 15 * time.Second, counter(from, 98)}, series{`r_total{code="500"}`, from, noon, 15 * time.Second, counter(from, 2)},
		series{`slo:sli_error:ratio_rate5m{sloth_id="shop-requests",sloth_service="shop",sloth_slo="requests",sloth_window="5m"}`, from, noon, 30 * time.Second, constant(.02)})
	for _, window := range slothWindows[:5] {
		tr.burnIs(slothLabels, window, 2)
	}
}

// pyrraFile is an objective of Pyrra of 99 % over 28 days.
func pyrraFile(indicator string) string {
	return `apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: { name: shop }
spec:
  target: '99'
  window: 28d
  indicator:
    ` + strings.ReplaceAll(strings.TrimSpace(indicator), "\n", "\n    ") + "\n"
}

// TestImportedPyrraBurnsAsItsRecordingRulesDo by kind of indicator. An expression has W in the place of the window; those of the
// budget are what Pyrra computes from its rules of increases and counts.
func TestImportedPyrraBurnsAsItsRecordingRulesDo(t *testing.T) {
	from := noon.Add(-5 * 24 * time.Hour)
	at := func(metric string, perSecond float64) series {
		return series{metric, from, noon, time.Minute, counter(from, perSecond)}
	}
	for name, test := range map[string]struct {
		indicator, burn, budget, labels string
		series                          []series
	}{
		"ratio": {"ratio:\n  errors: { metric: 'r_total{job=\"a\",code=~\"5..\"}' }\n  total: { metric: 'r_total{job=\"a\"}' }",
			`sum(rate(r_total{job="a",code=~"5.."}[W])) / sum(rate(r_total{job="a"}[W]))`,
			`((1 - 0.99) - (sum(increase(r_total{job="a",code=~"5.."}[W]) or vector(0)) / sum(increase(r_total{job="a"}[W])))) / (1 - 0.99)`,
			`component="availability",flow="shop",sli="shop"`,
			[]series{at(`r_total{job="a",code="200"}`, 9.9), at(`r_total{job="a",code="500"}`, .07), at(`r_total{job="b",code="500"}`, 5)}},
		"latency": {"latency:\n  success: { metric: 'd_seconds_bucket{code=\"200\",le=\"0.5\"}' }\n  total: { metric: 'd_seconds_count{code=\"200\"}' }",
			`(sum(rate(d_seconds_count{code="200"}[W])) - sum(rate(d_seconds_bucket{code="200",le="0.5"}[W]))) / sum(rate(d_seconds_count{code="200"}[W]))`,
			`((1 - 0.99) - (1 - sum(increase(d_seconds_bucket{code="200",le="0.5"}[W]) or vector(0)) / sum(increase(d_seconds_count{code="200"}[W])))) / (1 - 0.99)`,
			`component="latency",flow="shop",sli="shop"`,
			[]series{at(`d_seconds_bucket{code="200",le="0.1"}`, 4), at(`d_seconds_bucket{code="200",le="0.5"}`, 7.9), at(`d_seconds_bucket{code="200",le="+Inf"}`, 8), at(`d_seconds_count{code="200"}`, 8),
				at(`d_seconds_bucket{code="500",le="0.5"}`, 0), at(`d_seconds_bucket{code="500",le="+Inf"}`, 3), at(`d_seconds_count{code="500"}`, 3)}},
		"latency of good requests": {"latency:\n  success: { metric: 'd_seconds_bucket{code=\"200\",le=\"0.5\"}' }\n  total: { metric: d_seconds_count }",
			`(sum(rate(d_seconds_count[W])) - sum(rate(d_seconds_bucket{code="200",le="0.5"}[W]))) / sum(rate(d_seconds_count[W]))`,
			`((1 - 0.99) - (1 - sum(increase(d_seconds_bucket{code="200",le="0.5"}[W]) or vector(0)) / sum(increase(d_seconds_count[W])))) / (1 - 0.99)`,
			`component="latency",flow="shop",sli="shop"`,
			[]series{at(`d_seconds_bucket{code="200",le="0.5"}`, 7.9), at(`d_seconds_bucket{code="200",le="+Inf"}`, 8), at(`d_seconds_count{code="200"}`, 8),
				at(`d_seconds_bucket{code="500",le="0.5"}`, 2), at(`d_seconds_bucket{code="500",le="+Inf"}`, 3), at(`d_seconds_count{code="500"}`, 3)}},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, imported(t, pyrraFile(test.indicator), importer.Options{}), nil, test.series...)
			for _, window := range pyrraWindows {
				tr.burnIs(test.labels, window, tr.promQL(strings.ReplaceAll(test.burn, "W", model.Duration(window).String()), noon)/(1-.99))
			}
			tr.budgetIs(test.labels, tr.promQL(strings.ReplaceAll(test.budget, "W", "28d"), noon))
		})
	}
}

// TestErrorsOfPyrraThatDoNotExist yet are none in Pyrra's budget, and in cer.
func TestErrorsOfPyrraThatDoNotExist(t *testing.T) {
	from := noon.Add(-2 * time.Hour)
	tr := try(t, imported(t, pyrraFile("ratio:\n  errors: { metric: failed_total }\n  total: { metric: r_total }"), importer.Options{}), nil,
		series{`r_total`, from, noon, 30 * time.Second, counter(from, 10)})
	tr.budgetIs(`component="availability",flow="shop",sli="shop"`,
		tr.promQL(`((1 - 0.99) - (sum(increase(failed_total[28d]) or vector(0)) / sum(increase(r_total[28d])))) / (1 - 0.99)`, noon))
}

// TestImportedGaugesOfPyrraBurnAsItsRecordingRulesDo whatever they do, as long as no sample is missing: Pyrra counts samples, and cer
// time slices, of which each has the same number of samples then.
func TestImportedGaugesOfPyrraBurnAsItsRecordingRulesDo(t *testing.T) {
	from := noon.Add(-5 * 24 * time.Hour)
	const burn = `(sum(count_over_time(up[W])) - sum(sum_over_time(up[W]))) / sum(count_over_time(up[W]))`
	flapping := func(every time.Duration) func(time.Time) float64 {
		return func(at time.Time) float64 {
			if at.Sub(from)%every < every/50 {
				return 0
			}
			return 1
		}
	}
	tr := try(t, imported(t, pyrraFile("bool_gauge: { metric: up }"), importer.Options{}), nil,
		series{`up{instance="a"}`, from.Add(30 * time.Second), noon, 30 * time.Second, flapping(7 * time.Hour)},
		series{`up{instance="b"}`, from.Add(11 * time.Second), noon, time.Minute, flapping(50 * time.Minute)})
	const named = `component="availability",flow="shop",sli="shop"`
	for _, window := range pyrraWindows {
		tr.burnIs(named, window, tr.promQL(strings.ReplaceAll(burn, "W", model.Duration(window).String()), noon)/(1-.99))
	}
	tr.budgetIs(named, tr.promQL(strings.ReplaceAll(`((1 - 0.99) - ((sum(count_over_time(up[W])) - sum(sum_over_time(up[W]))) / sum(count_over_time(up[W])))) / (1 - 0.99)`, "W", "28d"), noon))
}

// TestPyrraCountsSamplesOfGauges, and cer time slices: a day of which half of the scrapes are missing counts half to Pyrra.
func TestPyrraCountsSamplesOfGauges(t *testing.T) {
	from := noon.Add(-48 * time.Hour)
	tr := try(t, imported(t, pyrraFile("bool_gauge: { metric: up }"), importer.Options{}), nil,
		series{`up`, from.Add(30 * time.Second), noon, 30 * time.Second, func(at time.Time) float64 {
			switch missing := at.Sub(from)%time.Minute != 0; {
			case at.Sub(from) <= 24*time.Hour && missing:
				return math.NaN()
			case at.Sub(from) <= 24*time.Hour:
				return 0
			default:
				return 1
			}
		}})
	const burn = `(sum(count_over_time(up[2d])) - sum(sum_over_time(up[2d]))) / sum(count_over_time(up[2d])) / (1 - 0.99)`
	if got := tr.promQL(burn, noon); math.Abs(got-100./3) > 1e-9 {
		t.Errorf("Pyrra says %v", got)
	}
	tr.burnIs(`component="availability",flow="shop",sli="shop"`, 48*time.Hour, 50)
}

// TestImportedNativeHistogramsOfPyrraBurnAsItsRecordingRulesDo.
func TestImportedNativeHistogramsOfPyrraBurnAsItsRecordingRulesDo(t *testing.T) {
	from := noon.Add(-26 * time.Hour)
	tr := try(t, imported(t, pyrraFile("latencyNative:\n  latency: 200ms\n  total: { metric: 'd_seconds{code=\"ok\"}' }"), importer.Options{}), nil)
	var samples []promstore.Sample
	for at := from; !at.After(noon); at = at.Add(time.Minute) {
		n := at.Sub(from).Minutes()
		h := &histogram.FloatHistogram{Schema: 2, Count: 600 * n, Sum: 90 * n, ZeroThreshold: 1e-9,
			PositiveSpans: []histogram.Span{{Offset: -12, Length: 4}}, PositiveBuckets: []float64{300 * n, 200 * n, 75 * n, 25 * n}}
		samples = append(samples, promstore.Sample{Labels: labels.FromStrings("__name__", "d_seconds", "code", "ok"), Time: at, Histogram: h})
	}
	if err := tr.store.Append(samples...); err != nil {
		t.Fatal(err)
	}
	const named = `component="latency",flow="shop",sli="shop"`
	for _, window := range pyrraWindows[:6] {
		burn := fmt.Sprintf(`1 - histogram_fraction(0,0.2, sum(rate(d_seconds{code="ok"}[%s])))`, model.Duration(window))
		tr.burnIs(named, window, tr.promQL(burn, noon)/(1-.99))
	}
}

// TestImportedGroupsOfPyrraBurnApart has a burn rate for each value of a label by which an objective is grouped.
func TestImportedGroupsOfPyrraBurnApart(t *testing.T) {
	from := noon.Add(-8 * time.Hour)
	at := func(metric string, perSecond float64) series {
		return series{metric, from, noon, 30 * time.Second, counter(from, perSecond)}
	}
	tr := try(t, imported(t, pyrraFile("ratio:\n  errors: { metric: 'r_total{code=\"500\"}' }\n  total: { metric: r_total }\n  grouping: [handler]"), importer.Options{}), nil,
		at(`r_total{handler="a",code="200"}`, 9), at(`r_total{handler="a",code="500"}`, 1), at(`r_total{handler="b",code="200"}`, 99), at(`r_total{handler="b",code="500"}`, .1))
	for _, handler := range []string{"a", "b"} {
		want := tr.promQL(fmt.Sprintf(`sum(rate(r_total{code="500",handler=%q}[1h])) / sum(rate(r_total{handler=%q}[1h]))`, handler, handler), noon) / .01
		tr.latest(`"level": "sli", "measure": "burn", "window": "1h", "by": ["handler"]`, noon).is(`component="availability",flow="shop",handler="`+handler+`",sli="shop"`, want)
	}
	tr.latest(`"level": "flow", "measure": "state"`, noon).is(`flow="shop"`, 2) // a burns at 10: less than fast, 14, and more than the medium factor of 7.
}

// TestImportedAlertsOfSlothAreOnWhereItsAlertsAre asks about times around an outage.
func TestImportedAlertsOfSlothAreOnWhereItsAlertsAre(t *testing.T) {
	from := noon.Add(-5 * 24 * time.Hour)
	const bad, total = `sum(rate(r_total{code="500"}[{{.window}}]))`, `sum(rate(r_total[{{.window}}]))`
	tr := try(t, imported(t, slothFile(bad, total), importer.Options{}), nil,
		series{`r_total{code="200"}`, from, noon, 15 * time.Second, counter(from, 10)},
		series{`r_total{code="500"}`, from, noon, 15 * time.Second, steps(from, map[time.Duration]float64{0: 0, 119 * time.Hour: 4, 119*time.Hour + 30*time.Minute: .05})})
	alert := func(long, short time.Duration, factor float64, at time.Time) bool {
		limit := factor * .01
		return tr.promQL(slothRatio(bad, total, long), at) > limit && tr.promQL(slothRatio(bad, total, short), at) > limit
	}
	for _, minutes := range []int{-10, 5, 10, 15, 29, 34, 40, 50, 59} {
		now := noon.Add(-time.Hour + time.Duration(minutes)*time.Minute)
		want := 0.0
		switch {
		case alert(time.Hour, 5*time.Minute, 14.4, now), alert(6*time.Hour, 30*time.Minute, 6, now):
			want = 2
		case alert(24*time.Hour, 2*time.Hour, 3, now), alert(72*time.Hour, 6*time.Hour, 1, now):
			want = 1
		}
		tr.latest(`"level": "flow", "measure": "state"`, now).is(`flow="shop"`, want)
	}
}
