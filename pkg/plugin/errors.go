package plugin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// userError is what a user can put right: a query, a definition or a setting that can't be used.
type userError string

// Error returns the sentence for the user.
func (e userError) Error() string { return string(e) }

// refusal is what a user may not ask, or not now.
type refusal struct {
	status  int
	message string
}

// Error returns the sentence for the user.
func (e refusal) Error() string { return e.message }

// fault is an error as Grafana wants it.
type fault struct {
	status  int
	source  backend.ErrorSource
	message string
}

// faultOf is the one door through which errors reach Grafana: it says whose they are, and by which status.
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

func sourceOf(err *fetch.Error) backend.ErrorSource {
	if err.Downstream {
		return backend.ErrorSourceDownstream
	}
	return backend.ErrorSourcePlugin
}

// blame names the SLIs whose PromQL the store refused. Where the definition states that PromQL as a whole, it is to be
// put right there.
func blame(err error, p *plan.Plan) error {
	var refused *fetch.Error
	if !errors.As(err, &refused) || refused.Kind != fetch.BadData {
		return err
	}
	slis, whole := p.DefinedAs(refused.PromQL)
	if len(slis) == 0 {
		return err
	}
	named := *refused
	named.Message = strings.Join(slis, ", ") + ": " + refused.Message
	named.Downstream = whole
	return &named
}

// response is the answer to a query that failed.
func (f fault) response() backend.DataResponse {
	return backend.DataResponse{Error: errors.New(f.message), Status: backend.Status(f.status), ErrorSource: f.source}
}

// panicked is the error of a query that ran into a bug.
func panicked(cause any) error {
	return fmt.Errorf("the plugin failed on this query: %v; the log has more, please report it", cause)
}
