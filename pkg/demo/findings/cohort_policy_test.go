package findings

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// zones returns the requests of a flow in zones, of each of which a share fails. A counter begins at from and ends at to.
func zones(metric string, from, to time.Time, failing map[string]float64) []series {
	var all []series
	for zone, share := range failing {
		for code, rate := range map[string]float64{"200": 1 - share, "500": share} {
			name := fmt.Sprintf(`%s{zone=%q,code=%q}`, metric, zone, code)
			all = append(all, series{name, from, to, 15 * time.Second, counter(from, 10*rate)})
		}
	}
	return all
}

// ratioOf is an SLI of the ratio of requests without errors.
func ratioOf(metric string) string {
	return fmt.Sprintf(`{ name: ok, component: availability, ratio: { good: '%[1]s{code="200"}', total: %[1]s } }`, metric)
}

const (
	unknown = 3 // Any number that no state has: state.is compares with null.
	ok      = 0
	page    = 2
)

// in returns the trial for a subtest.
func (tr *trial) in(t testing.TB) *trial {
	sub := *tr
	sub.t = t
	return &sub
}

// isState fails the test unless a state is one; unknown is null.
func (a answer) isState(labels string, want float64) {
	a.t.Helper()
	if want == unknown {
		want = math.NaN()
	}
	a.is(labels, want)
}

func TestS1AStateIsUnknownWithinTheCohortsThatItsPolicyCompares(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	all := append(zones("shop_total", from, noon, map[string]float64{"north": .5, "south": 0}),
		zones("mail_total", from, noon, map[string]float64{"north": 0, "south": 0})...)
	tr := try(t, catalog(`
objective: 0.9
budgetWindow: 1h
lookback: 1h
dimensions:
  - { name: zone, label: zone }
  - { name: tier, label: tier }
policies:
  - { name: worse, severity: page, flows: { names: [shop] }, when: 'delta("zone", "north", "south") < -0.1' }
  - { name: low, severity: ticket, flows: { names: [mail] }, when: score < 0.5 }
flows:
  - name: shop
    slis:
      - `+ratioOf("shop_total")+`
  - name: mail
    slis:
      - `+ratioOf("mail_total")), nil, all...)
	t.Run("unsplit", func(t *testing.T) {
		tr.in(t).latest(`"level": "flow", "measure": "state"`, noon).isState(`flow="shop"`, page)
	})
	t.Run("split by the dimension", func(t *testing.T) {
		a := tr.in(t).latest(`"level": "flow", "measure": "state", "by": ["zone"]`, noon)
		a.isState(`flow="shop",zone="north"`, unknown)
		a.isState(`flow="shop",zone="south"`, unknown)
		a.isState(`flow="mail",zone="north"`, ok)
	})
	t.Run("split by the dimension and another one", func(t *testing.T) {
		a := tr.in(t).latest(`"level": "flow", "measure": "state", "by": ["tier", "zone"]`, noon)
		a.isState(`flow="shop",zone="north"`, unknown)
		a.isState(`flow="mail",zone="south"`, ok)
	})
	t.Run("split by another dimension", func(t *testing.T) {
		tr.in(t).latest(`"level": "flow", "measure": "state", "by": ["tier"]`, noon).isState(`flow="shop"`, page)
	})
	for _, format := range []string{"table", "incidents"} {
		t.Run(format, func(t *testing.T) {
			if a := tr.in(t).ask(`"format": "`+format+`", "level": "flow", "measure": "state", "by": ["zone"]`, noon.Add(-time.Hour), noon, time.Minute); a.Error != nil {
				t.Error(a.Error)
			}
		})
	}
}

func TestS1AnOverallStateSplitByADimensionThatAPolicyCompares(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	tr := try(t, catalog(`
objective: 0.9
budgetWindow: 1h
lookback: 1h
dimensions: [{ name: zone, label: zone }]
policies:
  - { name: worse, severity: page, when: 'delta("zone", "north", "south") < -0.1' }
  - { name: bad, severity: ticket, when: score < 0.6 }
flows:
  - name: shop
    slis:
      - `+ratioOf("shop_total")), nil, zones("shop_total", from, noon, map[string]float64{"north": .5, "south": 0})...)
	tr.latest(`"measure": "state"`, noon).isState("", page)
	a := tr.latest(`"measure": "state", "by": ["zone"]`, noon)
	a.isState(`zone="north"`, 1) // A ticket, whatever else is unknown.
	a.isState(`zone="south"`, unknown)
}

