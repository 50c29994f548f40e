package oracle

import (
	"fmt"
	"strings"
	"time"
)

// sliced is a catalog in slices. Subqueries step on the multiples of the slices' width, so that slices which end
// elsewhere are said by an offset.
type sliced struct {
	*catalog
	offset time.Duration
}

// scopeOf is what an SLI looks back over in a slice: checks and samples of gauges belong to one slice each, and rates need the
// sample before the slice, so that no event falls between two.
func (b sliced) scopeOf(s *sli) scope {
	in := b.catalog.scopeOf(s, b.budget.slice+b.scrape)
	if kind := s.indicator.kind(); kind == "probe" || kind == "value" { // Samples are counted once, in the slice in which they lie.
		in.window = b.budget.slice
	}
	in.counted, in.offset = b.budget.slice, b.offset
	in.minEvents, in.minutely = 0, true // No event is too few for a budget, and no minute of a gauge unseen.
	return in
}

// losing is what slices lose, as PromQL.
type losing struct {
	// lost is what a slice loses of all, with a number where it is known; all is "" where each slice counts as one.
	lost, all string
	// quiet has a number where a slice is known, but there is nothing to judge by.
	quiet string
}

// over is the share that is lost over a window, and 0 where all of it is idle.
func (l losing) over(window, slice time.Duration) string {
	span := fmt.Sprintf("[%s:%s]", duration(window), duration(slice))
	if l.all == "" {
		return fmt.Sprintf("avg_over_time((%s)%s)", l.lost, span)
	}
	all := fmt.Sprintf("sum_over_time((%s)%s)", l.all, span)
	return fmt.Sprintf("(sum_over_time((%s)%s) / (%s > 0) or 0 * %[3]s)", l.lost, span, all)
}

// quietOver and knownOver are how many slices of a window are idle, and how many are known.
func (l losing) quietOver(window, slice time.Duration) string {
	return fmt.Sprintf("count_over_time((%s)[%s:%s])", l.quiet, duration(window), duration(slice))
}

func (l losing) knownOver(window, slice time.Duration) string {
	return fmt.Sprintf("count_over_time((%s)[%s:%s])", l.lost, duration(window), duration(slice))
}

// events says what slices lose of an SLI that counts events: its bad events of all.
func (b sliced) events(s *sli) losing {
	in := b.scopeOf(s)
	total := s.indicator.(counting).total(in)
	value, idle := present(s.indicator.promQL(in))
	return losing{
		lost:  either([]string{fmt.Sprintf("(1 - %s) * %s", value, total), "0 * " + idle}),
		all:   either([]string{fmt.Sprintf("(%s and %s)", total, value), idle}),
		quiet: idle,
	}
}

// scored says what slices lose of an SLI that counts none: what its score lacks to 1.
func (b sliced) scored(method string, s *sli) losing {
	said := s.promQL(b.scopeOf(s))
	return b.byMethod(method, s.objective, said.score, said.counts, "")
}

// judged says what slices lose of a flow, a component or the whole. Where there is no telemetry at all a slice is not
// known, whatever coverage is enough, unless what is missing is scored.
func (b sliced) judged(method string, objective float64, c composite, traffic string) losing {
	return b.byMethod(method, objective, c.score, fmt.Sprintf("(%s or %s > 0)", c.score, c.trusted), traffic)
}

// byMethod says what slices lose by their score, of those that are known.
func (b sliced) byMethod(method string, objective float64, score, known, traffic string) losing {
	l := losing{quiet: fmt.Sprintf("(%s unless %s)", known, score)}
	switch method {
	case occurrences:
		l.all = fmt.Sprintf("(%s and %s)", traffic, known)
		l.lost = either([]string{fmt.Sprintf("(1 - %s) * %s", score, traffic), "0 * " + l.all})
	case timeslices:
		target := b.budget.target
		if target == 0 {
			target = objective
		}
		l.lost = either([]string{fmt.Sprintf("(%s < bool %s)", score, number(target*(1-tolerance))), "0 * " + known})
	default:
		l.lost = either([]string{fmt.Sprintf("(1 - %s)", score), "0 * " + known})
	}
	return l
}

// trafficOf is the events a second of a flow.
func (b sliced) trafficOf(f *flow) string {
	if s := f.traffic(); s != nil { // Its events are known although its good ones may be missing.
		return s.indicator.(counting).total(b.scopeOf(s))
	}
	return "(vector(0) < 0)"
}

// traffic is that of all flows of which it is known.
func (b sliced) traffic() string {
	var all []string
	for k := range b.flows {
		all = append(all, fmt.Sprintf(`label_replace(%s, "flow", "%d", "", "")`, b.trafficOf(&b.flows[k]), k))
	}
	return fmt.Sprintf("sum(%s)", strings.Join(all, " or "))
}
