package budget

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// BlockSums has the time slices of a block, by member. It does not change.
type BlockSums struct {
	timeSlices map[blockKey][]cer.TimeSlice
	// store is what is wrong with the answers that the time slices are computed from.
	store *annotate.Store
}

// blockKey identifies a group of flows, by its number, a member of it, and what its time slices add up.
type blockKey struct {
	group  int
	member score.Key
	of     quantity
}

// Block is a block of time slices of a plan, or of a part of one.
type Block struct {
	Part  *plan.Plan
	Range series.Range
}

// BlockResults has the sums of blocks.
type BlockResults map[Block]*BlockSums

// NewBlockSums computes the sums of a block by its plan. answers[i] is the answer to p.Leaves[i].
func NewBlockSums(p *plan.Plan, answers []series.Answer) *BlockSums {
	sums := &BlockSums{timeSlices: map[blockKey][]cer.TimeSlice{}}
	data := score.NewDataset(p, answers)
	calculator := NewCalculator(data, nil)
	if len(p.Coarse.Flows) > 0 {
		for _, g := range score.Groups(p, p.Coarse) {
			for _, counted := range countedMembers(data.Trees(g, score.Cohort{}).Coarse) {
				sums.timeSlices[blockKey{g.Number, counted.Key(), counted.of}] = calculator.timeSlicesOf(counted.Member, counted.of)
			}
		}
	}
	sums.store = data.Store().Clone()
	return sums
}

// Bytes returns an estimate of the memory that the sums take.
func (s *BlockSums) Bytes() int {
	const overhead, timeSlice = 160, 24
	bytes := overhead
	for _, timeSlices := range s.timeSlices {
		bytes += overhead + timeSlice*len(timeSlices)
	}
	return bytes
}

// countedMember is a member, and what of it is summed over long windows.
type countedMember struct {
	score.Member
	of quantity
}

// countedMembers returns what is summed over long windows: the losses of the members that the query shows, and the numbers
// that its policies need.
func countedMembers(t *score.Tree) []countedMember {
	var all []countedMember
	for _, m := range t.Members() {
		all = append(all, countedMember{m, losses})
		for _, number := range t.Dataset.Plan.Counted {
			referenced, ok := m.Referenced(number)
			switch {
			case !ok:
			case number.Number == policy.Burn, number.Number == policy.Budget:
				all = append(all, countedMember{referenced, losses})
			case number.Number == policy.Failures && number.Window > cer.FineWindow && m.HasTraffic():
				all = append(all, countedMember{m, failures})
			}
		}
	}
	return all
}

// blocksOf returns the time slices of a member in each block of its tree.
func (c *Calculator) blocksOf(m score.Member, of quantity) [][]cer.TimeSlice {
	blocks := make([][]cer.TimeSlice, len(m.Tree.Segment.Blocks))
	for k, over := range m.Tree.Segment.Blocks {
		blocks[k] = c.blocks[Block{m.Tree.Dataset.Plan, over}].timeSlices[blockKey{m.Tree.Group.Number, m.Key(), of}]
	}
	return blocks
}
