package oracle

import (
	"cmp"
	"slices"
	"time"
)

// budgeting says how the error budgets of a catalog are counted.
type budgeting struct {
	window, slice time.Duration
	method        string
	// target is the score that a slice has to reach with Timeslices; 0 where the objective counts.
	target float64
	// objective is that of the whole.
	objective float64
}

// How losses add up, in OpenSLO's words.
const (
	occurrences     = "Occurrences"
	timeslices      = "Timeslices"
	ratioTimeslices = "RatioTimeslices"
)

// fineWindow is the longest window whose slices end at the minute that is asked about; those of longer ones end at
// multiples of their width.
const fineWindow = 6 * time.Hour

// addFields adds what the definition says of budgets.
func (b *budgeting) addFields(spec map[string]any) {
	spec["budgetWindow"], spec["timeSliceWindow"] = duration(b.window), duration(b.slice)
	spec["budgetingMethod"], spec["objective"] = b.method, b.objective
	spec["policies"] = []any{} // Nobody asks for states.
	if b.target > 0 {
		spec["timesliceTarget"] = b.target
	}
}

// addBudgetFields adds what the definition says of the flow's budget.
func (f *flow) addBudgetFields(fields map[string]any) {
	if f.objective > 0 {
		fields["objective"] = f.objective
	}
	if f.method != "" {
		fields["budgetingMethod"] = f.method
	}
}

// speaksFor is the component of an SLI.
func (s *sli) speaksFor() string {
	component := "latency"
	switch s.indicator.kind() {
	case "ratio", "probe":
		component = "availability"
	case "value":
		component = "correctness"
	}
	return cmp.Or(s.component, component)
}

// components returns the flow as each of its components has it: with those SLIs alone.
func (f *flow) components() map[string]*flow {
	parts := map[string]*flow{}
	for _, s := range f.slis {
		part := parts[s.speaksFor()]
		if part == nil {
			own := *f
			own.slis = nil
			part = &own
			parts[s.speaksFor()] = part
		}
		part.slis = append(part.slis, s)
	}
	return parts
}

// subject is what has an error budget: the whole, a flow, a component of one, or an SLI.
type subject struct {
	level string
	// name joins the labels of the subject's series.
	name      string
	objective float64
	method    string
	// slices says what slices lose.
	slices func(b sliced) losing
	// key says that the subject has an SLI without which there is no score.
	key bool
}

// subjects returns all that have a budget.
func (c *catalog) subjects() []subject {
	all := []subject{{
		level: overall, objective: c.budget.objective, method: c.budget.method, key: slices.ContainsFunc(c.flows, hasKey),
		slices: func(b sliced) losing {
			return b.judged(c.budget.method, c.budget.objective, c.promQL(b.scopeOf), b.traffic())
		},
	}}
	for k := range c.flows {
		all = append(all, c.subjectsOf(&c.flows[k])...)
	}
	return all
}

// subjectsOf returns a flow, its components and its SLIs.
func (c *catalog) subjectsOf(f *flow) []subject {
	method := cmp.Or(f.method, c.budget.method)
	judged := func(part *flow) func(b sliced) losing {
		return func(b sliced) losing {
			return b.judged(method, f.objective, part.promQL(c, b.scopeOf), b.trafficOf(f))
		}
	}
	all := []subject{{level: "flow", name: f.name, objective: f.objective, method: method, slices: judged(f), key: hasKey(*f)}}
	for component, part := range f.components() {
		all = append(all, subject{level: "component", name: f.name + "/" + component, objective: f.objective, method: method,
			slices: judged(part), key: hasKey(*part)})
	}
	for j := range f.slis {
		s := &f.slis[j]
		one := subject{level: levelSLI, name: f.name + "/" + s.speaksFor() + "/" + s.name, objective: s.objective, method: method}
		if _, counts := s.indicator.(counting); counts {
			one.method = "events"
			one.slices = func(b sliced) losing { return b.events(s) }
		} else {
			if method == occurrences {
				one.method = ratioTimeslices
			}
			one.slices = func(b sliced) losing { return b.scored(one.method, s) }
		}
		all = append(all, one)
	}
	return all
}

func hasKey(f flow) bool { return slices.ContainsFunc(f.slis, func(s sli) bool { return s.key }) }
