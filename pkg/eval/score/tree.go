package score

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Tree has the scores of the flows of a group and of their SLIs, for one cohort at the instants of a segment.
type Tree struct {
	// Trees are those of the same group and cohort, this one included.
	*Trees
	Segment *plan.Segment
	Range   series.Range
	plan    *plan.Plan
	// countsAll says that every event counts, however few there are: MinEvents keep scores from jumping, not losses from
	// being counted.
	countsAll bool
	// n is the number of instants.
	n     int
	flows []flow
	// weights[k][i] is the weight of the k-th flow at the i-th instant.
	weights       [][]float64
	weightQuality []weightQuality
	// overall has the composite of all flows at each instant, which combiner combines.
	overall  []cer.Composite
	combiner *flowCombiner
	// maintenance is when flows are worked on; none unless the instants are the ends of time slices.
	maintenance []Maintenance
	shares      flowShares
}

// newTree reads the SLIs of a group, and combines them into flows, and those into the overall score.
func newTree(trees *Trees, segment *plan.Segment, countsAll bool) *Tree {
	t := &Tree{Trees: trees, Segment: segment, Range: segment.Range, plan: trees.Dataset.Plan, n: segment.Range.Len(), countsAll: countsAll}
	t.shares.tree = t
	t.maintenance = t.Dataset.Maintenances(segment.Maintenance, t.Cohort)
	for k, planned := range t.Group.in(segment) {
		t.flows = append(t.flows, readFlow(t, k, planned))
	}
	t.weights, t.weightQuality = weigh(t)
	t.combiner = newFlowCombiner(t)
	t.overall = make([]cer.Composite, t.n)
	for i := range t.overall {
		t.overall[i] = t.combiner.combine(i)
	}
	return t
}

// Len returns the number of instants.
func (t *Tree) Len() int { return t.n }

// Overall returns the composite of all flows at an instant.
func (t *Tree) Overall(i int) cer.Composite { return t.overall[i] }

// Required returns the name of an SLI that is shown and missing at the newest instant, and whose policy is to fail then;
// "" where there is none.
func (t *Tree) Required() string {
	for k := range t.flows {
		f := &t.flows[k]
		for j, s := range f.SLIs {
			if !f.Shown || !s.Shown || s.SLI.Missing != cer.Fail || f.isBroken(j) {
				continue
			}
			for _, o := range f.observationsOf(j) {
				if n := o.len(); n > 0 && s.SLI.Lacks(o.at(n-1)) {
					return f.Flow.Flow.Name + "/" + s.SLI.Name + t.selector()
				}
			}
		}
	}
	return ""
}

// needsEvents reports whether an SLI of the tree states MinEvents.
func (t *Tree) needsEvents() bool {
	return slices.ContainsFunc(t.flows, func(f flow) bool {
		return slices.ContainsFunc(f.slis, func(s *cer.SLI) bool { return s.MinEvents > 0 })
	})
}

// Labels returns the values of the dimensions that the query splits by, as far as the cohort has them.
func (t *Tree) Labels() []annotate.Label {
	var labels []annotate.Label
	for k, d := range t.plan.By {
		if t.Cohort[k] != "" {
			labels = append(labels, annotate.Label{Name: d.Name, Value: t.Cohort[k]})
		}
	}
	return labels
}

// selector prints the cohort behind the name of a subject, such as {region="eu"}; "" where there is none.
func (t *Tree) selector() string { return annotate.Selector(t.Labels()...) }

// shared returns the value of a dimension that all users of the tree have, since the query splits by it or filters it; ""
// where they may differ.
func (t *Tree) shared(dimension string) string {
	for k, d := range t.plan.By {
		if d.Name == dimension && t.Cohort[k] != "" {
			return t.Cohort[k]
		}
	}
	return t.plan.Only[dimension]
}

// isCohort reports whether the tree is of some users only.
func (t *Tree) isCohort() bool { return len(t.plan.Filters) > 0 || !t.Cohort.isEmpty() }

// column returns a column with the numbers that at returns.
func (t *Tree) column(at func(i int) float64) []float64 { return newColumn(t.n, at) }

// numbers reads a source that is no SLI's at each instant: the total of its first form that has one, or else its value.
func (t *Tree) numbers(source *plan.Source) []float64 {
	columns := t.Dataset.sourceColumns(source, t.Range, t.Cohort)
	if source.Split == 0 {
		return t.column(func(i int) float64 { return firstNumber(source.Forms, columns, i) })
	}
	split := *source
	split.Forms = source.Forms[:source.Split]
	has := t.Dataset.hasSamples(&split, t.Range)
	return t.column(func(i int) float64 {
		if has[i] {
			return firstNumber(split.Forms, columns[:source.Split], i)
		}
		return firstNumber(source.Forms[source.Split:], columns[source.Split:], i)
	})
}

// currencies returns those of the money of the flows that are shown, by which a measure is computed, sorted.
func (t *Tree) currencies(m query.Measure) []string {
	var all []string
	for k := range t.flows {
		if money := m.MoneyOf(t.flows[k].Flow.Flow); money != nil && t.flows[k].Shown {
			all = append(all, money.Currency)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
