package oracle

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// oracle recomputes a catalog in one view from the raw samples of each leaf and cohort alone.
type oracle struct {
	trial
	view   inView
	in     instants
	split  []dimension
	failed error
	// sliced says that numbers are those of time slices, whose rates reach back to the sample before.
	sliced bool
	// leaves remembers what was read of a leaf, and read what was of an SLI.
	leaves map[string]leaf
	read   map[string][]told[reading]
	// sighted remembers at which instants there are series of an SLI.
	sighted map[string][]bool
	// rates remembers those that the store was asked for.
	rates map[string]seriesRates
}

// leaf is what the series of one cohort yield for an indicator.
type leaf struct {
	columns
	// seen says that there is anything of the indicator in the range, and sighted at which instants.
	seen    bool
	sighted []bool
}

// anchor decides whether there is something of the cohort at an instant.
func (l leaf) anchor() column {
	if l.total != nil {
		return l.total
	}
	return l.value
}

func (tr trial) oracle(v inView, in instants) *oracle {
	return &oracle{trial: tr, view: v, in: in, split: tr.splitBy(v), leaves: map[string]leaf{}, read: map[string][]told[reading]{},
		sighted: map[string][]bool{}, rates: map[string]seriesRates{}}
}

// leaf reads an indicator at some instants from those of its series that more conditions hold for.
func (o *oracle) leaf(i indicator, trust []condition, window time.Duration, in instants, more []condition) leaf {
	trust = append(slices.Clone(trust), more...)
	key := fmt.Sprint(i, trust, window, in.start, in.end, in.step)
	if known, ok := o.leaves[key]; ok {
		return known
	}
	r := recomputer{
		scope: scope{trust: trust, window: window}, data: o.data, times: in.times(), defined: true,
		ask: func(expr string) column {
			c, err := in.evaluate(o.store, expr)
			if err != nil {
				o.failed = err
				return make(column, len(in.times()))
			}
			return c
		},
		facts: o.facts.within(window, o.sliced), engine: o.engine,
	}
	if o.engine.ownRates {
		r.rates = o.ratesOf(in)
	}
	l := leaf{columns: i.recompute(r)[0]}
	part := make(column, len(in.times()))
	if counts, is := i.(ratio); is {
		part = r.rate(counts.part)
	} else {
		copy(part, l.anchor())
	}
	for k, x := range l.anchor() {
		l.sighted = append(l.sighted, isSample(x) || isSample(part[k]))
	}
	l.seen = slices.Contains(l.sighted, true)
	o.leaves[key] = l
	return l
}

func known(x float64) bool { return !missing(x) }

func isSample(x float64) bool { return known(x) || isNotNumber(x) }

// keys returns, for a cohort, the conditions on the series that speak for it, those that tell most dimensions first.
// labels[k] is what the k-th dimension is called, or "" where series do not tell it.
func keys(labels, of []string) [][]condition {
	var told, bare []int
	for k, label := range labels {
		switch {
		case label == "":
		case of[k] == "":
			bare = append(bare, k)
		default:
			told = append(told, k)
		}
	}
	subsets := [][]int{{}}
	for _, k := range told {
		for _, s := range slices.Clone(subsets) {
			subsets = append(subsets, append(slices.Clone(s), k))
		}
	}
	slices.SortFunc(subsets, func(a, b []int) int { return cmp.Or(cmp.Compare(len(b), len(a)), slices.Compare(a, b)) })
	var all [][]condition
	for _, s := range subsets {
		var one []condition
		for _, k := range append(slices.Clone(told), bare...) {
			value := ""
			if slices.Contains(s, k) {
				value = of[k]
			}
			one = append(one, condition{labels[k], "=", value})
		}
		all = append(all, one)
	}
	return all
}

// labelsOf returns what dimensions are called where labelOf says what one is called. Nothing tells the cohorts of a
// value that is shared.
func labelsOf(i indicator, dimensions []dimension, labelOf func(dimension) string) []string {
	labels := make([]string, len(dimensions))
	for k, d := range dimensions {
		if _, shared := i.(sharedValue); !shared {
			labels[k] = labelOf(d)
		}
	}
	return labels
}

