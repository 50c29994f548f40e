package oracle

import (
	"fmt"
	"slices"
	"strings"
)

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
		got = append(got, named(m.labels["flow"], m.labels["sli"], m.labels[teamLabel], of))
	}
	var want []string
	for team, flows := range o.groups(q) {
		together := o.together(flows)
		switch q.level {
		case overall:
			for _, of := range together {
				want = append(want, named("", "", team, of))
			}
		default:
			want = append(want, o.wantedOf(q, flows, together)...)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return fmt.Errorf("there are\n%s, not\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	return nil
}

// named names a member.
func named(flow, sli, team string, of []string) string {
	return fmt.Sprintf("%s/%s/%s%q", flow, sli, team, of)
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

// wantedOf names the members of flows, or of their SLIs, in those of some cohorts which the flow has.
func (o *oracle) wantedOf(q query, flows []*flow, together [][]string) []string {
	var want []string
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
			if q.level == "flow" {
				want = append(want, named(f.name, "", team, of))
				continue
			}
			for _, s := range f.slis {
				want = append(want, named(f.name, s.name, team, of))
			}
		}
	}
	return want
}

// cohortsOf returns the cohorts that a flow has: those that series tell and those expected. What series tell in part
// is completed by every value that is told or expected, unless a whole cohort was seen of which it is true.
func (o *oracle) cohortsOf(f *flow) [][]string {
	partial := o.seen(f)
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
