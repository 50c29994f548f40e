package discover

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// found is a preset that the store has the metrics of.
type found struct {
	definition.Preset
	survey *survey
	ctx    context.Context
	// flow has the preset's SLIs, compiled in the survey's catalog.
	flow *cer.Flow
	// services are the busiest ones, at most maxServices, and behind them others that are chosen.
	services []*service
	// total is how many services there are, and events how many events a second all of them have together; NaN where they are not
	// counted.
	total  int
	events float64
	// unlabelled says that there are series without the label that tells services apart, failed that a question had no answer.
	unlabelled, failed bool
}

// service is a service of a preset.
type service struct {
	name string
	// events is the number of events per second in the last hour; NaN where they are not counted.
	events float64
	// history is the rate of events over time, oldest first; nil where it was not asked for.
	history []float64
	// slis is the telemetry of each SLI of the preset that has any, by the position of the SLI.
	slis map[int]*telemetry
}

// telemetry is the telemetry of one SLI of a service.
type telemetry struct {
	// series is the number of series with each bucket edge, in the histogram's unit, and with +Inf; empty where there are no buckets.
	series map[float64]float64
}

// The points of a history: those of the last hour.
const (
	historyStep   = 5 * time.Minute
	historyPoints = int(span / historyStep)
)

// look finds the services of the preset, and which of its SLIs each of them has telemetry of.
func (f *found) look(chosen []Choice) error {
	lead := f.lead()
	if err := f.findServices(lead, chosen); err != nil || len(f.services) == 0 {
		return err
	}
	for i := range f.flow.SLIs {
		if i == lead && !f.isLatency(i) {
			continue
		}
		if err := f.findSLI(i); err != nil {
			return err
		}
	}
	if f.kind() == Flow && f.counts(lead) {
		return f.findHistory(lead)
	}
	return nil
}

// lead returns the position of the SLI by which services are found: the first key one that counts events, or else the first one that
// does, or else the first.
func (f *found) lead() int {
	key := slices.IndexFunc(f.flow.SLIs, func(s cer.SLI) bool { return s.Key && s.Indicator.Kind() == cer.KindRatio })
	return max(0, cmp.Or(key+1, slices.IndexFunc(f.flow.SLIs, func(s cer.SLI) bool { return s.Indicator.Kind() == cer.KindRatio })+1)-1)
}

// counts reports whether an SLI counts the events of users; a probe counts its own.
func (f *found) counts(sli int) bool { return f.flow.SLIs[sli].Indicator.Kind() == cer.KindRatio }

func (f *found) isLatency(sli int) bool { return f.flow.SLIs[sli].Indicator.Kind() == cer.KindLatency }

// findServices finds the services of which there is an SLI, with their events of the last hour.
func (f *found) findServices(lead int, chosen []Choice) error {
	answers, err := f.askSLI(lead, span, series.InstantOf(f.survey.now), nil)
	if err != nil {
		return err
	}
	all := map[string]*service{}
	f.events = math.NaN()
	for _, answer := range answers {
		for _, s := range answer.answer.Series {
			name := s.Labels.Get(f.Label)
			if name == "" {
				f.unlabelled = true
				continue
			}
			if !utf8.ValidString(name) {
				f.warn("a service whose name is not valid UTF-8 is left out")
				continue
			}
			if all[name] == nil {
				all[name] = &service{name: name, events: math.NaN(), slis: map[int]*telemetry{lead: {series: map[float64]float64{}}}}
			}
			if v := s.Values[0] * answer.factor; f.counts(lead) && v >= 0 && !math.IsInf(v, 0) {
				all[name].events, f.events = plus(all[name].events, v), plus(f.events, v)
			}
		}
	}
	f.total = len(all)
	for _, s := range all {
		f.services = append(f.services, s)
	}
	slices.SortFunc(f.services, busier)
	listed := f.services[:min(len(f.services), maxServices)]
	for _, s := range f.services[len(listed):] {
		if slices.ContainsFunc(chosen, func(c Choice) bool { return c.Preset == f.Name && c.Service == s.name }) {
			listed = append(listed[:len(listed):len(listed)], s)
		}
	}
	f.services = listed
	return nil
}

// plus returns the sum of a and b, where a NaN a counts as nothing.
func plus(a, b float64) float64 {
	if math.IsNaN(a) {
		return b
	}
	return a + b
}

// busier orders services by their events, those whose events are not counted last, and then by name.
func busier(a, b *service) int {
	return cmp.Or(cmp.Compare(b.events, a.events), cmp.Compare(a.name, b.name)) // NaN is less than any number.
}

