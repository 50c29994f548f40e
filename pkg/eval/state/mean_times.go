package state

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// MeanTimeToDetect returns the mean time from the onset of a member's incidents to their detection, in seconds, as a column of one
// number: of those under way within the range of the query whose onset is known. It is NaN where there is none.
func (e *Evaluator) MeanTimeToDetect(m score.Member) []float64 {
	return e.meanTime(m, cer.Incident.TimeToDetect)
}

// MeanTimeToRecover is MeanTimeToDetect of the time from the onset until the state was ok again, of those incidents that are over.
func (e *Evaluator) MeanTimeToRecover(m score.Member) []float64 {
	return e.meanTime(m, cer.Incident.TimeToRecover)
}

func (e *Evaluator) meanTime(m score.Member, timeOf func(cer.Incident) float64) []float64 {
	minutes, _ := cer.MeanTime(e.found(m), timeOf)
	return []float64{minutes * cer.Grid.Seconds()}
}

// ExplainMeanTimes returns findings on the members of a tree some of whose incidents don't count.
func (e *Evaluator) ExplainMeanTimes(t *score.Tree) []annotate.Finding {
	timeOf, isOver := cer.Incident.TimeToDetect, false
	if t.Dataset.Plan.Query.Measure == query.TimeToRecover {
		timeOf, isOver = cer.Incident.TimeToRecover, true
	}
	var findings []annotate.Finding
	for _, m := range t.Members() {
		found, open := e.found(m), 0
		for _, i := range found {
			if isOver && !i.Recovered {
				open++
			}
		}
		if _, known := cer.MeanTime(found, timeOf); known < len(found) {
			findings = append(findings, annotate.NotInMean(m.Subject(), len(found), known, open))
		}
	}
	return findings
}
