package eval

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Incident is a time in which a flow, or the whole, needed somebody.
type Incident struct {
	// Member says whose it is. It has no columns.
	Member
	cer.Incident
	// Onset is when it began to hurt, Detected when a policy noticed, and End the first minute after it, or the newest
	// one where it goes on.
	Onset, Detected, End time.Time
	// GoesOn says that it had not ended by the newest minute.
	GoesOn bool
	// BudgetSpent is the share of the error budget of the whole budget window that was lost from Onset to End; NaN where
	// there is no objective, or no telemetry.
	BudgetSpent float64
	// SLIs are by their share of the loss, the largest first: flow/sli of the whole, or the SLI of a flow.
	SLIs []Portion
	// Cohorts are those that were hit harder than others, such as region=eu, the one first whose share of the loss is
	// most above its share of the events.
	Cohorts []Portion
	// Policies are those that were on.
	Policies []string
}

// Text says in a line how bad it was, and what it came from.
func (i Incident) Text() string {
	text := "lowest score " + percent(i.LowestScore)
	if !math.IsNaN(i.BudgetSpent) {
		text += ", " + percent(i.BudgetSpent) + " of the error budget spent"
	}
	for _, hit := range []struct {
		what string
		by   []Portion
	}{{"lost by", i.SLIs}, {"lost in", i.Cohorts}} {
		if len(hit.by) > 0 {
			text += "; " + hit.what + " " + Portions(hit.by)
		}
	}
	return text
}

// maxPortions is how many portions are named.
const maxPortions = 3

// Portions lists the first of some portions, such as success 80.0 %, p99 20.0 %, or region=eu 95.0 % with 33.3 % of the
// events.
func Portions(all []Portion) string {
	var named []string
	for _, p := range all[:min(len(all), maxPortions)] {
		text := p.Of + " " + percent(p.Share)
		if p.Events > 0 {
			text += " with " + percent(p.Events) + " of the events"
		}
		named = append(named, text)
	}
	return strings.Join(named, ", ")
}

// Portion is the share of something in a loss, in (0,1].
type Portion struct {
	Of    string
	Share float64
	// Events is the share of a cohort in the events of its dimension; 0 for an SLI.
	Events float64
}

// incidents finds the incidents of the members that were under way within the range of the query.
func (e *evaluation) incidents() []Incident {
	if e.plan.Query.Format != query.Incidents || e.plan.Range.Len() == 0 {
		return nil
	}
	var all []Incident
	for _, s := range e.subjects() {
		for _, found := range e.incidentsOf(s) {
			all = append(all, e.describe(s, found))
		}
	}
	return all
}

// incidentsOf finds those of a subject.
func (e *evaluation) incidentsOf(s subject) []cer.Incident {
	r := e.ruling(s)
	fine := e.fine()
	scores := fine.atMinutes(fine.scores(s), e.plan.States.Minutes)
	found := cer.Incidents(r.states, scores, e.objective(s), int(e.plan.Catalog.Budget.Lookback/cer.Grid))
	first := r.at(e.plan.Range.Start)
	return slices.DeleteFunc(found, func(i cer.Incident) bool { return i.End <= first })
}

// describe says of an incident what it cost, and what it came from.
func (e *evaluation) describe(s subject, found cer.Incident) Incident {
	known := e.plan.States.Known
	i := Incident{
		Member:   Member{Flow: s.of(e), Cohort: e.labels(s)},
		Incident: found, Onset: known.Time(found.Onset), Detected: known.Time(found.Detected), End: known.Time(found.End),
	}
	if found.End == known.Len() {
		i.GoesOn, i.End = true, known.Time(found.End-1)
	}
	for _, d := range e.ruling(s).decisions {
		if slices.Contains(d.on[found.Detected:found.End], cer.True) {
			i.Policies = append(i.Policies, d.name())
		}
	}
	i.BudgetSpent = e.spent(s, i.Onset, i.End)
	i.SLIs = e.blamed(s, i.Onset, i.End)
	i.Cohorts = e.hit(s, i.Onset, i.End)
	return i
}

// spent is the share of a subject's error budget, that of the window which ends at the same time, that was lost in the
// slices that end from one time to another.
func (e *evaluation) spent(s subject, from, to time.Time) float64 {
	objective, budget := e.objective(s), e.plan.Catalog.Budget
	if objective == 0 {
		return math.NaN()
	}
	stretch, last, stride := e.plan.Slices(to.UnixMilli(), budget.Window)
	of := e.slices[stretch].windowsOf(s, stride).of(last, int(budget.Window/budget.Slice)).Total
	if of == 0 {
		return math.NaN()
	}
	lost := 0.0
	e.sideBySide(from, to, func(i int) { lost += e.fine().slicesOf(s)[i].Lost })
	return lost / ((1 - objective) * of)
}

