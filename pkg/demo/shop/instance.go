package shop

import (
	"fmt"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// replica is one of the instances a service has in each region.
type replica struct {
	track  string
	number int
	// share is that of the region's traffic.
	share float64
	// delay is how long after the start of a deployment it gets the new version.
	delay time.Duration
}

var replicas = []replica{
	{track: "canary", number: 0, share: 0.10, delay: 0},
	{track: "stable", number: 0, share: 0.45, delay: 20 * time.Minute},
	{track: "stable", number: 1, share: 0.45, delay: 25 * time.Minute},
}

// instance is a running process of a service. A new version starts it anew, with all counters at 0.
type instance struct {
	scraped   *target
	service   string
	delay     time.Duration
	rollouts  *rollouts
	endpoints []*endpoint
	build     build
}

// newInstances returns the instances of a service in all regions.
func newInstances(s service, providers map[string]*provider, releases *rollouts, seed uint64) []*instance {
	var all []*instance
	for _, region := range regions {
		for _, replica := range replicas {
			i := newInstance(s, region, replica, providers[region.name], seed)
			i.rollouts = releases
			all = append(all, i)
		}
	}
	return all
}

func newInstance(s service, in region, as replica, pays *provider, seed uint64) *instance {
	name := fmt.Sprintf("%s-%s-%s-%d:8080", s.name, in.name, as.track, as.number)
	t := newTarget(s.name, in.name, "shop-"+s.name, name, "region", in.name, "track", as.track)
	traces := newSpans(t.labels)
	i := &instance{scraped: t, service: s.name, delay: as.delay, build: newBuild(s.name, t.labels)}
	for _, handler := range s.handlers {
		for _, tier := range tiers {
			set := with(with(t.labels, "handler", handler.path), "customer_tier", tier.name)
			e := &endpoint{
				handler: handler, service: s.name, region: in, track: as.track, tier: tier.name, share: as.share * tier.share,
				random: newRandom(seed, set.String()), provider: pays, recorders: []recorder{traces},
			}
			e.register(t, set)
			i.endpoints = append(i.endpoints, e)
		}
	}
	t.add(traces.made)
	t.add(traces.dropped)
	t.add(&i.build)
	return i
}

// register adds what an endpoint counts to what its instance exposes.
func (e *endpoint) register(t *target, set labels.Labels) {
	count := func(r recorder, metrics ...metric) {
		e.recorders = append(e.recorders, r)
		for _, m := range metrics {
			t.add(m)
		}
	}
	byCode, byDuration := newRequests(set), newDurations(set)
	count(byCode, byCode)
	count(byDuration, byDuration)
	ofTier := labels.NewBuilder(set).Del("handler").Labels()
	switch e.path {
	case "/search":
		s := newSearches(ofTier)
		count(s, s)
		e.coldStarts = newInitialisedCounter("cold_starts_total", ofTier)
		t.add(e.coldStarts)
	case "/checkout":
		o := newOrders(ofTier)
		count(o, o.all, o.inconsistent)
	case "/login":
		a := newAttempts(ofTier)
		count(a, a)
		e.identity = newIdentity(ofTier)
		t.add(e.identity.calls)
		t.add(e.identity.cached)
		t.add(&e.identity.falling)
	}
}

func (i *instance) target() *target { return i.scraped }

// run starts the instance anew where it got another version, and answers requests.
func (i *instance) run(t time.Time, dt time.Duration, now conditions) {
	if i.build.update(versionOf(i.rollouts.runningAt(i.service, t, i.delay))) {
		i.scraped.reset()
	}
	for _, endpoint := range i.endpoints {
		endpoint.serve(t, dt, now)
	}
}

// build is the gauge that says which version an instance is.
type build struct {
	labels  labels.Labels
	version string
	// past is the gauge of the version before, until it is withdrawn.
	current, past gauge
}

func newBuild(service string, set labels.Labels) build {
	return build{labels: with(with(set, "app", "shop"), "service", service)}
}

// update sets the version, and reports whether it replaces another one.
func (b *build) update(version string) bool {
	if version == b.version {
		return false
	}
	replaces := b.version != ""
	b.version = version
	b.past = b.current
	b.current = gauge{series: newSeries("build_info", with(b.labels, "version", version)), value: 1}
	return replaces
}

func (b *build) expose(e *exposition) {
	b.past.withdraw(e)
	b.current.expose(e)
}

func (b *build) withdraw(e *exposition) {
	b.past.withdraw(e)
	b.current.withdraw(e)
}

func (*build) reset() {}
