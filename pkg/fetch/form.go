package fetch

import (
	"fmt"
	"math"

	jsoniter "github.com/json-iterator/go"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// form is what is seen of the form of an answer while it is decoded. An answer that has not exactly the form of the Prometheus
// API is an error, since what it lacks would be taken for telemetry that there is none of.
type form struct {
	// status is the field status, and fields has the names of the fields so far.
	status string
	fields map[string]bool
	// others is the number of elements of the result that are no series, as those of a scalar.
	others int
}

// seriesForm is what is seen of the form of a series while it is decoded: how often it has each field, the position of its
// newest point, whether it has points between those that are decoded, and whether a label stands there twice.
type seriesForm struct {
	metric, value, values, at int
	isBetween, isTwice        bool
}

// malformed is the error of an answer that is JSON, and has another form than that of an answer to a query.
func (d *decoder) malformed(format string, args ...any) {
	if d.invalid == nil {
		d.invalid = &decodeError{fmt.Sprintf(format, args...)}
	}
}

// once counts a field of the answer, of which there may be one by each name.
func (d *decoder) once(field string) {
	if d.form.fields[field] {
		d.malformed("it has the field %s twice", shorten(field))
	}
	if d.form.fields == nil {
		d.form.fields = map[string]bool{}
	}
	if len(d.form.fields) < maxFields {
		d.form.fields[field] = true
	}
}

// maxFields is the number of fields of an answer that are remembered; the API has fewer.
const maxFields = 100

// end checks that the answer ends behind its object.
func (d *decoder) end() {
	if d.json.Error != nil || d.invalid != nil {
		return
	}
	if d.json.WhatIsNext(); d.json.Error == nil {
		d.malformed("there is more after its end")
	}
	d.json.Error = nil
}

// checkSeries checks a series that was decoded.
func (d *decoder) checkSeries(has seriesForm) {
	if d.json.Error != nil || d.invalid != nil {
		return
	}
	value, values := 0, 1
	if d.over.IsInstant() {
		value, values = 1, 0
	}
	switch {
	case has.metric != 1:
		d.malformed("it has a series without labels, or with labels twice")
	case has.value != value, has.values != values, has.at < 0 && !has.isBetween:
		d.malformed("it has a series without values, or with those of another kind of query")
	case has.isTwice:
		d.malformed("it has a series with a label twice")
	}
}

// twice returns the labels of a series that the answer has twice, and whether there is one.
func (d *decoder) twice() (labels.Labels, bool) {
	if len(d.answer.Series) < 2 {
		return labels.EmptyLabels(), false
	}
	known := make(map[uint64]int, len(d.answer.Series))
	for i, s := range d.answer.Series {
		hash := s.Labels.Hash()
		if other, ok := known[hash]; ok && labels.Equal(s.Labels, d.answer.Series[other].Labels) {
			return s.Labels, true
		}
		known[hash] = i
	}
	return labels.EmptyLabels(), false
}

// checkForm returns the error of an answer whose status or type of result is not that of the answer to the query.
func (d *decoder) checkForm() error {
	want := "matrix"
	if d.over.IsInstant() {
		want = "vector"
	}
	isScalar := d.resultType == "scalar" && d.over.IsInstant()
	switch {
	case d.form.status != "success":
		return d.checkStatus()
	case d.resultType != want && !isScalar:
		return &decodeError{fmt.Sprintf("its result is a %s where a %s is needed", d.resultType, want)}
	case isScalar && (d.form.others != 2 || len(d.answer.Series) != 1), !isScalar && d.form.others > 0:
		return &decodeError{fmt.Sprintf("its result is not a %s", d.resultType)}
	}
	if double, ok := d.twice(); ok {
		return &decodeError{fmt.Sprintf("it has the series %s twice", shorten(double.String()))}
	}
	return nil
}

// checkStatus returns the error of an answer that says neither that it is a success, nor what is wrong.
func (d *decoder) checkStatus() error {
	if d.form.status == "success" {
		return nil
	}
	return &decodeError{fmt.Sprintf("its status is \"%s\", without an error", shorten(d.form.status))}
}

// partialWarning is the warning of an answer that VictoriaMetrics calls partial.
const partialWarning = "the answer is partial, since a part of the store did not answer"

// isPartial decodes whether the answer is partial, which becomes a warning.
func (d *decoder) isPartial() {
	switch d.json.WhatIsNext() {
	case jsoniter.NilValue:
		d.json.Skip()
		return
	case jsoniter.BoolValue:
		if !d.json.ReadBool() {
			return
		}
	default:
		d.json.Skip()
	}
	d.answer.Warnings = append(d.answer.Warnings, partialWarning)
}

// offGridError is the error of an answer with points at other times than were asked for.
type offGridError struct{}

// Error says so.
func (*offGridError) Error() string {
	return "it has points at other times than those that were asked for"
}

const (
	// tolerance is the distance in milliseconds that a sample may have from its instant: stores round either way.
	tolerance = 1
	// instantTolerance is that distance for a query of a single instant, which VictoriaMetrics may move back by its
	// latencyOffset.
	instantTolerance = 60_000
)

// position returns the position of the instant at a Unix time in seconds, and whether there is one.
func (d *decoder) position(seconds float64) (int, bool) { return position(d.over, d.n, seconds) }

// isBetween reports whether a Unix time in seconds was asked for, though it is none whose points are decoded.
func (d *decoder) isBetween(seconds float64) bool {
	if d.sent == d.over {
		return false
	}
	_, ok := position(d.sent, d.sent.Len(), seconds)
	return ok
}

// position returns the position of a Unix time in seconds among the n instants of a range, and whether there is one.
func position(over series.Range, n int, seconds float64) (int, bool) {
	ms := math.Round(seconds*1e3) - float64(over.Start)
	if !(math.Abs(ms) <= math.MaxInt64/4) {
		return 0, false
	}
	since, at, allowed := int64(ms), int64(0), int64(tolerance)
	if over.IsInstant() {
		allowed = instantTolerance
	} else {
		at = series.Floor(since+over.Step/2, over.Step) / over.Step
	}
	if at < 0 || at >= int64(n) {
		return 0, false
	}
	off := since - at*over.Step
	return int(at), -allowed <= off && off <= allowed
}
