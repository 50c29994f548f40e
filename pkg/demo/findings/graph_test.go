package findings

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// graphed is a catalog whose flows share a dependency.
const graphed = `
objective: 0.95
budgetWindow: 1d
dimensions: [{ name: region, values: [eu, us] }]
flows:
  - name: checkout
    title: Checkout
    weight: 3
    objective: 0.99
    labels: { team: pay }
    slis:
      - { name: ok, title: Orders succeed, component: availability, weight: 2, ratio: { bad: 'm_total{code="500"}', total: m_total } }
      - { name: psp, component: dependency, dependsOn: bank, ratio: { bad: 'psp_total{result="error"}', total: psp_total } }
  - name: refund
    objective: 0.9
    slis:
      - { name: psp, component: dependency, dependsOn: bank, probe: { selector: bank_up } }
      - { name: blind, component: latency, value: { promql: 'max(gone_ms)' }, curve: { linear: { zero: 100, one: 0 } } }
  - name: dark
    slis:
      - { name: gone, component: availability, ratio: { bad: 'gone_total{code="500"}', total: gone_total } }`

// tryGraph opens a store in which 10 % of the checkouts fail, in the EU alone, 10 % of its payments, and a fourth of the checks of the bank.
func tryGraph(t *testing.T) *trial {
	from := noon.Add(-2 * time.Hour)
	of := func(metric string, perSecond float64) series {
		return series{metric, from, noon, 15 * time.Second, counter(from, perSecond)}
	}
	return try(t, catalog(graphed), nil,
		of(`m_total{code="200",region="eu"}`, 4), of(`m_total{code="500",region="eu"}`, 1), of(`m_total{code="200",region="us"}`, 5),
		of(`psp_total{result="ok"}`, 9), of(`psp_total{result="error"}`, 1),
		series{"bank_up", from, noon, 15 * time.Second, func(at time.Time) float64 {
			if at.Unix()/15%4 == 0 {
				return 0
			}
			return 1
		}})
}

// graphNode is what the nodes of a graph say.
type graphNode struct {
	title, subtitle, main, flow, sli string
	score                            float64
}

// graph asks for a graph, and returns its nodes by their ids and its edges.
func (tr *trial) graph(fields string, now time.Time) (map[string]graphNode, []string) {
	tr.t.Helper()
	a := tr.ask(`"format": "graph"`+fields, now.Add(-time.Hour), now, time.Minute)
	nodes := map[string]graphNode{}
	ids, scores := field[string](a, "id"), field[*float64](a, "score")
	for i, id := range ids {
		n := graphNode{field[string](a, "title")[i], field[string](a, "subtitle")[i], field[string](a, "mainstat")[i], field[string](a, "flow")[i], field[string](a, "sli")[i], math.NaN()}
		if scores[i] != nil {
			n.score = *scores[i]
		}
		nodes[id] = n
	}
	edges := answer{tr.t, a.DataResponse}
	edges.Frames = a.Frames[1:]
	return nodes, field[string](edges, "id")
}

// The numbers of a graph are those of tables, whatever it is restricted to.
func TestGraphsHaveTheNumbersOfTables(t *testing.T) {
	tr := tryGraph(t)
	for name, fields := range map[string]string{
		"of all flows": "", "over an hour": `, "window": "1h"`, "of a flow": `, "flows": ["checkout"]`, "of a cohort": `, "where": {"region": ["eu"]}`,
		"of an ad hoc filter": `, "adhocFilters": [{"key": "region", "operator": "!=", "value": "eu"}]`, "of a team": `, "where": {"team": ["pay"]}`,
	} {
		t.Run(name, func(t *testing.T) {
			nodes, _ := tr.graph(fields, noon)
			ofAll := fields
			if strings.Contains(fields, "flows") { // The whole is always that of all flows.
				ofAll = ""
			}
			same := func(id string, want *float64) {
				t.Helper()
				got, known := nodes[id]
				if want == nil && known && math.IsNaN(got.score) || want != nil && got.score == *want {
					return
				}
				t.Errorf("%s scores %v, and in the table %v", id, got.score, want)
			}
			same("whole", field[*float64](tr.table(`"level": "overall"`+ofAll, noon), "score")[0])
			for _, level := range []string{"flow", "component", "sli"} {
				table := tr.table(`"level": "`+level+`"`+fields, noon)
				for i, score := range field[*float64](table, "score") {
					id := level + "/" + field[string](table, "flow")[i]
					if level != "flow" {
						id += "/" + field[string](table, level)[i]
					}
					same(id, score)
				}
			}
		})
	}
}

