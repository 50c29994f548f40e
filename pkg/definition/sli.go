package definition

import (
	"slices"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// sliReading reads the SLIs of one flow, whose names are distinct, and which may change those of the preset that the flow is made
// of; nil where it is made of none.
func (r *reader) sliReading(made *presetUse) reading[cer.SLI] {
	taken := names{}
	return func(n node) (cer.SLI, bool) {
		return r.sli(n, taken, made)
	}
}

// sli reads an SLI.
func (r *reader) sli(n node, taken names, made *presetUse) (cer.SLI, bool) {
	s := cer.SLI{Weight: 1, Missing: cer.Ignore, Idle: cer.Ignore}
	f, ok := fieldsOf(n, schema.SLI)
	if !ok {
		return s, false
	}
	selectors, faults := n.file.selectors, len(n.file.faults)
	read(f, "name", &s.Name, taken.new)
	inherited := r.inherit(f, made)
	read(f, "title", &s.Title, text)
	read(f, "description", &s.Description, text)
	readWord(f, "component", &s.Component)
	read(f, "dependsOn", &s.DependsOn, name)
	read(f, "weight", &s.Weight, weight)
	read(f, "key", &s.Key, truth)
	read(f, "objective", &s.Objective, objective)
	read(f, "window", &s.Window, span)
	read(f, "scrapeInterval", &s.ScrapeInterval, span)
	read(f, "trust", &s.Trust, matchers)
	read(f, "labels", &s.Labels, r.sliLabels)
	read(f, "minEvents", &s.MinEvents, count)
	readWord(f, "missing", &s.Missing)
	read(f, "maxDelay", &s.MaxDelay, age)
	readWord(f, "idle", &s.Idle)
	readIndicator(f, &s)
	s.Indicator = inherited.restricted(n, s.Indicator)
	if s.Indicator != nil && !f.has("component") {
		s.Component = componentOf(s.Indicator.Kind())
	}
	readCurve(f, &s)
	read(f, "fallback", &s.Fallback, r.fallbackOf(&s, inherited))
	f.end()
	checkSLI(f, &s)
	checkHold(f, s.Missing)
	checkTrust(f, s.Indicator, r.catalog.Trust)
	r.checkWindow(f, r.catalog.WindowOf(&s), r.catalog.ScrapeIntervalOf(&s))
	n.spendOnTrust(selectors, slices.Concat(r.catalog.TrustOf(&s), inherited.matchers))
	if found := n.file.faults[faults:]; len(found) > 0 {
		s.Fault = found[0]
	}
	return s, true
}

// readIndicator reads the one kind of an SLI or a fallback, and its unit.
func readIndicator(f *fields, s *cer.SLI) {
	var stated []string
	for _, kind := range schema.Kinds() {
		if f.has(kind) {
			stated = append(stated, kind)
		}
		read(f, kind, &s.Indicator, kinds[cer.Kind(kind)])
	}
	unit, hasUnit := f.values["unit"]
	if len(stated) != 1 {
		f.refuseKinds(stated)
		s.Indicator = nil
	}
	if s.Indicator == nil {
		return
	}
	if hasUnit {
		s.Indicator = withUnit(unit, f.of, s.Indicator)
	}
}

// refuseKinds says that an SLI or a fallback has one kind, where it has none or several.
func (f *fields) refuseKinds(stated []string) {
	if len(stated) == 0 {
		f.lack("%s needs exactly one of %s; add one", f.of.What, kindNames())
		return
	}
	f.keys[stated[1]].refuse("%s has exactly one of %s; this one has %s; keep one, or make several SLIs",
		f.of.What, kindNames(), strings.Join(stated, " and "))
}

// componentOf is the component that SLIs of a kind speak for unless they state another, or "".
func componentOf(kind cer.Kind) cer.Component {
	switch kind {
	case cer.KindRatio, cer.KindProbe:
		return cer.Availability
	case cer.KindLatency, cer.KindApdex, cer.KindQuantile:
		return cer.Latency
	default:
		return ""
	}
}

// checkSLI says which fields of an SLI do not go together.
func checkSLI(f *fields, s *cer.SLI) {
	if at, ok := f.values["dependsOn"]; ok && s.Component != cer.Dependency {
		at.refuse("dependsOn is for SLIs of the component dependency; write component: dependency, or leave dependsOn out")
	}
	if s.Indicator == nil {
		return
	}
	kind := s.Indicator.Kind()
	if !f.has("component") && s.Component == "" {
		f.lack("an SLI of the kind %s needs a component; add component: with one of %s", kind, components())
	}
	switch at, ok := f.values["minEvents"]; {
	case !ok || s.Indicator.CountsEvents() || kind == cer.KindQuantile:
	case kind == cer.KindRecorded:
		at.refuse("a recorded share without total counts no events; add total to it, or leave minEvents out")
	default:
		at.refuse("an SLI of the kind %s counts no events; leave minEvents out", kind)
	}
}

// checkHold says where maxDelay is needed, and where it is too much.
func checkHold(f *fields, missing cer.Policy) {
	at, said := f.values["missing"]
	switch stated := f.has("maxDelay"); {
	case said && at.Value != string(missing): // It could not be read.
	case missing == cer.Hold && !stated:
		at.refuse("missing: hold needs a limit; add maxDelay: 10m beside it")
	case missing != cer.Hold && stated:
		f.keys["maxDelay"].refuse("maxDelay is how long missing: hold keeps a score; leave it out, or write missing: hold")
	}
}

// components lists the components in words.
func components() string {
	var all []string
	for _, c := range cer.Components() {
		all = append(all, string(c))
	}
	return strings.Join(all, ", ")
}
