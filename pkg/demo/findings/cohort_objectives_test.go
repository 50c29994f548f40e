package findings

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// tiers returns the requests of a flow by users of two tiers in two regions, of all of which a share fails.
func tiers(metric string, from, to time.Time, share float64) []series {
	var all []series
	for _, tier := range []string{"premium", "standard"} {
		for _, region := range []string{"eu", "us"} {
			for code, rate := range map[string]float64{"200": 1 - share, "500": share} {
				name := fmt.Sprintf(`%s{customer_tier=%q,region=%q,code=%q}`, metric, tier, region, code)
				all = append(all, series{name, from, to, 15 * time.Second, counter(from, 100*rate)})
			}
		}
	}
	return all
}

// held is a catalog of a flow whose premium users are held against a higher objective.
func held(spec, flow string) string {
	return catalog(`
objective: 0.9
budgetWindow: 2h
dimensions:
  - { name: tier, label: customer_tier, values: [premium, standard] }
  - { name: region }
` + spec + `
flows:
  - name: shop
    objective: 0.99
    ` + flow + `
    slis:
      - { name: ok, component: availability, objective: 0.98, ratio: { bad: 'm_total{code="500"}', total: m_total } }`)
}

func TestG8ObjectivesOfCohortsInBudgets(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	tr := try(t, held("", "objectives: { tier: { premium: 0.999 }, region: { eu: 0.995 } }"), nil, tiers("m_total", from, noon, .005)...)
	const premium, standard, eu = 5, .5, 1 // burn rates
	for _, test := range []struct {
		query, labels string
		burn          float64
	}{
		{`"level": "flow"`, `flow="shop"`, standard},
		{`"level": "flow", "by": ["tier"]`, `flow="shop",tier="premium"`, premium},
		{`"level": "flow", "by": ["tier"]`, `flow="shop",tier="standard"`, standard},
		{`"level": "flow", "by": ["region"]`, `flow="shop",region="eu"`, eu},
		{`"level": "flow", "by": ["region", "tier"]`, `flow="shop",region="eu",tier="premium"`, premium},
		{`"level": "flow", "by": ["region", "tier"]`, `flow="shop",region="eu",tier="standard"`, eu},
		{`"level": "flow", "by": ["region", "tier"]`, `flow="shop",region="us",tier="standard"`, standard},
		{`"level": "flow", "by": ["region"], "where": {"tier": ["premium"]}`, `flow="shop",region="us"`, premium},
		{`"level": "flow", "where": {"tier": ["premium"]}`, `flow="shop"`, premium},
		{`"level": "flow", "where": {"tier": ["premium", "standard"]}`, `flow="shop"`, standard},
		{`"level": "flow", "where": {"tier": ["premium", "standard"]}, "adhocFilters": [{"key": "tier", "operator": "!=", "value": "standard"}]`, `flow="shop"`, premium},
		{`"level": "flow", "adhocFilters": [{"key": "tier", "operator": "=", "value": "premium"}]`, `flow="shop"`, premium},
		{`"level": "flow", "adhocFilters": [{"key": "tier", "operator": "=~", "value": "premium"}]`, `flow="shop"`, premium},
		{`"level": "flow", "adhocFilters": [{"key": "tier", "operator": "=~", "value": "p.*"}]`, `flow="shop"`, standard},
		{`"level": "flow", "adhocFilters": [{"key": "tier", "operator": "!=", "value": "premium"}]`, `flow="shop"`, standard},
		{`"level": "component", "by": ["tier"]`, `component="availability",flow="shop",tier="premium"`, premium},
		{`"level": "sli", "by": ["tier"]`, `component="availability",flow="shop",sli="ok",tier="premium"`, .25},
		{`"level": "overall", "by": ["tier"]`, `tier="premium"`, .05},
	} {
		t.Run(test.query+" "+test.labels, func(t *testing.T) {
			tr := tr.in(t)
			tr.latest(`"measure": "burn", "window": "1h", `+test.query, noon).isNear(test.labels, test.burn, 1e-6*test.burn)
			tr.latest(`"measure": "budget", `+test.query, noon).isNear(test.labels, 1-test.burn, 1e-6)
			lasts := max(0, 1-test.burn) * 7200 / test.burn
			tr.latest(`"measure": "exhaustion", `+test.query, noon).isNear(test.labels, lasts, 1e-3)
		})
	}
}

