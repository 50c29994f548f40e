package schema

// Flow is what users do.
var Flow = &Mapping{
	Name: "flow", What: "a flow", Doc: "A user journey, such as a checkout, with the SLIs that measure it.",
	Fields: []Field{
		{"name", name, "checkout", "The name of the flow, a label of answers."},
		{"title", text, "", "The title in legends, tables, summaries and annotations. Left out: the name."},
		{"description", text, "", "A sentence on what users do in the flow."},
		{"labels", Map{Of: text, names: labelPattern}, "", "Labels to choose flows by and to route alerts by, such as { team: payments }."},
		{"owner", text, "", "The team or person responsible for the flow."},
		{"runbook", address, "", "The address of the runbook, shown with alerts."},
		{"objective", share, "", "The target of the flow's score, between 0 and 1. Left out: the catalog's."},
		{"objectives", Map{Of: Map{Of: share}}, "", "Objectives of cohorts, by dimension and value, such as { tier: { premium: 0.999 } }."},
		{"budgetingMethod", methods, "", "How losses are counted against the error budget. Left out: the catalog's."},
		{"revenue", Revenue, "", "The revenue of the flow per hour, all of which is at risk when the score is 0."},
		{"cost", Cost, "", "The cost of the flow per hour."},
		{"preset", PresetOfFlow, "", "The preset whose SLIs the flow has; slis change them by name, and add others."},
		{"slis", List{Of: SLI}, "", "The indicators that make up the score; at least one, unless the flow has a preset."},
		{"traffic", text, "", "The SLI whose events are the flow's traffic. Left out: the first key one that counts events, else the first that does."},
		{"weight", AnyOf{weight, DynamicWeight}, "", "The weight of the flow in the overall score, relative to others: a number, or a dynamic weight. Left out: 1."},
	},
	rules: []object{
		atLeastOne("preset", "slis"),
		when(not(has("preset")), only("slis", all(filled, eachItem(exactlyOne(madeOf...))))),
	},
}

var address = pattern(`^[hH][tT][tT][pP][sS]?://`)

// DynamicWeight is a weight that follows the data.
var DynamicWeight = &Mapping{
	Name: "dynamicWeight", What: "a weight that follows the data", Doc: "A weight that follows the traffic or an expression.",
	Fields: []Field{
		{"value", weight, "", "The factor of the traffic (1), or the weight while promql has no data (0)."},
		{"traffic", Scalar{object{{"const", true}}}, "", "The weight is value times the flow's traffic, relative to other flows."},
		{"promql", promQL, "", "The weight is the result of this expression."},
		{"trust", matchers, "", "Matchers of promql instead of the catalog's."},
	},
	rules: []object{exactlyOne("traffic", "promql"), notTogether("traffic", "trust")},
}

// Revenue and Cost are amounts of money an hour.
var (
	Revenue = money("revenue", "the revenue", "The revenue of a flow per hour.")
	Cost    = money("cost", "the cost", "The cost of a flow per hour.")
)

// money returns the mapping of an amount an hour.
func money(name, what, doc string) *Mapping {
	return &Mapping{
		Name: name, What: what, Doc: doc,
		Fields: []Field{
			{"perHour", amount, "", "A fixed amount per hour."},
			{"promql", promQL, "", "An expression that yields the amount per hour."},
			{"currency", pattern(`^[A-Z]{3}$`), "EUR", "The currency by its three capital letters, such as EUR or USD."},
			{"trust", matchers, "", "Matchers of promql instead of the catalog's."},
		},
		rules: []object{exactlyOne("perHour", "promql"), notTogether("perHour", "trust")},
	}
}
