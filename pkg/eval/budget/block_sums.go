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

// blockKey identifies a group of flows, by its number, and a member of it.
type blockKey struct {
	group  int
	member score.Key
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
			for _, m := range countedMembers(data.Trees(g, score.Cohort{}).Coarse) {
				sums.timeSlices[blockKey{g.Number, m.Key()}] = calculator.TimeSlices(m)
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

// countedMembers returns the members whose losses are summed over long windows: those that the query shows, and those
// whose numbers its policies need.
func countedMembers(t *score.Tree) []score.Member {
	var all []score.Member
	for _, m := range t.Members() {
		all = append(all, m)
		for _, number := range t.Dataset.Plan.Counted {
			if number.Number != policy.Burn && number.Number != policy.Budget {
				continue
			}
			if referenced, ok := m.Referenced(number); ok {
				all = append(all, referenced)
			}
		}
	}
	return all
}

// blocksOf returns the time slices of a member in each block of its tree.
func (c *Calculator) blocksOf(m score.Member) [][]cer.TimeSlice {
	blocks := make([][]cer.TimeSlice, len(m.Tree.Segment.Blocks))
	for k, over := range m.Tree.Segment.Blocks {
		blocks[k] = c.blocks[Block{m.Tree.Dataset.Plan, over}].timeSlices[blockKey{m.Tree.Group.Number, m.Key()}]
	}
	return blocks
}
