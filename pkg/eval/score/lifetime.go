package score

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Lifetime is a cohort, and when it counts.
type Lifetime struct {
	Cohort Cohort
	// At holds whether it counts at each of some minutes.
	At []bool
}

// Lifetimes returns the cohorts within a cohort of fewer dimensions that a flow has, or all flows of the group where f is nil,
// at each of some minutes of the fine time slices: those that are expected, and those that had a sample within memory minutes.
// So it depends on the data alone which cohorts count at a minute, and not on the range of the query, nor on other flows. At
// least one counts at each minute.
func (d *Dataset) Lifetimes(g Group, f *cer.Flow, within Cohort, minutes series.Range, memory int) []Lifetime {
	l := &lifetimes{dataset: d, within: within, minutes: minutes.Len(), byKey: map[string]*Lifetime{}}
	for _, planned := range g.in(d.Plan.Fine) {
		if f == nil || planned.Flow == f {
			l.flows = append(l.flows, d.sightings(planned, d.Plan.Fine.Range))
		}
	}
	for i := range l.minutes {
		_, at, _ := d.Plan.Slices(minutes.At(i), d.Plan.Catalog.Budget.Slice)
		l.add(i, at, memory)
	}
	all := make([]Lifetime, len(l.list))
	for k, found := range l.list {
		all[k] = *found
	}
	return all
}

// lifetimes collects the lifetimes of cohorts minute by minute.
type lifetimes struct {
	dataset *Dataset
	within  Cohort
	minutes int
	flows   []sightings
	// alive are those of flows, one after the other, at the last minute, and current the cohorts that result.
	alive   []bool
	current []*Lifetime
	list    []*Lifetime
	byKey   map[string]*Lifetime
}

// add adds the cohorts that count at a minute, whose time slice is at a position.
func (l *lifetimes) add(minute, at, memory int) {
	var alive []bool
	for _, flow := range l.flows {
		for _, seen := range flow.newest {
			alive = append(alive, seen[at] >= 0 && at-seen[at] <= memory)
		}
	}
	if l.current == nil || !slices.Equal(alive, l.alive) {
		l.alive = alive
		l.current = l.cohorts()
	}
	for _, one := range l.current {
		one.At[minute] = true
	}
}

// cohorts returns the cohorts that result from those that are alive.
func (l *lifetimes) cohorts() []*Lifetime {
	all, next := cohortSet{}, 0
	for _, flow := range l.flows {
		var seen []Cohort
		for _, c := range flow.cohorts {
			if l.alive[next] {
				seen = append(seen, c)
			}
			next++
		}
		all.add(l.dataset.complete(seen).list...)
	}
	inside := cohortSet{}
	for _, c := range l.dataset.distinct(&all) {
		if c[:len(l.within)].Overlaps(l.within) {
			inside.add(c.Within(l.within))
		}
	}
	if len(inside.list) == 0 {
		inside.add(make(Cohort, len(l.dataset.Plan.By)).Within(l.within))
	}
	found := make([]*Lifetime, len(inside.list))
	for k, c := range inside.list {
		found[k] = l.lifetime(c)
	}
	return found
}

// lifetime returns that of a cohort, which is added if it is not there yet.
func (l *lifetimes) lifetime(c Cohort) *Lifetime {
	key := c.key()
	if l.byKey[key] == nil {
		l.byKey[key] = &Lifetime{Cohort: c, At: make([]bool, l.minutes)}
		l.list = append(l.list, l.byKey[key])
	}
	return l.byKey[key]
}

// sightings are the cohorts of the series of a flow, and of each the position of its newest sample at each instant, -1 where
// there is none yet.
type sightings struct {
	cohorts []Cohort
	newest  [][]int
}

// sightings returns those of the series of a flow's SLIs at the instants of a range.
func (d *Dataset) sightings(f *plan.Flow, over series.Range) sightings {
	var found sightings
	positions := map[string]int{}
	for s, c := range d.flowSeries(f, over) {
		k, known := positions[c.key()]
		if !known {
			k = len(found.cohorts)
			positions[c.key()] = k
			found.cohorts, found.newest = append(found.cohorts, c), append(found.newest, make([]int, over.Len()))
		}
		for i, v := range s.Values {
			if series.IsSample(v) {
				found.newest[k][i] = i + 1
			}
		}
	}
	for _, newest := range found.newest {
		last := 0
		for i := range newest {
			last = max(last, newest[i])
			newest[i] = last - 1
		}
	}
	return found
}
