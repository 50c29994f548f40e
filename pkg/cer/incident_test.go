package cer_test

import (
	"math"
	"reflect"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// states reads a letter a minute: o for ok, t, p, and . for unknown.
func states(letters string) []cer.State {
	byLetter := map[rune]cer.State{'.': cer.StateUnknown, 'o': cer.StateOK, 't': cer.StateTicket, 'p': cer.StatePage}
	var read []cer.State
	for _, letter := range letters {
		read = append(read, byLetter[letter])
	}
	return read
}

func TestIncidents(t *testing.T) {
	nan := math.NaN()
	tests := map[string]struct {
		states   string
		scores   []float64
		lookback int
		want     []cer.Incident
	}{
		"none": {"oo.o", []float64{1, .5, nan, 1}, 9, nil},
		"from its onset to its end": {"oootpo", []float64{1, .98, .9, .8, .95, 1}, 9,
			[]cer.Incident{{Onset: 1, Detected: 3, End: 5, Worst: cer.StatePage, LowestScore: .8, Recovered: true}}},
		"an onset before the first state": {"oto", []float64{1, .9, .8, .95, .9, 1}, 9,
			[]cer.Incident{{Onset: -2, Detected: 1, End: 2, Worst: cer.StateTicket, LowestScore: .8, Recovered: true}}},
		"an onset is at most the lookback before": {"oto", []float64{1, .9, .8, .95, .9, 1}, 2,
			[]cer.Incident{{Onset: -1, BeganBefore: true, Detected: 1, End: 2, Worst: cer.StateTicket, LowestScore: .8, Recovered: true}}},
		"a score that is none breaks the run": {"ooto", []float64{.9, nan, .9, 1}, 9,
			[]cer.Incident{{Onset: 2, Detected: 2, End: 3, Worst: cer.StateTicket, LowestScore: .9, Recovered: true}}},
		"a score that has recovered already": {"oto", []float64{.9, 1, 1}, 9,
			[]cer.Incident{{Onset: 1, Detected: 1, End: 2, Worst: cer.StateTicket, LowestScore: 1, Recovered: true}}},
		"an ongoing one": {"op", []float64{1, nan}, 9,
			[]cer.Incident{{Onset: 1, Detected: 1, End: 2, Worst: cer.StatePage, LowestScore: nan}}},
		"one whose end is unknown": {"op.o", []float64{1, .9, nan, 1}, 9,
			[]cer.Incident{{Onset: 1, Detected: 1, End: 2, Worst: cer.StatePage, LowestScore: .9}}},
		"one that began before, and another": {"poto", []float64{.9, 1, .9, 1}, 9, []cer.Incident{
			{Onset: 0, BeganBefore: true, Detected: 0, End: 1, Worst: cer.StatePage, LowestScore: .9, Cut: true, Recovered: true},
			{Onset: 2, Detected: 2, End: 3, Worst: cer.StateTicket, LowestScore: .9, Recovered: true}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := cer.Incidents(states(test.states), test.scores, .99, test.lookback)
			for i := range got {
				if math.IsNaN(got[i].LowestScore) && i < len(test.want) && math.IsNaN(test.want[i].LowestScore) {
					got[i].LowestScore, test.want[i].LowestScore = 0, 0
				}
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got\n%+v\nwant\n%+v", got, test.want)
			}
		})
	}
}

func TestTimesOfIncidents(t *testing.T) {
	tests := map[string]struct {
		incident        cer.Incident
		detect, recover float64
	}{
		"known":                           {cer.Incident{Onset: -2, Detected: 3, End: 10, Recovered: true}, 5, 12},
		"not recovered":                   {cer.Incident{Onset: 1, Detected: 3, End: 10}, 2, math.NaN()},
		"of which it is late":             {cer.Incident{End: 10, BeganBefore: true, Recovered: true}, math.NaN(), math.NaN()},
		"noticed at once":                 {cer.Incident{Onset: 3, Detected: 3, End: 4, Recovered: true}, 0, 1},
		"is ongoing, and its onset known": {cer.Incident{Onset: 3, Detected: 4, End: 5}, 1, math.NaN()},
	}
	same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
	for name, test := range tests {
		if d, r := test.incident.TimeToDetect(), test.incident.TimeToRecover(); !same(d, test.detect) || !same(r, test.recover) {
			t.Errorf("%s: detected after %g, recovered after %g", name, d, r)
		}
	}
}

func TestMeanTimesOfIncidents(t *testing.T) {
	open := cer.Incident{Onset: 10, Detected: 14, End: 30}
	over := cer.Incident{Onset: 40, Detected: 42, End: 60, Recovered: true}
	before := cer.Incident{Onset: 0, BeganBefore: true, Detected: 5, End: 9, Recovered: true}
	for name, test := range map[string]struct {
		all             []cer.Incident
		detect, recover float64
		detected, ended int
	}{
		"none":                                  {nil, math.NaN(), math.NaN(), 0, 0},
		"one that is over":                      {[]cer.Incident{over}, 2, 20, 1, 1},
		"one that is open has been detected":    {[]cer.Incident{open, over}, 3, 20, 2, 1},
		"one whose onset is unknown is in none": {[]cer.Incident{before, over}, 2, 20, 1, 1},
		"nothing is known":                      {[]cer.Incident{before}, math.NaN(), math.NaN(), 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			is := func(what string, timeOf func(cer.Incident) float64, want float64, of int) {
				mean, known := cer.MeanTime(test.all, timeOf)
				if mean != want && !(math.IsNaN(mean) && math.IsNaN(want)) || known != of {
					t.Errorf("the mean time to %s is %v of %d, want %v of %d", what, mean, known, want, of)
				}
			}
			is("detect", cer.Incident.TimeToDetect, test.detect, test.detected)
			is("recover", cer.Incident.TimeToRecover, test.recover, test.ended)
		})
	}
}
