package replay

import (
	"fmt"
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

const (
	// leastLeft is the share of the error budget that a recommended objective leaves, for what is worse than the days before.
	leastLeft = 0.3
	// pagesAWeek is how often it may page.
	pagesAWeek = 1
	// leastKnown is how many days have to have telemetry: a quarter of a day, as long as the window by which steady-burn pages, since in
	// less a flow that is about to page has not paged yet, and 0.9999 has been kept by chance.
	leastKnown = 0.25
)

// isRoomy reports whether an objective leaves enough of its budget.
func (row *CandidateRow) isRoomy() bool { return row.Left != nil && cer.Meets(*row.Left, leastLeft) }

// recommend chooses the tightest objective that leaves enough of its budget and pages seldom enough, and says why.
func (c *Calibration) recommend() {
	if c.Score == nil {
		c.Reason = fmt.Sprintf("There is no telemetry of %s in the last %s, so no objective can be recommended; Save & test says which selectors match nothing.",
			c.name(), c.span())
		return
	}
	known := math.Round(c.KnownDays*10) / 10
	if !cer.Meets(c.KnownDays, leastKnown) {
		c.Reason = fmt.Sprintf("There is telemetry of %s of %s in the last %s, which is too little to recommend an objective; calibrate when there are %s or more.",
			times(math.Round(c.KnownDays*24*60), "minute"), c.name(), c.span(), times(leastKnown*24, "hour"))
		return
	}
	most := pagesAWeek * int(math.Ceil(c.KnownDays/7))
	var roomy, best *CandidateRow
	for i := range c.Rows {
		row := &c.Rows[i]
		if !row.isRoomy() {
			continue
		}
		if roomy == nil {
			roomy = row
		}
		if row.Pages <= most {
			best = row
		}
	}
	switch {
	case best != nil:
		best.Recommended, c.Recommended = true, &best.Objective
		c.Reason = fmt.Sprintf("%v is the tightest of these objectives that leaves at least %s of its error budget (%s) and pages at most once a week: %s in %s.",
			best.Objective, percent(leastLeft), percent(*best.Left), times(float64(best.Pages), "page"), times(known, "day"))
	case roomy == nil:
		c.Reason = fmt.Sprintf("None of these objectives would have left %s of its error budget: that of %v has %s left. First reduce the losses. If healthy traffic causes them, count less as bad: use a longer bound, or a curve that scores it 1.",
			percent(leastLeft), c.Rows[0].Objective, percent(*c.Rows[0].Left))
	default:
		c.Reason = fmt.Sprintf("Objectives from %v on leave at least %s of their error budget, but all of them page more than once a week: %v %s in %s. First reduce the incidents (see the format incidents), or write your own policies.",
			roomy.Objective, percent(leastLeft), roomy.Objective, times(float64(roomy.Pages), "time"), times(known, "day"))
	}
	if known < float64(c.Days) {
		c.Reason += fmt.Sprintf(" There is telemetry for only %v of %d days.", known, c.Days)
	}
}

// name returns the name of what is calibrated.
func (c *Calibration) name() string {
	if c.SLI != "" {
		return c.Flow + "/" + c.SLI
	}
	return c.Flow
}

// span returns the days behind "the last".
func (c *Calibration) span() string {
	if c.Days == 1 {
		return "day"
	}
	return times(float64(c.Days), "day")
}

// percent prints a share.
func percent(share float64) string { return fmt.Sprintf("%.3g%%", 100*share) }

// times prints a number of something.
func times(n float64, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%v %ss", n, of)
}
