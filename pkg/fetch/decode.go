package fetch

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
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
	// over are the instants whose points are decoded, and sent those that were asked for, which may be more.
	over, sent series.Range
	// n is the number of instants, and limit that of the series that there may be.
	n, limit int
	// from is the text, held what the answer takes, and cohorts counts those of its series.
	from    *errReader
	held    *hold
	cohorts *cohortCounter
	answer  series.Answer
	// element decodes an element of the data where that is a list, such as the values of a label; nil where numbers are expected.
	// nullable says that null is an empty list.
	element  func()
	nullable bool
	// failed is the error in the answer, resultType the type of its result, and hasResult whether there is one.
	failed     v1.Error
	resultType string
	hasResult  bool
	// invalid is the error of an answer that is JSON.
	invalid error
	labels  *labels.Builder
	form    form
}

// buffered is the number of bytes of an answer that are held at a time.
const buffered = 64 << 10

// limits are those of an answer.
type limits struct {
	// series is the number of series that there may be, held what they are added to, and cohorts counts theirs; it may be nil.
	series  int
	held    *hold
	cohorts *cohortCounter
}

// heldBy returns the limits with another hold.
func (l limits) heldBy(held *hold) limits {
	l.held = held
	return l
}

// decode decodes the answer to a query over a range, within limits. Histograms, and points that are not at the instants,
// are errors.
func decode(body io.Reader, over series.Range, limits limits) (series.Answer, error) {
	return decodeSent(body, over, over, limits)
}

// decodeSent is decode for a query for the instants of sent, of which those of over are decoded.
func decodeSent(body io.Reader, over, sent series.Range, limits limits) (series.Answer, error) {
	d := newDecoder(body, limits.held)
	defer d.close()
	d.over, d.sent, d.n, d.limit, d.cohorts = over, sent, over.Len(), limits.series, limits.cohorts
	switch err := d.decode(); {
	case err != nil:
		return series.Answer{}, err
	case !slices.Contains(resultTypes, d.resultType):
		return series.Answer{}, &v1.Error{Type: v1.ErrBadResponse, Msg: fmt.Sprintf("unknown value type \"%s\"", d.resultType)}
	}
	return d.answer, d.checkForm()
}

// decodeValues decodes the values of a label, for each of which it calls value until that returns an error. It returns what
// the store warned of.
func decodeValues(body io.Reader, held *hold, value func(string) error) (warnings []string, err error) {
	d := newDecoder(body, held)
	defer d.close()
	d.element = func() { d.labelValue(value) }
	if err = d.decode(); err == nil {
		err = d.checkStatus()
	}
	return d.answer.Warnings, err
}

// iterators are JSON iterators that wait for an answer, since their buffers are larger than most answers.
var iterators = sync.Pool{New: func() any { return jsoniter.Parse(jsoniter.ConfigDefault, nil, buffered) }}

// newDecoder returns a decoder, which is to be closed.
func newDecoder(body io.Reader, held *hold) *decoder {
	from := &errReader{Reader: body}
	iterator := iterators.Get().(*jsoniter.Iterator).Reset(from)
	iterator.Error = nil
	return &decoder{json: iterator, from: from, held: held, labels: labels.NewBuilder(labels.EmptyLabels())}
}

// close gives the iterator to the next decoder. Nothing that was decoded lies in its buffer.
func (d *decoder) close() {
	iterators.Put(d.json.Reset(nil))
	d.json = nil
}

// decode decodes the answer, which must have a result or an error.
func (d *decoder) decode() error {
	d.json.ReadObjectCB(d.field)
	d.end()
	switch {
	case d.from.err != nil:
		return d.from.err
	case d.failed.Type != "" || d.failed.Msg != "":
		return &d.failed
	case d.invalid != nil:
		return d.invalid
	case d.json.Error != nil:
		return d.from.decodeError(d.json.Error)
	case !d.hasResult:
		return errNoResult
	}
	return nil
}

// take adds bytes to those held.
func (d *decoder) take(n int) {
	if err := d.held.take(int64(n)); err != nil && d.invalid == nil {
		d.invalid = err
	}
}

// goesOn is called after each token, and reports whether nothing has failed so far.
func (d *decoder) goesOn() bool {
	d.from.token = 0
	return d.json.Error == nil && d.invalid == nil
}

// resultTypes are the types of results that hold numbers.
var resultTypes = []string{"matrix", "vector", "scalar"}

