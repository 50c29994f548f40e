package oracle

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// truth is an answer in three-valued logic.
type truth int

const (
	isUnknown truth = iota
	isFalse
	isTrue
)

// under reports whether a number is under a bound, and not for rounding only.
func under(x, bound float64) truth {
	switch {
	case missing(x):
		return isUnknown
	case x < bound-1e-9*max(bound, -bound):
		return isTrue
	default:
		return isFalse
	}
}

// stateOracle recomputes states minute by minute from the raw samples, word by word as the model defines them.
type stateOracle struct {
	trial
	view inView
	// in are the minutes that are asked for, and those before on which they depend.
	in     instants
	before int
	parts  map[string]*oracle
}

func (tr trial) states(v inView) *stateOracle {
	before := 0
	for _, p := range tr.policies {
		before = max(before, p.reach())
	}
	// A slice's rates reach back to the sample before it.
	window := func(*sli) time.Duration { return time.Minute + tr.scrape }
	if tr.facts != nil {
		window = func(*sli) time.Duration { return tr.budget.slice }
	}
	// The first point of a range stands for the step before it, and begins up to a step before the range.
	from := tr.asked.from.Add(-2*longestStep - time.Duration(before)*time.Minute)
	in := instants{from, tr.asked.to, time.Minute, window}
	return &stateOracle{trial: tr, view: v, in: in, before: before, parts: map[string]*oracle{}}
}

// part returns the oracle of scores that are split by more dimensions.
func (s *stateOracle) part(by ...string) *oracle {
	v := s.view
	v.by = slices.Clone(v.by)
	for _, name := range by {
		if !slices.Contains(v.by, name) {
			v.by = append(v.by, name)
		}
	}
	key := strings.Join(v.by, ",")
	if s.parts[key] == nil {
		s.parts[key] = s.oracle(v, s.in)
		s.parts[key].sliced = true
	}
	return s.parts[key]
}

// verdictsOn judges a flow, or all flows where f is nil, for a cohort.
func (o *oracle) verdictsOn(f *flow, of []string) []told[verdict] {
	if f == nil {
		return o.wholeVerdicts(o.everyFlow(), of)
	}
	return o.flowVerdicts(f, of)
}

// worst returns the worst of the states of minutes that are later than the instant before, and no later than each of some instants: none
// where all of them are.
func (s *stateOracle) worst(states column, of instants) column {
	times := s.in.times()[s.before:]
	worst := make(column, len(of.times()))
	for i, at := range of.times() {
		worst[i] = none
		for k, minute := range times {
			isWithin := minute <= at && minute > at-of.step.Milliseconds()
			if isWithin && !missing(states[k]) && (missing(worst[i]) || states[k] > worst[i]) {
				worst[i] = states[k]
			}
		}
	}
	return worst
}

// of returns the states of a flow, or of all flows, for a cohort: 0, 1, 2 or none, at the minutes that are asked for and those of two of
// the longest steps before.
func (s *stateOracle) of(f *flow, of []string) column {
	states := make(column, len(s.in.times())-s.before)
	decided := make([]int, len(states))
	worst := make([]float64, len(states))
	doubtful := make([]bool, len(states))
	for _, p := range s.policies {
		s.decide(p, f, of, func(i int, on truth) {
			i -= s.before
			decided[i]++
			doubtful[i] = doubtful[i] || on == isUnknown
			if on == isTrue {
				worst[i] = max(worst[i], map[string]float64{"ticket": 1, "page": 2}[p.severity])
			}
		})
	}
	for i := range states {
		states[i] = worst[i]
		if worst[i] == 0 && (doubtful[i] || decided[i] == 0) {
			states[i] = none
		}
	}
	return states
}

// decide calls result for each minute that is asked for and each cohort that counts there.
func (s *stateOracle) decide(p statePolicy, f *flow, of []string, result func(i int, on truth)) {
	o := s.part(p.by...)
	counts := map[string][]int{}
	cohorts := map[string][]string{}
	for i := s.before; i < len(s.in.times()); i++ {
		for _, c := range s.counting(o, f, of, i) {
			key := fmt.Sprintf("%q", c)
			counts[key], cohorts[key] = append(counts[key], i), c
		}
	}
	for key, minutes := range counts {
		numbers := s.numbers(p, o, f, cohorts[key])
		when := make([]truth, len(numbers))
		for i, x := range numbers {
			when[i] = under(x, p.under)
		}
		for _, i := range minutes {
			result(i, p.on(when, i))
		}
	}
}

