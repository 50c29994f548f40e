package oracle

import (
	"time"
)

// catalog is a random catalog, as far as its scores depend on it.
type catalog struct {
	seed        uint64
	aggregate   aggregate
	window      time.Duration
	minCoverage float64
	// scrape is the interval of the telemetry. The catalog states it where ownScrape is set, else the data source does.
	scrape    time.Duration
	ownScrape bool
	// trust holds the matchers that are forced onto every selector: that of the data set, which no other catalog has.
	trust []condition
	flows []flow
	// dimensions tell cohorts apart; none where the catalog has no cohorts.
	dimensions []dimension
	// policies decide states; none where nobody asks for them.
	policies []statePolicy
	// budget says how error budgets are counted; nil where nobody asks for them.
	budget *budgeting
}

// flow is a flow of a random catalog.
type flow struct {
	name   string
	weight float64
	slis   []sli
	// team is the flow's label; "" where it has none.
	team string
	// dynamic is what the weight follows; nil where it is fixed.
	dynamic *dynamic
	// objective is that of its score, and method how losses add up to its budget; 0 and "" where the flow states none.
	objective float64
	method    string
}

// sli is an SLI of a random catalog.
type sli struct {
	name      string
	weight    float64
	key       bool
	objective float64
	// component is "" where that of the kind counts.
	component string
	// window is 0 where the catalog's counts.
	window time.Duration
	// trust replaces the catalog's unless it is nil.
	trust         []condition
	minEvents     float64
	missing, idle policy
	indicator     indicator
	curve         curve
	// labels are what dimensions are called on the series, where that is not what the catalog says.
	labels map[string]string
	// fallback stands in for the SLI while it is missing; nil where nothing does.
	fallback *fallback
	// maxDelay is how long a score is held with the policy hold.
	maxDelay time.Duration
}

// indicator is what an SLI measures, said in three ways.
type indicator interface {
	kind() string
	// yaml is what stands beside the kind in the definition.
	yaml() map[string]any
	// promQL returns the ways to get the value, in order of preference.
	promQL(s scope) []form
	// recompute returns the same as numbers, from the raw samples.
	recompute(r recomputer) []columns
}

// counting is an indicator that counts events; total is the expression for how many a second.
type counting interface {
	total(s scope) string
}

// aggregate is the way scores become one.
type aggregate string

const (
	mean      aggregate = "mean"
	geometric aggregate = "geometric"
	harmonic  aggregate = "harmonic"
	minimum   aggregate = "min"
	product   aggregate = "product"
	loss      aggregate = "loss"
)

// policy says how an SLI without a value takes part.
type policy string

const (
	ignore policy = "ignore"
	good   policy = "good"
	bad    policy = "bad"
	hold   policy = "hold"
)

// windowOf returns what an SLI looks back over where the query leaves that open.
func (c *catalog) windowOf(s *sli) time.Duration {
	if s.window > 0 {
		return s.window
	}
	return c.window
}

// weights returns those of the flows.
func (c *catalog) weights() []float64 {
	all := make([]float64, len(c.flows))
	for k := range c.flows {
		all[k] = c.flows[k].weight
	}
	return all
}

// trustOf returns the matchers that are forced onto the selectors of an SLI.
func (c *catalog) trustOf(s *sli) []condition {
	if s.trust != nil {
		return s.trust
	}
	return c.trust
}

// promQLCanSay reports whether the score of the flow can be written in PromQL, which has no erfc.
func (f *flow) promQLCanSay() bool {
	for _, s := range f.slis {
		if s.curve.name() == "logNormal" {
			return false
		}
	}
	return true
}

// promQLCanSay reports whether the overall score can be written in PromQL.
func (c *catalog) promQLCanSay() bool {
	for i := range c.flows {
		if !c.flows[i].promQLCanSay() {
			return false
		}
	}
	return true
}
