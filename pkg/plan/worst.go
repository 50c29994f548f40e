package plan

import "slices"

var (
	// worstLow and worstHigh are the measures whose low and high numbers need attention.
	worstLow  = []Measure{Score, Coverage, Budget, Exhaustion}
	worstHigh = []Measure{Impact, Lag, Burn, State, RevenueAtRisk, Cost}
)

// validateWorst says what is wrong with asking for the worst members.
func (q Query) validateWorst() error {
	by, _ := q.WorstBy()
	switch {
	case q.Worst == 0:
		return nil
	case q.Worst < 0 || q.Worst > MaxNames:
		return invalid("worst is %d; it can be a number of members from 1 to %d, or left out for all of them", q.Worst, MaxNames)
	case q.Level == Overall || !slices.Contains([]Format{Timeseries, Latest, Table}, q.Format):
		return invalid("worst goes with the levels flow, component and sli, and the formats timeseries, latest and table; leave it out")
	case !slices.Contains(worstLow, by) && !slices.Contains(worstHigh, by):
		return invalid("there is no telling which %s is worst; leave worst out, or ask for score or impact", by)
	default:
		return nil
	}
}

// WorstBy is the measure by which members are the worst, and whether its low numbers are.
func (q Query) WorstBy() (by Measure, low bool) {
	by = q.Measure
	if q.IsOverview() {
		by = Impact
	}
	return by, slices.Contains(worstLow, by)
}
