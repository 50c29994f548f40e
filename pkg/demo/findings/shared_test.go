package findings

import (
	"math"
	"testing"
	"time"
)

func TestS6AWeightOrAnAmountWithoutTheLabelSpeaksForEveryCohort(t *testing.T) {
	from := noon.Add(-time.Hour)
	all := append(zones("shop_total", from, noon, map[string]float64{"north": .2, "south": .2}),
		zones("mail_total", from, noon, map[string]float64{"north": 0, "south": 0})...)
	all = append(all,
		series{"importance", from, noon, 15 * time.Second, constant(4)},
		series{`orders_total{team="a"}`, from, noon, 15 * time.Second, counter(from, 2)},
		series{"euros", from, noon, 15 * time.Second, constant(10)})
	for _, weight := range []string{
		"importance", "max(importance)", "sum(importance) * 1", "scalar(importance)", "vector(4)", "sum by (team) (rate(orders_total[__window])) * 2",
		"2 * sum(rate(orders_total[__window]))", "importance * on () group_left () max(importance) / 4", "topk(1, importance)", "4 * count(importance)",
		"importance or vector(1)", "sum(importance) / on () sum(euros) * 10",
		"max(label_replace(importance, \"zone\", \"\", \"\", \"\"))",
		"sum(rate(shop_total[__window])) / sum(rate(shop_total[__window])) * max(importance)",
	} {
		t.Run(weight, func(t *testing.T) {
			tr := try(t, catalog(`
dimensions: [{ name: zone, label: zone }]
flows:
  - name: shop
    weight: { promql: '`+weight+`', value: 1 }
    revenue: { promql: '`+weight+`', currency: EUR }
    slis:
      - `+ratioOf("shop_total")+`
  - name: mail
    slis:
      - `+ratioOf("mail_total")), nil, all...)
			const want = (4*.8 + 1) / 5
			tr.latest(`"measure": "score"`, noon).is("", want)
			split := tr.latest(`"measure": "score", "by": ["zone"]`, noon)
			split.is(`zone="north"`, want)
			split.is(`zone="south"`, want)
			tr.latest(`"measure": "score", "where": {"zone": ["north"]}`, noon).is("", want)
			tr.latest(`"level": "flow", "measure": "revenueAtRisk"`, noon).is(`currency="EUR",flow="shop"`, 4*.2)
			split = tr.latest(`"level": "flow", "measure": "revenueAtRisk", "by": ["zone"]`, noon)
			split.is(`currency="EUR",flow="shop",zone="north"`, 4*.2)
			split.is(`currency="EUR",flow="shop",zone="south"`, 4*.2)
		})
	}
}

func TestS5ARecordedShareWithoutTheLabelSpeaksForEveryCohort(t *testing.T) {
	from := noon.Add(-time.Hour)
	all := append(zones("shop_total", from, noon, map[string]float64{"north": 0, "south": 0}),
		series{`bare_total{code="200"}`, from, noon, 15 * time.Second, counter(from, 10)})
	all = append(all,
		series{`job:errors:ratio`, from, noon, 15 * time.Second, constant(.2)},
		series{`job:errors:mixed`, from, noon, 15 * time.Second, constant(.2)},
		series{`job:errors:mixed{zone="south"}`, from, noon, 15 * time.Second, constant(.6)},
		series{`zone:errors:ratio{zone="north"}`, from, noon, 15 * time.Second, constant(.4)},
		series{`zone:errors:ratio{zone="south"}`, from, noon, 15 * time.Second, constant(.8)})
	for _, test := range []struct {
		recorded           string
		north, south, tier float64
	}{
		{"errorRatio: job:errors:ratio, total: shop_total", .8, .8, .8},
		{"ratio: job:errors:ratio, total: 'sum(rate(shop_total[__window]))'", .2, .2, .2},
		{"errorRatio: zone:errors:ratio, total: bare_total", .6, .2, .6*.75 + .2*.25},
		{"errorRatio: zone:errors:ratio, total: shop_total", .6, .2, .6*.75 + .2*.25},
		{"errorRatio: job:errors:mixed, total: shop_total", .8, .4, .8*.75 + .4*.25},
		{"errorRatio: job:errors:ratio, total: bare_total", .8, .8, .8},
	} {
		t.Run(test.recorded, func(t *testing.T) {
			spec := `
flows:
  - name: shop
    slis:
      - { name: ok, component: availability, recorded: { ` + test.recorded + ` }, trust: [] }`
			tr := try(t, catalog("dimensions: [{ name: zone, label: zone, values: [north, south] }]"+spec), nil, all...)
			for _, query := range []string{`"level": "flow"`, `"level": "sli", "measure": "value"`} {
				labels := map[bool]string{true: `flow="shop"`, false: `component="availability",flow="shop",sli="ok"`}[query == `"level": "flow"`]
				split := tr.latest(query+`, "by": ["zone"]`, noon)
				split.is(labels+`,zone="north"`, test.north)
				split.is(labels+`,zone="south"`, test.south)
				tr.latest(query+`, "where": {"zone": ["south"]}`, noon)
			}
			weighted := try(t, catalog("dimensions: [{ name: zone, label: zone, weights: { north: 3, south: 1 } }]"+spec), nil, all...)
			weighted.latest(`"level": "flow"`, noon).is(`flow="shop"`, test.tier)
		})
	}
}

