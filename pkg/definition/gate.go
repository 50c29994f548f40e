package definition

import (
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

var (
	drop = portion(func(v float64) bool { return v >= 0 && v < 1 },
		"a drop of a share of good events, or of a score, is needed here, from 0 to under 1; write 1% or 0.01")
	chance = portion(func(v float64) bool { return v > 0 && v <= 0.5 },
		"the chance of a wrong verdict is needed here, above 0 and up to 0.5; write 5% or 0.05 for a confidence of 95%")
	shareOfWeight = portion(func(v float64) bool { return v > 0 && v <= 1 },
		"a share of the weight of the SLIs is needed here, above 0 and up to all of it; write 50% or 0.5")
)

// timeOfGate reads how long something of a gate takes.
func timeOfGate(n node) (time.Duration, bool) {
	if n.is(integerTag) && n.Value == "0" {
		n.refuse("a duration is needed here; write 0s for none")
		return 0, false
	}
	return within(duration, func(d time.Duration) bool { return d >= 0 && d <= maxLookback }, "a duration from 0s to 7d is needed here")(n)
}

// gates reads when releases may go on, once the flows are known. whole says that the rest of the catalog could be read.
func (r *policyReader) gates(whole bool) {
	at, stated := r.spec.values["gates"]
	if !stated {
		return
	}
	taken := names{}
	r.catalog.Gates, _ = few(func(n node) (cer.Gate, bool) { return r.gate(n, taken, whole) })(at)
}

// gate reads a gate, and compiles what it requires.
func (r *policyReader) gate(n node, taken names, whole bool) (cer.Gate, bool) {
	g := cer.DefaultGate()
	f, ok := fieldsOf(n, schema.Gate)
	if !ok {
		return g, false
	}
	refusals := n.file.refusals
	n.file.budget.Spend(r.sizeOfFlows())
	read(f, "name", &g.Name, taken.new)
	read(f, "flows", &g.Flows, r.selection)
	picked := g.Flows.Flows(r.catalog)
	if whole && len(picked) == 0 {
		f.values["flows"].refuse("no flow matches; leave flows out for all of them, or filter less")
	}
	read(f, "compare", &g.Compare, r.comparison)
	r.readStrata(f, &g)
	readDrops(f, &g, gateSLIs{flows: picked, all: whole && len(picked) > 0})
	read(f, "alpha", &g.Alpha, chance)
	read(f, "beta", &g.Beta, chance)
	read(f, "slice", &g.Slice, slice)
	read(f, "warmup", &g.Warmup, timeOfGate)
	read(f, "minDuration", &g.MinDuration, timeOfGate)
	read(f, "maxDuration", &g.MaxDuration, timeOfGate)
	readWord(f, "onTimeout", &g.OnTimeout)
	read(f, "minPassed", &g.MinPassed, shareOfWeight)
	read(f, "require", &g.Require, text)
	f.end()
	checkWhatIsAsked(f)
	r.checkTimes(f, &g)
	if whole && n.file.refusals == refusals {
		r.checkCompared(f, &g, picked)
	}
	if f.has("require") {
		texts := []condition{{"require", g.Require}}
		r.compile(f, texts, whole && n.file.refusals == refusals, func() []policy.Issue {
			_, issues := policy.Requirement(r.catalog, &g)
			return issues
		})
	}
	g.Require = strings.TrimSpace(g.Require)
	return g, true
}

// comparison reads which cohorts are compared.
func (r *policyReader) comparison(n node) (*cer.Comparison, bool) {
	var c cer.Comparison
	if n.is(textTag) {
		n.refuse("a mapping is needed here, not text; write { dimension: %s, candidate: canary, baseline: stable }", excerpt(n.Value, 0))
		return nil, false
	}
	f, ok := fieldsOf(n, schema.Comparison)
	if !ok {
		return nil, false
	}
	read(f, "dimension", &c.Dimension, r.dimension("compare"))
	read(f, "candidate", &c.Candidate, cohort)
	read(f, "baseline", &c.Baseline, cohort)
	f.end()
	if c.Candidate != "" && c.Candidate == c.Baseline {
		f.values["baseline"].refuse("candidate and baseline are the same; name another baseline")
	}
	return &c, c.Dimension != ""
}

// readStrata reads within whose cohorts the arms are compared.
func (r *policyReader) readStrata(f *fields, g *cer.Gate) {
	var strata []string
	read(f, "strata", &strata, list(r.dimension("strata")))
	if g.Compare == nil || len(strata) == 0 {
		return
	}
	at := f.values["strata"]
	for i, name := range strata {
		switch {
		case name == g.Compare.Dimension:
			at.refuse("%s is the compared dimension, and strata are others; leave it out", name)
		case slices.Contains(strata[:i], name):
			at.refuse("%s is there twice; leave one of them out", name)
		}
	}
	g.Compare.Strata = strata
}

// readDrops reads by how much SLIs may be lower, and the bounds of those that are quantiles.
func readDrops(f *fields, g *cer.Gate, known gateSLIs) {
	if at, stated := f.values["maxDrop"]; stated && at.Kind == yaml.MappingNode {
		read(f, "maxDrop", &g.MaxDrops, bySLI(known, "SLI", func(*cer.SLI) bool { return true }, drop))
	} else {
		read(f, "maxDrop", &g.MaxDrop, drop)
	}
	read(f, "bounds", &g.Bounds, bySLI(known, "quantile", isQuantile, bound))
}

// isQuantile reports whether an SLI is a quantile.
func isQuantile(s *cer.SLI) bool { return s.Indicator != nil && s.Indicator.Kind() == cer.KindQuantile }

// gateSLIs are the SLIs of a gate's flows.
type gateSLIs struct {
	flows []*cer.Flow
	// all says that there are no others; otherwise each name is taken for one.
	all bool
}

// names returns the names that the gate can call some of them, with and without their flows, sorted.
func (of gateSLIs) names(wanted func(*cer.SLI) bool) []string {
	var known []string
	for _, f := range of.flows {
		for i := range f.SLIs {
			if s := &f.SLIs[i]; wanted(s) {
				known = append(known, s.Name, f.Name+"/"+s.Name)
			}
		}
	}
	slices.Sort(known)
	return slices.Compact(known)
}

// bySLI reads a map of what is stated of some SLIs of a gate's flows, by the name of the SLI or flow/sli. It is nil where nothing is.
func bySLI[T any](of gateSLIs, what string, wanted func(*cer.SLI) bool, as reading[T]) reading[map[string]T] {
	return func(n node) (map[string]T, bool) {
		f, ok := entriesOf(n, "the map by "+what)
		if !ok || n.stops() {
			return nil, false
		}
		known, stated := of.names(wanted), map[string]T{}
		n.file.budget.Spend(len(known))
		for _, name := range f.names {
			at := f.keys[name]
			if at.stops() {
				return nil, false
			}
			v, right := as(f.values[name])
			switch {
			case of.all && len(known) == 0:
				at.refuse("the flows of the gate have no %s; leave this out", what)
			case of.all && !has(known, name):
				at.refuse("the flows of the gate have no %s of this name; %s", what, at.choices(name, known))
			case right:
				stated[name] = v
			}
		}
		return stated, len(stated) > 0
	}
}

// fieldsOfComparisons are those that say how arms are compared.
var fieldsOfComparisons = []string{"strata", "maxDrop", "bounds", "alpha", "beta", "slice", "minPassed"}

// checkWhatIsAsked refuses a gate that asks nothing, and one that says how to compare but not what.
func checkWhatIsAsked(f *fields) {
	const compare = "compare: { dimension: release, candidate: canary, baseline: stable }"
	if f.has("compare") {
		return
	}
	if !f.has("require") {
		f.lack("a gate needs compare or require; add %s, or require: score >= 0.95", compare)
		return
	}
	for _, name := range fieldsOfComparisons {
		if f.has(name) {
			f.keys[name].refuse("%s needs a comparison, and this gate has none; add %s, or leave it out", name, compare)
		}
	}
}

// checkTimes refuses a gate that is over before it can decide.
func (r *policyReader) checkTimes(f *fields, g *cer.Gate) {
	at, stated := f.values["maxDuration"]
	if !stated {
		at = f.at
	}
	width := g.Width(r.catalog)
	least := g.Warmup + cer.LeastSlices*width
	switch {
	case g.Compare != nil && g.MaxDuration <= least:
		why := ""
		if width > g.Slice {
			why = ", four times the scrape interval,"
		}
		at.refuse("a verdict needs %d time slices of %s%s after a warmup of %s, and maxDuration is %s; write one over %s", cer.LeastSlices,
			model.Duration(width), why, model.Duration(g.Warmup), model.Duration(g.MaxDuration), model.Duration(least))
	case g.MinDuration > g.MaxDuration:
		at.refuse("maxDuration is %s, and minDuration %s, so the gate can never pass; write a longer maxDuration, or a shorter minDuration",
			model.Duration(g.MaxDuration), model.Duration(g.MinDuration))
	}
}

// checkCompared refuses a gate that compares what can't be compared. All of the catalog is known.
func (r *policyReader) checkCompared(f *fields, g *cer.Gate, flows []*cer.Flow) {
	if g.Compare == nil {
		return
	}
	r.checkLabels(f.values["compare"].field("dimension"), flows, g.Compare.Dimension)
	for _, name := range g.Compare.Strata {
		r.checkLabels(f.values["strata"], flows, name)
	}
	for _, flow := range flows {
		f.at.file.budget.Spend(stepsOfCompared * len(flow.SLIs))
		for i := range flow.SLIs {
			s := &flow.SLIs[i]
			if isQuantile(s) && g.Compares(r.catalog, s) && g.QuantileBound(flow.Name, s) == 0 {
				f.keys["compare"].refuse("requests are compared by a duration, and the curve of %s/%s has none that scores 0.5; add bounds: { %[2]s: 500ms }",
					flow.Name, s.Name)
			}
		}
	}
}

// checkLabels refuses a dimension for which the series of no SLI of some flows have a label.
func (r *policyReader) checkLabels(at node, flows []*cer.Flow, name string) {
	dimension, _ := r.catalog.Dimension(name)
	for _, f := range flows {
		for i := range f.SLIs {
			if f.SLIs[i].LabelOf(dimension) != "" {
				return
			}
		}
	}
	at.refuse("no SLI of the gate's flows has a label for the dimension %s; write another dimension, or choose other flows", name)
}
