package state

import (
	"math"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
)

// Course is what became of the score of a member within the range of a query, minute by minute.
type Course struct {
	// Under is how many minutes of the range ended with the score under the objective. The minute that ends at the start of the range
	// is not part of it.
	Under int
	// Uncounted is how many of these minutes ended without a score that counts: without telemetry, idle, or excluded by maintenance.
	Uncounted int
	// Lowest is the lowest score, NaN where there is none, LowestAt when it was first reached, and SLIs what lost most then.
	Lowest   float64
	LowestAt time.Time
	SLIs     []annotate.Contribution
}

// Course returns what became of the score of a member, by the time slices that end at the minutes of the query's range.
func (e *Evaluator) Course(m score.Member) Course {
	c, p := Course{Lowest: math.NaN()}, m.Tree.Dataset.Plan
	fine := m.In(m.Tree.Fine)
	known, objective := p.States.Known, m.Objective()
	scores := fine.Tree.AtMinutes(fine.Scores(), known)
	first := e.statesOf(m).position(p.Range.Start)
	for i := first; i < len(scores); i++ {
		if math.IsNaN(scores[i]) {
			c.Uncounted += min(1, i-first)
			continue
		}
		if i > first && objective > 0 && !cer.Meets(scores[i], objective) {
			c.Under++
		}
		if !(c.Lowest <= scores[i]) {
			c.Lowest, c.LowestAt = scores[i], known.Time(i)
		}
	}
	if !math.IsNaN(c.Lowest) {
		c.SLIs = contributions(fine.LossBySLI(m.Tree.Consecutive(c.LowestAt, c.LowestAt)))
	}
	return c
}
