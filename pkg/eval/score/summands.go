package score

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// conflicting stands in a column for an instant at which several series have a number. It is a NaN, but there are samples.
var conflicting = math.Float64frombits(conflictingBits)

const conflictingBits = 0x7ff8000000000000 | 0xc0f

// isAbsent reports whether a number of a column stands for no sample, rather than for one that can't be used.
func isAbsent(v float64) bool {
	return math.IsNaN(v) && !series.IsUndefined(v) && math.Float64bits(v) != conflictingBits
}

// summands are the columns of parts that are added up, for one cohort.
type summands struct {
	parts []expand.Part
	// columns[k] is nil where the store has nothing of the k-th part.
	columns [][]float64
	// partial[k] says that the answer to the k-th part may lack series.
	partial []bool
}

// summandsOf returns the columns of parts at the instants of a range, for the cohort of a key. The parts are evaluated at those
// within a part of the range.
func (d *Dataset) summandsOf(parts []expand.Part, within, over series.Range, labels []string, key string) summands {
	s := summands{parts: parts, columns: make([][]float64, len(parts)), partial: make([]bool, len(parts))}
	for k, part := range parts {
		leaf := d.shared.numbers.Of(part.Expr, within)
		s.columns[k], s.partial[k] = padded(d.split(leaf, labels)[key], within, over), d.shared.answers[leaf].IsPartial()
	}
	return s
}

// nearestOf returns the columns of parts at the instants of a range for a cohort: at each instant of the series of just that cohort,
// or else of series without labels for some or all of its dimensions.
func (d *Dataset) nearestOf(parts []expand.Part, within, over series.Range, labels []string, c Cohort) summands {
	keys := keysFor(c, labels)
	nearest := d.summandsOf(parts, within, over, labels, keys[0])
	for _, key := range keys[1:] {
		wider := d.summandsOf(parts, within, over, labels, key)
		for k, column := range nearest.columns {
			nearest.columns[k] = orElse(column, wider.columns[k])
		}
	}
	return nearest
}

// orElse returns a column with the numbers of another one where it has no sample. Either may be nil.
func orElse(column, other []float64) []float64 {
	if column == nil || other == nil {
		if column == nil {
			return other
		}
		return column
	}
	return newColumn(len(column), func(i int) float64 {
		if isAbsent(column[i]) {
			return other[i]
		}
		return column[i]
	})
}

// isEmpty reports whether the store has nothing of any part.
func (s *summands) isEmpty() bool {
	for _, column := range s.columns {
		if column != nil {
			return false
		}
	}
	return true
}

// sum returns the sum at each of n instants: the column itself of a part that is alone.
func (s *summands) sum(n int) []float64 {
	if len(s.parts) == 1 && s.parts[0].Factor == 1 {
		return s.columns[0]
	}
	return newColumn(n, s.at)
}

// at returns the sum at an instant. It is NaN where a part is not known that is not to be taken for 0.
func (s *summands) at(i int) float64 {
	sum := 0.0
	for k := range s.parts {
		sum += s.parts[k].Factor * numberAt(s.columns[k], i)
	}
	if math.IsNaN(sum) {
		return s.withoutAbsent(i)
	}
	return sum
}

// withoutAbsent returns the sum at an instant at which some parts have no number: absent ones are 0 as far as they may be.
func (s *summands) withoutAbsent(i int) float64 {
	needed := expand.Zero
	for _, column := range s.columns {
		if !isAbsent(numberAt(column, i)) {
			needed = expand.ZeroBeside
		}
	}
	sum := 0.0
	for k, part := range s.parts {
		v := numberAt(s.columns[k], i)
		if isAbsent(v) && part.Absent >= needed && !s.partial[k] {
			v = 0
		}
		sum += part.Factor * v
	}
	return sum
}

// areUndefined reports whether a part has a sample that is not a number at an instant.
func (s *summands) areUndefined(i int) bool {
	for _, column := range s.columns {
		if column != nil && series.IsUndefined(column[i]) {
			return true
		}
	}
	return false
}