// how says in which ways a number came about.
type how uint

const (
	byExact how = 1 << iota
	byUnlabelled
	byShared
	byFilter
	byFallback
	byHolding
	byForgetting
	byTiers
	byTiersLeft
	byTraffic
	byTrafficLeft
	byExpression
	byExpressionLeft
	byTeam
	bySplit
	byTwo
)

// told is a reading or a verdict with how it came about.
type told[T any] struct {
	of  T
	how how
}

// readOne reads an SLI by one of its indicators for a cohort of some dimensions: at each instant from the series of just
// that cohort, or else from those that tell less.
func (o *oracle) readOne(s *sli, window time.Duration, in instants, dimensions []dimension, of []string) []told[reading] {
	filters := o.conditions(o.view, s.labelOf)
	labels := labelsOf(s.indicator, dimensions, s.labelOf)
	way := how(0)
	if len(filters) > 0 {
		way = byFilter
	}
	if _, is := s.indicator.(sharedValue); is && len(dimensions) > 0 {
		way |= byShared
	}
	all := keys(labels, of)
	leaves := make([]leaf, len(all))
	for k, one := range all {
		leaves[k] = o.leaf(s.indicator, o.trustOf(s), window, in, append(one, filters...))
	}
	readings := make([]told[reading], len(in.times()))
	for i := range readings {
		readings[i].how = way
		k := slices.IndexFunc(leaves, func(l leaf) bool { return known(l.anchor()[i]) })
		if k < 0 {
			readings[i].of = s.read(nil, window, i)
			continue
		}
		readings[i].of = s.read([]columns{leaves[k].columns}, window, i)
		switch {
		case k > 0 && slices.ContainsFunc(leaves[:k], func(l leaf) bool { return l.seen }):
			readings[i].how |= byUnlabelled
		case k == 0 && slices.ContainsFunc(leaves[1:], func(l leaf) bool { return known(l.anchor()[i]) }):
			readings[i].how |= byExact
		}
	}
	return readings
}

// readOrElse reads an SLI, and its fallback where it is missing.
func (o *oracle) readOrElse(s *sli, window time.Duration, in instants, dimensions []dimension, of []string) []told[reading] {
	readings := o.readOne(s, window, in, dimensions, of)
	if s.fallback == nil {
		return readings
	}
	instead := *s
	instead.indicator, instead.curve, instead.minEvents = s.fallback.indicator, s.fallback.curve, 0
	for i, r := range o.readOne(&instead, window, in, dimensions, of) {
		if readings[i].of.status == isMissing && r.of.status != isMissing {
			r.of.traffic = readings[i].of.traffic
			if !isShare(s.indicator) || !isShare(instead.indicator) {
				r.of.value = none
			}
			readings[i] = told[reading]{r.of, r.how | byFallback}
		}
	}
	return readings
}

// isShare reports whether values of an indicator are shares, so that they can stand for each other.
func isShare(i indicator) bool { return i.kind() == "ratio" || i.kind() == "probe" }

// readings remembers what was read of an SLI for a cohort.
func (o *oracle) readings(s *sli, dimensions []dimension, of []string) []told[reading] {
	key := fmt.Sprintf("%p %d %q", s, len(dimensions), of)
	known, ok := o.read[key]
	if !ok {
		known = o.readAll(s, dimensions, of)
		o.read[key] = known
	}
	return known
}

