package shop

import (
	"math/rand/v2"

	"github.com/prometheus/prometheus/model/labels"
)

// idp is what the identity provider is called where services are named.
const idp = "idp"

// identity is the identity provider as login asks it, for each attempt that the service itself does not refuse. While it
// fails, logins do, unless a cache stands in for it.
type identity struct {
	errors   float64
	fallback bool
	// calls are counted by their outcome, and cached are the logins that the cache has answered. falling is 1 while it may.
	calls   *outcomes
	cached  *counter
	falling gauge
}

func newIdentity(set labels.Labels) *identity {
	return &identity{
		calls:   newOutcomes("idp_calls_total", set, "outcome"),
		cached:  newInitialisedCounter("auth_fallback_total", set),
		falling: gauge{series: newSeries("auth_fallback_active", set)},
	}
}

// update notes how the provider fares, and whether the cache may stand in for it.
func (i *identity) update(provider, service fault) {
	i.errors, i.fallback = provider.errors, service.fallback
	i.falling.set(i.fallback)
}

// check asks the provider about a request.
func (i *identity) check(r *request, random *rand.Rand) {
	if i.errors == 0 || random.Float64() >= i.errors {
		i.calls.count("ok")
		return
	}
	i.calls.count("error")
	if i.fallback {
		i.cached.n++
		return
	}
	r.code = "502"
}
