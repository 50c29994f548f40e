package fetch

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"

	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// decoding reads the answer to a query, number by number into columns and while it comes: a store answers with hundreds
// of thousands of them, for which client_golang would hold the text, and make an object each.
type decoding struct {
	json  *scanner
	over  plan.Range
	start int64 // in milliseconds since 1970
	n     int
	// limit is how many series may come back.
	limit  int
	answer plan.Answer
	// failed is what the store says went wrong, kind the type of the result, and isResult whether there was one.
	failed   v1.Error
	kind     string
	isResult bool
}

// decode reads the answer of a store to a query over a range, or at an instant. Points that lie between the instants are
// left out; histograms are an error.
func decode(json *scanner, over plan.Range, limit int) (plan.Answer, error) {
	d := &decoding{json: json, over: over, start: over.Start.UnixMilli(), n: over.Len(), limit: limit}
	json.object(d.field)
	switch {
	case d.failed.Type != "" || d.failed.Msg != "":
		return plan.Answer{}, &d.failed
	case json.err != nil:
		return plan.Answer{}, json.err
	case !d.isResult:
		return plan.Answer{}, errNoResult
	case !slices.Contains(resultTypes, d.kind):
		return plan.Answer{}, &v1.Error{Type: v1.ErrBadResponse, Msg: fmt.Sprintf("unknown value type %q", d.kind)}
	}
	return d.answer, nil
}

// resultTypes are those that hold numbers.
var resultTypes = []string{"matrix", "vector", "scalar"}

// field reads a field of the whole.
func (d *decoding) field(name string) {
	switch name {
	case "data":
		if d.json.next() == '{' {
			d.json.object(d.dataField)
			return
		}
		d.json.skip()
	case "error":
		d.failed.Msg = d.json.text()
	case "errorType":
		d.failed.Type = v1.ErrorType(d.json.text())
	case "warnings":
		d.annotate(&d.answer.Warnings)
	case "infos":
		d.annotate(&d.answer.Infos)
	default:
		d.json.skip()
	}
}

// annotate reads annotations. Infos stand among warnings in Prometheus 2, which had one list for both.
func (d *decoding) annotate(into *[]string) {
	if d.json.next() != '[' {
		d.json.skip()
		return
	}
	d.json.array(func() {
		text, to := d.json.text(), into
		if strings.HasPrefix(text, infoPrefix) {
			to = &d.answer.Infos
		}
		*to = append(*to, text)
	})
}

// dataField reads a field of the data.
func (d *decoding) dataField(name string) {
	switch name {
	case "resultType":
		d.kind = d.json.text()
	case "result":
		d.isResult = true
		d.result()
	default:
		d.json.skip()
	}
}

// result reads the series, or a scalar, which is a time and a number.
func (d *decoding) result() {
	if d.json.next() != '[' {
		d.json.skip()
		return
	}
	first := true
	d.json.array(func() {
		switch {
		case d.json.next() == '{':
			d.series()
		case first: // The time of a scalar.
			d.json.skip()
		default:
			d.scalar()
		}
		first = false
	})
}

// scalar reads the number of a scalar, which is a series without labels. That of a string is passed over.
func (d *decoding) scalar() {
	if d.kind == "string" {
		d.json.skip()
		return
	}
	v := d.json.sample()
	d.answer.Series = append(d.answer.Series, plan.Series{Labels: map[string]string{}, Values: []float64{plan.Sample(v)}})
}

// series reads one series.
func (d *decoding) series() {
	if len(d.answer.Series) == d.limit {
		d.json.fail(&tooManyError{limit: d.limit})
		return
	}
	s := plan.Series{Labels: map[string]string{}, Values: slices.Repeat([]float64{math.NaN()}, d.n)}
	d.json.object(func(name string) {
		switch name {
		case "metric":
			d.json.object(func(label string) { s.Labels[label] = d.json.text() })
		case "value": // An instant has one, whatever its time.
			if _, v := d.json.pair(); d.n > 0 {
				s.Values[0] = plan.Sample(v)
			}
		case "values":
			d.json.array(func() { d.point(s.Values) })
		case "histogram", "histograms":
			d.json.fail(errHistograms)
		default:
			d.json.skip()
		}
	})
	d.answer.Series = append(d.answer.Series, s)
}

// point reads a time and a number into the column.
func (d *decoding) point(column []float64) {
	ms, v := d.json.pair()
	if at, stands := d.position(ms); stands {
		column[at] = plan.Sample(v)
	}
}

// slack is how far a point's time may be off its instant: stores count in milliseconds, rounded either way.
const slack = time.Millisecond

// position returns the index of the instant that a time in milliseconds stands for, and whether there is one.
func (d *decoding) position(ms int64) (int, bool) {
	since := time.Duration(ms-d.start) * time.Millisecond
	at := 0
	if !d.over.IsInstant() {
		at = int((since + d.over.Step/2) / d.over.Step)
	}
	if at < 0 || at >= d.n {
		return 0, false
	}
	return at, (since - time.Duration(at)*d.over.Step).Abs() <= slack
}

// infoPrefix marks infos among warnings in Prometheus 2, which had one list for both.
const infoPrefix = "PromQL info:"

// tooManyError is an answer of more series than may come back.
type tooManyError struct{ limit int }

// Error returns how many there may be.
func (e *tooManyError) Error() string { return fmt.Sprintf("more than %d series", e.limit) }
