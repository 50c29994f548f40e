package shop

import "time"

// Incident is a span of time in which something is wrong in one service.
type Incident struct {
	// Name says what happens, such as "error burst in checkout".
	Name string
	// Service is one of the flows' names, or psp for the payment provider.
	Service string
	// Region is where it happens; "" stands for everywhere.
	Region string
	// From and To bound the span; To is the first instant that is sound again.
	From, To time.Time
	// Errors is the share of requests that fail in addition to the usual ones, in [0,1].
	Errors float64
	// Slowdown is a factor on the durations of requests; 0 leaves them.
	Slowdown float64
	// Silent says that the service works, but can't be scraped.
	Silent bool
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

// fault is how far a service is off.
type fault struct {
	// errors is the share of requests that fail in addition, in [0,1].
	errors float64
	// slowdown is a factor on durations.
	slowdown float64
	silent   bool
}

// at returns how far a service is off in a region.
func (now conditions) at(service, region string) fault {
	f := fault{slowdown: 1}
	for _, incident := range now {
		if incident.Service != service || incident.Region != "" && incident.Region != region {
			continue
		}
		f.errors = max(f.errors, incident.Errors)
		f.slowdown = max(f.slowdown, incident.Slowdown)
		f.silent = f.silent || incident.Silent
	}
	return f
}
