package plan

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// scope is the part of a catalog that a query needs, and the part of that which it shows.
type scope struct {
	query   query.Query
	cohorts cohorts
}

// checkMeasure refuses a measure for which the catalog lacks what it is computed from.
func (s scope) checkMeasure(c *catalog.Catalog) error {
	switch m := s.query.Measure; {
	case s.query.Format == query.Events:
		return nil
	case m.IsBudget():
		return s.checkObjectives(c)
	case m.IsMoney():
		return s.checkMoney(c)
	case s.query.Measure == query.Quantile:
		return s.checkHistograms(c)
	default:
		return nil
	}
}

// checkHistograms refuses quantiles where no SLI that is shown is about a histogram.
func (s scope) checkHistograms(c *catalog.Catalog) error {
	for i := range c.Flows {
		for j := range c.Flows[i].SLIs {
			if s.needsSLI(&c.Flows[i], &c.Flows[i].SLIs[j]) {
				return nil
			}
		}
	}
	return query.Unstatedf("none of these SLIs has a histogram, which quantiles need; name SLIs of the kinds latency, apdex or quantile")
}

// newScope resolves a query by a catalog.
func newScope(q query.Query, c *catalog.Catalog) (scope, error) {
	in, err := cohortsOf(q, c.Catalog)
	return scope{query: q, cohorts: in}, err
}

// needsAll reports whether the numbers asked for depend on every flow, whatever is shown: what a flow's weight or its
// loss means is relative to the whole.
func (s scope) needsAll() bool {
	return s.query.DependsOnAllFlows()
}

// needsWeights reports whether the numbers asked for depend on the weights of flows.
func (s scope) needsWeights() bool {
	return s.query.DependsOnWeights()
}

// needsPlain reports whether SLIs are read without regard to the weighted dimension: where no dimension has weights, and
// for values and numbers of events, which are sums over all.
func (s scope) needsPlain() bool {
	m := s.query.Measure
	return s.cohorts.weighted == nil || s.query.Level == query.LevelSLI || s.query.IsOverview() || s.query.IsOfSlices() || m.IsMoney() || s.readsEvents()
}

// readsEvents reports whether the measure is read from the rates of all events.
func (s scope) readsEvents() bool { return s.query.Measure.Row().Reads == query.ReadsEvents }

// needsWeighted reports whether SLIs are read for each value of the weighted dimension, whose scores make up those of flows.
func (s scope) needsWeighted() bool {
	switch {
	case s.cohorts.weighted == nil:
		return false
	case s.needsAllSLIs():
		return true
	default:
		return s.query.Level != query.LevelSLI && !s.readsEvents()
	}
}

// needsAllSLIs reports whether the numbers asked for depend on every SLI of a flow, whichever are shown.
func (s scope) needsAllSLIs() bool { return s.needsAll() || s.query.Measure.Row().AllSLIs }

// needsFlow reports whether a flow has to be evaluated.
func (s scope) needsFlow(f *cer.Flow) bool { return s.needsAll() || s.showsFlow(f) }

// needsSLI reports whether an SLI of a flow that is needed has to be evaluated.
func (s scope) needsSLI(f *cer.Flow, sli *cer.SLI) bool {
	switch {
	case s.needsAllSLIs():
		return true
	case s.query.Measure == query.Quantile:
		_, isAboutOne := cer.QuantileOf(sli.Indicator, 0)
		return isAboutOne && s.showsSLI(f, sli)
	case s.query.Measure.IsOfSlices() && s.query.Level != query.LevelSLI:
		return s.namesFlow(f)
	case s.readsEvents() && s.query.Level != query.LevelSLI:
		return sli.Name == f.Traffic
	default:
		return s.showsSLI(f, sli)
	}
}

// needed returns the SLIs of a flow that have to be asked for, be it for the flow's weight.
func (s scope) needed(f *cer.Flow) []*cer.SLI {
	var slis []*cer.SLI
	if !s.needsFlow(f) || s.query.Format == query.Events || s.query.Format == query.Exemplars {
		return nil
	}
	scaled := f.Dynamic != nil && f.Dynamic.Traffic && s.needsWeights()
	for j := range f.SLIs {
		if sli := &f.SLIs[j]; s.needsSLI(f, sli) || scaled && sli.Name == f.Traffic {
			slis = append(slis, sli)
		}
	}
	return slis
}

