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

// alertHeader is the one by which Grafana says that an alert rule asks.
const alertHeader = "FromAlert"

// urgentKey is the key in a context that says that an alert rule asks.
type urgentKey struct{}

// withUrgency notes in a context whether an alert rule asks.
func withUrgency(ctx context.Context, headers map[string]string) context.Context {
	return context.WithValue(ctx, urgentKey{}, headers[alertHeader] == "true")
}

// isUrgent reports whether an alert rule asks.
func isUrgent(ctx context.Context) bool {
	urgent, _ := ctx.Value(urgentKey{}).(bool)
	return urgent
}

// caller is on whose behalf the store is asked.
type caller struct {
	// headers are those that Grafana forwards; they hold who the user is where the data source forwards that.
	headers http.Header
	// identity is a hash of the headers that may make the store answer differently.
	identity string
}

// callerKey is the key of the caller in a context.
type callerKey struct{}

// withIdentity notes in a context on whose behalf the store is asked.
func withIdentity(ctx context.Context, forwarded http.Header) context.Context {
	hash := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(forwarded)) {
		for _, value := range forwarded[name] {
			if !isTrace(name) {
				hash.Write([]byte(name + "\x00" + value + "\x00"))
			}
		}
	}
	return context.WithValue(ctx, callerKey{}, caller{headers: forwarded, identity: hex.EncodeToString(hash.Sum(nil))})
}

// identityOf returns the identity of who was noted; "" where nobody was.
func identityOf(ctx context.Context) string {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c.identity
}

// traces are the headers by which Grafana says from where it asks, such as from which panel. They do not say who asks,
// and one of them is new with each request.
var traces = []string{"X-Query-Group-Id", "X-Panel-Id", "X-Panel-Plugin-Id", "X-Panel-Title", "X-Dashboard-Uid",
	"X-Dashboard-Title", "X-Datasource-Uid", "X-Grafana-From-Expr", "Fromalert"}

// isTrace reports whether a header is one of the traces, or describes an alert rule.
func isTrace(name string) bool {
	return slices.Contains(traces, name) || strings.HasPrefix(name, "X-Rule-")
}

// identifying are the headers by which Grafana says who asks for a resource. Beside them such a request has all that
// the browser sent, and a browser must not choose, say, whose tenant the store looks at.
var identifying = []string{backend.OAuthIdentityTokenHeaderName, backend.OAuthIdentityIDTokenHeaderName,
	backend.GrafanaUserSignInTokenHeaderName, backend.CookiesHeaderName}

// identifyingOnly returns those of the headers of a request for a resource that the store may see.
func identifyingOnly(headers http.Header) http.Header {
	allowed := http.Header{}
	for _, name := range identifying {
		if values := headers.Values(name); len(values) > 0 {
			allowed[http.CanonicalHeaderKey(name)] = values
		}
	}
	return allowed
}

// forward is the middleware of the HTTP client that puts the caller's headers on a request, but for those that it has
// from the settings already. It stands in for that of the SDK, which forwards whatever a browser sends for a resource.
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
