package plugin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

func TestFaultOf(t *testing.T) {
	down, ours := backend.ErrorSourceDownstream, backend.ErrorSourcePlugin
	store := func(kind fetch.Kind, status int, downstream bool) error {
		return &fetch.Error{Kind: kind, Status: status, Downstream: downstream, Message: "The store said so."}
	}
	_, invalid := query.Parse([]byte(`{"measure":"karma"}`))
	tests := map[string]struct {
		err     error
		status  int
		source  backend.ErrorSource
		message string
	}{
		"what a user can put right":       {userError("the setting url is empty"), 400, down, "the setting url is empty"},
		"also when it is wrapped":         {fmt.Errorf("settings: %w", userError("no url")), 400, down, "no url"},
		"a query that can't be asked":     {invalid, 400, down, `measure is "karma"`},
		"settings that make no sense":     {store(fetch.Settings, 400, true), 400, down, "The store said so."},
		"PromQL that we wrote":            {store(fetch.BadData, 400, false), 400, ours, "The store said so."},
		"PromQL of the definition":        {store(fetch.BadData, 400, true), 400, down, "The store said so."},
		"strings where numbers are due":   {store(fetch.NotNumbers, 400, true), 400, down, "The store said so."},
		"a failed evaluation":             {store(fetch.Execution, 422, true), 422, down, "The store said so."},
		"nobody knows us":                 {store(fetch.Unauthorized, 401, true), 401, down, "The store said so."},
		"we may not":                      {store(fetch.Forbidden, 403, true), 403, down, "The store said so."},
		"it is not there":                 {store(fetch.NotFound, 404, true), 404, down, "The store said so."},
		"too often":                       {store(fetch.TooManyRequests, 429, true), 429, down, "The store said so."},
		"another refusal":                 {store(fetch.Rejected, 418, true), 418, down, "The store said so."},
		"a store that fails":              {store(fetch.Unavailable, 503, true), 503, down, "The store said so."},
		"a store that is down":            {store(fetch.Unreachable, 502, true), 502, down, "The store said so."},
		"what is no Prometheus":           {store(fetch.NotPrometheus, 502, true), 502, down, "The store said so."},
		"a store that is slow":            {store(fetch.Timeout, 504, true), 504, down, "The store said so."},
		"a query that was given up":       {store(fetch.Cancelled, 499, true), 499, down, "The store said so."},
		"an answer over the limit":        {store(fetch.TooLarge, 413, false), 413, ours, "The store said so."},
		"a bug while asking":              {store(fetch.Internal, 500, false), 500, ours, "The store said so."},
		"an error of the store, wrapped":  {fmt.Errorf("fetching: %w", store(fetch.Unavailable, 503, true)), 503, down, "The store said so."},
		"a request that was given up":     {fmt.Errorf("waiting: %w", context.Canceled), 499, down, "the request was cancelled"},
		"anything else is a bug":          {errors.New("no such thing"), 500, ours, "no such thing"},
		"a panic is a bug to be reported": {panicked("nil map"), 500, ours, "the plugin failed on this query: nil map; the log has more, please report it"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			response := faultOf(test.err).response()
			if int(response.Status) != test.status || response.ErrorSource != test.source {
				t.Errorf("it is %d %s, want %d %s", response.Status, response.ErrorSource, test.status, test.source)
			}
			if !strings.HasPrefix(response.Error.Error(), test.message) {
				t.Errorf("it says %q, want %q", response.Error, test.message)
			}
		})
	}
}
