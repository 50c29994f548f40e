package schema

// The version and the kind of documents that the reader understands.
const (
	APIVersion  = "cer/v1"
	KindCatalog = "Catalog"
)

// Document is one document of YAML: a catalog, or a part of it.
var Document = &Mapping{
	Name: "document", What: "a document", Doc: "A catalog of flows, or one of several documents that make it together.",
	Fields: []Field{
		{"apiVersion", Words{{APIVersion, "The version of the format."}}, APIVersion, "The version of the format, cer/v1."},
		{"kind", Words{{KindCatalog, "A catalog of flows."}}, KindCatalog, "What the document is: Catalog."},
		{"metadata", Metadata, "{ name: shop }", "Which catalog it is."},
		{"spec", Spec, "{ flows: [...] }", "The settings of the catalog and its flows."},
		{"orgs", orgs, "", "The numbers of the organisations of Grafana that may use a file of the folder on the server. Left out: all of them."},
	},
}

var orgs = List{Of: organisation, least: 1}

// Metadata says which catalog a document belongs to.
var Metadata = &Mapping{
	Name: "metadata", What: "the metadata", Doc: "Which catalog it is.",
	Fields: []Field{
		{"name", name, "shop", "The name of the catalog, the same in all of its documents."},
	},
}

// Spec holds the settings of a catalog and its flows.
var Spec = &Mapping{
	Name: "spec", What: "the spec", Doc: "The settings of a catalog and its flows. Of several documents each setting stands in one.",
	Fields: []Field{
		{"flows", List{Of: Flow}, "", "What users do, such as a checkout, each with its SLIs. A catalog has at least one."},
		{"window", span, "", "How far SLIs look back, up to 1d. Left out: 5m."},
		{"scrapeInterval", span, "", "How far apart samples are. Left out: it is measured."},
		{"aggregate", aggregates, "", "How the scores of SLIs become that of a flow, and those of flows the overall one. Left out: mean."},
		{"objective", share, "", "The target of the overall score, between 0 and 1, and of flows that state none."},
		{"minCoverage", wholeShare, "", "The share of the weight for which there has to be telemetry, else there is no score. Left out: 0.5."},
		{"budgetWindow", span, "", "The period of error budgets, which rolls, from 1h to 90d. Left out: 30d."},
		{"budgetPeriod", periods, "", "Periods of the calendar that have an error budget each, instead of a rolling window."},
		{"location", text, "", "The time zone by whose clock the periods of the calendar begin, such as Europe/Berlin. Left out: UTC."},
		{"budgetingMethod", methods, "", "How losses add up to what is spent of an error budget. Left out: RatioTimeslices."},
		{"timeSliceWindow", span, "", "How wide the slices are that losses are counted in, whole minutes up to 1h. Left out: the window."},
		{"timesliceTarget", share, "", "The score that a slice has to reach with the method Timeslices. Left out: the objective."},
		{"lookback", span, "", "How far back states remember, from 1h to 7d. Left out: 24h."},
		{"events", List{Of: Event}, "", "Deployments and the like, shown beside scores."},
		{"delay", span, "", "How far behind now the telemetry is complete, up to 1h. Left out: 0s."},
		{"trust", matchers, "", "Matchers that are forced onto every selector, so that nobody else's series count."},
		{"dimensions", List{Of: Dimension, most: 8}, "", "What splits users or requests, such as their region."},
		{"policies", List{Of: Policy, most: 100}, "", "When somebody is needed. Left out: four policies for what has an objective; an empty list is none."},
		{"maintenance", List{Of: Maintenance, most: 100}, "", "When flows are worked on, so that nobody is called."},
		{"gates", List{Of: Gate, most: 100}, "", "When releases may go on."},
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
		{"name", pattern(labelPattern), "region", "The name of the dimension, which answers bear as a label."},
		{"label", text, "", "What the dimension is called on series. Left out: its name."},
		{"values", List{Of: cohort, most: 100}, "", "Values that always have a number or a null. The others are found in the telemetry."},
		{"weights", Map{Of: weight}, "", "How much each value weighs, such as { premium: 4, standard: 1 }. One dimension of a catalog may have weights."},
	},
}

// Event is something that happened, as the telemetry tells.
var Event = &Mapping{
	Name: "event", What: "an event", Doc: "Something that happened, such as a deployment.",
	Fields: []Field{
		{"name", name, "deploys", "The name of the event."},
		{"kind", name, "", "What sort of event it is, such as deployment."},
		{"promql", promQL, "changes(build_info[__window]) > 0", "An expression that yields samples where it happened."},
		{"trust", matchers, "", "Matchers instead of the catalog's."},
	},
}

var aggregates = Words{
	{"mean", "The weighted mean."},
	{"geometric", "The weighted geometric mean, which one low score pulls down more."},
	{"harmonic", "The weighted harmonic mean, which one low score pulls down most."},
	{"min", "The lowest score."},
	{"product", "The product of the scores, each to the power of its weight."},
	{"loss", "1 minus what is lost, by weights as they stand. OpenSLO calls that RatioTimeslices."},
}

var periods = Words{
	{"month", "From the first of a month to the next."},
	{"quarter", "From the first of January, April, July or October to the next of them."},
	{"week", "From Monday to Monday."},
}

var methods = Words{
	{"Occurrences", "Each slice weighs as much as it has events."},
	{"Timeslices", "Slices count whose score is under a target."},
	{"RatioTimeslices", "Each slice counts by what its score lacks to 1."},
}
