package series_test

import (
	"math"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

func TestRange(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		over series.Range
		len  int
		last time.Time
		text string
	}{
		"an instant":              {series.InstantOf(noon), 1, noon, "at 2026-03-01T12:00:00Z"},
		"both ends are included":  {series.New(noon, noon.Add(time.Hour), time.Minute), 61, noon.Add(time.Hour), "2026-03-01T12:00:00Z .. 2026-03-01T13:00:00Z every 1m0s"},
		"an end between steps":    {series.New(noon, noon.Add(90*time.Second), time.Minute), 2, noon.Add(time.Minute), "2026-03-01T12:00:00Z .. 2026-03-01T12:01:30Z every 1m0s"},
		"an end before the start": {series.New(noon, noon.Add(-time.Second), time.Minute), 0, noon, "2026-03-01T12:00:00Z .. 2026-03-01T11:59:59Z every 1m0s"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.over.Len(); got != test.len {
				t.Errorf("Len is %d, want %d", got, test.len)
			}
			if got := series.Time(test.over.Last()); !got.Equal(test.last) {
				t.Errorf("Last is %s, want %s", got, test.last)
			}
			if got := test.over.String(); got != test.text {
				t.Errorf("it prints %q, want %q", got, test.text)
			}
		})
	}
}

func TestContains(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	hour := series.New(noon, noon.Add(time.Hour), time.Minute)
	tests := map[string]struct {
		part series.Range
		want bool
	}{
		"the range":         {hour, true},
		"a part":            {series.New(noon.Add(time.Minute), noon.Add(time.Hour), time.Minute), true},
		"an instant":        {series.InstantOf(noon.Add(time.Minute)), true},
		"between instants":  {series.InstantOf(noon.Add(time.Second)), false},
		"another phase":     {series.New(noon.Add(time.Second), noon.Add(time.Minute), time.Minute), false},
		"another step":      {series.New(noon, noon.Add(time.Minute), time.Second), false},
		"an earlier start":  {series.New(noon.Add(-time.Minute), noon, time.Minute), false},
		"a later end":       {series.New(noon, noon.Add(2*time.Hour), time.Minute), false},
		"an instant before": {series.InstantOf(noon.Add(-time.Minute)), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := hour.Contains(test.part); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
	if !series.InstantOf(noon).Contains(series.InstantOf(noon)) {
		t.Error("an instant does not contain itself")
	}
}

func TestFloor(t *testing.T) {
	tests := map[string]struct{ t, step, want int64 }{
		"on the grid":          {120, 60, 120},
		"between":              {179, 60, 120},
		"before 1970":          {-1, 60, -60},
		"on the grid, earlier": {-60, 60, -60},
		"no step":              {7, 0, 7},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := series.Floor(test.t, test.step); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestSamples(t *testing.T) {
	if !series.IsSample(series.Sample(math.NaN())) || !series.IsUndefined(series.Sample(math.NaN())) {
		t.Error("a sample that is not a number is not Undefined")
	}
	if series.IsSample(math.NaN()) {
		t.Error("NaN counts as a sample")
	}
	if !series.IsSample(0) || series.Sample(2) != 2 {
		t.Error("a number is not kept as it is")
	}
}
