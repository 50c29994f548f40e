package stores

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// programOf returns the path of a store's program.
func programOf(t testing.TB, name string) string {
	t.Helper()
	path, err := programs[name].find()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// openPrometheus starts a Prometheus that scrapes nothing and takes remote write. As in the embedded one its blocks are a day long, so
// that half a day can be written one series after the other.
func openPrometheus(t testing.TB, flags ...string) *Store {
	t.Helper()
	dir, address := t.TempDir(), freeAddress(t)
	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, []byte("global: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	url := "http://" + address
	p := start(t, url+"/-/ready", programOf(t, Prometheus), append([]string{"--config.file=" + config, "--web.listen-address=" + address,
		"--storage.tsdb.path=" + filepath.Join(dir, "data"), "--storage.tsdb.retention.time=100y", "--storage.tsdb.min-block-duration=1d",
		"--storage.tsdb.max-block-duration=1d", "--web.enable-remote-write-receiver", "--enable-feature=native-histograms", "--log.level=warn"}, flags...)...)
	return &Store{URL: url, Settings: map[string]any{"prometheusType": "Prometheus"}, write: remoteWriter(url+"/api/v1/write", nil), stop: p.stop}
}

// openVictoriaMetrics starts a VictoriaMetrics. It caches answers about what is some minutes old, which tests write later, so that its
// cache is off.
func openVictoriaMetrics(t testing.TB, flags ...string) *Store {
	t.Helper()
	address := freeAddress(t)
	url := "http://" + address
	p := start(t, url+"/health", programOf(t, VictoriaMetrics), append([]string{"-httpListenAddr=" + address, "-storageDataPath=" + t.TempDir(),
		"-retentionPeriod=100y", "-search.disableCache", "-loggerLevel=WARN"}, flags...)...)
	remote := remoteWriter(url+"/api/v1/write", nil)
	write := func(ctx context.Context, samples []promstore.Sample) error {
		if err := remote(ctx, samples); err != nil {
			return err
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/internal/force_flush", nil)
		if err != nil {
			return err
		}
		return do(request) // Else samples can be asked for a second later only.
	}
	return &Store{URL: url, Settings: map[string]any{"prometheusType": "VictoriaMetrics"}, write: write, stop: p.stop}
}
