package stores

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// openThanos starts a receiver of remote write, a querier that lists it as strict, and a query frontend with its default settings, by
// which it moves ranges to multiples of their step. The flags are the frontend's.
func openThanos(t testing.TB, flags ...string) *Store {
	t.Helper()
	program := programOf(t, Thanos)
	grpc, receive, remote, query, frontend := freeAddress(t), freeAddress(t), freeAddress(t), freeAddress(t), freeAddress(t)
	receiver := start(t, "http://"+receive+"/-/ready", program, "receive", "--grpc-address="+grpc, "--http-address="+receive,
		"--remote-write.address="+remote, "--receive.capnproto-address="+freeAddress(t), "--tsdb.path="+t.TempDir(), "--tsdb.retention=100y", "--tsdb.min-block-duration=1d",
		"--tsdb.max-block-duration=1d", "--tsdb.enable-native-histograms", `--label=replica="a"`, "--log.level=warn")
	start(t, "http://"+query+"/-/ready", program, "query", "--http-address="+query, "--grpc-address="+freeAddress(t),
		"--endpoint-strict="+grpc, "--query.replica-label=replica", "--log.level=error")
	front := start(t, "http://"+frontend+"/-/ready", program, append([]string{"query-frontend", "--http-address=" + frontend,
		"--query-frontend.downstream-url=http://" + query, "--log.level=error"}, flags...)...)
	store := &Store{URL: "http://" + frontend, stop: front.stop, lose: receiver.stop,
		Settings: map[string]any{"prometheusType": "Thanos", "customQueryParameters": "dedup=true&partial_response=true"}}
	write := remoteWriter("http://"+remote+"/api/v1/receive", nil)
	store.write = func(ctx context.Context, samples []promstore.Sample) error {
		if err := write(ctx, samples); err != nil || len(samples) == 0 {
			return err
		}
		return store.waitFor(ctx, samples[0])
	}
	return store
}

// waitFor waits until a sample can be asked for: the querier looks each five seconds which series and which time a receiver has.
func (s *Store) waitFor(ctx context.Context, sample promstore.Sample) error {
	at := sample.Time.Truncate(time.Second).Add(time.Second)
	selector := fmt.Sprintf("{__name__=%q}", sample.Labels.Get(model.MetricNameLabel))
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		found, err := s.Range(ctx, "count("+selector+")", v1.Range{Start: at, End: at, Step: time.Second})
		if err == nil && len(found) > 0 {
			return nil
		}
	}
	return errors.New("what was written can't be asked for")
}
