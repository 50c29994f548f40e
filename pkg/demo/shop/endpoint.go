package shop

import (
	"math/rand/v2"
	"time"
)

// endpoint is a handler of one instance, as the customers of one tier use it.
type endpoint struct {
	handler
	service string
	region  region
	// track is that of the instance, tier that of the customers.
	track, tier string
	// share is the instance's and the tier's share of the region's traffic, in [0,1].
	share     float64
	random    *rand.Rand
	provider  *provider
	recorders []recorder
	// identity tells users apart, and coldStarts counts; nil where the endpoint does without.
	identity   *identity
	coldStarts *counter
}

// request is what an endpoint has answered.
type request struct {
	code    string
	seconds float64
}

// recorder counts requests in some way.
type recorder interface {
	record(r request, random *rand.Rand)
}

// serve answers the requests that arrive in dt before t.
func (e *endpoint) serve(t time.Time, dt time.Duration, now conditions) {
	fault := now.at(place{e.service, e.region.name, e.track, e.tier})
	if e.identity != nil {
		e.identity.update(now.at(place{service: idp, region: e.region.name}), fault)
	}
	for range poisson(e.random, e.region.events(e.rate*e.share*fault.load, t, dt)) {
		answered := e.answer(fault)
		for _, recorder := range e.recorders {
			recorder.record(answered, e.random)
		}
	}
}

// answer answers one request.
func (e *endpoint) answer(fault fault) request {
	r := request{code: "200", seconds: e.duration.draw(e.random) * e.region.distance}
	e.slow(&r, fault)
	broken := fault.errors + failed
	switch x := e.random.Float64(); {
	case x < broken:
		r.code = "500"
	case x < broken+unavailable:
		r.code = "503"
	case x < broken+unavailable+e.rejected:
		r.code = e.rejection
	case e.pays:
		e.pay(&r)
	case e.identity != nil:
		e.identity.check(&r, e.random)
	}
	return r
}

// slow makes a request as slow as a fault has it.
func (e *endpoint) slow(r *request, fault fault) {
	if fault.tail == 0 || e.random.Float64() < fault.tail {
		r.seconds *= fault.slowdown
	}
	if e.coldStarts != nil && fault.coldStarts > 0 && e.random.Float64() < fault.coldStarts {
		r.seconds += coldStart.draw(e.random)
		e.coldStarts.n++
	}
}

// pay adds a call of the payment provider to a request.
func (e *endpoint) pay(r *request) {
	outcome, seconds := e.provider.call(e.random)
	r.seconds += seconds
	switch outcome {
	case "error", "timeout":
		r.code = "502"
	case "declined":
		r.code = "402"
	}
}
