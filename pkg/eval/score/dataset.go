package score

import (
	"iter"
	"math"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Dataset holds the answers to a plan, by expression and cohort, and the score trees that are computed from them.
type Dataset struct {
	Plan *plan.Plan
	// columns has those of expressions, which several SLIs and cohorts share.
	columns map[columnsKey]columns
	// cohorts has those of flows, calendar when maintenances are on by their intervals, and trees those that states and
	// several members share.
	cohorts  map[*cer.Flow]*cohortSet
	calendar map[*plan.Maintenance]Maintenance
	trees    map[treesKey]*Trees
	shared   *shared
}

// shared is what the datasets of a plan and of its parts have in common.
type shared struct {
	// answers[i] is the answer to leaves[i].
	answers []series.Answer
	leaves  []expand.Leaf
	// numbers are the positions of expressions over ranges among the answers.
	numbers plan.Numbers
	parts   map[*plan.Plan]*Dataset
	// store is what is wrong with the answers; conflicting has the leaves whose conflicts are in it.
	store       annotate.Store
	conflicting map[int]bool
	// hasRefused says that the store refused the expression of a leaf.
	hasRefused bool
	// err is that of more cohorts than a query may ask for; nil where there are fewer.
	err error
}

// columns are those of one expression by the key of their cohort.
type columns map[string][]float64

// columnsKey identifies an expression at the instants of a range, and the labels that it is split by.
type columnsKey struct {
	leaf   int
	labels string
}

// NewDataset returns the dataset of a plan. answers[i] is the answer to p.Leaves[i].
func NewDataset(p *plan.Plan, answers []series.Answer) *Dataset {
	s := &shared{answers: answers, leaves: p.Leaves, numbers: plan.NumbersOf(p.Leaves), parts: map[*plan.Plan]*Dataset{}, conflicting: map[int]bool{}}
	for _, part := range p.Parts() {
		s.parts[part] = &Dataset{Plan: part, columns: map[columnsKey]columns{}, cohorts: map[*cer.Flow]*cohortSet{},
			calendar: map[*plan.Maintenance]Maintenance{}, trees: map[treesKey]*Trees{}, shared: s}
	}
	births := map[int]bool{}
	for i := range p.Births {
		leaf := p.BirthLeaf(i)
		births[s.numbers.Of(leaf.Expr, leaf.Range)] = true
	}
	for i, answer := range answers {
		s.store.AddWarnings(answer.Warnings)
		if answer.Refused != nil && !births[i] { // No number depends on births.
			s.hasRefused = true
			s.store.AddRefusal(p.Leaves[i].Expr.String(), answer.Refused.Error())
		}
	}
	return s.parts[p]
}

// Part returns the dataset of a part of the plan.
func (d *Dataset) Part(part *plan.Plan) *Dataset { return d.shared.parts[part] }

// Store returns what is wrong with the answers, as far as they were read so far.
func (d *Dataset) Store() *annotate.Store { return &d.shared.store }

// StoreAnnotations returns the annotations on the answers, as far as they were read so far.
func (d *Dataset) StoreAnnotations() cer.Annotations {
	promQLs := make([]string, len(d.shared.leaves))
	for i, leaf := range d.shared.leaves {
		promQLs[i] = leaf.Expr.String()
	}
	return d.shared.store.Annotations(promQLs, func(promQL string) []string {
		subjects, _ := d.Plan.DefinedAs(promQL)
		return subjects
	})
}

// isRefused reports whether the store refused an expression by which a view of an SLI is read at the instants of a range.
func (d *Dataset) isRefused(s *plan.SLI, v *plan.View, over series.Range) bool {
	if !d.shared.hasRefused {
		return false
	}
	if d.isRefusedAt(&v.Source, over) || d.isRefusedAt(v.Fallback, over) {
		return true
	}
	if v.Held == nil {
		return false
	}
	return slices.ContainsFunc(s.HeldRanges(over), func(before series.Range) bool {
		return d.isRefusedAt(&v.Held.Source, before) || d.isRefusedAt(v.Held.Fallback, before)
	})
}

// isRefusedAt reports whether the store refused an expression of a source, which may be nil, at the instants of a range.
func (d *Dataset) isRefusedAt(source *plan.Source, over series.Range) bool {
	return source != nil && slices.ContainsFunc(d.leavesOf(source, over), func(leaf int) bool { return d.shared.answers[leaf].Refused != nil })
}

// Births returns the metric of which most series of an SLI began in its window at a value over 0, and how many; 0 where none did.
func (d *Dataset) Births(sli *plan.SLI) (metric string, n int) {
	answers := make([][]series.Series, len(d.Plan.Births))
	for i := range answers {
		leaf := d.Plan.BirthLeaf(i)
		answers[i] = d.shared.answers[d.shared.numbers.Of(leaf.Expr, leaf.Range)].Series
	}
	indicator, _ := d.Plan.Catalog.IndicatorsOf(sli.SLI)
	return indicator.Born(sli.Window, d.Plan.Births, answers)
}

// Series returns the series of the expressions of a source as it is read for the instants of a range.
func (d *Dataset) Series(source *plan.Source, over series.Range) iter.Seq[series.Series] {
	return func(yield func(series.Series) bool) {
		for _, leaf := range d.leavesOf(source, over) {
			for _, s := range d.shared.answers[leaf].Series {
				s.Values = padded(s.Values, d.shared.leaves[leaf].Range, source.Over(over))
				if !yield(s) {
					return
				}
			}
		}
	}
}

// hasSamples reports for each instant of a range whether the series of a source have any sample.
func (d *Dataset) hasSamples(source *plan.Source, over series.Range) []bool {
	has := make([]bool, over.Len())
	for s := range d.Series(source, over) {
		for i, v := range s.Values {
			has[i] = has[i] || series.IsSample(v)
		}
	}
	return has
}

// leavesOf returns the positions of the leaves of a source within a range, each once.
func (d *Dataset) leavesOf(source *plan.Source, over series.Range) []int {
	var leaves []int
	over = source.Over(over)
	for _, form := range source.Forms {
		within := form.Holds.In(over)
		if within.Len() == 0 {
			continue
		}
		for _, expr := range plan.ExprsOf(form) {
			if leaf := d.shared.numbers.Of(expr, within); !slices.Contains(leaves, leaf) {
				leaves = append(leaves, leaf)
			}
		}
	}
	return leaves
}

// padded returns a column at the instants of a range, given that at those of a part of it; nil for nil.
func padded(column []float64, within, over series.Range) []float64 {
	if within == over || column == nil {
		return column
	}
	all := NewColumn(over.Len())
	copy(all[(within.Start-over.Start)/over.Step:], column)
	return all
}

// formColumns are the columns of a form for one cohort. total is nil where the form has none.
type formColumns struct {
	total []float64
	parts summands
	// bounded is what the events up to the form's Ceiling are summed from.
	bounded summands
}

// columnsOf returns the columns of a form for a cohort at the instants of a range: first those of the series of just that
// cohort, and for instants without them those of series without labels for some or all of its dimensions, since these
// hold for every cohort. The series of a form's parts and its total have the same dimensions.
func (d *Dataset) columnsOf(form expand.Form, over series.Range, labels []string, c Cohort) []formColumns {
	within := form.Holds.In(over)
	if within.Len() == 0 {
		return nil
	}
	if form.Of == expand.Values && len(form.Total) > 0 {
		return d.recordedColumns(form, within, over, labels, c)
	}
	var found []formColumns
	for _, key := range keysFor(c, labels) {
		var one formColumns
		if len(form.Total) > 0 {
			total := d.summandsOf(form.Total, within, over, labels, key)
			if total.isEmpty() {
				continue
			}
			one.total = total.sum(over.Len())
		}
		one.parts = d.summandsOf(form.Parts, within, over, labels, key)
		if one.deciding() != nil {
			found = append(found, one)
		}
	}
	return found
}

// recordedColumns returns the columns of a form whose parts are a value, and not events to be divided by its total, for a cohort: the
// share and the events behind it may have labels for different dimensions, so that the series of each are looked for by
// themselves.
func (d *Dataset) recordedColumns(form expand.Form, within, over series.Range, labels []string, c Cohort) []formColumns {
	total := d.nearestOf(form.Total, within, over, labels, c)
	if total.isEmpty() {
		return nil
	}
	return []formColumns{{total: total.sum(over.Len()), parts: d.nearestOf(form.Parts, within, over, labels, c),
		bounded: d.nearestOf(form.Bounded, within, over, labels, c)}}
}

// deciding returns the column that decides whether the form has anything: its total, or else its first part.
func (c *formColumns) deciding() []float64 {
	if c.total != nil || len(c.parts.parts) == 0 {
		return c.total
	}
	return c.parts.columns[0]
}

// numberAt returns the number of a column at an instant; NaN where there is no column.
func numberAt(column []float64, i int) float64 {
	if column == nil {
		return math.NaN()
	}
	return column[i]
}

// split returns the columns of the answer to a leaf by the values of labels, of which "" is one that it is not split by.
func (d *Dataset) split(leaf int, labels []string) columns {
	key := columnsKey{leaf, Cohort(labels).key()}
	if known, ok := d.columns[key]; ok {
		return known
	}
	byCohort := map[string][]series.Series{}
	for _, s := range d.shared.answers[leaf].Series {
		c := cohortOf(s.Labels.Get, labels).key()
		byCohort[c] = append(byCohort[c], s)
	}
	found, over := columns{}, d.shared.leaves[leaf].Range
	conflicts := 0
	for c, together := range byCohort {
		merged, n := merge(together, over.Len())
		found[c] = merged
		conflicts += n
	}
	if conflicts > 0 && !d.shared.conflicting[leaf] {
		d.shared.conflicting[leaf] = true
		d.shared.store.AddConflict(d.shared.leaves[leaf].Expr.String(), annotate.Conflict{Points: conflicts, Of: over.Len()})
	}
	d.columns[key] = found
	return found
}

// merge merges series into a column of n instants. Where several have a number at the same instant the column is
// conflicting there.
func merge(together []series.Series, n int) (merged []float64, conflicts int) {
	if len(together) == 1 {
		return together[0].Values, 0
	}
	merged = NewColumn(n)
	for i := range merged {
		found := 0
		for _, s := range together {
			switch v := s.Values[i]; {
			case !math.IsNaN(v):
				merged[i] = v
				found++
			case series.IsUndefined(v) && found == 0:
				merged[i] = v
			}
		}
		if found > 1 {
			merged[i] = conflicting
			conflicts++
		}
	}
	return merged, conflicts
}
