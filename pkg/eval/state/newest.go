package state

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
)

// Newest returns the newest incident of a member that was under way within the range of the query; nil where there was none.
func (e *Evaluator) Newest(m score.Member) *Incident {
	key := statesKey{m.Tree.Trees, m.Key()}
	if newest, known := e.newest[key]; known {
		return newest
	}
	all := e.Incidents(m)
	e.newest[key] = nil
	if len(all) > 0 {
		e.newest[key] = &all[len(all)-1]
	}
	return e.newest[key]
}

// Lasted returns how long the newest incident of a member has lasted, from its onset to its end or to the newest minute, in seconds,
// as a column of one number; NaN where there is none.
func (e *Evaluator) Lasted(m score.Member) []float64 {
	newest := e.Newest(m)
	if newest == nil {
		return []float64{math.NaN()}
	}
	return []float64{newest.End.Sub(newest.Onset).Seconds()}
}
