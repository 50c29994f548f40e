package findings

import (
	"fmt"
	"testing"
	"time"
)

// The label of a dimension that an expression takes from target_info splits it as one of its own series does.
func TestG8AnExpressionIsSplitByALabelThatItJoins(t *testing.T) {
	from := noon.Add(-time.Hour)
	var all []series
	for i, region := range []string{"eu", "eu", "us"} {
		instance := fmt.Sprintf(`job="shop",instance="%d"`, i)
		all = append(all,
			series{fmt.Sprintf(`target_info{%s,region=%q,version="%d"}`, instance, region, i), from, noon, 15 * time.Second, constant(1)},
			series{fmt.Sprintf(`shop_total{%s,code="200"}`, instance), from, noon, 15 * time.Second, counter(from, []float64{9, 7, 5}[i])},
			series{fmt.Sprintf(`shop_total{%s,code="500"}`, instance), from, noon, 15 * time.Second, counter(from, []float64{1, 3, 5}[i])})
	}
	const info = "* on (job, instance) group_left (region) target_info"
	for name, sli := range map[string]string{
		"an expression by the label": `value: { promql: 'sum by (region) (rate(shop_total{code="200"}[__window]) ` + info + `) / sum by (region) (rate(shop_total[__window]) ` + info + `)' }`,
		"an aggregate of the info":   `value: { promql: 'sum by (region) (rate(shop_total{code="200"}[__window]) * on (job, instance) group_left (region) max by (job, instance, region) (target_info)) / sum by (region) (rate(shop_total[__window]) ` + info + `)' }`,
		"aggregates of the counters": `value: { promql: 'sum by (region) (sum by (job, instance) (rate(shop_total{code="200"}[__window])) ` + info + `) / sum by (region) (sum by (job, instance) (rate(shop_total[__window])) ` + info + `)' }`,
		"the info on the left":       `value: { promql: 'sum by (region) (target_info * on (job, instance) group_right (region) rate(shop_total{code="200"}[__window])) / sum by (region) (rate(shop_total[__window]) ` + info + `)' }`,
		"a ratio":                    `ratio: { good: 'sum by (region) (rate(shop_total{code="200"}[__window]) ` + info + `)', total: 'sum by (region) (rate(shop_total[__window]) ` + info + `)' }`,
		"a ratio of sums":            `ratio: { bad: 'sum(rate(shop_total{code="500"}[__window]) ` + info + `)', total: 'sum(rate(shop_total[__window]) ` + info + `)' }`,
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(`
dimensions: [{ name: region, label: region }]
flows:
  - name: shop
    slis:
      - { name: ok, component: availability, `+sli+` }`), nil, all...)
			split := tr.latest(`"level": "flow", "by": ["region"]`, noon)
			split.is(`flow="shop",region="eu"`, .8)
			split.is(`flow="shop",region="us"`, .5)
			tr.latest(`"level": "flow", "where": {"region": ["us"]}`, noon).is(`flow="shop"`, .5)
		})
	}
}
