package plugin

import (
	"context"
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// orgHeader is where Grafana's alerting names the organisation of a rule.
const orgHeader = "X-Grafana-Org-Id"

// WithOrganisations is a backend.ServeOptsDecorator that completes requests of alert rules: Grafana 10.1 sends their organisation in a
// header only. Without it, an instance that is made for a rule could not use a catalog that is limited to organisations, and would
// count as another data source.
func WithOrganisations(_ string, opts backend.ServeOpts) (backend.ServeOpts, error) {
	opts.HandlerMiddlewares = append(opts.HandlerMiddlewares, backend.HandlerMiddlewareFunc(func(next backend.Handler) backend.Handler {
		return &organisations{backend.NewBaseHandler(next)}
	}))
	return opts, nil
}

// organisations is a handler of requests that may lack their organisation.
type organisations struct{ backend.BaseHandler }

// QueryData implements backend.QueryDataHandler. The header counts only where the
// context has no organisation, which that of users' requests always has.
func (h *organisations) QueryData(ctx context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	if req.PluginContext.OrgID == 0 && req.PluginContext.Namespace == "" {
		completed := *req
		completed.PluginContext.OrgID = organisation(req.Headers)
		req, ctx = &completed, backend.WithPluginContext(ctx, completed.PluginContext)
	}
	return h.BaseHandler.QueryData(ctx, req)
}

// organisation returns the number of the organisation in headers; 0 if there is none.
func organisation(headers map[string]string) int64 {
	id, err := strconv.ParseInt(headers[orgHeader], 10, 64)
	if err != nil || id < 0 {
		return 0
	}
	return id
}
