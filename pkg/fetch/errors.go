package fetch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Kind classifies what can go wrong between the plugin and the store.
type Kind string

// The kinds of errors.
const (
	// Settings: the data source's settings make no sense.
	Settings Kind = "settings"
	// BadData: the store refused an expression as malformed. It is the only answer for which the plugin is to blame, since
	// the plugin wrote the expression.
	BadData Kind = "badData"
	// NotNumbers: an expression yields histograms or strings.
	NotNumbers Kind = "notNumbers"
	// Execution: the store understood an expression and failed to evaluate it.
	Execution       Kind = "execution"
	Unauthorized    Kind = "unauthorized"
	Forbidden       Kind = "forbidden"
	NotFound        Kind = "notFound"
	TooManyRequests Kind = "tooManyRequests"
	// Rejected: any other answer with a status from 400 to 499.
	Rejected Kind = "rejected"
	// Unavailable: an answer with a status from 500 on.
	Unavailable Kind = "unavailable"
	// Unreachable: no answer, or an incomplete one.
	Unreachable Kind = "unreachable"
	// NotPrometheus: an answer that is not one of a Prometheus API, such as a web page.
	NotPrometheus Kind = "notPrometheus"
	Timeout       Kind = "timeout"
	Cancelled     Kind = "cancelled"
	// TooLarge: an answer over the limit of the HTTP client.
	TooLarge Kind = "tooLarge"
	// TooLong: a request, or its answer, that is too long for the store or a proxy before it.
	TooLong Kind = "tooLong"
	// RangeLimit: a range that is longer than the store permits.
	RangeLimit Kind = "rangeLimit"
	// StoreLimit: a query of more series, chunks, samples or bytes than the store permits.
	StoreLimit Kind = "storeLimit"
	// TooMany: an answer of more series than the limit.
	TooMany Kind = "tooMany"
	// OutOfMemory: an answer that would take more memory than its query, or all queries together, may.
	OutOfMemory Kind = "outOfMemory"
	// Internal: a bug.
	Internal Kind = "internal"
)

// StatusCancelled is the status of cancelled requests: nginx' "client closed request".
const StatusCancelled = 499

// Error is anything that goes wrong between the plugin and the store. Its message is written for the users of a panel and
// holds no secrets; the error that it wraps may.
type Error struct {
	Kind Kind
	// Status is an HTTP status from 400 on: the store's own if it answered with one.
	Status int
	// Downstream reports whether the store, its settings or the network is to blame rather than the plugin.
	Downstream bool
	Message    string
	// PromQL is the expression or selector of the request, "" where it is unknown or there is none.
	PromQL string
	cause  error
}

// IsOfExpression reports whether the store refused or failed to evaluate the expression of the request, or yields no numbers for
// it, as long as others may be answered all the same.
func (e *Error) IsOfExpression() bool {
	return e.PromQL != "" && slices.Contains([]Kind{BadData, Execution, NotNumbers}, e.Kind)
}

