package fetch

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	jsoniter "github.com/json-iterator/go"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// decoder decodes the answer to a query while it is received, into one value for each instant. There may be hundreds of
// thousands of samples, for which client_golang would hold the text and allocate an object each.
type decoder struct {
	json *jsoniter.Iterator
	over series.Range
	// n is the number of instants, and limit that of the series that there may be.
	n, limit int
	answer   series.Answer
	// failed is the error in the answer, resultType the type of its result, and hasResult whether there is one.
	failed     v1.Error
	resultType string
	hasResult  bool
	// invalid is the error of an answer that is JSON.
	invalid error
	labels  *labels.Builder
}

// buffered is the number of bytes of an answer that are held at a time.
const buffered = 64 << 10

// decode decodes the answer to a query over a range, with so many series at most. Samples between the instants are dropped;
// histograms are an error.
func decode(body io.Reader, over series.Range, limit int) (series.Answer, error) {
	from := &errReader{Reader: body}
	d := &decoder{json: jsoniter.Parse(jsoniter.ConfigDefault, from, buffered), over: over, n: over.Len(), limit: limit,
		labels: labels.NewBuilder(labels.EmptyLabels())}
	d.json.ReadObjectCB(d.field)
	switch {
	case from.err != nil:
		return series.Answer{}, from.err
	case d.failed.Type != "" || d.failed.Msg != "":
		return series.Answer{}, &d.failed
	case d.invalid != nil:
		return series.Answer{}, d.invalid
	case d.json.Error != nil:
		return series.Answer{}, from.decodeError(d.json.Error)
	case !d.hasResult:
		return series.Answer{}, errNoResult
	case !slices.Contains(resultTypes, d.resultType):
		return series.Answer{}, &v1.Error{Type: v1.ErrBadResponse, Msg: fmt.Sprintf("unknown value type %q", d.resultType)}
	}
	return d.answer, nil
}

// errReader is a reader that keeps its error, which the JSON iterator does not return. It fails, too, if it reads nothing
// repeatedly.
type errReader struct {
	io.Reader
	err error
	// ended reports whether more was read than there is.
	ended bool
}

// Read reads from the underlying reader.
func (r *errReader) Read(into []byte) (n int, err error) {
	if r.err != nil {
		return 0, r.err
	}
	for range 100 {
		if n, err = r.Reader.Read(into); n > 0 || err != nil {
			break
		}
	}
	if n == 0 && err == nil {
		err = io.ErrNoProgress
	}
	switch {
	case errors.Is(err, io.EOF):
		r.ended = n == 0
	case err != nil:
		r.err = err
	}
	return n, err
}

// decodeError is the error of an answer that is malformed, or no answer to a query.
type decodeError struct{ text string }

// Error returns what is wrong, without an excerpt of the answer.
func (e *decodeError) Error() string { return e.text }

// decodeError returns the error of an answer that can't be decoded, given that of the JSON iterator.
func (r *errReader) decodeError(cause error) error {
	if r.ended {
		return &decodeError{"it breaks off"}
	}
	text, _, _ := strings.Cut(cause.Error(), ", error found in")
	return &decodeError{text}
}

// resultTypes are the types of results that hold numbers.
var resultTypes = []string{"matrix", "vector", "scalar"}

// field decodes a field of the answer.
func (d *decoder) field(_ *jsoniter.Iterator, name string) bool {
	switch name {
	case "data":
		if d.json.WhatIsNext() == jsoniter.ObjectValue {
			return d.json.ReadObjectCB(d.dataField)
		}
		d.json.Skip()
	case "error":
		d.failed.Msg = d.json.ReadString()
	case "errorType":
		d.failed.Type = v1.ErrorType(d.json.ReadString())
	case "warnings":
		d.annotate(&d.answer.Warnings)
	case "infos":
		d.annotate(&d.answer.Infos)
	default:
		d.json.Skip()
	}
	return d.json.Error == nil
}

// maxAnnotations is the number of warnings, and that of infos, that are decoded of an answer.
const maxAnnotations = 20

// annotate decodes annotations. Prometheus 2 returns infos among warnings.
func (d *decoder) annotate(into *[]string) {
	if d.json.WhatIsNext() != jsoniter.ArrayValue {
		d.json.Skip()
		return
	}
	d.json.ReadArrayCB(func(*jsoniter.Iterator) bool {
		text, to := d.json.ReadString(), into
		if strings.HasPrefix(text, infoPrefix) {
			to = &d.answer.Infos
		}
		if len(*to) < maxAnnotations {
			*to = append(*to, text)
		}
		return d.json.Error == nil
	})
}

// dataField decodes a field of the data.
func (d *decoder) dataField(_ *jsoniter.Iterator, name string) bool {
	switch name {
	case "resultType":
		d.resultType = d.json.ReadString()
	case "result":
		d.hasResult = true
		d.result()
	default:
		d.json.Skip()
	}
	return d.json.Error == nil && d.invalid == nil
}

