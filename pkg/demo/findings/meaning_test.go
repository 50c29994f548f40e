package findings

import (
	"math"
	"testing"
	"time"
)

func TestS15ARecordedShareThatIsNotANumberIsIdle(t *testing.T) {
	from := noon.Add(-time.Hour)
	for total, want := range map[string]float64{"": 1, ", total: shop_total": 1, ", total: none_total": 0} {
		tr := try(t, catalog(`
flows:
  - name: shop
    slis:
      - { name: ok, component: availability, recorded: { errorRatio: 'slo:errors:ratio'`+total+` }, trust: [], idle: good, missing: bad }`), nil,
			append(zones("shop_total", from, noon, map[string]float64{"north": 0}),
				series{"slo:errors:ratio", from, noon, 15 * time.Second, constant(notANumber)})...)
		a := tr.latest(`"level": "flow"`, noon) // Without a total where one is needed it is missing, which is bad here.
		a.is(`flow="shop"`, want)
	}
}

func TestS15AnIdleFallbackIsIdle(t *testing.T) {
	from := noon.Add(-time.Hour)
	for name, test := range map[string]struct {
		fallback string
		want     float64
		coverage float64
	}{
		"idle":    {"ratio: { good: 'backup_total{code=\"200\"}', total: backup_total }", 1, 1},
		"present": {"probe: { selector: probe_success }", .5, 1},
		"missing": {"probe: { selector: no_probe }", 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(`
flows:
  - name: shop
    slis:
      - { name: ok, component: availability, idle: good, missing: bad, ratio: { good: 'gone_total{code="200"}', total: gone_total },
          fallback: { `+test.fallback+` } }`), nil,
				series{`backup_total{code="200"}`, from, noon, 15 * time.Second, constant(7)},
				series{`probe_success{i="a"}`, from, noon, 15 * time.Second, constant(1)},
				series{`probe_success{i="b"}`, from, noon, 15 * time.Second, constant(0)})
			tr.latest(`"level": "flow"`, noon).is(`flow="shop"`, test.want)
			tr.latest(`"level": "flow", "measure": "coverage"`, noon).is(`flow="shop"`, test.coverage)
		})
	}
}

func TestS15AMemberWithoutAScoreHasNoImpact(t *testing.T) {
	from := noon.Add(-time.Hour)
	for _, minCoverage := range []string{"0.3", "0.7"} {
		tr := try(t, catalog(`
minCoverage: `+minCoverage+`
flows:
  - name: shop
    slis:
      - { name: ok, component: availability, weight: 4, value: { promql: half } }
      - { name: fast, component: latency, value: { promql: half } }
      - { name: slow, component: latency, value: { promql: gone } }`), nil,
			series{"half", from, noon, 15 * time.Second, constant(.5)})
		impact := tr.latest(`"level": "component", "measure": "impact"`, noon)
		impact.is(`component="availability",flow="shop"`, .4)
		latency := tr.latest(`"level": "component", "measure": "score"`, noon).number(`component="latency",flow="shop"`)
		if got := impact.number(`component="latency",flow="shop"`); math.IsNaN(got) != math.IsNaN(latency) {
			t.Errorf("minCoverage %s: the impact is %v, and the score %v", minCoverage, got, latency)
		}
	}
}

// What a flow weighs, and what it takes away, is relative to the whole catalog, whichever flows a query keeps.
func TestS15WeightsAndImpactsOfFlowsAreThoseInTheWholeCatalog(t *testing.T) {
	from := noon.Add(-time.Hour)
	tr := try(t, catalog(`
flows:
  - { name: shop, labels: { team: pay }, slis: [{ name: ok, component: availability, value: { promql: half } }] }
  - { name: mail, weight: 3, labels: { team: post }, slis: [{ name: ok, component: availability, value: { promql: half } }] }`), nil,
		series{"half", from, noon, 15 * time.Second, constant(.5)})
	for _, kept := range []string{``, `, "flows": ["shop"]`, `, "where": {"team": ["pay"]}`, `, "adhocFilters": [{"key": "team", "operator": "!=", "value": "post"}]`} {
		tr.latest(`"level": "flow", "measure": "weight"`+kept, noon).is(`flow="shop"`, .25)
		tr.latest(`"level": "flow", "measure": "impact"`+kept, noon).is(`flow="shop"`, .125)
	}
}
