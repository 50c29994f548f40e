package shop

import "time"

// Incident is a span of time in which something is wrong in one service.
type Incident struct {
	// Name says what happens, such as "error burst in checkout".
	Name string
	// Service is one of the flows' names, psp for the payment provider, psp-exporter for who counts its calls, or idp for
	// the identity provider that login asks.
	Service string
	// Region, Track and Tier are where it happens; "" stands for everywhere.
	Region, Track, Tier string
	// From and To bound the span; To is the first instant that is sound again.
	From, To time.Time
	// Errors is the share of requests that fail in addition to the usual ones, in [0,1].
	Errors float64
	// Slowdown is a factor on the durations of requests; 0 leaves them. Tail is the share of requests that it holds for,
	// in [0,1]; 0 stands for all of them.
	Slowdown, Tail float64
	// Load is a factor on the number of requests; 0 leaves it.
	Load float64
	// ColdStarts is the share of requests that wait until a function has started, in [0,1].
	ColdStarts float64
	// Fallback says that logins are answered from a cache while the identity provider fails.
	Fallback bool
	// Saving is the share of its cost that is saved, in [0,1].
	Saving float64
	// Silent says that the service works, but can't be scraped.
	Silent bool
	// Batch is how often its telemetry reaches the store, counted from From, with all that was scraped in between; 0
	// stands for each scrape.
	Batch time.Duration
}

// Schedule returns the incidents of a history that ends at end, the first of them 4.5 hours before and the last one
// over 45 minutes before.
func Schedule(end time.Time) []Incident {
	before := func(d time.Duration) time.Time { return end.Add(-d) }
	return []Incident{
		checkoutErrors(before(4*time.Hour + 30*time.Minute)),
		{
			Name: "slow search in eu", Service: "search", Region: "eu",
			From: before(3 * time.Hour), To: before(2*time.Hour + 45*time.Minute), Slowdown: 6,
		},
		{
			Name: "payment provider slow and failing", Service: psp,
			From: before(2 * time.Hour), To: before(1*time.Hour + 45*time.Minute), Slowdown: 6, Errors: 0.15,
		},
		{
			Name: "telemetry of account gone", Service: "account",
			From: before(60 * time.Minute), To: before(45 * time.Minute), Silent: true,
		},
	}
}

// checkoutErrors returns an error burst in checkout that starts at t and lasts 12 minutes.
func checkoutErrors(t time.Time) Incident {
	return Incident{Name: "error burst in checkout", Service: "checkout", From: t, To: t.Add(12 * time.Minute), Errors: 0.25}
}

// conditions are the incidents that go on at an instant.
type conditions []Incident

// conditionsAt returns what is wrong at t.
func (s *Simulator) conditionsAt(t time.Time) conditions {
	var now conditions
	for _, incident := range s.incidents {
		if !t.Before(incident.From) && t.Before(incident.To) {
			now = append(now, incident)
		}
	}
	return now
}

// place is where something happens; what is "" is not told.
type place struct{ service, region, track, tier string }

// hits reports whether an incident is one of a place.
func (i Incident) hits(p place) bool {
	within := func(stated, at string) bool { return stated == "" || stated == at }
	return i.Service == p.service && within(i.Region, p.region) && within(i.Track, p.track) && within(i.Tier, p.tier)
}

// fault is how far a service is off. Its fields are those of the incidents.
type fault struct {
	errors             float64
	slowdown, tail     float64
	load               float64
	coldStarts, saving float64
	silent, fallback   bool
}

// at returns how far a service is off at a place.
func (now conditions) at(p place) fault {
	f := fault{slowdown: 1, load: 1}
	for _, incident := range now {
		if !incident.hits(p) {
			continue
		}
		f.errors = max(f.errors, incident.Errors)
		if incident.Slowdown > f.slowdown {
			f.slowdown, f.tail = incident.Slowdown, incident.Tail
		}
		f.load = max(f.load, incident.Load)
		f.coldStarts = max(f.coldStarts, incident.ColdStarts)
		f.saving = max(f.saving, incident.Saving)
		f.silent = f.silent || incident.Silent
		f.fallback = f.fallback || incident.Fallback
	}
	return f
}

// arrival returns when what is scraped at t at a place reaches the store.
func (now conditions) arrival(p place, t time.Time) time.Time {
	arrives := t
	for _, incident := range now {
		if incident.Batch > 0 && incident.hits(p) {
			batches := (t.Sub(incident.From) + incident.Batch - 1) / incident.Batch
			arrives = earlier(incident.From.Add(batches*incident.Batch), incident.To)
		}
	}
	return arrives
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
