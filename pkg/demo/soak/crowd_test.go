package soak

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// slowly answers each request after a while.
func slowly(next http.HandlerFunc, n *atomic.Int64) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		time.Sleep(20 * time.Millisecond)
		next(w, r)
	}
}

// TestRulesAreAnsweredWhileFiveHundredPanelsAreDrawn asks a slow store for panels and rules, all of which differ.
func TestRulesAreAnsweredWhileFiveHundredPanelsAreDrawn(t *testing.T) {
	const panels, rules = 500, 50
	s := newSoak(t)
	var requests atomic.Int64
	slow := httptest.NewServer(slowly(s.proxy.serve, &requests))
	t.Cleanup(slow.Close)
	of := newSource("crowd", true, *seed)
	of.state.settings["queryTimeout"] = "1h"
	ask := func(tenant, json string, minutes int, isRule bool) {
		to := epoch.Add(history - 2*time.Hour - time.Duration(minutes)*time.Minute)
		request := &backend.QueryDataRequest{
			PluginContext: of.state.context(of.uid, slow.URL, 1, nil), Headers: map[string]string{"Authorization": token(tenant)},
			Queries: []backend.DataQuery{{RefID: "A", JSON: []byte(json), Interval: time.Minute, MaxDataPoints: 1000, TimeRange: backend.TimeRange{From: to.Add(-2 * time.Hour), To: to}}},
		}
		if isRule {
			request.Headers["FromAlert"] = "true"
		}
		answer, err := s.tried.QueryData(t.Context(), request)
		if err != nil || answer.Responses["A"].Error != nil {
			t.Errorf("%s of %s fails: %v, %v", json, tenant, err, answer)
		}
	}
	var all sync.WaitGroup
	for i := range panels {
		all.Go(func() {
			ask(tenants[i%3], fmt.Sprintf(`{"level":"sli","by":["region"],"window":"%dm"}`, 5+i/3%20), i/60, false)
		})
	}
	for i := range rules {
		all.Go(func() {
			ask(tenants[i%3], fmt.Sprintf(`{"level":"flow","format":"latest","measure":"burn","window":"%dm"}`, 30+i/3), i, true)
		})
	}
	all.Wait()
	t.Logf("%d panels and %d rules took %d requests", panels, rules, requests.Load())
	m := s.measure(t)
	t.Log(m)
	if err := m.check(); err != nil {
		t.Error(err)
	}
	if m.answers != 0 {
		t.Errorf("%d bytes of answers are still held", m.answers)
	}
}
