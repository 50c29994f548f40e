package shop

import "github.com/prometheus/prometheus/model/labels"

// counter counts events.
type counter struct {
	series
	n uint64
	// initialised says that the counter is exposed before its first event.
	initialised bool
}

// newCounter returns a counter that is born with its first event.
func newCounter(metric string, set labels.Labels) *counter {
	return &counter{series: newSeries(metric, set)}
}

// newInitialisedCounter returns a counter that is exposed from the start.
func newInitialisedCounter(metric string, set labels.Labels) *counter {
	return &counter{series: newSeries(metric, set), initialised: true}
}

func (c *counter) reset()                 { c.n = 0 }
func (c *counter) withdraw(e *exposition) { e.withdraw(&c.series) }

func (c *counter) expose(e *exposition) {
	if c.n == 0 && !c.initialised {
		e.withdraw(&c.series)
		return
	}
	e.number(&c.series, float64(c.n), nil)
}

// outcomes counts events by the value of one label. Each value's series is born with its first event, as the client
// libraries have it.
type outcomes struct {
	metric, label string
	labels        labels.Labels
	counters      []*counter
	values        []string
}

// newOutcomes returns a counter by the values of label.
func newOutcomes(metric string, set labels.Labels, label string) *outcomes {
	return &outcomes{metric: metric, label: label, labels: set}
}

// count counts one event.
func (o *outcomes) count(value string) {
	for i, v := range o.values {
		if v == value {
			o.counters[i].n++
			return
		}
	}
	o.values = append(o.values, value)
	o.counters = append(o.counters, newCounter(o.metric, with(o.labels, o.label, value)))
	o.count(value)
}

func (o *outcomes) expose(e *exposition) {
	for _, c := range o.counters {
		c.expose(e)
	}
}

func (o *outcomes) withdraw(e *exposition) {
	for _, c := range o.counters {
		c.withdraw(e)
	}
}

func (o *outcomes) reset() {
	for _, c := range o.counters {
		c.reset()
	}
}
