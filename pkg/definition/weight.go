package definition

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// readWeight reads the weight of a flow whose SLIs are known: a number, or what it follows.
func (r *reader) readWeight(f *fields, flow *cer.Flow) {
	at, stated := f.values["weight"]
	switch {
	case !stated:
	case at.Kind != yaml.MappingNode:
		read(f, "weight", &flow.Weight, weight)
	default:
		flow.Weight, flow.Dynamic = dynamicWeight(at)
		r.checkDynamic(at, flow)
	}
}

// dynamicWeight reads a weight that follows the data, and its value where there are none.
func dynamicWeight(n node) (float64, *cer.DynamicWeight) {
	var d cer.DynamicWeight
	f, _ := fieldsOf(n, schema.DynamicWeight)
	selectors := n.file.selectors
	value := 1.0
	if f.has("promql") {
		value = 0
	}
	read(f, "value", &value, weight)
	read(f, "traffic", &d.Traffic, within(truth, func(v bool) bool { return v },
		"traffic is true or left out; write the weight as a number if it does not follow the traffic"))
	read(f, "promql", &d.PromQL, expression)
	read(f, "trust", &d.Trust, matchers)
	f.end()
	n.spendOnTrust(selectors, d.Trust)
	checkFollowed(f)
	return value, &d
}

// checkFollowed says which fields of a weight that follows the data do not go together.
func checkFollowed(f *fields) {
	switch traffic, promql := f.has("traffic"), f.has("promql"); {
	case traffic && promql:
		f.keys["promql"].refuse("a weight follows either traffic or promql; leave one out")
	case !traffic && !promql:
		f.lack("this weight needs traffic: true or promql; add one of them, or write a number such as weight: 5")
	case traffic && f.has("trust"):
		f.keys["trust"].refuse("the traffic is that of an SLI, which has its own trust; leave this trust out")
	case promql && !f.has("value"):
		f.at.warn("without value the weight is 0 while the expression has no data; add value: 1")
	}
}

// checkDynamic says where a weight can't follow the data.
func (r *reader) checkDynamic(at node, flow *cer.Flow) {
	if r.catalog.Aggregate == cer.Loss {
		at.refuse("the aggregate loss, at %s, needs fixed weights; write a number, or choose another aggregate",
			r.spec.values["aggregate"].where())
	}
	unknown := slices.ContainsFunc(flow.SLIs, func(s cer.SLI) bool { return s.Indicator == nil })
	if flow.Dynamic.Traffic && flow.Traffic == "" && len(flow.SLIs) > 0 && !unknown {
		at.refuse("the weight can't follow the traffic, since no SLI of this flow counts events; add one of %s, or write promql instead of traffic", counting)
	}
}
