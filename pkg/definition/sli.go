package definition

import (
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// sliReading reads the SLIs of one flow, whose names are distinct.
func (r *reader) sliReading() reading[cer.SLI] {
	taken := names{}
	return func(n node) (cer.SLI, bool) {
		return r.sli(n, taken)
	}
}

// sli reads an SLI.
func (r *reader) sli(n node, taken names) (cer.SLI, bool) {
	s := cer.SLI{Weight: 1, Missing: cer.Ignore, Idle: cer.Ignore}
	f, ok := fieldsOf(n, "an SLI")
	if !ok {
		return s, false
	}
	policy := oneOf(cer.Ignore, cer.Good, cer.Bad)
	need(f, "name", "success", &s.Name, taken.new)
	read(f, "component", &s.Component, oneOf(cer.Components()...))
	read(f, "dependsOn", &s.DependsOn, name)
	read(f, "weight", &s.Weight, weight)
	read(f, "key", &s.Key, truth)
	read(f, "objective", &s.Objective, objective)
	read(f, "window", &s.Window, span)
	read(f, "trust", &s.Trust, matchers)
	read(f, "minEvents", &s.MinEvents, count)
	read(f, "missing", &s.Missing, policy)
	read(f, "idle", &s.Idle, policy)
	readIndicator(f, &s)
	readCurve(f, &s)
	f.end()
	checkSLI(f, &s)
	r.checkWindow(f, s.Window)
	return s, true
}

// readIndicator reads the one kind of an SLI, its unit, and the component it speaks for unless stated.
func readIndicator(f *fields, s *cer.SLI) {
	var stated []string
	for _, kind := range kinds {
		if f.has(string(kind.name)) {
			stated = append(stated, string(kind.name))
		}
		read(f, string(kind.name), &s.Indicator, kind.read)
	}
	unit, hasUnit := f.take("unit")
	if len(stated) != 1 {
		f.refuseKinds(stated)
		s.Indicator = nil
	}
	if s.Indicator == nil {
		return
	}
	if hasUnit {
		s.Indicator = withUnit(unit, s.Indicator)
	}
	if !f.has("component") {
		s.Component = componentOf(s.Indicator.Kind())
	}
}

// refuseKinds says that an SLI has one kind, where it has none or several.
func (f *fields) refuseKinds(stated []string) {
	if len(stated) == 0 {
		f.lack("an SLI needs exactly one of %s; add one", kindNames())
		return
	}
	f.keys[stated[1]].refuse("an SLI has exactly one of %s; this one has %s; keep one, or make them SLIs of their own",
		kindNames(), strings.Join(stated, " and "))
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
		at.refuse("only an SLI of the component dependency depends on something; write component: dependency, or leave dependsOn out")
	}
	if s.Indicator == nil {
		return
	}
	kind := s.Indicator.Kind()
	if !f.has("component") && s.Component == "" {
		f.lack("an SLI of the kind %s says what it speaks for; add component: with one of %s", kind, components())
	}
	if at, ok := f.values["minEvents"]; ok && !s.Indicator.CountsEvents() && kind != cer.KindQuantile {
		at.refuse("an SLI of the kind %s counts no events; leave minEvents out", kind)
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
