package shop

import (
	"math/rand/v2"
	"time"
)

const (
	// paymentTimeout is how long checkout waits for the payment provider, in seconds.
	paymentTimeout = 5
	// failedPayments and declinedPayments are the shares of calls with those outcomes while the provider is sound.
	failedPayments, declinedPayments = 0.001, 0.03
)

// paymentDuration is that of a call to the sound provider, in seconds.
var paymentDuration = spread{median: 0.15, sigma: 0.45}

// provider is the payment provider as one region reaches it. Its exporter calls the region cloud_region.
type provider struct {
	scraped   *target
	region    string
	fault     fault
	calls     *outcomes
	durations *classic
}

func newProvider(region string) *provider {
	t := newTarget("psp-exporter", region, "psp-exporter", "psp-exporter-"+region+":9300", "cloud_region", region)
	p := &provider{
		scraped: t, region: region, fault: fault{slowdown: 1},
		calls:     newOutcomes("psp_calls_total", t.labels, "outcome"),
		durations: newClassic("psp_call_duration_seconds", t.labels, requestEdges),
	}
	t.add(p.calls)
	t.add(p.durations)
	return p
}

func (p *provider) target() *target { return p.scraped }

// run notes how the provider fares; it is checkout that calls it.
func (p *provider) run(_ time.Time, _ time.Duration, now conditions) {
	p.fault = now.at(place{service: psp, region: p.region})
}

// call answers one call with its outcome (ok, declined, error or timeout) and its duration in seconds.
func (p *provider) call(random *rand.Rand) (outcome string, seconds float64) {
	seconds = min(paymentDuration.draw(random)*p.fault.slowdown, paymentTimeout)
	broken := p.fault.errors + failedPayments
	switch x := random.Float64(); {
	case seconds == paymentTimeout:
		outcome = "timeout"
	case x < broken:
		outcome = "error"
	case x < broken+declinedPayments:
		outcome = "declined"
	default:
		outcome = "ok"
	}
	p.calls.count(outcome)
	p.durations.observe(seconds)
	return outcome, seconds
}
