package fetch

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// statuses holds the kind of error that a status is, and the remedy where it is known.
var statuses = map[int]struct {
	kind   Kind
	advice string
}{
	http.StatusUnauthorized:                {kind: Unauthorized, advice: " Check the authentication in the data source's settings."},
	http.StatusForbidden:                   {kind: Forbidden},
	http.StatusNotFound:                    {kind: NotFound, advice: " Check the data source's URL."},
	http.StatusRequestEntityTooLarge:       {kind: TooLong, advice: tooLongAdvice},
	http.StatusRequestURITooLong:           {kind: TooLong, advice: tooLongAdvice},
	http.StatusRequestHeaderFieldsTooLarge: {kind: TooLong, advice: tooLongAdvice},
	http.StatusTooManyRequests:             {kind: TooManyRequests, advice: " Refresh less often, or lower concurrency in the data source's settings."},
}

// tooLongAdvice is the remedy where a request, or its answer, is too long for the store or a proxy.
const tooLongAdvice = " The request, or its answer, is too long for the store or for a proxy in front of it. Set httpMethod to POST in the data source's settings, raise that limit, or ask for fewer flows or a shorter range."

// explainStatus returns the error of an answer that is no success, or of a success that is no JSON object.
func (t errorTranslator) explainStatus(ctx context.Context, promQL string, answer *statusError) *Error {
	parsed := parseStoreMessage(answer.body)
	message := t.clean(ctx, parsed.text)
	switch {
	case answer.status < http.StatusBadRequest:
		return notPrometheus(cmp.Or(message, "it is empty"))
	case answer.status != http.StatusUnauthorized:
		if e := overLimit(answer.status, message); e != nil {
			return e
		}
	}
	switch {
	case answer.status == http.StatusBadRequest && parsed.errorType == v1.ErrBadData:
		return badData(promQL, message)
	case answer.status == http.StatusUnprocessableEntity:
		return execution(promQL, message)
	}
	known, ok := statuses[answer.status]
	if answer.isTooLong() {
		known, ok = statuses[http.StatusRequestURITooLong], true
	}
	switch {
	case ok:
	case answer.status < http.StatusInternalServerError:
		known.kind = Rejected
	default:
		known.kind = Unavailable
	}
	return downstream(known.kind, answer.status, "The store answered %s.%s", statusLine(answer.status, message), known.advice)
}

// explainAnswer returns the error of a success whose JSON holds an error, or no answer to a query.
func (t errorTranslator) explainAnswer(ctx context.Context, promQL string, answer *v1.Error) *Error {
	message := t.clean(ctx, shorten(answer.Msg))
	if e := overLimit(http.StatusUnprocessableEntity, message); e != nil {
		return e
	}
	switch {
	case answer.Type == v1.ErrBadData:
		return badData(promQL, message)
	case answer.Type != v1.ErrBadResponse:
		return execution(promQL, message)
	case strings.HasSuffix(answer.Msg, `value type "string"`):
		return downstream(NotNumbers, http.StatusBadRequest, "The expression %s yields a string where numbers are needed.", shorten(promQL))
	default:
		return notPrometheus(message)
	}
}

// badData returns the error of an expression that the store refused as malformed. The plugin is to blame: it wrote the
// expression, unless the settings say that the store is another one.
func badData(promQL, message string) *Error {
	e := downstream(BadData, http.StatusBadRequest, "The store refused the PromQL %s: %s.", shorten(promQL), withoutStop(message))
	e.Downstream = strings.Contains(message, "unknown function") && strings.Contains(message, expand.Rollup)
	if e.Downstream {
		e.Message += " It was taken for VictoriaMetrics, whose MetricsQL has that function. Set prometheusType in the data source's settings to the type of the store."
	}
	return e
}

// execution returns the error of an expression that the store failed to evaluate.
func execution(promQL, message string) *Error {
	return downstream(Execution, http.StatusUnprocessableEntity, "The store could not evaluate the PromQL %s: %s.", shorten(promQL), withoutStop(message))
}

// notPrometheus returns the error of an answer that is not one of a Prometheus API.
func notPrometheus(message string) *Error {
	return downstream(NotPrometheus, http.StatusBadGateway, "The store's answer is not a Prometheus API response: %s. Check the data source's URL, and any proxy in between.", withoutStop(message))
}

// statusLine returns a status and the message that came with it, which often only repeats the status.
func statusLine(status int, message string) string {
	line := strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
	if message == "" || strings.Contains(line, message) || strings.HasPrefix(message, line) {
		return cmp.Or(withoutStop(message), line)
	}
	return line + ": " + withoutStop(message)
}
