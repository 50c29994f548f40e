package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

const (
	pyrraVersion = "pyrra.dev/v1alpha1"
	// pyrraPrefix is that of labels and annotations that Pyrra hands on.
	pyrraPrefix = "pyrra.dev/"
)

// pyrra reads a ServiceLevelObjective of Pyrra. Pyrra has no services, so that each objective is a flow of its own.
func (r *reader) pyrra(document node) {
	version, kind := document.text("apiVersion"), document.text("kind")
	if version != pyrraVersion || kind != "ServiceLevelObjective" {
		document.leave("%s has no counterpart; not imported: ServiceLevelObjective of %s has", strings.TrimSpace(version+" "+kind), pyrraVersion)
		return
	}
	metadata, spec := document.mapping("metadata"), document.mapping("spec")
	o := &objective{at: document, tool: "Pyrra", name: metadata.text("name")}
	if o.name == "" || !spec.is() {
		document.leave("Pyrra needs a metadata.name and a spec; not imported")
		return
	}
	o.flow = o.name
	document.get("status").drop("the status of a resource is written by Kubernetes; left out")
	r.pyrraMetadata(metadata, r.service(o.flow))
	o.notes = addNote(o.notes, spec.text("description"))
	o.target = spec.percentage("target")
	o.period = pyrraPeriod(spec)
	dropPyrraRules(spec)
	windows := pyrraWindows(o.period.window)
	var ok bool
	if o.sli, ok = r.pyrraSLI(spec.mapping("indicator"), o, windows); !ok {
		document.leave("the objective %s is left out, since its indicator can't be imported", o.name)
		return
	}
	pyrraAlerting(spec.mapping("alerting"), o, windows)
	r.keep(o)
}

// pyrraMetadata reads the metadata of an objective, but for its name.
func (r *reader) pyrraMetadata(n node, s *service) {
	for _, p := range n.get("labels").pairs() {
		if name, ours := strings.CutPrefix(p.name, pyrraPrefix); ours {
			s.addLabel(name, p.at)
		} else {
			p.at.drop("the label selects the Prometheus that loads Pyrra's rules; left out")
		}
	}
	for _, p := range n.get("annotations").pairs() {
		switch name, ours := strings.CutPrefix(p.name, pyrraPrefix); {
		case ours && (name == "runbook" || name == "runbook_url") && isAddress(p.at.asText()):
			s.runbook = p.at.asText()
		case ours:
			p.at.drop("policies have no annotations; left out: put it on the alert rule in Grafana that reads the state")
		default:
			p.at.drop("the annotation is not one of Pyrra's; left out")
		}
	}
	dropMetadata(n, "name", "labels", "annotations")
}

// dropMetadata says of metadata of Kubernetes that they are left out, but for some fields.
func dropMetadata(n node, but ...string) {
	for _, p := range n.pairs() {
		if !slices.Contains(but, p.name) {
			p.at.drop("this is metadata of Kubernetes; left out")
		}
	}
}

// pyrraPeriod reads the window of an objective.
func pyrraPeriod(spec node) period {
	at := spec.get("window")
	window, ok := at.asDuration()
	switch {
	case !at.is():
		spec.warn("there is no window; %s instead", model.Duration(defaultPeriod))
		return period{window: defaultPeriod, at: spec}
	case !ok:
		at.warn("a duration such as 4w is needed here; %s instead", model.Duration(defaultPeriod))
		window = defaultPeriod
	}
	return boundPeriod(window, at)
}

// boundPeriod returns a period that a budget may have, and says where that is another one.
func boundPeriod(window time.Duration, at node) period {
	const least, most = time.Hour, 90 * 24 * time.Hour
	bound := min(max(window, least), most).Truncate(time.Minute)
	if bound != window {
		at.warn("the error budget of a catalog is over %s to %s; %s instead", model.Duration(least), model.Duration(most), model.Duration(bound))
	}
	return period{window: bound, at: at}
}

// dropPyrraRules says of what is about rules that cer writes none.
func dropPyrraRules(spec node) {
	for _, name := range []string{"partial_response_strategy", "performanceOverAccuracy", "ruleOutput"} {
		spec.get(name).drop("this configures Pyrra's recording rules, which cer does not have; left out")
	}
}

