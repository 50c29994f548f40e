package shop

import (
	"math/rand/v2"

	"github.com/prometheus/prometheus/model/labels"
)

// slow is the duration in seconds from which requests leave an exemplar.
const slow = 0.8

// requests counts requests by their code.
type requests struct{ *outcomes }

func newRequests(set labels.Labels) requests {
	return requests{newOutcomes("http_requests_total", set, "code")}
}

// record counts a request. One that the server failed leaves an exemplar.
func (c requests) record(r request, _ *rand.Rand) {
	if counter := c.count(r.code); r.code >= "500" {
		counter.traceNewest()
	}
}

// durations is the classic histogram of requests' durations.
type durations struct{ *classic }

func newDurations(set labels.Labels) durations {
	return durations{newClassic("http_request_duration_seconds", set, requestEdges)}
}

func (d durations) record(r request, random *rand.Rand) {
	if r.seconds < slow {
		d.observe(r.seconds)
		return
	}
	d.observeTraced(r.seconds, random)
}

// searches is the native histogram of the durations of searches that were answered.
type searches struct{ *native }

func newSearches(set labels.Labels) searches {
	return searches{newNative("search_duration_seconds", set)}
}

func (s searches) record(r request, _ *rand.Rand) {
	if r.code == "200" {
		s.observe(r.seconds)
	}
}

// inconsistentOrders is the share of orders whose stock and payment do not agree.
const inconsistentOrders = 0.0005

// orders counts orders, and those that are inconsistent.
type orders struct{ all, inconsistent *counter }

func newOrders(set labels.Labels) orders {
	return orders{newInitialisedCounter("orders_total", set), newInitialisedCounter("orders_inconsistent_total", set)}
}

func (o orders) record(r request, random *rand.Rand) {
	if r.code != "200" {
		return
	}
	o.all.n++
	if random.Float64() < inconsistentOrders {
		o.inconsistent.n++
	}
}

// suspiciousAttempts is the share of attempts to log in that are blocked as an attack.
const suspiciousAttempts = 0.0005

// attempts counts attempts to log in by their outcome.
type attempts struct{ *outcomes }

func newAttempts(set labels.Labels) attempts {
	return attempts{newOutcomes("auth_attempts_total", set, "outcome")}
}

func (a attempts) record(r request, random *rand.Rand) {
	switch {
	case random.Float64() < suspiciousAttempts:
		a.count("suspicious")
	case r.code == "200":
		a.count("success")
	case r.code == "401":
		a.count("bad_credentials")
	}
}

const (
	// spansPerRequest is how many spans a request's trace has.
	spansPerRequest = 8
	// droppedTraces is the share of requests whose spans are lost.
	droppedTraces = 0.002
)

// spans counts the spans an instance made, and those that were lost on their way.
type spans struct{ made, dropped *counter }

func newSpans(set labels.Labels) spans {
	return spans{newInitialisedCounter("telemetry_spans_total", set), newInitialisedCounter("telemetry_spans_dropped_total", set)}
}

func (s spans) record(_ request, random *rand.Rand) {
	s.made.n += spansPerRequest
	if random.Float64() < droppedTraces {
		s.dropped.n += spansPerRequest
	}
}
