package fetch

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
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
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(b.ctx, func() { cancel(context.Cause(b.ctx)) })()
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
	json    *json.Decoder
	held    *hold
	found   series.Exemplars
	status  string
	failed  v1.Error
	hasData bool
}

// decodeExemplars decodes an answer, of which so many bytes are read.
func decodeExemplars(body io.Reader, held *hold) (series.Exemplars, error) {
	limited := &io.LimitedReader{R: body, N: maxExemplarBytes}
	d := exemplarDecoder{json: json.NewDecoder(limited), held: held}
	err := d.decode()
	if err != nil && limited.N == 0 && errors.Is(err, io.ErrUnexpectedEOF) && d.hasData {
		d.found.Cut = true
		return d.found, nil
	}
	switch {
	case err != nil:
		return series.Exemplars{}, err
	case d.failed.Type != "" || d.failed.Msg != "":
		return series.Exemplars{}, &d.failed
	case d.status != "success":
		return series.Exemplars{}, &decodeError{`its status is "` + shorten(d.status) + `", without an error`}
	case !d.hasData:
		return series.Exemplars{}, errNoResult
	}
	return d.found, nil
}

// decode decodes the fields of the answer.
func (d *exemplarDecoder) decode() error {
	if err := d.delimiter('{'); err != nil {
		return err
	}
	for d.json.More() {
		name, err := d.json.Token()
		if err != nil {
			return unexpected(err)
		}
		if err := d.field(name); err != nil {
			return unexpected(err)
		}
	}
	return d.delimiter('}')
}

// field decodes the value of a field.
func (d *exemplarDecoder) field(name json.Token) error {
	switch name {
	case "status":
		return d.json.Decode(&d.status)
	case "data":
		return d.data()
	case "warnings":
		return d.json.Decode(&d.found.Warnings)
	case "errorType":
		return d.json.Decode(&d.failed.Type)
	case "error":
		return d.json.Decode(&d.failed.Msg)
	default:
		var other json.RawMessage
		return d.json.Decode(&other)
	}
}

// data decodes the series with their exemplars; null stands for none.
func (d *exemplarDecoder) data() error {
	switch token, err := d.json.Token(); {
	case err != nil:
		return err
	case token == nil:
		d.hasData = true
		return nil
	case token != json.Delim('['):
		return &decodeError{"its exemplars are no list"}
	}
	d.hasData = true
	for d.json.More() {
		if err := d.series(); err != nil {
			return err
		}
	}
	return d.delimiter(']')
}

// series decodes the exemplars of a series.
func (d *exemplarDecoder) series() error {
	var one struct {
		SeriesLabels map[string]string `json:"seriesLabels"`
		Exemplars    []struct {
			Labels    map[string]string `json:"labels"`
			Value     model.SampleValue `json:"value"`
			Timestamp model.Time        `json:"timestamp"`
		} `json:"exemplars"`
	}
	if err := d.json.Decode(&one); err != nil {
		if number := (*strconv.NumError)(nil); errors.As(err, &number) {
			return &decodeError{"it has an exemplar whose value or time is no number"}
		}
		return err
	}
	of := labels.FromMap(one.SeriesLabels)
	for _, e := range one.Exemplars {
		found := series.Exemplar{Series: of, Labels: labels.FromMap(e.Labels), Time: int64(e.Timestamp), Value: float64(e.Value)}
		n := bytesOf(series.Series{Labels: found.Series}, series.Series{Labels: found.Labels})
		if err := d.held.take(n); err != nil {
			return err
		}
		d.found.Found = append(d.found.Found, found)
	}
	return nil
}

// delimiter reads a delimiter of JSON.
func (d *exemplarDecoder) delimiter(want json.Delim) error {
	token, err := d.json.Token()
	switch {
	case err != nil:
		return unexpected(err)
	case token != want:
		return &decodeError{"it is no answer about exemplars"}
	}
	return nil
}

// unexpected returns the error of an answer that ends too early, whichever of its tokens is missing.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
