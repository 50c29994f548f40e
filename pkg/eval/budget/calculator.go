package budget

import (
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
	"github.com/cer-reliability/cer-datasource/pkg/query"
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

// countOf returns the number of time slices in a window.
func countOf(m score.Member, window time.Duration) int {
	return int(window / catalogOf(m).Budget.Slice)
}

// Losses returns the share that a member lost over a window up to each instant of a range.
func (c *Calculator) Losses(m score.Member, window time.Duration, over series.Range) []float64 {
	return c.over(m, losses, window, over, cer.TimeSlice.Loss)
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
	return c.over(m, failures, window, over, func(sum cer.TimeSlice) float64 { return sum.Lost })
}

// over returns a number of the sum of the time slices of a member in a window up to each instant of a range.
func (c *Calculator) over(m score.Member, of quantity, window time.Duration, over series.Range, number func(cer.TimeSlice) float64) []float64 {
	numbers := make([]float64, over.Len())
	count := countOf(m, window)
	var sums *windowSums
	before := -1
	for i := range numbers {
		tree, last, stride := m.Tree.TimeSlices(over.At(i), window)
		if sums == nil {
			sums = c.sumsOf(m.In(tree), of, stride)
		}
		if last == before {
			numbers[i] = numbers[i-1]
			continue
		}
		before = last
		numbers[i] = number(sums.sum(last, count))
	}
	return numbers
}

// BurnOver returns the burn rate of a member over a window up to each instant of a range.
func (c *Calculator) BurnOver(m score.Member, window time.Duration, over series.Range) []float64 {
	burns := c.Losses(m, window, over)
	for i := range burns {
		burns[i] = cer.Burn(burns[i], m.Objective())
	}
	return burns
}

// RemainingOver returns the share of the error budget of a member that is left at each instant of a range.
func (c *Calculator) RemainingOver(m score.Member, over series.Range) []float64 {
	left := c.Losses(m, catalogOf(m).Budget.Window, over)
	for i := range left {
		left[i] = cer.BudgetLeft(left[i], m.Objective())
	}
	return left
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
	for i := range left {
		left[i] = cer.Exhaustion(left[i], burns[i], catalogOf(m).Budget.Window)
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
	window := catalogOf(m).Budget.Window
	tree, last, stride := m.Tree.TimeSlices(m.Tree.Dataset.Plan.Range.Last(), window)
	count, sums := countOf(m, window), c.sumsOf(m.In(tree), losses, stride)
	total := sums.sum(last, count).Total
	if m.Objective() == 0 || total == 0 {
		return spent
	}
	clear(spent)
	width := catalogOf(m).Budget.Slice
	at := 0
	for k := count - 1; k >= 0; k-- {
		position := last - k*stride
		end := series.Time(tree.Segment.First() + int64(position)*tree.Range.Step)
		for at < len(spans) && !end.Add(-width).Before(spans[at].To) {
			at++
		}
		if at < len(spans) && !end.Before(spans[at].From) {
			spent[at] += sums.timeSlice(int64(position)).Lost / ((1 - m.Objective()) * total)
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
	window := p.Catalog.Budget.Window
	if p.Query.Measure == query.Burn {
		window, _ = p.Query.BurnWindowOf(p.Catalog.Budget.Slice)
	}
	if p.Query.Long > 0 {
		window = p.Query.Long
	}
	var findings []annotate.Finding
	for _, m := range t.Members() {
		if m.Objective() == 0 && p.Query.Long == 0 {
			continue
		}
		if known, all := c.countKnown(m, window, p.Range.Last()); known < all {
			findings = append(findings, annotate.UnknownTimeSlices(m.Subject(), known, all, p.Catalog.Budget.Slice))
		}
	}
	return findings
}

// countKnown returns how many time slices of a window up to an instant have telemetry, of all that no maintenance
// excludes.
func (c *Calculator) countKnown(m score.Member, window time.Duration, at int64) (known, all int) {
	tree, last, stride := m.Tree.TimeSlices(at, window)
	sums := c.sumsOf(m.In(tree), losses, stride)
	for k := range countOf(m, window) {
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
