package budget

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// TimeSlices returns the loss of a member in the time slice that ends at each instant of its tree, as maintenances leave
// it. It must not be changed.
func (c *Calculator) TimeSlices(m score.Member) []cer.TimeSlice { return c.timeSlicesOf(m, losses) }

// timeSlicesOf returns what each time slice of a member adds to a quantity, as maintenances leave it.
func (c *Calculator) timeSlicesOf(m score.Member, of quantity) []cer.TimeSlice {
	key := memberKey{m.Tree, m.Key(), of}
	if known, ok := c.timeSlices[key]; ok {
		return known
	}
	timeSlices, byTime := newTimeSlices(m, of)
	for i, effect := range m.Tree.Effects(m.Flow()) {
		timeSlices[i] = effect.TimeSlice(timeSlices[i], byTime)
	}
	c.timeSlices[key] = timeSlices
	return timeSlices
}

// newTimeSlices returns what each time slice of a member adds to a quantity, and whether it counts time rather than events.
func newTimeSlices(m score.Member, of quantity) (timeSlices []cer.TimeSlice, byTime bool) {
	if of == failures {
		return failuresTimeSlices(m), false
	}
	if timeSlices = eventTimeSlices(m); timeSlices != nil {
		return timeSlices, false
	}
	return scoreTimeSlices(m), !losesEvents(m)
}

// losesEvents reports whether the losses of a member are events, rather than time.
func losesEvents(m score.Member) bool {
	return m.Level == query.LevelSLI && m.SLI().Indicator.CountsEvents() || methodOf(m) == cer.Occurrences
}

// failuresTimeSlices returns the events that a member lost in each time slice.
func failuresTimeSlices(m score.Member) []cer.TimeSlice {
	composites, traffic, width := m.Composites(), m.Traffic(), catalogOf(m).Budget.Slice
	timeSlices := make([]cer.TimeSlice, m.Tree.Len())
	for i := range timeSlices {
		timeSlices[i] = cer.FailuresTimeSlice(composites[i], traffic[i], width)
	}
	return timeSlices
}

// eventTimeSlices returns the time slices of an SLI that counts events; nil for other members.
func eventTimeSlices(m score.Member) []cer.TimeSlice {
	if m.Level != query.LevelSLI || !m.SLI().Indicator.CountsEvents() {
		return nil
	}
	timeSlices := make([]cer.TimeSlice, m.Tree.Len())
	for i := range timeSlices {
		timeSlices[i] = cer.EventTimeSlice(m.Observation(i))
	}
	return timeSlices
}

// scoreTimeSlices returns the time slices of a member by its score.
func scoreTimeSlices(m score.Member) []cer.TimeSlice {
	target := catalogOf(m).Budget.Target
	if target == 0 {
		target = m.Objective()
	}
	method, composites := methodOf(m), m.Composites()
	traffic := func(int) float64 { return math.NaN() }
	if method == cer.Occurrences {
		column := m.Traffic()
		traffic = func(i int) float64 { return column[i] }
	}
	timeSlices := make([]cer.TimeSlice, m.Tree.Len())
	for i := range timeSlices {
		timeSlices[i] = method.TimeSlice(composites[i], traffic(i), target)
	}
	return timeSlices
}

// methodOf returns the method by which the losses of a member add up. Where there are no events to count, time slices
// are.
func methodOf(m score.Member) cer.BudgetingMethod {
	catalog := catalogOf(m)
	method := catalog.Budget.Method
	if f := m.Flow(); f != nil {
		method = catalog.MethodOf(f)
	}
	if m.Level == query.LevelSLI && method == cer.Occurrences {
		return cer.RatioTimeslices
	}
	return method
}

// catalogOf returns the catalog of a member.
func catalogOf(m score.Member) *cer.Catalog { return m.Tree.Dataset.Plan.Catalog.Catalog }
