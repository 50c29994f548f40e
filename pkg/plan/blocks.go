package plan

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

const (
	// BlockSlices is how many time slices a block has. Blocks are time slices side by side that lie at a fixed place in time,
	// so far back that late samples change them no more. What they add to losses is computed block by block and kept: so a
	// window of 90 days takes no more memory, and no more work when it is asked for again, than its sums do.
	BlockSlices = 240
	// leastBlocks is how many blocks have to fit into a range, unless it has very many points, so that it pays to ask for a
	// whole block of which only some time slices are needed.
	leastBlocks = 4
)

// BlockNumber counts blocks since 1970.
func BlockNumber(block series.Range) int64 { return block.Start / block.Step / BlockSlices }

// ForBlock returns the plan of one block of p's coarse segment alone.
func (p *Plan) ForBlock(block series.Range) *Plan {
	alone := *p
	alone.Range, alone.Instants, alone.Fine, alone.States, alone.Notices = series.Instant(block.End), nil, nil, nil, nil
	segment := *p.Coarse
	segment.Range, segment.Blocks, segment.Maintenance = block, nil, slices.Clone(p.Coarse.Maintenance)
	for i := range segment.Maintenance {
		segment.Maintenance[i] = segment.Maintenance[i].inSlices(block, p.Catalog.Budget.Slice)
	}
	alone.Coarse = &segment
	alone.Leaves = leavesOf(&alone)
	return &alone
}

// BlockKeys returns a function that identifies the losses in blocks of the plan, whatever the range and the measure of the query:
// by the catalog's revision, the members whose losses are counted, and the expressions of the store from which they are
// computed, each with the part of the block at which it is read. These are the same in all blocks unless facts change.
func (p *Plan) BlockKeys() func(block series.Range) string {
	if !p.changes {
		key := p.blockKey(p.Coarse.Blocks[0])
		return func(series.Range) string { return key }
	}
	return p.blockKey
}

// blockKey identifies the losses in a block of the plan.
func (p *Plan) blockKey(block series.Range) string {
	hash, q := sha256.New(), p.Query
	fmt.Fprintf(hash, "%s\x00%s\x00%q\x00%q\x00%q\x00%q\x00%q\x00%q\x00%q\x00", p.Catalog.Revision, q.Level, q.Flows, q.SLIs, q.Components,
		q.By, q.Where, q.AdhocFilters, p.Counted)
	var texts []string
	for _, leaf := range p.ForBlock(block).Leaves {
		texts = append(texts, fmt.Sprintf("%d %d %s", leaf.Range.Start-block.Start, leaf.Range.Last()-block.Start, leaf.Expr))
	}
	slices.Sort(texts)
	fmt.Fprintf(hash, "%q", slices.Compact(texts))
	return string(hash.Sum(nil))
}

// BlockPoints is how many points the blocks of the plan and its parts are computed from.
func (p *Plan) BlockPoints() uint64 {
	points := 0
	for _, part := range p.Parts() {
		if part.Coarse != nil && len(part.Coarse.Blocks) > 0 {
			for _, leaf := range leavesOf(&Plan{Coarse: part.Coarse}) {
				points += len(part.Coarse.Blocks) * BlockSlices * int(part.Coarse.Range.Step/leaf.Range.Step)
			}
		}
	}
	return uint64(points)
}

// blocks returns the blocks of a range of time slices, and the rest of it. Time slices that are split by dimensions have
// none, since it is only known which cohorts there are when all time slices are read.
func (b *builder) blocks(over series.Range) (blocks []series.Range, rest series.Range, err error) {
	if b.times.Overlap <= 0 || b.isShort(over) || len(b.plan.By) > 0 || b.plan.Weighted != nil {
		return nil, over, nil
	}
	if b.plan.Range.Len() == 0 { // None is needed.
		return nil, series.Range{Start: over.End, End: over.End, Step: over.Step}, nil
	}
	if members := max(1, b.counted()); over.Len() > MaxSums/members {
		return nil, over, query.Invalidf("the query adds up %d time slices for each of %d flows, components or SLIs, more than %d in all; choose a shorter range or window, a longer timeSliceWindow in the catalog, or fewer flows",
			over.Len(), members, MaxSums)
	}
	settled := b.times.Now.Add(-b.times.Overlap).UnixMilli()
	span := BlockSlices * over.Step
	for start := series.Floor(over.Start, span); ; start += span {
		block := series.Range{Start: start, End: start + span - over.Step, Step: over.Step}
		if block.End >= settled || block.End >= over.End {
			return blocks, series.Range{Start: start, End: over.End, Step: over.Step}, nil
		}
		blocks = append(blocks, block)
	}
}

// isShort reports whether it is as well to ask for all time slices of a range, since they are few.
func (b *builder) isShort(over series.Range) bool {
	slis := 0
	for i := range b.plan.Catalog.Flows {
		slis += len(b.scope.needed(&b.plan.Catalog.Flows[i]))
	}
	return over.Len() < leastBlocks*BlockSlices && slis*over.Len() < MaxPoints/4
}

// counted returns how many members' time slices are added up, at most: those that the query shows, and the SLIs and
// components that its policies name.
func (b *builder) counted() int {
	if b.plan.Query.Level == query.LevelOverall && len(b.plan.FlowLabels) == 0 {
		return 1
	}
	named := map[policy.Reference]bool{}
	for _, number := range b.plan.Counted {
		named[policy.Reference{SLI: number.SLI, Component: number.Component}] = true
	}
	delete(named, policy.Reference{}) // The flow itself, which is among those shown.
	n := 0
	for _, f := range b.scope.shownFlows(b.plan.Catalog) {
		n += len(named)
		for i := range f.SLIs {
			if i == 0 || b.plan.Query.Level != query.LevelFlow && b.scope.showsSLI(f, &f.SLIs[i]) {
				n++
			}
		}
	}
	return n
}
