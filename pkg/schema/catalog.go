package schema

// The version and the kind of documents that the reader understands.
const (
	APIVersion  = "cer/v1"
	KindCatalog = "Catalog"
)

// Document is one document of YAML: a catalog, or a part of it.
var Document = &Mapping{
	Name: "document", What: "a document", Doc: "A catalog of flows, or one of several documents that form it together.",
	Fields: []Field{
		{"apiVersion", Words{{APIVersion, "The version of the format."}}, APIVersion, "The version of the format, cer/v1."},
		{"kind", Words{{KindCatalog, "A catalog of flows."}}, KindCatalog, "The kind of the document: Catalog."},
		{"metadata", Metadata, "{ name: shop }", "The name of the catalog."},
		{"spec", Spec, "{ flows: [...] }", "The settings of the catalog and its flows."},
		{"orgs", orgs, "", "The numbers of the organisations of Grafana that may use a file of the folder on the server. Left out: all of them."},
	},
}

var orgs = List{Of: organisation, least: 1}

// Metadata says which catalog a document belongs to.
var Metadata = &Mapping{
	Name: "metadata", What: "the metadata", Doc: "The name of the catalog.",
	Fields: []Field{
		{"name", name, "shop", "The name of the catalog, the same in all of its documents."},
	},
}

// Spec holds the settings of a catalog and its flows.
var Spec = &Mapping{
	Name: "spec", What: "the spec", Doc: "The settings of a catalog and its flows. Of several documents each setting stands in one.",
	Fields: []Field{
		{"flows", List{Of: Flow}, "", "The user journeys, such as a checkout, each with its SLIs. A catalog has at least one."},
		{"window", span, "", "The time over which SLIs are measured, up to 1d. Left out: 5m."},
		{"scrapeInterval", span, "", "The time between samples. Left out: it is measured."},
		{"aggregate", aggregates, "", "How the scores of SLIs are combined into that of a flow, and those of flows into the overall score. Left out: mean."},
		{"objective", share, "", "The target of the overall score, between 0 and 1, and of flows without their own."},
		{"minCoverage", wholeShare, "", "The share of the weight that must have telemetry, otherwise there is no score. Left out: 0.5."},
		{"budgetWindow", span, "", "The rolling window of error budgets, from 1h to 90d. Left out: 30d."},
		{"budgetPeriod", periods, "", "Calendar periods with an error budget each, instead of a rolling window."},
		{"location", text, "", "The time zone of calendar periods, such as Europe/Berlin. Left out: UTC."},
		{"budgetingMethod", methods, "", "How losses are counted against an error budget. Left out: RatioTimeslices."},
		{"timeSliceWindow", span, "", "The width of the time slices in which losses are counted, whole minutes up to 1h. Left out: the window."},
		{"timesliceTarget", share, "", "The score that a time slice must reach with the method Timeslices. Left out: the objective."},
		{"lookback", span, "", "How far back states are computed, from 1h to 7d. Left out: 24h."},
		{"events", List{Of: Event}, "", "Deployments and the like, shown beside scores."},
		{"delay", span, "", "How late the telemetry is complete, up to 1h. Left out: 0s."},
		{"trust", matchers, "", "Matchers that are added to every selector, so only trusted series count."},
		{"dimensions", List{Of: Dimension, most: 8}, "", "The properties that split users or requests into cohorts, such as their region."},
		{"policies", List{Of: Policy, most: 100}, "", "The conditions for pages and tickets. Left out: four policies for what has an objective; an empty list is none."},
		{"maintenance", List{Of: Maintenance, most: 100}, "", "Planned maintenance, during which flows do not alert."},
		{"gates", List{Of: Gate, most: 100}, "", "The conditions under which releases may continue."},
	},
	rules: []object{
		notTogether("budgetWindow", "budgetPeriod"),
		when(where("trust", filled), only("flows", eachItem(only("slis", eachItem(trustOfRecorded))))),
	},
}

// eachItem demands of the items of a list what a schema says.
func eachItem(schema object) object { return object{{"items", schema}} }

// trustOfRecorded demands matchers of recorded series for which others would be inherited, whose labels they lack.
var trustOfRecorded = all(
	needs("recorded", "trust"),
	when(all(ofKind, not(has("trust"))), only("fallback", needs("recorded", "trust"))),
)

// Dimension is a property that splits users or requests.
var Dimension = &Mapping{
	Name: "dimension", What: "a dimension", Doc: "A property that splits users or requests into cohorts, such as their region.",
	Fields: []Field{
		{"name", pattern(labelPattern), "region", "The name of the dimension, and of the label of answers."},
		{"label", text, "", "The label of the dimension on series. Left out: its name."},
		{"values", List{Of: cohort, most: 100}, "", "Values that are always in the answer, with a number or null. Others are found in the telemetry."},
		{"weights", Map{Of: weight}, "", "How much each value weighs, such as { premium: 4, standard: 1 }. One dimension of a catalog may have weights."},
	},
}

// Event is something that happened, as the telemetry tells.
var Event = &Mapping{
	Name: "event", What: "an event", Doc: "Something that happened, such as a deployment.",
	Fields: []Field{
		{"name", name, "deploys", "The name of the event."},
		{"kind", name, "", "The kind of event, such as deployment."},
		{"promql", promQL, "changes(build_info[__window]) > 0", "An expression that yields samples where it happened."},
		{"trust", matchers, "", "Matchers instead of the catalog's."},
	},
}

var aggregates = Words{
	{"mean", "The weighted mean."},
	{"geometric", "The weighted geometric mean, which one low score pulls down more."},
	{"harmonic", "The weighted harmonic mean, which one low score pulls down most."},
	{"min", "The lowest score."},
	{"product", "The product of the scores, whatever their weights."},
	{"loss", "1 minus the losses, with weights that are not normalized. OpenSLO calls that RatioTimeslices."},
}

var periods = Words{
	{"month", "From the first of a month to the next."},
	{"quarter", "From the first of January, April, July or October to the next of them."},
	{"week", "From Monday to Monday."},
}

var methods = Words{
	{"Occurrences", "Each time slice is weighted by its events."},
	{"Timeslices", "Time slices whose score is below a target count as lost."},
	{"RatioTimeslices", "Each time slice loses 1 minus its score."},
}
