package process

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/internal/pluginhost"
	"github.com/cer-reliability/cer-datasource/pkg/replay"
)

// replayRequest asks an Editor's question about the last days.
func (s *source) replayRequest(t *testing.T, path, body string) *backend.CallResourceRequest {
	t.Helper()
	request := &backend.CallResourceRequest{PluginContext: s.context(t), Method: http.MethodPost, Path: path, URL: path, Body: []byte(body)}
	request.PluginContext.User = &backend.User{Login: "someone", Role: "Editor"}
	return request
}

// line is a line of an answer that comes with its progress.
type line struct {
	Progress *float64
	Result   *struct {
		replay.Calibration
		Saved *replay.Outcome
	}
	Message string
	Status  int
}

// streamed returns the lines of an answer, each of which arrived on its own.
func (s *source) streamed(t *testing.T, path, body string) []line {
	t.Helper()
	var lines []line
	err := s.plugin().StreamResource(t.Context(), s.replayRequest(t, path, body), func(part *backend.CallResourceResponse) {
		if len(part.Body) == 0 {
			return
		}
		if len(lines) == 0 && (part.Status != http.StatusOK || part.Headers["Content-Type"][0] != "application/x-ndjson") {
			t.Errorf("the answer begins with %d %v", part.Status, part.Headers)
		}
		var one line
		if err := json.Unmarshal(part.Body, &one); err != nil || strings.Count(string(part.Body), "\n") != 1 {
			t.Errorf("a part is no line of JSON: %s", part.Body)
		}
		lines = append(lines, one)
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestReplaysReportTheirProgress(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	for path, pieces := range map[string]int{"calibrate": 14, "backtest": 4} { // 28 and 7 days, two at a time.
		lines := s.streamed(t, path, `{"flow":"checkout","progress":true}`)
		if len(lines) != pieces+1 {
			t.Fatalf("%s answers %d lines", path, len(lines))
		}
		before := 0.0
		for _, one := range lines[:pieces] {
			if one.Progress == nil || *one.Progress <= before {
				t.Fatalf("the progress of %s is %v after %v", path, one.Progress, before)
			}
			before = *one.Progress
		}
		if last := lines[pieces].Result; before != 1 || last == nil || last.Flow != "checkout" || last.Score == nil && last.Saved == nil {
			t.Errorf("%s ends with %v and %+v", path, before, lines[pieces])
		}
	}
	lines := s.streamed(t, "calibrate", `{"flow":"chekout","progress":true}`)
	if len(lines) != 1 || lines[0].Status != 400 || lines[0].Message != `there is no flow called "chekout"; did you mean checkout?` {
		t.Errorf("of another flow it says %+v", lines)
	}
}

// goroutines returns how many a plugin has.
func goroutines(t *testing.T, host *pluginhost.Host) int {
	t.Helper()
	text, err := host.CollectMetrics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for metric := range strings.Lines(text) {
		n := 0
		if _, err := fmt.Sscanf(metric, "go_goroutines %d", &n); err == nil {
			return n
		}
	}
	t.Fatal("the plugin does not say how many goroutines it has")
	return 0
}

// busy returns a store that never answers, and how many requests it has that were not given up.
func busy(t *testing.T) (url string, open *atomic.Int64) {
	t.Helper()
	open = &atomic.Int64{}
	return serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // Only then the server sees that the other side goes away.
		open.Add(1)
		defer open.Add(-1)
		<-r.Context().Done()
	}), open
}

// A cancelled request stops asking the store and releases its turn.
func TestReplaysThatAreCancelledLeaveNothingBehind(t *testing.T) {
	store, open := busy(t)
	s := newSource(store, shopDefinition)
	s.host = startPlugin(t)
	before := -1
	for i := range 6 { // More than may be under way at the same time.
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			body := fmt.Sprintf(`{"flow":"checkout","progress":%v}`, i%2 == 1)
			ended <- s.plugin().StreamResource(ctx, s.replayRequest(t, "calibrate", body), func(part *backend.CallResourceResponse) {
				t.Errorf("it answers %d %s", part.Status, part.Body)
			})
		}()
		waitUntil(t, func() string { return map[bool]string{true: "the store is not asked"}[open.Load() == 0] })
		cancel()
		if err := <-ended; err == nil {
			t.Error("a question that was cancelled ends without an error")
		}
		waitUntil(t, func() string { return map[bool]string{true: "the store is still asked"}[open.Load() > 0] })
		if i == 1 {
			before = goroutines(t, s.host)
		}
	}
	waitUntil(t, func() string {
		if now := goroutines(t, s.host); now > before {
			return fmt.Sprintf("%d goroutines are left of %d", now, before)
		}
		return ""
	})
}

// A data source computes two at the same time only, and says so to others at once.
func TestReplaysAreRefusedWhileOthersAreUnderWay(t *testing.T) {
	store, open := busy(t)
	s := newSource(store, shopDefinition)
	ctx, cancel := context.WithCancel(t.Context())
	answers := make(chan *backend.CallResourceResponse, 3)
	for range cap(answers) {
		go func() {
			answer, _ := s.plugin().CallResource(ctx, s.replayRequest(t, "backtest", `{"flow":"checkout"}`))
			answers <- answer
		}()
	}
	answer := <-answers
	if answer.Status != http.StatusTooManyRequests || !strings.Contains(string(answer.Body), "other users are discovering, calibrating or backtesting with this data source") {
		t.Errorf("the first one to be answered is %d %s", answer.Status, answer.Body)
	}
	cancel()
	waitUntil(t, func() string { return map[bool]string{true: "the store is still asked"}[open.Load() > 0] })
}
