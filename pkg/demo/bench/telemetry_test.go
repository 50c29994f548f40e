package bench

import (
	"testing"
	"time"
)

func TestCountersNeverFallAndBucketsHoldOneAnother(t *testing.T) {
	since := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	set := newTelemetry("job", 3, 2, time.Minute, since)
	newest := map[*series]float64{}
	for at := since; at.Before(since.Add(30 * time.Hour)); at = at.Add(5 * time.Hour) {
		for _, s := range set.samples(at) {
			if s.value < newest[s.series] {
				t.Fatalf("%s falls from %g to %g", s.series.labels, newest[s.series], s.value)
			}
			newest[s.series] = s.value
		}
	}
	if len(newest) != 3*2*(len(codes)+len(bounds)+1) {
		t.Fatalf("there are %d series", len(newest))
	}
	for i, s := range set.series[1:] {
		before := set.series[i]
		if s.labels.Get("le") != "" && before.labels.Get("le") != "" && newest[s] < newest[before] {
			t.Errorf("%s has %g, and %s has more, %g", s.labels, newest[s], before.labels, newest[before])
		}
	}
}

func TestTelemetryGoesOnWhereItEnded(t *testing.T) {
	since := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	set := newTelemetry("job", 1, 1, time.Minute, since)
	if n := len(set.samples(since.Add(10 * time.Minute))); n != 10*len(set.series) {
		t.Errorf("there are %d samples of 10 scrapes of %d series", n, len(set.series))
	}
	if n := len(set.samples(since.Add(10*time.Minute + 59*time.Second))); n != 0 {
		t.Errorf("there are %d samples more before the next scrape", n)
	}
	next := set.samples(since.Add(11 * time.Minute))
	if len(next) != len(set.series) || next[0].at != since.Add(11*time.Minute).UnixMilli() {
		t.Errorf("the next scrape is %v", next)
	}
}
