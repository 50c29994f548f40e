package definition

import (
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

const (
	// defaultBudgetWindow and defaultLookback are those of a catalog that states none.
	defaultBudgetWindow = 30 * 24 * time.Hour
	defaultLookback     = 24 * time.Hour
	maxBudgetWindow     = 90 * 24 * time.Hour
	maxLookback         = 7 * 24 * time.Hour
)

var (
	budgetWindow = within(duration, func(d time.Duration) bool { return d >= time.Hour && d <= maxBudgetWindow },
		"a budget's window is a duration from 1h to 90d, such as 30d")
	slice = within(duration, func(d time.Duration) bool { return d >= time.Minute && d <= time.Hour && d%time.Minute == 0 },
		"a time slice is a whole number of minutes from 1m to 1h; write 5m")
	lookback = within(duration, func(d time.Duration) bool { return d >= time.Hour && d <= maxLookback },
		"a duration from 1h to 7d is needed here")
)

// budget reads how error budgets are counted.
func (r *reader) budget() {
	b := &r.catalog.Budget
	*b = cer.Budgeting{Window: defaultBudgetWindow, Method: cer.RatioTimeslices, Slice: sliceOf(r.catalog.Window), Lookback: defaultLookback}
	read(r.spec, "budgetWindow", &b.Window, budgetWindow)
	r.calendar(b)
	readWord(r.spec, "budgetingMethod", &b.Method)
	read(r.spec, "timeSliceWindow", &b.Slice, slice)
	read(r.spec, "timesliceTarget", &b.Target, objective)
	read(r.spec, "lookback", &b.Lookback, lookback)
	if b.Window%b.Slice == 0 {
		return
	}
	at, stated := r.spec.values["timeSliceWindow"]
	if !stated {
		at = r.spec.values["budgetWindow"]
	}
	at.refuse("the budget's window %s is not a multiple of the time slices, which are %s; write a timeSliceWindow that divides it, such as 5m",
		model.Duration(b.Window), model.Duration(b.Slice))
}

// calendar reads the periods of the calendar that budgets are of, instead of a rolling window.
func (r *reader) calendar(b *cer.Budgeting) {
	var period cer.CalendarPeriod
	zone := time.UTC
	readWord(r.spec, "budgetPeriod", &period)
	read(r.spec, "location", &zone, timeZone)
	at, stated := r.spec.keys["budgetPeriod"]
	switch {
	case stated && r.spec.has("budgetWindow"):
		at.refuse("a budget has either a rolling window or calendar periods; leave budgetWindow or budgetPeriod out")
	case !stated && r.spec.has("location"):
		r.spec.keys["location"].refuse("location is the time zone of calendar periods; add budgetPeriod: month, or leave location out")
	case period != "":
		b.Window, b.Calendar = period.Nominal(), cer.NewCalendar(period, zone)
	}
}

// timeZone reads the name of a time zone.
func timeZone(n node) (*time.Location, bool) {
	s, ok := text(n)
	if !ok {
		return nil, false
	}
	zone, err := time.LoadLocation(s)
	if err != nil || zone == time.Local {
		n.refuse("the name of a time zone is needed here, such as Europe/Berlin, America/New_York or UTC")
		return nil, false
	}
	return zone, true
}

// sliceOf is the width of slices where the catalog states none: its window, or the next longer part of an hour in whole
// minutes, so that slices fill the windows of budgets.
func sliceOf(window time.Duration) time.Duration {
	for slice := time.Minute; slice < time.Hour; slice += time.Minute {
		if slice >= window && time.Hour%slice == 0 {
			return slice
		}
	}
	return time.Hour
}
