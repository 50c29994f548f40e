package expand_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// TestWindow shows where the window macro may stand, and that an expression is compiled once for all windows.
func TestWindow(t *testing.T) {
	tests := map[string]struct{ promQL, minutes, hour string }{
		"the range of a selector":           {`rate(a[__window])`, `rate(a[5m])`, `rate(a[1h])`},
		"the range and step of a subquery":  {`max_over_time(a[__window:__window])`, `max_over_time(a[5m:5m])`, `max_over_time(a[1h:1h])`},
		"offsets":                           {`a offset __window + b offset -__window`, `a offset 5m + b offset -5m`, `a offset 1h + b offset -1h`},
		"the offset of a range":             {`rate(a[1h] offset __window)`, `rate(a[1h] offset 5m)`, `rate(a[1h] offset 1h)`},
		"the offset of a subquery":          {`max_over_time(a[1h:] offset __window)`, `max_over_time(a[1h:] offset 5m)`, `max_over_time(a[1h:] offset 1h)`},
		"numbers of seconds":                {`a / __window > bool -__window`, `a / 300 > bool -300`, `a / 3600 > bool -3600`},
		"a parameter":                       {`topk(__window, a)`, `topk(300, a)`, `topk(3600, a)`},
		"a part of a metric's name":         {`job:errors:__window{a="b"}`, `job:errors:5m{a="b"}`, `job:errors:1h{a="b"}`},
		"no other durations":                {`rate(a[10m]) * 10m`, `rate(a[10m]) * 600`, `rate(a[10m]) * 600`},
		"no strings":                        {`a{b="__window"}`, `a{b="__window"}`, `a{b="__window"}`},
		"no comments":                       {"a # __window", `a`, `a`},
		"no longer words":                   {`my__window + __windows`, `my__window + __windows`, `my__window + __windows`},
		"several windows in one expression": {`rate(a[__window]) / rate(b[__window])`, `rate(a[5m]) / rate(b[5m])`, `rate(a[1h]) / rate(b[1h])`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			compiled := compile(t, cer.Value{PromQL: test.promQL})
			for window, want := range map[time.Duration]string{5 * time.Minute: test.minutes, time.Hour: test.hour} {
				x, err := compiled.Expand(expand.Config{Window: window})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, x.Forms[0].Parts[0].Expr.String()); diff != "" {
					t.Errorf("over %s (-want +got):\n%s", window, diff)
				}
			}
		})
	}
}

func TestCompileErrors(t *testing.T) {
	tests := map[string]struct {
		indicator cer.Indicator
		trust     []string
		want      string
	}{
		"a syntax error": {cer.Value{PromQL: `rate(a[__window]`}, nil,
			`the PromQL "rate(a[__window]" does not parse: 1:17: parse error: unclosed left parenthesis`},
		"the macro keeps its name in errors": {cer.Value{PromQL: `a __window`}, nil,
			`the PromQL "a __window" does not parse: 1:3: parse error: unexpected duration "__window"`},
		"the macro where no duration may stand": {cer.Value{PromQL: `a @ __window`}, nil,
			`the PromQL "a @ __window" has __window 1 times, but 0 times as a duration`},
		"the duration that stands for the macro": {cer.Value{PromQL: `rate(a[765432h])`}, nil,
			`the PromQL "rate(a[765432h])" has __window 0 times, but 1 times as a duration`},
		"a trusted matcher that is none": {cer.Value{PromQL: `a`}, []string{`job=`},
			`the matcher "job=" does not parse: 1:7: parse error: unexpected "}" in label matching, expected string`},
		"a histogram that is no selector": {cer.Quantile{Histogram: `sum(a)`, Q: .5}, nil,
			`the PromQL "sum(a)" is not a selector, which the kind quantile needs`},
		"a probe that is no selector": {cer.Probe{Selector: `sum(a)`}, nil,
			`the PromQL "sum(a)" is not a selector, which the kind probe needs`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := expand.Compile(test.indicator, test.trust)
			if err == nil {
				t.Fatal("it compiles")
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
