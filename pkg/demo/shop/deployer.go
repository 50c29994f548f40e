package shop

import (
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

const (
	// deploymentPeriod is the time between two deployments of a service.
	deploymentPeriod = 2 * time.Hour
	// rollout is how long a deployment takes, from the canary to the last instance.
	rollout = 30 * time.Minute
	// rolledBack is the share of deployments that are undone.
	rolledBack = 0.03
)

// deploymentAt returns the start of the newest deployment of a service at t. The services take turns.
func deploymentAt(name string, t time.Time) time.Time {
	turn := time.Duration(0)
	for i, s := range services {
		if s.name == name {
			turn = time.Duration(i) * deploymentPeriod / time.Duration(len(services))
		}
	}
	return t.Add(-turn).UTC().Truncate(deploymentPeriod).Add(turn)
}

// versionAt returns the version of a service at t, such as 2026.11.02-1424.
func versionAt(service string, t time.Time) string {
	return deploymentAt(service, t).Format("2006.01.02-1504")
}

// deployer rolls new versions out, and counts how that went.
type deployer struct {
	scraped *target
	seed    uint64
	running []service
	// succeeded and undone have one counter a service.
	succeeded, undone []*counter
}

func newDeployer(running []service, seed uint64) *deployer {
	t := newTarget("deployer", "", "shop-deployer", "deployer:8080")
	d := &deployer{scraped: t, seed: seed, running: running}
	for _, s := range running {
		result := func(result string) *counter {
			set := labels.NewBuilder(t.labels).Set("service", s.name).Set("result", result).Labels()
			c := newInitialisedCounter("deployments_total", set)
			t.add(c)
			return c
		}
		d.succeeded = append(d.succeeded, result("success"))
		d.undone = append(d.undone, result("rolled_back"))
	}
	return d
}

func (d *deployer) target() *target { return d.scraped }

// run counts the deployments that were completed in dt before t.
func (d *deployer) run(t time.Time, dt time.Duration, _ conditions) {
	for i, s := range d.running {
		version := versionAt(s.name, t.Add(-rollout))
		switch {
		case version == versionAt(s.name, t.Add(-rollout-dt)):
		case newRandom(d.seed, s.name+version).Float64() < rolledBack:
			d.undone[i].n++
		default:
			d.succeeded[i].n++
		}
	}
}
