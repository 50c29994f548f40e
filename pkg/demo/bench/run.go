package bench

import (
	"slices"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// run is what it took to ask something once.
type run struct {
	took time.Duration
	// cpu is the processors' time of the store and of the plugin, which plugin has apart; 0 where that of the store is not
	// known, since it is elsewhere.
	cpu    time.Duration
	plugin metrics
	asked  []promstore.Asked
}

// measure runs what asks the store.
func (s *store) measure(do func() error) (run, error) {
	s.tally.take()
	start, cpu := time.Now(), processorTime()
	err := do()
	measured := run{took: time.Since(start), asked: s.tally.take()}
	if s.timed == s.counted {
		measured.cpu = processorTime() - cpu
	}
	return measured, err
}

// samples is how many the store read, by its own count, numbers how many it answered with, and lookups how many of the
// requests look for what the store has of histograms.
func (r run) samples() float64 {
	return r.sum(func(a promstore.Asked) int64 { return a.Samples })
}

func (r run) numbers() float64 {
	return r.sum(func(a promstore.Asked) int64 { return a.Numbers })
}

func (r run) lookups() float64 {
	return r.sum(func(a promstore.Asked) int64 {
		if a.PromQL == "" || strings.HasPrefix(a.PromQL, "count by (le, vmrange)") {
			return 1
		}
		return 0
	})
}

func (r run) sum(of func(promstore.Asked) int64) float64 {
	sum := int64(0)
	for _, a := range r.asked {
		sum += of(a)
	}
	return float64(sum)
}

// side is what one of the two sides took to ask something some times.
type side struct {
	// timed are the runs of which the times count, and counted those of which the requests do.
	timed, counted []run
}

// add adds a run of a replica.
func (s *side) add(of replica, r run) {
	if of.timed {
		s.timed = append(s.timed, r)
	}
	if of.counted {
		s.counted = append(s.counted, r)
	}
}

// valuesOf returns a value of each run.
func valuesOf(runs []run, of func(run) float64) []float64 {
	values := make([]float64, len(runs))
	for i, r := range runs {
		values[i] = of(r)
	}
	return values
}

// median returns the value in the middle; 0 of none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// mean returns the mean of values; 0 of none.
func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / max(1, float64(len(values)))
}
