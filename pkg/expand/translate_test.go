package expand_test

import (
	"slices"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

func TestTranslate(t *testing.T) {
	for text, want := range map[string]expand.Translation{
		`sum(rate(a[{{.window}}]))`:                        {Text: `sum(rate(a[__window]))`, Replaced: `{{.window}}`},
		"sum(rate(a[{{ .window }}]))\n":                    {Text: `sum(rate(a[__window]))`, Replaced: `{{ .window }}`},
		`rate(a[{{- .window -}}])`:                         {Text: `rate(a[__window])`, Replaced: `{{- .window -}}`},
		`sum_over_time((count(a < 1))[{{.window}}:])`:      {Text: `sum_over_time((count(a < 1))[__window:])`, Replaced: `{{.window}}`},
		`rate(a[$__rate_interval]) / rate(b[$__interval])`: {Text: `rate(a[__window]) / rate(b[__window])`, Replaced: `$__interval`},
		`rate(a[${__rate_interval}])`:                      {Text: `rate(a[__window])`, Replaced: `${__rate_interval}`},
		`rate(a[${__range:raw}])`:                          {Text: `rate(a[__window])`, Replaced: `${__range:raw}`},
		// A range of its own beside the variable is meant as it is.
		`rate(a[{{.window}}]) / rate(b[5m])`: {Text: `rate(a[__window]) / rate(b[5m])`, Replaced: `{{.window}}`},
		// Ranges that are all alike.
		`sum(rate(a[5m])) / sum(rate(b[ 5m ]))`:   {Text: `sum(rate(a[__window])) / sum(rate(b[__window]))`, Replaced: `5m`, IsRange: true},
		`rate(a[5m] offset 1h)`:                   {Text: `rate(a[__window] offset 1h)`, Replaced: `5m`, IsRange: true},
		`rate(a{x="[5m]",y=~"[1-5]+"}[1h30m])`:    {Text: `rate(a{x="[5m]",y=~"[1-5]+"}[__window])`, Replaced: `1h30m`, IsRange: true},
		`sum(rate({"a.b",x="y"}[1m]))`:            {Text: `sum(rate({"a.b",x="y"}[__window]))`, Replaced: `1m`, IsRange: true},
		`max_over_time(rate(a[5m])[1h:])`:         {Text: `max_over_time(rate(a[__window])[1h:])`, Replaced: `5m`, IsRange: true},
		`sum(rate(a[5m])) / sum(rate(b[1h]))`:     {Text: `sum(rate(a[5m])) / sum(rate(b[1h]))`},
		`up`:                                      {Text: `up`},
		`rate(a[`:                                 {Text: `rate(a[`},
		`job:errors:ratio_rate{{.window}}`:        {Text: `job:errors:ratio_rate5m`, Pinned: true},
		`job:errors:{{.window}}`:                  {Text: `job:errors:5m`, Pinned: true},
		`max_over_time(a[1h:{{.window}}])`:        {Text: `max_over_time(a[1h:__window])`, Replaced: `{{.window}}`},
		`a{window="{{.window}}"}`:                 {Text: `a{window="5m"}`, Pinned: true},
		`a{window='{{.window}}'} or b{x="\"{{"}`:  {Text: `a{window='5m'} or b{x="\"{{"}`, Pinned: true},
		"rate(a[{{.window}}]) # over {{.window}}": {Text: "rate(a[__window]) # over window", Replaced: `{{.window}}`},
		`rate(a[{{.other}}])`:                     {Text: `rate(a[{{.other}}])`},
		``:                                        {},
	} {
		if got := expand.Translate(text); got != want {
			t.Errorf("Translate(%q) = %+v, want %+v", text, got, want)
		}
	}
}

func TestCounterOf(t *testing.T) {
	for text, want := range map[string]string{
		`sum(rate(a{b="c"}[__window]))`:           `a{b="c"}`,
		"(sum(\n rate(a{b=\"c\"}[__window])\n ))": `a{b="c"}`,
		`sum(rate({"a.b",c="d"}[__window]))`:      `{"a.b",c="d"}`,
		`sum(rate(a[5m]))`:                        `sum(rate(a[5m]))`,
		`sum by (x) (rate(a[__window]))`:          `sum by (x) (rate(a[__window]))`,
		`sum(increase(a[__window]))`:              `sum(increase(a[__window]))`,
		`sum(rate(a[__window] offset 5m))`:        `sum(rate(a[__window] offset 5m))`,
		`rate(a[__window])`:                       `rate(a[__window])`,
		`sum(rate(a[__window])) + 1`:              `sum(rate(a[__window])) + 1`,
		`sum(`:                                    `sum(`,
	} {
		if got := expand.CounterOf(text); got != want {
			t.Errorf("CounterOf(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestQuotientOf(t *testing.T) {
	type quotient struct {
		numerator, denominator string
		complement, ok         bool
	}
	for text, want := range map[string]quotient{
		`sum(rate(a[__window])) / sum(rate(b[__window]))`: {`sum(rate(a[__window]))`, `sum(rate(b[__window]))`, false, true},
		"1 - (\n sum(a)\n /\n sum(b)\n)":                  {`sum(a)`, `sum(b)`, true, true},
		`(sum(b) - sum(a)) / sum(b)`:                      {`sum(b) - sum(a)`, `sum(b)`, false, true},
		`1 - sum(a) / (sum(b) + sum(c))`:                  {`sum(a)`, `sum(b) + sum(c)`, true, true},
		`rate(a[__window]) / rate(b[__window])`:           {},
		`sum by (x) (a) / sum by (x) (b)`:                 {},
		`avg(a) / sum(b)`:                                 {},
		`2 - sum(a) / sum(b)`:                             {},
		`sum(a) / 100`:                                    {},
		`a`:                                               {},
		`1 - `:                                            {},
		`sum(rate(a{x="é"}[__window])) / sum(rate(b{x="ü"}[5m]))`:    {`sum(rate(a{x="é"}[__window]))`, `sum(rate(b{x="ü"}[5m]))`, false, true},
		`(sum(a) or vector(0)) / on() group_left() sum(b)`:           {`sum(a) or vector(0)`, `sum(b)`, false, true},
		`clamp_max(sum(rate(a[__window])) / sum(rate(b[5m])), 1)`:    {},
		`1 - (sum(rate(a[__window])) / sum(rate(b[__window]))) * 10`: {},
	} {
		var got quotient
		got.numerator, got.denominator, got.complement, got.ok = expand.QuotientOf(text)
		if got != want {
			t.Errorf("QuotientOf(%q) = %+v, want %+v", text, got, want)
		}
	}
}

func TestComplement(t *testing.T) {
	for text, want := range map[string]string{
		`a`:                                  `1 - (a)`,
		`a + b # c`:                          `1 - (a + b)`,
		`1 - avg_over_time(a[__window])`:     `avg_over_time(a[__window])`,
		`(1 - (a / b))`:                      `a / b`,
		`avg_over_time(a{b="c"}[__window:])`: `1 - (avg_over_time(a{b="c"}[__window:]))`,
		`a[`:                                 `a[`,
	} {
		if got := expand.Complement(text); got != want {
			t.Errorf("Complement(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestWithRange(t *testing.T) {
	for _, test := range []struct {
		text, function, want string
		added                bool
	}{
		{`sum(a)`, "rate", `sum(rate(a[__window]))`, true},
		{`sum by (x) (a{b="c"}) + -(d)`, "rate", `sum by (x) (rate(a{b="c"}[__window])) + -(rate(d[__window]))`, true},
		{`a`, "rate", `a`, false},
		{`(a)`, "sum_over_time", `sum(sum_over_time(a[__window]))`, true},
		{`sum(a) * 2`, "sum_over_time", `sum(sum_over_time(a[__window])) * 2`, true},
		{`sum(rate(a[5m]))`, "rate", `sum(rate(a[5m]))`, false},
		{`abs(a)`, "rate", `abs(rate(a[__window]))`, true},
		{`vector(1)`, "rate", `vector(1)`, false},
		{`sum(`, "rate", `sum(`, false},
	} {
		if got, added := expand.WithRange(test.text, test.function); got != test.want || added != test.added {
			t.Errorf("WithRange(%q, %s) = %q, %t, want %q, %t", test.text, test.function, got, added, test.want, test.added)
		}
	}
}

func TestBucketOf(t *testing.T) {
	for name, test := range map[string]struct {
		fast, all, histogram, bound string
		good                        []string
		ok                          bool
	}{
		"a bucket":         {`d_bucket{job="a",le="0.5"}`, `d_count{job="a"}`, `d{job="a"}`, "0.5", nil, true},
		"of good ones":     {`d_bucket{code!~"5..",le="0.5"}`, `d_count`, `d`, "0.5", []string{`code!~"5.."`}, true},
		"without a bound":  {`d_bucket{job="a"}`, `d_count{job="a"}`, "", "", nil, false},
		"of fewer":         {`d_bucket{le="1"}`, `d_count{job="a"}`, "", "", nil, false},
		"of another":       {`e_bucket{le="1"}`, `d_count`, "", "", nil, false},
		"of a counter":     {`d_bucket{le="1"}`, `d_total`, "", "", nil, false},
		"several bounds":   {`d_bucket{le=~"1|2"}`, `d_count`, "", "", nil, false},
		"an expression":    {`rate(d_bucket{le="1"}[5m])`, `d_count`, "", "", nil, false},
		"a name in quotes": {`{"d.s_bucket",le="1"}`, `{"d.s_count"}`, `{__name__="d.s"}`, "1", nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			b, ok := expand.BucketOf(test.fast, test.all)
			if ok != test.ok || ok && (b.Histogram != test.histogram || b.Bound != test.bound || !slices.Equal(b.Good, test.good)) {
				t.Errorf("it is %+v, %t", b, ok)
			}
		})
	}
}

func TestSelectorOf(t *testing.T) {
	for want, got := range map[string]string{
		`a:b{c="d",e="f\"g"}`:    expand.SelectorOf("a:b", "c", "d", "e", `f"g`),
		`a`:                      expand.SelectorOf("a"),
		`{__name__="a.b",c="d"}`: expand.SelectorOf("a.b", "c", "d"),
	} {
		if got != want {
			t.Errorf("it is %s, want %s", got, want)
		}
	}
	if !expand.Buckets(`sum(rate(a_bucket{le="1"}[__window]))`) || expand.Buckets(`sum(rate(a[__window]))`) || expand.Buckets(`sum(`) {
		t.Error("Buckets does not recognise selectors of buckets")
	}
}
