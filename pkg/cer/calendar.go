package cer

import "time"

// CalendarPeriod is a period of the calendar over which an error budget is spent, after which there is a new one. Source:
// OpenSLO, calendar-aligned time windows.
type CalendarPeriod string

// The periods. A week begins on Monday (ISO 8601).
const (
	Week    CalendarPeriod = "week"
	Month   CalendarPeriod = "month"
	Quarter CalendarPeriod = "quarter"
)

// CalendarPeriods lists the periods as the definition spells them.
func CalendarPeriods() []CalendarPeriod { return []CalendarPeriod{Month, Quarter, Week} }

// Nominal is how long the period is taken to be where burn rates are derived from shares of the budget, so that they are the
// same in each.
func (p CalendarPeriod) Nominal() time.Duration {
	const day = 24 * time.Hour
	return map[CalendarPeriod]time.Duration{Week: 7 * day, Month: 30 * day, Quarter: 91 * day}[p]
}

// Calendar is where and how the calendar is divided into periods.
type Calendar struct {
	Period CalendarPeriod
	// Location is the name of the time zone, as the IANA spells it, such as Europe/Berlin.
	Location string
	zone     *time.Location
}

// NewCalendar returns the calendar of a time zone.
func NewCalendar(period CalendarPeriod, zone *time.Location) *Calendar {
	return &Calendar{Period: period, Location: zone.String(), zone: zone}
}

// Around returns the first instant of the period that an instant is in, and that of the next one.
func (c *Calendar) Around(t time.Time) (start, end time.Time) {
	year, month, day := t.In(c.zone).Date()
	switch c.Period {
	case Week:
		day -= (int(t.In(c.zone).Weekday()) + 6) % 7
		return c.midnight(year, month, day), c.midnight(year, month, day+7)
	case Quarter:
		month -= (month - 1) % 3
		return c.midnight(year, month, 1), c.midnight(year, month+3, 1)
	default:
		return c.midnight(year, month, 1), c.midnight(year, month+1, 1)
	}
}

// midnight returns the first instant of a day, which is not 0 o'clock where a time zone changes then.
func (c *Calendar) midnight(year int, month time.Month, day int) time.Time {
	midnight := time.Date(year, month, day, 0, 0, 0, 0, c.zone)
	if midnight.Day() != time.Date(year, month, day, 12, 0, 0, 0, c.zone).Day() {
		return midnight.Add(time.Hour)
	}
	return midnight
}
