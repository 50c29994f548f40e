package score

import (
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Trees are the score trees of one group and cohort over the segments of a plan.
type Trees struct {
	Dataset *Dataset
	Group   Group
	Cohort  Cohort
	// Main is the tree of the instants at which the query wants numbers, or else of time slices. Fine and Coarse are those
	// of time slices; nil where the plan has none.
	Main, Fine, Coarse *Tree
	// scored is the tree that Scored returns; nil until it is needed.
	scored *Tree
}

// treesKey identifies a group by its number, and a cohort by its key.
type treesKey struct {
	group  int
	cohort string
}

// Trees returns the score trees of a group for a cohort, which are computed once.
func (d *Dataset) Trees(g Group, c Cohort) *Trees {
	key := treesKey{g.Number, c.key()}
	if known, ok := d.trees[key]; ok {
		return known
	}
	trees := &Trees{Dataset: d, Group: g, Cohort: c}
	for _, segment := range d.Plan.Segments() {
		t := newTree(trees, segment, segment != d.Plan.Instants)
		switch segment {
		case d.Plan.Fine:
			trees.Fine = t
		case d.Plan.Coarse:
			trees.Coarse = t
		}
		if trees.Main == nil {
			trees.Main = t
		}
	}
	d.trees[key] = trees
	return trees
}

// Scored returns the tree of the fine time slices for conditions on scores, in which an SLI with fewer events than its
// MinEvents is idle.
func (t *Trees) Scored() *Tree {
	switch {
	case t.scored != nil:
	case t.Fine.needsEvents():
		t.scored = newTree(t, t.Fine.Segment, false)
	default:
		t.scored = t.Fine
	}
	return t.scored
}

// TimeSlices returns the tree with the time slices of a window that ends at an instant, in Unix milliseconds, the position
// of the last one, counted from the first of the tree's blocks, and the distance to those before.
func (t *Trees) TimeSlices(at int64, window time.Duration) (tree *Tree, last, stride int) {
	segment, last, stride := t.Dataset.Plan.Slices(at, window)
	if segment == t.Dataset.Plan.Coarse {
		return t.Coarse, last, stride
	}
	return t.Fine, last, stride
}

// AtMinutes returns the numbers of a column of the fine time slices that end at some minutes.
func (t *Trees) AtMinutes(column []float64, minutes series.Range) []float64 {
	picked := make([]float64, minutes.Len())
	for i := range picked {
		_, last, _ := t.Dataset.Plan.Slices(minutes.At(i), t.Dataset.Plan.Catalog.Budget.Slice)
		picked[i] = column[last]
	}
	return picked
}

// Consecutive returns the positions of the fine time slices that fill the time up to an instant, from the last one back to
// the first that ends at or after another instant.
func (t *Trees) Consecutive(from, to time.Time) []int {
	width := t.Dataset.Plan.Catalog.Budget.Slice
	_, at, stride := t.Dataset.Plan.Slices(to.UnixMilli(), width)
	var positions []int
	for end := to; !end.Before(from) && at >= 0; end = end.Add(-width) {
		positions = append(positions, at)
		at -= stride
	}
	return positions
}
