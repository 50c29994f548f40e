package expand

import (
	"math"
	"reflect"
)

// Timeline holds what is true of a store over time: each value from its time on, up to that of the next one. Times ascend.
type Timeline[T any] []Since[T]

// Since is a value that holds from a time on.
type Since[T any] struct {
	// From is in Unix milliseconds.
	From  int64
	Value T
}

// Always returns the timeline of a value that holds at all times.
func Always[T any](value T) Timeline[T] { return Timeline[T]{{From: math.MinInt64, Value: value}} }

// Over returns the values that hold at some time in (from, to], both in Unix milliseconds. The first value holds before its
// time too, since nothing is known of what was before.
func (t Timeline[T]) Over(from, to int64) []T {
	var values []T
	for i, since := range t {
		if (i == 0 || since.From <= to) && (i+1 == len(t) || t[i+1].From > from) {
			values = append(values, since.Value)
		}
	}
	return values
}

// changes appends the times between from and to at which the timeline changes.
func (t Timeline[T]) changes(times []int64, from, to int64) []int64 {
	for i, since := range t {
		if i > 0 && since.From > from && since.From <= to {
			times = append(times, since.From)
		}
	}
	return times
}

// with returns the timeline with a value from a time on, where it is another one.
func (t Timeline[T]) with(from int64, value T) Timeline[T] {
	if n := len(t); n > 0 && reflect.DeepEqual(t[n-1].Value, value) {
		return t
	}
	return append(t, Since[T]{From: from, Value: value})
}
