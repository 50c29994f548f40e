package schema

import "github.com/cer-reliability/cer-datasource/pkg/cer"

// KindPreset is the kind of documents that hold a preset.
const KindPreset = "Preset"

// PresetOfFlow and PresetOfSLI say of which preset a flow, or an SLI, is made.
var (
	PresetOfFlow = presetUse("presetOfFlow", "istio", "The name of a preset, all SLIs of which the flow uses.")
	PresetOfSLI  = presetUse("presetOfSLI", "istio/latency", "The name of a preset and of one of its SLIs.")
)

// presetUse returns the mapping that says of which preset something is made.
func presetUse(name, example, doc string) *Mapping {
	return &Mapping{
		Name: name, What: "the use of a preset", Doc: "The preset to use.",
		Fields: []Field{
			{"use", text, example, doc},
			{"match", written(mediaMatchers), "", "Matchers that are added to every selector, separated by commas."},
			{"under", fineSpan, "", "The bound of its latency instead of the preset's."},
		},
	}
}

// PresetDocument is a document that holds a preset.
var PresetDocument = &Mapping{
	Name: "presetDocument", What: "a preset", Doc: "The usual SLIs of an exporter, for flows and SLIs of catalogs.",
	Fields: []Field{
		{"apiVersion", Words{{APIVersion, "The version of the format."}}, APIVersion, "The version of the format, cer/v1."},
		{"kind", Words{{KindPreset, "A preset."}}, KindPreset, "The kind of the document: Preset."},
		{"metadata", PresetMetadata, "{ name: gateway }", "The name of the preset."},
		{"orgs", orgs, "", "The numbers of the organisations of Grafana that may use the file. Left out: all of them."},
		{"spec", PresetSpec, "{ slis: [...] }", "The description of the preset, and its SLIs."},
	},
}

// PresetMetadata names a preset.
var PresetMetadata = &Mapping{
	Name: "presetMetadata", What: "the metadata", Doc: "The name of the preset.",
	Fields: []Field{
		{"name", pattern(`^[a-z][a-z0-9-]{0,62}(@[1-9][0-9]*)?$`), "gateway", "The name of the preset, such as gateway, or gateway@2 for a second version."},
	},
}

// PresetSpec says what a preset is about.
var PresetSpec = &Mapping{
	Name: "presetSpec", What: "the spec of a preset", Doc: "The description of the preset, and its SLIs.",
	Fields: []Field{
		{"exporter", text, "", "The exporter of the metrics."},
		{"source", address, "", "The address of the exporter's code."},
		{"versions", text, "", "The versions of the exporter that have the metrics."},
		{"description", text, "", "What is measured, in one line."},
		{"layer", layers, "", "The layer of the stack that the preset is about."},
		{"signature", List{Of: text}, "", "The metrics by which the exporter is recognised in a store."},
		{"label", text, "", "The label that identifies services."},
		{"slis", List{Of: SLI, least: 1}, "[{ name: success, ratio: { good: ..., total: ... } }]", "The SLIs of the preset, each with its kind."},
	},
	rules: []object{only("slis", eachItem(all(
		exactlyOne(kindNames...), notTogether("preset"), only("fallback", notTogether("preset")),
	)))},
}

var layers = Words{
	{"L1", "Edge and content delivery."},
	{"L2", "Network."},
	{"L3", "Gateway."},
	{"L4", "Service mesh."},
	{"L5", "Application."},
	{"L6", "Data: databases, caches, queues."},
	{"L7", "External services."},
	{"L8", "Orchestration."},
	{"L9", "Delivery of changes."},
	{"L10", "The telemetry itself."},
	{"browser", "What the browser or the app measured."},
}

// madeOf are the kinds of SLIs, and the preset that stands for one.
var madeOf = append([]string{"preset"}, kindNames...)

// ofKind is true of an SLI that states its kind, so that it has nothing but its weight of the preset of its flow.
var ofKind = atLeastOne(kindNames...)

// shareOrPreset is true of what has a share of good events, or may have it of a preset.
var shareOrPreset = atLeastOne(append([]string{"preset"}, shares...)...)

// histogramOrPreset is true of what measures a histogram, or may do so by a preset.
var histogramOrPreset = atLeastOne("preset", string(cer.KindLatency), string(cer.KindApdex), string(cer.KindQuantile))