// A dependency that flows share is one node; the path to what costs most stands out; what is unknown is not good.
func TestGraphsShowWhatDependsOnWhat(t *testing.T) {
	tr := tryGraph(t)
	nodes, edges := tr.graph("", noon)
	bank := nodes["dependency/bank"]
	if want := nodes["sli/refund/psp"].score; bank.score != want || bank.score > .8 || bank.score < .7 || bank.flow != "refund" || bank.sli != "psp" {
		t.Errorf("the bank is %+v, want the score %v of refund/psp", bank, want)
	}
	for _, edge := range []string{"sli/checkout/psp>dependency/bank", "sli/refund/psp>dependency/bank", "whole>flow/checkout", "component/checkout/availability>sli/checkout/ok"} {
		if !slices.Contains(edges, edge) {
			t.Errorf("there is no edge %s: %q", edge, edges)
		}
	}
	if dark := nodes["flow/dark"]; dark.main != "unknown" || !math.IsNaN(dark.score) {
		t.Errorf("what is dark is %+v", dark)
	}
	if n := nodes["sli/checkout/ok"]; n.title != "Orders succeed" || n.main != "90.00%" || n.flow != "checkout" || n.sli != "ok" {
		t.Errorf("the SLI is %+v", n)
	}
	if n := nodes["flow/checkout"]; n.title != "Checkout" {
		t.Errorf("the flow is %+v", n)
	}
	worst := []string{}
	for id, n := range nodes {
		if strings.Contains(n.subtitle, "worst path") {
			worst = append(worst, id)
		}
	}
	slices.Sort(worst)
	impacts := tr.table(`"level": "sli"`, noon)
	top, cost := "", 0.0
	for i, impact := range field[*float64](impacts, "impact") {
		if f := field[string](impacts, "flow")[i]; f == "checkout" && impact != nil && *impact > cost {
			top, cost = field[string](impacts, "sli")[i], *impact
		}
	}
	component := map[string]string{"ok": "availability", "psp": "dependency"}[top]
	if want := []string{"component/checkout/" + component, "flow/checkout", "sli/checkout/" + top, "whole"}; !slices.Equal(slices.DeleteFunc(slices.Clone(worst), func(id string) bool { return id == "dependency/bank" }), want) {
		t.Errorf("the worst path is %q, want %q", worst, want)
	}
}

// The editor's preview shows the PromQL of a graph as that of its SLIs.
func TestGraphsCanBeExpanded(t *testing.T) {
	tr := tryGraph(t)
	var got []struct{ Flow, SLI string }
	if status := tr.post(noon, "Viewer", "expand", map[string]any{"format": "graph", "flows": []string{"checkout"}}, &got); status != 200 || len(got) == 0 {
		t.Fatalf("the status is %d: %v", status, got)
	}
	for _, of := range got {
		if of.Flow != "checkout" {
			t.Errorf("it lists %+v", of)
		}
	}
}

// An alert rule on a graph is refused in words, whatever Grafana would make of nodes and edges.
func TestNoAlertRuleIsOnAGraph(t *testing.T) {
	tr := tryGraph(t)
	if got := tr.askAsRule(`"format": "graph"`); got.Error == nil || !strings.Contains(got.Error.Error(), "an alert rule can't use a graph") {
		t.Errorf("the answer is %v, with %d frames", got.Error, len(got.Frames))
	}
}
