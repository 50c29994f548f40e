package policy_test

import (
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/policy"
)

func TestInMaintenance(t *testing.T) {
	const nights = `{"times": [{"start_time": "02:00", "end_time": "04:00"}], "weekdays": ["sunday"]}`
	tests := map[string]struct {
		interval string
		at       string
		want     bool
	}{
		"in UTC":                                {nights, "2026-03-01T02:00:00Z", true},
		"the end is out of it":                  {nights, "2026-03-01T04:00:00Z", false},
		"on another day":                        {nights, "2026-03-02T02:00:00Z", false},
		"whatever zone the instant is told in":  {nights, "2026-03-01T03:30:00+01:00", true},
		"in a zone of its own":                  {`{"times": [{"start_time": "02:00", "end_time": "04:00"}], "location": "America/New_York"}`, "2026-01-05T07:30:00Z", true},
		"in summer time":                        {`{"times": [{"start_time": "02:00", "end_time": "04:00"}], "location": "America/New_York"}`, "2026-07-05T06:30:00Z", true},
		"the last day of the month":             {`{"days_of_month": ["-1"]}`, "2026-02-28T12:00:00Z", true},
		"months and years as numbers":           {`{"months": [1], "years": [2026]}`, "2026-01-31T12:00:00Z", true},
		"another year":                          {`{"years": ["2027:2028"]}`, "2026-01-31T12:00:00Z", false},
		"an interval without limits is all day": {`{}`, "2026-01-31T12:00:00Z", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, test.at)
			if err != nil {
				t.Fatal(err)
			}
			intervals, err := policy.ReadInterval([]byte(test.interval))
			if err != nil {
				t.Fatal(err)
			}
			again, err := policy.ParseIntervals(intervals.String())
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range []policy.Intervals{intervals, again} {
				if got := i.InMaintenance(at); got != test.want {
					t.Errorf("%s: got %v", i, got)
				}
			}
		})
	}
}

func TestNoInterval(t *testing.T) {
	none, err := policy.ParseIntervals("")
	if err != nil || none.InMaintenance(time.Unix(0, 0)) || none.String() != "" {
		t.Errorf("no interval is %q: %v", none, err)
	}
	if _, err := policy.ParseIntervals("[1]"); err == nil {
		t.Error("a number is an interval")
	}
}

func TestIntervalsThatAreNone(t *testing.T) {
	tests := map[string]string{
		`{"times": [{"start_time": "2am", "end_time": "04:00"}]}`:   "couldn't parse timestamp 2am, invalid format",
		`{"times": [{"start_time": "22:00", "end_time": "04:00"}]}`: "start time cannot be equal or greater than end time; a range ends on the day it starts, so write two for a night",
		`{"times": [{"start_time": "22:00"}]}`:                      "both start and end times must be provided",
		`{"weekdays": ["sonntag"]}`:                                 "sonntag is not a valid weekday",
		`{"days_of_month": ["32"]}`:                                 "32 is not a valid day of the month: out of range",
		`{"location": "Europe/Atlantis"}`:                           "unknown time zone Europe/Atlantis",
		`{"location": "Local"}`:                                     "the location Local is different on each machine; write a name such as Europe/Berlin",
		`{"months": ["13"]}`:                                        "13 is not a valid month: out of range",
		`{"hours": [1]}`:                                            `json: unknown field "hours"`,
	}
	for text, want := range tests {
		if _, err := policy.ReadInterval([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
