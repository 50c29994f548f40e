package importer

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/internal/yamlwrite"
)

// maxPolicies and maxDimensions are how many a catalog may have.
const (
	maxPolicies   = 100
	maxDimensions = 8
)

// catalog is what objectives become together.
type catalog struct {
	name   string
	period period
	// method is how budgets of flows are counted where they do not state it, slice the width of time slices, 0 for the default, and
	// sliceTarget the least share of good events of a good one.
	slice       time.Duration
	sliceTarget float64
	aggregate   string
	dimensions  []string
	flows       []*flow
	policies    []policy
}

// flow is a flow of a catalog.
type flow struct {
	name, stated string
	service      *service
	objective    float64
	// objectiveNote says how the objective follows from those of several SLIs.
	objectiveNote string
	method        string
	slis          []sli
}

// sli is an SLI of a flow.
type sli struct {
	name string
	*objective
}

// policy is a policy of a catalog.
type policy struct {
	name, flow, sli string
	by              []string
	alert
}

// assemble makes one catalog of all objectives.
func (r *reader) assemble() Result {
	if len(r.objectives) == 0 {
		return Result{}
	}
	c := &catalog{period: r.commonPeriod(), slice: commonSlice(r.objectives), sliceTarget: commonSliceTarget(r.objectives), dimensions: commonDimensions(r.objectives)}
	r.addFlows(c)
	c.addPolicies()
	c.chooseSlice()
	c.name = cmp.Or(r.options.Name, "imported")
	if r.options.Name == "" && len(c.flows) == 1 {
		c.name = c.flows[0].name
	}
	result := Result{YAML: c.yaml(), Flows: len(c.flows)}
	for _, f := range c.flows {
		result.SLIs += len(f.slis)
	}
	return result
}

// most returns the value that most have, the first of several; the zero value where there is none.
func most[T comparable](values []T) T {
	counts := map[T]int{}
	for _, v := range values {
		counts[v]++
	}
	var chosen T
	for _, v := range values {
		if counts[v] > counts[chosen] {
			chosen = v
		}
	}
	return chosen
}

// commonPeriod returns the period that most objectives have, and says which have another one.
func (r *reader) commonPeriod() period {
	var all []period
	for _, o := range r.objectives {
		all = append(all, o.period.bare())
	}
	common := most(all)
	for _, o := range r.objectives {
		if p := o.period; p.bare() != common {
			p.at.warn("the error budget is over %s, and the catalog's is over %s, since a catalog has one period; to keep it, import this objective into a catalog of its own", p, common)
		}
	}
	return common
}

// bare returns a period without its place.
func (p period) bare() period {
	p.at = node{}
	return p
}

// String returns a period in words.
func (p period) String() string {
	switch {
	case p.calendar == "":
		return model.Duration(p.window).String()
	case p.zone == "":
		return "a " + p.calendar + " of the calendar"
	default:
		return "a " + p.calendar + " of the calendar in " + p.zone
	}
}

// commonSlice returns the width of time slices that most objectives state, and says which state another one; 0 where none does.
func commonSlice(objectives []*objective) time.Duration {
	var all []time.Duration
	for _, o := range objectives {
		if o.slice > 0 {
			all = append(all, o.slice)
		}
	}
	common := most(all)
	for _, o := range objectives {
		if o.slice > 0 && o.slice != common {
			o.at.warn("time slices are %s wide, and the catalog's are %s, since a catalog has slices of one width", model.Duration(o.slice), model.Duration(common))
		}
	}
	return common
}

// commonSliceTarget does so with the least share of good events of a good slice.
func commonSliceTarget(objectives []*objective) float64 {
	var all []float64
	for _, o := range objectives {
		if o.sliceTarget > 0 {
			all = append(all, o.sliceTarget)
		}
	}
	common := most(all)
	for _, o := range objectives {
		if o.sliceTarget > 0 && o.sliceTarget != common {
			o.at.warn("a time slice is good from %s on, and from %s on in the catalog, since a catalog has one timesliceTarget", yamlwrite.Decimal(o.sliceTarget), yamlwrite.Decimal(common))
		}
	}
	return common
}

// commonDimensions returns the labels that objectives are split by, and says which are left out.
func commonDimensions(objectives []*objective) []string {
	var all []string
	for _, o := range objectives {
		for _, label := range o.dimensions {
			if !slices.Contains(all, label) {
				all = append(all, label)
			}
		}
	}
	for _, o := range objectives {
		o.dimensions = slices.DeleteFunc(o.dimensions, func(label string) bool {
			left := slices.Index(all, label) >= maxDimensions
			if left {
				o.at.warn("a catalog has at most %d dimensions, and the label %s is not one of them; the objective is not split by it", maxDimensions, label)
			}
			return left
		})
	}
	return all[:min(len(all), maxDimensions)]
}

