package oracle

import (
	"fmt"
	"math"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/demo/stores"
)

// trial is a catalog with its telemetry in a store, and what is asked of it.
type trial struct {
	*catalog
	data  *dataset
	asked question
	store *promstore.Store
	// facts are what is known of telemetry that changes over time; else nil.
	facts *facts
	// real is the store that the plugin asks, where it is another one with the same samples; else nil.
	real *stores.Store
	// engine is how that store evaluates, where it does so otherwise than the embedded one.
	engine engine
}

// source returns the settings of the data source.
func (tr trial) source() backend.DataSourceInstanceSettings {
	if tr.real == nil {
		return tr.settings(tr.store.URL())
	}
	return tr.real.With(tr.settings(tr.real.URL))
}

// whole is the name that the whole has among the flows.
const whole = ""

// instants returns those of a format.
func (tr trial) instants(format string) instants {
	if format == latest {
		return tr.asked.latest(tr.catalog)
	}
	return tr.asked.series(tr.catalog)
}

// expressions returns the PromQL of each flow and of the whole, as far as PromQL can say it.
func (tr trial) expressions(in instants) map[string]composite {
	said := map[string]composite{}
	scopeOf := func(s *sli) scope { return tr.scopeOf(s, in.windowOf(s)) }
	for i := range tr.flows {
		if f := &tr.flows[i]; f.promQLCanSay() {
			said[f.name] = f.promQL(tr.catalog, scopeOf)
		}
	}
	if tr.promQLCanSay() {
		said[whole] = tr.promQL(scopeOf)
	}
	return said
}

// byPromQL returns what the store's engine makes of the expressions, for one of the queries.
func (tr trial) byPromQL(q query) (map[string]column, error) {
	in := tr.instants(q.format)
	found := map[string]column{}
	for name, said := range tr.expressions(in) {
		expr := said.score
		if q.measure == coverage {
			expr = said.coverage
		}
		if (name == whole) != (q.level == overall) {
			continue
		}
		c, err := in.evaluate(tr.store, expr)
		if err != nil {
			return nil, err
		}
		found[name] = c
	}
	return found, nil
}

// recomputed is what the raw samples make of a catalog.
type recomputed struct {
	// readings are by flow, SLI and instant, verdicts by flow and instant.
	readings [][][]reading
	verdicts [][]verdict
	overall  []verdict
}

// recompute recomputes the catalog from its raw samples.
func (tr trial) recompute(in instants) (recomputed, error) {
	times := in.times()
	r := recomputed{overall: make([]verdict, len(times))}
	for k := range tr.flows {
		readings, err := tr.readings(&tr.flows[k], in)
		if err != nil {
			return r, err
		}
		verdicts := make([]verdict, len(times))
		for i := range times {
			verdicts[i] = tr.flows[k].judge(tr.catalog, at(readings, i))
		}
		r.readings, r.verdicts = append(r.readings, readings), append(r.verdicts, verdicts)
	}
	for i := range times {
		r.overall[i] = tr.judge(tr.weights(), at(r.verdicts, i))
	}
	return r, nil
}

// at returns the i-th of each list.
func at[T any](lists [][]T, i int) []T {
	found := make([]T, len(lists))
	for k := range lists {
		found[k] = lists[k][i]
	}
	return found
}

// readings reads the SLIs of a flow at each instant.
func (tr trial) readings(f *flow, in instants) ([][]reading, error) {
	var (
		all    [][]reading
		failed error
	)
	for j := range f.slis {
		s := &f.slis[j]
		r := recomputer{
			scope: tr.scopeOf(s, in.windowOf(s)), data: tr.data, times: in.times(),
			ask: func(expr string) column {
				c, err := in.evaluate(tr.store, expr)
				if err != nil {
					failed = err
					return make(column, len(in.times()))
				}
				return c
			},
		}
		forms := s.indicator.recompute(r)
		readings := make([]reading, len(r.times))
		for i := range readings {
			readings[i] = s.read(forms, r.window, i)
		}
		all = append(all, readings)
	}
	return all, failed
}

// of returns the numbers of a query by flow.
func (r recomputed) of(tr trial, q query) map[string]column {
	pick := func(verdicts []verdict) column {
		c := make(column, len(verdicts))
		for i, v := range verdicts {
			c[i] = v.score
			if q.measure == coverage {
				c[i] = v.coverage
			}
		}
		return c
	}
	if q.level == overall {
		return map[string]column{whole: pick(r.overall)}
	}
	found := map[string]column{}
	for k, f := range tr.flows {
		found[f.name] = pick(r.verdicts[k])
	}
	return found
}

// differ says at which instant two columns differ first, if they do.
func (in instants) differ(got, want column) error {
	if len(got) != len(want) {
		return fmt.Errorf("there are %d points, not %d", len(got), len(want))
	}
	for i, t := range in.times() {
		if missing(got[i]) != missing(want[i]) || math.Abs(got[i]-want[i]) > tolerance {
			return fmt.Errorf("at the %d-th point (%d ms): %v, not %v", i, t, got[i], want[i])
		}
	}
	return nil
}
