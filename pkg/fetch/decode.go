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

	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// decoding reads the answer to a query, number by number into columns and while it comes: a store answers with hundreds
// of thousands of them, for which client_golang would hold the text, and make an object each.
type decoding struct {
	json *jsoniter.Iterator
	over series.Range
	// n is how many instants there are, and limit how many series may come back.
	n, limit int
	answer   plan.Answer
	// failed is what the store says went wrong, kind the type of the result, and isResult whether there was one.
	failed   v1.Error
	kind     string
	isResult bool
	// doubt is what is wrong with an answer that can be read.
	doubt  error
	labels *labels.Builder
}

// buffered is how many bytes of an answer are held at a time.
const buffered = 64 << 10

// decode reads the answer of a store to a query over a range, or at an instant. Points that lie between the instants are
// left out; histograms are an error.
func decode(body io.Reader, over series.Range, limit int) (plan.Answer, error) {
	from := &watched{Reader: body}
	d := &decoding{json: jsoniter.Parse(jsoniter.ConfigDefault, from, buffered), over: over, n: over.Len(), limit: limit,
		labels: labels.NewBuilder(labels.EmptyLabels())}
	d.json.ReadObjectCB(d.field)
	switch {
	case from.err != nil:
		return plan.Answer{}, from.err
	case d.failed.Type != "" || d.failed.Msg != "":
		return plan.Answer{}, &d.failed
	case d.doubt != nil:
		return plan.Answer{}, d.doubt
	case d.json.Error != nil:
		return plan.Answer{}, from.unreadable(d.json.Error)
	case !d.isResult:
		return plan.Answer{}, errNoResult
	case !slices.Contains(resultTypes, d.kind):
		return plan.Answer{}, &v1.Error{Type: v1.ErrBadResponse, Msg: fmt.Sprintf("unknown value type %q", d.kind)}
	}
	return d.answer, nil
}

// watched is a stream that remembers how it failed, which it does, too, when it gives nothing for long.
type watched struct {
	io.Reader
	err error
	// ended says that more was wanted than there is.
	ended bool
}

// Read reads the stream.
func (w *watched) Read(into []byte) (n int, err error) {
	if w.err != nil {
		return 0, w.err
	}
	for range 100 {
		if n, err = w.Reader.Read(into); n > 0 || err != nil {
			break
		}
	}
	if n == 0 && err == nil {
		err = io.ErrNoProgress
	}
	switch {
	case errors.Is(err, io.EOF):
		w.ended = n == 0
	case err != nil:
		w.err = err
	}
	return n, err
}

// decodeError is an answer that is no JSON, or not the one that belongs there.
type decodeError struct{ text string }

// Error returns what is wrong, without the text around it.
func (e *decodeError) Error() string { return e.text }

// unreadable says why an answer can't be read: mostly that it breaks off, or is not the one that belongs there.
func (w *watched) unreadable(cause error) error {
	if w.ended {
		return &decodeError{"it breaks off"}
	}
	text, _, _ := strings.Cut(cause.Error(), ", error found in")
	return &decodeError{text}
}

// resultTypes are those that hold numbers.
var resultTypes = []string{"matrix", "vector", "scalar"}

// field reads a field of the whole.
func (d *decoding) field(_ *jsoniter.Iterator, name string) bool {
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

// maxAnnotations is how many warnings, and how many infos, are read of an answer.
const maxAnnotations = 20

// annotate reads annotations. Infos stand among warnings in Prometheus 2, which had one list for both.
func (d *decoding) annotate(into *[]string) {
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

// dataField reads a field of the data.
func (d *decoding) dataField(_ *jsoniter.Iterator, name string) bool {
	switch name {
	case "resultType":
		d.kind = d.json.ReadString()
	case "result":
		d.isResult = true
		d.result()
	default:
		d.json.Skip()
	}
	return d.json.Error == nil && d.doubt == nil
}

// result reads the series, or a scalar, which is a time and a number.
func (d *decoding) result() {
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
		return d.json.Error == nil && d.doubt == nil
	})
}

// scalar reads the number of a scalar, which is a series without labels. That of a string is passed over.
func (d *decoding) scalar() {
	if d.kind == "string" {
		d.json.Skip()
		return
	}
	v, ok := d.number()
	if ok {
		d.answer.Series = append(d.answer.Series, series.Series{Values: []float64{series.Sample(v)}})
	}
}

// maxNumbers is how many numbers a leaf may have, whether there are samples for them or not.
const maxNumbers = 8 * plan.MaxPoints

// seriesOf is how many series of n instants there may be, where a limit says so too.
func seriesOf(limit, n int) int { return min(limit, maxNumbers/max(1, n)) }

// series reads one series.
func (d *decoding) series() {
	if limit := seriesOf(d.limit, d.n); len(d.answer.Series) == limit {
		d.doubt = &tooManyError{limit: limit}
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
			d.doubt = errHistograms
		default:
			d.json.Skip()
		}
		return d.json.Error == nil && d.doubt == nil
	})
	d.answer.Series = append(d.answer.Series, s)
}

// metric reads the labels of a series. Where a name stands twice its last value counts.
func (d *decoding) metric() labels.Labels {
	d.labels.Reset(labels.EmptyLabels())
	d.json.ReadObjectCB(func(_ *jsoniter.Iterator, name string) bool {
		d.labels.Set(name, d.json.ReadString())
		return d.json.Error == nil
	})
	return d.labels.Labels()
}

// point reads a time and a number into the column.
func (d *decoding) point(column []float64) bool {
	seconds, v := d.pair()
	if d.json.Error != nil {
		return false
	}
	if at, stands := d.position(seconds); stands {
		column[at] = series.Sample(v)
	}
	return true
}

// instant reads a time and a number into a column of one.
func (d *decoding) instant(column []float64) {
	if _, v := d.pair(); d.json.Error == nil && len(column) > 0 {
		column[0] = series.Sample(v)
	}
}

// pair reads a time and a number.
func (d *decoding) pair() (seconds, v float64) {
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

// number reads a number that is written as text, as Prometheus does for the sake of NaN and Inf.
func (d *decoding) number() (float64, bool) {
	text := d.json.ReadStringAsSlice()
	v, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(text), len(text)), 64)
	if err != nil && d.json.Error == nil {
		d.json.ReportError("number", fmt.Sprintf("%q is no number", text))
	}
	return v, d.json.Error == nil
}

// slack is how far a point's time may be off its instant, in milliseconds: stores round them either way.
const slack = 1

// position returns the index of the instant that a Unix time in seconds stands for, and whether there is one.
func (d *decoding) position(seconds float64) (int, bool) {
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
	return int(at), -slack <= off && off <= slack
}

// infoPrefix marks infos among warnings in Prometheus 2, which had one list for both.
const infoPrefix = "PromQL info:"

// tooManyError is an answer of more series than may come back.
type tooManyError struct{ limit int }

// Error returns how many there may be.
func (e *tooManyError) Error() string { return fmt.Sprintf("more than %d series", e.limit) }