// shownFlows returns the flows that the query is about.
func (s scope) shownFlows(c *catalog.Catalog) []*cer.Flow {
	var shown []*cer.Flow
	for i := range c.Flows {
		if f := &c.Flows[i]; s.showsFlow(f) {
			shown = append(shown, f)
		}
	}
	return shown
}

// showsFlow reports whether the query is about a flow.
func (s scope) showsFlow(f *cer.Flow) bool {
	return s.namesFlow(f) && s.cohorts.keepsFlow(f)
}

// namesFlow reports whether a flow is among the query's flows.
func (s scope) namesFlow(f *cer.Flow) bool {
	return len(s.query.Flows) == 0 || slices.Contains(s.query.Flows, f.Name)
}

// showsSLI reports whether the query is about an SLI.
func (s scope) showsSLI(f *cer.Flow, sli *cer.SLI) bool {
	q := s.query
	named := len(q.SLIs) == 0 || slices.Contains(q.SLIs, sli.Name) || slices.Contains(q.SLIs, f.Name+"/"+sli.Name)
	component := len(q.Components) == 0 || slices.Contains(q.Components, string(sli.Component))
	return s.showsFlow(f) && named && component
}

// checkNames says which names of the query the catalog does not know.
func (s scope) checkNames(c *catalog.Catalog) error {
	for _, name := range s.query.Flows {
		if _, ok := c.Flow(name); !ok {
			return query.Invalidf("there is no flow %q in the catalog; it has %s", name, listed(flowNames(c)))
		}
	}
	for _, name := range s.query.Components {
		if !slices.Contains(cer.Components(), cer.Component(name)) {
			return query.Invalidf("there is no component %q; there are %s", name, listed(componentNames()))
		}
	}
	for _, name := range s.query.SLIs {
		if !s.anySLI(c, name) {
			return query.Invalidf("there is no SLI %q in the flows asked for; they have %s", name, listed(s.sliNames(c)))
		}
	}
	return s.checkLabels(c.Catalog)
}

// checkLabels says which labels answers can't bear: those that no flow has, and those named like a dimension.
func (s scope) checkLabels(c *cer.Catalog) error {
	known := list.Union([]string{query.LabelOwner, query.LabelRunbook, query.LabelTitle}, c.FlowLabels()...)
	for _, name := range s.query.Labels {
		if _, is := c.Dimension(name); is {
			return query.Invalidf("labels names %q, which is a dimension; split by it to get that label, or leave it out", name)
		}
		if !slices.Contains(known, name) {
			return query.Invalidf("labels names %q, which no flow has; there are %s", name, listed(known))
		}
	}
	return nil
}

// anySLI reports whether a flow that is shown has an SLI of that name.
func (s scope) anySLI(c *catalog.Catalog, name string) bool {
	for i := range c.Flows {
		f := &c.Flows[i]
		for j := range f.SLIs {
			if s.namesFlow(f) && (f.SLIs[j].Name == name || f.Name+"/"+f.SLIs[j].Name == name) {
				return true
			}
		}
	}
	return false
}

func flowNames(c *catalog.Catalog) []string {
	var names []string
	for i := range c.Flows {
		names = append(names, c.Flows[i].Name)
	}
	return names
}

func componentNames() []string {
	var names []string
	for _, component := range cer.Components() {
		names = append(names, string(component))
	}
	return names
}

func (s scope) sliNames(c *catalog.Catalog) []string {
	var names []string
	for i := range c.Flows {
		if !s.namesFlow(&c.Flows[i]) {
			continue
		}
		for j := range c.Flows[i].SLIs {
			names = append(names, c.Flows[i].SLIs[j].Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// maxListed is how many names an error lists.
const maxListed = 20

// listed prints names for an error, the first of them where there are many.
func listed(names []string) string { return list.OrFirst(names, maxListed) }
