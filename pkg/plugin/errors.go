package plugin

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// userError is an error that a user can fix: a query, a definition or a setting that can't be used.
type userError string

// Error returns a sentence for the user.
func (e userError) Error() string { return string(e) }

// refusal is a request that a user may not make, or not now.
type refusal struct {
	status  int
	message string
}

// Error returns a sentence for the user.
func (e refusal) Error() string { return e.message }

// fault is an error in the terms of Grafana: an HTTP status, who is to blame and a message.
type fault struct {
	status  int
	source  backend.ErrorSource
	message string
}

// faultOf translates an error for Grafana. All errors that reach Grafana are translated here.
func faultOf(err error) fault {
	var (
		user    userError
		refused refusal
		invalid *query.Invalid
		store   *fetch.Error
		missing *eval.Missing
	)
	switch {
	case errors.As(err, &user):
		return fault{http.StatusBadRequest, backend.ErrorSourceDownstream, user.Error()}
	case errors.As(err, &refused):
		return fault{refused.status, backend.ErrorSourceDownstream, refused.message}
	case errors.As(err, &invalid):
		return fault{http.StatusBadRequest, backend.ErrorSourceDownstream, invalid.Error()}
	case errors.As(err, &missing):
		return fault{http.StatusFailedDependency, backend.ErrorSourceDownstream, missing.Error()}
	case errors.As(err, &store):
		return fault{store.Status, sourceOf(store), store.Error()}
	case errors.Is(err, context.Canceled):
		return fault{fetch.StatusCancelled, backend.ErrorSourceDownstream, "the request was cancelled"}
	default:
		return fault{http.StatusInternalServerError, backend.ErrorSourcePlugin, err.Error()}
	}
}

// sourceOf returns who is to blame for an error of the store.
func sourceOf(err *fetch.Error) backend.ErrorSource {
	if err.Downstream {
		return backend.ErrorSourceDownstream
	}
	return backend.ErrorSourcePlugin
}

// response returns the response to a query that failed.
func (f fault) response() backend.DataResponse {
	return backend.DataResponse{Error: errors.New(f.message), Status: backend.Status(f.status), ErrorSource: f.source}
}

// panicked returns the error of a query that panicked.
func panicked(cause any) error {
	return fmt.Errorf("the plugin failed on this query: %v; the log has more, please report it", cause)
}
