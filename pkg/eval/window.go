package eval

import (
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// blockSlices is how many slices side by side are added up once for all windows that have them.
const blockSlices = 60

// windows adds up slices over windows. It does so in blocks that lie at fixed places in time, so that a sum is the same to
// the last bit whatever the range that is asked about, and takes some dozens of steps however long its window is.
type windows struct {
	// pages come before the slices.
	pages  [][]cer.Slice
	slices []cer.Slice
	// first is the number of the first slice, counted from 1970 in steps of the stretch. Slices side by side are stride
	// steps apart.
	first, stride int64
	// blocks hold the sums that were made, by their number since the first one and by which of the strides they lie on.
	blocks []block
}

// block is the sum of a block of slices, once it is made.
type block struct {
	sum    cer.Slice
	isMade bool
}

// newWindows adds up slices of which the first one ends at an instant, and which are a step apart.
func newWindows(pages [][]cer.Slice, slices []cer.Slice, first time.Time, step time.Duration, stride int) *windows {
	w := &windows{pages: pages, slices: slices, stride: int64(stride), first: first.UnixNano() / int64(step)}
	n := (w.first+int64(len(pages)*plan.PageSlices+len(slices)))/w.stride/blockSlices - w.firstBlock() + 1
	w.blocks = make([]block, n*w.stride)
	return w
}

// firstBlock is the number of the block that the first slice is in.
func (w *windows) firstBlock() int64 { return w.first / w.stride / blockSlices }

// at is the slice at a position.
func (w *windows) at(position int64) cer.Slice {
	if page := position / plan.PageSlices; page < int64(len(w.pages)) {
		return w.pages[page][position%plan.PageSlices]
	}
	return w.slices[position-int64(len(w.pages))*plan.PageSlices]
}

// of is the sum of count slices side by side, of which the last is at a position.
func (w *windows) of(last, count int) cer.Slice {
	number := w.first + int64(last)
	line := number % w.stride
	var sum cer.Slice
	end := number/w.stride + 1
	for at := end - int64(count); at < end; {
		if at%blockSlices == 0 && at+blockSlices <= end {
			sum = sum.Plus(w.block(at/blockSlices, line))
			at += blockSlices
		} else {
			sum = sum.Plus(w.at(at*w.stride + line - w.first))
			at++
		}
	}
	return sum
}

// block is the sum of a block on a line.
func (w *windows) block(number, line int64) cer.Slice {
	b := &w.blocks[(number-w.firstBlock())*w.stride+line]
	if !b.isMade {
		for at := number * blockSlices; at < (number+1)*blockSlices; at++ {
			b.sum = b.sum.Plus(w.at(at*w.stride + line - w.first))
		}
		b.isMade = true
	}
	return b.sum
}
