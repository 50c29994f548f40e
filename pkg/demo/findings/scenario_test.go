package findings

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/command"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore/promstoretest"
)

// examples is where the examples lie.
const examples = "../../../examples"

// payments is a service whose canary gets a share of its requests, and leaves telemetry every 15 seconds as time goes on.
type payments struct {
	t     *testing.T
	store *promstore.Store
	now   time.Time
	// canary is the share of requests that the canary gets.
	canary float64
	// failing returns the share of a track's requests that fail, and slow that of those that take over 500 ms, where the canary gets a share.
	failing, slow func(track string, canary float64) float64
	counters      map[string]float64
	// gauges are the values of other series.
	gauges map[string]float64
}

// healthy has one request of a thousand fail, or be slow.
func healthy(string, float64) float64 { return .001 }

// worse has more requests of the canary fail, or be slow, than of the rest, by a share.
func worse(by float64) func(string, float64) float64 {
	return func(track string, _ float64) float64 {
		if track == "canary" {
			return .001 + by
		}
		return .001
	}
}

// newPayments opens a service that has served for two hours.
func newPayments(t *testing.T, gauges map[string]float64) *payments {
	t.Helper()
	p := &payments{t: t, store: promstoretest.Open(t), now: noon.Add(-2 * time.Hour), failing: healthy, slow: healthy, counters: map[string]float64{}, gauges: gauges}
	p.pass(2 * time.Hour)
	return p
}

// paymentsASecond is the number of requests of both tracks together.
const paymentsASecond = 40

// pass lets time pass, to which the telemetry is added.
func (p *payments) pass(d time.Duration) {
	p.t.Helper()
	var samples []promstore.Sample
	for until := p.now.Add(d); p.now.Before(until); {
		p.now = p.now.Add(15 * time.Second)
		for track, share := range map[string]float64{"stable": 1 - p.canary, "canary": p.canary} {
			samples = append(samples, p.scrape(track, share*paymentsASecond*15)...)
		}
		for metric, value := range p.gauges {
			samples = append(samples, series{metric: metric, from: p.now, to: p.now, spacing: time.Second, value: constant(value)}.samples(p.t)...)
		}
	}
	if err := p.store.Append(samples...); err != nil {
		p.t.Fatal(err)
	}
}

// scrape counts requests of a track, and returns the samples of its counters; none before its first request.
func (p *payments) scrape(track string, requests float64) []promstore.Sample {
	failing, slow := p.failing(track, p.canary), p.slow(track, p.canary)
	var samples []promstore.Sample
	for _, counted := range []struct {
		metric string
		share  float64
	}{
		{`payments_total{track=%q,result="ok"}`, 1 - failing}, {`payments_total{track=%q,result="error"}`, failing},
		{`payment_duration_seconds_bucket{track=%q,le="0.1"}`, .995 * (1 - slow)}, {`payment_duration_seconds_bucket{track=%q,le="0.5"}`, 1 - slow},
		{`payment_duration_seconds_bucket{track=%q,le="1"}`, 1}, {`payment_duration_seconds_bucket{track=%q,le="+Inf"}`, 1},
	} {
		metric := fmt.Sprintf(counted.metric, track)
		if p.counters[metric] += requests * counted.share; p.counters[metric] == 0 && requests == 0 {
			continue
		}
		value := p.counters[metric]
		samples = append(samples, series{metric: metric, from: p.now, to: p.now, spacing: time.Second, value: constant(value)}.samples(p.t)...)
	}
	return samples
}

// gate asks the gate of the example by the command, which waits while time passes, and returns the code that it ends with, and what it
// prints.
func (p *payments) gate(from time.Time) (code int, printed string) {
	p.t.Helper()
	var stdout, stderr bytes.Buffer
	code = command.Run(context.Background(), []string{"gate", "payment-canary", "--wait", "--every", "1m", "--from", from.Format(time.RFC3339),
		"--catalog", filepath.Join(examples, "catalog.yaml"), "--store", p.store.URL(), "--timeout", "10m"},
		command.Environment{
			Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Getenv: func(string) string { return "" },
			Now: func() time.Time { return p.now }, Sleep: func(_ context.Context, d time.Duration) { p.pass(d) },
		})
	return code, stdout.String() + stderr.String()
}

// release gives a canary 10, 25, 50 and 100 % of the requests, each step for at least five minutes and as the gate lets it go on, or none
// where the gate does not. It returns the shares.
func (p *payments) release() (shares []float64, took time.Duration, said string) {
	from := p.now
	for _, share := range []float64{.1, .25, .5} {
		p.canary, shares = share, append(shares, share)
		p.pass(5 * time.Minute)
		code, printed := p.gate(from)
		if said = printed; code != 0 {
			p.canary = 0
			return append(shares, 0), p.now.Sub(from), said
		}
	}
	p.canary = 1
	return append(shares, 1), p.now.Sub(from), said
}

// TestScenarioOfACanaryOfPayments plays releases of a payment service from 10 % of its requests on, each step of which a gate decides.
func TestScenarioOfACanaryOfPayments(t *testing.T) {
	underLoad := func(track string, share float64) float64 {
		if track == "canary" && share >= .5 {
			return .03
		}
		return .001
	}
	for name, test := range map[string]struct {
		failing, slow func(string, float64) float64
		shares        []float64
		atLeast       time.Duration
		atMost        time.Duration
		says          string
	}{
		"a good one reaches all users":     {healthy, healthy, []float64{.1, .25, .5, 1}, 25 * time.Minute, 26 * time.Minute, "PASS"},
		"one that loses payments":          {worse(.03), healthy, []float64{.1, 0}, 7 * time.Minute, 9 * time.Minute, "payment/success is worse for canary"},
		"one that loses a few":             {worse(.01), healthy, []float64{.1, 0}, 7 * time.Minute, 30 * time.Minute, "payment/success is worse for canary"},
		"one that is slow":                 {healthy, worse(.1), []float64{.1, 0}, 7 * time.Minute, 9 * time.Minute, "payment/p99 is worse for canary"},
		"one that fails under half a load": {underLoad, healthy, []float64{.1, .25, .5, 0}, 25 * time.Minute, 40 * time.Minute, "payment/success is worse for canary"},
		"one that all users suffer from":   {func(string, float64) float64 { return .2 }, healthy, []float64{.1, 0}, 15 * time.Minute, 25 * time.Minute, `burn("1h") < 6`},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPayments(t, nil)
			p.failing, p.slow = test.failing, test.slow
			shares, took, said := p.release()
			if !slices.Equal(shares, test.shares) || took < test.atLeast || took > test.atMost || !strings.Contains(said, test.says) {
				t.Errorf("the canary gets %v of the requests and it takes %s, having said\n%s", shares, took, said)
			}
		})
	}
}