// addFlows makes a flow of each service.
func (r *reader) addFlows(c *catalog) {
	flows, taken, slis := map[string]*flow{}, names{}, map[string]names{}
	for _, o := range r.objectives {
		f := flows[o.flow]
		if f == nil {
			f = &flow{name: taken.take(o.flow), stated: o.flow, service: r.service(o.flow)}
			flows[o.flow], slis[o.flow] = f, names{}
			c.flows = append(c.flows, f)
		}
		name := slis[o.flow].take(o.name)
		if name != nameOf(o.name) {
			o.at.warn("the flow has an SLI of this name already; this one is called %s", name)
		}
		f.slis = append(f.slis, sli{name, o})
	}
	for _, f := range c.flows {
		f.settle(c)
	}
	if len(c.flows) == 1 && c.flows[0].isComposite() && c.flows[0].method == ratioTimeslices {
		c.aggregate = "loss"
		c.flows[0].addLosses()
		return
	}
	for _, f := range c.flows {
		if f.isComposite() {
			f.slis[0].at.warn("the parts of the composite objective %s are combined by their weighted mean; if their losses should be added up, import it into a catalog of its own, and write aggregate: loss there", f.stated)
		}
	}
}

// addLosses makes the objective of a flow that which is kept where its SLIs, whose losses add up, keep theirs.
func (f *flow) addLosses() {
	f.objective, f.objectiveNote = 1, "1 - what its SLIs may lose together"
	for _, s := range f.slis {
		if s.target > 0 {
			f.objective -= cmp.Or(s.weight, 1) * (1 - s.target)
		}
	}
	if f.objective <= 0 || f.objective == 1 {
		f.objective = 0
	}
}

// isComposite reports whether a flow is a composite objective.
func (f *flow) isComposite() bool { return f.slis[0].composite }

// settle says what the objectives of a flow state about all of it.
func (f *flow) settle(c *catalog) {
	f.service.labels = slices.DeleteFunc(f.service.labels, func(l field) bool { return slices.Contains(c.dimensions, l.name) })
	var methods []string
	weights, targets := 0.0, 0.0
	for _, s := range f.slis {
		if s.method != "" {
			methods = append(methods, s.method)
		}
		if s.target > 0 {
			weights += cmp.Or(s.weight, 1)
			targets += cmp.Or(s.weight, 1) * s.target
		}
	}
	f.method = most(methods)
	for _, s := range f.slis {
		if s.method != "" && s.method != f.method {
			s.at.warn("budgets are counted by %s, and those of the flow by %s, since a flow has one method", s.method, f.method)
		}
	}
	if weights > 0 {
		f.objective, f.objectiveNote = targets/weights, "the mean of its SLIs' objectives"
	}
}

// addPolicies makes policies of the alerts on objectives that have a target.
func (c *catalog) addPolicies() {
	taken := names{}
	left := 0
	for _, f := range c.flows {
		for _, s := range f.slis {
			for _, a := range s.alerts {
				switch {
				case s.target == 0:
					continue
				case len(c.policies) == maxPolicies:
					left++
					a.at.warn("a catalog has at most %d policies; this one is left out: import fewer objectives at once, or leave policies out for the defaults of cer", maxPolicies)
				case a.settle(s.target, c.period):
					c.policies = append(c.policies, policy{name: taken.take(a.name), flow: f.name, sli: s.name, by: s.dimensions, alert: a})
				}
			}
		}
	}
}

// settle leaves out what can't be true of a burn rate, and reports whether anything is left.
func (a *alert) settle(target float64, over period) bool {
	highest := 1 / (1 - target)
	a.burns = slices.DeleteFunc(slices.Clone(a.burns), func(b burn) bool {
		longest := slices.Max(b.windows)
		switch {
		case b.factor >= highest*(1-1e-9):
			a.at.warn("a burn rate of %s can't be exceeded: with this objective a full outage burns at %s, and the alert never fires; left out", yamlwrite.Decimal(b.factor), yamlwrite.Decimal(highest))
		case longest > over.length():
			a.at.warn("the window %s is longer than the error budget's, which is %s; left out", model.Duration(longest), over)
		default:
			return false
		}
		return true
	})
	return len(a.burns) > 0
}

// length returns how long a period is, that of the calendar as cer takes it for burn rates.
func (p period) length() time.Duration {
	days := map[string]time.Duration{"": 0, "week": 7, "month": 30, "quarter": 91}[p.calendar]
	return cmp.Or(p.window, days*24*time.Hour)
}

// chooseSlice chooses slices of which all windows of policies are multiples.
func (c *catalog) chooseSlice() {
	const usual = 5 * time.Minute
	slice := cmp.Or(c.slice, usual)
	windows := map[time.Duration]bool{c.period.length(): true}
	for _, p := range c.policies {
		for _, b := range p.burns {
			for _, w := range b.windows {
				windows[w] = true
			}
		}
	}
	for _, w := range slices.Sorted(maps.Keys(windows)) {
		slice = divisor(slice, w)
	}
	if slice < c.slice {
		c.flows[0].slis[0].at.warn("time slices are %s wide instead of %s, since the windows of all alerts are multiples of them", model.Duration(slice), model.Duration(c.slice))
	}
	if c.slice = slice; slice == usual {
		c.slice = 0
	}
}

// divisor returns the greatest common divisor of two durations in whole minutes.
func divisor(a, b time.Duration) time.Duration {
	for b > 0 {
		a, b = b, a%b
	}
	return max(a, time.Minute)
}
