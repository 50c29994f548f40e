package eval

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// fan is how many blocks of slices side by side make up a block of the next level, of which there are levels.
const fan, levels = 8, 4

// windows adds up slices over windows. It does so in blocks that lie at fixed places in time, and in blocks of those, so
// that a sum is the same to the last bit whatever the range that is asked about, and takes some dozens of steps at most
// however long its window is.
type windows struct {
	// pages come before the slices.
	pages  [][]cer.TimeSlice
	slices []cer.TimeSlice
	// first is the number of the first slice, counted from 1970 in steps of the stretch. Slices side by side are stride
	// steps apart.
	first, stride int64
	// blocks hold the sums that were made, by their level, their number since the first one of it and by which of the
	// strides they lie on. Those of level 0 are the slices.
	blocks [levels][]block
}

// block is the sum of a block of slices, once it is made.
type block struct {
	sum    cer.TimeSlice
	isMade bool
}

// newWindows adds up slices of which the first one ends at an instant, and which are a step apart.
func newWindows(pages [][]cer.TimeSlice, slices []cer.TimeSlice, first, step int64, stride int) *windows {
	w := &windows{pages: pages, slices: slices, stride: int64(stride), first: first / step}
	last := w.first + int64(len(pages)*plan.BlockSlices+len(slices))
	for level, width := 1, int64(fan); level < levels; level, width = level+1, width*fan {
		w.blocks[level] = make([]block, (last/w.stride/width-w.first/w.stride/width+1)*w.stride)
	}
	return w
}

// at is the slice at a position.
func (w *windows) at(position int64) cer.TimeSlice {
	if page := position / plan.BlockSlices; page < int64(len(w.pages)) {
		return w.pages[page][position%plan.BlockSlices]
	}
	return w.slices[position-int64(len(w.pages))*plan.BlockSlices]
}

// of is the sum of count slices side by side, of which the last is at a position.
func (w *windows) of(last, count int) cer.TimeSlice {
	number := w.first + int64(last)
	line := number % w.stride
	var sum cer.TimeSlice
	end := number/w.stride + 1
	for at := end - int64(count); at < end; {
		level, width := 0, int64(1)
		for level+1 < levels && at%(width*fan) == 0 && at+width*fan <= end {
			level, width = level+1, width*fan
		}
		sum = sum.Add(w.block(level, width, at, line))
		at += width
	}
	return sum
}

// block is the sum of the block of a level, whose slices are so many, that begins at a number on a line.
func (w *windows) block(level int, width, at, line int64) cer.TimeSlice {
	if level == 0 {
		return w.at(at*w.stride + line - w.first)
	}
	b := &w.blocks[level][(at/width-w.first/w.stride/width)*w.stride+line]
	if !b.isMade {
		for part := range int64(fan) {
			b.sum = b.sum.Add(w.block(level-1, width/fan, at+part*width/fan, line))
		}
		b.isMade = true
	}
	return b.sum
}
