package eval

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// cells are the columns in which a form finds its numbers for one cohort. total is nil where the form counts nothing.
type cells struct {
	total column
	// parts[k] is nil where the store has nothing of the k-th part.
	parts []column
	// partial[k] says that the store did not look everywhere for the k-th part.
	partial []bool
}

// at returns a column's number at an instant; NaN where there is no column.
func (c column) at(i int) float64 {
	if c == nil {
		return math.NaN()
	}
	return c[i]
}

// anchor is the column that decides whether a form has anything for a cohort.
func (c cells) anchor() column {
	if c.total != nil || len(c.parts) == 0 {
		return c.total
	}
	return c.parts[0]
}

// cells returns where a form is read for a cohort: first from the series of just that cohort, and at instants without
// them from series that do not tell some or all of its dimensions, since those speak for every cohort. The series that
// a form's parts and total are read from tell the same dimensions.
func (l *ledger) cells(form expand.Form, over series.Range, labels []string, of cohort) []cells {
	var found []cells
	for _, key := range keysFor(of, labels) {
		one := cells{}
		if form.Total != nil {
			one.total = l.columns(form.Total, over, labels)[key]
			if one.total == nil {
				continue
			}
		}
		for _, part := range form.Parts {
			one.parts = append(one.parts, l.columns(part.Expr, over, labels)[key])
			one.partial = append(one.partial, l.answer(part.Expr, over).IsPartial())
		}
		if one.anchor() != nil {
			found = append(found, one)
		}
	}
	return found
}

// keysFor returns the keys of the series that speak for a cohort, those that tell most of its dimensions first.
func keysFor(of cohort, labels []string) []string {
	var told []int
	for k, value := range of {
		if labels[k] != "" && value != "" {
			told = append(told, k)
		}
	}
	masks := make([]uint, 1<<len(told))
	for m := range masks {
		masks[m] = uint(len(masks) - 1 - m) //nolint:gosec // A query splits by few dimensions.
	}
	slices.SortStableFunc(masks, func(a, b uint) int { return cmp.Compare(bits.OnesCount(b), bits.OnesCount(a)) })
	keys := make([]string, len(masks))
	for m, mask := range masks {
		key := make(cohort, len(of))
		for bit, k := range told {
			if mask&(1<<(len(told)-1-bit)) != 0 {
				key[k] = of[k]
			}
		}
		keys[m] = key.key()
	}
	return keys
}
