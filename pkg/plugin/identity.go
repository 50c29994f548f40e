package plugin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
)

// caller is the user on whose behalf the store is asked.
type caller struct {
	// headers are sent to the store. They identify the user if the data source is configured to forward that.
	headers http.Header
	// identity is a hash of the headers that may change the store's answer.
	identity string
}

// callerKey is the context key of the caller.
type callerKey struct{}

// withIdentity returns a context whose requests to the store carry the forwarded headers.
func withIdentity(ctx context.Context, forwarded http.Header) context.Context {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(forwarded)) {
		for _, value := range forwarded[name] {
			if !isOriginHeader(name) {
				h.Write([]byte(name + "\x00" + value + "\x00"))
			}
		}
	}
	return context.WithValue(ctx, callerKey{}, caller{headers: forwarded, identity: hex.EncodeToString(h.Sum(nil))})
}

// identityOf returns the identity of the caller in a context; "" if there is none. Data of one identity must not be used
// to answer another one.
func identityOf(ctx context.Context) string {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c.identity
}

// originHeaders are the headers with the origin of a request, such as its panel. They do not identify the user, and some
// differ in each request.
var originHeaders = []string{"X-Query-Group-Id", "X-Panel-Id", "X-Panel-Plugin-Id", "X-Panel-Title", "X-Dashboard-Uid",
	"X-Dashboard-Title", "X-Datasource-Uid", "X-Grafana-From-Expr", "Fromalert"}

// isOriginHeader reports whether a header, by its canonical name, is one of originHeaders or describes an alert rule.
func isOriginHeader(name string) bool {
	return slices.Contains(originHeaders, name) || strings.HasPrefix(name, "X-Rule-")
}

// identityHeaders are the headers with which Grafana identifies the user of a request for a resource. Other headers of
// such a request come from the browser, which must not choose, for example, the tenant that the store uses.
var identityHeaders = []string{backend.OAuthIdentityTokenHeaderName, backend.OAuthIdentityIDTokenHeaderName,
	backend.GrafanaUserSignInTokenHeaderName, backend.CookiesHeaderName, userHeader, teamHeader}

const (
	// userHeader is the login of the user, which Grafana sends with send_user_header, and takes from what a browser sends.
	userHeader = "X-Grafana-User"
	// teamHeader are the rules of the user's teams (teamHttpHeaders), which only take series away.
	teamHeader = "X-Prom-Label-Policy"
)

// identityHeadersOf returns the identityHeaders in the headers of a request.
func identityHeadersOf(headers http.Header) http.Header {
	allowed := http.Header{}
	for _, name := range identityHeaders {
		if values := headers.Values(name); len(values) > 0 {
			allowed[http.CanonicalHeaderKey(name)] = values
		}
	}
	return allowed
}

// forward is the middleware of the HTTP client that adds the caller's headers to a request, except for those that the
// settings have set. The SDK's own middleware would also forward what a browser sends for a resource.
func forward(_ httpclient.Options, next http.RoundTripper) http.RoundTripper {
	return httpclient.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		c, _ := r.Context().Value(callerKey{}).(caller)
		r = r.Clone(r.Context())
		for name, values := range c.headers {
			if r.Header.Get(name) == "" {
				r.Header[name] = values
			}
		}
		return next.RoundTrip(r)
	})
}
