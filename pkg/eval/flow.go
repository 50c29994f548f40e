package eval

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// flow is a flow of the tree.
type flow struct {
	plan.Flow
	slis []*cer.SLI
	// plain holds the SLIs as all users of the cohort have them; nil where the query does without.
	plain []viewed
	// tiers hold them for each cohort of the weighted dimension; none where no dimension is weighted.
	tiers []tier
	// weights are those of the tiers.
	weights  []float64
	verdicts []cer.Composite
}

// tier is a flow as one cohort of the weighted dimension has it.
type tier struct {
	value string
	slis  []viewed
}

// read reads the SLIs of a flow and judges the flow.
func (e *evaluation) read(planned *plan.Flow) flow {
	f := flow{Flow: *planned}
	for i := range planned.SLIs {
		f.slis = append(f.slis, planned.SLIs[i].SLI)
	}
	f.plain = e.views(planned, e.of, func(s *plan.SLI) *plan.View { return s.Plain })
	if e.plan.Weighted != nil {
		e.readTiers(&f)
	}
	f.verdicts = e.judge(&f, f.all())
	return f
}

// readTiers reads a flow for each cohort that has a weight.
func (e *evaluation) readTiers(f *flow) {
	for _, value := range e.plan.Weighted.Listed() {
		weight := e.plan.Weighted.Weights[value]
		if weight == 0 {
			continue
		}
		of := append(slices.Clone(e.of), value)
		if slis := e.views(&f.Flow, of, func(s *plan.SLI) *plan.View { return s.Weighted }); slis != nil {
			f.tiers = append(f.tiers, tier{value: value, slis: slis})
			f.weights = append(f.weights, weight)
		}
	}
}

// views reads one view of every SLI of a flow; nil where the plan has none.
func (e *evaluation) views(f *plan.Flow, of cohort, which func(*plan.SLI) *plan.View) []viewed {
	var all []viewed
	for i := range f.SLIs {
		if v := which(&f.SLIs[i]); v != nil {
			all = append(all, e.ledger.view(&f.SLIs[i], v, of, e.instants))
		}
	}
	return all
}

// all returns the positions of all SLIs of the flow.
func (f *flow) all() []int {
	positions := make([]int, len(f.slis))
	for i := range positions {
		positions[i] = i
	}
	return positions
}

// readingsOf returns the readings of the j-th SLI: those of all users, or else those of each tier.
func (f *flow) readingsOf(j int) []*readings {
	if f.plain != nil {
		return []*readings{&f.plain[j].readings}
	}
	var all []*readings
	for _, t := range f.tiers {
		all = append(all, &t.slis[j].readings)
	}
	return all
}

// views returns the sets of SLIs that the flow's score is made of: those of the tiers, or else the one of all users.
func (f *flow) views() [][]viewed {
	var all [][]viewed
	for _, t := range f.tiers {
		all = append(all, t.slis)
	}
	if all == nil && f.plain != nil {
		all = [][]viewed{f.plain}
	}
	return all
}

// judge returns the verdict of some of a flow's SLIs, by position, at each instant.
func (e *evaluation) judge(f *flow, positions []int) []cer.Composite {
	j := e.judging(f, positions)
	verdicts := make([]cer.Composite, e.n)
	for i := range verdicts {
		verdicts[i] = j.at(i, nil)
	}
	return verdicts
}

// judging judges some of a flow's SLIs together, an instant at a time.
type judging struct {
	catalog   *cer.Catalog
	flow      *flow
	positions []int
	slis      []*cer.SLI
	views     [][]viewed
	readings  []cer.Observation
	cohorts   []cer.Composite
	scratch   []cer.Member
}

func (e *evaluation) judging(f *flow, positions []int) *judging {
	j := &judging{catalog: e.plan.Catalog.Catalog, flow: f, positions: positions, views: f.views(), readings: make([]cer.Observation, len(positions))}
	for _, s := range positions {
		j.slis = append(j.slis, f.slis[s])
	}
	j.cohorts = make([]cer.Composite, len(j.views))
	j.scratch = make([]cer.Member, 0, max(len(positions), len(j.views)))
	return j
}

// at returns the verdict at an instant if the SLIs at some positions, of the flow, had scored 1.
func (j *judging) at(i int, perfect []int) cer.Composite {
	for v, slis := range j.views {
		for k, s := range j.positions {
			j.readings[k] = slis[s].readings.at(i)
			if j.readings[k].Scored() && slices.Contains(perfect, s) {
				j.readings[k].Score = 1
			}
		}
		j.cohorts[v] = cer.CombineSLIs(j.slis, j.readings, j.catalog.Aggregate, j.catalog.MinCoverage, j.scratch)
	}
	switch {
	case len(j.flow.tiers) > 0:
		return cer.CombineCohorts(j.flow.weights, j.cohorts, j.catalog.MinCoverage, j.scratch)
	case len(j.cohorts) == 1:
		return j.cohorts[0]
	default: // Nothing but ages was asked for.
		return cer.CombineSLIs(nil, nil, j.catalog.Aggregate, j.catalog.MinCoverage, j.scratch)
	}
}
