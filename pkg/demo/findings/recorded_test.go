package findings

import (
	"testing"
	"time"
)

// TestG5RecordedSharesAreWeightedByTheirTotals has two clusters of which the small one fails more.
func TestG5RecordedSharesAreWeightedByTheirTotals(t *testing.T) {
	from := noon.Add(-2 * time.Hour)
	requests := func(labels string, perSecond float64) series {
		return series{`requests_total{` + labels + `}`, from, noon, 15 * time.Second, counter(from, perSecond)}
	}
	share := func(labels string, value float64) series {
		return series{`slo:errors:ratio{` + labels + `}`, from, noon, 15 * time.Second, constant(value)}
	}
	clusters := []series{
		requests(`cluster="a",code="200"`, 80), requests(`cluster="a",code="500"`, 10), requests(`cluster="b",code="200"`, 10),
		share(`cluster="a",sloth_id="shop"`, .1), share(`cluster="b",sloth_id="shop"`, .5),
	}
	const want = 1 - (.1*90+.5*10)/100
	for name, test := range map[string]struct {
		recorded string
		series   []series
		want     float64
	}{
		"a selector as total":       {`errorRatio: slo:errors:ratio, total: requests_total`, clusters, want},
		"an expression as total":    {`errorRatio: slo:errors:ratio, total: 'sum(rate(requests_total[__window]))'`, clusters, want},
		"a total by cluster":        {`errorRatio: slo:errors:ratio, total: 'sum by (cluster) (rate(requests_total[__window]))'`, clusters, want},
		"a share of good events":    {`ratio: slo:errors:ratio, total: requests_total`, clusters, 1 - want},
		"one series":                {`errorRatio: 'slo:errors:ratio{cluster="a"}', total: requests_total`, clusters, .9},
		"a cluster without events":  {`errorRatio: slo:errors:ratio, total: requests_total`, append(clusters[:5:5], share(`cluster="c"`, .9), requests(`cluster="c"`, 0)), want},
		"a cluster without a share": {`errorRatio: slo:errors:ratio, total: requests_total`, append(clusters[:5:5], requests(`cluster="c",code="200"`, 900)), want},
		"two labels tell them apart": {`errorRatio: slo:errors:ratio, total: requests_total`, []series{
			requests(`cluster="a",handler="x"`, 3), requests(`cluster="a",handler="y"`, 1), requests(`cluster="b",handler="x"`, 4),
			share(`cluster="a",handler="x"`, .1), share(`cluster="a",handler="y"`, .9), share(`cluster="b",handler="x"`, .2),
		}, 1 - (.3+.9+.8)/8},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(`
objective: 0.9
budgetWindow: 1h
flows:
  - name: shop
    slis:
      - { name: ok, objective: 0.9, component: availability, recorded: { `+test.recorded+` }, trust: [] }`), nil, test.series...)
			tr.latest(`"level": "sli", "measure": "value"`, noon).isNear(`component="availability",flow="shop",sli="ok"`, test.want, 1e-9)
			tr.latest(`"level": "sli", "measure": "burn", "window": "30m"`, noon).isNear(`component="availability",flow="shop",sli="ok"`, (1-test.want)/.1, 1e-6)
		})
	}
	byTier := catalog(`
dimensions: [{ name: tier, label: tier }]
flows:
  - name: shop
    slis:
      - { name: ok, component: availability, recorded: { errorRatio: slo:errors:ratio, total: requests_total }, trust: [] }`)
	t.Run("split by a dimension that both have", func(t *testing.T) {
		tr := try(t, byTier, nil,
			requests(`cluster="a",tier="free"`, 1), requests(`cluster="b",tier="free"`, 3), requests(`cluster="a",tier="paid"`, 6),
			share(`cluster="a",tier="free"`, .1), share(`cluster="b",tier="free"`, .5), share(`cluster="a",tier="paid"`, .2))
		split := tr.latest(`"level": "flow", "by": ["tier"]`, noon)
		split.isNear(`flow="shop",tier="free"`, 1-(.1+1.5)/4, 1e-9)
		split.isNear(`flow="shop",tier="paid"`, .8, 1e-9)
		tr.latest(`"level": "flow"`, noon).isNear(`flow="shop"`, 1-(.1+1.5+1.2)/10, 1e-9)
	})
	t.Run("split by a dimension that only the total has", func(t *testing.T) {
		tr := try(t, byTier, nil,
			requests(`cluster="a",tier="free"`, 1), requests(`cluster="b",tier="free"`, 3), requests(`cluster="a",tier="paid"`, 6),
			share(`cluster="a"`, .1), share(`cluster="b"`, .5))
		split := tr.latest(`"level": "flow", "by": ["tier"]`, noon)
		split.isNear(`flow="shop",tier="free"`, 1-(.1+1.5)/4, 1e-9)
		split.isNear(`flow="shop",tier="paid"`, .9, 1e-9)
	})
}
