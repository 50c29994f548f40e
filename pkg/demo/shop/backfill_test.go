package shop

import (
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// BenchmarkBackfill measures a demo's whole history: 6 hours, scraped every 15 seconds.
func BenchmarkBackfill(b *testing.B) {
	for b.Loop() {
		store, err := promstore.Open(promstore.Config{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		if err := New(Config{Seed: 1, End: time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC)}).Backfill(b.Context(), store); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(store.Series()), "series")
		store.Close()
	}
}