// refused returns the answer to a leaf whose expression the store refused, given the error; false for other errors.
func refused(err error) (series.Answer, bool) {
	var e *Error
	if !errors.As(err, &e) || !e.IsOfExpression() {
		return series.Answer{}, false
	}
	return series.Answer{Refused: e}, true
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause, nil if there is none.
func (e *Error) Unwrap() error { return e.cause }

// Errors of answers that can be decoded.
var (
	errHistograms = errors.New("histograms where numbers are needed")
	errNoResult   = errors.New("it has no result")
)

// errorTranslator finds the sentences for what goes wrong at a store.
type errorTranslator struct {
	// tooLarge is the error of an answer over the HTTP client's limit; nil if it has no limit.
	tooLarge error
	// settings removes the secrets of the settings from texts of the store, and caller returns those of the caller of a request; nil
	// if there are none.
	settings redactor
	caller   func(context.Context) []Secret
}

// translate returns the *Error of err, which came of a request for promQL under ctx. Every error that leaves the package
// goes through it.
func (t errorTranslator) translate(ctx context.Context, promQL string, err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	e := t.explain(ctx, promQL, err)
	e.PromQL = promQL
	if e.cause == nil {
		e.cause = err
	}
	return e
}

// explain returns an *Error with the message for err. An answer of the store takes precedence over ctx being done.
func (t errorTranslator) explain(ctx context.Context, promQL string, err error) *Error {
	var (
		status   *statusError
		redirect *redirectError
		refused  *v1.Error
		cause    *Error
		network  net.Error
		many     *tooManyError
		memory   *memoryError
		cohorts  *cohortsError
		syntax   *expand.SyntaxError
	)
	done := errors.Join(err, ctx.Err())
	switch {
	case errors.As(err, &status):
		return t.explainStatus(ctx, promQL, status)
	case errors.As(err, &redirect):
		return redirect.explain(t.clean(ctx, redirect.location()))
	case t.tooLarge != nil && errors.Is(err, t.tooLarge):
		return tooLarge()
	case errors.As(err, &many):
		return tooMany(promQL, many.limit)
	case errors.As(err, &cohorts):
		return downstream(TooMany, http.StatusBadRequest, "%s", cohorts.Error())
	case errors.As(err, &memory):
		return outOfMemory(promQL, memory)
	case errors.Is(err, errHistograms):
		return downstream(NotNumbers, http.StatusBadRequest, "The expression %s yields histograms where numbers are needed. Wrap it in a function such as histogram_quantile, histogram_fraction or histogram_count.", shorten(promQL))
	case errors.As(err, &refused):
		return t.explainAnswer(ctx, promQL, refused)
	case errors.As(err, &syntax), errors.Is(err, errUnresolved), errors.Is(err, errAbandoned):
		return internal(err)
	case isDecoding(err):
		return notPrometheus(t.clean(ctx, err.Error()))
	case errors.As(context.Cause(ctx), &cause):
		again := *cause
		return &again
	case errors.Is(done, context.Canceled):
		return downstream(Cancelled, StatusCancelled, "The query was cancelled before the store had answered.")
	case errors.Is(done, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return downstream(Timeout, http.StatusGatewayTimeout, "The store did not answer in time: %s. A limit shorter than queryTimeout ended the request, such as the HTTP timeout in the data source's settings.", t.clean(ctx, transportMessage(err)))
	default:
		return downstream(Unreachable, http.StatusBadGateway, "The connection to the store failed: %s.", t.clean(ctx, transportMessage(err)))
	}
}

// isDecoding reports whether err comes of decoding an answer that is malformed, or no answer to the request.
func isDecoding(err error) bool {
	var (
		syntax *json.SyntaxError
		typed  *json.UnmarshalTypeError
		read   *decodeError
		points *offGridError
	)
	return errors.Is(err, errNoResult) || errors.As(err, &read) || errors.As(err, &points) || errors.As(err, &syntax) || errors.As(err, &typed)
}

// downstream returns an error for which the plugin is not to blame.
func downstream(kind Kind, status int, format string, args ...any) *Error {
	return &Error{Kind: kind, Status: status, Downstream: true, Message: fmt.Sprintf(format, args...)}
}

// misconfigured returns the error of invalid settings, which the message names.
func misconfigured(message string, cause error) *Error {
	e := downstream(Settings, http.StatusBadRequest, "%s", message)
	e.cause = cause
	return e
}

// tooSlow returns the error of requests that exceed the store's timeout.
func tooSlow(timeout time.Duration) *Error {
	e := downstream(Timeout, http.StatusGatewayTimeout, "The store did not answer within %s. Ask for a shorter range, a larger step or fewer flows, or raise queryTimeout in the data source's settings.", model.Duration(timeout))
	e.cause = context.DeadlineExceeded
	return e
}

// tooLarge returns the error of an answer over the HTTP client's limit. The plugin is to blame: it chose what to ask.
func tooLarge() *Error {
	return &Error{
		Kind: TooLarge, Status: http.StatusRequestEntityTooLarge,
		Message: "The store's answer is larger than the limit on responses. Ask for a shorter range, a larger step or fewer flows, or raise response_limit under [dataproxy] in Grafana's configuration, without which the limit is 256 MiB.",
	}
}

// tooMany returns the error of an answer with too many series. The plugin is to blame: it chose what to ask.
func tooMany(promQL string, limit int) *Error {
	return &Error{
		Kind: TooMany, Status: http.StatusRequestEntityTooLarge,
		Message: fmt.Sprintf("The store has more than %d series for the PromQL %s. Filter by dimensions, split by fewer, ask for a shorter range or a larger step, or raise maxSeries in the data source's settings.", limit, shorten(promQL)),
	}
}

// outOfMemory returns the error of an answer that would take too much memory. The plugin is to blame: it chose what to ask.
func outOfMemory(promQL string, over *memoryError) *Error {
	text := fmt.Sprintf("The answers to all queries take more memory than their limit of %d MiB, so this query was aborted. Try again, or raise memory_limit under [plugin.cer-reliability-datasource] in Grafana's configuration.", over.limit>>20)
	if over.account != nil {
		text = fmt.Sprintf("The store's answers to the query take more memory than the limit of %d MiB for one query, at the PromQL %s. Filter by dimensions, split by fewer, ask for a shorter range or a larger step, or raise queryBytes in the data source's settings.", over.limit>>20, shorten(promQL))
	}
	return &Error{Kind: OutOfMemory, Status: http.StatusRequestEntityTooLarge, Message: text}
}

// internal returns the error of a bug.
func internal(cause error) *Error {
	return &Error{
		Kind: Internal, Status: http.StatusInternalServerError,
		Message: "The plugin failed while asking the store. This is a bug in the plugin.",
		cause:   cause,
	}
}
