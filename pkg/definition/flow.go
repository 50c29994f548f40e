package definition

import (
	"net/url"
	"regexp"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// flow reads a flow and its SLIs.
func (r *reader) flow(n node) (cer.Flow, bool) {
	flow := cer.Flow{Weight: 1, Objective: r.catalog.Objective}
	f, ok := fieldsOf(n, "a flow")
	if !ok {
		return flow, false
	}
	need(f, "name", "checkout", &flow.Name, r.flows.new)
	read(f, "title", &flow.Title, text)
	read(f, "labels", &flow.Labels, labels)
	read(f, "owner", &flow.Owner, text)
	read(f, "runbook", &flow.Runbook, address)
	read(f, "weight", &flow.Weight, weight)
	read(f, "objective", &flow.Objective, objective)
	need(f, "slis", "[{ name: success, ratio: { good: ..., total: ... } }]", &flow.SLIs, list(r.sliReading()))
	flow.Traffic = defaultTraffic(flow.SLIs)
	read(f, "traffic", &flow.Traffic, trafficOf(flow.SLIs))
	f.end()
	checkSLIs(f, flow.SLIs)
	return flow, true
}

// checkSLIs says what is wrong with the SLIs of a flow together.
func checkSLIs(f *fields, slis []cer.SLI) {
	at, stated := f.values["slis"]
	switch {
	case !stated || slis == nil:
	case len(at.Content) == 0:
		at.refuse("a flow needs at least one SLI; add { name: success, ratio: { good: ..., total: ... } }")
	case len(slis) > 0 && !slices.ContainsFunc(slis, func(s cer.SLI) bool { return s.Weight > 0 }):
		at.warn("the weights of all SLIs of this flow are 0, so that it has no score; give one a weight above 0")
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

// trafficOf reads the name of one of the SLIs that count events.
func trafficOf(slis []cer.SLI) reading[string] {
	var counting []string
	for _, s := range slis {
		if countsEvents(s) && s.Name != "" {
			counting = append(counting, s.Name)
		}
	}
	return func(n node) (string, bool) {
		s, ok := text(n)
		switch {
		case !ok:
			return "", false
		case slices.Contains(counting, s):
			return s, true
		case len(counting) == 0:
			n.refuse("traffic names an SLI of the flow that counts events, a ratio, latency or apdex; this flow has none, so leave traffic out")
		default:
			n.refuse("traffic names an SLI of the flow that counts events, a ratio, latency or apdex; %s", choices(s, counting))
		}
		return "", false
	}
}

var labelName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// ownLabels are the labels of answers, which flows can't have as their own.
var ownLabels = []string{"flow", "component", "sli"}

// labels reads a map of texts whose keys are names of labels.
func labels(n node) (map[string]string, bool) {
	f, ok := fieldsOf(n, "the map of labels")
	if !ok {
		return nil, false
	}
	values := map[string]string{}
	for key, value := range f.values {
		at := f.keys[key]
		switch {
		case !labelName.MatchString(key):
			at.refuse("a label's name is made of letters, digits and _, and starts with no digit")
		case slices.Contains(ownLabels, key):
			at.refuse("this label is the data source's own; choose another name")
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