func TestS2ADifferenceIsUnknownWhereTheQueryFiltersOneOfItsCohorts(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	tr := try(t, catalog(`
objective: 0.9
budgetWindow: 1h
lookback: 1h
dimensions:
  - { name: zone, label: zone }
  - { name: tier, label: tier }
policies:
  - { name: worse, severity: page, when: 'delta("zone", "north", "south") < -0.1' }
flows:
  - name: shop
    slis:
      - `+ratioOf("shop_total")+`
      - { name: full, component: dependency, value: { promql: full } }`), nil,
		append(zones("shop_total", from, noon, map[string]float64{"north": .5, "south": .5, "west": 0}),
			series{"full", from, noon, 15 * time.Second, constant(1)})...)
	for _, test := range []struct {
		where string
		want  float64
	}{
		{`"where": {}`, ok},
		{`"where": {"zone": ["north"]}`, unknown},
		{`"where": {"zone": ["south", "west"]}`, unknown},
		{`"where": {"zone": ["north", "south"]}`, ok},
		{`"adhocFilters": [{"key": "zone", "operator": "!=", "value": "south"}]`, unknown},
		{`"adhocFilters": [{"key": "zone", "operator": "=~", "value": "n.*"}]`, unknown},
		{`"adhocFilters": [{"key": "zone", "operator": "!~", "value": "w.*"}]`, ok},
		{`"where": {"tier": ["gold"]}`, ok}, // There is no such label: all of them speak for every tier.
	} {
		t.Run(test.where, func(t *testing.T) {
			for _, level := range []string{"overall", "flow"} {
				labels := map[string]string{"overall": "", "flow": `flow="shop"`}[level]
				tr.in(t).latest(`"measure": "state", "level": "`+level+`", `+test.where, noon).isState(labels, test.want)
			}
		})
	}
}

func TestS3AStateIsMadeOfTheFlowsOwnCohorts(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	all := append(zones("shop_total", from, noon, map[string]float64{"north": 0, "south": 0}),
		zones("mail_total", from, noon, map[string]float64{"north": 0, "south": 0, "west": 0})...)
	all = append(all, series{"idle_depth", from, noon, 15 * time.Second, constant(1)})
	tr := try(t, catalog(`
objective: 0.9
budgetWindow: 1h
lookback: 1h
dimensions: [{ name: zone, label: zone }]
policies:
  - { name: blind, severity: page, by: [zone], when: coverage < 0.5 }
flows:
  - name: shop
    slis:
      - `+ratioOf("shop_total")+`
  - name: plain
    slis:
      - { name: depth, component: dependency, value: { promql: idle_depth } }
  - name: mail
    slis:
      - `+ratioOf("mail_total")), nil, all...)
	for _, flow := range []string{"shop", "mail", "plain"} {
		for name, flows := range map[string]string{"all": "", "alone": `"flows": ["` + flow + `"], `, "two": `"flows": ["mail", "` + flow + `"], `} {
			t.Run(flow+" "+name, func(t *testing.T) {
				tr.in(t).latest(flows+`"level": "flow", "measure": "state"`, noon).isState(`flow="`+flow+`"`, ok)
			})
		}
	}
	t.Run("incidents", func(t *testing.T) {
		a := tr.in(t).ask(`"format": "incidents", "level": "flow"`, noon.Add(-time.Hour), noon, time.Minute)
		if a.Error != nil || len(a.Frames) == 0 || a.Frames[0].Rows() > 0 {
			t.Errorf("there are incidents, or an error: %v", a.DataResponse)
		}
	})
}

// A cohort that went away is blind for as long as states remember, whatever range the query has.
func TestS3AStateIsTheSameInEveryRange(t *testing.T) {
	from, gone := noon.Add(-6*time.Hour), noon.Add(-3*time.Hour)
	all := append(zones("shop_total", from, noon, map[string]float64{"north": 0}),
		zones("shop_total", from, gone, map[string]float64{"west": 0})...)
	tr := try(t, catalog(`
objective: 0.9
budgetWindow: 1h
lookback: 1h
dimensions: [{ name: zone, label: zone }]
policies:
  - { name: blind, severity: page, by: [zone], when: coverage < 0.5 }
flows:
  - name: shop
    slis:
      - `+ratioOf("shop_total")), nil, all...)
	for _, test := range []struct {
		at   time.Time
		want float64
	}{{noon, ok}, {gone.Add(90 * time.Minute), ok}, {gone.Add(30 * time.Minute), page}, {gone, ok}} {
		for _, over := range []time.Duration{10 * time.Minute, 5 * time.Hour} {
			t.Run(fmt.Sprintf("%s over %s", test.at.Format("15:04"), over), func(t *testing.T) {
				for _, level := range []string{"overall", "flow"} {
					labels := map[string]string{"overall": "", "flow": `flow="shop"`}[level]
					query := `"measure": "state", "level": "` + level + `"`
					tr.in(t).ask(query, test.at.Add(-over), test.at, time.Minute).isState(labels, test.want)
					tr.in(t).latest(query, test.at).isState(labels, test.want)
				}
			})
		}
	}
}