// pyrraSLI reads an indicator, and reports whether that can be imported.
func (r *reader) pyrraSLI(n node, o *objective, windows []pyrraWindow) (indicator, bool) {
	stated := []string{}
	for _, name := range []string{"ratio", "latency", "latencyNative", "bool_gauge"} {
		if n.get(name).is() {
			stated = append(stated, name)
		}
	}
	if len(stated) != 1 {
		n.orOf(o.at).add(false, "an indicator has one of ratio, latency, latencyNative and bool_gauge")
		return indicator{}, false
	}
	at := n.mapping(stated[0])
	if !at.is() {
		return indicator{}, false
	}
	for _, item := range at.items("grouping") {
		o.addDimension(item)
	}
	switch stated[0] {
	case "ratio":
		return r.pyrraRatio(at, o, windows)
	case "latency":
		return r.pyrraLatency(at, o, windows)
	case "latencyNative":
		return r.pyrraNative(at, o, windows)
	default:
		return r.pyrraGauge(at, o, windows)
	}
}

// orOf returns n, or another node where n is not there.
func (n node) orOf(other node) node {
	if n.is() {
		return n
	}
	return other
}

// addDimension has an objective split by a label.
func (o *objective) addDimension(at node) {
	switch label := at.asText(); {
	case label == "":
	case isOwnLabel(label) || !labelName.MatchString(label):
		at.warn("cer can't have a dimension called %s; the objective is not split by it: add a dimension by hand, with another name and label: %s", label, label)
	case !slices.Contains(o.dimensions, label):
		o.dimensions = append(o.dimensions, label)
	}
}

// pyrraRatio reads a ratio of counters.
func (r *reader) pyrraRatio(n node, o *objective, windows []pyrraWindow) (indicator, bool) {
	bad, total := n.mapping("errors").get("metric"), n.mapping("total").get("metric")
	badText, badFine := bad.selector()
	totalText, totalFine := total.selector()
	switch {
	case !bad.is() || !total.is():
		n.add(false, "a ratio needs errors.metric and total.metric")
		return indicator{}, false
	case !badFine || !totalFine:
		return indicator{}, false
	case r.options.Recorded:
		return pyrraRecorded(o, windows, totalText, totalText, orAvailability(componentOf(o.name))), true
	}
	i, ok := ratioOf("bad", bad, badText, total, totalText)
	if expand.MetricName(badText) != expand.MetricName(totalText) {
		i.fields = append(i.fields, field{name: "absent", text: "zero"}) // As in Pyrra's budget: sum(errors or vector(0)).
	}
	return i, ok
}

// pyrraLatency reads a ratio of a histogram's buckets.
func (r *reader) pyrraLatency(n node, o *objective, windows []pyrraWindow) (indicator, bool) {
	good, total := n.mapping("success").get("metric"), n.mapping("total").get("metric")
	goodText, goodFine := good.selector()
	totalText, totalFine := total.selector()
	switch {
	case !good.is() || !total.is():
		n.add(false, "a latency needs success.metric and total.metric")
		return indicator{}, false
	case !goodFine || !totalFine:
		return indicator{}, false
	case r.options.Recorded:
		return pyrraRecorded(o, windows, totalText, totalText, "latency"), true
	}
	if i, ok := latencyOf(goodText, totalText); ok {
		return i, good.checks(i.fields[0].text, expand.CheckHistogram)
	}
	return ratioOf("good", good, goodText, total, totalText)
}

// latencyOf returns the SLI of kind latency that a bucket and the count of a histogram are, and reports whether they are one.
func latencyOf(good, total string) (indicator, bool) {
	b, ok := expand.BucketOf(good, total)
	if !ok {
		return indicator{}, false
	}
	unit := cmp.Or(cer.UnitOfName(b.Metric), cer.Seconds)
	under, ok := boundIn(b.Bound, unit)
	if !ok {
		return indicator{}, false
	}
	return indicator{kind: "latency", fields: []field{{name: "histogram", text: b.Histogram}, {name: "under", text: under}, {name: "good", list: b.Good}}}, true
}

