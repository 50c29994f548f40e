package graph

import (
	"cmp"
	"math"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// path leads from the whole to an SLI by its flow and its component.
type path struct {
	flow, component, sli *eval.Member
	// position is that among the SLIs of the catalog.
	position int
}

// paths returns those to all SLIs of the tables, in the order of the catalog.
func (t Tables) paths(c *cer.Catalog) []path {
	flows, components, slis := byID(t.Flows, flowID), byID(t.Components, componentID), byID(t.SLIs, sliID)
	var all []path
	for i := range c.Flows {
		f := &c.Flows[i]
		for j := range f.SLIs {
			sli := slis[idOfSLI(f, &f.SLIs[j])]
			if sli == nil {
				continue
			}
			if flow, component := flows[flowID(sli)], components[componentID(sli)]; flow != nil && component != nil {
				all = append(all, path{flow, component, sli, len(all)})
			}
		}
	}
	return all
}

// byID returns members by the ids of their nodes.
func byID(members []eval.Member, id func(*eval.Member) string) map[string]*eval.Member {
	all := make(map[string]*eval.Member, len(members))
	for i := range members {
		all[id(&members[i])] = &members[i]
	}
	return all
}

// costOf is by how much the overall score would rise if a member scored 1; 0 where that is not known.
func costOf(m *eval.Member) float64 {
	if cost := m.Newest(query.Impact); cost > cer.Tolerance {
		return cost
	}
	return 0
}

// costs reports whether a member takes anything away from the overall score.
func costs(m *eval.Member) bool { return costOf(m) > 0 || m.Lost > cer.Tolerance }

// byCost orders members by what they cost, the largest first, and by what they lose where no impact tells them apart, as with the
// aggregate min and ties.
func byCost(a, b *eval.Member) int {
	return cmp.Or(cmp.Compare(costOf(b), costOf(a)), cmp.Compare(b.Lost, a.Lost))
}

// worstFirst returns paths in the order of what their flows cost, of each flow by its components, and of these by SLIs.
func worstFirst(all []path) []path {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b path) int {
		return cmp.Or(byCost(a.flow, b.flow), byCost(a.component, b.component), byCost(a.sli, b.sli), cmp.Compare(a.position, b.position))
	})
	return sorted
}

// nodes returns the ids of the nodes on a path, but for the whole.
func (p path) nodes() []string {
	ids := []string{flowID(p.flow), componentID(p.component), sliID(p.sli)}
	if p.sli.SLI.DependsOn != "" {
		ids = append(ids, dependencyID(p.sli.SLI.DependsOn))
	}
	return ids
}

// worst returns the ids of the nodes on the path that costs the overall score most, as far as its members cost anything; none where
// none does.
func worst(sorted []path) map[string]bool {
	ids := map[string]bool{}
	if len(sorted) == 0 {
		return ids
	}
	first := sorted[0]
	for i, m := range []*eval.Member{first.flow, first.component, first.sli} {
		if !costs(m) {
			return ids
		}
		ids[wholeID], ids[first.nodes()[i]] = true, true
	}
	if first.sli.SLI.DependsOn != "" {
		ids[dependencyID(first.sli.SLI.DependsOn)] = true
	}
	return ids
}

// kept returns the paths that fit into a number of nodes, the whole among them: the worst ones, in the order of the catalog.
func kept(sorted []path, most int) []path {
	ids := map[string]bool{wholeID: true}
	var all []path
	for _, p := range sorted {
		added := slices.DeleteFunc(p.nodes(), func(id string) bool { return ids[id] })
		if len(ids)+len(added) > most {
			break
		}
		for _, id := range added {
			ids[id] = true
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b path) int { return cmp.Compare(a.position, b.position) })
	return all
}

// lower reports whether a score is lower than another; one that is none is not.
func lower(a, b float64) bool { return a < b || !math.IsNaN(a) && math.IsNaN(b) }
