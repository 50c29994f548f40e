package oracle

import (
	"cmp"
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// worldLosses are what time slices lose, recomputed from the raw samples of each slice.
type worldLosses struct {
	*oracle
	known map[string]slicesLost
}

// slicesLost are what slices that end at each minute lose of all, each with a number where the slice is known.
type slicesLost struct{ lost, all column }

// losses returns those of a view, of slices that end in the minutes that are asked for and the time before on which these depend.
func (tr trial) losses(v inView, before time.Duration) *worldLosses {
	window := func(*sli) time.Duration { return tr.budget.slice }
	o := tr.oracle(v, instants{floor(tr.asked.from.Add(-before), time.Minute), floor(tr.asked.to, time.Minute), time.Minute, window})
	o.sliced = true
	return &worldLosses{o, map[string]slicesLost{}}
}

// over returns what a subject loses over a window that ends at t, and 0 where all of it is idle.
func (l *worldLosses) over(labels data.Labels, of []string, window time.Duration, t time.Time) float64 {
	s := l.of(labels, of)
	slice := l.budget.slice
	end := floor(t, time.Minute)
	if window > fineWindow {
		end = floor(t, slice)
	}
	lost, all, found := 0.0, 0.0, false
	for k := range int(window / slice) {
		i := int(end.Add(-time.Duration(k)*slice).Sub(l.in.start) / time.Minute)
		if known(s.lost[i]) && known(s.all[i]) {
			lost, all, found = lost+s.lost[i], all+s.all[i], true
		}
	}
	switch {
	case !found:
		return none
	case all == 0 || lost/all < 1e-12: // The latter is due to rounding.
		return 0
	default:
		return lost / all
	}
}

// of returns what slices lose of an SLI, of a flow or of the whole, for a cohort.
func (l *worldLosses) of(labels data.Labels, of []string) slicesLost {
	key := labels.String()
	if _, ok := l.known[key]; !ok {
		l.known[key] = l.recompute(labels, of)
	}
	return l.known[key]
}

func (l *worldLosses) recompute(labels data.Labels, of []string) slicesLost {
	if labels["flow"] == "" {
		return l.byMethod(l.budget.method, l.budget.objective, l.wholeVerdicts(l.shown(), of), l.trafficOf(of, l.shown()...))
	}
	f := l.flow(labels["flow"])
	method := cmp.Or(f.method, l.budget.method)
	if labels["sli"] == "" {
		return l.byMethod(method, f.objective, l.flowVerdicts(f, of), l.trafficOf(of, f))
	}
	s := &f.slis[slices.IndexFunc(f.slis, func(s sli) bool { return s.name == labels["sli"] })]
	readings := l.readings(s, l.split, of)
	if _, counts := s.indicator.(counting); counts {
		return l.events(s, of)
	}
	if method == occurrences {
		method = ratioTimeslices
	}
	verdicts := make([]told[verdict], len(readings))
	for i, r := range readings {
		verdicts[i].of = verdict{score: r.of.score, coverage: float64(one(r.of.counts())), trusted: r.of.counts()}
	}
	return l.byMethod(method, s.objective, verdicts, nil)
}

// events are the bad events of all, where both are known. What stands in for an SLI knows of no events.
func (l *worldLosses) events(s *sli, of []string) slicesLost {
	own := *s
	own.fallback = nil
	readings := l.readOne(&own, l.budget.slice, l.in, l.split, of)
	x := slicesLost{make(column, len(readings)), make(column, len(readings))}
	events := l.totals(s, of)
	for i, r := range readings {
		x.lost[i], x.all[i] = none, none
		switch r.of.status {
		case isPresent:
			x.lost[i], x.all[i] = (1-r.of.value)*events[i], events[i]
		case isIdle:
			x.lost[i], x.all[i] = 0, 0
		}
	}
	return x
}

// totals are the events a second that an SLI counts: of the series that speak for a cohort.
func (l *worldLosses) totals(s *sli, of []string) column {
	var leaves []leaf
	for _, one := range keys(labelsOf(s.indicator, l.split, s.labelOf), of) {
		leaves = append(leaves, l.leaf(s.indicator, l.trustOf(s), l.budget.slice, l.in, append(one, l.conditions(l.view, s.labelOf)...)))
	}
	totals := make(column, len(l.in.times()))
	for i := range totals {
		totals[i] = none
		if k := slices.IndexFunc(leaves, func(x leaf) bool { return known(x.total[i]) }); k >= 0 {
			totals[i] = leaves[k].total[i]
		}
	}
	return totals
}

// trafficOf is the events a second of those flows of which they are known.
func (l *worldLosses) trafficOf(of []string, flows ...*flow) column {
	sum := make(column, len(l.in.times()))
	for i := range sum {
		sum[i] = none
	}
	for _, f := range flows {
		s := f.traffic()
		if s == nil {
			continue
		}
		for i, events := range l.totals(s, of) {
			switch {
			case known(events) && known(sum[i]):
				sum[i] += events
			case known(events):
				sum[i] = events
			}
		}
	}
	return sum
}

// byMethod is what slices lose by their scores, of those of which there is any telemetry.
func (l *worldLosses) byMethod(method string, objective float64, verdicts []told[verdict], traffic column) slicesLost {
	x := slicesLost{make(column, len(verdicts)), make(column, len(verdicts))}
	target := cmp.Or(l.budget.target, objective)
	for i, v := range verdicts {
		x.lost[i], x.all[i] = none, none
		if !v.of.trusted || v.of.coverage == 0 && missing(v.of.score) {
			continue
		}
		x.lost[i], x.all[i] = 0, 1
		if method == occurrences {
			x.all[i] = traffic[i]
		}
		switch {
		case missing(v.of.score):
		case method == timeslices:
			x.lost[i] = float64(one(v.of.score < target*(1-tolerance)))
		default:
			x.lost[i] = (1 - v.of.score) * x.all[i]
		}
	}
	return x
}
