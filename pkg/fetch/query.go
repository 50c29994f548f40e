package fetch

import (
	"context"
	"io"
	"net/url"
	"strconv"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// query asks for the answer to a leaf, within limits, in a slot that its caller has. The error is an *Error.
func (s *Store) query(ctx context.Context, leaf Leaf, limits limits) (series.Answer, error) {
	if isAligned(leaf.Range) {
		return s.queryOnce(ctx, leaf, leaf.Range, limits)
	}
	return s.queryUnaligned(ctx, leaf, limits)
}

// queryOnce sends one query, for the instants of sent, and decodes the points at those of the leaf.
func (s *Store) queryOnce(ctx context.Context, leaf Leaf, sent series.Range, limits limits) (answer series.Answer, err error) {
	err = s.sendInSlot(ctx, leaf.PromQL, func(ctx context.Context) error {
		return s.stream(ctx, leafOver(leaf, sent), func(body io.Reader) (err error) {
			answer, err = decodeSent(body, leaf.Range, sent, limits)
			s.cleanAll(ctx, answer.Warnings, answer.Infos)
			return err
		})
	})
	return answer, err
}

// stream has the store evaluate the leaf, at an instant or over a range, and read decode its answer.
func (s *Store) stream(ctx context.Context, leaf Leaf, read func(io.Reader) error) error {
	path := "/api/v1/query"
	if !leaf.Range.IsInstant() {
		path = "/api/v1/query_range"
	}
	isKnown := s.client.isVictoria.Load()
	err := s.client.streamForm(ctx, path, s.client.formOf(leaf), read)
	if !isKnown && s.client.isVictoria.Load() {
		return s.client.streamForm(ctx, path, s.client.formOf(leaf), read)
	}
	return err
}

// formOf returns the parameters of the query for a leaf.
func (c client) formOf(leaf Leaf) url.Values {
	form := url.Values{"query": {leaf.PromQL}}
	if leaf.Range.IsInstant() {
		form.Set("time", inSeconds(leaf.Range.End))
	} else {
		form.Set("start", inSeconds(leaf.Range.Start))
		form.Set("end", inSeconds(leaf.Range.Last()))
		form.Set("step", inSeconds(leaf.Range.Step))
	}
	if c.isVictoria.Load() {
		c.addVictoria(form, leaf.Range)
	}
	return form
}

const (
	// victoriaHeader is the header by which each answer of VictoriaMetrics names its host.
	victoriaHeader = "X-Server-Hostname"
	// lookback is how long a series lasts after its newest sample: the default of Prometheus, Mimir and Thanos.
	lookback = 5 * time.Minute
	// lookbackParameter is the parameter with it.
	lookbackParameter = "max_lookback"
)

// addVictoria adds parameters that only VictoriaMetrics has: a lookback that does not grow with the step, and where a range begins
// between the multiples of its step, that it is not moved to them: https://docs.victoriametrics.com/victoriametrics/#prometheus-querying-api-enhancements.
func (c client) addVictoria(form url.Values, over series.Range) {
	if !c.parameters.Has(lookbackParameter) {
		form.Set(lookbackParameter, model.Duration(lookback).String())
	}
	if !isAligned(over) && !c.parameters.Has("nocache") {
		form.Set("nocache", "1")
	}
}

// inSeconds returns a number of milliseconds as the store's API takes it.
func inSeconds(ms int64) string { return strconv.FormatFloat(float64(ms)/1e3, 'f', -1, 64) }
