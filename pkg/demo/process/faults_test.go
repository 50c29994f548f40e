package process

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// promError is the body of an error of Prometheus.
func promError(kind, words string) string {
	return fmt.Sprintf(`{"status":"error","errorType":%q,"error":%q}`, kind, words)
}

func TestFaultsOfTheStore(t *testing.T) {
	tests := map[string]struct {
		status int
		body   string
		want   failure
	}{
		"401: nobody knows us": {401, "who are you?", downstream(401, "The store answered 401 Unauthorized: who are you?", "Check the authentication")},
		"403: we may not":      {403, promError("forbidden", "not your tenant"), downstream(403, "The store answered 403 Forbidden: not your tenant.")},
		"404: it is not there": {404, "404 page not found", downstream(404, "The store answered 404 Not Found: 404 page not found.", "Check the data source's URL.")},
		"429: too often":       {429, `{"message":"slow down"}`, downstream(429, "429 Too Many Requests: slow down.", "Refresh less often, or lower concurrency")},
		"500: it fails":        {500, promError("internal", "disk on fire"), downstream(500, "500 Internal Server Error: disk on fire")},
		"503: it is not ready": {503, "<html><title>503 no replica is up</title></html>", downstream(503, "503 no replica is up")},
		"a page with 200":      {200, "<html><head><title>Please sign in</title></head></html>", downstream(502, "not a Prometheus API response: Please sign in.")},
		"garbage with 200":     {200, "\x00\x01 certainly", downstream(502, "not a Prometheus API response", "certainly")},
		"nothing with 200":     {200, "", downstream(502, "not a Prometheus API response: it is empty.")},
		"JSON that is cut off": {200, `{"status":"success","data":{"resultType":"vec`, downstream(502, "not a Prometheus API response")},
		"JSON of another API":  {200, `{"hits":[]}`, downstream(502, "not a Prometheus API response")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var requests atomic.Int64
			store := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				requests.Add(1)
				answer(w, test.status, test.body)
			})
			test.want.check(t, newSource(store, oneValue).ask(t, over(10*time.Minute, 12*time.Minute, `{"format":"latest"}`))["A"])
			if n := requests.Load(); n != 1 {
				t.Errorf("the store was asked %d times for one thing", n)
			}
		})
	}
}

// An SLI that the store can't compute takes no other flow with it: its own flow has no score, and a notice says why.
func TestAnSLIThatTheStoreRefusesIsWithheld(t *testing.T) {
	tests := map[string]struct {
		status     int
		body       string
		definition string
		query      string
		says       string
	}{
		"400: the store refuses what the definition states": {400, promError("bad_data", "unknown function"), oneValue, `{"format":"latest"}`,
			"The store refused the PromQL max(up): unknown function."},
		"400: the store refuses what the plugin wrote": {400, promError("bad_data", "unknown function"), shopDefinition, `{"flows":["login"],"format":"latest"}`,
			"The store refused the PromQL sum("},
		"422: it can't be evaluated": {422, promError("execution", "too many samples"), oneValue, `{"format":"latest"}`,
			"The store could not evaluate the PromQL max(up): too many samples."},
		"strings where there are numbers": {200, `{"status":"success","data":{"resultType":"string","result":[1,"x"]}}`, oneValue, `{"format":"latest"}`,
			"yields a string where numbers are needed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			store := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, test.status, test.body) })
			answers := newSource(store, test.definition).ask(t, over(10*time.Minute, 12*time.Minute, test.query))
			if err := answers["A"].Error; err != nil {
				t.Fatal(err)
			}
			hasNotice(t, answers["A"].Frames, data.NoticeSeverityError, test.says)
		})
	}
}

// It would outlast the tests' own time limit to wait for the timeout.
func TestAStoreThatIsDownIsReportedBeforeTheTimeout(t *testing.T) {
	answers := newSource(dead(t), shopDefinition, "queryTimeout", "1h").ask(t, over(10*time.Minute, 12*time.Minute, `{}`))
	downstream(502, "The connection to the store failed: ", "connection refused").check(t, answers["A"])
}

