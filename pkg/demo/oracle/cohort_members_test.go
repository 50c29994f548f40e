package oracle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// wanted is a member that an answer should have.
type wanted struct {
	labels data.Labels
	of     []string
}

// String names the member.
func (w wanted) String() string {
	return fmt.Sprintf("%s/%s/%s/%s%q", w.labels["flow"], w.labels["component"], w.labels["sli"], w.labels[teamLabel], w.of)
}

// checkCohorts fails where an answer lacks a member, has one twice, or one that should not be there.
func (o *oracle) checkCohorts(q query, members []cohortMember) error {
	var got []string
	for _, m := range members {
		of := make([]string, len(o.split))
		for k, d := range o.split {
			of[k] = m.labels[d.name]
		}
		if team := m.labels[teamLabel]; slices.Contains(o.view.by, teamLabel) && q.level != overall && team != o.flow(m.labels["flow"]).team {
			return fmt.Errorf("%v is of another team", m.labels)
		}
		got = append(got, wanted{m.labels, of}.String())
	}
	var want []string
	for _, w := range o.wanted(q) {
		want = append(want, w.String())
	}
	slices.Sort(got)
	slices.Sort(want)
	if q.measure == traffic { // Its cohorts are those of the series that count it.
		want = slices.Compact(slices.Clone(got))
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("there are\n%s, not\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	return nil
}

// wanted lists the members that an answer should have.
func (o *oracle) wanted(q query) []wanted {
	var all []wanted
	for team, flows := range o.groups(q) {
		together := o.together(flows)
		if q.measure == impact || q.measure == weight && q.level == levelFlow {
			together = o.together(o.everyFlow())
		}
		if q.level != overall {
			all = append(all, o.wantedOf(q, flows, together)...)
			continue
		}
		for _, of := range together {
			all = append(all, wanted{data.Labels{teamLabel: team}, of})
		}
	}
	return all
}

// groups returns the flows that are judged together, by team where the view splits the whole by that.
func (o *oracle) groups(q query) map[string][]*flow {
	groups := map[string][]*flow{}
	for _, f := range o.shown() {
		team := ""
		if q.level == overall && slices.Contains(o.view.by, teamLabel) {
			team = f.team
		}
		groups[team] = append(groups[team], f)
	}
	return groups
}

// wantedOf lists the members that flows have, in those of some cohorts which the flow has.
func (o *oracle) wantedOf(q query, flows []*flow, together [][]string) []wanted {
	var all []wanted
	for _, f := range flows {
		has := o.cohortsOf(f)
		team := ""
		if slices.Contains(o.view.by, teamLabel) {
			team = f.team
		}
		for _, of := range together {
			if !slices.ContainsFunc(has, func(c []string) bool { return speaksFor(c, of) }) {
				continue
			}
			for _, part := range f.parts(q) {
				all = append(all, wanted{data.Labels{"flow": f.name, "component": part[0], "sli": part[1], teamLabel: team}, of})
			}
		}
	}
	return all
}

// parts names what of a flow has numbers of its own: each time a component and an SLI, or "".
func (f *flow) parts(q query) [][2]string {
	if q.level == levelFlow {
		if q.measure == traffic && f.traffic() == nil {
			return nil
		}
		return [][2]string{{}}
	}
	var parts [][2]string
	for j := range f.slis {
		s := &f.slis[j]
		part := [2]string{s.speaksFor(), ""}
		if q.level == levelSLI {
			part[1] = s.name
		}
		_, counts := s.indicator.(counting)
		if !slices.Contains(parts, part) && (q.measure != traffic || counts) {
			parts = append(parts, part)
		}
	}
	return parts
}

// cohortsOf returns the cohorts that a flow has: those that series tell and those expected. What series tell in part
// is completed by every value that is told or expected, unless a whole cohort was seen of which it is true.
func (o *oracle) cohortsOf(f *flow) [][]string { return o.cohortsMadeOf(o.seen(f)) }

// cohortsMadeOf returns the cohorts of a flow whose series tell some cohorts.
func (o *oracle) cohortsMadeOf(partial [][]string) [][]string {
	values := make([][]string, len(o.split))
	for k, d := range o.split {
		values[k] = o.view.expected(d)
		for _, value := range values[k] {
			one := make([]string, len(o.split))
			one[k] = value
			partial = append(partial, one)
		}
		for _, c := range partial {
			if c[k] != "" && !slices.Contains(values[k], c[k]) {
				values[k] = append(values[k], c[k])
			}
		}
	}
	whole := o.expectedTogether()
	for _, c := range partial {
		if !slices.Contains(c, "") {
			whole = append(whole, c)
		}
	}
	all := slices.Clone(whole)
	for _, c := range partial {
		if !slices.ContainsFunc(whole, func(w []string) bool { return speaksFor(c, w) }) {
			all = append(all, completed(c, values)...)
		}
	}
	if len(all) == 0 {
		return [][]string{make([]string, len(o.split))}
	}
	slices.SortFunc(all, slices.Compare)
	return slices.CompactFunc(all, slices.Equal)
}

// expectedTogether returns the combinations of the values that are expected of each dimension.
func (o *oracle) expectedTogether() [][]string {
	if len(o.split) == 0 {
		return nil
	}
	all := [][]string{{}}
	for _, d := range o.split {
		var next [][]string
		for _, c := range all {
			for _, value := range o.view.expected(d) {
				next = append(next, append(slices.Clone(c), value))
			}
		}
		all = next
	}
	return all
}

// completed returns what becomes of a cohort with every value where it has none; a dimension without any stays so.
func completed(c []string, values [][]string) [][]string {
	all := [][]string{{}}
	for k, own := range c {
		choice := []string{own}
		if own == "" && len(values[k]) > 0 {
			choice = values[k]
		}
		var next [][]string
		for _, one := range all {
			for _, value := range choice {
				next = append(next, append(slices.Clone(one), value))
			}
		}
		all = next
	}
	return all
}

// together returns the cohorts of some flows, without those which speak for another of them.
func (o *oracle) together(flows []*flow) [][]string {
	var all [][]string
	for _, f := range flows {
		all = append(all, o.cohortsOf(f)...)
	}
	return withoutWider(all)
}

// withoutWider returns cohorts without those which speak for another of them.
func withoutWider(all [][]string) [][]string {
	slices.SortFunc(all, slices.Compare)
	all = slices.CompactFunc(all, slices.Equal)
	return slices.DeleteFunc(slices.Clone(all), func(c []string) bool {
		return slices.ContainsFunc(all, func(other []string) bool { return !slices.Equal(c, other) && speaksFor(c, other) })
	})
}

// speaksFor reports whether what is true of a cohort is true of another: it tells nothing else.
func speaksFor(c, other []string) bool {
	for k, value := range c {
		if value != "" && value != other[k] {
			return false
		}
	}
	return true
}
