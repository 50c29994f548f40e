package findings

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// TestGatesCountWhatSeriesAreBornWith has a canary whose pods crash before their second scrape, each with errors in its only sample, and
// one whose pods are scraped twice. No rate sees what was counted before the first sample.
func TestGatesCountWhatSeriesAreBornWith(t *testing.T) {
	start := noon.Add(-30 * time.Minute)
	for name, samples := range map[string]int{"one sample a pod": 1, "two": 2, "three": 3} {
		t.Run(name, func(t *testing.T) {
			all := requestsOf("stable", noon.Add(-3*time.Hour), noon, 9, .001)
			for minute := range 30 { // A pod a minute, that has had 60 requests by its first scrape, of which 30 failed, and then 15 in each scrape.
				first := start.Add(time.Duration(minute)*time.Minute + 10*time.Second)
				for code, begun := range map[string]float64{"200": 30, "500": 30} {
					all = append(all, series{metric: fmt.Sprintf(`requests_total{track="canary",code=%q,pod="p%d"}`, code, minute), from: first,
						to: first.Add(time.Duration(samples-1) * 15 * time.Second), spacing: 15 * time.Second,
						value: func(at time.Time) float64 { return begun + at.Sub(first).Seconds()/2 }})
				}
			}
			tr := try(t, catalog(gated), nil, all...)
			v, _ := tr.gate(noon, "Viewer", "canary"+since(start))
			if v.Verdict != "fail" || len(v.SLIs) != 1 || math.Abs(*v.SLIs[0].Candidate-.5) > 1e-9 {
				t.Fatalf("%+v", v)
			}
			// By the slice in which the gate fails, each minute has the 60 requests of a pod, and what its rate adds.
			slices, events := 5.0, *v.SLIs[0].Events
			if least, most := 60*slices, (60+float64(samples)*15)*slices; events < least-1e-6 || events > most+1e-6 {
				t.Errorf("there are %v events, want %v to %v", events, least, most)
			}
		})
	}
}

// TestGatesDoNotCountSeriesThatComeBack has a canary that is not scraped for some minutes: what it had counted before is no birth.
func TestGatesDoNotCountSeriesThatComeBack(t *testing.T) {
	start := noon.Add(-50 * time.Minute)
	from, to := noon.Add(-30*time.Minute), noon.Add(-20*time.Minute)
	withGap := func(s series) series {
		value := s.value
		s.value = func(at time.Time) float64 {
			if at.After(from) && at.Before(to) {
				return math.NaN()
			}
			return 10_000 + value(at)
		}
		return s
	}
	canary := requestsOf("canary", start.Add(-time.Hour), noon, 1, .001)
	tr := try(t, catalog(gated), nil, slices.Concat(requestsOf("stable", noon.Add(-3*time.Hour), noon, 9, .001), []series{withGap(canary[0]), withGap(canary[1])})...)
	v, _ := tr.gate(noon, "Viewer", "canary"+since(start))
	if events := *v.SLIs[0].Events; events < 38*60-60 || events > 38*60+120 {
		t.Errorf("there are %v events of 38 minutes at 60 a minute: %+v", events, v)
	}
}