func TestAStoreThatHangsUp(t *testing.T) {
	store := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	answers := newSource(store, oneValue).ask(t, over(10*time.Minute, 12*time.Minute, `{}`))
	downstream(502, "The connection to the store failed: ", "EOF").check(t, answers["A"])
}

// hanging returns the URL of a store that never answers, and a channel that gets a value each time a request of it
// begins or is given up by the plugin.
func hanging(t *testing.T) (url string, began, givenUp <-chan struct{}) {
	t.Helper()
	begins, ends := make(chan struct{}, 100), make(chan struct{}, 100)
	url = serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // Only then the server sees that the other side goes away.
		begins <- struct{}{}
		<-r.Context().Done()
		ends <- struct{}{}
	})
	return url, begins, ends
}

func TestAStoreThatIsSlow(t *testing.T) {
	tests := map[string]struct{ definition, json string }{
		"over time":              {oneValue, `{}`},
		"now":                    {oneValue, `{"format":"latest"}`},
		"to say which histogram": {shopDefinition, `{"level":"sli","slis":["search/fast"]}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			store, _, givenUp := hanging(t)
			s := newSource(store, test.definition, "queryTimeout", "300ms")
			waitUntil(t, func() string { // On a busy machine the time may be over before the store has the request.
				began := time.Now()
				answers := s.ask(t, over(10*time.Minute, 12*time.Minute, test.json))
				downstream(504, "The store did not answer within 300ms.", "raise queryTimeout in the data source's settings").check(t, answers["A"])
				if took := time.Since(began); took < 300*time.Millisecond {
					t.Errorf("it took %s", took)
				}
				select {
				case <-givenUp:
					return ""
				case <-time.After(time.Second):
					return "no request of the store was given up"
				}
			})
		})
	}
}

func TestAQueryThatNobodyWaitsForIsGivenUp(t *testing.T) {
	store, began, givenUp := hanging(t)
	s := newSource(store, oneValue)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-began
		cancel()
	}()
	request := &backend.QueryDataRequest{PluginContext: s.context(t), Queries: []backend.DataQuery{over(10*time.Minute, 12*time.Minute, `{}`).asked()}}
	if _, err := plugin.QueryData(ctx, request); err == nil {
		t.Error("a cancelled request was answered")
	}
	<-givenUp
}

func TestAnAnswerOverTheLimitNamesTheKnob(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	s.config = map[string]string{"GF_RESPONSE_LIMIT": "100"}
	answers := s.ask(t, over(10*time.Minute, 12*time.Minute, `{"flows":["login"]}`))
	failure{413, backend.ErrorSourcePlugin, []string{"larger than the limit", "shorter range, a larger step or fewer flows", "response_limit under [dataproxy]"}}.check(t, answers["A"])
}

func TestWarningsOfTheStoreAreNotices(t *testing.T) {
	store := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, fmt.Sprintf(`{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[%d,"0.5"]}]},
			"warnings":["zone b did not answer"],"infos":["PromQL info: metric might not be a counter"]}`, at(12*time.Minute).Unix()))
	})
	frames := newSource(store, oneValue).frames(t, over(10*time.Minute, 12*time.Minute, `{"format":"latest"}`))
	seriesOf(t, frames, "score").check(t, series{"": {0.5}})
	hasNotice(t, frames, data.NoticeSeverityWarning, "the store warns: zone b did not answer")
	for _, notice := range frames[0].Meta.Notices {
		if strings.Contains(notice.Text, "counter") {
			t.Errorf("an info became a notice: %s", notice.Text)
		}
	}
}

func TestSeveralSeriesWhereOneIsNeeded(t *testing.T) {
	definition := strings.Replace(oneValue, "max(up)", "requests_total", 1)
	frames := newSource(shop.URL(), definition).frames(t, over(10*time.Minute, 12*time.Minute, `{}`))
	seriesOf(t, frames, "score").check(t, series{"": {none, none, none}})
	hasNotice(t, frames, data.NoticeSeverityWarning, "several series came back at all 3 points for requests_total", "aggregate them in the catalog")
}
