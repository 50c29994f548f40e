package plugin

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// The secrets of the test's requests.
var (
	longToken = "eyJhbGciOiJSUzI1NiJ9." + strings.Repeat("aZ9_-", 160)
	secrets   = map[string]string{
		"the password":                    `hunter2 "&<ü`,
		"a secret header":                 "h34der/s3cret+==",
		"a tenant with a secret name":     "tenant-4711",
		"a parameter":                     "p4rameter",
		"a parameter that begins with -":  "d4shed-one",
		"a short parameter":               "k9",
		"the user's token":                longToken,
		"the user's id token":             "1d-token.of.mine",
		"the value of a cookie":           "c00kie-value",
		"the value of a header of a team": `1:{namespace="payments-x"}`,
	}
)

// echoes are the ways in which a store repeats a request, with the headers and parameters of which it says something.
var echoes = map[string]func(http.ResponseWriter, *http.Request, string){
	"an error": func(w http.ResponseWriter, _ *http.Request, said string) {
		failing(w, http.StatusInternalServerError, said)
	},
	"a refusal": func(w http.ResponseWriter, _ *http.Request, said string) {
		failing(w, http.StatusUnprocessableEntity, said)
	},
	"an unauthorized":   func(w http.ResponseWriter, _ *http.Request, said string) { failing(w, http.StatusUnauthorized, said) },
	"an error in a 200": func(w http.ResponseWriter, _ *http.Request, said string) { failing(w, http.StatusOK, said) },
	"a text":            func(w http.ResponseWriter, _ *http.Request, said string) { http.Error(w, said, http.StatusBadGateway) },
	"a page": func(w http.ResponseWriter, _ *http.Request, said string) {
		http.Error(w, "<html><body><p>"+html.EscapeString(said)+"</p></body></html>", http.StatusForbidden)
	},
	"a warning": func(w http.ResponseWriter, r *http.Request, said string) {
		kind := map[bool]string{true: "vector", false: "matrix"}[r.FormValue("step") == ""]
		encode(w, map[string]any{"status": "success", "warnings": []string{said}, "infos": []string{"PromQL info: " + said}, "data": map[string]any{"resultType": kind, "result": []any{}}})
	},
	"a status that is none": func(w http.ResponseWriter, _ *http.Request, said string) {
		encode(w, map[string]any{"status": said, "data": map[string]any{"resultType": "vector", "result": []any{}}})
	},
	"a redirect": func(w http.ResponseWriter, r *http.Request, said string) {
		http.Redirect(w, r, "http://elsewhere.test/"+url.PathEscape(said), http.StatusFound)
	},
	"what it is": func(w http.ResponseWriter, _ *http.Request, said string) {
		encode(w, map[string]any{"status": "success", "data": map[string]any{"application": said, "version": said}})
	},
}

// failing writes an error of a Prometheus API.
func failing(w http.ResponseWriter, status int, said string) {
	w.WriteHeader(status)
	encode(w, map[string]any{"status": "error", "errorType": "execution", "error": said})
}

func encode(w http.ResponseWriter, answer any) { _ = json.NewEncoder(w).Encode(answer) }

// spellings are the ways to write a name and a value.
var spellings = map[string]func(name, value string) string{
	"alone":           func(_, value string) string { return value },
	"name: value":     func(name, value string) string { return name + ": " + value },
	"name = value":    func(name, value string) string { return name + " = " + value },
	`"name": "value"`: func(name, value string) string { return fmt.Sprintf("{%q: %q}", name, value) },
	"a list":          func(name, value string) string { return name + ":[" + value + "]" },
	"base64":          func(_, value string) string { return base64.StdEncoding.EncodeToString([]byte(value)) },
	"base64 of URLs":  func(_, value string) string { return base64.RawURLEncoding.EncodeToString([]byte(value)) },
	"in a URL":        func(name, value string) string { return "http://store/?" + url.Values{name: {value}}.Encode() + "&x=1" },
	"in a path":       func(_, value string) string { return "/no/" + url.PathEscape(value) + "/here" },
	"in upper case escapes": func(name, value string) string {
		return strings.ToLower(name) + "=" + strings.ReplaceAll(url.QueryEscape(value), "%2F", "%2f")
	},
	"cut off": func(name, value string) string {
		return name + " " + value[:min(len(value), max(2, len(value)*2/3, min(len(value), 14)))]
	},
	"behind many words": func(name, value string) string {
		return strings.Repeat("w", 500-len(value)%500/2-len(name)-2) + " " + name + " " + value
	},
}

