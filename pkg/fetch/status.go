package fetch

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
)

// statuses hold the kind of error a status stands for, and what to do about it, where that is known.
var statuses = map[int]struct {
	kind   Kind
	advice string
}{
	http.StatusUnauthorized:    {kind: Unauthorized, advice: " Check the authentication in the data source's settings."},
	http.StatusForbidden:       {kind: Forbidden},
	http.StatusNotFound:        {kind: NotFound, advice: " Check the data source's URL."},
	http.StatusTooManyRequests: {kind: TooManyRequests, advice: " Refresh less often, or lower concurrency in the data source's settings."},
}

// explainStatus finds the sentence for an answer that is no success, or a success that is no JSON.
func (s *Store) explainStatus(promQL string, answer *statusError) *Error {
	words := wordsOf(answer.body)
	said := s.redact(words.text)
	switch {
	case answer.status < http.StatusBadRequest:
		return notPrometheus(cmp.Or(said, "it is empty"))
	case answer.status == http.StatusBadRequest && words.errorType == v1.ErrBadData:
		return badData(promQL, said)
	case answer.status == http.StatusUnprocessableEntity:
		return execution(promQL, said)
	}
	known, ok := statuses[answer.status]
	switch {
	case ok:
	case answer.status < http.StatusInternalServerError:
		known.kind = Rejected
	default:
		known.kind = Unavailable
	}
	return downstream(known.kind, answer.status, "The store answered %s.%s", reply(answer.status, said), known.advice)
}

// explainAnswer finds the sentence for what client_golang makes of an answer that comes as a success.
func (s *Store) explainAnswer(promQL string, answer *v1.Error) *Error {
	said := s.redact(shorten(answer.Msg))
	switch {
	case answer.Type == v1.ErrBadData:
		return badData(promQL, said)
	case answer.Type != v1.ErrBadResponse:
		return execution(promQL, said)
	case strings.HasSuffix(answer.Msg, `value type "string"`):
		return downstream(NotNumbers, http.StatusBadRequest, "The expression %s yields a string where numbers are needed.", shorten(promQL))
	default:
		return notPrometheus(said)
	}
}

// badData returns the error of an expression that the store refused. The plugin is to blame: it wrote the expression.
func badData(promQL, said string) *Error {
	e := downstream(BadData, http.StatusBadRequest, "The store refused the PromQL %s: %s.", shorten(promQL), ended(said))
	e.Downstream = false
	return e
}

// execution returns the error of an expression that the store could not evaluate.
func execution(promQL, said string) *Error {
	return downstream(Execution, http.StatusUnprocessableEntity, "The store could not evaluate the PromQL %s: %s.", shorten(promQL), ended(said))
}

// notPrometheus returns the error of an answer that no Prometheus API gives.
func notPrometheus(said string) *Error {
	return downstream(NotPrometheus, http.StatusBadGateway, "The store's answer is not that of a Prometheus API: %s. Check the data source's URL, and any proxy on the way.", ended(said))
}

// reply returns a status and what was said with it, which often is no more than the status again.
func reply(status int, said string) string {
	line := strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
	if said == "" || strings.Contains(line, said) || strings.HasPrefix(said, line) {
		return cmp.Or(ended(said), line)
	}
	return line + ": " + ended(said)
}

// ended returns what was said without the full stop that the sentence around it brings.
func ended(said string) string {
	return strings.TrimRight(said, ". ")
}
