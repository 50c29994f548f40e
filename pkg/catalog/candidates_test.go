package catalog_test

import (
	"slices"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

const candidatesYAML = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: shop }
spec:
  minCoverage: 0.5
  dimensions: [{ name: tier, weights: { gold: 2, basic: 1 } }]
  policies: [{ name: own, severity: page, when: score < 0.5 }]
  maintenance:
    - { name: all, effect: suppress, promql: 'up == 0' }
    - { name: mine, effect: exclude, flows: { minShare: 0.2 }, promql: 'up == 0' }
    - { name: others, effect: exclude, flows: { names: [search] }, promql: 'up == 0' }
  flows:
    - name: checkout
      weight: 4
      objective: 0.97
      slis:
        - name: success
          key: true
          missing: bad
          ratio: { bad: 'm_total{code="500"}', total: m_total }
          curve: { linear: { zero: 0.9, one: 1 } }
          fallback: { value: { promql: 'avg(avg_over_time(other[__window]))' } }
        - name: delay
          component: latency
          value: { promql: 'max(delay_seconds)' }
          curve: { linear: { zero: 3, one: 1 } }
    - name: search
      budgetingMethod: Occurrences
      slis:
        - name: fresh
          objective: 0.9
          component: correctness
          recorded: { ratio: 'job:fresh:ratio_rate5m' }
          curve: { objective: { factor: 4 } }
`

func loadCandidates(t *testing.T) *catalog.Catalog {
	t.Helper()
	loaded, issues := definition.Load(definition.Source{Name: "shop.yaml", Content: []byte(candidatesYAML)})
	if loaded == nil {
		t.Fatal(issues)
	}
	c, err := catalog.Compile(loaded)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCandidatesHaveTheFlowWithEachObjective(t *testing.T) {
	c := loadCandidates(t)
	f, _ := c.Flow("checkout")
	all, err := c.Candidates(f, []float64{0.9, 0.9995})
	if err != nil {
		t.Fatal(err)
	}
	if len(all.Flows) != 2 || all.Flows[0].Name != "checkout@0.9" || all.Flows[1].Name != "checkout@0.9995" || all.Flows[1].Objective != 0.9995 {
		t.Fatalf("%+v", all.Flows)
	}
	for i := range all.Flows {
		for j := range all.Flows[i].SLIs {
			own, fallback := all.IndicatorsOf(&all.Flows[i].SLIs[j])
			wanted, instead := c.IndicatorsOf(&f.SLIs[j])
			if own == nil || own != wanted || fallback != instead {
				t.Errorf("%s/%s is read otherwise", all.Flows[i].Name, all.Flows[i].SLIs[j].Name)
			}
		}
		for _, p := range all.Policies {
			if !p.About(&all.Flows[i]) {
				t.Errorf("the policy %s is not about %s", p.Stated.Name, all.Flows[i].Name)
			}
		}
	}
	var policies, maintenance []string
	for _, p := range all.Policies {
		policies = append(policies, p.Stated.Name)
	}
	for i := range all.Maintenance {
		maintenance = append(maintenance, all.Maintenance[i].Name)
		if !all.Maintenance[i].Flows.Picks(all.Catalog, &all.Flows[0]) || all.MaintenanceIndicator(&all.Maintenance[i]) == nil {
			t.Errorf("the maintenance %s is not about them", all.Maintenance[i].Name)
		}
	}
	if !slices.Equal(policies, []string{"fast-burn", "steady-burn", "half-spent", "slow-burn"}) || !slices.Equal(maintenance, []string{"all", "mine"}) {
		t.Errorf("there are %v and %v", policies, maintenance)
	}
	if c.Policies[0].Stated.Name != "own" || c.Flows[0].Objective != 0.97 || all.Revision == c.Revision {
		t.Error("the catalog itself was changed")
	}
}

// An SLI makes up flows that lose what its error budget loses.
func TestSLICandidatesLoseWhatTheSLIDoes(t *testing.T) {
	c := loadCandidates(t)
	tests := map[string]struct {
		flow, sli string
		method    cer.BudgetingMethod
		traffic   string
		curve     cer.Curve
	}{
		"bad events, whatever the curve":    {"checkout", "success", cer.Occurrences, "success", cer.Identity{}},
		"what the score lacks":              {"checkout", "delay", cer.RatioTimeslices, "", cer.Linear{Zero: 3, One: 1}},
		"by time where there are no events": {"search", "fresh", cer.RatioTimeslices, "", cer.Budget{Objective: 0.99, Factor: 4}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f, _ := c.Flow(test.flow)
			s, _ := f.SLI(test.sli)
			all, err := c.SLICandidates(f, s, []float64{0.99})
			if err != nil {
				t.Fatal(err)
			}
			got := &all.Flows[0]
			if len(got.SLIs) != 1 || all.MethodOf(got) != test.method || got.Traffic != test.traffic || got.SLIs[0].Curve != test.curve || got.SLIs[0].Key {
				t.Errorf("%+v", got)
			}
			own, fallback := all.IndicatorsOf(&got.SLIs[0])
			if wanted, _ := c.IndicatorsOf(s); own != wanted || fallback != nil || all.Dimensions[0].Weights != nil || all.MinCoverage != 0 {
				t.Errorf("it is read otherwise: %v, %v, %+v", own, fallback, all.Dimensions)
			}
		})
	}
	if c.Flows[0].SLIs[0].Fallback == nil || c.Dimensions[0].Weights == nil {
		t.Error("the catalog itself was changed")
	}
}
