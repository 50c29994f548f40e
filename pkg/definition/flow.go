package definition

import (
	"net/url"
	"regexp"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// flow reads a flow and its SLIs.
func (r *reader) flow(n node) (cer.Flow, bool) {
	flow := cer.Flow{Weight: 1, Objective: r.catalog.Objective}
	f, ok := fieldsOf(n, schema.Flow)
	if !ok {
		return flow, false
	}
	read(f, "name", &flow.Name, r.flows.new)
	read(f, "title", &flow.Title, text)
	read(f, "description", &flow.Description, text)
	read(f, "labels", &flow.Labels, r.flowLabels)
	read(f, "owner", &flow.Owner, text)
	read(f, "runbook", &flow.Runbook, address)
	read(f, "objective", &flow.Objective, objective)
	read(f, "objectives", &flow.Objectives, r.objectives)
	readWord(f, "budgetingMethod", &flow.BudgetingMethod)
	read(f, "revenue", &flow.Revenue, money(schema.Revenue))
	read(f, "cost", &flow.Cost, money(schema.Cost))
	r.readSLIs(f, &flow)
	flow.Traffic = defaultTraffic(flow.SLIs)
	read(f, "traffic", &flow.Traffic, trafficOf(f, flow.SLIs))
	r.readWeight(f, &flow)
	f.end()
	checkSLIs(f, flow.SLIs)
	checkObjectives(f, &flow)
	return flow, true
}

// checkSLIs says what is wrong with the SLIs of a flow together.
func checkSLIs(f *fields, slis []cer.SLI) {
	at, stated := f.values["slis"]
	switch {
	case !stated || slis == nil || f.has("preset") && len(at.Content) == 0:
	case len(at.Content) == 0:
		at.refuse("a flow needs at least one SLI; add { name: success, ratio: { good: ..., total: ... } }")
	case len(slis) > 0 && !slices.ContainsFunc(slis, func(s cer.SLI) bool { return s.Weight > 0 }):
		at.warn("the weights of all SLIs of this flow are 0, so it has no score; give one a weight above 0")
	}
}

// defaultTraffic names the first key SLI that counts events, else the first that does.
func defaultTraffic(slis []cer.SLI) string {
	name := ""
	for _, s := range slis {
		if !countsEvents(s) {
			continue
		}
		if s.Key {
			return s.Name
		}
		if name == "" {
			name = s.Name
		}
	}
	return name
}

// countsEvents reports whether the SLI is one whose events are counted.
func countsEvents(s cer.SLI) bool {
	return s.Indicator != nil && s.Indicator.CountsEvents()
}

// counting lists in words the kinds of SLIs that count events.
const counting = "ratio, latency, apdex, or recorded with total"

// trafficOf reads the name of one of the SLIs of the flow with fields f that count events.
func trafficOf(f *fields, slis []cer.SLI) reading[string] {
	var known []string
	for _, s := range slis {
		if countsEvents(s) && s.Name != "" {
			known = append(known, s.Name)
		}
	}
	return func(n node) (string, bool) {
		s, ok := text(n)
		switch {
		case !ok:
			return "", false
		case slices.Contains(known, s), f.partial:
			return s, true
		case len(known) == 0:
			n.refuse("traffic names an SLI of the flow that counts events (%s); this flow has none, so leave traffic out", counting)
		default:
			n.refuse("traffic names an SLI of the flow that counts events (%s); %s", counting, n.choices(s, known))
		}
		return "", false
	}
}

var labelName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// ownLabels are the labels of answers, which flows can't have as their own.
var ownLabels = []string{"flow", "component", "sli", "currency"}

// flowLabels reads a map of texts whose keys are names of labels that answers may have beside their own.
func (r *reader) flowLabels(n node) (map[string]string, bool) {
	f, ok := entriesOf(n, "the map of labels")
	if !ok {
		return nil, false
	}
	values := map[string]string{}
	for _, key := range f.names {
		at, value := f.keys[key], f.values[key]
		switch {
		case !labelName.MatchString(key):
			at.refuse("a label's name is made of letters, digits and _, and starts with no digit")
		case slices.Contains(ownLabels, key):
			at.refuse("this label is reserved by the data source; choose another name")
		}
		if dimension, taken := r.dimensions[key]; taken {
			at.refuse("the dimension at %s has this name, and an answer has one label of a name; rename one of them", dimension.where())
		}
		if s, ok := text(value); ok {
			values[key] = s
		}
	}
	return values, true
}

// address reads the address of a web page.
func address(n node) (string, bool) {
	s, ok := text(n)
	if !ok {
		return "", false
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		n.refuse("the address of a web page is needed here, such as https://runbooks.example/checkout")
		return "", false
	}
	return s, true
}
