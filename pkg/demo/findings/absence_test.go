package findings

import (
	"math"
	"strings"
	"testing"
	"time"
)

// of returns a catalog with one flow, shop, of one SLI, s, whose fields are given in YAML's flow style.
func of(fields string) string {
	return catalog(`
objective: 0.99
flows:
  - name: shop
    slis:
      - { name: s, component: availability, ` + fields + ` }`)
}

// twoHours are the samples, every 15 s, of a counter that grows by perSecond.
func twoHours(metric string, perSecond float64) series {
	from := noon.Add(-2 * time.Hour)
	return series{metric, from, noon, 15 * time.Second, counter(from, perSecond)}
}

// nothing is the value of an SLI that is missing.
var nothing = math.NaN()

// worlds asks for the value of the SLI of a catalog on some series.
func worlds(t *testing.T, tests map[string]world) {
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tr := try(t, of(test.fields), nil, test.series...)
			answer := tr.latest(`"level": "sli", "measure": "value"`, noon)
			answer.is(`component="availability",flow="shop",sli="s"`, test.want)
			if test.says != "" {
				answer.says(test.says)
			}
		})
	}
}

// world is an SLI on some series, and its value.
type world struct {
	fields string
	series []series
	want   float64
	// says is a part of a notice; "" where there may be any.
	says string
}

// What has never counted does not make a sum of several counters missing, nor wrong.
func TestF4AbsenceIsJudgedPerSelector(t *testing.T) {
	ok, failed := twoHours("ok_total", 8), twoHours("failed_total", 2)
	slow := `ratio: { bad: '(sum(rate(d_count{code!~"5.."}[__window])) - sum(rate(d_bucket{code!~"5..",le="1"}[__window]))) + sum(rate(d_count{code=~"5.."}[__window]))', total: 'sum(rate(d_count[__window]))', absent: zero }`
	either := `ratio: { good: ok_total, total: 'sum(rate(ok_total[__window])) + sum(rate(failed_total[__window]))' }`
	worlds(t, map[string]world{
		"a total of two counters, one of which never rose": {either, []series{ok}, 1, ""},
		"both of which did":   {either, []series{ok, failed}, .8, ""},
		"only failures":       {either, []series{failed}, 0, ""},
		"no telemetry at all": {either, nil, nothing, ""},
		"bad events of three counters, slow ones of which there are": {slow, []series{
			twoHours(`d_count{code="200"}`, 10), twoHours(`d_bucket{code="200",le="1"}`, 7), twoHours(`d_bucket{code="200",le="+Inf"}`, 10)}, .7, ""},
		"and failed ones": {slow, []series{
			twoHours(`d_count{code="200"}`, 10), twoHours(`d_bucket{code="200",le="1"}`, 7), twoHours(`d_count{code="500"}`, 10)}, .35, ""},
		"all that there is failed":               {slow, []series{twoHours(`d_count{code="500"}`, 10)}, 0, ""},
		"good and bad, nothing ever failed":      {`ratio: { good: ok_total, bad: failed_total }`, []series{ok}, 1, ""},
		"good and bad, everything did":           {`ratio: { good: ok_total, bad: failed_total }`, []series{failed}, 0, ""},
		"good and bad, some did":                 {`ratio: { good: ok_total, bad: failed_total }`, []series{ok, failed}, .8, ""},
		"good and bad, no telemetry":             {`ratio: { good: ok_total, bad: failed_total }`, nil, nothing, ""},
		"a weighted sum":                         {`ratio: { bad: 'sum(rate(failed_total[__window])) + 0.5 * sum(rate(slow_total[__window]))', total: 'sum(rate(ok_total[__window])) + sum(rate(failed_total[__window]))' }`, []series{ok, failed}, .8, ""},
		"a sum of rates within":                  {`ratio: { good: ok_total, total: 'sum(rate(ok_total[__window]) + rate(failed_total[__window]))' }`, []series{ok}, 1, ""},
		"another metric that is absent":          {`ratio: { bad: other_total, total: ok_total }`, []series{ok}, nothing, ""},
		"another metric that is said to be zero": {`ratio: { bad: other_total, total: ok_total, absent: zero }`, []series{ok}, 1, ""},
	})
}

// Absent means that there is no sample. A sample that is not a number is never taken for 0.
func TestA3NaNIsNeverZero(t *testing.T) {
	ok, failed := twoHours("requests_total{pod=\"a\"}", 8), twoHours("errors_total{pod=\"a\"}", 2)
	nan := series{`errors_total{pod="b"}`, noon.Add(-2 * time.Hour), noon, 15 * time.Second, constant(notANumber)}
	fields := `ratio: { bad: errors_total, total: requests_total, absent: zero }`
	worlds(t, map[string]world{
		"errors that are NaN on one of two instances": {fields, []series{ok, failed, nan}, nothing, "not a number (NaN)"},
		"errors that are NaN":                         {fields, []series{ok, nan}, nothing, ""},
		"errors that are NaN, by an expression":       {`ratio: { bad: 'sum(rate(errors_total[__window])) or vector(0)', total: requests_total }`, []series{ok, nan}, nothing, ""},
		"good and bad, of which one is NaN":           {`ratio: { good: requests_total, bad: errors_total }`, []series{ok, nan}, nothing, ""},
		"one counter of several is NaN":               {`ratio: { bad: 'sum(rate(late_total[__window])) + sum(rate(errors_total[__window]))', total: requests_total, absent: zero }`, []series{ok, nan}, nothing, ""},
		"errors without a sample":                     {fields, []series{ok}, 1, ""},
	})
	t.Run("budgets", func(t *testing.T) {
		tr := try(t, of(fields), nil, ok, failed, nan)
		tr.latest(`"level": "flow", "measure": "burn", "window": "30m"`, noon).is(`flow="shop"`, nothing)
	})
}

// The traffic of an SLI that counts no events is no lost telemetry.
func TestNoTelemetryIsMissedOfWhatCountsNoEvents(t *testing.T) {
	tr := try(t, of("value: { promql: 'sum(m_total)' }, curve: { linear: { one: 1, zero: 0 } }"), nil, twoHours("m_total", 1))
	answer := tr.latest(`"level": "sli", "measure": "traffic"`, noon)
	answer.says("traffic is unknown, because an SLI of the kind value counts no events")
	for _, notice := range answer.notices() {
		if strings.Contains(notice, "no telemetry") {
			t.Errorf("there is telemetry, but the notice %q", notice)
		}
	}
}
