package budget

import (
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Calculator computes losses and error budgets of the members of a plan. What it has computed once it reuses.
type Calculator struct {
	blocks     BlockResults
	timeSlices map[memberKey][]cer.TimeSlice
	sums       map[sumsKey]*windowSums
}

// memberKey identifies a member of a tree, and what its time slices add up.
type memberKey struct {
	tree   *score.Tree
	member score.Key
	of     quantity
}

// quantity is what time slices add up.
type quantity uint8

const (
	// losses are what budgets are spent by, in what the budgeting method counts.
	losses quantity = iota
	// failures are lost events.
	failures
)

// sumsKey identifies the window sums of a member, by how far its consecutive time slices are apart.
type sumsKey struct {
	memberKey
	stride int
}

// NewCalculator returns the calculator of a dataset. blocks has the sums of each block of the plan and of its parts; what
// is wrong with their answers is added to the dataset.
func NewCalculator(data *score.Dataset, blocks BlockResults) *Calculator {
	for _, part := range data.Plan.Parts() {
		if part.Coarse == nil {
			continue
		}
		for _, over := range part.Coarse.Blocks {
			data.Store().Merge(blocks[Block{part, over}].store)
		}
	}
	return &Calculator{blocks: blocks, timeSlices: map[memberKey][]cer.TimeSlice{}, sums: map[sumsKey]*windowSums{}}
}

// sumsOf returns the window sums of a member whose consecutive time slices are a stride apart.
func (c *Calculator) sumsOf(m score.Member, of quantity, stride int) *windowSums {
	key := sumsKey{memberKey{m.Tree, m.Key(), of}, stride}
	if c.sums[key] == nil {
		c.sums[key] = newWindowSums(c.blocksOf(m, of), c.timeSlicesOf(m, of), m.Tree.Segment.First(), m.Tree.Range.Step, stride)
	}
	return c.sums[key]
}

// Losses returns the share that a member lost over a window up to each instant of a range.
func (c *Calculator) Losses(m score.Member, window time.Duration, over series.Range) []float64 {
	return c.over(m, losses, window, over, rolling(m, window), func(sum cer.TimeSlice, _ cer.Span) float64 { return sum.Loss() })
}

// Kept returns the share that a member did not lose over a window, at each instant of the plan's range.
func (c *Calculator) Kept(m score.Member, window time.Duration) []float64 {
	kept := c.Losses(m, window, m.Tree.Dataset.Plan.Range)
	for i := range kept {
		kept[i] = 1 - kept[i]
	}
	return kept
}

// Failures returns how many events of a member were lost in a window up to each instant of a range; NaN where they are not
// counted.
func (c *Calculator) Failures(m score.Member, window time.Duration, over series.Range) []float64 {
	if !m.HasTraffic() {
		return score.NewColumn(over.Len())
	}
	return c.over(m, failures, window, over, rolling(m, window), func(sum cer.TimeSlice, _ cer.Span) float64 { return sum.Lost })
}

// over returns a number of the sum of the time slices of a member in a span up to each instant of a range. A window is as long
// as the spans are at least taken to be.
func (c *Calculator) over(m score.Member, of quantity, window time.Duration, over series.Range, in spanAt,
	number func(cer.TimeSlice, cer.Span) float64) []float64 {
	numbers := make([]float64, over.Len())
	var sums *windowSums
	before, spanBefore := -1, cer.Span{}
	for i := range numbers {
		tree, last, stride := m.Tree.TimeSlices(over.At(i), window)
		if sums == nil {
			sums = c.sumsOf(m.In(tree), of, stride)
		}
		span := in(over.At(i))
		if last == before && span == spanBefore {
			numbers[i] = numbers[i-1]
			continue
		}
		before, spanBefore = last, span
		numbers[i] = number(sums.upTo(last, span.Elapsed), span)
	}
	return numbers
}

// BurnOver returns the burn rate of a member over a window up to each instant of a range.
func (c *Calculator) BurnOver(m score.Member, window time.Duration, over series.Range) []float64 {
	burns, objective := c.Losses(m, window, over), m.Objective()
	for i := range burns {
		burns[i] = cer.Burn(burns[i], objective)
	}
	return burns
}

// RemainingOver returns the share of the error budget of a member that is left at each instant of a range.
func (c *Calculator) RemainingOver(m score.Member, over series.Range) []float64 {
	objective := m.Objective()
	return c.over(m, losses, catalogOf(m).Budget.Window, over, ofBudget(m), func(sum cer.TimeSlice, s cer.Span) float64 {
		return cer.BudgetLeft(ofPeriod(m, sum, s).Loss(), objective)
	})
}

// Burn returns the burn rate of a member over the window of the query, at each instant of the plan's range.
func (c *Calculator) Burn(m score.Member) []float64 {
	p := m.Tree.Dataset.Plan
	window, err := p.Query.BurnWindowOf(p.Catalog.Budget.Slice)
	if err != nil { // A plan was built, so that the window is one.
		return nil
	}
	return c.BurnOver(m, window, p.Range)
}

// Remaining returns the share of the error budget of a member that is left, at each instant of the plan's range.
func (c *Calculator) Remaining(m score.Member) []float64 {
	return c.RemainingOver(m, m.Tree.Dataset.Plan.Range)
}

// Exhaustion returns how long the error budget of a member lasts, in seconds, at each instant of the plan's range; NaN
// where nothing burns it.
func (c *Calculator) Exhaustion(m score.Member) []float64 {
	left, burns := c.Remaining(m), c.Burn(m)
	in, over := ofBudget(m), m.Tree.Dataset.Plan.Range
	for i := range left {
		left[i] = cer.Exhaustion(left[i], burns[i], catalogOf(m).Budget.Length(in(over.At(i))))
	}
	return left
}

// Span is the time between two instants.
type Span struct{ From, To time.Time }

// Spent returns the shares of a member's error budget, of the window up to the newest instant of the plan, that it lost in
// spans, which are in order and do not overlap; NaN where it has no objective or no telemetry. A time slice counts for the
// first span that it touches, so that the shares add up to no more than what is gone of the budget.
func (c *Calculator) Spent(m score.Member, spans []Span) []float64 {
	spent := score.NewColumn(len(spans))
	at := m.Tree.Dataset.Plan.Range.Last()
	tree, last, stride := m.Tree.TimeSlices(at, catalogOf(m).Budget.Window)
	span, sums := ofBudget(m)(at), c.sumsOf(m.In(tree), losses, stride)
	sum := ofPeriod(m, sums.upTo(last, span.Elapsed), span)
	if m.Objective() == 0 || sum.Total == 0 || !sum.Known {
		return spent
	}
	clear(spent)
	width := catalogOf(m).Budget.Slice
	allowed, i := (1-m.Objective())*sum.Total, 0
	for k := span.Elapsed - 1; k >= 0; k-- {
		position := last - k*stride
		end := series.Time(tree.Segment.First() + int64(position)*tree.Range.Step)
		for i < len(spans) && !end.Add(-width).Before(spans[i].To) {
			i++
		}
		if i < len(spans) && !end.Before(spans[i].From) {
			spent[i] += sums.timeSlice(int64(position)).Lost / allowed
		}
	}
	return spent
}

// Explain returns findings on the members of a tree: that part of a window has no telemetry, up to the newest instant.
func (c *Calculator) Explain(t *score.Tree) []annotate.Finding {
	p := t.Dataset.Plan
	if p.Range.Len() == 0 {
		return nil
	}
	var findings []annotate.Finding
	for _, m := range t.Members() {
		if m.Objective() == 0 && p.Query.Long == 0 {
			continue
		}
		if known, all := c.countKnown(m, p.Range.Last()); known < all {
			findings = append(findings, annotate.UnknownTimeSlices(m.Subject(), known, all, p.Catalog.Budget.Slice))
		}
	}
	return findings
}

// countKnown returns how many time slices have telemetry in the window of the query up to an instant, of all that no
// maintenance excludes.
func (c *Calculator) countKnown(m score.Member, at int64) (known, all int) {
	window, in := windowOf(m)
	tree, last, stride := m.Tree.TimeSlices(at, window)
	sums := c.sumsOf(m.In(tree), losses, stride)
	for k := range in(at).Elapsed {
		s := sums.timeSlice(int64(last - k*stride))
		if s.Excluded {
			continue
		}
		all++
		if s.Known {
			known++
		}
	}
	return known, all
}
