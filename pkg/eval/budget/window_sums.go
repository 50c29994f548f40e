package budget

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// fanOut is how many sums of consecutive time slices make up a sum of the next level, of which there are levels.
const fanOut, levels = 8, 4

// windowSums sums consecutive time slices over windows. It does so in chunks that lie at fixed places in time, and in
// chunks of those, so that a sum is the same to the last bit whatever the range that is asked about, and takes some dozens
// of steps at most however long its window is.
type windowSums struct {
	// blocks come before the time slices.
	blocks     [][]cer.TimeSlice
	timeSlices []cer.TimeSlice
	// first is the number of the first time slice, counted from 1970 in steps. Consecutive time slices are stride steps
	// apart.
	first, stride int64
	// chunks has the sums that were computed, by level, number since the first one of it and offset within the stride.
	// Those of level 0 are the time slices.
	chunks [levels][]chunk
}

// chunk is the sum of a chunk of time slices, once it is computed.
type chunk struct {
	sum     cer.TimeSlice
	isKnown bool
}

// newWindowSums returns the sums of time slices, of which the first one ends at an instant and which are a step apart,
// both in milliseconds.
func newWindowSums(blocks [][]cer.TimeSlice, timeSlices []cer.TimeSlice, first, step int64, stride int) *windowSums {
	w := &windowSums{blocks: blocks, timeSlices: timeSlices, stride: int64(stride), first: first / step}
	last := w.first + int64(len(blocks)*plan.BlockSlices+len(timeSlices))
	for level, width := 1, int64(fanOut); level < levels; level, width = level+1, width*fanOut {
		w.chunks[level] = make([]chunk, (last/w.stride/width-w.first/w.stride/width+1)*w.stride)
	}
	return w
}

// timeSlice returns the time slice at a position.
func (w *windowSums) timeSlice(position int64) cer.TimeSlice {
	if block := position / plan.BlockSlices; block < int64(len(w.blocks)) {
		return w.blocks[block][position%plan.BlockSlices]
	}
	return w.timeSlices[position-int64(len(w.blocks))*plan.BlockSlices]
}

// sum returns the sum of count consecutive time slices, of which the last is at a position.
func (w *windowSums) sum(last, count int) cer.TimeSlice {
	number := w.first + int64(last)
	offset := number % w.stride
	var sum cer.TimeSlice
	end := number/w.stride + 1
	for at := end - int64(count); at < end; {
		level, width := 0, int64(1)
		for level+1 < levels && at%(width*fanOut) == 0 && at+width*fanOut <= end {
			level, width = level+1, width*fanOut
		}
		sum = sum.Add(w.chunkSum(level, width, at, offset))
		at += width
	}
	return sum
}

// upTo returns the sum of count consecutive time slices, of which the last is at a position. Where count is 0, as at the very
// start of a period, nothing is lost, and that is known where the time slice is that ends then.
func (w *windowSums) upTo(last, count int) cer.TimeSlice {
	if count > 0 {
		return w.sum(last, count)
	}
	before := w.timeSlice(int64(last))
	return cer.TimeSlice{Known: before.Known || before.Excluded}
}

// chunkSum returns the sum of the chunk of a level, of width time slices, that begins at a number with an offset.
func (w *windowSums) chunkSum(level int, width, at, offset int64) cer.TimeSlice {
	if level == 0 {
		return w.timeSlice(at*w.stride + offset - w.first)
	}
	c := &w.chunks[level][(at/width-w.first/w.stride/width)*w.stride+offset]
	if !c.isKnown {
		for part := range int64(fanOut) {
			c.sum = c.sum.Add(w.chunkSum(level-1, width/fanOut, at+part*width/fanOut, offset))
		}
		c.isKnown = true
	}
	return c.sum
}
