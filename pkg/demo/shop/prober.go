package shop

import (
	"math/rand/v2"
	"time"
)

// prober checks the services and the payment provider from outside, once a scrape. Its series have no region.
type prober struct {
	scraped *target
	random  *rand.Rand
	checks  []*check
}

// check is one of the prober's.
type check struct {
	service           string
	success, duration gauge
}

const (
	// probeRegion is where the prober's requests arrive.
	probeRegion = "eu"
	// failedProbes is the share of checks that fail while all is sound.
	failedProbes = 0.0005
)

// probeDuration is that of a check, in seconds.
var probeDuration = spread{median: 0.25, sigma: 0.2}

func newProber(running []service, seed uint64) *prober {
	p := &prober{scraped: newTarget("blackbox", "", "blackbox", "blackbox:9115"), random: newRandom(seed, "blackbox")}
	for _, s := range running {
		p.check(s.name)
	}
	p.check(psp)
	return p
}

// check adds a check of a service.
func (p *prober) check(service string) {
	set := with(p.scraped.labels, "target", service)
	c := &check{
		service:  service,
		success:  gauge{series: newSeries("probe_success", set)},
		duration: gauge{series: newSeries("probe_duration_seconds", set)},
	}
	p.checks = append(p.checks, c)
	p.scraped.add(&c.success)
	p.scraped.add(&c.duration)
}

func (p *prober) target() *target { return p.scraped }

// run checks every service once.
func (p *prober) run(_ time.Time, _ time.Duration, now conditions) {
	for _, c := range p.checks {
		fault := now.at(place{service: c.service, region: probeRegion})
		c.success.set(p.random.Float64() >= failedProbes+fault.errors)
		c.duration.value = probeDuration.draw(p.random) * fault.slowdown
	}
}
