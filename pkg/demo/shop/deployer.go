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

// deployer rolls new versions out, and counts how that went.
type deployer struct {
	scraped  *target
	seed     uint64
	running  []service
	rollouts *rollouts
	// started, succeeded and undone have one counter a service.
	started, succeeded, undone []*counter
}

func newDeployer(running []service, releases *rollouts, seed uint64) *deployer {
	t := newTarget("deployer", "", "shop-deployer", "deployer:8080")
	d := &deployer{scraped: t, seed: seed, running: running, rollouts: releases}
	for _, s := range running {
		count := func(metric string, set labels.Labels) *counter {
			c := newInitialisedCounter(metric, set)
			t.add(c)
			return c
		}
		of := with(t.labels, "service", s.name)
		d.started = append(d.started, count("deployments_started_total", of))
		d.succeeded = append(d.succeeded, count("deployments_total", with(of, "result", "success")))
		d.undone = append(d.undone, count("deployments_total", with(of, "result", "rolled_back")))
	}
	return d
}

func (d *deployer) target() *target { return d.scraped }

// run counts the deployments that were started, completed and undone in dt before t.
func (d *deployer) run(t time.Time, dt time.Duration, _ conditions) {
	for i, s := range d.running {
		switch before, now := d.rollouts.runningAt(s.name, t.Add(-dt), 0), d.rollouts.runningAt(s.name, t, 0); {
		case now.After(before):
			d.started[i].n++
		case now.Before(before):
			d.undone[i].n++
		}
		done := d.rollouts.runningAt(s.name, t, rollout)
		switch {
		case !done.After(d.rollouts.runningAt(s.name, t.Add(-dt), rollout)):
		case newRandom(d.seed, s.name+versionOf(done)).Float64() < rolledBack:
			d.undone[i].n++
		default:
			d.succeeded[i].n++
		}
	}
}