// A cohort that others have numbers of their own beside has not those of all: its weight is the stated one.
func TestS6ACohortWithoutNumbersBesideOthersHasNotThoseOfAll(t *testing.T) {
	from := noon.Add(-time.Hour)
	all := append(zones("shop_total", from, noon, map[string]float64{"north": .2, "west": .2}),
		zones("mail_total", from, noon, map[string]float64{"north": 0, "west": 0})...)
	all = append(all, series{`orders_total{zone="north"}`, from, noon, 15 * time.Second, counter(from, 2)},
		series{`calls_total{zone="north"}`, from, noon, 15 * time.Second, counter(from, 2)})
	for _, expr := range []string{"sum(rate(orders_total[__window])) + sum(rate(calls_total[__window]))", "2 * sum(rate(orders_total[__window]))"} {
		t.Run(expr, func(t *testing.T) {
			tr := try(t, catalog(`
dimensions: [{ name: zone, label: zone }]
flows:
  - name: shop
    weight: { promql: '`+expr+`', value: 1 }
    revenue: { promql: '`+expr+`', currency: EUR }
    slis:
      - `+ratioOf("shop_total")+`
  - name: mail
    slis:
      - `+ratioOf("mail_total")), nil, all...)
			split := tr.latest(`"measure": "score", "by": ["zone"]`, noon)
			split.isNear(`zone="north"`, (4*.8+1)/5, 1e-6)
			split.is(`zone="west"`, .9)
			split = tr.latest(`"level": "flow", "measure": "revenueAtRisk", "by": ["zone"]`, noon)
			split.isNear(`currency="EUR",flow="shop",zone="north"`, 4*.2, 1e-6)
			split.is(`currency="EUR",flow="shop",zone="west"`, math.NaN())
		})
	}
}

// Traffic whose expression has no result when it is split speaks for every cohort.
func TestS6TrafficOfExpressionsWithoutTheLabelSpeaksForEveryCohort(t *testing.T) {
	from := noon.Add(-time.Hour)
	all := append(zones("shop_total", from, noon, map[string]float64{"north": .2, "south": .2}),
		zones("mail_total", from, noon, map[string]float64{"north": 0, "south": 0})...)
	all = append(all,
		series{"visits_total", from, noon, 15 * time.Second, counter(from, 60)},
		series{`factor{zone="north"}`, from, noon, 15 * time.Second, constant(1)},
		series{`factor{zone="south"}`, from, noon, 15 * time.Second, constant(0)},
		series{"lost_total", from, noon, 15 * time.Second, counter(from, 6)})
	for name, total := range map[string]string{
		"joined with labels that the other side lacks": "sum(rate(visits_total[__window])) * sum(factor)",
		"without the label":                            "sum(rate(visits_total[__window])) * 1",
		"a plain counter without the label":            "visits_total",
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(`
dimensions: [{ name: zone, label: zone }]
flows:
  - name: shop
    weight: { traffic: true }
    traffic: seen
    slis:
      - `+ratioOf("shop_total")+`
      - { name: seen, component: correctness, weight: 0, ratio: { bad: lost_total, total: '`+total+`' } }
  - name: mail
    weight: { traffic: true }
    slis:
      - `+ratioOf("mail_total")), nil, all...)
			score := func(shop, mail float64) float64 { return (shop*.8 + mail) / (shop + mail) }
			tr.latest(`"measure": "score"`, noon).isNear("", score(60, 20), 1e-6)
			split := tr.latest(`"measure": "score", "by": ["zone"]`, noon)
			split.isNear(`zone="north"`, score(60, 10), 1e-6)
			split.isNear(`zone="south"`, score(60, 10), 1e-6)
		})
	}
}
