package shop

import (
	"math"
	"time"
)

// region is a part of the world that is served by instances of its own.
type region struct {
	name string
	// share is that of all traffic at the daily peak.
	share float64
	// distance is a factor on durations, from the way between the region and what its instances share.
	distance float64
	// offset is the local time's from UTC.
	offset time.Duration
}

var regions = []region{
	{name: "eu", share: 0.45, distance: 1, offset: time.Hour},
	{name: "us", share: 0.35, distance: 1.1, offset: -5 * time.Hour},
	{name: "ap", share: 0.20, distance: 1.3, offset: 8 * time.Hour},
}

// tier is a class of customers.
type tier struct {
	name string
	// share is that of all traffic.
	share float64
}

var tiers = []tier{
	{name: "premium", share: 0.2},
	{name: "standard", share: 0.8},
}

const (
	// peakHour is the local hour with the most traffic.
	peakHour = 20
	// nightShare is what is left of the peak's traffic 12 hours from it.
	nightShare = 0.4
)

// activity returns the region's traffic at t as a share of its daily peak, in [nightShare,1].
func (r region) activity(t time.Time) float64 {
	local := t.UTC().Add(r.offset)
	hour := float64(local.Hour()) + float64(local.Minute())/60
	wave := (1 + math.Cos(2*math.Pi*(hour-peakHour)/24)) / 2
	return nightShare + (1-nightShare)*wave
}

// events returns how many events are expected in dt before t, at rate a second at the daily peak.
func (r region) events(rate float64, t time.Time, dt time.Duration) float64 {
	return rate * r.share * r.activity(t) * dt.Seconds()
}
