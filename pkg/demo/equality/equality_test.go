package equality

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/plugin"
)

var (
	steps = flag.Int("steps", 1500, "how many steps are walked")
	seed  = flag.Uint64("seed", 1, "the seed of the walk")
)

// tolerance is how much sums may differ that were added up in another order, relative to their size.
const tolerance = 1e-9

func TestACachedAnswerEqualsAFreshOne(t *testing.T) {
	t.Parallel()
	compareWalk(t, newWalk(*seed), *steps, nil)
}

// TestACachedAnswerEqualsAFreshOneWhereScrapesChange has jobs that are scraped more or less often from some time on, one that appears
// during the walk, and a definition that says nothing of it, so that what is measured is kept.
func TestACachedAnswerEqualsAFreshOneWhereScrapesChange(t *testing.T) {
	t.Parallel()
	w := newWalk(*seed)
	w.scrapeInterval = ""
	compareWalk(t, w, *steps/4, []time.Duration{15 * time.Second, time.Minute, 15 * time.Second, 2 * time.Minute, 5 * time.Minute, 30 * time.Second})
}

// compareWalk walks for some steps, through worlds that are scraped each 15 seconds, or at other spacings for some hours each.
func compareWalk(t *testing.T, w *walk, steps int, spacings []time.Duration) {
	t.Helper()
	worlds := map[string]*world{}
	for i, user := range users {
		worlds[user] = newWorld(t, *seed+uint64(i), spacings)
	}
	front, faulty, straight := newFront(t, worlds)
	// Lookups may outlast the query that started them, so that the clock is read while it is set.
	var clock atomic.Pointer[time.Time]
	factory := plugin.NewFactoryAt(func() time.Time { return *clock.Load() })
	cached, fresh := &source{factory: factory, org: 1, url: faulty}, &source{factory: factory, org: 2, url: straight}
	compared, failed := 0, 0
	for step := range steps {
		did, now := w.step(), w.now
		clock.Store(&now)
		for _, world := range worlds {
			world.advance(t, now)
		}
		front.fault.Store(int32(w.fault))
		cached.save(t, w.settings(t, w.cacheBytes))
		requests := w.requests()
		got := make([]backend.Responses, len(requests))
		var asking sync.WaitGroup
		for i, request := range requests {
			asking.Go(func() { got[i] = cached.ask(request) })
		}
		asking.Wait()
		fresh.forget()
		fresh.save(t, w.settings(t, 0))
		for i, request := range requests {
			want := fresh.ask(request)
			for _, q := range request.Queries {
				if w.fault != none && excused(got[i][q.RefID]) {
					failed++
					continue
				}
				compared++
				if err := want[q.RefID].Error; err != nil {
					t.Fatalf("the query %s fails: %v", q.JSON, err)
				}
				if diff := compare(said(t, got[i][q.RefID]), said(t, want[q.RefID]), ""); diff != "" {
					t.Fatalf("step %d, after %q, at %s: the query %s of %s from %s to %s every %s is answered otherwise than afresh:\n%s", step, did,
						w.now.Format(time.TimeOnly), q.JSON, request.Headers["Authorization"], q.TimeRange.From.Format(time.TimeOnly),
						q.TimeRange.To.Format(time.TimeOnly), q.Interval, diff)
				}
			}
		}
	}
	t.Logf("compared %d answers in %d steps; %d were of a store that failed; %v", compared, steps, failed, w.did)
}

// requests are what is asked now: by the walker, and at times by the other user and by an alert rule too.
func (w *walk) requests() []*backend.QueryDataRequest {
	requests := []*backend.QueryDataRequest{w.request(w.user)}
	switch w.random.IntN(8) {
	case 0:
		requests = append(requests, w.request(pick(w.random, users...)))
	case 1:
		requests = append(requests, w.request(w.user))
		requests[1].Headers["FromAlert"] = "true"
	}
	return requests
}

// request asks some of the panels as a user.
func (w *walk) request(user string) *backend.QueryDataRequest {
	to := w.now.Add(-w.back)
	request := &backend.QueryDataRequest{Headers: map[string]string{"Authorization": user}}
	for _, k := range w.random.Perm(len(w.panels))[:1+w.random.IntN(2)] {
		request.Queries = append(request.Queries, backend.DataQuery{RefID: fmt.Sprint("P", k), JSON: []byte(w.panels[k]), Interval: w.interval,
			TimeRange: backend.TimeRange{From: to.Add(-w.length), To: to}})
	}
	return request
}

// source is a data source, made anew when its settings change. All have one UID, so that their links are equal, but each is in an
// organisation of its own.
type source struct {
	factory  datasource.InstanceFactoryFunc
	org      int64
	url      string
	settings string
	instance instancemgmt.Instance
}

// save makes the data source of settings that it has not yet.
func (s *source) save(t *testing.T, settings []byte) {
	t.Helper()
	if s.instance != nil && s.settings == string(settings) {
		return
	}
	s.forget()
	ctx := backend.WithPluginContext(t.Context(), backend.PluginContext{OrgID: s.org})
	instance, err := s.factory(ctx, backend.DataSourceInstanceSettings{UID: "shop", URL: s.url, JSONData: settings})
	if err != nil {
		t.Fatal(err)
	}
	s.settings, s.instance = string(settings), instance
}

// forget drops the data source.
func (s *source) forget() {
	if d, ok := s.instance.(instancemgmt.InstanceDisposer); ok {
		d.Dispose()
	}
	s.instance = nil
}

// ask returns the answers to a request.
func (s *source) ask(request *backend.QueryDataRequest) backend.Responses {
	answer, err := s.instance.(backend.QueryDataHandler).QueryData(context.Background(), request)
	if err != nil {
		panic(err)
	}
	return answer.Responses
}

// partialFacts is what an answer says that was computed by facts of which the store told only a part.
const partialFacts = "are partial; the numbers may be wrong"

// excused reports whether an answer says itself that the store failed.
func excused(answer backend.DataResponse) bool {
	if answer.Error != nil {
		return true
	}
	for _, f := range answer.Frames {
		if f.Meta != nil {
			for _, n := range f.Meta.Notices {
				if n.Severity == data.NoticeSeverityWarning && (strings.Contains(n.Text, warning) || strings.Contains(n.Text, partialFacts)) {
					return true
				}
			}
		}
	}
	return false
}

// said is an answer as it is sent.
func said(t *testing.T, answer backend.DataResponse) any {
	t.Helper()
	if answer.Error != nil {
		return fmt.Sprint(answer.Status, answer.Error)
	}
	text, err := json.Marshal(answer.Frames)
	if err != nil {
		t.Fatal(err)
	}
	var read any
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

// compare says where two answers differ; "" where they are equal.
func compare(got, want any, at string) string {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok || len(got) != len(want) {
			return fmt.Sprintf("%s: got %v, want %v", at, got, want)
		}
		for key := range want {
			if diff := compare(got[key], want[key], at+"/"+key); diff != "" {
				return diff
			}
		}
		return ""
	case []any:
		got, ok := got.([]any)
		if !ok || len(got) != len(want) {
			return fmt.Sprintf("%s: got %v, want %v", at, got, want)
		}
		for i := range want {
			if diff := compare(got[i], want[i], fmt.Sprintf("%s/%d", at, i)); diff != "" {
				return diff
			}
		}
		return ""
	case float64:
		if got, ok := got.(float64); ok && math.Abs(got-want) <= tolerance*max(1, math.Abs(want)) {
			return ""
		}
	default:
		if got == want {
			return ""
		}
	}
	return fmt.Sprintf("%s: got %v, want %v", at, got, want)
}
