package importer

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

const (
	slothGroup   = "sloth.slok.dev/"
	slothVersion = "prometheus/v1"
)

// slothNames are the names of fields that differ between Sloth's files and its Kubernetes resource.
type slothNames struct{ plugins, errorQuery, totalQuery, errorRatioQuery, page, ticket string }

var (
	slothOfFiles      = slothNames{"slo_plugins", "error_query", "total_query", "error_ratio_query", "page_alert", "ticket_alert"}
	slothOfKubernetes = slothNames{"sloPlugins", "errorQuery", "totalQuery", "errorRatioQuery", "pageAlert", "ticketAlert"}
)

// sloth reads a file of Sloth.
func (r *reader) sloth(document node) {
	if version := document.text("version"); version != slothVersion {
		document.leave("the version %s is not known; not imported: Sloth's %s is", version, slothVersion)
		return
	}
	r.slothService(document, slothOfFiles)
}

// slothResource reads a PrometheusServiceLevel of Sloth.
func (r *reader) slothResource(document node) {
	version, kind := document.text("apiVersion"), document.text("kind")
	if version != slothGroup+"v1" || kind != "PrometheusServiceLevel" {
		document.leave("%s of Sloth has no counterpart; not imported: PrometheusServiceLevel of %sv1 has", strings.TrimSpace(version+" "+kind), slothGroup)
		return
	}
	dropMetadata(document.mapping("metadata"))
	document.get("status").drop("the status of a resource is written by Kubernetes; left out")
	spec := document.mapping("spec")
	if !spec.is() {
		document.leave("there is no spec; not imported")
		return
	}
	r.slothService(spec, slothOfKubernetes)
}

// slothService reads the objectives of a service.
func (r *reader) slothService(n node, names slothNames) {
	service := n.text("service")
	objectives := n.items("slos")
	if service == "" || len(objectives) == 0 {
		n.leave("Sloth needs a service and slos with at least one objective; not imported")
		return
	}
	r.service(service).addLabels(n.get("labels"))
	dropPlugins(n.get(names.plugins))
	for _, at := range objectives {
		r.slothObjective(at, service, names)
	}
}

// dropPlugins says that there are no plugins.
func dropPlugins(n node) {
	n.drop("plugins change Sloth's recording rules, and cer has none; left out: compare the numbers before you turn Sloth off")
}

// slothObjective reads an objective.
func (r *reader) slothObjective(n node, service string, names slothNames) {
	o := &objective{at: n, tool: "Sloth", flow: service, name: n.text("name"), period: period{window: r.options.SlothPeriod, at: n}}
	if o.name == "" {
		n.leave("an objective needs a name; not imported")
		return
	}
	description := n.text("description")
	o.notes = addNote(o.notes, description)
	o.target = n.percentage("objective")
	n.get("labels").drop("an SLI has no labels of its own; left out: labels of the service are labels of the flow")
	dropPlugins(n.get("plugins"))
	var ok bool
	o.sli, ok = r.slothSLI(n.mapping("sli"), o, names, componentOf(o.name, description))
	if !ok {
		n.leave("the objective %s is left out, since its SLI can't be imported", o.name)
		return
	}
	r.slothAlerting(n.mapping("alerting"), o, names)
	r.keep(o)
}

// percentage returns the target that a field states as a percentage, as a share in (0,1); 0 where there is none.
func (n node) percentage(name string) float64 {
	at := n.get(name)
	v, ok := at.asNumber()
	switch {
	case ok && v > 0 && v < 100:
		return v / 100
	case ok && v == 100:
		at.warn("an objective of 100%% leaves no error budget; left out, and with it the alerts on the budget")
	case at.is():
		at.warn("an objective is a number above 0 and below 100; left out, and with it the alerts on the budget")
	default:
		n.warn("there is no %s; the SLI has none, and no alerts", name)
	}
	return 0
}

// slothSLI reads what an objective measures, and reports whether that can be imported.
func (r *reader) slothSLI(n node, o *objective, names slothNames, component string) (indicator, bool) {
	events, raw, plugin := n.mapping("events"), n.mapping("raw"), n.mapping("plugin")
	bad, total, ratio := events.get(names.errorQuery), events.get(names.totalQuery), raw.get(names.errorRatioQuery)
	if r.options.Recorded && (events.is() || raw.is() || plugin.is()) {
		return slothRecorded(plugin, o, total, component)
	}
	switch {
	case plugin.is():
		plugin.leave("a plugin of Sloth computes this SLI, and there is none in cer; not imported: write its query as events, or import the series that Sloth records by --recorded")
		return indicator{}, false
	case bad.is() && total.is():
		badText, badFine := bad.query()
		totalText, totalFine := total.query()
		if !badFine || !totalFine {
			return indicator{}, false
		}
		return ratioOf("bad", bad, badText, total, totalText)
	case ratio.is():
		text, fine := ratio.query()
		if !fine {
			return indicator{}, false
		}
		return rawRatio(ratio, text, false, orAvailability(component))
	}
	return indicator{}, false
}

