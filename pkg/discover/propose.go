package discover

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/yamlwrite"
)

// proposal is the catalog that is proposed.
type proposal struct {
	request Request
	trust   []string
	flows   []*flow
	// others are presets of components of which no service is in a flow.
	others []*found
	taken  yamlwrite.Names
}

// flow is a flow that is proposed.
type flow struct {
	name, stated string
	// members are the services whose SLIs it has; the first one's are those of the flow's preset.
	members []member
}

// member is a service of a preset in a flow.
type member struct {
	of *found
	*service
}

// The start of the names of flows whose services have no name that starts with a letter, and of catalogs.
const namePrefix = "service"

// propose returns the catalog of the chosen services, or of the busiest ones.
func (a *answering) propose() *proposal {
	p := &proposal{request: a.request, trust: a.survey.trust, taken: yamlwrite.Names{}}
	var added []Choice // To flows that have a name of their own.
	for _, c := range a.choices() {
		m, ok := a.member(c)
		switch {
		case !ok:
			a.survey.warn(c.Preset, "no series of the last hour has "+c.Service+" as the service; it is left out")
		case c.Flow != "":
			added = append(added, c)
		default:
			p.add(c.Service, m, false)
		}
	}
	for _, c := range added {
		m, _ := a.member(c)
		p.add(c.Flow, m, true)
	}
	for _, f := range a.found {
		if f.kind() == Component && !slices.ContainsFunc(f.services, func(s *service) bool { return p.has(f, s) }) {
			p.others = append(p.others, f)
		}
	}
	return p
}

// choices returns the chosen services, each once, or the busiest ones that users reach: those of which there were events in the last
// hour, or where there is none all of them.
func (a *answering) choices() []Choice {
	if a.request.Services != nil {
		var chosen []Choice
		for _, c := range a.request.Services {
			if !slices.Contains(chosen, c) {
				chosen = append(chosen, c)
			}
		}
		return chosen
	}
	all := a.reached()
	slices.SortFunc(all, func(a, b member) int { return busier(a.service, b.service) })
	if i := slices.IndexFunc(all, func(m member) bool { return !(m.events > 0) }); i > 0 {
		all = all[:i]
	}
	var chosen []Choice
	for _, m := range all[:min(len(all), maxProposed)] {
		chosen = append(chosen, Choice{Preset: m.of.Name, Service: m.name})
	}
	return chosen
}

// notServices are values of labels by which meshes call what they do not know.
var notServices = []string{"unknown", "PassthroughCluster", "InboundPassthroughCluster", "BlackHoleCluster"}

// reached returns the services that users reach. A service found by several presets is that of the one nearest to users.
func (a *answering) reached() []member {
	flows := slices.DeleteFunc(slices.Clone(a.found), func(f *found) bool { return f.kind() != Flow })
	slices.SortStableFunc(flows, func(a, b *found) int { return cmp.Compare(a.layer(), b.layer()) })
	var all []member
	taken := map[string]bool{}
	for _, f := range flows {
		var names []string
		for _, s := range f.services {
			if short := f.short(s); !taken[short] && !slices.Contains(notServices, s.name) {
				all, names = append(all, member{f, s}), append(names, short)
			}
		}
		for _, name := range names {
			taken[name] = true
		}
	}
	return all
}

// short returns the name of a service as other presets have it: OpenTelemetry's label job is its namespace and its name.
func (f *found) short(s *service) string {
	if f.Label == "job" {
		return s.name[strings.LastIndex(s.name, "/")+1:]
	}
	return s.name
}

// member returns the service that is chosen, and whether there is telemetry of it.
func (a *answering) member(c Choice) (member, bool) {
	for _, f := range a.found {
		if f.Name != c.Preset {
			continue
		}
		for _, s := range f.services {
			if s.name == c.Service {
				return member{f, s}, true
			}
		}
	}
	return member{}, false
}

// add adds a service, once, to the flow of the service of that name, or byName to the flow that is called so, which it makes unless there
// is one.
func (p *proposal) add(stated string, m member, byName bool) {
	for _, f := range p.flows {
		if f.stated == stated || byName && f.name == stated {
			if !slices.Contains(f.members, m) {
				f.members = append(f.members, m)
			}
			return
		}
	}
	p.flows = append(p.flows, &flow{name: p.taken.Take(stated, namePrefix), stated: stated, members: []member{m}})
}

// has reports whether a service is in a flow.
func (p *proposal) has(of *found, s *service) bool {
	return slices.ContainsFunc(p.flows, func(f *flow) bool { return slices.Contains(f.members, member{of, s}) })
}

// slis returns the number of SLIs.
func (p *proposal) slis() int {
	n := 0
	for _, f := range p.flows {
		for _, m := range f.members {
			n += len(m.slis)
		}
	}
	return n
}

// shares returns the share of the events of each flow among those of all; nil where not all are counted, or there were none.
func (p *proposal) shares() []float64 {
	sum := 0.0
	for _, f := range p.flows {
		sum += f.members[0].events
	}
	if !(sum > 0) { // NaN where those of one are not counted.
		return nil
	}
	shares := make([]float64, len(p.flows))
	for i, f := range p.flows {
		shares[i] = f.members[0].events / sum
	}
	return shares
}

// isKey reports whether an SLI is a key one.
func isKey(s cer.SLI) bool { return s.Key }

// bound returns the bound of a latency for a service: the preset's, or where that is no bucket edge the next one above, or the highest
// one. It returns 0 for other SLIs.
func (m member) bound(sli int) (stated, chosen time.Duration) {
	latency, ok := m.of.SLIs[sli].Indicator.(cer.LatencyShare)
	if !ok {
		return 0, 0
	}
	edges := m.slis[sli].edges(latency.Unit)
	if len(edges) == 0 {
		return latency.Under, latency.Under
	}
	at := latency.Unit.Of(latency.Under)
	i, _ := slices.BinarySearchFunc(edges, at*(1-cer.Tolerance), cmp.Compare[float64])
	edge := edges[min(i, len(edges)-1)]
	if math.Abs(edge-at) <= cer.Tolerance*at {
		return latency.Under, latency.Under
	}
	return latency.Under, time.Duration(math.Round(edge * latency.Unit.InSeconds() * float64(time.Second)))
}
