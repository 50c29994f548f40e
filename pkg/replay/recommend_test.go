package replay

import (
	"strings"
	"testing"
)

// candidate is a row of which a share of the budget is left.
func candidate(objective, left float64, pages int) CandidateRow {
	return CandidateRow{Objective: objective, Left: &left, Pages: pages}
}

func TestTheTightestObjectiveThatFitsIsRecommended(t *testing.T) {
	score := 0.999
	tests := map[string]struct {
		days        int
		known       float64
		rows        []CandidateRow
		recommended float64 // 0 for none
		says        string
	}{
		"the last one that leaves 30%": {28, 28, []CandidateRow{candidate(0.9, 0.9, 0), candidate(0.99, 0.31, 0), candidate(0.999, 0.29, 0)}, 0.99,
			"0.99 is the tightest of these objectives that leaves at least 30% of its error budget (31%) and pages at most once a week: 0 pages in 28 days."},
		"exactly 30%, but for rounding":       {28, 28, []CandidateRow{candidate(0.9, 0.3-1e-12, 0)}, 0.9, "(30%)"},
		"four pages in four weeks":            {28, 28, []CandidateRow{candidate(0.9, 0.9, 4), candidate(0.99, 0.8, 5)}, 0.9, "4 pages in 28 days."},
		"a tighter one that pages less often": {28, 28, []CandidateRow{candidate(0.9, 0.9, 5), candidate(0.99, 0.8, 4)}, 0.99, "4 pages"},
		"one day":                             {1, 1, []CandidateRow{candidate(0.9, 0.9, 1)}, 0.9, "1 page in 1 day."},
		"one page in some days of a week":     {7, 2.5, []CandidateRow{candidate(0.9, 0.9, 1), candidate(0.99, 0.8, 2)}, 0.9, "1 page in 2.5 days. There is telemetry for only 2.5 of 7 days."},
		"two pages in a week and an hour":     {8, 7.05, []CandidateRow{candidate(0.9, 0.9, 2)}, 0.9, "2 pages in 7.1 days. There is telemetry for only 7.1 of 8 days."},
		"a quarter of a day":                  {28, 0.25 - 1e-12, []CandidateRow{candidate(0.9, 0.9, 0)}, 0.9, "0 pages in 0.2 days. There is telemetry for only 0.2 of 28 days."},
		"twenty minutes without a failure": {28, 20. / 1440, []CandidateRow{candidate(0.9, 1, 0), candidate(0.9999, 1, 0)}, 0,
			"There is telemetry of 20 minutes of shop in the last 28 days, which is too little to recommend an objective; calibrate when there are 6 hours or more."},
		"gaps of minutes are not worth a word": {28, 27.99, []CandidateRow{candidate(0.9, 0.9, 2)}, 0.9, "2 pages in 28 days."},
		"all page too often": {28, 28, []CandidateRow{candidate(0.9, 0.2, 0), candidate(0.95, 0.8, 9), candidate(0.99, 0.7, 9)}, 0,
			"Objectives from 0.95 on leave at least 30% of their error budget, but all of them page more than once a week: 0.95 9 times in 28 days."},
		"none leaves enough": {28, 28, []CandidateRow{candidate(0.9, -0.2, 0), candidate(0.95, -1.4, 0)}, 0,
			"None of these objectives would have left 30% of its error budget: that of 0.9 has -20% left. First reduce the losses"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := &Calibration{Flow: "shop", Days: test.days, KnownDays: test.known, Score: &score, Rows: test.rows}
			c.recommend()
			got, marked := 0.0, 0
			if c.Recommended != nil {
				got = *c.Recommended
			}
			for _, row := range c.Rows {
				if row.Recommended {
					marked++
					if row.Objective != got {
						t.Errorf("the row of %v is marked", row.Objective)
					}
				}
			}
			if got != test.recommended || !strings.Contains(c.Reason, test.says) || (marked == 1) != (got > 0) {
				t.Errorf("got %v, %d rows: %s", got, marked, c.Reason)
			}
			if name == "gaps of minutes are not worth a word" && strings.Contains(c.Reason, "only") {
				t.Error(c.Reason)
			}
		})
	}
}

func TestWithoutTelemetryNothingIsRecommended(t *testing.T) {
	c := &Calibration{Flow: "shop", SLI: "success", Days: 1, Rows: []CandidateRow{{Objective: 0.9}}}
	c.recommend()
	if want := "There is no telemetry of shop/success in the last day, so no objective can be recommended; Save & test says which selectors match nothing."; c.Recommended != nil || c.Reason != want {
		t.Errorf("got %v: %s", c.Recommended, c.Reason)
	}
}
