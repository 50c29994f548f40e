package shop

import (
	"strconv"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
)

// counter counts events.
type counter struct {
	series
	n uint64
	// initialised says that the counter is exposed before its first event.
	initialised bool
	// trace is an exemplar of the newest event since the last scrape that a trace tells more about, nil where there is none.
	trace *exemplar.Exemplar
}

// newCounter returns a counter that is born with its first event.
func newCounter(metric string, set labels.Labels) *counter {
	return &counter{series: newSeries(metric, set)}
}

// newInitialisedCounter returns a counter that is exposed from the start.
func newInitialisedCounter(metric string, set labels.Labels) *counter {
	return &counter{series: newSeries(metric, set), initialised: true}
}

func (c *counter) reset()                 { c.n, c.trace = 0, nil }
func (c *counter) withdraw(e *exposition) { e.withdraw(&c.series) }

func (c *counter) expose(e *exposition) {
	if c.n == 0 && !c.initialised {
		e.withdraw(&c.series)
		return
	}
	if c.trace != nil {
		c.trace.Ts, c.trace.HasTs = e.time, true
	}
	e.number(&c.series, float64(c.n), c.trace)
	c.trace = nil
}

// traceNewest leaves an exemplar of the newest event. Its ID follows from the series and the number of the event.
func (c *counter) traceNewest() {
	id := strconv.FormatUint((c.labels.Hash()+c.n)|1<<63, 16)
	c.trace = &exemplar.Exemplar{Labels: labels.FromStrings("trace_id", id), Value: 1}
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

// count counts one event, and returns its counter.
func (o *outcomes) count(value string) *counter {
	for i, v := range o.values {
		if v == value {
			o.counters[i].n++
			return o.counters[i]
		}
	}
	o.values = append(o.values, value)
	o.counters = append(o.counters, newCounter(o.metric, with(o.labels, o.label, value)))
	return o.count(value)
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
