package fetch

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
)

// maxRedirects is the number of redirects of one request that are followed.
const maxRedirects = 3

// withinHost returns a copy of an HTTP client that follows redirects only where the question arrives as it was asked and goes
// to nobody else: to the same scheme, host and port, with the same method. Requests carry the user's identity and the data
// source's secrets, which Go would send along.
func withinHost(inner *http.Client) *http.Client {
	outer := *inner
	outer.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		first := via[0]
		if !sameOrigin(req.URL, first.URL) {
			return &redirectError{to: req.URL, isElsewhere: true}
		}
		if req.Method != first.Method || len(via) > maxRedirects {
			return &redirectError{to: req.URL}
		}
		return nil
	}
	return &outer
}

// sameOrigin reports whether two URLs have the same scheme, host and port.
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && portOf(a) == portOf(b)
}

// portOf returns the port of a URL, which is that of its scheme by default.
func portOf(u *url.URL) string {
	return cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
}

// redirectError is a redirect that is not followed: to elsewhere, or one on which the question would be lost, since it turns
// a POST into an empty GET, or one too many.
type redirectError struct {
	to          *url.URL
	isElsewhere bool
}

// Error returns the target of the redirect without its query, which may hold secrets.
func (e *redirectError) Error() string {
	return "redirect to " + e.location()
}

// location is the target of the redirect without userinfo and query.
func (e *redirectError) location() string {
	return shorten(e.to.Scheme + "://" + e.to.Host + e.to.Path)
}

// explain returns the error for users, given the location without secrets.
func (e *redirectError) explain(location string) *Error {
	why := "which would lose queries"
	if e.isElsewhere {
		why = "which is another host, port or scheme, so that nothing was sent there"
	}
	return downstream(NotPrometheus, http.StatusBadGateway, "The store's address redirects to %s, %s. Set the data source's URL to where the store's API is, behind any login page.", location, why)
}