// sideBySide visits the slices that fill the time up to an instant, from the last one back to the first that ends at or
// after another instant, by their positions in the fine stretch.
func (e *evaluation) sideBySide(from, to time.Time, visit func(i int)) {
	width := e.plan.Catalog.Budget.Slice
	_, at, stride := e.plan.Slices(to.UnixMilli(), width)
	for t := to; !t.Before(from) && at >= 0; t = t.Add(-width) {
		visit(at)
		at -= stride
	}
}

// blamed are the SLIs of a subject by their share of what was lost from one time to another: the weight of each, and of
// its flow, times what its score lacks to 1.
func (e *evaluation) blamed(s subject, from, to time.Time) []Portion {
	fine, lost := e.fine(), map[string]float64{}
	for k := range fine.flows {
		f := &fine.flows[k]
		if s.flow >= 0 && s.flow != k {
			continue
		}
		all := 0.0
		for _, sli := range f.slis {
			all += sli.Weight
		}
		for j, sli := range f.slis {
			name := sli.Name
			if s.flow < 0 {
				name = f.Flow.Flow.Name + "/" + name
			}
			e.sideBySide(from, to, func(i int) {
				if r := f.plain[j].readings.at(i); r.Scored() && r.Score < 1 && sli.Weight > 0 {
					lost[name] += fine.weights[k][i] * sli.Weight / all * (1 - r.Score)
				}
			})
		}
	}
	return portions(lost)
}

// harder is how many times its share of the events a cohort's share of a loss is where it was hit harder than others.
const harder = 1.5

// hit are the cohorts of a subject that were hit harder than others of their dimension from one time to another.
func (e *evaluation) hit(s subject, from, to time.Time) []Portion {
	var hit []Portion
	for _, part := range e.plan.States.Shares {
		dimension := part.By[len(part.By)-1].Name
		lost, events, l := map[string]float64{}, map[string]float64{}, e.ledger.parts[part]
		for _, c := range l.together(e.group.of(part.Coarse), part.Coarse.Range) {
			if value := c[len(c)-1]; value != "" && c[:len(e.of)].concerns(e.of) {
				name := dimension + "=" + value
				of := l.evaluations(e.group, c).between(s, from, to)
				lost[name], events[name] = lost[name]+of.Lost, events[name]+of.Total
			}
		}
		all := 0.0
		for _, n := range events {
			all += n
		}
		for _, p := range portions(lost) {
			if p.Events = events[p.Of] / all; p.Share >= harder*p.Events {
				hit = append(hit, p)
			}
		}
	}
	slices.SortStableFunc(hit, func(a, b Portion) int { return cmp.Compare(b.Share-b.Events, a.Share-a.Events) })
	return hit
}

// between is what a subject lost, of all, in the slices of the evaluation that touch the time from one instant to
// another: the events of each slice times what its score lacks to 1. Where events are not known, slices count alike.
func (e *evaluation) between(s subject, from, to time.Time) cer.TimeSlice {
	scores, traffic := e.scores(s), newColumn(e.n)
	if e.hasTraffic(s) {
		traffic = e.traffic(s)
	}
	var sum cer.TimeSlice
	for i, score := range scores {
		end := e.instants.Time(i)
		if math.IsNaN(score) || !end.After(from) || !end.Add(-e.plan.Catalog.Budget.Slice).Before(to) {
			continue
		}
		events := traffic[i]
		if math.IsNaN(events) {
			events = 1
		}
		sum.Lost += events * (1 - score)
		sum.Total += events
	}
	return sum
}

// portions turns amounts into shares of their sum, the largest first.
func portions(amounts map[string]float64) []Portion {
	sum := 0.0
	var all []Portion
	for _, name := range slices.Sorted(maps.Keys(amounts)) {
		if amounts[name] > 0 {
			all = append(all, Portion{Of: name, Share: amounts[name]})
			sum += amounts[name]
		}
	}
	for i := range all {
		all[i].Share /= sum
	}
	slices.SortStableFunc(all, func(a, b Portion) int { return cmp.Compare(b.Share, a.Share) })
	return all
}
