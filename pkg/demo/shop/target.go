package shop

import "github.com/prometheus/prometheus/model/labels"

// target is what Prometheus scrapes of one process.
type target struct {
	// service and region say whose telemetry it is; region is "" for what serves them all.
	service, region string
	// labels are those that all its series have.
	labels  labels.Labels
	up      gauge
	metrics []metric
}

// metric is what a process counts under one name.
type metric interface {
	// expose appends its samples.
	expose(e *exposition)
	// withdraw ends its series, since the scrape failed.
	withdraw(e *exposition)
	// reset forgets what was counted, since the process was started anew.
	reset()
}

// newTarget returns the target of a process without metrics; extra are names and values of labels beside job and
// instance.
func newTarget(service, region, job, instance string, extra ...string) *target {
	set := labels.FromStrings(append([]string{"job", job, "instance", instance}, extra...)...)
	return &target{service: service, region: region, labels: set, up: gauge{series: newSeries("up", set)}}
}

// add lets the process expose one more metric.
func (t *target) add(m metric) { t.metrics = append(t.metrics, m) }

// reset forgets what the process counted.
func (t *target) reset() {
	for _, m := range t.metrics {
		m.reset()
	}
}

// scrape appends what the target exposes, and whether it could be reached.
func (t *target) scrape(e *exposition, now conditions) {
	here := place{service: t.service, region: t.region}
	silent := now.at(here).silent
	e.arrives = now.arrival(here, e.at)
	t.up.set(!silent)
	t.up.expose(e)
	for _, m := range t.metrics {
		if silent {
			m.withdraw(e)
		} else {
			m.expose(e)
		}
	}
}