// pyrraNative reads a share of a native histogram.
func (r *reader) pyrraNative(n node, o *objective, windows []pyrraWindow) (indicator, bool) {
	total, bound := n.mapping("total").get("metric"), n.get("latency")
	text, fine := total.selector()
	under, isDuration := bound.asDuration()
	switch {
	case !total.is() || !isDuration:
		n.add(false, "latencyNative needs total.metric, and a latency such as 200ms")
		return indicator{}, false
	case !fine || !total.checks(text, expand.CheckHistogram):
		return indicator{}, false
	case r.options.Recorded:
		return pyrraRecorded(o, windows, text, "", "latency"), true
	}
	return indicator{kind: "latency", fields: []field{{name: "histogram", text: text}, {name: "under", text: model.Duration(under).String()}}}, true
}

// pyrraGauge reads a gauge that is 0 or 1.
func (r *reader) pyrraGauge(n node, o *objective, windows []pyrraWindow) (indicator, bool) {
	at := n.get("metric")
	text, fine := at.selector()
	switch {
	case !at.is():
		n.add(false, "bool_gauge needs a metric")
		return indicator{}, false
	case !fine:
		return indicator{}, false
	case r.options.Recorded:
		return pyrraRecorded(o, windows, text, "", orAvailability(componentOf(o.name))), true
	}
	return indicator{kind: "probe", fields: []field{{name: "selector", text: text}}}, true
}

// pyrraRecorded returns an SLI that reads the share of bad events that Pyrra records under the name of the metric of all, weighted
// by events where these are known.
func pyrraRecorded(o *objective, windows []pyrraWindow, all, events, component string) indicator {
	name := strings.TrimSuffix(strings.TrimSuffix(expand.MetricName(all), "_total"), "_count")
	share := expand.SelectorOf(name+":burnrate"+model.Duration(windows[0].short).String(), "slo", o.name)
	i := indicator{kind: "recorded", component: component, fields: []field{{name: "errorRatio", text: share}}}
	if events != "" {
		i.fields = append(i.fields, field{name: "total", text: events})
	}
	return i
}

// pyrraWindow is a pair of windows of Pyrra's alerts.
type pyrraWindow struct {
	name, severity    string
	wait, long, short time.Duration
	factor            float64
}

// pyrraWindows returns the windows that Pyrra derives from that of an objective.
func pyrraWindows(over time.Duration) []pyrraWindow {
	part := func(of time.Duration) time.Duration { return (over / of).Round(time.Minute) }
	const days, hours = 28, 28 * 24
	return []pyrraWindow{
		{"fast", "page", part(hours * 30), part(hours), part(hours * 12), 14},
		{"medium", "page", part(hours * 4), part(days * 4), part(hours * 2), 7},
		{"slow", "ticket", part(hours), part(days), part(days * 12), 2},
		{"long-term", "ticket", part(days * 8), part(7), part(days * 4), 1},
	}
}

// severityFields are Pyrra's names of the severities of its windows.
var severityFields = []string{"fastBurn", "mediumBurn", "slowBurn", "longTermBurn"}

// pyrraAlerting reads what is said of the alerts on an objective.
func pyrraAlerting(n node, o *objective, windows []pyrraWindow) {
	name := cmp.Or(n.text("name"), "ErrorBudgetBurn")
	n.get("absentName").drop("cer has no alert on absent series, its state is unknown then; left out: use the alert rule's No Data handling")
	if at := n.get("absent"); at.is() && !n.truth("absent", true) {
		at.warn("without telemetry a state of cer is unknown, which is No Data to an alert rule; set the rule's No Data handling to Normal")
	}
	severities := n.mapping("severities")
	severities.get("absent").drop("cer has no alert on absent series, its state is unknown then; left out")
	var stated []node
	for _, field := range severityFields {
		stated = append(stated, severities.get(field))
	}
	disabled := n.truth("disabled", false)
	if !n.truth("burnrates", true) || disabled {
		severities.drop("the alerts are off; left out")
		return
	}
	for i, w := range windows {
		severity := w.severity
		if stated[i].is() {
			severity = severityOf(stated[i], w.severity)
		}
		if min(w.short, w.long) < time.Minute {
			o.period.at.warn("the alert of the %s burn looks back over less than a minute, which is too short; left out", w.name)
			continue
		}
		o.alerts = append(o.alerts, alert{at: n.orOf(o.at), name: fmt.Sprintf("%s-%s", o.name, w.name), note: fmt.Sprintf("Pyrra's alert %s (%s burn) on %s", name, w.name, o.name),
			severity: severity, wait: w.wait, burns: []burn{{windows: []time.Duration{w.long, w.short}, factor: w.factor, operator: ">"}}})
	}
}
