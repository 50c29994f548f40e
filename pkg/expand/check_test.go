package expand

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

func TestChecks(t *testing.T) {
	tests := map[string]struct {
		check func(string, *work.Budget) Checked
		text  string
		want  string
	}{
		"a selector is one":                            {CheckSelector, `probe_success{target="psp"}`, ``},
		"a selector in parentheses is one":             {CheckSelector, `(up)`, ``},
		"a selector without a name is one":             {CheckSelector, `{job="x"}`, ``},
		"no text is refused":                           {CheckSelector, ` `, `0: PromQL is missing here`},
		"an expression is no selector":                 {CheckSelector, `sum(up)`, `0: a selector such as name{label="value"} is needed here, not an expression`},
		"a selector needs no range":                    {CheckSelector, `up{a="b"}[5m]`, `9: the range is added automatically; leave it off the selector`},
		"a selector takes no offset":                   {CheckSelector, `up offset 5m`, `0: a selector takes no offset; write a whole expression where that is allowed`},
		"a syntax error says where":                    {CheckSelector, `up{a="b",,}`, `9: PromQL: unexpected "," in label matching, expected identifier or "}"`},
		"what follows from a syntax error is left out": {CheckExpression, `sum(rate(foo[5m])`, `16: PromQL: unclosed left parenthesis`},
		"two mistaken types are both named":            {CheckExpression, `rate(a) + rate(b)`, "5: PromQL: expected type range vector in call to function \"rate\", got instant vector; write rate(x[__window])\n15: PromQL: expected type range vector in call to function \"rate\", got instant vector"},
		"the macro is a duration":                      {CheckExpression, `rate(a[__window] offset __window)`, ``},
		"positions behind the macro are true":          {CheckExpression, `rate(a[__window]) + rate(b)`, `25: PromQL: expected type range vector in call to function "rate", got instant vector; write rate(x[__window])`},
		"the macro keeps its name in messages":         {CheckExpression, `a __window`, `2: PromQL: unexpected duration "__window"`},
		"Grafana's macros are refused":                 {CheckExpression, `foo{a="x$"} + rate(foo[$__range])`, `23: Grafana's macros are not allowed in a catalog; write __window for the window`},
		"an empty range is refused":                    {CheckExpression, `rate(foo[])`, `8: the range is empty; write [__window], and in a provisioned file write $$name for $name, which Grafana expands`},
		"brackets in a string are no range":            {CheckCounter, `foo{a=~"[]x]"}`, ``},
		"a comment is no range":                        {CheckCounter, "foo # []", ``},
		"a pinned time is refused":                     {CheckExpression, `a + b @ 3`, `4: @, start() and end() are not allowed in a catalog, because a number must not depend on the time range of a panel; use offset`},
		"the end of the range is refused":              {CheckExpression, `a @ end()`, `0: @, start() and end() are not allowed in a catalog, because a number must not depend on the time range of a panel; use offset`},
		"the future is refused":                        {CheckExpression, `a offset -5m`, `0: a negative offset reads the future; use a positive one`},
		"the future of a subquery is refused":          {CheckExpression, `max_over_time(a[5m:1m] offset -5m)`, `14: a negative offset reads the future; use a positive one`},
		"a range is no number":                         {CheckExpression, `a[5m]`, `0: this is a range of samples, not a number at an instant; wrap it in rate(...) or the like, or leave the range off a selector`},
		"a string is no number":                        {CheckExpression, `"a"`, `0: this is a string; an expression that yields numbers is needed`},
		"a fixed range is doubtful":                    {CheckExpression, `rate(a[5m])`, `0: warning: the expression has a fixed range, so it does not follow the window; write [__window]`},
		"an expression without a range is fine":        {CheckExpression, `a:rate5m / b:rate5m`, ``},
		"a variable of Sloth is no range":              {CheckExpression, `rate(a[{{.window}}])`, `6: this is another tool's variable; write [__window]`},
		"a variable of Grafana is no range":            {CheckExpression, `rate(a[$window])`, `6: this is another tool's variable; write [__window]`},
		"events are no events a second":                {CheckCounter, `sum(increase(a_total[__window]))`, `4: warning: increase yields events, not events per second, which traffic and minEvents count in; use rate(...)`},
		"a recorded rate needs no rate":                {CheckCounter, `job:errors:rate5m`, `0: warning: rate is added to a selector, and this metric is recorded, by its name; if it is already a rate, write sum(...) around it, and if it is a share, make this an SLI of the kind recorded`},
		"a counter is no probe":                        {CheckSelector, `checks_total{a="b"}`, `0: warning: this is a counter by its name; a probe is a gauge that is 0 or 1`},
		"a counter may be a selector":                  {CheckCounter, `requests_total{code!~"5.."}`, ``},
		"a counter may be an expression":               {CheckCounter, `sum(rate(requests_total[__window]))`, ``},
		"a counter's selector takes no offset":         {CheckCounter, `requests_total offset 5m`, `0: a selector takes no offset; write a whole expression where that is allowed`},
		"a histogram is no counter":                    {CheckCounter, `latency_seconds{a="b"}`, `0: warning: this is a histogram by its name, and a ratio needs a counter of events; write latency_seconds_count, or of a native histogram sum(histogram_count(rate(latency_seconds[__window])))`},
		"nor are its sums":                             {CheckCounter, `latency_seconds_sum`, `0: warning: this is the sum of the measured values, and a ratio needs a counter of events; write latency_seconds_count`},
		"nor are all of its buckets":                   {CheckCounter, `latency_seconds_bucket{a="b"}`, `0: warning: a histogram counts an event in each bucket that it fits in; match on le, or write latency_seconds_count for all events`},
		"nor are all of them in an expression":         {CheckCounter, `sum(rate(latency_seconds_bucket[__window]))`, `9: warning: a histogram counts an event in each bucket that it fits in; match on le, or write latency_seconds_count for all events`},
		"the last two samples are not all":             {CheckCounter, `sum(irate(a_total[__window]))`, `4: warning: irate reads only the last two samples of the window, so all events before them are lost; use rate(...)`},
		"absence is no telemetry":                      {CheckValue, `1 - absent(up)`, `4: warning: absent yields 1 if there is no telemetry, and nothing if there is; remove it, and set missing to what lost telemetry means`},
		"series are not divided by themselves":         {CheckValue, `1 - rate(a_total{code="500"}[__window]) / rate(a_total[__window])`, `4: warning: each series is divided by the one with the same labels, which is itself, so the result is 1; write sum(...) / sum(...)`},
		"nor without a range":                          {CheckValue, `used{x="1"} / used`, `0: warning: each series is divided by the one with the same labels, which is itself, so the result is 1; write sum(...) / sum(...)`},
		"another time is not the same":                 {CheckValue, `used / used offset 1w`, ``},
		"nor is another function":                      {CheckValue, `min_over_time(used[__window]) / max_over_time(used[__window])`, ``},
		"nor is another metric":                        {CheckValue, `rate(d_sum[__window]) / rate(d_count[__window])`, ``},
		"nor are other labels":                         {CheckValue, `used / ignoring (x) group_left () used{x="1"}`, ``},
		"counters need a range":                        {CheckValue, `sum by (a) (ok_total) / sum by (a) (all_total)`, `0: warning: without a range this divides totals since the processes started, not events of the window; write sum(rate(...[__window])), and of gauges with such names last_over_time(...[5m])`},
		"gauges need none":                             {CheckValue, `sum(used) / sum(slots_total)`, ``},
		"one bucket is a counter":                      {CheckCounter, `latency_seconds_bucket{le="0.3"}`, ``},
		"seconds are counted as well":                  {CheckCounter, `busy_seconds_total`, ``},
		"a histogram is named without its suffix":      {CheckHistogram, `latency_seconds_bucket{a="b"}`, `15: a histogram is named without _bucket; write latency_seconds`},
		"so is one that __name__ names":                {CheckHistogram, `{__name__="latency_seconds_count"}`, `0: a histogram is named without _count; write latency_seconds`},
		"a histogram has a name":                       {CheckHistogram, `{a="b"}`, `0: a histogram needs the name of its metric; write name{...}`},
		"a histogram takes no matcher on le":           {CheckHistogram, `x{handle="le", le="1"}`, `15: a histogram's selector takes no matcher on le; the bounds are chosen by under, satisfied or q`},
		"nor on a quoted le":                           {CheckHistogram, `x{"le"="1"}`, `0: a histogram's selector takes no matcher on le; the bounds are chosen by under, satisfied or q`},
		"nor on le of what is named as a counter":      {CheckHistogram, `x_total{le="1"}`, `8: a histogram's selector takes no matcher on le; the bounds are chosen by under, satisfied or q`},
		"matchers are matchers":                        {CheckMatchers, `job=~"shop-.*", region!=""`, ``},
		"a selector is no matcher":                     {CheckMatchers, `{job="x"}`, `0: PromQL: unexpected left brace '{'; write a matcher such as job="shop"`},
		"a bad regular expression is refused":          {CheckMatchers, `job=~"("`, "0: PromQL: error parsing regexp: missing closing ): `(`; write a matcher such as job=\"shop\""},
		"the name of a metric can't be forced":         {CheckMatchers, `job="x", __name__="y"`, `0: a matcher on a label is needed, such as job=~"shop-.*"; __name__ can't be forced`},
		"no matcher is refused":                        {CheckMatchers, ``, `0: a matcher on a label is needed, such as job=~"shop-.*"; __name__ can't be forced`},
		"a tower of parentheses is refused":            {CheckExpression, strings.Repeat("(", 1001) + "a" + strings.Repeat(")", 1001), `0: the PromQL has more than 1000 operators and parentheses; compute a part of it in a recording rule`},
		"so is a chain of operators":                   {CheckExpression, strings.Repeat("a+", 1001) + "a", `0: the PromQL has more than 1000 operators and parentheses; compute a part of it in a recording rule`},
		"much repetition is refused":                   {CheckSelector, `up{job=~"` + strings.Repeat("x{1000}", 2) + `"}`, `8: this regular expression repeats too much, as by {1000}; write a smaller one`},
		"so are repetitions of repetitions":            {CheckExpression, `label_replace(a, "b", "$1", "c", "((xy){30}){30}")`, `33: this regular expression repeats too much, as by {1000}; write a smaller one`},
		"repetition that is escaped is repetition":     {CheckSelector, `x{a=~".\x7b1000}.\x7b1000}"}`, `5: this regular expression repeats too much, as by {1000}; write a smaller one`},
		"also in a call":                               {CheckExpression, `label_replace(a, "b", "$1", "c", "(\u0028xy\x29\173900})")`, `33: this regular expression repeats too much, as by {1000}; write a smaller one`},
		"what escapes a brace is no repetition":        {CheckSelector, "x{a=~`.\\{1000}.\\{1000}`}", ``},
		"a selector has one name":                      {CheckExpression, `sum(x{a=~"foo.*",__name__=~"bar.*",__name__!~"b"})`, "4: PromQL: metric name must not be set twice: \"x\" or \"bar.*\"\n4: PromQL: metric name must not be set twice: \"x\" or \"b\""},
		"a selector selects something":                 {CheckExpression, `{a=~"b*|c?"} + {a!~"b"} + {a=~"b"}`, "0: PromQL: vector selector must contain at least one non-empty matcher\n15: PromQL: vector selector must contain at least one non-empty matcher"},
		"also among matchers":                          {CheckMatchers, `job!~"x{600}y{600}"`, `5: this regular expression repeats too much, as by {1000}; write a smaller one`},
		"some repetition is none":                      {CheckMatchers, `pod=~"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\\d{1,3}(\\.\\d{1,3}){3}"`, ``},
		"many alternatives are no repetition":          {CheckMatchers, `job=~"` + strings.Repeat("shop-one|", 800) + `x"`, ``},
		"a very long text is refused":                  {CheckExpression, strings.Repeat("(", 20000), `0: the PromQL is longer than 8 KiB; compute a part of it in a recording rule`},
		"very long matchers are refused":               {CheckMatchers, strings.Repeat("a", 20000), `0: the matchers are longer than 8 KiB; write fewer`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := shown(test.check(test.text, work.NewBudget(100_000)).Problems); got != test.want {
				t.Errorf("%s\n got %s\nwant %s", excerptOf(test.text), got, test.want)
			}
		})
	}
}

// shown returns the problems, each with its offset on a line of its own.
func shown(problems []Problem) string {
	var lines []string
	for _, p := range problems {
		warning := ""
		if p.Warning {
			warning = "warning: "
		}
		lines = append(lines, fmt.Sprintf("%d: %s%s", p.Offset, warning, p.Message))
	}
	return strings.Join(lines, "\n")
}

// excerptOf returns the start of a text.
func excerptOf(text string) string { return text[:min(len(text), 80)] }

func TestMetricName(t *testing.T) {
	for text, want := range map[string]string{
		`latency_ms{a="b"}`:       "latency_ms",
		`(latency_ms)`:            "latency_ms",
		`{__name__="latency_ms"}`: "latency_ms",
		`{"latency_ms", a="b"}`:   "latency_ms",
		`{__name__=~"latency.*"}`: "",
		`sum(latency_ms)`:         "",
		`latency_ms{`:             "",
	} {
		if got := MetricName(text); got != want {
			t.Errorf("MetricName(%s) = %q, want %q", text, got, want)
		}
	}
}
