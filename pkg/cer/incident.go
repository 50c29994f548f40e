package cer

import "math"

// Incident is a maximal span of consecutive minutes with a state that needs attention. Minutes are positions in the
// states that it was found in, and may be negative for Onset, which is up to a lookback before.
type Incident struct {
	// Onset is the first minute of the unbroken run of scores under the objective that contains Detected, or Detected
	// where the score is not under it then.
	Onset int
	// BeganBefore says that the incident began before Onset, which is the first minute that was looked at.
	BeganBefore bool
	// Detected is the first minute of the span, and End the first one after it.
	Detected, End int
	// Worst is the worst state.
	Worst State
	// LowestScore is that from Onset up to End, NaN where there is none.
	LowestScore float64
	// Cut says that the span reaches back to the first state, so that it may have been detected before.
	Cut bool
	// Recovered says that the state is ok at End. Otherwise the incident is open, or telemetry was lost for so long
	// that its end is unknown.
	Recovered bool
}

// TimeToDetect is how many minutes passed from the onset until a policy came on, NaN where the onset is unknown.
func (i Incident) TimeToDetect() float64 {
	if i.BeganBefore {
		return math.NaN()
	}
	return float64(i.Detected - i.Onset)
}

// TimeToRecover is the whole duration of the incident in minutes, from its onset; NaN while it is open, and where it is
// not known when it began.
func (i Incident) TimeToRecover() float64 {
	if i.BeganBefore || !i.Recovered {
		return math.NaN()
	}
	return float64(i.End - i.Onset)
}

// MeanTime returns the mean of a time of incidents in minutes, such as TimeToDetect, and of how many of them it is known; NaN and 0
// where it is known of none.
func MeanTime(all []Incident, timeOf func(Incident) float64) (mean float64, known int) {
	sum := 0.0
	for _, i := range all {
		if t := timeOf(i); !math.IsNaN(t) {
			sum, known = sum+t, known+1
		}
	}
	return sum / float64(known), known
}

// Incidents finds the incidents in the states of consecutive minutes. scores end at the same minute as states and start
// with them or before; onsets are looked for up to lookback minutes before a span, as far as there are scores. That of a span
// which reaches back to the first state is unknown. An objective of 0 stands for none.
func Incidents(states []State, scores []float64, objective float64, lookback int) []Incident {
	var all []Incident
	before := len(scores) - len(states)
	runs := runs(scores, objective)
	for at := 0; at < len(states); at++ {
		if !states[at].NeedsAttention() {
			continue
		}
		i := span(states, at)
		if !i.Cut {
			i.Onset = max(runs[before+at]-before, at-lookback)
		}
		i.BeganBefore = i.Cut || runs[before+at] < before+i.Onset || before+i.Onset == 0
		i.LowestScore = lowest(scores[before+i.Onset : before+i.End])
		all = append(all, i)
		at = i.End
	}
	return all
}

// span returns the incident whose first state is at a position.
func span(states []State, at int) Incident {
	i := Incident{Detected: at, End: at, Cut: at == 0}
	for i.End < len(states) && states[i.End].NeedsAttention() {
		i.Worst = max(i.Worst, states[i.End])
		i.End++
	}
	i.Recovered = i.End < len(states) && states[i.End] == StateOK
	return i
}

// runs returns, of each position, where the unbroken run of scores under the objective starts that contains it, or the
// position itself where there is none. A score that is none breaks a run.
func runs(scores []float64, objective float64) []int {
	starts := make([]int, len(scores))
	for i, score := range scores {
		starts[i] = i
		if i > 0 && under(score, objective) && under(scores[i-1], objective) {
			starts[i] = starts[i-1]
		}
	}
	return starts
}

// under reports whether a score does not meet an objective. One that is none is not under it.
func under(score, objective float64) bool {
	return !math.IsNaN(score) && !Meets(score, objective)
}

// lowest returns the lowest of the scores, NaN where there is none.
func lowest(scores []float64) float64 {
	least := math.NaN()
	for _, s := range scores {
		if !(least <= s) && !math.IsNaN(s) {
			least = s
		}
	}
	return least
}
