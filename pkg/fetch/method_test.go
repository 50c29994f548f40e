package fetch

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// long is an expression that is longer than a URL may be for sure.
var long = "up" + strings.Repeat(" or up", maxURL/6)

func TestA8WhereGETIsSetLongFormsArePosted(t *testing.T) {
	const nginx400 = "<html><title>400 Request Header Or Cookie Too Large</title></html>"
	for name, tc := range map[string]struct {
		promQL string
		// refusesPOST and refusesLong are the statuses of POST, and of GET with a long URL; 0 accepts them. reads is the body.
		refusesPOST, refusesLong int
		// first and second are the methods by which the same is asked twice, and kind that of the error.
		first, second string
		kind          Kind
	}{
		"a short form":                                    {promQL: "up", first: "GET", second: "GET"},
		"a long form":                                     {promQL: long, first: "POST", second: "POST"},
		"a long form, and POST is not allowed":            {promQL: long, refusesPOST: 405, first: "POST GET", second: "GET"},
		"a long form, and POST is forbidden":              {promQL: long, refusesPOST: 403, first: "POST GET", second: "GET"},
		"a long form, and POST is not known":              {promQL: long, refusesPOST: 501, first: "POST GET", second: "GET"},
		"a long form that no way is taken, by 414":        {promQL: long, refusesPOST: 405, refusesLong: 414, first: "POST GET", second: "POST GET", kind: TooLong},
		"a long form that no way is taken, by 431":        {promQL: long, refusesPOST: 404, refusesLong: 431, first: "POST GET", second: "POST GET", kind: TooLong},
		"a long form that no way is taken, by 400":        {promQL: long, refusesPOST: 405, refusesLong: 400, first: "POST GET", second: "POST GET", kind: TooLong},
		"a long form, and the store wants to know of who": {promQL: long, refusesPOST: 401, first: "POST", second: "POST", kind: Unauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			var methods []string
			server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
				methods = append(methods, r.Method)
				switch {
				case r.Method == http.MethodPost && tc.refusesPOST != 0:
					serving(tc.refusesPOST, "no")(w, r)
				case len(r.URL.RequestURI()) > maxURL && tc.refusesLong != 0:
					serving(tc.refusesLong, nginx400)(w, r)
				case r.FormValue("query") != tc.promQL:
					t.Error("another question arrived")
				default:
					serving(http.StatusOK, emptyAnswer)(w, r)
				}
			})
			store := newStore(t, Config{URL: server.URL, Method: http.MethodGet})
			for _, want := range []string{tc.first, tc.second} {
				methods = nil
				_, err := fetchOne(t, store, atNoon(tc.promQL))
				if diff := cmp.Diff(want, strings.Join(methods, " ")); diff != "" {
					t.Error(diff)
				}
				if err == nil != (tc.kind == "") {
					t.Fatal(err)
				}
				if err != nil && errorOf(t, err).Kind != tc.kind {
					t.Errorf("%s: %v", errorOf(t, err).Kind, err)
				}
			}
		})
	}
}

// What the store itself says of a question is no reason to ask again by another method.
func TestA8TheStoresOwnErrorIsNoRefusalOfAMethod(t *testing.T) {
	for _, status := range []int{400, 403, 404, 422} {
		asked := 0
		server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
			asked++
			serving(status, refusal("bad_data", "no"))(w, r)
		})
		_, err := fetchOne(t, newStore(t, Config{URL: server.URL, Method: http.MethodGet}), atNoon(long))
		if err == nil || asked != 1 {
			t.Errorf("%d: asked %d times, %v", status, asked, err)
		}
	}
}

// A GET that is refused for its length, though it is short, is posted.
func TestA8AShortGETThatIsTooLongForAProxyIsPosted(t *testing.T) {
	for _, status := range []int{414, 431} {
		server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				serving(status, "")(w, r)
				return
			}
			serving(http.StatusOK, emptyAnswer)(w, r)
		})
		if _, err := fetchOne(t, newStore(t, Config{URL: server.URL, Method: http.MethodGet}), atNoon("up")); err != nil {
			t.Errorf("%d: %v", status, err)
		}
	}
}