func TestG8ObjectivesOfCohortsInPolicies(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	for name, test := range map[string]struct {
		policy, query string
		states        map[string]float64
	}{
		"by the dimension": {
			`{ name: fast, severity: page, by: [tier], when: 'burn("1h") > 2' }`, `"level": "flow"`,
			map[string]float64{`flow="shop"`: page},
		},
		"by the dimension, of cohorts": {
			`{ name: fast, severity: page, by: [tier], when: 'burn("1h") > 2' }`, `"level": "flow", "by": ["tier"]`,
			map[string]float64{`flow="shop",tier="premium"`: page, `flow="shop",tier="standard"`: ok},
		},
		"of all users": {
			`{ name: fast, severity: page, when: 'burn("1h") > 2' }`, `"level": "flow"`,
			map[string]float64{`flow="shop"`: ok},
		},
		"of cohorts, by a policy of all users": {
			`{ name: fast, severity: page, when: 'burn("1h") > 2' }`, `"level": "flow", "by": ["tier"]`,
			map[string]float64{`flow="shop",tier="premium"`: page, `flow="shop",tier="standard"`: ok},
		},
		"a rate that only the cohort can reach": {
			`{ name: fast, severity: page, by: [tier], when: 'burn("1h") > 2 && budget < 0 && burn("1h") < 200 || burn("1h") > 200' }`, `"level": "flow"`,
			map[string]float64{`flow="shop"`: page},
		},
		"the shorthand": {
			`{ name: fast, severity: ticket, flows: { names: [shop] }, by: [region, tier], burn: { budget: 100%, long: 1h } }`, `"level": "flow", "where": {"region": ["us"]}`,
			map[string]float64{`flow="shop"`: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, held("policies: ["+test.policy+"]", "objectives: { tier: { premium: 0.999 } }"), nil, tiers("m_total", from, noon, .005)...)
			a := tr.latest(`"measure": "state", `+test.query, noon)
			for labels, want := range test.states {
				a.isState(labels, want)
			}
		})
	}
}

// A factor over the highest burn rate of the flow can be met by its cohorts.
func TestG8ObjectivesOfCohortsInThresholds(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	tr := try(t, held(`policies: [{ name: fast, severity: page, flows: { names: [shop] }, by: [tier], when: 'burn("1h") > 200' }]`,
		"objectives: { tier: { premium: 0.999 } }"), nil, tiers("m_total", from, noon, .5)...)
	tr.latest(`"level": "flow", "measure": "state"`, noon).isState(`flow="shop"`, page)
}

func TestG8ObjectivesOfCohortsInTablesAndTimeslices(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	tr := try(t, held("", "budgetingMethod: Timeslices\n    objectives: { tier: { premium: 0.999 } }"), nil, tiers("m_total", from, noon, .005)...)
	table := tr.table(`"level": "flow", "by": ["tier"]`, noon)
	tierColumn, objectives := field[string](table, "tier"), field[*float64](table, "objective")
	for i, tier := range tierColumn {
		if want := map[string]float64{"premium": .999, "standard": .99}[tier]; objectives[i] == nil || *objectives[i] != want {
			t.Errorf("the objective of %s is %v, want %v", tier, objectives[i], want)
		}
	}
	a := tr.latest(`"level": "flow", "measure": "burn", "by": ["tier"]`, noon)
	a.isNear(`flow="shop",tier="premium"`, 1000, 1e-6) // No slice reaches .999,
	a.is(`flow="shop",tier="standard"`, 0)             // and each of them .99.
	score := tr.ask(`"level": "flow", "by": ["tier"]`, noon.Add(-time.Hour), noon, time.Minute)
	for _, frame := range score.Frames {
		for _, f := range frame.Fields {
			if f.Config == nil || f.Config.Thresholds == nil {
				continue
			}
			want := map[string]float64{"premium": .999, "standard": .99}[f.Labels["tier"]]
			if steps := f.Config.Thresholds.Steps; math.Abs(float64(steps[len(steps)-1].Value)-want) > 0 {
				t.Errorf("the threshold of %s is %v, want %v", f.Labels["tier"], steps, want)
			}
		}
	}
}

func TestG8ObjectivesOfCohortsAreRefused(t *testing.T) {
	from := noon.Add(-time.Hour)
	for flow, want := range map[string]string{
		"objectives: { tiers: { premium: 0.999 } }":              "the catalog has no such dimension",
		"objectives: { tier: { premium: 99.9 } }":                "an objective is a share between 0 and 1",
		"objectives: { tier: { premium: 1 } }":                   "an objective is a share between 0 and 1",
		"objectives: { tier: { premum: 0.999 } }":                "did you mean premium",
		"objectives: { tier: 0.999 }":                            "a mapping is needed here",
		"objectives: [{ tier: premium }]":                        "a mapping is needed here",
		"objectives: { region: { antarctica: 2 } }":              "an objective is a share between 0 and 1",
		"objectives: { tier: { premium: 0.999, premium: 0.99 }}": "this field is there twice",
	} {
		t.Run(flow, func(t *testing.T) {
			a := try(t, held("", flow), nil, tiers("m_total", from, noon, .005)...).latest(`"level": "flow"`, noon)
			a.says(want)
			a.says("definition:14:")
		})
	}
	t.Run("a flow without an objective", func(t *testing.T) {
		try(t, catalog(`
dimensions: [{ name: tier }]
flows:
  - name: shop
    objectives: { tier: { premium: 0.999 } }
    slis: [{ name: ok, ratio: { bad: bad_total, total: m_total } }]`), nil).latest(`"level": "flow"`, noon).says("add objective: 0.99")
	})
	t.Run("a catalog without dimensions", func(t *testing.T) {
		try(t, catalog(`
objective: 0.9
flows:
  - name: shop
    objectives: { tier: { premium: 0.999 } }
    slis: [{ name: ok, ratio: { bad: bad_total, total: m_total } }]`), nil).latest(`"level": "flow"`, noon).says("the catalog has none")
	})
}