// No secret of a request that a store repeats reaches a user, whatever way it is written.
func TestA13NoSecretOfARequestReachesUsers(t *testing.T) {
	for echo, answer := range echoes {
		t.Run(echo, func(t *testing.T) {
			for spelling, spell := range spellings {
				h := newHarness(t)
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					var said []string
					for name, values := range r.Header {
						for _, value := range values {
							said = append(said, spell(name, value))
						}
					}
					for _, name := range []string{"key", "-token", "k"} {
						said = append(said, spell(name, r.URL.Query().Get(name)))
					}
					user, password, _ := r.BasicAuth()
					said = append(said, spell("user "+user, password))
					if spelling == "behind many words" { // One at a time, since texts are shortened.
						said = said[len(r.FormValue("query"))%len(said):][:1]
					}
					answer(w, r, strings.Join(said, "; "))
				}))
				t.Cleanup(server.Close)
				source := newDataSource(t.Context(), backend.DataSourceInstanceSettings{
					UID: "a", URL: server.URL, BasicAuthEnabled: true, BasicAuthUser: "me",
					JSONData: settingsJSON(t, map[string]any{
						"definition": pagedYAML, "httpHeaderName1": "X-Secret", "httpHeaderName2": "X-Scope-OrgID",
						"customQueryParameters": url.Values{"key": {secrets["a parameter"]}, "-token": {secrets["a parameter that begins with -"]}, "k": {secrets["a short parameter"]}}.Encode(),
					}),
					DecryptedSecureJSONData: map[string]string{
						"basicAuthPassword": secrets["the password"], "httpHeaderValue1": secrets["a secret header"], "httpHeaderValue2": secrets["a tenant with a secret name"],
					},
				}, h.shared)
				headers := map[string]string{
					"http_X-Prom-Label-Policy": secrets["the value of a header of a team"], "X-ID-Token": secrets["the user's id token"],
					"Cookie": "a=1; session=" + secrets["the value of a cookie"],
				}
				for _, authorization := range []string{"", "Bearer " + longToken} {
					asked := maps.Clone(headers)
					if authorization != "" {
						asked["http_X-Forwarded-Token"] = authorization
						asked["http_Proxy-Authorization"] = longToken
					}
					query := asking("A", `{"format":"latest"}`, h.now)
					query.TimeRange.From = h.now.Add(-time.Hour)
					response, err := source.QueryData(t.Context(), &backend.QueryDataRequest{Headers: asked, Queries: []backend.DataQuery{query}})
					if err != nil {
						t.Fatal(err)
					}
					var seen []string
					if err := response.Responses["A"].Error; err != nil {
						seen = append(seen, err.Error())
					}
					for _, frame := range response.Responses["A"].Frames {
						for _, notice := range frame.Meta.Notices {
							seen = append(seen, notice.Text)
						}
					}
					health, err := source.CheckHealth(t.Context(), &backend.CheckHealthRequest{Headers: asked})
					if err != nil {
						t.Fatal(err)
					}
					seen = append(seen, health.Message, string(health.JSONDetails))
					hasNone(t, spelling, strings.Join(seen, "\n"), spell)
				}
			}
		})
	}
}

// hasNone fails the test if a text holds a secret, or a part of one.
func hasNone(t *testing.T, spelling, text string, spell func(name, value string) string) {
	t.Helper()
	for what, value := range secrets {
		if what == "a short parameter" && spelling != "name: value" && spelling != "name = value" && spelling != `"name": "value"` {
			continue // It is part of many words.
		}
		spelt := strings.TrimRight(strings.TrimLeft(strings.TrimPrefix(spell("", value), "http://store/"), ":= []{}\"?w"), "]}\"")
		for _, form := range []string{value, value[:len(value)*2/3], spelt} {
			form = form[:min(len(form), 20)]
			if len(form) > 1 && strings.Contains(text, form) {
				t.Errorf("%s is seen as %s: %q in %.300s", what, spelling, form, text)
			}
		}
	}
}

// settingsJSON returns jsonData.
func settingsJSON(t *testing.T, fields map[string]any) []byte {
	t.Helper()
	raw, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
