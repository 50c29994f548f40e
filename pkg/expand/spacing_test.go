package expand_test

import (
	"math"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// counted is the number of series of a job with a number of samples, at some instants.
func counted(job, samples string, values ...float64) series.Series {
	return series.Series{Labels: labels.FromStrings("job", job, "samples", samples), Values: values}
}

func TestSpacingsAreMeasuredByTheNumberOfSamples(t *testing.T) {
	nan := math.NaN()
	type spacings = []expand.Spacing
	for name, test := range map[string]struct {
		answers [][]series.Series
		needing int
		want    spacings
	}{
		"samples each 15 s": {
			answers: [][]series.Series{{counted("a", "40", 3)}}, want: spacings{{"a": 15 * time.Second}},
		},
		"no usual spacing has 17 samples in ten minutes": {
			answers: [][]series.Series{{counted("a", "17", 3)}}, want: spacings{{"a": 38 * time.Second}},
		},
		"the median over the series of a job counts": {
			answers: [][]series.Series{{counted("a", "40", 5), counted("a", "12", 4)}}, want: spacings{{"a": 15 * time.Second}},
		},
		"jobs by themselves": {
			answers: [][]series.Series{{counted("a", "40", 5), counted("b", "10", 4)}},
			want:    spacings{{"a": 15 * time.Second, "b": time.Minute}},
		},
		"rare samples need a longer window": {
			answers: [][]series.Series{{counted("a", "2", 5)}, {counted("a", "12", 5)}}, want: spacings{{"a": 5 * time.Minute}},
		},
		"rarer samples need the longest one": {
			answers: [][]series.Series{nil, {counted("a", "3", 5)}, {counted("a", "18", 5)}}, want: spacings{{"a": 20 * time.Minute}},
		},
		"holes in a longer window do not matter": {
			answers: [][]series.Series{{counted("a", "7", 5)}, {counted("a", "20", 5)}}, needing: 1, want: spacings{{"a": 90 * time.Second}},
		},
		"the first samples of a job do not count where there are more of it later": {
			answers: [][]series.Series{{counted("a", "6", 5, nan), counted("a", "40", nan, 5)}, {counted("a", "6", 5, 0)}},
			needing: 1, want: spacings{{}, {"a": 15 * time.Second}},
		},
		"one sample tells nothing": {
			answers: [][]series.Series{{counted("a", "1", 5)}}, needing: 1, want: spacings{{}},
		},
		"no samples": {answers: [][]series.Series{nil, nil, nil}, needing: 1, want: spacings{{}}},
	} {
		t.Run(name, func(t *testing.T) {
			found := expand.NewSpacingMeasurement(len(test.want))
			for k, answer := range test.answers {
				if len(found.Needing()) == 0 {
					t.Fatalf("the answer %d was not needed", k)
				}
				found.Add(k, answer)
			}
			if got := len(found.Needing()); got != test.needing {
				t.Errorf("%d instants need more, want %d", got, test.needing)
			}
			sameSpacings(t, found.Spacings(), test.want)
		})
	}
}

// sameSpacings reports spacings at instants that differ.
func sameSpacings(t *testing.T, got, want []expand.Spacing) {
	t.Helper()
	for i := range want {
		if len(got[i]) != len(want[i]) {
			t.Errorf("at %d the spacings are %v, want %v", i, got[i], want[i])
		}
		for job, spacing := range want[i] {
			if got[i][job] != spacing {
				t.Errorf("at %d the spacing of the job %q is %s, want %s", i, job, got[i][job], spacing)
			}
		}
	}
}

// TestSpacingsHoldForATime has an interval that changed between two measurements: between them the larger one holds.
func TestSpacingsHoldForATime(t *testing.T) {
	of := func(d time.Duration) expand.Spacing { return expand.Spacing{"a": d} }
	timeline := expand.SpacingTimeline([]int64{0, 100, 200, 300, 400}, []expand.Spacing{of(15e9), of(15e9), of(60e9), {}, of(60e9)})
	for _, test := range []struct {
		from, to int64
		want     []expand.Spacing
	}{
		{-1000, 50, []expand.Spacing{of(15e9)}},
		{50, 99, []expand.Spacing{of(15e9)}},
		{100, 199, []expand.Spacing{of(60e9)}},
		{50, 100, []expand.Spacing{of(15e9), of(60e9)}},
		{250, 5000, []expand.Spacing{of(60e9)}},
	} {
		got := timeline.Over(test.from, test.to)
		if len(got) != len(test.want) {
			t.Errorf("from %d to %d the spacings are %v, want %v", test.from, test.to, got, test.want)
			continue
		}
		sameSpacings(t, got, test.want)
	}
	if got := expand.SpacingTimeline([]int64{0}, []expand.Spacing{{}}); len(got) > 0 {
		t.Errorf("the timeline of nothing is %v", got)
	}
}
