package cer

import (
	"testing"
	"time"
)

func TestPeriodsOfTheCalendar(t *testing.T) {
	for name, test := range map[string]struct {
		period           CalendarPeriod
		zone, at         string
		wantStart, wants string
	}{
		"a month":                       {Month, "UTC", "2026-02-28T23:59:59Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"},
		"the first instant of a month":  {Month, "UTC", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"},
		"December":                      {Month, "UTC", "2026-12-31T12:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		"a month with summer time":      {Month, "Europe/Berlin", "2026-03-31T21:59:00Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"},
		"a month ahead of UTC":          {Month, "Europe/Berlin", "2026-03-31T22:00:00Z", "2026-03-31T22:00:00Z", "2026-04-30T22:00:00Z"},
		"a month behind UTC":            {Month, "America/New_York", "2026-04-01T03:59:00Z", "2026-03-01T05:00:00Z", "2026-04-01T04:00:00Z"},
		"a quarter":                     {Quarter, "UTC", "2026-06-30T23:59:59Z", "2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z"},
		"the last quarter":              {Quarter, "Europe/Berlin", "2026-11-02T00:00:00Z", "2026-09-30T22:00:00Z", "2026-12-31T23:00:00Z"},
		"a week begins on Monday":       {Week, "UTC", "2026-03-08T23:59:59Z", "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z"},
		"Monday":                        {Week, "UTC", "2026-03-09T00:00:00Z", "2026-03-09T00:00:00Z", "2026-03-16T00:00:00Z"},
		"a week of 167 hours":           {Week, "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"},
		"a week across a year's border": {Week, "UTC", "2027-01-01T12:00:00Z", "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z"},
		"clocks that skip midnight":     {Month, "America/Asuncion", "2023-10-05T12:00:00Z", "2023-10-01T04:00:00Z", "2023-11-01T03:00:00Z"},
		"the month before they do":      {Month, "America/Asuncion", "2023-10-01T03:59:59Z", "2023-09-01T04:00:00Z", "2023-10-01T04:00:00Z"},
		"an offset of half an hour":     {Month, "Asia/Kolkata", "2026-03-05T12:00:00Z", "2026-02-28T18:30:00Z", "2026-03-31T18:30:00Z"},
		"a leap year":                   {Quarter, "UTC", "2028-02-29T12:00:00Z", "2028-01-01T00:00:00Z", "2028-04-01T00:00:00Z"},
		"before 1970":                   {Month, "UTC", "1969-07-20T20:17:00Z", "1969-07-01T00:00:00Z", "1969-08-01T00:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(test.zone)
			if err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, test.at)
			if err != nil {
				t.Fatal(err)
			}
			start, end := NewCalendar(test.period, zone).Around(at)
			if got := start.UTC().Format(time.RFC3339); got != test.wantStart {
				t.Errorf("starts at %s, want %s", got, test.wantStart)
			}
			if got := end.UTC().Format(time.RFC3339); got != test.wants {
				t.Errorf("ends at %s, want %s", got, test.wants)
			}
		})
	}
}

func TestSpanAt(t *testing.T) {
	monthly := NewCalendar(Month, time.UTC)
	kolkata := NewCalendar(Month, time.FixedZone("Kolkata", 19800))
	for name, test := range map[string]struct {
		budget Budgeting
		at     time.Time
		want   Span
	}{
		"a window that rolls":     {Budgeting{Window: time.Hour, Slice: 5 * time.Minute}, time.Date(2026, 3, 1, 0, 7, 0, 0, time.UTC), Span{12, 12}},
		"a month of 28 days":      {Budgeting{Calendar: monthly, Slice: time.Hour}, time.Date(2026, 2, 2, 0, 0, 0, 0, time.UTC), Span{24, 28 * 24}},
		"the start of a month":    {Budgeting{Calendar: monthly, Slice: time.Hour}, time.Date(2026, 3, 1, 0, 59, 0, 0, time.UTC), Span{0, 31 * 24}},
		"the end of a month":      {Budgeting{Calendar: monthly, Slice: 5 * time.Minute}, time.Date(2026, 3, 31, 23, 59, 0, 0, time.UTC), Span{31*288 - 1, 31 * 288}},
		"slices across the start": {Budgeting{Calendar: kolkata, Slice: time.Hour}, time.Date(2026, 2, 28, 19, 0, 0, 0, time.UTC), Span{1, 31 * 24}},
		"before they end":         {Budgeting{Calendar: kolkata, Slice: time.Hour}, time.Date(2026, 2, 28, 18, 45, 0, 0, time.UTC), Span{0, 31 * 24}},
		"before 1970":             {Budgeting{Calendar: monthly, Slice: time.Hour}, time.Date(1969, 7, 2, 0, 30, 0, 0, time.UTC), Span{24, 31 * 24}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.budget.SpanAt(test.at); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
