package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // So that a definition means the same on a machine without a database of time zones.

	"github.com/prometheus/alertmanager/timeinterval"
)

// Intervals are times of a calendar, in Alertmanager's terms.
type Intervals []timeinterval.TimeInterval

// ReadInterval reads one of Alertmanager's time intervals from JSON, such as {"times": [{"start_time": "02:00",
// "end_time": "04:00"}]}. Without a location it is in UTC; that of the machine is refused, since the same definition
// would mean different times on others.
func ReadInterval(text []byte) (Intervals, error) {
	var interval timeinterval.TimeInterval
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&interval); err != nil {
		return nil, errors.New(reason(err))
	}
	if interval.Location != nil && interval.Location.Location == time.Local {
		return nil, errors.New("the location Local is different on each machine; write a name such as Europe/Berlin")
	}
	for _, months := range interval.Months { // Alertmanager passes over those that there are not.
		if months.Begin < 1 || months.End > 12 {
			return nil, fmt.Errorf("%d is not a valid month: out of range", max(months.Begin, months.End))
		}
	}
	return Intervals{interval}, nil
}

// reason is the message of an error without its positions in the generated text.
func reason(err error) string {
	said := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "yaml: "), "unmarshal errors:\n  ")
	first, _, _ := strings.Cut(said, "\n")
	if _, rest, found := strings.Cut(first, ": "); found && strings.HasPrefix(first, "line ") {
		first = rest
	}
	if strings.Contains(first, "start time cannot be") {
		first += "; a range ends on the day it starts, so write two for a night"
	}
	return first
}

// String returns the intervals as the JSON that ParseIntervals reads, "" where there are none.
func (i Intervals) String() string {
	if len(i) == 0 {
		return ""
	}
	text, err := json.Marshal(i)
	if err != nil {
		panic("intervals that were read can be written: " + err.Error())
	}
	return string(text)
}

// ParseIntervals reads what String returns.
func ParseIntervals(text string) (Intervals, error) {
	if text == "" {
		return nil, nil
	}
	var intervals Intervals
	if err := json.Unmarshal([]byte(text), &intervals); err != nil {
		return nil, fmt.Errorf("these are not valid time intervals: %w", err)
	}
	return intervals, nil
}

// InMaintenance reports whether an instant is in any of the intervals.
func (i Intervals) InMaintenance(t time.Time) bool {
	for _, interval := range i {
		if interval.ContainsTime(t.UTC()) {
			return true
		}
	}
	return false
}