// counting returns the cohorts of the policy's dimensions that count at a minute: those of the flow, by the telemetry that states
// remember, within the cohort that is asked for.
func (s *stateOracle) counting(o *oracle, f *flow, of []string, i int) [][]string {
	if len(o.split) == len(of) {
		return [][]string{of}
	}
	flows := []*flow{f}
	if f == nil {
		flows = o.everyFlow()
	}
	var all [][]string
	for _, one := range flows {
		all = append(all, o.cohortsMadeOf(o.seenWithin(one, i-lookback, i))...)
	}
	var within [][]string
	for _, c := range withoutWider(all) {
		filled := slices.Clone(c)
		overlaps := true
		for k, value := range of {
			overlaps = overlaps && (value == "" || c[k] == "" || c[k] == value)
			if c[k] == "" {
				filled[k] = value
			}
		}
		if overlaps && !slices.ContainsFunc(within, func(other []string) bool { return slices.Equal(other, filled) }) {
			within = append(within, filled)
		}
	}
	if len(within) == 0 {
		within = [][]string{append(slices.Clone(of), make([]string, len(o.split)-len(of))...)}
	}
	return within
}

// seenWithin returns the cohorts of which there was telemetry of a flow at minutes from one to another.
func (o *oracle) seenWithin(f *flow, from, to int) [][]string {
	var found [][]string
	for _, of := range o.universe() {
		told := slices.ContainsFunc(of, func(value string) bool { return value != "" })
		if told && o.sightedWithin(f, of, from, to) {
			found = append(found, of)
		}
	}
	return found
}

// sightedWithin reports whether there are series of a flow that tell just a cohort, at any minute from one to another.
func (o *oracle) sightedWithin(f *flow, of []string, from, to int) bool {
	for j := range f.slis {
		if slices.Contains(o.sightings(&f.slis[j], of)[from:to+1], true) {
			return true
		}
	}
	return false
}

// sightings remembers at which minutes there are series of an SLI that tell just a cohort.
func (o *oracle) sightings(s *sli, of []string) []bool {
	key := fmt.Sprintf("%p %q", s, of)
	known, ok := o.sighted[key]
	if !ok {
		known = o.sight(s, of)
		o.sighted[key] = known
	}
	return known
}

// sight says at which minutes there are series of an SLI, or of its fallback, that tell just a cohort.
func (o *oracle) sight(s *sli, of []string) []bool {
	at := make([]bool, len(o.in.times()))
	add := func(i indicator) {
		labels := labelsOf(i, o.split, s.labelOf)
		for k, label := range labels {
			if label == "" && of[k] != "" {
				return
			}
		}
		l := o.leaf(i, o.trustOf(s), o.in.windowOf(s), o.in, slices.Concat(keys(labels, of)[0], o.conditions(o.view, s.labelOf)))
		for k := range at {
			at[k] = at[k] || l.sighted[k]
		}
	}
	add(s.indicator)
	if s.fallback != nil {
		add(s.fallback.indicator)
	}
	return at
}

// numbers returns the number of a policy's condition at each minute for a cohort.
func (s *stateOracle) numbers(p statePolicy, o *oracle, f *flow, of []string) column {
	numbers := make(column, len(s.in.times()))
	if p.number != delta {
		for i, v := range o.verdictsOn(f, of) {
			numbers[i] = map[string]float64{score: v.of.score, coverage: v.of.coverage}[p.number]
		}
		return numbers
	}
	split := s.part(append(slices.Clone(p.by), p.dimension)...)
	k := slices.IndexFunc(split.split, func(d dimension) bool { return d.name == p.dimension })
	within := k < len(of) && of[k] != ""
	if within || !s.view.kept(p.dimension, p.candidate) || !s.view.kept(p.dimension, p.baseline) {
		for i := range numbers {
			numbers[i] = none
		}
		return numbers
	}
	of = append(slices.Clone(of), make([]string, len(split.split)-len(of))...)
	scores := func(value string) []told[verdict] {
		one := slices.Clone(of)
		one[k] = value
		return split.verdictsOn(f, one)
	}
	candidate, baseline := scores(p.candidate), scores(p.baseline)
	for i := range numbers {
		numbers[i] = candidate[i].of.score - baseline[i].of.score
	}
	return numbers
}

// on says whether the policy is on at a minute, given its condition at all minutes.
func (p statePolicy) on(when []truth, minute int) truth {
	throughout := func(to, minutes int, is func(truth) bool) bool {
		return !slices.ContainsFunc(when[to-minutes:to+1], func(t truth) bool { return !is(t) })
	}
	for m := minute; m >= minute-lookback; m-- { // From the newest one back.
		if throughout(m, p.holds, func(t truth) bool { return t == isTrue }) {
			return isTrue
		}
		if throughout(m, p.keeps, func(t truth) bool { return t == isFalse }) {
			break
		}
	}
	if when[minute] == isUnknown || throughout(minute, p.holds, func(t truth) bool { return t != isFalse }) {
		return isUnknown
	}
	return isFalse
}
