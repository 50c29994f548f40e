package fetch

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"golang.org/x/sync/errgroup"

	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// answer asks one leaf: by one request, but for two instants and for more than a store answers at once.
func (s *Store) answer(ctx context.Context, leaf plan.Leaf) (plan.Answer, error) {
	pieces := piecesOf(leaf.Range)
	if len(pieces) == 1 {
		return s.answerAtOnce(ctx, leaf)
	}
	answers := make([]plan.Answer, len(pieces))
	group, groupCtx := errgroup.WithContext(ctx)
	for i, piece := range pieces {
		group.Go(func() (err error) {
			answers[i], err = s.answerAtOnce(groupCtx, plan.Leaf{PromQL: leaf.PromQL, Range: piece})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return plan.Answer{}, err
	}
	return joined(answers, pieces, leaf.Range), nil
}

// piecesOf returns the ranges by which r is asked for. Two instants are asked for one by one: their distance is no step
// that a store would keep to which aligns ranges, as Thanos' query frontend does.
func piecesOf(r plan.Range) []plan.Range {
	n := r.Len()
	if n == 2 {
		return []plan.Range{plan.Instant(r.At(0)), plan.Instant(r.At(1))}
	}
	var pieces []plan.Range
	for first := 0; first < n; first += plan.MaxPointsPerSeries {
		last := min(first+plan.MaxPointsPerSeries, n) - 1
		pieces = append(pieces, plan.Range{Start: r.At(first), End: r.At(last), Step: r.Step})
	}
	if len(pieces) <= 1 {
		return []plan.Range{r}
	}
	return pieces
}

// joined lays the answers to the pieces of a range one after the other. A series has no number in the pieces that do
// not have it.
func joined(answers []plan.Answer, pieces []plan.Range, r plan.Range) plan.Answer {
	var all plan.Answer
	byLabels := map[string]int{}
	first := 0
	for i, answer := range answers {
		for _, series := range answer.Series {
			key := fmt.Sprint(series.Labels) // Maps print in the order of their keys.
			at, known := byLabels[key]
			if !known {
				at = len(all.Series)
				byLabels[key] = at
				all.Series = append(all.Series, plan.Series{Labels: series.Labels, Values: slices.Repeat([]float64{math.NaN()}, r.Len())})
			}
			copy(all.Series[at].Values[first:], series.Values)
		}
		all.Warnings = append(all.Warnings, answer.Warnings...)
		all.Infos = append(all.Infos, answer.Infos...)
		first += pieces[i].Len()
	}
	slices.Sort(all.Warnings)
	all.Warnings = slices.Compact(all.Warnings)
	return all
}

// answerAtOnce asks one leaf by one request.
func (s *Store) answerAtOnce(ctx context.Context, leaf plan.Leaf) (answer plan.Answer, err error) {
	err = s.ask(ctx, leaf.PromQL, func(ctx context.Context) error {
		value, warnings, infos, err := s.evaluate(ctx, leaf)
		if err != nil {
			return err
		}
		answer.Series, err = columns(value, leaf.Range)
		answer.Warnings, answer.Infos = annotations(warnings, infos)
		return err
	})
	return answer, err
}

// evaluate has the store evaluate the leaf, at an instant or over a range.
func (s *Store) evaluate(ctx context.Context, leaf plan.Leaf) (model.Value, v1.Warnings, v1.Infos, error) {
	if leaf.Range.IsInstant() {
		return s.api.Query(ctx, leaf.PromQL, leaf.Range.End)
	}
	r := v1.Range{Start: leaf.Range.Start, End: leaf.Range.End, Step: leaf.Range.Step}
	return s.api.QueryRange(ctx, leaf.PromQL, r)
}

// infoPrefix marks infos among warnings in Prometheus 2, which had one list for both.
const infoPrefix = "PromQL info:"

// annotations tells warnings from infos.
func annotations(warnings v1.Warnings, infos v1.Infos) (warned, informed []string) {
	informed = append(informed, infos...)
	for _, w := range warnings {
		if strings.HasPrefix(w, infoPrefix) {
			informed = append(informed, w)
		} else {
			warned = append(warned, w)
		}
	}
	return warned, informed
}

// columns returns the series of value with one number an instant of r. A scalar is a series without labels. Points
// that lie between the instants are left out; histograms are an error.
func columns(value model.Value, r plan.Range) ([]plan.Series, error) {
	switch value := value.(type) {
	case *model.Scalar:
		return []plan.Series{constant(map[string]string{}, value.Value)}, nil
	case model.Vector:
		return vectorColumns(value)
	case model.Matrix:
		return matrixColumns(value, r)
	default:
		return nil, errNoResult
	}
}

// vectorColumns returns a series of one number a sample.
func vectorColumns(vector model.Vector) ([]plan.Series, error) {
	series := make([]plan.Series, len(vector))
	for i, sample := range vector {
		if sample.Histogram != nil {
			return nil, errHistograms
		}
		series[i] = constant(labelsOf(sample.Metric), sample.Value)
	}
	return series, nil
}

// matrixColumns returns a series of r.Len() numbers a stream.
func matrixColumns(matrix model.Matrix, r plan.Range) ([]plan.Series, error) {
	none := slices.Repeat([]float64{math.NaN()}, r.Len())
	series := make([]plan.Series, len(matrix))
	for i, stream := range matrix {
		if len(stream.Histograms) > 0 {
			return nil, errHistograms
		}
		series[i] = plan.Series{Labels: labelsOf(stream.Metric), Values: slices.Clone(none)}
		for _, point := range stream.Values {
			if at, ok := position(point.Timestamp.Time(), r); ok {
				series[i].Values[at] = plan.Sample(float64(point.Value))
			}
		}
	}
	return series, nil
}

// slack is how far a point's time may be off its instant: stores count in milliseconds, rounded either way.
const slack = time.Millisecond

// position returns the index of the instant of r that t stands for, and whether there is one.
func position(t time.Time, r plan.Range) (int, bool) {
	at := 0
	if !r.IsInstant() {
		at = int(t.Sub(r.Start).Round(r.Step) / r.Step)
	}
	if at < 0 || at >= r.Len() {
		return 0, false
	}
	return at, t.Sub(r.At(at)).Abs() <= slack
}

// constant returns a series of one number.
func constant(labels map[string]string, v model.SampleValue) plan.Series {
	return plan.Series{Labels: labels, Values: []float64{plan.Sample(float64(v))}}
}

// labelsOf returns the metric's labels as plain strings.
func labelsOf(metric model.Metric) map[string]string {
	labels := make(map[string]string, len(metric))
	for name, value := range metric {
		labels[string(name)] = string(value)
	}
	return labels
}