// readAll reads an SLI for a cohort, and what it holds where it is missing: the newest score on the minutes of the
// clock that is less than the delay old.
func (o *oracle) readAll(s *sli, dimensions []dimension, of []string) []told[reading] {
	readings := o.readOrElse(s, o.in.windowOf(s), o.in, dimensions, of)
	if s.missing != hold {
		return readings
	}
	minutes := instants{floor(o.in.start.Add(-s.maxDelay), time.Minute), floor(o.in.end, time.Minute), time.Minute, nil}
	past := o.readOrElse(s, o.asked.heldWindow(o.catalog, s, o.in), minutes, dimensions, of)
	times := minutes.times()
	for i, t := range o.in.times() {
		r := &readings[i]
		if r.of.status != isMissing {
			continue
		}
		r.how |= byForgetting
		for k, then := range past {
			if then.of.status != isMissing && known(then.of.score) && times[k] <= t && times[k] > t-s.maxDelay.Milliseconds() {
				r.of.score = then.of.score
				r.how = r.how&^byForgetting | byHolding | then.how&byFallback
			}
		}
	}
	return readings
}

// flowVerdicts judges a flow for a cohort: as it is, or as the mean of its tiers.
func (o *oracle) flowVerdicts(f *flow, of []string) []told[verdict] {
	return o.verdicts(f, of, everySLI, nobody)
}

// everySLI and nobody choose among SLIs.
func everySLI(*sli) bool { return true }
func nobody(*sli) bool   { return false }

// verdicts judges those SLIs of a flow that are chosen, of which some count as if they had scored 1.
func (o *oracle) verdicts(f *flow, of []string, chosen, perfect func(*sli) bool) []told[verdict] {
	d := o.weighted(o.view)
	if d == nil {
		return o.judged(f, o.split, of, chosen, perfect)
	}
	weights, byTier := o.tiers(f, of, chosen, perfect)
	joined := make([]told[verdict], len(o.in.times()))
	for i := range joined {
		joined[i] = o.join(weights, at(byTier, i))
	}
	return joined
}

// tiers judges them for each tier that has a weight.
func (o *oracle) tiers(f *flow, of []string, chosen, perfect func(*sli) bool) (weights []float64, byTier [][]told[verdict]) {
	d := o.weighted(o.view)
	for _, value := range d.listed() {
		if w := d.weights[value]; w > 0 {
			weights = append(weights, w)
			byTier = append(byTier, o.judged(f, o.withTier(), append(slices.Clone(of), value), chosen, perfect))
		}
	}
	return weights, byTier
}

// withTier returns the dimensions of the view and the weighted one.
func (o *oracle) withTier() []dimension { return append(slices.Clone(o.split), *o.weighted(o.view)) }

// judged judges them for a cohort of some dimensions.
func (o *oracle) judged(f *flow, dimensions []dimension, of []string, chosen, perfect func(*sli) bool) []told[verdict] {
	part := &flow{}
	var all [][]told[reading]
	for j := range f.slis {
		if s := &f.slis[j]; chosen(s) {
			part.slis = append(part.slis, *s)
			all = append(all, o.readings(s, dimensions, of))
		}
	}
	verdicts := make([]told[verdict], len(o.in.times()))
	for i := range verdicts {
		var readings []reading
		for k, r := range at(all, i) {
			if known(r.of.score) && perfect(&part.slis[k]) {
				r.of.score = 1
			}
			readings = append(readings, r.of)
			verdicts[i].how |= r.how
		}
		verdicts[i].of = part.judge(o.catalog, readings)
	}
	return verdicts
}

// join is the mean of the verdicts on tiers, of which those without a score leave it. All but the idle ones of them
// are uncovered.
func (o *oracle) join(weights []float64, tiers []told[verdict]) told[verdict] {
	joined := told[verdict]{how: byTiers}
	sum, present, covered, all, keyless := 0.0, 0.0, 0.0, 0.0, false
	for k, t := range tiers {
		joined.how |= t.how
		all += weights[k]
		keyless = keyless || t.of.keyless
		if t.of.trusted {
			covered += weights[k] * t.of.coverage
		}
		if known(t.of.score) {
			sum, present = sum+weights[k]*t.of.score, present+weights[k]
		} else {
			joined.how |= byTiersLeft
		}
	}
	joined.of = verdict{score: none, coverage: covered / all, trusted: true}
	if present > 0 {
		joined.of.score = sum / present
	} else {
		joined.of.trusted = !keyless
	}
	joined.of = o.withhold(joined.of)
	return joined
}
