package importer

import (
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// indicatorSource is an SLI that stands in an SLO, or is referred to.
type indicatorSource struct{ inline, ref node }

// openSLOIndicator reads what an objective measures, and reports whether that can be imported.
func (r *reader) openSLOIndicator(s indicatorSource, at node, o *objective) (indicator, bool) {
	document := s.inline
	if s.ref.is() {
		document = r.openSLO.refer(s.ref, kindSLI)
		document.get("apiVersion")
		document.get("kind")
	}
	if !document.is() {
		s.ref.orOf(at).add(false, "the SLI is not among the sources; import its file along with this one")
		return indicator{}, false
	}
	name, displayName := openSLOMetadata(document)
	spec := document.mapping("spec")
	description := spec.text("description")
	o.notes = addNote(addNote(o.notes, displayName), description)
	component := componentOf(o.name, name, displayName)
	ratio, value := spec.mapping("ratioMetric"), spec.mapping("thresholdMetric")
	switch {
	case ratio.is() == value.is():
		spec.orOf(document).add(false, "an SLI has either ratioMetric or thresholdMetric")
		return indicator{}, false
	case value.is():
		return r.openSLOThreshold(value, at, orAvailability(component))
	default:
		at.get("op").drop("only a thresholdMetric is compared; left out")
		at.get("value").drop("only a thresholdMetric is compared; left out")
		return r.openSLORatio(ratio, orAvailability(component))
	}
}

// openSLOThreshold reads a value that is compared with a threshold.
func (r *reader) openSLOThreshold(n, objective node, component string) (indicator, bool) {
	at, text, ok := r.openSLOQuery(n)
	operator, value := objective.get("op"), objective.get("value")
	limit, isNumber := value.asNumber()
	steps := map[string]threshold{
		"lte": {at: limit, better: "lower"}, "lt": {at: limit, better: "lower", strict: true},
		"gte": {at: limit, better: "higher"}, "gt": {at: limit, better: "higher", strict: true},
	}
	step, known := steps[operator.asText()]
	if ok && (!known || !isNumber) {
		operator.orOf(objective).add(false, "a thresholdMetric needs op, one of lte, lt, gte and gt, and a number as value")
		ok = false
	}
	if !ok {
		return indicator{}, false
	}
	return indicator{kind: "value", fields: []field{{name: "promql", text: text}}, component: component, curve: &step}, at.doubts(text, expand.CheckValue)
}

// openSLORatio reads a share of events, or one that is recorded.
func (r *reader) openSLORatio(n node, component string) (indicator, bool) {
	good, bad, total, raw := n.mapping("good"), n.mapping("bad"), n.mapping("total"), n.mapping("raw")
	counts := n.truth("counter", true)
	kind := n.get("rawType")
	if raw.is() {
		at, text, ok := r.openSLOQuery(raw)
		word := kind.asText()
		if ok && word != "success" && word != "failure" {
			kind.orOf(n).add(false, "raw needs a rawType, success or failure")
			ok = false
		}
		if !ok {
			return indicator{}, false
		}
		return rawRatio(at, text, word == "success", component)
	}
	kind.drop("only raw has a type; left out")
	part, name := good, "good"
	switch {
	case !good.is():
		part, name = bad, "bad"
	case bad.is() && total.is():
		bad.drop("a ratio has good or bad; left out")
	case bad.is():
		total = bad
	}
	if !part.is() || !total.is() {
		n.add(false, "a ratio needs good or bad, and total, or raw")
		return indicator{}, false
	}
	partAt, partText, partFine := r.openSLOEvents(part, counts)
	totalAt, totalText, totalFine := r.openSLOEvents(total, counts)
	if !partFine || !totalFine {
		return indicator{}, false
	}
	i, ok := ratioOf(name, partAt, partText, totalAt, totalText)
	if total.Node == bad.Node {
		i.fields[1].name = "bad"
	}
	return i, ok
}

// openSLOEvents reads a query of events, of which a counter or a gauge says how many there are.
func (r *reader) openSLOEvents(n node, counts bool) (at node, text string, ok bool) {
	at, text, ok = r.openSLOQuery(n)
	if !ok {
		return at, text, false
	}
	function := "rate"
	if !counts {
		function = "sum_over_time"
	}
	text, added := expand.WithRange(text, function)
	if added && counts {
		at.warn("the query has no range; it is the rate over the window now, since counter is true")
	} else if added {
		at.warn("the query has no range; its samples within the window are added up now, since counter is false")
	}
	return at, text, true
}

// openSLOQuery reads the query of a metric source, and reports whether it is PromQL.
func (r *reader) openSLOQuery(n node) (at node, text string, ok bool) {
	source := n.mapping("metricSource")
	kind, ref, spec := source.text("type"), source.get("metricSourceRef"), source.mapping("spec")
	if document := r.openSLO.refer(ref, kindSource); document.is() && kind == "" {
		kind = document.mapping("spec").text("type")
	}
	if kind != "" && !isPromQLStore(kind) {
		source.add(false, "this is about %s, which does not support PromQL", kind)
		return node{}, "", false
	}
	for _, name := range []string{"query", "promql", "expr"} {
		if field := spec.get(name); field.is() && !at.is() {
			at = field
		}
	}
	if language := spec.get("queryType"); language.is() && !strings.EqualFold(language.asText(), "promql") {
		language.warn("this is taken for PromQL")
	}
	if !at.is() {
		source.orOf(n).add(false, "there is no query in metricSource.spec")
		return node{}, "", false
	}
	text, ok = at.query()
	return at, text, ok
}

// isPromQLStore reports whether the type of a data source is one of a store that knows PromQL.
func isPromQLStore(kind string) bool {
	kind = strings.ToLower(kind)
	for _, known := range []string{"prom", "mimir", "thanos", "cortex", "victoria", "amp"} {
		if strings.Contains(kind, known) {
			return true
		}
	}
	return false
}
