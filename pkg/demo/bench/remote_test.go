package bench

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// What the proxy reads off answers has to be what the store itself has counted.
func TestAStoreElsewhereIsCountedAsAnEmbeddedOneIs(t *testing.T) {
	var mu sync.Mutex
	var told []promstore.Asked
	prometheus, err := promstore.Open(promstore.Config{Dir: t.TempDir(), Asked: func(a promstore.Asked) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, a)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := prometheus.Close(); err != nil {
			t.Error(err)
		}
	})
	now := time.Now()
	set := newTelemetry("panel", 2, 2, 15*time.Second, now.Add(-time.Hour))
	if err := appendAll(prometheus.AppenderV2(t.Context()), set.samples(now)); err != nil {
		t.Fatal(err)
	}
	s, err := openRemote(t.Context(), prometheus.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	if s.name != "Prometheus "+promstore.Version {
		t.Errorf("the store is called %q", s.name)
	}
	c := catalog{name: "panel", job: "panel", flows: 2, scrape: 15 * time.Second}
	q := question{atOnce: 1, instead: []expression{
		during(c.composed().whole(), now.Add(-20*time.Minute), now, time.Minute), {promQL: c.composed().score(), end: now}}}
	told = nil
	if _, err := q.askStore(t.Context(), s.counted); err != nil {
		t.Fatal(err)
	}
	got := s.tally.take()
	if len(got) != 2 || len(told) != 2 || got[0] != told[0] || got[1] != told[1] || got[0].Samples == 0 {
		t.Errorf("counted is %+v, want %+v", got, told)
	}
}

func TestSamplesAreWrittenElsewhere(t *testing.T) {
	got := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		raw, err := snappy.Decode(nil, body)
		if err != nil {
			t.Error(err)
		}
		var write prompb.WriteRequest
		if err := write.Unmarshal(raw); err != nil || r.URL.Path != "/api/v1/write" {
			t.Errorf("%s has %v", r.URL, err)
		}
		for _, s := range write.Timeseries {
			got[fmt.Sprint(s.Labels)] += len(s.Samples)
		}
	}))
	defer server.Close()
	now := time.Now()
	set := newTelemetry("panel", 200, 1, time.Minute, now.Add(-5*time.Minute))
	if err := remoteWrite(t.Context(), server.URL, set.samples(now)); err != nil {
		t.Fatal(err)
	}
	for name, samples := range got {
		if samples != 5 {
			t.Errorf("%s has %d samples, want 5", name, samples)
		}
	}
	if len(got) != len(set.series) {
		t.Errorf("%d series were written, want %d", len(got), len(set.series))
	}
}
