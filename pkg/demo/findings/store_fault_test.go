package findings

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// proxy is a store between a data source and the store of a trial, with a fault that can be set and ended.
type proxy struct {
	URL   string
	fault atomic.Pointer[fault]
	// definition and settings are those of the data source.
	definition string
	settings   map[string]any
}

// fault answers some requests instead of the store.
type fault struct {
	// applies says for which requests; form has their parameters.
	applies func(path string, form url.Values) bool
	// answer changes the store's answer.
	answer func(body []byte) []byte
}

// behindProxy returns a trial like tr whose data source asks a proxy in front of the store.
func (tr *trial) behindProxy(definition string, settings map[string]any) (*trial, *proxy) {
	tr.t.Helper()
	p := &proxy{definition: definition, settings: settings}
	p.URL = tr.inFront(p.answer)
	behind := &trial{t: tr.t, store: tr.store}
	behind.instance = behind.dataSource(p.URL, definition, settings)
	return behind, p
}

// end ends the fault, for a data source that has the cache of the former one, and shares no request with it.
func (p *proxy) end(tr *trial) {
	p.fault.Store(nil)
	tr.instance = tr.dataSource(p.URL, p.definition, p.settings)
}

// answer answers by the store, or by the fault.
func (p *proxy) answer(w http.ResponseWriter, r *http.Request, body []byte, store http.Handler) {
	f := p.fault.Load()
	if f == nil || !f.applies(r.URL.Path, parametersOf(r, body)) {
		store.ServeHTTP(w, r)
		return
	}
	recorded := httptest.NewRecorder()
	r.Header.Del("Accept-Encoding")
	store.ServeHTTP(recorded, r)
	changed := f.answer(recorded.Body.Bytes())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(changed)))
	w.WriteHeader(recorded.Code)
	_, _ = w.Write(changed)
}

// inFront returns the URL of a server in front of the trial's store. handle answers a request, whose body has been read and can be read
// once more, or has the store answer it.
func (tr *trial) inFront(handle func(w http.ResponseWriter, r *http.Request, body []byte, store http.Handler)) string {
	tr.t.Helper()
	target, err := url.Parse(tr.store.URL())
	if err != nil {
		tr.t.Fatal(err)
	}
	store := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		handle(w, r, body, store)
	}))
	tr.t.Cleanup(server.Close)
	return server.URL
}

// parametersOf returns the parameters in the URL and in the body of a request.
func parametersOf(r *http.Request, body []byte) url.Values {
	form, _ := url.ParseQuery(string(body))
	for name, values := range r.URL.Query() {
		form[name] = append(form[name], values...)
	}
	return form
}

// errorsOnly applies to queries about the counter of errors.
func errorsOnly(_ string, form url.Values) bool {
	return strings.Contains(form.Get("query"), "errors_total")
}

// changed returns a fault that changes the fields of an answer.
func changed(t testing.TB, change func(answer map[string]any)) func([]byte) []byte {
	return func(body []byte) []byte {
		answer := map[string]any{}
		if len(body) == 0 { // The query has failed already.
			return body
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Errorf("%s: %v", body, err)
		}
		change(answer)
		text, err := json.Marshal(answer)
		if err != nil {
			t.Error(err)
		}
		return text
	}
}

// withData returns a fault that changes the data of an answer to a query.
func withData(t testing.TB, change func(data map[string]any)) func([]byte) []byte {
	return changed(t, func(answer map[string]any) {
		if data, ok := answer["data"].(map[string]any); ok {
			change(data)
		}
	})
}

// failingShop is a shop in which a fifth of the requests fail, the errors of which are counted by a metric of their own.
const failingShop = `
objective: 0.9
budgetWindow: 1h
flows:
  - name: shop
    slis: [{ name: ok, component: availability, ratio: { bad: errors_total, total: requests_total, absent: zero } }]`

// tryFailingShop returns the shop behind a proxy.
func tryFailingShop(t *testing.T) (*trial, *proxy) {
	from := noon.Add(-3 * time.Hour)
	tr := try(t, catalog(failingShop), nil,
		series{`errors_total{job="a"}`, from, noon, 15 * time.Second, counter(from, 2)},
		series{`requests_total{job="a"}`, from, noon, 15 * time.Second, counter(from, 10)})
	return tr.behindProxy(catalog(failingShop), nil)
}

// An answer that lacks the errors by a fault of its form is never taken for an absent counter, and not kept.
func TestA6AnswersOfAnotherFormAreNeverTakenForAbsentErrors(t *testing.T) {
	for name, answer := range map[string]func([]byte) []byte{
		"a result that is null":      withData(t, func(data map[string]any) { data["result"] = nil }),
		"a result that is text":      withData(t, func(data map[string]any) { data["result"] = "" }),
		"a result that is a number":  withData(t, func(data map[string]any) { data["result"] = 0 }),
		"status error without words": changed(t, func(a map[string]any) { a["status"] = "error"; delete(a, "data") }),
		"status fail": changed(t, func(a map[string]any) {
			a["status"] = "fail"
			a["data"] = map[string]any{"resultType": a["data"].(map[string]any)["resultType"], "result": []any{}}
		}),
		"no status": changed(t, func(a map[string]any) {
			delete(a, "status")
			a["data"].(map[string]any)["result"] = []any{}
		}),
		"series without values": withData(t, func(data map[string]any) {
			for _, one := range data["result"].([]any) {
				delete(one.(map[string]any), "value")
				delete(one.(map[string]any), "values")
			}
		}),
		"data twice": func(body []byte) []byte {
			return append(body[:max(0, len(body)-1)], `,"data":{"resultType":"vector","result":[]}}`...)
		},
		"another type": withData(t, func(data map[string]any) {
			data["resultType"] = map[any]string{"vector": "matrix", "matrix": "vector"}[data["resultType"]]
			data["result"] = []any{}
		}),
		"points of yesterday": withData(t, func(data map[string]any) {
			for _, one := range data["result"].([]any) {
				fields := one.(map[string]any)
				if value, ok := fields["value"].([]any); ok {
					value[0] = value[0].(float64) - 86400
				}
				values, _ := fields["values"].([]any)
				for _, point := range values {
					point.([]any)[0] = point.([]any)[0].(float64) - 86400
				}
			}
		}),
	} {
		t.Run(name, func(t *testing.T) {
			tr, p := tryFailingShop(t)
			p.fault.Store(&fault{errorsOnly, answer})
			for _, query := range []string{`"format": "latest"`, `"format": "timeseries"`, `"format": "latest", "measure": "burn"`, `"format": "table", "level": "sli"`} {
				if a := tr.ask(query, noon.Add(-time.Hour), noon, time.Minute); a.Error == nil {
					t.Errorf("%s is answered: %v", query, a.notices())
				} else if !strings.Contains(a.Error.Error(), "The store's answer is not a Prometheus API response") {
					t.Errorf("%s: %v", query, a.Error)
				}
			}
			p.end(tr)
			tr.latest(`"measure": "score"`, noon).is("", .8)
			tr.latest(`"measure": "burn"`, noon).isNear("", 2, 1e-6)
		})
	}
}
