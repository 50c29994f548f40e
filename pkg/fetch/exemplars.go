package fetch

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"

	jsoniter "github.com/json-iterator/go"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// maxExemplarBytes is the number of bytes of one answer about exemplars that are read, which are some 30,000 of them.
const maxExemplarBytes = 4 << 20

// KeepsExemplars is false for a store of which it is known that it keeps none, as far as the store is known.
func (s *Store) KeepsExemplars() bool { return !s.client.isVictoria.Load() }

// Exemplars returns the exemplars that the store has of the selectors of an expression from the first to the last instant of a range.
// Of a long answer its first part is returned. Nothing of it is cached. A store that does not answer questions for exemplars is no
// error. The error is an *Error.
func (b *Batch) Exemplars(ctx context.Context, promQL string, over series.Range) (series.Exemplars, error) {
	held := b.hold(b.store.bounds(ctx).account)
	ctx, done := b.within(ctx)
	defer done()
	found, err := b.store.exemplars(ctx, held, promQL, over)
	if refused := (*Error)(nil); errors.As(err, &refused) && refused.isOfExemplars() {
		return series.Exemplars{Refused: refused}, nil
	}
	return found, err
}

// isOfExemplars reports whether an error is that of a store which answers, but not questions for exemplars: one without the endpoint,
// or one that a part of it does not have, as Thanos before a store without it.
func (e *Error) isOfExemplars() bool {
	if slices.Contains([]Kind{NotFound, Rejected, Execution, BadData}, e.Kind) {
		return true
	}
	says := strings.ToLower(e.Message)
	return e.Status == http.StatusNotImplemented || strings.Contains(says, "unimplemented") || strings.Contains(says, "not implemented")
}

// exemplars asks for exemplars, which are added to what is held.
func (s *Store) exemplars(ctx context.Context, held *hold, promQL string, over series.Range) (found series.Exemplars, err error) {
	form := url.Values{"query": {promQL}, "start": {inSeconds(over.Start)}, "end": {inSeconds(over.Last())}}
	err = s.send(ctx, promQL, func(ctx context.Context) error {
		return s.client.streamForm(ctx, "/api/v1/query_exemplars", form, func(body io.Reader) (err error) {
			found, err = decodeExemplars(body, held)
			s.cleanAll(ctx, found.Warnings)
			return err
		})
	})
	return found, err
}

// exemplarDecoder decodes the answer to a question for exemplars while it is received.
type exemplarDecoder struct {
	*decoder
	found []series.Exemplar
}

// decodeExemplars decodes an answer, of which maxExemplarBytes are read.
func decodeExemplars(body io.Reader, held *hold) (series.Exemplars, error) {
	limited := &io.LimitedReader{R: body, N: maxExemplarBytes}
	d := exemplarDecoder{decoder: newDecoder(limited, held)}
	defer d.close()
	d.element, d.nullable = d.series, true
	err := d.decode()
	isCut := err != nil && limited.N == 0 && d.from.ended && d.hasResult && d.invalid == nil
	if err == nil {
		err = d.checkStatus()
	}
	if err != nil && !isCut {
		return series.Exemplars{}, err
	}
	return series.Exemplars{Found: d.found, Warnings: d.answer.Warnings, Cut: isCut}, nil
}

// series decodes the exemplars of a series.
func (d *exemplarDecoder) series() {
	var has seriesForm
	var of labels.Labels
	first := len(d.found)
	d.json.ReadObjectCB(func(_ *jsoniter.Iterator, name string) bool {
		switch name {
		case "seriesLabels":
			of = d.metric(&has)
		case "exemplars":
			d.json.ReadArrayCB(func(*jsoniter.Iterator) bool { return d.exemplar(&has) })
		default:
			d.json.Skip()
		}
		return d.goesOn()
	})
	if has.isTwice {
		d.malformed("it has an exemplar with a label twice")
	}
	if !d.goesOn() { // What is not complete is left out.
		d.found = d.found[:first]
	}
	for i := first; i < len(d.found); i++ {
		d.found[i].Series = of
	}
}

// exemplar decodes an exemplar, without the labels of its series.
func (d *exemplarDecoder) exemplar(has *seriesForm) bool {
	var e series.Exemplar
	d.take(seriesBytes)
	d.json.ReadObjectCB(func(_ *jsoniter.Iterator, name string) bool {
		switch name {
		case "labels":
			e.Labels = d.metric(has)
		case "value":
			e.Value, _ = d.number()
		case "timestamp":
			ms := math.Round(1e3 * d.json.ReadFloat64())
			if !(math.Abs(ms) <= math.MaxInt64/4) {
				d.malformed("it has an exemplar without a time")
			}
			e.Time = int64(ms)
		default:
			d.json.Skip()
		}
		return d.goesOn()
	})
	d.found = append(d.found, e)
	return d.goesOn()
}
