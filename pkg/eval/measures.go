package eval

import (
	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// measures has the function that computes each measure of a member that has it: a number at each instant of the member's
// tree, or of the plan's range where it is computed from time slices, or one number for the whole range where it is about
// incidents. A new measure needs a row in pkg/query and an entry here.
var measures = map[query.Measure]func(*evaluator, score.Member) []float64{
	query.Score:          orKept(score.Member.Scores),
	query.Value:          orKept(score.Member.Values),
	query.Impact:         ofScores(score.Member.Impact),
	query.Coverage:       ofScores(score.Member.Coverage),
	query.Weight:         ofScores(score.Member.Shares),
	query.Traffic:        ofScores(score.Member.Traffic),
	query.Lag:            ofScores(score.Member.Lag),
	query.Quantile:       ofScores(score.Member.Values),
	query.Budget:         func(e *evaluator, m score.Member) []float64 { return e.budgets.Remaining(m) },
	query.Burn:           func(e *evaluator, m score.Member) []float64 { return e.budgets.Burn(m) },
	query.Exhaustion:     func(e *evaluator, m score.Member) []float64 { return e.budgets.Exhaustion(m) },
	query.State:          func(e *evaluator, m score.Member) []float64 { return e.states.States(m) },
	query.TimeToDetect:   func(e *evaluator, m score.Member) []float64 { return e.states.MeanTimeToDetect(m) },
	query.TimeToRecover:  func(e *evaluator, m score.Member) []float64 { return e.states.MeanTimeToRecover(m) },
	query.NewestIncident: func(e *evaluator, m score.Member) []float64 { return e.states.Lasted(m) },
	query.RevenueAtRisk:  ofScores(score.Member.RevenueAtRisk),
	query.Cost:           ofScores(score.Member.Cost),
}

// ofScores returns a measure that needs nothing but the score tree.
func ofScores(measure func(score.Member) []float64) func(*evaluator, score.Member) []float64 {
	return func(_ *evaluator, m score.Member) []float64 { return measure(m) }
}

// orKept returns a measure of the score tree, or where the query has a long window, the share that is not lost in it.
func orKept(measure func(score.Member) []float64) func(*evaluator, score.Member) []float64 {
	return func(e *evaluator, m score.Member) []float64 {
		if e.plan.Query.Long == 0 {
			return measure(m)
		}
		return e.budgets.Kept(m, e.plan.Query.Long)
	}
}

// columns computes the measures of a member that are asked for and that it has.
func (e *evaluator) columns(m score.Member) map[query.Measure][]float64 {
	columns := map[query.Measure][]float64{}
	for _, measure := range e.plan.Query.Columns() {
		if measure.ExistsAt(m.Level) && m.Has(measure) {
			columns[measure] = measures[measure](e, m)
		}
	}
	return columns
}
