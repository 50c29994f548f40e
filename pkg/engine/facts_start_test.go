package engine

import (
	"testing"
	"time"
)

func TestFactsStartForWindowsOfAboutTheSameLength(t *testing.T) {
	const hour, day = time.Hour, 24 * time.Hour
	until := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for needed, want := range map[time.Duration]time.Duration{
		0: 0, 30 * hour: 30 * hour, 2 * day: 2 * day, 2*day + 1: 3 * day, 3 * day: 3 * day, 3*day + 1: 4 * day, 5 * day: 6 * day, 7 * day: 8 * day,
		8*day + hour: 12 * day, 11 * day: 12 * day, 13 * day: 16 * day, 38 * day: 48 * day, 91 * day: 96 * day,
	} {
		if got := until.Sub(factsStart(until.Add(-needed), until)); got != want {
			t.Errorf("%s are needed, and %s are looked at, want %s", needed, got, want)
		}
	}
}
