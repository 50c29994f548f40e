package cer

import (
	"regexp"
	"time"
)

// Unit is the unit of a histogram's observations. "" is one that is not known, and taken for seconds.
type Unit string

// The units of histograms.
const (
	Seconds      Unit = "s"
	Milliseconds Unit = "ms"
	Microseconds Unit = "us"
	Nanoseconds  Unit = "ns"
)

// Units lists the units, the longest first.
func Units() []Unit { return []Unit{Seconds, Milliseconds, Microseconds, Nanoseconds} }

// duration returns how long one of the unit is.
func (u Unit) duration() time.Duration {
	switch u {
	case Milliseconds:
		return time.Millisecond
	case Microseconds:
		return time.Microsecond
	case Nanoseconds:
		return time.Nanosecond
	default:
		return time.Second
	}
}

// Of converts a duration into a number of the unit.
func (u Unit) Of(d time.Duration) float64 { return float64(d) / float64(u.duration()) }

// InSeconds returns how many seconds one of the unit is.
func (u Unit) InSeconds() float64 { return 1 / float64(time.Second/u.duration()) }

// unitNames match the names of metrics that say their unit, and those of Envoy, which are known to be in milliseconds.
var unitNames = []struct {
	unit Unit
	name *regexp.Regexp
}{
	{Milliseconds, regexp.MustCompile(`(?i)[_.](?:milliseconds|millis|msecs?|ms)$|^envoy_.*_rq_time$`)},
	{Microseconds, regexp.MustCompile(`(?i)[_.](?:microseconds|micros|usecs?|us)$`)},
	{Nanoseconds, regexp.MustCompile(`(?i)[_.](?:nanoseconds|nanos|nsecs?|ns)$`)},
	{Seconds, regexp.MustCompile(`(?i)[_.](?:seconds|secs?|s)$`)},
}

// UnitOfName returns the unit that the name of a metric speaks of, such as request_duration_ms; "" where it speaks of none.
func UnitOfName(metric string) Unit {
	for _, u := range unitNames {
		if u.name.MatchString(metric) {
			return u.unit
		}
	}
	return ""
}
