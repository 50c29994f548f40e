package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// measuredSpacing is how far apart the samples of a metric are over time, and whether the store refuses to count them.
type measuredSpacing struct {
	timeline expand.Timeline[expand.Spacing]
	refused  bool
}

// jobBytes is about what the spacing of one job takes in memory.
const jobBytes = 64

// Bytes estimates the memory that it takes.
func (m measuredSpacing) Bytes() int {
	n := 0
	for _, since := range m.timeline {
		for job := range since.Value {
			n += jobBytes + len(job)
		}
	}
	return n
}

// spacing returns how far apart the samples of a metric are, measured at some times or as the cache has it, where samples that are late
// no longer change it.
func (x *execution) spacing(ctx context.Context, question expand.SpacingQuestion, times []int64) (measuredSpacing, error) {
	store, newest := x.cfg.Store, times[len(times)-1]
	key := fmt.Sprintf("spacing %d %d %s", times[0], len(times), question.Counts[0].String())
	if known, ok := store.Derived(ctx, key, newest).(measuredSpacing); ok {
		return known, nil
	}
	m := spacingMeasurement{execution: x, question: question, times: times, found: expand.NewSpacingMeasurement(times)}
	measured, err := m.run(ctx)
	switch {
	case errors.Is(err, errManyCounts):
		return measuredSpacing{refused: true}, nil
	case err == nil && newest < x.Times.Now.Add(-x.Times.Overlap).UnixMilli():
		store.PutDerived(ctx, key, newest, measured, m.answers)
	}
	return measured, err
}

// errManyCounts is the error of more than maxFactPoints.
var errManyCounts = errors.New("too many counts of samples")

// spacingMeasurement measures how far apart the samples of a metric are.
type spacingMeasurement struct {
	*execution
	question expand.SpacingQuestion
	times    []int64
	found    expand.SpacingMeasurement
	// answers are the store's, by which it is measured.
	answers []series.Answer
}

// run counts samples at few of the times, and at more where the spacing changed between these.
func (m *spacingMeasurement) run(ctx context.Context) (measured measuredSpacing, err error) {
	for _, positions := range []func() []int{m.found.First, m.found.Between} {
		refused, err := m.count(ctx, positions())
		if err != nil {
			return measuredSpacing{}, err
		}
		measured.refused = measured.refused || refused
	}
	for _, birth := range m.found.Births() {
		counts, refused, err := m.counts(ctx, birth.K, []int64{birth.Before}, []int{0})
		if err != nil {
			return measuredSpacing{}, err
		}
		if !refused { // Else the larger spacing stays, which loses no event.
			m.found.Settle(birth, counts)
		}
	}
	measured.timeline = m.found.Timeline()
	return measured, nil
}

// count adds the samples at some of the times to what is known, counted in wider windows where it needs them. It reports whether the
// store refuses to count.
func (m *spacingMeasurement) count(ctx context.Context, positions []int) (refused bool, err error) {
	for k := range m.question.Counts {
		if positions = m.found.Needing(positions); len(positions) == 0 {
			break
		}
		counts, isRefused, err := m.counts(ctx, k, m.times, positions)
		if err != nil {
			return false, err
		}
		refused = refused || isRefused
		m.found.Add(k, counts)
	}
	return refused, nil
}

// counts asks for the samples in the k-th window before some of the times. It reports whether the store refuses to count.
func (m *spacingMeasurement) counts(ctx context.Context, k int, times []int64, positions []int) (all []series.Series, refused bool, err error) {
	all, answers, err := m.atTimes(ctx, m.question.Counts[k], times, positions)
	m.answers = append(m.answers, answers...)
	for _, answer := range answers {
		refused = refused || answer.Refused != nil
	}
	return all, refused, err
}

// spacingTimes returns the times at which spacings may be measured, which ascend; the last ones are the newest ones. Queries that are
// not of time slices need the newest one only, since no expression depends on it.
func (x *execution) spacingTimes(start time.Time) []int64 {
	if !x.Query.WithLong(x.Times.To.Sub(x.Times.From), x.Catalog.Budget.Slice).IsOfSlices() {
		return []int64{x.newest().UnixMilli()}
	}
	newest := x.newest().Add(-(expand.NewestSpacings - 1) * expand.NewestSpacingStep)
	var times []int64
	for at := series.FloorTime(start, expand.SpacingGrain); at.Before(newest); at = at.Add(expand.SpacingStep) {
		times = append(times, at.UnixMilli())
	}
	for range expand.NewestSpacings {
		times = append(times, newest.UnixMilli())
		newest = newest.Add(expand.NewestSpacingStep)
	}
	return times
}