// result decodes the series, or a scalar, which is a time and a number.
func (d *decoder) result() {
	if d.json.WhatIsNext() != jsoniter.ArrayValue {
		d.json.Skip()
		return
	}
	first := true
	d.json.ReadArrayCB(func(*jsoniter.Iterator) bool {
		switch {
		case d.json.WhatIsNext() == jsoniter.ObjectValue:
			d.series()
		case first: // The time of a scalar.
			d.json.Skip()
		default:
			d.scalar()
		}
		first = false
		return d.json.Error == nil && d.invalid == nil
	})
}

// scalar decodes the number of a scalar, which becomes a series without labels. The text of a string is skipped.
func (d *decoder) scalar() {
	if d.resultType == "string" {
		d.json.Skip()
		return
	}
	v, ok := d.number()
	if ok {
		d.answer.Series = append(d.answer.Series, series.Series{Values: []float64{series.Sample(v)}})
	}
}

// maxValues is the product of series and instants that a leaf may have, whether there are samples or not: 128 MB.
const maxValues = 16_000_000

// maxSeriesOf returns the number of series of n instants that there may be, at most a limit.
func maxSeriesOf(limit, n int) int { return min(limit, maxValues/max(1, n)) }

// series decodes one series.
func (d *decoder) series() {
	if limit := maxSeriesOf(d.limit, d.n); len(d.answer.Series) == limit {
		d.invalid = &tooManyError{limit: limit}
		return
	}
	s := series.Series{Values: slices.Repeat([]float64{math.NaN()}, d.n)}
	d.json.ReadObjectCB(func(_ *jsoniter.Iterator, name string) bool {
		switch name {
		case "metric":
			s.Labels = d.metric()
		case "value": // An instant has one, whatever its time.
			d.instant(s.Values)
		case "values":
			d.json.ReadArrayCB(func(*jsoniter.Iterator) bool { return d.point(s.Values) })
		case "histogram", "histograms":
			d.invalid = errHistograms
		default:
			d.json.Skip()
		}
		return d.json.Error == nil && d.invalid == nil
	})
	d.answer.Series = append(d.answer.Series, s)
}

// metric decodes the labels of a series. Of a name that occurs twice the last value counts.
func (d *decoder) metric() labels.Labels {
	d.labels.Reset(labels.EmptyLabels())
	d.json.ReadObjectCB(func(_ *jsoniter.Iterator, name string) bool {
		d.labels.Set(name, d.json.ReadString())
		return d.json.Error == nil
	})
	return d.labels.Labels()
}

// point decodes a time and a number into the values of a series.
func (d *decoder) point(values []float64) bool {
	seconds, v := d.pair()
	if d.json.Error != nil {
		return false
	}
	if at, ok := d.position(seconds); ok {
		values[at] = series.Sample(v)
	}
	return true
}

// instant decodes a time and a number into the only value of a series.
func (d *decoder) instant(values []float64) {
	if _, v := d.pair(); d.json.Error == nil && len(values) > 0 {
		values[0] = series.Sample(v)
	}
}

// pair decodes a time, in Unix seconds, and a number.
func (d *decoder) pair() (seconds, v float64) {
	if d.json.ReadArray() {
		seconds = d.json.ReadFloat64()
		if d.json.ReadArray() {
			if v, _ = d.number(); d.json.Error != nil || !d.json.ReadArray() {
				return seconds, v
			}
		}
	}
	d.json.ReportError("point", "a time and a number are expected")
	return seconds, v
}

// number decodes a number that is a JSON string, as Prometheus writes them for the sake of NaN and Inf.
func (d *decoder) number() (float64, bool) {
	text := d.json.ReadStringAsSlice()
	v, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(text), len(text)), 64)
	if err != nil && d.json.Error == nil {
		d.json.ReportError("number", fmt.Sprintf("%q is no number", text))
	}
	return v, d.json.Error == nil
}

// tolerance is the distance in milliseconds that a sample may have from its instant: stores round either way.
const tolerance = 1

// position returns the position of the instant at a Unix time in seconds, and whether there is one.
func (d *decoder) position(seconds float64) (int, bool) {
	ms := math.Round(seconds*1e3) - float64(d.over.Start)
	if math.Abs(ms) > math.MaxInt64/4 {
		return 0, false
	}
	since, at := int64(ms), int64(0)
	if !d.over.IsInstant() {
		at = (since + d.over.Step/2) / d.over.Step
	}
	if at < 0 || at >= int64(d.n) {
		return 0, false
	}
	off := since - at*d.over.Step
	return int(at), -tolerance <= off && off <= tolerance
}

// infoPrefix begins the infos among the warnings of Prometheus 2.
const infoPrefix = "PromQL info:"

// tooManyError is the error of an answer with more series than its limit.
type tooManyError struct{ limit int }

// Error returns the limit.
func (e *tooManyError) Error() string { return fmt.Sprintf("more than %d series", e.limit) }
