package findings

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// narrow returns the URL of a proxy before a store that takes no URL and no body longer than a limit, each with a status of its
// own, and no POST where that has a status.
func (tr *trial) narrow(limit, tooLong, post int) string {
	return tr.inFront(func(w http.ResponseWriter, r *http.Request, body []byte, store http.Handler) {
		switch {
		case r.Method == http.MethodPost && post != 0:
			http.Error(w, "Not here", post)
		case len(r.URL.RequestURI()) > limit:
			http.Error(w, "Request Header Or Cookie Too Large", tooLong)
		case len(body) > limit:
			http.Error(w, "", http.StatusRequestEntityTooLarge)
		default:
			store.ServeHTTP(w, r)
		}
	})
}

// Two hundred flows are answered where a proxy takes no long URL: by POST, or where it takes no POST either, one by one.
func TestA8ManyFlowsBehindAProxyThatTakesNoLongRequests(t *testing.T) {
	const flows = 200
	var spec strings.Builder
	spec.WriteString("flows:\n")
	from := noon.Add(-time.Hour)
	var all []series
	for i := range flows {
		fmt.Fprintf(&spec, "  - { name: flow-%d, slis: [ { name: ok, component: availability, ratio: { bad: 'r_total{code=\"500\",route=\"/a/rather/long/one/%d\"}', total: 'r_total{route=\"/a/rather/long/one/%d\"}' } } ] }\n", i, i, i)
		bad := float64(i%10) / 10
		all = append(all,
			series{fmt.Sprintf(`r_total{code="500",route="/a/rather/long/one/%d"}`, i), from, noon, 30 * time.Second, counter(from, bad)},
			series{fmt.Sprintf(`r_total{code="200",route="/a/rather/long/one/%d"}`, i), from, noon, 30 * time.Second, counter(from, 1-bad)})
	}
	definition := catalog(spec.String())
	direct := try(t, definition, nil, all...)
	for _, method := range []string{"GET", "POST"} {
		for _, tooLong := range []int{http.StatusRequestURITooLong, http.StatusBadRequest, http.StatusRequestHeaderFieldsTooLarge} {
			for _, post := range []int{0, http.StatusMethodNotAllowed, http.StatusForbidden} {
				for _, limit := range []int{2000, 8000} {
					if method == "POST" && post == http.StatusForbidden {
						continue // That is what the setting GET is for.
					}
					t.Run(fmt.Sprintf("%s, %d, POST %d, limit %d", method, tooLong, post, limit), func(t *testing.T) {
						tr := &trial{t: t, store: direct.store}
						settings := map[string]any{"httpMethod": method}
						a := tr.at(tr.narrow(limit, tooLong, post), definition, settings).latest(`"level": "flow"`, noon)
						for _, i := range []int{0, 3, flows - 1} {
							a.isNear(fmt.Sprintf(`flow="flow-%d"`, i), 1-float64(i%10)/10, 1e-9)
						}
					})
				}
			}
		}
	}
}