// field decodes a field of the answer.
func (d *decoder) field(_ *jsoniter.Iterator, name string) bool {
	d.once(name)
	switch name {
	case "status":
		d.form.status = d.json.ReadString()
	case "isPartial":
		d.isPartial()
	case "data":
		d.data()
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
	return d.goesOn()
}

// data decodes the data: an object with a result, or a list.
func (d *decoder) data() {
	next := d.json.WhatIsNext()
	switch {
	case d.element == nil && next == jsoniter.ObjectValue:
		d.json.ReadObjectCB(d.dataField)
	case d.element != nil && next == jsoniter.ArrayValue:
		d.hasResult = true
		d.json.ReadArrayCB(func(*jsoniter.Iterator) bool {
			d.element()
			return d.goesOn()
		})
	case d.nullable && next == jsoniter.NilValue:
		d.hasResult = d.json.ReadNil()
	default:
		d.json.Skip()
	}
}

// labelValue decodes a value of a label, which it passes to take.
func (d *decoder) labelValue(take func(string) error) {
	if text := d.json.ReadString(); d.json.Error == nil && d.invalid == nil {
		d.invalid = take(text)
	}
}

// maxAnnotations is the number of warnings, and that of infos, that are decoded of an answer.
const maxAnnotations = 20

// annotate decodes annotations, each as one line of bounded length. Prometheus 2 returns infos among warnings.
func (d *decoder) annotate(into *[]string) {
	switch d.json.WhatIsNext() {
	case jsoniter.NilValue:
		d.json.Skip()
		return
	case jsoniter.StringValue:
		text := shorten(d.json.ReadString())
		d.take(len(text))
		*into = append(*into, text)
		return
	}
	d.json.ReadArrayCB(func(*jsoniter.Iterator) bool {
		text, to := shorten(d.json.ReadString()), into
		if strings.HasPrefix(text, infoPrefix) {
			to = &d.answer.Infos
		}
		if len(*to) < maxAnnotations {
			d.take(len(text))
			*to = append(*to, text)
		}
		return d.goesOn()
	})
}

// dataField decodes a field of the data.
func (d *decoder) dataField(_ *jsoniter.Iterator, name string) bool {
	d.once("data." + name)
	switch name {
	case "resultType":
		d.resultType = d.json.ReadString()
	case "result":
		d.hasResult = true
		d.result()
	default:
		d.json.Skip()
	}
	return d.goesOn()
}

// result decodes the series, or a scalar, which is a time and a number.
func (d *decoder) result() {
	if d.json.WhatIsNext() != jsoniter.ArrayValue {
		d.malformed("its result is not a list")
		return
	}
	d.json.ReadArrayCB(func(*jsoniter.Iterator) bool {
		switch {
		case d.json.WhatIsNext() == jsoniter.ObjectValue:
			d.series()
		case d.form.others == 0: // The time of a scalar.
			d.form.others++
			d.json.Skip()
		case d.form.others > 1:
			d.malformed("its result is neither a list of series nor a scalar")
		default:
			d.form.others++
			d.scalar()
		}
		return d.goesOn()
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
	if d.take(seriesBytes + 8*d.n); d.invalid != nil {
		return
	}
	s := series.Series{Values: slices.Repeat([]float64{math.NaN()}, d.n)}
	has := seriesForm{at: -1}
	d.json.ReadObjectCB(func(_ *jsoniter.Iterator, name string) bool {
		switch name {
		case "metric":
			if d.json.WhatIsNext() != jsoniter.NilValue {
				has.metric++
			}
			s.Labels = d.metric(&has)
			if err := d.cohorts.add(s.Labels); err != nil {
				d.invalid = err
			}
		case "value":
			has.value++
			d.point(s.Values, &has)
		case "values":
			has.values++
			d.json.ReadArrayCB(func(*jsoniter.Iterator) bool { return d.point(s.Values, &has) })
		case "histogram", "histograms":
			d.invalid = errHistograms
		default:
			d.json.Skip()
		}
		return d.goesOn()
	})
	d.checkSeries(has)
	if has.at >= 0 {
		d.answer.Series = append(d.answer.Series, s)
	}
}

// maxLabels is the number of labels that a series may have.
const maxLabels = 1000

// metric decodes the labels of a series.
func (d *decoder) metric(has *seriesForm) labels.Labels {
	d.labels.Reset(labels.EmptyLabels())
	n := 0
	d.json.ReadObjectCB(func(_ *jsoniter.Iterator, name string) bool {
		d.from.token = 0
		value := d.json.ReadString()
		d.take(labelBytes + len(name) + len(value))
		if n++; n > maxLabels {
			d.invalid = &decodeError{fmt.Sprintf("it has a series with more than %d labels", maxLabels)}
		}
		has.isTwice = has.isTwice || d.labels.Get(name) != ""
		d.labels.Set(name, value)
		return d.goesOn()
	})
	return d.labels.Labels()
}

// point decodes a time and a number into the values of a series.
func (d *decoder) point(values []float64, has *seriesForm) bool {
	seconds, v := d.pair()
	if d.json.Error != nil {
		return false
	}
	at, ok := d.position(seconds)
	switch {
	case !ok && d.isBetween(seconds):
		has.isBetween = true
	case !ok:
		d.invalid = &offGridError{}
	case at <= has.at:
		d.malformed("it has a series whose points are not in the order of their times")
	default:
		values[at], has.at = series.Sample(v), at
	}
	return d.goesOn()
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

// infoPrefix begins the infos among the warnings of Prometheus 2.
const infoPrefix = "PromQL info:"

// tooManyError is the error of an answer with more series than its limit.
type tooManyError struct{ limit int }

// Error returns the limit.
func (e *tooManyError) Error() string { return fmt.Sprintf("more than %d series", e.limit) }
