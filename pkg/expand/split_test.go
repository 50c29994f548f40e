package expand_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// TestWhatCanNotBeSplit says of expressions why they can't be split by region; nothing where they can.
func TestWhatCanNotBeSplit(t *testing.T) {
	for name, test := range map[string]struct{ promql, reason string }{
		"topk":                              {`sum(topk(3, a))`, "topk compares or counts across cohorts"},
		"bottomk":                           {`sum(bottomk(3, a))`, "bottomk compares or counts across cohorts"},
		"count_values":                      {`count(count_values("version", build_info))`, "count_values compares or counts across cohorts"},
		"topk by another label":             {`sum(topk by (x) (3, a))`, "topk compares or counts across cohorts"},
		"a number made of series":           {`sum(a) / scalar(sum(b))`, "scalar() has no cohorts"},
		"a series made of a number":         {`sum(a) or vector(0)`, "vector() has no cohorts"},
		"absence":                           {`1 - absent(a)`, "absent() has no cohorts"},
		"absence over time":                 {`1 - absent_over_time(a[5m])`, "absent_over_time() has no cohorts"},
		"the hour of the instant":           {`sum(a) * on() hour()`, "hour() has no cohorts"},
		"the hour of series":                {`sum(hour(a))`, ""},
		"an aggregate without the label":    {`sum without (region) (a)`, "it aggregates without (region)"},
		"an aggregate without another":      {`sum without (pod) (a)`, ""},
		"an aggregate by another":           {`sum by (x) (a)`, ""},
		"a match ignoring the label":        {`a / ignoring (region) b`, "it matches ignoring (region)"},
		"a match ignoring another":          {`a / ignoring (pod) b`, ""},
		"a match on another":                {`a / on (x) b`, ""},
		"the label of the other side":       {`sum by (region) (a * on (x) group_left (region) b)`, ""},
		"that of an aggregate":              {`a * on (x) group_left (region) max by (x, region) (b)`, ""},
		"that of an aggregate without":      {`a * on (x) group_left (region) max without (pod) (b)`, ""},
		"that which an aggregate drops":     {`a * on (x) group_left (region) max by (x) (b)`, "it takes region from the other side of a match, which has none"},
		"that of the left side":             {`b * ignoring (region) group_right (region) a`, ""},
		"another label of the other side":   {`a * on (x) group_left (version) b`, ""},
		"the label made up":                 {`sum(label_replace(a, "region", "$1", "zone", "(..).*"))`, "label_replace makes that label up"},
		"the label joined":                  {`sum(label_join(a, "region", "-", "zone", "x"))`, "label_join makes that label up"},
		"another label made up":             {`sum(label_replace(a, "x", "$1", "zone", "(..).*"))`, ""},
		"what can't be split, deep within":  {`sum by (x) (rate(a[5m]) / on (x) group_left () max_over_time(topk(1, b)[5m:1m]))`, "topk compares or counts across cohorts"},
		"a subquery of what can be split":   {`max_over_time(sum(rate(a[5m]))[10m:1m])`, ""},
		"a number that is no series at all": {`42`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			x, err := compile(t, cer.Value{PromQL: test.promql}).Expand(expand.Config{Window: time.Minute, By: []string{"region"}})
			if err != nil {
				t.Fatal(err)
			}
			want, by := "", []string{"region"}
			if test.reason != "" {
				want, by = "can't be split by region, because "+test.reason+"; all cohorts get the same value", nil
			}
			if diff := cmp.Diff(want, x.Shared); diff != "" {
				t.Error("the notice differs (-want +got):\n", diff)
			}
			if diff := cmp.Diff(strings.Join(by, ","), strings.Join(x.By, ",")); diff != "" {
				t.Error("it is split by other labels (-want +got):\n", diff)
			}
		})
	}
}
