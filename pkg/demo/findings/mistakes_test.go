package findings

import (
	"strings"
	"testing"
)

// What newcomers write is answered while they write it, by a sentence that says what to do.
func TestMistakesOfNewcomersAreExplained(t *testing.T) {
	requests := "ratio: { bad: 'r_total{code=~\"5..\"}', total: r_total }"
	tr := try(t, of(requests), nil,
		twoHours(`r_total{code="200",service="shop"}`, 8), twoHours(`r_total{code="500",service="shop"}`, 2),
		twoHours(`d_seconds_bucket{le="0.5"}`, 4), twoHours(`d_seconds_bucket{le="1"}`, 8), twoHours(`d_seconds_bucket{le="+Inf"}`, 9), twoHours("d_seconds_count", 9))
	tr.latest(`"level": "flow"`, noon)
	for name, mistake := range map[string]struct {
		definition, says string
	}{
		"a wrong label":             {of(`ratio: { bad: 'r_total{code=~"5..",svc="shop"}', total: 'r_total{svc="shop"}' }`), `r_total{code=~"5..",svc="shop"}: without svc="shop" some match; check that label and its value`},
		"a wrong value":             {of(`ratio: { bad: 'r_total{code=~"5.."}', total: 'r_total{code!="",service="shopp"}' }`), `r_total{code!="",service="shopp"}: without service="shopp" some match`},
		"two wrong labels":          {of(`ratio: { bad: 'r_total{code="1",svc="shop"}', total: r_total }`), `r_total{code="1",svc="shop"}: r_total matches some; check the labels and their values`},
		"no telemetry":              {of("ratio: { bad: q_failed_total, total: 'q_total{code=\"200\"}' }"), `q_total{code="200"}: nothing matches q_total either; check the name of the metric`},
		"a metric that is misspelt": {of("ratio: { bad: q_failed_total, total: r_total }"), "q_failed_total: check the spelling"},
		"a histogram misspelt":      {of(`latency: { histogram: 'd_secs{a="b"}', under: 500ms }`), `nothing matches {__name__=~"d_secs(_bucket)?"} either; check the name of the metric`},
		"a p95 without a curve":     {of("value: { promql: 'histogram_quantile(0.95, sum by (le) (rate(d_seconds_bucket[__window])))' }"), "not a score: 0.3 seconds would count as 30%; add a curve"},
		"its maximum":               {of("value: { promql: 'max(histogram_quantile(0.95, sum by (pod, le) (rate(d_seconds_bucket[__window]))))' }"), "add a curve"},
		"a mean without a curve":    {of("value: { promql: 'sum(rate(d_seconds_sum[__window])) / sum(rate(d_seconds_count[__window]))' }"), "or write latency: { histogram: ..., under: 300ms } instead"},
		"an objective in per cent":  {strings.Replace(of(requests), "objective: 0.99", "objective: 99.9%", 1), "write 0.999 for 99.9%"},
		"an objective of 99.9":      {strings.Replace(of(requests), "objective: 0.99", "objective: 99.9", 1), "write 0.999 for 99.9%"},
		"a tab":                     {strings.Replace(of(requests), "  objective", "\tobjective", 1), "indent with spaces"},
		"braces without quotes":     {of(`ratio: { bad: r_total{code=~"5.."}, total: r_total }`), "quote a selector that contains braces"},
		"_bucket of a histogram":    {of("latency: { histogram: d_seconds_bucket, under: 500ms }"), "a histogram is named without _bucket; write d_seconds"},
		"_count of a histogram":     {of("latency: { histogram: d_seconds_count, under: 500ms }"), "a histogram is named without _count; write d_seconds"},
		"a bound between two edges": {of("latency: { histogram: d_seconds, under: 700ms }"), "0.7 is not a bucket edge of d_seconds; interpolated between 0.5 and 1"},
		"a bound without a unit":    {of("latency: { histogram: d_seconds, under: 700 }"), "or 700ms for 700 milliseconds"},
	} {
		t.Run(name, func(t *testing.T) {
			if said := tr.validate(mistake.definition).String(); !strings.Contains(said, mistake.says) {
				t.Errorf("it does not say %q: %s", mistake.says, said)
			}
		})
	}
	for name, fields := range map[string]string{
		"a p95 with a curve": "value: { promql: 'histogram_quantile(0.95, sum by (le) (rate(d_seconds_bucket[__window])))' }, curve: { linear: { zero: 2, one: 0.3 } }",
		"a share":            `value: { promql: 'sum(rate(r_total{code="200"}[__window])) / sum(rate(r_total[__window]))' }`,
		"a ratio":            requests,
	} {
		t.Run(name, func(t *testing.T) {
			if said := tr.validate(of(fields)).String(); said != "" {
				t.Errorf("nothing is to be said: %s", said)
			}
		})
	}
}

// String returns the messages of a validation, and what it advises for selectors that match nothing.
func (v validation) String() string {
	var said []string
	for _, issue := range v.Issues {
		said = append(said, issue.Message)
	}
	for _, u := range v.Unmatched {
		said = append(said, u.Selector+": "+u.Advice)
	}
	return strings.Join(said, "\n")
}
