package oracle

import (
	"slices"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// chosen says which SLIs of its flow a member of an answer is made of.
func chosen(labels data.Labels) func(*sli) bool {
	return func(s *sli) bool {
		return (labels["component"] == "" || s.speaksFor() == labels["component"]) && (labels["sli"] == "" || s.name == labels["sli"])
	}
}

// numbers recomputes what the plugin answers of a member, with the verdicts behind a score or a coverage.
func (o *oracle) numbers(q query, labels data.Labels, of []string) (column, []told[verdict]) {
	switch {
	case q.measure == impact:
		return o.impacts(q, labels, of), nil
	case q.measure == weight && q.level == levelFlow:
		return o.flowShares(o.flow(labels["flow"]), of), nil
	case q.measure == weight:
		return o.shares(o.flow(labels["flow"]), of, chosen(labels)), nil
	case q.level == levelSLI:
		return o.ofSLI(q, labels, of)
	case q.measure == traffic:
		return o.traffic(q, labels, of), nil
	}
	var verdicts []told[verdict]
	switch q.level {
	case overall:
		verdicts = o.wholeVerdicts(o.group(labels[teamLabel]), of)
	default:
		verdicts = o.verdicts(o.flow(labels["flow"]), of, chosen(labels), nobody)
	}
	c := make(column, len(verdicts))
	for i, v := range verdicts {
		c[i] = v.of.score
		if q.measure == coverage {
			c[i] = v.of.coverage
		}
	}
	return c, verdicts
}

// ofSLI recomputes a measure of an SLI.
func (o *oracle) ofSLI(q query, labels data.Labels, of []string) (column, []told[verdict]) {
	f := o.flow(labels["flow"])
	j := slices.IndexFunc(f.slis, func(s sli) bool { return s.name == labels["sli"] })
	readings := o.readings(&f.slis[j], o.split, of)
	c, verdicts := make(column, len(readings)), make([]told[verdict], len(readings))
	for i, r := range readings {
		verdicts[i] = told[verdict]{verdict{score: r.of.score}, r.how}
		c[i] = r.of.measure(q.measure)
	}
	return c, verdicts
}

// measure returns the number of a measure.
func (r reading) measure(name string) float64 {
	switch name {
	case score:
		return r.score
	case coverage:
		return float64(one(r.known()))
	case ofValue:
		return r.value
	case traffic:
		return r.traffic
	default:
		panic("an SLI has no " + name)
	}
}

// traffic recomputes the events a second of a flow, or of all that are known.
func (o *oracle) traffic(q query, labels data.Labels, of []string) column {
	flows := o.group(labels[teamLabel])
	if q.level == levelFlow {
		flows = []*flow{o.flow(labels["flow"])}
	}
	sum := make(column, len(o.in.times()))
	for i := range sum {
		sum[i] = none
		for _, f := range flows {
			if s := f.traffic(); s != nil {
				if t := o.readings(s, o.split, of)[i].of.traffic; known(t) && known(sum[i]) {
					sum[i] += t
				} else if known(t) {
					sum[i] = t
				}
			}
		}
	}
	return sum
}

// everyFlow returns all flows of the catalog, which weights and impacts are about whatever is shown.
func (o *oracle) everyFlow() []*flow {
	var flows []*flow
	for k := range o.flows {
		flows = append(flows, &o.flows[k])
	}
	return flows
}

// portions returns which part of the weight each member has: of those that have a score, or of all with the aggregate
// loss, whose weights grow by what is not present.
func (c *catalog) portions(weights, scores []float64) []float64 {
	all, present := 0.0, 0.0
	for k, w := range weights {
		all += w
		if known(scores[k]) {
			present += w
		}
	}
	portions := make([]float64, len(weights))
	for k, w := range weights {
		switch {
		case present == 0:
			portions[k] = none
		case missing(scores[k]):
		case c.aggregate == loss:
			portions[k] = w * all / present
		default:
			portions[k] = w / present
		}
	}
	return portions
}

// flowShares recomputes the share of a flow among all.
func (o *oracle) flowShares(f *flow, of []string) column {
	flows := o.everyFlow()
	var verdicts [][]told[verdict]
	for _, one := range flows {
		verdicts = append(verdicts, o.flowVerdicts(one, of))
	}
	shares := make(column, len(o.in.times()))
	for i, weights := range o.flowWeights(flows, of) {
		scores := make([]float64, len(flows))
		for k, v := range at(verdicts, i) {
			scores[k] = v.of.score
		}
		shares[i] = o.portions(weights.of, scores)[slices.Index(flows, f)]
	}
	return shares
}

// shares recomputes the share of some SLIs within their flow: where there are tiers, its mean over those with a score.
func (o *oracle) shares(f *flow, of []string, chosen func(*sli) bool) column {
	within := func(dimensions []dimension, of []string) column {
		shares := make(column, len(o.in.times()))
		for i := range shares {
			var weights, scores []float64
			for j := range f.slis {
				weights = append(weights, f.slis[j].weight)
				scores = append(scores, o.readings(&f.slis[j], dimensions, of)[i].of.score)
			}
			for j, portion := range o.portions(weights, scores) {
				if chosen(&f.slis[j]) {
					shares[i] += portion
				}
			}
		}
		return shares
	}
	d := o.weighted(o.view)
	if d == nil {
		return within(o.split, of)
	}
	weights, verdicts := o.tiers(f, of, everySLI, nobody)
	var byTier []column
	for _, value := range d.listed() {
		if d.weights[value] > 0 {
			byTier = append(byTier, within(o.withTier(), append(slices.Clone(of), value)))
		}
	}
	shares := make(column, len(o.in.times()))
	for i := range shares {
		sum, all := 0.0, 0.0
		for k, w := range weights {
			if known(verdicts[k][i].of.score) {
				sum, all = sum+w*byTier[k][i], all+w
			}
		}
		shares[i] = sum / all
	}
	return shares
}

// impacts recomputes by how much the whole would score higher if a member scored 1.
func (o *oracle) impacts(q query, labels data.Labels, of []string) column {
	f, flows := o.flow(labels["flow"]), o.everyFlow()
	own := slices.Index(flows, f)
	var verdicts [][]told[verdict]
	for _, one := range flows {
		verdicts = append(verdicts, o.flowVerdicts(one, of))
	}
	better := o.verdicts(f, of, everySLI, chosen(labels))
	scores := o.scoresAny(f, of, chosen(labels))
	if q.level == levelComponent { // Without a score of its own it has no impact.
		for i, v := range o.verdicts(f, of, chosen(labels), nobody) {
			scores[i] = scores[i] && known(v.of.score)
		}
	}
	impacts := make(column, len(o.in.times()))
	for i, weights := range o.flowWeights(flows, of) {
		var now []verdict
		for _, v := range at(verdicts, i) {
			now = append(now, v.of)
		}
		before := o.judge(weights.of, now)
		impacts[i] = none
		if missing(before.score) || missing(now[own].score) || !scores[i] {
			continue
		}
		now[own] = better[i].of
		if q.level == levelFlow {
			now[own] = verdicts[own][i].of
			now[own].score = 1
		}
		impacts[i] = o.judge(weights.of, now).score - before.score
	}
	return impacts
}

// scoresAny reports at each instant whether any of some SLIs has a score, be it in one tier.
func (o *oracle) scoresAny(f *flow, of []string, chosen func(*sli) bool) []bool {
	scored := make([]bool, len(o.in.times()))
	look := func(dimensions []dimension, of []string) {
		for j := range f.slis {
			if s := &f.slis[j]; chosen(s) {
				for i, r := range o.readings(s, dimensions, of) {
					scored[i] = scored[i] || known(r.of.score)
				}
			}
		}
	}
	d := o.weighted(o.view)
	if d == nil {
		look(o.split, of)
		return scored
	}
	for _, value := range d.listed() {
		if d.weights[value] > 0 {
			look(o.withTier(), append(slices.Clone(of), value))
		}
	}
	return scored
}
