package importer

import (
	"slices"
	"time"

	"github.com/prometheus/common/model"
)

// openSLOAlerts reads the alert policies of an SLO.
func (r *reader) openSLOAlerts(list []node, slo string) []alert {
	var all []alert
	for _, item := range list {
		policy := item
		if ref := item.get("alertPolicyRef"); ref.is() {
			if policy = r.openSLO.refer(ref, kindPolicy); !policy.is() {
				ref.warn("the policy is not among the sources; left out: import its file along with this one")
				continue
			}
		}
		policy.get("apiVersion")
		policy.get("kind")
		all = append(all, r.openSLOPolicy(policy, slo)...)
	}
	return all
}

// openSLOPolicy reads an alert policy.
func (r *reader) openSLOPolicy(n node, slo string) []alert {
	name, displayName := openSLOMetadata(n)
	spec := n.mapping("spec")
	notes := addNote(addNote(nil, displayName), spec.text("description"))
	resolved, noData, breaching := spec.get("alertWhenResolved"), spec.get("alertWhenNoData"), spec.get("alertWhenBreaching")
	resolved.drop("contact points in Grafana define whether the end of an alert is notified; left out")
	noData.drop("without telemetry a state of cer is unknown, which is No Data to an alert rule; left out: set the rule's No Data handling")
	for _, target := range spec.items("notificationTargets") {
		r.openSLO.refer(target.get("targetRef"), kindTarget)
		target.drop("contact points and notification policies of Grafana define who is notified; left out")
	}
	conditions := spec.items("conditions")
	if breaching.is() && !spec.truth("alertWhenBreaching", true) {
		n.drop("the policy does not alert when its condition is met, since alertWhenBreaching is not true; left out")
		return nil
	}
	var all []alert
	for _, item := range conditions {
		condition := item
		if ref := item.get("conditionRef"); ref.is() {
			if condition = r.openSLO.refer(ref, kindCondition); !condition.is() {
				ref.warn("the condition is not among the sources; left out: import its file along with this one")
				continue
			}
		}
		condition.get("apiVersion")
		condition.get("kind")
		if a, ok := openSLOCondition(condition, slices.Clone(notes)); ok {
			a.name, a.note = slo+"-"+name, "OpenSLO's policy "+name+" on "+slo+joined(a.note)
			all = append(all, a)
		}
	}
	return all
}

// joined returns a text as the end of a sentence.
func joined(text string) string {
	if text == "" {
		return ""
	}
	return ": " + text
}

// openSLOCondition reads a condition, and reports whether it is one.
func openSLOCondition(n node, notes []string) (alert, bool) {
	_, displayName := openSLOMetadata(n)
	spec := n.mapping("spec")
	notes = addNote(addNote(notes, displayName), spec.text("description"))
	a := alert{at: n, severity: "ticket"}
	if at := spec.get("severity"); at.is() {
		a.severity = severityOf(at, "ticket")
	}
	if len(notes) > 0 {
		a.note = notes[len(notes)-1]
	}
	condition := spec.mapping("condition")
	kind, operator, factor := condition.text("kind"), condition.get("op"), condition.get("threshold")
	v, isNumber := factor.asNumber()
	window, isWindow := shorthandOf(condition.get("lookbackWindow"), 0)
	if kind != "" && kind != "burnrate" || !isNumber || v <= 0 || !isWindow || window%time.Minute != 0 {
		condition.orOf(n).drop("a condition is on a burnrate, with a threshold above 0 and a lookbackWindow of whole minutes such as 1h; left out")
		return alert{}, false
	}
	a.burns = []burn{{windows: []time.Duration{window}, factor: v, operator: burnOperator(operator)}}
	if wait := condition.get("alertAfter"); wait.is() && wait.asText() != "0m" {
		a.wait = openSLOWait(wait)
	}
	return a, true
}

// burnOperator returns the operator between a burn rate and a threshold.
func burnOperator(at node) string {
	switch at.asText() {
	case "gt":
		return ">"
	case "lt":
		at.warn("an alert is active when the burn rate is above the threshold; > instead")
		return ">"
	case "lte":
		at.warn("an alert is active when the burn rate is at the threshold or above; >= instead")
	}
	return ">="
}

// openSLOWait reads how long a condition holds before there is an alert.
func openSLOWait(at node) time.Duration {
	wait, ok := shorthandOf(at, 0)
	if longest := 23 * time.Hour; ok && wait > longest {
		at.warn("a policy waits for less than a day; %s instead", model.Duration(longest))
		return longest
	}
	if !ok || wait%time.Minute != 0 {
		at.warn("a duration of whole minutes is needed here; none instead")
		return 0
	}
	return wait
}