// summand is the answer to a summand of an SLI, and its factor.
type summand struct {
	answer series.Answer
	factor float64
}

// askSLI asks about an SLI by the label of services: how many events a second there are, or else for whatever shows that there is
// telemetry. Filters choose services.
func (f *found) askSLI(sli int, window time.Duration, over series.Range, filters []expand.Filter) ([]summand, error) {
	indicator, _ := f.survey.catalog.IndicatorsOf(&f.flow.SLIs[sli])
	x, err := indicator.Expand(expand.Config{Window: window, By: []string{f.Label}, Filters: filters, Lookback: f.survey.store.Lookback()})
	if err != nil {
		return nil, err
	}
	parts := x.Forms[0].Total
	if len(parts) == 0 {
		parts = x.Forms[0].Parts
	}
	exprs := make([]*expand.Expr, len(parts))
	for i, part := range parts {
		exprs[i] = part.Expr
	}
	answers, err := f.ask(over, exprs...)
	if err != nil {
		return nil, err
	}
	all := make([]summand, len(parts))
	for i, part := range parts {
		all[i] = summand{answers[i], part.Factor}
	}
	return all, nil
}

// filters choose the services that are listed.
func (f *found) filters() []expand.Filter {
	filter := expand.Filter{Label: f.Label, Strict: true}
	for _, s := range f.services {
		filter.Values = append(filter.Values, s.name)
	}
	return []expand.Filter{filter}
}

// find returns the listed service whose series it is; nil where it is of none.
func (f *found) find(s series.Series) *service {
	name := s.Labels.Get(f.Label)
	i := slices.IndexFunc(f.services, func(one *service) bool { return one.name == name })
	if i < 0 {
		return nil
	}
	return f.services[i]
}

// findSLI finds the services that have an SLI, and of a latency the edges of its buckets.
func (f *found) findSLI(sli int) error {
	if f.isLatency(sli) {
		return f.findBuckets(sli)
	}
	answers, err := f.askSLI(sli, span, series.InstantOf(f.survey.now), f.filters())
	for _, answer := range answers {
		for _, s := range answer.answer.Series {
			if service := f.find(s); service != nil {
				service.slis[sli] = &telemetry{}
			}
		}
	}
	return err
}

// findBuckets finds the services that have a histogram, with its buckets.
func (f *found) findBuckets(sli int) error {
	indicator, _ := f.survey.catalog.IndicatorsOf(&f.flow.SLIs[sli])
	counted, err := indicator.Selectors()[0].CountBy([]string{f.Label, model.BucketLabel, expand.RangeLabel}, f.filters()...)
	if err != nil {
		return err
	}
	answers, err := f.ask(series.InstantOf(f.survey.now), counted)
	if err != nil {
		return err
	}
	for _, s := range answers[0].Series {
		service := f.find(s)
		if service == nil {
			continue
		}
		if service.slis[sli] == nil {
			service.slis[sli] = &telemetry{series: map[float64]float64{}}
		}
		if edge, err := strconv.ParseFloat(s.Labels.Get(model.BucketLabel), 64); err == nil {
			service.slis[sli].series[edge] += s.Values[0]
		}
	}
	return nil
}

// edges returns the bucket edges that all series have and that can be a bound, ascending, in the histogram's unit.
func (t *telemetry) edges(unit cer.Unit) []float64 {
	var edges []float64
	for edge, n := range t.series {
		if isBound(edge*unit.InSeconds()) && n >= t.series[math.Inf(1)] {
			edges = append(edges, edge)
		}
	}
	slices.Sort(edges)
	return edges
}

// isBound reports whether a number of seconds can be a bound: at least a nanosecond, and below what is longer than any request.
func isBound(seconds float64) bool { return seconds >= 1e-9 && seconds < 1e6 }

// findHistory finds the events a second of the last hour in turn.
func (f *found) findHistory(lead int) error {
	end := f.survey.now.Truncate(historyStep)
	over := series.New(end.Add(-historyStep*time.Duration(historyPoints-1)), end, historyStep)
	answers, err := f.askSLI(lead, historyStep, over, f.filters())
	for _, s := range f.services {
		s.history = slices.Repeat([]float64{math.NaN()}, historyPoints)
	}
	for _, answer := range answers {
		for _, s := range answer.answer.Series {
			if service := f.find(s); service != nil {
				for i, v := range s.Values {
					if v *= answer.factor; !math.IsNaN(v) {
						service.history[i] = plus(service.history[i], v)
					}
				}
			}
		}
	}
	return err
}
