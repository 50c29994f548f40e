package expand_test

import (
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

func TestS8InstantSelectorsSayHowFarTheyLookBack(t *testing.T) {
	for text, want := range map[string]string{
		`a`:                             `default_rollup(a[5m])`,
		`a{b="c"} offset 1h`:            `default_rollup(a{b="c"}[5m] offset 1h)`,
		`sum by (b) (a) / 2`:            `sum by (b) (default_rollup(a[5m])) / 2`,
		`-(a > bool 1)`:                 `-(default_rollup(a[5m]) > bool 1)`,
		`topk(scalar(a), b)`:            `topk(scalar(default_rollup(a[5m])), default_rollup(b[5m]))`,
		`a * on (b) group_left (c) d`:   `default_rollup(a[5m]) * on (b) group_left (c) default_rollup(d[5m])`,
		`max_over_time((a + b)[1h:1m])`: `max_over_time((default_rollup(a[5m]) + default_rollup(b[5m]))[1h:1m])`,
		`rate(a[1m])`:                   `rate(a[1m])`,
		`avg_over_time(a[1m] offset 1h) + vector(1)`: `avg_over_time(a[1m] offset 1h) + vector(1)`,
		`time() - timestamp((a{b="c"}))`:             `time() - (timestamp(a{b="c"}[5m]) and default_rollup(a{b="c"}[5m]))`,
		`timestamp(a + b)`:                           `timestamp(default_rollup(a[5m]) + default_rollup(b[5m]))`,
		`absent(a{b="$c",d!="e",f="",g="h",g=~"i"})`: `label_replace(absent(default_rollup(a{b="$c",d!="e",f="",g="h",g=~"i"}[5m])), "b", "$$c", "", "")`,
		`absent(sum(a))`:                             `absent(sum(default_rollup(a[5m])))`,
		`{__name__=~"a|b",c="d"}`:                    `default_rollup({__name__=~"a|b",c="d"}[5m])`,
	} {
		t.Run(text, func(t *testing.T) {
			indicator := compile(t, cer.Value{PromQL: text})
			for lookback, want := range map[time.Duration]string{5 * time.Minute: want, 0: lookingBack(t, indicator, 0).String()} {
				if got := lookingBack(t, indicator, lookback).String(); got != want {
					t.Errorf("%s: %s, want %s", lookback, got, want)
				}
			}
		})
	}
}

// lookingBack returns the only expression of an indicator.
func lookingBack(t *testing.T, i *expand.Indicator, lookback time.Duration) *expand.Expr {
	t.Helper()
	x, err := i.Expand(expand.Config{Window: time.Minute, Lookback: lookback})
	if err != nil {
		t.Fatal(err)
	}
	return x.Forms[0].Parts[0].Expr
}

func TestS8ExpressionsThatLookBackAreMergedAsOthers(t *testing.T) {
	value := func(text string) *expand.Expr {
		return lookingBack(t, compile(t, cer.Value{PromQL: text}), 5*time.Minute)
	}
	ages, _, err := compile(t, cer.Value{PromQL: `a{b="c"}`}).Lag(expand.Config{Window: time.Minute, Lookback: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	others, _, err := compile(t, cer.Value{PromQL: `a{b="d"}`}).Lag(expand.Config{Window: time.Minute, Lookback: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		exprs []*expand.Expr
		want  string
	}{
		"numbers of series": {[]*expand.Expr{value(`count(a{b="c"})`), value(`count(a{b="d"})`)}, `count by (b) (default_rollup(a{b=~"c|d"}[5m]))`},
		"rates":             {[]*expand.Expr{value(`sum(rate(a{b="c"}[1m]))`), value(`sum(rate(a{b="d"}[1m]))`)}, `sum by (b) (rate(a{b=~"c|d"}[1m]))`},
		"ages": {[]*expand.Expr{ages[0], others[0]}, `time() - (max by (b) ((timestamp(a{b=~"c|d"}[5m]) and default_rollup(a{b=~"c|d"}[5m]))) or ` +
			`max by (b) (max_over_time((timestamp(a{b=~"c|d"}[5m]) and default_rollup(a{b=~"c|d"}[5m]))[1h:5m])))`},
	} {
		t.Run(name, func(t *testing.T) {
			merged := expand.Merge(test.exprs)
			if len(merged) != 1 || merged[0].Expr.String() != test.want {
				t.Errorf("%d expressions, the first %s, want %s", len(merged), merged[0].Expr, test.want)
			}
		})
	}
}