// orAvailability returns a component, or availability.
func orAvailability(component string) string {
	if component == "" {
		return "availability"
	}
	return component
}

// slothRecorded returns an SLI that reads the share of bad events that Sloth records.
func slothRecorded(plugin node, o *objective, total node, component string) (indicator, bool) {
	if plugin.is() {
		plugin.drop("a plugin computes what Sloth records; left out, since the recorded series is read")
	}
	i := indicator{kind: "recorded", component: orAvailability(component), fields: []field{{
		name: "errorRatio", text: expand.SelectorOf("slo:sli_error:ratio_rate5m", "sloth_service", o.flow, "sloth_slo", o.name)}}}
	if total.is() {
		text, fine := total.query()
		if !fine || !total.doubts(expand.CounterOf(text), expand.CheckTotal) {
			return indicator{}, false
		}
		i.fields = append(i.fields, field{name: "total", text: expand.CounterOf(text)})
	}
	return i, true
}

// The windows of Sloth's alerts, whose factors follow from the share of the budget that they allow to be spent.
var slothAlerts = map[string][]slothWindows{
	"page":   {{0.02, time.Hour, 5 * time.Minute}, {0.05, 6 * time.Hour, 30 * time.Minute}},
	"ticket": {{0.1, 24 * time.Hour, 2 * time.Hour}, {0.1, 72 * time.Hour, 6 * time.Hour}},
}

// slothWindows are two windows within which a share of the error budget is spent.
type slothWindows struct {
	share       float64
	long, short time.Duration
}

// slothAlerting reads what is said of the alerts on an objective.
func (r *reader) slothAlerting(n node, o *objective, names slothNames) {
	name := n.text("name")
	r.service(o.flow).takeRunbook(n.get("annotations"))
	dropAlertLabels(n)
	for _, tier := range []struct{ severity, field string }{{"page", names.page}, {"ticket", names.ticket}} {
		at := n.mapping(tier.field)
		r.service(o.flow).takeRunbook(at.get("annotations"))
		dropAlertLabels(at)
		if at.truth("disable", false) {
			continue
		}
		a := alert{at: o.at, severity: tier.severity, name: name + "-" + tier.severity}
		if n.is() {
			a.at = n
		}
		if name == "" {
			a.name = o.name + "-" + tier.severity
		}
		for _, w := range slothAlerts[tier.severity] {
			factor := w.share * r.options.SlothPeriod.Hours() / w.long.Hours()
			a.burns = append(a.burns, burn{windows: []time.Duration{w.long, w.short}, factor: factor, operator: ">"})
		}
		a.note = fmt.Sprintf("Sloth's alert %s (%s) on %s", name, tier.severity, o.name)
		if name == "" {
			a.note = fmt.Sprintf("Sloth's alert (%s) on %s", tier.severity, o.name)
		}
		o.alerts = append(o.alerts, a)
	}
}

// dropAlertLabels says that policies have no labels.
func dropAlertLabels(n node) {
	n.get("labels").drop("policies have no labels for routing alerts; left out: put them on the alert rule in Grafana that reads the state")
}

// addLabels adds labels of a service as those of its flow.
func (s *service) addLabels(n node) {
	for _, p := range n.pairs() {
		s.addLabel(p.name, p.at)
	}
}

// addLabel adds a label to a flow, or says why not.
func (s *service) addLabel(name string, value node) {
	text := value.asText()
	switch {
	case text == "":
		value.drop("a label needs a value; left out")
		return
	case !labelName.MatchString(name):
		value.drop("a label of a flow has letters, digits and _ in its name; left out")
		return
	case isOwnLabel(name):
		value.drop("cer's answers have a label %s of their own; left out: add it to the flow under another name", name)
		return
	}
	for i, known := range s.labels {
		if known.name == name {
			if known.text != text {
				value.warn("the flow has the label %s=%q already; that is kept", name, s.labels[i].text)
			}
			return
		}
	}
	s.labels = append(s.labels, field{name: name, text: text})
}

// takeRunbook takes the address of a runbook from annotations, and says that there are no others.
func (s *service) takeRunbook(n node) {
	for _, p := range n.pairs() {
		text := p.at.asText()
		isRunbook := (p.name == "runbook" || p.name == "runbook_url") && isAddress(text)
		switch {
		case isRunbook && (s.runbook == "" || s.runbook == text):
			s.runbook = text
		case isRunbook:
			p.at.warn("a flow has one runbook, and this one has %s already; left out", s.runbook)
		default:
			p.at.drop("policies have no annotations; left out: put them on the alert rule in Grafana that reads the state")
		}
	}
}

// isAddress reports whether a text is the address of a web page.
func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}
